//! What every name that an expression matches begins with.

/// The characters that every name matched by a regular expression begins with, as far as they can
/// be read off without understanding it: up to the first character that means more than itself.
/// Empty where that is nothing, or where another alternative may begin differently.
///
/// The expression has to be one that compiles.
pub(super) fn literal_start(expression: &str) -> String {
    if may_have_alternatives(expression) {
        return String::new();
    }
    // An anchor at the beginning says what holds for whole names anyway.
    let expression = expression.strip_prefix('^').unwrap_or(expression);
    let mut literal = String::new();
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                // `\<` and `\>` are ends of words.
                Some(meant) if meant.is_ascii_punctuation() && !matches!(meant, '<' | '>') => {
                    literal.push(meant);
                }
                _ => break,
            },
            '*' | '+' | '?' | '{' => {
                // It may be repeated no times.
                literal.pop();
                break;
            }
            '(' => {
                // Flags alone are nothing to repeat: what stands behind them repeats what stands
                // before.
                let inside = characters.as_str();
                if inside.starts_with('?') && !inside.starts_with("?:") {
                    literal.pop();
                }
                break;
            }
            '.' | ')' | '|' | '[' | ']' | '}' | '^' | '$' => break,
            _ => literal.push(character),
        }
    }
    literal
}

/// Whether a `|` may stand outside all groups. Where that takes more than counting parentheses,
/// because there are classes or flags too, it may.
fn may_have_alternatives(expression: &str) -> bool {
    if !expression.contains('|') {
        return false;
    }
    let mut depth = 0_usize;
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '[' => return true,
            '(' => {
                let inside = characters.as_str();
                // Flags may begin comments, in which no character counts.
                if inside.starts_with('?') && !inside.starts_with("?:") {
                    return true;
                }
                depth += 1;
            }
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::pattern::Patterns;
    use proptest::prelude::*;

    #[test]
    fn it_ends_at_the_first_character_that_means_more() {
        for (expression, expected) in [
            ("svc/[a-z]+", "svc/"),
            ("^svc/.*$", "svc/"),
            ("Domain Users.*", "Domain Users"),
            (r"CORP\\.+", r"CORP\"),
            (r"a\.b\-c", "a.b-c"),
            ("svc/(a|b)", "svc/"),
            ("svc/(?:a|b)", "svc/"),
            (r"svc\|x(a\)|b)", "svc|x"),
            ("ann", "ann"),
            ("a b?", "a "),
            ("ab+", "a"),
            ("ab{0}", "a"),
            (r"a\*?", "a"),
            (r"a\n", "a"),
            (r"a\x41", "a"),
            (r"a\<b", "a"),
            ("ab(?i)*", "a"),
            ("a/|b", ""),
            ("a/(b)|c", ""),
            ("a/([)]|c)", ""),
            ("a/(?i)b|c", ""),
            ("(?i)a", ""),
            (".*", ""),
            ("[ab]/", ""),
            ("^*a", ""),
        ] {
            assert_eq!(literal_start(expression), expected, "{expression}");
        }
    }

    const PIECES: [&str; 27] = [
        "a", "b", "/", " ", "#", r"\.", r"\\", r"\b", r"\x61", r"\<", "(a|b)", "|", "(", ")", "*",
        "?", "+", "{0}", "{2}", "[ab]", "[|)]", "^", "$", "(?i)", "(?x)", "(?:a", ".",
    ];

    proptest! {
        #[test]
        fn every_name_that_matches_begins_with_it(
            pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..7),
            names in proptest::collection::vec("[abAB/ #.\\\\]{0,4}", 30),
        ) {
            let expression = pieces.concat();
            let Ok(pattern) = Patterns::default().parse(&expression) else {
                return Ok(());
            };
            let start = literal_start(&expression);
            for name in names {
                prop_assert!(
                    name.starts_with(&start) || !pattern.matches(&name),
                    "{expression} matches {name:?}, which does not begin with {start:?}"
                );
            }
        }
    }
}
