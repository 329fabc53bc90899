//! Secret text: zeroized when it ends, on pages of its own that no core dump holds.
//!
//! The one file of the core that needs `unsafe`: the standard library maps no pages.
#![allow(
    unsafe_code,
    reason = "mapping pages and telling the kernel to keep them out of core dumps has no safe interface"
)]

use std::ffi::c_void;
use std::fmt;
use std::ptr::NonNull;

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};
use zeroize::{Zeroize, Zeroizing};

/// A secret access key or a session token.
///
/// Its bytes lie on anonymous pages of their own, marked `MADV_DONTDUMP` and wiped before they
/// are given back. Neither `Debug` nor anything else but [`expose`](Self::expose) shows them.
pub struct SecretText {
    place: Place,
}

enum Place {
    Pages {
        start: NonNull<u8>,
        length: usize,
    },
    /// An empty text, which no page can hold, and the way out where the host has no page left.
    Heap(Zeroizing<Box<str>>),
}

// SAFETY: the pages belong to this value alone and are only read through `&self` after they were
// written once at its making, so moving it to or sharing it with another thread is sound.
unsafe impl Send for SecretText {}
// SAFETY: as above; nothing writes between the making and the drop.
unsafe impl Sync for SecretText {}

impl SecretText {
    /// Copies `text` to pages of its own. The caller wipes what it copied from.
    pub fn new(text: &str) -> Self {
        let place = match map(text.len()) {
            Some(start) => {
                // SAFETY: `start` points to at least `text.len()` writable bytes that were mapped
                // just now, so nothing else refers to them and they can't overlap `text`.
                unsafe {
                    std::ptr::copy_nonoverlapping(text.as_ptr(), start.as_ptr(), text.len());
                }
                Place::Pages {
                    start,
                    length: text.len(),
                }
            }
            None => Place::Heap(Zeroizing::new(Box::from(text))),
        };
        Self { place }
    }

    /// The secret itself, to hand to the host's own object or to sign with; never to a message.
    pub fn expose(&self) -> &str {
        match &self.place {
            Place::Pages { start, length } => {
                // SAFETY: the pages hold `length` bytes until the drop and nobody writes to them.
                let bytes = unsafe { std::slice::from_raw_parts(start.as_ptr(), *length) };
                // SAFETY: they were copied from a `str` at the making.
                unsafe { std::str::from_utf8_unchecked(bytes) }
            }
            Place::Heap(text) => text,
        }
    }
}

/// Pages for `length` bytes, or none where `length` is zero or the host has none left.
fn map(length: usize) -> Option<NonNull<u8>> {
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: without MAP_FIXED the kernel chooses a free address, so no existing memory changes.
    let start =
        unsafe { mmap_anonymous(std::ptr::null_mut(), length, protection, MapFlags::PRIVATE) }
            .ok()?;
    // SAFETY: the range was mapped just now and is ours; the advice changes no content. A kernel
    // that refuses it (before 3.4) leaves the secret dumpable and everything else as it is.
    let _ = unsafe { madvise(start, length, Advice::LinuxDontDump) };
    NonNull::new(start.cast())
}

impl Drop for SecretText {
    fn drop(&mut self) {
        if let Place::Pages { start, length } = &self.place {
            // SAFETY: the pages are still mapped, `length` bytes of them are ours, and `&mut self`
            // says that no borrow of them is left.
            let bytes = unsafe { std::slice::from_raw_parts_mut(start.as_ptr(), *length) };
            bytes.zeroize();
            // SAFETY: this range came from `map` with the same length and is not used again. The
            // kernel rounds both up to whole pages. A failure would leak pages that were wiped.
            let _ = unsafe { munmap(start.as_ptr().cast::<c_void>(), *length) };
        }
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(redacted)")
    }
}

/// Equal when both hold the same text. For comparing two texts that this process holds anyway,
/// not for checking a claim: the time it takes tells where they differ.
impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for SecretText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_back_what_it_was_given() {
        for text in ["", "s", "wJalrXUtnFEMI/K7MDENG", "Schlüssel ✓"] {
            assert_eq!(SecretText::new(text).expose(), text);
        }
        let long = "x".repeat(70_000);
        assert_eq!(SecretText::new(&long).expose(), long);
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let shown = format!("{:?}", SecretText::new("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("redacted"));
    }

    #[test]
    fn its_pages_stay_out_of_core_dumps() {
        let secret = SecretText::new("kept out");
        let address = secret.expose().as_ptr() as usize;
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut inside = false;
        let mut flags = None;
        for line in maps.lines() {
            let range = line
                .split(' ')
                .next()
                .and_then(|range| range.split_once('-'));
            if let Some((from, to)) = range
                && let (Ok(from), Ok(to)) = (
                    usize::from_str_radix(from, 16),
                    usize::from_str_radix(to, 16),
                )
            {
                inside = (from..to).contains(&address);
            }
            if inside && let Some(found) = line.strip_prefix("VmFlags:") {
                flags = Some(found.to_owned());
            }
        }
        let flags = flags.expect("the mapping of the secret");
        assert!(
            flags.split_whitespace().any(|flag| flag == "dd"),
            "no do-not-dump flag: {flags}"
        );
    }
}
