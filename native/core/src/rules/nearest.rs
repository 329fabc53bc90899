//! The name that somebody may have meant.

const SHORTEST_BEGINNING: usize = 4;

/// The known name that `name` begins, or that differs from it by the fewest changed, added or dropped
/// characters, if they are few enough to be a slip; letter case counts for nothing.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            let known = candidate.to_lowercase();
            let begins = wanted.len() >= SHORTEST_BEGINNING && known.starts_with(&wanted);
            (
                if begins { 0 } else { distance(&wanted, &known) },
                candidate,
            )
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 5)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, by one row.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, a) in left.chars().enumerate() {
        let mut next = vec![index + 1];
        for ((b, above), diagonal) in right.iter().zip(row.iter().skip(1)).zip(row.iter()) {
            let before = next.last().copied().unwrap_or_default();
            next.push(
                (above + 1)
                    .min(before + 1)
                    .min(diagonal + usize::from(a != *b)),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["users", "groups", "durationSeconds"];
        assert_eq!(nearest("user", known), Some("users"));
        assert_eq!(nearest("Groups", known), Some("groups"));
        assert_eq!(nearest("durationSecond", known), Some("durationSeconds"));
        assert_eq!(nearest("duration", known), Some("durationSeconds"));
        assert_eq!(nearest("colour", known), None);
    }

    #[test]
    fn distances_are_those_of_the_textbook() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
