//! What the base needs to read rules that are kept on S3.

use std::collections::BTreeSet;

use super::asked::escaped;
use super::policy::{Conditions, Statement, Test};
use super::principal::Principal;

/// An object on S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptOnS3 {
    bucket: String,
    key: String,
}

impl KeptOnS3 {
    /// Reads `s3://BUCKET/KEY`.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(uri: &str) -> Result<Self, String> {
        match uri
            .strip_prefix("s3://")
            .and_then(|rest| rest.split_once('/'))
        {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(Self {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            }),
            _ => Err("write s3://BUCKET/KEY".to_owned()),
        }
    }

    /// Statements for the policy of the base that reads them. `kms_key` is the ARN of the key that
    /// they are encrypted with, where somebody says it.
    pub fn statements(&self, reader: &Principal, kms_key: Option<&str>) -> [Statement; 2] {
        let partition = reader.partition();
        let (bucket, object) = self.arns(partition);
        let allow = |action: &str, resource: String| Statement {
            actions: BTreeSet::from([action.to_owned()]),
            resources: BTreeSet::from([resource]),
            ..Statement::default()
        };
        let get = allow("s3:GetObject", object.clone());
        let mut decrypt = allow("kms:Decrypt", kms_key.unwrap_or("*").to_owned());
        decrypt.conditions = Conditions::from([
            (
                (Test::Like, "kms:ViaService".to_owned()),
                BTreeSet::from([format!("s3.*.{}", suffix(partition))]),
            ),
            (
                (Test::Equals, "kms:EncryptionContext:aws:s3:arn".to_owned()),
                // With a bucket key the context is the bucket, else the object.
                BTreeSet::from([bucket, object]),
            ),
        ]);
        if kms_key.is_none() {
            decrypt.comments.insert(
                "`*` stands for the KMS key that the rules are encrypted with: name it by --rules-kms-key, or take the statement out where there is none"
                    .to_owned(),
            );
        }
        [get, decrypt]
    }

    fn arns(&self, partition: &str) -> (String, String) {
        let key = escaped(&self.key);
        if self.bucket.starts_with("arn:") {
            return (self.bucket.clone(), format!("{}/object/{key}", self.bucket));
        }
        let bucket = format!("arn:{partition}:s3:::{}", self.bucket);
        let object = format!("{bucket}/{key}");
        (bucket, object)
    }
}

/// What host names of a partition's services end in.
fn suffix(partition: &str) -> &'static str {
    match partition {
        "aws" | "aws-us-gov" => "amazonaws.com",
        "aws-cn" => "amazonaws.com.cn",
        _ => "*",
    }
}
