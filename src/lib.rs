//! Strips boilerplate from article text.
//!
//! [`Cleaner`] takes the text of a web page, as an extractor leaves it, and gives back the article: no platform badges, tickers,
//! "More news:" links, bylines, credits, share and newsletter prompts, comment forms. Every removal is made by a declarative rule with a
//! name, a reason and evidence; `docs/rule-format.md` describes the format, `rules/` holds the default packs.
//!
//! ```
//! use dechaff::{Cleaner, Level, Verdict};
//!
//! let cleaner = Cleaner::builder().level(Level::Safe).build()?;
//! let page = "The mill stream rose again.\n\nShare this:\n\nNobody was hurt.\n";
//! let cleaned = cleaner.clean(page);
//! assert_eq!(cleaned.text(), "The mill stream rose again.\n\nNobody was hurt.\n");
//!
//! let removed = cleaned.lines().iter().find(|line| line.verdict == Verdict::Removed);
//! let rules = removed.map(|line| cleaned.claims(line)).unwrap_or_default();
//! assert_eq!(cleaner.rule(rules[0]).category.as_str(), "share");
//! # Ok::<(), dechaff::BuildError>(())
//! ```
//!
//! # The way through
//!
//! ```text
//! bytes ─ decode ─▶ text ─ document ─▶ lines and units ─ matching ─▶ hits ─ structure ─▶ claims ─ emit ─▶ what stays
//!                                                        ▲
//!                             TOML ─ rules ─▶ segment ───┘
//! ```
//!
//! One module per step, in one direction. Beside the way stand what authors of rules need: [`explain`] asks every rule again about one
//! line, [`draft`] writes a rule from lines of a page, [`evidence`] runs the examples inside rules. The engine knows nothing of files or terminals; those are the binary's.
//!
//! # Promises
//!
//! - The output is the input with lines left out (and, by `span` rules, parts of lines); what is kept and what is removed rebuild it.
//! - The same text and rules give the same result; cleaning a result again changes nothing.
//! - Whatever a level removes, the bolder levels remove too.
//! - Time is linear in the length of the document.

// What rule files say beyond what cleaning needs is read in any case, and used by these modules only.
#![cfg_attr(not(feature = "authoring"), allow(dead_code, unused_imports, reason = "for the modules about rules"))]

#[cfg(feature = "authoring")]
pub mod catalog;
mod cleaned;
mod cleaner;
#[cfg(feature = "authoring")]
pub mod config;
#[cfg(feature = "authoring")]
pub mod coverage;
#[cfg(feature = "encoding")]
pub mod decode;
mod document;
pub mod draft;
mod emit;
mod error;
pub mod evidence;
pub mod explain;
#[cfg(feature = "authoring")]
pub mod lint;
mod matching;
mod model;
mod pattern;
mod rules;
mod ruleset;
#[cfg(feature = "authoring")]
pub mod schema;
mod shape;
mod span;
mod structure;
mod view;

pub use cleaned::{Cleaned, Cut, Line, RuleId, RuleInfo, Verdict};
pub use cleaner::{Cleaner, CleanerBuilder, Facts};
pub use error::BuildError;
pub use model::{Category, Level, Scope};
pub use rules::{Code, Patch, Problem, Severity};

/// The default packs as their authors wrote them, with lists, comments and evidence: name (path from the project's root) and TOML text.
///
/// Cleaning does not need them, as it has them compiled; what explains, lists or changes rules does.
///
/// ```
/// let (name, text) = dechaff::default_packs()[0];
/// assert!(name.starts_with("rules/") && text.contains("[pack]"));
/// ```
pub fn default_packs() -> &'static [(&'static str, &'static str)] {
    include!(concat!(env!("OUT_DIR"), "/default-packs.rs"))
}
