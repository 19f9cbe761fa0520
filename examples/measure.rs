//! Measures the default packs on pages whose lines are labelled by hand, and counts what the packs hold, as Markdown:
//! `cargo run --release --example measure -- [LABELLED.jsonl]`. `docs/coverage.md` is its output.
//!
//! A record is `{"text", "noise": {"3": "byline", …}}`: lines are numbered from 1 over the non-blank lines of the text, and every line that is
//! not named is article. `lang` (else it is guessed) and `group` are optional. Lines labelled `either` or `caption`, and promotional prose
//! (`promo` of twelve words or more), count neither way: editors differ on them. Without a file, the labelled pages under `tests/pages`
//! are measured.
//!
//! A line that was cut by more than half counts as gone. Intervals are 95 %, by bootstrap over pages.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write;

use dechaff::{Category, Cleaner, Level, Verdict};
use serde_json::Value;

const ROUNDS: usize = 1000;

/// What a page says of each of its non-blank lines, and which levels remove it.
struct Page {
    lang: String,
    group: Option<String>,
    /// Category (`None` for article) and whether it is gone, by level.
    lines: Vec<(Option<String>, [bool; 3])>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let records = match std::env::args().nth(1) {
        Some(path) => {
            std::fs::read_to_string(&path)?.lines().map(serde_json::from_str).collect::<Result<Vec<_>, _>>()?
        }
        None => fixtures()?,
    };
    let mut cleaners = Vec::new();
    for level in Level::ALL {
        cleaners.push(Cleaner::builder().level(*level).build()?);
    }
    let pages = records.iter().map(|record| judge(record, &cleaners)).collect::<Result<Vec<_>, _>>()?;
    print!("{}", measured(&pages)?);
    print!("{}", holdings(&cleaners)?);
    Ok(())
}

/// The labelled pages of the tests, in the form of records.
fn fixtures() -> Result<Vec<Value>, Box<dyn Error>> {
    let mut paths: Vec<_> =
        std::fs::read_dir("tests/pages")?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|e| e == "txt"));
    paths.sort();
    let mut records = Vec::new();
    for path in paths {
        let labels = std::fs::read_to_string(path.with_extension("noise"))?;
        let text = std::fs::read_to_string(&path)?;
        // There, lines are numbered with the blank ones.
        let mut noise = serde_json::Map::new();
        for (line, category) in labels.lines().filter_map(|line| line.split_once('\t')) {
            let blank = text.lines().take(line.parse()?).filter(|line| line.trim().is_empty()).count();
            noise.insert((line.parse::<usize>()? - blank).to_string(), category.into());
        }
        records.push(serde_json::json!({ "text": text, "noise": noise }));
    }
    Ok(records)
}

fn judge(record: &Value, cleaners: &[Cleaner]) -> Result<Page, Box<dyn Error>> {
    let text = record["text"].as_str().ok_or("a record without \"text\"")?;
    let noise = record["noise"].as_object().ok_or("a record without \"noise\"")?;
    let lang =
        record["lang"].as_str().map(str::to_owned).or_else(|| whatlang::detect_lang(text).map(|l| l.code().to_owned()));
    let mut lines: Vec<(Option<String>, [bool; 3])> = Vec::new();
    for (number, cleaner) in cleaners.iter().enumerate() {
        let cleaned = cleaner.clean(text);
        let mut at = 0;
        for line in cleaned.lines() {
            let words = &text[line.span.clone()];
            if words.trim().is_empty() {
                continue;
            }
            if number == 0 {
                let label = noise.get(&(at + 1).to_string()).and_then(Value::as_str);
                let prose = label == Some("promo") && words.split_whitespace().count() >= 12;
                lines.push((if prose { Some("either".to_owned()) } else { label.map(str::to_owned) }, [false; 3]));
            }
            let cut: usize = cleaned
                .cuts()
                .iter()
                .map(|cut| &cut.span)
                .filter(|cut| cut.start >= line.span.start && cut.end <= line.span.end)
                .map(|cut| cut.len())
                .sum();
            lines[at].1[number] = line.verdict == Verdict::Removed || 2 * cut > words.trim().len();
            at += 1;
        }
    }
    let group = record["group"].as_str().map(str::to_owned);
    Ok(Page { lang: lang.unwrap_or_else(|| "?".to_owned()), group, lines })
}

/// Lines seen and lines gone, by level.
#[derive(Clone, Copy, Default)]
struct Tally {
    seen: usize,
    gone: [usize; 3],
}

impl Tally {
    fn of<'p>(pages: impl IntoIterator<Item = &'p Page>, wanted: impl Fn(Option<&str>) -> bool) -> Tally {
        let mut tally = Tally::default();
        for (label, gone) in pages.into_iter().flat_map(|page| &page.lines) {
            if matches!(label.as_deref(), Some("either" | "caption")) || !wanted(label.as_deref()) {
                continue;
            }
            tally.seen += 1;
            (0..3).for_each(|level| tally.gone[level] += usize::from(gone[level]));
        }
        tally
    }

    fn percent(&self, level: usize) -> f64 {
        100.0 * self.gone[level] as f64 / self.seen.max(1) as f64
    }
}

fn is_noise(label: Option<&str>) -> bool {
    label.is_some()
}

fn is_article(label: Option<&str>) -> bool {
    label.is_none()
}

