//! One answer for people.

use std::fmt;

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
        let name = self
            .palette
            .paint(Ink::Faint, format_args!("{name:9}"))
            .to_string();
        writeln!(f, "{name} {value}")
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answer, palette } = self;
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
            self.line(f, "rule", palette.paint(Ink::Strong, rule))?;
        }
        match answer.outcome {
            Outcome::Assume => self.line(f, "role", palette.paint(Ink::Good, answer.in_words()))?,
            Outcome::Base => self.line(f, "gets", palette.paint(Ink::Good, answer.in_words()))?,
            Outcome::Deny | Outcome::Refused => self.line(
                f,
                "refused",
                format_args!(
                    "{}: {}",
                    palette.paint(Ink::Error, answer.error.as_deref().unwrap_or_default()),
                    answer.message.as_deref().unwrap_or_default()
                ),
            )?,
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
            self.line(f, "STS", palette.paint(ink, tried.in_words()))?;
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
