//! A rules file without its secrets, for excerpts.

/// What hides a character.
const HIDDEN: char = '*';

/// Words in the names of fields that hold secrets; none is one of a rules file's, but a mistake may
/// have put some there.
const SECRET_NAMES: [&str; 6] = [
    "secret",
    "password",
    "passwd",
    "token",
    "accesskey",
    "privatekey",
];

/// The same text, character for character, with a `*` for each character of what may be a secret:
/// access keys before a bucket, and values of fields that are called so. It does not matter whether
/// the text is JSON.
pub fn redacted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut names_a_secret = false;
        let mut between = false;
        for (number, piece) in pieces(line).into_iter().enumerate() {
            if number > 0 {
                shown.push('"');
            }
            if names_a_secret && between {
                hide(&mut shown, piece);
                names_a_secret = false;
                between = false;
            } else if names_a_secret && piece.trim() == ":" {
                between = true;
                shown.push_str(piece);
            } else {
                names_a_secret = is_secret_name(piece);
                between = false;
                push_without_keys(&mut shown, piece);
            }
        }
    }
    shown
}

/// What stands between quotes that are not escaped.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'\\' => escaped = !escaped,
            b'"' if !escaped => {
                pieces.push(line.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => escaped = false,
        }
    }
    pieces.push(line.get(start..).unwrap_or_default());
    pieces
}

fn is_secret_name(piece: &str) -> bool {
    let plain: String = piece
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    SECRET_NAMES.iter().any(|name| plain.contains(name))
}

/// Pushes a string's content without what may be user information of a URI: all from `//` to the last
/// `@`, or a `name:word` where a host may stand.
fn push_without_keys(shown: &mut String, piece: &str) {
    // Characters that are written as escapes may hide where the parts begin.
    if (piece.contains("\\/") || piece.contains("\\u"))
        && (piece.contains('@') || piece.contains(':'))
    {
        return hide(shown, piece);
    }
    let Some((scheme, rest)) = piece.split_once("//") else {
        shown.push_str(piece);
        return;
    };
    shown.push_str(scheme);
    shown.push_str("//");
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (hidden, open) = match rest.rsplit_once('@') {
        Some((keys, _)) => rest.split_at(keys.len()),
        None if holds_a_secret(authority) => (authority, path),
        None => ("", rest),
    };
    hide(shown, hidden);
    shown.push_str(open);
}

/// Whether a `:` parts something else than a host from its port, or an ARN.
fn holds_a_secret(authority: &str) -> bool {
    let is_port = |text: &str| text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    match authority.rsplit_once(':') {
        None => false,
        Some(_) if authority.starts_with("arn:") => false,
        // `${conf:KEY}` has a colon of its own.
        Some(_) if authority.contains("${conf:") => false,
        Some((_, port)) => !is_port(port),
    }
}

fn hide(shown: &mut String, piece: &str) {
    shown.extend(
        piece
            .chars()
            .map(|c| if c == '\n' || c == '\r' { c } else { HIDDEN }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_hidden_character_for_character() {
        for (text, shown) in [
            (
                r#"{"prefixes": ["s3://AKIAX:hush@b/x", "s3://b"]}"#,
                r#"{"prefixes": ["s3://**********@b/x", "s3://b"]}"#,
            ),
            (r#""s3a://AKIAX:hu/sh@b/x""#, r#""s3a://***********@b/x""#),
            (r#""s3://AKIAX:hush/x""#, r#""s3://**********/x""#),
            (r#""s3:\/\/AKIAX:hush@b""#, r#""*******************""#),
            (r#""secretKey": "hush","#, r#""secretKey": "****","#),
            (
                r#""aws_session_token" : "é" }"#,
                r#""aws_session_token" : "*" }"#,
            ),
            (r#"not json: s3://A:hush@b"#, r#"not json: s3://******@b"#),
        ] {
            assert_eq!(redacted(text), shown);
            assert_eq!(text.chars().count(), shown.chars().count());
        }
    }

    #[test]
    fn what_is_none_is_shown() {
        let text = "{\"stsEndpoint\": \"https://sts.example:8443/\",\r\n \"role\": \"arn:aws:iam::111122223333:role/x\",\n\"a\": \"s3://${conf:t}/x\", \"b\\\"c\": \"s3://arn:aws:s3:us-east-1:111122223333:accesspoint-x/\", \"users\": [\"a@b\"]}\n";
        assert_eq!(redacted(text), text);
    }
}
