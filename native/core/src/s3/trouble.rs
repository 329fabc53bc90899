//! What an answer of S3 without the object means, what helps, and how the user is told.
//!
//! Codes as in S3's API reference, "Error responses".

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_xml::decode::{Document, try_data};

use crate::aws::{redacted, with_causes};
use crate::base::KeptBase;
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::rules::{S3Place, parse_region};

/// Why an attempt gave no object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) kind: Kind,
    /// S3's code and message, or what the connection says; no secret.
    text: String,
}

/// What kind of trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Missing,
    Denied,
    /// The bucket is in another region, which S3 names or not.
    Elsewhere(Option<String>),
    Throttled,
    Fault,
    Unreachable,
    TimedOut,
    BaseExpired,
    BaseUnknown,
    ClockSkewed,
    /// The condition was not understood.
    Unconditional,
    Rejected,
    TooLarge,
}

/// What S3's error document says.
#[derive(Debug, Default)]
struct Said {
    code: String,
    message: String,
    region: String,
}

impl Trouble {
    pub(super) fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }

    /// Of an answer, with the start of its body.
    pub(super) fn answered(response: &HttpResponse, body: &[u8], signer: &Credentials) -> Self {
        let status = response.status().as_u16();
        let said = Said::read(body);
        let region = response
            .headers()
            .get("x-amz-bucket-region")
            .unwrap_or(&said.region);
        let kind = kind(&said.code, status, parse_region(region).ok());
        let text = match (said.code.as_str(), said.message.as_str()) {
            ("", _) => format!("HTTP status {status} without an error of S3"),
            (code, "") => code.to_owned(),
            (code, message) => format!("{code}: {message}"),
        };
        Self::new(kind, redacted(&text, signer))
    }

    /// Of a connection.
    pub(super) fn connecting(error: &ConnectorError, signer: &Credentials) -> Self {
        let kind = if error.is_timeout() {
            Kind::TimedOut
        } else if error.is_user() {
            Kind::Rejected
        } else {
            Kind::Unreachable
        };
        Self::new(kind, redacted(&with_causes(error), signer))
    }

    /// Whether the same may be asked again after a pause.
    pub(super) fn may_pass(&self) -> bool {
        matches!(
            self.kind,
            Kind::Throttled | Kind::Fault | Kind::Unreachable | Kind::TimedOut
        )
    }

    /// The error for the user, after `attempts` in `tried`; `at` is the URL without its path.
    pub(super) fn error(
        &self,
        place: &S3Place,
        at: &str,
        base: &KeptBase,
        attempts: u32,
        tried: Duration,
    ) -> Error {
        let object = &place.object;
        let said = &self.text;
        let signer = format!(
            "{} of base {}",
            base.credentials().access_key_id(),
            place.base
        );
        let tried = format!("{attempts} attempts in {} s", tried.as_secs());
        let (code, text) = match &self.kind {
            Kind::Missing => (
                Code::RulesNotFound,
                format!(
                    "{object}: S3 at {at} has no such object: {said}. Write the rules there, or \
                     set rolecall.rules to where they are"
                ),
            ),
            Kind::Denied => (
                Code::RulesDenied,
                format!(
                    "{object}: S3 at {at} refuses the rules to {signer}: {said}. {}",
                    self.what_is_lacking(place)
                ),
            ),
            Kind::Throttled | Kind::Fault => (
                Code::RulesUnanswered,
                format!(
                    "{object}: S3 at {at} does not give the rules ({tried}): {said}. It may pass"
                ),
            ),
            Kind::Unreachable => (
                Code::RulesUnanswered,
                format!(
                    "{object}: S3 at {at} can't be reached ({tried}): {said}. Check the network, \
                     DNS and VPC endpoint of this host, and rolecall.rules.s3.endpoint and \
                     rolecall.rules.s3.region"
                ),
            ),
            Kind::TimedOut => (
                Code::RulesUnanswered,
                format!(
                    "{object}: S3 at {at} did not answer in time ({tried}): {said}. Check the \
                     network and proxies between this host and S3"
                ),
            ),
            Kind::Elsewhere(region) => (
                Code::RulesRequestRejected,
                format!(
                    "{object}: S3 at {at} says that the bucket is in {}: {said}. Set \
                     rolecall.rules.s3.region to the bucket's region, and rolecall.rules.s3.endpoint \
                     to what serves it, if that is not AWS's own",
                    region
                        .as_deref()
                        .unwrap_or("another region, which it does not name")
                ),
            ),
            Kind::BaseExpired => (
                Code::RulesRequestRejected,
                format!(
                    "{object}: S3 at {at} says that {signer} has ended, and its source gives \
                     nothing newer: {said}. Renew the credentials where the base takes them from"
                ),
            ),
            Kind::BaseUnknown => (
                Code::RulesRequestRejected,
                format!(
                    "{object}: S3 at {at} does not know {signer}, or its secret key does not \
                     match: {said}. Check the keys where the base (rolecall.base) takes them from, \
                     and that the endpoint belongs to their partition"
                ),
            ),
            Kind::ClockSkewed => (
                Code::RulesRequestRejected,
                format!(
                    "{object}: S3 at {at} does not take this host's time: {said}. Set the clock"
                ),
            ),
            Kind::TooLarge => (
                Code::RulesUnreadable,
                format!("{object}: the rules can't be read: {said}; make the file smaller"),
            ),
            Kind::Unconditional | Kind::Rejected => (
                Code::RulesRequestRejected,
                format!(
                    "{object}: S3 at {at} does not accept the request, signed by {signer}: {said}. \
                     Correct the object, or rolecall.rules.s3.endpoint"
                ),
            ),
        };
        Error::new(code, text)
    }

    fn what_is_lacking(&self, place: &S3Place) -> String {
        let S3Place { object, .. } = place;
        if self.text.contains("kms:") || self.text.contains("KMS") {
            return format!(
                "The object is encrypted by a KMS key: allow the base kms:Decrypt on that key, in \
                 its own policies and in the key's, beside s3:GetObject on {}",
                arn(object.bucket(), object.key()),
            );
        }
        format!(
            "Allow the base s3:GetObject on {} (and kms:Decrypt on its key, if it is encrypted by \
             KMS). S3 says the same of an object that is not there to whoever lacks s3:ListBucket \
             on the bucket",
            arn(object.bucket(), object.key())
        )
    }
}

