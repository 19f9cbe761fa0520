//! Hits → verdicts: where does a unit stand, and what stands around it?
//!
//! Everything here works on positions and on what matching found; a text is looked at again only where a rule asks about a neighbour.
//! One [`Structure::settle`] brings one level to its fixpoint: line rules claim, then runs, then sections and tails ([`broad`]), the brake
//! ([`brake`]) has its say, claimed units are taken out, and the rest is looked at again in its new neighbourhood, until nothing
//! changes. As every round is the same function of the units that are left, cleaning the result again changes nothing.

mod brake;
pub(crate) mod broad;
mod corner;

use std::collections::{HashMap, HashSet};

use crate::Facts;
use crate::document::Document;
use crate::matching::test::Bench;
use crate::matching::{Hit, Hits, matches_text};
use crate::model::{Level, Scope};
use crate::rules::record::{Neighbour, Place, Record, Test};
use crate::rules::segment::Segment;
use crate::ruleset::RuleSet;

/// Rounds until a level has settled; the default packs take three. A bound, so that a rule that eats its way through a document unit
/// by unit cannot make the time grow with the square of its length.
const MAX_ROUNDS: usize = 64;

/// A rule's claim on a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim {
    pub(crate) unit: u32,
    pub(crate) rule: u32,
}

/// A broad rule's claim: the unit that opened it and what it reaches over.
#[derive(Debug, Clone)]
pub(crate) struct BroadClaim {
    pub(crate) rule: u32,
    pub(crate) level: Level,
    pub(crate) opener: u32,
    /// Percent of the prose that its rule may take, where that is more than what the brake allows all others.
    pub(crate) max_prose: Option<u32>,
    pub(crate) units: Vec<u32>,
    /// Units that `require` counted.
    pub(crate) witnesses: Vec<u32>,
}

/// Broad claims that the brake has held back, and the lowest level that it held.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) level: Level,
    pub(crate) claims: Vec<BroadClaim>,
}

/// The state of one document on its way through the levels.
pub(crate) struct Structure<'a, 't> {
    pub(crate) document: &'a Document<'t>,
    rules: &'a RuleSet,
    hits: &'a Hits,
    facts: &'a Facts<'a>,
    alive: Vec<bool>,
    /// Units that are left, in order, and the place of each unit among them.
    order: Vec<u32>,
    rank: Vec<u32>,
    /// Bytes of text before each unit that is left.
    before: Vec<usize>,
    kept: Vec<bool>,
    prose: Vec<Option<bool>>,
    /// Hits that witnesses have proposed, and what their text turned out to be.
    deferred: Vec<(Hit, Option<bool>)>,
    proposed: HashSet<Hit>,
    /// What rules about a place have said of the units there.
    corners: corner::Memo,
    /// For each unit the unit before it that has the same text, where asked.
    twins: Option<Vec<Option<u32>>>,
    /// All claims of the units that have been removed.
    pub(crate) removed: Vec<Claim>,
    /// Rules that the brake has switched off.
    pub(crate) braked: Vec<u32>,
    /// What the brake held back in the last round.
    pub(crate) held: Option<Held>,
    /// For every round that removed something its level, and where its claims begin in `removed`.
    rounds: Vec<(Level, usize)>,
}

impl<'a, 't> Structure<'a, 't> {
    pub(crate) fn new(document: &'a Document<'t>, rules: &'a RuleSet, hits: &'a Hits, facts: &'a Facts<'a>) -> Self {
        let units = document.units.len();
        let mut kept = Vec::new();
        if !hits.keeps.is_empty() {
            kept.resize(units, false);
            hits.keeps.iter().for_each(|hit| kept[hit.unit as usize] = true);
        }
        Structure {
            document,
            rules,
            hits,
            facts,
            alive: vec![true; units],
            order: Vec::new(),
            rank: vec![0; units],
            before: Vec::new(),
            kept,
            prose: Vec::new(),
            deferred: Vec::new(),
            corners: corner::Memo::new(rules.corners().len()),
            proposed: HashSet::new(),
            twins: None,
            removed: Vec::new(),
            braked: Vec::new(),
            held: None,
            rounds: Vec::new(),
        }
    }

