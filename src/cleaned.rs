//! The result: the article, and the verdict on every line of the input.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::{Category, Level};

/// A rule of a cleaner; [`crate::Cleaner::rule`] tells what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(crate) u32);

/// What reports say of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its full id, `pack/id`.
    pub id: String,
    /// What kind of boilerplate it removes.
    pub category: Category,
    /// The level that switches it on.
    pub level: Level,
    /// What it is for, in a few words.
    pub title: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It stays as it is.
    Kept,
    /// A blank line that went because its neighbours did.
    Blank,
    /// It was removed; [`Cleaned::claims`] names the rules.
    Removed,
    /// Parts of it were cut out; [`Cleaned::cuts`] lists them.
    Cut,
}

/// A line of the input with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its bytes in the input, terminator included.
    pub span: Range<usize>,
    /// What became of it.
    pub verdict: Verdict,
    pub(crate) claims: Range<u32>,
}

/// A stretch that a span rule cut out of a line that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Its bytes in the input.
    pub span: Range<usize>,
    /// The rule that cut it.
    pub rule: RuleId,
}

/// A cleaned document. What is kept and what is removed together are the input, byte for byte.
#[derive(Debug, Clone)]
pub struct Cleaned<'t> {
    pub(crate) input: &'t str,
    pub(crate) lines: Vec<Line>,
    pub(crate) claims: Vec<RuleId>,
    pub(crate) cuts: Vec<Cut>,
    pub(crate) kept: Vec<Range<usize>>,
    pub(crate) braked: Vec<RuleId>,
    pub(crate) protections: Vec<(usize, RuleId)>,
    pub(crate) wrapped: bool,
}

impl<'t> Cleaned<'t> {
    /// The document as it was read.
    pub fn input(&self) -> &'t str {
        self.input
    }

    /// The article. Borrowed from the input when nothing, or only its beginning or end, was removed.
    pub fn text(&self) -> Cow<'t, str> {
        match self.kept.as_slice() {
            [] => Cow::Borrowed(""),
            [one] => Cow::Borrowed(&self.input[one.clone()]),
            many => Cow::Owned(many.iter().map(|range| &self.input[range.clone()]).collect()),
        }
    }

    /// Whether anything was removed.
    pub fn changed(&self) -> bool {
        self.lines.iter().any(|line| line.verdict != Verdict::Kept)
    }

    /// Every line of the input, in order. Their spans cover it without gaps.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The rules that claimed a removed line; empty for other lines.
    pub fn claims(&self, line: &Line) -> &[RuleId] {
        self.claims.get(line.claims.start as usize..line.claims.end as usize).unwrap_or_default()
    }

    /// All cuts, in order of position.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// The stretches of the input that stay, in order; [`Self::text`] is their concatenation.
    pub fn kept(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.kept.iter().cloned()
    }

    /// Rules of scope section and tail that the brake switched off, as they would have taken too much of this document.
    pub fn braked(&self) -> &[RuleId] {
        &self.braked
    }

    /// Lines, by their place in [`Self::lines`], that a rule with `action = "keep"` protects, with that rule.
    pub fn protections(&self) -> &[(usize, RuleId)] {
        &self.protections
    }

    /// Whether paragraphs were found to be hard-wrapped, and judged as wholes.
    pub fn wrapped(&self) -> bool {
        self.wrapped
    }

    /// The number of lines that rules removed.
    pub fn removed_lines(&self) -> usize {
        self.lines.iter().filter(|line| line.verdict == Verdict::Removed).count()
    }
}
