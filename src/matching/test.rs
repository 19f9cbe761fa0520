//! One unit against one test: the part that decides.
//!
//! Triggers propose rules, generously; what is asked here is exactly what the rule says. The bench keeps the view of the unit that
//! was looked at last, as several rules usually come for the same one.

use crate::document::Document;
use crate::pattern;
use crate::rules::compile::equals_end;
use crate::rules::record::{Matcher, ShapeTest, Test};
use crate::rules::segment::Segment;
use crate::shape::{self, Shape, has_end_mark};
use crate::view::{Length, MAX_JUDGED, View, Walk, fold, is_word};

/// How much of a huge unit's head and tail is seen, in bytes.
const HUGE_WINDOW: usize = 512;

/// Views that are kept at a time. Rules about a place come for the same few units in turn, and neighbours for each other.
const SLOTS: usize = 64;

/// Buffers for looking at the units of a document.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    /// What sifts rules for each unit: its length, and the first character of its folded view.
    gates: Vec<(Length, Option<char>)>,
    /// Looks at units, each in the slot of its number.
    slots: Vec<Look>,
    patterns: pattern::Scratch,
}

/// One unit, looked at.
#[derive(Debug, Default)]
pub(crate) struct Look {
    unit: Option<usize>,
    pub(crate) view: View,
    /// The end of a unit that is too long to be looked at as a whole.
    tail: View,
    huge: bool,
    width: Option<u32>,
    shape: Option<Shape>,
}

impl Look {
    fn set(&mut self, unit: usize, text: &str) {
        self.unit = Some(unit);
        self.shape = None;
        self.width = None;
        self.huge = text.len() > MAX_JUDGED;
        if self.huge {
            self.view.set(&text[..text.floor_char_boundary(HUGE_WINDOW)]);
            self.tail.set(&text[text.ceil_char_boundary(text.len() - HUGE_WINDOW)..]);
        } else {
            self.view.set(text);
        }
    }

    pub(crate) fn width(&mut self) -> u32 {
        let (huge, plain) = (self.huge, &self.view.plain);
        *self.width.get_or_insert_with(|| if huge { u32::MAX } else { shape::width(plain) })
    }

    pub(crate) fn shape(&mut self) -> Shape {
        *self.shape.get_or_insert_with(|| {
            if self.huge { Shape::of_huge(has_end_mark(&self.tail.plain)) } else { Shape::of(&self.view) }
        })
    }
}

impl Bench {
    /// Turns to another document.
    pub(crate) fn reset(&mut self, document: &Document<'_>) {
        let gate = |unit| {
            let text = document.unit_text(unit);
            (Length::of(text), Walk::new(text).next().map(|(c, _)| fold(c)))
        };
        self.gates.clear();
        self.gates.extend((0..document.units.len()).map(gate));
        self.slots.iter_mut().for_each(|slot| slot.unit = None);
    }

    /// The length of a unit and the first character of its folded view.
    pub(crate) fn gate(&self, unit: usize) -> (Length, Option<char>) {
        self.gates.get(unit).copied().unwrap_or_default()
    }

    /// Looks at a unit, unless that has been done.
    pub(crate) fn look(&mut self, document: &Document<'_>, unit: usize) -> &mut Look {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, Look::default);
        }
        let slot = &mut self.slots[unit % SLOTS];
        if slot.unit != Some(unit) {
            slot.set(unit, document.unit_text(unit));
        }
        slot
    }

    pub(crate) fn patterns(&mut self) -> &mut pattern::Scratch {
        &mut self.patterns
    }

    /// Whether a unit is running text.
    pub(crate) fn is_prose(&mut self, document: &Document<'_>, unit: usize) -> bool {
        self.look(document, unit).shape().is_prose()
    }

    /// Whether a unit passes a test.
    pub(crate) fn passes(&mut self, test: &Test, segment: &Segment, document: &Document<'_>, unit: usize) -> bool {
        let (length, first) = self.gate(unit);
        if let Some((ascii, other)) = test.first
            && !first.is_some_and(|c| if c.is_ascii() { ascii >> u32::from(c) & 1 == 1 } else { other })
        {
            return false;
        }
        if test.shape.chars.is_some_and(|(_, max)| max != u32::MAX && !length.may_fit(max)) {
            return false;
        }
        let look = self.look(document, unit);
        // The length alone refuses most, before the rest of the shape is worked out.
        if let Some((min, max)) = test.shape.chars
            && !(min..=max).contains(&look.width())
        {
            return false;
        }
        if !test.shape.is_only_length() && !holds(&test.shape, look.shape()) {
            return false;
        }
        let (look, patterns) = (&self.slots[unit % SLOTS], &mut self.patterns);
        test.matchers.iter().all(|m| matches(m, look, patterns, segment, document.unit_text(unit)))
    }
}

