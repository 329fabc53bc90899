//! Every setting's value, from wherever it is set, or its default.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::duration::parse_duration;
use super::given::Given;
use super::search::{Place, Search, Wrong, setting_of};
use super::site::Site;
use super::table::CONF;
use super::values::{GroupsEmpty, Identity, LocationScope, RefusalMode, Word};
use crate::error::{Code, Error};
use crate::rules::{
    BaseSource, LONGEST, Quoted, RulesPlace, SHORTEST, parse_endpoint, parse_region,
};
use crate::session::Defaults;
use crate::surroundings::Surroundings;

/// All settings, each with its value or its default.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `rolecall.rules`, with all that reading them takes.
    pub rules: RulesPlace,
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
/// RC101 where no rules are named and the default file is not there, RC102 where the key or the
/// resource that should hold them is not there, RC103 for a resource that can't be read, RC108 for
/// a place that this release can't read, RC120 for a bad name or value, RC121 where a job sets what the site file
/// fixes, RC122 and RC123 for the site file itself, RC124 for a `rolecall.conf` key that it does not
/// allow.
pub fn resolve(given: &Given, surroundings: &Surroundings) -> Result<Settings, Error> {
    let site = Site::read(surroundings)?;
    let search = Search {
        given,
        surroundings,
        site: site.as_ref(),
    };
    search.check_names()?;
    Ok(Settings {
        rules: search.rules(search.base()?.as_ref())?,
        rules_refresh: search
            .with_rules("rolecall.rules.refresh", false, positive)?
            .unwrap_or(REFRESH),
        rules_max_stale: search
            .with_rules("rolecall.rules.max-stale", false, duration)?
            .unwrap_or(MAX_STALE),
        identity: search.pick("rolecall.identity", word)?.unwrap_or_default(),
        location: search.where_it_exists_by_site("rolecall.location")?,
        refusal: search.refusal()?,
        defaults: search.defaults()?,
        timeout: search.timeout()?,
        groups_empty: search.where_it_exists_by_site("rolecall.groups.empty")?,
        conf: search.conf()?,
    })
}

/// How a refusal has to look, known even where [`resolve`] fails: `host`, unless the site file or,
/// where it does not say, the job validly sets it. A site file that can't be taken says nothing; a
/// job can make refusals unusable all the same, which gives nobody more.
pub fn refusal_mode(given: &Given, surroundings: &Surroundings) -> RefusalMode {
    let site = Site::read(surroundings).ok().flatten();
    let search = Search {
        given,
        surroundings,
        site: site.as_ref(),
    };
    let fixed = site
        .as_ref()
        .and_then(|site| site.value("rolecall.refusal"));
    match fixed {
        Some(value) => RefusalMode::parse(value.trim()).unwrap_or_default(),
        None => search
            .found("rolecall.refusal")
            .first()
            .and_then(|found| RefusalMode::parse(found.value.trim()).ok())
            .filter(|mode| *mode != RefusalMode::Throw)
            .unwrap_or_default(),
    }
}

/// The settings that more than one value decides, and those that are asked for without rules too.
impl Search<'_> {
    /// What fills the fields that the rules file leaves open.
    pub(super) fn defaults(&self) -> Result<Defaults, Error> {
        Ok(Defaults {
            duration: self.pick("rolecall.session.duration", session_duration)?,
            sts_endpoint: self.pick("rolecall.sts.endpoint", |value| Ok(parse_endpoint(value)?))?,
            region: self.pick("rolecall.sts.region", |value| Ok(parse_region(value)?))?,
            base: self.base()?,
        })
    }

    /// How long somebody waits for what may pass.
    pub(super) fn timeout(&self) -> Result<Duration, Error> {
        Ok(self.pick("rolecall.timeout", positive)?.unwrap_or(TIMEOUT))
    }

    pub(super) fn base(&self) -> Result<Option<BaseSource>, Error> {
        self.pick("rolecall.base", |value| {
            Ok(BaseSource::from_setting(value)?)
        })
    }

    /// A choice that a job may leave at its default alone where there is a site file, which may
    /// choose otherwise.
    fn where_it_exists_by_site<T: Word + Default + PartialEq>(
        &self,
        name: &str,
    ) -> Result<T, Error> {
        let choice: T = self.pick(name, word)?.unwrap_or_default();
        let by_site = self.site.is_none_or(|site| site.value(name).is_some());
        match self.found(name).first() {
            Some(found) if choice != T::default() && !by_site => Err(Error::new(
                Code::SettingFixedBySite,
                format!(
                    "{}: a job can't choose `{}` where there is a site file, and {} does not set {name}; take it out, or have it set there",
                    found.place,
                    found.value.trim(),
                    self.surroundings.site_file.display()
                ),
            )),
            _ => Ok(choice),
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
}

pub(super) fn word<T: Word>(value: &str) -> Result<T, Wrong> {
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
