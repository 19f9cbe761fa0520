//! Checks of rule files: what can be loaded and still does not mean what its author thinks.
//!
//! `check` loads the files, so all mistakes of loading are found too, and then looks at each rule, alone and beside the others:
//!
//! - `patterns`: alternatives that can never match, wildcards that say nothing, line breaks that no view holds;
//! - `rules`: examples that contradict each other, exceptions that never apply, literals that prove nothing, bounds that bound nothing;
//! - `shadow`: rules whose lines another rule takes in any case;
//! - `slow`: rules that are asked about too many lines in vain.
//!
//! No check guesses from the spelling of a rule. What a test matches is computed as a set of texts (`language`), what a rule costs is
//! measured on a sample of lines. So a finding is a fact about the rule; whether the fact matters is for the author to say, who can
//! answer a finding with a comment inside the rule: `# dechaff: allow(weak-literal) only on pages of one shop`.

mod language;
mod patterns;
mod rules;
mod shadow;
mod slow;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::error::BuildError;
use crate::rules::compile::{self, Source};
use crate::rules::problem::Problem;
use crate::rules::schema::{List, Matcher, Pack, Rule, Test};
use crate::rules::{Code, Severity, read};
use crate::view::fold_literal;

/// Checks rule files, given as `(name, text)`, and returns what was found, by file and place.
///
/// With `with_defaults` the files stand beside the default packs, so that they may use their lists, and a rule that a default rule makes
/// needless is found. Default packs whose ids the files take are replaced by them.
///
/// # Errors
///
/// When the default packs themselves cannot be read, which a test rules out.
///
/// ```
/// use dechaff::{Code, lint};
///
/// let pack = r#"
/// [pack]
/// id = "mine"
/// title = "Noise of one site"
///
/// [[rule]]
/// id = "more"
/// category = "related"
/// level = "safe"
/// title = "Pointers"
/// starts-with = ["More:"]
/// unless = [{ starts-with = ["Less:"], why = "it says so" }]
/// hit = ["More: the ferries"]
/// spare = [{ input = "Much more: the ferries", why = "a sentence" }]
/// "#;
/// let found = lint::check(&[("mine.toml".into(), pack.into())], false)?;
/// assert_eq!(found[0].code, Code::UnreachableUnless);
/// # Ok::<(), dechaff::BuildError>(())
/// ```
pub fn check(files: &[(String, String)], with_defaults: bool) -> Result<Vec<Problem>, BuildError> {
    let mut found = Vec::new();
    let mut sources: Vec<Source> = Vec::new();
    for (file, text) in files {
        let (pack, problems) = read::read(file, text);
        found.extend(problems);
        sources.extend(pack.map(|pack| Source { file: file.clone(), text: text.clone(), pack }));
    }
    let defaults = if with_defaults { default_sources(&sources)? } else { Vec::new() };
    let context = Context::new(&sources, &defaults);
    if let Err(problems) = compile::compile(&sources, &context.foreign_lists) {
        found.extend(problems);
    }
    let slow = slow::Sample::new(files, &defaults, &found);
    for source in &sources {
        let mut report = Reporter { problems: crate::rules::problem::Problems::new(&source.file, &source.text) };
        for rule in &source.pack.rules {
            patterns::check(rule, &context, &mut report);
            rules::check(rule, &context, &mut report);
            if let Some(slow) = &slow {
                slow.check(&source.pack.id.value, rule, &mut report);
            }
        }
        found.extend(report.problems.into_vec());
    }
    found.extend(shadow::check(&sources, &defaults, &context));
    found.retain(|problem| !is_allowed(problem, files));
    found.sort_by(|a, b| (&a.file, a.span.start, a.code).cmp(&(&b.file, b.span.start, b.code)));
    found.dedup();
    Ok(found)
}

/// The default packs but for those that the files stand in for.
fn default_sources(own: &[Source]) -> Result<Vec<Source>, BuildError> {
    let taken: HashSet<_> = own.iter().map(|source| source.pack.id.value.as_str()).collect();
    let mut sources = Vec::new();
    for (file, text) in crate::default_packs() {
        let (pack, problems) = read::read(file, text);
        let Some(pack) = pack.filter(|_| problems.is_empty()) else {
            return Err(BuildError::Rules { problems, sources: vec![((*file).to_owned(), (*text).to_owned())] });
        };
        if !taken.contains(pack.id.value.as_str()) {
            sources.push(Source { file: (*file).to_owned(), text: (*text).to_owned(), pack });
        }
    }
    Ok(sources)
}

