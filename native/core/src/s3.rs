//! One object of S3, read by a signed GET.

mod address;
mod body;
mod request;
mod trouble;
mod way;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;

use self::body::{Ending, collect};
use self::request::Get;
use self::trouble::{Kind, Trouble};
use self::way::Way;
use crate::aws::{Aws, ServerTime, pause_after};
use crate::base::{Bases, KeptBase};
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::lock::lock;
use crate::rules::{S3Object, S3Place};

/// One attempt, with connecting and the whole object.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// As much of an error's document is read.
const LARGEST_ERROR: u64 = 64 * 1024;

/// Reads one object again and again, and remembers what it took to find it.
#[derive(Debug)]
pub(crate) struct ObjectReader {
    place: Arc<S3Place>,
    aws: Arc<Aws>,
    bases: Arc<Bases>,
    largest: u64,
    learnt: Mutex<Learnt>,
}

/// What earlier answers taught.
#[derive(Clone, Debug, Default)]
struct Learnt {
    way: Option<Way>,
    /// S3's own time, and ours on the monotonic clock when it said so: from an answer that did not
    /// take the time of our wall clock.
    time: Option<(SystemTime, Duration)>,
}

/// What a read found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The object that has the `ETag` that is known.
    Unchanged,
    /// Its content.
    Content {
        /// All of it.
        bytes: Vec<u8>,
        /// What to know it by the next time.
        etag: Option<String>,
    },
}

/// What was already tried for one read: each remedy helps once.
#[derive(Debug, Default)]
struct Tried {
    base_renewed: bool,
    signed_again: bool,
    elsewhere: bool,
    unconditional: bool,
}

impl ObjectReader {
    /// A reader of the object at `place`, up to `largest` bytes.
    pub(crate) fn new(place: Arc<S3Place>, aws: Arc<Aws>, bases: Arc<Bases>, largest: u64) -> Self {
        Self {
            place,
            aws,
            bases,
            largest,
            learnt: Mutex::default(),
        }
    }

    /// What is read.
    pub(crate) fn object(&self) -> &S3Object {
        &self.place.object
    }

    /// Reads the object, unless it still is the one with the `ETag` `known`. Gives up after
    /// `patience`.
    ///
    /// # Errors
    /// RC102 where it is not there, RC103 where it is too large, RC110 where S3 refuses it, RC111
    /// where S3 did not give it, RC112 where S3 does not accept the request; RC4xx for the base.
    pub(crate) async fn read(
        &self,
        known: Option<&str>,
        patience: Duration,
    ) -> Result<Found, Error> {
        let clock = self.aws.clock();
        let started = clock.now();
        let deadline = started.saturating_add(patience);
        let mut base = self.base(Duration::ZERO, deadline).await?;
        let mut way = self.way(deadline).await?;
        let mut known = known;
        let mut tried = Tried::default();
        let mut attempts = 0_u32;
        let mut said_before: Option<Trouble> = None;
        loop {
            let url = self.url(&way);
            let left = deadline.saturating_sub(clock.now()).min(ATTEMPT_TIMEOUT);
            let get = Get {
                url: &url,
                known,
                region: &way.region,
            };
            let answer = tokio::time::timeout(left, self.attempt(&get, base.credentials())).await;
            attempts = attempts.saturating_add(1);
            let trouble = match answer {
                Ok(Ok(found)) => {
                    self.note_way(way);
                    return Ok(found);
                }
                Ok(Err(trouble)) => trouble,
                // What S3 said counts for more than that our own deadline cut the next try short.
                Err(_) => match said_before.take() {
                    Some(before) if clock.now() >= deadline => before,
                    _ => Trouble::new(
                        Kind::TimedOut,
                        format!("no answer after {} ms", left.as_millis()),
                    ),
                },
            };
            tracing::debug!(
                target: "rolecall::s3",
                "{}: attempt {attempts}: {trouble}",
                self.place.object,
            );
            let error = || {
                let tried = clock.now().saturating_sub(started);
                trouble.error(&self.place, address::origin(&url), &base, attempts, tried)
            };
            match &trouble.kind {
                _ if trouble.may_pass() => {
                    let pause = pause_after(attempts);
                    if clock.now().saturating_add(pause) >= deadline {
                        return Err(error());
                    }
                    said_before = Some(trouble);
                    clock.sleep(pause).await;
                }
                Kind::BaseExpired | Kind::BaseUnknown if !tried.base_renewed => {
                    tried.base_renewed = true;
                    // An earlier look that failed does not count as this renewal.
                    let newer = base.asked().saturating_add(Duration::from_nanos(1));
                    let renewed = self.base(newer.max(clock.now()), deadline).await?;
                    if renewed.serial() == base.serial() {
                        return Err(error());
                    }
                    base = renewed;
                }
                // The answer's Date was noted, and the next request is signed by it.
                Kind::ClockSkewed if !tried.signed_again => tried.signed_again = true,
                Kind::Elsewhere(Some(region)) if !tried.elsewhere && *region != way.region => {
                    tried.elsewhere = true;
                    way = Way {
                        region: region.clone(),
                        is_guess: false,
                        ..way
                    };
                }
                Kind::Unconditional if !tried.unconditional && known.is_some() => {
                    tried.unconditional = true;
                    known = None;
                }
                _ => return Err(error()),
            }
        }
    }

