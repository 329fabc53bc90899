//! Where a setting's value is looked for, and which of several counts.

use std::fmt;

use super::given::{Entry, Given, Origin};
use super::host_keys::{is_for_data_alone, keys_of, was_set};
use super::site::{Site, no_such_setting};
use super::table::{is_known, variable};
use crate::error::{Code, Error};
use crate::rules::{Misfit, Quoted};
use crate::surroundings::Surroundings;

/// A value that was set for a setting, and where.
pub(super) struct Found<'a> {
    pub(super) value: &'a str,
    pub(super) place: Place<'a>,
}

pub(super) enum Place<'a> {
    Configuration {
        name: &'a str,
        source: Option<&'a str>,
    },
    SystemProperty(&'a str),
    Environment(String),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration {
                name,
                source: Some(source),
            } => write!(f, "{name} (configuration, from {})", Quoted(source)),
            Self::Configuration { name, source: None } => write!(f, "{name} (configuration)"),
            Self::SystemProperty(name) => write!(f, "-D{name}"),
            Self::Environment(name) => write!(f, "the environment variable {name}"),
        }
    }
}

/// What is wrong with a value.
pub(super) struct Wrong {
    pub(super) code: Code,
    pub(super) what: String,
}

impl From<String> for Wrong {
    fn from(what: String) -> Self {
        Self {
            code: Code::SettingInvalid,
            what,
        }
    }
}

impl From<Misfit> for Wrong {
    fn from(misfit: Misfit) -> Self {
        misfit.to_string().into()
    }
}

/// All places in which settings stand.
pub(super) struct Search<'a> {
    pub(super) given: &'a Given,
    pub(super) surroundings: &'a Surroundings,
    pub(super) site: Option<&'a Site>,
}

impl<'a> Search<'a> {
    /// The value of a setting. The site file's is final; else the first that is found counts, the
    /// host's own keys between the configuration's and `-D`.
    pub(super) fn pick<T: PartialEq>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Option<T>, Error> {
        self.pick_beside(name, parse, self.host(name))
    }

    /// The same without the host's own keys.
    pub(super) fn pick_own<T: PartialEq>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Option<T>, Error> {
        self.pick_beside(name, parse, None)
    }

