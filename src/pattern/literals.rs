//! Prefilters: what a text must contain before a pattern is worth running.
//!
//! With thousands of rules, most patterns should never see most texts. A single
//! search for the literals of *all* rules tells which patterns are left; this
//! module says which literals to search for.
//!
//! The search ignores case: it runs over text folded by [`fold`], character by
//! character. A pattern is therefore folded first, in the same way. Since `fold`
//! maps characters to characters, whatever a pattern matches, its folded form
//! matches the folded text, and literals derived from the folded form are right
//! for folded text. It also keeps `(?i)` cheap: `(?i)share` has 2⁵ and more
//! spellings, and a single folded one (or two, for the long `ſ`).

use std::cmp::Reverse;
use std::collections::BTreeSet;

use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

use super::fold;

/// Most literals in a set.
const MAX_LITERALS: usize = 256;
/// Longest literal, in characters.
const MAX_CHARS: usize = 24;
/// From this length on, a longer literal is no longer counted as a better one,
/// so that `updated [0-9]{2}` gives one literal and not a hundred.
const LONG_ENOUGH: usize = 8;
/// Most parts of a concatenation that are put together into one literal.
const MAX_PARTS: usize = 12;
/// Classes of more characters than this count as "any character".
const MAX_CLASS: u32 = 64;

/// A condition that every text a pattern matches fulfils.
///
/// All conditions are about the text after [`fold`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prefilter {
    /// The text begins with one of these literals. Only for patterns that match
    /// whole texts.
    Prefix(Vec<String>),
    /// The text contains one of these literals, inside the match.
    Inner(Vec<String>),
    /// The text begins with one of these characters. For a pattern that matches
    /// anywhere in a text this is [`FirstSet::ANYTHING`], that is no condition.
    First(FirstSet),
}

/// The characters a match can begin with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstSet {
    /// One bit for each ASCII character.
    pub ascii: u128,
    /// Whether any character beyond ASCII is possible.
    pub other: bool,
    /// Whether the match can be empty, so that any text can follow.
    pub empty: bool,
}

impl FirstSet {
    /// Every text, including the empty one.
    pub const ANYTHING: Self = Self { ascii: u128::MAX, other: true, empty: true };

    #[cfg(test)]
    /// Whether a text with this first character (`None`: no text) is possible.
    pub fn allows(&self, first: Option<char>) -> bool {
        self.empty
            || first.is_some_and(|c| match u32::from(c) {
                ascii @ 0..0x80 => self.ascii >> ascii & 1 == 1,
                _ => self.other,
            })
    }

    fn add(&mut self, c: char) {
        match u32::from(c) {
            ascii @ 0..0x80 => self.ascii |= 1 << ascii,
            _ => self.other = true,
        }
    }
}

/// Derives the best condition there is for a pattern.
pub fn prefilter(hir: &Hir, anchored: bool) -> Prefilter {
    let folded = folded(hir);
    if anchored && let Some(set) = prefix(&folded) {
        return Prefilter::Prefix(set.literals);
    }
    if let Some(set) = inner(&folded) {
        return Prefilter::Inner(set.literals);
    }
    Prefilter::First(if anchored { first_chars(hir) } else { FirstSet::ANYTHING })
}

/// The folded characters a match can begin with.
fn first_chars(hir: &Hir) -> FirstSet {
    let mut set = FirstSet::default();
    set.empty = first_ranges(hir, &mut |first, last| {
        (first..=last.min('\x7F')).for_each(|c| set.add(fold(c)));
        set.other |= last > '\x7F';
        // The only characters beyond ASCII that fold into it (see the tests).
        for c in ['İ', '\u{212A}'] {
            if first <= c && c <= last {
                set.add(fold(c));
            }
        }
    });
    set
}

/// Tells `visit` all ranges of characters a match can begin with, in any order
/// and possibly overlapping. Returns whether the match can be empty.
pub fn first_ranges(hir: &Hir, visit: &mut dyn FnMut(char, char)) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match text(&literal.0).chars().next() {
            Some(c) => {
                visit(c, c);
                false
            }
            None => true,
        },
        HirKind::Class(class) => {
            for (first, last) in ranges(class) {
                visit(first, last);
            }
            false
        }
        HirKind::Repetition(repetition) => first_ranges(&repetition.sub, visit) || repetition.min == 0,
        HirKind::Capture(group) => first_ranges(&group.sub, visit),
        // Goes on to the next part for as long as the parts can be empty.
        HirKind::Concat(parts) => parts.iter().all(|part| first_ranges(part, visit)),
        HirKind::Alternation(branches) => {
            let mut empty = false;
            for branch in branches {
                // Every branch is visited, also after one that can be empty.
                empty |= first_ranges(branch, visit);
            }
            empty
        }
    }
}

