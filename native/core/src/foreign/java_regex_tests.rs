use super::*;

#[test]
fn plain_alternatives_are_names() {
    for (java, names) in [
        ("alice", vec!["alice"]),
        ("^alice$", vec!["alice"]),
        ("bob|charlie", vec!["bob", "charlie"]),
        ("^bob|charlie$", vec!["bob", "charlie"]),
        (r"j\.doe|a-b c", vec!["j.doe", "a-b c"]),
        ("}]", vec!["}]"]),
        (r"\$\{user\}", vec!["${user}"]),
    ] {
        let names = names.into_iter().map(str::to_owned).collect();
        assert_eq!(read(java).unwrap(), Names::Exactly(names), "{java}");
    }
}

#[test]
fn what_means_something_else_is_rewritten() {
    for (java, rules) in [
        ("test.*", r"test[^\n\r\x{85}\x{2028}\x{2029}]*"),
        (r"u\d{3}", "u[0-9]{3}"),
        (r"\w+\W", "[a-zA-Z_0-9]+[^a-zA-Z_0-9]"),
        (r"[\w.-]+?", "[a-zA-Z_0-9.\\-]+"),
        ("(a|b)c?", "(?:a|b)c?"),
        ("(?:a){2,}b{1,3}", "(?:a){2,}b{1,3}"),
        ("[^a-z~]", r"[^a-z\~]"),
        (r"[\]\[^]", r"[\]\[\^]"),
        ("a|", "a|"),
        ("", ""),
        ("a\tb*", r"a\x{9}b*"),
    ] {
        assert_eq!(
            read(java).unwrap(),
            Names::Matching(rules.to_owned()),
            "{java}"
        );
    }
}

#[test]
fn what_rules_can_not_say_is_refused_with_its_place() {
    for (java, at, told) in [
        ("(?i)admin", 2, "flags `(?i…`"),
        ("(?=a)b", 2, "look-ahead"),
        ("(?<!a)b", 2, "look-behind"),
        ("(?<n>a)", 2, "a named group"),
        ("(?>a)", 2, "an independent group"),
        (r"(a)\1", 4, "back-reference `\\1`"),
        (r"\bops", 1, "holds `\\b`"),
        (r"\p{L}", 1, "holds `\\p`"),
        (r"\Qa\E", 1, "holds `\\Q`"),
        ("a*+", 2, "possessive"),
        ("a**", 2, "repeats a repetition"),
        ("a*?+", 3, "repeats a repetition"),
        ("*a", 0, "nothing before `*`"),
        ("|+", 1, "nothing before `+`"),
        ("^*", 1, "nothing before `*`"),
        ("{2}", 0, "nothing before `{`"),
        ("a{,2}", 1, "without numbers"),
        ("a{3,2}", 4, "at most fewer"),
        ("a{2000}", 5, "more than 1000"),
        ("a^b", 1, "holds `^` inside"),
        ("a$b", 1, "holds `$` inside"),
        ("(a$)", 2, "holds `$` inside"),
        ("(^a)", 1, "holds `^` inside"),
        ("[a[b]]", 2, "`[` inside"),
        ("[a-z&&[b]]", 4, "`&&`"),
        ("[]a]", 1, "begins with `]`"),
        ("[a-c-e]", 4, "ends no range"),
        ("[c-a]", 3, "ends before it begins"),
        (r"[\D]", 2, "opposite"),
        (r"[\d-x]", 2, "begins with a class"),
        (r"[a-\d]", 4, "ends with a class"),
        ("[a", 1, "without its `]`"),
        ("a)", 1, "without its `(`"),
        ("a\\", 1, "ends in a backslash"),
    ] {
        let misfit = read(java).unwrap_err();
        assert!(misfit.to_string().contains(told), "{java}: {misfit}");
        assert_eq!(misfit.position(), Some(at), "{java}");
    }
    assert!(
        read("(a")
            .unwrap_err()
            .to_string()
            .contains("without its `)`")
    );
}
