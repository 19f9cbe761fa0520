//! What finds these lines again, and nothing else? The surest thing that they have.

use crate::rules::schema::Kind;
use crate::view::{View, has_no_word_spaces};

/// Characters before a colon that are a label still.
const LABEL: usize = 40;
/// Longer lines are not compared as wholes: the next one will differ somewhere.
const WHOLE: usize = 40;
/// Words at the beginning of a long line that are its formula.
const WORDS: usize = 4;

/// A matcher with its items, and how long such a line may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) kind: Kind,
    pub(super) items: Vec<String>,
    pub(super) max_chars: Option<usize>,
    /// What of a line the matcher holds on to, as it was read.
    pub(super) words: String,
}

/// For a line of its own.
pub(super) fn one(view: &View) -> Guess {
    let text = view.plain.trim();
    if !is_literal(text) {
        return Guess::pattern(text);
    }
    if let Some(label) = label(text) {
        return Guess::literal(Kind::Label, label, Some(text));
    }
    let has_digits = text.chars().any(char::is_numeric);
    if !has_digits && text.chars().count() <= WHOLE {
        return Guess::literal(Kind::Equals, text.trim_end_matches([':', '.', '!', ' ']), None);
    }
    let fixed: Vec<&str> =
        text.split_whitespace().take_while(|word| !word.chars().any(char::is_numeric)).take(WORDS).collect();
    let start = bounded(&fixed.join(" "));
    if start.chars().filter(|c| c.is_alphabetic()).count() >= 4 || !has_digits {
        return Guess::literal(Kind::StartsWith, start.trim_end_matches([',', ';', '-', ' ']), Some(text));
    }
    Guess::pattern(text)
}

/// For the first line of a block.
pub(super) fn opener(view: &View) -> Guess {
    let text = view.plain.trim();
    if !is_literal(text) || text.chars().any(char::is_numeric) || text.chars().count() > WHOLE {
        return one(view);
    }
    Guess::literal(Kind::Equals, text.trim_end_matches([':', '.', '!', ' ']), None)
}

/// What all lines begin with, if they do: a label, or words.
pub(super) fn common(views: &[View]) -> Option<Guess> {
    let longest = views.iter().map(|view| view.plain.as_str()).max_by_key(|text| text.chars().count())?;
    let first = Some(views[0].plain.as_str()).filter(|first| is_literal(first))?;
    let label = label(first).filter(|label| views.iter().all(|view| self::label(&view.plain) == Some(label)));
    if let Some(label) = label {
        return Some(Guess::literal(Kind::Label, label, Some(longest)));
    }
    let words: Vec<&str> = first.split(' ').collect();
    let shared = (1..=words.len().min(WORDS)).rev().map(|count| words[..count].join(" ")).find(|start| {
        let follows =
            |text: &str| text.strip_prefix(start.as_str()).is_some_and(|r| r.is_empty() || r.starts_with(' '));
        views.iter().all(|view| follows(&view.plain)) && start.chars().filter(|c| c.is_alphabetic()).count() >= 4
    })?;
    Some(Guess::literal(Kind::StartsWith, &shared, Some(longest)))
}

/// For lines that have nothing in common: the beginning of each.
pub(super) fn each(views: &[View]) -> Guess {
    let longest =
        views.iter().map(|view| view.plain.as_str()).max_by_key(|text| text.chars().count()).unwrap_or_default();
    let start = |view: &View| bounded(&view.plain.split(' ').take(WORDS).collect::<Vec<_>>().join(" "));
    let items: Vec<String> = views.iter().map(start).filter(|start| !start.is_empty()).collect();
    let words = items.first().cloned().unwrap_or_default();
    if !items.iter().all(|item| is_literal(item)) {
        let items = views.iter().map(|view| pattern(&view.plain)).collect();
        return Guess { kind: Kind::Regex, items, max_chars: Some(room(longest)), words };
    }
    Guess { kind: Kind::StartsWith, items, max_chars: Some(room(longest)), words }
}

impl Guess {
    fn pattern(text: &str) -> Guess {
        let words = text.to_owned();
        Guess { kind: Kind::Regex, items: vec![pattern(text)], max_chars: Some(room(text)), words }
    }

    fn literal(kind: Kind, literal: &str, longest: Option<&str>) -> Guess {
        Guess { kind, items: vec![literal.to_owned()], max_chars: longest.map(room), words: literal.to_owned() }
    }
}

/// A beginning of no great length where words are not spaced, so that all of a sentence is one.
fn bounded(start: &str) -> String {
    match start.char_indices().nth(WHOLE) {
        Some((end, c)) if has_no_word_spaces(c) => start[..end].to_owned(),
        _ => start.to_owned(),
    }
}

/// Whether a literal can be begun with it: one that begins with `@` names a list, and marks alone are stripped from literals.
fn is_literal(text: &str) -> bool {
    !text.starts_with('@') && text.chars().any(char::is_alphanumeric)
}

/// What stands before a colon or bar that something follows.
fn label(text: &str) -> Option<&str> {
    let at = text.find([':', '|'])?;
    let (label, rest) = (text[..at].trim_end(), text[at + 1..].trim());
    let fine = label.chars().count() <= LABEL
        && label.chars().any(char::is_alphabetic)
        && !label.chars().any(char::is_numeric)
        && !rest.is_empty();
    // "http://" and "12:30" have colons, too.
    (fine && !rest.starts_with("//")).then_some(label)
}

/// Half as long again, in round numbers: the next such line will be longer.
fn room(longest: &str) -> usize {
    let width = crate::shape::width(longest) as usize;
    (width * 3 / 2).div_ceil(20) * 20
}

/// The line with its numbers left open.
fn pattern(text: &str) -> String {
    let mut out = String::new();
    let mut in_number = false;
    for c in text.chars() {
        if c.is_ascii_digit() {
            if !in_number {
                out.push_str(r"\d+");
            }
            in_number = true;
        } else {
            in_number = false;
            out.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4])));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(line: &str) -> (Kind, String, Option<usize>) {
        let guess = one(&View::of(line));
        (guess.kind, guess.items[0].clone(), guess.max_chars)
    }

    #[test]
    fn a_line_gives_its_matcher() {
        assert_eq!(guess("▶ Read also: Rain ahead"), (Kind::Label, "Read also".into(), Some(40)));
        assert_eq!(guess("Share this story!"), (Kind::Equals, "Share this story".into(), None));
        assert_eq!(guess("Weather in Kelm 12 degrees"), (Kind::StartsWith, "Weather in Kelm".into(), Some(40)));
        assert_eq!(guess("12 comments (3 new)"), (Kind::Regex, r"\d+ comments \(\d+ new\)".into(), Some(40)));
        assert_eq!(guess("@ana: nice").0, Kind::Regex);
        assert_eq!(guess("12:30 http://kelm.example").0, Kind::Regex);
    }

    #[test]
    fn lines_share_a_beginning_or_do_not() {
        let views = |lines: &[&str]| lines.iter().map(|line| View::of(line)).collect::<Vec<_>>();
        let shared = common(&views(&["More news: Rain", "More news: Sun"])).expect("a label");
        assert_eq!((shared.kind, shared.items), (Kind::Label, vec!["More news".to_owned()]));
        let shared = common(&views(&["Kelm Courier 1", "Kelm Courier 2"])).expect("words");
        assert_eq!((shared.kind, shared.items), (Kind::StartsWith, vec!["Kelm Courier".to_owned()]));
        assert_eq!(common(&views(&["Rain", "Sun"])), None);
    }
}
