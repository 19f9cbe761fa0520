//! `dechaff coverage CORPUS…`: what each rule does on documents, what it costs, and whether it is needed.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use dechaff::Facts;
use dechaff::coverage::{Counts, Coverage};
use serde_json::json;

use super::corpus::Corpus;
use super::diagnostics::{Failure, Talk};
use super::project::{Project, RuleArgs};
use super::render::{count, shortened};
use super::{Outcome, print};

/// Measure what each rule does on documents, and what it costs
///
/// LINES it removed; how many of them ONLY this rule removes (they stay when the documents are cleaned without it); how
/// often it was ASKED about a line; the share of questions asked in VAIN, as the line was not what the rule is about;
/// and the TIME that answering took. Rules that did nothing are listed below.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Documents, or directories of them
    #[arg(value_name = "CORPUS", required = true, value_hint = ValueHint::AnyPath)]
    corpus: Vec<PathBuf>,

    /// Which rules come first
    #[arg(long, value_name = "COLUMN", value_enum, default_value_t = Sort::Lines)]
    sort: Sort,

    /// How to show it
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,

    #[command(flatten)]
    rules: RuleArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// Lines removed
    Lines,
    /// Lines that only this rule removes
    Only,
    /// Questions
    Asked,
    /// Questions in vain
    Vain,
    /// Time
    Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for a terminal
    Table,
    /// One JSON object
    Json,
}

pub fn run(args: &Args, talk: &Talk) -> Result<Outcome, Failure> {
    let project = Project::load(&args.rules)?;
    let cleaner = project.cleaner(None)?;
    let lang = project.lang(None);
    let facts = Facts { lang: lang.as_deref(), ..Facts::default() };
    let mut corpus = Corpus::open(&args.corpus)?;
    let mut coverage = Coverage::new(&cleaner);
    corpus.each(talk, |page| coverage.add(&page.text, &facts));
    let mut rules: Vec<(String, Counts)> =
        coverage.rules().map(|(rule, counts)| (cleaner.rule(rule).id, counts)).collect();
    rules.sort_by_key(|(_, counts)| {
        std::cmp::Reverse(match args.sort {
            Sort::Lines => counts.lines,
            Sort::Only => counts.alone,
            Sort::Asked => counts.asked,
            Sort::Vain => counts.asked - counts.matched,
            Sort::Time => counts.time.as_nanos() as usize,
        })
    });
    let text = match args.format {
        Format::Table => table(&rules, &coverage, talk.colored(&std::io::stdout())),
        Format::Json => json_text(&rules, &coverage),
    };
    print(text.as_bytes())?;
    Ok(if corpus.failed > 0 { Outcome::Failed } else { Outcome::Done })
}

fn table(rules: &[(String, Counts)], coverage: &Coverage<'_>, color: bool) -> String {
    let bold = if color { anstyle::Style::new().bold() } else { anstyle::Style::new() };
    let mut text = String::new();
    let shown = |counts: &Counts| counts.lines > 0 || counts.asked > 0;
    let width =
        rules.iter().filter(|(_, c)| shown(c)).map(|(id, _)| id.chars().count()).max().unwrap_or(4).clamp(4, 38);
    let _ = writeln!(
        text,
        "{bold}{:<width$} {:>7} {:>6} {:>9} {:>5} {:>9}{bold:#}",
        "RULE", "LINES", "ONLY", "ASKED", "VAIN", "TIME"
    );
    for (id, counts) in rules.iter().filter(|(_, counts)| shown(counts)) {
        let vain = counts.false_rate().map(|rate| format!("{:.0} %", rate * 100.0)).unwrap_or_default();
        let time = format!("{:.1} ms", counts.time.as_secs_f64() * 1000.0);
        let id = shortened(id, width);
        let _ = writeln!(
            text,
            "{id:<width$} {:>7} {:>6} {:>9} {vain:>5} {time:>9}",
            counts.lines, counts.alone, counts.asked
        );
    }
    let idle: Vec<&str> = rules.iter().filter(|(_, counts)| counts.lines == 0).map(|(id, _)| id.as_str()).collect();
    if !idle.is_empty() {
        let _ = writeln!(text, "\n{bold}removed nothing ({}){bold:#}", count(idle.len(), "rule"));
        let mut line = String::from(" ");
        for id in idle {
            if line.chars().count() + 1 + id.chars().count() > 80 {
                let _ = writeln!(text, "{line}");
                line = String::from(" ");
            }
            line.push(' ');
            line.push_str(id);
        }
        let _ = writeln!(text, "{line}");
    }
    let only: usize = rules.iter().map(|(_, counts)| counts.alone).sum();
    let _ = writeln!(
        text,
        "\n{}, {}, {} removed, {only} of them by a single rule",
        count(coverage.documents(), "document"),
        count(coverage.lines(), "line"),
        coverage.removed(),
    );
    text
}

fn json_text(rules: &[(String, Counts)], coverage: &Coverage<'_>) -> String {
    let one = |(id, counts): &(String, Counts)| {
        json!({
            "id": id,
            "lines": counts.lines,
            "only": counts.alone,
            "documents": counts.documents,
            "asked": counts.asked,
            "matched": counts.matched,
            "false-rate": counts.false_rate(),
            "nanoseconds": counts.time.as_nanos() as u64,
        })
    };
    let report = json!({
        "documents": coverage.documents(),
        "lines": coverage.lines(),
        "removed": coverage.removed(),
        "rules": rules.iter().map(one).collect::<Vec<_>>(),
    });
    format!("{report:#}\n")
}
