use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::decisions::{Given, faults, given, refusal, warnings};

const WHOLE: &str = include_str!("samples/trino.json");
const ROLE: &str = "arn:aws:iam::111122223333:role";

fn one(entry: &Value) -> String {
    json!({"mappings": [entry]}).to_string()
}

#[test]
fn a_mapping_is_read_as_trino_does() {
    let cases = [
        // A key goes on behind a prefix as it likes.
        (
            "anne",
            vec![],
            "s3://ledger/closed-2023/x",
            Some(("ledger-closed", "trino-session")),
        ),
        (
            "auditor-7",
            vec![],
            "s3://ledger/open",
            Some(("audit", "audit-auditor-7")),
        ),
        ("auditor-7", vec![], "s3://ledger2/open", None),
        ("an-auditor-7", vec![], "s3://ledger/open", None),
        (
            "dana",
            vec!["finance"],
            "s3://any/x",
            Some(("deals", "trino-session")),
        ),
        ("dana", vec!["hr"], "s3://any/x", None),
        (
            "anne",
            vec!["finance"],
            "s3a://frankfurt/",
            Some(("frankfurt", "trino-session")),
        ),
        (
            "fred",
            vec!["finance"],
            "s3://any/",
            Some(("fred", "trino-session")),
        ),
        ("anne", vec!["finance"], "s3://any/", None),
    ];
    for (user, groups, location, expected) in cases {
        let given = given(WHOLE, user, &groups, location);
        match expected {
            Some((role, name)) => {
                let session = given.session();
                assert_eq!(
                    session.role.as_str(),
                    format!("{ROLE}/{role}"),
                    "{user} {location}"
                );
                assert_eq!(session.name.as_str(), name);
            }
            None => assert_eq!(given, Given::Denied, "{user} {location}"),
        }
    }
    assert_eq!(
        given(WHOLE, "anne", &["operators"], "s3://any/"),
        Given::Base
    );
    assert_eq!(
        warnings(WHOLE),
        [
            "17:26 foreign-choice-lost mapping-3 mappings[2].allowedIamRoles",
            "24:17 foreign-region-ignored mapping-4 mappings[3].region",
        ]
    );
}

