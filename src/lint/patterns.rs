//! Checks of single patterns: what they can match at all, and which of their parts say something.

use std::ops::Range;

use regex_syntax::ast::{Ast, RepetitionKind, RepetitionRange, parse::Parser};
use regex_syntax::hir::{Hir, HirKind, translate::Translator};

use super::language::{Language, any_passes, are_disjoint, is_within};
use super::{Context, Reporter};
use crate::model::Scope;
use crate::pattern::Pattern;
use crate::rules::Code;
use crate::rules::compile::inside;
use crate::rules::problem::Patch;
use crate::rules::schema::{Kind, Matcher, Placed, Rule, Test};
use crate::view::View;

/// Lines of a rule's examples as it sees them, and their tails and heads.
fn example_lines(rule: &Rule) -> Vec<String> {
    let lines = rule.hit.iter().chain(&rule.spare).flat_map(|example| example.input.lines());
    lines.map(|line| View::of(line).plain).filter(|plain| !plain.is_empty()).collect()
}

pub(super) fn check(rule: &Rule, context: &Context, report: &mut Reporter<'_>) {
    let mut examples = None;
    let inner = rule.unless.iter().map(|unless| &unless.test).chain(rule.require.iter().map(|r| &r.test));
    for test in std::iter::once(&rule.test).chain(inner).chain(&rule.until) {
        for matcher in test.matchers.iter().filter(|matcher| matcher.kind.is_pattern()) {
            for item in &matcher.items {
                let examples = examples.get_or_insert_with(|| example_lines(rule));
                self::item(rule, test, matcher, item, examples, context, report);
            }
        }
    }
}

fn item(
    rule: &Rule,
    test: &Test,
    matcher: &Matcher,
    item: &Placed<String>,
    examples: &[String],
    context: &Context,
    report: &mut Reporter<'_>,
) {
    // What cannot be parsed has been reported.
    let (Ok(pattern), Ok(ast)) = (Pattern::parse(&item.value), Parser::new().parse(&item.value)) else { return };
    let whole = matcher.kind == Kind::Regex;
    if can_never_match(&pattern, matcher.kind, item, examples, context, report) {
        return;
    }
    wildcards(rule, matcher, item, &ast, report);
    let is_own = std::ptr::eq(test, &rule.test);
    let views = context.views.as_ref().filter(|_| matcher.kind != Kind::RawRegex);
    alternatives(is_own.then_some(rule), whole, views, item, &ast, report);
}

fn at(item: &Placed<String>, part: Range<usize>, report: &Reporter<'_>) -> Range<usize> {
    inside(item, part, report.source())
}

/// A stretch of the pattern in the file, if it is written there character by character.
fn exact(item: &Placed<String>, part: Range<usize>, report: &Reporter<'_>) -> Option<Range<usize>> {
    let span = inside(item, part.clone(), report.source());
    (report.source().get(span.clone()) == item.value.get(part)).then_some(span)
}

/// Patterns that need what no view holds: line breaks, or spaces where there are none.
fn can_never_match(
    pattern: &Pattern,
    kind: Kind,
    item: &Placed<String>,
    examples: &[String],
    context: &Context,
    report: &mut Reporter<'_>,
) -> bool {
    // Most patterns hold no space or break at all that could be wrong.
    if kind == Kind::RawRegex || !may_break(pattern.hir()) {
        return false;
    }
    let (Some(language), Some(views)) = (Language::of_pattern(pattern.hir(), kind == Kind::Regex), &context.views)
    else {
        return false;
    };
    if any_passes(examples.iter().map(String::as_str), &[&language]) || are_disjoint(&[&language, views]) != Some(true)
    {
        return false;
    }
    let breaks = context.one_line.as_ref().and_then(|one_line| are_disjoint(&[&language, one_line])) == Some(true);
    if breaks {
        let place = item.value.find(r"\n").map_or(0..item.value.len(), |at| at..at + 2);
        let span = at(item, place.clone(), report);
        let patch = exact(item, place, report).filter(|span| span.len() == 2);
        let problem = report.add(
            Code::NeedsNewline,
            span,
            "this pattern needs a line break or a tab, so it can never match",
            "no view holds one",
        );
        problem.help("a rule sees one line at a time, its white space as single spaces: write a space, or use scope `run` or `section` for several lines");
        if let Some(span) = patch {
            problem.patch(Patch::replace(span, " ", false));
        }
    } else {
        let span = at(item, 0..item.value.len(), report);
        report
            .add(
                Code::NotInView,
                span,
                "this pattern needs a space where no view has one, so it can never match",
                "at an end, or two in a row",
            )
            .help("views neither begin nor end with a space, and hold no two spaces in a row");
    }
    true
}

