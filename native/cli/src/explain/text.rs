//! One answer for people.

use std::fmt;

use rolecall_core::rules::Visible;

use super::answer::{Answer, Outcome};
use crate::terminal::{Ink, Palette};

/// An answer on a terminal or in a file.
pub struct Text<'a> {
    pub answer: &'a Answer,
    pub palette: Palette,
}

impl Text<'_> {
    fn line(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        value: impl fmt::Display,
    ) -> fmt::Result {
        let name = self.name(name);
        writeln!(f, "{name} {}", Visible(&value.to_string()))
    }

    /// A line that starts in colour; in neither part may others' texts bring their own.
    fn painted(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        (ink, value): (Ink, &str),
        rest: &str,
    ) -> fmt::Result {
        let value = self.palette.paint(ink, Visible(value));
        let name = self.name(name);
        writeln!(f, "{name} {value}{}", Visible(rest))
    }

    fn name(&self, name: &str) -> String {
        let name = format!("{name:9}");
        self.palette.paint(Ink::Faint, name).to_string()
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = self.answer;
        let explanation = &answer.explanation;
        self.line(
            f,
            "caller",
            format_args!("{} ({})", explanation.user, answer.groups_in_words()),
        )?;
        if let Some(principal) = &answer.principal {
            self.line(f, "principal", principal)?;
        }
        if let Some(real_user) = &answer.real_user {
            self.line(f, "asked by", real_user)?;
        }
        let location = explanation.location.as_deref().unwrap_or("unknown");
        self.line(f, "location", location)?;
        self.line(f, "rules", &explanation.rules_hash)?;
        if !explanation.walk.is_empty() {
            write!(f, "\n{explanation}\n")?;
        }
        if let Some(rule) = &answer.rule {
            self.painted(f, "rule", (Ink::Strong, rule), "")?;
        }
        match answer.outcome {
            Outcome::Assume => self.painted(f, "role", (Ink::Good, &answer.in_words()), "")?,
            Outcome::Base => self.painted(f, "gets", (Ink::Good, &answer.in_words()), "")?,
            Outcome::Deny | Outcome::Refused => {
                let code = answer.error.as_deref().unwrap_or_default();
                let message = answer.message.as_deref().unwrap_or_default();
                self.painted(f, "refused", (Ink::Error, code), &format!(": {message}"))?;
            }
        }
        if answer.session.is_some() {
            self.session(f)?;
            self.line(f, "base", answer.base.as_deref().unwrap_or_default())?;
        }
        if let Some(note) = &answer.note {
            self.line(f, "note", note)?;
        }
        if let Some(tried) = &answer.tried {
            let ink = if tried.is_ok() { Ink::Good } else { Ink::Error };
            self.painted(f, "STS", (ink, &tried.in_words()), "")?;
        }
        Ok(())
    }
}

impl Text<'_> {
    fn session(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(session) = &self.answer.session else {
            return Ok(());
        };
        let mut text = format!("{} for {} s", session.name, session.duration_seconds);
        if let Some(asked) = session.shortened_from_seconds {
            text += &format!(" (role chaining; {asked} s are asked for)");
        }
        for (what, value) in [
            ("external ID", &session.external_id),
            ("source identity", &session.source_identity),
            ("region", &session.region),
            ("STS at", &session.sts_endpoint),
        ] {
            if let Some(value) = value {
                text += &format!(", {what} {value}");
            }
        }
        self.line(f, "session", text)?;
        if !session.tags.is_empty() {
            let tags: Vec<String> = session
                .tags
                .iter()
                .map(|(key, value)| {
                    let transitive = session.transitive_tag_keys.contains(key);
                    format!(
                        "{key}={value}{}",
                        if transitive { " (transitive)" } else { "" }
                    )
                })
                .collect();
            self.line(f, "tags", tags.join(", "))?;
        }
        if let Some(policy) = &session.policy {
            self.line(f, "policy", policy)?;
        }
        if !session.policy_arns.is_empty() {
            self.line(f, "policies", session.policy_arns.join(", "))?;
        }
        Ok(())
    }
}
