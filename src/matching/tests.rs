//! The lanes against asking every rule: a trigger may be hit in vain, and must never be missed.

use super::*;
use crate::cleaner::DEFAULT_RULES;
use proptest::prelude::*;
use std::sync::LazyLock;

static RULES: LazyLock<RuleSet> =
    LazyLock::new(|| RuleSet::new(vec![Segment::from_static(DEFAULT_RULES).expect("the default packs")]));

/// Lines in which many rules find something: all strings of all packs, phrases and examples alike, and the fixtures.
static LINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    fn collect(directory: &std::path::Path, lines: &mut Vec<String>) {
        for path in std::fs::read_dir(directory).expect("a directory").map(|e| e.expect("an entry").path()) {
            if path.is_dir() {
                collect(&path, lines);
            } else if path.extension().is_some_and(|e| e == "toml" || e == "txt") {
                let text = std::fs::read_to_string(&path).expect("text");
                lines.extend(text.split(['"', '\'']).map(str::to_owned));
                lines.extend(text.lines().map(str::to_owned));
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut lines = Vec::new();
    collect(&root.join("rules"), &mut lines);
    collect(&root.join("tests/pages"), &mut lines);
    lines.retain(|line| !line.contains(['\n', '\r']) && !crate::view::is_blank(line));
    lines.sort();
    lines.dedup();
    lines
});

/// Compares the lanes with asking every rule about a line; how many rules match it.
fn compare(line: &str) -> usize {
    let document = Document::new(line);
    let mut bench = Bench::default();
    let hits = find(&document, &RULES, &Facts::default(), &mut bench);
    let found = |rule: u32| hits.units.iter().chain(&hits.keeps).any(|hit| hit.rule == rule);
    let mut count = 0;
    for (_, segment) in RULES.segments() {
        for rule in 0..segment.len() as u32 {
            let (Some(card), Some(record)) = (segment.card(rule), segment.record(rule)) else {
                panic!("rule {rule} is whole")
            };
            // Rules that a neighbour proposes have no neighbour here.
            let at_a_place = RULES.corners().iter().any(|(corner, ..)| *corner == rule);
            let skipped = card.scope == crate::Scope::Span || !record.require.is_empty() || at_a_place;
            if skipped || document.units.is_empty() || document.units[0].protected {
                continue;
            }
            let matches = knows(record, &Facts::default()) && matches_text(record, segment, &document, 0, &mut bench);
            assert_eq!(found(rule), matches, "{} on {line:?}", RULES.ids()[rule as usize]);
            count += usize::from(matches);
        }
    }
    count
}

#[test]
fn no_trigger_is_missed_on_lines_that_rules_are_about() {
    // Every rule on every line would take minutes; each run takes a part that is spread over all of them.
    let lines: Vec<_> = LINES.iter().step_by(LINES.len() / 4000 + 1).collect();
    let matches: usize = lines.iter().map(|line| compare(line)).sum();
    assert!(matches > lines.len() / 4, "{matches} matches on {} lines: the lines are not about the rules", lines.len());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_trigger_is_missed_on_mixed_lines(
        parts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..30), 1..4),
        around in prop::sample::select(vec!["", "- ", "**", "(", "» ", "\u{a0} ", "[", "“", "… "]),
        upper in any::<bool>(),
    ) {
        let text: Vec<String> = parts.iter().map(|(at, skip)| at.get(&LINES).chars().skip(*skip).collect()).collect();
        let text = format!("{around}{}{}", text.join(" "), around.trim());
        compare(&if upper { text.to_uppercase() } else { text });
    }
}

#[test]
fn hosts_are_read_off_addresses() {
    assert_eq!(host_of("https://user@News.Example.org:8080/a?b#c"), "news.example.org");
    assert_eq!(host_of("example.org/path"), "example.org");
}
