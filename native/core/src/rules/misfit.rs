//! Why a text can't be what it should be.

use std::fmt;

/// Why a text does not fit, with what to write instead, and at which of its characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Misfit {
    at: Option<usize>,
    what: String,
}

impl Misfit {
    /// A text that is wrong as a whole.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            at: None,
            what: what.into(),
        }
    }

    /// A text that is wrong from its character `at` on, counted from 0.
    pub(crate) fn at(at: usize, what: impl Into<String>) -> Self {
        Self {
            at: Some(at),
            what: what.into(),
        }
    }

    /// The first wrong character, counted from 0, where one can be named.
    pub fn position(&self) -> Option<usize> {
        self.at
    }

    /// The same without a place, for a text that was put together from others.
    pub(crate) fn anywhere(self) -> Self {
        Self { at: None, ..self }
    }
}

/// The first character of `text` that `fits` refuses, as a misfit that points at it.
pub(crate) fn unfit_character(text: &str, fits: impl Fn(char) -> bool) -> Option<Misfit> {
    unfit_character_after(0, text, fits)
}

/// The same for a text before which `before` characters stand.
pub(crate) fn unfit_character_after(
    before: usize,
    text: &str,
    fits: impl Fn(char) -> bool,
) -> Option<Misfit> {
    let (index, character) = text.chars().enumerate().find(|(_, c)| !fits(*c))?;
    let index = before + index;
    Some(Misfit::at(
        index,
        format!("holds {} at character {}", Named(character), index + 1),
    ))
}

/// A character in words, for those that can't be seen in a message.
pub(crate) struct Named(pub(crate) char);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ' ' => f.write_str("a space"),
            '\t' => f.write_str("a tab"),
            '\n' | '\r' => f.write_str("a line break"),
            '\0' => f.write_str("a NUL"),
            '`' => f.write_str("a backtick"),
            graphic if graphic.is_ascii_graphic() => write!(f, "`{graphic}`"),
            other if other.is_alphanumeric() => write!(f, "`{other}` (U+{:04X})", u32::from(other)),
            other => write!(f, "the character U+{:04X}", u32::from(other)),
        }
    }
}

/// Whether IAM takes a character in names: `[A-Za-z0-9_+=,.@-]` (API reference, `RoleSessionName`
/// and `RoleName`).
pub(crate) fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '_' | '+' | '=' | ',' | '.' | '@' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_can_not_be_seen_is_told_in_words() {
        let misfit = unfit_character("ab c", is_name_character).unwrap();
        assert_eq!(misfit.position(), Some(2));
        assert_eq!(misfit.to_string(), "holds a space at character 3");
        assert_eq!(Named('\u{200b}').to_string(), "the character U+200B");
        assert_eq!(Named('中').to_string(), "`中` (U+4E2D)");
    }

    #[test]
    fn a_text_of_fitting_characters_has_no_misfit() {
        assert_eq!(unfit_character("a-b_c@d.e,f+g=h9", is_name_character), None);
    }
}
