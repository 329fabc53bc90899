//! Keys that no job can set: `conf-key-refused`.
//!
//! Warns once for each key of `rolecall.conf` that a condition, a prefix, or the template of a role or
//! of its session takes, where the site file lists the keys that jobs may set, and this is none of
//! them.

use super::found::Found;
use super::job_decides::uses;
use super::subject::Subject;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    let Some(allowed) = subject.allowed_keys else {
        return;
    };
    for (key, uses) in uses(subject) {
        if let (false, Some((number, trail))) = (allowed.contains(&key), uses.first()) {
            found.in_rule(
                *number,
                trail.clone(),
                format!(
                    "takes rolecall.conf.{key}, and the site file lets no job set that (RC124); list the key in the site file's `conf`, or take it out here"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{allowing, told};

    #[test]
    fn a_key_that_the_site_file_leaves_out_is_told() {
        let file = r#"{"version": 1, "rules": [
            {"name": "a", "conf": {"t": ["x"]}, "deny": "x"},
            {"name": "b", "conf": {"u": ["x"], "t": ["x"]}, "deny": "x"}], "otherwise": "deny"}"#;
        let refused = |keys: Option<&[String]>| told(allowing(file, keys), "conf-key-refused");
        let keys = ["u".to_owned()];
        assert_eq!(
            refused(Some(&keys)),
            [(
                "conf.t".to_owned(),
                "takes rolecall.conf.t, and the site file lets no job set that (RC124); list the key in the site file's `conf`, or take it out here".to_owned()
            )]
        );
        assert!(refused(None).is_empty());
        let session = r#"{"version": 1, "rules": [
            {"name": "a", "role": "arn:aws:iam::111122223333:role/a", "session": {"name": "${conf:t}"}}], "otherwise": "deny"}"#;
        assert_eq!(
            told(allowing(session, Some(&keys)), "conf-key-refused")[0].0,
            "session.name"
        );
        assert_eq!(refused(Some(&[])).len(), 2);
    }
}