/// Whether a comment in the rule says that its author knows.
fn is_allowed(problem: &Problem, files: &[(String, String)]) -> bool {
    if problem.code.severity() == Severity::Error && problem.code < Code::SpareIdenticalToHit {
        // What cannot be loaded cannot be waved through.
        return false;
    }
    let Some((_, text)) = files.iter().find(|(file, _)| *file == problem.file) else { return false };
    let rule = enclosing(text, problem.span.start);
    text[rule].lines().filter_map(|line| line.trim_start().strip_prefix("# dechaff: allow(")).any(|rest| {
        let codes = rest.split(')').next().unwrap_or_default();
        codes.split(',').any(|code| code.trim() == problem.code.as_str())
    })
}

/// The table that an offset stands in, from its header to the next one.
fn enclosing(text: &str, at: usize) -> Range<usize> {
    let at = text.floor_char_boundary(at);
    // A rule may be marked at its header, which is then its start.
    let line_end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    let start = text[..line_end].rfind("\n[[").map_or(0, |n| n + 1);
    let end = text[line_end..].find("\n[[").map_or(text.len(), |n| line_end + n);
    start..end
}

/// Where findings go.
pub(crate) struct Reporter<'s> {
    problems: crate::rules::problem::Problems<'s>,
}

impl Reporter<'_> {
    fn add(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Problem {
        self.problems.add(span, message, label).code(code)
    }

    fn source(&self) -> &str {
        self.problems.source()
    }
}

/// What checks of one rule need to know of the others.
pub(crate) struct Context {
    /// Folded phrases of every list.
    lists: HashMap<String, Vec<String>>,
    /// Lists that the checked files do not define.
    foreign_lists: Vec<(String, Vec<String>)>,
    /// All that a view can be.
    views: Option<language::Language>,
    /// Texts without line breaks and tabs.
    one_line: Option<language::Language>,
}

impl Context {
    fn new(own: &[Source], defaults: &[Source]) -> Context {
        let fold = |list: &List| list.items.iter().map(|item| fold_literal(&item.value)).collect::<Vec<_>>();
        let all = |sources: &[Source]| -> Vec<(String, Vec<String>)> {
            let lists = sources.iter().flat_map(|source: &Source| source.pack.lists.iter());
            lists.map(|list| (list.id.value.clone(), fold(list))).collect()
        };
        let own = all(own);
        let taken: HashSet<_> = own.iter().map(|(id, _)| id.clone()).collect();
        let foreign_lists: Vec<_> = all(defaults).into_iter().filter(|(id, _)| !taken.contains(id)).collect();
        Context {
            lists: foreign_lists.iter().cloned().chain(own).collect(),
            foreign_lists,
            views: language::Language::views(),
            one_line: language::Language::one_line(),
        }
    }

    /// What a matcher's items come to: folded phrases, or patterns.
    fn items(&self, matcher: &Matcher) -> Vec<String> {
        if matcher.kind.is_pattern() {
            return matcher.items.iter().map(|item| item.value.clone()).collect();
        }
        let expand = |item: &crate::rules::schema::Placed<String>| match item.value.strip_prefix('@') {
            Some(name) => self.lists.get(name).cloned().unwrap_or_default(),
            None => vec![fold_literal(&item.value)],
        };
        matcher.items.iter().flat_map(expand).filter(|phrase| !phrase.is_empty()).collect()
    }

    /// The sets of texts that a test's matchers pass. `None` where one of them cannot be told.
    fn languages(&self, test: &Test) -> Vec<Option<language::Language>> {
        let of = |matcher: &Matcher| language::Language::of_matcher(matcher.kind, &self.items(matcher), test.glued);
        test.matchers.iter().map(of).collect()
    }
}

/// `pack/id`.
fn full_id(pack: &Pack, rule: &Rule) -> String {
    format!("{}/{}", pack.id.value, rule.id.value)
}
