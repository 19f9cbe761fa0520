//! The cleaner: rules and options, put together once, and the way of one document through all steps.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::cleaned::{Cleaned, Cut, Line, RuleId, RuleInfo, Verdict};
use crate::document::Document;
use crate::error::BuildError;
use crate::explain::{Authors, Watch};
use crate::matching::test::Bench;
use crate::matching::{self, Hit};
use crate::model::{Category, Level};
use crate::rules::problem::nearest;
use crate::rules::record::Card;
use crate::rules::segment::Segment;
use crate::ruleset::RuleSet;
use crate::span::{self, SpanCut};
use crate::structure::{Claim, Structure};
use crate::{emit, rules};

/// The default packs, compiled by the build script.
pub(crate) static DEFAULT_RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/default-rules.bin"));

/// Span rules look at this many units from either end of a document. Noise that is glued to a paragraph stands there; and the rest of
/// a document, most of its bytes, is spared the search. A document on one line is looked at as a whole.
pub(crate) const SPAN_UNITS: usize = 3;

/// How often a document is read again after cuts; each time at least one byte has gone.
const MAX_READINGS: usize = 16;

/// What is known of a document beside its text. Rules may depend on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// The address it came from.
    pub url: Option<&'a str>,
    /// Its language, as an ISO 639-1 code or a tag that begins with one.
    pub lang: Option<&'a str>,
    /// Its title.
    pub title: Option<&'a str>,
}

/// Puts a [`Cleaner`] together.
#[derive(Debug, Clone)]
pub struct CleanerBuilder {
    level: Level,
    keep: Vec<Category>,
    remove: Vec<Category>,
    ignore: Vec<String>,
    only: Vec<String>,
    only_categories: Vec<Category>,
    default_rules: bool,
    files: Vec<(String, String)>,
}

impl Default for CleanerBuilder {
    fn default() -> Self {
        CleanerBuilder {
            level: Level::default(),
            keep: Vec::new(),
            remove: Vec::new(),
            ignore: Vec::new(),
            only: Vec::new(),
            only_categories: Vec::new(),
            default_rules: true,
            files: Vec::new(),
        }
    }
}

impl CleanerBuilder {
    /// Sets the level up to which rules are used; [`Level::Normal`] if not called.
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Never removes a line for this category's sake. A section of another category may still take it.
    pub fn keep(mut self, category: Category) -> Self {
        self.keep.push(category);
        self
    }

    /// Uses only rules of the categories given in calls of this.
    pub fn remove(mut self, category: Category) -> Self {
        self.remove.push(category);
        self
    }

    /// Leaves out a rule (`"pack/id"`) or a whole pack (`"pack"`).
    pub fn ignore(mut self, rule_or_pack: &str) -> Self {
        self.ignore.push(rule_or_pack.to_owned());
        self
    }

    /// Uses only the rules and packs named in calls of this.
    pub fn only(mut self, rule_or_pack: &str) -> Self {
        self.only.push(rule_or_pack.to_owned());
        self
    }

    /// Uses only the rules of this category, beside those that calls of [`Self::only`] name.
    pub fn only_category(mut self, category: Category) -> Self {
        self.only_categories.push(category);
        self
    }

    /// Whether the default packs are used; they are if this is not called.
    pub fn default_rules(mut self, on: bool) -> Self {
        self.default_rules = on;
        self
    }

    /// Adds the rules of one TOML text; errors call it `name`.
    pub fn rules(mut self, name: &str, toml: &str) -> Self {
        self.files.push((name.to_owned(), toml.to_owned()));
        self
    }

