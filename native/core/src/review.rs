//! What is suspicious in rules that are valid: each suspicion in a file of its own.
//!
//! A suspicion says precisely when it warns, and rather stays silent than be wrong. Nothing here
//! plays a part in a decision.

mod ambiguous_location;
mod base_keys;
mod bucket_by_template;
mod bucket_decides_role;
mod conf_key_refused;
mod conf_not_required;
mod contradiction;
mod excluded;
mod executors_lack_names;
mod found;
mod implied;
mod job_decides;
mod long_duration;
mod long_policy;
mod name_looks_wrong;
mod never_matches;
mod prefix_lookalike;
mod prefix_odd_path;
#[cfg(test)]
mod properties;
mod reach;
mod service_users;
mod shadows;
mod subject;
mod templates;
#[cfg(test)]
mod testing;
mod value_does_not_fit;
mod wide_prefix_first;
mod without_effect;

use found::Found;
use subject::Subject;

use crate::rules::{Rules, Warning};

/// One kind of suspicion: its name, and who looks for it.
type Suspicion = (&'static str, fn(&Subject<'_>, &mut Found));

/// Names are documented in `docs/check.md`, and stay the same in later releases.
const SUSPICIONS: &[Suspicion] = &[
    ("ambiguous-location", ambiguous_location::look),
    ("base-keys-for-everybody", base_keys::look),
    ("bucket-by-template", bucket_by_template::look),
    ("bucket-decides-role", bucket_decides_role::look),
    ("conf-key-refused", conf_key_refused::look),
    ("conf-not-required", conf_not_required::look),
    ("contradiction", contradiction::look),
    ("duration-beyond-chaining", long_duration::look),
    ("executors-lack-names", executors_lack_names::look),
    ("job-decides-role", job_decides::look),
    ("name-looks-wrong", name_looks_wrong::look),
    ("never-matches", never_matches::look),
    ("no-service-users", service_users::look),
    ("policy-may-be-too-long", long_policy::look),
    ("prefix-lookalike", prefix_lookalike::look),
    ("prefix-odd-path", prefix_odd_path::look),
    ("value-does-not-fit", value_does_not_fit::look),
    ("wide-prefix-first", wide_prefix_first::look),
    ("without-effect", without_effect::look),
];

/// All kinds of warnings that [`review`] gives, in the order of the alphabet.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    SUSPICIONS.iter().map(|(kind, _)| *kind)
}

/// Looks for what is suspicious in rules. `bytes` are those that the rules were read from: where
/// they are a native file, warnings have places. `allowed_keys` are the only `rolecall.conf` keys
/// that the site file lets jobs set, if it lists any.
///
/// Warnings are in the order of the file. The time is linear in the number of rules, times a
/// constant: of a long list, and of many rules that are alike, only as many are compared as the
/// documentation says.
pub fn review(rules: &Rules, bytes: &[u8], allowed_keys: Option<&[String]>) -> Vec<Warning> {
    let subject = Subject::of(rules, bytes, allowed_keys);
    let mut found = Found::default();
    for (kind, look) in SUSPICIONS {
        found.kind = kind;
        look(&subject, &mut found);
    }
    found.placed(&subject)
}
