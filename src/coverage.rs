//! Coverage: what each rule does on a corpus, what it costs, and whether it is needed.
//!
//! Cleaning a document says which rules removed a line. To say what a rule is worth takes two things more, which cleaning itself does not
//! do: counting how often each rule is *asked* and says no (its lookup led astray), and cleaning again without it, to see which lines only
//! this rule removes. Both happen here, so the normal path stays as fast as it is: it is compiled with a watcher that does nothing.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::cleaned::{Cleaned, RuleId, Verdict};
use crate::cleaner::{Cleaner, Facts};
use crate::document::Document;
use crate::matching::test::Bench;
use crate::matching::{self, Watch};
use crate::span;

/// What one rule did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines that it removed, or cut a part out of.
    pub lines: usize,
    /// Those of them that would have stayed without it.
    pub alone: usize,
    /// Documents in which it removed a line.
    pub documents: usize,
    /// How often it was asked about a line.
    pub asked: usize,
    /// How often the line was, by its text, what the rule is about; its place and neighbours may still have spoken against it.
    pub matched: usize,
    /// How long answering took.
    pub time: Duration,
}

impl Counts {
    /// The share of questions that were asked in vain, if any were asked.
    pub fn false_rate(&self) -> Option<f64> {
        (self.asked > 0).then(|| (self.asked - self.matched) as f64 / self.asked as f64)
    }
}

/// Counts over the documents of a corpus.
///
/// ```
/// use dechaff::{Cleaner, Facts, coverage::Coverage};
///
/// let cleaner = Cleaner::builder().build()?;
/// let mut coverage = Coverage::new(&cleaner);
/// coverage.add("Rain ahead\n\nShare this:\n\nIt will rain on Monday.\n", &Facts::default());
/// let (rule, counts) = coverage.rules().max_by_key(|(_, counts)| counts.lines).expect("rules");
/// assert_eq!((counts.lines, cleaner.rule(rule).category.as_str()), (1, "share"));
/// # Ok::<(), dechaff::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Coverage<'c> {
    cleaner: &'c Cleaner,
    counts: HashMap<RuleId, Counts>,
    /// Cleaners that lack one rule.
    without: HashMap<RuleId, Cleaner>,
    documents: usize,
    lines: usize,
    removed: usize,
}

impl<'c> Coverage<'c> {
    /// Starts counting, for the rules of a cleaner.
    pub fn new(cleaner: &'c Cleaner) -> Self {
        let counts = cleaner.rules().map(|rule| (rule, Counts::default())).collect();
        Coverage { cleaner, counts, without: HashMap::new(), documents: 0, lines: 0, removed: 0 }
    }

    /// Counts one document.
    pub fn add(&mut self, text: &str, facts: &Facts<'_>) {
        let mut clock = Clock { counts: &mut self.counts };
        survey(self.cleaner, text, facts, &mut clock);
        let cleaned = self.cleaner.clean_with(text, facts);
        self.documents += 1;
        self.lines += cleaned.lines().len();
        self.removed += cleaned.removed_lines();
        let mut by_rule: HashMap<RuleId, Vec<usize>> = HashMap::new();
        for (number, line) in cleaned.lines().iter().enumerate() {
            let cuts =
                cleaned.cuts().iter().filter(|cut| cut.span.start >= line.span.start && cut.span.start < line.span.end);
            let cuts = cuts.filter(|_| line.verdict == Verdict::Cut).map(|cut| cut.rule);
            for rule in cleaned.claims(line).iter().copied().chain(cuts) {
                by_rule.entry(rule).or_default().push(number);
            }
        }
        for (rule, mut lines) in by_rule {
            lines.dedup();
            let without = self.without.entry(rule).or_insert_with(|| self.cleaner.without(rule));
            let other = without.clean_with(text, facts);
            let stays = |cleaned: &Cleaned<'_>, line: usize| !is_gone(cleaned, line);
            let alone =
                (0..cleaned.lines().len()).filter(|line| !stays(&cleaned, *line) && stays(&other, *line)).count();
            let counts = self.counts.entry(rule).or_default();
            counts.lines += lines.len();
            counts.alone += alone;
            counts.documents += 1;
        }
    }

    /// What each rule in use did, in their order.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, Counts)> + '_ {
        self.cleaner.rules().map(|rule| (rule, self.counts.get(&rule).copied().unwrap_or_default()))
    }

    /// Documents counted.
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// Lines in them.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Lines that were removed.
    pub fn removed(&self) -> usize {
        self.removed
    }
}

/// Whether a line lost something to a rule.
fn is_gone(cleaned: &Cleaned<'_>, line: usize) -> bool {
    matches!(cleaned.lines()[line].verdict, Verdict::Removed | Verdict::Cut)
}

/// Counts and times what rules are asked.
struct Clock<'a> {
    counts: &'a mut HashMap<RuleId, Counts>,
}

impl Watch for Clock<'_> {
    fn ask(&mut self, rule: u32, question: impl FnOnce() -> bool) -> bool {
        let start = Instant::now();
        let answer = question();
        let time = start.elapsed();
        let counts = self.counts.entry(RuleId(rule)).or_default();
        counts.asked += 1;
        counts.matched += usize::from(answer);
        counts.time += time;
        answer
    }
}

/// Puts to every rule the questions that a first reading of a document puts to it.
pub(crate) fn survey(cleaner: &Cleaner, text: &str, facts: &Facts<'_>, watch: &mut impl Watch) {
    let rules = cleaner.rule_set();
    let document = Document::new(text);
    let mut bench = Bench::default();
    let hits = matching::find_watched(&document, rules, facts, &mut bench, watch);
    let units = document.units.len();
    let open = |unit: usize| !document.units[unit].protected;
    let mut ask = |rule: u32, unit: usize, bench: &mut Bench| {
        let (Some(segment), Some(record)) = (rules.segment(rule), rules.record(rule)) else { return };
        if matching::knows(record, facts) {
            watch.ask(rule, || matching::matches_text(record, segment, &document, unit as u32, bench));
        }
    };
    // Rules about a place are asked where that is.
    for (rule, _, corner) in rules.corners().iter().filter(|(rule, ..)| rules.is_active(*rule)) {
        let first = if corner.last_units > 0 { units.saturating_sub(corner.last_units as usize) } else { 0 };
        let end = if corner.first_units > 0 { units.min(corner.first_units as usize) } else { units };
        for unit in (first..end).filter(|unit| open(*unit)) {
            let (length, first) = bench.gate(unit);
            if corner.gate.admits_char(first) && length.may_fit(corner.gate.max_chars) {
                ask(*rule, unit, &mut bench);
            }
        }
    }
    // Rules that are led to by a line nearby are asked about the lines around it.
    for witness in &hits.witnesses {
        let Some(record) = rules.record(witness.rule) else { continue };
        for require in &record.require {
            let first = (witness.unit as usize).saturating_sub(require.after as usize);
            let end = units.min(witness.unit as usize + require.before as usize + 1);
            for unit in (first..end).filter(|unit| *unit != witness.unit as usize && open(*unit)) {
                ask(witness.rule, unit, &mut bench);
            }
        }
    }
    if rules.have_spans() {
        for unit in 0..units as u32 {
            for hit in matching::find_spans(&document, unit, rules, facts) {
                watch.ask(hit.rule, || !span::cuts(&document, rules, hit, &mut bench).is_empty());
            }
        }
    }
}
