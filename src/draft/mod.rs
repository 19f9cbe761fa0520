//! Drafting: lines of a page → a rule that removes them, for its author to make better.
//!
//! Everything here is a guess: what the lines have in common (`matcher`), whether they are one line, a run or a block, what kind of
//! boilerplate they are (`category`). So the rule is `aggressive` until its author says otherwise. The lines are its `hit`; the
//! article's lines next to them, with the rule's own words put in, are its `spare`: the nearest thing to a hit that must stay.

mod category;
mod matcher;
mod write;

use std::ops::Range;

use matcher::Guess;

use crate::cleaned::Verdict;
use crate::cleaner::Cleaner;
use crate::document::{Document, Unit};
use crate::model::{Category, Scope};
use crate::shape::Shape;
use crate::view::View;

/// Words of a neighbour that an example takes along.
const WORDS: usize = 14;
/// Units that a section may have beyond those of its example.
const SLACK: usize = 5;

/// A rule in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The rule as TOML, a `[[rule]]` table.
    pub toml: String,
    /// What kind of boilerplate it seems to be.
    pub category: Category,
    /// Whether it is about single lines, runs or a section.
    pub scope: Scope,
}

/// Drafts a rule called `id` from lines of a page, given as places from 0. `None` if there is nothing on those lines.
///
/// ```
/// let page = "Rain ahead\n\nWeather in Kelm: 12 degrees\n\nIt will rain on Monday, the weather service said.\n";
/// let draft = dechaff::draft::rule(page, 2..3, "weather").expect("a line of text");
/// assert!(draft.toml.contains("hit = [\"Weather in Kelm: 12 degrees\"]") && draft.toml.contains("level = \"aggressive\""));
/// ```
pub fn rule(page: &str, lines: Range<usize>, id: &str) -> Option<Draft> {
    let document = Document::new(page);
    let is_chosen = |unit: usize| {
        let unit = document.units[unit];
        unit.first_line < lines.end && lines.start < unit.first_line + unit.lines
    };
    let chosen: Vec<usize> = (0..document.units.len()).filter(|unit| is_chosen(*unit)).collect();
    let (first, last) = (*chosen.first()?, *chosen.last()?);
    // A paragraph of a hard-wrapped page is one line of an example.
    let text = |unit: usize| document.unit_text(unit).lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let hits: Vec<String> = chosen.iter().map(|unit| text(*unit)).collect();
    let views: Vec<View> = hits.iter().map(|hit| View::of(hit)).collect();
    if views.iter().all(|view| view.plain.is_empty()) {
        return None;
    }
    let prose: Vec<bool> = views.iter().map(|view| Shape::of(view).is_prose()).collect();
    let (scope, guess) = shape(&views, &prose);
    // A neighbour has to stay: one that is noise itself is no example, and prose says more than a heading.
    let stays = kept(page, &document);
    let is_prose = |unit: &usize| Shape::of(&View::of(&text(*unit))).is_prose();
    let near = |units: Vec<usize>| {
        let mut kept = units.into_iter().filter(|unit| stays[*unit]);
        let first = kept.next();
        first.into_iter().chain(kept).find(is_prose).or(first)
    };
    let above = near((0..first).rev().collect()).map(text);
    let below = near((last + 1..document.units.len()).collect()).map(text);
    let spares = spares(scope, &guess, &hits, above.as_deref(), below.as_deref());
    let category = category::guess(&views);
    let parts = write::Parts { id, category, scope, guess: &guess, hits: &hits, spares: &spares };
    Some(Draft { toml: write::toml(&parts), category, scope })
}

/// Which units of a page the default rules leave.
fn kept(page: &str, document: &Document<'_>) -> Vec<bool> {
    let Ok(cleaner) = Cleaner::builder().build() else { return vec![true; document.units.len()] };
    let cleaned = cleaner.clean(page);
    let stays = |unit: &Unit| !unit.protected && cleaned.lines()[unit.first_line].verdict == Verdict::Kept;
    document.units.iter().map(stays).collect()
}

/// Whether lines are one after another, a run of the same, or a block under a heading.
fn shape(views: &[View], prose: &[bool]) -> (Scope, Guess) {
    let [one] = views else {
        if let Some(guess) = matcher::common(views) {
            return (Scope::Run, guess);
        }
        // A section ends where prose begins, so it cannot hold any.
        if prose.contains(&true) {
            return (Scope::Line, matcher::each(views));
        }
        return (Scope::Section, matcher::opener(&views[0]));
    };
    (Scope::Line, matcher::one(one))
}

/// An example that must stay, and why.
pub(super) struct Spare {
    pub(super) input: String,
    pub(super) why: &'static str,
}

fn spares(scope: Scope, guess: &Guess, hits: &[String], above: Option<&str>, below: Option<&str>) -> Vec<Spare> {
    let woven = |neighbour: &str| weave(neighbour, &guess.words);
    let mut found = Vec::new();
    if let Some(above) = above {
        found.push(Spare { input: woven(above), why: "the same words inside a line above" });
    }
    match (scope, below.or(above)) {
        (Scope::Section, Some(neighbour)) => {
            let input = format!("{}\n{}", hits[0], clipped(neighbour));
            found.push(Spare { input, why: "article right below the first line: no block" });
        }
        (Scope::Run, Some(neighbour)) => {
            let input = format!("{}\n{}", hits[0], clipped(neighbour));
            found.push(Spare { input, why: "one such line alone is no run" });
        }
        _ => {
            if let Some(below) = below {
                found.push(Spare { input: woven(below), why: "the same words inside a line below" });
            }
        }
    }
    if found.is_empty() {
        let input = weave("They met on Monday and talked about it until the evening.", &guess.words);
        found.push(Spare { input, why: "the same words inside a sentence" });
    }
    found.dedup_by(|a, b| a.input == b.input);
    found
}

/// A sentence with the rule's words in its midst.
fn weave(sentence: &str, words: &str) -> String {
    let all: Vec<&str> = sentence.split_whitespace().collect();
    let at = all.len().min(4);
    let rest = clipped(&all[at..].join(" "));
    let words = words.trim_end_matches([':', '|', '>', ' ']);
    format!("{} \"{words}\" {rest}", all[..at].join(" ")).trim_end().to_owned()
}

/// The first words of a line, as a sentence.
fn clipped(text: &str) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    if all.len() <= WORDS {
        return all.join(" ");
    }
    format!("{} …", all[..WORDS].join(" ").trim_end_matches([',', ';', ':']))
}
