use super::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const REFRESH: Duration = Duration::from_secs(60);
const MAX_STALE: Duration = Duration::from_secs(3600);

struct Kept {
    folder: tempfile::TempDir,
    rules: KeptRules,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = RulesSource::File(folder.path().join("rules.json"));
        Self {
            folder,
            rules: KeptRules::new(source, REFRESH, MAX_STALE),
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

    fn hash(&self, seconds: u64) -> Result<String, Code> {
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
    let kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    kept.replace(&denying("two"));
    assert_eq!(kept.hash(59), Ok(one.clone()));
    assert_eq!(
        kept.rules.due_in(Duration::from_secs(59)),
        Duration::from_secs(1)
    );
    assert_ne!(kept.hash(60), Ok(one));
    assert_eq!(kept.rules.due_in(Duration::from_secs(60)), REFRESH);
}

#[test]
fn an_unchanged_file_is_not_read_again() {
    let kept = Kept::new();
    kept.replace(&denying("one"));
    let first = kept.rules.current(Duration::ZERO).unwrap();
    let later = kept.rules.current(REFRESH).unwrap();
    assert!(Arc::ptr_eq(&first, &later));
}

#[test]
fn a_version_that_is_not_good_is_refused_for_as_long_as_it_stands() {
    let kept = Kept::new();
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
    let kept = Kept::new();
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
    let kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    fs::write(kept.path(), denying("two")).unwrap();
    fs::set_permissions(kept.path(), Permissions::from_mode(0o666)).unwrap();
    assert_eq!(kept.hash(60), Ok(one));
    assert_eq!(kept.hash(7200), Err(Code::RulesStale));
}

#[test]
fn the_first_failure_is_told_and_looked_at_again_after_a_while() {
    let kept = Kept::new();
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
    let kept = Kept::new();
    kept.replace(&denying("one"));
    fs::set_permissions(kept.path(), Permissions::from_mode(0o664)).unwrap();
    let error = kept.rules.current(Duration::ZERO).unwrap_err();
    assert_eq!(error.code(), Code::RulesWritableByOthers);
    assert!(error.message().contains("run chmod go-w "), "{error}");
}

#[test]
fn inline_rules_are_read_once() {
    let inline =
        |text: &str| KeptRules::new(RulesSource::Inline(text.to_owned()), REFRESH, MAX_STALE);
    let kept = inline(&denying("one"));
    let first = kept.current(Duration::ZERO).unwrap();
    assert!(Arc::ptr_eq(&first, &kept.current(MAX_STALE * 9).unwrap()));
    let bad = inline("{}").current(Duration::ZERO).unwrap_err();
    assert_eq!(
        bad.to_string(),
        "RC106: rolecall.rules:1:1: the file lacks `version`; write \"version\": 1"
    );
}

#[test]
fn callers_with_rules_do_not_wait_for_another_that_reads() {
    let kept = Kept::new();
    kept.replace(&denying("one"));
    let one = kept.hash(0).unwrap();
    let reading = lock(&kept.rules.looking);
    assert_eq!(kept.hash(60), Ok(one));
    drop(reading);
}

#[test]
fn a_bad_version_brings_back_no_rules_that_were_too_old() {
    let kept = Kept::new();
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
