//! [`Pack`]s → a segment: names resolved, phrases folded, patterns compiled, triggers chosen.
//!
//! Matching must not try every rule on every unit, so each rule gets a **trigger**: the one of its matchers that can be looked up
//! fastest. Its phrases (or the literals that its patterns cannot match without, derived from the parsed pattern) go into an index
//! over heads, tails or insides; a rule whose patterns begin with no literal is *open* and is sifted by first character and length.
//! A trigger only ever says "look at this rule"; the rule itself then decides. So a trigger may be hit in vain and must never be
//! missed, which the property tests hold.

use std::collections::HashMap;
use std::ops::Range;

use super::index::{IndexBuilder, Posting, Want};
use super::problem::{NO_SPARE, Problem, Problems, did_you_mean};
use super::record::{self, Card, Record, Require, ShapeTest};
use super::schema::{Kind, List, Matcher, Neighbour, Pack, Placed, Rule, Test};
use super::segment::{self, Corner, Open, Part, Phrases};
use crate::model::{Level, Scope};
use crate::pattern::{ClassPool, Pattern, Prefilter};
use crate::view::fold_literal;

/// Phrases in an index are cut at this many bytes; the rule compares the rest.
const MAX_TRIGGER: usize = 72;

/// A pack with the name and text of its file, for messages.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) pack: Pack,
}

/// Compiles packs into one segment. `known` are lists of other segments that the packs may name.
pub(crate) fn compile(sources: &[Source], known: &[(String, Vec<String>)]) -> Result<Vec<u8>, Vec<Problem>> {
    let mut compiler = Compiler::default();
    let mut problems = Vec::new();
    for (name, phrases) in known {
        compiler.lists.insert(name.clone(), phrases.clone());
    }
    for source in sources {
        let mut found = Problems::new(&source.file, &source.text);
        for list in &source.pack.lists {
            compiler.list(list, &mut found);
        }
        if sources.iter().any(|other| other.pack.id.value == source.pack.id.value && other.file < source.file) {
            found.add(
                source.pack.id.span.clone(),
                format!("a pack `{}` is already there", source.pack.id.value),
                "choose another id",
            );
        }
        problems.extend(found.into_vec());
    }
    for source in sources {
        let mut found = Problems::new(&source.file, &source.text);
        for rule in &source.pack.rules {
            compiler.rule(&source.pack.id.value, rule, &mut found);
        }
        problems.extend(found.into_vec());
    }
    if problems.is_empty() { Ok(compiler.finish()) } else { Err(problems) }
}

/// A trigger's phrases and how they are wanted.
enum Trigger {
    Head(Vec<(String, Want)>),
    Tail(Vec<String>),
    Inside(Vec<(String, Want)>),
    Span(Vec<(String, Want)>),
    Open(u128, bool),
}

#[derive(Default)]
struct Compiler {
    lists: HashMap<String, Vec<String>>,
    own_lists: Vec<(String, Vec<String>)>,
    ids: HashMap<String, u32>,
    cards: Vec<u8>,
    records: Pool,
    phrases: Pool,
    programs: Pool,
    phrase_numbers: HashMap<Vec<String>, u32>,
    program_numbers: HashMap<String, u32>,
    classes: ClassPool,
    heads: IndexBuilder,
    tails: IndexBuilder,
    inside: IndexBuilder,
    spans: IndexBuilder,
    open: Vec<u8>,
    corners: Vec<u8>,
    inside_chars: u32,
}

/// Entries one after another, and where each ends.
#[derive(Default)]
struct Pool {
    ends: Vec<u8>,
    bytes: Vec<u8>,
    count: u32,
}

impl Pool {
    fn push(&mut self, entry: &[u8]) -> u32 {
        self.bytes.extend(entry);
        self.ends.extend((self.bytes.len() as u32).to_le_bytes());
        self.count += 1;
        self.count - 1
    }
}

