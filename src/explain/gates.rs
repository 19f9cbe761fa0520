//! One rule, one line, gate by gate.
//!
//! A compiled test is a conjunction, and so is a place. Each is taken apart into parts of one condition, which are put to the same functions
//! as the whole; what those say of the parts is what they said of the whole.

use super::authors;
use super::{Candidate, Gate, Role};
use crate::cleaned::RuleId;
use crate::cleaner::{Cleaner, Facts, SPAN_UNITS};
use crate::matching::test::{Bench, contains, phrase};
use crate::matching::{self, Hit};
use crate::model::{Level, Scope};
use crate::rules::record::{Card, Matcher, Neighbour, Place, Record, ShapeTest, Test};
use crate::rules::schema::{Kind, Rule};
use crate::rules::segment::Segment;
use crate::ruleset::RuleSet;
use crate::span;
use crate::structure::Structure;

/// A phrase that stands in the wrong place counts only if it is this long: short ones stand everywhere.
const TELLING: usize = 10;
/// Characters of another line that are quoted.
const QUOTED: usize = 40;

/// Why a rule takes no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Off {
    Level,
    Category,
    Ignored,
}

impl Off {
    pub(super) fn of(cleaner: &Cleaner, rule: u32, card: Card) -> Option<Off> {
        let asked = cleaner.asked();
        if cleaner.ruleset().is_active(rule) {
            return None;
        }
        Some(if asked.left_out.get(rule as usize).copied().unwrap_or(true) {
            Off::Ignored
        } else if asked.keep.contains(&card.category)
            || !(asked.remove.is_empty() || asked.remove.contains(&card.category))
        {
            Off::Category
        } else {
            Off::Level
        })
    }
}

/// A document in the state in which a line's fate was decided.
pub(super) struct Scene<'s, 'a, 't> {
    pub(super) cleaner: &'s Cleaner,
    pub(super) rules: &'s RuleSet,
    pub(super) structure: &'s mut Structure<'a, 't>,
    facts: &'s Facts<'s>,
    pub(super) bench: &'s mut Bench,
    /// The line of a unit, by its place in the source.
    line_of: &'s dyn Fn(u32) -> usize,
    /// The level of the round that is looked at.
    turn: Level,
    /// Units that line and run rules claim in this round.
    pub(super) claimed: Vec<bool>,
}

/// A rule in both its forms.
#[derive(Clone, Copy)]
pub(super) struct Asked<'s> {
    pub(super) rule: u32,
    pub(super) card: Card,
    pub(super) record: &'s Record,
    pub(super) segment: &'s Segment,
    pub(super) author: Option<&'s Rule>,
}

impl<'s, 'a, 't> Scene<'s, 'a, 't> {
    pub(super) fn new(
        cleaner: &'s Cleaner,
        structure: &'s mut Structure<'a, 't>,
        facts: &'s Facts<'s>,
        line_of: &'s dyn Fn(u32) -> usize,
        level: Level,
        bench: &'s mut Bench,
    ) -> Self {
        // The round once more, for what it knew: who claims what, and what the brake held back.
        structure.line_up();
        let (mut claims, openers) = structure.own_claims(level, bench);
        let mut claimed = vec![false; structure.document.units.len()];
        claims.iter().for_each(|claim| claimed[claim.unit as usize] = true);
        let broad = structure.claim_broad(&openers, &claims, level, bench);
        structure.brake(broad, &mut claims, bench);
        Scene { cleaner, rules: cleaner.ruleset(), structure, facts, bench, line_of, turn: level, claimed }
    }