    async fn base(&self, since: Duration, deadline: Duration) -> Result<Arc<KeptBase>, Error> {
        let patience = deadline.saturating_sub(self.aws.clock().now());
        self.bases
            .signing(&self.place.base, since, patience)
            .await
            .map_err(|error| error.within(format!("to read the rules {}", self.place.object)))
    }

    async fn attempt(&self, get: &Get<'_>, signer: &Credentials) -> Result<Found, Trouble> {
        let request = get
            .signed(signer, self.time())
            .map_err(|what| Trouble::new(Kind::Rejected, what))?;
        let mut response = self
            .aws
            .send(request)
            .await
            .map_err(|error| Trouble::connecting(&error, signer))?;
        let status = response.status().as_u16();
        if status == 304 && get.known.is_some() {
            return Ok(Found::Unchanged);
        }
        let body = std::mem::replace(response.body_mut(), SdkBody::taken());
        if status == 200 {
            let bytes = self.whole(body, says_its_end(&response)).await?;
            let etag = response.headers().get("etag").map(str::to_owned);
            return Ok(Found::Content { bytes, etag });
        }
        // What of the document came before it broke off may be enough.
        let (start, _) = collect(body, LARGEST_ERROR).await;
        let trouble = Trouble::answered(&response, &start, signer);
        if trouble.kind == Kind::ClockSkewed {
            self.note_time(&response);
        }
        Err(trouble)
    }

    async fn whole(&self, body: SdkBody, says_its_end: bool) -> Result<Vec<u8>, Trouble> {
        let too_large = || {
            Trouble::new(
                Kind::TooLarge,
                format!("the object is larger than {} bytes", self.largest),
            )
        };
        if body
            .content_length()
            .is_some_and(|length| length > self.largest)
        {
            return Err(too_large());
        }
        match collect(body, self.largest).await {
            (bytes, Ending::Whole) if says_its_end => Ok(bytes),
            (_, Ending::Whole) => Err(Trouble::new(
                Kind::Unreachable,
                "the answer does not say how long the object is, so it may be cut off",
            )),
            (_, Ending::More) => Err(too_large()),
            (_, Ending::BrokeOff(what)) => Err(Trouble::new(
                Kind::Unreachable,
                format!("the object broke off: {what}"),
            )),
        }
    }

    /// The time to sign by.
    fn time(&self) -> SystemTime {
        let clock = self.aws.clock();
        let noted = lock(&self.learnt).time;
        noted
            .and_then(|(theirs, ours)| theirs.checked_add(clock.now().saturating_sub(ours)))
            .unwrap_or_else(|| clock.wall())
    }

    fn note_time(&self, response: &HttpResponse) {
        let time = ServerTime::default();
        time.note(response);
        let theirs = time.take();
        lock(&self.learnt).time = theirs.map(|theirs| (theirs, self.aws.clock().now()));
    }

    fn url(&self, way: &Way) -> String {
        let S3Place {
            object, path_style, ..
        } = &*self.place;
        address::url(object, &way.endpoint, &way.region, *path_style)
    }

    /// The way that led to the bucket before, or what settings and environment say.
    async fn way(&self, deadline: Duration) -> Result<Way, Error> {
        let learnt = lock(&self.learnt).way.clone();
        if let Some(way) = learnt {
            return Ok(way);
        }
        let left = deadline.saturating_sub(self.aws.clock().now());
        match tokio::time::timeout(left, Way::to(&self.place, &self.aws)).await {
            Ok(way) => way,
            Err(_) => Err(Error::new(
                Code::RulesUnanswered,
                format!(
                    "{}: the region to ask for the rules was not found within {} ms; set \
                     rolecall.rules.s3.region to the bucket's",
                    self.place.object,
                    left.as_millis()
                ),
            )),
        }
    }

    /// Remembers what led to the bucket. Not a guess: the next look may find the host's region,
    /// which instance metadata did not tell this time.
    fn note_way(&self, way: Way) {
        if !way.is_guess {
            lock(&self.learnt).way = Some(way);
        }
    }
}

/// Whether an answer says where its body ends. Else it ends with the connection, whenever that does.
fn says_its_end(response: &HttpResponse) -> bool {
    let headers = response.headers();
    let is_chunked = |coding: &str| coding.to_ascii_lowercase().contains("chunked");
    headers.get("content-length").is_some()
        || headers.get("transfer-encoding").is_some_and(is_chunked)
}

#[cfg(test)]
mod tests;
