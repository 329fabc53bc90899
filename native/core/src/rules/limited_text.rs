//! Texts of a session for which STS names length and characters.

use super::misfit::{Misfit, unfit_character};
use super::template::{Template, Unfilled, Values};

/// What STS takes as one of its texts.
#[derive(Debug)]
pub(super) struct LimitedText {
    /// What the text is called, with its article.
    pub(super) called: &'static str,
    /// In characters, which are bytes: all that fit are ASCII.
    pub(super) shortest: usize,
    /// The same at the other end.
    pub(super) longest: usize,
    /// Whether a character may stand there.
    pub(super) fits: fn(char) -> bool,
    /// Those that may, in words.
    pub(super) characters: &'static str,
}

impl LimitedText {
    /// Checks a text that is whole.
    pub(super) fn check(&self, text: &str) -> Result<(), Misfit> {
        self.check_characters(text)?;
        let Self {
            called,
            shortest,
            longest,
            ..
        } = self;
        let length = text.len();
        if (*shortest..=*longest).contains(&length) {
            Ok(())
        } else {
            Err(Misfit::new(format!(
                "has the length {length}; {called} has {shortest} to {longest} characters"
            )))
        }
    }

    /// Reads a template; what stands for itself in it must fit.
    pub(super) fn template(&self, text: &str) -> Result<Template, Misfit> {
        let template = Template::parse(text)?;
        if template.variables() == 0 {
            self.check(text)?;
        }
        for literal in template.literals() {
            self.check_characters(literal).map_err(Misfit::anywhere)?;
        }
        // No value is empty.
        let literals: usize = template.literals().map(str::len).sum();
        if template.variables() > 0 && literals + template.variables() > self.longest {
            return Err(Misfit::new(format!(
                "has {literals} characters beside its values; {} has at most {}",
                self.called, self.longest
            )));
        }
        Ok(template)
    }

    /// Fills in a template whose values have to fit as they are.
    pub(super) fn fill(
        &self,
        template: &Template,
        values: &Values<'_>,
    ) -> Result<String, Unfilled> {
        let text = template.fill(values, |value| {
            if value.is_empty() {
                return Err("is empty".to_owned());
            }
            match value.chars().position(|c| !(self.fits)(c)) {
                Some(at) => Err(format!(
                    "holds at character {} what may not stand in {}: only {} may",
                    at + 1,
                    self.called,
                    self.characters
                )),
                None => Ok(()),
            }
        })?;
        self.check(&text)
            .map_err(|misfit| Unfilled::whole(misfit.to_string()))?;
        Ok(text.into_owned())
    }

    fn check_characters(&self, text: &str) -> Result<(), Misfit> {
        match unfit_character(text, self.fits) {
            Some(misfit) => Err(Misfit::at(
                misfit.position().unwrap_or_default(),
                format!("{misfit}; {} takes {}", self.called, self.characters),
            )),
            None => Ok(()),
        }
    }
}
