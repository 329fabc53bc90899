//! A grid of caller × location: what each gets where, at a glance.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use rolecall_core::rules::Visible;
use unicode_width::UnicodeWidthChar;

use super::answer::{Answer, Outcome};

/// No column is wider; what is longer goes on in the next line.
const WIDEST: usize = 34;
const BETWEEN: &str = "  ";

/// The answers for every caller at every location, row by row.
pub struct Grid<'a> {
    /// All answers of a caller stand side by side.
    pub rows: Vec<&'a [Answer]>,
    /// How many columns of text there is room for.
    pub width: usize,
}

impl fmt::Display for Grid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accounts = self.accounts();
        let mut columns: Vec<Column> = vec![Column::of(
            std::iter::once(vec![String::new()])
                .chain(self.rows.iter().map(|row| caller(row)))
                .collect(),
        )];
        let places = self.rows.first().map_or(0, |row| row.len());
        for place in 0..places {
            let answers = self.rows.iter().filter_map(|row| row.get(place));
            let head = answers.clone().next().map_or_else(String::new, location);
            columns.push(Column::of(
                std::iter::once(vec![head])
                    .chain(answers.map(|answer| cell(answer, accounts.len() > 1)))
                    .collect(),
            ));
        }
        write_tables(f, columns, self.width)?;
        self.write_legend(f)
    }
}

impl Grid<'_> {
    fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.rows.iter().flat_map(|row| row.iter())
    }

    fn accounts(&self) -> BTreeSet<&str> {
        self.answers()
            .filter_map(|answer| answer.role.as_deref()?.split(':').nth(4))
            .collect()
    }

    fn write_legend(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = self.accounts().len() > 1;
        let roles: BTreeMap<String, &str> = self
            .answers()
            .filter_map(|answer| answer.role.as_deref())
            .map(|role| (short(role, several), role))
            .collect();
        write_list(
            f,
            "roles",
            roles.iter().map(|(name, arn)| (name.as_str(), *arn)),
        )?;
        let refusals: BTreeMap<&str, &str> = self
            .answers()
            .filter(|answer| answer.outcome == Outcome::Refused)
            .filter_map(|answer| Some((answer.error.as_deref()?, answer.error_title?)))
            .collect();
        write_list(f, "refused", refusals.into_iter())?;
        let tried: BTreeMap<String, String> = self
            .answers()
            .filter_map(|answer| {
                let tried = answer.tried.as_ref().filter(|tried| !tried.is_ok())?;
                let what = answer
                    .role
                    .as_deref()
                    .map_or_else(|| "base".to_owned(), |role| short(role, several));
                Some((what, tried.in_words()))
            })
            .collect();
        write_list(
            f,
            "STS",
            tried
                .iter()
                .map(|(what, said)| (what.as_str(), said.as_str())),
        )?;
        if self.answers().any(|answer| answer.note.is_some()) {
            f.write_str(
                "\n* a file system knows only the bucket, and gets another answer there; explain with --location s3://BUCKET/\n",
            )?;
        }
        Ok(())
    }
}

fn write_list<'a>(
    f: &mut fmt::Formatter<'_>,
    head: &str,
    lines: impl Iterator<Item = (&'a str, &'a str)>,
) -> fmt::Result {
    let lines: Vec<(String, Visible)> = lines
        .map(|(name, meaning)| (Visible(name).to_string(), Visible(meaning)))
        .collect();
    let width = lines.iter().map(|(name, _)| columns_of(name)).max();
    let Some(width) = width else { return Ok(()) };
    writeln!(f, "\n{head}")?;
    for (name, meaning) in lines {
        writeln!(f, "  {}  {meaning}", padded(&name, width))?;
    }
    Ok(())
}

fn caller(row: &[Answer]) -> Vec<String> {
    let Some(answer) = row.first() else {
        return vec![];
    };
    let mut lines = vec![answer.explanation.user.clone()];
    lines.push(answer.groups_in_words());
    lines
}

fn location(answer: &Answer) -> String {
    let location = answer.explanation.location.as_deref();
    location.unwrap_or("location unknown").to_owned()
}

fn cell(answer: &Answer, with_account: bool) -> Vec<String> {
    let mark = if answer.note.is_some() { " *" } else { "" };
    let first = match (answer.outcome, &answer.role) {
        (Outcome::Assume, Some(role)) => short(role, with_account),
        (Outcome::Deny, _) => "denied".to_owned(),
        (Outcome::Refused, _) => {
            format!("refused: {}", answer.error.as_deref().unwrap_or("an error"))
        }
        (Outcome::Base | Outcome::Assume, _) => "base".to_owned(),
    };
    let mut lines = vec![format!("{first}{mark}")];
    match &answer.rule {
        Some(rule) => lines.push(format!("rule {rule}")),
        None if answer.explanation.candidates.is_empty() => {}
        None => lines.push(format!(
            "rule {}",
            answer.explanation.candidates.join(" or ")
        )),
    }
    if let Some(tried) = &answer.tried {
        lines.push(format!("STS: {}", tried.error.as_deref().unwrap_or("ok")));
    }
    lines
}

/// A role's path and name, with its account where that tells anything.
fn short(role: &str, with_account: bool) -> String {
    let name = role.split_once(":role/").map_or(role, |(_, name)| name);
    match role.split(':').nth(4) {
        Some(account) if with_account => format!("{account}:{name}"),
        _ => name.to_owned(),
    }
}

/// A column of the grid: its cells, each with its lines.
struct Column {
    cells: Vec<Vec<String>>,
    width: usize,
}

