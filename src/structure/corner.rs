//! Rules about a place that no phrase leads to: a name in the first lines, a biography in the last.
//!
//! Asking them about every unit would be most of the work of cleaning, in vain. So the place comes first: only the units that stand
//! there now are asked, once each.

use std::ops::Range;

use super::Structure;
use crate::matching::test::Bench;
use crate::matching::{Hit, matches_text};
use crate::model::Level;
use crate::rules::record::Record;
use crate::rules::segment::{Corner, Segment};

/// Answers by rule and unit.
#[derive(Debug)]
pub(super) struct Memo(Vec<Answers>);

#[derive(Debug, Clone)]
enum Answers {
    /// Of the few units at one end.
    Few(Vec<(u32, bool)>),
    /// Of any unit, by number.
    All(Vec<Option<bool>>),
}

impl Memo {
    pub(super) fn new(corners: usize) -> Memo {
        Memo(vec![Answers::Few(Vec::new()); corners])
    }
}

/// More answers than this are kept by number.
const FEW: usize = 24;

impl Structure<'_, '_> {
    /// Hits of rules about a place among the units that stand there.
    pub(super) fn corner_hits(&mut self, level: Level, bench: &mut Bench) -> Vec<Hit> {
        let rules = self.rules;
        let mut found = Vec::new();
        for (place, (rule, _, corner)) in rules.corners().iter().enumerate().filter(|(_, (_, at, _))| *at <= level) {
            let range = self.corner_range(corner);
            if range.is_empty() || !rules.is_active(*rule) {
                continue;
            }
            for rank in range {
                let unit = self.order[rank];
                let (length, first) = bench.gate(unit as usize);
                let gated = !corner.gate.admits_char(first) || !length.may_fit(corner.gate.max_chars);
                if gated || self.document.units[unit as usize].protected {
                    continue;
                }
                let (Some(segment), Some(record)) = (rules.segment(*rule), rules.record(*rule)) else { continue };
                if self.is_corner_hit(place, unit, segment, record, bench) {
                    found.push(Hit { unit, rule: *rule });
                }
            }
        }
        found
    }

    /// Whether a unit's text is what the rule wants; asked once.
    pub(super) fn is_corner_hit(
        &mut self,
        place: usize,
        unit: u32,
        segment: &Segment,
        record: &Record,
        bench: &mut Bench,
    ) -> bool {
        let known = match &self.corners.0[place] {
            Answers::Few(list) => list.iter().find(|(other, _)| *other == unit).map(|(_, answer)| *answer),
            Answers::All(list) => list[unit as usize],
        };
        if let Some(known) = known {
            return known;
        }
        let answer = self.knows(record)
            && !self.document.units[unit as usize].protected
            && matches_text(record, segment, self.document, unit, bench);
        match &mut self.corners.0[place] {
            Answers::Few(list) if list.len() < FEW => list.push((unit, answer)),
            Answers::Few(list) => {
                let mut all = vec![None; self.document.units.len()];
                list.iter().for_each(|(unit, answer)| all[*unit as usize] = Some(*answer));
                all[unit as usize] = Some(answer);
                self.corners.0[place] = Answers::All(all);
            }
            Answers::All(list) => list[unit as usize] = Some(answer),
        }
        answer
    }

    /// The ranks, among the units that are left, at which the rule can claim.
    fn corner_range(&self, corner: &Corner) -> Range<usize> {
        let units = self.order.len();
        let mut range = 0..units;
        if corner.first_units > 0 {
            range.end = units.min(corner.first_units as usize);
        }
        if corner.last_units > 0 {
            range.start = units.saturating_sub(corner.last_units as usize);
        }
        if corner.after_percent > 0 {
            let total = self.before[units];
            let late =
                self.before[..units].partition_point(|before| before * 100 < total * corner.after_percent as usize);
            range.start = range.start.max(late);
        }
        range
    }
}
