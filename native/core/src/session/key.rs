//! What makes two sessions the same.

use std::fmt;

use ring::digest::{Context, SHA256};

use super::{PolicyArn, Session};

/// Changes whenever the fields below or their order do.
const KEY_VERSION: u32 = 1;

/// SHA-256 over everything that shapes a session.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// Hashes length-prefixed fields: key version, STS endpoint, region, role ARN, session name,
    /// duration, external ID, source identity, tags, transitive tag keys, policy, policy ARNs, base
    /// identity. A field that is left out is empty, which none that is set can be.
    pub(super) fn of(session: &Session, base_identity: &[u8]) -> Self {
        let mut hash = Context::new(&SHA256);
        let mut field = |bytes: &[u8]| {
            hash.update(&(bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(&KEY_VERSION.to_be_bytes());
        field(
            session
                .sts_endpoint
                .as_deref()
                .unwrap_or_default()
                .as_bytes(),
        );
        field(session.region.as_deref().unwrap_or_default().as_bytes());
        field(session.role.as_str().as_bytes());
        field(session.name.as_str().as_bytes());
        field(&session.duration.as_secs().to_be_bytes());
        field(
            session
                .external_id
                .as_ref()
                .map_or("", |id| id.as_str())
                .as_bytes(),
        );
        field(
            session
                .source_identity
                .as_ref()
                .map_or("", |identity| identity.as_str())
                .as_bytes(),
        );
        field(&several(
            session.tags.iter().flat_map(|(key, value)| [key, value]),
        ));
        field(&several(&session.transitive_tag_keys));
        field(
            session
                .policy
                .as_ref()
                .map_or("", |policy| policy.as_str())
                .as_bytes(),
        );
        field(&several(session.policy_arns.iter().map(PolicyArn::as_str)));
        field(base_identity);
        let mut key = [0; 32];
        key.copy_from_slice(hash.finish().as_ref());
        Self(key)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Several texts in one field, each with its length; empty if there are none.
fn several<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        let text = text.as_ref().as_bytes();
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text);
    }
    bytes
}

/// In hex; it is no secret.
impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ExternalId, RoleArn, SessionName, SessionPolicy, SourceIdentity};
    use super::*;
    use crate::rules::BaseSource;
    use std::collections::{BTreeMap, BTreeSet, HashSet};
    use std::time::Duration;

    #[test]
    fn every_field_makes_another_session() {
        let session = Session {
            role: RoleArn::parse("arn:aws:iam::111122223333:role/a").unwrap(),
            name: SessionName::parse("carol").unwrap(),
            duration: Duration::from_secs(3600),
            external_id: None,
            source_identity: None,
            tags: BTreeMap::new(),
            transitive_tag_keys: BTreeSet::new(),
            policy: None,
            policy_arns: BTreeSet::new(),
            sts_endpoint: None,
            region: None,
            base: BaseSource::DefaultChain,
        };
        let tagged = |tags: &[(&str, &str)]| {
            let tags = tags
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            Session {
                tags: tags.collect(),
                ..session.clone()
            }
            .key(b"base")
        };
        let keys = [
            session.key(b"base"),
            session.key(b"other"),
            session.key(b""),
            Session {
                role: RoleArn::parse("arn:aws:iam::111122223333:role/b").unwrap(),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                name: SessionName::parse("carolb").unwrap(),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                duration: Duration::from_secs(900),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                external_id: Some(ExternalId::parse("id").unwrap()),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                source_identity: Some(SourceIdentity::parse("id").unwrap()),
                ..session.clone()
            }
            .key(b"base"),
            tagged(&[("a", "b")]),
            tagged(&[("a", "b"), ("c", "d")]),
            tagged(&[("a", "bcd")]),
            tagged(&[("ab", "")]),
            Session {
                transitive_tag_keys: BTreeSet::from(["a".to_owned(), "b".to_owned()]),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                policy: Some(SessionPolicy::of("{\"Statement\":[]}")),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                policy_arns: BTreeSet::from([
                    PolicyArn::parse("arn:aws:iam::aws:policy/x").unwrap()
                ]),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                sts_endpoint: Some("https://x".to_owned()),
                ..session.clone()
            }
            .key(b"base"),
            Session {
                region: Some("https://x".to_owned()),
                ..session.clone()
            }
            .key(b"base"),
        ];
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        assert_eq!(session.key(b"base"), session.clone().key(b"base"));
        // The base counts by the identity it has, not by how it is named.
        let by_another_name = Session {
            base: BaseSource::Environment,
            ..session.clone()
        };
        assert_eq!(session.key(b"base"), by_another_name.key(b"base"));
    }
}
