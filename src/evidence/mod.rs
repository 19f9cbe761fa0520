//! Evidence: running the examples that every rule carries.
//!
//! A rule's `hit` and `spare` strings are lines torn from a page, and most conditions are about the page. So each is set in a frame, a
//! title and six paragraphs of plain prose, at the place that the rule is about, and cleaned twice: by the rule alone, which shows that
//! the rule does what it says, and by all rules, which shows that they agree.

mod idle;

use std::fmt;
use std::ops::Range;

use crate::cleaned::{Cleaned, RuleId, Verdict};
use crate::cleaner::Cleaner;
use crate::error::BuildError;
use crate::model::{Level, Scope};
use crate::rules::Code;
use crate::rules::problem::{Problem, Problems};
use crate::rules::read;
use crate::rules::schema::{Evidence, Rule};
use crate::view::is_blank;

const TITLE: &str = "Town council votes to repair the old mill bridge";
const BEFORE: [&str; 3] = [
    "The town council decided on Monday evening to repair the old bridge over the mill stream, which has been closed since the floods of last spring took two of its piers.",
    "Nine members voted for the plan and four against it. The engineer put the cost at a little under two million, a figure that the treasurer, who had hoped for less, did not dispute.",
    "Until the work is done a ferry will carry people and bicycles across for nothing. It ran for eleven years before the bridge was built, and some of the older members remembered it fondly.",
];
const AFTER: [&str; 3] = [
    "The piers will be rebuilt in stone from the quarry that supplied them in the first place, and the railings will be copied from a photograph that was found in the school.",
    "Those who voted against the plan said that the money was needed for the roof of the town hall, where the rain has come through since the winter and ruined part of the archive.",
    "Work begins in June and is expected to last until the end of the following year, unless the stream rises again. The quarry has already been asked to cut the first of the stones.",
];

/// The outcome of running the evidence of some packs.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rules whose evidence was run.
    pub rules: usize,
    /// Examples that were run, each alone and with all rules.
    pub examples: usize,
    /// What failed.
    pub failures: Vec<Failure>,
    /// Examples that cannot fail: they show nothing.
    pub idle: Vec<Problem>,
}

/// An example that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong, located in the rule file.
    pub problem: Problem,
    /// The rule's full id.
    pub rule: String,
    /// What should have become of the example: a row for each line, beginning with `keep` or `gone`; for a span rule's hit, what should
    /// remain.
    pub expected: Vec<String>,
    /// What did, in the same form.
    pub actual: Vec<String>,
    /// The `output` that would be right; for a span rule's hit of which something was cut out.
    pub output: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

/// Runs all evidence in rule files, given as `(name, text)`. `with_defaults` says whether the default packs belong to "all rules".
///
/// # Errors
///
/// When the files cannot be built into a cleaner.
///
/// ```
/// let pack = r#"
/// [pack]
/// id = "mine"
/// title = "Noise of one site"
///
/// [[rule]]
/// id = "weather-strip"
/// category = "ticker"
/// level = "safe"
/// title = "The weather strip"
/// equals = ["Weather in your town"]
/// hit = ["Weather in your town"]
/// "#;
/// let report = dechaff::evidence::run(&[("mine.toml".into(), pack.into())], false)?;
/// assert_eq!((report.rules, report.failures.len()), (1, 0));
/// # Ok::<(), dechaff::BuildError>(())
/// ```
pub fn run(files: &[(String, String)], with_defaults: bool) -> Result<Report, BuildError> {
    run_some(files, with_defaults, |_| true)
}

/// Runs the evidence of those rules whose full id (`pack/id`) is `wanted`; otherwise as [`run`].
///
/// # Errors
///
/// When the files cannot be built into a cleaner.
///
/// ```
/// let packs: Vec<_> = dechaff::default_packs().iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
/// let report = dechaff::evidence::run_some(&packs, false, |id| id == "no/such")?;
/// assert_eq!(report.rules, 0);
/// # Ok::<(), dechaff::BuildError>(())
/// ```
pub fn run_some(
    files: &[(String, String)],
    with_defaults: bool,
    wanted: impl Fn(&str) -> bool,
) -> Result<Report, BuildError> {
    let build = |level| {
        let builder = Cleaner::builder().level(level).default_rules(with_defaults);
        files.iter().fold(builder, |builder, (name, text)| builder.rules(name, text)).build()
    };
    let everything = build(Level::Aggressive)?;
    let ids: Vec<_> = everything.rules().map(|id| (everything.rule(id).id, id)).collect();
    let mut report = Report::default();
    for (file, text) in files {
        let (Some(pack), _) = read::read(file, text) else { continue };
        let mut idle = Problems::new(file, text);
        for rule in &pack.rules {
            let full = format!("{}/{}", pack.id.value, rule.id.value);
            if !wanted(&full) {
                continue;
            }
            let Some((_, id)) = ids.iter().find(|(name, _)| *name == full) else { continue };
            let level = rule.level.max(Level::Normal);
            let alone = everything.subset(|number, _| number == id.0);
            let all = everything.subset(|_, card| card.level <= level);
            let default = everything.subset(|_, card| card.level <= Level::Normal);
            report.rules += 1;
            report.examples += rule.hit.len() + rule.spare.len();
            let mut runner = Runner { file, text, full, rule, id: *id, alone, all, default, failures: Vec::new() };
            rule.hit.iter().for_each(|example| runner.hit(example));
            rule.spare.iter().for_each(|example| runner.spare(example));
            report.failures.extend(runner.failures);
            idle::find(rule, *id, &everything, &mut idle);
        }
        report.idle.extend(idle.into_vec());
    }
    Ok(report)
}

