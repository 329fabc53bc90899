//! Where rules are, from all that settings, host and machine say.

use super::*;
use crate::clock::SystemClock;
use crate::settings::{Entry, Settings, resolve};
use crate::surroundings::Environment;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

const OBJECT: &str = "s3a://team-rules/prod/rules.json";

fn conf(name: &str, value: &str) -> Entry {
    conf_from(name, value, "core-site.xml")
}

fn conf_from(name: &str, value: &str, source: &str) -> Entry {
    entry(
        Origin::Configuration {
            source: Some(source.to_owned()),
        },
        name,
        value,
    )
}

fn entry(origin: Origin, name: &str, value: &str) -> Entry {
    Entry {
        origin,
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

/// Settings on a machine whose owner wrote `site`, if anything.
fn settings(site: Option<&str>, entries: Vec<Entry>) -> Result<Settings, Error> {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let site_file = folder.path().join("site.json");
    if let Some(site) = site {
        fs::write(&site_file, site).unwrap();
        fs::set_permissions(&site_file, Permissions::from_mode(0o644)).unwrap();
    }
    let surroundings = Surroundings {
        clock: Arc::new(SystemClock::new()),
        environment: Environment::default(),
        site_file,
        default_rules: "/nonexistent/rules.json".into(),
        trusted_owner: rustix::process::geteuid().as_raw(),
    };
    resolve(&Given { entries }, &surroundings)
}

fn place(site: Option<&str>, entries: Vec<Entry>) -> S3Place {
    match settings(site, entries).unwrap().rules {
        RulesPlace::S3(place) => (*place).clone(),
        other => panic!("{other:?}"),
    }
}

fn refusal(site: Option<&str>, entries: Vec<Entry>) -> Error {
    settings(site, entries).unwrap_err()
}

#[test]
fn an_object_is_reached_as_settings_and_the_hosts_own_keys_say() {
    let bare = place(None, vec![conf("rolecall.rules", OBJECT)]);
    assert_eq!(
        bare,
        S3Place {
            object: S3Object::parse("team-rules/prod/rules.json").unwrap(),
            endpoint: None,
            region: None,
            path_style: false,
            endpoint_of_environment: true,
            base: BaseSource::DefaultChain,
        }
    );
    let hosts = || {
        vec![
            conf("rolecall.rules", OBJECT),
            conf("fs.s3a.endpoint", "http://127.0.0.1:5000"),
            conf("fs.s3a.endpoint.region", "eu-west-1"),
            conf("fs.s3a.path.style.access", "TRUE"),
            conf("rolecall.base", "instance-profile"),
        ]
    };
    let by_host = place(None, hosts());
    assert_eq!(by_host.endpoint.as_deref(), Some("http://127.0.0.1:5000"));
    assert_eq!(by_host.region.as_deref(), Some("eu-west-1"));
    assert!(by_host.path_style);
    assert_eq!(by_host.base, BaseSource::InstanceProfile);

    let mut ours = hosts();
    ours.extend([
        conf("rolecall.rules.s3.endpoint", "store.corp"),
        conf("rolecall.rules.s3.region", "us-west-2"),
        conf("fs.s3a.rolecall.rules.s3.path-style", "false"),
    ]);
    let ours = place(None, ours);
    assert_eq!(ours.endpoint.as_deref(), Some("https://store.corp"));
    assert_eq!(ours.region.as_deref(), Some("us-west-2"));
    assert!(!ours.path_style);
}

#[test]
fn an_endpoint_that_the_datas_hides_has_to_be_said() {
    let of_data = "fs.s3a.bucket.data.endpoint via [core-site.xml]";
    let with = |more: Vec<Entry>| {
        let mut entries = vec![conf_from("fs.s3a.endpoint", "https://store.corp", of_data)];
        entries.extend(more);
        entries
    };
    let error = refusal(None, with(vec![conf("rolecall.rules", OBJECT)]));
    assert_eq!(error.code(), Code::SettingInvalid);
    for part in [
        "fs.s3a.endpoint (configuration, from `fs.s3a.bucket.data.endpoint via [core-site.xml]`)",
        "set rolecall.rules.s3.endpoint",
    ] {
        assert!(error.message().contains(part), "{error}");
    }
    let said = with(vec![
        conf("rolecall.rules", OBJECT),
        conf("rolecall.rules.s3.endpoint", "s3.amazonaws.com"),
    ]);
    assert_eq!(
        place(None, said).endpoint.as_deref(),
        Some("https://s3.amazonaws.com")
    );
    // Rules in a file need none, and rules of the site file are where that says.
    assert!(settings(None, with(vec![conf("rolecall.rules", "/r.json")])).is_ok());
    let site = format!(r#"{{"version": 1, "settings": {{"rolecall.rules": "{OBJECT}"}}}}"#);
    assert_eq!(place(Some(&site), with(vec![])).endpoint, None);
}

#[test]
fn what_nobody_set_for_the_bucket_of_the_rules_does_not_count() {
    let of_data = "fs.s3a.bucket.data.endpoint via [core-site.xml]";
    let place = place(
        None,
        vec![
            conf("rolecall.rules", OBJECT),
            conf_from("fs.s3a.endpoint.region", "eu-west-1", of_data),
            conf_from("fs.s3a.path.style.access", "true", "core-default.xml"),
        ],
    );
    assert_eq!(
        (place.endpoint, place.region, place.path_style),
        (None, None, false)
    );
    let sdk = vec![
        conf("rolecall.rules", OBJECT),
        conf("fs.s3a.endpoint.region", "sdk"),
    ];
    let RulesPlace::S3(sdk) = settings(None, sdk).unwrap().rules else {
        panic!("no object");
    };
    assert_eq!(sdk.region, None);
    // Keys of the host that rules in a file have no use for are none of our business.
    let file = vec![
        conf("rolecall.rules", "/r.json"),
        conf("fs.s3a.endpoint", "no host"),
    ];
    assert!(settings(None, file).is_ok());
}

#[test]
fn where_the_owner_sets_the_rules_no_job_says_how_they_are_reached() {
    let site = r#"{"version": 1, "settings": {"rolecall.rules": "s3://team-rules/r.json"}}"#;
    for name in [
        "rolecall.rules.s3.endpoint",
        "fs.s3a.rolecall.rules.s3.region",
        "rolecall.rules.s3.path-style",
    ] {
        let error = refusal(Some(site), vec![conf(name, "true")]);
        assert_eq!(error.code(), Code::SettingFixedBySite, "{name}: {error}");
        assert!(error.message().contains(name), "{error}");
    }
    let host = vec![
        conf("fs.s3a.endpoint", "http://127.0.0.1:5000"),
        conf("fs.s3a.path.style.access", "true"),
    ];
    let owners = place(Some(site), host.clone());
    assert_eq!((owners.endpoint, owners.path_style), (None, false));
    assert!(!owners.endpoint_of_environment);

    let site = r#"{"version": 1, "settings": {"rolecall.rules": "s3://team-rules/r.json",
        "rolecall.rules.s3.endpoint": "https://store.corp", "rolecall.rules.s3.path-style": "true"}}"#;
    let owners = place(Some(site), host);
    assert_eq!(owners.endpoint.as_deref(), Some("https://store.corp"));
    assert!(owners.path_style);
    let other = vec![conf("rolecall.rules.s3.endpoint", "https://other.corp")];
    assert_eq!(refusal(Some(site), other).code(), Code::SettingFixedBySite);
}

#[test]
fn an_owner_can_not_give_what_is_the_jobs_own() {
    for (rules, told) in [
        (
            "{\\\"version\\\": 1}",
            "gives inline rules, which is the job's own",
        ),
        ("classpath:rules.json", "gives classpath:rules.json"),
        ("conf:fs.s3.authorization.roleMapping", "gives conf:fs.s3."),
    ] {
        let site = format!(r#"{{"version": 1, "settings": {{"rolecall.rules": "{rules}"}}}}"#);
        let handed = vec![
            entry(Origin::RulesResource, "rules.json", "{}"),
            entry(Origin::RulesKey, "fs.s3.authorization.roleMapping", "{}"),
        ];
        let error = refusal(Some(&site), handed);
        assert_eq!(error.code(), Code::SiteFileInvalid);
        assert!(error.message().contains(told), "{error}");
    }
    let site = r#"{"version": 1, "settings": {"rolecall.rules": "/site.json"}}"#;
    for rules in ["classpath:rules.json", "conf:KEY", "s3://team-rules/r.json"] {
        let error = refusal(Some(site), vec![conf("rolecall.rules", rules)]);
        assert_eq!(error.code(), Code::SettingFixedBySite, "{rules}");
    }
}

#[test]
fn what_java_hands_over_is_the_rules() {
    let rules = |value: &str, handed: Vec<Entry>| {
        let mut entries = vec![conf("rolecall.rules", value)];
        entries.extend(handed);
        settings(None, entries).map(|settings| settings.rules)
    };
    let text = |called: &str, text: &str| RulesPlace::Text {
        called: called.to_owned(),
        text: text.into(),
    };
    assert_eq!(
        rules(
            "conf:a.key",
            vec![entry(Origin::RulesKey, "a.key", " ${user} ")]
        ),
        Ok(text("conf:a.key", " ${user} "))
    );
    assert_eq!(
        rules(
            "classpath:r.json",
            vec![entry(Origin::RulesResource, "r.json", "{}")]
        ),
        Ok(text("classpath:r.json", "{}"))
    );
    for (value, handed, code, told) in [
        (
            "conf:a.key",
            vec![],
            Code::RulesNotFound,
            "has no value for that key",
        ),
        // Nothing is picked up unasked.
        (
            "conf:a.key",
            vec![conf("a.key", "{}"), entry(Origin::RulesKey, "b.key", "{}")],
            Code::RulesNotFound,
            "has no value for that key",
        ),
        (
            "classpath:r.json",
            vec![entry(Origin::NoRulesResource, "r.json", "")],
            Code::RulesNotFound,
            "no such resource on the class path",
        ),
        (
            "classpath:r.json",
            vec![entry(Origin::NoRulesResource, "r.json", "too\nlarge")],
            Code::RulesUnreadable,
            "can't be read: `too\\u{a}large`",
        ),
    ] {
        let error = rules(value, handed).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().contains(told), "{error}");
    }
}

#[test]
fn without_a_job_a_path_or_an_object_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let surroundings = Surroundings {
        clock: Arc::new(SystemClock::new()),
        environment: [(
            "ROLECALL_RULES_S3_ENDPOINT".to_owned(),
            "https://store.corp".to_owned(),
        )]
        .into_iter()
        .collect(),
        site_file: folder.path().join("none.json"),
        default_rules: "/nonexistent/rules.json".into(),
        trusted_owner: 0,
    };
    let named = |text: &str| place_of_rules(text, &surroundings);
    assert!(matches!(named("/r.json"), Ok(RulesPlace::File(_))));
    assert!(
        matches!(named(OBJECT), Ok(RulesPlace::S3(place)) if place.endpoint.as_deref() == Some("https://store.corp"))
    );
    for text in ["conf:KEY", "classpath:r.json", "hdfs://nn/r.json"] {
        let error = named(text).unwrap_err();
        assert_eq!(error.code(), Code::RulesSourceUnsupported);
    }
    for text in [
        "hdfs://AKIAEXAMPLE:hush@host/r.json",
        "hdfs:AKIAEXAMPLE:hush@host/r.json",
        "s3://AKIAEXAMPLE:hush@bucket/r.json",
    ] {
        let here = named(text).unwrap_err().to_string();
        let in_a_job = refusal(None, vec![conf("rolecall.rules", text)]).to_string();
        assert!(
            !here.contains("hush") && here.contains("the value "),
            "{here}"
        );
        assert!(!in_a_job.contains("hush"), "{in_a_job}");
    }
}
