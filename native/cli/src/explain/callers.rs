//! Who asks, as the command line says it.

use std::collections::BTreeMap;

use clap::{ArgGroup, Args};
use rolecall_core::route::{Caller, Groups};

/// Who asks, and what the job says.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("who").args(["users", "callers"]).required(true).multiple(true))]
pub struct Callers {
    /// A caller's short user name; repeat it for a grid
    #[arg(long = "user", value_name = "USER")]
    users: Vec<String>,

    /// A group of each --user; repeat it for more. Without any, they are in no group
    #[arg(
        long = "group",
        value_name = "GROUP",
        requires = "users",
        conflicts_with = "groups_unknown"
    )]
    groups: Vec<String>,

    /// A further caller with groups of its own; repeat it for more. A user whose name holds `:`, or
    /// a group whose name holds `,`, needs --user and --group
    #[arg(long = "caller", value_name = "USER[:GROUP,…]", value_parser = user_and_groups)]
    callers: Vec<(String, Vec<String>)>,

    /// As if the lookup of each --user's groups had failed
    #[arg(long, requires = "users")]
    groups_unknown: bool,

    /// The caller's full Kerberos name; for one caller only
    #[arg(long, value_name = "NAME")]
    principal: Option<String>,

    /// The short name of the user who asks in the callers' names (Hadoop's proxying user)
    #[arg(long, value_name = "USER")]
    real_user: Option<String>,

    /// The job's rolecall.conf.KEY; repeat it for more
    #[arg(long = "conf", value_name = "KEY=VALUE", value_parser = key_and_value)]
    conf: Vec<(String, String)>,
}

fn user_and_groups(text: &str) -> Result<(String, Vec<String>), String> {
    let (user, groups) = text.split_once(':').unwrap_or((text, ""));
    if user.is_empty() {
        return Err("write USER or USER:GROUP,GROUP".to_owned());
    }
    if groups.is_empty() {
        return Ok((user.to_owned(), vec![]));
    }
    let groups: Vec<String> = groups.split(',').map(str::to_owned).collect();
    if groups.iter().any(String::is_empty) {
        return Err("has a group without a name; write USER:GROUP,GROUP".to_owned());
    }
    Ok((user.to_owned(), groups))
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

impl Callers {
    /// The callers in the order of the command line, each --user before each --caller.
    ///
    /// # Errors
    /// What is wrong with the command line, where one full name is given to several callers.
    pub fn all(self) -> Result<Vec<Caller>, &'static str> {
        if self.principal.is_some() && self.users.len() + self.callers.len() > 1 {
            return Err(
                "--principal is one caller's full name, and there are several callers; explain them one by one",
            );
        }
        let conf: BTreeMap<String, String> = self.conf.into_iter().collect();
        let common = if self.groups_unknown {
            Groups::Unknown {
                why: "--groups-unknown was given".to_owned(),
            }
        } else {
            Groups::Known(self.groups)
        };
        let users = self.users.into_iter().map(|user| (user, common.clone()));
        let callers = self
            .callers
            .into_iter()
            .map(|(user, groups)| (user, Groups::Known(groups)));
        Ok(users
            .chain(callers)
            .map(|(user, groups)| Caller {
                user,
                principal: self.principal.clone(),
                real_user: self.real_user.clone(),
                groups,
                conf: conf.clone(),
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_a_user_with_groups() {
        let read = |text| user_and_groups(text);
        let groups = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read("carol"), Ok(("carol".to_owned(), vec![])));
        assert_eq!(read("carol:"), Ok(("carol".to_owned(), vec![])));
        assert_eq!(
            read("carol:a b,c:d"),
            Ok(("carol".to_owned(), groups(&["a b", "c:d"])))
        );
        for wrong in ["", ":a", "carol:a,", "carol:,a"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_value_may_hold_equals_signs() {
        assert_eq!(
            key_and_value("k=a=b"),
            Ok(("k".to_owned(), "a=b".to_owned()))
        );
        assert!(key_and_value("=b").is_err());
        assert!(key_and_value("k").is_err());
    }
}
