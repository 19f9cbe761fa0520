//! Explaining: why does this line stay, or go?
//!
//! A rule is a row of gates, and a line that stays has been stopped at one of them in every rule. Here each rule is asked again about one
//! line, gate by gate: its test is taken apart into tests of one condition each (`gates`), and those are put to the very functions
//! that matching and structure ask, in the state that they left the document in; for a line that went, in the state before the round in
//! which it did. So there is one truth, and cleaning pays nothing for being explained.
//!
//! Sections and tails take lines that they do not match; for those the opener is asked (`reach`). Rules are quoted as they were
//! written (`authors`), as the compiled ones have neither lists nor reasons. At last the remedies (`remedies`): what would remove a
//! line that stays is not guessed but tried.

mod authors;
mod gates;
mod reach;
mod remedies;

use std::ops::Range;

pub(crate) use authors::Authors;
use gates::Scene;

use crate::cleaned::{Cleaned, RuleId, Verdict};
use crate::cleaner::{Cleaner, Facts, Findings, Reading};
use crate::document::Document;
use crate::matching::test::Bench;
use crate::model::Level;
use crate::structure::Structure;
use crate::view::View;

/// Why one line stays or goes.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The lines that were judged together, as places in [`Cleaned::lines`]: one, or a paragraph where the document is hard-wrapped.
    pub lines: Range<usize>,
    /// What became of the line.
    pub verdict: Verdict,
    /// What kind of line it is to rules.
    pub judged: Judged,
    /// Whether the document was found to be hard-wrapped.
    pub wrapped: bool,
    /// The text as rules see it: the plain view that `docs/rule-format.md` describes.
    pub view: String,
    /// The rules that removed the line, or cut out parts of it.
    pub claims: Vec<RuleId>,
    /// Every rule that was asked, those that came nearest first.
    pub candidates: Vec<Candidate>,
    /// What would remove a line that stays. Each has been tried.
    pub remedies: Vec<Remedy>,
}

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Text, which rules judge.
    Text,
    /// A blank line: it goes where its neighbours do.
    Blank,
    /// Code or front matter, which no rule may touch.
    Code,
}

/// A rule, and how far it came with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The rule.
    pub rule: RuleId,
    /// What the line is to the rule.
    pub role: Role,
    /// What the rule asks, in the order in which it is decided.
    pub gates: Vec<Gate>,
    /// Whether it came near: something of what it looks for is there.
    pub near: bool,
    /// Whether the rule protects lines instead of removing them.
    pub keeps: bool,
}

impl Candidate {
    /// Whether all gates were passed: then the rule removes the line (or, if it [keeps](Self::keeps), protects it).
    pub fn passed(&self) -> bool {
        self.gates.iter().all(|gate| gate.passed)
    }

    /// The gates that were not passed.
    pub fn failed(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().filter(|gate| !gate.passed)
    }
}

/// What a line is to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The line that the rule is asked about.
    Itself,
    /// A line below the one (by its place in [`Cleaned::lines`]) that a section or tail may open on.
    Below(usize),
}

/// One thing that a rule asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The key of the rule file that asks it, or one of `opener`, `reach`, `keep`, `level`, `ignore`, `brake`.
    pub key: &'static str,
    /// Whether the answer was the right one.
    pub passed: bool,
    /// What is asked for, in the author's words.
    pub asks: String,
    /// What was found.
    pub found: String,
}

/// What would remove a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// A bolder level, for the sake of these rules.
    Level(Level, Vec<RuleId>),
    /// Switching on a rule that was left out.
    Rule(RuleId),
}

/// What happens to one line while a document is cleaned.
pub(crate) struct Watch<'c> {
    cleaner: &'c Cleaner,
    /// The line's text in the source.
    span: Range<usize>,
    lines: Range<usize>,
    judged: Judged,
    view: String,
    candidates: Vec<Candidate>,
    /// Span rules that have cut so far.
    cuts: Vec<Candidate>,
    gone: bool,
}

