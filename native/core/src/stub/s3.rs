//! What S3 says on the wire, as its API reference documents it.

use super::Reply;

/// An object with its `ETag`.
pub(crate) fn object(etag: &str, content: &str) -> Reply {
    Reply::ok(content).with("etag", etag)
}

/// An error.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::status(
        status,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>{message}</Message><RequestId>r</RequestId><HostId>h</HostId></Error>"
        ),
    )
}
