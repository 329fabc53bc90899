//! What an error of STS means, what helps, and how the user is told.
//!
//! Codes as in the API reference of AssumeRole, "Common Errors" and "Errors".

use std::fmt;
use std::time::Duration;

use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;

use super::advice::{denied, hint};
use crate::aws::{redacted, with_causes};
use crate::base::KeptBase;
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::session::Session;

/// A host's clock that is further off than this may be why a signature does not match: STS allows
/// five minutes, and answers take their time.
const SKEWED: Duration = Duration::from_secs(4 * 60);
/// Why an attempt gave no credentials.
#[derive(Debug)]
pub(super) struct Trouble {
    kind: Kind,
    /// STS's code and message, or what the connection says; no secret.
    text: String,
}

/// What kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Throttled,
    Fault,
    Unreachable,
    TimedOut,
    Denied,
    Rejected,
    BaseExpired,
    BaseUnknown,
    ClockSkewed,
    AnswerExpired,
    NoRegion,
}

/// What may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The same again, after a pause.
    TryAgain,
    /// The same with newer base credentials.
    RenewBase,
    /// The same with the time that STS has.
    SignAgain,
    /// Nothing that can be done here.
    None,
}

impl Trouble {
    pub(super) fn new(kind: Kind, text: String) -> Self {
        Self { kind, text }
    }

    /// Reads what the SDK says. `apart`: the difference of the two clocks.
    pub(super) fn of(
        error: &SdkError<AssumeRoleError, HttpResponse>,
        signer: &Credentials,
        apart: Duration,
    ) -> Self {
        let text = || redacted(&with_causes(error), signer);
        match error {
            SdkError::TimeoutError(_) => Self::new(Kind::TimedOut, text()),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                Self::new(Kind::TimedOut, text())
            }
            SdkError::DispatchFailure(failure) if failure.is_user() => {
                Self::new(Kind::Rejected, text())
            }
            SdkError::DispatchFailure(_) => Self::new(Kind::Unreachable, text()),
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let code = service.err().code();
                let kind = kind(code.unwrap_or_default(), status, apart);
                let message = service.err().message().unwrap_or("no message");
                let said = match code {
                    Some(code) => format!("{code}: {message}"),
                    None => format!("HTTP status {status} without an error of STS"),
                };
                Self::new(kind, redacted(&said, signer))
            }
            SdkError::ResponseError(_) => Self::new(Kind::Fault, text()),
            _ => Self::new(Kind::Rejected, text()),
        }
    }

    pub(super) fn is_time_out(&self) -> bool {
        self.kind == Kind::TimedOut
    }

    pub(super) fn remedy(&self) -> Remedy {
        match self.kind {
            Kind::Throttled | Kind::Fault | Kind::Unreachable | Kind::TimedOut => Remedy::TryAgain,
            Kind::BaseExpired | Kind::BaseUnknown => Remedy::RenewBase,
            Kind::ClockSkewed => Remedy::SignAgain,
            Kind::Denied | Kind::Rejected | Kind::AnswerExpired | Kind::NoRegion => Remedy::None,
        }
    }

    /// The error for the user, after `attempts` in `tried`.
    pub(super) fn error(
        &self,
        session: &Session,
        base: &KeptBase,
        attempts: u32,
        tried: Duration,
    ) -> Error {
        let role = &session.role;
        let said = &self.text;
        let signer = format!(
            "{} of base {}",
            base.credentials().access_key_id(),
            session.base
        );
        let at = match &session.sts_endpoint {
            Some(endpoint) => format!("STS at {endpoint}"),
            None => "STS".to_owned(),
        };
        let tried = format!("{attempts} attempts in {} s", tried.as_secs());
        let (code, text) = match self.kind {
            Kind::Denied => (
                Code::StsAccessDenied,
                format!(
                    "{at} refuses {role} to {signer}: {said}. {}",
                    denied(said, session)
                ),
            ),
            Kind::Throttled => (
                Code::StsThrottled,
                format!(
                    "{at} throttles ({tried}): {said}. It may pass; raise rolecall.timeout, or ask \
                     AWS for a higher quota of STS calls"
                ),
            ),
            Kind::Unreachable => (
                Code::StsUnreachable,
                format!(
                    "{at} can't be reached ({tried}): {said}. Check the network, DNS and VPC \
                     endpoint of this host, and rolecall.sts.endpoint and rolecall.sts.region"
                ),
            ),
            Kind::TimedOut => (
                Code::StsTimedOut,
                format!(
                    "{at} did not answer in time ({tried}): {said}. Check the network and proxies \
                     between this host and STS; raise rolecall.timeout if it is merely slow"
                ),
            ),
            Kind::Fault => (
                Code::StsFault,
                format!("{at} has a fault ({tried}): {said}. It may pass; ask again later"),
            ),
            Kind::Rejected => (
                Code::StsRejected,
                format!(
                    "{at} does not accept the request for {role} as {} for {} s, signed by \
                     {signer}: {said}{}",
                    session.name,
                    session.duration.as_secs(),
                    hint(said)
                ),
            ),
            Kind::BaseExpired => (
                Code::StsBaseExpired,
                format!(
                    "{at} says that {signer} has ended, and its source gives nothing newer: \
                     {said}. Renew the credentials where the base takes them from"
                ),
            ),
            Kind::BaseUnknown => (
                Code::StsBaseRejected,
                format!(
                    "{at} does not know {signer}, or its secret key does not match: {said}. Check \
                     the keys where the base takes them from, and that the endpoint belongs to \
                     their partition"
                ),
            ),
            Kind::ClockSkewed => (
                Code::StsBaseRejected,
                format!(
                    "{at} does not take the signature of {signer}, and this host's clock is more \
                     than {} minutes off: {said}. Set the clock",
                    SKEWED.as_secs() / 60
                ),
            ),
            Kind::AnswerExpired => (
                Code::StsAnswerExpired,
                format!(
                    "{at} gave credentials for {role} that have ended: {said}. Check what stands \
                     between this host and STS, and the clocks"
                ),
            ),
            Kind::NoRegion => (
                Code::StsRegionUnknown,
                "neither the rules, the settings, the environment, the AWS profile nor the \
                 instance say which region's STS to ask; set rolecall.sts.region or AWS_REGION"
                    .to_owned(),
            ),
        };
        Error::new(code, text)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.text)
    }
}

