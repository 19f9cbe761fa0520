//! Rules that change nothing: whatever they match, another rule removes in any case.
//!
//! A rule is shadowed by another one that is on whenever it is (its level is not higher, its category the same), asks for nothing that the
//! first does not ask for as well, and whose texts include all of the first's. The last is computed ([`super::language`]); before
//! that, the rule's own examples refute nearly every pair.

use std::cell::OnceCell;

use super::language::{Language, are_disjoint, is_within};
use super::{Context, full_id};
use crate::model::{Category, Level, Scope};
use crate::pattern::{Pattern, Prefilter};
use crate::rules::Code;
use crate::rules::compile::{Source, equals_end};
use crate::rules::problem::{Problem, Problems};
use crate::rules::schema::{Kind, Matcher, Place, Rule, Shapes};
use crate::view::{View, is_blank};

/// A rule with what is needed to compare it, worked out when first asked for.
struct Entry<'a> {
    id: String,
    rule: &'a Rule,
    number: usize,
    languages: OnceCell<Vec<Option<Language>>>,
    lines: Vec<View>,
    /// For each matcher, what a folded line has to hold at least.
    needs: OnceCell<Vec<Need>>,
}

/// What a line has to hold at least to pass a matcher; cheap to ask.
enum Need {
    Nothing,
    Head(Vec<String>),
    Tail(Vec<String>),
    Inside(Vec<String>),
}

impl Need {
    fn of(matcher: &Matcher, context: &Context) -> Need {
        let items = context.items(matcher);
        match matcher.kind {
            Kind::Equals | Kind::StartsWith | Kind::Label => {
                Need::Head(items.into_iter().map(|item| item[..equals_end(&item)].to_owned()).collect())
            }
            Kind::EndsWith => Need::Tail(items),
            Kind::Contains => Need::Inside(items),
            Kind::RawRegex => Need::Nothing,
            Kind::Regex | Kind::Search => {
                let (mut heads, mut inside) = (Vec::new(), Vec::new());
                for item in &items {
                    let Ok(pattern) = Pattern::parse(item) else { return Need::Nothing };
                    match pattern.prefilter(matcher.kind == Kind::Regex) {
                        Prefilter::Prefix(literals) => heads.extend(literals),
                        Prefilter::Inner(literals) => inside.extend(literals),
                        Prefilter::First(_) => return Need::Nothing,
                    }
                }
                if inside.is_empty() {
                    Need::Head(heads)
                } else {
                    inside.extend(heads);
                    Need::Inside(inside)
                }
            }
        }
    }

    fn is_met(&self, folded: &str) -> bool {
        match self {
            Need::Nothing => true,
            Need::Head(literals) => literals.iter().any(|literal| folded.starts_with(literal.as_str())),
            Need::Tail(literals) => literals.iter().any(|literal| folded.ends_with(literal.as_str())),
            Need::Inside(literals) => literals.iter().any(|literal| folded.contains(literal.as_str())),
        }
    }
}

impl<'a> Entry<'a> {
    fn new(source: &'a Source, rule: &'a Rule, number: usize) -> Self {
        let lines = rule.hit.iter().filter(|hit| !hit.page).flat_map(|hit| hit.input.lines());
        let lines = lines.filter(|line| !is_blank(line)).map(View::of).collect();
        Entry {
            id: full_id(&source.pack, rule),
            rule,
            number,
            languages: OnceCell::new(),
            lines,
            needs: OnceCell::new(),
        }
    }

    fn languages(&self, context: &Context) -> &[Option<Language>] {
        self.languages.get_or_init(|| context.languages(&self.rule.test))
    }
}

/// Finds the shadowed rules of the checked files; default rules may shadow, and are not reported.
pub(super) fn check(own: &[Source], defaults: &[Source], context: &Context) -> Vec<Problem> {
    let all = defaults.iter().chain(own).flat_map(|source| source.pack.rules.iter().map(move |rule| (source, rule)));
    let entries: Vec<Entry<'_>> = all.enumerate().map(|(n, (source, rule))| Entry::new(source, rule, n)).collect();
    let foreign: usize = defaults.iter().map(|source| source.pack.rules.len()).sum();
    let mut found = Vec::new();
    for source in own {
        let mut problems = Problems::new(&source.file, &source.text);
        for rule in &source.pack.rules {
            let Some(entry) = entries[foreign..].iter().find(|entry| std::ptr::eq(entry.rule, rule)) else { continue };
            let Some(by) = entries.iter().find(|other| other.number != entry.number && shadows(other, entry, context))
            else {
                continue;
            };
            problems
                .add(
                    rule.id.span.clone(),
                    format!("`{}` removes every line that this rule would", by.id),
                    "never decides anything",
                )
                .code(Code::Shadowed)
                .help("remove the rule, or make one of the two narrower");
        }
        found.extend(problems.into_vec());
    }
    found
}

