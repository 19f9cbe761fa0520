//! Checks of one rule by itself: its examples, its exceptions, its literals, its bounds.

use std::ops::Range;

use super::language::{Language, any_passes, are_disjoint};
use super::{Context, Reporter};
use crate::model::{Level, Scope};
use crate::rules::Code;
use crate::rules::problem::Patch;
use crate::rules::schema::{Evidence, Kind, Rule, Shapes, Test};
use crate::view::{View, has_no_word_spaces, is_blank};

/// A bound above this is none: pages do not have so many lines.
const MAX_UNITS: u32 = 1000;
/// Lines up to this length are no prose, so that a weak literal does little harm in them.
const SHORT: u32 = 60;

pub(super) fn check(rule: &Rule, context: &Context, report: &mut Reporter<'_>) {
    contradicting_evidence(rule, report);
    exceptions(rule, context, report);
    bounds(rule, report);
    weak_literals(rule, context, report);
}

/// An example as the rule sees it: `raw-regex` sees the decoration too.
fn seen(example: &Evidence, raw: bool) -> Vec<String> {
    let lines = example.input.lines().filter(|line| !is_blank(line));
    lines.map(|line| if raw { line.to_owned() } else { View::of(line).plain }).collect()
}

fn contradicting_evidence(rule: &Rule, report: &mut Reporter<'_>) {
    let tests = std::iter::once(&rule.test).chain(rule.unless.iter().map(|unless| &unless.test));
    let raw = tests.flat_map(|test| &test.matchers).any(|matcher| matcher.kind == Kind::RawRegex);
    for spare in &rule.spare {
        let twin = rule.hit.iter().find(|hit| hit.page == spare.page && seen(hit, raw) == seen(spare, raw));
        if twin.is_some() {
            report
                .add(
                    Code::SpareIdenticalToHit,
                    spare.span.clone(),
                    "this example is to be spared, and `hit` says that it is to be removed",
                    "the same as a `hit`, but for what the plain view leaves out",
                )
                .help("a rule cannot do both: show what tells the two apart, with `page = true` if it is the place");
        }
    }
}

/// `unless` tests that no line passes which the rule matches.
fn exceptions(rule: &Rule, context: &Context, report: &mut Reporter<'_>) {
    if rule.unless.is_empty() {
        return;
    }
    let own: Vec<Language> = context.languages(&rule.test).into_iter().flatten().collect();
    let lines = rule.hit.iter().chain(&rule.spare).flat_map(|example| example.input.lines());
    let lines: Vec<String> = lines.map(|line| View::of(line).plain).collect();
    for (number, unless) in rule.unless.iter().enumerate() {
        let why = if rule.scope.value == Scope::Span {
            Some("a rule of scope `span` asks for no exceptions")
        } else {
            contradiction(&rule.test.shape, &unless.test.shape)
                .or_else(|| never_meet(&own, &unless.test, &lines, context))
        };
        let Some(why) = why else { continue };
        let patch = (rule.unless.len() > 1)
            .then(|| entry(&unless.test, number + 1 == rule.unless.len(), report.source()))
            .flatten();
        let problem = report.add(
            Code::UnreachableUnless,
            unless.test.span.clone(),
            format!("this exception never applies: {why}"),
            "no line that the rule matches passes this",
        );
        problem.help("leave it out, or let it ask for what such lines look like");
        if let Some(span) = patch {
            problem.patch(Patch::replace(span, "", true));
        }
    }
}

/// An entry of an array with one of the commas beside it.
fn entry(test: &Test, is_last: bool, source: &str) -> Option<Range<usize>> {
    let Range { start, end } = test.span.clone();
    let is_gap = |gap: &str| gap.bytes().filter(|b| *b == b',').count() == 1 && !gap.contains(['#', '{', '}']);
    if is_last {
        let comma = source.get(..start)?.rfind(',')?;
        is_gap(&source[comma..start]).then_some(comma..end)
    } else {
        let next = end + source.get(end..)?.find('{')?;
        is_gap(&source[end..next]).then_some(end..next).map(|gap| start..gap.end)
    }
}

/// Two conditions on the shape of the same line that cannot both hold.
fn contradiction(own: &Shapes, other: &Shapes) -> Option<&'static str> {
    let apart = |min: Option<u32>, max: Option<u32>| matches!((min, max), (Some(min), Some(max)) if min > max);
    let differ = |a: Option<bool>, b: Option<bool>| matches!((a, b), (Some(a), Some(b)) if a != b);
    if apart(own.min_chars, other.max_chars) || apart(other.min_chars, own.max_chars) {
        return Some("the rule's lines have another length");
    }
    if apart(own.min_words, other.max_words) || apart(other.min_words, own.max_words) {
        return Some("the rule's lines have another number of words");
    }
    if differ(own.end_mark, other.end_mark) {
        return Some("`end-mark` says the opposite of the rule");
    }
    if differ(own.prose, other.prose) {
        return Some("`prose` says the opposite of the rule");
    }
    (own.prose == Some(true) && other.end_mark == Some(false)
        || own.end_mark == Some(false) && other.prose == Some(true))
    .then_some("prose has an end mark")
}

