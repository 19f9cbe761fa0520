//! The rule as its author wrote it: plain data with places, checked for form but not yet for sense.
//!
//! What runs is another type ([`super::record::Record`]), so that the file format can stay readable while the running form
//! gets faster, and neither has to bend for the other.

use std::ops::Range;

use crate::model::{Category, Level, Scope};

/// A value and where it stands in its file, in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// One rule file.
#[derive(Debug, Clone)]
pub(crate) struct Pack {
    pub(crate) id: Placed<String>,
    pub(crate) lists: Vec<List>,
    pub(crate) rules: Vec<Rule>,
}

/// Phrases with one meaning. Languages matter to the reader of the file and to counts; matching takes all of them.
#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) id: Placed<String>,
    pub(crate) items: Vec<Placed<String>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: Placed<String>,
    pub(crate) category: Category,
    pub(crate) level: Level,
    pub(crate) title: String,
    pub(crate) scope: Placed<Scope>,
    pub(crate) keep: bool,
    /// Matchers and shapes of the unit itself.
    pub(crate) test: Test,
    pub(crate) place: Place,
    pub(crate) min_run: Option<Placed<u32>>,
    pub(crate) max_units: Option<Placed<u32>>,
    pub(crate) until: Option<Test>,
    pub(crate) require: Vec<Require>,
    pub(crate) unless: Vec<Unless>,
    pub(crate) hit: Vec<Evidence>,
    pub(crate) spare: Vec<Evidence>,
}

/// Matchers and shape conditions of one unit; all of them have to hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Test {
    pub(crate) span: Range<usize>,
    pub(crate) matchers: Vec<Matcher>,
    /// Literals may end inside a word.
    pub(crate) glued: bool,
    pub(crate) shape: Shapes,
}

/// One matcher: any of its items will do.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    pub(crate) kind: Kind,
    pub(crate) key: Range<usize>,
    pub(crate) items: Vec<Placed<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Equals,
    StartsWith,
    Label,
    EndsWith,
    Contains,
    Regex,
    Search,
    RawRegex,
}

impl Kind {
    pub(crate) const ALL: [Kind; 8] = [
        Kind::Equals,
        Kind::StartsWith,
        Kind::Label,
        Kind::EndsWith,
        Kind::Contains,
        Kind::Regex,
        Kind::Search,
        Kind::RawRegex,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Kind::Equals => "equals",
            Kind::StartsWith => "starts-with",
            Kind::Label => "label",
            Kind::EndsWith => "ends-with",
            Kind::Contains => "contains",
            Kind::Regex => "regex",
            Kind::Search => "search",
            Kind::RawRegex => "raw-regex",
        }
    }

    pub(crate) fn is_pattern(self) -> bool {
        matches!(self, Kind::Regex | Kind::Search | Kind::RawRegex)
    }
}

/// How words are capitalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Upper,
    Title,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shapes {
    pub(crate) min_chars: Option<u32>,
    pub(crate) max_chars: Option<u32>,
    pub(crate) min_words: Option<u32>,
    pub(crate) max_words: Option<u32>,
    pub(crate) end_mark: Option<bool>,
    pub(crate) case: Option<Case>,
    pub(crate) prose: Option<bool>,
}

/// Conditions on where the unit stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) first_units: Option<u32>,
    pub(crate) last_units: Option<u32>,
    pub(crate) after_percent: Option<u32>,
    pub(crate) repeat: bool,
    pub(crate) max_matches: Option<u32>,
    pub(crate) prev: Vec<Neighbour>,
    pub(crate) next: Vec<Neighbour>,
    pub(crate) lang: Vec<String>,
    pub(crate) source: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Neighbour {
    /// There is none: the start or the end of the document.
    Edge,
    /// A unit between was removed.
    Removed,
    Passes(Test),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
    Near,
}

#[derive(Debug, Clone)]
pub(crate) struct Require {
    pub(crate) side: Side,
    pub(crate) within: u32,
    pub(crate) count: u32,
    pub(crate) test: Test,
}

#[derive(Debug, Clone)]
pub(crate) struct Unless {
    pub(crate) test: Test,
    pub(crate) why: String,
}

/// One example; see [`super::evidence`].
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    pub(crate) span: Range<usize>,
    pub(crate) input: String,
    pub(crate) output: Option<String>,
    pub(crate) page: bool,
    pub(crate) alone: bool,
}
