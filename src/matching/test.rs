//! One unit against one test: the part that decides.
//!
//! Triggers propose rules, generously; what is asked here is exactly what the rule says. The bench keeps the view of the unit that
//! was looked at last, as several rules usually come for the same one.

use crate::document::Document;
use crate::pattern;
use crate::rules::compile::{equals_end, max_bytes};
use crate::rules::record::{Matcher, ShapeTest, Test};
use crate::rules::segment::Segment;
use crate::shape::{Shape, has_end_mark};
use crate::view::{MAX_JUDGED, View, is_word};

/// How much of a huge unit's head and tail is seen, in bytes.
const HUGE_WINDOW: usize = 512;

/// Buffers for looking at one unit after another.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    unit: Option<usize>,
    view: View,
    /// The end of a unit that is too long to be looked at as a whole.
    tail: View,
    huge: bool,
    shape: Option<Shape>,
    patterns: pattern::Scratch,
}

impl Bench {
    /// Forgets the document looked at before.
    pub(crate) fn reset(&mut self) {
        self.unit = None;
    }

    /// Takes the view of a unit, unless it is there already.
    pub(crate) fn look(&mut self, document: &Document<'_>, unit: usize) {
        if self.unit == Some(unit) {
            return;
        }
        self.unit = Some(unit);
        self.shape = None;
        let text = document.unit_text(unit);
        self.huge = text.len() > MAX_JUDGED;
        if self.huge {
            self.view.set(&text[..text.floor_char_boundary(HUGE_WINDOW)]);
            self.tail.set(&text[text.ceil_char_boundary(text.len() - HUGE_WINDOW)..]);
        } else {
            self.view.set(text);
        }
    }

    /// The view of the unit that was looked at last.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    pub(crate) fn patterns(&mut self) -> &mut pattern::Scratch {
        &mut self.patterns
    }

    fn shape(&mut self) -> Shape {
        *self.shape.get_or_insert_with(|| {
            if self.huge { Shape::of_huge(has_end_mark(&self.tail.plain)) } else { Shape::of(&self.view) }
        })
    }

    /// Whether a unit is running text.
    pub(crate) fn is_prose(&mut self, document: &Document<'_>, unit: usize) -> bool {
        self.look(document, unit);
        self.shape().is_prose()
    }

    /// Whether a unit passes a test.
    pub(crate) fn passes(&mut self, test: &Test, segment: &Segment, document: &Document<'_>, unit: usize) -> bool {
        let text = document.unit_text(unit);
        if test.shape.chars.is_some_and(|(_, max)| max != u32::MAX && text.len() > max_bytes(max)) {
            return false;
        }
        self.look(document, unit);
        (test.shape.is_empty() || holds(&test.shape, self.shape()))
            && test.matchers.iter().all(|m| self.matches(m, segment, text))
    }

    fn matches(&mut self, matcher: &Matcher, segment: &Segment, raw: &str) -> bool {
        let folded = self.view.folded.as_str();
        match matcher {
            Matcher::Equals(phrases) => {
                let text = &folded.as_bytes()[..equals_end(folded)];
                !self.huge && segment.phrases(*phrases).iter().any(|p| p == text)
            }
            Matcher::StartsWith(phrases, glued) => segment
                .phrases(*phrases)
                .iter()
                .any(|p| folded.as_bytes().starts_with(p) && (*glued || edge_after(folded, p.len()))),
            Matcher::Label(phrases) => segment
                .phrases(*phrases)
                .iter()
                .any(|p| folded.as_bytes().starts_with(p) && separator_at(folded, p.len())),
            Matcher::EndsWith(phrases) => {
                let end = if self.huge { self.tail.folded.as_str() } else { folded };
                segment
                    .phrases(*phrases)
                    .iter()
                    .any(|p| end.as_bytes().ends_with(p) && edge_before(end, end.len() - p.len()))
            }
            Matcher::Contains(phrases, glued) => {
                !self.huge && segment.phrases(*phrases).iter().any(|p| contains(folded, p, *glued))
            }
            Matcher::Regex(programs) => {
                let (view, scratch) = (&self.view.plain, &mut self.patterns);
                !self.huge
                    && programs
                        .iter()
                        .any(|p| pattern::matches_whole(segment.program(*p), segment.classes(), view, scratch))
            }
            Matcher::Search(programs) => {
                let (view, scratch) = (&self.view.plain, &mut self.patterns);
                !self.huge
                    && programs.iter().any(|p| pattern::finds(segment.program(*p), segment.classes(), view, scratch))
            }
            Matcher::Raw(programs) => {
                let scratch = &mut self.patterns;
                !self.huge
                    && programs.iter().any(|p| pattern::finds(segment.program(*p), segment.classes(), raw, scratch))
            }
        }
    }
}

fn holds(test: &ShapeTest, shape: Shape) -> bool {
    let within = |range: Option<(u32, u32)>, n: u32| range.is_none_or(|(min, max)| min <= n && n <= max);
    within(test.chars, shape.chars)
        && within(test.words, shape.words)
        && test.end_mark.is_none_or(|wanted| wanted == shape.end_mark)
        && (!test.title || shape.title)
        && (!test.upper || shape.upper)
        && test.prose.is_none_or(|wanted| wanted == shape.is_prose())
}

fn contains(folded: &str, phrase: &[u8], glued: bool) -> bool {
    memchr::memmem::find_iter(folded.as_bytes(), phrase)
        .any(|at| glued || (edge_before(folded, at) && edge_after(folded, at + phrase.len())))
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
    matches!(rest.chars().next(), Some(':' | '|' | '>' | '»' | '›' | '→' | '►' | '▶' | '➤' | '➡' | '⇒'))
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
