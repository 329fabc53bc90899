//! `properties`: `accessKey` and `secretKey` of a Java properties file.
//!
//! Read as `java.util.Properties.load(InputStream)` documents it: ISO 8859-1, natural and logical
//! lines, comments, escapes; the last of equal keys counts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::{BaseIdentity, RECHECK};
use crate::cache::{Fresh, Lifetime};
use crate::credentials::Credentials;
use crate::error::{Code, Error};

const ACCESS_KEY: &str = "accessKey";
const SECRET_KEY: &str = "secretKey";

/// Reads the keys of `file`.
///
/// # Errors
/// RC404 where it can't be read, RC405 naming the key that it lacks.
pub(super) async fn look(file: &Path, now: Duration) -> Result<Fresh<BaseIdentity>, Error> {
    let path = PathBuf::from(file);
    // A file may lie on a disk that hangs: not on the thread that renews everything else.
    let read = tokio::task::spawn_blocking(move || std::fs::read(path).map(Zeroizing::new)).await;
    let unreadable = |why: &dyn std::fmt::Display| {
        Error::new(
            Code::PropertiesUnreadable,
            format!(
                "the properties file {} can't be read: {why}; it must exist and be readable by \
                 the user this process runs as",
                file.display()
            ),
        )
    };
    let bytes = match read {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(unreadable(&error)),
        Err(error) => return Err(unreadable(&error)),
    };
    let credentials = keys(&bytes, file)?;
    let about = BaseIdentity(format!("key {}", credentials.access_key_id()));
    Ok(Fresh {
        credentials,
        about,
        asked: now,
        lifetime: Lifetime::Open { recheck: RECHECK },
    })
}

fn keys(bytes: &[u8], file: &Path) -> Result<Credentials, Error> {
    let properties = parse(bytes).map_err(|escape| {
        Error::new(
            Code::PropertiesIncomplete,
            format!(
                "the properties file {} has an escape \\u without four hex digits on line {}; \
                 write a backslash that stands for itself as \\\\",
                file.display(),
                escape.line
            ),
        )
    })?;
    let value = |key: &str| {
        properties
            .iter()
            .rev()
            .find(|(name, _)| name.as_str() == key)
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                Error::new(
                    Code::PropertiesIncomplete,
                    format!(
                        "the properties file {} has no value for {key}; it needs the lines \
                         {ACCESS_KEY}=… and {SECRET_KEY}=…",
                        file.display()
                    ),
                )
            })
    };
    Ok(Credentials::new(
        value(ACCESS_KEY)?.as_str(),
        value(SECRET_KEY)?,
        None,
    ))
}

/// `\u` without four hex digits, which `Properties.load` refuses too.
#[derive(Debug, PartialEq)]
struct MalformedEscape {
    line: usize,
}

type Properties = Vec<(String, Zeroizing<String>)>;

/// All keys with their values, in the order of the file.
fn parse(bytes: &[u8]) -> Result<Properties, MalformedEscape> {
    // Each byte of ISO 8859-1 is the character of that number.
    let text: Zeroizing<String> =
        Zeroizing::new(bytes.iter().map(|byte| char::from(*byte)).collect());
    let mut found = Vec::new();
    for (line, logical) in logical_lines(&text) {
        let malformed = || MalformedEscape { line };
        let (key, rest) = split_key(&logical);
        let key = unescape(key).ok_or_else(malformed)?;
        let value = unescape(rest).ok_or_else(malformed)?;
        found.push((key.to_string(), value));
    }
    Ok(found)
}

/// Lines with their continuations joined, without blank ones and comments; each with the number of
/// its first natural line.
fn logical_lines(text: &str) -> Vec<(usize, Zeroizing<String>)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, Zeroizing<String>)> = None;
    // A \r\n splits into a line and an empty rest; the rest must not count as a line of its own.
    let natural = text.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r')
    });
    for (number, line) in natural.enumerate() {
        let line = line.trim_start_matches([' ', '\t', '\x0c']);
        if open.is_none() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let backslashes = line.len() - line.trim_end_matches('\\').len();
        let goes_on = backslashes % 2 == 1;
        let part = if goes_on {
            line.strip_suffix('\\').unwrap_or(line)
        } else {
            line
        };
        let (_, logical) = open.get_or_insert_with(|| (number + 1, Zeroizing::new(String::new())));
        logical.push_str(part);
        if !goes_on {
            lines.extend(open.take());
        }
    }
    lines.extend(open);
    lines
}

