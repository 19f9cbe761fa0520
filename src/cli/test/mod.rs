//! `dechaff test`: do the examples inside rules hold, and are whole pages what they were accepted as?

mod accept;

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use dechaff::evidence::{self, Failure as Broken, Report};
use dechaff::{BuildError, Problem};

use super::chosen::{Meant, Packs};
use super::diagnostics::{Failure, Talk, report};
use super::render::{count, shortened};
use super::snapshots::{self, Comparison};
use super::{Outcome, print};

const WIDTH: usize = 80;
const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

/// Run the examples inside rules, and compare whole pages with what was accepted
///
/// Every `hit` and `spare` is run by its rule alone and together with all others. The pages in the directory `pages`
/// beside a pack are cleaned with the packs of that directory and compared with what `dechaff review` has accepted.
///
/// Exit status: 0 all hold, 1 something does not, 2 a mistake in a rule file or a file that cannot be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A rule file, a directory of them, or the id of a pack or rule; without it the packs in this directory, or else the
    /// built-in ones
    #[arg(value_name = "PACK|ID|PATH")]
    name: Option<String>,

    /// Write what remains of the examples of span rules into the rule files, as their `output`
    #[arg(long)]
    accept: bool,
}

pub fn run(args: &Args, talk: &Talk) -> Result<Outcome, Failure> {
    let mut packs = match Packs::find(args.name.as_deref())? {
        Meant::Packs(packs) => packs,
        Meant::Unknown(nearest) => {
            let name = args.name.as_deref().unwrap_or_default();
            let nearest = nearest.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
            talk.note(format_args!("no rule or pack is called `{name}`{nearest}"));
            return Ok(Outcome::Findings);
        }
    };
    if args.accept && packs.built_in {
        return Err(Failure::Usage("--accept: the built-in packs have no file here to write to".to_owned()));
    }
    let Some(mut report) = evidence(&packs, talk)? else { return Ok(Outcome::Findings) };
    if args.accept {
        let written = accept::write(&packs, &report)?;
        if written > 0 {
            talk.note(format_args!("{} written", count(written, "output")));
            packs = match Packs::find(args.name.as_deref())? {
                Meant::Packs(packs) => packs,
                Meant::Unknown(_) => packs,
            };
            report = evidence::run_some(&packs.files, packs.with_defaults, |id| packs.wants(id))?;
        }
    }
    // One rule's examples are asked for, not the pages of its pack.
    let is_rule = packs.only.as_ref().is_some_and(|name| name.contains('/'));
    let pages = if is_rule { Comparison::default() } else { snapshots::compare(&packs)? };
    let color = talk.colored(&std::io::stdout());
    let page = Page { color, packs: &packs };
    print(page.render(&report, &pages).as_bytes())?;
    let holds = report.failures.is_empty() && report.idle.is_empty() && pages.changes.is_empty();
    Ok(if holds { Outcome::Done } else { Outcome::Findings })
}

/// Runs the evidence. `None` if rules have none, which has been said.
fn evidence(packs: &Packs, talk: &Talk) -> Result<Option<Report>, Failure> {
    match evidence::run_some(&packs.files, packs.with_defaults, |id| packs.wants(id)) {
        Ok(report) => Ok(Some(report)),
        // That is what is tested here, and no mistake in writing.
        Err(BuildError::Rules { problems, sources }) if problems.iter().all(Problem::is_about_evidence) => {
            let color = talk.colored(&std::io::stdout());
            let mut out = String::new();
            for problem in &problems {
                let source =
                    sources.iter().find(|(file, _)| *file == problem.file).map_or("", |(_, text)| text.as_str());
                let _ = writeln!(out, "{}\n", report(problem, source, color));
            }
            let _ = writeln!(out, "{} without evidence", count(problems.len(), "rule"));
            print(out.as_bytes())?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Failures without those that say the same again: what a rule does not do alone, it does not do with all rules either.
fn distinct(failures: &[Broken]) -> Vec<&Broken> {
    let mut found: Vec<&Broken> = Vec::new();
    for failure in failures {
        let is_same = |other: &&Broken| {
            (&other.problem.file, &other.problem.span) == (&failure.problem.file, &failure.problem.span)
                && other.actual == failure.actual
        };
        if !found.iter().any(is_same) {
            found.push(failure);
        }
    }
    found
}

struct Page<'p> {
    color: bool,
    packs: &'p Packs,
}

impl Page<'_> {
    fn render(&self, report: &Report, pages: &Comparison) -> String {
        let mut out = String::new();
        let failures = distinct(&report.failures);
        for failure in &failures {
            let _ = writeln!(out, "{}", self.problem(&failure.problem));
            self.diff(failure, &mut out);
            out.push('\n');
        }
        for problem in &report.idle {
            let _ = writeln!(out, "{}\n", self.problem(problem));
        }
        for change in &pages.changes {
            let page = change.page.display();
            let what = match change.kind() {
                "new" => format!("{page}: nothing has been accepted yet"),
                "obsolete" => format!("{}: obsolete, as {page} is gone", change.snapshot.display()),
                _ => format!("{page}: not what was accepted"),
            };
            let _ = writeln!(out, "{what}");
            if change.kind() == "changed" {
                change.rows().iter().for_each(|(sign, text)| self.row(*sign, text, &mut out));
                out.push('\n');
            }
        }
        self.summary(report, failures.len() + report.idle.len(), pages, &mut out);
        out
    }

    fn problem(&self, problem: &Problem) -> String {
        let source = self.packs.files.iter().find(|(file, _)| *file == problem.file);
        report(problem, source.map_or("", |(_, text)| text.as_str()), self.color)
    }

    /// What was expected of an example's lines, and what came.
    fn diff(&self, failure: &Broken, out: &mut String) {
        let (expected, actual) = (&failure.expected, &failure.actual);
        if expected.len() != actual.len() {
            expected.iter().for_each(|row| self.row('-', row, out));
            actual.iter().for_each(|row| self.row('+', row, out));
            return;
        }
        for (expected, actual) in expected.iter().zip(actual) {
            // Of a line that went as it should, the rules say nothing that was asked.
            if expected == actual || actual.strip_prefix(expected.as_str()).is_some_and(|by| by.starts_with("  [")) {
                self.row(' ', actual, out);
            } else {
                self.row('-', expected, out);
                self.row('+', actual, out);
            }
        }
    }

    fn row(&self, sign: char, text: &str, out: &mut String) {
        let style = match sign {
            '-' => OLD,
            '+' => NEW,
            _ => Style::new(),
        };
        let style = if self.color { style } else { Style::new() };
        let _ = writeln!(out, "  {style}{}{style:#}", shortened(format!("{sign} {text}").trim_end(), WIDTH - 2));
    }

    fn summary(&self, report: &Report, failed: usize, pages: &Comparison, out: &mut String) {
        let examples = format!("{}, {}", count(report.rules, "rule"), count(report.examples, "example"));
        let said = |holds: bool, words: String| if holds { "all hold".to_owned() } else { words };
        let _ = writeln!(out, "{examples}: {}", said(failed == 0, count(failed, "failure")));
        if pages.pages > 0 || !pages.changes.is_empty() {
            let changes = pages.changes.len();
            let words = if changes == 0 {
                "as accepted".to_owned()
            } else {
                format!("{} for `dechaff review`", count(changes, "change"))
            };
            let _ = writeln!(out, "{}: {words}", count(pages.pages, "page"));
        }
    }
}
