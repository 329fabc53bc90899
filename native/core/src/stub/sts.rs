//! What STS says on the wire, as its API reference documents it.

use super::Reply;

/// An answer to AssumeRole with the keys `ASIA{name}`, `{name}-secret` and `{name}-token`.
pub(crate) fn granted(name: &str, expiration: &str) -> Reply {
    Reply::ok(format!(
        r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleResult><Credentials><AccessKeyId>ASIA{name}</AccessKeyId>
        <SecretAccessKey>{name}-secret</SecretAccessKey><SessionToken>{name}-token</SessionToken>
        <Expiration>{expiration}</Expiration></Credentials><AssumedRoleUser>
        <AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/x/x</Arn>
        </AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId>
        </ResponseMetadata></AssumeRoleResponse>"#
    ))
}

/// An error.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Reply {
    Reply::status(
        status,
        format!(
            r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
            <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>
            <RequestId>r</RequestId></ErrorResponse>"#
        ),
    )
}