#[test]
fn an_entry_that_rules_can_not_say_is_refused_with_its_place() {
    for (name, value) in [
        ("kmsKeyId", json!("key-1")),
        ("allowedKmsKeyIds", json!(["*"])),
        ("sseCustomerKey", json!("c2VjcmV0")),
        ("allowedSseCustomerKeys", json!(["c2VjcmV0"])),
        ("endpoint", json!("https://s3.example.com")),
        ("crossRegionAccessEnabled", json!(true)),
        ("pathStyleAccess", json!("false")),
    ] {
        let mut entry = Map::new();
        entry.insert("iamRole".to_owned(), json!(format!("{ROLE}/r")));
        entry.insert(name.to_owned(), value);
        let refusal = refusal(&one(&Value::Object(entry)));
        assert!(
            refusal.contains(&format!("field `mappings[0].{name}`: says how")),
            "{refusal}"
        );
    }
    let keys = r#"{"mappings": [
  {"prefix": "s3://b/", "accessKey": "AKIAEXAMPLE", "secretKey": "hush-hush"}]}"#;
    let told = faults(keys);
    assert_eq!(told.len(), 2);
    assert!(
        told[0].starts_with("2:38: field `mappings[0].accessKey`: gives access keys"),
        "{told:?}"
    );
    assert!(
        !told
            .iter()
            .any(|fault| fault.contains("hush") || fault.contains("AKIA"))
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let role = format!("{ROLE}/r");
    let cases = [
        (
            json!({"allowedIamRoles": [role]}),
            "field `mappings[0]`: has `allowedIamRoles` and no `iamRole`",
        ),
        (
            json!({"user": "dana"}),
            "field `mappings[0]`: gives nothing",
        ),
        (json!({"useClusterDefault": false}), "gives nothing"),
        (
            json!({"useClusterDefault": true, "iamRole": role}),
            "has both `iamRole` and `useClusterDefault`",
        ),
        (
            json!({"useClusterDefault": true, "allowedIamRoles": [role]}),
            "has no meaning beside `useClusterDefault`",
        ),
        (
            json!({"useClusterDefault": "yes"}),
            "field `mappings[0].useClusterDefault`: must be true or false",
        ),
        (
            json!({"useClusterDefault": true, "roleSessionName": "x-y"}),
            "has no meaning without `iamRole`",
        ),
        (
            json!({"iamRole": "dana_role"}),
            "field `mappings[0].iamRole`: `dana_role` is no ARN",
        ),
        (
            json!({"iamRole": role, "roleSessionName": "a${USER}${USER}"}),
            "right after another value",
        ),
        (
            json!({"iamRole": role, "roleSessionName": "a-${user}"}),
            "holds `${`, which is filled in by Trino only in ${USER}",
        ),
        (
            json!({"iamRole": role, "roleSessionName": "a b"}),
            "holds a space at character 2",
        ),
        (
            json!({"iamRole": role, "user": null}),
            "field `mappings[0].user`: must be a text",
        ),
        (
            json!({"iamRole": role, "user": ["dana"]}),
            "field `mappings[0].user`: must be a text",
        ),
        (
            json!({"iamRole": role, "user": "(?i)dana"}),
            "RC106: their.json:1:88: field `mappings[0].user`: holds flags",
        ),
        (json!({"iamRole": role, "group": "a*+"}), "possessive"),
        (
            json!({"iamRole": role, "prefix": "s3://b/a*"}),
            "holds `*`: in Trino it stands for itself",
        ),
        (
            json!({"iamRole": role, "prefix": "s3://b/${user}"}),
            "holds `${`: in Trino it stands for itself",
        ),
        (
            json!({"iamRole": role, "prefix": "oss://b/"}),
            "has the scheme `oss`, which is not S3's",
        ),
        (json!({"iamRole": role, "prefix": "b/x"}), "has no scheme"),
        (
            json!({"iamRole": role, "users": "dana"}),
            "field `mappings[0].users`: is unknown; write `user`",
        ),
        (
            json!({"iamRole": role, "user": "[\u{1F600}-\u{1F64F}]{1000}.{1000}.{1000}(?:.{1000}){1000}"}),
            "RC106: their.json:1:15: rule `mapping-1`, field `usersMatching[0]`",
        ),
    ];
    for (entry, told) in cases {
        let text = one(&entry);
        let all = format!("{}\n{}", refusal(&text), faults(&text).join("\n"));
        assert!(all.contains(told), "{text}\n{all}");
    }
    assert!(refusal(r#"{"mappings": {}}"#).contains("must be a list"));
    assert!(refusal(r#"{"mappings": [], "mapping": []}"#).contains("field `mapping`: is unknown"));
    assert_eq!(
        given(r#"{"mappings": []}"#, "dana", &[], "s3://b/"),
        Given::Denied
    );
}

/// An expression as Java has it, built so that a test can tell what it matches.
#[derive(Clone, Debug)]
enum Expression {
    Character(char),
    Any,
    Digit,
    Word,
    Class(bool, char, char),
    Then(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Repeated(Box<Self>, usize, Option<usize>, &'static str),
}

impl Expression {
    fn java(&self) -> String {
        match self {
            Self::Character(character) if ".-".contains(*character) => format!("\\{character}"),
            Self::Character(character) => character.to_string(),
            Self::Any => ".".to_owned(),
            Self::Digit => "\\d".to_owned(),
            Self::Word => "\\w".to_owned(),
            Self::Class(without, from, to) => {
                format!("[{}{from}-{to}]", if *without { "^" } else { "" })
            }
            Self::Then(one, other) => format!("{}{}", one.java(), other.java()),
            Self::Or(one, other) => format!("({}|{})", one.java(), other.java()),
            Self::Repeated(inner, _, _, sign) => format!("(?:{}){sign}", inner.java()),
        }
    }

    /// All positions at which a match from `at` on may end, as `java.util.regex.Pattern` documents.
    fn ends(&self, name: &[char], at: usize) -> Vec<usize> {
        let one = |fits: &dyn Fn(char) -> bool| match name.get(at) {
            Some(character) if fits(*character) => vec![at + 1],
            _ => vec![],
        };
        match self {
            Self::Character(wanted) => one(&|c| c == *wanted),
            Self::Any => one(&|c| !"\n\r\u{85}\u{2028}\u{2029}".contains(c)),
            Self::Digit => one(&|c| c.is_ascii_digit()),
            Self::Word => one(&|c| c.is_ascii_alphanumeric() || c == '_'),
            Self::Class(without, from, to) => one(&|c| (*from..=*to).contains(&c) != *without),
            Self::Then(first, second) => first
                .ends(name, at)
                .into_iter()
                .flat_map(|middle| second.ends(name, middle))
                .collect(),
            Self::Or(first, second) => [first.ends(name, at), second.ends(name, at)].concat(),
            Self::Repeated(inner, least, most, _) => {
                let mut reached = vec![at];
                let mut ends = if *least == 0 { reached.clone() } else { vec![] };
                for count in 1..=most.unwrap_or(least + name.len() + 1) {
                    reached = reached
                        .into_iter()
                        .flat_map(|from| inner.ends(name, from))
                        .collect();
                    reached.sort_unstable();
                    reached.dedup();
                    if count >= *least {
                        ends.extend(&reached);
                    }
                }
                ends
            }
        }
    }

    fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        self.ends(&name, 0).contains(&name.len())
    }
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        6 => prop::sample::select(vec!['a', 'b', '1', '.', '-', '_', 'é']).prop_map(Expression::Character),
        2 => Just(Expression::Any),
        1 => Just(Expression::Digit),
        1 => Just(Expression::Word),
        1 => (any::<bool>(), prop::sample::select(vec![('a', 'b'), ('0', '9'), ('b', 'z')]))
            .prop_map(|(without, (from, to))| Expression::Class(without, from, to)),
    ];
    leaf.prop_recursive(3, 10, 2, |inner| {
        let repeated = prop::sample::select(vec![
            (0, Some(1), "?"),
            (0, None, "*"),
            (1, None, "+"),
            (0, None, "*?"),
            (2, Some(2), "{2}"),
            (1, Some(2), "{1,2}"),
            (2, None, "{2,}"),
        ]);
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Expression::Then(a.into(), b.into())),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Expression::Or(a.into(), b.into())),
            (inner, repeated).prop_map(|(inner, (least, most, sign))| {
                Expression::Repeated(inner.into(), least, most, sign)
            }),
        ]
    })
}

/// An entry, and what Trino's documentation says of it.
#[derive(Clone, Debug)]
struct Entry {
    user: Option<Expression>,
    group: Option<Expression>,
    prefix: Option<(String, Option<String>)>,
    role: Option<usize>,
    name: Option<&'static str>,
    text_for_flag: bool,
}

impl Entry {
    fn json(&self) -> Value {
        let mut entry = Map::new();
        let mut put = |name: &str, value: Value| entry.insert(name.to_owned(), value);
        if let Some(user) = &self.user {
            put("user", json!(user.java()));
        }
        if let Some(group) = &self.group {
            put("group", json!(group.java()));
        }
        if let Some((bucket, key)) = &self.prefix {
            let key = key
                .as_ref()
                .map_or_else(String::new, |key| format!("/{key}"));
            put("prefix", json!(format!("s3://{bucket}{key}")));
        }
        match self.role {
            Some(role) => {
                put("iamRole", json!(format!("{ROLE}/r{role}")));
                if let Some(name) = self.name {
                    put("roleSessionName", json!(name));
                }
                put(
                    "useClusterDefault",
                    if self.text_for_flag {
                        json!("false")
                    } else {
                        json!(false)
                    },
                );
            }
            None => {
                put(
                    "useClusterDefault",
                    if self.text_for_flag {
                        json!("true")
                    } else {
                        json!(true)
                    },
                );
            }
        }
        Value::Object(entry)
    }

    fn matches(&self, user: &str, groups: &[&str], bucket: &str, key: &str) -> bool {
        self.user
            .as_ref()
            .is_none_or(|expression| expression.matches(user))
            && self
                .group
                .as_ref()
                .is_none_or(|expression| groups.iter().any(|group| expression.matches(group)))
            && self.prefix.as_ref().is_none_or(|(its_bucket, its_key)| {
                its_bucket == bucket && key.starts_with(its_key.as_deref().unwrap_or_default())
            })
    }
}

fn entry() -> impl Strategy<Value = Entry> {
    (
        prop::option::of(expression()),
        prop::option::of(expression()),
        prop::option::of(("[bc]", prop::option::of("[xy/]{0,3}"))),
        prop::option::weighted(0.8, 0..4_usize),
        prop::option::of(prop::sample::select(vec![
            "fixed",
            "q-${USER}",
            "${USER}.q",
        ])),
        any::<bool>(),
    )
        .prop_map(|(user, group, prefix, role, name, text_for_flag)| Entry {
            user,
            group,
            prefix,
            role,
            name,
            text_for_flag,
        })
}

proptest! {
    /// The first entry whose criteria all hold, else nothing.
    #[test]
    fn decisions_are_those_that_trino_documents(
        entries in prop::collection::vec(entry(), 0..6),
        user in "[ab1._é-]{1,4}|[ab\n\r\u{85}\u{2028}]{1,3}",
        groups in prop::collection::vec("[ab1._é-]{1,3}|[ab\n\r\u{2029}]{1,3}", 0..3),
        bucket in "[bcd]",
        key in "[xy/]{0,5}",
    ) {
        let text = json!({"mappings": entries.iter().map(Entry::json).collect::<Vec<_>>()}).to_string();
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        // A location without a key is the bucket as a whole, where keys may decide.
        prop_assume!(!key.is_empty());
        let given = given(&text, &user, &groups, &format!("s3://{bucket}/{key}"));
        match entries.iter().find(|entry| entry.matches(&user, &groups, &bucket, &key)) {
            None => prop_assert_eq!(given, Given::Denied),
            Some(Entry { role: None, .. }) => prop_assert_eq!(given, Given::Base),
            Some(Entry { role: Some(role), name, .. }) => {
                let session = given.session();
                prop_assert_eq!(session.role.as_str(), format!("{ROLE}/r{role}"));
                let name = name.unwrap_or("trino-session").replace("${USER}", &user);
                let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
                prop_assert!(!is_plain || session.name.as_str() == name, "{} {name}", session.name);
            }
        }
    }
}