    fn pick_beside<T: PartialEq>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Wrong>,
        host: Option<Found<'_>>,
    ) -> Result<Option<T>, Error> {
        let parsed = |value: &str, place: &dyn fmt::Display| {
            parse(value.trim()).map_err(|wrong| {
                let Wrong { code, what } = wrong;
                Error::new(code, format!("{place}: {} {what}", shown(name, value)))
            })
        };
        let all = self.found(name);
        if let Some(fixed) = self.site.and_then(|site| site.value(name)) {
            let file = format!(
                "{}: the setting {name}",
                self.surroundings.site_file.display()
            );
            let value = parsed(fixed, &file)?;
            return match all
                .iter()
                .find(|found| parse(found.value.trim()).map_or(true, |set| set != value))
            {
                None => Ok(Some(value)),
                Some(other) => Err(Error::new(
                    Code::SettingFixedBySite,
                    format!(
                        "{}: the job sets {name} to {}, and {} fixes it at {}; take the job's setting out",
                        other.place,
                        shown(name, other.value),
                        self.surroundings.site_file.display(),
                        shown(name, fixed),
                    ),
                )),
            };
        }
        let configured = all
            .iter()
            .find(|found| matches!(found.place, Place::Configuration { .. }));
        let first = match configured {
            Some(found) => Some(found),
            None => {
                if let Some(host) = host {
                    return parsed(host.value, &host.place).map(Some);
                }
                all.first()
            }
        };
        first
            .map(|found| parsed(found.value, &found.place))
            .transpose()
    }

    /// All that set a setting, in the order in which they count; the host's own keys left out.
    pub(super) fn found(&self, name: &str) -> Vec<Found<'a>> {
        let by_s3a = format!("fs.s3a.{name}");
        let configured = |wanted: &str| {
            self.given
                .entries
                .iter()
                .find_map(|entry| match &entry.origin {
                    Origin::Configuration { source } if entry.name == wanted => Some(Found {
                        value: &entry.value,
                        place: Place::Configuration {
                            name: &entry.name,
                            source: source.as_deref(),
                        },
                    }),
                    _ => None,
                })
        };
        let property = self
            .given
            .entries
            .iter()
            .find_map(|entry| match entry.origin {
                Origin::SystemProperty if entry.name == name => Some(Found {
                    value: &entry.value,
                    place: Place::SystemProperty(&entry.name),
                }),
                _ => None,
            });
        let variable = variable(name);
        let environment = self
            .surroundings
            .environment
            .get(&variable)
            .map(|value| Found {
                value,
                place: Place::Environment(variable.clone()),
            });
        [configured(&by_s3a), configured(name), property, environment]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The host's own key of the same meaning, where somebody set it.
    fn host(&self, name: &str) -> Option<Found<'a>> {
        self.host_where(name, |source| was_set(name, source))
    }

    /// The host's own key where it was set for the bucket of the data, which hides what it is for
    /// the bucket of the rules.
    pub(super) fn host_for_data_alone(&self, name: &str) -> Option<Found<'a>> {
        self.host_where(name, |source| is_for_data_alone(name, source))
    }

    fn host_where(&self, name: &str, counts: impl Fn(Option<&str>) -> bool) -> Option<Found<'a>> {
        keys_of(name).iter().find_map(|key| {
            self.given
                .entries
                .iter()
                .find_map(|entry| match &entry.origin {
                    Origin::Configuration { source }
                        if entry.name == *key
                            && counts(source.as_deref())
                            && !entry.value.trim().is_empty() =>
                    {
                        Some(Found {
                            value: &entry.value,
                            place: Place::Configuration {
                                name: &entry.name,
                                source: source.as_deref(),
                            },
                        })
                    }
                    _ => None,
                })
        })
    }

    /// A misspelt name must not be a setting that silently does nothing.
    pub(super) fn check_names(&self) -> Result<(), Error> {
        for entry in &self.given.entries {
            let Some(name) = setting_of(entry) else {
                continue;
            };
            if is_known(name) || name.starts_with("rolecall.native.") {
                continue;
            }
            match &entry.origin {
                Origin::Configuration { source } => {
                    let place = Place::Configuration {
                        name: &entry.name,
                        source: source.as_deref(),
                    };
                    return Err(Error::new(
                        Code::SettingInvalid,
                        format!("{place}: {}", no_such_setting(name)),
                    ));
                }
                // Another program's property may start so too.
                Origin::SystemProperty => {
                    tracing::warn!(target: "rolecall", "-D{}: {}", name.escape_debug(), no_such_setting(name));
                }
                Origin::RulesKey | Origin::RulesResource | Origin::NoRulesResource => {}
            }
        }
        Ok(())
    }
}

/// The setting that an entry names, if it is one of ours.
pub(super) fn setting_of(entry: &Entry) -> Option<&str> {
    let name = match entry.origin {
        Origin::Configuration { .. } => entry.name.strip_prefix("fs.s3a.").unwrap_or(&entry.name),
        Origin::SystemProperty => &entry.name,
        Origin::RulesKey | Origin::RulesResource | Origin::NoRulesResource => return None,
    };
    name.starts_with("rolecall.").then_some(name)
}

/// A value for a message: what could hold a secret, such as `KEY:SECRET@` in a URI, is not repeated.
pub(super) fn shown(name: &str, value: &str) -> String {
    let may_hold_user_info = |text: &str| {
        text.contains('@')
            && (text.contains("://")
                || name.ends_with(".endpoint")
                || (name == "rolecall.rules" && text.contains(':')))
    };
    match value.trim() {
        "" => "an empty value".to_owned(),
        inline if inline.starts_with('{') => "the inline JSON".to_owned(),
        uri if may_hold_user_info(uri) => "the value".to_owned(),
        value => Quoted(value).to_string(),
    }
}