    /// Builds the cleaner.
    ///
    /// # Errors
    ///
    /// When rule files have mistakes (all of them are reported), when `ignore` or `only` name what does not exist, or when no rule is left.
    pub fn build(self) -> Result<Cleaner, BuildError> {
        let default = Segment::from_static(DEFAULT_RULES).map_err(|error| BuildError::Damaged(error.to_string()))?;
        let mut segments = Vec::new();
        if !self.files.is_empty() {
            let known = if self.default_rules { default.lists() } else { Vec::new() };
            let bytes = rules::load(&self.files, &known)
                .map_err(|problems| BuildError::Rules { problems, sources: self.files.clone() })?;
            segments.push(Segment::from_vec(bytes).map_err(|error| BuildError::Damaged(error.to_string()))?);
        }
        if self.default_rules {
            segments.insert(0, default);
        }
        let mut rules = RuleSet::new(segments);
        if let Some((first, twice)) = twins(&rules) {
            return Err(BuildError::DuplicateRule { id: first, pack: twice });
        }
        let ignored = select(&rules, &self.ignore)?;
        let wanted = select(&rules, &self.only)?;
        let mut left_out = vec![false; rules.len()];
        rules.retain(|number, card| {
            let by_category = self.remove.is_empty() || self.remove.contains(&card.category);
            // A rule that protects is not a category's claim.
            let by_name = (self.only.is_empty() && (card.keep || self.only_categories.is_empty()))
                || wanted[number as usize]
                || self.only_categories.contains(&card.category);
            left_out[number as usize] = ignored[number as usize] || !by_name;
            !left_out[number as usize]
                && (card.keep || (card.level <= self.level && by_category && !self.keep.contains(&card.category)))
        });
        if rules.active_count() == 0 {
            return Err(BuildError::NoRules);
        }
        let CleanerBuilder { level, keep, remove, default_rules, files, .. } = self;
        let authors = OnceLock::new();
        Ok(Cleaner::with(rules, Arc::new(Asked { level, keep, remove, default_rules, files, left_out, authors })))
    }
}

/// A rule of a later segment that has the id of an earlier one.
fn twins(rules: &RuleSet) -> Option<(String, String)> {
    if rules.segments().count() < 2 {
        return None;
    }
    let mut ids: Vec<_> = rules.ids().to_vec();
    ids.sort_unstable();
    let twice = ids.windows(2).find(|pair| pair[0] == pair[1])?;
    let pack = twice[0].split('/').next().unwrap_or_default().to_owned();
    Some((twice[0].clone(), pack))
}

/// Which rules the names mean, by rule number.
fn select(rules: &RuleSet, names: &[String]) -> Result<Vec<bool>, BuildError> {
    let mut chosen = vec![false; rules.len()];
    for name in names {
        let mut found = false;
        for (number, id) in rules.ids().iter().enumerate() {
            let is_meant = id == name || id.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/'));
            chosen[number] |= is_meant;
            found |= is_meant;
        }
        if !found {
            let packs = rules.ids().iter().filter_map(|id| id.split('/').next());
            let candidates = rules.ids().iter().map(String::as_str).chain(packs);
            let by_last = || rules.ids().iter().find(|id| id.ends_with(&format!("/{name}"))).map(String::as_str);
            let nearest = by_last().or_else(|| nearest(name, candidates)).map(str::to_owned);
            return Err(BuildError::UnknownRule { name: name.clone(), nearest });
        }
    }
    Ok(chosen)
}

/// What a cleaner was built from. Cleaning does not look at it; what explains does.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) level: Level,
    pub(crate) keep: Vec<Category>,
    pub(crate) remove: Vec<Category>,
    pub(crate) default_rules: bool,
    pub(crate) files: Vec<(String, String)>,
    /// Rules that `ignore` or `only` leave out, by number.
    pub(crate) left_out: Vec<bool>,
    /// The rules as they were written; read on first use.
    pub(crate) authors: OnceLock<Authors>,
}

#[derive(Debug)]
struct Shared {
    rules: RuleSet,
    levels: Vec<Level>,
    asked: Arc<Asked>,
}

/// Removes boilerplate from documents. Built once, cheap to clone, shared between threads.
///
/// ```
/// let cleaner = dechaff::Cleaner::builder().build()?;
/// let page = "Ferry to run for free\n\nThe ferry will carry people across for nothing, the council said on Monday.\n\nRead also: School wins prize\n";
/// let cleaned = cleaner.clean(page);
/// assert_eq!(cleaned.text(), "Ferry to run for free\n\nThe ferry will carry people across for nothing, the council said on Monday.\n");
/// # Ok::<(), dechaff::BuildError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cleaner {
    shared: Arc<Shared>,
}

impl Cleaner {
    /// Starts with the default packs at the default level.
    pub fn builder() -> CleanerBuilder {
        CleanerBuilder::default()
    }

