//! How numbers and texts lie in a message: big-endian, texts as UTF-8 after a u32 length, lists as
//! a u32 count of blocks that each have a u32 length. A reader takes the fields it knows and skips
//! what trails behind them, in a message and in a block, so that a newer writer can add fields.

use rolecall_core::error::{Code, Error};
use zeroize::Zeroizing;

/// The number of the layout that both sides write and read.
pub const LAYOUT: u16 = 1;

/// Marks an absent text where its length would stand.
const ABSENT: u32 = u32::MAX;

/// Reads fields from the front of a message.
#[derive(Debug)]
pub struct Reader<'message> {
    rest: &'message [u8],
}

impl<'message> Reader<'message> {
    /// A reader behind the layout number of `message`.
    pub fn open(message: &'message [u8]) -> Result<Self, Error> {
        let mut reader = Self { rest: message };
        match reader.u16()? {
            LAYOUT => Ok(reader),
            other => Err(unreadable(format_args!(
                "layout {other} where this library knows {LAYOUT}"
            ))),
        }
    }

    fn take(&mut self, length: usize) -> Result<&'message [u8], Error> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| unreadable(format_args!("it ends before a field of {length} bytes")))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Error> {
        let mut array = [0; LENGTH];
        array.copy_from_slice(self.take(LENGTH)?);
        Ok(array)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(u8::from_be_bytes)
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_be_bytes)
    }

    fn block(&mut self, length: u32) -> Result<&'message [u8], Error> {
        let length = usize::try_from(length)
            .map_err(|_| unreadable(format_args!("a field of {length} bytes")))?;
        self.take(length)
    }

    /// A text that must be there.
    pub fn text(&mut self) -> Result<&'message str, Error> {
        self.optional_text()?
            .ok_or_else(|| unreadable(format_args!("a text is missing")))
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self) -> Result<Option<&'message str>, Error> {
        let length = self.u32()?;
        if length == ABSENT {
            return Ok(None);
        }
        std::str::from_utf8(self.block(length)?)
            .map(Some)
            .map_err(|_| Error::new(Code::TextNotUnicode, "a text is not UTF-8"))
    }

    /// A list, each item read by `item` from a block of its own.
    pub fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Reader<'message>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let count = self.u32()?;
        let mut items = Vec::new();
        for _ in 0..count {
            let length = self.u32()?;
            items.push(item(&mut Reader {
                rest: self.block(length)?,
            })?);
        }
        Ok(items)
    }
}

fn unreadable(why: std::fmt::Arguments<'_>) -> Error {
    Error::new(
        Code::LayoutUnreadable,
        format!("a message from Java can't be read: {why}; is the jar of another version?"),
    )
}

/// Writes fields one after another. The bytes are wiped when it is dropped, and a message that
/// holds secrets is written with room for all of it at once, so that growing leaves no copies.
#[derive(Debug)]
pub struct Writer {
    bytes: Zeroizing<Vec<u8>>,
}

impl Writer {
    /// A message that starts with the layout number and has room for `room` more bytes.
    pub fn with_room(room: usize) -> Self {
        let mut writer = Self {
            bytes: Zeroizing::new(Vec::with_capacity(room.saturating_add(2))),
        };
        writer.u16(LAYOUT);
        writer
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Two bytes.
    pub fn u16(&mut self, value: u16) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// Four bytes.
    pub fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// Eight bytes.
    pub fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// A text. One of 4 GiB or more can't be written and becomes empty.
    pub fn text(&mut self, text: &str) {
        match u32::try_from(text.len()) {
            Ok(length) if length != ABSENT => {
                self.u32(length);
                self.bytes.extend_from_slice(text.as_bytes());
            }
            _ => self.u32(0),
        }
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.u32(ABSENT),
        }
    }

    /// A list, each item written by `item` into a block of its own.
    pub fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Writer, &T)) {
        self.u32(u32::try_from(items.len()).unwrap_or(0));
        for each in items {
            let mut block = Writer {
                bytes: Zeroizing::new(Vec::new()),
            };
            item(&mut block, each);
            self.u32(u32::try_from(block.bytes.len()).unwrap_or(0));
            self.bytes.extend_from_slice(&block.bytes);
        }
    }

    /// The finished message.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_trails_is_skipped() {
        let mut writer = Writer::with_room(64);
        writer.u8(7);
        writer.u64(u64::MAX);
        writer.text("grüße");
        writer.optional_text(None);
        writer.list(&["a", "bc"], |block, text| {
            block.text(text);
            block.u32(99); // a field that this reader does not know
        });
        writer.u64(42); // another one
        let bytes = writer.into_bytes();

        let mut reader = Reader::open(&bytes).unwrap();
        assert_eq!(reader.u8().unwrap(), 7);
        assert_eq!(reader.u64().unwrap(), u64::MAX);
        assert_eq!(reader.text().unwrap(), "grüße");
        assert_eq!(reader.optional_text().unwrap(), None);
        let list = reader.list(|block| block.text().map(str::to_owned));
        assert_eq!(list.unwrap(), ["a", "bc"]);
    }

    #[test]
    fn lengths_are_big_endian_u32() {
        let mut writer = Writer::with_room(8);
        writer.text("ab");
        assert_eq!(*writer.into_bytes(), [0, 1, 0, 0, 0, 2, b'a', b'b']);
    }

    #[test]
    fn every_cut_of_a_message_is_an_error_and_no_panic() {
        let mut writer = Writer::with_room(8);
        writer.text("secret");
        let bytes = writer.into_bytes();
        for length in 0..bytes.len() {
            let read = Reader::open(&bytes[..length]).and_then(|mut reader| reader.text());
            assert_eq!(read.unwrap_err().code(), Code::LayoutUnreadable);
        }
    }

    #[test]
    fn another_layout_is_named() {
        let error = Reader::open(&[0, 9]).unwrap_err();
        assert_eq!(error.code(), Code::LayoutUnreadable);
        assert!(error.message().contains("layout 9"), "{error}");
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error() {
        let error = Reader::open(&[0, 1, 0, 0, 0, 1, 0xff])
            .and_then(|mut reader| reader.text())
            .unwrap_err();
        assert_eq!(error.code(), Code::TextNotUnicode);
    }

    #[test]
    fn a_count_beyond_the_message_ends_at_its_end() {
        let bytes = [0, 1, 0xff, 0xff, 0xff, 0xff];
        let mut reader = Reader::open(&bytes).unwrap();
        let list = reader.list(|block| block.u8());
        assert_eq!(list.unwrap_err().code(), Code::LayoutUnreadable);
    }
}