/// Whether `a` takes whatever `b` takes.
fn shadows(a: &Entry<'_>, b: &Entry<'_>, context: &Context) -> bool {
    let (outer, inner) = (a.rule, b.rule);
    let lines = |rule: &Rule| matches!(rule.scope.value, Scope::Line | Scope::Run) && !rule.keep;
    let on_together =
        |category: (Category, Category), level: (Level, Level)| category.0 == category.1 && level.0 <= level.1;
    let may = lines(inner)
        && outer.scope.value == Scope::Line
        && !outer.keep
        && on_together((outer.category, inner.category), (outer.level, inner.level))
        && outer.require.is_empty()
        && place_includes(&outer.place, &inner.place)
        && shape_includes(&outer.test.shape, &inner.test.shape);
    if !may {
        return false;
    }
    // An example that the other one does not match settles it, and nearly always there is one.
    let needs = a.needs.get_or_init(|| outer.test.matchers.iter().map(|matcher| Need::of(matcher, context)).collect());
    if b.lines.iter().any(|line| !needs.iter().all(|need| need.is_met(&line.folded))) {
        return false;
    }
    let inner_languages: Option<Vec<&Language>> = b.languages(context).iter().map(Option::as_ref).collect();
    let outer_languages: Option<Vec<&Language>> = a.languages(context).iter().map(Option::as_ref).collect();
    let (Some(inside), Some(outside)) = (inner_languages, outer_languages) else { return false };
    let refutes = |line: &View| {
        let passes = |all: &[&Language]| all.iter().all(|language| language.accepts_text(&line.plain));
        passes(&inside) && !passes(&outside)
    };
    if b.lines.iter().any(refutes) {
        return false;
    }
    let Some(views) = &context.views else { return false };
    let inside: Vec<&Language> = inside.into_iter().chain([views]).collect();
    if !outside.iter().all(|language| is_within(&inside, language) == Some(true)) {
        return false;
    }
    // The other's exceptions must be none for these lines.
    let exempt = outer.unless.iter().all(|unless| {
        let theirs: Vec<Language> = context.languages(&unless.test).into_iter().flatten().collect();
        !theirs.is_empty() && are_disjoint(&inside.iter().copied().chain(&theirs).collect::<Vec<_>>()) == Some(true)
    });
    // Of two that are the same, the later one is needless.
    exempt && (a.number < b.number || !shadows_back(a, b, context))
}

fn shadows_back(a: &Entry<'_>, b: &Entry<'_>, context: &Context) -> bool {
    a.rule.level == b.rule.level && b.number > a.number && shadows(b, a, context)
}

/// Whether every line of the inner shape has the outer one.
fn shape_includes(outer: &Shapes, inner: &Shapes) -> bool {
    let least = |outer: Option<u32>, inner: Option<u32>| outer.is_none_or(|o| inner.is_some_and(|i| i >= o));
    let most = |outer: Option<u32>, inner: Option<u32>| outer.is_none_or(|o| inner.is_some_and(|i| i <= o));
    least(outer.min_chars, inner.min_chars)
        && most(outer.max_chars, inner.max_chars)
        && least(outer.min_words, inner.min_words)
        && most(outer.max_words, inner.max_words)
        && (outer.end_mark.is_none() || outer.end_mark == inner.end_mark)
        && (outer.prose.is_none() || outer.prose == inner.prose)
        && (outer.case.is_none() || outer.case == inner.case)
}

/// Whether the outer rule may claim wherever the inner one may.
fn place_includes(outer: &Place, inner: &Place) -> bool {
    let within = |outer: Option<u32>, inner: Option<u32>| outer.is_none_or(|o| inner.is_some_and(|i| i <= o));
    let langs = outer.lang.is_empty() || (!inner.lang.is_empty() && inner.lang.iter().all(|l| outer.lang.contains(l)));
    let sources =
        outer.source.is_empty() || (!inner.source.is_empty() && inner.source.iter().all(|s| outer.source.contains(s)));
    within(outer.first_units, inner.first_units)
        && within(outer.last_units, inner.last_units)
        && outer.after_percent.is_none_or(|o| inner.after_percent.is_some_and(|i| i >= o))
        && (!outer.repeat || inner.repeat)
        && outer.max_matches.is_none()
        && outer.prev.is_empty()
        && outer.next.is_empty()
        && langs
        && sources
}
