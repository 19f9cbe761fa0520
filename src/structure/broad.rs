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

/// How far a broad rule reaches from its opener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reach {
    /// The opener and what it reaches over; empty if that is more than the rule may take.
    pub(crate) units: Vec<u32>,
    pub(crate) end: End,
}

/// Where a broad rule stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// At the end of the document.
    Document,
    /// At this unit, which is prose that nothing else claims.
    Prose(u32),
    /// At this unit, which passes `until`.
    Until(u32),
    /// At this unit, which a rule that keeps protects, or which is code.
    Protected(u32),
    /// Nowhere within `max-units`.
    TooFar,
}

impl Structure<'_, '_> {
    /// What the openers claim. `lines` are the claims of line and run rules in this round.
    pub(crate) fn claim_broad(
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
            let units = self.reach(opener.unit, scope, record, segment, &claimed, bench).units;
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

    /// How far a rule of scope section or tail reaches. `claimed` are the units that line and run rules claim in this round.
    pub(crate) fn reach(
        &mut self,
        opener: u32,
        scope: Scope,
        record: &Record,
        segment: &Segment,
        claimed: &[bool],
        bench: &mut Bench,
    ) -> Reach {
        match scope {
            Scope::Section => self.section(opener, record, segment, claimed, bench),
            _ => self.tail(opener, record),
        }
    }

    pub(crate) fn is_untouchable(&self, unit: u32) -> bool {
        self.is_kept(unit) || self.document.units[unit as usize].protected
    }

    /// From the opener until prose resumes.
    fn section(
        &mut self,
        opener: u32,
        record: &Record,
        segment: &Segment,
        claimed: &[bool],
        bench: &mut Bench,
    ) -> Reach {
        let start = self.rank[opener as usize] as usize;
        let most = record.max_units as usize;
        let mut end = start + 1;
        let mut stop = End::Document;
        while end < self.order.len() {
            let unit = self.order[end];
            if self.is_untouchable(unit) {
                stop = End::Protected(unit);
                break;
            }
            if record.until.as_ref().is_some_and(|until| self.passes(until, segment, unit, bench)) {
                stop = End::Until(unit);
                break;
            }
            if !claimed[unit as usize] && self.is_prose(unit, bench) {
                stop = End::Prose(unit);
                break;
            }
            end += 1;
            // One more than allowed may still be handed back below.
            if end - start - 1 > most + 1 {
                return Reach { units: Vec::new(), end: End::TooFar };
            }
        }
        if matches!(stop, End::Prose(_)) && end > start + 1 && !claimed[self.order[end - 1] as usize] {
            // Probably the sub-heading of the prose that follows.
            end -= 1;
        }
        if end - start - 1 > most {
            return Reach { units: Vec::new(), end: End::TooFar };
        }
        Reach { units: self.order[start..end].to_vec(), end: stop }
    }

    /// From the opener to the end, but for what is protected.
    fn tail(&self, opener: u32, record: &Record) -> Reach {
        let start = self.rank[opener as usize] as usize;
        if self.order.len() - start - 1 > record.max_units as usize {
            return Reach { units: Vec::new(), end: End::TooFar };
        }
        let units = self.order[start..].iter().copied().filter(|unit| !self.is_untouchable(*unit)).collect();
        Reach { units, end: End::Document }
    }
}
