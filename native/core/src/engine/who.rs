//! The names of a caller.

use std::fmt;

use crate::rules::write_visibly;

/// Whom a holder stands for: all that a rule may look at in a caller and that no look-up is needed
/// for. Users of one short name are two where anything else differs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Who {
    pub(super) user: String,
    pub(super) principal: Option<String>,
    pub(super) real_user: Option<String>,
}

/// The short name, and in brackets the others as far as they say more, all on one line.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visibly(f, self.user.chars())?;
        let principal = self.principal.as_ref().filter(|name| **name != self.user);
        let mut before = " (";
        for (what, name) in [
            ("principal", principal),
            ("real user", self.real_user.as_ref()),
        ] {
            if let Some(name) = name {
                write!(f, "{before}{what} ")?;
                write_visibly(f, name.chars())?;
                before = ", ";
            }
        }
        if before == ", " {
            f.write_str(")")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(user: &str, principal: Option<&str>, real_user: Option<&str>) -> String {
        Who {
            user: user.to_owned(),
            principal: principal.map(str::to_owned),
            real_user: real_user.map(str::to_owned),
        }
        .to_string()
    }

    #[test]
    fn names_that_say_more_than_the_short_one_are_shown() {
        let full = Some("carol/gateway@EXAMPLE.COM");
        assert_eq!(shown("carol", None, None), "carol");
        assert_eq!(shown("carol", Some("carol"), None), "carol");
        assert_eq!(
            shown("carol", full, None),
            "carol (principal carol/gateway@EXAMPLE.COM)"
        );
        assert_eq!(
            shown("carol", Some("carol"), Some("oozie")),
            "carol (real user oozie)"
        );
        assert_eq!(
            shown("carol", full, Some("oozie")),
            "carol (principal carol/gateway@EXAMPLE.COM, real user oozie)"
        );
    }

    #[test]
    fn no_name_breaks_the_line() {
        assert_eq!(
            shown("a\nb", None, Some("c\r")),
            "a\\u{a}b (real user c\\u{d})"
        );
    }
}
