//! Units → hits: which rules match which unit by its own text?
//!
//! Trying every rule on every unit would look at the same bytes thousands of times. So there are lanes, each of which finds the rules
//! that *could* match, and only those are asked ([`test`]):
//!
//! 1. **Heads.** The folded beginning of every unit walks through one automaton of all phrases that units of noise begin with. Prose
//!    leaves it at its first bytes; this is what makes most bytes of a corpus free.
//! 2. **Tails.** The same from the other end, for `ends-with`.
//! 3. **Inside.** Phrases anywhere, only in units short enough for the rules that ask for them (`max-chars`).
//! 4. **Open.** Rules with nothing to look up, sifted by length and first character. Those of them that are about a certain place
//!    are left to the next step, which knows what stands there.
//!
//! A rule with nothing to look up that asks for a certain neighbour (`require`) is looked up by that neighbour instead: a witness.
//!
//! Span rules have an index of their own ([`find_spans`]), as they are looked up in a few units only.
//!
//! Nothing here depends on where a unit stands; that comes after, in [`crate::structure`], which reads hits and never text again.

pub(crate) mod test;

use crate::Facts;
use crate::document::Document;
use crate::rules::compile::equals_end;
use crate::rules::index::{Index, Posting, Want};
use crate::rules::record::Record;
use crate::rules::segment::{Section, Segment};
use crate::ruleset::RuleSet;
use crate::view::{Length, MAX_JUDGED, Walk, fold};
use test::{Bench, edge_after, edge_before};

/// Folded characters of a unit's head that the head lane may need: the longest trigger and a little more, for its edge.
const HEAD_CHARS: usize = 80;
/// Characters that the sieve wants to see.
const PEEK_CHARS: usize = 4;
/// Bytes at a unit's end that are looked at before the tail lane is entered, and then.
const TAIL_PEEK: usize = 24;
const TAIL_BYTES: usize = 200;

/// More proposals than this for one unit are the same few rules again and again; they are sorted out once in between.
const MAX_CANDIDATES: usize = 1 << 16;
/// Bytes that two pieces of a long unit share, so that no phrase is lost between them.
const OVERLAP: usize = 300;
/// A rule that matches a unit by its text; whether it claims it depends on the unit's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hit {
    pub(crate) unit: u32,
    pub(crate) rule: u32,
}

/// All hits in a document.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// Of rules that claim whole units, in order of unit, then rule.
    pub(crate) units: Vec<Hit>,
    /// Units that may bear out a claim on a unit nearby, and the rule that would make it.
    pub(crate) witnesses: Vec<Hit>,
    /// Of rules that protect.
    pub(crate) keeps: Vec<Hit>,
}

/// Sees which rule is asked about a unit, and what it says.
pub(crate) trait Watch {
    fn ask(&mut self, rule: u32, question: impl FnOnce() -> bool) -> bool;
}

/// Nobody watches: the question is just put.
impl Watch for () {
    #[inline(always)]
    fn ask(&mut self, _: u32, question: impl FnOnce() -> bool) -> bool {
        question()
    }
}

/// Finds all hits of the active rules.
pub(crate) fn find(document: &Document<'_>, rules: &RuleSet, facts: &Facts<'_>, bench: &mut Bench) -> Hits {
    find_watched(document, rules, facts, bench, &mut ())
}

/// The same, under somebody's eyes.
pub(crate) fn find_watched<W: Watch>(
    document: &Document<'_>,
    rules: &RuleSet,
    facts: &Facts<'_>,
    bench: &mut Bench,
    watch: &mut W,
) -> Hits {
    bench.reset(document);
    let mut finder = Finder { document, rules, facts, bench, watch, hits: Hits::default() };
    let (mut candidates, mut witnessed): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut head = String::with_capacity(4 * HEAD_CHARS);
    for unit in (0..document.units.len()).filter(|u| !document.units[*u].protected) {
        let (length, first) = finder.bench.gate(unit);
        for (base, segment) in rules.segments() {
            candidates.clear();
            witnessed.clear();
            let mut lanes = Lanes { document, unit, length, segment, candidates: &mut candidates };
            lanes.heads(first, &mut head, &mut witnessed);
            lanes.tails();
            lanes.inside(finder.bench);
            candidates.sort_unstable();
            candidates.dedup();
            candidates.iter().for_each(|rule| finder.ask(segment, *rule, Hit { unit: unit as u32, rule: base + rule }));
            let known = |rule: u32| segment.record(rule).is_some_and(|record| knows(record, facts));
            let witnessed = witnessed.iter().filter(|rule| rules.is_active(base + **rule) && known(**rule));
            finder.hits.witnesses.extend(witnessed.map(|rule| Hit { unit: unit as u32, rule: base + rule }));
        }
    }
    finder.hits
}

