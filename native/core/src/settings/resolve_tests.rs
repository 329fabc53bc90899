use super::*;
use crate::clock::SystemClock;
use crate::settings::{Entry, Origin};
use crate::surroundings::Environment;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

/// A machine of its own: a folder for `/etc/rolecall`, which belongs to who runs the test.
struct Machine {
    folder: tempfile::TempDir,
    given: Given,
    environment: Vec<(String, String)>,
    owner: u32,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        Self {
            folder,
            given: Given::default(),
            environment: vec![],
            owner: rustix::process::geteuid().as_raw(),
        }
    }

    /// With rules, so that nothing else is missing.
    fn with_rules() -> Self {
        Self::new().conf("rolecall.rules", "/r.json")
    }

    fn site_path(&self) -> PathBuf {
        self.folder.path().join("site.json")
    }

    fn site(self, text: &str) -> Self {
        fs::write(self.site_path(), text).unwrap();
        self.site_mode(0o644)
    }

    fn site_mode(self, mode: u32) -> Self {
        fs::set_permissions(self.site_path(), Permissions::from_mode(mode)).unwrap();
        self
    }

    fn conf(self, name: &str, value: &str) -> Self {
        self.conf_from(name, value, Some("core-site.xml"))
    }

    fn conf_from(mut self, name: &str, value: &str, source: Option<&str>) -> Self {
        self.given.entries.push(Entry {
            origin: Origin::Configuration {
                source: source.map(str::to_owned),
            },
            name: name.to_owned(),
            value: value.to_owned(),
        });
        self
    }

    fn property(mut self, name: &str, value: &str) -> Self {
        self.given.entries.push(Entry {
            origin: Origin::SystemProperty,
            name: name.to_owned(),
            value: value.to_owned(),
        });
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            clock: Arc::new(SystemClock::new()),
            environment: self.environment.iter().cloned().collect::<Environment>(),
            site_file: self.site_path(),
            default_rules: self.folder.path().join("rules.json"),
            trusted_owner: self.owner,
        }
    }

    fn resolve(&self) -> Result<Settings, Error> {
        resolve(&self.given, &self.surroundings())
    }

    fn settings(&self) -> Settings {
        self.resolve().unwrap()
    }

    /// The error, with the machine's folder called as on a real one.
    fn refusal(&self) -> String {
        self.resolve()
            .unwrap_err()
            .to_string()
            .replace(&self.folder.path().display().to_string(), "/etc/rolecall")
    }

    fn refusal_mode(&self) -> RefusalMode {
        refusal_mode(&self.given, &self.surroundings())
    }
}

fn file(path: &str) -> RulesPlace {
    RulesPlace::File(PathBuf::from(path))
}

#[test]
fn what_nobody_sets_has_its_default() {
    let settings = Machine::with_rules().settings();
    assert_eq!(
        settings,
        Settings {
            rules: file("/r.json"),
            rules_refresh: Duration::from_secs(60),
            rules_max_stale: Duration::from_secs(86_400),
            identity: Identity::Construction,
            location: LocationScope::Bucket,
            refusal: RefusalMode::Host,
            defaults: Defaults::default(),
            timeout: Duration::from_secs(120),
            groups_empty: GroupsEmpty::Unknown,
            conf: BTreeMap::new(),
        }
    );
}

