//! Every error a user can meet, in one table: its number, what a caller may do, what it is called.
//!
//! Numbers are shown as `RC` and three digits, are never reused, and each has a paragraph in
//! `docs/errors.md`.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $retryable:ident, $refusal:ident, $title:literal;)+) => {
        /// The number of an error.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Code {
            $($(#[$doc])* #[doc = $title] $name = $number,)+
        }

        impl Code {
            /// All codes in ascending order.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// What stands after `RC`.
            pub const fn number(self) -> u16 {
                self as u16
            }

            /// Whether the same question may be answered later without anybody changing anything.
            pub const fn is_retryable(self) -> bool {
                match self { $(Code::$name => codes!(@$retryable),)+ }
            }

            /// Whether it is a decision (by a rule, by STS) and no failure that may pass.
            pub const fn is_refusal(self) -> bool {
                match self { $(Code::$name => codes!(@$refusal),)+ }
            }

            /// A few words for headings and logs.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)+ }
            }
        }
    };
    (@retry) => { true };
    (@final) => { false };
    (@refusal) => { true };
    (@failure) => { false };
}

codes! {
    RulesNotSet = 101, final, failure, "no rules are configured";
    RulesNotFound = 102, retry, failure, "the rules do not exist";
    RulesUnreadable = 103, retry, failure, "the rules can't be read";
    RulesWritableByOthers = 104, final, failure, "others can write the rules";
    RulesNotJson = 105, final, failure, "the rules are not JSON";
    RulesInvalid = 106, final, failure, "the rules are not valid";
    RulesVersionUnknown = 107, final, failure, "the rules have a version this release does not know";
    RulesSourceUnsupported = 108, final, failure, "the rules are kept where this release can't read them";
    RulesStale = 109, retry, failure, "the last good rules are too old";
    RulesDenied = 110, retry, failure, "S3 refuses the rules";
    RulesUnanswered = 111, retry, failure, "S3 did not give the rules";
    RulesRequestRejected = 112, final, failure, "S3 does not accept the request for the rules";
    SettingInvalid = 120, final, failure, "a setting has a value that it can't have";
    SettingFixedBySite = 121, final, refusal, "a job sets what the site file fixes";
    SiteFileUntrusted = 122, final, failure, "others than root can write the site file";
    SiteFileInvalid = 123, final, failure, "the site file is not valid";
    ConfKeyNotAllowed = 124, final, refusal, "a job sets a conf key that the site file does not allow";

    DeniedByRule = 201, final, refusal, "a rule denies it";
    DeniedByDefault = 202, final, refusal, "no rule matches and the rules deny the rest";
    LocationAmbiguous = 203, final, refusal, "paths of the location have different roles";
    GroupsUnknown = 204, retry, refusal, "the caller's groups are unknown";
    ConfKeyUnset = 205, final, refusal, "a template names a conf key that is not set";
    TemplateValueUnfit = 206, final, refusal, "a value does not fit where a template puts it";
    LocationUnreadable = 207, final, refusal, "the location is no S3 URI";
    CallerUnknown = 208, final, refusal, "the caller has no name";

    StsAccessDenied = 301, final, refusal, "STS refuses the role";
    StsThrottled = 302, retry, failure, "STS throttles";
    StsUnreachable = 303, retry, failure, "STS can't be reached";
    StsRejected = 304, final, refusal, "STS does not accept the request";
    StsAnswerExpired = 305, retry, failure, "STS answered with credentials that have ended";
    StsFault = 306, retry, failure, "STS has a fault";
    StsTimedOut = 307, retry, failure, "STS did not answer in time";
    StsBaseExpired = 308, retry, failure, "STS says that the base credentials have ended";
    StsBaseRejected = 309, final, failure, "STS does not know the base credentials";
    StsRegionUnknown = 310, final, failure, "no region for STS is known";

    BaseNotFound = 401, retry, failure, "no base credentials were found";
    InstanceProfileUnreachable = 402, retry, failure, "the instance metadata service can't be reached";
    InstanceProfileWithoutRole = 403, retry, failure, "the instance has no role";
    PropertiesUnreadable = 404, retry, failure, "the properties file can't be read";
    PropertiesIncomplete = 405, final, failure, "the properties file lacks a key";
    BaseFailed = 406, retry, failure, "the source of the base credentials failed";
    BaseExpired = 407, retry, failure, "the base credentials have ended";
    EnvironmentIncomplete = 408, final, failure, "the environment holds no access keys";

    SessionEnded = 501, retry, failure, "the session ended before it could be renewed";
    FlightBrokeOff = 502, retry, failure, "asking for credentials broke off";

    NativePanic = 601, retry, failure, "a fault inside Rolecall";
    LayoutUnreadable = 602, final, failure, "a message between Java and Rust can't be read";
    IdUnknown = 603, final, failure, "the provider was released";
    TextNotUnicode = 604, final, failure, "a text from Java is not Unicode";
    TimedOut = 605, retry, failure, "no answer in time";
    EngineNotStarted = 606, retry, failure, "the engine could not start";
    Interrupted = 607, retry, failure, "the thread was interrupted while it waited";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RC{:03}", self.number())
    }
}

/// An error for the user: a code, and a text that says who asked for what, what went wrong and
/// what to change. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Error {
    code: Code,
    message: String,
}

impl Error {
    /// An error of `code` with its text; the text does not repeat the code.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The number, with its flags.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The text without the code.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same error with who asked, for what and by which rule added to its text.
    #[must_use]
    pub fn within(self, context: impl fmt::Display) -> Self {
        Self {
            message: format!("{} ({context})", self.message),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_so_that_none_is_used_twice() {
        assert!(
            Code::ALL
                .windows(2)
                .all(|two| two[0].number() < two[1].number())
        );
    }

    #[test]
    fn a_code_is_shown_with_three_digits() {
        let error = Error::new(Code::StsAccessDenied, "no");
        assert_eq!(error.to_string(), "RC301: no");
        assert_eq!(
            error.within("caller carol").to_string(),
            "RC301: no (caller carol)"
        );
    }
}
