//! Requests, each for a rule drawn at random.

use std::collections::BTreeMap;

use rolecall_core::error::Error;
use rolecall_core::route::{Caller, Groups, Location, Request};

use crate::expressions::matching;
use crate::rules_file::{Shape, prefix};

const GROUPS_OF_A_CALLER: usize = 5;
/// One request in so many comes from an entry point that knows the bucket alone.
const WITHOUT_KEY: usize = 4;

/// So many requests over a file of so many rules: each has what one of the rules asks for.
///
/// # Errors
/// None that a location of this file could have.
pub fn requests(rules: usize, number: usize) -> Result<Vec<Request>, Error> {
    let mut random = fastrand::Rng::with_seed(7);
    (0..number)
        .map(|_| {
            let rule = random.usize(..rules);
            request(rule, rules, &mut random)
        })
        .collect()
}

fn request(rule: usize, rules: usize, random: &mut fastrand::Rng) -> Result<Request, Error> {
    let shape = Shape::of(rule);
    let user = match shape {
        Shape::Users => format!("user-{rule}"),
        Shape::UserConfAndPrefix => format!("user-{}", rule / 2),
        Shape::UsersMatchingAndPrefix => matching(rule, random.usize(..50)),
        _ => format!("user-{}", random.usize(..rules)),
    };
    let mut groups: Vec<String> = (1..GROUPS_OF_A_CALLER)
        .map(|_| format!("group-{}", random.usize(..rules)))
        .collect();
    groups.push(match shape {
        Shape::Group | Shape::GroupAndPrefix => format!("group-{rule}"),
        Shape::GroupsMatchingAndPrefix => matching(rule, random.usize(..50)),
        _ => "everybody".to_owned(),
    });
    let location = Location::parse(&format!("{}/part-0000.parquet", prefix(rule)))?;
    Ok(Request {
        caller: Caller {
            principal: Some(format!("{user}@EXAMPLE.COM")),
            real_user: (shape == Shape::RealUser).then(|| format!("livy-{rule}")),
            user,
            groups: Groups::Known(groups),
            conf: BTreeMap::from([("tenant".to_owned(), format!("t{}", rule % 10))]),
        },
        location: if random.usize(..WITHOUT_KEY) == 0 {
            location.bucket_only()
        } else {
            location
        },
    })
}
