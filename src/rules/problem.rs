//! Mistakes in rule files, located.

use std::fmt;
use std::ops::Range;

use super::code::Code;

/// One mistake in a rule file: where it is, what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of mistake it is.
    pub code: Code,
    /// The file's name as it was given.
    pub file: String,
    /// The stretch that is wrong, in bytes of the file's text.
    pub span: Range<usize>,
    /// The line on which it starts, from 1.
    pub line: usize,
    /// The column at which it starts, in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What belongs beside the marked stretch: what was expected there.
    pub label: String,
    /// What to do about it, where there is more to say.
    pub help: Option<String>,
    /// How to change the file so that it goes away, where that can be said exactly.
    pub patch: Option<Patch>,
}

/// A change of a rule file that mends a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Stretches of the file, in bytes and in order, and what is to stand there.
    pub edits: Vec<(Range<usize>, String)>,
    /// Whether the rule means the same afterwards, or could not be loaded before; what is not safe is for its author to decide.
    pub safe: bool,
}

impl Patch {
    pub(crate) fn replace(span: Range<usize>, text: impl Into<String>, safe: bool) -> Self {
        Patch { edits: vec![(span, text.into())], safe }
    }

    /// The text with the change made, if the change is within it.
    pub fn apply(&self, source: &str) -> Option<String> {
        let mut text = source.to_owned();
        for (span, new) in self.edits.iter().rev() {
            text.get(span.clone())?;
            text.replace_range(span.clone(), new);
        }
        Some(text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if !self.label.is_empty() {
            write!(f, " ({})", self.label)?;
        }
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}

/// Collects the problems of one file.
#[derive(Debug)]
pub(crate) struct Problems<'s> {
    file: &'s str,
    source: &'s str,
    found: Vec<Problem>,
}

impl<'s> Problems<'s> {
    pub(crate) fn new(file: &'s str, source: &'s str) -> Self {
        Problems { file, source, found: Vec::new() }
    }

    pub(crate) fn source(&self) -> &'s str {
        self.source
    }

    /// Notes a problem; the returned reference takes a help text.
    pub(crate) fn add(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Problem {
        let start = self.source.floor_char_boundary(span.start);
        let before = &self.source[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        self.found.push(Problem {
            code: Code::WrongType,
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span: start..span.end.clamp(start, self.source.len()),
            message: message.into(),
            label: label.into(),
            help: None,
            patch: None,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    pub(crate) fn into_vec(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|p| (p.span.start, p.span.end));
        self.found.dedup();
        self.found
    }
}

impl Problem {
    /// Whether it is that a rule has no evidence.
    pub fn is_about_evidence(&self) -> bool {
        self.code == Code::WithoutEvidence
    }

    pub(crate) fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = Some(text.into());
        self
    }

    /// Says what kind of mistake it is; without it, a value of the wrong type.
    pub(crate) fn code(&mut self, code: Code) -> &mut Self {
        self.code = code;
        self
    }

    pub(crate) fn patch(&mut self, patch: Patch) -> &mut Self {
        self.patch = Some(patch);
        self
    }
}

/// The candidate that a misspelt name most likely stands for.
pub(crate) fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|c| (strsim::jaro_winkler(name, c), c))
        .filter(|(score, _)| *score > 0.78)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| c)
}

/// "; did you mean `x`?" or nothing.
pub(crate) fn did_you_mean<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(name, candidates).map(|n| format!("did you mean `{n}`?"))
}
