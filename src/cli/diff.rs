//! `dechaff diff OLD NEW CORPUS…`: what a change of rules does to documents.

mod side;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use dechaff::{Cleaned, Cleaner, Level, RuleId, Verdict};
use serde_json::json;

use super::corpus::{Corpus, Page};
use super::diagnostics::{Failure, Talk};
use super::project::level_parser;
use super::render::{count, shortened};
use super::{Outcome, print};

const WIDTH: usize = 80;

/// Show which lines a change of rules removes, or leaves, that were left, or removed, before
///
/// OLD and NEW are each a rule file or a directory of them, a configuration (dechaff.toml), `default` for the rules
/// that are built in, or a revision of the git repository here, of which the rule files in --rules-dir are taken. Rule
/// files stand beside the default packs, unless one of them has the id of a default pack: then they are versions of these,
/// and stand alone.
///
/// Exit status: 0 done; 1 a document of --must-keep loses a line that OLD left; 2 something could not be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The rules as they were
    #[arg(value_name = "OLD")]
    old: String,

    /// The rules as they are
    #[arg(value_name = "NEW")]
    new: String,

    /// Documents, or directories of them
    #[arg(value_name = "CORPUS", required = true, value_hint = ValueHint::AnyPath)]
    corpus: Vec<PathBuf>,

    /// Documents that must not lose a line (repeatable)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    must_keep: Vec<PathBuf>,

    /// Where a revision has its rule files
    #[arg(long, value_name = "DIR", default_value = "rules")]
    rules_dir: String,

    /// Do not add the default packs to rule files
    #[arg(long)]
    no_default_rules: bool,

    /// How far to go, on both sides; a configuration knows its own level
    #[arg(short, long, value_name = "LEVEL", value_parser = level_parser())]
    level: Option<Level>,

    /// Lines shown of each rule; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    lines: usize,

    /// How to show it
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines by rule, with counts
    Text,
    /// One JSON object
    Json,
}

/// A line whose verdict changed.
#[derive(Debug)]
struct Change {
    file: String,
    line: usize,
    text: String,
    /// The other rules that claim it.
    also: Vec<String>,
}

/// What happened to the lines of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Stayed, goes now.
    Removed,
    /// Went, stays now.
    Kept,
    /// Another part of it is cut out.
    Cut,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Removed => "removed now",
            Self::Kept => "kept now",
            Self::Cut => "cut differently",
        }
    }

    fn mark(self) -> char {
        match self {
            Self::Removed => '-',
            Self::Kept => '+',
            Self::Cut => '~',
        }
    }
}

#[derive(Debug, Default)]
struct Report {
    groups: BTreeMap<(String, Kind), Vec<Change>>,
    /// Lines of must-keep documents that NEW removes and OLD left.
    lost: Vec<(String, Change)>,
    documents: usize,
    changed: usize,
    lines: usize,
}

pub fn run(args: &Args, talk: &Talk) -> Result<Outcome, Failure> {
    let sides = side::Options { rules_dir: &args.rules_dir, defaults: !args.no_default_rules, level: args.level };
    let old = sides.cleaner(&args.old)?;
    let new = sides.cleaner(&args.new)?;
    let mut corpus = Corpus::open(&args.corpus)?;
    let mut must_keep = Corpus::open(&args.must_keep)?;
    let mut report = Report::default();
    corpus.each(talk, |page| report.compare(&page, &old, &new));
    must_keep.each(talk, |page| report.lose(&page, &old, &new));
    let text = match args.format {
        Format::Text => report.text(args.lines, talk.colored(&std::io::stdout())),
        Format::Json => report.json(),
    };
    print(text.as_bytes())?;
    if !args.must_keep.is_empty() {
        talk.note(format_args!("must-keep: {} lost", count(report.lost.len(), "line")));
    }
    Ok(match () {
        () if corpus.failed + must_keep.failed > 0 => Outcome::Failed,
        () if !report.lost.is_empty() => Outcome::Findings,
        () => Outcome::Done,
    })
}

/// Rules that took something of a line: the first, and the others.
fn rules(cleaned: &Cleaned<'_>, cleaner: &Cleaner, line: usize) -> (String, Vec<String>) {
    let place = &cleaned.lines()[line];
    let cuts = cleaned.cuts().iter().filter(|cut| place.span.contains(&cut.span.start)).map(|cut| cut.rule);
    let all: Vec<RuleId> = match place.verdict {
        Verdict::Removed => cleaned.claims(place).to_vec(),
        _ => cuts.collect(),
    };
    let mut names = all.into_iter().map(|rule| cleaner.rule(rule).id);
    (names.next().unwrap_or_else(|| "(no rule)".to_owned()), names.collect())
}

/// A verdict as far as it is a rule's: a blank line goes with its neighbours.
fn verdict(cleaned: &Cleaned<'_>, line: usize) -> Verdict {
    match cleaned.lines()[line].verdict {
        Verdict::Blank => Verdict::Kept,
        other => other,
    }
}

/// What is cut out of a line.
fn cuts(cleaned: &Cleaned<'_>, line: usize) -> Vec<std::ops::Range<usize>> {
    let span = &cleaned.lines()[line].span;
    cleaned.cuts().iter().map(|cut| cut.span.clone()).filter(|cut| span.contains(&cut.start)).collect()
}

