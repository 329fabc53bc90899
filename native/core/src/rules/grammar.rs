//! The rules file as it is written, before anything in it is understood. What stands here beside a
//! field is shown by editors, by way of the JSON Schema.

use serde::Deserialize;
use serde_json::value::RawValue;

#[cfg(feature = "schema")]
use super::schema;
use super::strict::{Object, UniqueMap, present};

/// Who gets which IAM role where. Rules are walked from top to bottom, and the first that matches
/// decides.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Rules")
)]
pub(crate) struct FileText<'a> {
    /// The version of the grammar.
    #[serde(borrow, default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Version"))]
    pub(crate) version: Option<&'a RawValue>,
    /// Whose credentials call AssumeRole, for all rules that name no base of their own.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "BaseText"))]
    pub(crate) base: Option<Object<BaseText>>,
    /// The session's fields for all rules; a rule's own field goes before.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "SessionText"))]
    pub(crate) session: Option<Object<SessionText>>,
    /// The rules. The first that matches decides.
    #[serde(borrow, default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<RuleText>"))]
    pub(crate) rules: Option<Vec<&'a RawValue>>,
    /// What holds where no rule matches: nothing, or the base's own credentials.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Otherwise"))]
    pub(crate) otherwise: Option<String>,
}

/// One rule: conditions that must all hold, and exactly one of `role`, `use` and `deny`. Without
/// conditions it matches everybody everywhere.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Rule")
)]
pub(crate) struct RuleText {
    /// What logs, errors and `rolecall explain` call the rule. Each has another.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", length(min = 1, max = 128))
    )]
    pub(crate) name: Option<String>,
    /// Short user names, compared exactly.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) users: Option<Vec<String>>,
    /// Regular expressions that match whole short user names.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Expressions"))]
    pub(crate) users_matching: Option<Vec<String>>,
    /// Groups, compared exactly. `${group}` is the first of them that the caller has.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) groups: Option<Vec<String>>,
    /// Regular expressions that match whole names of groups.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Expressions"))]
    pub(crate) groups_matching: Option<Vec<String>>,
    /// Full Kerberos names, compared exactly.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) principals: Option<Vec<String>>,
    /// Short names of users who ask in the caller's name (Hadoop's proxy users).
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) real_users: Option<Vec<String>>,
    /// Where: s3://BUCKET/ or s3://BUCKET/KEY, which ends at a path boundary unless a `*` is its last
    /// character. Takes `${user}`, `${group}` and `${conf:KEY}`.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Prefixes"))]
    pub(crate) prefixes: Option<Vec<String>>,
    /// Keys of the job's `rolecall.conf.KEY`, each with the values that it may have.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Conf"))]
    pub(crate) conf: Option<UniqueMap<Vec<String>>>,
    /// Conditions all of which must fail.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "NotText"))]
    pub(crate) not: Option<Object<NotText>>,
    /// The ARN of the role to assume. Templates may stand in its path and name.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Role"))]
    pub(crate) role: Option<String>,
    /// The session's fields; those that are left out are taken from the top of the file.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "SessionText"))]
    pub(crate) session: Option<Object<SessionText>>,
    /// Whose credentials call AssumeRole for this rule.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "BaseText"))]
    pub(crate) base: Option<Object<BaseText>>,
    /// Instead of a role: the base's own credentials.
    #[serde(default, rename = "use", deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Use"))]
    pub(crate) use_: Option<String>,
    /// Instead of a role: nothing. The text tells the caller what to do.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "String", length(min = 1)))]
    pub(crate) deny: Option<String>,
}

/// Conditions all of which must fail.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Not", extend("minProperties" = 1))
)]
pub(crate) struct NotText {
    /// Short user names, compared exactly.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) users: Option<Vec<String>>,
    /// Regular expressions that match whole short user names.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Expressions"))]
    pub(crate) users_matching: Option<Vec<String>>,
    /// Groups, compared exactly. `${group}` is the first of them that the caller has.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) groups: Option<Vec<String>>,
    /// Regular expressions that match whole names of groups.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Expressions"))]
    pub(crate) groups_matching: Option<Vec<String>>,
    /// Full Kerberos names, compared exactly.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) principals: Option<Vec<String>>,
    /// Short names of users who ask in the caller's name (Hadoop's proxy users).
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Names"))]
    pub(crate) real_users: Option<Vec<String>>,
    /// Where: s3://BUCKET/ or s3://BUCKET/KEY, which ends at a path boundary unless a `*` is its last
    /// character. Takes `${user}`, `${group}` and `${conf:KEY}`.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Prefixes"))]
    pub(crate) prefixes: Option<Vec<String>>,
    /// Keys of the job's `rolecall.conf.KEY`, each with the values that it may have.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Conf"))]
    pub(crate) conf: Option<UniqueMap<Vec<String>>>,
}

/// What is asked of STS beside the role.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Session")
)]
pub(crate) struct SessionText {
    /// The session's name as CloudTrail shows it, 2 to 64 of `[A-Za-z0-9_+=,.@-]`; `${user}` if nobody
    /// says. Takes templates: what does not fit in a value is rewritten, so that no two users share a
    /// name.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::SessionName"))]
    pub(crate) name: Option<String>,
    /// How long the session lasts, in seconds; at most what the role allows, and at most 3600 where
    /// the base is itself a role.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "u32", range(min = 900, max = 43200), extend("format" = null))
    )]
    pub(crate) duration_seconds: Option<i64>,
    /// What a role of another account asks its guest to say, 2 to 1224 of `[A-Za-z0-9_+=,.@:/-]`. Takes
    /// templates.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::ExternalId"))]
    pub(crate) external_id: Option<String>,
    /// Who stands at the beginning of a chain of sessions, 2 to 64 of `[A-Za-z0-9_+=,.@-]`. Takes
    /// templates. Needs sts:SetSourceIdentity in the role's trust policy.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::SessionName"))]
    pub(crate) source_identity: Option<String>,
    /// Session tags, at most 50. Values take templates. Needs sts:TagSession in the role's trust
    /// policy.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Tags"))]
    pub(crate) tags: Option<UniqueMap<String>>,
    /// Keys of `tags` that sessions inherit which are assumed from this one.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::TagKeys"))]
    pub(crate) transitive_tag_keys: Option<Vec<String>>,
    /// A session policy, at most 2048 characters: what the session may do at most, whatever its role
    /// may. Its strings take templates; `${aws:…}` and the like are left to IAM.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Policy"))]
    pub(crate) policy: Option<Box<RawValue>>,
    /// ARNs of managed policies of the role's account or of AWS, at most 10, with the meaning of
    /// `policy`.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::PolicyArns"))]
    pub(crate) policy_arns: Option<Vec<String>>,
    /// The region whose STS is asked.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Region"))]
    pub(crate) region: Option<String>,
    /// The STS endpoint: a host, or a URL by https or http.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Endpoint"))]
    pub(crate) sts_endpoint: Option<String>,
}

/// Whose credentials sign.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Base")
)]
pub(crate) struct BaseText {
    /// Where the credentials come from.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::Source"))]
    pub(crate) source: Option<String>,
    /// For `properties`: the absolute path of the Java properties file with accessKey and secretKey.
    #[serde(default, deserialize_with = "present")]
    #[cfg_attr(feature = "schema", schemars(with = "schema::AbsolutePath"))]
    pub(crate) file: Option<String>,
}
