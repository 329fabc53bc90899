//! A signed GET.

use std::time::SystemTime;

use aws_credential_types::Credentials as SdkCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use crate::aws::USER_AGENT;
use crate::credentials::Credentials;

/// What is asked for: the object at `url`, unless it is still the one with that `ETag`.
pub(super) struct Get<'a> {
    pub(super) url: &'a str,
    pub(super) known: Option<&'a str>,
    pub(super) region: &'a str,
}

impl Get<'_> {
    /// The request, signed by `signer` at `time`.
    ///
    /// # Errors
    /// What can't be sent; without a secret.
    pub(super) fn signed(
        &self,
        signer: &Credentials,
        time: SystemTime,
    ) -> Result<HttpRequest, String> {
        let identity = SdkCredentials::new(
            signer.access_key_id(),
            signer.secret_access_key().expose(),
            signer
                .session_token()
                .map(|token| token.expose().to_owned()),
            None,
            "rolecall",
        )
        .into();
        // S3 takes the path as it comes: encoded once, with every `//` and `..` in it.
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name("s3")
            .time(time)
            .settings(settings)
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let condition = self.known.map(|etag| ("if-none-match", etag));
        let signable = SignableRequest::new(
            "GET",
            self.url,
            condition.into_iter(),
            SignableBody::Bytes(&[]),
        )
        .map_err(|error| error.to_string())?;
        let (instructions, _) = sign(signable, &params)
            .map_err(|error| error.to_string())?
            .into_parts();
        let mut request = HttpRequest::new(SdkBody::empty());
        request
            .set_method("GET")
            .map_err(|error| error.to_string())?;
        request
            .set_uri(self.url)
            .map_err(|error| error.to_string())?;
        let headers = request.headers_mut();
        headers.insert("user-agent", USER_AGENT);
        if let Some((name, etag)) = condition {
            headers
                .try_insert(name, etag.to_owned())
                .map_err(|error| error.to_string())?;
        }
        for (name, value) in instructions.headers() {
            headers
                .try_insert(name.to_owned(), value.to_owned())
                .map_err(|error| error.to_string())?;
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_request_is_signed_over_host_date_condition_and_token() {
        let signer = Credentials::new("AKIAIOSFODNN7EXAMPLE", "hush", Some("token-hush"));
        let get = Get {
            url: "https://examplebucket.s3.us-east-1.amazonaws.com/a%20b.txt",
            known: Some("\"e1\""),
            region: "us-east-1",
        };
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        let request = get.signed(&signer, time).unwrap();
        let header = |name: &str| request.headers().get(name).unwrap();
        assert_eq!(request.uri(), get.url);
        assert_eq!(header("if-none-match"), "\"e1\"");
        assert_eq!(header("x-amz-date"), "20130524T000000Z");
        assert_eq!(header("x-amz-security-token"), "token-hush");
        let authorization = header("authorization");
        for part in [
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
            "SignedHeaders=host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token",
        ] {
            assert!(authorization.contains(part), "{authorization}");
        }
        assert!(!authorization.contains("hush"));
    }
}
