//! Durations as users type them.

use std::time::Duration;

/// Reads `100ms`, `30s`, `45m`, `1h`, `2d`, or plain seconds, as Hadoop's
/// `Configuration.getTimeDuration` does.
///
/// # Errors
/// What to write instead.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.get(digits.len()..).unwrap_or_default().trim();
    let milliseconds: u64 = match unit.to_ascii_lowercase().as_str() {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 0,
    };
    let number = digits
        .bytes()
        .all(|digit| digit.is_ascii_digit())
        .then(|| digits.parse::<u64>().ok())
        .flatten();
    match number {
        Some(number) if milliseconds > 0 => number
            .checked_mul(milliseconds)
            .map(Duration::from_millis)
            .filter(|duration| *duration <= LONGEST)
            .ok_or_else(|| "is longer than 3650d".to_owned()),
        _ => Err("is no duration; write a number with its unit, such as 30s, 45m or 1h".to_owned()),
    }
}

/// So that adding it to a clock never overflows.
const LONGEST: Duration = Duration::from_secs(3650 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_unit_or_is_seconds() {
        for (text, milliseconds) in [
            ("100ms", 100),
            ("30s", 30_000),
            ("45m", 2_700_000),
            ("1h", 3_600_000),
            ("1H", 3_600_000),
            ("2d", 172_800_000),
            ("3600", 3_600_000),
            ("0", 0),
            ("5 m", 300_000),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "m",
            "-1s",
            "1.5h",
            "1w",
            "1h30m",
            "٣s",
            "99999999999999999999",
            "3651d",
            "18446744073709551615d",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
