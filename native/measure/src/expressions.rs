//! Regular expressions for names, and names that they match.

/// How many different ones there are in a file, however long it is.
const DISTINCT: usize = 100;

/// The expression of a rule.
pub(crate) fn expression(rule: usize) -> String {
    let number = rule % DISTINCT;
    match number % 4 {
        0 => format!("svc-{number}-.*"),
        1 => format!("(etl|elt|job)-{number}-[0-9]+"),
        2 => format!("[a-z]+-ops-{number}(-.*)?"),
        _ => format!(".*-team-{number}"),
    }
}

/// A name that the expression of a rule matches; `more` tells such names apart.
pub(crate) fn matching(rule: usize, more: usize) -> String {
    let number = rule % DISTINCT;
    match number % 4 {
        0 => format!("svc-{number}-{more}"),
        1 => format!("etl-{number}-{more}"),
        2 => format!("data-ops-{number}-{more}"),
        _ => format!("n{more}-team-{number}"),
    }
}
