//! The native methods of `dev.rolecall.Native`. Each catches every panic, takes and gives plain
//! numbers and `byte[]`, and calls no Java code.

use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use jni::{EnvUnowned, Outcome};
use rolecall_core::error::Error;
use zeroize::Zeroizing;

use crate::answer::{self, Answer};
use crate::{calls, guard, logs};

/// Raised whenever the native methods or what they mean change.
const ABI: jint = 2;

/// Answers a call that brings a message.
fn with_message<'local>(
    env: EnvUnowned<'local>,
    message: &JByteArray<'local>,
    call: impl FnOnce(&[u8]) -> Result<Answer, Error>,
) -> JByteArray<'local> {
    crossing(env, Some(message), call)
}

/// Answers a call that brings nothing but numbers.
fn without_message<'local>(
    env: EnvUnowned<'local>,
    call: impl FnOnce() -> Result<Answer, Error>,
) -> JByteArray<'local> {
    crossing(env, None, |_| call())
}

/// Null stands for "not even an error could be written": no memory, or a panic outside `call`.
fn crossing<'local>(
    mut env: EnvUnowned<'local>,
    message: Option<&JByteArray<'local>>,
    call: impl FnOnce(&[u8]) -> Result<Answer, Error>,
) -> JByteArray<'local> {
    guard::caught_or(
        || {
            let outcome = env
                .with_env(|env| -> jni::errors::Result<JByteArray<'local>> {
                    let message = Zeroizing::new(match message {
                        Some(message) => env.convert_byte_array(message)?,
                        None => Vec::new(),
                    });
                    let answer = guard::caught(|| call(&message))
                        .unwrap_or_else(|error| answer::error(&error));
                    env.byte_array_from_slice(&noted(answer))
                })
                .into_outcome();
            match outcome {
                Outcome::Ok(answer) => answer,
                Outcome::Err(_) | Outcome::Panic(_) => JByteArray::default(),
            }
        },
        JByteArray::default,
    )
}

/// The bytes of an answer, with the note whether log records wait.
fn noted(answer: Answer) -> Zeroizing<Vec<u8>> {
    let mut bytes = answer.into_bytes();
    if logs::RING.is_waiting()
        && let Some(notes) = bytes.get_mut(answer::NOTES)
    {
        *notes |= answer::LOGS_WAIT;
    }
    bytes
}

/// The number of this boundary, asked for before anything else.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_abi<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> jint {
    ABI
}

/// The version of this library, asked for before anything but the ABI number.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_version<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JByteArray<'local> {
    without_message(env, || Ok(answer::texts(&[env!("CARGO_PKG_VERSION")])))
}

/// See [`calls::open`].
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_open<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    opening: JByteArray<'local>,
) -> JByteArray<'local> {
    with_message(env, &opening, calls::open)
}

/// See [`calls::ask`].
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_ask<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    id: jlong,
    question: JByteArray<'local>,
) -> JByteArray<'local> {
    with_message(env, &question, |question| {
        calls::ask(id.cast_unsigned(), question)
    })
}

/// See [`calls::close`].
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_close<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    id: jlong,
) -> JByteArray<'local> {
    without_message(env, || calls::close(id.cast_unsigned()))
}

/// See [`calls::release`].
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_release<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    id: jlong,
) -> JByteArray<'local> {
    without_message(env, || calls::release(id.cast_unsigned()))
}

/// See [`calls::host_keys`].
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_hostKeys<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JByteArray<'local> {
    without_message(env, calls::host_keys)
}

/// See [`calls::drain_logs`].
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_Native_drainLogs<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    most_verbose: jint,
) -> JByteArray<'local> {
    without_message(env, || {
        calls::drain_logs(u8::try_from(most_verbose).unwrap_or(logs::Level::Trace.number()))
    })
}

/// Makes the next question for credentials panic.
#[cfg(feature = "forced-panic")]
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_rolecall_ForcedPanic_arm<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
) {
    crate::forced_panic::arm();
}