    /// Runs the rules up to a level until nothing changes.
    pub(crate) fn settle(&mut self, level: Level, bench: &mut Bench) {
        for _ in 0..MAX_ROUNDS {
            let claims = self.round(level, bench);
            if claims.is_empty() {
                return;
            }
            for claim in &claims {
                self.alive[claim.unit as usize] = false;
            }
            self.rounds.push((level, self.removed.len()));
            self.removed.extend(claims);
        }
    }

    /// Goes back to what was left before the round that removed a unit, for a second look at that round; its level. `None`, and nothing
    /// changed, if the unit is still there.
    pub(crate) fn rewind(&mut self, unit: u32) -> Option<Level> {
        let at = self.removed.iter().position(|claim| claim.unit == unit)?;
        let (level, start) = self.rounds.iter().copied().rev().find(|(_, start)| *start <= at)?;
        for claim in self.removed.drain(start..) {
            self.alive[claim.unit as usize] = true;
        }
        self.rounds.retain(|(_, begin)| *begin < start);
        // Links over units that are back would pass them by.
        self.twins = None;
        Some(level)
    }

    /// The units that are left, in order.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The place of a unit that is left among those that are.
    pub(crate) fn rank(&self, unit: u32) -> usize {
        self.rank[unit as usize] as usize
    }

    fn knows(&self, record: &Record) -> bool {
        crate::matching::knows(record, self.facts)
    }

    /// The units that are left, but for protected ones, up to so many from either end.
    pub(crate) fn ends(&self, count: usize) -> Vec<u32> {
        let left = |unit: &u32| self.alive[*unit as usize];
        let units = 0..self.document.units.len() as u32;
        let mut ends: Vec<u32> = units.clone().filter(left).take(count).collect();
        ends.extend(units.rev().filter(left).take(count));
        ends.sort_unstable();
        ends.dedup();
        ends.retain(|unit| !self.document.units[*unit as usize].protected);
        ends
    }

    pub(crate) fn is_kept(&self, unit: u32) -> bool {
        self.kept.get(unit as usize).copied().unwrap_or(false)
    }

    /// One look at everything that is left: the claims of all rules up to a level.
    fn round(&mut self, level: Level, bench: &mut Bench) -> Vec<Claim> {
        let hits = self.hits;
        if hits.units.is_empty() && hits.witnesses.is_empty() && self.rules.corners().is_empty() {
            return Vec::new();
        }
        self.line_up();
        let (mut claims, openers) = self.own_claims(level, bench);
        let broad = self.claim_broad(&openers, &claims, level, bench);
        let broad = self.brake(broad, &mut claims, bench);
        claims.extend(broad.iter().flat_map(|b| b.units.iter().map(|unit| Claim { unit: *unit, rule: b.rule })));
        claims.sort_unstable();
        claims.dedup();
        claims
    }

    /// What line and run rules claim, and the units that sections and tails open on.
    pub(crate) fn own_claims(&mut self, level: Level, bench: &mut Bench) -> (Vec<Claim>, Vec<Hit>) {
        let hits = self.hits;
        self.propose();
        let (mut claims, mut runs, mut openers) = (Vec::new(), Vec::new(), Vec::new());
        let mut counts = Vec::new();
        let cornered = self.corner_hits(level, bench);
        let known = hits.units.len() + cornered.len();
        for at in 0..known + self.deferred.len() {
            let deferred = at.checked_sub(known);
            let listed = hits.units.get(at).or_else(|| cornered.get(at.wrapping_sub(hits.units.len())));
            let hit = listed.copied().unwrap_or_else(|| self.deferred[at - known].0);
            if !self.alive[hit.unit as usize] {
                continue;
            }
            let Some((segment, record, scope)) = self.rule_at(hit.rule, level) else { continue };
            let stands = self.stands(hit.unit, &record.place)
                && deferred.is_none_or(|at| self.is_deferred_hit(at, segment, record, bench))
                && self.is_rare(hit.rule, segment, record, &mut counts, bench)
                && self.has_neighbours(hit.unit, &record.place, segment, bench)
                && self.is_corroborated(hit.unit, record, segment, bench);
            if !stands {
                continue;
            }
            match scope {
                Scope::Run => runs.push(hit),
                _ if scope.is_broad() => openers.push(hit),
                _ => claims.push(Claim { unit: hit.unit, rule: hit.rule }),
            }
        }
        openers.sort_unstable();
        self.claim_runs(runs, &mut claims);
        (claims, openers)
    }

