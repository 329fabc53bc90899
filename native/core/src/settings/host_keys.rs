//! The host's own keys that mean the same as a setting of ours.

/// The host's own keys of the same meaning, which the caller passes along when they are set.
///
/// The first three are S3A's (`org.apache.hadoop.fs.s3a.Constants`), the others EMR's.
pub const HOST_KEYS: &[&str] = &[
    "fs.s3a.assumed.role.session.duration",
    "fs.s3a.assumed.role.sts.endpoint",
    "fs.s3a.assumed.role.sts.endpoint.region",
    "fs.s3.sts.endpoint",
    "fs.s3.sts.sessionDurationSeconds",
];

/// The host's keys for a setting, in the order in which they are looked at.
pub(super) fn keys_of(setting: &str) -> &'static [&'static str] {
    match setting {
        "rolecall.session.duration" => &[
            "fs.s3a.assumed.role.session.duration",
            "fs.s3.sts.sessionDurationSeconds",
        ],
        "rolecall.sts.endpoint" => &["fs.s3a.assumed.role.sts.endpoint", "fs.s3.sts.endpoint"],
        "rolecall.sts.region" => &["fs.s3a.assumed.role.sts.endpoint.region"],
        _ => &[],
    }
}

/// Whether somebody set a key, as far as `Configuration.getPropertySources` tells. Hadoop's
/// `core-default.xml` ships 30 minutes as a duration, which is nobody's wish.
pub(super) fn was_set(source: Option<&str>) -> bool {
    source.is_some_and(|source| !source.ends_with("core-default.xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_belongs_to_a_setting() {
        let used: Vec<&str> = [
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
        assert!(!was_set(None));
        assert!(!was_set(Some("core-default.xml")));
        assert!(!was_set(Some("jar:file:/x.jar!/core-default.xml")));
        assert!(was_set(Some("core-site.xml")));
        assert!(was_set(Some("programmatically")));
    }
}
