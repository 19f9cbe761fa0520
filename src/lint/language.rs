//! What a test matches, as a set of texts that can be computed with.
//!
//! Two questions decide whether a rule is dead: *can any line pass both tests?* and *does every line that passes this test pass that one
//! too?* Examples cannot answer them, so matchers are turned into automata over the plain view and their product is searched: it is
//! finite, so the answer is exact. Where an automaton would get too large the answer is "unknown", and nothing is reported.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use regex_automata::Anchored;
use regex_automata::MatchKind;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::start;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Dot, Hir, HirKind, Repetition};

use crate::pattern::Pattern;
use crate::rules::compile::equals_end;
use crate::rules::schema::Kind;
use crate::view::{fold, is_word};

/// Bytes of states that one automaton may have.
const CACHE: usize = 4 << 20;
/// States of a product that are looked at before the answer is "unknown".
const MAX_STATES: usize = 20_000;

/// A set of texts.
#[derive(Debug)]
pub(super) struct Language {
    dfa: DFA,
    /// Where the automaton's view of characters changes: at each place classes begin or end, told apart by their hashes.
    borders: Vec<(u32, u64)>,
    cache: RefCell<Cache>,
}

impl Language {
    /// The texts that one matcher passes. `None` for `raw-regex`, which is not about the view, and for what is too large.
    pub(super) fn of_matcher(kind: Kind, items: &[String], glued: bool) -> Option<Language> {
        Language::new(&Hir::alternation(match kind {
            Kind::RawRegex => return None,
            Kind::Regex => items.iter().map(|item| pattern(item)).collect::<Option<_>>()?,
            Kind::Search => {
                items.iter().map(|item| Some(Hir::concat(vec![any(), pattern(item)?, any()]))).collect::<Option<_>>()?
            }
            _ => phrases(kind, items, glued),
        }))
    }

    /// The texts that a whole pattern matches, or any part of which one does.
    pub(super) fn of_pattern(hir: &Hir, whole: bool) -> Option<Language> {
        if whole { Language::new(hir) } else { Language::new(&Hir::concat(vec![any(), hir.clone(), any()])) }
    }

    /// All that a plain view can be: one space at most between other characters, none at the ends. Made once a check.
    pub(super) fn views() -> Option<Language> {
        let visible = class(|c| !c.is_whitespace());
        let word = || visible.clone();
        let more = Hir::concat(vec![repeated(literal(" "), 0, Some(1)), word()]);
        Language::new(&Hir::concat(vec![word(), repeated(more, 0, None)]))
    }

    /// Texts without white space other than the space.
    pub(super) fn one_line() -> Option<Language> {
        Language::new(&repeated(class(|c| c == ' ' || !c.is_whitespace()), 0, None))
    }

    fn new(hir: &Hir) -> Option<Language> {
        let limit = thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(CACHE));
        let nfa = thompson::Compiler::new().configure(limit).build_from_hir(hir).ok()?;
        // All ways of matching count, not only the one that a search would prefer.
        let config = DFA::config()
            .match_kind(MatchKind::All)
            .cache_capacity(CACHE)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(0))
            .prefilter(None);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let cache = RefCell::new(dfa.create_cache());
        let mut borders = Vec::new();
        note_borders(hir, &mut HashSet::new(), &mut borders);
        Some(Language { dfa, borders, cache })
    }

    /// Whether one text is in the set. An automaton that got too large says yes.
    pub(super) fn accepts_text(&self, text: &str) -> bool {
        let Some(mut state) = self.start() else { return true };
        for character in text.chars() {
            match self.next(state, character) {
                Some(next) if next.is_dead() => return false,
                Some(next) => state = next,
                None => return true,
            }
        }
        self.accepts(state).unwrap_or(true)
    }

    /// One of its shortest texts.
    pub(super) fn sample(&self) -> Option<String> {
        let characters = characters_that_differ(&[self]);
        let first = self.start()?;
        let mut seen = HashSet::from([first]);
        let mut row = vec![(first, String::new())];
        while !row.is_empty() && seen.len() < MAX_STATES {
            let mut next_row = Vec::new();
            for (state, text) in row {
                if self.accepts(state)? {
                    return Some(text);
                }
                for character in &characters {
                    let next = self.next(state, *character)?;
                    if !next.is_dead() && seen.insert(next) {
                        next_row.push((next, format!("{text}{character}")));
                    }
                }
            }
            row = next_row;
        }
        None
    }

    fn start(&self) -> Option<LazyStateID> {
        self.dfa.start_state(&mut self.cache.borrow_mut(), &start::Config::new().anchored(Anchored::Yes)).ok()
    }

    fn next(&self, mut state: LazyStateID, character: char) -> Option<LazyStateID> {
        let mut cache = self.cache.borrow_mut();
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            state = self.dfa.next_state(&mut cache, state, byte).ok()?;
        }
        Some(state)
    }

    fn accepts(&self, state: LazyStateID) -> Option<bool> {
        Some(self.dfa.next_eoi_state(&mut self.cache.borrow_mut(), state).ok()?.is_match())
    }
}

