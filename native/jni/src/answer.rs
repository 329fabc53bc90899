//! The messages to Java, written. Each starts with `layout: u16, status: u8, notes: u8`; the
//! lowest bit of the notes says that log records wait.

use std::time::Duration;

use rolecall_core::credentials::Credentials;
use rolecall_core::engine::Reply;
use rolecall_core::error::{Code, Error};
use rolecall_core::settings::{Identity, RefusalMode};

use crate::packed::Writer;

/// A finished or growing message.
pub type Answer = Writer;

/// The first byte behind the layout number.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
enum Status {
    Ok = 0,
    Unchanged = 1,
    Pending = 2,
    NeedGroups = 3,
    NeedStaticKeys = 4,
    Refused = 5,
    Failed = 6,
}

/// Where the notes stand in a message.
pub const NOTES: usize = 3;
/// The note that log records wait.
pub const LOGS_WAIT: u8 = 1;

/// Stands for "never" where a time would.
const NEVER: u64 = u64::MAX;

fn start(status: Status, room: usize) -> Answer {
    let mut answer = Writer::with_room(room.saturating_add(2));
    answer.u8(status as u8);
    answer.u8(0);
    answer
}

/// `OK` with `id: u64, refusal: u8, identity: u8, timeout milliseconds: u64`.
pub fn opened(id: u64, refusal: RefusalMode, identity: Identity, timeout: Duration) -> Answer {
    let mut answer = start(Status::Ok, 18);
    answer.u64(id);
    answer.u8(match refusal {
        RefusalMode::Host => 0,
        RefusalMode::Unusable => 1,
        RefusalMode::Throw => 2,
    });
    answer.u8(match identity {
        Identity::Construction => 0,
        Identity::PerCall => 1,
    });
    answer.u64(milliseconds(timeout));
    answer
}

/// What the holder says. `OK`: `generation: u64, ask again: u64, expires: u64, access key ID:
/// text, secret access key: text, session token: text?`; `UNCHANGED`: `ask again: u64, expires:
/// u64`; times are milliseconds from now.
pub fn reply(reply: &Reply) -> Answer {
    match reply {
        Reply::Credentials {
            credentials,
            generation,
            ask_again,
            expires,
        } => keys(credentials, *generation, *ask_again, *expires),
        Reply::Unchanged { ask_again, expires } => {
            let mut answer = start(Status::Unchanged, 16);
            times(&mut answer, *ask_again, *expires);
            answer
        }
        Reply::Pending => start(Status::Pending, 0),
        Reply::NeedGroups => start(Status::NeedGroups, 0),
        Reply::NeedStaticKeys => start(Status::NeedStaticKeys, 0),
        Reply::Refused(error) => told(Status::Refused, error),
        Reply::Failed(error) => told(Status::Failed, error),
    }
}

fn keys(
    credentials: &Credentials,
    generation: u64,
    ask_again: Duration,
    expires: Option<Duration>,
) -> Answer {
    let id = credentials.access_key_id();
    let secret = credentials.secret_access_key().expose();
    let token = credentials.session_token().map(|token| token.expose());
    let room = [id.len(), secret.len(), token.map_or(0, str::len), 24, 12]
        .into_iter()
        .fold(0, usize::saturating_add);
    let mut answer = start(Status::Ok, room);
    answer.u64(generation);
    times(&mut answer, ask_again, expires);
    answer.text(id);
    answer.text(secret);
    answer.optional_text(token);
    answer
}

fn times(answer: &mut Answer, ask_again: Duration, expires: Option<Duration>) {
    answer.u64(milliseconds(ask_again));
    answer.u64(expires.map_or(NEVER, milliseconds));
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(NEVER)
}

/// `REFUSED` or `FAILED`, as the code says.
pub fn error(error: &Error) -> Answer {
    if error.code().is_refusal() {
        told(Status::Refused, error)
    } else {
        told(Status::Failed, error)
    }
}

/// `code: u16, flags: u8 (1 retryable, 2 refusal), text with its code in front`.
fn told(status: Status, error: &Error) -> Answer {
    let code: Code = error.code();
    let text = error.to_string();
    let mut answer = start(status, text.len().saturating_add(7));
    answer.u16(code.number());
    answer.u8(u8::from(code.is_retryable()) | (u8::from(code.is_refusal()) << 1));
    answer.text(&text);
    answer
}

/// `OK` without anything else.
pub fn done() -> Answer {
    start(Status::Ok, 0)
}

/// `OK` with a list of texts.
pub fn texts(texts: &[&str]) -> Answer {
    let mut answer = start(Status::Ok, 1024);
    answer.list(texts, |block, text| block.text(text));
    answer
}

/// `OK` with `dropped: u64, records: list of (level: u8, text)`.
pub fn logs(dropped: u64, records: &[crate::logs::Record]) -> Answer {
    let mut answer = start(Status::Ok, 1024);
    answer.u64(dropped);
    answer.list(records, |block, record| {
        block.u8(record.level.number());
        block.text(&record.text);
    });
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Reader;

    #[test]
    fn an_error_crosses_with_code_flags_and_text() {
        let answer = error(&Error::new(Code::GroupsUnknown, "whose?"));
        let bytes = answer.into_bytes();
        let mut reader = Reader::open(&bytes).unwrap();
        assert_eq!(reader.u8().unwrap(), 5);
        assert_eq!(reader.u8().unwrap(), 0);
        assert_eq!(reader.u16().unwrap(), 204);
        assert_eq!(reader.u8().unwrap(), 3);
        assert_eq!(reader.text().unwrap(), "RC204: whose?");
        let failed = error(&Error::new(Code::StsThrottled, "slower")).into_bytes();
        assert_eq!(failed[2], 6);
    }

    #[test]
    fn what_never_expires_says_so() {
        let bytes = reply(&Reply::Unchanged {
            ask_again: Duration::from_secs(30),
            expires: None,
        })
        .into_bytes();
        let mut reader = Reader::open(&bytes).unwrap();
        assert_eq!(reader.u8().unwrap(), 1);
        assert_eq!(reader.u8().unwrap(), 0);
        assert_eq!(reader.u64().unwrap(), 30_000);
        assert_eq!(reader.u64().unwrap(), u64::MAX);
    }

    #[test]
    fn the_notes_stand_where_they_are_said_to() {
        let bytes = done().into_bytes();
        assert_eq!(bytes.len(), NOTES + 1);
        assert_eq!(bytes[NOTES], 0);
    }
}
