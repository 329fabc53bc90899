//! Role session names, and how any user's name becomes one.

use std::fmt::{self, Write};

use ring::digest::{SHA256, digest};

use super::misfit::{Misfit, is_name_character, unfit_character_after};
use super::template::{Part, Template, Unfilled, Values};

const SHORTEST: usize = 2;
const LONGEST: usize = 64;
/// What stays of a name that is too long; `=-` and 15 hex digits fill it up to 64.
const KEPT: usize = 47;
const HASH_DIGITS: usize = 15;

/// A role session name that STS accepts: 2 to 64 of `[A-Za-z0-9_+=,.@-]` (API reference,
/// `AssumeRole`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionName(String);

impl SessionName {
    /// Takes a name that already is one.
    ///
    /// # Errors
    /// What is wrong with it, and at which character.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        check_characters(0, text)?;
        let length = text.len();
        if (SHORTEST..=LONGEST).contains(&length) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Misfit::new(format!(
                "has the length {length}; a session name has {SHORTEST} to {LONGEST} characters"
            )))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks a piece of a name before which `before` characters stand.
fn check_characters(before: usize, text: &str) -> Result<(), Misfit> {
    match unfit_character_after(before, text, is_name_character) {
        Some(misfit) => Err(Misfit::at(
            misfit.position().unwrap_or_default(),
            format!("{misfit}; a session name takes letters, digits and _+=,.@-"),
        )),
        None => Ok(()),
    }
}

/// A session name with values to fill in. Different values give different names, so that nobody is
/// taken for somebody else in a trail or in a policy on the session's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionNameTemplate(Template);

impl SessionNameTemplate {
    /// `${user}`, where nobody says otherwise.
    pub(crate) fn of_the_user() -> Self {
        Self(Template::of_the_user())
    }

    /// The template.
    pub(crate) fn template(&self) -> &Template {
        &self.0
    }

    /// Reads a template; what stands for itself must fit a session name, and where values are
    /// filled in, must leave them room and keep them apart.
    pub(crate) fn parse(text: &str) -> Result<Self, Misfit> {
        let template = Template::parse(text)?;
        if template.variables() == 0 {
            SessionName::parse(text)?;
            return Ok(Self(template));
        }
        let mut at = 0;
        let mut after_value = false;
        for part in template.parts() {
            match part {
                Part::Literal(literal) => {
                    check_characters(at, literal)?;
                    if let Some(equals) = literal.find('=') {
                        return Err(Misfit::at(
                            at + equals,
                            "holds `=` beside a value, where it marks what was rewritten; write another character",
                        ));
                    }
                    at += literal.chars().count();
                    after_value = false;
                }
                Part::Value(variable) if after_value => {
                    return Err(Misfit::at(
                        at,
                        format!(
                            "has `{variable}` right after another value; write a character between them, as in ${{user}}.{variable}"
                        ),
                    ));
                }
                Part::Value(variable) => {
                    at += variable.to_string().chars().count();
                    after_value = true;
                }
            }
        }
        let literals: usize = template.literals().map(str::len).sum();
        if literals > KEPT {
            return Err(Misfit::new(format!(
                "has {literals} characters beside its values; only {KEPT} leave them room"
            )));
        }
        Ok(Self(template))
    }

    /// The name for a request.
    ///
    /// Each byte of a value that does not fit becomes `=XX`, and so does `=`. Of a value that
    /// another one follows, the byte that parts them is rewritten too. A name over 64 keeps whole
    /// escapes up to 47 and ends in `=-` and 15 hex digits of SHA-256; a single character gets a
    /// `=`. Neither can come out of the rewriting.
    pub(crate) fn fill(&self, values: &Values<'_>) -> Result<SessionName, Unfilled> {
        let parts = self.0.parts();
        let mut escaped = Escaped::default();
        let mut only_value = None;
        for (index, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(literal) => escaped.push_plain(literal),
                Part::Value(variable) => {
                    let value = values.of(variable)?;
                    escaped.push_value(value, separator(parts, index));
                    only_value = Some(value);
                }
            }
        }
        // With one value its own hash tells values apart; with several the rewritten text does.
        let told_apart = match only_value {
            Some(value) if self.0.variables() == 1 => value.to_owned(),
            _ => escaped.text.clone(),
        };
        let name = escaped.into_name(&told_apart);
        SessionName::parse(&name).map_err(|misfit| Unfilled::whole(misfit.to_string()))
    }
}

