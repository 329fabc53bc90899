//! Where rules are kept.

use std::fmt;
use std::path::{Path, PathBuf};

use super::local_file::{LocalFile, Stamp, Unusable};
use super::{Rules, read};
use crate::error::{Code, Error};

/// 100 000 rules are about 20 MB.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Where rules are kept. `Debug` does not show inline rules, which may hold external IDs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum RulesSource {
    /// A local file, by its absolute path.
    File(PathBuf),
    /// The setting holds the rules themselves.
    Inline(String),
}

impl RulesSource {
    /// Reads the value of `rolecall.rules`.
    ///
    /// # Errors
    /// RC108 for a place that this release can't read, RC120 for what is no place; the text goes on
    /// where the value was named.
    pub fn parse(value: &str) -> Result<Self, Error> {
        const KNOWN: &str =
            "write an absolute path, a file: URI, or the rules themselves, starting with {";
        let value = value.trim();
        if value.starts_with('{') {
            return Ok(Self::Inline(value.to_owned()));
        }
        let wrong =
            |what: String| Err(Error::new(Code::SettingInvalid, format!("{what}; {KNOWN}")));
        if value.is_empty() {
            return wrong("is empty".to_owned());
        }
        if value.contains(char::is_control) {
            return wrong("holds a control character".to_owned());
        }
        if let Some(uri) = value.strip_prefix("file:") {
            return match file_of(uri) {
                Some(path) => Ok(Self::File(path)),
                None => wrong("is no URI of a local file".to_owned()),
            };
        }
        if value.starts_with('/') {
            return Ok(Self::File(PathBuf::from(value)));
        }
        match value.split_once(':') {
            Some((scheme, _))
                if !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric()) =>
            {
                Err(Error::new(
                    Code::RulesSourceUnsupported,
                    format!("is at {scheme}:, where this release can't read rules; {KNOWN}"),
                ))
            }
            _ => wrong(
                "is a relative path, and each process has a working directory of its own"
                    .to_owned(),
            ),
        }
    }

    /// Looks at the rules; `seen` is the state that was read before.
    pub(super) fn look(&self, seen: Option<Stamp>) -> Look {
        match self {
            Self::Inline(_) if seen == Some(Stamp::INLINE) => Look::Unchanged,
            Self::Inline(text) => {
                Look::Read(Stamp::INLINE, read(text.as_bytes(), "rolecall.rules"))
            }
            Self::File(path) => match LocalFile::open(path, None) {
                Ok(file) if seen == Some(file.stamp()) => Look::Unchanged,
                Ok(file) => {
                    let stamp = file.stamp();
                    match file.read(LARGEST) {
                        Ok(bytes) => Look::Read(stamp, read(&bytes, &path.display().to_string())),
                        Err(unusable) => Look::Unusable(told(path, unusable)),
                    }
                }
                Err(unusable) => Look::Unusable(told(path, unusable)),
            },
        }
    }
}

/// What a look at a source found.
pub(super) enum Look {
    /// The state that was seen before.
    Unchanged,
    /// Another state, and what became of reading it.
    Read(Stamp, Result<Rules, Error>),
    /// No rules.
    Unusable(Error),
}

fn told(path: &Path, unusable: Unusable) -> Error {
    let path = path.display();
    match unusable {
        Unusable::Missing => Error::new(
            Code::RulesNotFound,
            format!(
                "{path}: there is no such file; write the rules there, or set rolecall.rules to where they are"
            ),
        ),
        Unusable::Unreadable(why) => Error::new(
            Code::RulesUnreadable,
            format!(
                "{path}: the rules can't be read: {why}; make it a file that this process's user can read"
            ),
        ),
        Unusable::Untrusted(why) => Error::new(
            Code::RulesWritableByOthers,
            format!("{path}: the rules are not taken: {why}"),
        ),
    }
}

/// The path of a `file:` URI, which follows the scheme: `/x`, `///x` or `//localhost/x`.
fn file_of(uri: &str) -> Option<PathBuf> {
    let path = match uri.strip_prefix("//") {
        Some(rest) => rest.strip_prefix("localhost").unwrap_or(rest),
        None => uri,
    };
    if !path.starts_with('/') || path.contains(['?', '#']) {
        return None;
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    if bytes.contains(&0) {
        return None;
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

impl Stamp {
    /// Rules in a setting never change.
    const INLINE: Self = Self::never();
}

impl fmt::Display for RulesSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Inline(_) => f.write_str("inline rules"),
        }
    }
}

impl fmt::Debug for RulesSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_names_a_file_or_is_the_rules() {
        let file = |path: &str| Ok(RulesSource::File(PathBuf::from(path)));
        assert_eq!(
            RulesSource::parse("/etc/rolecall/rules.json"),
            file("/etc/rolecall/rules.json")
        );
        assert_eq!(
            RulesSource::parse(" file:/etc/r.json\n"),
            file("/etc/r.json")
        );
        assert_eq!(
            RulesSource::parse("file:///etc/my%20rules.json"),
            file("/etc/my rules.json")
        );
        assert_eq!(RulesSource::parse("file://localhost/r"), file("/r"));
        assert_eq!(
            RulesSource::parse(" {\"version\": 1}"),
            Ok(RulesSource::Inline("{\"version\": 1}".to_owned()))
        );
    }

    #[test]
    fn other_places_are_refused() {
        for (value, code) in [
            ("s3://bucket/rules.json", Code::RulesSourceUnsupported),
            (
                "conf:fs.s3.authorization.roleMapping",
                Code::RulesSourceUnsupported,
            ),
            ("classpath:rules.json", Code::RulesSourceUnsupported),
            ("", Code::SettingInvalid),
            ("rules.json", Code::SettingInvalid),
            ("file:rules.json", Code::SettingInvalid),
            ("file://host/rules.json", Code::SettingInvalid),
            ("file:/a%2", Code::SettingInvalid),
            ("file:/a%00", Code::SettingInvalid),
            ("/a\0b", Code::SettingInvalid),
        ] {
            let error = RulesSource::parse(value).unwrap_err();
            assert_eq!(error.code(), code, "{value}");
            assert!(
                error.message().contains("write an absolute path"),
                "{error}"
            );
        }
    }
}
