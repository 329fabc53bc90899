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
    // The characters before what is looked at.
    let mut at = 0;
    while let Some((before, after)) = rest.split_once("${") {
        at += before.chars().count();
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
        at += "${}".len() + name.chars().count();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_pointed_at_behind_many_values() {
        let misfit = parts_of("é${aws:ü}é${aws:x}é${user}é${users}").unwrap_err();
        assert_eq!(misfit.position(), Some(27));
        let many = "é${user}".repeat(50_000);
        assert_eq!(parts_of(&many).unwrap().len(), 100_000);
        let misfit = parts_of(&format!("{many}${{")).unwrap_err();
        assert_eq!(misfit.position(), Some(400_000));
    }
}