impl fmt::Display for SessionNameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The byte that ends the value at `index`, where another value comes later.
fn separator(parts: &[Part], index: usize) -> Option<u8> {
    let mut later = parts.iter().skip(index + 1);
    match (later.next(), later.next()) {
        (Some(Part::Literal(literal)), Some(_)) => literal.bytes().next(),
        _ => None,
    }
}

/// A rewritten text that remembers where it may be cut.
#[derive(Default)]
struct Escaped {
    text: String,
    /// The longest length up to 47 that splits no escape.
    cut: usize,
}

impl Escaped {
    fn push_plain(&mut self, text: &str) {
        for character in text.chars() {
            self.text.push(character);
            self.mark();
        }
    }

    fn push_value(&mut self, value: &str, separator: Option<u8>) {
        for byte in value.bytes() {
            let character = char::from(byte);
            if is_name_character(character) && character != '=' && Some(byte) != separator {
                self.text.push(character);
            } else {
                // Writing to a String can't fail.
                let _ = write!(self.text, "={byte:02X}");
            }
            self.mark();
        }
    }

    fn mark(&mut self) {
        if self.text.len() <= KEPT {
            self.cut = self.text.len();
        }
    }

    fn into_name(self, told_apart: &str) -> String {
        let Self { mut text, cut } = self;
        if text.len() > LONGEST {
            text.truncate(cut);
            text.push_str("=-");
            let hash = digest(&SHA256, told_apart.as_bytes());
            let hex = hash.as_ref().iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            text.extend(hex.chars().take(HASH_DIGITS));
        } else if text.len() == 1 {
            text.push('=');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn name(template: &str, user: &str, tenant: &str) -> String {
        let conf = BTreeMap::from([("t".to_owned(), tenant.to_owned())]);
        SessionNameTemplate::parse(template)
            .unwrap()
            .fill(&Values {
                user,
                group: None,
                bucket: Some("lake"),
                conf: &conf,
            })
            .unwrap()
            .as_str()
            .to_owned()
    }

    #[test]
    fn users_become_names_as_the_table_says() {
        let long = "u".repeat(65);
        let chinese = "数据".repeat(10);
        let cases = [
            ("carol", "carol".to_owned()),
            ("svc-etl.v1@corp,x+y_z", "svc-etl.v1@corp,x+y_z".to_owned()),
            ("a", "a=".to_owned()),
            ("=", "=3D".to_owned()),
            ("a=", "a=3D".to_owned()),
            ("a b", "a=20b".to_owned()),
            ("a:b", "a=3Ab".to_owned()),
            ("../x", "..=2Fx".to_owned()),
            ("*", "=2A".to_owned()),
            ("${user}", "=24=7Buser=7D".to_owned()),
            ("nul\0", "nul=00".to_owned()),
            ("é", "=C3=A9".to_owned()),
            (&"u".repeat(64), "u".repeat(64)),
            // The digits are what `printf %s "$user" | sha256sum` prints.
            (
                &long,
                format!("{}=-{}", "u".repeat(47), sha256_start(&long)),
            ),
            (
                &chinese,
                format!(
                    "{}=-{}",
                    &"=E6=95=B0=E6=8D=AE".repeat(3)[..45],
                    sha256_start(&chinese)
                ),
            ),
        ];
        for (user, expected) in cases {
            assert_eq!(name("${user}", user, ""), expected, "{user}");
        }
    }

    #[test]
    fn the_hash_is_sha_256_of_the_value() {
        // The digest of "abc" is the first example of FIPS 180-2.
        assert_eq!(sha256_start("abc"), "ba7816bf8f01cfe");
    }

    fn sha256_start(text: &str) -> String {
        let mut name = Escaped {
            text: "x".repeat(65),
            cut: 0,
        }
        .into_name(text);
        name.split_off(2)
    }

    #[test]
    fn several_values_are_kept_apart() {
        assert_eq!(name("${user}-${conf:t}", "a-b", "c"), "a=2Db-c");
        assert_eq!(name("${user}-${conf:t}", "a", "b-c"), "a-b-c");
        assert_eq!(
            name("etl.${user}.${conf:t}.v1", "a-b", "c.d"),
            "etl.a-b.c.d.v1"
        );
    }

    #[test]
    fn a_template_that_does_not_fit_says_where() {
        let cases = [
            (
                "",
                None,
                "has the length 0; a session name has 2 to 64 characters",
            ),
            (
                "x",
                None,
                "has the length 1; a session name has 2 to 64 characters",
            ),
            (
                "my session",
                Some(2),
                "holds a space at character 3; a session name takes letters, digits and _+=,.@-",
            ),
            (
                "${user}/etl",
                Some(7),
                "holds `/` at character 8; a session name takes letters, digits and _+=,.@-",
            ),
            (
                "team=${user}",
                Some(4),
                "holds `=` beside a value, where it marks what was rewritten; write another character",
            ),
            (
                "${user}${bucket}",
                Some(7),
                "has `${bucket}` right after another value; write a character between them, as in ${user}.${bucket}",
            ),
        ];
        for (text, at, what) in cases {
            let misfit = SessionNameTemplate::parse(text).unwrap_err();
            assert_eq!(
                (misfit.position(), misfit.to_string()),
                (at, what.to_owned()),
                "{text}"
            );
        }
        assert!(SessionNameTemplate::parse(&"x".repeat(65)).is_err());
        assert!(SessionNameTemplate::parse(&format!("{}${{user}}", "x".repeat(48))).is_err());
        assert!(SessionNameTemplate::parse("a=b").is_ok());
    }

    proptest! {
        #[test]
        fn any_user_has_a_name_that_sts_takes(user in "\\PC{1,200}|[ab=*-]{1,80}|.{1,20}") {
            let name = name("${user}", &user, "");
            prop_assert!((2..=64).contains(&name.len()), "{name}");
            prop_assert!(name.chars().all(is_name_character), "{name}");
        }

        #[test]
        fn no_two_users_share_a_name(
            one in "[ab=*-]{1,4}|[a=]{60,70}|\\PC{1,40}",
            other in "[ab=*-]{1,4}|[a=]{60,70}|\\PC{1,40}",
        ) {
            prop_assert_eq!(
                name("job-${user}.x", &one, "") == name("job-${user}.x", &other, ""),
                one == other
            );
            prop_assert_eq!(name("${user}", &one, "") == name("${user}", &other, ""), one == other);
        }

        /// The names of a user and of what a hostile user could be called to get the same one.
        #[test]
        fn nobody_can_be_called_like_anothers_name(user in "[ab=]{1,3}|\\PC{1,90}") {
            let taken = name("${user}", &user, "");
            if taken != user {
                prop_assert_ne!(name("${user}", &taken, ""), taken);
            }
        }

        #[test]
        fn no_two_pairs_of_values_share_a_name(
            one in ("[a.=-]{1,5}|a{40}", "[a.=-]{0,5}|a{40}"),
            other in ("[a.=-]{1,5}|a{40}", "[a.=-]{0,5}|a{40}"),
        ) {
            for template in ["${user}-${conf:t}", "x${user}.-.${conf:t}y"] {
                prop_assert_eq!(
                    name(template, &one.0, &one.1) == name(template, &other.0, &other.1),
                    one == other
                );
            }
        }
    }
}
