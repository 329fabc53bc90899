//! `rolecall import`: rules in another system's format, told as a rules file.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rolecall_core::error::{Code, Error};
use rolecall_core::foreign::{self, Content, Imported};
use rolecall_core::rules::{self, Warning};

use crate::rules_argument::{RulesArgument, RulesText};
use crate::terminal::{self, DONE, Ink, REFUSED, complain, tell};

/// Rewrite another system's mapping of users, groups or prefixes to roles as a rules file
///
/// Reads role mappings of EMR and EMR Serverless, security mappings of Trino, and mappings of the
/// EMR User Role Mapper, found by their content. The rules file goes to standard output; what means
/// something else there, or might, is told on standard error. Rolecall reads these formats as they
/// are, too, and decides the same.
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Import {
    /// The file to rewrite, or - for standard input
    #[arg(value_name = "FILE")]
    file: RulesArgument,

    /// The format, where the content leaves it open
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Write the rules to this file, which must not exist yet, and not to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write what changes in meaning to this file, too, which must not exist yet
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// End with 1 where there are warnings
    #[arg(long)]
    strict: bool,
}

const HELP: &str = "\
Examples:
  rolecall import security-configuration.json > rules.json
  rolecall import security-mapping.json --out rules.json --report changes.txt
  echo 'lake->arn:aws:iam::111122223333:role/lake' | rolecall import -
  rolecall import mappings.json --strict > rules.json && rolecall check rules.json

Exit codes:
  0  rewritten; warnings may be on standard error
  1  rewritten, with warnings, and --strict was given
  2  bad input: the file can't be read, is of no known format, is a rules file already, or holds what
     rules can't say; nothing is written

docs/foreign-formats.md describes each format, what is refused, and each warning.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Role mappings of EMR, alone or in a security configuration
    Emr,
    /// bucket1->role1;bucket2->role2
    EmrServerless,
    /// Trino's S3 security mapping
    Trino,
    /// The EMR User Role Mapper's PrincipalRoleMappings
    UserRoleMapper,
    /// The EMR User Role Mapper's PrincipalPolicyMappings
    UserRoleMapperPolicies,
}

impl From<Format> for foreign::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Emr => Self::Emr,
            Format::EmrServerless => Self::EmrServerless,
            Format::Trino => Self::Trino,
            Format::UserRoleMapper => Self::UserRoleMapper,
            Format::UserRoleMapperPolicies => Self::UserRoleMapperPolicies,
        }
    }
}

impl Import {
    /// Rewrites, and says by the exit code what came out.
    pub fn run(self) -> ExitCode {
        match self.rewritten() {
            Ok((imported, origin)) => self.write(&imported, &origin),
            Err(error) => complain(error),
        }
    }

    fn rewritten(&self) -> Result<(Imported, String), Error> {
        let RulesText { bytes, origin } = self.file.read()?;
        let imported = match (self.format, foreign::recognise(&bytes)) {
            (Some(format), _) => foreign::import_as(format.into(), &bytes, &origin),
            (None, Content::Native) => Err(Error::new(
                Code::RulesInvalid,
                format!("{origin}: the file is a rules file already; there is nothing to rewrite"),
            )),
            (None, _) => {
                foreign::import(&bytes, &origin).unwrap_or_else(|| Err(unknown(&bytes, &origin)))
            }
        };
        imported.map(|imported| (imported, origin))
    }

    fn write(&self, imported: &Imported, origin: &str) -> ExitCode {
        let default = format!(
            "{origin}: read as {}; whom no rule matches {}",
            imported.format,
            imported.format.default_in_words()
        );
        let changes: Vec<String> = imported
            .warnings
            .iter()
            .map(|warning| located(warning, origin))
            .collect();
        let report = report(&default, &changes);
        let asked = [(&self.report, &report), (&self.out, &imported.json)];
        let asked = asked
            .into_iter()
            .filter_map(|(path, text)| Some((path.as_deref()?, text.as_str())));
        if let Err(wrong) = write_new(asked) {
            return complain(wrong);
        }
        tell(Ink::Strong, default);
        for change in &changes {
            tell(Ink::Warning, change);
        }
        let code = if self.strict && !changes.is_empty() {
            REFUSED
        } else {
            DONE
        };
        let text = if self.out.is_some() {
            ""
        } else {
            &imported.json
        };
        terminal::answer(text, code)
    }
}

/// Writes files that were not there: all of them, or none.
fn write_new<'a>(files: impl Iterator<Item = (&'a Path, &'a str)>) -> Result<(), String> {
    let mut created: Vec<&Path> = vec![];
    for (path, text) in files {
        let written = File::create_new(path).and_then(|mut file| {
            created.push(path);
            file.write_all(text.as_bytes())
        });
        if let Err(error) = written {
            for path in created {
                // What can't be removed either is in the way of the next try, which says so.
                let _ = std::fs::remove_file(path);
            }
            let path = path.display();
            return Err(match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    format!("{path}: there is a file already; name another file, or remove it")
                }
                _ => format!("{path}: {error}"),
            });
        }
    }
    Ok(())
}

/// What to say of a text that is of no known format: that it is broken, if it is.
fn unknown(bytes: &[u8], origin: &str) -> Error {
    match rules::read(bytes, origin) {
        Err(error) if error.code() == Code::RulesNotJson => error,
        _ => Error::new(
            Code::RulesInvalid,
            format!(
                "{origin}: the file is of no format that is known by its content; name one by --format to be told what is wrong with it"
            ),
        ),
    }
}

/// `FILE:LINE:COLUMN: warning: rule NAME, field NAME: what it is about (KIND)`.
fn located(warning: &Warning, origin: &str) -> String {
    let place = warning.place.map_or_else(String::new, |place| {
        format!(":{}:{}", place.line, place.column)
    });
    format!("{origin}{place}: warning: {warning}")
}

fn report(default: &str, changes: &[String]) -> String {
    let mut text = format!("{default}\n");
    for change in changes {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{change}");
    }
    if changes.is_empty() {
        text.push_str("nothing changes in meaning\n");
    }
    text
}
