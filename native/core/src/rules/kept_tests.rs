use super::*;
use crate::rules::{Warning, read};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const REFRESH: Duration = Duration::from_secs(60);
const MAX_STALE: Duration = Duration::from_secs(3600);

struct Kept {
    folder: tempfile::TempDir,
    rules: Looked,
}

/// Kept rules that are looked at when that is due, as the router does.
struct Looked {
    place: RulesPlace,
    kept: KeptRules,
    last: Option<Result<Arc<Rules>, Error>>,
    due: Duration,
}

impl Looked {
    fn new(place: RulesPlace) -> Self {
        Self {
            kept: KeptRules::new(place.clone(), REFRESH, MAX_STALE),
            place,
            last: None,
            due: Duration::ZERO,
        }
    }

    fn current(&mut self, now: Duration) -> Result<Arc<Rules>, Error> {
        match &self.last {
            Some(last) if now < self.due => last.clone(),
            _ => {
                let seen = self.kept.seen();
                let look = match &self.place {
                    RulesPlace::File(path) => Look::at_file(path, seen),
                    RulesPlace::Text { called, text } => Look::at_text(called, text, seen),
                    RulesPlace::S3(_) => panic!("no object here"),
                };
                let result = self.kept.learn(look, now);
                self.due = now + self.kept.pause();
                self.last = Some(result.clone());
                result
            }
        }
    }
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = RulesPlace::File(folder.path().join("rules.json"));
        Self {
            folder,
            rules: Looked::new(place),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("rules.json")
    }

    /// Puts rules with that deny message in place of the file, as a careful operator does.
    fn replace(&self, text: &str) {
        let aside = self.folder.path().join("new.json");
        fs::write(&aside, text).unwrap();
        fs::set_permissions(&aside, Permissions::from_mode(0o644)).unwrap();
        fs::rename(aside, self.path()).unwrap();
    }

    fn hash(&mut self, seconds: u64) -> Result<String, Code> {
        self.rules
            .current(Duration::from_secs(seconds))
            .map(|rules| rules.hash().to_string())
            .map_err(|error| error.code())
    }
}

fn denying(message: &str) -> String {
    format!(
        r#"{{"version": 1, "rules": [{{"name": "r", "deny": "{message}"}}], "otherwise": "deny"}}"#
    )
}

#[test]
fn a_new_version_is_taken_when_it_is_due() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    kept.replace(&denying("two"));
    assert_eq!(kept.hash(59), Ok(one.clone()));
    assert_ne!(kept.hash(60), Ok(one));
    assert_eq!(kept.rules.kept.pause(), REFRESH);
}

#[test]
fn an_unchanged_file_is_not_read_again() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    let first = kept.rules.current(Duration::ZERO).unwrap();
    let later = kept.rules.current(REFRESH).unwrap();
    assert!(Arc::ptr_eq(&first, &later));
}

#[test]
fn a_version_that_is_not_good_is_refused_for_as_long_as_it_stands() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    kept.replace("{\"version\": 1,");
    assert_eq!(kept.hash(60), Ok(one.clone()));
    assert_eq!(kept.hash(100_000), Ok(one.clone()));
    kept.replace(&denying("two"));
    assert!(kept.hash(200_000).is_ok_and(|hash| hash != one));
}

#[test]
fn rules_that_vanish_stand_until_they_are_too_old() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    assert_eq!(kept.hash(60), Ok(one.clone()));
    fs::remove_file(kept.path()).unwrap();
    assert_eq!(kept.hash(120), Ok(one.clone()));
    assert_eq!(kept.hash(3660), Ok(one.clone()));
    assert_eq!(kept.hash(3720), Err(Code::RulesStale));
    assert_eq!(kept.hash(3721), Err(Code::RulesStale));
    kept.replace(&denying("one"));
    assert_eq!(kept.hash(3780), Ok(one));
}

#[test]
fn rules_that_others_may_write_count_as_vanished() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    fs::write(kept.path(), denying("two")).unwrap();
    fs::set_permissions(kept.path(), Permissions::from_mode(0o666)).unwrap();
    assert_eq!(kept.hash(60), Ok(one));
    assert_eq!(kept.hash(7200), Err(Code::RulesStale));
}

#[test]
fn the_first_failure_is_told_and_looked_at_again_after_a_while() {
    let mut kept = Kept::new();
    assert_eq!(kept.hash(0), Err(Code::RulesNotFound));
    kept.replace("nonsense");
    assert_eq!(kept.hash(4), Err(Code::RulesNotFound));
    assert_eq!(kept.hash(5), Err(Code::RulesNotJson));
    assert_eq!(kept.hash(10), Err(Code::RulesNotJson));
    kept.replace(&denying("one"));
    assert!(kept.hash(15).is_ok());
}

#[test]
fn bad_permissions_are_told_with_the_cure() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    fs::set_permissions(kept.path(), Permissions::from_mode(0o664)).unwrap();
    let error = kept.rules.current(Duration::ZERO).unwrap_err();
    assert_eq!(error.code(), Code::RulesWritableByOthers);
    assert!(error.message().contains("run chmod go-w "), "{error}");
}

#[test]
fn inline_rules_are_read_once() {
    let inline = |text: &str| {
        Looked::new(RulesPlace::Text {
            called: "rolecall.rules".to_owned(),
            text: text.into(),
        })
    };
    let mut kept = inline(&denying("one"));
    let first = kept.current(Duration::ZERO).unwrap();
    assert!(Arc::ptr_eq(&first, &kept.current(MAX_STALE * 9).unwrap()));
    let bad = inline("{}").current(Duration::ZERO).unwrap_err();
    assert_eq!(
        bad.to_string(),
        "RC106: rolecall.rules:1:1: the file lacks `version`; write \"version\": 1"
    );
}

