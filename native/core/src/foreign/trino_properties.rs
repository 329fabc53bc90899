//! Our decisions against a plain reading of what Trino and Java document.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::decisions::{Given, given};

const ROLE: &str = "arn:aws:iam::111122223333:role";

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
