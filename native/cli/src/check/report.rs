//! What `rolecall check` found, as text and as JSON.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use rolecall_core::rules::{Fault, Rules, Warning};
use serde::Serialize;

use super::excerpt::Excerpts;
use super::redacted::redacted;
use crate::rules_argument::RulesText;
use crate::terminal::{Ink, Palette};

/// How many warnings of a kind are shown as text. JSON has all.
const MOST_OF_A_KIND: usize = 50;

/// All that was found. Its JSON is described in `docs/check.md`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What the file is called.
    rules: String,
    /// The first 12 hex digits of its SHA-256, where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    errors: usize,
    warnings: usize,
    findings: Vec<Finding>,
    #[serde(skip)]
    text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    severity: Severity,
    /// Of an error `RC` and three digits, of a warning its kind.
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: String,
    #[serde(skip)]
    width: Option<usize>,
    /// The message with rule and field before it.
    #[serde(skip)]
    whole: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Error,
    Warning,
}

impl Report {
    /// Of rules that can't be used.
    pub fn of_faults(text: RulesText, faults: Vec<Fault>) -> Self {
        let findings = faults.into_iter().map(Finding::of_fault).collect();
        Self::new(text, None, findings)
    }

    /// Of rules that can be; `refused` is what stops the readers that were asked about.
    pub fn of_rules(
        text: RulesText,
        rules: &Rules,
        refused: Vec<Fault>,
        warnings: Vec<Warning>,
    ) -> Self {
        let findings = refused
            .into_iter()
            .map(Finding::of_fault)
            .chain(warnings.into_iter().map(Finding::of_warning))
            .collect();
        Self::new(text, Some(rules.hash().to_string()), findings)
    }

    fn new(text: RulesText, hash: Option<String>, findings: Vec<Finding>) -> Self {
        let count = |severity| {
            findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        Self {
            rules: text.origin,
            hash,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            text: redacted(&String::from_utf8_lossy(&text.bytes)),
            findings,
        }
    }

    pub fn errors(&self) -> usize {
        self.errors
    }

    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// For people.
    pub fn text(&self, palette: Palette) -> String {
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = self.write(&mut text, palette);
        text
    }

    fn write(&self, out: &mut String, palette: Palette) -> fmt::Result {
        let mut excerpts = Excerpts::of(&self.text);
        let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &self.findings {
            let of_this_kind = shown.entry(&finding.kind).or_default();
            *of_this_kind += 1;
            if *of_this_kind > MOST_OF_A_KIND {
                continue;
            }
            self.write_finding(out, finding, &mut excerpts, palette)?;
        }
        for (kind, count) in shown {
            if let Some(more @ 1..) = count.checked_sub(MOST_OF_A_KIND) {
                writeln!(
                    out,
                    "{more} more of the kind {kind}; --output json shows all\n"
                )?;
            }
        }
        let number = |count: usize, what: &str| match count {
            0 => format!("no {what}s"),
            1 => format!("1 {what}"),
            more => format!("{more} {what}s"),
        };
        let summary = format!(
            "{}, {}",
            number(self.errors, "error"),
            number(self.warnings, "warning")
        );
        let ink = match (self.errors, self.warnings) {
            (0, 0) => Ink::Good,
            (0, _) => Ink::Warning,
            _ => Ink::Error,
        };
        writeln!(out, "{}: {}", self.rules, palette.paint(ink, summary))
    }

    fn write_finding(
        &self,
        out: &mut String,
        finding: &Finding,
        excerpts: &mut Excerpts<'_>,
        palette: Palette,
    ) -> fmt::Result {
        let (ink, severity) = match finding.severity {
            Severity::Error => (Ink::Error, "error"),
            Severity::Warning => (Ink::Warning, "warning"),
        };
        let place = match (finding.line, finding.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}:", self.rules),
            _ => format!("{}:", self.rules),
        };
        writeln!(
            out,
            "{} {} {}",
            palette.paint(Ink::Strong, place),
            palette.paint(ink, format_args!("{severity}[{}]:", finding.kind)),
            finding.whole
        )?;
        if let (Some(line), Some(column)) = (finding.line, finding.column)
            && let Some(excerpt) = excerpts.at(line, column, finding.width)
        {
            let number = line.to_string();
            let margin = " ".repeat(number.len());
            writeln!(
                out,
                " {} {}",
                palette.paint(Ink::Faint, format_args!("{number} |")),
                excerpt.line
            )?;
            writeln!(
                out,
                " {} {}",
                palette.paint(Ink::Faint, format_args!("{margin} |")),
                palette.paint(ink, excerpt.carets)
            )?;
        }
        writeln!(out)
    }
}

impl Finding {
    fn of_fault(fault: Fault) -> Self {
        Self {
            severity: Severity::Error,
            kind: fault.code.to_string(),
            whole: fault.message(),
            line: fault.place.map(|place| place.line),
            column: fault.place.map(|place| place.column),
            width: fault.width,
            rule: fault.rule,
            field: fault.field,
            message: fault.what,
        }
    }

    fn of_warning(warning: Warning) -> Self {
        Self {
            severity: Severity::Warning,
            kind: warning.kind.to_owned(),
            whole: warning.message(),
            line: warning.place.map(|place| place.line),
            column: warning.place.map(|place| place.column),
            width: None,
            rule: warning.rule,
            field: warning.field,
            message: warning.what,
        }
    }
}
