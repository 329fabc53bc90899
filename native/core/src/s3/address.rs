//! Where an object is on the wire.

use std::net::Ipv4Addr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::rules::S3Object;

/// What SigV4 encodes in a path: all but unreserved characters and slashes, and each byte once
/// (S3's API reference, "Authenticating requests (AWS Signature Version 4)").
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Who answers for S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// AWS, at the region's own name.
    Aws {
        /// By endpoints validated for FIPS 140.
        fips: bool,
        /// By IPv4 or IPv6.
        dual_stack: bool,
    },
    /// Whatever is at a URL without a slash at its end.
    At(String),
}

impl Endpoint {
    /// What a URL means, and the region that it names: AWS's ordinary names are no places of their
    /// own, for a bucket of another region is asked for at that region's.
    pub(super) fn of(url: &str) -> (Self, Option<String>) {
        let host = url.strip_prefix("https://").unwrap_or_default();
        let host = host.strip_suffix(":443").unwrap_or(host);
        let aws = Self::Aws {
            fips: false,
            dual_stack: false,
        };
        if host == "s3.amazonaws.com" {
            return (aws, None);
        }
        let region = host
            .strip_prefix("s3.")
            .or_else(|| host.strip_prefix("s3-"))
            .and_then(|rest| {
                let region = rest.split('.').next()?;
                (rest.strip_prefix(region) == Some(&format!(".{}", domain(region))))
                    .then_some(region)
            })
            .filter(|region| is_region(region));
        match region {
            Some(region) => (aws, Some(region.to_owned())),
            None => (Self::At(url.trim_end_matches('/').to_owned()), None),
        }
    }
}

/// The URL of an object. The bucket stands in the host's name where it can and `path_style` does not
/// say otherwise: no certificate covers a bucket with dots, and an address has no names below it.
pub(super) fn url(
    object: &S3Object,
    endpoint: &Endpoint,
    region: &str,
    path_style: bool,
) -> String {
    let bucket = object.bucket();
    let key = utf8_percent_encode(object.key(), IN_A_PATH);
    let (scheme, host, path) = match endpoint {
        Endpoint::Aws { fips, dual_stack } => {
            let fips = if *fips { "-fips" } else { "" };
            let dual = if *dual_stack { ".dualstack" } else { "" };
            let host = format!("s3{fips}{dual}.{region}.{}", domain(region));
            ("https", host, "")
        }
        Endpoint::At(url) => {
            let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
            let host = rest.split('/').next().unwrap_or_default();
            let path = rest.strip_prefix(host).unwrap_or_default();
            (scheme, host.to_owned(), path)
        }
    };
    if path_style || !is_label(bucket) || is_address(&host) {
        format!("{scheme}://{host}{path}/{bucket}/{key}")
    } else {
        format!("{scheme}://{bucket}.{host}{path}/{key}")
    }
}

/// A URL's scheme and host.
pub(super) fn origin(url: &str) -> &str {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let path = url
        .get(after_scheme..)
        .and_then(|rest| rest.find('/'))
        .map_or(url.len(), |at| after_scheme + at);
    url.get(..path).unwrap_or(url)
}

/// Whether a bucket's name can be one label of a host's name.
fn is_label(bucket: &str) -> bool {
    bucket.len() <= 63
        && bucket
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !bucket.starts_with('-')
        && !bucket.ends_with('-')
}

/// Whether a host is an address and no name; a port may follow.
fn is_address(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    host.starts_with('[') || name.parse::<Ipv4Addr>().is_ok()
}

/// Whether a part of one of AWS's names is a region: `s3-fips.us-east-1`, `s3-website-us-east-1` and
/// the like stay what somebody wrote.
fn is_region(part: &str) -> bool {
    const OTHERS: &[&str] = &["fips-", "website-", "external-", "accesspoint"];
    part.bytes().filter(|byte| *byte == b'-').count() >= 2
        && !OTHERS.iter().any(|other| part.starts_with(other))
}

/// Whether a region is one of the partition `aws`, as far as its name tells.
pub(super) fn is_of_partition_aws(region: &str) -> bool {
    domain(region) == AWS_DOMAIN && !region.starts_with("us-gov-")
}

/// The domain of the partitions `aws` and `aws-us-gov`.
const AWS_DOMAIN: &str = "amazonaws.com";

