//! The brake: what if broad rules would take most of an article?
//!
//! Then they have most likely misread it, and the document stays as it was for them. Only a rule that says so (`max-prose`), and that is
//! borne out several times over, may take more: under a short text there often stand fifty readers' comments. Each level is judged with the levels below it, so
//! that a bolder level never makes a more cautious one remove less.

use super::{BroadClaim, Claim, Held, Structure};
use crate::matching::test::Bench;
use crate::model::Level;

/// The largest share of a document's prose, by bytes, that sections and tails may take in one round.
const MAX_SHARE: f64 = 0.6;

impl Structure<'_, '_> {
    /// Drops the broad claims of every level at which they take too much, with all claims on the units that opened or corroborated them.
    pub(crate) fn brake(
        &mut self,
        mut broad: Vec<BroadClaim>,
        claims: &mut Vec<Claim>,
        bench: &mut Bench,
    ) -> Vec<BroadClaim> {
        self.held = None;
        if broad.is_empty() {
            return broad;
        }
        let order = self.order.clone();
        let mut total = 0;
        let mut bytes = vec![0usize; self.document.units.len()];
        for unit in order {
            if self.is_prose(unit, bench) {
                let span = self.document.units[unit as usize];
                bytes[unit as usize] = span.end - span.start;
                total += span.end - span.start;
            }
        }
        let prose = |claims: &mut dyn Iterator<Item = &BroadClaim>| {
            let mut taken: Vec<u32> = claims.flat_map(|claim| claim.units.iter().copied()).collect();
            taken.sort_unstable();
            taken.dedup();
            taken.iter().map(|unit| bytes[*unit as usize]).sum::<usize>()
        };
        for level in Level::ALL {
            let due = |claim: &&BroadClaim| claim.level <= *level;
            let well_borne_out = || broad.iter().filter(due).filter(|claim| claim.max_prose.is_some());
            let firm = prose(&mut well_borne_out());
            let may_take = well_borne_out().filter_map(|claim| claim.max_prose).max().unwrap_or(0) as usize;
            let all = prose(&mut broad.iter().filter(due));
            // What the well-borne-out rules take is no part of what the others are measured against.
            let all_off = 100 * firm > may_take * total;
            if all_off || (all - firm) as f64 > MAX_SHARE * (total - firm) as f64 {
                let is_off = |claim: &BroadClaim| claim.level >= *level && (all_off || claim.max_prose.is_none());
                let (off, on): (Vec<_>, Vec<_>) = broad.into_iter().partition(is_off);
                self.release(&off, *level, claims);
                self.held = Some(Held { level: *level, claims: off });
                broad = on;
            }
        }
        broad
    }

    /// The units that opened or bore out what was braked stay too: without them the rest would look different next time.
    fn release(&mut self, off: &[BroadClaim], level: Level, claims: &mut Vec<Claim>) {
        for claim in off {
            if !self.braked.contains(&claim.rule) {
                self.braked.push(claim.rule);
            }
        }
        let is_involved = |unit: u32| off.iter().any(|b| b.opener == unit || b.witnesses.contains(&unit));
        claims.retain(|claim| {
            !(is_involved(claim.unit) && self.rules.card(claim.rule).is_some_and(|card| card.level >= level))
        });
    }
}