/// Whether a pattern names white space: only then can it ask for some where there is none.
fn may_break(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).chars().any(char::is_whitespace),
        // A class that holds more than white space can do without it.
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
            class.ranges().iter().all(|range| (range.start()..=range.end()).take(64).all(char::is_whitespace))
        }
        HirKind::Repetition(repetition) => may_break(&repetition.sub),
        HirKind::Capture(group) => may_break(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(may_break),
        _ => false,
    }
}

/// `.*` where anything may stand anyway.
fn wildcards(rule: &Rule, matcher: &Matcher, item: &Placed<String>, ast: &Ast, report: &mut Reporter<'_>) {
    let Ast::Concat(list) = ast else { return };
    let [first, .., last] = list.asts.as_slice() else { return };
    let bytes = |ast: &Ast| ast.span().start.offset..ast.span().end.offset;
    let (head, tail) = (wildcard(first), wildcard(last));
    let safe = rule.scope.value != Scope::Span;
    match matcher.kind {
        Kind::Search | Kind::RawRegex => {
            for (ast, least) in [(first, head), (last, tail)] {
                let Some(least) = least else { continue };
                let part = bytes(ast);
                let patch = exact(item, part.clone(), report);
                let span = at(item, part, report);
                let problem = report.add(
                    Code::LeadingWildcard,
                    span,
                    format!(
                        "`{}` may match anywhere in the text: a wildcard at its end says nothing",
                        matcher.kind.key()
                    ),
                    "costs time",
                );
                problem.help(if least == 0 { "leave it out" } else { "one character is enough" });
                if let Some(span) = patch {
                    problem.patch(Patch::replace(span, if least == 0 { "" } else { "." }, safe));
                }
            }
        }
        _ => {
            let rest: Vec<&Ast> = list.asts.iter().skip(1).collect();
            if head.is_some() && rest.iter().all(|ast| matches!(ast, Ast::Literal(_))) {
                let text: String =
                    rest.iter().filter_map(|ast| if let Ast::Literal(l) = ast { Some(l.c) } else { None }).collect();
                let span = at(item, bytes(first), report);
                report
                    .add(
                        Code::LeadingWildcard,
                        span,
                        "a pattern that begins with a wildcard is tried on every line that is short enough",
                        "nothing to look up",
                    )
                    .help(format!("write ends-with = [{:?}], which is looked up from the end", text.trim()));
            } else if head.is_some() && tail.is_some() {
                let span = at(item, bytes(first), report);
                report
                    .add(
                        Code::LeadingWildcard,
                        span,
                        "a `regex` with a wildcard at both ends matches anywhere in the text, the slow way",
                        "nothing to look up",
                    )
                    .help("write it as `search`, without the wildcards");
            }
        }
    }
}

/// The least number of characters of a wildcard without an upper bound.
fn wildcard(ast: &Ast) -> Option<u32> {
    let Ast::Repetition(repetition) = ast else { return None };
    if !matches!(&*repetition.ast, Ast::Dot(_)) {
        return None;
    }
    match &repetition.op.kind {
        RepetitionKind::ZeroOrMore | RepetitionKind::Range(RepetitionRange::AtLeast(0)) => Some(0),
        RepetitionKind::OneOrMore | RepetitionKind::Range(RepetitionRange::AtLeast(1)) => Some(1),
        _ => None,
    }
}

