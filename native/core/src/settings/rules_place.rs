//! Where the rules are, with all that reading them takes.

use std::sync::Arc;

use super::given::{Given, Origin};
use super::resolve::word;
use super::search::{Search, Wrong, shown};
use super::site::Site;
use crate::error::{Code, Error};
use crate::rules::{
    BaseSource, Quoted, RulesPlace, RulesSource, S3Object, S3Place, parse_endpoint, parse_region,
};
use crate::surroundings::Surroundings;

const RULES: &str = "rolecall.rules";
const ENDPOINT: &str = "rolecall.rules.s3.endpoint";

/// The place that a path or URI names, for who reads it without a job: site file and environment
/// say how.
///
/// # Errors
/// RC108 for what only a job has and what can't be read, RC120 to RC123 as for all settings.
pub(crate) fn place_of_rules(text: &str, surroundings: &Surroundings) -> Result<RulesPlace, Error> {
    let source = RulesSource::parse(text).map_err(|error| {
        let what = error.message();
        Error::new(error.code(), format!("{} {what}", shown(RULES, text)))
    })?;
    let site = Site::read(surroundings)?;
    let given = Given::default();
    let search = Search {
        given: &given,
        surroundings,
        site: site.as_ref(),
    };
    match source {
        RulesSource::ClassPath(_) | RulesSource::Conf(_) => Err(Error::new(
            Code::RulesSourceUnsupported,
            format!("{source} is known to a job alone; write a path or s3://BUCKET/KEY"),
        )),
        RulesSource::S3(object) => Ok(search.reach(true)?.of(object, search.base()?.as_ref())),
        RulesSource::File(path) => Ok(RulesPlace::File(path)),
        RulesSource::Inline(text) => Ok(inline(text)),
    }
}

