//! How far prefixes reach, compared with each other.

use crate::rules::{BucketName, Conditions, Prefix};

/// From here on, the comparison of all of one list with all of another is left out.
const MOST_PAIRS: usize = 100_000;

/// Whether two lists of prefixes are short enough to be compared.
pub(super) fn may_be_compared(one: usize, other: usize) -> bool {
    one.saturating_mul(other) <= MOST_PAIRS
}

/// A prefix as it is written, templates and all: two of one rule that are written alike are alike
/// for one request. Those of two rules are not where they hold `${group}`, which is each rule's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Reach {
    pub(super) bucket: String,
    /// Without the slash and the `*` at its end.
    pub(super) key: String,
    /// Whether it ends at a path boundary.
    pub(super) bounded: bool,
}

impl Reach {
    pub(super) fn of(prefix: &Prefix) -> Self {
        let text = prefix.to_string();
        let rest = text.strip_prefix("s3://").unwrap_or(&text);
        let (bucket, key) = BucketName::split(rest);
        let (key, bounded) = match key.strip_suffix('*') {
            Some(key) => (key, false),
            None => (key, true),
        };
        Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            bounded,
        }
    }

    /// Whether it covers its whole bucket.
    pub(super) fn is_whole_bucket(&self) -> bool {
        self.key.is_empty()
    }

    /// Whether its bucket is written out.
    pub(super) fn names_its_bucket(&self) -> bool {
        !self.bucket.contains("${")
    }

    /// Whether, for any request, it covers all that the other covers.
    pub(super) fn covers(&self, other: &Self) -> bool {
        if self.bucket != other.bucket {
            return false;
        }
        if self.is_whole_bucket() {
            return true;
        }
        let Some(rest) = other.key.strip_prefix(&self.key) else {
            return false;
        };
        // `…$` is no part of `…${user}`.
        if self.key.ends_with('$') && rest.starts_with('{') {
            return false;
        }
        if self.bounded {
            rest.starts_with('/') || (rest.is_empty() && other.bounded)
        } else {
            true
        }
    }

    /// Whether, for any request, it covers all that a prefix of another rule covers.
    pub(super) fn covers_of_another(&self, other: &Self, group: Group) -> bool {
        (group == Group::Same || !self.takes_group()) && self.covers(other)
    }

    fn takes_group(&self) -> bool {
        let group = "${group}";
        self.bucket.contains(group) || self.key.contains(group)
    }

    /// Whether no location can be below both. Values of templates may be anything.
    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        if !(self.names_its_bucket() && other.names_its_bucket()) {
            return false;
        }
        if self.bucket != other.bucket {
            return true;
        }
        let (mine, others) = (self.written_out(), other.written_out());
        !(mine.starts_with(others) || others.starts_with(mine))
    }

    /// The key up to its first value.
    pub(super) fn written_out(&self) -> &str {
        self.key.split("${").next().unwrap_or_default()
    }

    /// The keys of prefixes that end at a path boundary and may cover this one, the widest first.
    pub(super) fn boundaries(&self) -> impl Iterator<Item = &str> {
        let inner = self
            .key
            .match_indices('/')
            .filter_map(|(at, _)| self.key.get(..at));
        std::iter::once("")
            .chain(inner)
            .chain(std::iter::once(self.key.as_str()))
    }
}

impl std::fmt::Display for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = match (self.bounded, self.is_whole_bucket()) {
            (false, _) => "*",
            (true, true) => "",
            (true, false) => "/",
        };
        write!(f, "s3://{}/{}{end}", self.bucket, self.key)
    }
}

/// How the values relate that `${group}` has in two rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// They are the same for every caller.
    Same,
    /// They may differ for some.
    Own,
}

impl Group {
    pub(super) fn of(one: &Conditions, other: &Conditions) -> Self {
        if one.groups == other.groups && one.groups_matching == other.groups_matching {
            Self::Same
        } else {
            Self::Own
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(text: &str) -> Reach {
        Reach::of(&Prefix::parse(text).unwrap())
    }

    #[test]
    fn a_prefix_covers_what_lies_below_it() {
        for (wide, narrow, covers) in [
            ("s3://b/", "s3://b/team", true),
            ("s3://b", "s3a://b/*", true),
            ("s3://b/*", "s3://b", true),
            ("s3://b/", "s3://c/", false),
            ("s3://b/team", "s3://b/team/", true),
            ("s3://b/team", "s3://b/team/x", true),
            ("s3://b/team", "s3://b/team/*", true),
            ("s3://b/team", "s3://b/team*", false),
            ("s3://b/team", "s3://b/team2", false),
            ("s3://b/team*", "s3://b/team2/x", true),
            ("s3://b/team*", "s3://b/team", true),
            ("s3://b/team/*", "s3://b/team", false),
            ("s3://b/home", "s3://b/home/${user}", true),
            ("s3://b/home/${user}", "s3://b/home/${user}/x", true),
            ("s3://b/home/${user}", "s3://b/home/carol", false),
            ("s3://b/x$*", "s3://b/x${user}", false),
            ("s3://${user}/", "s3://${user}/x", true),
        ] {
            assert_eq!(
                reach(wide).covers(&reach(narrow)),
                covers,
                "{wide} {narrow}"
            );
        }
    }

    #[test]
    fn prefixes_are_apart_where_no_value_brings_them_together() {
        for (one, other, apart) in [
            ("s3://b/", "s3://c/", true),
            ("s3://b/x", "s3://b/y", true),
            ("s3://b/x", "s3://b/x/y", false),
            ("s3://b/${user}", "s3://b/y", false),
            ("s3://b/a${user}", "s3://b/b", true),
            ("s3://${user}/", "s3://b/", false),
        ] {
            assert_eq!(
                reach(one).is_apart_from(&reach(other)),
                apart,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn the_name_of_an_access_point_is_part_of_the_bucket() {
        let arn = "arn:aws:s3:us-east-1:111122223333:accesspoint";
        for (text, bucket, key) in [
            (format!("s3://{arn}/reports"), "reports", ""),
            (format!("s3://{arn}:reports/"), "reports", ""),
            (format!("s3://{arn}/reports/2024/q1/"), "reports", "2024/q1"),
            (format!("s3://{arn}/${{user}}/x*"), "${user}", "x"),
        ] {
            let reach = reach(&text);
            assert_eq!(reach.bucket, format!("{arn}/{bucket}"), "{text}");
            assert_eq!(reach.key, key, "{text}");
        }
        let whole = reach(&format!("s3://{arn}/reports"));
        assert!(whole.is_whole_bucket());
        assert!(whole.covers(&reach(&format!("s3://{arn}/reports/2024"))));
        assert!(whole.is_apart_from(&reach(&format!("s3://{arn}/sales"))));
    }

    #[test]
    fn a_prefix_is_looked_for_at_each_boundary() {
        assert_eq!(
            reach("s3://b/a/b/c").boundaries().collect::<Vec<_>>(),
            ["", "a", "a/b", "a/b/c"]
        );
        assert_eq!(reach("s3://b/a/b/c").to_string(), "s3://b/a/b/c/");
    }
}