/// Whether no text is in all of these sets. `None`: unknown.
pub(super) fn are_disjoint(all: &[&Language]) -> Option<bool> {
    search(all, None).map(|found| !found)
}

/// Whether one of these lines is in all of the sets: examples answer most questions before anything is computed.
pub(super) fn any_passes<'l>(lines: impl IntoIterator<Item = &'l str>, all: &[&Language]) -> bool {
    lines.into_iter().any(|line| all.iter().all(|language| language.accepts_text(line)))
}

/// Whether every text that is in all of `inner` is in `outer`. `None`: unknown.
pub(super) fn is_within(inner: &[&Language], outer: &Language) -> Option<bool> {
    search(inner, Some(outer)).map(|found| !found)
}

/// Whether some text is in all of `inside` and not in `outside`: a walk through the product of the automata.
fn search(inside: &[&Language], outside: Option<&Language>) -> Option<bool> {
    let all: Vec<&Language> = inside.iter().copied().chain(outside).collect();
    let characters = characters_that_differ(&all);
    let first = all.iter().map(|language| language.start()).collect::<Option<Vec<_>>>()?;
    let mut seen = HashSet::from([first.clone()]);
    let mut open = vec![first];
    while let Some(states) = open.pop() {
        let mut counter_example = true;
        for (number, (language, state)) in all.iter().zip(&states).enumerate() {
            counter_example &= language.accepts(*state)? == (number < inside.len());
        }
        if counter_example {
            return Some(true);
        }
        for character in &characters {
            let mut next = Vec::with_capacity(states.len());
            for (language, state) in all.iter().zip(&states) {
                next.push(language.next(*state, *character)?);
            }
            // No text that begins like this is in all of them.
            let is_dead = next[..inside.len()].iter().any(|state| state.is_dead());
            if !is_dead && seen.insert(next.clone()) {
                if seen.len() > MAX_STATES {
                    return None;
                }
                open.push(next);
            }
        }
    }
    Some(false)
}

/// One character of each kind that none of the automata tells apart. There are over a million characters, and seldom a hundred kinds;
/// without this the walk would lose itself in the bytes of characters that mean the same to it.
fn characters_that_differ(all: &[&Language]) -> Vec<char> {
    let mut borders: Vec<(u32, u64)> = all.iter().flat_map(|language| language.borders.iter().copied()).collect();
    borders.push((0, 0));
    // A class that several automata know counts once.
    borders.sort_unstable();
    borders.dedup();
    let mut kinds = HashSet::new();
    let mut found = Vec::new();
    // Which classes hold the character, as one number: entering and leaving a class are the same operation.
    let mut inside = 0;
    for (number, (at, class)) in borders.iter().enumerate() {
        inside ^= class;
        let is_last = borders.get(number + 1).is_none_or(|(next, _)| next > at);
        // Surrogates are no characters; what is true of their neighbours is found there.
        if is_last
            && let Some(character) = char::from_u32(*at)
            && kinds.insert(inside)
        {
            found.push(character);
        }
    }
    found
}

