//! Hard wrapping: is a paragraph broken over several lines of some sixty to eighty columns?
//!
//! A rule that judges single lines would take such a paragraph apart. Wrapping leaves a trace that lists and headlines do not have:
//! whoever filled the lines broke each one because the next word did not fit. So with the width `w` of the longest line, a break
//! between two lines of one paragraph satisfies `length + 1 + length of the next line's first word > w`. If most breaks of a document do,
//! and many of them fall inside sentences, it is wrapped.

use super::LineSpan;

/// Lines longer than this are not the work of a wrapping program.
const MAX_COLUMNS: usize = 100;
/// Shorter columns are poems, tables and lists.
const MIN_COLUMNS: usize = 45;
/// Too few breaks prove nothing.
const MIN_BREAKS: usize = 5;
/// One long line (an address, a footer) in so many does not speak against wrapping.
const LONG_LINES: usize = 20;
/// A line may stick out by a long word.
const STRAY: usize = 10;
/// Slack for renderers that count the width of a character differently.
const SLACK: usize = 2;

/// The width at which a document is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrapping {
    width: usize,
}

impl Wrapping {
    /// Whether `next` continues the paragraph of `line`, which stands right above it.
    pub(crate) fn continues(&self, text: &str, line: &LineSpan, next: &LineSpan) -> bool {
        let (line, next) = (&text[line.start..line.end], &text[next.start..next.end]);
        fits_not(self.width, line, next) && !starts_item(next) && columns(line) <= self.width + STRAY
    }
}

/// Whether the first word of `next` had no room left on `line`.
fn fits_not(width: usize, line: &str, next: &str) -> bool {
    let word = next.trim_start().split(char::is_whitespace).next().unwrap_or_default();
    columns(line.trim_end()) + 1 + columns(word) + SLACK > width
}

/// A list item starts a paragraph of its own, however full the line above it is.
fn starts_item(line: &str) -> bool {
    let line = line.trim_start();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(['-', '*', '•', '#', '>', '|', '+']) || (rest.len() < line.len() && rest.starts_with([')', '.']))
}

fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(|c| 1 + usize::from(crate::view::is_wide(c))).sum() }
}

/// Decides whether a document is hard-wrapped.
pub(crate) fn detect(text: &str, lines: &[LineSpan]) -> Option<Wrapping> {
    let (mut filled, mut long) = (0, 0);
    let mut lengths = [0usize; MAX_COLUMNS + 1];
    for line in lines.iter().filter(|l| !l.blank) {
        let text = text[line.start..line.end].trim_end();
        filled += 1;
        // Bytes first: most documents answer here, with their first lines.
        if text.len() > 4 * MAX_COLUMNS || columns(text) > MAX_COLUMNS {
            long += 1;
            if long > 3 && long * LONG_LINES > lines.len() {
                return None;
            }
        } else {
            lengths[columns(text)] += 1;
        }
    }
    // The width is what all but a few stray lines keep to.
    let mut beyond = long + filled / 50;
    let width = (0..=MAX_COLUMNS).rev().find(|length| {
        beyond = beyond.saturating_sub(lengths[*length]);
        lengths[*length] > 0 && beyond == 0
    })?;
    if long * LONG_LINES > filled || width < MIN_COLUMNS {
        return None;
    }
    let (mut breaks, mut full, mut within) = (0, 0, 0);
    for pair in lines.windows(2).filter(|pair| !pair[0].blank && !pair[1].blank) {
        let (line, next) = (&text[pair[0].start..pair[0].end], &text[pair[1].start..pair[1].end]);
        breaks += 1;
        if fits_not(width, line, next) {
            full += 1;
            let goes_on = next.trim_start().chars().next().is_some_and(|c| c.is_lowercase() || c.is_numeric());
            within += usize::from(goes_on && !crate::shape::has_end_mark(line));
        }
    }
    // Two breaks of three are full (the others end paragraphs), and two full ones of five fall between two words in lower case.
    (breaks >= MIN_BREAKS && full * 3 >= breaks * 2 && within * 5 >= full * 2).then_some(Wrapping { width })
}
