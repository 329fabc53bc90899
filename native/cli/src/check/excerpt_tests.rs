use super::*;

fn at(text: &str, line: usize, column: usize, width: Option<usize>) -> (String, String) {
    let excerpt = Excerpts::of(text).at(line, column, width).unwrap();
    (excerpt.line, excerpt.carets)
}

fn pair(line: &str, carets: &str) -> (String, String) {
    (line.to_owned(), carets.to_owned())
}

#[test]
fn carets_stand_below_what_is_meant() {
    let text = "{\r\n  \"a\": \"b\\\"c\",\n  \"n\": -12.5}";
    assert_eq!(
        at(text, 2, 8, None),
        pair("  \"a\": \"b\\\"c\",", "       ^^^^^^")
    );
    assert_eq!(
        at(text, 2, 9, Some(1)),
        pair("  \"a\": \"b\\\"c\",", "        ^")
    );
    assert_eq!(
        at(text, 3, 8, None),
        pair("  \"n\": -12.5}", "       ^^^^^")
    );
    assert_eq!(at(text, 1, 1, None), pair("{", "^"));
    // Behind the end, where something is missing.
    assert_eq!(
        at(text, 3, 99, None),
        pair("  \"n\": -12.5}", "             ^")
    );
    assert_eq!(Excerpts::of(text).at(9, 1, None), None);
}

#[test]
fn tabs_wide_and_hidden_characters_keep_carets_in_place() {
    assert_eq!(at("\t\"x\"", 1, 2, None), pair("    \"x\"", "    ^^^"));
    assert_eq!(
        at("\"中文\", \"x\"", 1, 7, None),
        pair("\"中文\", \"x\"", "        ^^^")
    );
    assert_eq!(at("\"中\"", 1, 1, None), pair("\"中\"", "^^^^"));
    assert_eq!(
        at("a\u{1b}[31m\u{202e} x", 1, 9, Some(1)),
        pair("a\\u{1b}[31m\\u{202e} x", &(" ".repeat(20) + "^"))
    );
    assert_eq!(at("e\u{301}x", 1, 3, Some(1)), pair("e\u{301}x", " ^"));
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let text = format!("{}\"here\"{}", "a".repeat(5000), "b".repeat(5000));
    let (line, carets) = at(&text, 1, 5001, None);
    assert_eq!(columns(&line), WIDEST);
    assert_eq!(
        line,
        format!("…{}\"here\"{}…", "a".repeat(40), "b".repeat(48))
    );
    assert_eq!(carets, " ".repeat(41) + "^^^^^^");

    let long_value = format!("[\"{}\"]", "v".repeat(500));
    let (line, carets) = at(&long_value, 1, 2, None);
    assert_eq!(columns(&line), WIDEST);
    assert!(line.starts_with("[\"vvv") && line.ends_with("v…"), "{line}");
    assert_eq!(carets.len(), WIDEST);

    let at_the_end = format!("{}\"x\"", "中".repeat(100));
    let (line, carets) = at(&at_the_end, 1, 101, None);
    assert_eq!(line, format!("…{}\"x\"", "中".repeat(20)));
    assert_eq!(carets, " ".repeat(41) + "^^^");
}

#[test]
fn places_may_come_in_any_order() {
    let text = "one\ntwo two\nthree";
    let mut excerpts = Excerpts::of(text);
    let mut carets = |line, column| excerpts.at(line, column, Some(1)).unwrap();
    assert_eq!(carets(2, 5).carets, "    ^");
    assert_eq!(carets(2, 1).carets, "^");
    assert_eq!(carets(3, 2).line, "three");
    assert_eq!(carets(1, 1).line, "one");
}
