//! What is wrong with a pattern, said so that its author can mend it.
//!
//! Some mistakes are only visible in the syntax tree, where every part still
//! knows its place in the source: assertions, and classes that `(?i)` widens
//! beyond what they say. Parser errors are reworded where the author needs to
//! hear what to write instead.

use std::ops::Range;

use regex_syntax::ast::{
    AssertionKind, Ast, ClassAsciiKind, ClassSet, ClassSetItem, ClassUnicode, ClassUnicodeKind, ErrorKind, Flag, Span,
};
use regex_syntax::hir;

use super::{Kind, PatternError};

/// The byte range of a span of the parser.
fn bytes(span: &Span) -> Range<usize> {
    span.start.offset..span.end.offset
}

/// Rewords an error of the parser.
pub fn syntax_error(error: &regex_syntax::ast::Error) -> PatternError {
    let message = match error.kind() {
        ErrorKind::UnsupportedLookAround => "look-around is not supported; match the \
             surrounding text as well, and put the part to remove in a group `(?<cut>…)`"
            .to_owned(),
        ErrorKind::UnsupportedBackreference => "back-references are not supported; write the \
             alternatives out"
            .to_owned(),
        ErrorKind::RepetitionMissing => "there is nothing to repeat here; to match the \
             character itself, put `\\` before it"
            .to_owned(),
        ErrorKind::GroupUnclosed => "this group is never closed; add `)`, or write `\\(` for the \
             character itself"
            .to_owned(),
        ErrorKind::GroupUnopened => "this `)` closes no group; write `\\)` for the character \
             itself"
            .to_owned(),
        ErrorKind::ClassUnclosed => "this class is never closed; add `]`, or write `\\[` for the \
             character itself"
            .to_owned(),
        ErrorKind::GroupNameDuplicate { .. } => "this group name is used twice; keep one of the \
             groups, and turn the other into `(?:…)`"
            .to_owned(),
        ErrorKind::EscapeUnrecognized => "this escape has no meaning; leave out the `\\`, or \
             write `\\\\` for a backslash"
            .to_owned(),
        other => other.to_string(),
    };
    let mut span = bytes(error.span());
    if span.is_empty() {
        // Some errors point before a character; it is easier to see with it.
        let rest = error.pattern().get(span.start..).unwrap_or_default();
        span.end += rest.chars().next().map_or(0, char::len_utf8);
    }
    PatternError::new(message, span)
}

/// Rewords an error found when the tree is given its meaning.
pub fn meaning_error(error: &hir::Error) -> PatternError {
    let message = match error.kind() {
        hir::ErrorKind::InvalidUtf8 => "this can match a single byte; leave out `(?-u)`".to_owned(),
        hir::ErrorKind::UnicodePropertyNotFound => "there is no such Unicode class; well-known \
             ones are `\\p{L}` (letters), `\\p{Lu}` (capitals), `\\p{N}` (numbers) and \
             `\\p{P}` (punctuation)"
            .to_owned(),
        other => other.to_string(),
    };
    PatternError::new(message, bytes(error.span()))
}

/// Looks for parts that parse but that a rule must not contain.
///
/// # Errors
///
/// For the first assertion, or class of one letter case under `(?i)`.
pub fn check(ast: &Ast) -> Result<(), PatternError> {
    Checker { ignore_case: false }.walk(ast)
}

struct Checker {
    ignore_case: bool,
}

