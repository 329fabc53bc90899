//! External IDs.

/// An external ID that STS accepts: 2 to 1224 of `[A-Za-z0-9_+=,.@:/-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExternalId(String);

impl ExternalId {
    /// The ID.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