#[test]
fn a_bad_version_brings_back_no_rules_that_were_too_old() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    fs::remove_file(kept.path()).unwrap();
    assert_eq!(kept.hash(60), Ok(one.clone()));
    assert_eq!(kept.hash(3_700), Err(Code::RulesStale));
    kept.replace("{ half a fi");
    assert_eq!(kept.hash(3_760), Err(Code::RulesNotJson));
    assert_eq!(
        kept.hash(3_820),
        Err(Code::RulesNotJson),
        "it still lies there"
    );
    kept.replace(&denying("one"));
    assert_eq!(kept.hash(3_880), Ok(one));
}

#[test]
fn the_same_text_written_anew_is_the_same_version() {
    let mut kept = Kept::new();
    kept.replace(&denying("one"));
    let first = kept.rules.current(Duration::ZERO).unwrap();
    kept.replace(&denying("one"));
    let later = kept.rules.current(REFRESH).unwrap();
    assert!(Arc::ptr_eq(&first, &later));
    assert_ne!(kept.rules.kept.seen(), None);
}

#[test]
fn an_object_that_is_gone_or_refused_stands_until_it_is_too_old() {
    use crate::stub::log;
    log::capture();
    let mut kept = KeptRules::new(RulesPlace::File("/unused".into()), REFRESH, MAX_STALE);
    let etag = || Some("\"1\"".to_owned());
    let read = Look::at_object("s3://b/k", etag(), denying("one").as_bytes());
    let one = kept.learn(read, Duration::ZERO).unwrap();
    assert_eq!(kept.seen().and_then(Stamp::etag), Some("\"1\""));
    let refused = || Look::Unusable(Error::new(Code::RulesDenied, "no"));
    let after = |seconds| Duration::from_secs(seconds);
    for seconds in [60, 3600] {
        let still = kept.learn(refused(), after(seconds)).unwrap();
        assert!(Arc::ptr_eq(&still, &one));
    }
    let error = kept.learn(refused(), after(3601)).unwrap_err();
    assert_eq!(error.code(), Code::RulesStale);
    // The same version is there again, by its ETag alone.
    assert!(
        kept.learn(Look::Unchanged, after(3660))
            .is_ok_and(|rules| Arc::ptr_eq(&rules, &one))
    );
    let panicked = Error::new(Code::NativePanic, "reading the rules broke off");
    let looks = [
        Look::Read(Stamp::Object(etag()), Err(panicked.clone())),
        Look::Unusable(panicked),
    ];
    for look in looks {
        assert!(kept.learn(look, after(3660)).is_ok());
    }
    let wrong = Look::at_object("s3://b/k", None, b"{ half");
    assert!(kept.learn(wrong, after(3720)).is_ok());
    // It is read again, whether or not it has an `ETag`: it may have been cut off on its way.
    assert_eq!(kept.seen(), None);
    let cut = || Look::at_object("s3://b/k", Some("\"2\"".to_owned()), b"{ half");
    for seconds in [3780, 3840] {
        assert!(kept.learn(cut(), after(seconds)).is_ok());
        assert_eq!(kept.seen(), None);
    }
    let told = log::lines("rolecall", "s3://b/k");
    assert_eq!(told.len(), 2, "once a version: {told:?}");
    let whole = Look::at_object(
        "s3://b/k",
        Some("\"2\"".to_owned()),
        denying("two").as_bytes(),
    );
    let two = kept.learn(whole, after(3900)).unwrap();
    assert_ne!(two.hash(), one.hash());
    assert_eq!(kept.seen().and_then(Stamp::etag), Some("\"2\""));
}

#[test]
fn a_look_that_does_not_end_keeps_no_rules_beyond_max_stale() {
    let mut kept = KeptRules::new(RulesPlace::File("/nfs/r.json".into()), REFRESH, MAX_STALE);
    let after = |seconds| Duration::from_secs(seconds);
    let late = |kept: &KeptRules, at| kept.too_old_while_looking(after(at - 60), after(at));
    assert!(late(&kept, 9999).is_none(), "there are none to be too old");
    kept.learn(
        Look::at_text("/nfs/r.json", &denying("one"), None),
        after(10),
    )
    .unwrap();
    assert!(late(&kept, 3610).is_none());
    let error = late(&kept, 3611).unwrap();
    assert_eq!(error.code(), Code::RulesStale);
    for part in [
        "/nfs/r.json",
        "no rules for 3601 s",
        "has not ended for 3551 s",
    ] {
        assert!(error.message().contains(part), "{error}");
    }
    // Once it ends, they hold again.
    assert!(kept.learn(Look::Unchanged, after(3612)).is_ok());
    assert!(late(&kept, 3613).is_none());
}

#[test]
fn the_warnings_of_a_version_are_logged_once() {
    use crate::stub::log;
    log::capture();
    let mut kept = KeptRules::new(RulesPlace::File("/warned.json".into()), REFRESH, MAX_STALE);
    let warned = |message: &str| {
        let mut rules = read(denying(message).as_bytes(), "/warned.json").unwrap();
        rules.warnings.push(Warning {
            kind: "made-for-a-test",
            rule: Some("r".to_owned()),
            field: None,
            place: None,
            what: "it may surprise".to_owned(),
        });
        Look::Read(Stamp::Object(None), Ok(rules))
    };
    let lines = || log::lines("rolecall", "/warned.json: rule `r`: it may surprise").len();
    kept.learn(warned("one"), Duration::ZERO).unwrap();
    kept.learn(Look::Unchanged, REFRESH).unwrap();
    kept.learn(warned("one"), REFRESH * 2).unwrap();
    assert_eq!(lines(), 1);
    kept.learn(warned("two"), REFRESH * 3).unwrap();
    assert_eq!(lines(), 2);
}