/// One rule and the cleaners that its evidence is run with.
struct Runner<'a> {
    file: &'a str,
    text: &'a str,
    full: String,
    rule: &'a Rule,
    id: RuleId,
    alone: Cleaner,
    all: Cleaner,
    default: Cleaner,
    failures: Vec<Failure>,
}

impl Runner<'_> {
    fn hit(&mut self, example: &Evidence) {
        let framed = Framed::new(example, self.rule);
        let cleaned = self.alone.clean(&framed.text);
        if self.rule.keep {
            let missing =
                framed.units(&cleaned).into_iter().find(|line| !cleaned.protections().contains(&(*line, self.id)));
            self.fail(missing.map(|line| (line, "this line is not protected")), &framed, &cleaned, example, "hit");
            return;
        }
        self.fail(self.judge_hit(&framed, &cleaned, example, true), &framed, &cleaned, example, "hit, alone");
        if !example.alone {
            let cleaned = self.all.clean(&framed.text);
            let found = self.judge_hit(&framed, &cleaned, example, false);
            self.fail(found, &framed, &cleaned, example, "hit, with all rules");
        }
    }

    /// The first line that speaks against a hit, and why.
    fn judge_hit(
        &self,
        framed: &Framed,
        cleaned: &Cleaned<'_>,
        example: &Evidence,
        alone: bool,
    ) -> Option<(usize, &'static str)> {
        if let Some(line) = framed.lost_frame(cleaned) {
            return Some((line, "this line of the frame is lost"));
        }
        if self.rule.scope.value == Scope::Span {
            let wanted = example.output.as_deref().unwrap_or_default();
            return (framed.left(cleaned) != wanted)
                .then(|| (framed.lines(cleaned).next().unwrap_or(0), "what remains is not `output`"));
        }
        let units = framed.units(cleaned);
        let named = units.iter().any(|line| cleaned.claims(&cleaned.lines()[*line]).contains(&self.id));
        if alone && !named {
            return Some((units.first().copied().unwrap_or(0), "the rule does not remove it"));
        }
        let left = units.into_iter().find(|line| cleaned.lines()[*line].verdict != Verdict::Removed);
        left.filter(|_| !example.page).map(|line| (line, "this line is left"))
    }

    fn spare(&mut self, example: &Evidence) {
        let framed = Framed::new(example, self.rule);
        let cleaned = self.alone.clean(&framed.text);
        let taken = |cleaned: &Cleaned<'_>| {
            let lost = framed
                .lines(cleaned)
                .find(|line| matches!(cleaned.lines()[*line].verdict, Verdict::Removed | Verdict::Cut));
            lost.map(|line| (line, "this line is removed"))
        };
        if self.rule.keep {
            let kept =
                framed.units(&cleaned).into_iter().find(|line| cleaned.protections().contains(&(*line, self.id)));
            self.fail(kept.map(|line| (line, "this line is protected")), &framed, &cleaned, example, "spare, alone");
            return;
        }
        self.fail(taken(&cleaned), &framed, &cleaned, example, "spare, alone");
        if !example.alone {
            let cleaned = self.default.clean(&framed.text);
            self.fail(taken(&cleaned), &framed, &cleaned, example, "spare, with all rules");
        }
    }

    fn fail(
        &mut self,
        found: Option<(usize, &str)>,
        framed: &Framed,
        cleaned: &Cleaned<'_>,
        example: &Evidence,
        run: &str,
    ) {
        let Some((line, why)) = found else { return };
        let text = cleaned.lines().get(line).map_or("", |l| cleaned.input()[l.span.clone()].trim_end());
        let short: String = text.chars().take(100).collect();
        let by: Vec<_> = cleaned
            .lines()
            .get(line)
            .map(|l| cleaned.claims(l))
            .unwrap_or_default()
            .iter()
            .map(|id| self.all.rule(*id).id)
            .collect();
        let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
        let mut problems = Problems::new(self.file, self.text);
        problems
            .add(example.span.clone(), format!("`{}` ({run}): {why}{by}: {short:?}", self.rule.id.value), "")
            .code(Code::FailedEvidence);
        let Some(problem) = problems.into_vec().pop() else { return };
        let is_hit = run.starts_with("hit");
        let (mut expected, mut actual, mut output) = (Vec::new(), Vec::new(), None);
        if is_hit && self.rule.scope.value == Scope::Span {
            let left = framed.left(cleaned);
            expected = example.output.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
            actual = left.lines().map(str::to_owned).collect();
            output = Some(left).filter(|left| run == "hit, alone" && left.trim() != example.input.trim());
        } else {
            let mut rows = framed.units(cleaned);
            rows.extend(framed.lost_frame(cleaned));
            rows.sort_unstable();
            let ours = framed.units(cleaned);
            for row in rows {
                let goes = is_hit && !self.rule.keep && ours.contains(&row);
                expected.push(format!("{} {}", if goes { "gone" } else { "keep" }, text_of(cleaned, row)));
                actual.push(self.became(cleaned, row));
            }
        }
        self.failures.push(Failure { problem, rule: self.full.clone(), expected, actual, output });
    }

    /// What became of a line, and by which rules.
    fn became(&self, cleaned: &Cleaned<'_>, row: usize) -> String {
        let line = &cleaned.lines()[row];
        let mut by: Vec<_> = cleaned.claims(line).iter().map(|id| self.all.rule(*id).id).collect();
        let cuts = cleaned.cuts().iter().filter(|cut| cut.span.start < line.span.end && line.span.start < cut.span.end);
        by.extend(cuts.map(|cut| format!("cut by {}", self.all.rule(cut.rule).id)));
        let mark = if line.verdict == Verdict::Removed { "gone" } else { "keep" };
        let by = if by.is_empty() { String::new() } else { format!("  [{}]", by.join(", ")) };
        format!("{mark} {}{by}", text_of(cleaned, row))
    }
}