impl Compiler {
    fn list(&mut self, list: &List, problems: &mut Problems<'_>) {
        let phrases = list.items.iter().filter_map(|item| literal(item, problems)).collect::<Vec<_>>();
        if self.lists.contains_key(&list.id.value) {
            problems.add(
                list.id.span.clone(),
                format!("a list `{}` is already there", list.id.value),
                "choose another id",
            );
            return;
        }
        self.own_lists.push((list.id.value.clone(), phrases.clone()));
        self.lists.insert(list.id.value.clone(), phrases);
    }

    fn rule(&mut self, pack: &str, rule: &Rule, problems: &mut Problems<'_>) {
        let number = self.records.count;
        let full = format!("{pack}/{}", rule.id.value);
        if self.ids.insert(full.clone(), number).is_some() {
            problems.add(rule.id.span.clone(), format!("a rule `{full}` is already there"), "choose another id");
        }
        check_scope(rule, problems);
        let (test, mut trigger) = self.own_test(rule, problems);
        let place = &rule.place;
        let in_a_corner = place.first_units.or(place.last_units).is_some_and(|units| units <= FEW_UNITS);
        // Phrases inside long units are dear to look for; a rule that is about a few units is asked there instead.
        let is_dear = |t: &Trigger| matches!(t, Trigger::Open(..) | Trigger::Inside(_));
        if in_a_corner && trigger.iter().any(is_dear) {
            let (first, other) = test.first.unwrap_or((u128::MAX, true));
            let max_chars = rule.test.shape.max_chars.unwrap_or(u32::MAX);
            let corner = Corner {
                gate: Open { rule: number, max_chars, first, other },
                first_units: place.first_units.unwrap_or(0),
                last_units: place.last_units.unwrap_or(0),
                after_percent: place.after_percent.unwrap_or(0),
            };
            self.corners.extend(corner.to_bytes());
            trigger.clear();
        }
        let record = Record {
            title: rule.title.clone(),
            test,
            place: self.place(&rule.place, problems),
            min_run: rule.min_run.as_ref().map_or(0, |n| n.value),
            max_units: rule.max_units.as_ref().map_or(0, |n| n.value),
            until: rule.until.as_ref().map(|t| self.test(t, problems)),
            require: rule.require.iter().map(|r| self.require(r, problems)).collect(),
            unless: rule.unless.iter().map(|u| self.inner_test(&u.test, rule.test.shape.max_chars, problems)).collect(),
        };
        let card = Card { category: rule.category, level: rule.level, scope: rule.scope.value, keep: rule.keep };
        self.cards.extend(card.to_bytes());
        match postcard::to_allocvec(&record) {
            Ok(bytes) => self.records.push(&bytes),
            Err(_) => unreachable!("a record is plain data"),
        };
        for trigger in trigger {
            self.index(number, rule, trigger);
        }
    }

    fn index(&mut self, rule: u32, source: &Rule, trigger: Trigger) {
        let max_chars = source.test.shape.max_chars.unwrap_or(u32::MAX);
        match trigger {
            Trigger::Head(phrases) => {
                for (phrase, want) in phrases {
                    let (bytes, cut) = clipped(phrase.as_bytes());
                    let want = match (cut, want.is_near()) {
                        (false, _) => want,
                        (true, false) => Want::Literal,
                        (true, true) => Want::NearLiteral,
                    };
                    self.heads.add(bytes, Posting { rule, want });
                }
            }
            Trigger::Tail(phrases) => {
                for phrase in phrases {
                    let reversed: Vec<u8> = phrase.bytes().rev().collect();
                    let (bytes, cut) = clipped(&reversed);
                    self.tails.add(bytes, Posting { rule, want: if cut { Want::Literal } else { Want::End } });
                }
            }
            Trigger::Inside(phrases) => {
                self.inside_chars = self.inside_chars.max(max_chars);
                for (phrase, want) in phrases {
                    let (bytes, cut) = clipped(phrase.as_bytes());
                    self.inside.add(bytes, Posting { rule, want: if cut { Want::Literal } else { want } });
                }
            }
            Trigger::Span(phrases) => {
                for (phrase, _) in phrases {
                    self.spans.add(clipped(phrase.as_bytes()).0, Posting { rule, want: Want::Literal });
                }
            }
            Trigger::Open(first, other) => self.open.extend(Open { rule, max_chars, first, other }.to_bytes()),
        }
    }

