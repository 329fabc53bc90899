//! One look at where rules are kept.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::local_file::{FileStamp, LocalFile, Unusable};
use super::{Rules, read};
use crate::error::{Code, Error};

/// The largest rules that are read. 100 000 rules are about 20 MB.
pub(crate) const LARGEST: u64 = 64 * 1024 * 1024;

/// What tells one state of a source from another without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// A text that was handed over never changes.
    Fixed,
    /// A local file's.
    File(FileStamp),
    /// The `ETag` of an object of S3; none where the answer had none.
    Object(Option<String>),
}

/// What a look at a source found.
#[derive(Debug)]
pub(crate) enum Look {
    /// The state that was seen before.
    Unchanged,
    /// Another state, and what became of reading it.
    Read(Stamp, Result<Rules, Error>),
    /// No rules.
    Unusable(Error),
}

impl Look {
    /// Looks at a text that was handed over, which errors call `called`.
    pub(crate) fn at_text(called: &str, text: &str, seen: Option<&Stamp>) -> Self {
        match seen {
            Some(Stamp::Fixed) => Self::Unchanged,
            _ => Self::version(Stamp::Fixed, called, || read(text.as_bytes(), called)),
        }
    }

    /// Looks at a local file. May block.
    pub(crate) fn at_file(path: &Path, seen: Option<&Stamp>) -> Self {
        let look = || {
            let file = LocalFile::open(path, None)?;
            let stamp = Stamp::File(file.stamp());
            if seen == Some(&stamp) {
                return Ok(Self::Unchanged);
            }
            let bytes = file.read(LARGEST)?;
            let called = path.display().to_string();
            Ok(Self::version(stamp, &called, || read(&bytes, &called)))
        };
        look().unwrap_or_else(|unusable| Self::Unusable(told(path, unusable)))
    }

    /// What an object of S3 holds, which errors call `called`.
    pub(crate) fn at_object(called: &str, etag: Option<String>, bytes: &[u8]) -> Self {
        Self::version(Stamp::Object(etag), called, || read(bytes, called))
    }

    /// A version that `read` reads. One that it panics over is a bad version like any other.
    fn version(stamp: Stamp, called: &str, read: impl FnOnce() -> Result<Rules, Error>) -> Self {
        // What a panic leaves half done is dropped with it.
        let rules = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
            Err(Error::new(
                Code::NativePanic,
                format!("{called}: reading the rules broke off"),
            ))
        });
        Self::Read(stamp, rules)
    }
}

impl Stamp {
    /// The `ETag`, where it is an object's.
    pub(crate) fn etag(&self) -> Option<&str> {
        match self {
            Self::Object(etag) => etag.as_deref(),
            Self::Fixed | Self::File(_) => None,
        }
    }
}

/// All of a local file that others can't write. May block.
///
/// # Errors
/// RC102 to RC104.
pub(crate) fn file_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    LocalFile::open(path, None)
        .and_then(|file| file.read(LARGEST))
        .map_err(|unusable| told(path, unusable))
}

fn told(path: &Path, unusable: Unusable) -> Error {
    let path = path.display();
    match unusable {
        Unusable::Missing => Error::new(
            Code::RulesNotFound,
            format!(
                "{path}: there is no such file; write the rules there, or set rolecall.rules to where they are"
            ),
        ),
        Unusable::Unreadable(why) => Error::new(
            Code::RulesUnreadable,
            format!(
                "{path}: the rules can't be read: {why}; make it a file that this process's user can read"
            ),
        ),
        Unusable::Untrusted(why) => Error::new(
            Code::RulesWritableByOthers,
            format!("{path}: the rules are not taken: {why}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_reading_panics_over_is_a_bad_version() {
        let look = Look::version(Stamp::Fixed, "r.json", || panic!("out of bounds"));
        let Look::Read(Stamp::Fixed, Err(error)) = look else {
            panic!("{look:?}");
        };
        assert_eq!(error.code(), Code::NativePanic);
        assert_eq!(error.message(), "r.json: reading the rules broke off");
    }
}
