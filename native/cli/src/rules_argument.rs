//! RULES, as all commands take them: a path, `-` for standard input, or a place on S3.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rolecall_core::engine::fetch_rules;
use rolecall_core::error::{Code, Error};
use rolecall_core::rules::{self, Rules, RulesSource};
use rolecall_core::surroundings::Surroundings;

use crate::terminal::{Ink, tell};

/// What the library takes at most, too.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Where the rules of a command line are. A relative path is one from the working directory, and the
/// file may belong to anybody: a command gives nobody access by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulesArgument {
    /// A file, named by its path or a `file:` URI.
    File(PathBuf),
    /// Standard input.
    StandardInput,
    /// Where the library reads rules from, too: on S3, by the base credentials. Also what the library
    /// alone can read, to be told so.
    Elsewhere(String),
}

impl From<OsString> for RulesArgument {
    fn from(value: OsString) -> Self {
        if value == "-" {
            return Self::StandardInput;
        }
        let Some(uri) = value.to_str() else {
            return Self::File(value.into());
        };
        match scheme(uri) {
            Some(Scheme::Other) => Self::Elsewhere(uri.to_owned()),
            // A colon alone may stand in a file's name, too.
            Some(_) if Path::new(uri).exists() => Self::File(value.into()),
            Some(Scheme::File) => match RulesSource::parse(uri) {
                Ok(RulesSource::File(path)) => Self::File(path),
                _ => Self::Elsewhere(uri.to_owned()),
            },
            Some(Scheme::OfAJob) => Self::Elsewhere(uri.to_owned()),
            None => Self::File(value.into()),
        }
    }
}

/// What a text starts with that may be something other than a path.
enum Scheme {
    /// `file:`, as [`RulesSource`] takes it.
    File,
    /// `classpath:` or `conf:`, which only a job knows.
    OfAJob,
    /// Any other, with two slashes behind it. A file may be called `a:b`, but hardly `s3://b`.
    Other,
}

fn scheme(value: &str) -> Option<Scheme> {
    let (scheme, rest) = value.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "file" => Some(Scheme::File),
        "classpath" | "conf" => Some(Scheme::OfAJob),
        other => (rest.starts_with("//")
            && !other.is_empty()
            && other.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then_some(Scheme::Other),
    }
}

/// The bytes of rules and what messages call the place where they were found.
#[derive(Debug)]
pub struct RulesText {
    /// As they were read.
    pub bytes: Vec<u8>,
    /// A path as the user wrote it, that of a `file:` URI, or `<stdin>`.
    pub origin: String,
}

impl RulesText {
    /// Understands them.
    ///
    /// # Errors
    /// The first of what is wrong with them.
    pub fn rules(&self) -> Result<Rules, Error> {
        rules::read(&self.bytes, &self.origin)
    }

    /// Understands them, and says on standard error what in them may not mean what it seems to:
    /// what a foreign format says and rules can't, above all.
    ///
    /// # Errors
    /// The first of what is wrong with them.
    pub fn rules_with_warnings(&self) -> Result<Rules, Error> {
        let rules = self.rules()?;
        for warning in rules.warnings() {
            let at = warning.place.map_or_else(String::new, |place| {
                format!(":{}:{}", place.line, place.column)
            });
            tell(Ink::Warning, format_args!("{}{at}: {warning}", self.origin));
        }
        Ok(rules)
    }
}

impl RulesArgument {
    /// Reads the bytes.
    ///
    /// # Errors
    /// RC102 where there is no such file, RC103 where it can't be read; from elsewhere as
    /// [`fetch_rules`] says.
    pub fn read(&self) -> Result<RulesText, Error> {
        let origin = self.to_string();
        let read = match self {
            Self::File(path) => File::open(path).and_then(read_all),
            Self::StandardInput => read_all(io::stdin().lock()),
            Self::Elsewhere(uri) if holds_keys(uri) => {
                return Err(Error::new(
                    Code::RulesSourceUnsupported,
                    format!(
                        "{origin}: access keys before a bucket are not taken; take them out, and rotate them"
                    ),
                ));
            }
            Self::Elsewhere(uri) => {
                let bytes = fetch_rules(uri, &Surroundings::of_this_process())?;
                return Ok(RulesText { bytes, origin });
            }
        };
        match read {
            Ok(bytes) => Ok(RulesText { bytes, origin }),
            Err(error) => {
                let code = match error.kind() {
                    io::ErrorKind::NotFound => Code::RulesNotFound,
                    _ => Code::RulesUnreadable,
                };
                Err(Error::new(code, format!("{origin}: {error}")))
            }
        }
    }
}

