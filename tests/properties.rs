//! The promises, on fixtures, on their twins in other layouts, and on generated documents.

mod support;

use std::sync::LazyLock;

use dechaff::{Cleaned, Cleaner, Level, Verdict};
use proptest::prelude::*;
use support::{Page, cleaner, packs, pages};

static CLEANERS: LazyLock<[Cleaner; 3]> =
    LazyLock::new(|| [Level::Safe, Level::Normal, Level::Aggressive].map(cleaner));
static PAGES: LazyLock<Vec<Page>> = LazyLock::new(pages);

/// Lines to make documents of: everything that stands in fixtures and in the rules' own examples.
static LINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut lines: Vec<String> = PAGES.iter().flat_map(|page| page.text.lines().map(str::to_owned)).collect();
    for (_, pack) in packs() {
        // Crude, and enough: every quoted string of a pack, phrases and examples alike.
        lines.extend(pack.split('"').skip(1).step_by(2).filter(|s| !s.contains('\n')).map(str::to_owned));
    }
    lines.sort();
    lines.dedup();
    lines
});

/// What holds for every document: the output is the input with stretches left out, and both together are the input.
fn check_promises(cleaner: &Cleaner, text: &str) {
    let cleaned = cleaner.clean(text);
    let kept: Vec<_> = cleaned.kept().collect();
    assert!(kept.windows(2).all(|pair| pair[0].end < pair[1].start), "stretches in order, apart");
    let joined: String = kept.iter().map(|range| &text[range.clone()]).collect();
    assert_eq!(joined, cleaned.text());

    // Lines cover the input.
    let mut at = 0;
    for line in cleaned.lines() {
        assert_eq!(line.span.start, at);
        at = line.span.end;
    }
    assert_eq!(at, text.len());

    // Verdicts say what happened: a line is in the output as a whole, or it is not Kept.
    for line in cleaned.lines() {
        let left: usize =
            kept.iter().map(|r| r.end.min(line.span.end).saturating_sub(r.start.max(line.span.start))).sum();
        match line.verdict {
            Verdict::Kept => assert_eq!(left, line.span.len()),
            Verdict::Cut => assert!(left < line.span.len()),
            Verdict::Removed | Verdict::Blank => assert_eq!(left, 0),
        }
        assert_eq!(line.verdict == Verdict::Removed, !cleaned.claims(line).is_empty(), "a removed line has a rule");
        if line.verdict == Verdict::Blank {
            assert!(text[line.span.clone()].chars().all(|c| !c.is_alphanumeric()));
        }
    }

    // Again changes nothing.
    let once = cleaned.text().into_owned();
    let twice = cleaner.clean(&once);
    assert_eq!(twice.text(), once, "cleaning twice changes something");
}

/// The lines removed, by place.
fn gone(cleaned: &Cleaned<'_>) -> Vec<usize> {
    (0..cleaned.lines().len()).filter(|n| cleaned.lines()[*n].verdict == Verdict::Removed).collect()
}

fn check_levels(text: &str) {
    let [safe, normal, aggressive] = [0, 1, 2].map(|n| gone(&CLEANERS[n].clean(text)));
    assert!(safe.iter().all(|line| normal.contains(line)), "normal removes less than safe");
    assert!(normal.iter().all(|line| aggressive.contains(line)), "aggressive removes less than normal");
}

#[test]
fn promises_hold_on_every_page() {
    for page in PAGES.iter() {
        for cleaner in CLEANERS.iter() {
            check_promises(cleaner, &page.text);
        }
        check_levels(&page.text);
    }
}

