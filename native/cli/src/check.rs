//! `rolecall check`: what is wrong in a rules file, and what is suspicious.

mod excerpt;
mod redacted;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rolecall_core::error::{Code, Error};
use rolecall_core::review::review;
use rolecall_core::rules;
use rolecall_core::settings::allowed_conf_keys;
use rolecall_core::surroundings::Surroundings;

use crate::rules_argument::RulesArgument;
use crate::terminal::{self, BAD_INPUT, DONE, Palette, REFUSED, complain};
use report::Report;

/// Find what is wrong or suspicious in a rules file
///
/// Reads the rules as the library does, tells every error with its place, and warns about what is
/// valid but may not mean what its author thinks: rules that can never match, prefixes in a surprising
/// order, templates that some user can't fill, and more. docs/check.md has each kind of warning with
/// its remedy. Nothing is asked of AWS.
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Check {
    /// The rules file: a path, - for standard input, or s3://BUCKET/KEY
    #[arg(value_name = "RULES")]
    rules: RulesArgument,

    /// Exit with 1 where there are warnings
    #[arg(long)]
    strict: bool,

    /// Whether a reader of this version of the rules file takes it, too: for fleets in which some
    /// machines have an older Rolecall
    #[arg(long = "for", value_name = "VERSION")]
    for_version: Option<u32>,

    /// The site file, which says which rolecall.conf keys jobs may set; without this option
    /// /etc/rolecall/site.json, if it is there
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

const HELP: &str = "\
Examples:
  rolecall check /etc/rolecall/rules.json
  rolecall check rules.json --strict --site site.json
  git show HEAD:rules.json | rolecall check - --output json

Exit codes:
  0  the rules are good; there may be warnings
  1  there are warnings, and --strict was given
  2  there are errors, or the rules or the command line can't be understood

The object of --output json is described in docs/check.md.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
}

impl Check {
    /// Checks, and says by the exit code what came out.
    pub fn run(self) -> ExitCode {
        let (output, strict) = (self.output, self.strict);
        let report = match self.report() {
            Ok(report) => report,
            Err(error) => return complain(error),
        };
        let code = match (report.errors(), report.warnings()) {
            (0, 0) => DONE,
            (0, _) if strict => REFUSED,
            (0, _) => DONE,
            _ => BAD_INPUT,
        };
        match output {
            Output::Text => terminal::answer(report.text(Palette::of_stdout()), code),
            Output::Json => match serde_json::to_string_pretty(&report) {
                Ok(json) => terminal::answer(json + "\n", code),
                Err(error) => complain(error),
            },
        }
    }

    fn report(self) -> Result<Report, Error> {
        if let Some(version) = self.for_version {
            let known = rules::known_versions();
            if !known.contains(&version) {
                return Err(Error::new(
                    Code::RulesVersionUnknown,
                    format!(
                        "--for {version}: this release knows the versions {} to {}",
                        known.start(),
                        known.end()
                    ),
                ));
            }
        }
        let keys = allowed_conf_keys(self.site.as_deref(), &Surroundings::of_this_process())?;
        let text = self.rules.read()?;
        Ok(match rules::read_all(&text.bytes, &text.origin) {
            Err(faults) => Report::of_faults(text, faults),
            Ok(rules) => {
                let refused = self.for_version.map_or_else(Vec::new, |version| {
                    rules::taken_by(version, &text.bytes, &text.origin)
                });
                let mut warnings = rules.warnings().to_vec();
                warnings.extend(review(&rules, &text.bytes, keys.as_deref()));
                Report::of_rules(text, &rules, refused, warnings)
            }
        })
    }
}