/// The phrase of a matcher that a unit has in the right place.
pub(crate) fn phrase<'s>(matcher: &Matcher, look: &Look, segment: &'s Segment) -> Option<&'s [u8]> {
    let folded = look.view.folded.as_str();
    let find = |phrases: u32, is_there: &dyn Fn(&[u8]) -> bool| {
        segment.phrases(phrases).iter().find(|phrase| is_there(phrase))
    };
    let begins = |phrase: &[u8]| folded.as_bytes().starts_with(phrase);
    match matcher {
        Matcher::Equals(_) | Matcher::Contains(..) if look.huge => None,
        Matcher::Equals(phrases) => {
            let text = &folded.as_bytes()[..equals_end(folded)];
            find(*phrases, &|p| p == text)
        }
        Matcher::StartsWith(phrases, glued) => {
            find(*phrases, &|p| begins(p) && (*glued || edge_after(folded, p.len())))
        }
        Matcher::Label(phrases) => find(*phrases, &|p| begins(p) && separator_at(folded, p.len())),
        Matcher::EndsWith(phrases) => {
            let end = if look.huge { look.tail.folded.as_str() } else { folded };
            find(*phrases, &|p| end.as_bytes().ends_with(p) && edge_before(end, end.len() - p.len()))
        }
        Matcher::Contains(phrases, glued) => find(*phrases, &|p| contains(folded, p, *glued)),
        Matcher::Regex(_) | Matcher::Search(_) | Matcher::Raw(_) => None,
    }
}

fn matches(matcher: &Matcher, look: &Look, scratch: &mut pattern::Scratch, segment: &Segment, raw: &str) -> bool {
    let plain = look.view.plain.as_str();
    match matcher {
        Matcher::Equals(_)
        | Matcher::StartsWith(..)
        | Matcher::Label(_)
        | Matcher::EndsWith(_)
        | Matcher::Contains(..) => phrase(matcher, look, segment).is_some(),
        // A huge unit is seen in part, and a pattern is about the whole.
        _ if look.huge => false,
        Matcher::Regex(all) => {
            all.iter().any(|p| pattern::matches_whole(segment.program(*p), segment.classes(), plain, scratch))
        }
        Matcher::Search(all) => {
            all.iter().any(|p| pattern::finds(segment.program(*p), segment.classes(), plain, scratch))
        }
        Matcher::Raw(all) => all.iter().any(|p| pattern::finds(segment.program(*p), segment.classes(), raw, scratch)),
    }
}

pub(crate) fn holds(test: &ShapeTest, shape: Shape) -> bool {
    let within = |range: Option<(u32, u32)>, n: u32| range.is_none_or(|(min, max)| min <= n && n <= max);
    within(test.words, shape.words)
        && test.end_mark.is_none_or(|wanted| wanted == shape.end_mark)
        && (!test.title || shape.title)
        && (!test.upper || shape.upper)
        && test.prose.is_none_or(|wanted| wanted == shape.is_prose())
}

pub(crate) fn contains(folded: &str, phrase: &[u8], glued: bool) -> bool {
    let Some(first) = phrase.first() else { return false };
    // The texts are short and the phrases many: a searcher for each would cost more than it saves.
    memchr::memchr_iter(*first, folded.as_bytes()).any(|at| {
        folded.as_bytes()[at..].starts_with(phrase)
            && (glued || (edge_before(folded, at) && edge_after(folded, at + phrase.len())))
    })
}

/// Whether the literal that ends at `at` ends at a word edge, if its end is a letter or digit.
pub(crate) fn edge_after(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else { return false };
    if !before.chars().next_back().is_some_and(is_word) {
        return true;
    }
    let mut next = after.chars();
    match next.next() {
        // "Reader's" goes on after the apostrophe.
        Some('\'') => !next.next().is_some_and(is_word),
        Some(c) => !is_word(c),
        None => true,
    }
}

/// Whether the literal that starts at `at` starts at a word edge, if its start is a letter or digit.
pub(crate) fn edge_before(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else { return false };
    !(after.chars().next().is_some_and(is_word) && before.chars().next_back().is_some_and(is_word))
}

/// Whether a label's separator stands at `at`: a colon, a bar or an arrow.
fn separator_at(text: &str, at: usize) -> bool {
    let Some(rest) = text.get(at..) else { return false };
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    rest.chars().next().is_some_and(is_separator)
}

pub(crate) fn is_separator(c: char) -> bool {
    matches!(c, ':' | '|' | '>' | '»' | '›' | '→' | '►' | '▶' | '➤' | '➡' | '⇒')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_end_at_word_edges() {
        assert!(
            edge_after("share this", 5)
                && edge_after("share", 5)
                && edge_after("share: x", 5)
                && edge_after("photo:x", 6)
        );
        assert!(!edge_after("shareholders", 5) && !edge_after("reader's", 6));
        assert!(edge_after("关联文章", 6) && edge_after("share关", 5));
        assert!(edge_before("the share", 4) && !edge_before("timeshare", 4));
        assert!(contains("the share, a timeshare", b"share", false) && !contains("a timeshare", b"share", false));
        assert!(contains("a timeshare", b"share", true));
    }

    #[test]
    fn labels_need_their_separator() {
        assert!(
            separator_at("read also: x", 9) && separator_at("read also | x", 9) && separator_at("read also → x", 9)
        );
        assert!(!separator_at("read also the rest", 9) && !separator_at("read also", 9));
    }
}