    /// The rule's own test, and the triggers that lead to it.
    fn own_test(&mut self, rule: &Rule, problems: &mut Problems<'_>) -> (record::Test, Vec<Trigger>) {
        let mut best: Option<(u8, Vec<Trigger>)> = None;
        let mut test = record::Test { first: None, shape: ShapeTest::of(&rule.test.shape), matchers: Vec::new() };
        for matcher in &rule.test.matchers {
            let bounded = rule.test.shape.max_chars.is_some();
            let (compiled, rank, triggers) =
                self.matcher(matcher, rule.test.glued, bounded, rule.scope.value == Scope::Span, problems);
            test.matchers.push(compiled);
            test.first = test.first.or(first_chars(&triggers));
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                best = Some((rank, triggers));
            }
        }
        test.matchers.sort_by_key(record::Matcher::cost);
        let bounded = rule.test.shape.max_chars.is_some();
        // Witnesses lead to some of the units that match; who counts matches has to see all of them.
        let counts = rule.place.max_matches.is_some();
        if best.as_ref().is_none_or(|(rank, _)| *rank >= RANK_OPEN)
            && !counts
            && let Some(triggers) = self.witness_triggers(rule, problems)
        {
            return (test, triggers);
        }
        match best {
            None if !bounded => {
                problems
                    .add(
                        rule.id.span.clone(),
                        "a rule without a matcher needs `max-chars`",
                        "would be tried on every unit",
                    )
                    .help("add a matcher, or when = { max-chars = … }");
            }
            Some((rank, _)) if rank >= RANK_OPEN && !bounded => {
                problems
                    .add(
                        rule.id.span.clone(),
                        "this rule's pattern begins with nothing to look up, so it needs `max-chars`",
                        "would be tried on every unit",
                    )
                    .help("add when = { max-chars = … }, or another matcher beside the pattern");
            }
            _ => {}
        }
        (test, best.map_or_else(|| vec![Trigger::Open(u128::MAX, true)], |(_, triggers)| triggers))
    }

    /// A rule with nothing to look up in its own unit is looked up by what has to stand nearby, if that has a phrase to begin with.
    fn witness_triggers(&mut self, rule: &Rule, problems: &mut Problems<'_>) -> Option<Vec<Trigger>> {
        for test in rule.require.iter().map(|require| &require.test) {
            for matcher in &test.matchers {
                let bounded = test.shape.max_chars.is_some();
                let (_, rank, triggers) = self.matcher(matcher, test.glued, bounded, false, problems);
                if rank <= RANK_PREFIX {
                    let near = |(phrase, want): (String, Want)| (phrase, want.near());
                    let near = |trigger| match trigger {
                        Trigger::Head(phrases) => Trigger::Head(phrases.into_iter().map(near).collect()),
                        other => other,
                    };
                    return Some(triggers.into_iter().map(near).collect());
                }
            }
        }
        None
    }

    fn test(&mut self, test: &Test, problems: &mut Problems<'_>) -> record::Test {
        self.inner_test(test, None, problems)
    }

    /// A test on the same unit as the rule's, whose length the rule may have bounded already.
    fn inner_test(&mut self, test: &Test, max_chars: Option<u32>, problems: &mut Problems<'_>) -> record::Test {
        let bounded = max_chars.is_some() || test.shape.max_chars.is_some();
        let mut first = None;
        let mut matchers = Vec::new();
        for matcher in &test.matchers {
            let (compiled, _, triggers) = self.matcher(matcher, test.glued, bounded, false, problems);
            first = first.or(first_chars(&triggers));
            matchers.push(compiled);
        }
        matchers.sort_by_key(record::Matcher::cost);
        record::Test { first, shape: ShapeTest::of(&test.shape), matchers }
    }

    fn place(&mut self, place: &super::schema::Place, problems: &mut Problems<'_>) -> record::Place {
        let mut neighbours = |list: &[Neighbour]| {
            list.iter()
                .map(|n| match n {
                    Neighbour::Edge => record::Neighbour::Edge,
                    Neighbour::Removed => record::Neighbour::Removed,
                    Neighbour::Passes(test) => record::Neighbour::Passes(self.test(test, problems)),
                })
                .collect()
        };
        let (prev, next) = (neighbours(&place.prev), neighbours(&place.next));
        record::Place {
            first_units: place.first_units,
            last_units: place.last_units,
            after_percent: place.after_percent,
            repeat: place.repeat,
            max_matches: place.max_matches,
            prev,
            next,
            lang: place.lang.clone(),
            source: place.source.iter().map(|s| s.to_lowercase()).collect(),
        }
    }

    fn require(&mut self, require: &super::schema::Require, problems: &mut Problems<'_>) -> Require {
        let (before, after) = Require::reach(require.side, require.within);
        Require { before, after, count: require.count, test: self.test(&require.test, problems) }
    }

    /// One matcher compiled; how dear its trigger is (lower is better); the triggers.
    fn matcher(
        &mut self,
        matcher: &Matcher,
        glued: bool,
        bounded: bool,
        span: bool,
        problems: &mut Problems<'_>,
    ) -> (record::Matcher, u8, Vec<Trigger>) {
        if matcher.kind.is_pattern() {
            return self.patterns(matcher, bounded, span, problems);
        }
        let mut phrases = self.expand(&matcher.items, problems);
        if matcher.kind == Kind::Equals {
            phrases.iter_mut().for_each(|p| p.truncate(equals_end(p)));
        }
        phrases.sort_unstable();
        phrases.dedup();
        if matcher.kind == Kind::Contains && !bounded {
            needs_max_chars(matcher, problems);
        }
        let number = self.phrase_pool(&phrases);
        let as_wanted = |want: Want| phrases.iter().map(|p| (p.clone(), want)).collect::<Vec<_>>();
        let start = if glued { Want::Literal } else { Want::Start };
        match matcher.kind {
            Kind::Equals => (record::Matcher::Equals(number), 0, vec![Trigger::Head(as_wanted(Want::Whole))]),
            Kind::Label => (record::Matcher::Label(number), 1, vec![Trigger::Head(as_wanted(Want::Start))]),
            Kind::StartsWith => (record::Matcher::StartsWith(number, glued), 2, vec![Trigger::Head(as_wanted(start))]),
            Kind::EndsWith => (record::Matcher::EndsWith(number), 4, vec![Trigger::Tail(phrases.clone())]),
            _ => {
                let want = if glued { Want::Literal } else { Want::Inside };
                (record::Matcher::Contains(number, glued), 5, vec![Trigger::Inside(as_wanted(want))])
            }
        }
    }

    fn patterns(
        &mut self,
        matcher: &Matcher,
        bounded: bool,
        span: bool,
        problems: &mut Problems<'_>,
    ) -> (record::Matcher, u8, Vec<Trigger>) {
        let anchored = matcher.kind == Kind::Regex;
        if matcher.kind != Kind::Regex && !bounded {
            needs_max_chars(matcher, problems);
        }
        let (mut numbers, mut rank, mut triggers) = (Vec::new(), 0, Vec::new());
        for item in &matcher.items {
            if matcher.kind != Kind::RawRegex {
                check_plain(item, problems);
            }
            let parsed = Pattern::parse(&item.value).and_then(|pattern| {
                let number = match self.program_numbers.get(&item.value) {
                    Some(number) => *number,
                    None => self.programs.push(&pattern.compile(&mut self.classes)?),
                };
                self.program_numbers.insert(item.value.clone(), number);
                Ok((pattern, number))
            });
            let (pattern, number) = match parsed {
                Ok(parsed) => parsed,
                Err(error) => {
                    problems.add(
                        inside(item, error.span, problems.source()),
                        format!("bad pattern: {}", error.message),
                        "",
                    );
                    continue;
                }
            };
            if span && let Err(error) = pattern.require_cut() {
                problems.add(inside(item, error.span, problems.source()), error.message, "");
            }
            if !span && pattern.has_cut() {
                problems.add(
                    item.span.clone(),
                    "only span rules cut: a group named `cut` means nothing here",
                    "unexpected group",
                );
            }
            numbers.push(number);
            // The raw line is not the view: its literals could be spelt otherwise there.
            let prefilter = if matcher.kind == Kind::RawRegex { None } else { Some(pattern.prefilter(anchored)) };
            let literal = |lits: Vec<String>| lits.into_iter().map(|l| (l, Want::Literal)).collect();
            let (dear, trigger) = match prefilter {
                Some(Prefilter::Inner(lits)) if span => (0, Trigger::Span(literal(lits))),
                _ if span => {
                    let message = "a span rule's pattern needs some fixed words to be found by";
                    problems.add(item.span.clone(), message, "no fixed words");
                    continue;
                }
                Some(Prefilter::Prefix(lits)) => (RANK_PREFIX, Trigger::Head(literal(lits))),
                Some(Prefilter::Inner(lits)) if bounded => (6, Trigger::Inside(literal(lits))),
                Some(Prefilter::First(set)) if anchored => (RANK_OPEN, Trigger::Open(set.ascii, set.other)),
                _ => (RANK_OPEN + 1, Trigger::Open(u128::MAX, true)),
            };
            rank = rank.max(dear);
            triggers.push(trigger);
        }
        let compiled = match matcher.kind {
            Kind::Regex => record::Matcher::Regex(numbers),
            Kind::Search => record::Matcher::Search(numbers),
            _ => record::Matcher::Raw(numbers),
        };
        (compiled, rank, triggers)
    }

    /// Literals folded, lists put in their place.
    fn expand(&self, items: &[Placed<String>], problems: &mut Problems<'_>) -> Vec<String> {
        let mut phrases = Vec::new();
        for item in items {
            let Some(name) = item.value.strip_prefix('@') else {
                phrases.extend(literal(item, problems));
                continue;
            };
            match self.lists.get(name) {
                Some(list) => phrases.extend(list.iter().cloned()),
                None => {
                    let problem = problems.add(item.span.clone(), format!("there is no list `{name}`"), "unknown list");
                    problem.help = did_you_mean(name, self.lists.keys().map(String::as_str));
                }
            }
        }
        phrases
    }

    fn phrase_pool(&mut self, phrases: &[String]) -> u32 {
        if let Some(number) = self.phrase_numbers.get(phrases) {
            return *number;
        }
        let number = self.phrases.push(&Phrases::encode(phrases));
        self.phrase_numbers.insert(phrases.to_vec(), number);
        number
    }

    fn finish(self) -> Vec<u8> {
        let mut parts = segment::parts();
        let mut set = |part: Part, bytes: Vec<u8>| parts[part as usize] = bytes;
        let mut ids: Vec<_> = self.ids.into_iter().collect();
        ids.sort_unstable();
        let ids = fst::Map::from_iter(ids.iter().map(|(id, n)| (id, u64::from(*n))));
        set(Part::Ids, ids.map(|map| map.into_fst().into_inner()).unwrap_or_default());
        set(Part::Cards, self.cards);
        set(Part::RecordEnds, self.records.ends);
        set(Part::Records, self.records.bytes);
        set(Part::PhraseEnds, self.phrases.ends);
        set(Part::Phrases, self.phrases.bytes);
        set(Part::ProgramEnds, self.programs.ends);
        set(Part::Programs, self.programs.bytes);
        set(Part::Classes, self.classes.encode());
        let [sieve, map, postings] = self.heads.build();
        set(Part::HeadSieve, sieve);
        set(Part::HeadMap, map);
        set(Part::HeadPostings, postings);
        let [sieve, map, postings] = self.tails.build();
        set(Part::TailSieve, sieve);
        set(Part::TailMap, map);
        set(Part::TailPostings, postings);
        let [sieve, map, postings] = self.inside.build();
        set(Part::InsideSieve, sieve);
        set(Part::InsideMap, map);
        set(Part::InsidePostings, postings);
        let [sieve, map, postings] = self.spans.build();
        set(Part::SpanSieve, sieve);
        set(Part::SpanMap, map);
        set(Part::SpanPostings, postings);
        set(Part::Open, self.open);
        set(Part::Corners, self.corners);
        set(Part::Lists, postcard::to_allocvec(&self.own_lists).unwrap_or_default());
        set(Part::Facts, self.inside_chars.to_le_bytes().to_vec());
        segment::write(&parts)
    }
}