    fn with(rules: RuleSet, asked: Arc<Asked>) -> Cleaner {
        Cleaner { shared: Arc::new(Shared { levels: rules.levels(), rules, asked }) }
    }

    pub(crate) fn ruleset(&self) -> &RuleSet {
        &self.shared.rules
    }

    pub(crate) fn asked(&self) -> &Asked {
        &self.shared.asked
    }

    /// The rules as they were written.
    pub(crate) fn authors(&self) -> &Authors {
        let asked = &self.shared.asked;
        asked.authors.get_or_init(|| {
            let defaults = if asked.default_rules { crate::default_packs() } else { &[] };
            let own = asked.files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            Authors::read(defaults.iter().copied().chain(own))
        })
    }

    /// The boldest level at which any rule stands.
    pub(crate) fn last_level(&self) -> Level {
        self.shared.levels.last().copied().unwrap_or_default()
    }

    /// A cleaner with the same rules, of which only some are on.
    pub(crate) fn subset(&self, wanted: impl FnMut(u32, Card) -> bool) -> Cleaner {
        Cleaner::with(self.shared.rules.only(wanted), Arc::clone(&self.shared.asked))
    }

    /// A cleaner with the same rules but for one.
    #[cfg(feature = "authoring")]
    pub(crate) fn without(&self, rule: RuleId) -> Cleaner {
        let rules = &self.shared.rules;
        self.subset(|number, _| number != rule.0 && rules.is_active(number))
    }

    #[cfg(feature = "authoring")]
    pub(crate) fn rule_set(&self) -> &RuleSet {
        &self.shared.rules
    }

    /// Cleans one document. Linear in its length; the text must have no byte order mark.
    pub fn clean<'t>(&self, text: &'t str) -> Cleaned<'t> {
        self.clean_with(text, &Facts::default())
    }

    /// Cleans one document of which more is known than its text.
    pub fn clean_with<'t>(&self, text: &'t str, facts: &Facts<'_>) -> Cleaned<'t> {
        self.clean_watched(text, facts, None)
    }

    /// Cleans one document while somebody may look on.
    pub(crate) fn clean_watched<'t>(
        &self,
        text: &'t str,
        facts: &Facts<'_>,
        mut watch: Option<&mut Watch<'_>>,
    ) -> Cleaned<'t> {
        let mut bench = Bench::default();
        let source = Document::new(text);
        let mut record = Findings::new(&source);
        let mut reading = Reading { text: Cow::Borrowed(text), stretches: std::iter::once(0..text.len()).collect() };
        for _ in 0..MAX_READINGS {
            let again = if reading.stretches.len() == 1 && reading.text.len() == text.len() {
                self.read(&source, facts, &reading, &mut record, &mut bench, watch.as_deref_mut())
            } else {
                let document = Document::new(&reading.text);
                self.read(&document, facts, &reading, &mut record, &mut bench, watch.as_deref_mut())
            };
            if !again {
                break;
            }
            reading = record.reread(&source);
        }
        record.into_cleaned(&source)
    }

    /// Takes one reading of a document through the levels; whether what is left has to be read again.
    fn read(
        &self,
        document: &Document<'_>,
        facts: &Facts<'_>,
        reading: &Reading<'_>,
        findings: &mut Findings,
        bench: &mut Bench,
        watch: Option<&mut Watch<'_>>,
    ) -> bool {
        let rules = &self.shared.rules;
        let hits = matching::find(document, rules, facts, bench);
        findings.wrapped |= document.wrapped;
        for keep in &hits.keeps {
            findings.protect(document, keep.unit, RuleId(keep.rule), reading);
        }
        let mut structure = Structure::new(document, rules, &hits, facts);
        let (mut again, mut spans) = (false, HashMap::new());
        for level in &self.shared.levels {
            let before = structure.removed.len();
            structure.settle(*level, bench);
            let cut = self.cut(document, facts, &structure, *level, &mut spans, reading, findings, bench);
            // Where paragraphs were put together by the look of the whole, the whole may look different now. The next level waits for
            // that, so that it starts from what the level below leaves.
            again = cut || (document.wrapped && structure.removed.len() > before);
            if again {
                break;
            }
        }
        for claim in &structure.removed {
            findings.remove(document, *claim, reading);
        }
        findings.braked = structure.braked.iter().copied().map(RuleId).collect();
        if let Some(watch) = watch {
            watch.look(&mut structure, facts, reading, findings, bench);
        }
        again
    }

    /// Lets the span rules of a level cut; whether any did.
    #[expect(clippy::too_many_arguments, reason = "one step of `read`, with all that it holds")]
    fn cut(
        &self,
        document: &Document<'_>,
        facts: &Facts<'_>,
        structure: &Structure<'_, '_>,
        level: Level,
        spans: &mut HashMap<u32, Vec<Hit>>,
        reading: &Reading<'_>,
        findings: &mut Findings,
        bench: &mut Bench,
    ) -> bool {
        let rules = &self.shared.rules;
        let due = |rule: u32| rules.card(rule).is_some_and(|card| card.level <= level);
        let mut found: Vec<SpanCut> = Vec::new();
        if rules.have_spans() {
            for unit in structure.ends(SPAN_UNITS) {
                // A unit's text is the same at every level.
                let hits = spans.entry(unit).or_insert_with(|| matching::find_spans(document, unit, rules, facts));
                for hit in hits.iter().filter(|hit| due(hit.rule)) {
                    found.extend(span::cuts(document, rules, *hit, bench));
                }
            }
        }
        found.iter().for_each(|cut| findings.cut(document, cut, reading));
        !found.is_empty()
    }

    /// What reports say of a rule.
    pub fn rule(&self, id: RuleId) -> RuleInfo {
        let rules = &self.shared.rules;
        let card = rules.card(id.0);
        RuleInfo {
            id: rules.ids().get(id.0 as usize).cloned().unwrap_or_default(),
            category: card.map_or(Category::Other, |card| card.category),
            level: card.map_or(Level::Normal, |card| card.level),
            title: rules.record(id.0).map(|record| record.title.clone()).unwrap_or_default(),
        }
    }

    /// The rules in use, in order.
    pub fn rules(&self) -> impl Iterator<Item = RuleId> + '_ {
        (0..self.shared.rules.len() as u32).filter(|rule| self.shared.rules.is_active(*rule)).map(RuleId)
    }

    /// The number of rules in use.
    pub fn rule_count(&self) -> usize {
        self.shared.rules.active_count()
    }

    /// 16 hex digits over the rules in use: the same digits mean the same rules.
    pub fn fingerprint(&self) -> String {
        self.shared.rules.fingerprint()
    }
}

