//! Who wins: the site file, the configuration, the host's own keys, `-D`, the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::duration::parse_duration;
use super::given::{Entry, Given, Origin};
use super::host_keys::{keys_of, was_set};
use super::site::{Site, no_such_setting};
use super::table::{CONF, is_known, variable};
use super::values::{GroupsEmpty, Identity, LocationScope, RefusalMode, Word};
use crate::error::{Code, Error};
use crate::rules::{
    BaseSource, LONGEST, Misfit, Quoted, RulesSource, SHORTEST, parse_region, parse_sts_endpoint,
};
use crate::session::Defaults;
use crate::surroundings::Surroundings;

/// All settings, each with its value or its default.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `rolecall.rules`.
    pub rules: RulesSource,
    /// `rolecall.rules.refresh`.
    pub rules_refresh: Duration,
    /// `rolecall.rules.max-stale`.
    pub rules_max_stale: Duration,
    /// `rolecall.identity`.
    pub identity: Identity,
    /// `rolecall.location`.
    pub location: LocationScope,
    /// `rolecall.refusal`.
    pub refusal: RefusalMode,
    /// What fills the fields that the rules file leaves open.
    pub defaults: Defaults,
    /// `rolecall.timeout`.
    pub timeout: Duration,
    /// `rolecall.groups.empty`.
    pub groups_empty: GroupsEmpty,
    /// `rolecall.conf.KEY`, by KEY.
    pub conf: BTreeMap<String, String>,
}

/// Without the values of the job's own keys.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("rules", &self.rules)
            .field("rules_refresh", &self.rules_refresh)
            .field("rules_max_stale", &self.rules_max_stale)
            .field("identity", &self.identity)
            .field("location", &self.location)
            .field("refusal", &self.refusal)
            .field("defaults", &self.defaults)
            .field("timeout", &self.timeout)
            .field("groups_empty", &self.groups_empty)
            .field("conf", &self.conf.keys())
            .finish()
    }
}

const REFRESH: Duration = Duration::from_secs(60);
const MAX_STALE: Duration = Duration::from_secs(24 * 3600);
const TIMEOUT: Duration = Duration::from_secs(120);

/// Finds every setting's value.
///
/// # Errors
/// RC101 where no rules are named and the default file is not there, RC108 for rules that this
/// release can't read, RC120 for a bad name or value, RC121 where a job sets what the site file
/// fixes, RC122 and RC123 for the site file itself, RC124 for a `rolecall.conf` key that it does not
/// allow.
pub fn resolve(given: &Given, surroundings: &Surroundings) -> Result<Settings, Error> {
    let site = Site::read(surroundings)?;
    let resolver = Resolver {
        given,
        surroundings,
        site: site.as_ref(),
    };
    resolver.check_names()?;
    let rules = match resolver.pick("rolecall.rules", |value| {
        RulesSource::parse(value).map_err(|error| Wrong {
            code: error.code(),
            what: error.message().to_owned(),
        })
    })? {
        Some(rules) => rules,
        None => resolver.default_rules()?,
    };
    Ok(Settings {
        rules,
        rules_refresh: resolver
            .pick("rolecall.rules.refresh", positive)?
            .unwrap_or(REFRESH),
        rules_max_stale: resolver
            .pick("rolecall.rules.max-stale", duration)?
            .unwrap_or(MAX_STALE),
        identity: resolver
            .pick("rolecall.identity", word)?
            .unwrap_or_default(),
        location: resolver.location()?,
        refusal: resolver.refusal()?,
        defaults: Defaults {
            duration: resolver.pick("rolecall.session.duration", session_duration)?,
            sts_endpoint: resolver.pick("rolecall.sts.endpoint", |value| {
                Ok(parse_sts_endpoint(value)?)
            })?,
            region: resolver.pick("rolecall.sts.region", |value| Ok(parse_region(value)?))?,
            base: resolver.pick("rolecall.base", |value| {
                Ok(BaseSource::from_setting(value)?)
            })?,
        },
        timeout: resolver
            .pick("rolecall.timeout", positive)?
            .unwrap_or(TIMEOUT),
        groups_empty: resolver
            .pick("rolecall.groups.empty", word)?
            .unwrap_or_default(),
        conf: resolver.conf()?,
    })
}

/// How a refusal has to look, known even where [`resolve`] fails: `host`, unless the site file or,
/// where it does not say, the job validly sets it. A site file that can't be taken says nothing; a
/// job can make refusals unusable all the same, which gives nobody more.
pub fn refusal_mode(given: &Given, surroundings: &Surroundings) -> RefusalMode {
    let site = Site::read(surroundings).ok().flatten();
    let resolver = Resolver {
        given,
        surroundings,
        site: site.as_ref(),
    };
    let fixed = site
        .as_ref()
        .and_then(|site| site.value("rolecall.refusal"));
    match fixed {
        Some(value) => RefusalMode::parse(value.trim()).unwrap_or_default(),
        None => resolver
            .found("rolecall.refusal")
            .first()
            .and_then(|found| RefusalMode::parse(found.value.trim()).ok())
            .filter(|mode| *mode != RefusalMode::Throw)
            .unwrap_or_default(),
    }
}

/// A value that was set for a setting, and where.
struct Found<'a> {
    value: &'a str,
    place: Place<'a>,
}

enum Place<'a> {
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
struct Wrong {
    code: Code,
    what: String,
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

struct Resolver<'a> {
    given: &'a Given,
    surroundings: &'a Surroundings,
    site: Option<&'a Site>,
}

