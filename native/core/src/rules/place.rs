//! Places in a text, for people.

/// A line and a column in it, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Finds the places of many offsets on one way through a text.
pub(crate) struct Places<'a> {
    text: &'a str,
    /// The place of `offset`, up to which the text was walked.
    place: Place,
    offset: usize,
}

impl<'a> Places<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            place: Place { line: 1, column: 1 },
            offset: 0,
        }
    }

    /// The place of the byte `offset`; offsets that ascend cost one walk together.
    pub(crate) fn at(&mut self, offset: usize) -> Place {
        if offset < self.offset {
            *self = Self::of(self.text);
        }
        let walked = self.text.get(self.offset..offset).unwrap_or_default();
        let (lines, tail) = match walked.rsplit_once('\n') {
            None => (0, walked),
            Some((before, tail)) => (before.matches('\n').count() + 1, tail),
        };
        if lines > 0 {
            self.place.column = 1;
        }
        self.place.line += lines;
        self.place.column += tail.chars().count();
        self.offset = offset;
        self.place
    }
}

/// How many bytes of `text` stand before `piece`, which must be a part of `text` itself and no copy.
pub(crate) fn offset_of(text: &str, piece: &str) -> usize {
    (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// The byte that a place of serde_json's names: a line from 1, and in it a column that counts bytes
/// from 1.
pub(crate) fn offset_of_byte(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    before + column.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "aé中x\n\nb";
        let mut places = Places::of(text);
        for (piece, line, column) in [("a", 1, 1), ("x", 1, 4), ("b", 3, 1), ("é", 1, 2)] {
            let offset = text.find(piece).unwrap();
            assert_eq!(places.at(offset), Place { line, column }, "{piece}");
        }
    }

    #[test]
    fn bytes_of_a_line_are_found() {
        let text = "ab\ncé\nd";
        assert_eq!(offset_of_byte(text, 1, 1), 0);
        assert_eq!(offset_of_byte(text, 2, 2), 4);
        assert_eq!(offset_of_byte(text, 3, 0), 7);
        assert_eq!(offset_of(text, &text[4..]), 4);
    }
}