/// The key and what follows its separator: `=`, `:` or white space, none of them escaped.
fn split_key(line: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = line
        .find(|character| {
            let separates = !escaped && matches!(character, '=' | ':' | ' ' | '\t' | '\x0c');
            escaped = character == '\\' && !escaped;
            separates
        })
        .unwrap_or(line.len());
    let (key, rest) = line.split_at(end);
    let blank = [' ', '\t', '\x0c'];
    let rest = rest.trim_start_matches(blank);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (key, rest.trim_start_matches(blank))
}

fn unescape(text: &str) -> Option<Zeroizing<String>> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('t') => plain.push('\t'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('f') => plain.push('\x0c'),
            Some('u') => {
                let mut code = 0;
                for _ in 0..4 {
                    code = code * 16 + characters.next()?.to_digit(16)?;
                }
                // Half of a surrogate pair is no character; keys hold none anyway.
                plain.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(other) => plain.push(other),
            None => {}
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, String)> {
        parse(text.as_bytes())
            .unwrap()
            .into_iter()
            .map(|(key, value)| (key, value.to_string()))
            .collect()
    }

    #[test]
    fn lines_are_read_as_java_reads_them() {
        // What java.util.Properties gives for each text.
        for (text, key, value) in [
            ("k=v", "k", "v"),
            ("k:v", "k", "v"),
            ("k v", "k", "v"),
            ("k\tv", "k", "v"),
            ("  k = v", "k", "v"),
            ("k  :  v", "k", "v"),
            ("k = = v", "k", "= v"),
            ("k==v", "k", "=v"),
            ("k v ", "k", "v "),
            ("k", "k", ""),
            ("k=", "k", ""),
            ("a\\=b=c", "a=b", "c"),
            ("a\\ b c", "a b", "c"),
            ("a\\\\=b", "a\\", "b"),
            ("k=a\\\n   b", "k", "ab"),
            ("k=a\\\r\n\tb", "k", "ab"),
            ("k=a\\\n# b", "k", "a# b"),
            ("k=a\\\\\nx=y", "k", "a\\"),
            ("k=\\u0041\\t\\q", "k", "A\tq"),
            ("k=a\\", "k", "a"),
            ("# no\n! no\n\n k=v", "k", "v"),
            ("k=v\r\n", "k", "v"),
            ("k=v\rx=y", "k", "v"),
            ("k=wJalr/XUtn+FEMI=", "k", "wJalr/XUtn+FEMI="),
        ] {
            let found = parsed(text);
            assert_eq!(
                found.first(),
                Some(&(key.to_owned(), value.to_owned())),
                "{text:?}: {found:?}"
            );
        }
    }

    #[test]
    fn bytes_are_latin_1() {
        assert_eq!(
            parse(b"k=\xe9").unwrap(),
            [("k".to_owned(), Zeroizing::new("é".to_owned()))]
        );
    }

    #[test]
    fn an_escape_without_its_digits_is_told_with_its_line() {
        assert_eq!(
            parse(b"# one\na=b\\\nc\nk=\\u00g0"),
            Err(MalformedEscape { line: 4 })
        );
    }

    #[test]
    fn both_keys_are_needed_and_the_last_counts() {
        let file = Path::new("/etc/rolecall/Credentials.properties");
        let text = b"accessKey=AKIAOLD\nsecretKey: s3cr3t/+=\naccessKey = AKIANEW\n";
        assert_eq!(
            keys(text, file).unwrap(),
            Credentials::new("AKIANEW", "s3cr3t/+=", None)
        );
        for (text, missing) in [
            (&b"secretKey=s3cr3t"[..], "accessKey"),
            (b"accessKey=AKIA\nsecretkey=s3cr3t", "secretKey"),
            (b"accessKey=AKIA\nsecretKey=", "secretKey"),
            (b"", "accessKey"),
        ] {
            let error = keys(text, file).unwrap_err();
            assert_eq!(error.code(), Code::PropertiesIncomplete);
            let message = error.message();
            assert!(
                message.contains(&format!("no value for {missing}")),
                "{message}"
            );
            assert!(message.contains("/etc/rolecall/Credentials.properties"));
            assert!(!message.contains("s3cr3t"), "{message}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_named() {
        let error = look(Path::new("/nonexistent/keys"), Duration::ZERO)
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::PropertiesUnreadable);
        assert!(error.message().contains("/nonexistent/keys"), "{error}");
    }
}
