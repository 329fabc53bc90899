//! The policies as a CloudFormation template in YAML.

use super::naming::Naming;
use super::needs::{BaseNeeds, Needs, RoleNeeds};
use super::node::Node;
use super::yaml;

const HEAD: &[&str] = &[
    "Made by `rolecall iam`. Deploy it in each account that it names (CAPABILITY_NAMED_IAM): a stack",
    "makes what belongs to its own account. Deploy the bases' account first, for a trust policy names",
    "only who exists. Import roles that exist already, or copy their AssumeRolePolicyDocument.",
];

/// Writes it.
pub fn write(needs: &Needs) -> String {
    let mut text = String::new();
    yaml::comment(
        &mut text,
        0,
        &HEAD.iter().map(ToString::to_string).collect::<Vec<_>>(),
    );
    for what in &needs.left_out {
        yaml::comment(&mut text, 0, &[format!("Left out: {what}")]);
    }
    let accounts = needs.accounts();
    let conditions = accounts.iter().map(|account| {
        let here = Node::object([("Ref", Node::text("AWS::AccountId"))]);
        let is_here = Node::object([("Fn::Equals", Node::list([here, Node::text(*account)]))]);
        (in_account(account), is_here)
    });
    let open: Vec<Node> = needs
        .roles
        .iter()
        .filter(|role| !role.is_known)
        .map(|role| {
            Node::object([
                ("Roles", Node::text(&role.arn)),
                ("Notes", Node::texts(&role.notes)),
                ("AssumeRolePolicyDocument", role.trust.to_node()),
            ])
        })
        .collect();
    let mut head = vec![
        (
            "AWSTemplateFormatVersion".to_owned(),
            Node::text("2010-09-09"),
        ),
        (
            "Description".to_owned(),
            Node::text("What Rolecall's rules need in IAM"),
        ),
    ];
    if !open.is_empty() {
        let open = Node::object([("TrustPoliciesOfOpenRoles", Node::list(open))]);
        head.push(("Metadata".to_owned(), open));
    }
    head.push(("Conditions".to_owned(), Node::Object(conditions.collect())));
    text.push_str(&yaml::write(&Node::Object(head)));
    if accounts.is_empty() {
        text.push_str("Resources: {}\n");
        return text;
    }
    text.push_str("Resources:\n");
    let mut naming = Naming::default();
    for base in needs.allowed_bases() {
        let name = naming.camel("Base", base.principal.name());
        resource(&mut text, &name, &base_comments(base), base_policy(base));
    }
    for role in needs.roles.iter().filter(|role| role.is_known) {
        let (_, bare) = role.path_and_name();
        let name = naming.camel("Role", bare);
        resource(&mut text, &name, &role_comments(role), role_resource(role));
    }
    text
}

fn resource(text: &mut String, name: &str, comments: &[String], resource: Node) {
    yaml::comment(text, 2, comments);
    let named = Node::Object(vec![(name.to_owned(), resource)]);
    for line in yaml::write(&named).lines() {
        text.push_str("  ");
        text.push_str(line);
        text.push('\n');
    }
}

fn in_account(account: &str) -> String {
    format!("InAccount{account}")
}

fn base_comments(base: &BaseNeeds) -> Vec<String> {
    let mut comments = vec![format!("The base {}", base.base)];
    comments.extend(base.notes.iter().cloned());
    comments
}

fn base_policy(base: &BaseNeeds) -> Node {
    let attached = if base.principal.is_user() {
        "Users"
    } else {
        "Roles"
    };
    Node::object([
        ("Type", Node::text("AWS::IAM::ManagedPolicy")),
        (
            "Condition",
            Node::text(in_account(base.principal.account())),
        ),
        (
            "Properties",
            Node::object([
                (
                    "Description",
                    Node::text("What Rolecall's base may ask of STS"),
                ),
                (attached, Node::texts([base.principal.name()])),
                ("PolicyDocument", base.policy.to_node()),
            ]),
        ),
    ])
}

fn role_comments(role: &RoleNeeds) -> Vec<String> {
    let rules: Vec<String> = role.rules.iter().map(|rule| format!("`{rule}`")).collect();
    let mut comments = vec![format!("Of rule {}", rules.join(", "))];
    comments.extend(role.notes.iter().cloned());
    comments
}

fn role_resource(role: &RoleNeeds) -> Node {
    let (path, name) = role.path_and_name();
    let mut properties = vec![
        ("RoleName".to_owned(), Node::text(name)),
        ("Path".to_owned(), Node::text(path)),
    ];
    if let Some(seconds) = role.max_session_seconds {
        properties.push(("MaxSessionDuration".to_owned(), Node::Number(seconds)));
    }
    properties.push(("AssumeRolePolicyDocument".to_owned(), role.trust.to_node()));
    Node::object([
        ("Type", Node::text("AWS::IAM::Role")),
        ("Condition", Node::text(in_account(role.account()))),
        ("Properties", Node::Object(properties)),
    ])
}
