//! Patterns: the small regular expressions that rules are written in.
//!
//! A rule says what boilerplate looks like, for example
//! `by (?:the )?\p{Lu}[\p{L}'.-]+`. A run of the program has thousands of such
//! rules and often only a few pages of text, so what counts is that a pattern
//! costs nothing until a text comes near it. Hence the work is split:
//!
//! 1. **When rules are compiled** (once, while the program is built):
//!    [`Pattern::parse`] checks the source and says what is wrong with it;
//!    [`Pattern::compile`] turns it into a [`Program`] of a few hundred bytes,
//!    putting its character classes into a [`ClassPool`] shared by all patterns;
//!    [`Pattern::prefilter`] derives what a text must contain to match at all.
//! 2. **When texts are cleaned**: [`Program::new`] and [`Classes::new`] read
//!    those bytes in place, and [`matches_whole`], [`finds`] and [`find_cut`]
//!    run them in time linear in the text, without allocating.
//!
//! The syntax is that of the `regex` crate with full Unicode support, and so is
//! the meaning; the parser is the same. Left out is what a rule has no use for:
//! anchors and word boundaries, and capture groups other than the one named
//! `cut`, which marks the part of a match that is to be removed.
//!
//! ```text
//! source ── regex-syntax ──▶ Hir ── program.rs ──▶ bytes ── vm.rs ──▶ match
//!                             │        └─ class.rs: classes shared by all
//!                             └─ literals.rs ──▶ prefilter
//! ```

mod check;
mod class;
mod literals;
mod program;
#[cfg(test)]
mod tests;
mod vm;

use std::fmt;
use std::ops::Range;

use regex_syntax::ast::parse::Parser;
use regex_syntax::hir::translate::Translator;
use regex_syntax::hir::{Hir, HirKind};

pub(crate) use crate::view::fold;
pub use class::{ClassPool, Classes};
pub use literals::{ANY_DIGIT, Prefilter, needed_mark};
pub use program::Program;
pub use vm::{Scratch, find_cut, finds, matches_whole};

/// Name of the one group that is reported.
const CUT: &str = "cut";

/// A pattern that has been parsed and found fit for a rule.
#[derive(Clone, Debug)]
pub struct Pattern {
    hir: Hir,
    source_len: usize,
}

impl Pattern {
    /// Parses `source`. Costs some microseconds; classes such as `\p{L}` cost
    /// some tens more.
    ///
    /// # Errors
    ///
    /// If the syntax is wrong, or the pattern contains an assertion, can match
    /// the empty text, can match no text at all, or asks for one letter case and
    /// at the same time, by `(?i)`, for both.
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        let ast = Parser::new().parse(source).map_err(|error| check::syntax_error(&error))?;
        check::check(&ast)?;
        let hir = Translator::new().translate(source, &ast).map_err(|error| check::meaning_error(&error))?;
        let message = match hir.properties().minimum_len() {
            None => "this pattern can never match; look for a class without characters",
            Some(0) => {
                "this pattern matches the empty text, so it would match everywhere; make a part \
                 of it obligatory, such as `+` in place of `*`"
            }
            Some(_) => {
                return Ok(Self { hir, source_len: source.len() });
            }
        };
        Err(PatternError::of(Kind::Empty, message, 0..source.len()))
    }

    /// Whether the pattern has a group named `cut`.
    pub fn has_cut(&self) -> bool {
        cut_group(&self.hir).is_some()
    }

    /// The parsed pattern.
    pub fn hir(&self) -> &Hir {
        &self.hir
    }

    /// Checks that every match has a `cut` group with something in reach of it,
    /// as rules that remove a part of a line need it. (The parser refuses a
    /// second group of the same name.)
    ///
    /// # Errors
    ///
    /// If there is no such group, if a match can do without it, or if it can
    /// only be empty.
    pub fn require_cut(&self) -> Result<(), PatternError> {
        let message = match cut_group(&self.hir) {
            None => "this pattern does not say what to remove; put that part in a group `(?<cut>…)`",
            Some(Cut { always: false, .. }) => {
                "a match can do without the `cut` group; move the group out of the alternative or \
                 the optional part"
            }
            Some(Cut { empty: true, .. }) => "the `cut` group is always empty; put the part to remove inside it",
            Some(_) => return Ok(()),
        };
        Err(PatternError::new(message, 0..self.source_len))
    }

    /// Compiles to the bytes of a [`Program`]; classes go to `pool`, whose
    /// [encoded](ClassPool::encode) form the program is run with. Costs
    /// microseconds, in proportion to the program.
    ///
    /// # Errors
    ///
    /// If the program would have more than [`MAX_INSTRUCTIONS`] instructions.
    /// `pool` may then have gained classes that nothing uses.
    pub fn compile(&self, pool: &mut ClassPool) -> Result<Vec<u8>, PatternError> {
        program::compile(&self.hir, pool, 0..self.source_len)
    }

    /// Derives what a text must contain for the pattern to match: the whole text
    /// if `anchored`, otherwise any part of it. See [`Prefilter`].
    pub fn prefilter(&self, anchored: bool) -> Prefilter {
        literals::prefilter(&self.hir, anchored)
    }
}

/// What is known of the `cut` group of a pattern.
struct Cut {
    /// Every match goes through it.
    always: bool,
    /// It holds no character in any match.
    empty: bool,
}

fn cut_group(hir: &Hir) -> Option<Cut> {
    let optional = |cut: Cut| Cut { always: false, ..cut };
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
        HirKind::Capture(group) if group.name.as_deref() == Some(CUT) => {
            Some(Cut { always: true, empty: group.sub.properties().maximum_len() == Some(0) })
        }
        HirKind::Capture(group) => cut_group(&group.sub),
        HirKind::Repetition(repetition) if repetition.min == 0 => cut_group(&repetition.sub).map(optional),
        HirKind::Repetition(repetition) => cut_group(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().find_map(cut_group),
        HirKind::Alternation(parts) => parts.iter().find_map(cut_group).map(optional),
    }
}

/// Kinds of mistakes in patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It cannot be read, or is too big.
    Syntax,
    /// It matches the empty text, or no text.
    Empty,
    /// It asks for the edge of a word.
    WordBoundary,
    /// It asks for the edge of a line or of the text.
    Anchor,
    /// It names one letter case and asks to ignore case.
    FoldedClass,
}

/// Why a pattern was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What kind of mistake it is.
    pub kind: Kind,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// The bytes of the pattern it is about.
    pub span: Range<usize>,
}

impl PatternError {
    fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { kind: Kind::Syntax, message: message.into(), span }
    }

    fn of(kind: Kind, message: impl Into<String>, span: Range<usize>) -> Self {
        Self { kind, message: message.into(), span }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PatternError {}
