//! Sections and tails: how far an opener reaches, and whether that is as far as a line below it.

use super::gates::{Asked, Scene};
use super::{Candidate, Gate, Role};
use crate::cleaned::RuleId;
use crate::matching::matches_text;
use crate::structure::broad::{End, Reach};

impl<'s> Scene<'s, '_, '_> {
    /// What a broad rule asks of an opener beside its text and its place.
    pub(super) fn reach(&mut self, asked: Asked<'s>, opener: u32) -> (Vec<Gate>, Reach) {
        let Asked { record, segment, card, .. } = asked;
        let mut gates = Vec::new();
        if self.structure.is_untouchable(opener) {
            gates.push(protected());
        }
        let claimed = std::mem::take(&mut self.claimed);
        let reach = self.structure.reach(opener, card.scope, record, segment, &claimed, self.bench);
        self.claimed = claimed;
        let below = reach.units.len().saturating_sub(1);
        let found = match reach.end {
            End::TooFar => "more, so that it claims nothing".to_owned(),
            _ if below == 0 => "nothing, so that it claims nothing".to_owned(),
            end => format!("{below} below the opener, {}", self.ending(end)),
        };
        gates.push(Gate {
            key: "max-units",
            passed: below > 0,
            asks: format!("1 to {} units", record.max_units),
            found,
        });
        (gates, reach)
    }

    fn ending(&self, end: End) -> String {
        match end {
            End::Document => "to the end".to_owned(),
            End::Prose(unit) => format!("up to prose in line {}", self.line(unit)),
            End::Until(unit) => format!("up to `until` in line {}", self.line(unit)),
            End::Protected(unit) => format!("up to line {}, which is protected", self.line(unit)),
            End::TooFar => "too far".to_owned(),
        }
    }

    /// The opener above a unit by which the rule came nearest to it.
    pub(super) fn below(&mut self, asked: Asked<'s>, unit: u32) -> Option<Candidate> {
        let rank = self.structure.rank(unit);
        let farthest = rank.saturating_sub(asked.record.max_units as usize + 2);
        let mut best: Option<Candidate> = None;
        for at in (farthest..rank).rev() {
            let opener = self.structure.order()[at];
            let document = self.structure.document;
            if document.units[opener as usize].protected
                || !matches_text(asked.record, asked.segment, document, opener, self.bench)
            {
                continue;
            }
            let Some(candidate) = self.from(asked, opener, unit) else { continue };
            let failures = |candidate: &Candidate| candidate.failed().count();
            if best.as_ref().is_none_or(|best| failures(&candidate) < failures(best)) {
                best = Some(candidate);
            }
        }
        best
    }

    /// What the rule asks of an opener and a unit below it; `None` if it never came there.
    fn from(&mut self, asked: Asked<'s>, opener: u32, unit: u32) -> Option<Candidate> {
        let opening = self.opening(asked, opener);
        let reach = opening.reach?;
        let rank = self.structure.rank(unit);
        let is_reached = reach.units.contains(&unit);
        let stop = match reach.end {
            End::Prose(end) | End::Until(end) | End::Protected(end) => Some(end),
            End::Document | End::TooFar => None,
        };
        // A section that ended well above has nothing to do with the unit.
        if !is_reached && stop.is_some_and(|end| self.structure.rank(end) > rank + 1 || self.structure.rank(end) < rank)
        {
            return None;
        }
        let mut gates = vec![Gate {
            key: "opener",
            passed: true,
            asks: "a line that it opens on".to_owned(),
            found: self.quoted(opener),
        }];
        gates.extend(opening.gates.into_iter().skip(opening.text));
        if reach.end != End::TooFar {
            let found = match reach.end {
                _ if is_reached => "it does".to_owned(),
                End::Prose(end) if end == unit => "this line is prose that nothing else claims".to_owned(),
                End::Prose(_) => "handed back: a heading of the prose below it, perhaps".to_owned(),
                End::Until(end) if end == unit => "this line passes `until`".to_owned(),
                _ => "a rule that keeps protects this line".to_owned(),
            };
            gates.push(Gate { key: "reach", passed: is_reached, asks: "reaches over this line".to_owned(), found });
        }
        gates.push(self.level(asked));
        if gates.iter().all(|gate| gate.passed)
            && let Some(held) = &self.structure.held
            && held.claims.iter().any(|claim| claim.rule == asked.rule && claim.units.contains(&unit))
        {
            gates.push(self.braked());
        }
        let role = Role::Below(self.place_in_source(opener));
        Some(Candidate { rule: RuleId(asked.rule), role, gates, near: true, keeps: false })
    }
}

fn protected() -> Gate {
    let asks = "a line that nothing protects".to_owned();
    Gate { key: "keep", passed: false, asks, found: "a rule that keeps protects it".to_owned() }
}