/// Collects where the classes of a pattern begin and end.
fn note_borders(hir: &Hir, known: &mut HashSet<u64>, borders: &mut Vec<(u32, u64)>) {
    let mut note = |ranges: &[(u32, u32)]| {
        let mut hasher = DefaultHasher::new();
        ranges.hash(&mut hasher);
        let class = hasher.finish();
        if known.insert(class) {
            borders.extend(ranges.iter().flat_map(|(first, last)| [(*first, class), (last + 1, class)]));
        }
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            String::from_utf8_lossy(&literal.0).chars().for_each(|c| note(&[(u32::from(c), u32::from(c))]));
        }
        HirKind::Class(Class::Unicode(class)) => {
            let ranges: Vec<_> = class.ranges().iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect();
            note(&ranges);
        }
        HirKind::Class(Class::Bytes(class)) => {
            let ranges: Vec<_> = class.ranges().iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect();
            note(&ranges);
        }
        HirKind::Repetition(repetition) => note_borders(&repetition.sub, known, borders),
        HirKind::Capture(group) => note_borders(&group.sub, known, borders),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| note_borders(part, known, borders));
        }
    }
}

fn pattern(source: &str) -> Option<Hir> {
    Pattern::parse(source).ok().map(|pattern| pattern.hir().clone())
}

fn any() -> Hir {
    repeated(Hir::dot(Dot::AnyChar), 0, None)
}

fn repeated(sub: Hir, min: u32, max: Option<u32>) -> Hir {
    Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(sub) })
}

fn literal(text: &str) -> Hir {
    Hir::literal(text.as_bytes())
}

/// The characters for which something holds.
fn class(holds: impl Fn(char) -> bool) -> Hir {
    let mut ranges: Vec<ClassUnicodeRange> = Vec::new();
    let mut open: Option<(char, char)> = None;
    for c in '\0'..=char::MAX {
        match (holds(c), &mut open) {
            (true, Some((_, last))) => *last = c,
            (true, None) => open = Some((c, c)),
            (false, Some((first, last))) => {
                ranges.push(ClassUnicodeRange::new(*first, *last));
                open = None;
            }
            (false, None) => {}
        }
    }
    ranges.extend(open.map(|(first, last)| ClassUnicodeRange::new(first, last)));
    Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
}

/// The characters at which words have an edge: before them, and after them, where an apostrophe does not count.
fn edges() -> &'static (Hir, Hir) {
    static EDGES: OnceLock<(Hir, Hir)> = OnceLock::new();
    EDGES.get_or_init(|| (class(|c| !is_word(c)), class(|c| !is_word(c) && c != '\'')))
}

/// What `equals` passes over at the end, and what follows a label.
fn marks() -> &'static (Hir, Hir) {
    static MARKS: OnceLock<(Hir, Hir)> = OnceLock::new();
    MARKS.get_or_init(|| (class(|c| matches!(c, ':' | '.' | '!' | ' ')), class(crate::matching::test::is_separator)))
}

/// Which characters fold to a character, where they are not just its two ASCII forms.
fn unfolded() -> &'static HashMap<char, Vec<char>> {
    static UNFOLDED: OnceLock<HashMap<char, Vec<char>>> = OnceLock::new();
    UNFOLDED.get_or_init(|| {
        let mut forms: HashMap<char, Vec<char>> = HashMap::new();
        for c in '\0'..=char::MAX {
            let folded = fold(c);
            if folded != c {
                forms.entry(folded).or_default().push(c);
            }
        }
        forms
    })
}

/// A folded phrase, as the view may spell it.
fn spelled(phrase: &str) -> Hir {
    let one = |c: char| {
        let forms = unfolded().get(&c).map(Vec::as_slice).unwrap_or_default();
        let all = std::iter::once(c).chain(forms.iter().copied()).map(|form| ClassUnicodeRange::new(form, form));
        Hir::class(Class::Unicode(ClassUnicode::new(all)))
    };
    Hir::concat(phrase.chars().map(one).collect())
}

