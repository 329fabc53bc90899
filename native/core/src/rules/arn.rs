//! The ARN of a role.

use std::fmt;

/// The ARN of an IAM role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleArn {
    text: String,
    partition: String,
    account: AccountId,
}

impl RoleArn {
    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// `aws`, `aws-cn`, …
    pub fn partition(&self) -> &str {
        &self.partition
    }
    /// The account the role belongs to.
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The 12 digits of an AWS account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