/// The ranges of a class; those of a byte class are ASCII, as non-ASCII ones do
/// not get past the parser.
fn ranges(class: &Class) -> Vec<(char, char)> {
    match class {
        Class::Unicode(class) => class.iter().map(|r| (r.start(), r.end())).collect(),
        Class::Bytes(class) => (class.iter()).map(|r| (char::from(r.start()), char::from(r.end()))).collect(),
    }
}

/// Stands for any digit in [`needed_mark`].
pub const ANY_DIGIT: u8 = b'0';

/// An ASCII punctuation mark that every match holds, or [`ANY_DIGIT`]; the rarest in running text if there are several.
pub fn needed_mark(hir: &Hir) -> Option<u8> {
    // From common to rare, as running text goes; letters are left to the literals.
    const MARKS: &[u8] = b".,'-0\":()!?/%$;&+=>#@|<[]{}~^\\";
    let rank = |byte: &u8| MARKS.iter().position(|mark| mark == byte);
    let as_mark = |byte: u8| if byte.is_ascii_digit() { ANY_DIGIT } else { byte };
    let rarest =
        |marks: &mut dyn Iterator<Item = u8>| marks.filter(|byte| rank(byte).is_some()).max_by_key(|byte| rank(byte));
    match hir.kind() {
        HirKind::Literal(literal) => rarest(&mut literal.0.iter().copied().map(as_mark)),
        HirKind::Class(class) => {
            let all_digits = |(first, last): &(char, char)| {
                first.is_numeric() && last.is_numeric() && u32::from(*last) - u32::from(*first) < 16
            };
            let ranges = ranges(class);
            (!ranges.is_empty() && ranges.iter().all(all_digits)).then_some(ANY_DIGIT)
        }
        HirKind::Capture(group) => needed_mark(&group.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed_mark(&repetition.sub),
        HirKind::Concat(parts) => rarest(&mut parts.iter().filter_map(needed_mark)),
        // Of digits in every branch, at least one is a digit.
        HirKind::Alternation(parts) => {
            parts.iter().all(|part| needed_mark(part) == Some(ANY_DIGIT)).then_some(ANY_DIGIT)
        }
        _ => None,
    }
}
/// A literal of the parser as text. It is UTF-8, as other literals do not get
/// past the parser.
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// The pattern with every character folded, and without its groups.
fn folded(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Look(look) => Hir::look(*look),
        HirKind::Literal(literal) => {
            let folded: String = text(&literal.0).chars().map(fold).collect();
            Hir::literal(folded.into_bytes())
        }
        HirKind::Class(class) => folded_class(class),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min,
            max: repetition.max,
            greedy: repetition.greedy,
            sub: Box::new(folded(&repetition.sub)),
        }),
        HirKind::Capture(group) => folded(&group.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(folded).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(folded).collect()),
    }
}

fn folded_class(class: &Class) -> Hir {
    let ranges = ranges(class);
    let size =
        (ranges.iter()).map(|&(first, last)| u32::from(last) - u32::from(first) + 1).fold(0, u32::saturating_add);
    let any = [ClassUnicodeRange::new('\0', char::MAX)];
    Hir::class(Class::Unicode(if size > MAX_CLASS {
        // No literal comes of it anyway, and folding it would take long.
        ClassUnicode::new(any)
    } else {
        ClassUnicode::new(
            (ranges.into_iter())
                .flat_map(|(first, last)| first..=last)
                .map(|c| ClassUnicodeRange::new(fold(c), fold(c))),
        )
    }))
}

/// A set of literals one of which is bound to occur.
struct Literals {
    literals: Vec<String>,
    /// Length in characters of the shortest.
    shortest: usize,
}

impl Literals {
    /// Cuts, sorts and thins out. `None` if there are none, or too many.
    fn new(found: impl IntoIterator<Item = String>) -> Option<Self> {
        let sorted: BTreeSet<String> =
            (found.into_iter()).map(|literal| literal.chars().take(MAX_CHARS).collect()).collect();
        let mut literals: Vec<String> = Vec::with_capacity(sorted.len());
        for literal in sorted {
            // Sorted, so whatever begins with a literal comes after it.
            if !(literals.last()).is_some_and(|last| literal.starts_with(last.as_str())) {
                literals.push(literal);
            }
        }
        let shortest = literals.iter().map(|literal| chars(literal)).min()?;
        (literals.len() <= MAX_LITERALS).then_some(Self { literals, shortest })
    }

    /// Keeps the set if all of its literals have `least` characters, or one less
    /// and one that is not ASCII, and so is rarer.
    fn at_least(self, least: usize) -> Option<Self> {
        (self.literals.iter()).all(|literal| chars(literal) + usize::from(!literal.is_ascii()) >= least).then_some(self)
    }

