//! How rules are fetched from where they are kept.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};

use crate::aws::Aws;
use crate::base::Bases;
use crate::error::{Code, Error};
use crate::rules::{LARGEST, Look, RulesPlace, Stamp, file_bytes};
use crate::s3::{Found, ObjectReader};
use crate::settings;
use crate::surroundings::Surroundings;

/// How long a program that reads rules once waits for S3.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks at one place.
#[derive(Debug)]
pub(super) enum RulesReader {
    File(PathBuf),
    Text { called: String, text: Arc<str> },
    Object(ObjectReader),
}

impl RulesReader {
    pub(super) fn new(place: &RulesPlace, aws: &Arc<Aws>, bases: &Arc<Bases>) -> Self {
        match place {
            RulesPlace::File(path) => Self::File(path.clone()),
            RulesPlace::Text { called, text } => Self::Text {
                called: called.clone(),
                text: Arc::clone(text),
            },
            RulesPlace::S3(place) => Self::Object(ObjectReader::new(
                Arc::clone(place),
                Arc::clone(aws),
                Arc::clone(bases),
                LARGEST,
            )),
        }
    }

    /// Looks where the state `seen` was read before; waits for S3 up to `patience`. What takes the
    /// disk or the processor long is done on `runtime`'s threads for that.
    pub(super) async fn look(
        &self,
        seen: Option<Stamp>,
        patience: Duration,
        runtime: &Handle,
    ) -> Look {
        let look = match self {
            Self::File(path) => {
                let path = path.clone();
                runtime.spawn_blocking(move || Look::at_file(&path, seen.as_ref()))
            }
            Self::Text { called, text } => {
                let (called, text) = (called.clone(), Arc::clone(text));
                runtime.spawn_blocking(move || Look::at_text(&called, &text, seen.as_ref()))
            }
            Self::Object(reader) => {
                let etag = seen.as_ref().and_then(Stamp::etag);
                let (bytes, etag) = match reader.read(etag, patience).await {
                    Ok(Found::Content { bytes, etag }) => (bytes, etag),
                    Ok(Found::Unchanged) => return Look::Unchanged,
                    Err(error) => return Look::Unusable(error),
                };
                let called = reader.object().to_string();
                runtime.spawn_blocking(move || Look::at_object(&called, etag, &bytes))
            }
        };
        look.await.unwrap_or_else(|_| broke_off())
    }
}

/// What a look finds that panics: nothing, so that the last good rules stay for a while.
pub(super) fn broke_off() -> Look {
    Look::Unusable(Error::new(Code::NativePanic, "reading the rules broke off"))
}

/// Reads the bytes of rules once, from `place` as the setting `rolecall.rules` names places: a
/// path, `file:` or `s3:`. Endpoint, region and base come from settings in the site file and the
/// environment. Waits for S3 up to a minute; not for a thread of a runtime.
///
/// # Errors
/// RC102 to RC104 and RC108 to RC112; RC120 to RC123 for settings; RC4xx for the base.
pub fn fetch_rules(place: &str, surroundings: &Surroundings) -> Result<Vec<u8>, Error> {
    let place = match settings::place_of_rules(place, surroundings)? {
        RulesPlace::File(path) => return file_bytes(&path),
        RulesPlace::Text { text, .. } => return Ok(text.as_bytes().to_vec()),
        RulesPlace::S3(place) => place,
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Error::new(
                Code::EngineNotStarted,
                format!("no connection could be prepared: {error}"),
            )
        })?;
    let aws = Arc::new(Aws::new(
        Arc::clone(&surroundings.clock),
        surroundings.environment.clone(),
    ));
    let bases = Arc::new(Bases::new(Arc::clone(&aws), runtime.handle().clone()));
    let reader = ObjectReader::new(place, aws, bases, LARGEST);
    match runtime.block_on(reader.read(None, PATIENCE))? {
        Found::Content { bytes, .. } => Ok(bytes),
        Found::Unchanged => Ok(Vec::new()),
    }
}