fn measured(pages: &[Page]) -> Result<String, std::fmt::Error> {
    let mut out = String::from(
        "# What the default packs remove, and what they hold\n\nThe output of `cargo run --release --example measure -- LABELLED.jsonl`: see the head of `examples/measure.rs` for what a record holds and how lines count.\n",
    );
    writeln!(
        out,
        "Measured on {} pages, {} noise lines and {} article lines.\n",
        pages.len(),
        Tally::of(pages, is_noise).seen,
        Tally::of(pages, is_article).seen
    )?;
    writeln!(out, "## By level\n\n| pages | level | noise lines gone % | article lines lost % |\n|---|---|---|---|")?;
    let groups: BTreeSet<_> = pages.iter().filter_map(|page| page.group.as_deref()).collect();
    for group in std::iter::once(None).chain(groups.into_iter().map(Some)) {
        let some: Vec<_> = pages.iter().filter(|page| group.is_none() || page.group.as_deref() == group).collect();
        for (number, level) in Level::ALL.iter().enumerate() {
            let figure = |wanted: fn(Option<&str>) -> bool| {
                let (low, high) = interval(&some, wanted, number);
                format!("{:.2} ({low:.2}–{high:.2})", Tally::of(some.iter().copied(), wanted).percent(number))
            };
            writeln!(
                out,
                "| {} {} | {level} | {} | {} |",
                some.len(),
                group.unwrap_or("all"),
                figure(is_noise),
                figure(is_article)
            )?;
        }
    }
    let mut langs: BTreeMap<&str, Vec<&Page>> = BTreeMap::new();
    pages.iter().for_each(|page| langs.entry(&page.lang).or_default().push(page));
    let mut langs: Vec<_> = langs.into_iter().collect();
    langs.sort_by_key(|(lang, pages)| (std::cmp::Reverse(pages.len()), *lang));
    writeln!(
        out,
        "\n## By language and category\n\nNoise lines gone, percent, by level; for `article`, lines lost. Languages by their ISO 639-3 code.\n"
    )?;
    writeln!(out, "| language (pages) | category | lines | safe | normal | aggressive |\n|---|---|---|---|---|---|")?;
    for (lang, pages) in &langs {
        let mut row = |name: &str, tally: Tally| match tally.seen {
            0 => Ok(()),
            seen => writeln!(
                out,
                "| {lang} ({}) | {name} | {seen} | {:.1} | {:.1} | {:.1} |",
                pages.len(),
                tally.percent(0),
                tally.percent(1),
                tally.percent(2)
            ),
        };
        row("article", Tally::of(pages.iter().copied(), is_article))?;
        row("all noise", Tally::of(pages.iter().copied(), is_noise))?;
        for category in Category::ALL {
            row(category.as_str(), Tally::of(pages.iter().copied(), |label| label == Some(category.as_str())))?;
        }
    }
    Ok(out)
}

/// The 95 % interval of a share, over pages drawn anew.
fn interval(pages: &[&Page], wanted: fn(Option<&str>) -> bool, level: usize) -> (f64, f64) {
    let tallies: Vec<_> = pages.iter().map(|page| Tally::of([*page], wanted)).collect();
    // A linear congruential generator (Knuth's MMIX constants) is random enough to draw pages, and the same everywhere.
    let mut state = 1_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tallies[(state >> 33) as usize % tallies.len()]
    };
    let mut shares: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let mut sum = Tally::default();
            for _ in 0..pages.len() {
                let one = draw();
                sum.seen += one.seen;
                sum.gone[level] += one.gone[level];
            }
            sum.percent(level)
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    (shares[ROUNDS / 40], shares[ROUNDS - ROUNDS / 40])
}

/// Rules by category and level, and phrases by language and category.
fn holdings(cleaners: &[Cleaner]) -> Result<String, Box<dyn Error>> {
    let mut rules: BTreeMap<Category, [usize; 3]> = BTreeMap::new();
    let all = &cleaners[cleaners.len() - 1];
    for rule in all.rules().map(|id| all.rule(id)) {
        rules.entry(rule.category).or_default()[rule.level as usize] += 1;
    }
    let mut out = String::from("\n## Rules\n\n| category | safe | normal | aggressive |\n|---|---|---|---|\n");
    for (category, [safe, normal, aggressive]) in &rules {
        writeln!(out, "| {category} | {safe} | {normal} | {aggressive} |")?;
    }
    // A list counts for each category of which a rule of its pack uses it; most lists serve one.
    let mut phrases: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (_, text) in dechaff::default_packs() {
        let pack: toml_edit::DocumentMut = text.parse()?;
        let tables = |key: &str| pack.get(key).and_then(|item| item.as_array_of_tables()).into_iter().flatten();
        for list in tables("list") {
            let id = list.get("id").and_then(|id| id.as_str()).unwrap_or_default();
            let users: BTreeSet<_> = tables("rule")
                .filter(|rule| rule.to_string().contains(&format!("\"@{id}\"")))
                .filter_map(|rule| rule.get("category")?.as_str())
                .collect();
            for (lang, literals) in list.iter().filter_map(|(key, value)| Some((key, value.as_array()?))) {
                for user in &users {
                    *phrases.entry(lang.to_owned()).or_default().entry((*user).to_owned()).or_default() +=
                        literals.len();
                }
            }
        }
    }
    let used: Vec<_> =
        Category::ALL.iter().map(|c| c.as_str()).filter(|c| phrases.values().any(|by| by.contains_key(*c))).collect();
    writeln!(
        out,
        "\n## Phrases in lists, by language and category\n\n| language | {} |\n|---{}|",
        used.join(" | "),
        "|---".repeat(used.len())
    )?;
    for (lang, by) in &phrases {
        let cells: Vec<_> = used.iter().map(|c| by.get(*c).map_or(String::new(), usize::to_string)).collect();
        writeln!(out, "| {lang} | {} |", cells.join(" | "))?;
    }
    Ok(out)
}