/// What one reading of a document sees, and where it stands in the source: stretches of the source, in order.
pub(crate) struct Reading<'t> {
    text: Cow<'t, str>,
    stretches: Vec<Range<usize>>,
}

impl Reading<'_> {
    /// What a stretch of the source has become in the reading.
    pub(crate) fn of_source(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut at = 0;
        let mut found = Vec::new();
        for stretch in &self.stretches {
            let (from, to) = (range.start.max(stretch.start), range.end.min(stretch.end));
            if from < to {
                found.push(at + from - stretch.start..at + to - stretch.start);
            }
            at += stretch.len();
        }
        found
    }

    /// The stretches of the source that a stretch of the reading is made of.
    pub(crate) fn in_source(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut at = 0;
        let mut found = Vec::new();
        for stretch in &self.stretches {
            let (from, to) = (range.start.max(at), range.end.min(at + stretch.len()));
            if from < to {
                found.push(stretch.start + from - at..stretch.start + to - at);
            }
            at += stretch.len();
            if at >= range.end {
                break;
            }
        }
        found
    }
}

/// What has been decided so far, in terms of the source.
pub(crate) struct Findings {
    /// For each claim on a line of the source: the line and the rule.
    claims: Vec<(usize, RuleId)>,
    gone: Vec<bool>,
    cuts: Vec<Cut>,
    braked: Vec<RuleId>,
    /// Lines that a `keep` rule protects.
    protections: Vec<(usize, RuleId)>,
    wrapped: bool,
    /// Where the lines of the source start.
    starts: Vec<usize>,
}

impl Findings {
    fn new(source: &Document<'_>) -> Self {
        let starts = source.lines.iter().map(|line| line.start).collect();
        Findings {
            claims: Vec::new(),
            gone: vec![false; source.lines.len()],
            cuts: Vec::new(),
            braked: Vec::new(),
            protections: Vec::new(),
            wrapped: false,
            starts,
        }
    }

