//! What there is to say of rules, for people: the catalogue that listings and the reference are made from.
//!
//! A cleaner knows of a rule what it takes to run it. This knows what its author wrote: conditions in words, reasons of exceptions, the
//! examples. It reads the rule files again, so it is for commands about rules, not for cleaning.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::model::{Category, Level, Scope};
use crate::rules::fields::header_line;
use crate::rules::problem::Problem;
use crate::rules::read;
use crate::rules::schema::{self, Neighbour, Pack, Side, Test};

/// Phrases of one matcher that are spelled out.
const SHOWN: usize = 8;

/// A rule as its author wrote it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// `pack/id`.
    pub id: String,
    /// The pack's id.
    pub pack: String,
    /// What it removes, in a few words.
    pub title: String,
    /// What kind of boilerplate it removes.
    pub category: Category,
    /// The level that switches it on.
    pub level: Level,
    /// What it claims when it matches.
    pub scope: Scope,
    /// Whether it protects lines instead of removing them.
    pub protects: bool,
    /// Languages that it is for; none: it is not made of words, or of words of many languages.
    pub languages: Vec<String>,
    /// What it asks for, one condition after the other, in words.
    pub conditions: Vec<String>,
    /// What it spares, with the reason.
    pub exceptions: Vec<(String, String)>,
    /// Examples of what goes.
    pub hit: Vec<Example>,
    /// Examples of what stays.
    pub spare: Vec<Example>,
    /// The rule file, as it was named.
    pub file: String,
    /// The line that the rule begins on.
    pub line: usize,
}

/// An example of a rule.
#[derive(Debug, Clone)]
pub struct Example {
    /// The lines.
    pub input: String,
    /// What a span rule leaves of them.
    pub output: Option<String>,
    /// What the example shows.
    pub why: Option<String>,
    /// Whether it is a whole document.
    pub page: bool,
}

/// A pack.
#[derive(Debug, Clone)]
pub struct PackEntry {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// The rule file, as it was named.
    pub file: String,
    /// What the comment at the top of the file says.
    pub about: String,
    /// Its rules, in order.
    pub rules: Vec<Entry>,
}