/// The domain of a region's partition (AWS General Reference, "AWS service endpoints", and the
/// partitions of the SDKs).
fn domain(region: &str) -> &'static str {
    const OTHERS: &[(&str, &str)] = &[
        ("cn-", "amazonaws.com.cn"),
        ("eusc-", "amazonaws.eu"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("us-iso-", "c2s.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
    ];
    OTHERS
        .iter()
        .find(|(start, _)| region.starts_with(start))
        .map_or(AWS_DOMAIN, |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AWS: Endpoint = Endpoint::Aws {
        fips: false,
        dual_stack: false,
    };

    fn object(rest: &str) -> S3Object {
        S3Object::parse(rest).unwrap()
    }

    #[test]
    fn the_bucket_stands_in_the_host_where_it_can() {
        let at = |url: &str| Endpoint::At(url.to_owned());
        let local = at("http://127.0.0.1:5000");
        for (rest, endpoint, region, path_style, expected) in [
            (
                "b-1/k",
                &AWS,
                "eu-west-1",
                false,
                "https://b-1.s3.eu-west-1.amazonaws.com/k",
            ),
            (
                "b-1/k",
                &AWS,
                "eu-west-1",
                true,
                "https://s3.eu-west-1.amazonaws.com/b-1/k",
            ),
            (
                "b.1/k",
                &AWS,
                "eu-west-1",
                false,
                "https://s3.eu-west-1.amazonaws.com/b.1/k",
            ),
            (
                "Old_b/k",
                &AWS,
                "us-east-1",
                false,
                "https://s3.us-east-1.amazonaws.com/Old_b/k",
            ),
            (
                "b-1/k",
                &AWS,
                "cn-north-1",
                false,
                "https://b-1.s3.cn-north-1.amazonaws.com.cn/k",
            ),
            (
                "b-1/k",
                &local,
                "eu-west-1",
                false,
                "http://127.0.0.1:5000/b-1/k",
            ),
            (
                "b-1/k",
                &at("http://[::1]:80"),
                "x",
                false,
                "http://[::1]:80/b-1/k",
            ),
            (
                "b-1/k",
                &at("https://store.corp/s3"),
                "x",
                false,
                "https://b-1.store.corp/s3/k",
            ),
            (
                "b-1/k",
                &at("https://store.corp/s3"),
                "x",
                true,
                "https://store.corp/s3/b-1/k",
            ),
        ] {
            assert_eq!(url(&object(rest), endpoint, region, path_style), expected);
        }
        let both = Endpoint::Aws {
            fips: true,
            dual_stack: true,
        };
        assert_eq!(
            url(&object("b-1/k"), &both, "us-east-1", false),
            "https://b-1.s3-fips.dualstack.us-east-1.amazonaws.com/k"
        );
    }

    #[test]
    fn a_key_is_encoded_once() {
        for (key, path) in [
            ("a/b//c", "a/b//c"),
            ("../x", "../x"),
            ("a b+c", "a%20b%2Bc"),
            ("50%25", "50%2525"),
            ("q?x=1#f", "q%3Fx%3D1%23f"),
            (
                "-._~*'()!@$&:;,=",
                "-._~%2A%27%28%29%21%40%24%26%3A%3B%2C%3D",
            ),
            ("ü😀", "%C3%BC%F0%9F%98%80"),
        ] {
            let url = url(&object(&format!("bkt/{key}")), &AWS, "us-east-1", false);
            assert_eq!(
                url,
                format!("https://bkt.s3.us-east-1.amazonaws.com/{path}")
            );
        }
    }

    #[test]
    fn names_of_aws_are_no_places_of_their_own() {
        let named = |url: &str| Endpoint::of(url);
        assert_eq!(named("https://s3.amazonaws.com"), (AWS, None));
        assert_eq!(named("https://s3.amazonaws.com:443"), (AWS, None));
        for (url, region) in [
            ("https://s3.eu-west-1.amazonaws.com", "eu-west-1"),
            ("https://s3-us-west-2.amazonaws.com", "us-west-2"),
            ("https://s3.eu-west-1.amazonaws.com:443", "eu-west-1"),
            ("https://s3-us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("https://s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ] {
            assert_eq!(named(url), (AWS, Some(region.to_owned())), "{url}");
        }
        for url in [
            "https://s3-fips.us-east-1.amazonaws.com",
            "https://s3-fips-us-gov-west-1.amazonaws.com",
            "https://s3-website-us-east-1.amazonaws.com",
            "https://s3-external-1.amazonaws.com",
            "https://s3-accesspoint-eu-west-1.amazonaws.com",
            "https://s3.eu-west-1.amazonaws.com:8443",
            "https://s3.cn-north-1.amazonaws.com",
            "https://s3.eu-west-1.amazonaws.com.evil.example",
            "https://s3.dualstack.us-east-1.amazonaws.com",
            "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com",
            "http://s3.eu-west-1.amazonaws.com",
            "http://127.0.0.1:5000",
        ] {
            assert_eq!(named(url), (Endpoint::At(url.to_owned()), None), "{url}");
        }
    }

    #[test]
    fn a_url_is_told_without_its_path() {
        for (url, expected) in [
            (
                "https://b.s3.x.amazonaws.com/k/l",
                "https://b.s3.x.amazonaws.com",
            ),
            ("http://127.0.0.1:1", "http://127.0.0.1:1"),
            ("none", "none"),
        ] {
            assert_eq!(origin(url), expected);
        }
    }

    proptest! {
        #[test]
        fn no_key_reaches_another_host_or_bucket(key in "\\PC{1,40}") {
            prop_assume!(!key.ends_with('/'));
            let url = url(&object(&format!("bkt/{key}")), &AWS, "us-east-1", false);
            let path = url.strip_prefix("https://bkt.s3.us-east-1.amazonaws.com/").unwrap();
            prop_assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%/".contains(&byte)));
            let decoded = percent_encoding::percent_decode_str(path).decode_utf8().unwrap();
            prop_assert_eq!(decoded, key);
        }
    }
}
