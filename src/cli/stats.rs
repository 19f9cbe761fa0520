//! `--stats`: what a run did, counted. It goes to standard error, as standard output is data.

use std::collections::HashMap;
use std::fmt::Write as _;

use dechaff::{Category, Cleaned, RuleId, Verdict};

use super::render::{Names, by_category, count};

#[derive(Debug, Default)]
pub struct Stats {
    /// Inputs and documents that could not be cleaned.
    pub failed: usize,
    /// Documents that lost something.
    pub changed: usize,
    documents: usize,
    lines: usize,
    bytes: usize,
    removed: usize,
    blank: usize,
    cuts: usize,
    bytes_kept: usize,
    braked: usize,
    wrapped: usize,
    categories: HashMap<Category, usize>,
    rules: HashMap<RuleId, usize>,
}

impl Stats {
    /// Counts a document; everything but whether it changed only if `all`, as nobody else asks.
    pub fn add(&mut self, cleaned: &Cleaned<'_>, names: &Names<'_>, all: bool) {
        if !all {
            self.changed += usize::from(cleaned.changed());
            return;
        }
        self.documents += 1;
        self.lines += cleaned.lines().len();
        self.bytes += cleaned.input().len();
        self.wrapped += usize::from(cleaned.wrapped());
        self.braked += usize::from(!cleaned.braked().is_empty());
        if !cleaned.changed() {
            self.bytes_kept += cleaned.input().len();
            return;
        }
        self.changed += 1;
        self.bytes_kept += cleaned.kept().map(|span| span.len()).sum::<usize>();
        for (line, cuts) in super::render::lines_with_cuts(cleaned) {
            self.removed += usize::from(line.verdict == Verdict::Removed);
            self.blank += usize::from(line.verdict == Verdict::Blank);
            self.cuts += cuts.len();
            for id in cleaned.claims(line).iter().copied().chain(cuts.iter().map(|cut| cut.rule)) {
                *self.rules.entry(id).or_default() += 1;
            }
        }
        for (category, n) in by_category(cleaned, names) {
            *self.categories.entry(category).or_default() += n;
        }
    }

    pub fn to_text(&self, names: &Names<'_>) -> String {
        let mut text = format!(
            "dechaff: {}, {} changed, {} failed\n",
            count(self.documents, "document"),
            self.changed,
            self.failed
        );
        let mut row = |name: &str, n: usize| {
            let _ = writeln!(text, "  {name:<32} {n:>12}");
        };
        row("bytes in", self.bytes);
        row("bytes kept", self.bytes_kept);
        row("lines in", self.lines);
        row("lines removed", self.removed);
        row("blank lines removed with them", self.blank);
        row("cuts inside lines", self.cuts);
        row("hard-wrapped documents", self.wrapped);
        row("documents where the brake held", self.braked);
        let mut categories: Vec<_> = self.categories.iter().map(|(category, n)| (category.as_str(), *n)).collect();
        categories.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
        for (name, n) in categories {
            row(&format!("category {name}"), n);
        }
        let mut rules: Vec<_> = self.rules.iter().map(|(id, n)| (names.rule(*id).id.clone(), *n)).collect();
        rules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        for (name, n) in rules {
            row(&format!("rule {name}"), n);
        }
        let _ = writeln!(text, "  {}", names.provenance());
        text
    }
}