/// Reads rule files, given as `(name, text)`, into a catalogue.
///
/// # Errors
///
/// All mistakes of form in the files. Whether the rules can be compiled is not asked.
///
/// ```
/// let files: Vec<(String, String)> =
///     dechaff::default_packs().iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
/// let packs = dechaff::catalog::read(&files).expect("the default packs are well-formed");
/// assert!(packs.iter().flat_map(|pack| &pack.rules).all(|rule| !rule.hit.is_empty()));
/// ```
pub fn read(files: &[(String, String)]) -> Result<Vec<PackEntry>, Vec<Problem>> {
    let (mut packs, mut problems) = (Vec::new(), Vec::new());
    for (file, text) in files {
        let (pack, found) = read::read(file, text);
        problems.extend(found);
        packs.extend(pack.map(|pack| (file, text, pack)));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let lists = packs.iter().flat_map(|(_, _, pack)| pack.lists.iter());
    let mut languages: HashMap<String, Vec<String>> =
        lists.map(|list| (list.id.value.clone(), list.languages.clone())).collect();
    for (_, text) in crate::default_packs() {
        for list in read::read("", text).0.iter().flat_map(|pack| &pack.lists) {
            languages.entry(list.id.value.clone()).or_insert_with(|| list.languages.clone());
        }
    }
    let entry = |(file, text, pack): &(&String, &String, Pack)| PackEntry {
        id: pack.id.value.clone(),
        title: pack.title.clone(),
        file: (*file).clone(),
        about: about(text),
        rules: pack.rules.iter().map(|rule| rule_entry(file, text, pack, rule, &languages)).collect(),
    };
    Ok(packs.iter().map(entry).collect())
}

/// The comment that a file begins with.
fn about(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with('#') && !line.starts_with("#:schema"));
    lines.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn rule_entry(file: &str, text: &str, pack: &Pack, rule: &schema::Rule, lists: &HashMap<String, Vec<String>>) -> Entry {
    let example = |example: &schema::Evidence| Example {
        input: example.input.clone(),
        output: example.output.clone(),
        why: example.why.clone(),
        page: example.page,
    };
    Entry {
        id: format!("{}/{}", pack.id.value, rule.id.value),
        pack: pack.id.value.clone(),
        title: rule.title.clone(),
        category: rule.category,
        level: rule.level,
        scope: rule.scope.value,
        protects: rule.keep,
        languages: languages(rule, lists),
        conditions: conditions(rule),
        exceptions: rule.unless.iter().map(|unless| (test(&unless.test), unless.why.clone())).collect(),
        hit: rule.hit.iter().map(example).collect(),
        spare: rule.spare.iter().map(example).collect(),
        file: file.to_owned(),
        line: header_line(text, rule.id.span.start),
    }
}

/// Where a rule says so itself, that; otherwise the languages of the lists that it uses.
fn languages(rule: &schema::Rule, lists: &HashMap<String, Vec<String>>) -> Vec<String> {
    if !rule.place.lang.is_empty() {
        return rule.place.lang.clone();
    }
    let items = rule.test.matchers.iter().filter(|m| !m.kind.is_pattern()).flat_map(|matcher| &matcher.items);
    let mut found: Vec<String> = Vec::new();
    for item in items {
        match item.value.strip_prefix('@').and_then(|name| lists.get(name)) {
            Some(languages) => found.extend(languages.iter().filter(|language| *language != "any").cloned()),
            // A phrase beside the lists may be of any language.
            None => return Vec::new(),
        }
    }
    found.sort();
    found.dedup();
    found
}

fn conditions(rule: &schema::Rule) -> Vec<String> {
    let mut all = Vec::new();
    let own = test(&rule.test);
    if !own.is_empty() {
        all.push(own);
    }
    let place = &rule.place;
    let mut say = |condition: Option<String>| all.extend(condition);
    say(place.first_units.map(|n| format!("among the first {n} lines")));
    say(place.last_units.map(|n| format!("among the last {n} lines")));
    say(place.after_percent.map(|n| format!("after {n} % of the text")));
    say(place.repeat.then(|| "stands there a second time".to_owned()));
    say(place.max_matches.map(|n| format!("at most {n} such lines in the document")));
    say(neighbours("the line before", "is missing", &place.prev));
    say(neighbours("the line after", "is missing", &place.next));
    say((!place.lang.is_empty()).then(|| format!("language {}", place.lang.join(", "))));
    say((!place.source.is_empty()).then(|| format!("published at {}", place.source.join(", "))));
    say(rule.min_run.as_ref().map(|n| format!("at least {} such lines in a row", n.value)));
    say(rule.max_units.as_ref().map(|n| format!("claims at most {} lines", n.value)));
    say(rule.until.as_ref().map(|until| format!("up to a line that: {}", test(until))));
    for require in &rule.require {
        let side = match require.side {
            Side::Before => "before",
            Side::After => "after",
            Side::Near => "around",
        };
        let lines = if require.count == 1 { "a line".to_owned() } else { format!("{} lines", require.count) };
        say(Some(format!("{lines} within {} {side} it: {}", require.within, test(&require.test))));
    }
    all
}

fn neighbours(which: &str, missing: &str, wanted: &[Neighbour]) -> Option<String> {
    let words: Vec<String> = wanted
        .iter()
        .map(|neighbour| match neighbour {
            Neighbour::Edge => missing.to_owned(),
            Neighbour::Removed => "comes after removed ones".to_owned(),
            Neighbour::Passes(inner) => test(inner),
        })
        .collect();
    (!words.is_empty()).then(|| format!("{which}: {}", words.join(", or ")))
}

/// A test in words; literals and patterns as they are written.
fn test(test: &Test) -> String {
    let mut words = Vec::new();
    for matcher in &test.matchers {
        let mut text = matcher.kind.key().to_owned();
        let more = matcher.items.len().saturating_sub(SHOWN);
        // One more is not worth a note that there is one more.
        let shown = if more > 1 { SHOWN } else { matcher.items.len() };
        for (number, item) in matcher.items.iter().take(shown).enumerate() {
            text.push_str(if number == 0 { " " } else { ", " });
            let mark = if matcher.kind.is_pattern() { '/' } else { '"' };
            if item.value.starts_with('@') && !matcher.kind.is_pattern() {
                text.push_str(&item.value);
            } else {
                let value: Vec<&str> = item.value.split_whitespace().collect();
                let _ = write!(
                    text,
                    "{mark}{}{mark}",
                    if matcher.kind.is_pattern() { value.join(" ") } else { item.value.clone() }
                );
            }
        }
        if shown < matcher.items.len() {
            let _ = write!(text, " and {more} more");
        }
        words.push(text);
    }
    let shape = &test.shape;
    let mut say = |condition: Option<String>| words.extend(condition);
    say(test.glued.then(|| "also inside a word".to_owned()));
    say(shape.min_chars.map(|n| format!("at least {n} characters")));
    say(shape.max_chars.map(|n| format!("at most {n} characters")));
    say(shape.min_words.map(|n| format!("at least {n} words")));
    say(shape.max_words.map(|n| format!("at most {n} words")));
    say(shape.end_mark.map(|on| if on { "ends like a sentence" } else { "does not end like a sentence" }.to_owned()));
    say(shape.case.map(|case| {
        match case {
            schema::Case::Upper => "all in capitals",
            schema::Case::Title => "capitalised like a headline",
        }
        .to_owned()
    }));
    say(shape.prose.map(|on| if on { "is prose" } else { "is not prose" }.to_owned()));
    words.join("; ")
}