fn change(page: &Page, cleaned: &Cleaned<'_>, line: usize, also: Vec<String>) -> Change {
    let text = cleaned.input()[cleaned.lines()[line].span.clone()].trim().to_owned();
    Change { file: page.name.clone(), line: line + 1, text, also }
}

impl Report {
    fn compare(&mut self, page: &Page, old: &Cleaner, new: &Cleaner) {
        let (before, after) = (old.clean(&page.text), new.clean(&page.text));
        self.documents += 1;
        self.lines += before.lines().len();
        let mut differs = false;
        for line in 0..before.lines().len() {
            let (kind, cleaned, cleaner) = match (verdict(&before, line), verdict(&after, line)) {
                (Verdict::Cut, Verdict::Cut) if cuts(&before, line) == cuts(&after, line) => continue,
                (a, b) if a == b && a != Verdict::Cut => continue,
                (_, Verdict::Removed) => (Kind::Removed, &after, new),
                (Verdict::Removed, _) => (Kind::Kept, &before, old),
                (_, Verdict::Cut) => (Kind::Cut, &after, new),
                _ => (Kind::Cut, &before, old),
            };
            let (rule, also) = rules(cleaned, cleaner, line);
            self.groups.entry((rule, kind)).or_default().push(change(page, cleaned, line, also));
            differs = true;
        }
        self.changed += usize::from(differs);
    }

    fn lose(&mut self, page: &Page, old: &Cleaner, new: &Cleaner) {
        let (before, cleaned) = (old.clean(&page.text), new.clean(&page.text));
        let is_lost =
            |line: &usize| verdict(&before, *line) == Verdict::Kept && verdict(&cleaned, *line) != Verdict::Kept;
        for line in (0..cleaned.lines().len()).filter(is_lost) {
            let (rule, also) = rules(&cleaned, new, line);
            self.lost.push((rule, change(page, &cleaned, line, also)));
        }
    }

    fn total(&self, kind: Kind) -> usize {
        self.groups.iter().filter(|((_, of), _)| *of == kind).map(|(_, changes)| changes.len()).sum()
    }

    fn text(&self, limit: usize, color: bool) -> String {
        use anstyle::{AnsiColor, Style};
        let paint = |style: Style| if color { style } else { Style::new() };
        let bold = paint(Style::new().bold());
        let mut text = String::new();
        let row = |text: &mut String, mark: char, style: Style, change: &Change| {
            let place = format!("{mark} {}:{}: ", change.file, change.line);
            let room = WIDTH.saturating_sub(place.chars().count()).max(24);
            let _ = writeln!(text, "{style}{place}{}{style:#}", shortened(&change.text, room));
        };
        for ((rule, kind), changes) in &self.groups {
            let style = paint(match kind {
                Kind::Removed => AnsiColor::Red.on_default(),
                Kind::Kept => AnsiColor::Green.on_default(),
                Kind::Cut => AnsiColor::Yellow.on_default(),
            });
            let _ = writeln!(text, "{bold}{rule}: {} {}{bold:#}", count(changes.len(), "line"), kind.words());
            let shown = if limit == 0 { changes.len() } else { limit };
            changes.iter().take(shown).for_each(|change| row(&mut text, kind.mark(), style, change));
            if changes.len() > shown {
                let _ = writeln!(text, "  … and {} more (--lines 0 shows all)", changes.len() - shown);
            }
            text.push('\n');
        }
        if !self.lost.is_empty() {
            let _ = writeln!(text, "{bold}must-keep documents lose {}{bold:#}", count(self.lost.len(), "line"));
            for (rule, change) in &self.lost {
                let _ = writeln!(text, "  by {rule}:");
                row(&mut text, '!', paint(AnsiColor::Red.on_default()), change);
            }
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "{} removed, {} kept, {} cut differently; {} of {} changed ({})",
            self.total(Kind::Removed),
            self.total(Kind::Kept),
            self.total(Kind::Cut),
            self.changed,
            count(self.documents, "document"),
            count(self.lines, "line"),
        );
        text
    }

    fn json(&self) -> String {
        let one = |change: &Change| json!({ "file": change.file, "line": change.line, "text": change.text, "also": change.also });
        let groups: Vec<_> = self
            .groups
            .iter()
            .map(|((rule, kind), changes)| {
                let kind = match kind {
                    Kind::Removed => "removed",
                    Kind::Kept => "kept",
                    Kind::Cut => "cut",
                };
                json!({ "rule": rule, "change": kind, "count": changes.len(), "lines": changes.iter().map(one).collect::<Vec<_>>() })
            })
            .collect();
        let lost: Vec<_> =
            self.lost.iter().map(|(rule, change)| json!({ "rule": rule, "line": one(change) })).collect();
        let report = json!({
            "documents": self.documents,
            "changed": self.changed,
            "lines": self.lines,
            "removed": self.total(Kind::Removed),
            "kept": self.total(Kind::Kept),
            "cut": self.total(Kind::Cut),
            "groups": groups,
            "must-keep-lost": lost,
        });
        format!("{report:#}\n")
    }
}
