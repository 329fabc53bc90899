//! The strings of a session policy: IAM's variables and ours.

use std::fmt::Write;

use super::misfit::Misfit;
use super::quoted::Quoted;
use super::template::{Part, variable};

/// Writes what stands inside the quotes of a JSON string, in printable ASCII: STS takes no character
/// beyond U+00FF.
pub(super) fn push_escaped(json: &mut String, text: &str) {
    let mut units = [0; 2];
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            ' '..='~' => json.push(character),
            other => {
                for unit in other.encode_utf16(&mut units) {
                    // Writing to a String can't fail.
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
}

/// Splits a string of a policy. IAM's own variables, `${aws:username}`, `${*}` and the like, stay as
/// they are.
pub(super) fn parts_of(text: &str) -> Result<Vec<Part>, Misfit> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let at = text.chars().count() - rest.chars().count() + before.chars().count();
        let Some((name, remainder)) = after.split_once('}') else {
            return Err(Misfit::at(at, "has a `${` without its `}`"));
        };
        literal.push_str(before);
        if is_iams(name) {
            if name.contains("${") {
                return Err(Misfit::at(
                    at,
                    format!(
                        "holds IAM's variable {} with another inside it, which IAM does not know; write them one after the other",
                        Quoted(&format!("${{{name}}}"))
                    ),
                ));
            }
            literal.push_str("${");
            literal.push_str(name);
            literal.push('}');
        } else {
            let variable = variable(name, at)?;
            if literal.ends_with('$') {
                return Err(Misfit::at(
                    at,
                    "has a `$` right before a value, which could become a variable of IAM's by it; write ${$} for the character",
                ));
            }
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Value(variable));
        }
        rest = remainder;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// Whether a `${name}` is IAM's (IAM user guide, "Policy elements: Variables and tags").
fn is_iams(name: &str) -> bool {
    matches!(name, "*" | "?" | "$")
        || name.split_once(':').is_some_and(|(prefix, _)| {
            prefix != "conf"
                && !prefix.is_empty()
                && prefix
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}