/// Asks rules about units and notes which say yes.
struct Finder<'a, 't, W> {
    document: &'a Document<'t>,
    rules: &'a RuleSet,
    facts: &'a Facts<'a>,
    bench: &'a mut Bench,
    watch: &'a mut W,
    hits: Hits,
}

impl<W: Watch> Finder<'_, '_, W> {
    fn ask(&mut self, segment: &Segment, rule: u32, hit: Hit) {
        if !self.rules.is_active(hit.rule) {
            return;
        }
        let (Some(card), Some(record)) = (segment.card(rule), segment.record(rule)) else { return };
        if !knows(record, self.facts) {
            return;
        }
        let (document, bench) = (self.document, &mut *self.bench);
        if self.watch.ask(hit.rule, || matches_text(record, segment, document, hit.unit, bench)) {
            if card.keep { self.hits.keeps.push(hit) } else { self.hits.units.push(hit) }
        }
    }
}

/// Span rules whose words stand in a unit.
pub(crate) fn find_spans(document: &Document<'_>, unit: u32, rules: &RuleSet, facts: &Facts<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (base, segment) in rules.segments() {
        let Some(index) = segment.spans() else { continue };
        let mut candidates = Vec::new();
        let length = Length::of(document.unit_text(unit as usize));
        let mut lanes = Lanes { document, unit: unit as usize, length, segment, candidates: &mut candidates };
        lanes.scan(&index, document.unit_text(unit as usize));
        candidates.sort_unstable();
        candidates.dedup();
        let known = |rule: u32| segment.record(rule).is_some_and(|record| knows(record, facts));
        let wanted = candidates.into_iter().filter(|rule| rules.is_active(base + rule) && known(*rule));
        hits.extend(wanted.map(|rule| Hit { unit, rule: base + rule }));
    }
    hits
}

/// Whether what is known of the document allows the rule.
pub(crate) fn knows(record: &Record, facts: &Facts<'_>) -> bool {
    let place = &record.place;
    let lang = facts.lang.map(|lang| lang.split(['-', '_']).next().unwrap_or(lang));
    let host = facts.url.map(host_of);
    let in_lang =
        place.lang.is_empty() || lang.is_none_or(|lang| place.lang.iter().any(|l| l.eq_ignore_ascii_case(lang)));
    in_lang && (place.source.is_empty() || host.is_some_and(|host| place.source.iter().any(|s| is_under(&host, s))))
}

/// Whether a host is a domain or below it.
pub(crate) fn is_under(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The host of an address, in lower case; an address without a scheme is taken to begin with its host.
pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.split(':').next().unwrap_or(host).to_lowercase()
}

/// Whether a unit's own text is what the rule is about.
pub(crate) fn matches_text(
    record: &Record,
    segment: &Segment,
    document: &Document<'_>,
    unit: u32,
    bench: &mut Bench,
) -> bool {
    let unit = unit as usize;
    let mut passes = |test| bench.passes(test, segment, document, unit);
    passes(&record.test) && !record.unless.iter().any(passes)
}

/// The four ways in which one segment's rules are proposed for one unit.
struct Lanes<'a, 't> {
    document: &'a Document<'t>,
    unit: usize,
    length: Length,
    segment: &'a Segment,
    candidates: &'a mut Vec<u32>,
}

