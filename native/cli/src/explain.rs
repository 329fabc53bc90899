//! `rolecall explain`: the decision for each caller at each location, and why.

mod answer;
mod callers;
mod grid;
mod text;
mod trial;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rolecall_core::error::{Code, Error};
use rolecall_core::route::{Caller, Groups, Location, Request, Routing, explain, route};
use rolecall_core::rules::Rules;
use rolecall_core::session::{Defaults, Planned, plan};

use crate::rules_argument::RulesArgument;
use crate::terminal::{self, DONE, Palette, REFUSED, complain};
use answer::{Answer, Answers};
use callers::Callers;
use grid::Grid;
use text::Text;
use trial::Trial;

/// Explain what a caller gets at a location, and why
///
/// Walks the rules as the library does and prints each rule that was looked at, the condition that
/// decided, and the session that would be asked for. Several callers or locations give a grid.
/// Without --try nothing is asked of AWS, and no setting and no environment variable plays a part,
/// except for reading rules that are on S3.
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Explain {
    /// The rules file: a path, - for standard input, or s3://BUCKET/KEY
    #[arg(value_name = "RULES")]
    rules: RulesArgument,

    #[command(flatten)]
    callers: Callers,

    /// A location: s3://BUCKET/ as a file system knows it, or s3://BUCKET/KEY for one path; repeat
    /// it for a grid. Without any, as a provider that was given no URI
    #[arg(long = "location", value_name = "URI")]
    locations: Vec<String>,

    /// Assume the role with the base credentials, and say what STS answers. Settings come from the
    /// environment (ROLECALL_…, AWS_…); no key is shown
    #[arg(long = "try")]
    tries: bool,

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
  rolecall explain rules.json --caller admin1:admins --caller carol:analysts,interns \\
      --location s3://lake/ --location s3://scratch/
  AWS_PROFILE=base rolecall explain rules.json --user admin1 --location s3://lake/ --try

Exit codes:
  0  decided: a role, or the base credentials; with --try, STS gave them; in a grid, in every cell
  1  refused: a rule denies it, paths of the location have different roles, the groups are unknown,
     or a template can't be filled in; with --try, also where STS does not give the session
  2  bad input: the rules, a location, a setting or the command line can't be understood

docs/explain.md describes each field of --output json.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
}

impl Explain {
    /// Explains, and says by the exit code what came out.
    pub fn run(self) -> ExitCode {
        let output = self.output;
        let callers = match self.callers.all() {
            Ok(callers) => callers,
            Err(wrong) => return complain(wrong),
        };
        let asked = Asked {
            rules: self.rules,
            callers,
            locations: self.locations,
            tries: self.tries,
        };
        let answers = match asked.answers() {
            Ok(answers) => answers,
            Err(error) => return complain(error),
        };
        let code = if answers.all().all(Answer::is_decided) {
            DONE
        } else {
            REFUSED
        };
        match (output, answers.only()) {
            (Output::Json, _) => match answers.to_json() {
                Ok(json) => terminal::answer(json, code),
                Err(error) => complain(error),
            },
            (Output::Text, Some(answer)) => {
                let palette = Palette::of_stdout();
                terminal::answer(Text { answer, palette }, code)
            }
            (Output::Text, None) => {
                let grid = Grid {
                    rows: answers.rows(),
                    width: terminal::width(),
                };
                terminal::answer(grid, code)
            }
        }
    }
}

/// The command line, with nothing in it that contradicts itself.
struct Asked {
    rules: RulesArgument,
    callers: Vec<Caller>,
    locations: Vec<String>,
    tries: bool,
}

impl Asked {
    fn answers(self) -> Result<Answers, Error> {
        let rules = self.rules.read()?.rules_with_warnings()?;
        let locations = if self.locations.is_empty() {
            vec![Location::Unknown]
        } else {
            self.locations
                .iter()
                .map(|uri| Location::parse(uri))
                .collect::<Result<_, _>>()?
        };
        let (trial, defaults) = if self.tries {
            let (trial, defaults) = Trial::of_this_process()?;
            (Some(trial), defaults)
        } else {
            (None, Defaults::default())
        };
        let explained = Explained {
            rules,
            defaults,
            trial,
        };
        let mut answers = Vec::with_capacity(self.callers.len() * locations.len());
        for caller in &self.callers {
            for location in &locations {
                answers.push(explained.answer(&Request {
                    caller: caller.clone(),
                    location: location.clone(),
                }));
            }
        }
        Ok(Answers::new(answers, locations.len()))
    }
}

/// What requests are explained by.
struct Explained {
    rules: Rules,
    defaults: Defaults,
    trial: Option<Trial>,
}

impl Explained {
    fn answer(&self, request: &Request) -> Answer {
        let planned = self.plan(request);
        let tried = match (&self.trial, &planned) {
            (Some(trial), Ok(planned)) => Some(trial.of(&planned.plan)),
            _ => None,
        };
        let mut answer = Answer::of(planned, explain(&self.rules, request));
        answer.tried = tried;
        answer.principal.clone_from(&request.caller.principal);
        answer.real_user.clone_from(&request.caller.real_user);
        let whole_bucket = Request {
            location: request.location.bucket_only(),
            ..request.clone()
        };
        if whole_bucket != *request {
            let seen_by_providers = Answer::of(
                self.plan(&whole_bucket),
                explain(&self.rules, &whole_bucket),
            );
            answer.compare(&seen_by_providers, &whole_bucket.location);
        }
        if request.caller.groups == Groups::Known(vec![]) {
            answer.doubt_empty_groups();
        }
        answer
    }

    fn plan(&self, request: &Request) -> Result<Planned, Error> {
        match route(&self.rules, request)? {
            Routing::Decided(decision) => plan(&self.rules, &decision, request, &self.defaults),
            Routing::NeedGroups => {
                Err(Error::new(Code::GroupsUnknown, "the groups were not given"))
            }
        }
    }
}
