//! The policies as a Terraform file.

use std::fmt::Write;

use super::hcl::{comment, expression, quoted};
use super::naming::Naming;
use super::needs::{BaseNeeds, Needs, RoleNeeds};

const HEAD: &[&str] = &[
    "Made by `rolecall iam`. Apply it in each account that it names: it makes what belongs to the",
    "account of its credentials. Begin with the bases' account, for a trust policy names only who",
    "exists. Import roles that exist already, or copy their assume_role_policy.",
];

/// Writes it.
pub fn write(needs: &Needs) -> String {
    let mut text = String::new();
    comment(
        &mut text,
        0,
        &HEAD.iter().map(ToString::to_string).collect::<Vec<_>>(),
    );
    for what in &needs.left_out {
        comment(&mut text, 0, &[format!("Left out: {what}")]);
    }
    text.push_str("\ndata \"aws_caller_identity\" \"current\" {}\n");
    let mut naming = Naming::default();
    for base in needs.allowed_bases() {
        let name = naming.snake("base", base.principal.name());
        write_base(&mut text, base, &name);
    }
    let mut open = vec![];
    for role in &needs.roles {
        let (_, bare) = role.path_and_name();
        let name = naming.snake("role", bare);
        if role.is_known {
            write_role(&mut text, role, &name);
        } else {
            open.push((role, name));
        }
    }
    if !open.is_empty() {
        text.push_str("\nlocals {\n");
        for (role, name) in open {
            comment(
                &mut text,
                2,
                &[format!("The assume_role_policy of each role {}", role.arn)],
            );
            comment(
                &mut text,
                2,
                &role.notes.iter().cloned().collect::<Vec<_>>(),
            );
            let policy = expression(&role.trust.to_node(), 2);
            let _ = writeln!(text, "  trust_of_{name} = jsonencode({policy})");
        }
        text.push_str("}\n");
    }
    text
}

/// Makes a resource in its own account alone.
fn write_count(text: &mut String, account: &str) {
    let _ = writeln!(
        text,
        "  count = data.aws_caller_identity.current.account_id == {} ? 1 : 0",
        quoted(account)
    );
}

fn write_base(text: &mut String, base: &BaseNeeds, name: &str) {
    let principal = &base.principal;
    text.push('\n');
    comment(text, 0, &[format!("The base {}", base.base)]);
    comment(text, 0, &base.notes.iter().cloned().collect::<Vec<_>>());
    let _ = writeln!(text, "resource \"aws_iam_policy\" \"{name}\" {{");
    write_count(text, principal.account());
    let policy = expression(&base.policy.to_node(), 2);
    let _ = writeln!(
        text,
        "  name   = {}\n  policy = jsonencode({policy})\n}}\n",
        quoted(&format!("rolecall-{}", principal.name()))
    );
    let kind = if principal.is_user() { "user" } else { "role" };
    let _ = writeln!(
        text,
        "resource \"aws_iam_{kind}_policy_attachment\" \"{name}\" {{"
    );
    write_count(text, principal.account());
    let _ = writeln!(
        text,
        "  {kind}       = {}\n  policy_arn = aws_iam_policy.{name}[0].arn\n}}",
        quoted(principal.name())
    );
}

fn write_role(text: &mut String, role: &RoleNeeds, name: &str) {
    let (path, bare) = role.path_and_name();
    let rules: Vec<String> = role.rules.iter().map(|rule| format!("`{rule}`")).collect();
    text.push('\n');
    comment(text, 0, &[format!("Of rule {}", rules.join(", "))]);
    comment(text, 0, &role.notes.iter().cloned().collect::<Vec<_>>());
    let _ = writeln!(text, "resource \"aws_iam_role\" \"{name}\" {{");
    write_count(text, role.account());
    let _ = writeln!(
        text,
        "  name = {}\n  path = {}",
        quoted(bare),
        quoted(&path)
    );
    if let Some(seconds) = role.max_session_seconds {
        let _ = writeln!(text, "  max_session_duration = {seconds}");
    }
    let policy = expression(&role.trust.to_node(), 2);
    let _ = writeln!(text, "  assume_role_policy = jsonencode({policy})\n}}");
}