    /// The line of the source at a byte of it.
    pub(crate) fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn remove(&mut self, document: &Document<'_>, claim: Claim, reading: &Reading<'_>) {
        let unit = document.units[claim.unit as usize];
        for stretch in reading.in_source(unit.start..unit.end) {
            for line in self.line_at(stretch.start)..=self.line_at(stretch.end - 1) {
                self.gone[line] = true;
                self.claims.push((line, RuleId(claim.rule)));
            }
        }
    }

    fn protect(&mut self, document: &Document<'_>, unit: u32, rule: RuleId, reading: &Reading<'_>) {
        let unit = document.units[unit as usize];
        for stretch in reading.in_source(unit.start..unit.end) {
            self.protections.push((self.line_at(stretch.start), rule));
        }
    }

    fn cut(&mut self, document: &Document<'_>, cut: &SpanCut, reading: &Reading<'_>) {
        let unit = document.units[cut.unit as usize];
        let is_blank = |range: Range<usize>| crate::view::is_blank(&document.text[range]);
        if is_blank(unit.start..cut.range.start) && is_blank(cut.range.end..unit.end) {
            // Nothing would be left but an empty line.
            self.remove(document, Claim { unit: cut.unit, rule: cut.rule }, reading);
            return;
        }
        let parts = reading.in_source(cut.range.clone());
        self.cuts.extend(parts.into_iter().map(|span| Cut { span, rule: RuleId(cut.rule) }));
    }

    /// Cuts in order, overlaps merged.
    fn cut_ranges(&self) -> Vec<Range<usize>> {
        let mut ranges: Vec<_> = self.cuts.iter().map(|cut| cut.span.clone()).collect();
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        ranges.dedup_by(|next, last| {
            let overlap = next.start <= last.end;
            if overlap {
                last.end = last.end.max(next.end);
            }
            overlap
        });
        ranges
    }

    /// What is left, as the next reading.
    fn reread(&self, source: &Document<'_>) -> Reading<'static> {
        let mut gone = self.gone.clone();
        emit::tidy(source, &mut gone);
        let stretches = emit::kept(source, &gone, &self.cut_ranges());
        let text = stretches.iter().map(|range| &source.text[range.clone()]).collect::<String>();
        Reading { text: Cow::Owned(text), stretches }
    }

    fn into_cleaned<'t>(mut self, source: &Document<'t>) -> Cleaned<'t> {
        let removed = self.gone.clone();
        let mut gone = std::mem::take(&mut self.gone);
        emit::tidy(source, &mut gone);
        let ranges = self.cut_ranges();
        let kept = emit::kept(source, &gone, &ranges);
        self.cuts
            .retain(|cut| !removed[self.starts.partition_point(|start| *start <= cut.span.start).saturating_sub(1)]);
        self.cuts.sort_unstable_by_key(|cut| (cut.span.start, cut.span.end, cut.rule));
        self.claims.sort_unstable();
        self.claims.dedup();
        let mut lines = Vec::with_capacity(source.lines.len());
        let (mut claim, mut next_cut) = (0, 0);
        for (number, gone) in gone.iter().enumerate() {
            let span = source.line_range(number);
            let first = claim;
            while claim < self.claims.len() && self.claims[claim].0 == number {
                claim += 1;
            }
            while next_cut < ranges.len() && ranges[next_cut].end <= span.start {
                next_cut += 1;
            }
            let is_cut = ranges.get(next_cut).is_some_and(|cut| cut.start < span.end);
            let verdict = match () {
                () if removed[number] => Verdict::Removed,
                () if *gone => Verdict::Blank,
                () if is_cut => Verdict::Cut,
                () => Verdict::Kept,
            };
            lines.push(Line { span, verdict, claims: first as u32..claim as u32 });
        }
        self.protections.sort_unstable();
        self.protections.dedup();
        let claims = self.claims.into_iter().map(|(_, rule)| rule).collect();
        Cleaned {
            input: source.text,
            lines,
            claims,
            cuts: self.cuts,
            kept,
            braked: self.braked,
            protections: self.protections,
            wrapped: self.wrapped,
        }
    }
}