    /// The rule, if it takes part at this level.
    fn rule_at(&self, rule: u32, level: Level) -> Option<(&'a Segment, &'a Record, Scope)> {
        let rules = self.rules;
        let card = rules.card(rule)?;
        (card.level <= level).then_some(())?;
        Some((rules.segment(rule)?, rules.record(rule)?, card.scope))
    }

    /// Numbers the units that are left.
    pub(crate) fn line_up(&mut self) {
        self.order.clear();
        self.before.clear();
        let mut bytes = 0;
        for (number, unit) in self.document.units.iter().enumerate() {
            if self.alive[number] {
                self.rank[number] = self.order.len() as u32;
                self.order.push(number as u32);
                self.before.push(bytes);
                bytes += unit.end - unit.start;
            }
        }
        self.before.push(bytes);
    }

    /// Whether a unit stands where the rule wants it.
    pub(crate) fn stands(&mut self, unit: u32, place: &Place) -> bool {
        let rank = self.rank[unit as usize] as usize;
        let total = self.order.len();
        let share = |percent: u32| self.before[rank] * 100 >= self.before[total] * percent as usize;
        place.first_units.is_none_or(|n| rank < n as usize)
            && place.last_units.is_none_or(|n| total - rank <= n as usize)
            && place.after_percent.is_none_or(share)
            && (!place.repeat || self.is_repeated(unit))
    }

    /// Whether the units next to it are what the rule wants.
    pub(crate) fn has_neighbours(&self, unit: u32, place: &Place, segment: &Segment, bench: &mut Bench) -> bool {
        let rank = self.rank[unit as usize] as usize;
        self.neighbour(unit, rank.checked_sub(1), &place.prev, segment, bench)
            && self.neighbour(unit, (rank + 1 < self.order.len()).then_some(rank + 1), &place.next, segment, bench)
    }

    /// Whether no more units that are left match a rule than it allows. `counts` holds what has been counted in this round.
    fn is_rare(
        &mut self,
        rule: u32,
        segment: &Segment,
        record: &Record,
        counts: &mut Vec<(u32, bool)>,
        bench: &mut Bench,
    ) -> bool {
        let Some(most) = record.place.max_matches else { return true };
        if let Some((_, known)) = counts.iter().find(|(counted, _)| *counted == rule) {
            return *known;
        }
        let most = most as usize;
        let mut count = self
            .hits
            .units
            .iter()
            .filter(|hit| hit.rule == rule && self.alive[hit.unit as usize])
            .take(most + 1)
            .count();
        if let Some(place) = self.rules.corners().iter().position(|(corner, ..)| *corner == rule) {
            let all = 0..self.document.units.len() as u32;
            for unit in all.filter(|unit| self.alive[*unit as usize]).collect::<Vec<_>>() {
                if count <= most && self.is_corner_hit(place, unit, segment, record, bench) {
                    count += 1;
                }
            }
        }
        counts.push((rule, count <= most));
        count <= most
    }

    /// Whether a deferred hit is one; asked once.
    fn is_deferred_hit(&mut self, at: usize, segment: &Segment, record: &Record, bench: &mut Bench) -> bool {
        let document = self.document;
        let (hit, known) = &mut self.deferred[at];
        *known.get_or_insert_with(|| matches_text(record, segment, document, hit.unit, bench))
    }

    /// Adds the units that witnesses may bear out in their present neighbourhood.
    fn propose(&mut self) {
        let hits = self.hits;
        for witness in &hits.witnesses {
            let Some(record) = self.rules.record(witness.rule) else { continue };
            for require in &record.require {
                // The same distances as in `near`, seen from the other end.
                for unit in self.near(witness.unit, require.after, require.before) {
                    let hit = Hit { unit, rule: witness.rule };
                    if !self.document.units[unit as usize].protected && self.proposed.insert(hit) {
                        self.deferred.push((hit, None));
                    }
                }
            }
        }
    }

