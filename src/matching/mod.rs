//! Units → hits: which rules match which unit by its own text?
//!
//! Trying every rule on every unit would look at the same bytes thousands of times. So there are lanes, each of which finds the rules
//! that *could* match, and only those are asked ([`test`]):
//!
//! 1. **Heads.** The folded beginning of every unit walks through one automaton of all phrases that units of noise begin with. Prose
//!    leaves it at its first bytes; this is what makes most bytes of a corpus free.
//! 2. **Tails.** The same from the other end, for `ends-with`.
//! 3. **Inside.** Phrases anywhere, only in units short enough for the rules that ask for them (`max-chars`).
//! 4. **Open.** Rules with nothing to look up, sifted by length and first character.
//!
//! Nothing here depends on where a unit stands; that comes after, in [`crate::structure`], which reads hits and never text again.

pub(crate) mod test;

use crate::Facts;
use crate::document::Document;
use crate::model::Scope;
use crate::rules::compile::{equals_end, max_bytes};
use crate::rules::index::{Index, Posting, Want};
use crate::rules::record::Record;
use crate::rules::segment::{Section, Segment};
use crate::ruleset::RuleSet;
use crate::view::{MAX_JUDGED, Walk, fold};
use test::{Bench, edge_after, edge_before};

/// Folded characters of a unit's head that the head lane may need: the longest trigger and a little more, for its edge.
const HEAD_CHARS: usize = 80;
/// Bytes at a unit's end that are looked at before the tail lane is entered, and then.
const TAIL_PEEK: usize = 24;
const TAIL_BYTES: usize = 200;

/// More proposals than this for one unit are the same few rules again and again; they are sorted out once in between.
const MAX_CANDIDATES: usize = 1 << 16;
/// Bytes at the two ends of a unit in which span rules look for their words, unless the document has few units.
const SPAN_WINDOW: usize = 300;
/// In documents of no more units than this, span rules look at every sentence.
pub(crate) const FEW_UNITS: usize = 3;

/// A rule that matches a unit by its text; whether it claims it depends on the unit's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) unit: u32,
    pub(crate) rule: u32,
}

/// All hits in a document.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// Of rules that claim whole units, in order of unit, then rule.
    pub(crate) units: Vec<Hit>,
    /// Units in which a span rule may find something to cut.
    pub(crate) spans: Vec<Hit>,
    /// Of rules that protect.
    pub(crate) keeps: Vec<Hit>,
}

/// Finds all hits of the active rules.
pub(crate) fn find(document: &Document<'_>, rules: &RuleSet, facts: &Facts<'_>, bench: &mut Bench) -> Hits {
    bench.reset();
    let mut hits = Hits::default();
    let mut candidates: Vec<u32> = Vec::new();
    let mut head = String::with_capacity(4 * HEAD_CHARS);
    for unit in (0..document.units.len()).filter(|u| !document.units[*u].protected) {
        for (base, segment) in rules.segments() {
            candidates.clear();
            let mut lanes = Lanes { document, unit, segment, candidates: &mut candidates };
            lanes.heads(&mut head);
            lanes.tails();
            lanes.inside(bench);
            lanes.spans();
            candidates.sort_unstable();
            candidates.dedup();
            for rule in candidates.iter().copied() {
                let number = base + rule;
                if !rules.is_active(number) {
                    continue;
                }
                let (Some(card), Some(record)) = (segment.card(rule), segment.record(rule)) else { continue };
                let hit = Hit { unit: unit as u32, rule: number };
                if card.scope == Scope::Span {
                    if knows(record, facts) {
                        hits.spans.push(hit);
                    }
                } else if knows(record, facts)
                    && bench.passes(&record.test, segment, document, unit)
                    && !excused(record, segment, document, unit, bench)
                {
                    if card.keep { hits.keeps.push(hit) } else { hits.units.push(hit) }
                }
            }
        }
    }
    hits
}

