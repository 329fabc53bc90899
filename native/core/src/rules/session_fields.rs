//! The session fields of a rule, and of the top of the file for all rules.

use std::time::Duration;

use super::endpoint::{parse_region, parse_sts_endpoint};
use super::external_id::ExternalIdTemplate;
use super::flaw::{Flaw, Flaws};
use super::grammar::SessionText;
use super::misfit::Misfit;
use super::session_name::SessionNameTemplate;
use super::trail::Trail;

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
    /// Checks each field of a session at a trail; none where something is wrong, which stands in
    /// `flaws` then.
    pub(crate) fn build(trail: &Trail, text: SessionText, flaws: &mut Flaws) -> Option<Self> {
        let mut reader = Reader {
            trail,
            flaws,
            is_good: true,
        };
        let fields = Self {
            name: reader.field("name", text.name, SessionNameTemplate::parse),
            duration: reader.take("durationSeconds", text.duration_seconds, duration),
            external_id: reader.field("externalId", text.external_id, ExternalIdTemplate::parse),
            region: reader.field("region", text.region, parse_region),
            sts_endpoint: reader.field("stsEndpoint", text.sts_endpoint, parse_sts_endpoint),
        };
        reader.is_good.then_some(fields)
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

/// Reads one field after the other.
struct Reader<'a> {
    trail: &'a Trail,
    flaws: &'a mut Flaws,
    is_good: bool,
}

impl Reader<'_> {
    fn take<V, T>(
        &mut self,
        field: &'static str,
        written: Option<V>,
        parse: impl FnOnce(V) -> Result<T, Misfit>,
    ) -> Option<T> {
        let result =
            parse(written?).map_err(|misfit| Flaw::misfit(self.trail.then(field), &misfit));
        let value = self.flaws.keep(result);
        self.is_good &= value.is_some();
        value
    }

    fn field<T>(
        &mut self,
        field: &'static str,
        written: Option<String>,
        parse: impl FnOnce(&str) -> Result<T, Misfit>,
    ) -> Option<T> {
        self.take(field, written, |text| parse(&text))
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
