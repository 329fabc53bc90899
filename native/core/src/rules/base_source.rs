//! Whose credentials sign the call to STS.

use std::fmt;
use std::path::{Path, PathBuf};

use super::fields::BASE_ALONE;
use super::grammar::BaseText;
use super::misfit::Misfit;
use super::nearest::nearest;
use super::quoted::Quoted;
use super::strict;

/// The names that this release reads.
pub(crate) const SOURCES: &[&str] = &[
    "default-chain",
    "instance-profile",
    "properties",
    "environment",
];

/// A source of base credentials.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BaseSource {
    /// The AWS SDK's own order of sources.
    DefaultChain,
    /// The role of the EC2 instance, by IMDSv2.
    InstanceProfile,
    /// `AWS_ACCESS_KEY_ID` and its companions.
    Environment,
    /// `accessKey` and `secretKey` of a Java properties file.
    Properties {
        /// An absolute path.
        file: PathBuf,
    },
}

impl BaseSource {
    /// Whether its credentials are known to be a session already. STS then allows an hour at most
    /// (role chaining).
    pub fn is_session(&self) -> bool {
        matches!(self, Self::InstanceProfile)
    }

    /// Reads the value of a setting: a name, or an object as in the rules file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn from_setting(value: &str) -> Result<Self, Misfit> {
        if !value.starts_with('{') {
            if !SOURCES.contains(&value) {
                return Err(Misfit::new(unknown_source(value)));
            }
            let text = BaseText {
                source: Some(value.to_owned()),
                file: None,
            };
            return Self::build(&text).map_err(|wrong| wrong.misfit);
        }
        let strict::Object(text) = strict::read::<strict::Object<BaseText>>(value, &BASE_ALONE)
            .map_err(|fault| Misfit::new(fault.in_words()))?;
        Self::build(&text).map_err(|wrong| {
            Misfit::new(match wrong.field {
                None => wrong.misfit.to_string(),
                Some(field) => format!("field `{field}`: {}", wrong.misfit),
            })
        })
    }

    /// Checks an object of the rules file.
    pub(crate) fn build(text: &BaseText) -> Result<Self, WrongBase> {
        let in_source = |misfit| WrongBase {
            field: Some("source"),
            misfit,
        };
        let in_file = |misfit| WrongBase {
            field: Some("file"),
            misfit,
        };
        let Some(source) = text.source.as_deref() else {
            return Err(WrongBase {
                field: None,
                misfit: Misfit::new(format!(
                    "lacks `source`; write one of {}",
                    SOURCES.join(", ")
                )),
            });
        };
        let simple = match source {
            "default-chain" => Self::DefaultChain,
            "instance-profile" => Self::InstanceProfile,
            "environment" => Self::Environment,
            "properties" => {
                return match text.file.as_deref() {
                    Some(file) if Path::new(file).is_absolute() && !file.contains('\0') => {
                        Ok(Self::Properties {
                            file: PathBuf::from(file),
                        })
                    }
                    Some(file) => Err(in_file(Misfit::new(format!(
                        "{} is no absolute path; write one, because each process has a working directory of its own",
                        Quoted(file)
                    )))),
                    None => Err(WrongBase {
                        field: None,
                        misfit: Misfit::new(
                            "lacks `file`; write {\"source\": \"properties\", \"file\": \"/path\"}, the file with accessKey and secretKey",
                        ),
                    }),
                };
            }
            unknown => {
                return Err(in_source(Misfit::new(format!(
                    "{} {}",
                    Quoted(unknown),
                    unknown_source(unknown)
                ))));
            }
        };
        if text.file.is_some() {
            return Err(in_file(Misfit::new(format!(
                "has no meaning for the source {}; take it out, or write \"source\": \"properties\"",
                Quoted(source)
            ))));
        }
        Ok(simple)
    }
}

/// What is wrong with an object, and in which of its fields.
#[derive(Debug)]
pub(crate) struct WrongBase {
    pub(crate) field: Option<&'static str>,
    pub(crate) misfit: Misfit,
}

fn unknown_source(name: &str) -> String {
    let known = SOURCES.join(", ");
    match nearest(name, SOURCES.iter().copied()) {
        Some(meant) => format!("is no source; write {meant} (this release knows {known})"),
        None => format!("is no source that this release knows; write one of {known}"),
    }
}

impl fmt::Display for BaseSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DefaultChain => f.write_str("default-chain"),
            Self::InstanceProfile => f.write_str("instance-profile"),
            Self::Environment => f.write_str("environment"),
            Self::Properties { file } => write!(f, "properties {}", file.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_a_name_or_an_object() {
        assert_eq!(
            BaseSource::from_setting("instance-profile"),
            Ok(BaseSource::InstanceProfile)
        );
        assert_eq!(
            BaseSource::from_setting("default-chain"),
            Ok(BaseSource::DefaultChain)
        );
        assert_eq!(
            BaseSource::from_setting(r#"{"source": "environment"}"#),
            Ok(BaseSource::Environment)
        );
        assert_eq!(
            BaseSource::from_setting(r#"{"source": "properties", "file": "/etc/keys"}"#),
            Ok(BaseSource::Properties {
                file: PathBuf::from("/etc/keys")
            })
        );
    }

    #[test]
    fn what_is_no_base_says_what_is_known() {
        let cases = [
            (
                "instance_profile",
                "is no source; write instance-profile (this release knows default-chain, instance-profile, properties, environment)",
            ),
            (
                "container",
                "is no source that this release knows; write one of default-chain, instance-profile, properties, environment",
            ),
            (
                "properties",
                r#"lacks `file`; write {"source": "properties", "file": "/path"}, the file with accessKey and secretKey"#,
            ),
            (
                r#"{"source": "properties", "file": "keys"}"#,
                "field `file`: `keys` is no absolute path; write one, because each process has a working directory of its own",
            ),
            (
                r#"{"source": "environment", "file": "/x"}"#,
                "field `file`: has no meaning for the source `environment`; take it out, or write \"source\": \"properties\"",
            ),
            (
                "{}",
                "lacks `source`; write one of default-chain, instance-profile, properties, environment",
            ),
            (
                r#"{"source": "environment", "path": "/x"}"#,
                "line 1, column 27: field `path` is unknown; the fields of a base are source, file",
            ),
        ];
        for (value, expected) in cases {
            assert_eq!(
                BaseSource::from_setting(value).unwrap_err().to_string(),
                expected
            );
        }
    }
}