/// A rule about no more units than this, at either end, is about a place.
const FEW_UNITS: u32 = 40;
/// Up to here a matcher is looked up at the head of a unit.
const RANK_PREFIX: u8 = 3;
/// From here on a rule is tried on every unit of the right length.
const RANK_OPEN: u8 = 8;

/// Where `equals` stops to compare: marks at the end say nothing.
pub(crate) fn equals_end(folded: &str) -> usize {
    folded.trim_end_matches([':', '.', '!', ' ']).len()
}

/// What views begin with that these triggers lead to, if all of them say.
fn first_chars(triggers: &[Trigger]) -> Option<(u128, bool)> {
    let (mut ascii, mut other) = (0, false);
    for trigger in triggers {
        match trigger {
            Trigger::Head(phrases) => {
                for first in phrases.iter().filter_map(|(phrase, _)| phrase.chars().next()) {
                    if first.is_ascii() { ascii |= 1 << u32::from(first) } else { other = true }
                }
            }
            Trigger::Open(first, rest) => {
                ascii |= first;
                other |= rest;
            }
            _ => return None,
        }
    }
    (ascii != u128::MAX).then_some((ascii, other))
}

fn literal(item: &Placed<String>, problems: &mut Problems<'_>) -> Option<String> {
    let folded = fold_literal(&item.value);
    if folded.is_empty() {
        problems
            .add(item.span.clone(), "nothing of this literal is left in the plain view", "only decoration")
            .help("use `raw-regex`");
        return None;
    }
    Some(folded)
}

