//! What would remove a line that stays? Tried, not guessed: a rule that is switched on may meet a brake, or take lines around.

use super::{Candidate, Remedy, claims};
use crate::cleaned::{RuleId, Verdict};
use crate::cleaner::{Cleaner, Facts};
use crate::explain::gates::Off;
use crate::model::Level;

/// More rules than this that are switched off and would do are not tried.
const MOST: usize = 8;

pub(super) fn find(
    cleaner: &Cleaner,
    text: &str,
    facts: &Facts<'_>,
    line: usize,
    candidates: &[Candidate],
) -> Vec<Remedy> {
    let rules = cleaner.ruleset();
    let removing = |other: &Cleaner| -> Option<Vec<RuleId>> {
        let cleaned = other.clean_with(text, facts);
        (cleaned.lines()[line].verdict == Verdict::Removed).then(|| claims(&cleaned, line))
    };
    let mut found = Vec::new();
    for level in Level::ALL.iter().filter(|level| **level > cleaner.asked().level) {
        let bolder = cleaner.subset(|rule, card| {
            rules.is_active(rule) || (Off::of(cleaner, rule, card) == Some(Off::Level) && card.level <= *level)
        });
        if let Some(claims) = removing(&bolder) {
            found.push(Remedy::Level(*level, claims));
            break;
        }
    }
    let is_off = |rule: u32| rules.card(rule).and_then(|card| Off::of(cleaner, rule, card));
    let mut off: Vec<RuleId> = candidates
        .iter()
        .filter(|candidate| candidate.failed().all(|gate| matches!(gate.key, "level" | "category" | "ignore")))
        .map(|candidate| candidate.rule)
        .filter(|rule| is_off(rule.0).is_some_and(|off| off != Off::Level))
        .collect();
    off.dedup();
    for rule in off.into_iter().take(MOST) {
        let with = cleaner.subset(|number, _| rules.is_active(number) || number == rule.0);
        if removing(&with).is_some_and(|claims| claims.contains(&rule)) {
            found.push(Remedy::Rule(rule));
        }
    }
    found
}