impl Search<'_> {
    /// Where the rules are.
    pub(super) fn rules(&self, base: Option<&BaseSource>) -> Result<RulesPlace, Error> {
        let source = self.pick(RULES, |value| {
            RulesSource::parse(value).map_err(|error| Wrong {
                code: error.code(),
                what: error.message().to_owned(),
            })
        })?;
        let reach = self.reach(matches!(source, Some(RulesSource::S3(_))))?;
        match source {
            Some(source) if self.owner_sets_rules() && source.is_the_jobs_own() => Err(Error::new(
                Code::SiteFileInvalid,
                format!(
                    "{}: the setting {RULES} gives {source}, which is the job's own; write a path \
                     or s3://BUCKET/KEY",
                    self.surroundings.site_file.display()
                ),
            )),
            None => self.default_rules(),
            Some(RulesSource::File(path)) => Ok(RulesPlace::File(path)),
            Some(RulesSource::Inline(text)) => Ok(inline(text)),
            Some(RulesSource::S3(object)) => Ok(reach.of(object, base)),
            Some(RulesSource::ClassPath(name)) => self.resource(&name),
            Some(RulesSource::Conf(key)) => self.value_of(&key),
        }
    }

    fn default_rules(&self) -> Result<RulesPlace, Error> {
        let path = &self.surroundings.default_rules;
        // Where even that can't be told, reading will tell why.
        if path.try_exists().unwrap_or(true) {
            return Ok(RulesPlace::File(path.clone()));
        }
        Err(Error::new(
            Code::RulesNotSet,
            format!(
                "no rules are set, and {} does not exist; set rolecall.rules (in Hadoop's configuration fs.s3a.rolecall.rules or rolecall.rules) to the path of a rules file",
                path.display()
            ),
        ))
    }

    /// How rules on S3 are reached; `for_s3` whether they are there, so that the host's own keys
    /// matter, good or not.
    fn reach(&self, for_s3: bool) -> Result<Reach, Error> {
        let endpoint = |value: &str| Ok(parse_endpoint(value)?);
        let path_style = |value: &str| word(&value.to_ascii_lowercase());
        let endpoint = self.with_rules(ENDPOINT, for_s3, endpoint)?;
        if for_s3 && endpoint.is_none() && !self.owner_sets_rules() {
            self.no_endpoint_is_hidden()?;
        }
        Ok(Reach {
            endpoint,
            region: self
                .with_rules("rolecall.rules.s3.region", for_s3, region)?
                .flatten(),
            path_style: self
                .with_rules("rolecall.rules.s3.path-style", for_s3, path_style)?
                .unwrap_or_default(),
            endpoint_of_environment: !self.owner_sets_rules(),
        })
    }

    /// Where the data's bucket has an endpoint of its own, the one of all other buckets can't be
    /// seen: AWS would be asked for a bucket that may be in another store.
    fn no_endpoint_is_hidden(&self) -> Result<(), Error> {
        match self.host_for_data_alone(ENDPOINT) {
            None => Ok(()),
            Some(found) => Err(Error::new(
                Code::SettingInvalid,
                format!(
                    "{}: the endpoint of the data's bucket hides the one for the bucket that the \
                     rules are in; set {ENDPOINT} to it, or to s3.amazonaws.com for AWS's own",
                    found.place
                ),
            )),
        }
    }

    fn owner_sets_rules(&self) -> bool {
        self.site.is_some_and(|site| site.value(RULES).is_some())
    }

    /// The value of a setting that says how the rules are reached or how long they hold. Where the
    /// machine's owner sets the rules, it is the owner's too: another endpoint would be another
    /// bucket of that name, and a job that never looks again would keep the roles of old rules.
    pub(super) fn with_rules<T: PartialEq>(
        &self,
        name: &str,
        for_s3: bool,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Option<T>, Error> {
        let is_owners = self.site.is_some_and(|site| site.value(name).is_some());
        if is_owners || !self.owner_sets_rules() {
            return if for_s3 {
                self.pick(name, parse)
            } else {
                self.pick_own(name, parse)
            };
        }
        match self.found(name).first() {
            None => Ok(None),
            Some(found) => Err(Error::new(
                Code::SettingFixedBySite,
                format!(
                    "{}: {} fixes {RULES}, and with it how the rules are reached and how long they \
                     hold; take the job's setting out, or have it set there",
                    found.place,
                    self.surroundings.site_file.display()
                ),
            )),
        }
    }

    fn resource(&self, name: &str) -> Result<RulesPlace, Error> {
        let called = format!("classpath:{name}");
        let mut entries = self.given.entries.iter();
        let entry = entries.find(|entry| {
            matches!(
                entry.origin,
                Origin::RulesResource | Origin::NoRulesResource
            ) && entry.name == name
        });
        match entry {
            Some(entry) if entry.origin == Origin::RulesResource => Ok(RulesPlace::Text {
                called,
                text: entry.value.as_str().into(),
            }),
            Some(entry) if !entry.value.is_empty() => Err(Error::new(
                Code::RulesUnreadable,
                format!(
                    "{called}: the rules can't be read: {}; correct the resource, or set {RULES} \
                     to a file",
                    Quoted(&entry.value)
                ),
            )),
            _ => Err(Error::new(
                Code::RulesNotFound,
                format!(
                    "{called}: there is no such resource on the class path; put the file there on \
                     driver and executors, or set {RULES} to where the rules are"
                ),
            )),
        }
    }

    fn value_of(&self, key: &str) -> Result<RulesPlace, Error> {
        let mut entries = self.given.entries.iter();
        let entry = entries.find(|entry| {
            entry.origin == Origin::RulesKey && entry.name == key && !entry.value.trim().is_empty()
        });
        match entry {
            Some(entry) => Ok(RulesPlace::Text {
                called: format!("conf:{key}"),
                text: entry.value.as_str().into(),
            }),
            None => Err(Error::new(
                Code::RulesNotFound,
                format!(
                    "{RULES} is conf:{key}, and Hadoop's configuration has no value for that key; \
                     set it to the rules, or {RULES} to where they are"
                ),
            )),
        }
    }
}

/// How rules on S3 are reached.
struct Reach {
    endpoint: Option<String>,
    region: Option<String>,
    path_style: bool,
    endpoint_of_environment: bool,
}

impl Reach {
    fn of(self, object: S3Object, base: Option<&BaseSource>) -> RulesPlace {
        RulesPlace::S3(Arc::new(S3Place {
            object,
            endpoint: self.endpoint,
            region: self.region,
            path_style: self.path_style,
            endpoint_of_environment: self.endpoint_of_environment,
            base: base.cloned().unwrap_or(BaseSource::DefaultChain),
        }))
    }
}

/// A region, or none for the words by which S3A (`fs.s3a.endpoint.region`) leaves it to the SDK.
fn region(value: &str) -> Result<Option<String>, Wrong> {
    match value {
        "sdk" | "ec2" | "external" => Ok(None),
        value => Ok(Some(parse_region(value)?)),
    }
}

fn inline(text: String) -> RulesPlace {
    RulesPlace::Text {
        called: RULES.to_owned(),
        text: text.into(),
    }
}

#[cfg(test)]
#[path = "rules_place_tests.rs"]
mod tests;