fn clipped(phrase: &[u8]) -> (&[u8], bool) {
    (&phrase[..phrase.len().min(MAX_TRIGGER)], phrase.len() > MAX_TRIGGER)
}

fn needs_max_chars(matcher: &Matcher, problems: &mut Problems<'_>) {
    let message = format!("`{}` needs `max-chars`", matcher.kind.key());
    problems
        .add(matcher.key.clone(), message, "would look at every byte of every paragraph")
        .help("say how long such a line can be at most");
}

/// A pattern is matched against the plain view, so a character that the view never holds can never match.
fn check_plain(item: &Placed<String>, problems: &mut Problems<'_>) {
    for (at, c) in item.value.char_indices() {
        let mut buffer = [0; 4];
        let text: &str = c.encode_utf8(&mut buffer);
        let framed = format!("x{text}x");
        let view = fold_literal(&framed);
        let plain = view.strip_prefix('x').and_then(|v| v.strip_suffix('x'));
        let mark = matches!(c, '*' | '`' | '_' | '[' | ']' | '!') || c.is_ascii();
        if !mark && plain.is_none_or(|p| !p.chars().eq([crate::view::fold(c)])) {
            let span = inside(item, at..at + c.len_utf8(), problems.source());
            let problem =
                problems.add(span, format!("the plain view never holds {c:?}, so this cannot match"), "never there");
            if let Some(plain) = plain.filter(|p| !p.is_empty()) {
                problem.help(format!("write {plain:?}"));
            }
            return;
        }
    }
}