/// What the literal matchers pass; phrases are folded.
fn phrases(kind: Kind, phrases: &[String], glued: bool) -> Vec<Hir> {
    let (outside, outside_but_apostrophe) = edges();
    let after = || {
        let apostrophe = Hir::concat(vec![literal("'"), Hir::alternation(vec![Hir::empty(), then_any(outside)])]);
        Hir::alternation(vec![Hir::empty(), then_any(outside_but_apostrophe), apostrophe])
    };
    let before = || Hir::alternation(vec![Hir::empty(), Hir::concat(vec![any(), outside.clone()])]);
    // Phrases with the same needs share what stands around them, which is the larger part.
    let mut groups: HashMap<(bool, bool), Vec<Hir>> = HashMap::new();
    for phrase in phrases {
        let phrase = if kind == Kind::Equals { &phrase[..equals_end(phrase)] } else { phrase };
        let starts = phrase.chars().next().is_some_and(is_word);
        let ends = phrase.chars().next_back().is_some_and(is_word);
        groups.entry((starts, ends)).or_default().push(spelled(phrase));
    }
    groups
        .into_iter()
        .map(|((starts, ends), phrases)| {
            let phrase = Hir::alternation(phrases);
            let tail = || if ends && !glued { after() } else { any() };
            Hir::concat(match kind {
                Kind::Equals => vec![phrase, repeated(marks().0.clone(), 0, None)],
                Kind::StartsWith => vec![phrase, tail()],
                Kind::Label => {
                    vec![phrase, repeated(literal(" "), 0, Some(1)), marks().1.clone(), any()]
                }
                Kind::EndsWith => vec![if starts { before() } else { any() }, phrase],
                _ => vec![if starts && !glued { before() } else { any() }, phrase, tail()],
            })
        })
        .collect()
}

fn then_any(class: &Hir) -> Hir {
    Hir::concat(vec![class.clone(), any()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, items: &[&str]) -> Language {
        let items: Vec<_> = items.iter().map(|item| (*item).to_owned()).collect();
        Language::of_matcher(kind, &items, false).expect("small")
    }

    fn within(a: &Language, b: &Language) -> bool {
        is_within(&[a], b).expect("small")
    }

    #[test]
    fn literal_matchers_are_ordered_by_what_they_pass() {
        let equals = of(Kind::Equals, &["share this"]);
        let label = of(Kind::Label, &["share this"]);
        let starts = of(Kind::StartsWith, &["share"]);
        let contains = of(Kind::Contains, &["share", "print"]);
        assert!(within(&equals, &starts) && within(&label, &starts) && within(&starts, &contains));
        assert!(!within(&starts, &equals) && !within(&contains, &starts) && !within(&equals, &label));
        assert!(within(&of(Kind::EndsWith, &["share"]), &contains));
    }

    #[test]
    fn words_have_edges_and_no_case() {
        let starts = of(Kind::StartsWith, &["share"]);
        assert!(within(&of(Kind::Regex, &["SHARE(?: this)?"]), &starts));
        assert!(!within(&of(Kind::Regex, &["Shareholders"]), &starts));
        assert_eq!(are_disjoint(&[&of(Kind::Regex, &["shareholders.*"]), &starts]), Some(true));
        assert!(!within(&of(Kind::Regex, &["share's"]), &starts));
        let turkish = of(Kind::Equals, &["istanbul"]);
        assert!(within(&of(Kind::Regex, &["İSTANBUL!"]), &turkish));
    }

    #[test]
    fn what_cannot_meet_is_disjoint() {
        let a = of(Kind::StartsWith, &["read also"]);
        assert_eq!(are_disjoint(&[&a, &of(Kind::StartsWith, &["read more"])]), Some(true));
        assert_eq!(are_disjoint(&[&a, &of(Kind::EndsWith, &["following:"])]), Some(false));
        let views = Language::views().expect("small");
        assert_eq!(are_disjoint(&[&views, &of(Kind::Regex, &["a  b"])]), Some(true));
        assert_eq!(are_disjoint(&[&views, &of(Kind::Regex, &["a b|c "])]), Some(false));
    }
}
