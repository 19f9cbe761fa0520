//! The default packs on whole invented pages: what goes, what stays, and why, as snapshots that a reviewer can read.

mod support;

use dechaff::{Level, Verdict};
use support::{cleaner, marked, pages, with_snapshots};

#[test]
fn every_page_as_a_snapshot() {
    let cleaner = cleaner(Level::Normal);
    for page in pages() {
        let cleaned = cleaner.clean(&page.text);
        with_snapshots("default packs, level normal", || {
            insta::assert_snapshot!(format!("page-{}", page.name), marked(&cleaner, &cleaned))
        });
    }
}

#[test]
fn labels_fit_their_pages() {
    let all = pages();
    assert!(all.len() >= 30, "{} pages", all.len());
    for page in &all {
        let cleaned = cleaner(Level::Safe).clean(&page.text).lines().to_vec();
        for (number, _) in &page.noise {
            let line = &page.text[cleaned[number - 1].span.clone()];
            assert!(!line.trim().is_empty(), "{}:{number} is labelled noise and blank", page.name);
        }
    }
}

/// At `safe` and `normal` not one line of any page's article may go.
#[test]
fn no_article_line_is_lost() {
    let mut lost = Vec::new();
    for level in [Level::Safe, Level::Normal] {
        let cleaner = cleaner(level);
        for page in pages() {
            let cleaned = cleaner.clean(&page.text);
            for (number, line) in cleaned.lines().iter().enumerate() {
                let is_noise = page.noise.iter().any(|(n, _)| *n == number + 1);
                if !is_noise && matches!(line.verdict, Verdict::Removed | Verdict::Cut) {
                    let rules: Vec<_> = cleaned.claims(line).iter().map(|rule| cleaner.rule(*rule).id).collect();
                    lost.push(format!(
                        "{level} {}:{} {} {}",
                        page.name,
                        number + 1,
                        rules.join(","),
                        page.text[line.span.clone()].trim_end()
                    ));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{} lines lost:\n{}", lost.len(), lost.join("\n"));
}

/// The shares of noise that the levels remove may only be raised.
#[test]
fn most_noise_goes() {
    let pages = pages();
    for (level, least) in [(Level::Safe, 62), (Level::Normal, 88), (Level::Aggressive, 88)] {
        let cleaner = cleaner(level);
        let (mut gone, mut all, mut left) = (0, 0, Vec::new());
        for page in &pages {
            let cleaned = cleaner.clean(&page.text);
            for (number, category) in
                page.noise.iter().filter(|(_, category)| category != "either" && category != "caption")
            {
                let line = &cleaned.lines()[number - 1];
                all += 1;
                if line.verdict == Verdict::Removed {
                    gone += 1;
                } else {
                    left.push(format!("{}:{number} {category} {}", page.name, page.text[line.span.clone()].trim_end()));
                }
            }
        }
        assert!(gone * 100 >= all * least, "{level}: {gone} of {all} noise lines; left:\n{}", left.join("\n"));
    }
}
