//! The policies as one JSON object.

use super::needs::Needs;
use super::node::Node;

/// Writes it; comments stand in `notes`.
///
/// # Errors
/// None that a text meets.
pub fn write(needs: &Needs) -> serde_json::Result<String> {
    let bases = needs.bases.iter().map(|base| {
        let comments = base.policy.statements().iter().flat_map(|it| &it.comments);
        let mut fields = vec![
            ("base".to_owned(), Node::text(&base.base)),
            ("principal".to_owned(), Node::text(base.principal.arn())),
        ];
        if !base.policy.is_empty() {
            fields.push(("policy".to_owned(), base.policy.to_node()));
        }
        fields.push(("notes".to_owned(), notes(comments.chain(&base.notes))));
        Node::Object(fields)
    });
    let roles = needs.roles.iter().map(|role| {
        let comments = role.trust.statements().iter().flat_map(|it| &it.comments);
        let mut fields = vec![
            ("role".to_owned(), Node::text(&role.arn)),
            ("account".to_owned(), Node::text(role.account())),
            ("rules".to_owned(), Node::texts(&role.rules)),
            ("trustPolicy".to_owned(), role.trust.to_node()),
        ];
        if let Some(seconds) = role.max_session_seconds {
            fields.push(("maxSessionDuration".to_owned(), Node::Number(seconds)));
        }
        fields.push(("notes".to_owned(), notes(comments.chain(&role.notes))));
        Node::Object(fields)
    });
    let all = Node::object([
        ("bases", Node::list(bases)),
        ("roles", Node::list(roles)),
        ("leftOut", Node::texts(&needs.left_out)),
    ]);
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

/// Each note once, in their order.
fn notes<'a>(all: impl Iterator<Item = &'a String>) -> Node {
    let mut notes: Vec<&str> = vec![];
    for note in all {
        if !notes.contains(&note.as_str()) {
            notes.push(note);
        }
    }
    Node::texts(notes)
}