impl Checker {
    /// Recurses at most as deep as the parser let groups nest (250).
    fn walk(&mut self, ast: &Ast) -> Result<(), PatternError> {
        match ast {
            Ast::Empty(_) | Ast::Literal(_) | Ast::Dot(_) | Ast::ClassPerl(_) => Ok(()),
            Ast::Flags(set) => {
                self.set(&set.flags);
                Ok(())
            }
            Ast::Assertion(assertion) => {
                let (kind, message) = assertion_message(&assertion.kind);
                Err(PatternError::of(kind, message, bytes(&assertion.span)))
            }
            Ast::ClassUnicode(class) => self.unicode_class(class),
            Ast::ClassBracketed(class) => self.set_of(&class.kind),
            Ast::Repetition(repetition) => self.walk(&repetition.ast),
            Ast::Group(group) => {
                // Flags set inside a group end with it.
                let outside = self.ignore_case;
                if let Some(flags) = group.flags() {
                    self.set(flags);
                }
                self.walk(&group.ast)?;
                self.ignore_case = outside;
                Ok(())
            }
            Ast::Alternation(list) => list.asts.iter().try_for_each(|ast| self.walk(ast)),
            Ast::Concat(list) => list.asts.iter().try_for_each(|ast| self.walk(ast)),
        }
    }

    fn set(&mut self, flags: &regex_syntax::ast::Flags) {
        if let Some(on) = flags.flag_state(Flag::CaseInsensitive) {
            self.ignore_case = on;
        }
    }

    fn set_of(&self, set: &ClassSet) -> Result<(), PatternError> {
        match set {
            ClassSet::Item(item) => self.item(item),
            ClassSet::BinaryOp(pair) => {
                self.set_of(&pair.lhs)?;
                self.set_of(&pair.rhs)
            }
        }
    }

    fn item(&self, item: &ClassSetItem) -> Result<(), PatternError> {
        match item {
            ClassSetItem::Empty(_) | ClassSetItem::Literal(_) | ClassSetItem::Perl(_) => Ok(()),
            ClassSetItem::Range(range) => {
                let capitals = range.start.c.is_ascii_uppercase() && range.end.c.is_ascii_uppercase();
                self.one_case(capitals, &range.span)
            }
            ClassSetItem::Ascii(class) => {
                let cased = matches!(class.kind, ClassAsciiKind::Upper | ClassAsciiKind::Lower);
                self.one_case(cased, &class.span)
            }
            ClassSetItem::Unicode(class) => self.unicode_class(class),
            ClassSetItem::Bracketed(class) => self.set_of(&class.kind),
            ClassSetItem::Union(union) => union.items.iter().try_for_each(|item| self.item(item)),
        }
    }

    fn unicode_class(&self, class: &ClassUnicode) -> Result<(), PatternError> {
        let name = match &class.kind {
            // The one-letter classes are whole categories: no case among them.
            ClassUnicodeKind::OneLetter(_) => return Ok(()),
            ClassUnicodeKind::Named(name) => name,
            ClassUnicodeKind::NamedValue { value, .. } => value,
        };
        // Unicode names are compared without case, spaces, `-` and `_`.
        let name: String =
            (name.chars()).filter(|c| !matches!(c, ' ' | '-' | '_')).map(|c| c.to_ascii_lowercase()).collect();
        let name = name.strip_prefix("is").unwrap_or(&name);
        let cased = matches!(
            name,
            "lu" | "ll" | "upper" | "lower" | "uppercase" | "lowercase" | "uppercaseletter" | "lowercaseletter"
        );
        self.one_case(cased, &class.span)
    }

    fn one_case(&self, cased: bool, span: &Span) -> Result<(), PatternError> {
        if cased && self.ignore_case {
            return Err(PatternError::of(
                Kind::FoldedClass,
                "under `(?i)` this class matches both cases; write `(?-i:…)` around it to keep \
                 to one case, or name a class that has both, such as `\\p{L}` or `[a-z]`",
                bytes(span),
            ));
        }
        Ok(())
    }
}

fn assertion_message(kind: &AssertionKind) -> (Kind, &'static str) {
    match kind {
        AssertionKind::StartLine | AssertionKind::EndLine | AssertionKind::StartText | AssertionKind::EndText => {
            let message = "anchors are not supported: the rule decides whether its pattern has to match the \
             whole text or may match anywhere in it; leave this out (`\\^` and `\\$` match the \
             characters themselves)";
            (Kind::Anchor, message)
        }
        _ => {
            let message = "word boundaries are not supported; match the neighbouring character instead, such as \
             a space or `[^\\p{L}]`";
            (Kind::WordBoundary, message)
        }
    }
}