    fn asked(&self, rule: u32) -> Option<Asked<'s>> {
        let (rules, cleaner) = (self.rules, self.cleaner);
        let author = rules.ids().get(rule as usize).and_then(|id| cleaner.authors().rule(id));
        Some(Asked {
            rule,
            card: rules.card(rule)?,
            record: rules.record(rule)?,
            segment: rules.segment(rule)?,
            author,
        })
    }

    /// What every rule but span rules says of a unit that is left.
    pub(super) fn candidates(&mut self, unit: u32) -> Vec<Candidate> {
        let mut found = Vec::new();
        for rule in 0..self.rules.len() as u32 {
            let Some(asked) = self.asked(rule).filter(|asked| asked.card.scope != Scope::Span) else { continue };
            found.push(self.itself(asked, unit));
            if asked.card.scope.is_broad() {
                found.extend(self.below(asked, unit));
            }
        }
        found
    }

    fn itself(&mut self, asked: Asked<'s>, unit: u32) -> Candidate {
        let Opening { mut gates, near, .. } = self.opening(asked, unit);
        gates.push(self.level(asked));
        if gates.iter().all(|gate| gate.passed) {
            gates.extend(self.brake(asked, unit));
        }
        Candidate { rule: RuleId(asked.rule), role: Role::Itself, gates, near, keeps: asked.card.keep }
    }

    /// What a rule asks of the unit that it matches; of openers, how far they reach, too.
    pub(super) fn opening(&mut self, asked: Asked<'s>, unit: u32) -> Opening {
        let (mut gates, near) = self.text(asked, unit);
        let text = gates.len();
        let mut reach = None;
        if near {
            gates.extend(self.place(asked, unit));
            match asked.card.scope {
                Scope::Run if gates.iter().all(|gate| gate.passed) => gates.push(self.run(asked, unit)),
                scope if scope.is_broad() => {
                    let (more, found) = self.reach(asked, unit);
                    gates.extend(more);
                    reach = Some(found);
                }
                _ => {}
            }
        }
        Opening { gates, text, near, reach }
    }

    /// Matchers, shapes and exceptions; and whether anything of what is looked for is there.
    fn text(&mut self, asked: Asked<'s>, unit: u32) -> (Vec<Gate>, bool) {
        let Asked { record, segment, author, .. } = asked;
        let document = self.structure.document;
        let mut gates = Vec::new();
        let mut near = false;
        for matcher in &record.test.matchers {
            let kind = kind(matcher);
            let asks = author.and_then(|rule| authors::matcher(&rule.test, kind)).map(authors::items);
            let single = Test { matchers: vec![matcher.clone()], ..Test::default() };
            let passed = self.bench.passes(&single, segment, document, unit as usize);
            let (is_there, found) = self.sighting(matcher, passed, segment, unit);
            near |= is_there;
            gates.push(Gate { key: kind.key(), passed, asks: asks.unwrap_or_default(), found });
        }
        for (key, shape, asks) in shapes(&record.test.shape) {
            let passed = self.bench.passes(&Test { shape, ..Test::default() }, segment, document, unit as usize);
            gates.push(Gate { key, passed, asks, found: self.measure(key, passed, unit) });
        }
        near |= record.test.matchers.is_empty() && gates.iter().all(|gate| gate.passed);
        if near {
            for (number, unless) in record.unless.iter().enumerate() {
                let passed = !self.bench.passes(unless, segment, document, unit as usize);
                let author = author.and_then(|rule| rule.unless.get(number));
                let asks = author.map(|unless| format!("{} ({})", unless.why, authors::test(&unless.test)));
                let found = if passed { "does not apply" } else { "applies" }.to_owned();
                gates.push(Gate { key: "unless", passed, asks: asks.unwrap_or_default(), found });
            }
        }
        (gates, near)
    }

    /// Whether something of what a matcher looks for is in the unit, and what.
    fn sighting(&mut self, matcher: &Matcher, passed: bool, segment: &Segment, unit: u32) -> (bool, String) {
        let look = self.bench.look(self.structure.document, unit as usize);
        let text = |bytes: &[u8]| format!("{:?}", String::from_utf8_lossy(bytes));
        if passed {
            return (true, phrase(matcher, look, segment).map_or_else(|| "matches".to_owned(), text));
        }
        let (phrases, what) = match matcher {
            Matcher::Equals(phrases) => (*phrases, "more follows it"),
            Matcher::StartsWith(phrases, _) => (*phrases, "a word goes on after it"),
            Matcher::Label(phrases) => (*phrases, "no `:`, `|`, `>` or arrow follows it"),
            Matcher::EndsWith(phrases) => (*phrases, ""),
            Matcher::Contains(..) => return (false, "not in it".to_owned()),
            Matcher::Regex(_) | Matcher::Search(_) | Matcher::Raw(_) => return (false, "no match".to_owned()),
        };
        let folded = look.view.folded.as_str();
        let begins = |phrase: &&[u8]| !what.is_empty() && folded.as_bytes().starts_with(phrase);
        if let Some(phrase) = segment.phrases(phrases).iter().filter(begins).max_by_key(|phrase| phrase.len()) {
            return (true, format!("{}, but {what}", text(phrase)));
        }
        let is_inside = |phrase: &&[u8]| phrase.len() >= TELLING && contains(folded, phrase, false);
        match segment.phrases(phrases).iter().filter(is_inside).max_by_key(|phrase| phrase.len()) {
            Some(phrase) => (true, format!("{}, but in another place", text(phrase))),
            None => (false, "not there".to_owned()),
        }
    }

    fn measure(&mut self, key: &str, passed: bool, unit: u32) -> String {
        let look = self.bench.look(self.structure.document, unit as usize);
        let number = |n: u32| if n == u32::MAX { "too many to count".to_owned() } else { n.to_string() };
        match key {
            "min-chars" | "max-chars" => number(look.width()),
            "min-words" | "max-words" => number(look.shape().words),
            "end-mark" => (if look.shape().end_mark { "it has one" } else { "it has none" }).to_owned(),
            "prose" => (if look.shape().is_prose() { "it is prose" } else { "it is not" }).to_owned(),
            _ => (if passed { "it is" } else { "it is not" }).to_owned(),
        }
    }

    /// Position, neighbours, and what has to stand nearby.
    fn place(&mut self, asked: Asked<'s>, unit: u32) -> Vec<Gate> {
        let Asked { record, segment, author, .. } = asked;
        let (place, total) = (&record.place, self.structure.order().len());
        let rank = self.structure.rank(unit);
        let mut gates = self.knowledge(record);
        let at = format!("it is number {} of {total}", rank + 1);
        let numbers = [
            ("first-units", place.first_units, Place { first_units: place.first_units, ..Place::default() }),
            ("last-units", place.last_units, Place { last_units: place.last_units, ..Place::default() }),
            ("after-percent", place.after_percent, Place { after_percent: place.after_percent, ..Place::default() }),
        ];
        for (key, number, single) in numbers {
            if let Some(number) = number {
                let passed = self.structure.stands(unit, &single);
                gates.push(Gate { key, passed, asks: number.to_string(), found: at.clone() });
            }
        }
        if place.repeat {
            let passed = self.structure.stands(unit, &Place { repeat: true, ..Place::default() });
            let found = if passed { "the same text stands above" } else { "the text stands here first" };
            gates.push(Gate { key: "repeat", passed, asks: "true".to_owned(), found: found.to_owned() });
        }
        if let Some(most) = place.max_matches {
            let count = self.matches(asked);
            let found = if count == 1 { "1 line matches".to_owned() } else { format!("{count} lines match") };
            gates.push(Gate { key: "max-matches", passed: count <= most as usize, asks: most.to_string(), found });
        }
        let sides = [
            ("prev", &place.prev, rank.checked_sub(1), "start", author.map(|rule| &rule.place.prev)),
            ("next", &place.next, Some(rank + 1).filter(|rank| *rank < total), "end", author.map(|r| &r.place.next)),
        ];
        for (key, wanted, other, edge, author) in sides {
            if wanted.is_empty() {
                continue;
            }
            let other = other.map(|rank| self.structure.order()[rank]);
            let passed = self.structure.has_neighbours(unit, &single_side(key, wanted), segment, self.bench);
            let found = other.map_or_else(|| format!("the {edge}"), |other| self.quoted(other));
            let asks = author.map(|list| authors::neighbours(list, edge)).unwrap_or_default();
            gates.push(Gate { key, passed, asks, found });
        }
        for (number, require) in record.require.iter().enumerate() {
            let witnesses = self.structure.witnesses(unit, require, segment, self.bench);
            let passed = witnesses.len() >= require.count as usize;
            let found = match witnesses.as_slice() {
                [] => "nothing like it there".to_owned(),
                [one] => self.quoted(*one),
                [one, more @ ..] => format!("{} and {} more", self.quoted(*one), more.len()),
            };
            let asks = author.and_then(|rule| rule.require.get(number)).map(authors::require);
            gates.push(Gate { key: "require", passed, asks: asks.unwrap_or_default(), found });
        }
        gates
    }

    /// What is known of the document.
    fn knowledge(&self, record: &Record) -> Vec<Gate> {
        let mut gates = Vec::new();
        let Place { lang, source, .. } = &record.place;
        let known = |known: Option<&str>| known.unwrap_or("not known").to_owned();
        for (key, wanted, found) in [("lang", lang, self.facts.lang), ("source", source, self.facts.url)] {
            if wanted.is_empty() {
                continue;
            }
            let mut single = Place::default();
            if key == "lang" {
                single.lang.clone_from(lang)
            } else {
                single.source.clone_from(source)
            }
            let passed = matching::knows(&Record { place: single, ..record.clone() }, self.facts);
            gates.push(Gate { key, passed, asks: wanted.join(", "), found: known(found) });
        }
        gates
    }

    /// How many units that are left match a rule by their text.
    fn matches(&mut self, asked: Asked<'s>) -> usize {
        let (document, bench) = (self.structure.document, &mut *self.bench);
        let all = self.structure.order().iter().filter(|unit| !document.units[**unit as usize].protected);
        all.filter(|unit| matching::matches_text(asked.record, asked.segment, document, **unit, bench)).count()
    }

    /// Whether enough units around match, too.
    fn run(&mut self, asked: Asked<'s>, unit: u32) -> Gate {
        let rank = self.structure.rank(unit);
        let (mut first, mut last) = (rank, rank);
        while first > 0 && self.runs_on(asked, first - 1) {
            first -= 1;
        }
        while last + 1 < self.structure.order().len() && self.runs_on(asked, last + 1) {
            last += 1;
        }
        let (length, order) = (last - first + 1, self.structure.order());
        let (from, to) = (self.line(order[first]), self.line(order[last]));
        let found = match length {
            1 => "only this one".to_owned(),
            _ => format!("{length}: lines {from}-{to}"),
        };
        let wanted = asked.record.min_run as usize;
        Gate { key: "min-run", passed: length >= wanted, asks: format!("{wanted} adjacent lines that match"), found }
    }

    fn runs_on(&mut self, asked: Asked<'s>, rank: usize) -> bool {
        let unit = self.structure.order()[rank];
        !self.structure.document.units[unit as usize].protected
            && self.text(asked, unit).0.iter().all(|gate| gate.passed)
            && self.place(asked, unit).iter().all(|gate| gate.passed)
    }

    /// Whether the rule takes part at all.
    pub(super) fn level(&self, asked: Asked<'s>) -> Gate {
        let Asked { card, rule, .. } = asked;
        let level = self.cleaner.asked().level;
        let id = || self.rules.ids().get(rule as usize).cloned().unwrap_or_default();
        let gate = |key, asks: String, found: String| Gate { key, passed: false, asks, found };
        match Off::of(self.cleaner, rule, card) {
            // Levels run in turn.
            None if card.level > self.turn && !card.keep => {
                gate("level", card.level.to_string(), format!("gone before, at {}", self.turn))
            }
            None => Gate { passed: true, ..gate("level", card.level.to_string(), format!("cleaning at {level}")) },
            Some(Off::Level) => gate("level", card.level.to_string(), format!("cleaning at {level}")),
            Some(Off::Category) => gate("category", card.category.to_string(), "left out".to_owned()),
            Some(Off::Ignored) => gate("ignore", id(), "left out".to_owned()),
        }
    }

    /// What the brake says, where it has held anything back.
    fn brake(&self, asked: Asked<'s>, unit: u32) -> Option<Gate> {
        let held = self.structure.held.as_ref()?;
        let is_held = if asked.card.scope.is_broad() {
            held.claims.iter().any(|claim| claim.rule == asked.rule && claim.units.contains(&unit))
        } else {
            let involved = held.claims.iter().find(|c| c.opener == unit || c.witnesses.contains(&unit));
            involved.is_some() && asked.card.level >= held.level && !asked.card.keep
        };
        is_held.then(|| self.braked())
    }

    pub(super) fn braked(&self) -> Gate {
        let asks = "at most 60 % of the prose goes to sections and tails".to_owned();
        Gate { key: "brake", passed: false, asks, found: "more would go".to_owned() }
    }

    /// What span rules say of a unit, which other rules may have removed as a whole.
    pub(super) fn spans(&mut self, unit: u32, gone: bool) -> Vec<Candidate> {
        let document = self.structure.document;
        let is_at_end = !gone && self.structure.ends(SPAN_UNITS).contains(&unit);
        let mut found = Vec::new();
        for rule in 0..self.rules.len() as u32 {
            let Some(asked) = self.asked(rule).filter(|asked| asked.card.scope == Scope::Span) else { continue };
            let cuts = span::cuts(document, self.rules, Hit { unit, rule }, self.bench);
            let pattern = asked.author.and_then(|rule| authors::matcher(&rule.test, Kind::Search)).map(authors::items);
            let cut = cuts.first().map(|cut| format!("{:?}", document.text[cut.range.clone()].trim()));
            let mut gates = vec![Gate {
                key: "search",
                passed: cut.is_some(),
                asks: pattern.unwrap_or_default(),
                found: cut.clone().unwrap_or_else(|| "no match in any sentence".to_owned()),
            }];
            if cut.is_some() {
                gates.extend(self.knowledge(asked.record));
                let found = match (gone, is_at_end) {
                    (true, _) => "the whole line goes",
                    (_, true) => "it is",
                    (_, false) => "it is not",
                };
                let asks = format!("one of the {SPAN_UNITS} lines left at either end");
                gates.push(Gate { key: "span", passed: is_at_end, asks, found: found.to_owned() });
            }
            gates.push(self.level(asked));
            let near = cut.is_some();
            found.push(Candidate { rule: RuleId(rule), role: Role::Itself, gates, near, keeps: false });
        }
        found
    }

    /// The number by which people know a unit's line.
    pub(super) fn line(&self, unit: u32) -> usize {
        (self.line_of)(unit) + 1
    }

    pub(super) fn place_in_source(&self, unit: u32) -> usize {
        (self.line_of)(unit)
    }

    /// A line by number and text.
    pub(super) fn quoted(&self, unit: u32) -> String {
        let text = self.structure.document.unit_text(unit as usize);
        let mut shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = shown.char_indices().nth(QUOTED) {
            shown.truncate(end);
            shown.push('…');
        }
        format!("line {}: {shown}", self.line(unit))
    }
}

