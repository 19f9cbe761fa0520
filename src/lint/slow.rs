//! Rules that are asked about too many lines in vain.
//!
//! A rule is looked up by the words that its lines begin or end with, or hold; one that has none of these is tried on all lines of the
//! right length and first character. Whether that is many cannot be seen from the rule, so it is measured: all rules are put to one
//! document made of the examples of the default packs, noise and article in all their variety. Counts decide and not
//! time, so the answer is the same on every machine.

use std::collections::HashMap;

use super::Reporter;
use crate::cleaner::{Cleaner, Facts};
use crate::matching::Watch;
use crate::matching::test::holds;
use crate::model::Level;
use crate::pattern::{ANY_DIGIT, Pattern, needed_mark};
use crate::rules::compile::Source;
use crate::rules::problem::Problem;
use crate::rules::record::ShapeTest;
use crate::rules::schema::{Matcher, Rule};
use crate::rules::{Code, Severity, read};
use crate::shape::Shape;
use crate::view::{View, is_blank};

/// A rule whose matchers are run on more than this share of lines in vain, in percent, is slow.
const MAX_VAIN: usize = 20;

/// What all rules were asked on the sample.
pub(super) struct Sample {
    /// Questions and wrong guesses among them, by full id.
    counts: HashMap<String, (usize, usize)>,
    lines: Vec<View>,
}

/// Counts questions, and those answered with no.
#[derive(Default)]
struct Tally(HashMap<u32, (usize, usize)>);

impl Watch for Tally {
    fn ask(&mut self, rule: u32, question: impl FnOnce() -> bool) -> bool {
        let answer = question();
        let (asked, vain) = self.0.entry(rule).or_default();
        *asked += 1;
        *vain += usize::from(!answer);
        answer
    }
}

impl Sample {
    /// `None` where the rules cannot be loaded.
    pub(super) fn new(files: &[(String, String)], defaults: &[Source], found: &[Problem]) -> Option<Self> {
        if found.iter().any(|problem| problem.code.severity() == Severity::Error) {
            return None;
        }
        let builder = Cleaner::builder().level(Level::Aggressive).default_rules(false);
        let builder = defaults.iter().fold(builder, |builder, source| builder.rules(&source.file, &source.text));
        let builder = files.iter().fold(builder, |builder, (file, text)| builder.rules(file, text));
        let cleaner = builder.build().ok()?;
        let lines = sample();
        let mut tally = Tally::default();
        crate::coverage::survey(&cleaner, &lines.join("\n\n"), &Facts::default(), &mut tally);
        let counts = tally.0.into_iter().map(|(rule, counts)| (cleaner.rule(crate::RuleId(rule)).id, counts)).collect();
        Some(Sample { counts, lines: lines.iter().map(|line| View::of(line)).collect() })
    }

    pub(super) fn check(&self, pack: &str, rule: &Rule, report: &mut Reporter<'_>) {
        let Some((asked, vain)) = self.counts.get(&format!("{pack}/{}", rule.id.value)) else { return };
        let is_much = |lines: usize| lines * 100 > self.lines.len() * MAX_VAIN;
        if !is_much(*vain) {
            return;
        }
        // Most questions end at the length or shape of the line, or at a mark that the pattern needs: that costs nothing.
        let run = self.lines.iter().filter(|line| runs_on(rule, line)).count().min(*asked);
        let vain = run.saturating_sub(asked - vain);
        if !is_much(vain) {
            return;
        }
        let percent = (vain * 100 + self.lines.len() / 2) / self.lines.len();
        report
            .add(
                Code::SlowRule,
                rule.id.span.clone(),
                format!("this rule's matchers are run in vain on {percent} % of all kinds of lines"),
                "nothing to look it up by",
            )
            .help("begin its pattern with fixed words, add a literal matcher, lower `max-chars`, or say where such lines stand");
    }
}

/// Whether a line gets as far as the rule's matchers.
fn runs_on(rule: &Rule, line: &View) -> bool {
    let shape = Shape::of(line);
    let test = ShapeTest::of(&rule.test.shape);
    let fits = test.chars.is_none_or(|(min, max)| (min..=max).contains(&shape.chars)) && holds(&test, shape);
    let has = |mark: u8| {
        if mark == ANY_DIGIT { line.plain.contains(char::is_numeric) } else { line.plain.as_bytes().contains(&mark) }
    };
    let runs = |matcher: &Matcher| {
        !matcher.kind.is_pattern()
            || matcher
                .items
                .iter()
                .any(|item| Pattern::parse(&item.value).is_ok_and(|pattern| needed_mark(pattern.hir()).is_none_or(has)))
    };
    fits && rule.test.matchers.iter().all(runs)
}

/// The lines of the default packs' examples.
fn sample() -> Vec<String> {
    let mut lines = Vec::new();
    for (file, text) in crate::default_packs() {
        let pack = read::read(file, text).0;
        for rule in pack.iter().flat_map(|pack| &pack.rules) {
            let examples = rule.hit.iter().chain(&rule.spare);
            let all = examples.flat_map(|example| example.input.lines()).filter(|line| !is_blank(line));
            lines.extend(all.map(str::to_owned));
        }
    }
    lines
}
