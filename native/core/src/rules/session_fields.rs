//! The session fields of a rule, and of the top of the file for all rules.

use std::time::Duration;

use super::endpoint::{parse_region, parse_sts_endpoint};
use super::external_id::ExternalIdTemplate;
use super::grammar::SessionText;
use super::misfit::Misfit;
use super::session_name::SessionNameTemplate;

/// What STS takes as `DurationSeconds` (API reference, `AssumeRole`).
pub(crate) const SHORTEST: Duration = Duration::from_secs(900);
/// The same at its other end; a role's own maximum may be lower.
pub(crate) const LONGEST: Duration = Duration::from_secs(43_200);
/// What STS takes where the base itself is a session (role chaining), and what it takes unasked.
pub(crate) const LONGEST_CHAINED: Duration = Duration::from_secs(3600);

/// Fields of a session, each of which may be left open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionFields {
    pub(crate) name: Option<SessionNameTemplate>,
    pub(crate) duration: Option<Duration>,
    pub(crate) external_id: Option<ExternalIdTemplate>,
    pub(crate) region: Option<String>,
    pub(crate) sts_endpoint: Option<String>,
}

impl SessionFields {
    /// Checks each field; an error names the field.
    pub(crate) fn build(text: &SessionText) -> Result<Self, (&'static str, Misfit)> {
        fn field<T>(
            name: &'static str,
            value: Option<&String>,
            parse: impl Fn(&str) -> Result<T, Misfit>,
        ) -> Result<Option<T>, (&'static str, Misfit)> {
            value
                .map(|value| parse(value).map_err(|misfit| (name, misfit)))
                .transpose()
        }
        Ok(Self {
            name: field("name", text.name.as_ref(), SessionNameTemplate::parse)?,
            duration: text
                .duration_seconds
                .map(|seconds| duration(seconds).map_err(|misfit| ("durationSeconds", misfit)))
                .transpose()?,
            external_id: field(
                "externalId",
                text.external_id.as_ref(),
                ExternalIdTemplate::parse,
            )?,
            region: field("region", text.region.as_ref(), parse_region)?,
            sts_endpoint: field(
                "stsEndpoint",
                text.sts_endpoint.as_ref(),
                parse_sts_endpoint,
            )?,
        })
    }

    /// These fields, and those of `top` where they are open.
    pub(crate) fn over(self, top: &Self) -> Self {
        Self {
            name: self.name.or_else(|| top.name.clone()),
            duration: self.duration.or(top.duration),
            external_id: self.external_id.or_else(|| top.external_id.clone()),
            region: self.region.or_else(|| top.region.clone()),
            sts_endpoint: self.sts_endpoint.or_else(|| top.sts_endpoint.clone()),
        }
    }
}

fn duration(seconds: i64) -> Result<Duration, Misfit> {
    u64::try_from(seconds)
        .map(Duration::from_secs)
        .ok()
        .filter(|duration| (SHORTEST..=LONGEST).contains(duration))
        .ok_or_else(|| {
            Misfit::new(format!(
                "is {seconds} seconds; STS takes {} to {}",
                SHORTEST.as_secs(),
                LONGEST.as_secs()
            ))
        })
}