/// The non-blank lines that are left, white space at their ends aside.
fn article(cleaner: &Cleaner, text: &str) -> Vec<String> {
    let cleaned = cleaner.clean(text);
    cleaned.text().split(['\n', '\r']).map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

/// A page in which line ends, or the blank lines between lines, are others.
fn twins(text: &str) -> [String; 4] {
    let lines: Vec<_> = text.lines().collect();
    let filled: Vec<_> = lines.iter().copied().filter(|l| !l.trim().is_empty()).collect();
    [lines.join("\r\n"), lines.join("\r"), filled.join("\n\n"), filled.join("\n")]
}

#[test]
fn line_ends_and_blank_lines_do_not_matter() {
    for page in PAGES.iter() {
        // A hard-wrapped page without its blank lines is another page; so is code without them.
        if CLEANERS[1].clean(&page.text).wrapped() || page.text.contains("```") {
            continue;
        }
        for cleaner in CLEANERS.iter() {
            let wanted = article(cleaner, &page.text);
            for (n, twin) in twins(&page.text).iter().enumerate() {
                assert_eq!(article(cleaner, twin), wanted, "{}, twin {n}", page.name);
            }
        }
    }
}

/// Breaks every line that is longer than the width.
fn hard_wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut column = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                out.push('\n');
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
        // Paragraphs stand apart, or there would be no telling them.
        out.push_str("\n\n");
    }
    out
}

#[test]
fn hard_wrapping_loses_no_article() {
    let words = |lines: &[String]| {
        lines.iter().flat_map(|l| l.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let mut detected = 0;
    for page in PAGES.iter().filter(|page| !page.text.contains("```")) {
        let article_lines = |labels: &[(usize, String)]| {
            let lines = page.text.lines().enumerate().filter(|(n, _)| !labels.iter().any(|(noise, _)| *noise == n + 1));
            lines.map(|(_, l)| l.to_owned()).collect::<Vec<_>>()
        };
        let wanted = words(&article_lines(&page.noise));
        for width in [60, 72] {
            let wrapped = hard_wrapped(&page.text, width);
            let cleaned = CLEANERS[1].clean(&wrapped);
            detected += usize::from(cleaned.wrapped());
            let left = words(&[cleaned.text().into_owned()]);
            let mut rest = left.iter();
            let lost: Vec<_> = wanted.iter().filter(|word| !rest.by_ref().any(|w| w == *word)).take(8).collect();
            assert!(lost.is_empty(), "{} at {width}: lost {lost:?}", page.name);
        }
    }
    assert!(detected >= PAGES.len(), "only {detected} twins were seen to be wrapped");
}

fn document() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        8 => any::<prop::sample::Index>().prop_map(|at| at.get(&LINES).clone()),
        1 => Just(String::new()),
        1 => "[A-Z]{2,5} [0-9]{1,5}\\.[0-9]{2}",
        1 => "\\PC{0,40}",
    ];
    let end = prop_oneof![6 => Just("\n"), 3 => Just("\n\n"), 1 => Just("\r\n"), 1 => Just("\r"), 1 => Just(" ")];
    prop::collection::vec((line, end), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(line, end)| [line, end.to_owned()]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn promises_hold_on_generated_documents(text in document()) {
        for cleaner in CLEANERS.iter() {
            check_promises(cleaner, &text);
        }
        check_levels(&text);
    }

    #[test]
    fn nothing_panics(text in any::<String>(), noise in prop::collection::vec(any::<u8>(), 0..300)) {
        for cleaner in CLEANERS.iter() {
            check_promises(cleaner, &text);
            check_promises(cleaner, &String::from_utf8_lossy(&noise));
        }
    }
}

/// Time must grow with the length, not with its square: eight times the document may take no more than some twenty times as long.
#[test]
fn time_is_linear() {
    let shapes: [fn(usize) -> String; 6] = [
        |n| "Read also: one more story\n".repeat(n),
        |n| "a ".repeat(12 * n),
        |n| "[[[(((".repeat(4 * n) + "](x",
        |n| "Comments\nReply\nShare this\n".repeat(n),
        |n| "Follow her on X. It rained. ".repeat(n),
        |n| "\n \u{a0}\n".repeat(8 * n),
    ];
    for (number, shape) in shapes.iter().enumerate() {
        let time = |n: usize| {
            let text = shape(n);
            let best = (0..3).map(|_| {
                let start = std::time::Instant::now();
                std::hint::black_box(CLEANERS[2].clean(&text));
                start.elapsed()
            });
            best.min().unwrap_or_default().as_secs_f64()
        };
        let (small, large) = (time(1500), time(12_000));
        assert!(large < 20.0 * small.max(0.002), "shape {number}: {small:.4} s, then {large:.4} s");
    }
}
