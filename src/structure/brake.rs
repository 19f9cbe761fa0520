//! The brake: what if broad rules would take most of an article?
//!
//! Then they have most likely misread it, and the document stays as it was for them. Each level is judged with the levels below it, so
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
        for level in Level::ALL {
            let mut taken: Vec<u32> =
                broad.iter().filter(|b| b.level <= *level).flat_map(|b| b.units.iter().copied()).collect();
            taken.sort_unstable();
            taken.dedup();
            let prose: usize = taken.iter().map(|unit| bytes[*unit as usize]).sum();
            if prose as f64 > MAX_SHARE * total as f64 {
                let (off, on): (Vec<_>, Vec<_>) = broad.into_iter().partition(|b| b.level >= *level);
                self.release(&off, *level, claims);
                self.held = Some(Held { level: *level, claims: off });
                broad = on;
                break;
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