impl Column {
    fn of(cells: Vec<Vec<String>>) -> Self {
        let cells: Vec<Vec<String>> = cells
            .into_iter()
            .map(|lines| lines.iter().flat_map(|line| folded(line)).collect())
            .collect();
        let width = cells.iter().flatten().map(|line| columns_of(line)).max();
        Self {
            cells,
            width: width.unwrap_or_default(),
        }
    }
}

/// A line in pieces of at most the greatest width, parted at spaces where there are some.
fn folded(line: &str) -> Vec<String> {
    let mut pieces = vec![];
    let shown = Visible(line).to_string();
    let mut rest = shown.as_str();
    while let Some(room) = past_the_widest(rest) {
        let (head, _) = rest.split_at(room);
        let at = head
            .rfind(' ')
            .filter(|at| columns_of(head.get(..*at).unwrap_or_default()) > WIDEST / 2)
            .map_or(room, |at| at + 1);
        let (piece, after) = rest.split_at(at);
        pieces.push(piece.trim_end().to_owned());
        rest = after;
    }
    pieces.push(rest.to_owned());
    pieces
}

/// The byte at which a text leaves the greatest width, if it does.
fn past_the_widest(text: &str) -> Option<usize> {
    let mut taken = 0;
    text.char_indices().find_map(|(at, character)| {
        taken += character.width().unwrap_or_default();
        (taken > WIDEST).then_some(at)
    })
}

/// How many columns of a terminal a text takes, in which nothing is hidden.
fn columns_of(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

/// A text and the spaces that make it as wide; the formatter's own padding counts characters.
fn padded(text: &str, width: usize) -> String {
    let spaces = width.saturating_sub(columns_of(text));
    format!("{text}{}", " ".repeat(spaces))
}

/// Writes as many columns side by side as there is room for, and the others below; the first
/// column leads each table.
fn write_tables(f: &mut fmt::Formatter<'_>, columns: Vec<Column>, width: usize) -> fmt::Result {
    let mut columns = columns.into_iter();
    let Some(first) = columns.next() else {
        return Ok(());
    };
    let mut columns = columns.peekable();
    let mut further = false;
    while columns.peek().is_some() {
        let mut taken = vec![&first];
        let mut here = vec![];
        let mut used = first.width;
        while let Some(column) = columns.peek() {
            let needed = used + BETWEEN.len() + column.width;
            if !here.is_empty() && needed > width {
                break;
            }
            used = needed;
            here.extend(columns.next());
        }
        taken.extend(here.iter());
        if further {
            f.write_char('\n')?;
        }
        further = true;
        write_table(f, &taken)?;
    }
    Ok(())
}

fn write_table(f: &mut fmt::Formatter<'_>, columns: &[&Column]) -> fmt::Result {
    let rows = columns.first().map_or(0, |column| column.cells.len());
    for row in 0..rows {
        let cells: Vec<(&[String], usize)> = columns
            .iter()
            .map(|column| {
                let cell = column.cells.get(row).map(Vec::as_slice);
                (cell.unwrap_or_default(), column.width)
            })
            .collect();
        let lines = cells.iter().map(|(lines, _)| lines.len()).max();
        for line in 0..lines.unwrap_or_default() {
            let texts: Vec<String> = cells
                .iter()
                .map(|(lines, width)| {
                    let text = lines.get(line).map_or("", String::as_str);
                    padded(text, *width)
                })
                .collect();
            writeln!(f, "{}", texts.join(BETWEEN).trim_end())?;
        }
        if row == 0 {
            let total: usize = columns.iter().map(|column| column.width).sum();
            let total = total + BETWEEN.len() * columns.len().saturating_sub(1);
            writeln!(f, "{}", "-".repeat(total))?;
        } else if row + 1 < rows {
            f.write_char('\n')?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns at which the words of a line start.
    fn starts(line: &str, words: &[&str]) -> Vec<usize> {
        words
            .iter()
            .map(|word| columns_of(&line[..line.find(word).unwrap()]))
            .collect()
    }

    #[test]
    fn wide_names_keep_the_columns_straight() {
        let cells = |lines: [&str; 3]| lines.map(|line| vec![line.to_owned()]).to_vec();
        let mut table = String::new();
        let grid = Tables(vec![
            Column::of(cells(["", "日本語ユーザー", "bob"])),
            Column::of(cells(["s3://one/", "役割", "base"])),
            Column::of(cells(["s3://two/", "denied", "base"])),
        ]);
        write!(table, "{grid}").unwrap();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(starts(lines[0], &["s3://one/", "s3://two/"]), [16, 27]);
        assert_eq!(lines[1].len(), 16 + 11 + 9);
        assert_eq!(starts(lines[2], &["役割", "denied"]), [16, 27]);
        assert_eq!(starts(lines[4], &["base"]), [16]);
    }

    struct Tables(Vec<Column>);

    impl fmt::Display for Tables {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_table(f, &self.0.iter().collect::<Vec<_>>())
        }
    }

    #[test]
    fn a_long_line_goes_on_below_and_no_piece_is_too_wide() {
        let wide = "日本語".repeat(12);
        let pieces = folded(&wide);
        assert_eq!(pieces.concat(), wide);
        assert_eq!(
            pieces
                .iter()
                .map(|piece| columns_of(piece))
                .collect::<Vec<_>>(),
            [34, 34, 4]
        );
        // Of an odd width, so that the last column stays empty.
        assert_eq!(columns_of(&folded(&format!("a{wide}"))[0]), 33);
        assert_eq!(
            folded("in a-group-of-some-length, another-group-of-some-length"),
            ["in a-group-of-some-length,", "another-group-of-some-length"]
        );
    }

    #[test]
    fn what_can_not_be_seen_takes_the_columns_that_it_is_shown_in() {
        assert_eq!(folded("ev\u{1b}[31mil"), ["ev\\u{1b}[31mil"]);
    }
}