/// An object's ARN for a policy: its partition is for the reader to fill in.
fn arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{}", key.escape_debug())
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.text)
    }
}

impl Said {
    /// Reads `<Error><Code>…</Code><Message>…</Message><Region>…</Region></Error>`; what is no such
    /// document says nothing.
    fn read(body: &[u8]) -> Self {
        let mut said = Self::default();
        let Ok(text) = std::str::from_utf8(body) else {
            return said;
        };
        let mut document = Document::new(text);
        let Ok(mut error) = document.root_element() else {
            return said;
        };
        if !error.start_el().matches("Error") {
            return said;
        }
        while let Some(mut tag) = error.next_tag() {
            let field = match tag.start_el().local() {
                "Code" => &mut said.code,
                "Message" => &mut said.message,
                "Region" => &mut said.region,
                _ => continue,
            };
            if let Ok(data) = try_data(&mut tag) {
                *field = data.trim().to_owned();
            }
        }
        said
    }
}

fn kind(code: &str, status: u16, region: Option<String>) -> Kind {
    match code {
        "SlowDown" | "Throttling" | "ThrottlingException" | "RequestLimitExceeded" => {
            Kind::Throttled
        }
        "NoSuchKey" | "NoSuchBucket" => Kind::Missing,
        "ExpiredToken" | "ExpiredTokenException" => Kind::BaseExpired,
        "RequestTimeTooSkewed" | "RequestExpired" => Kind::ClockSkewed,
        "InvalidAccessKeyId"
        | "InvalidToken"
        | "InvalidClientTokenId"
        | "SignatureDoesNotMatch"
        | "InvalidSecurity" => Kind::BaseUnknown,
        "RequestTimeout" => Kind::TimedOut,
        "InternalError" | "ServiceUnavailable" => Kind::Fault,
        "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed" => {
            Kind::Elsewhere(region)
        }
        "InvalidObjectState" => Kind::Rejected,
        _ => match status {
            301 | 302 | 307 | 308 => Kind::Elsewhere(region),
            304 | 412 => Kind::Unconditional,
            // By the second, S3 of us-east-1 answers for buckets of regions that are opted into.
            400 if region.is_some()
                && matches!(code, "" | "IllegalLocationConstraintException") =>
            {
                Kind::Elsewhere(region)
            }
            401 | 403 => Kind::Denied,
            404 | 410 => Kind::Missing,
            408 => Kind::TimedOut,
            429 => Kind::Throttled,
            400..500 => Kind::Rejected,
            _ => Kind::Fault,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_the_api_reference_says() {
        let west = || Some("eu-west-1".to_owned());
        for (code, status, region, expected) in [
            ("NoSuchKey", 404, None, Kind::Missing),
            ("NoSuchBucket", 404, None, Kind::Missing),
            ("AccessDenied", 403, west(), Kind::Denied),
            ("KMS.DisabledException", 400, None, Kind::Rejected),
            ("InvalidObjectState", 403, None, Kind::Rejected),
            ("PermanentRedirect", 301, west(), Kind::Elsewhere(west())),
            ("TemporaryRedirect", 307, west(), Kind::Elsewhere(west())),
            (
                "AuthorizationHeaderMalformed",
                400,
                west(),
                Kind::Elsewhere(west()),
            ),
            ("", 301, None, Kind::Elsewhere(None)),
            ("", 400, west(), Kind::Elsewhere(west())),
            ("", 400, None, Kind::Rejected),
            (
                "IllegalLocationConstraintException",
                400,
                west(),
                Kind::Elsewhere(west()),
            ),
            (
                "IllegalLocationConstraintException",
                400,
                None,
                Kind::Rejected,
            ),
            ("ExpiredToken", 400, west(), Kind::BaseExpired),
            ("InvalidAccessKeyId", 403, None, Kind::BaseUnknown),
            ("SignatureDoesNotMatch", 403, None, Kind::BaseUnknown),
            ("RequestTimeTooSkewed", 403, None, Kind::ClockSkewed),
            ("SlowDown", 503, None, Kind::Throttled),
            ("", 429, None, Kind::Throttled),
            ("InternalError", 500, None, Kind::Fault),
            ("", 502, None, Kind::Fault),
            ("", 204, None, Kind::Fault),
            ("PreconditionFailed", 412, None, Kind::Unconditional),
        ] {
            assert_eq!(kind(code, status, region), expected, "{code} {status}");
        }
    }

    #[test]
    fn an_error_document_is_read_and_anything_else_says_nothing() {
        let said = Said::read(
            b"<?xml version=\"1.0\"?>\n<Error><Code>A</Code><Other><Code>B</Code></Other>\
              <Message>m &amp; n</Message><Region>eu-west-1</Region></Error>",
        );
        assert_eq!(
            (
                said.code.as_str(),
                said.message.as_str(),
                said.region.as_str()
            ),
            ("A", "m & n", "eu-west-1")
        );
        for body in [
            "",
            "{}",
            "<html><Code>A</Code></html>",
            "<Error><Code>A",
            "\u{0}",
        ] {
            let said = Said::read(body.as_bytes());
            assert!(said.message.is_empty() && said.region.is_empty(), "{body}");
        }
    }
}
