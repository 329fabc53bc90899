//! What the machine's owner fixes: `/etc/rolecall/site.json`.

use std::path::Path;

use serde::Deserialize;

use super::table::{CONF, TABLE, Who, is_known};
use crate::error::{Code, Error};
use crate::rules::{
    Field, Form, Grammar, LocalFile, Object, Quoted, Step, UniqueMap, Unusable, nearest, present,
    read_strictly,
};
use crate::surroundings::Surroundings;

const LARGEST: u64 = 1024 * 1024;

/// The site file, read and trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    settings: Vec<(String, String)>,
    conf: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteText {
    #[serde(default, deserialize_with = "present")]
    version: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    settings: Option<UniqueMap<String>>,
    #[serde(default, deserialize_with = "present")]
    conf: Option<Vec<String>>,
}

/// Looked at before the rest, so that a file of tomorrow is told as such.
#[derive(Debug, Deserialize)]
struct VersionText {
    version: Option<u64>,
}

const SITE: Form = Form::Fields {
    of: "a site file",
    known: &[
        Field::since(1, "version"),
        Field::since(1, "settings"),
        Field::since(1, "conf"),
    ],
};

impl Site {
    /// Reads the site file, if there is one.
    ///
    /// # Errors
    /// RC122 where others could have written it, RC123 where it can't be understood, RC120 for a
    /// setting that does not exist.
    pub(super) fn read(surroundings: &Surroundings) -> Result<Option<Self>, Error> {
        let path = &surroundings.site_file;
        let told = |unusable: Unusable| match unusable {
            Unusable::Missing => None,
            Unusable::Unreadable(why) => Some(Error::new(
                Code::SiteFileInvalid,
                format!(
                    "{}: the site file can't be read: {why}; make it readable for all, or remove it",
                    path.display()
                ),
            )),
            Unusable::Untrusted(why) => Some(Error::new(
                Code::SiteFileUntrusted,
                format!("{}: the site file is not taken: {why}", path.display()),
            )),
        };
        let bytes = match LocalFile::open(path, Some(surroundings.trusted_owner))
            .and_then(|file| file.read(LARGEST))
        {
            Ok(bytes) => bytes,
            Err(unusable) => return told(unusable).map_or(Ok(None), Err),
        };
        Self::parse(&bytes, path).map(Some)
    }

    pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Self, Error> {
        let invalid =
            |what: String| Error::new(Code::SiteFileInvalid, format!("{}: {what}", path.display()));
        let text =
            std::str::from_utf8(bytes).map_err(|_| invalid("the file is not UTF-8".to_owned()))?;
        if let Ok(Object(VersionText {
            version: Some(newer),
        })) = serde_json::from_str(text)
            && newer != 1
        {
            return Err(invalid(format!(
                "field `version` is {newer}, and this release reads 1; upgrade Rolecall or write the file for version 1"
            )));
        }
        let Object(site) = read_strictly::<Object<SiteText>>(text, &GRAMMAR)
            .map_err(|fault| Error::new(Code::SiteFileInvalid, fault.in_file(path.display())))?;
        if site.version.is_none() {
            return Err(invalid(
                "the file lacks `version`; write \"version\": 1".to_owned(),
            ));
        }
        let settings = site
            .settings
            .map_or_else(Vec::new, |UniqueMap(settings)| settings);
        for (name, _) in &settings {
            if let Some(key) = name.strip_prefix(CONF) {
                return Err(invalid(format!(
                    "the setting {} is the job's own; write \"conf\": [{key:?}] to allow it",
                    Quoted(name)
                )));
            }
            if !is_known(name) {
                return Err(Error::new(
                    Code::SettingInvalid,
                    format!("{}: {}", path.display(), no_such_setting(name)),
                ));
            }
        }
        Ok(Self {
            settings,
            conf: site.conf,
        })
    }

    /// The value that a setting has for all jobs.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.settings
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The only `rolecall.conf` keys that a job may set; none: any.
    pub(super) fn allowed_conf(&self) -> Option<&[String]> {
        self.conf.as_deref()
    }
}

const GRAMMAR: Grammar = Grammar(|steps| match steps {
    [] => (SITE, "an object with version, settings and conf"),
    [Step::Field(name)] if name == "version" => (Form::Whole, "the number 1"),
    [Step::Field(name)] if name == "settings" => (
        Form::Free,
        "an object such as {\"rolecall.rules\": \"/etc/rolecall/rules.json\"}",
    ),
    [_] => (Form::List, "a list of keys such as [\"tenant\"]"),
    _ => (Form::Text, "a text"),
});

/// What to say of a name that no setting has.
pub(super) fn no_such_setting(name: &str) -> String {
    let known = TABLE
        .iter()
        .filter(|setting| setting.who != Who::Job)
        .map(|setting| setting.name);
    match nearest(name, known) {
        Some(meant) => format!("there is no setting {}; write {meant}", Quoted(name)),
        None => format!(
            "there is no setting {}; take it out, or write {CONF}KEY for a value of the job's own",
            Quoted(name)
        ),
    }
}
