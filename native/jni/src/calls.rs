//! What each native method does, told in Rust: a message in, an answer or an error out.

use rolecall_core::error::Error;
use rolecall_core::settings::HOST_KEYS;

use crate::answer::{self, Answer};
use crate::holders::{HOLDERS, engine};
use crate::{logs, request};

/// Opens a holder for one caller, location and set of settings.
pub fn open(message: &[u8]) -> Result<Answer, Error> {
    logs::install();
    let opening = request::opening(message)?;
    let opened = engine()?.open(opening);
    let id = HOLDERS.keep(opened.holder);
    Ok(answer::opened(
        id,
        opened.refusal,
        opened.identity,
        opened.timeout,
    ))
}

/// Asks a holder for credentials.
pub fn ask(id: u64, message: &[u8]) -> Result<Answer, Error> {
    let ask = request::ask(message)?;
    let holder = HOLDERS.get(id)?;
    #[cfg(feature = "forced-panic")]
    crate::forced_panic::strike();
    Ok(answer::reply(&holder.ask(ask)))
}

/// Closes a holder: what is valid is still answered, nothing is renewed.
pub fn close(id: u64) -> Result<Answer, Error> {
    if let Ok(holder) = HOLDERS.get(id) {
        holder.close();
    }
    Ok(answer::done())
}

/// Forgets a holder whose provider is gone.
pub fn release(id: u64) -> Result<Answer, Error> {
    if let Ok(holder) = HOLDERS.get(id) {
        holder.close();
    }
    HOLDERS.release(id);
    Ok(answer::done())
}

/// The host's own keys that mean the same as a setting of ours.
pub fn host_keys() -> Result<Answer, Error> {
    Ok(answer::texts(HOST_KEYS))
}

/// Hands over the log records that wait and sets how verbose they are from now on.
pub fn drain_logs(most_verbose: u8) -> Result<Answer, Error> {
    logs::install();
    let (dropped, records) = logs::RING.drain(most_verbose);
    Ok(answer::logs(dropped, &records))
}