/// Whether something stands before the host of a URI, or behind it, that may be a secret.
fn holds_keys(uri: &str) -> bool {
    uri.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split('/').next().unwrap_or_default();
        authority.contains('@') || (authority.contains(':') && rest.contains('@'))
    })
}

fn read_all(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= LARGEST) {
        Ok(bytes)
    } else {
        Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is larger than {} MiB", LARGEST / 1024 / 1024),
        ))
    }
}

impl fmt::Display for RulesArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::StandardInput => f.write_str("<stdin>"),
            // What stands before `@` may be access keys.
            Self::Elsewhere(uri) => match (uri.split_once("://"), uri.rsplit_once('@')) {
                (Some((scheme, _)), Some((_, rest))) if holds_keys(uri) => {
                    write!(f, "{scheme}://{rest}")
                }
                _ => f.write_str(uri),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(text: &str) -> RulesArgument {
        OsString::from(text).into()
    }

    #[test]
    fn a_path_is_taken_as_it_is_written() {
        assert_eq!(argument("-"), RulesArgument::StandardInput);
        for path in ["rules.json", "./-", "/etc/r.json", "a:b", "a b@c"] {
            assert_eq!(argument(path), RulesArgument::File(PathBuf::from(path)));
            assert_eq!(argument(path).to_string(), path);
        }
    }

    #[test]
    fn a_file_may_be_named_by_its_uri() {
        for uri in [
            "file:/etc/a%20b.json",
            "file:///etc/a%20b.json",
            "FILE://localhost/etc/a b.json",
        ] {
            assert_eq!(
                argument(uri),
                RulesArgument::File(PathBuf::from("/etc/a b.json"))
            );
        }
        let error = argument("file:rules.json").read().unwrap_err();
        assert_eq!(error.code(), Code::SettingInvalid);
        assert!(
            error.message().contains("is no URI of a local file"),
            "{error}"
        );
    }

    #[test]
    fn what_only_a_job_knows_is_told_as_such() {
        for place in ["classpath:rules.json", "conf:my.rules", "Conf:my.rules"] {
            let error = argument(place).read().unwrap_err();
            assert_eq!(error.code(), Code::RulesSourceUnsupported, "{place}");
            assert!(
                error.message().contains("is known to a job alone"),
                "{error}"
            );
        }
    }

    #[test]
    fn another_place_is_told_without_its_keys() {
        for uri in [
            "hdfs://AKIAEXAMPLE:hush@host/r.json",
            "s3://AKIAEXAMPLE:hu/sh@host/r.json",
        ] {
            let error = argument(uri).read().unwrap_err();
            assert_eq!(error.code(), Code::RulesSourceUnsupported);
            assert!(
                error.message().contains("://host/r.json: access keys"),
                "{error}"
            );
        }
        let error = argument("hdfs://host/r.json").read().unwrap_err();
        assert_eq!(error.code(), Code::RulesSourceUnsupported);
    }

    #[test]
    fn what_is_not_there_is_told_apart_from_what_can_not_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let code = |path: PathBuf| RulesArgument::File(path).read().unwrap_err().code();
        assert_eq!(code(folder.path().join("none")), Code::RulesNotFound);
        assert_eq!(code(folder.path().to_owned()), Code::RulesUnreadable);
    }

    #[test]
    fn what_is_larger_than_any_rules_file_is_not_kept() {
        assert_eq!(
            read_all(io::repeat(b' ')).unwrap_err().to_string(),
            "it is larger than 64 MiB"
        );
    }
}