/// Alternatives at the top of a pattern, where a missing group changes what they are.
fn alternatives(
    rule: Option<&Rule>,
    whole: bool,
    views: Option<&Language>,
    item: &Placed<String>,
    ast: &Ast,
    report: &mut Reporter<'_>,
) {
    let Ast::Alternation(list) = ast else { return };
    // `(?i)` at the start holds for all that follows.
    let flags = match list.asts.first() {
        Some(Ast::Concat(first)) => first.asts.first().filter(|ast| matches!(ast, Ast::Flags(_))),
        _ => None,
    };
    let flags = flags.map_or("", |ast| &item.value[ast.span().start.offset..ast.span().end.offset]);
    let branches: Vec<(Range<usize>, Option<Hir>)> = list
        .asts
        .iter()
        .map(|ast| {
            let range = ast.span().start.offset..ast.span().end.offset;
            let text = &item.value[range.clone()];
            let source = if text.starts_with(flags) { text.to_owned() } else { format!("{flags}{text}") };
            let parsed = Parser::new().parse(&source).ok();
            (range, parsed.and_then(|ast| Translator::new().translate(&source, &ast).ok()))
        })
        .collect();
    let languages: Vec<Option<Language>> =
        branches.iter().map(|(_, hir)| hir.as_ref().and_then(|hir| Language::of_pattern(hir, whole))).collect();
    let samples: Vec<Option<String>> =
        languages.iter().map(|language| language.as_ref().and_then(Language::sample)).collect();
    for (number, (range, hir)) in branches.iter().enumerate() {
        let (Some(language), Some(hir)) = (&languages[number], hir) else { continue };
        if let Some(views) = views
            && may_break(hir)
            && are_disjoint(&[language, views]) == Some(true)
        {
            let span = at(item, range.clone(), report);
            report
                .add(
                    Code::LooseAlternation,
                    span,
                    "this alternative can never match: it reaches to the end of the pattern, and no view has a space there",
                    "an alternative of the whole pattern",
                )
                .help("put the alternatives in a group: `(?:one|other) rest`");
            continue;
        }
        let covering = (0..branches.len()).find(|other| {
            *other != number
                && languages[*other].as_ref().is_some_and(|wider| {
                    if samples[number].as_ref().is_some_and(|sample| !wider.accepts_text(sample)) {
                        return false;
                    }
                    // Of two that are the same, the later one is needless.
                    is_within(&[language], wider) == Some(true)
                        && (*other < number || is_within(&[wider], language) == Some(false))
                })
        });
        if let Some(other) = covering {
            let wider = item.value[branches[other].0.clone()].to_owned();
            let span = at(item, range.clone(), report);
            let patch = removal(item, range, number, report);
            let problem = report.add(
                Code::LooseAlternation,
                span,
                format!("this alternative decides nothing: `{wider}` matches all that it does"),
                "needless",
            );
            problem.help("leave it out; or put the alternatives in a group, if more was to follow them");
            if let Some(span) = patch {
                problem.patch(Patch::replace(span, "", false));
            }
            continue;
        }
        if let Some(rule) = rule
            && whole
            && is_bare_word(hir)
            && branches
                .iter()
                .any(|(_, other)| other.as_ref().is_some_and(|hir| !matches!(hir.kind(), HirKind::Literal(_))))
            && !is_exercised(rule, hir)
        {
            let word = item.value[range.clone()].to_owned();
            let span = at(item, range.clone(), report);
            report
                .add(
                    Code::LooseAlternation,
                    span,
                    format!(
                        "this alternative matches the line `{word}` and nothing more, and no `hit` shows such a line"
                    ),
                    "an alternative of the whole pattern",
                )
                .help("put the alternatives in a group, `(?:one|other) rest`, or add the bare word to `hit`");
        }
    }
}

/// An alternative with the bar before it, or after it if it is the first.
fn removal(item: &Placed<String>, range: &Range<usize>, number: usize, report: &Reporter<'_>) -> Option<Range<usize>> {
    let range = if number == 0 { range.start..range.end + 1 } else { range.start - 1..range.end };
    exact(item, range, report)
}

fn is_bare_word(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            !text.is_empty() && text.chars().all(char::is_alphabetic)
        }
        _ => false,
    }
}

/// Whether a line of the rule's `hit` is this word.
fn is_exercised(rule: &Rule, hir: &Hir) -> bool {
    let HirKind::Literal(literal) = hir.kind() else { return true };
    let word = String::from_utf8_lossy(&literal.0);
    rule.hit.iter().flat_map(|hit| hit.input.lines()).any(|line| View::of(line).plain == word)
}