fn text_of<'t>(cleaned: &Cleaned<'t>, row: usize) -> &'t str {
    cleaned.input()[cleaned.lines()[row].span.clone()].trim_end_matches(['\n', '\r'])
}

/// An example in its frame.
struct Framed {
    text: String,
    /// Where the example stands in the text.
    example: Range<usize>,
    page: bool,
}

impl Framed {
    fn new(example: &Evidence, rule: &Rule) -> Framed {
        let input = example.input.trim_matches('\n');
        if example.page {
            return Framed { text: input.to_owned(), example: 0..input.len(), page: true };
        }
        let at_end = matches!(rule.scope.value, Scope::Tail | Scope::Span)
            || rule.place.last_units.is_some()
            || rule.place.after_percent.is_some();
        let at_start = rule.place.first_units.is_some() && !at_end;
        let before: &[&str] = if at_start { &[] } else { &BEFORE };
        let after: &[&str] = if at_end { &[] } else { &AFTER };
        let mut text = String::from(TITLE);
        for paragraph in before {
            text.push_str("\n\n");
            text.push_str(paragraph);
        }
        // The end needs prose before it, to be an end.
        if at_end {
            AFTER.iter().for_each(|paragraph| text.extend(["\n\n", paragraph]));
        }
        text.push_str("\n\n");
        let start = text.len();
        text.push_str(input);
        let example = start..text.len();
        if at_start {
            BEFORE.iter().for_each(|paragraph| text.extend(["\n\n", paragraph]));
        }
        for paragraph in after {
            text.push_str("\n\n");
            text.push_str(paragraph);
        }
        text.push('\n');
        Framed { text, example, page: false }
    }

    /// Lines of the example, by place in the cleaned document.
    fn lines(&self, cleaned: &Cleaned<'_>) -> std::vec::IntoIter<usize> {
        let inside = |n: &usize| {
            let span = &cleaned.lines()[*n].span;
            span.start >= self.example.start && span.start < self.example.end
        };
        (0..cleaned.lines().len()).filter(inside).collect::<Vec<_>>().into_iter()
    }

    /// The lines that are not blank.
    fn units(&self, cleaned: &Cleaned<'_>) -> Vec<usize> {
        self.lines(cleaned)
            .filter(|n| !is_blank(cleaned.input()[cleaned.lines()[*n].span.clone()].trim_end_matches(['\n', '\r'])))
            .collect()
    }

    /// The first line of the frame that is not whole.
    fn lost_frame(&self, cleaned: &Cleaned<'_>) -> Option<usize> {
        let ours: Vec<_> = self.lines(cleaned).collect();
        (0..cleaned.lines().len()).find(|n| {
            !self.page && !ours.contains(n) && !matches!(cleaned.lines()[*n].verdict, Verdict::Kept | Verdict::Blank)
        })
    }

    /// What is left of the example.
    fn left(&self, cleaned: &Cleaned<'_>) -> String {
        let parts = cleaned.kept().filter_map(|range| {
            let (from, to) = (range.start.max(self.example.start), range.end.min(self.example.end));
            (from < to).then(|| &cleaned.input()[from..to])
        });
        parts.collect()
    }
}
