//! `rolecall explain`: the decision for one caller and one location, and why.

mod answer;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rolecall_core::error::{Code, Error};
use rolecall_core::route::{Caller, Groups, Location, Request, Routing, explain, route};
use rolecall_core::session::{Defaults, plan};

use crate::rules_argument::RulesArgument;
use crate::terminal::{self, DONE, REFUSED, complain};
use answer::Answer;

/// Explain what a caller gets at a location, and why
///
/// Walks the rules as the library does and prints each rule that was looked at, the condition that
/// decided, and the session that would be asked for. Nothing is asked of AWS; no setting and no
/// environment variable plays a part.
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Explain {
    /// The rules file, or - for standard input
    #[arg(value_name = "RULES")]
    rules: RulesArgument,

    /// The caller's short user name
    #[arg(long, value_name = "USER")]
    user: String,

    /// A group of the caller; repeat it for more. Without any, the caller is in no group
    #[arg(
        long = "group",
        value_name = "GROUP",
        conflicts_with = "groups_unknown"
    )]
    groups: Vec<String>,

    /// As if the lookup of the caller's groups had failed
    #[arg(long)]
    groups_unknown: bool,

    /// The location: s3://BUCKET/ as a file system knows it, or s3://BUCKET/KEY for one path.
    /// Without it, as a provider that was given no URI
    #[arg(long, value_name = "URI")]
    location: Option<String>,

    /// The job's rolecall.conf.KEY; repeat it for more
    #[arg(long = "conf", value_name = "KEY=VALUE", value_parser = key_and_value)]
    conf: Vec<(String, String)>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

const HELP: &str = "\
Examples:
  rolecall explain /etc/rolecall/rules.json --user dataeng1 --group grp_data_engineering \\
      --location s3://engineering-data/
  rolecall explain rules.json --user etl --conf tenant=acme --location s3://lake/acme/2024/
  rolecall explain rules.json --user carol --groups-unknown --location s3://lake/ --output json

Exit codes:
  0  decided: a role, or the base credentials
  1  refused: a rule denies it, paths of the location have different roles, the groups are unknown,
     or a template can't be filled in
  2  bad input: the rules, the location or the command line can't be understood

The object of --output json has the fields outcome (assume, base, deny or refused), rule, role,
session, base, message, error, explanation and note; a field that has no meaning is left out.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

impl Explain {
    /// Explains, and says by the exit code what came out.
    pub fn run(self) -> ExitCode {
        let output = self.output;
        match self.answer() {
            Ok(answer) => {
                let code = if answer.is_decided() { DONE } else { REFUSED };
                match output {
                    Output::Text => terminal::answer(answer, code),
                    Output::Json => match serde_json::to_string_pretty(&answer) {
                        Ok(json) => terminal::answer(json + "\n", code),
                        Err(error) => complain(error),
                    },
                }
            }
            Err(error) => complain(error),
        }
    }

    fn answer(self) -> Result<Answer, Error> {
        let rules = self.rules.read()?.rules()?;
        let request = Request {
            caller: Caller {
                user: self.user,
                principal: None,
                real_user: None,
                groups: if self.groups_unknown {
                    Groups::Unknown {
                        why: "--groups-unknown was given".to_owned(),
                    }
                } else {
                    Groups::Known(self.groups)
                },
                conf: self.conf.into_iter().collect::<BTreeMap<_, _>>(),
            },
            location: match &self.location {
                Some(uri) => Location::parse(uri)?,
                None => Location::Unknown,
            },
        };
        let answered = |request: &Request| {
            let planned = match route(&rules, request) {
                Ok(Routing::Decided(decision)) => {
                    plan(&rules, &decision, request, &Defaults::default())
                }
                Ok(Routing::NeedGroups) => {
                    Err(Error::new(Code::GroupsUnknown, "the groups were not given"))
                }
                Err(error) => Err(error),
            };
            Answer::of(planned, explain(&rules, request))
        };
        let mut answer = answered(&request);
        let whole_bucket = Request {
            location: request.location.bucket_only(),
            ..request.clone()
        };
        if whole_bucket != request {
            answer.compare(&answered(&whole_bucket), &whole_bucket.location);
        }
        Ok(answer)
    }
}
