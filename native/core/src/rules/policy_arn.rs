//! The ARN of a managed policy.

use super::arn::{AccountId, Iam};
use super::iam_resource::IamResource;
use super::misfit::Misfit;
use super::quoted::Quoted;

const FORM: &str = "write arn:aws:iam::ACCOUNT:policy/NAME";
/// STS takes so many managed policies (API reference, `AssumeRole`).
pub(crate) const MOST: usize = 10;
const POLICY: IamResource = IamResource {
    kind: "policy",
    longest_name: 128,
    form: FORM,
};

/// The ARN of a managed policy: one of an account's own, or one of AWS's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyArn {
    text: String,
    partition: &'static str,
    /// None for AWS's own.
    account: Option<AccountId>,
}

impl PolicyArn {
    /// Reads `arn:PARTITION:iam::ACCOUNT:policy/[PATH/]NAME`, where ACCOUNT may be `aws`.
    ///
    /// # Errors
    /// What is wrong with it, and at which character.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        if let Some(at) = text.find("${") {
            return Err(Misfit::at(
                text.get(..at).unwrap_or_default().chars().count(),
                format!("holds a `${{`, but nothing is filled into the ARN of a policy; {FORM}"),
            ));
        }
        let iam = Iam::parse(text, FORM)?;
        let account = match iam.account {
            "aws" => None,
            account => Some(AccountId::parse(account).map_err(|misfit| {
                Misfit::at(
                    iam.account_at,
                    format!(
                        "{misfit}; write the role's account, or `aws` for a policy of AWS's own"
                    ),
                )
            })?),
        };
        POLICY.check(iam.resource, iam.account_at + iam.account.len() + 1)?;
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

    /// Whether a session of a role can have it: STS takes policies of the role's own account and
    /// AWS's own (API reference, `AssumeRole`).
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check_beside(&self, partition: &str, account: &AccountId) -> Result<(), Misfit> {
        if self.partition != partition {
            return Err(Misfit::at(
                4,
                format!(
                    "is a policy of the partition {}, and the role is one of {}; write a policy of the role's partition",
                    Quoted(self.partition),
                    Quoted(partition)
                ),
            ));
        }
        match &self.account {
            Some(own) if own != account => Err(Misfit::at(
                // arn:PARTITION:iam::
                4 + self.partition.len() + 6,
                format!(
                    "is a policy of the account {own}, and the role is one of {account}; STS takes policies of the role's own account, and AWS's own"
                ),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_of_an_account_and_of_aws_are_read() {
        let account = AccountId::parse("111122223333").unwrap();
        for text in [
            "arn:aws:iam::111122223333:policy/read-only",
            "arn:aws:iam::111122223333:policy/team/read-only",
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
            "arn:aws:iam::aws:policy/service-role/x",
        ] {
            let arn = PolicyArn::parse(text).unwrap();
            assert_eq!(arn.as_str(), text);
            assert_eq!(arn.check_beside("aws", &account), Ok(()));
            assert_eq!(
                arn.check_beside("aws-cn", &account).unwrap_err().position(),
                Some(4)
            );
        }
        let misfit = PolicyArn::parse("arn:aws:iam::444455556666:policy/x")
            .unwrap()
            .check_beside("aws", &account)
            .unwrap_err();
        assert_eq!(misfit.position(), Some(13));
        assert_eq!(
            misfit.to_string(),
            "is a policy of the account 444455556666, and the role is one of 111122223333; STS takes policies of the role's own account, and AWS's own"
        );
    }

    #[test]
    fn what_is_no_policy_says_why_and_where() {
        for (text, at, what) in [
            ("", None, "is empty; write arn:aws:iam::ACCOUNT:policy/NAME"),
            (
                "arn:aws:iam::111122223333:policy/${user}",
                Some(33),
                "holds a `${`, but nothing is filled into the ARN of a policy; write arn:aws:iam::ACCOUNT:policy/NAME",
            ),
            (
                "arn:aws:iam::1:policy/x",
                Some(13),
                "has the account `1`, which is not 12 digits; write the role's account, or `aws` for a policy of AWS's own",
            ),
            (
                "arn:aws:iam::aws:role/x",
                Some(17),
                "names `role` where `policy/NAME` has to stand; write arn:aws:iam::ACCOUNT:policy/NAME",
            ),
            (
                "arn:aws:iam::aws:policy/",
                Some(24),
                "lacks the policy's name; write arn:aws:iam::ACCOUNT:policy/NAME",
            ),
            (
                "arn:aws:iam::aws:policy/a b",
                Some(25),
                "holds a space at character 26, which no ARN may; take it out",
            ),
            (
                "arn:aws:iam::aws:policy/a*",
                Some(25),
                "has the policy name `a*`, where only letters, digits and _+=,.@- may stand",
            ),
        ] {
            let misfit = PolicyArn::parse(text).unwrap_err();
            assert_eq!(
                (misfit.position(), misfit.to_string()),
                (at, what.to_owned()),
                "{text}"
            );
        }
    }
}
