//! Where rules are kept.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::s3_place::{S3Object, S3Place};
use crate::error::{Code, Error};

/// What `rolecall.rules` says. `Debug` does not show inline rules, which may hold external IDs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum RulesSource {
    /// A local file, by its absolute path.
    File(PathBuf),
    /// The setting holds the rules themselves.
    Inline(String),
    /// An object of S3.
    S3(S3Object),
    /// A resource on the class path of the JVM that asks, by its name.
    ClassPath(String),
    /// The value of a key of Hadoop's configuration, by its name.
    Conf(String),
}

const KNOWN: &str = "write an absolute path, a file: or s3: URI, classpath:NAME, conf:KEY, or the rules themselves, starting with {";

impl RulesSource {
    /// Reads the value of `rolecall.rules`.
    ///
    /// # Errors
    /// RC108 for a place that this release can't read, RC120 for what is no place; the text goes on
    /// where the value was named.
    pub fn parse(value: &str) -> Result<Self, Error> {
        let value = value.trim();
        if value.starts_with('{') {
            return Ok(Self::Inline(value.to_owned()));
        }
        if value.is_empty() {
            return wrong("is empty");
        }
        if value.contains(char::is_control) {
            return wrong("holds a control character");
        }
        if value.starts_with('/') {
            return Ok(Self::File(PathBuf::from(value)));
        }
        match value.split_once(':') {
            Some((scheme, rest))
                if !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric()) =>
            {
                Self::of_scheme(&scheme.to_ascii_lowercase(), rest)
            }
            _ => wrong("is a relative path, and each process has a working directory of its own"),
        }
    }

    fn of_scheme(scheme: &str, rest: &str) -> Result<Self, Error> {
        match scheme {
            "file" => match file_of(rest) {
                Some(path) => Ok(Self::File(path)),
                None => wrong("is no URI of a local file"),
            },
            "s3" | "s3a" | "s3n" => match rest.strip_prefix("//").map(S3Object::parse) {
                Some(Ok(object)) => Ok(Self::S3(object)),
                Some(Err(misfit)) => wrong(&misfit.to_string()),
                None => wrong("is no URI such as s3://BUCKET/KEY"),
            },
            // As `ClassLoader.getResource` has names: parted by slashes, and none at the start.
            "classpath" if rest.starts_with('/') => {
                wrong("names a resource with a slash at its start; take it out")
            }
            "classpath" if rest.is_empty() || rest.ends_with('/') => wrong("names no resource"),
            "classpath" => Ok(Self::ClassPath(rest.to_owned())),
            "conf" if rest.is_empty() => wrong("names no key"),
            "conf" => Ok(Self::Conf(rest.to_owned())),
            _ => Err(Error::new(
                Code::RulesSourceUnsupported,
                format!("is at {scheme}:, where this release can't read rules; {KNOWN}"),
            )),
        }
    }

    /// Whether it is the job alone that holds the rules' text, so that no owner of a machine can
    /// mean it.
    pub(crate) fn is_the_jobs_own(&self) -> bool {
        matches!(self, Self::Inline(_) | Self::ClassPath(_) | Self::Conf(_))
    }
}

fn wrong<T>(what: &str) -> Result<T, Error> {
    Err(Error::new(Code::SettingInvalid, format!("{what}; {KNOWN}")))
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

/// Inline rules are not shown, and what stands before a colon in a bucket's place is not taken.
impl fmt::Display for RulesSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Inline(_) => f.write_str("inline rules"),
            Self::S3(object) => object.fmt(f),
            Self::ClassPath(name) => write!(f, "classpath:{name}"),
            Self::Conf(key) => write!(f, "conf:{key}"),
        }
    }
}

impl fmt::Debug for RulesSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where rules are read: a source with all that reading it takes. What makes two places the same
/// makes their rules the same. `Debug` does not show a text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum RulesPlace {
    /// A local file, by its absolute path.
    File(PathBuf),
    /// An object of S3.
    S3(Arc<S3Place>),
    /// A text that was handed over: inline, from the class path, or a key's value.
    Text {
        /// What errors call it.
        called: String,
        /// The rules.
        text: Arc<str>,
    },
}

impl fmt::Display for RulesPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::S3(place) => place.object.fmt(f),
            Self::Text { called, .. } => f.write_str(called),
        }
    }
}

impl fmt::Debug for RulesPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_names_a_place_or_is_the_rules() {
        let file = |path: &str| Ok(RulesSource::File(PathBuf::from(path)));
        let object = |rest: &str| Ok(RulesSource::S3(S3Object::parse(rest).unwrap()));
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
        for scheme in ["s3", "s3a", "S3N"] {
            assert_eq!(
                RulesSource::parse(&format!("{scheme}://bucket/a b%20.json")),
                object("bucket/a b%20.json")
            );
        }
        assert_eq!(
            RulesSource::parse("classpath:team/rules.json"),
            Ok(RulesSource::ClassPath("team/rules.json".to_owned()))
        );
        assert_eq!(
            RulesSource::parse("conf:fs.s3.authorization.roleMapping"),
            Ok(RulesSource::Conf(
                "fs.s3.authorization.roleMapping".to_owned()
            ))
        );
    }

    #[test]
    fn other_places_are_refused() {
        for (value, code) in [
            ("hdfs://nn/rules.json", Code::RulesSourceUnsupported),
            ("https://host/rules.json", Code::RulesSourceUnsupported),
            ("s3:/bucket/rules.json", Code::SettingInvalid),
            ("s3://bucket", Code::SettingInvalid),
            ("s3://AKIA:hush@bucket/rules.json", Code::SettingInvalid),
            ("classpath:", Code::SettingInvalid),
            ("classpath:/rules.json", Code::SettingInvalid),
            ("conf:", Code::SettingInvalid),
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
            assert!(!error.message().contains("hush"), "{error}");
        }
    }

    #[test]
    fn a_text_is_not_shown() {
        let place = RulesPlace::Text {
            called: "rolecall.rules".to_owned(),
            text: "hush".into(),
        };
        assert_eq!(
            format!("{place:?} {place}"),
            "rolecall.rules rolecall.rules"
        );
        let inline = RulesSource::Inline("hush".to_owned());
        assert_eq!(format!("{inline:?}"), "inline rules");
    }
}
