//! The compiled rule: what runs.
//!
//! Phrases and patterns are numbers here, places in the pools of the [`super::segment::Segment`] that holds the rule; so a record
//! is small, is decoded only when one of its triggers is hit, and a list of three hundred phrases exists once.

use serde::{Deserialize, Serialize};

use super::schema::{Case, Shapes, Side};
use crate::model::{Category, Level, Scope};

/// What is asked of every rule on every hit, and what reports ask: 4 bytes a rule, read in place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Card {
    pub(crate) category: Category,
    pub(crate) level: Level,
    pub(crate) scope: Scope,
    pub(crate) keep: bool,
}

impl Card {
    pub(crate) fn to_bytes(self) -> [u8; 4] {
        [self.category as u8, self.level as u8, self.scope as u8, u8::from(self.keep)]
    }

    pub(crate) fn from_bytes(bytes: [u8; 4]) -> Option<Card> {
        Some(Card {
            category: Category::from_index(bytes[0])?,
            level: Level::from_index(bytes[1])?,
            scope: Scope::from_index(bytes[2])?,
            keep: bytes[3] != 0,
        })
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) title: String,
    pub(crate) test: Test,
    pub(crate) place: Place,
    pub(crate) min_run: u32,
    pub(crate) max_units: u32,
    /// Percent of the prose that it may take; 0 where the brake's own share holds.
    pub(crate) max_prose: u32,
    pub(crate) until: Option<Test>,
    pub(crate) require: Vec<Require>,
    pub(crate) unless: Vec<Test>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Test {
    /// Folded characters that a view which passes can begin with, ASCII ones as bits, and whether any other can; where known. Refuses
    /// most units before their view is taken.
    pub(crate) first: Option<(u128, bool)>,
    pub(crate) shape: ShapeTest,
    pub(crate) matchers: Vec<Matcher>,
}

/// Numbers are places in the phrase pool or the program pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Matcher {
    Equals(u32),
    StartsWith(u32, bool),
    Label(u32),
    EndsWith(u32),
    Contains(u32, bool),
    Regex(Vec<u32>),
    Search(Vec<u32>),
    Raw(Vec<u32>),
}

impl Matcher {
    /// What asking costs, roughly: the cheap ones are asked first. Patterns refuse most lines by a mark that they need; a list of phrases has
    /// to be looked for phrase by phrase.
    pub(crate) fn cost(&self) -> u8 {
        match self {
            Matcher::Equals(_) => 0,
            Matcher::StartsWith(..) | Matcher::Label(_) => 1,
            Matcher::EndsWith(_) => 2,
            Matcher::Regex(_) | Matcher::Search(_) | Matcher::Raw(_) => 3,
            Matcher::Contains(..) => 4,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShapeTest {
    pub(crate) chars: Option<(u32, u32)>,
    pub(crate) words: Option<(u32, u32)>,
    pub(crate) end_mark: Option<bool>,
    pub(crate) title: bool,
    pub(crate) upper: bool,
    pub(crate) prose: Option<bool>,
}

impl ShapeTest {
    pub(crate) fn of(shapes: &Shapes) -> ShapeTest {
        let range = |min: Option<u32>, max: Option<u32>| {
            (min.is_some() || max.is_some()).then(|| (min.unwrap_or(0), max.unwrap_or(u32::MAX)))
        };
        ShapeTest {
            chars: range(shapes.min_chars, shapes.max_chars),
            words: range(shapes.min_words, shapes.max_words),
            end_mark: shapes.end_mark,
            title: shapes.case == Some(Case::Title),
            upper: shapes.case == Some(Case::Upper),
            prose: shapes.prose,
        }
    }

    /// Whether nothing but the length is asked.
    pub(crate) fn is_only_length(&self) -> bool {
        *self == ShapeTest { chars: self.chars, ..ShapeTest::default() }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) first_units: Option<u32>,
    pub(crate) last_units: Option<u32>,
    pub(crate) after_percent: Option<u32>,
    pub(crate) repeat: bool,
    /// At most so many units that are left may match; more are a list, and no furniture.
    pub(crate) max_matches: Option<u32>,
    pub(crate) prev: Vec<Neighbour>,
    pub(crate) next: Vec<Neighbour>,
    pub(crate) lang: Vec<String>,
    pub(crate) source: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Neighbour {
    Edge,
    Removed,
    Passes(Test),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Require {
    /// Units looked at before and after the opener.
    pub(crate) before: u32,
    pub(crate) after: u32,
    pub(crate) count: u32,
    pub(crate) test: Test,
}

impl Require {
    pub(crate) fn reach(side: Side, within: u32) -> (u32, u32) {
        match side {
            Side::Before => (within, 0),
            Side::After => (0, within),
            Side::Near => (within, within),
        }
    }
}
