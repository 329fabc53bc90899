//! The host's own keys that mean the same as a setting of ours.

/// The host's own keys of the same meaning, which the caller passes along when they are set.
///
/// Those of `fs.s3a` are S3A's (`org.apache.hadoop.fs.s3a.Constants`), the others EMR's.
pub const HOST_KEYS: &[&str] = &[
    "fs.s3a.endpoint",
    "fs.s3a.endpoint.region",
    "fs.s3a.path.style.access",
    "fs.s3a.assumed.role.session.duration",
    "fs.s3a.assumed.role.sts.endpoint",
    "fs.s3a.assumed.role.sts.endpoint.region",
    "fs.s3.sts.endpoint",
    "fs.s3.sts.sessionDurationSeconds",
];

/// The host's keys for a setting, in the order in which they are looked at.
pub(super) fn keys_of(setting: &str) -> &'static [&'static str] {
    match setting {
        "rolecall.rules.s3.endpoint" => &["fs.s3a.endpoint"],
        "rolecall.rules.s3.region" => &["fs.s3a.endpoint.region"],
        "rolecall.rules.s3.path-style" => &["fs.s3a.path.style.access"],
        "rolecall.session.duration" => &[
            "fs.s3a.assumed.role.session.duration",
            "fs.s3.sts.sessionDurationSeconds",
        ],
        "rolecall.sts.endpoint" => &["fs.s3a.assumed.role.sts.endpoint", "fs.s3.sts.endpoint"],
        "rolecall.sts.region" => &["fs.s3a.assumed.role.sts.endpoint.region"],
        _ => &[],
    }
}

/// Whether somebody set a key for a setting, as far as `Configuration.getPropertySources` tells.
///
/// Hadoop's `core-default.xml` ships 30 minutes as a duration, which is nobody's wish. And where a
/// key was set for the bucket that a file system is for, S3A
/// (`S3AUtils.propagateBucketOptions`) puts it into that file system's configuration and calls the
/// source `fs.s3a.bucket.BUCKET.KEY via …`: that says nothing of the bucket that the rules are in.
pub(super) fn was_set(setting: &str, source: Option<&str>) -> bool {
    source.is_some_and(|source| {
        let by_nobody = source.ends_with("core-default.xml");
        !by_nobody && !is_for_data_alone(setting, Some(source))
    })
}

/// Whether a key was set for the bucket of the data, and so says nothing of the one of the rules. It
/// also hides what was set for all buckets.
pub(super) fn is_for_data_alone(setting: &str, source: Option<&str>) -> bool {
    setting.starts_with("rolecall.rules.")
        && source.is_some_and(|source| source.starts_with("fs.s3a.bucket."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_belongs_to_a_setting() {
        let used: Vec<&str> = [
            "rolecall.rules.s3.endpoint",
            "rolecall.rules.s3.region",
            "rolecall.rules.s3.path-style",
            "rolecall.session.duration",
            "rolecall.sts.endpoint",
            "rolecall.sts.region",
        ]
        .iter()
        .flat_map(|setting| keys_of(setting))
        .copied()
        .collect();
        assert_eq!(used.len(), HOST_KEYS.len());
        assert!(HOST_KEYS.iter().all(|key| used.contains(key)));
    }

    #[test]
    fn what_hadoop_ships_was_set_by_nobody() {
        let set = |source| was_set("rolecall.sts.endpoint", source);
        assert!(!set(None));
        assert!(!set(Some("core-default.xml")));
        assert!(!set(Some("jar:file:/x.jar!/core-default.xml")));
        assert!(set(Some("core-site.xml")));
        assert!(set(Some("programmatically")));
    }

    #[test]
    fn what_is_set_for_the_buckets_data_says_nothing_of_the_bucket_of_the_rules() {
        let source = Some("fs.s3a.bucket.data.endpoint via [core-site.xml]");
        assert!(!was_set("rolecall.rules.s3.endpoint", source));
        assert!(was_set("rolecall.sts.endpoint", source));
        assert!(was_set("rolecall.rules.s3.endpoint", Some("core-site.xml")));
    }
}