impl<'t> Lanes<'_, 't> {
    fn text(&self) -> &'t str {
        self.document.unit_text(self.unit)
    }

    /// Heads, and open rules, which ask for the first character too.
    fn heads(&mut self, first: Option<char>, head: &mut String, witnessed: &mut Vec<u32>) {
        head.clear();
        let mut walk = Walk::new(self.text());
        let mut take = |head: &mut String, count: usize| {
            for (c, _) in walk.by_ref().take(count) {
                head.push(fold(c));
            }
        };
        take(head, PEEK_CHARS);
        let index = self.segment.heads();
        let admitted = index.admits(head.as_bytes());
        if admitted {
            take(head, HEAD_CHARS - PEEK_CHARS);
        }
        if admitted {
            let whole = head.chars().count() < HEAD_CHARS;
            index.walk(head.bytes(), |end, Posting { rule, want }| {
                let wanted = match want {
                    Want::Whole | Want::NearWhole => whole && equals_end(head) <= end,
                    Want::Start | Want::NearStart => edge_after(head, end),
                    _ => true,
                };
                if wanted {
                    if want.is_near() { witnessed.push(rule) } else { self.candidates.push(rule) }
                }
            });
        }
        for open in self.segment.open_rules(first).take_while(|open| self.length.may_fit(open.max_chars)) {
            self.candidates.push(open.rule);
        }
    }

    fn tails(&mut self) {
        let index = self.segment.tails();
        let mut buffer = [0u8; 4 * TAIL_BYTES];
        let text = self.text();
        let peek = &text[text.ceil_char_boundary(text.len().saturating_sub(TAIL_PEEK))..];
        let Some(length) = fold_tail(peek, &mut buffer) else { return };
        let last: [u8; PEEK_CHARS] = std::array::from_fn(|n| length.checked_sub(n + 1).map_or(0, |at| buffer[at]));
        if !index.admits(&last[..length.min(PEEK_CHARS)]) {
            return;
        }
        let window = &text[text.ceil_char_boundary(text.len().saturating_sub(TAIL_BYTES))..];
        let Some(length) = fold_tail(window, &mut buffer) else { return };
        let Ok(tail) = std::str::from_utf8(&buffer[..length]) else { return };
        self.walk_tail(index, tail);
    }

    fn walk_tail(&mut self, index: Index<'_, Section>, tail: &str) {
        index.walk(tail.bytes().rev(), |end, Posting { rule, want }| {
            if want == Want::Literal || edge_before(tail, tail.len() - end) {
                self.candidates.push(rule);
            }
        });
    }

    fn scan(&mut self, index: &Index<'_, Section>, text: &str) {
        // The view is taken in pieces, so that a document on one line needs no copy of itself.
        let mut folded = String::new();
        let mut from = 0;
        while from < text.len() {
            let to = text.ceil_char_boundary((from + MAX_JUDGED).min(text.len()));
            folded.clear();
            folded.extend(Walk::new(&text[from..to]).map(|(c, _)| fold(c)));
            for start in 0..folded.len() {
                let rest = &folded.as_bytes()[start..];
                if index.admits(rest) {
                    index.walk(rest.iter().copied(), |_, posting| self.propose(posting.rule));
                }
            }
            // Pieces overlap, so that no phrase is lost between two.
            from = if to == text.len() { to } else { text.floor_char_boundary(to - OVERLAP) };
        }
    }

    fn propose(&mut self, rule: u32) {
        if self.candidates.len() == MAX_CANDIDATES {
            self.candidates.sort_unstable();
            self.candidates.dedup();
        }
        if self.candidates.last() != Some(&rule) {
            self.candidates.push(rule);
        }
    }

    fn inside(&mut self, bench: &mut Bench) {
        if !self.length.may_fit(self.segment.inside_chars) {
            return;
        }
        let folded = bench.look(self.document, self.unit).view.folded.as_str();
        let index = self.segment.inside();
        for start in 0..folded.len() {
            let rest = &folded.as_bytes()[start..];
            if index.admits(rest) {
                index.walk(rest.iter().copied(), |end, Posting { rule, want }| {
                    if want == Want::Literal || (edge_before(folded, start) && edge_after(folded, start + end)) {
                        self.candidates.push(rule);
                    }
                });
            }
        }
    }
}

/// Writes the folded view of the end of a unit into a buffer; how many bytes it took.
fn fold_tail(window: &str, buffer: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    for (c, _) in Walk::new(window) {
        length += fold(c).encode_utf8(buffer.get_mut(length..length + 4)?).len();
    }
    Some(length)
}

#[cfg(test)]
mod tests;