impl Watch<'_> {
    /// Looks at a document whose levels have settled. The structure is left in an earlier state.
    pub(crate) fn look(
        &mut self,
        structure: &mut Structure<'_, '_>,
        facts: &Facts<'_>,
        reading: &Reading<'_>,
        findings: &Findings,
        bench: &mut Bench,
    ) {
        let document = structure.document;
        let parts = reading.of_source(self.span.clone());
        let is_ours =
            |unit: &crate::document::Unit| parts.iter().any(|part| part.start < unit.end && unit.start < part.end);
        let Some(unit) = document.units.iter().position(is_ours).filter(|_| !self.gone) else { return };
        let lines_of = |unit: usize| -> Range<usize> {
            let unit = &document.units[unit];
            let parts = reading.in_source(unit.start..unit.end);
            let first = parts.first().map_or(0, |part| findings.line_at(part.start));
            let last = parts.last().map_or(first, |part| findings.line_at(part.end - 1));
            first..last + 1
        };
        self.lines = lines_of(unit);
        if document.units[unit].protected {
            self.judged = Judged::Code;
            return;
        }
        let place = |unit: u32| lines_of(unit as usize).start;
        let round = structure.rewind(unit as u32);
        self.gone = round.is_some();
        self.view = View::of(document.unit_text(unit)).plain;
        let level = round.unwrap_or(self.cleaner.last_level());
        let mut scene = Scene::new(self.cleaner, structure, facts, &place, level, bench);
        self.candidates = scene.candidates(unit as u32);
        self.candidates.splice(0..0, self.cuts.clone());
        let cuts = scene.spans(unit as u32, self.gone);
        self.cuts.extend(cuts.iter().filter(|cut| cut.passed() && !self.gone).cloned());
        self.candidates.extend(cuts);
    }
}

impl Cleaner {
    /// Explains one line, given by its place in [`Cleaned::lines`]; `None` if there is no such line.
    ///
    /// ```
    /// use dechaff::{Cleaner, Facts, Verdict};
    ///
    /// let cleaner = Cleaner::builder().build()?;
    /// let page = "Ferry to run for free\n\nShare this:\n\nThe ferry will carry people across for nothing, the council said.\n";
    /// let explanation = cleaner.explain(page, &Facts::default(), 2).expect("a third line");
    /// assert_eq!(explanation.verdict, Verdict::Removed);
    /// let nearest = &explanation.candidates[0];
    /// assert!(nearest.passed() && explanation.claims.contains(&nearest.rule));
    /// # Ok::<(), dechaff::BuildError>(())
    /// ```
    pub fn explain(&self, text: &str, facts: &Facts<'_>, line: usize) -> Option<Explanation> {
        let source = Document::new(text);
        let place = source.lines.get(line)?;
        let mut watch = Watch {
            cleaner: self,
            span: place.start..place.end,
            lines: line..line + 1,
            judged: if place.blank { Judged::Blank } else { Judged::Text },
            view: String::new(),
            candidates: Vec::new(),
            cuts: Vec::new(),
            gone: place.blank,
        };
        let cleaned = self.clean_watched(text, facts, Some(&mut watch));
        let found = &cleaned.lines()[line];
        let claims = claims(&cleaned, line);
        let Watch { lines, judged, view, mut candidates, .. } = watch;
        let failures = |candidate: &Candidate| candidate.failed().count();
        candidates.sort_by_key(|candidate| {
            let claimed = candidate.passed() && claims.contains(&candidate.rule);
            (!claimed, !candidate.near, failures(candidate), std::cmp::Reverse(candidate.gates.len()), candidate.rule)
        });
        candidates.dedup();
        let verdict = found.verdict;
        let remedies = match (judged, verdict) {
            (Judged::Text, Verdict::Kept | Verdict::Cut) => remedies::find(self, text, facts, line, &candidates),
            _ => Vec::new(),
        };
        Some(Explanation { lines, verdict, judged, wrapped: cleaned.wrapped(), view, claims, candidates, remedies })
    }
}

/// The rules that removed a line, or cut out parts of it.
fn claims(cleaned: &Cleaned<'_>, line: usize) -> Vec<RuleId> {
    let line = &cleaned.lines()[line];
    let mut claims = cleaned.claims(line).to_vec();
    let cuts = cleaned.cuts().iter().filter(|cut| cut.span.start < line.span.end && line.span.start < cut.span.end);
    claims.extend(cuts.map(|cut| cut.rule));
    claims.sort_unstable();
    claims.dedup();
    claims
}