    /// The other units within so many before and after: as the document was read, and as it is now. Both, since what stands near
    /// when the result is read again has to stand near now.
    fn near(&self, unit: u32, before: u32, after: u32) -> Vec<u32> {
        let last = self.document.units.len() as u32 - 1;
        let mut found: Vec<u32> = (unit.saturating_sub(before)..=(unit + after).min(last)).collect();
        if self.order.len() < self.document.units.len() && self.alive[unit as usize] {
            let rank = self.rank[unit as usize] as usize;
            let to = (rank + after as usize + 1).min(self.order.len());
            found.extend(&self.order[rank.saturating_sub(before as usize)..to]);
            found.sort_unstable();
            found.dedup();
        }
        found.retain(|other| *other != unit);
        found
    }

    /// Whether the unit at `rank` (or that there is none) is one of the wanted neighbours.
    fn neighbour(
        &self,
        unit: u32,
        rank: Option<usize>,
        wanted: &[Neighbour],
        segment: &Segment,
        bench: &mut Bench,
    ) -> bool {
        let other = rank.map(|rank| self.order[rank]);
        wanted.is_empty()
            || wanted.iter().any(|want| match want {
                Neighbour::Edge => other.is_none(),
                Neighbour::Removed => other.is_some_and(|other| other.abs_diff(unit) > 1),
                Neighbour::Passes(test) => {
                    other.is_some_and(|other| bench.passes(test, segment, self.document, other as usize))
                }
            })
    }

    /// Whether the same text stands earlier, and still does.
    pub(crate) fn is_repeated(&mut self, unit: u32) -> bool {
        let document = self.document;
        let twins = self.twins.get_or_insert_with(|| {
            let mut last = HashMap::new();
            (0..document.units.len()).map(|n| last.insert(document.unit_text(n).trim(), n as u32)).collect()
        });
        // What has been removed is passed over once and for all.
        while let Some(twin) = twins[unit as usize].filter(|twin| !self.alive[*twin as usize]) {
            twins[unit as usize] = twins[twin as usize];
        }
        twins[unit as usize].is_some()
    }

    /// Whether the units around bear the rule out.
    fn is_corroborated(&self, unit: u32, record: &Record, segment: &Segment, bench: &mut Bench) -> bool {
        record
            .require
            .iter()
            .all(|require| self.witnesses(unit, require, segment, bench).len() >= require.count as usize)
    }

    /// Units near the opener, removed or not, that pass a `require` test.
    pub(crate) fn witnesses(
        &self,
        unit: u32,
        require: &crate::rules::record::Require,
        segment: &Segment,
        bench: &mut Bench,
    ) -> Vec<u32> {
        let mut found = Vec::new();
        for other in self.near(unit, require.before, require.after) {
            if bench.passes(&require.test, segment, self.document, other as usize) {
                found.push(other);
                if found.len() == require.count as usize {
                    break;
                }
            }
        }
        found
    }

    /// Claims every run that is long enough.
    fn claim_runs(&self, mut hits: Vec<Hit>, claims: &mut Vec<Claim>) {
        hits.sort_unstable_by_key(|hit| (hit.rule, hit.unit));
        let adjacent =
            |a: &Hit, b: &Hit| a.rule == b.rule && self.rank[b.unit as usize] == self.rank[a.unit as usize] + 1;
        for run in hits.chunk_by(adjacent) {
            let wanted = self.rules.record(run[0].rule).map_or(u32::MAX, |record| record.min_run);
            if run.len() >= wanted as usize {
                claims.extend(run.iter().map(|hit| Claim { unit: hit.unit, rule: hit.rule }));
            }
        }
    }

    fn is_prose(&mut self, unit: u32, bench: &mut Bench) -> bool {
        if self.prose.is_empty() {
            self.prose = vec![None; self.document.units.len()];
        }
        let document = self.document;
        *self.prose[unit as usize].get_or_insert_with(|| bench.is_prose(document, unit as usize))
    }

    fn passes(&self, test: &Test, segment: &Segment, unit: u32, bench: &mut Bench) -> bool {
        bench.passes(test, segment, self.document, unit as usize)
    }
}
