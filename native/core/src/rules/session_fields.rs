//! The session fields of a rule, and of the top of the file for all rules.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;

use super::endpoint::{parse_endpoint, parse_region};
use super::external_id::ExternalIdTemplate;
use super::flaw::{Flaw, Flaws};
use super::grammar::SessionText;
use super::misfit::Misfit;
use super::policy_arn::{self, PolicyArn};
use super::session_name::SessionNameTemplate;
use super::session_policy::PolicyTemplate;
use super::session_tags::{TagTemplates, parse_transitive_keys};
use super::source_identity::SourceIdentityTemplate;
use super::strict::UniqueMap;
use super::template::{Template, Variable};
use super::trail::{Step, Trail};

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
    pub(crate) source_identity: Option<SourceIdentityTemplate>,
    pub(crate) tags: Option<Arc<TagTemplates>>,
    pub(crate) transitive_tag_keys: Option<Arc<BTreeSet<String>>>,
    pub(crate) policy: Option<Arc<PolicyTemplate>>,
    pub(crate) policy_arns: Option<Arc<BTreeSet<PolicyArn>>>,
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
            source_identity: reader.field(
                "sourceIdentity",
                text.source_identity,
                SourceIdentityTemplate::parse,
            ),
            tags: reader.tags(text.tags),
            transitive_tag_keys: reader.transitive_tag_keys(text.transitive_tag_keys),
            policy: reader.policy(text.policy.as_deref()),
            policy_arns: reader.policy_arns(text.policy_arns),
            region: reader.field("region", text.region, parse_region),
            sts_endpoint: reader.field("stsEndpoint", text.sts_endpoint, parse_endpoint),
        };
        reader.is_good.then_some(fields)
    }

    /// The first field that a variable stands in.
    pub(crate) fn field_that_takes(&self, wanted: &Variable) -> Option<&'static str> {
        let takes = |template: Option<&Template>| template.is_some_and(|one| one.takes(wanted));
        let name = self.name.as_ref().map(SessionNameTemplate::template);
        let external_id = self.external_id.as_ref().map(ExternalIdTemplate::template);
        let identity = self
            .source_identity
            .as_ref()
            .map(SourceIdentityTemplate::template);
        let mut tags = self.tags.iter().flat_map(|tags| tags.iter());
        if takes(name) {
            Some("name")
        } else if takes(external_id) {
            Some("externalId")
        } else if takes(identity) {
            Some("sourceIdentity")
        } else if tags.any(|(_, value)| value.takes(wanted)) {
            Some("tags")
        } else if self
            .policy
            .as_ref()
            .is_some_and(|policy| policy.takes(wanted))
        {
            Some("policy")
        } else {
            None
        }
    }

    /// How many characters the ARNs of managed policies take.
    pub(crate) fn length_of_arns(&self) -> usize {
        self.policy_arns
            .iter()
            .flat_map(|arns| arns.iter())
            .map(|arn| arn.as_str().len())
            .sum()
    }

    /// These fields, and those of `top` where they are open.
    pub(crate) fn over(self, top: &Self) -> Self {
        Self {
            name: self.name.or_else(|| top.name.clone()),
            duration: self.duration.or(top.duration),
            external_id: self.external_id.or_else(|| top.external_id.clone()),
            source_identity: self.source_identity.or_else(|| top.source_identity.clone()),
            tags: self.tags.or_else(|| top.tags.clone()),
            transitive_tag_keys: self
                .transitive_tag_keys
                .or_else(|| top.transitive_tag_keys.clone()),
            policy: self.policy.or_else(|| top.policy.clone()),
            policy_arns: self.policy_arns.or_else(|| top.policy_arns.clone()),
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

/// The fields whose values have parts.
impl Reader<'_> {
    fn flaw(&mut self, field: &'static str, steps: Vec<Step>, misfit: &Misfit) {
        let trail = self.trail.then(field);
        let trail = trail.steps().iter().cloned().chain(steps).collect();
        self.flaws.0.push(Flaw::misfit(trail, misfit));
        self.is_good = false;
    }

    fn tags(&mut self, written: Option<UniqueMap<String>>) -> Option<Arc<TagTemplates>> {
        let UniqueMap(written) = written?;
        match TagTemplates::parse(written) {
            Ok(tags) => Some(Arc::new(tags)),
            Err(wrong) => {
                for (key, misfit) in wrong {
                    let steps = key.map(|key| Step::Field(key.into()));
                    self.flaw("tags", steps.into_iter().collect(), &misfit);
                }
                None
            }
        }
    }

    fn transitive_tag_keys(
        &mut self,
        written: Option<Vec<String>>,
    ) -> Option<Arc<BTreeSet<String>>> {
        match parse_transitive_keys(written?) {
            Ok(keys) => Some(Arc::new(keys)),
            Err(wrong) => {
                for (index, misfit) in wrong {
                    self.flaw("transitiveTagKeys", vec![index.into()], &misfit);
                }
                None
            }
        }
    }

    fn policy(&mut self, written: Option<&RawValue>) -> Option<Arc<PolicyTemplate>> {
        match PolicyTemplate::parse(written?) {
            Ok(policy) => Some(Arc::new(policy)),
            Err(wrong) => {
                self.flaw("policy", wrong.steps, &wrong.misfit);
                None
            }
        }
    }

    fn policy_arns(&mut self, written: Option<Vec<String>>) -> Option<Arc<BTreeSet<PolicyArn>>> {
        let written = written?;
        if written.len() > policy_arn::MOST {
            let misfit = Misfit::new(format!(
                "holds {} policies; a session has at most {}",
                written.len(),
                policy_arn::MOST
            ));
            self.flaw("policyArns", vec![], &misfit);
        }
        let mut arns = BTreeSet::new();
        for (index, arn) in written.iter().enumerate() {
            match PolicyArn::parse(arn) {
                Ok(arn) => {
                    arns.insert(arn);
                }
                Err(misfit) => self.flaw("policyArns", vec![index.into()], &misfit),
            }
        }
        Some(Arc::new(arns))
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