/// Whether what is known of the document allows the rule.
fn knows(record: &Record, facts: &Facts<'_>) -> bool {
    let place = &record.place;
    let lang = facts.lang.map(|lang| lang.split(['-', '_']).next().unwrap_or(lang));
    let host = facts.url.map(host_of);
    let in_lang =
        place.lang.is_empty() || lang.is_none_or(|lang| place.lang.iter().any(|l| l.eq_ignore_ascii_case(lang)));
    let is_under =
        |host: &str, domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    in_lang && (place.source.is_empty() || host.is_some_and(|host| place.source.iter().any(|s| is_under(&host, s))))
}

/// The host of an address, in lower case; an address without a scheme is taken to begin with its host.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    host.split(':').next().unwrap_or(host).to_lowercase()
}

fn excused(record: &Record, segment: &Segment, document: &Document<'_>, unit: usize, bench: &mut Bench) -> bool {
    record.unless.iter().any(|test| bench.passes(test, segment, document, unit))
}

/// The four ways in which one segment's rules are proposed for one unit.
struct Lanes<'a, 't> {
    document: &'a Document<'t>,
    unit: usize,
    segment: &'a Segment,
    candidates: &'a mut Vec<u32>,
}

impl<'t> Lanes<'_, 't> {
    fn text(&self) -> &'t str {
        self.document.unit_text(self.unit)
    }

    /// Heads, and open rules, which ask for the first character too.
    fn heads(&mut self, head: &mut String) {
        head.clear();
        let mut walk = Walk::new(self.text());
        let mut first = None;
        let mut take = |head: &mut String, count: usize| {
            for (c, _) in walk.by_ref().take(count) {
                first.get_or_insert(fold(c));
                head.push(fold(c));
            }
        };
        take(head, 3);
        let index = self.segment.heads();
        let admitted = index.admits(head.as_bytes());
        if admitted {
            take(head, HEAD_CHARS - 3);
        }
        let first = first;
        if admitted {
            let whole = head.chars().count() < HEAD_CHARS;
            index.walk(head.bytes(), |end, Posting { rule, want }| {
                let wanted = match want {
                    Want::Whole => whole && equals_end(head) <= end,
                    Want::Start => edge_after(head, end),
                    _ => true,
                };
                if wanted {
                    self.candidates.push(rule);
                }
            });
        }
        let bytes = self.text().len();
        for open in self.segment.open_rules() {
            if open.admits(first) && bytes <= max_bytes(open.max_chars) {
                self.candidates.push(open.rule);
            }
        }
    }

    fn tails(&mut self) {
        let index = self.segment.tails();
        let mut buffer = [0u8; 4 * TAIL_BYTES];
        let text = self.text();
        let peek = &text[text.ceil_char_boundary(text.len().saturating_sub(TAIL_PEEK))..];
        let Some(length) = fold_tail(peek, &mut buffer) else { return };
        let last: [u8; 3] = std::array::from_fn(|n| length.checked_sub(n + 1).map_or(0, |at| buffer[at]));
        if !index.admits(&last[..length.min(3)]) {
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

    /// Words of span rules: in the whole text of a document of few units, else at both ends of each unit.
    fn spans(&mut self) {
        let Some(index) = self.segment.spans() else { return };
        let text = self.text();
        if self.document.units.len() <= FEW_UNITS || text.len() <= 2 * SPAN_WINDOW {
            self.scan(&index, text);
        } else {
            self.scan(&index, &text[..text.floor_char_boundary(SPAN_WINDOW)]);
            self.scan(&index, &text[text.ceil_char_boundary(text.len() - SPAN_WINDOW)..]);
        }
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
            from = if to == text.len() { to } else { text.floor_char_boundary(to - SPAN_WINDOW) };
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
        let bytes = self.text().len();
        if bytes > self.segment.inside_bytes || bytes > MAX_JUDGED {
            return;
        }
        bench.look(self.document, self.unit);
        let folded = bench.view().folded.as_str();
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
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_off_addresses() {
        assert_eq!(host_of("https://user@News.Example.org:8080/a?b#c"), "news.example.org");
        assert_eq!(host_of("example.org/path"), "example.org");
    }
}
