//! A project's configuration: which rules clean its documents.
//!
//! ```text
//! TOML text ── read ──▶ Config ── Settings::of(base, …, nearest) ──▶ Settings ── for_url ──▶ what holds for a document
//!                                                                       └── overrides::apply ──▶ changed rule files
//! ```
//!
//! A [`Config`] is one file as it was written; [`Settings`] are several of them, laid over each other. Every value remembers the file
//! and line it came from. Nothing here touches a disk: whoever finds the files reads them.

pub mod overrides;
mod read;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::model::{Category, Level};
use crate::rules::problem::Problem;

pub use read::read;

/// A value, and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The value in the file, in bytes.
    pub span: Range<usize>,
}

/// What `select` and `ignore` name: a rule, a pack, or a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// `pack/id`, or `pack`.
    Rules(String),
    /// `category:NAME`.
    Category(Category),
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selector::Rules(name) => f.write_str(name),
            Selector::Category(category) => write!(f, "category:{category}"),
        }
    }
}

impl FromStr for Selector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("category:") {
            Some(name) => name.parse().map(Selector::Category),
            None if text.contains(':') => Err(format!("`{text}` is no rule, and no `category:NAME`")),
            None => Ok(Selector::Rules(text.to_owned())),
        }
    }
}

/// Choices that hold for all documents, or for those of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Up to which level rules are used.
    pub level: Option<Setting<Level>>,
    /// The only rules to be used.
    pub select: Vec<Setting<Selector>>,
    /// Rules to do without.
    pub ignore: Vec<Setting<Selector>>,
    /// Categories whose lines stay.
    pub keep: Vec<Setting<Category>>,
    /// The only categories whose lines go.
    pub remove: Vec<Setting<Category>>,
    /// The language of the documents.
    pub lang: Option<Setting<String>>,
}

impl Choices {
    /// Lays others over these: single values replace, lists grow.
    fn add(&mut self, other: &Choices) {
        self.level = other.level.clone().or(self.level.take());
        self.lang = other.lang.clone().or(self.lang.take());
        self.select.extend(other.select.iter().cloned());
        self.ignore.extend(other.ignore.iter().cloned());
        self.keep.extend(other.keep.iter().cloned());
        self.remove.extend(other.remove.iter().cloned());
    }
}

/// `[[override]]`: a packaged rule, changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The rule's full id.
    pub rule: Setting<String>,
    /// Key (with a full stop before the second part, for those in `when`) and TOML text of the new value.
    pub fields: Vec<(Setting<String>, String)>,
}

/// `[[source]]`: choices for the documents of some hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Hosts; each stands for those below it too.
    pub hosts: Vec<Setting<String>>,
    /// What holds for them.
    pub choices: Choices,
}

/// One configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Configurations that this one is laid over, as written: relative to its directory.
    pub extend: Vec<Setting<String>>,
    /// Rule files and directories of them, as written: relative to its directory.
    pub packs: Vec<Setting<String>>,
    /// Whether the default packs are used.
    pub default_rules: Option<Setting<bool>>,
    /// What holds for all documents.
    pub choices: Choices,
    /// What holds for documents of some sources.
    pub sources: Vec<Source>,
    /// Changes of packaged rules.
    pub overrides: Vec<Override>,
}

/// Configurations laid over each other.
pub type Settings = Config;

impl Config {
    /// Lays a configuration over this one: single values replace, lists grow.
    pub fn lay_over(&mut self, other: &Config) {
        self.extend.clear();
        self.packs.extend(other.packs.iter().cloned());
        self.default_rules = other.default_rules.clone().or(self.default_rules.take());
        self.choices.add(&other.choices);
        self.sources.extend(other.sources.iter().cloned());
        self.overrides.extend(other.overrides.iter().cloned());
    }

    /// What holds for a document of this address.
    ///
    /// ```
    /// use dechaff::Level;
    /// let text = "level = \"safe\"\n[[source]]\nhost = \"kelm.example\"\nlevel = \"aggressive\"\n";
    /// let config = dechaff::config::read("dechaff.toml", text).expect("no mistakes");
    /// let level = |url| config.choices_for(url).level.map(|level| level.value);
    /// assert_eq!(level(Some("https://news.kelm.example/a")), Some(Level::Aggressive));
    /// assert_eq!(level(None), Some(Level::Safe));
    /// ```
    pub fn choices_for(&self, url: Option<&str>) -> Choices {
        let mut choices = self.choices.clone();
        let host = url.map(crate::matching::host_of);
        for source in &self.sources {
            let is_under = |domain: &str| host.as_deref().is_some_and(|host| crate::matching::is_under(host, domain));
            if source.hosts.iter().any(|host| is_under(&host.value)) {
                choices.add(&source.choices);
            }
        }
        choices
    }
}

/// The mistake of naming a rule or pack that does not exist, in its place.
pub fn unknown_rule(name: &Setting<impl fmt::Display>, nearest: Option<&str>, source: &str) -> Problem {
    use crate::rules::problem::{Patch, Problems};
    let mut problems = Problems::new(&name.file, source);
    let is_category = name.value.to_string().parse::<Category>().ok();
    let problem = problems
        .add(name.span.clone(), format!("no rule or pack is called `{}`", name.value), "unknown rule")
        .code(crate::rules::Code::UnknownName);
    let better = match is_category {
        Some(category) => Some(format!("category:{category}")),
        None => nearest.map(str::to_owned),
    };
    if let Some(better) = better {
        problem.help(format!("did you mean `{better}`?"));
        problem.patch(Patch::replace(name.span.clone(), format!("\"{better}\""), false));
    }
    problem.clone()
}

/// A mistake about a value of a configuration, in its place; `source` is the configuration's text.
pub fn mistake<T>(setting: &Setting<T>, source: &str, message: &str, label: &str) -> Problem {
    let mut problems = crate::rules::problem::Problems::new(&setting.file, source);
    problems.add(setting.span.clone(), message, label).code(crate::rules::Code::UnknownName).clone()
}
