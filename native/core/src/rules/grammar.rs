//! The rules file as it is written, before anything in it is understood.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::strict::{Object, UniqueMap, present};

/// The whole file; its rules are read one by one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileText<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub(crate) version: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) base: Option<Object<BaseText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) session: Option<Object<SessionText>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(crate) rules: Option<Vec<&'a RawValue>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) otherwise: Option<String>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct RuleText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) users_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) principals: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) real_users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) prefixes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) conf: Option<UniqueMap<Vec<String>>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) not: Option<Object<NotText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) role: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) session: Option<Object<SessionText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) base: Option<Object<BaseText>>,
    #[serde(default, rename = "use", deserialize_with = "present")]
    pub(crate) use_: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) deny: Option<String>,
}

/// Conditions of a rule all of which must fail.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NotText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) users_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) principals: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) real_users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) prefixes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) conf: Option<UniqueMap<Vec<String>>>,
}

/// The fields of a session.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SessionText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) duration_seconds: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) external_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) source_identity: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) tags: Option<UniqueMap<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) transitive_tag_keys: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) policy: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) policy_arns: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) region: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) sts_endpoint: Option<String>,
}

/// Whose credentials sign.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BaseText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) source: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) file: Option<String>,
}
