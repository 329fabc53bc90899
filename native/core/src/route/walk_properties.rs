//! What holds for all rules and callers, tried on random ones with every condition.

use super::*;
use crate::route::{Caller, Groups, Location};
use crate::rules::read;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What an expression means, said without one.
type Meaning = fn(&str) -> bool;

const EXPRESSIONS: &[(&str, Meaning)] = &[
    ("a", |name| name == "a"),
    ("a|b", |name| name == "a" || name == "b"),
    ("a.*", |name| name.starts_with('a')),
    (".*b$", |name| name.ends_with('b')),
    ("[^a]+", |name| !name.contains('a')),
    ("(?i)A.?", |name| {
        matches!(name.len(), 1 | 2) && name.starts_with('a')
    }),
];

fn name() -> impl Strategy<Value = String> {
    "[abc]{1,2}"
}

fn names() -> impl Strategy<Value = Value> {
    vec(name(), 1..4).prop_map(|names| json!(names))
}

fn expressions() -> impl Strategy<Value = Value> {
    vec(proptest::sample::select(EXPRESSIONS), 1..3)
        .prop_map(|chosen| json!(chosen.iter().map(|(text, _)| *text).collect::<Vec<_>>()))
}

fn prefixes() -> impl Strategy<Value = Value> {
    vec("s3://(x|y|\\$\\{conf:k\\})/((a|b|aa|\\$\\{user\\}|\\$\\{bucket\\})(/a|/\\$\\{conf:k\\})?)?[*/]?", 1..4)
        .prop_map(|prefixes| json!(prefixes))
}

fn conf() -> impl Strategy<Value = Value> {
    btree_map("[kl]", vec("[xy]", 1..3), 1..3).prop_map(|conf| json!(conf))
}

