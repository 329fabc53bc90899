//! `bucket1->role1;bucket2->role2`, the value of EMR Serverless's `fs.s3.bucketLevelAssumeRoleMapping`.
//!
//! A bucket that is not listed is read with the job's own role (EMR Serverless User Guide,
//! *Accessing S3 data in another AWS account*).

use std::collections::HashMap;

use super::reading::Reading;
use super::written::{File, Outcome, Rule, name_of};
use crate::rules::{BucketName, Misfit, Quoted, RoleArn, offset_of, unfit_character};

/// What stands between a bucket and its role.
pub(super) const ARROW: &str = "->";

/// Reads it.
pub(super) fn read(reading: &mut Reading<'_>) -> Option<File> {
    let text = reading.text;
    let mut rules = Vec::new();
    let mut buckets = HashMap::new();
    let trimmed = text.trim();
    // A `;` may end the last entry too.
    let entries = trimmed.strip_suffix(';').unwrap_or(trimmed);
    for (index, entry) in entries.split(';').enumerate() {
        match parse(entry) {
            Ok((bucket, role)) => {
                if let Some(first) = buckets.insert(bucket.clone(), index) {
                    wrong(
                        reading,
                        index,
                        entry,
                        &Misfit::new(format!(
                            "is for the bucket of entry {} once more, and which of the two counts is not documented; keep one",
                            first + 1
                        )),
                    );
                }
                rules.push(Rule {
                    name: name_of(index),
                    offset: offset_of(text, entry),
                    prefixes: vec![format!("s3://{}/", bucket.as_str())],
                    outcome: Outcome::Role(role.as_str().to_owned()),
                    ..Rule::default()
                });
            }
            Err(misfit) => wrong(reading, index, entry, &misfit),
        }
    }
    Some(File::of_the_base(rules))
}

fn parse(entry: &str) -> Result<(BucketName, RoleArn), Misfit> {
    let Some((bucket, role)) = entry.split_once(ARROW) else {
        return Err(Misfit::new(format!(
            "{} lacks `{ARROW}`; write BUCKET{ARROW}arn:aws:iam::ACCOUNT:role/NAME",
            Quoted(entry)
        )));
    };
    if bucket.contains('/') {
        return Err(Misfit::new(
            "names no bucket but a path; write the bucket's name alone",
        ));
    }
    super::literal(bucket, "no bucket's name holds it")?;
    if let Some(misfit) = unfit_character(bucket, |c| c.is_ascii_graphic()) {
        return Err(misfit);
    }
    let bucket = BucketName::parse(bucket)?;
    let before = entry.chars().count() - role.chars().count();
    let role = super::written_role(role).map_err(|misfit| match misfit.position() {
        Some(at) => Misfit::at(before + at, misfit.to_string()),
        None => Misfit::at(before, misfit.to_string()),
    })?;
    Ok((bucket, role))
}

fn wrong(reading: &mut Reading<'_>, index: usize, entry: &str, misfit: &Misfit) {
    reading.misfit_in(entry, misfit.position(), format!("[{index}]"), misfit);
}

#[cfg(test)]
#[path = "emr_serverless_tests.rs"]
mod tests;
