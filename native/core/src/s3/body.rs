//! The body of an answer, up to a limit.

use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use crate::aws::with_causes;

/// How a body ended.
pub(super) enum Ending {
    Whole,
    /// It goes on beyond the limit.
    More,
    BrokeOff(String),
}

/// A body, up to `limit` bytes of it.
pub(super) async fn collect(body: SdkBody, limit: u64) -> (Vec<u8>, Ending) {
    let mut stream = ByteStream::new(body);
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        match part {
            Ok(part) if (bytes.len() + part.len()) as u64 > limit => return (bytes, Ending::More),
            Ok(part) => bytes.extend_from_slice(&part),
            Err(error) => return (bytes, Ending::BrokeOff(with_causes(&error))),
        }
    }
    (bytes, Ending::Whole)
}
