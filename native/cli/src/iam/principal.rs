//! Whose keys a base has: the IAM role or user that signs the calls to STS.

use rolecall_core::rules::{AccountId, RoleArn};

/// An IAM role or user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Principal {
    arn: String,
    account: String,
    partition: String,
    /// The bare name, without its path.
    name: String,
    is_user: bool,
}

impl Principal {
    /// Reads `arn:PARTITION:iam::ACCOUNT:role/NAME` or `…:user/NAME`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A user's ARN has the same form as a role's, path and limits included.
        let (as_role, is_user) = match text.split_once(":user/") {
            Some((before, name)) => (format!("{before}:role/{name}"), true),
            None => (text.to_owned(), false),
        };
        let role = RoleArn::parse(&as_role).map_err(|misfit| misfit.to_string())?;
        let account: &AccountId = role.account();
        Ok(Self {
            arn: text.to_owned(),
            account: account.as_str().to_owned(),
            partition: role.partition().to_owned(),
            name: text.rsplit('/').next().unwrap_or_default().to_owned(),
            is_user,
        })
    }

    /// The whole ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Its partition.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// Its bare name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a user and not a role.
    pub fn is_user(&self) -> bool {
        self.is_user
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_users_are_told_apart() {
        let role = Principal::parse("arn:aws:iam::111122223333:role/emr/EMR_EC2").unwrap();
        assert_eq!((role.name(), role.account()), ("EMR_EC2", "111122223333"));
        assert!(!role.is_user());
        let user = Principal::parse("arn:aws-cn:iam::111122223333:user/etl").unwrap();
        assert_eq!((user.name(), user.partition()), ("etl", "aws-cn"));
        assert!(user.is_user());
        for wrong in ["EMR_EC2", "arn:aws:sts::111122223333:assumed-role/x/y"] {
            assert!(Principal::parse(wrong).is_err(), "{wrong}");
        }
    }
}
