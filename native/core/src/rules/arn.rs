//! The ARN of a role.

use std::fmt;

use super::iam_resource::IamResource;
use super::misfit::{Misfit, unfit_character};
use super::quoted::Quoted;

/// The partitions that AWS has named so far.
pub(crate) const PARTITIONS: &[&str] = &[
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

const FORM: &str = "write arn:aws:iam::ACCOUNT:role/NAME";
const ROLE: IamResource = IamResource {
    kind: "role",
    longest_name: 64,
    form: FORM,
};

/// The ARN of an IAM role, in a partition that is known and with an account of 12 digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleArn {
    text: String,
    partition: &'static str,
    account: AccountId,
}

impl RoleArn {
    /// Reads `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME`.
    ///
    /// # Errors
    /// What is wrong with it, and at which character.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        let iam = Iam::parse(text, FORM)?;
        let account = AccountId::parse(iam.account).map_err(|misfit| {
            Misfit::at(
                iam.account_at,
                format!(
                    "{misfit}; write arn:{}:iam::123456789012:role/NAME",
                    iam.partition
                ),
            )
        })?;
        ROLE.check(iam.resource, iam.account_at + 13)?;
        Ok(Self {
            text: text.to_owned(),
            partition: iam.partition,
            account,
        })
    }

    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `aws`, `aws-cn`, …
    pub fn partition(&self) -> &'static str {
        self.partition
    }

    /// The account that the role belongs to.
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

/// The parts of an ARN of IAM's, of whatever kind.
pub(super) struct Iam<'a> {
    pub(super) partition: &'static str,
    pub(super) account: &'a str,
    /// The account's first character.
    pub(super) account_at: usize,
    /// What follows the account.
    pub(super) resource: &'a str,
}

impl<'a> Iam<'a> {
    /// Splits an ARN; `form` says how to write the kind that is wanted.
    pub(super) fn parse(text: &'a str, form: &str) -> Result<Self, Misfit> {
        if text.is_empty() {
            return Err(Misfit::new(format!("is empty; {form}")));
        }
        if let Some(misfit) = unfit_character(text, |c| c.is_ascii_graphic()) {
            let at = misfit.position().unwrap_or_default();
            return Err(Misfit::at(
                at,
                format!("{misfit}, which no ARN may; take it out"),
            ));
        }
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next();
        let (
            Some("arn"),
            Some(partition),
            Some(service),
            Some(region),
            Some(account),
            Some(resource),
        ) = (next(), next(), next(), next(), next(), next())
        else {
            return Err(Misfit::new(format!("{} is no ARN; {form}", Quoted(text))));
        };
        let Some(partition) = PARTITIONS.iter().find(|known| **known == partition) else {
            return Err(Misfit::at(
                4,
                format!(
                    "{} is no AWS partition; write one of {}",
                    Quoted(partition),
                    PARTITIONS.join(", ")
                ),
            ));
        };
        let service_at = 5 + partition.len();
        if service == "sts" && resource.starts_with("assumed-role/") {
            return Err(Misfit::at(
                service_at,
                format!("is the ARN of a session; {form}"),
            ));
        }
        if service != "iam" {
            return Err(Misfit::at(
                service_at,
                format!("{} is not IAM; {form}", Quoted(service)),
            ));
        }
        if !region.is_empty() {
            return Err(Misfit::at(
                service_at + 4,
                format!(
                    "names the region {}, which has no place there; {form}",
                    Quoted(region)
                ),
            ));
        }
        let account_at = service_at + 5;
        if !(20..=2048).contains(&text.len()) {
            return Err(Misfit::new(format!(
                "has {} characters; an ARN has 20 to 2048",
                text.len()
            )));
        }
        Ok(Self {
            partition,
            account,
            account_at,
            resource,
        })
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The 12 digits of an AWS account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// Reads 12 digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Misfit::new(format!(
                "has the account {}, which is not 12 digits",
                Quoted(text)
            )))
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_every_partition_are_read() {
        for partition in PARTITIONS {
            let text = format!("arn:{partition}:iam::111122223333:role/team/data-eng");
            let arn = RoleArn::parse(&text).unwrap();
            assert_eq!(arn.as_str(), text);
            assert_eq!(arn.partition(), *partition);
            assert_eq!(arn.account().as_str(), "111122223333");
        }
    }

    #[test]
    fn what_is_no_role_says_why_and_where() {
        let cases: &[(&str, Option<usize>, &str)] = &[
            ("", None, "is empty; write arn:aws:iam::ACCOUNT:role/NAME"),
            (
                "admin",
                None,
                "`admin` is no ARN; write arn:aws:iam::ACCOUNT:role/NAME",
            ),
            (
                "arn:aws:iam::111122223333:role/ad min",
                Some(33),
                "holds a space at character 34, which no ARN may; take it out",
            ),
            (
                " arn:aws:iam::111122223333:role/admin",
                Some(0),
                "holds a space at character 1, which no ARN may; take it out",
            ),
            (
                "arn:aws:iam::111122223333:role/admin\u{200b}",
                Some(36),
                "holds the character U+200B at character 37, which no ARN may; take it out",
            ),
            (
                "arn:amazon:iam::111122223333:role/x",
                Some(4),
                "`amazon` is no AWS partition; write one of aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f, aws-eusc",
            ),
            (
                "arn:aws:sts::111122223333:assumed-role/x/y",
                Some(8),
                "is the ARN of a session; write arn:aws:iam::ACCOUNT:role/NAME",
            ),
            (
                "arn:aws:s3::111122223333:role/x",
                Some(8),
                "`s3` is not IAM; write arn:aws:iam::ACCOUNT:role/NAME",
            ),
            (
                "arn:aws:iam:eu-west-1:111122223333:role/x",
                Some(12),
                "names the region `eu-west-1`, which has no place there; write arn:aws:iam::ACCOUNT:role/NAME",
            ),
            (
                "arn:aws:iam::1111-2222-3333:role/x",
                Some(13),
                "has the account `1111-2222-3333`, which is not 12 digits; write arn:aws:iam::123456789012:role/NAME",
            ),
            (
                "arn:aws:iam::111122223333:user/bob",
                Some(26),
                "names `user` where `role/NAME` has to stand; write arn:aws:iam::ACCOUNT:role/NAME",
            ),
            (
                "arn:aws:iam::111122223333:role/",
                Some(31),
                "lacks the role's name; write arn:aws:iam::ACCOUNT:role/NAME",
            ),
            (
                "arn:aws:iam::111122223333:role//x",
                Some(26),
                "holds `//`; each part of a role's path has a name",
            ),
            (
                "arn:aws:iam::111122223333:role/a*",
                Some(32),
                "has the role name `a*`, where only letters, digits and _+=,.@- may stand",
            ),
        ];
        for (text, at, what) in cases {
            let misfit = RoleArn::parse(text).unwrap_err();
            assert_eq!(misfit.to_string(), *what, "{text}");
            assert_eq!(misfit.position(), *at, "{text}");
        }
        let long = format!("arn:aws:iam::111122223333:role/{}", "x".repeat(65));
        assert_eq!(
            RoleArn::parse(&long).unwrap_err().to_string(),
            "has a role name of 65 characters; IAM takes 64"
        );
    }
}
