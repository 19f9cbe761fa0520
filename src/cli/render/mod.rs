//! What is printed of a cleaned document: the text itself, or a report on it.

mod columns;
mod diff;
mod json;
mod removed;
mod why;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::rc::Rc;

use dechaff::{Category, Cleaned, Cleaner, Cut, Line, RuleId, RuleInfo, Verdict};

use super::args::Format;
pub use columns::wrapped;
pub use why::shortened;

/// What the rules are called. Asked for by line, so each is made once.
#[derive(Debug)]
pub struct Names<'c> {
    cleaner: &'c Cleaner,
    known: RefCell<HashMap<RuleId, Rc<RuleInfo>>>,
}

impl<'c> Names<'c> {
    pub fn new(cleaner: &'c Cleaner) -> Self {
        Self { cleaner, known: RefCell::default() }
    }

    pub fn rule(&self, id: RuleId) -> Rc<RuleInfo> {
        Rc::clone(self.known.borrow_mut().entry(id).or_insert_with(|| Rc::new(self.cleaner.rule(id))))
    }

    /// The rules in use, for reports: the same digits, the same rules.
    pub fn fingerprint(&self) -> String {
        self.cleaner.fingerprint()
    }

    /// What a reader needs to get the same report again.
    pub fn provenance(&self) -> String {
        format!("dechaff {} (rules {})", env!("CARGO_PKG_VERSION"), self.fingerprint())
    }
}

/// A cleaned document, and how to speak of it.
#[derive(Debug)]
pub struct Report<'r> {
    /// The file as it was named, `-` for standard input.
    pub id: &'r str,
    /// Its number in the file, counted from 1, where there are several.
    pub document: Option<usize>,
    /// Whether there are other documents, so that this one has to be named.
    pub several: bool,
    pub cleaned: &'r Cleaned<'r>,
    pub names: &'r Names<'r>,
    /// A UTF-8 byte order mark stood before the text.
    pub had_bom: bool,
    pub color: bool,
}

pub fn render(format: Format, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text(report.cleaned, out),
        Format::Why => why::render(report, out),
        Format::Diff => diff::render(report, out),
        Format::Removed => removed::render(report.cleaned, out),
        Format::Json => json::render(report, out),
    }
}

/// What stays, straight from the input.
fn text(cleaned: &Cleaned<'_>, out: &mut dyn Write) -> io::Result<()> {
    if !cleaned.changed() {
        return out.write_all(cleaned.input().as_bytes());
    }
    cleaned.kept().try_for_each(|span| out.write_all(cleaned.input()[span].as_bytes()))
}

/// Every line with the stretches that were cut out of it (none, unless its verdict is [`Verdict::Cut`]).
pub fn lines_with_cuts<'c>(cleaned: &'c Cleaned<'_>) -> impl Iterator<Item = (&'c Line, &'c [Cut])> {
    let mut rest = cleaned.cuts();
    cleaned.lines().iter().map(move |line| {
        let before = rest.iter().take_while(|cut| cut.span.start < line.span.end).count();
        let (here, after) = rest.split_at(before);
        rest = after;
        // A line that went after it had been cut went as a whole.
        (line, if line.verdict == Verdict::Cut { here } else { &[] })
    })
}

/// The line without its end.
fn content(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// `1 line`, `2 lines`.
pub fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// What happened to a document, in one line: for `--dry-run`, and below `why`.
pub fn summary(cleaned: &Cleaned<'_>, names: &Names<'_>) -> String {
    let lines = cleaned.lines();
    let removed = lines.iter().filter(|line| line.verdict == Verdict::Removed).count();
    let blank = lines.iter().filter(|line| line.verdict == Verdict::Blank).count();
    let cuts: usize = lines_with_cuts(cleaned).map(|(_, cuts)| cuts.len()).sum();
    let mut summary = match (removed, cuts) {
        (0, 0) => return format!("nothing to remove in {}", count(lines.len(), "line")),
        (0, cuts) => format!("{} in {}", count(cuts, "cut"), count(lines.len(), "line")),
        (removed, 0) => format!("{removed} of {} to remove", count(lines.len(), "line")),
        (removed, cuts) => format!("{removed} of {} to remove, {}", count(lines.len(), "line"), count(cuts, "cut")),
    };
    let categories: Vec<String> = by_category(cleaned, names)
        .into_iter()
        .map(|(category, lines)| if lines == 1 { category.to_string() } else { format!("{category} {lines}") })
        .collect();
    let _ = write!(summary, " ({}", categories.join(", "));
    if blank > 0 {
        let _ = write!(summary, "; and {}", count(blank, "blank line"));
    }
    summary.push(')');
    summary
}

/// Lines and cuts by category, the most frequent first. A line counts once in each category that claimed it.
pub fn by_category(cleaned: &Cleaned<'_>, names: &Names<'_>) -> Vec<(Category, usize)> {
    let mut counts: HashMap<Category, usize> = HashMap::new();
    for (line, cuts) in lines_with_cuts(cleaned) {
        let mut categories: Vec<Category> = cleaned.claims(line).iter().map(|id| names.rule(*id).category).collect();
        categories.sort_unstable();
        categories.dedup();
        categories.extend(cuts.iter().map(|cut| names.rule(cut.rule).category));
        for category in categories {
            *counts.entry(category).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(category, n)| (std::cmp::Reverse(*n), *category));
    counts
}