fn never_meet(own: &[Language], unless: &Test, lines: &[String], context: &Context) -> Option<&'static str> {
    let theirs: Vec<Language> = context.languages(unless).into_iter().flatten().collect();
    let views = context.views.as_ref()?;
    // Without a matcher on either side there is nothing that could contradict.
    if own.is_empty() || theirs.is_empty() {
        return None;
    }
    let all: Vec<&Language> = own.iter().chain(&theirs).chain([views]).collect();
    // An example that passes both refutes it, as it is or with what the exception asks for put beside it.
    let samples: Vec<String> = theirs.iter().filter_map(Language::sample).collect();
    let with = |line: &String| {
        let beside = |sample: &String| {
            [
                format!("{line}{sample}"),
                format!("{line} {sample}"),
                format!("{sample} {line}"),
                format!("{line} {sample} {line}"),
            ]
        };
        samples.iter().flat_map(beside).collect::<Vec<_>>()
    };
    let tried: Vec<String> = lines.iter().flat_map(with).chain(lines.iter().cloned()).collect();
    if any_passes(tried.iter().map(String::as_str), &all) {
        return None;
    }
    (are_disjoint(&all) == Some(true)).then_some("no text passes both its matchers and those of the rule")
}

fn bounds(rule: &Rule, report: &mut Reporter<'_>) {
    if let Some(most) = rule.max_units.as_ref().filter(|most| most.value > MAX_UNITS && rule.scope.value.is_broad()) {
        let message = format!("a bound of {} is none: pages do not have so many lines", most.value);
        report.add(Code::UnboundedSection, most.span.clone(), message, "takes all there is").help(
            "say how many lines of this the longest page can have; past that the rule claims nothing, which is what a bound is for",
        );
    }
}

/// Literals that most pages have somewhere, and nothing else that would speak for noise.
fn weak_literals(rule: &Rule, context: &Context, report: &mut Reporter<'_>) {
    let [matcher] = rule.test.matchers.as_slice() else { return };
    let loose = matches!(matcher.kind, Kind::StartsWith | Kind::EndsWith | Kind::Contains);
    if !loose || rule.keep || rule.level == Level::Aggressive || is_guarded(rule) {
        return;
    }
    for item in &matcher.items {
        let phrases = match item.value.strip_prefix('@') {
            Some(name) => context.lists.get(name).cloned().unwrap_or_default(),
            None => vec![crate::view::fold_literal(&item.value)],
        };
        let Some((phrase, why)) = phrases.iter().find_map(|phrase| Some((phrase, weakness(phrase)?))) else { continue };
        report
            .add(
                Code::WeakLiteral,
                item.span.clone(),
                format!("{phrase:?} {why}, and nothing else in this rule speaks for noise"),
                "proves nothing alone",
            )
            .help("make it longer, use `equals` or `label`, or bound the line: when = { max-chars = 60 }, a place, a neighbour");
    }
}

/// Whether something beside the literal says what the line is.
fn is_guarded(rule: &Rule) -> bool {
    let (shape, place) = (&rule.test.shape, &rule.place);
    shape.max_chars.is_some_and(|max| max <= SHORT)
        || shape.max_words.is_some_and(|max| max <= 8)
        || shape.case.is_some()
        || !rule.require.is_empty()
        || rule.scope.value == Scope::Run
        || place.first_units.or(place.last_units).or(place.after_percent).is_some()
        || place.repeat
        || !place.prev.is_empty()
        || !place.next.is_empty()
        || !place.source.is_empty()
}

fn weakness(phrase: &str) -> Option<&'static str> {
    let letters = phrase.chars().filter(|c| c.is_alphanumeric()).count();
    let dense = phrase.chars().any(has_no_word_spaces);
    let marks = phrase.chars().any(|c| !c.is_alphanumeric() && c != ' ');
    if letters < if dense { 2 } else { 3 } && !marks {
        return Some("is too short");
    }
    COMMON.contains(&phrase).then_some("begins, ends or stands in any sentence")
}

/// Words of which ordinary sentences are made, in the languages that the default packs know best.
const COMMON: &[&str] = &[
    "the", "and", "but", "for", "with", "from", "this", "that", "these", "those", "there", "here", "what", "when",
    "where", "who", "why", "how", "which", "while", "all", "any", "some", "more", "most", "many", "not", "now", "new",
    "one", "two", "our", "your", "his", "her", "their", "its", "you", "they", "she", "was", "were", "are", "has",
    "have", "had", "will", "would", "can", "could", "may", "also", "about", "after", "before", "then", "than", "only",
    "over", "see", "get", "said", "der", "die", "das", "und", "mit", "von", "für", "ein", "eine", "einen", "nicht",
    "auch", "auf", "aus", "bei", "bis", "den", "dem", "des", "ist", "war", "wird", "wurde", "sind", "hat", "sich",
    "als", "wie", "wer", "was", "wenn", "mehr", "nach", "noch", "nur", "oder", "über", "unter", "vor", "zum", "zur",
    "les", "des", "une", "pour", "dans", "avec", "sur", "los", "las", "una", "por", "para", "con", "del", "que",
];