/// Conditions under their names, each there or not.
fn conditions() -> impl Strategy<Value = Map<String, Value>> {
    fn some(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Option<Value>> {
        proptest::option::weighted(0.25, values)
    }
    let all = (
        some(names()),
        some(expressions()),
        some(names()),
        some(expressions()),
        some(names()),
        some(names()),
        some(prefixes()),
        some(conf()),
    );
    all.prop_map(
        |(
            users,
            users_matching,
            groups,
            groups_matching,
            principals,
            real_users,
            prefixes,
            conf,
        )| {
            [
                ("users", users),
                ("usersMatching", users_matching),
                ("groups", groups),
                ("groupsMatching", groups_matching),
                ("principals", principals),
                ("realUsers", real_users),
                ("prefixes", prefixes),
                ("conf", conf),
            ]
            .into_iter()
            .filter_map(|(field, value)| Some((field.to_owned(), value?)))
            .collect()
        },
    )
}

/// A list of rules as a file has it; a third of the prefixes of rules that ask for groups take one.
fn listed_rules() -> impl Strategy<Value = Vec<Value>> {
    let rule = (conditions(), conditions(), any::<bool>(), 0..3);
    vec(rule, 1..7).prop_map(|rules| {
        let rule = |(index, (mut rule, not, denies, take_group)): (usize, (Map<_, _>, _, _, _))| {
            if take_group == 0
                && (rule.contains_key("groups") || rule.contains_key("groupsMatching"))
            {
                rule.insert(
                    "prefixes".to_owned(),
                    json!(["s3://x/${group}", "s3://y/a/${group}*"]),
                );
            }
            rule.insert("name".to_owned(), json!(index.to_string()));
            if !Map::is_empty(&not) {
                rule.insert("not".to_owned(), Value::Object(not));
            }
            if denies {
                rule.insert("deny".to_owned(), json!("no"));
            } else {
                rule.insert("use".to_owned(), json!("base"));
            }
            Value::Object(rule)
        };
        rules.into_iter().enumerate().map(rule).collect()
    })
}

fn caller() -> impl Strategy<Value = Caller> {
    let user = prop_oneof![8 => name(), 1 => Just("a/b".to_owned()), 1 => Just("*".to_owned())];
    let principal = proptest::option::of(name());
    let real_user = proptest::option::of(name());
    let conf = btree_map("[kl]", "[xy]", 0..3);
    (user, principal, real_user, vec(name(), 1..4), conf).prop_map(
        |(user, principal, real_user, groups, conf)| Caller {
            user,
            principal,
            real_user,
            groups: Groups::Known(groups),
            conf,
        },
    )
}

fn object() -> impl Strategy<Value = Location> {
    ("[xy]", "/?(a|b|aa|ab)(/(a|b|x|aa)){0,2}/?")
        .prop_map(|(bucket, key)| Location::parse(&format!("s3://{bucket}/{key}")).unwrap())
}

fn read_rules(listed: &[Value], otherwise: &str) -> Rules {
    let file = json!({"version": 1, "rules": listed, "otherwise": otherwise});
    read(file.to_string().as_bytes(), "rules.json").unwrap()
}

/// None where groups have to be asked for.
fn candidates(rules: &Rules, request: &Request) -> Result<Option<Vec<Candidate>>, Error> {
    Ok(match route(rules, request)? {
        Routing::NeedGroups => None,
        Routing::Decided(decision) => Some(decision.candidates().to_vec()),
    })
}

/// The documented meaning, word for word, where everything is known. None where a template can't be
/// filled in.
fn first_match(listed: &[Value], request: &Request) -> Option<String> {
    for rule in listed {
        if matches(rule, request)? {
            return Some(rule["name"].as_str().unwrap().to_owned());
        }
    }
    Some(OTHERWISE.to_owned())
}

fn matches(rule: &Value, request: &Request) -> Option<bool> {
    let group = group(rule, request.caller.known_groups());
    if !all(rule, request, true, group.as_deref())? {
        return Some(false);
    }
    match rule.get("not") {
        Some(not) => all(not, request, false, group.as_deref()),
        None => Some(true),
    }
}

fn group(rule: &Value, callers: &[String]) -> Option<String> {
    match (rule.get("groups"), rule.get("groupsMatching")) {
        (Some(named), _) => texts(named)
            .into_iter()
            .find(|group| callers.contains(group)),
        (None, Some(matching)) => {
            let mut matching: Vec<_> = callers
                .iter()
                .filter(|group| any_matches(matching, group))
                .collect();
            matching.sort();
            matching.first().map(|group| (*group).clone())
        }
        (None, None) => None,
    }
}

/// Whether each condition that is there holds, or does not.
fn all(listed: &Value, request: &Request, hold: bool, group: Option<&str>) -> Option<bool> {
    let caller = &request.caller;
    let has = |field: &str, name: Option<&String>| {
        name.is_some_and(|name| texts(&listed[field]).contains(name))
    };
    let fields: Vec<&str> = listed
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .filter(|field| !matches!(*field, "prefixes" | "name" | "not" | "use" | "deny"))
        .collect();
    // What can't be filled in matters only where nothing else fails, groups apart; they come first
    // only where a prefix takes one.
    let takes_group = listed
        .get("prefixes")
        .is_some_and(|prefixes| prefixes.to_string().contains("group"));
    let prefixes = listed.get("prefixes").map(|_| "prefixes");
    let (groups, mut fields): (Vec<&str>, Vec<&str>) = fields
        .into_iter()
        .partition(|field| field.starts_with("groups") && !takes_group);
    fields.extend(prefixes);
    fields.extend(groups);
    for field in fields {
        let truths = match field {
            "users" => vec![has(field, Some(&caller.user))],
            "usersMatching" => vec![any_matches(&listed[field], &caller.user)],
            "groups" => vec![
                caller
                    .known_groups()
                    .iter()
                    .any(|group| has(field, Some(group))),
            ],
            "groupsMatching" => vec![
                caller
                    .known_groups()
                    .iter()
                    .any(|group| any_matches(&listed[field], group)),
            ],
            "principals" => vec![has(field, caller.principal.as_ref())],
            "realUsers" => vec![has(field, caller.real_user.as_ref())],
            "conf" => listed[field]
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, values)| {
                    caller
                        .conf
                        .get(key)
                        .is_some_and(|value| texts(values).contains(value))
                })
                .collect(),
            _ => vec![covered(&texts(&listed[field]), request, group)?],
        };
        if truths.into_iter().any(|truth| truth != hold) {
            return Some(false);
        }
    }
    Some(true)
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn any_matches(expressions: &Value, name: &str) -> bool {
    texts(expressions).iter().any(|text| {
        EXPRESSIONS
            .iter()
            .any(|(known, matches)| known == text && matches(name))
    })
}

