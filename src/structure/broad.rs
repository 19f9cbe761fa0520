//! Sections and tails: claims that reach beyond the unit that matched.
//!
//! These are the rules that can do damage, so each reach is bounded, stops at what is protected, and is all or nothing: a section
//! that finds no end within `max-units` was no section.

use super::{BroadClaim, Claim, Structure};
use crate::matching::Hit;
use crate::matching::test::Bench;
use crate::model::{Level, Scope};
use crate::rules::record::Record;
use crate::rules::segment::Segment;

impl Structure<'_, '_> {
    /// What the openers claim. `lines` are the claims of line and run rules in this round.
    pub(super) fn claim_broad(
        &mut self,
        openers: &[Hit],
        lines: &[Claim],
        level: Level,
        bench: &mut Bench,
    ) -> Vec<BroadClaim> {
        let mut found: Vec<BroadClaim> = Vec::new();
        if openers.is_empty() {
            return found;
        }
        let mut claimed = vec![false; self.document.units.len()];
        lines.iter().for_each(|claim| claimed[claim.unit as usize] = true);
        for opener in openers {
            // An opener inside what the same rule has claimed is part of it.
            if found
                .iter()
                .rev()
                .take(8)
                .any(|claim| claim.rule == opener.rule && claim.units.last().is_some_and(|last| *last >= opener.unit))
            {
                continue;
            }
            if self.is_untouchable(opener.unit) {
                continue;
            }
            let Some((segment, record, scope)) = self.rule_at(opener.rule, level) else { continue };
            let units = match scope {
                Scope::Section => self.section(opener.unit, record, segment, &claimed, bench),
                _ => self.tail(opener.unit, record),
            };
            if units.len() > 1 {
                let witnesses =
                    record.require.iter().flat_map(|r| self.witnesses(opener.unit, r, segment, bench)).collect();
                let level = self.rules.card(opener.rule).map_or(level, |card| card.level);
                let max_prose = Some(record.max_prose).filter(|percent| *percent > 0);
                found.push(BroadClaim { rule: opener.rule, level, opener: opener.unit, max_prose, units, witnesses });
            }
        }
        found
    }

    fn is_untouchable(&self, unit: u32) -> bool {
        self.is_kept(unit) || self.document.units[unit as usize].protected
    }

    /// From the opener until prose resumes; empty if it is no section.
    fn section(
        &mut self,
        opener: u32,
        record: &Record,
        segment: &Segment,
        claimed: &[bool],
        bench: &mut Bench,
    ) -> Vec<u32> {
        let start = self.rank[opener as usize] as usize;
        let most = record.max_units as usize;
        let mut end = start + 1;
        let mut by_prose = false;
        while end < self.order.len() {
            let unit = self.order[end];
            if self.is_untouchable(unit)
                || record.until.as_ref().is_some_and(|until| self.passes(until, segment, unit, bench))
            {
                break;
            }
            if !claimed[unit as usize] && self.is_prose(unit, bench) {
                by_prose = true;
                break;
            }
            end += 1;
            // One more than allowed may still be handed back below.
            if end - start - 1 > most + 1 {
                return Vec::new();
            }
        }
        if by_prose && end > start + 1 && !claimed[self.order[end - 1] as usize] {
            // Probably the sub-heading of the prose that follows.
            end -= 1;
        }
        if end - start - 1 > most { Vec::new() } else { self.order[start..end].to_vec() }
    }

    /// From the opener to the end, but for what is protected; empty if that is more than the rule may take.
    fn tail(&self, opener: u32, record: &Record) -> Vec<u32> {
        let start = self.rank[opener as usize] as usize;
        if self.order.len() - start - 1 > record.max_units as usize {
            return Vec::new();
        }
        self.order[start..].iter().copied().filter(|unit| !self.is_untouchable(*unit)).collect()
    }
}
