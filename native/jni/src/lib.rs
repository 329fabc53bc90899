//! `librolecall.so`: the core behind a packed boundary for the JVM.
//!
//! Java holds ids and passes one `byte[]` a call; it gets one `byte[]` back. Nothing here knows
//! AWS, and nothing in `rolecall-core` knows Java.
//!
//! | Module | Holds |
//! |---|---|
//! | `exports` | the native methods of `dev.rolecall.Native` |
//! | `packed` | how numbers and texts lie in a message |
//! | `request` | Java's messages, read |
//! | `answer` | the messages to Java, written |
//! | `calls` | what each native method does |
//! | `holders` | ids, and the engine they belong to |
//! | `guard` | no panic leaves this library |
//! | `logs` | the log records that wait for Java |

mod answer;
mod calls;
mod exports;
mod guard;
mod holders;
mod logs;
mod packed;
mod request;

#[cfg(feature = "forced-panic")]
mod forced_panic;