/// None where no prefix covers the object and one can't be filled in.
fn covered(prefixes: &[String], request: &Request, group: Option<&str>) -> Option<bool> {
    let Location::Object { bucket, key } = &request.location else {
        panic!("everything is known");
    };
    let caller = &request.caller;
    let mut values = BTreeMap::from([
        ("${user}", Some(caller.user.as_str())),
        ("${bucket}", Some(bucket.as_str())),
        ("${conf:k}", caller.conf.get("k").map(String::as_str)),
        ("${group}", group),
    ]);
    values
        .values_mut()
        .for_each(|value| *value = value.filter(|value| !value.contains(['/', '*'])));
    let filled = |text: &str| {
        values
            .iter()
            .try_fold(text.to_owned(), |text, (variable, value)| {
                if text.contains(variable) {
                    Some(text.replace(variable, (*value)?))
                } else {
                    Some(text)
                }
            })
    };
    let one = |prefix: &String| {
        let (of_bucket, of_key) = prefix
            .strip_prefix("s3://")
            .unwrap()
            .split_once('/')
            .unwrap();
        if filled(of_bucket)? != bucket.as_str() {
            return Some(false);
        }
        // What is written out before the first value may tell enough.
        if let Some((start, _)) = of_key.split_once("${")
            && !key.starts_with(start)
        {
            return Some(false);
        }
        let text = filled(of_key)?;
        Some(match text.strip_suffix('*') {
            Some(start) => key.starts_with(start),
            None if text == "/" => key.starts_with('/'),
            None => {
                let folder = text.strip_suffix('/').unwrap_or(&text);
                folder.is_empty() || key == folder || key.starts_with(&format!("{folder}/"))
            }
        })
    };
    let each: Vec<_> = prefixes.iter().map(one).collect();
    if each.contains(&Some(true)) {
        Some(true)
    } else if each.contains(&None) {
        None
    } else {
        Some(false)
    }
}

proptest! {
    #[test]
    fn rules_mean_what_the_page_says(listed in listed_rules(), caller in caller(), location in object()) {
        let request = Request { caller, location };
        let decided = candidates(&read_rules(&listed, "deny"), &request);
        match first_match(&listed, &request) {
            Some(expected) => {
                let decided = decided.unwrap().unwrap();
                prop_assert_eq!(decided.iter().map(Candidate::name).collect::<Vec<_>>(), [expected]);
            }
            None => prop_assert!(decided.is_err(), "{decided:?}"),
        }
    }

    /// Whatever is not known: what holds is among what may hold, and what is an error is one before.
    #[test]
    fn what_is_not_known_is_never_guessed(listed in listed_rules(), caller in caller(), location in object()) {
        let rules = read_rules(&listed, "deny");
        let request = Request { caller, location };
        let full = candidates(&rules, &request).map(Option::unwrap);
        let all_groups = [
            request.caller.groups.clone(),
            Groups::NotAsked,
            Groups::Unknown { why: "no answer".to_owned() },
        ];
        for groups in all_groups {
            for location in [request.location.clone(), request.location.bucket_only(), Location::Unknown] {
                let partial = Request {
                    caller: Caller { groups: groups.clone(), ..request.caller.clone() },
                    location,
                };
                let Ok(Some(partial)) = candidates(&rules, &partial) else {
                    continue;
                };
                match &full {
                    Ok(full) => {
                        prop_assert_eq!(full.len(), 1);
                        prop_assert!(partial.contains(&full[0]), "{partial:?} {full:?}");
                    }
                    Err(error) => prop_assert!(false, "{error}: {partial:?}"),
                }
            }
        }
    }

    /// Where the first path gives credentials, no path of its bucket is denied.
    #[test]
    fn the_first_path_reaches_nothing_that_is_denied(
        listed in listed_rules(),
        otherwise in "deny|base",
        caller in caller(),
        first in object(),
        other in object(),
    ) {
        let rules = read_rules(&listed, &otherwise);
        let denies = |candidate: &Candidate| match candidate {
            Candidate::Rule(rule) => matches!(rule.outcome, Outcome::Deny(_)),
            Candidate::Otherwise(otherwise) => *otherwise == Otherwise::Deny,
        };
        let request = Request { caller, location: first };
        if let Ok(Routing::Decided(decision)) = route_first_path(&rules, &request)
            && !decision.candidates().iter().any(denies)
            && request.location.bucket() == other.bucket()
        {
            let elsewhere = candidates(&rules, &Request { location: other, ..request });
            if let Ok(Some(elsewhere)) = elsewhere {
                prop_assert!(!elsewhere.iter().any(denies), "{elsewhere:?}");
            }
        }
    }
}