impl<'a> Resolver<'a> {
    /// The value of a setting. The site file's is final; else the first that is found counts, the
    /// host's own keys between the configuration's and `-D`.
    fn pick<T: PartialEq>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Wrong>,
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
                if let Some(host) = self.host(name) {
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
    fn found(&self, name: &str) -> Vec<Found<'a>> {
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
        keys_of(name).iter().find_map(|key| {
            self.given
                .entries
                .iter()
                .find_map(|entry| match &entry.origin {
                    Origin::Configuration { source }
                        if entry.name == *key
                            && was_set(source.as_deref())
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

    fn default_rules(&self) -> Result<RulesSource, Error> {
        let path = &self.surroundings.default_rules;
        // Where even that can't be told, reading will tell why.
        if path.try_exists().unwrap_or(true) {
            return Ok(RulesSource::File(path.clone()));
        }
        Err(Error::new(
            Code::RulesNotSet,
            format!(
                "no rules are set, and {} does not exist; set rolecall.rules (in Hadoop's configuration fs.s3a.rolecall.rules or rolecall.rules) to the path of a rules file",
                path.display()
            ),
        ))
    }

    fn location(&self) -> Result<LocationScope, Error> {
        const NAME: &str = "rolecall.location";
        let scope: LocationScope = self.pick(NAME, word)?.unwrap_or_default();
        let by_site = self.site.is_none_or(|site| site.value(NAME).is_some());
        match self.found(NAME).first() {
            Some(found) if scope == LocationScope::FirstPath && !by_site => Err(Error::new(
                Code::SettingFixedBySite,
                format!(
                    "{}: a job can't choose `first-path` where there is a site file, and {} does not set {NAME}; take it out, or have it set there",
                    found.place,
                    self.surroundings.site_file.display()
                ),
            )),
            _ => Ok(scope),
        }
    }

    fn refusal(&self) -> Result<RefusalMode, Error> {
        const NAME: &str = "rolecall.refusal";
        let mode: RefusalMode = self.pick(NAME, word)?.unwrap_or_default();
        let by_site = self.site.is_some_and(|site| site.value(NAME).is_some());
        match self.found(NAME).first() {
            Some(found) if mode == RefusalMode::Throw && !by_site => Err(Error::new(
                Code::SettingInvalid,
                format!(
                    "{}: `throw` can be set by the site file ({}) alone; write host or unusable",
                    found.place,
                    self.surroundings.site_file.display()
                ),
            )),
            _ => Ok(mode),
        }
    }

    /// The job's own keys: the configuration's before `-D`.
    fn conf(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut conf = BTreeMap::new();
        let keys = self.given.entries.iter().filter_map(|entry| {
            setting_of(entry).and_then(|name| Some((name, name.strip_prefix(CONF)?)))
        });
        for (name, key) in keys {
            let Some(found) = self
                .found(name)
                .into_iter()
                .find(|found| !matches!(found.place, Place::Environment(_)))
            else {
                continue;
            };
            if let Some(allowed) = self.site.and_then(Site::allowed_conf)
                && !allowed.iter().any(|known| known == key)
            {
                let allowed = match allowed {
                    [] => "no such key".to_owned(),
                    allowed => format!("only {}", crate::rules::QuotedList(allowed)),
                };
                return Err(Error::new(
                    Code::ConfKeyNotAllowed,
                    format!(
                        "{}: {} allows {allowed}; take it out, or have {} allowed there",
                        found.place,
                        self.surroundings.site_file.display(),
                        Quoted(key),
                    ),
                ));
            }
            conf.insert(key.to_owned(), found.value.to_owned());
        }
        Ok(conf)
    }

    /// A misspelt name must not be a setting that silently does nothing.
    fn check_names(&self) -> Result<(), Error> {
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
            }
        }
        Ok(())
    }
}

/// The setting that an entry names, if it is one of ours.
fn setting_of(entry: &Entry) -> Option<&str> {
    let name = match entry.origin {
        Origin::Configuration { .. } => entry.name.strip_prefix("fs.s3a.").unwrap_or(&entry.name),
        Origin::SystemProperty => &entry.name,
    };
    name.starts_with("rolecall.").then_some(name)
}

/// A value for a message: what could hold a secret, such as `KEY:SECRET@` in a URI, is not repeated.
fn shown(name: &str, value: &str) -> String {
    match value.trim() {
        "" => "an empty value".to_owned(),
        inline if inline.starts_with('{') => "the inline JSON".to_owned(),
        uri if uri.contains('@') && (uri.contains("://") || name == "rolecall.sts.endpoint") => {
            "the value".to_owned()
        }
        value => Quoted(value).to_string(),
    }
}

fn word<T: Word>(value: &str) -> Result<T, Wrong> {
    Ok(T::parse(value)?)
}

fn duration(value: &str) -> Result<Duration, Wrong> {
    Ok(parse_duration(value)?)
}

fn positive(value: &str) -> Result<Duration, Wrong> {
    match parse_duration(value)? {
        Duration::ZERO => Err("is no time at all; write one such as 30s".to_owned().into()),
        duration => Ok(duration),
    }
}

fn session_duration(value: &str) -> Result<Duration, Wrong> {
    let duration = parse_duration(value)?;
    if (SHORTEST..=LONGEST).contains(&duration) && duration.subsec_nanos() == 0 {
        Ok(duration)
    } else {
        Err(
            "is no duration of a session; STS takes whole seconds from 900s to 12h"
                .to_owned()
                .into(),
        )
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
