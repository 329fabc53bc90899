//! Where a service of AWS is asked: endpoint and region.

use super::misfit::{Misfit, unfit_character};
use super::quoted::Quoted;

/// Reads an endpoint, a host or an `http(s)` URL, and gives it as a URL. A host alone is asked
/// by HTTPS.
///
/// # Errors
/// What is wrong with it; user info is not repeated.
pub(crate) fn parse_endpoint(text: &str) -> Result<String, Misfit> {
    const FORM: &str = "write https://HOST";
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("https" | "http"), rest)) => (scheme, rest),
        Some((scheme, _)) => {
            return Err(Misfit::at(
                0,
                format!("has the scheme {}; {FORM}", Quoted(scheme)),
            ));
        }
        None => ("https", text),
    };
    if let Some(misfit) = unfit_character(text, |c| c.is_ascii_graphic()) {
        return Err(Misfit::at(
            misfit.position().unwrap_or_default(),
            format!("{misfit}; {FORM}"),
        ));
    }
    if rest.contains(['@', '?', '#']) {
        return Err(Misfit::new(format!(
            "holds more than host and path; {FORM}"
        )));
    }
    let host = rest.split('/').next().unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    if name.is_empty() {
        return Err(Misfit::new(format!("names no host; {FORM}")));
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(Misfit::new(format!(
            "has a port that is no number up to 65535; {FORM}:443"
        )));
    }
    Ok(format!("{scheme}://{}", rest.trim_end_matches('/')))
}

/// Reads the name of a region.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse_region(text: &str) -> Result<String, Misfit> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match unfit_character(text, fits) {
        Some(misfit) => Err(Misfit::at(
            misfit.position().unwrap_or_default(),
            format!("{misfit}; write a region such as eu-central-1"),
        )),
        None if text.is_empty() || text.len() > 32 => {
            Err(Misfit::new("is no region; write one such as eu-central-1"))
        }
        None => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_becomes_a_url() {
        for (given, url) in [
            (
                "sts.eu-west-1.amazonaws.com",
                "https://sts.eu-west-1.amazonaws.com",
            ),
            ("https://sts.amazonaws.com/", "https://sts.amazonaws.com"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("localhost:5000", "https://localhost:5000"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
        ] {
            assert_eq!(parse_endpoint(given).unwrap(), url);
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_without_its_secrets() {
        for bad in [
            "",
            "https://",
            "ftp://host",
            "https://user:hush@host",
            "https://host?x=hush",
            "ho st",
            "host:port",
            "host:70000",
        ] {
            let misfit = parse_endpoint(bad).unwrap_err();
            assert!(!misfit.to_string().contains("hush"), "{misfit}");
        }
    }

    #[test]
    fn regions_are_lower_case_words() {
        assert_eq!(parse_region("us-gov-west-1").unwrap(), "us-gov-west-1");
        assert!(parse_region("US-east-1").is_err());
        assert!(parse_region("").is_err());
    }
}