#[test]
fn every_setting_is_read() {
    let settings = Machine::new()
        .conf("rolecall.rules", " file:///r.json ")
        .conf("rolecall.rules.refresh", "100ms")
        .conf("rolecall.rules.max-stale", "0")
        .conf("rolecall.identity", "per-call")
        .conf("rolecall.location", "first-path")
        .conf("rolecall.refusal", "unusable")
        .conf("rolecall.base", r#"{"source": "properties", "file": "/k"}"#)
        .conf("rolecall.session.duration", "45m")
        .conf("rolecall.sts.endpoint", "sts.example")
        .conf("rolecall.sts.region", "eu-west-1")
        .conf("rolecall.timeout", "5s")
        .conf("rolecall.groups.empty", "none")
        .conf("rolecall.conf.tenant", " acme")
        .settings();
    assert_eq!(
        settings,
        Settings {
            rules: file("/r.json"),
            rules_refresh: Duration::from_millis(100),
            rules_max_stale: Duration::ZERO,
            identity: Identity::PerCall,
            location: LocationScope::FirstPath,
            refusal: RefusalMode::Unusable,
            defaults: Defaults {
                duration: Some(Duration::from_secs(2700)),
                sts_endpoint: Some("https://sts.example".to_owned()),
                region: Some("eu-west-1".to_owned()),
                base: Some(BaseSource::Properties { file: "/k".into() }),
            },
            timeout: Duration::from_secs(5),
            groups_empty: GroupsEmpty::None,
            conf: BTreeMap::from([("tenant".to_owned(), " acme".to_owned())]),
        }
    );
}

#[test]
fn the_first_in_the_order_wins() {
    let by_environment = || Machine::with_rules().variable("ROLECALL_SESSION_DURATION", "20m");
    let by_property = || by_environment().property("rolecall.session.duration", "21m");
    let by_host = || by_property().conf("fs.s3a.assumed.role.session.duration", "22m");
    let by_conf = || by_host().conf("rolecall.session.duration", "23m");
    let by_bucket = || by_conf().conf("fs.s3a.rolecall.session.duration", "24m");
    let by_site = by_bucket().site(r#"{"version": 1, "settings": {"rolecall.timeout": "9s"}}"#);
    for (machine, minutes) in [
        (by_environment(), 20),
        (by_property(), 21),
        (by_host(), 22),
        (by_conf(), 23),
        (by_bucket(), 24),
        (by_site, 24),
    ] {
        assert_eq!(
            machine.settings().defaults.duration,
            Some(Duration::from_secs(60 * minutes))
        );
    }
}

#[test]
fn the_environment_names_settings_in_capitals() {
    let settings = Machine::new()
        .variable("ROLECALL_RULES", "/e.json")
        .variable("ROLECALL_RULES_MAX_STALE", "2h")
        .variable("ROLECALL_CONF_TENANT", "acme")
        .variable("ROLECALL_JAR", "/x.jar")
        .settings();
    assert_eq!(settings.rules, file("/e.json"));
    assert_eq!(settings.rules_max_stale, Duration::from_secs(7200));
    assert!(settings.conf.is_empty());
}

#[test]
fn a_host_key_counts_where_somebody_set_it() {
    let key = "fs.s3a.assumed.role.session.duration";
    let of = |source| {
        Machine::with_rules()
            .conf_from(key, "30m", source)
            .settings()
            .defaults
            .duration
    };
    assert_eq!(of(Some("core-default.xml")), None);
    assert_eq!(of(None), None);
    assert_eq!(
        of(Some("programmatically")),
        Some(Duration::from_secs(1800))
    );

    let defaults = Machine::with_rules()
        .conf("fs.s3.sts.sessionDurationSeconds", "1200")
        .conf("fs.s3.sts.endpoint", "https://emr")
        .conf("fs.s3a.assumed.role.sts.endpoint", "")
        .conf("fs.s3a.assumed.role.sts.endpoint.region", "us-west-2")
        .settings()
        .defaults;
    assert_eq!(
        defaults,
        Defaults {
            duration: Some(Duration::from_secs(1200)),
            sts_endpoint: Some("https://emr".to_owned()),
            region: Some("us-west-2".to_owned()),
            base: None,
        }
    );
}

#[test]
fn rules_have_a_default_place() {
    let machine = Machine::new();
    assert_eq!(
        machine.refusal(),
        "RC101: no rules are set, and /etc/rolecall/rules.json does not exist; set rolecall.rules (in Hadoop's configuration fs.s3a.rolecall.rules or rolecall.rules) to the path of a rules file"
    );
    let path = machine.folder.path().join("rules.json");
    fs::write(&path, "{}").unwrap();
    assert_eq!(machine.settings().rules, RulesPlace::File(path));
}

#[test]
fn a_bad_value_is_told_with_its_place() {
    let cases = [
        (
            Machine::new().conf("fs.s3a.rolecall.rules", "hdfs://nn/rules.json"),
            "RC108: fs.s3a.rolecall.rules (configuration, from `core-site.xml`): `hdfs://nn/rules.json` is at hdfs:, where this release can't read rules; write an absolute path, a file: or s3: URI, classpath:NAME, conf:KEY, or the rules themselves, starting with {",
        ),
        (
            Machine::with_rules().property("rolecall.refusal", "explode"),
            "RC120: -Drolecall.refusal: `explode` is unknown; write one of host, unusable, throw",
        ),
        (
            Machine::with_rules().variable("ROLECALL_TIMEOUT", "soon"),
            "RC120: the environment variable ROLECALL_TIMEOUT: `soon` is no duration; write a number with its unit, such as 30s, 45m or 1h",
        ),
        (
            Machine::with_rules().conf("rolecall.rules.refresh", "0s"),
            "RC120: rolecall.rules.refresh (configuration, from `core-site.xml`): `0s` is no time at all; write one such as 30s",
        ),
        (
            Machine::with_rules().conf_from("rolecall.session.duration", "13h", None),
            "RC120: rolecall.session.duration (configuration): `13h` is no duration of a session; STS takes whole seconds from 900s to 12h",
        ),
        (
            Machine::with_rules().conf("fs.s3a.assumed.role.session.duration", "5m"),
            "RC120: fs.s3a.assumed.role.session.duration (configuration, from `core-site.xml`): `5m` is no duration of a session; STS takes whole seconds from 900s to 12h",
        ),
        (
            Machine::with_rules().conf("rolecall.base", "container"),
            "RC120: rolecall.base (configuration, from `core-site.xml`): `container` is no source that this release knows; write one of default-chain, instance-profile, properties, environment",
        ),
        (
            Machine::with_rules().conf("rolecall.sts.endpoint", "https://u:hush@host"),
            "RC120: rolecall.sts.endpoint (configuration, from `core-site.xml`): the value holds more than host and path; write https://HOST",
        ),
        (
            Machine::new().conf("rolecall.rules", "s3://AKIAEXAMPLE:hush@b/rules.json"),
            "RC120: rolecall.rules (configuration, from `core-site.xml`): the value has `:` or `@` where only a bucket's name may stand; take out the port or the access keys; write an absolute path, a file: or s3: URI, classpath:NAME, conf:KEY, or the rules themselves, starting with {",
        ),
        (
            Machine::with_rules().conf("rolecall.identity", ""),
            "RC120: rolecall.identity (configuration, from `core-site.xml`): an empty value is unknown; write one of construction, per-call",
        ),
        (
            Machine::with_rules().conf("rolecall.refusal", "throw"),
            "RC120: rolecall.refusal (configuration, from `core-site.xml`): `throw` can be set by the site file (/etc/rolecall/site.json) alone; write host or unusable",
        ),
    ];
    for (machine, expected) in cases {
        assert_eq!(machine.refusal(), expected);
    }
}

#[test]
fn a_name_that_no_setting_has_is_told() {
    assert_eq!(
        Machine::with_rules()
            .conf("fs.s3a.rolecall.refusl", "unusable")
            .refusal(),
        "RC120: fs.s3a.rolecall.refusl (configuration, from `core-site.xml`): there is no setting `rolecall.refusl`; write rolecall.refusal"
    );
    assert_eq!(
        Machine::with_rules()
            .conf("rolecall.tenant", "acme")
            .refusal(),
        "RC120: rolecall.tenant (configuration, from `core-site.xml`): there is no setting `rolecall.tenant`; take it out, or write rolecall.conf.KEY for a value of the job's own"
    );
    assert_eq!(
        Machine::with_rules()
            .site(r#"{"version": 1, "settings": {"rolecall.rule": "/x"}}"#)
            .refusal(),
        "RC120: /etc/rolecall/site.json: there is no setting `rolecall.rule`; write rolecall.rules"
    );
    let machine = Machine::with_rules()
        .conf("rolecall.native.path", "/x")
        .conf("fs.s3a.endpoint", "x")
        .property("rolecall.demo", "x");
    assert!(machine.resolve().is_ok());
}

#[test]
fn what_the_site_file_sets_is_final() {
    let fixed = || {
        Machine::new().site(r#"{"version": 1, "settings": {"rolecall.rules": "/site.json", "rolecall.timeout": "60s"}}"#)
    };
    let settings = fixed().settings();
    assert_eq!(
        (settings.rules, settings.timeout),
        (file("/site.json"), Duration::from_secs(60))
    );
    // To set it to the same is no other setting, however it is written.
    let same = fixed()
        .conf("rolecall.timeout", "1m")
        .variable("ROLECALL_RULES", "file:/site.json");
    assert_eq!(same.settings().timeout, Duration::from_secs(60));

    let cases = [
        (
            fixed().conf("rolecall.rules", "/other.json"),
            "RC121: rolecall.rules (configuration, from `core-site.xml`): the job sets rolecall.rules to `/other.json`, and /etc/rolecall/site.json fixes it at `/site.json`; take the job's setting out",
        ),
        (
            fixed().conf(
                "rolecall.rules",
                r#"{"version": 1, "rules": [{"session": {"externalId": "hush"}}]}"#,
            ),
            "RC121: rolecall.rules (configuration, from `core-site.xml`): the job sets rolecall.rules to the inline JSON, and /etc/rolecall/site.json fixes it at `/site.json`; take the job's setting out",
        ),
        (
            fixed().property("rolecall.timeout", "2m"),
            "RC121: -Drolecall.timeout: the job sets rolecall.timeout to `2m`, and /etc/rolecall/site.json fixes it at `60s`; take the job's setting out",
        ),
        (
            fixed()
                .conf("rolecall.timeout", "60s")
                .variable("ROLECALL_TIMEOUT", "soon"),
            "RC121: the environment variable ROLECALL_TIMEOUT: the job sets rolecall.timeout to `soon`, and /etc/rolecall/site.json fixes it at `60s`; take the job's setting out",
        ),
    ];
    for (machine, expected) in cases {
        assert_eq!(machine.refusal(), expected);
    }
    // A key of the host's own is no setting of the job's.
    let host = Machine::with_rules()
        .site(r#"{"version": 1, "settings": {"rolecall.session.duration": "1h"}}"#)
        .conf("fs.s3a.assumed.role.session.duration", "2h");
    assert_eq!(
        host.settings().defaults.duration,
        Some(Duration::from_secs(3600))
    );
}

#[test]
fn a_job_may_not_choose_the_first_path_beside_a_site_file() {
    let chosen = |site: &str| {
        Machine::with_rules()
            .site(site)
            .conf("rolecall.location", "first-path")
    };
    assert_eq!(
        chosen(r#"{"version": 1}"#).refusal(),
        "RC121: rolecall.location (configuration, from `core-site.xml`): a job can't choose `first-path` where there is a site file, and /etc/rolecall/site.json does not set rolecall.location; take it out, or have it set there"
    );
    let site = r#"{"version": 1, "settings": {"rolecall.location": "first-path"}}"#;
    assert_eq!(chosen(site).settings().location, LocationScope::FirstPath);
}

#[test]
fn a_job_takes_no_failed_group_lookup_for_an_answer_where_there_is_a_site_file() {
    let chosen = |site: &str, value: &str| {
        Machine::with_rules()
            .site(site)
            .conf("rolecall.groups.empty", value)
    };
    let silent = r#"{"version": 1}"#;
    assert_eq!(
        chosen(silent, "none").refusal(),
        "RC121: rolecall.groups.empty (configuration, from `core-site.xml`): a job can't choose `none` where there is a site file, and /etc/rolecall/site.json does not set rolecall.groups.empty; take it out, or have it set there"
    );
    let default = chosen(silent, "unknown").settings();
    assert_eq!(default.groups_empty, GroupsEmpty::Unknown);
    let site = r#"{"version": 1, "settings": {"rolecall.groups.empty": "none"}}"#;
    assert_eq!(
        chosen(site, "none").settings().groups_empty,
        GroupsEmpty::None
    );
}

#[test]
fn how_long_rules_hold_is_said_by_who_sets_them() {
    let both = [
        ("rolecall.rules.refresh", "30d"),
        ("rolecall.rules.max-stale", "365d"),
    ];
    for (name, value) in both {
        let site = r#"{"version": 1, "settings": {"rolecall.rules": "/r.json"}}"#;
        let refusal = Machine::with_rules().site(site).conf(name, value).refusal();
        assert!(refusal.starts_with("RC121: "), "{refusal}");
        assert!(refusal.contains("how long they hold"), "{refusal}");
        let site = format!(
            r#"{{"version": 1, "settings": {{"rolecall.rules": "/r.json", "{name}": "5m"}}}}"#
        );
        let own = Machine::with_rules().site(&site).settings();
        let five = Duration::from_secs(300);
        assert!([own.rules_refresh, own.rules_max_stale].contains(&five));
        let refusal = Machine::with_rules().site(&site).conf(name, value);
        assert!(refusal.refusal().starts_with("RC121: "));
    }
    // Rules that the job names itself hold as long as it says.
    let own = Machine::with_rules()
        .site(r#"{"version": 1}"#)
        .conf("rolecall.rules.refresh", "30d");
    assert_eq!(
        own.settings().rules_refresh,
        Duration::from_secs(30 * 86_400)
    );
}

#[test]
fn the_site_file_names_the_keys_that_a_job_may_set() {
    let job = |site: &str| {
        Machine::with_rules()
            .site(site)
            .conf("rolecall.conf.tenant", "acme")
            .conf("fs.s3a.rolecall.conf.tenant", "zenith")
            .property("rolecall.conf.tenant", "other")
    };
    let settings = job(r#"{"version": 1, "conf": ["tenant"]}"#).settings();
    assert_eq!(
        settings.conf,
        BTreeMap::from([("tenant".to_owned(), "zenith".to_owned())])
    );
    assert_eq!(job(r#"{"version": 1}"#).settings().conf, settings.conf);
    assert!(!format!("{settings:?}").contains("zenith"));
    assert_eq!(
        job(r#"{"version": 1, "conf": ["stage"]}"#).refusal(),
        "RC124: fs.s3a.rolecall.conf.tenant (configuration, from `core-site.xml`): /etc/rolecall/site.json allows only `stage`; take it out, or have `tenant` allowed there"
    );
    assert!(
        job(r#"{"version": 1, "conf": []}"#)
            .refusal()
            .contains("allows no such key")
    );
}

#[test]
fn a_site_file_that_others_could_have_written_is_refused() {
    let site = || Machine::with_rules().site(r#"{"version": 1}"#);
    assert_eq!(
        site().site_mode(0o664).refusal(),
        "RC122: /etc/rolecall/site.json: the site file is not taken: /etc/rolecall/site.json has mode 0664, so group or others can write it; run chmod go-w /etc/rolecall/site.json"
    );
    let open = site();
    fs::set_permissions(open.folder.path(), Permissions::from_mode(0o777)).unwrap();
    assert_eq!(
        open.refusal(),
        "RC122: /etc/rolecall/site.json: the site file is not taken: /etc/rolecall has mode 0777, so group or others can write it; run chmod go-w /etc/rolecall"
    );
    let mut another = site();
    let me = another.owner;
    another.owner += 1;
    assert_eq!(
        another.refusal(),
        format!(
            "RC122: /etc/rolecall/site.json: the site file is not taken: /etc/rolecall/site.json belongs to user {me}, and has to belong to user {}; run chown {} /etc/rolecall/site.json",
            me + 1,
            me + 1
        )
    );
}

#[test]
fn a_site_file_that_is_wrong_says_where() {
    let cases = [
        ("", "1:1: not JSON: EOF while parsing a value"),
        ("{", "1:1: not JSON: EOF while parsing an object"),
        (
            "[]",
            "1:1: the file must be an object with version, settings and conf, not a list",
        ),
        ("{}", " the file lacks `version`; write \"version\": 1"),
        (
            r#"{"version": 2, "new": 1}"#,
            " field `version` is 2, and this release reads 1; upgrade Rolecall or write the file for version 1",
        ),
        (
            r#"{"version": "1"}"#,
            "1:13: field `version`: must be the number 1, not a text",
        ),
        (
            r#"{"version": 1, "setting": {}}"#,
            "1:16: field `setting`: is unknown; write `settings` (the fields of a site file are version, settings, conf)",
        ),
        (
            r#"{"version": 1, "settings": {"rolecall.timeout": 5}}"#,
            "1:49: field `settings.rolecall.timeout`: must be a text, not `5`",
        ),
        (
            r#"{"version": 1, "settings": {"rolecall.timeout": "5", "rolecall.timeout": "6"}}"#,
            "1:54: field `settings.rolecall.timeout`: stands there twice; write it once",
        ),
        (
            r#"{"version": 1, "conf": null}"#,
            "1:24: field `conf`: must be a list of keys such as [\"tenant\"], not `null`",
        ),
        (
            r#"{"version": 1, "settings": {"rolecall.conf.tenant": "x"}}"#,
            " the setting `rolecall.conf.tenant` is the job's own; write \"conf\": [\"tenant\"] to allow it",
        ),
    ];
    for (site, expected) in cases {
        assert_eq!(
            Machine::with_rules().site(site).refusal(),
            format!("RC123: /etc/rolecall/site.json:{expected}"),
            "{site}"
        );
    }
    assert_eq!(
        Machine::with_rules()
            .site(r#"{"version": 1, "settings": {"rolecall.timeout": "soon"}}"#)
            .refusal(),
        "RC120: /etc/rolecall/site.json: the setting rolecall.timeout: `soon` is no duration; write a number with its unit, such as 30s, 45m or 1h"
    );
    let folder = Machine::with_rules();
    fs::create_dir(folder.site_path()).unwrap();
    assert_eq!(
        folder.refusal(),
        "RC123: /etc/rolecall/site.json: the site file can't be read: it is no regular file; make it readable for all, or remove it"
    );
}

#[test]
fn how_a_refusal_looks_is_known_in_any_case() {
    let site = |value: &str| {
        Machine::new().site(&format!(
            r#"{{"version": 1, "settings": {{"rolecall.refusal": "{value}"}}}}"#
        ))
    };
    let cases = [
        (Machine::new(), RefusalMode::Host),
        (
            Machine::new().conf("rolecall.refusal", "unusable"),
            RefusalMode::Unusable,
        ),
        (
            Machine::new().variable("ROLECALL_REFUSAL", "unusable"),
            RefusalMode::Unusable,
        ),
        (
            Machine::new().conf("rolecall.refusal", "throw"),
            RefusalMode::Host,
        ),
        (
            Machine::new().conf("rolecall.refusal", "explode"),
            RefusalMode::Host,
        ),
        (site("throw"), RefusalMode::Throw),
        (
            site("throw").conf("rolecall.refusal", "unusable"),
            RefusalMode::Throw,
        ),
        (site("explode"), RefusalMode::Host),
        (site("throw").site_mode(0o666), RefusalMode::Host),
        (
            Machine::new()
                .site("{")
                .conf("rolecall.refusal", "unusable"),
            RefusalMode::Unusable,
        ),
        (Machine::new().site("{"), RefusalMode::Host),
    ];
    for (machine, expected) in cases {
        assert_eq!(machine.refusal_mode(), expected, "{:?}", machine.given);
    }
    assert_eq!(
        site("throw")
            .conf("rolecall.rules", "/r")
            .settings()
            .refusal,
        RefusalMode::Throw
    );
}

#[test]
fn every_setting_of_the_table_is_one_that_is_resolved() {
    for setting in crate::settings::TABLE {
        let name = setting.name.replace("KEY", "key");
        let machine = Machine::with_rules().conf(&format!("fs.s3a.{name}"), "\u{1}");
        let refused = machine.resolve().is_err();
        assert_eq!(refused, setting.who != crate::settings::Who::Job, "{name}");
    }
}

#[test]
fn a_default_of_the_table_is_what_holds_where_nobody_sets_it() {
    let unset = Machine::with_rules().settings();
    let mut checked = 0;
    for setting in crate::settings::TABLE {
        let Some(default) = setting
            .default
            .strip_prefix('`')
            .and_then(|rest| rest.strip_suffix('`'))
        else {
            continue;
        };
        let set = Machine::with_rules().conf(setting.name, default).settings();
        // These two stay open until a session is planned.
        let Settings { defaults, .. } = set.clone();
        assert_eq!(
            defaults.duration.unwrap_or(Duration::from_secs(3600)),
            Duration::from_secs(3600)
        );
        assert_eq!(
            defaults.base.unwrap_or(BaseSource::DefaultChain),
            BaseSource::DefaultChain
        );
        assert_eq!(
            Settings {
                defaults: Defaults::default(),
                ..set
            },
            unset,
            "{}",
            setting.name
        );
        checked += 1;
    }
    assert_eq!(checked, 10);
}
