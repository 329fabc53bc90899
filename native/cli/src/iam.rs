//! `rolecall iam`: the policies that AWS needs so that the rules work, and nothing more.

mod asked;
mod cloudformation;
mod hcl;
mod json;
mod kept_on_s3;
mod naming;
mod needs;
mod node;
mod policy;
mod principal;
mod terraform;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rolecall_core::error::Error;
use rolecall_core::rules::{Assumptions, BaseSource, Rules};

use crate::rules_argument::RulesArgument;
use crate::terminal::{self, DONE, Ink, REFUSED, complain, tell};
use kept_on_s3::KeptOnS3;
use needs::{Bases, Needs, name};
use principal::Principal;

/// Print the IAM policies that the rules need
///
/// The base's own policy (sts:AssumeRole on the roles, sts:TagSession and sts:SetSourceIdentity
/// where rules use them, reading the rules where they are on S3) and the trust policy of each role,
/// with its external ID, source identity and tags. A variable whose values the rule's conditions
/// list is written out for each; what a template leaves open is `*`, with a comment.
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Iam {
    /// The rules file: a path, - for standard input, or s3://BUCKET/KEY
    #[arg(value_name = "RULES")]
    rules: RulesArgument,

    /// The role (or user) whose credentials the base has, for rules without a base of their own
    #[arg(long, value_name = "ARN", value_parser = Principal::parse)]
    base_role: Principal,

    /// The role or user of another base that rules name, as in 'properties /etc/keys=ARN'; repeat
    /// it for more
    #[arg(long = "other-base", value_name = "SOURCE=ARN", value_parser = source_and_arn)]
    other_bases: Vec<(String, Principal)>,

    /// Where on S3 the rules will be kept, for the base's permission to read them
    #[arg(long, value_name = "s3://BUCKET/KEY", value_parser = KeptOnS3::parse)]
    rules_at: Option<KeptOnS3>,

    /// The KMS key that the rules on S3 are encrypted with
    #[arg(long, value_name = "ARN", value_parser = kms_key)]
    rules_kms_key: Option<String>,

    /// In which form
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
}

const HELP: &str = "\
Examples:
  rolecall iam rules.json --base-role arn:aws:iam::111122223333:role/EMR_EC2_DefaultRole
  rolecall iam rules.json --base-role arn:aws:iam::111122223333:role/EMR_EC2_DefaultRole \\
      --other-base 'properties /etc/rolecall/keys=arn:aws:iam::111122223333:user/etl' \\
      --format terraform > rolecall.tf
  rolecall iam rules.json --base-role arn:aws:iam::111122223333:role/EMR_EC2_DefaultRole \\
      --rules-at s3://config/rules.json --format cloudformation > rolecall.yaml

Exit codes:
  0  everything is written
  1  written, but something is left out, which standard error names: a base whose role or user is
     not given, a role of another partition, or values in a rule's lists that don't fit where its
     templates put them
  2  bad input: the rules, an ARN or the command line can't be understood

AWS is asked nothing, except for rules that are read from S3. docs/iam.md describes the three formats.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One object with all policies, for programs
    Json,
    /// A template in YAML, the same for every account
    Cloudformation,
    /// A file of resources, the same for every account
    Terraform,
}

fn kms_key(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "kms", _, _, key] if key.starts_with("key/") => Ok(text.to_owned()),
        _ => Err(
            "write arn:PARTITION:kms:REGION:ACCOUNT:key/ID; a policy can't name an alias"
                .to_owned(),
        ),
    }
}

fn source_and_arn(text: &str) -> Result<(String, Principal), String> {
    match text.split_once("=arn:") {
        Some((source, rest)) if !source.trim().is_empty() => Ok((
            source.trim().to_owned(),
            Principal::parse(&format!("arn:{rest}"))?,
        )),
        _ => {
            Err("write SOURCE=ARN, such as 'environment=arn:aws:iam::ACCOUNT:user/NAME'".to_owned())
        }
    }
}

impl Iam {
    /// Prints the policies.
    pub fn run(self) -> ExitCode {
        let rules = match self.rules() {
            Ok(rules) => rules,
            Err(error) => return complain(error),
        };
        let assumptions = rules.assumptions();
        let found: BTreeSet<String> = bases(&assumptions).map(name).collect();
        let main = main_base(&rules);
        let others: BTreeMap<String, Principal> = self.other_bases.into_iter().collect();
        if let Some(unknown) = others.keys().find(|base| !found.contains(*base)) {
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            return complain(format_args!(
                "--other-base: no rule with a role has the base `{unknown}`; the bases of these rules are: {}",
                found.join(", ")
            ));
        }
        let of_main = name(main.as_ref());
        if others.contains_key(&of_main) {
            return complain(format_args!(
                "--other-base: the base `{of_main}` is the one that --base-role is about; give its ARN there"
            ));
        }
        let bases = Bases {
            main,
            main_principal: self.base_role,
            others,
        };
        let mut needs = Needs::of(&assumptions, &bases);
        let kept = self.rules_at.or_else(|| match &self.rules {
            RulesArgument::Elsewhere(uri) => KeptOnS3::parse(uri).ok(),
            _ => None,
        });
        if let (Some(kept), Some(base)) = (kept, needs.main()) {
            for statement in kept.statements(&base.principal, self.rules_kms_key.as_deref()) {
                base.policy.add(statement);
            }
        }
        let using_base = rules.using_base();
        if let (false, Some(base)) = (using_base.is_empty(), needs.main()) {
            base.notes.insert(format!(
                "its own permissions on S3 are no part of this; {} hands them out as they are",
                using_base
                    .iter()
                    .map(|rule| format!("`{rule}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        }
        for what in &needs.left_out {
            tell(Ink::Warning, format_args!("left out: {what}"));
        }
        let code = if needs.left_out.is_empty() {
            DONE
        } else {
            REFUSED
        };
        let text = match self.format {
            Format::Json => match json::write(&needs) {
                Ok(text) => text,
                Err(error) => return complain(error),
            },
            Format::Cloudformation => cloudformation::write(&needs),
            Format::Terraform => terraform::write(&needs),
        };
        terminal::answer(text, code)
    }

    fn rules(&self) -> Result<Rules, Error> {
        self.rules.read()?.rules_with_warnings()
    }
}

/// The base that `--base-role` is about: the one of the top of the file or of the settings, or the
/// only one that there is.
fn main_base(rules: &Rules) -> Option<BaseSource> {
    let top = rules.base().cloned();
    let assumptions = rules.assumptions();
    let mut bases = bases(&assumptions);
    match bases.next() {
        Some(first) if bases.all(|base| base == first) => first.cloned(),
        _ => top,
    }
}

/// The bases of all rules with a role, also of those that never ask for one.
fn bases(assumptions: &Assumptions) -> impl Iterator<Item = Option<&BaseSource>> {
    let asked = assumptions.asked.iter().map(|asked| asked.base.as_ref());
    let unfit = assumptions.unfit.iter().map(|unfit| unfit.base.as_ref());
    asked.chain(unfit)
}