/// What a rule says of a unit as the one that it matches.
pub(super) struct Opening {
    pub(super) gates: Vec<Gate>,
    /// How many of the gates are about the text.
    pub(super) text: usize,
    pub(super) near: bool,
    pub(super) reach: Option<crate::structure::broad::Reach>,
}

fn kind(matcher: &Matcher) -> Kind {
    match matcher {
        Matcher::Equals(_) => Kind::Equals,
        Matcher::StartsWith(..) => Kind::StartsWith,
        Matcher::Label(_) => Kind::Label,
        Matcher::EndsWith(_) => Kind::EndsWith,
        Matcher::Contains(..) => Kind::Contains,
        Matcher::Regex(_) => Kind::Regex,
        Matcher::Search(_) => Kind::Search,
        Matcher::Raw(_) => Kind::RawRegex,
    }
}

fn single_side(key: &str, wanted: &[Neighbour]) -> Place {
    match key {
        "prev" => Place { prev: wanted.to_vec(), ..Place::default() },
        _ => Place { next: wanted.to_vec(), ..Place::default() },
    }
}

/// A shape test as tests of one condition each: key, test, what is asked.
fn shapes(shape: &ShapeTest) -> Vec<(&'static str, ShapeTest, String)> {
    let none = ShapeTest::default;
    let mut found = Vec::new();
    if let Some((min, max)) = shape.chars {
        if min > 0 {
            found.push(("min-chars", ShapeTest { chars: Some((min, u32::MAX)), ..none() }, min.to_string()));
        }
        if max < u32::MAX {
            found.push(("max-chars", ShapeTest { chars: Some((0, max)), ..none() }, max.to_string()));
        }
    }
    if let Some((min, max)) = shape.words {
        if min > 0 {
            found.push(("min-words", ShapeTest { words: Some((min, u32::MAX)), ..none() }, min.to_string()));
        }
        if max < u32::MAX {
            found.push(("max-words", ShapeTest { words: Some((0, max)), ..none() }, max.to_string()));
        }
    }
    if let Some(wanted) = shape.end_mark {
        found.push(("end-mark", ShapeTest { end_mark: Some(wanted), ..none() }, wanted.to_string()));
    }
    if shape.title {
        found.push(("case", ShapeTest { title: true, ..none() }, "title".to_owned()));
    }
    if shape.upper {
        found.push(("case", ShapeTest { upper: true, ..none() }, "upper".to_owned()));
    }
    if let Some(wanted) = shape.prose {
        found.push(("prose", ShapeTest { prose: Some(wanted), ..none() }, wanted.to_string()));
    }
    found
}
