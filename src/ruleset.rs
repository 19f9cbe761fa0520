//! The rules of one cleaner: one or two segments, numbered through, and which of the rules are switched on.

use std::sync::{Arc, OnceLock};

use crate::model::Level;
use crate::rules::record::{Card, Record};
use crate::rules::segment::{Corner, Segment};

/// All rules of a cleaner. A rule's number counts through the segments.
#[derive(Debug, Clone)]
pub(crate) struct RuleSet {
    segments: Vec<(u32, Arc<Segment>)>,
    active: Vec<bool>,
    /// Rules about a place, with their numbers and levels.
    corners: Vec<(u32, Level, Corner)>,
    /// Full ids by number, for packs loaded at run time and reports; built on first use.
    ids: OnceLock<Vec<String>>,
}

impl RuleSet {
    pub(crate) fn new(segments: Vec<Segment>) -> Self {
        let mut base = 0;
        let mut numbered = Vec::new();
        for segment in segments {
            let next = base + segment.len() as u32;
            numbered.push((base, Arc::new(segment)));
            base = next;
        }
        let mut corners = Vec::new();
        for (base, segment) in &numbered {
            for corner in segment.corners() {
                let level = segment.card(corner.gate.rule).map_or(Level::Aggressive, |card| card.level);
                corners.push((base + corner.gate.rule, level, corner));
            }
        }
        RuleSet { corners, segments: numbered, active: vec![true; base as usize], ids: OnceLock::new() }
    }

    pub(crate) fn segments(&self) -> impl Iterator<Item = (u32, &Segment)> {
        self.segments.iter().map(|(base, segment)| (*base, segment.as_ref()))
    }

    fn locate(&self, rule: u32) -> Option<(&Segment, u32)> {
        self.segments().filter(|(base, _)| *base <= rule).last().map(|(base, segment)| (segment, rule - base))
    }

    /// The segment that a rule's numbers refer to.
    pub(crate) fn segment(&self, rule: u32) -> Option<&Segment> {
        self.locate(rule).map(|(segment, _)| segment)
    }

    pub(crate) fn card(&self, rule: u32) -> Option<Card> {
        self.locate(rule).and_then(|(segment, at)| segment.card(at))
    }

    pub(crate) fn record(&self, rule: u32) -> Option<&Record> {
        self.locate(rule).and_then(|(segment, at)| segment.record(at))
    }

    /// Rules with their cards, by number.
    pub(crate) fn cards(&self) -> impl Iterator<Item = (u32, Card)> {
        let all = self.segments.iter().flat_map(|(_, segment)| segment.cards());
        all.enumerate().filter_map(|(number, card)| card.map(|card| (number as u32, card)))
    }

    pub(crate) fn len(&self) -> usize {
        self.active.len()
    }

    pub(crate) fn is_active(&self, rule: u32) -> bool {
        self.active.get(rule as usize).copied().unwrap_or(false)
    }

    /// Leaves on only the rules that `wanted` says yes to.
    pub(crate) fn retain(&mut self, mut wanted: impl FnMut(u32, Card) -> bool) {
        let keep: Vec<_> = self.cards().map(|(number, card)| (number, wanted(number, card))).collect();
        for (number, wanted) in keep {
            self.active[number as usize] &= wanted;
        }
    }

    /// The same rules with only these switched on.
    pub(crate) fn only(&self, mut wanted: impl FnMut(u32, Card) -> bool) -> RuleSet {
        let mut rules = self.clone();
        rules.active = vec![false; self.len()];
        self.cards().for_each(|(number, card)| rules.active[number as usize] = wanted(number, card));
        rules
    }

    pub(crate) fn active_count(&self) -> usize {
        self.active.iter().filter(|a| **a).count()
    }

    /// `pack/id` of every rule.
    pub(crate) fn ids(&self) -> &[String] {
        self.ids.get_or_init(|| {
            let mut ids = vec![String::new(); self.len()];
            for (base, segment) in self.segments() {
                for (id, rule) in segment.ids() {
                    ids[(base + rule) as usize] = id;
                }
            }
            ids
        })
    }

    /// The levels up to `level` at which any active rule stands.
    pub(crate) fn levels(&self) -> Vec<Level> {
        Level::ALL
            .iter()
            .copied()
            .filter(|level| self.cards().any(|(n, card)| self.is_active(n) && card.level == *level))
            .collect()
    }

    /// Rules about a place, active or not, with their numbers and levels.
    pub(crate) fn corners(&self) -> &[(u32, Level, Corner)] {
        &self.corners
    }

    /// Whether any rule cuts parts of lines.
    pub(crate) fn have_spans(&self) -> bool {
        self.segments().any(|(_, segment)| segment.spans().is_some())
    }

    /// 16 hex digits over all compiled rules and which of them are on.
    pub(crate) fn fingerprint(&self) -> String {
        let mut bytes = Vec::new();
        for (_, segment) in self.segments() {
            bytes.extend(segment.fingerprint().to_le_bytes());
        }
        if self.active.contains(&false) {
            bytes.extend(self.active.iter().map(|a| u8::from(*a)));
        }
        format!("{:016x}", crate::rules::segment::fnv(&bytes))
    }
}