fn kind(code: &str, status: u16, apart: Duration) -> Kind {
    match code {
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown" => Kind::Throttled,
        _ if code.starts_with("TooManyRequests") || status == 429 => Kind::Throttled,
        "AccessDenied" | "AccessDeniedException" => Kind::Denied,
        "ExpiredToken" | "ExpiredTokenException" => Kind::BaseExpired,
        "RequestExpired" | "RequestTimeTooSkewed" => Kind::ClockSkewed,
        "SignatureDoesNotMatch" | "InvalidSignatureException" if apart > SKEWED => {
            Kind::ClockSkewed
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken" => Kind::BaseUnknown,
        "InternalFailure" | "InternalError" | "ServiceUnavailable" => Kind::Fault,
        // An answer that says success and can't be read comes from something between.
        _ if !(300..500).contains(&status) => Kind::Fault,
        _ if status == 408 => Kind::TimedOut,
        _ => Kind::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_the_api_reference_says() {
        let none = Duration::ZERO;
        for (code, status, expected) in [
            ("Throttling", 400, Kind::Throttled),
            ("ThrottlingException", 400, Kind::Throttled),
            ("TooManyRequestsException", 400, Kind::Throttled),
            ("RequestLimitExceeded", 503, Kind::Throttled),
            ("", 429, Kind::Throttled),
            ("AccessDenied", 403, Kind::Denied),
            ("ExpiredToken", 403, Kind::BaseExpired),
            ("ExpiredTokenException", 400, Kind::BaseExpired),
            ("InvalidClientTokenId", 403, Kind::BaseUnknown),
            ("SignatureDoesNotMatch", 403, Kind::BaseUnknown),
            ("ValidationError", 400, Kind::Rejected),
            ("MalformedPolicyDocument", 400, Kind::Rejected),
            ("PackedPolicyTooLarge", 400, Kind::Rejected),
            ("RegionDisabledException", 403, Kind::Rejected),
            ("InternalFailure", 500, Kind::Fault),
            ("", 502, Kind::Fault),
            ("", 200, Kind::Fault),
            ("", 403, Kind::Rejected),
        ] {
            assert_eq!(kind(code, status, none), expected, "{code} {status}");
        }
        let hour = Duration::from_secs(3_600);
        assert_eq!(kind("SignatureDoesNotMatch", 403, hour), Kind::ClockSkewed);
    }
}
