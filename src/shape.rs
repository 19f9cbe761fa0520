//! Cheap shapes of a unit: how long it is, how many words it has, how it ends, how its words are capitalised.
//!
//! They are read off the plain view in one pass and answer the conditions that need no matching.

use crate::view::{View, has_no_word_spaces, is_wide};

/// Prose has at least this many words …
const PROSE_WORDS: u32 = 12;
/// … or this many characters in scripts that are counted by the character, …
const PROSE_WIDE: u32 = 25;

/// What can be said of a unit without knowing any language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Shape {
    /// Code points; wide characters count double.
    pub(crate) chars: u32,
    /// Words; a character of a script without word spaces is half a word.
    pub(crate) words: u32,
    pub(crate) wide: u32,
    /// Ends in a full stop, question or exclamation mark, closing quotes and brackets aside.
    pub(crate) end_mark: bool,
    /// Has letters and none of them is lower case.
    pub(crate) upper: bool,
    /// Two words or more, capitalised as in a headline.
    pub(crate) title: bool,
}

impl Shape {
    pub(crate) fn of(view: &View) -> Shape {
        let mut shape = Shape { chars: width(&view.plain), end_mark: has_end_mark(&view.plain), ..Shape::default() };
        let (mut dense, mut has_upper, mut has_lower) = (0u32, false, false);
        if view.plain.is_ascii() {
            has_upper = view.plain.bytes().any(|b| b.is_ascii_uppercase());
            has_lower = view.plain.bytes().any(|b| b.is_ascii_lowercase());
        } else {
            for c in view.plain.chars() {
                shape.wide += u32::from(is_wide(c));
                dense += u32::from(has_no_word_spaces(c));
                has_upper |= c.is_uppercase();
                has_lower |= c.is_lowercase();
            }
        }
        let (mut title, mut last_capital, mut rest) = (true, false, view.plain.as_str());
        while !rest.is_empty() {
            let end = memchr::memchr(b' ', rest.as_bytes()).unwrap_or(rest.len());
            let word = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            let Some(first) = word.chars().find(|c| c.is_alphanumeric()) else { continue };
            if has_no_word_spaces(first) {
                continue;
            }
            let capital = !first.is_lowercase();
            // Articles and prepositions stay small in headlines, but for the first word.
            title &= capital || (shape.words > 0 && word.chars().filter(|c| c.is_alphanumeric()).take(4).count() < 4);
            last_capital = capital;
            shape.words += 1;
        }
        shape.title = title && last_capital && shape.words >= 2;
        shape.upper = has_upper && !has_lower;
        shape.words += dense / 2;
        shape
    }

    /// The shape of a unit that is too long to be looked at.
    pub(crate) fn of_huge(end_mark: bool) -> Shape {
        Shape { chars: u32::MAX, words: u32::MAX, end_mark, ..Shape::default() }
    }

    /// Whether the unit reads like a sentence or more of running text.
    pub(crate) fn is_prose(&self) -> bool {
        self.end_mark && (self.words >= PROSE_WORDS || self.wide >= PROSE_WIDE)
    }
}

/// Code points, wide ones counted double.
pub(crate) fn width(plain: &str) -> u32 {
    if plain.is_ascii() { plain.len() as u32 } else { plain.chars().map(|c| 1 + u32::from(is_wide(c))).sum() }
}

/// Whether a text ends in a mark that closes a sentence.
pub(crate) fn has_end_mark(text: &str) -> bool {
    let closers = ['"', '\'', ')', ']', '}', '”', '’', '»', '」', '』', '）', '】', '*', '_', ' ', '\u{a0}'];
    let last = text.trim_end_matches(closers).chars().next_back();
    matches!(last, Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '｡' | '۔' | '؟' | '।' | '։' | '።' | '‽'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        Shape::of(&View::of(text))
    }

    #[test]
    fn prose_is_told_from_headlines() {
        assert!(shape("The council met on Monday and voted, after two hours, to keep the old bridge open.").is_prose());
        assert!(!shape("The council met on Monday and voted, after two hours, to keep the old bridge open").is_prose());
        assert!(!shape("They voted.").is_prose());
        assert!(shape("市议会星期一开会，经过两个小时的讨论之后，决定保留这座旧桥继续开放通行使用。").is_prose());
        assert!(shape("他说：“这座桥将继续开放，直到市议会星期一再次开会讨论之后作出最终决定为止。”").end_mark);
    }

    #[test]
    fn case_is_read_off_words() {
        assert!(shape("Council Votes to Keep the Old Bridge").title);
        assert!(!shape("Council votes to keep the old bridge").title);
        assert!(shape("BRIDGE TO STAY OPEN").upper && !shape("Bridge").upper && !shape("2026").upper);
        assert_eq!(shape("7 days, 3 nights — €120").words, 5);
        assert_eq!(shape("全角").chars, 4);
    }
}