    /// How well it filters: long literals, then few.
    fn rank(&self) -> impl Ord + use<> {
        let counted = self.shortest.min(LONG_ENOUGH);
        (counted, Reverse(self.literals.len()), self.shortest)
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn best(sets: impl IntoIterator<Item = Literals>) -> Option<Literals> {
    sets.into_iter().max_by_key(Literals::rank)
}

/// The literals a match of folded `hir` begins with. They may be empty.
fn beginnings(hir: &Hir) -> Option<Literals> {
    let found = Extractor::new()
        .kind(ExtractKind::Prefix)
        .limit_literal_len(4 * MAX_CHARS)
        .limit_total(MAX_LITERALS)
        .extract(hir);
    Literals::new(found.literals()?.iter().map(|literal| {
        // Limits count bytes and may cut a character in two.
        let bytes = literal.as_bytes();
        let whole = match std::str::from_utf8(bytes) {
            Ok(whole) => whole,
            Err(error) => text(&bytes[..error.valid_up_to()]),
        };
        whole.to_owned()
    }))
}

/// The best literals a match of folded `hir` begins with.
fn prefix(hir: &Hir) -> Option<Literals> {
    best(stretches(hir, 0).filter_map(|set| set.at_least(2)))
}

/// The best literals that every match of folded `hir` contains.
fn inner(hir: &Hir) -> Option<Literals> {
    let parts = parts(hir);
    let whole = (0..parts.len()).flat_map(|start| stretches(hir, start)).filter_map(|set| set.at_least(3));
    let nested = parts.iter().filter_map(|part| match part.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => inner(&repetition.sub),
        HirKind::Alternation(branches) => {
            let sets: Option<Vec<_>> = branches.iter().map(inner).collect();
            Literals::new(sets?.into_iter().flat_map(|set| set.literals))
        }
        _ => None,
    });
    best(whole.chain(nested))
}

/// What the stretches of a concatenation begin with that begin at part `start`.
/// A longer stretch gives longer literals, or more of them.
fn stretches(hir: &Hir, start: usize) -> impl Iterator<Item = Literals> {
    let parts = parts(hir).get(start..).unwrap_or_default();
    (1..=parts.len().min(MAX_PARTS)).filter_map(|len| beginnings(&Hir::concat(parts[..len].to_vec())))
}

/// The parts of a concatenation; anything else is its own only part.
fn parts(hir: &Hir) -> &[Hir] {
    match hir.kind() {
        HirKind::Concat(parts) => parts,
        _ => std::slice::from_ref(hir),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Pattern;
    use super::*;

    fn of(pattern: &str, anchored: bool) -> Prefilter {
        Pattern::parse(pattern).unwrap().prefilter(anchored)
    }

    fn prefix(literals: &[&str]) -> Prefilter {
        Prefilter::Prefix(literals.iter().map(ToString::to_string).collect())
    }

    fn inner(literals: &[&str]) -> Prefilter {
        Prefilter::Inner(literals.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn prefixes() {
        assert_eq!(of("Share this", true), prefix(&["share this"]));
        assert_eq!(of("(?i)share", true), prefix(&["share", "ſhare"]));
        assert_eq!(of("(?:by|von) .+", true), prefix(&["by ", "von "]));
        assert_eq!(of("(?<cut>by) .+", true), prefix(&["by "]));
        assert_eq!(of("Ärger?x", true), prefix(&["ärgerx", "ärgex"]));
        assert_eq!(of("é.*", true), prefix(&["é"]));
        assert_eq!(of(r"updated \d\d", true), prefix(&["updated "]));
        assert_eq!(of("updated [0-9]{2}", true), prefix(&["updated "]));
        assert_eq!(of(&"x".repeat(99), true), prefix(&[&"x".repeat(24)]));
    }

    #[test]
    fn inner_literals() {
        assert_eq!(of("Share this", false), inner(&["share this"]));
        assert_eq!(of(".*Share|.*Print", false), inner(&["print", "share"]));
        assert_eq!(
            of(r"\d+ (?:min|hour)s? read", true),
            inner(&[" hour read", " hours read", " min read", " mins read"])
        );
        assert_eq!(of(r"\d+ minutes? reading", true), inner(&[" reading"]));
        assert_eq!(of("(?:[a-z]+-foo){2,}", true), inner(&["-foo"]));
        assert_eq!(of(".çé", true), inner(&["çé"]));
    }

    #[test]
    fn first_characters() {
        let Prefilter::First(set) = of("[A-C].*", true) else {
            panic!("no literal can be required");
        };
        assert!(set.allows(Some('a')) && set.allows(Some('c')) && !set.allows(Some('d')));
        assert!(!set.allows(Some('é')) && !set.allows(None));
        assert_eq!(of("[A-C].*", false), Prefilter::First(FirstSet::ANYTHING));
    }

    #[test]
    fn few_characters_fold_into_ascii() {
        let into_ascii: Vec<char> =
            (0x80..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|&c| fold(c).is_ascii()).collect();
        assert_eq!(into_ascii, ['İ', '\u{212A}']);
        assert!((0..0x80u8).all(|c| fold(char::from(c)).is_ascii()));
    }
}
