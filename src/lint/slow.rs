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
use crate::model::Level;
use crate::rules::compile::Source;
use crate::rules::problem::Problem;
use crate::rules::schema::Rule;
use crate::rules::{Code, Severity, read};
use crate::view::is_blank;

/// A rule that is tried on more than this share of lines in vain, in percent, is slow.
const MAX_VAIN: usize = 20;

/// What all rules were asked on the sample.
pub(super) struct Sample {
    /// Questions and wrong guesses among them, by full id.
    counts: HashMap<String, (usize, usize)>,
    lines: usize,
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
        Some(Sample { counts, lines: lines.len() })
    }

    pub(super) fn check(&self, pack: &str, rule: &Rule, report: &mut Reporter<'_>) {
        let Some((asked, vain)) = self.counts.get(&format!("{pack}/{}", rule.id.value)) else { return };
        if std::env::var("DC_DEBUG").is_ok() { eprintln!("SLOW {pack}/{} asked {} vain {} lines {}", rule.id.value, asked, vain, self.lines); }
        if vain * 100 <= self.lines * MAX_VAIN {
            return;
        }
        let percent = |n: &usize| (n * 100 + self.lines / 2) / self.lines;
        report
            .add(
                Code::SlowRule,
                rule.id.span.clone(),
                format!(
                    "this rule is tried on {} % of all kinds of lines, in vain on {} %",
                    percent(asked),
                    percent(vain)
                ),
                "nothing to look it up by",
            )
            .help("begin its pattern with fixed words, add a literal matcher, lower `max-chars`, or say where such lines stand");
    }
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