/// A stretch of a string's value, in the file. Exact for literal strings; strings with escapes are marked as a whole.
fn inside(item: &Placed<String>, part: Range<usize>, source: &str) -> Range<usize> {
    let raw = source.get(item.span.clone()).unwrap_or_default();
    match raw.find(item.value.as_str()) {
        Some(at) => item.span.start + at + part.start..item.span.start + at + part.end.min(item.value.len()),
        None => item.span.clone(),
    }
}

/// What each scope needs, and what means nothing there.
fn check_scope(rule: &Rule, problems: &mut Problems<'_>) {
    let scope = rule.scope.value;
    let span = || rule.scope.span.clone();
    let mut need = |missing: bool, key: &str, help: &str| {
        if missing {
            problems
                .add(span(), format!("a rule of scope `{scope}` needs `{key}`"), format!("`{key}` is missing"))
                .help(help);
        }
    };
    need(
        scope == Scope::Run && rule.min_run.is_none(),
        "min-run",
        "when = { min-run = 3 }: how many adjacent units it takes",
    );
    need(
        scope.is_broad() && rule.max_units.is_none(),
        "max-units",
        "how many units it may claim at most; past that it claims nothing",
    );
    let bare = rule.require.is_empty() && rule.level != Level::Aggressive;
    need(scope.is_broad() && bare, "require", "a broad rule names what else must stand nearby, or is `aggressive`");
    need(
        scope == Scope::Span && rule.test.shape.max_chars.is_none(),
        "max-chars",
        "how long a sentence may be at most",
    );
    let mut only = |wrong: bool, at: Range<usize>, message: &str| {
        if wrong {
            problems.add(at, format!("{message}, not `{scope}`"), "means nothing here");
        }
    };
    if let Some(min_run) = &rule.min_run {
        only(scope != Scope::Run, min_run.span.clone(), "`min-run` belongs to scope `run`");
    }
    if let Some(max_units) = &rule.max_units {
        only(!scope.is_broad(), max_units.span.clone(), "`max-units` belongs to the scopes `section` and `tail`");
    }
    if let Some(until) = &rule.until {
        only(scope != Scope::Section, until.span.clone(), "`until` belongs to scope `section`");
    }
    if let Some(require) = rule.require.first() {
        only(scope == Scope::Span, require.test.span.clone(), "`require` belongs to the other scopes");
    }
    let search_only = rule.test.matchers.len() == 1
        && rule.test.matchers[0].kind == Kind::Search
        && rule.test.matchers[0].items.len() == 1;
    only(scope == Scope::Span && !search_only, span(), "exactly one `search` pattern is what a span rule has");
    let place = &rule.place;
    let placed =
        place.first_units.or(place.last_units).or(place.after_percent).or(place.max_matches).is_some() || place.repeat;
    if rule.keep && (placed || !place.prev.is_empty() || !place.next.is_empty()) {
        let help = "a rule that keeps holds wherever its text stands";
        problems.add(rule.id.span.clone(), "a rule that keeps asks for no place", "has a place in `when`").help(help);
    }
    if rule.keep && scope != Scope::Line {
        problems.add(span(), "a rule that keeps has scope `line`", "protects single units");
    }
    let equals_only =
        rule.test.matchers.len() == 1 && rule.test.matchers[0].kind == Kind::Equals && scope == Scope::Line;
    if rule.spare.is_empty() && !equals_only {
        problems
            .add(rule.id.span.clone(), NO_SPARE, "what looks like it and is not?")
            .help("add spare = [{ input = \"…\", why = \"…\" }]; only a lone `equals` can do without");
    }
}
