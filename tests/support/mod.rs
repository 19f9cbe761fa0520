//! What several integration tests share: fixtures, and the rendering that snapshots hold.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::path::{Path, PathBuf};

use dechaff::{Cleaned, Cleaner, Level, Verdict};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Binds insta to the one directory that holds all snapshots.
pub fn with_snapshots(description: &str, run: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(description);
    settings.bind(run);
}

/// A fixture page: its name, its text, and which of its lines are noise, by line number from 1, with their category.
pub struct Page {
    pub name: String,
    pub text: String,
    pub noise: Vec<(usize, String)>,
}

/// All pages under `tests/pages`, by name.
pub fn pages() -> Vec<Page> {
    let directory = root().join("tests/pages");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(directory).expect("the fixtures").map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    let texts = paths.iter().filter(|p| p.extension().is_some_and(|e| e == "txt"));
    texts
        .map(|path| {
            let labels = std::fs::read_to_string(path.with_extension("noise")).expect("labels beside the page");
            let label = |line: &str| {
                let (number, category) = line.split_once('\t').expect("LINE<TAB>CATEGORY");
                (number.parse().expect("a line number"), category.to_owned())
            };
            Page {
                name: path.file_stem().expect("a name").to_string_lossy().into_owned(),
                text: std::fs::read_to_string(path).expect("a page in UTF-8"),
                noise: labels.lines().map(label).collect(),
            }
        })
        .collect()
}

/// The files of the default packs, as the evidence runner takes them.
pub fn packs() -> Vec<(String, String)> {
    fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).expect("the packs").map(|e| e.expect("an entry").path()) {
            if entry.is_dir() {
                collect(&entry, paths);
            } else if entry.extension().is_some_and(|e| e == "toml") {
                paths.push(entry);
            }
        }
    }
    let mut paths = Vec::new();
    collect(&root().join("rules"), &mut paths);
    paths.sort();
    let name =
        |path: &Path| path.strip_prefix(root()).expect("below the root").display().to_string().replace('\\', "/");
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("a readable pack"))).collect()
}

/// A cleaner with the default packs.
pub fn cleaner(level: Level) -> Cleaner {
    Cleaner::builder().level(level).build().expect("the default packs")
}

/// One line per input line: verdict, rules, text. Control characters are shown, so that nothing is lost in a snapshot.
pub fn marked(cleaner: &Cleaner, cleaned: &Cleaned<'_>) -> String {
    let mut out = String::new();
    for line in cleaned.lines() {
        let text = &cleaned.input()[line.span.clone()];
        let rules: Vec<_> = cleaned.claims(line).iter().map(|rule| cleaner.rule(*rule).id).collect();
        let cuts = cleaned.cuts().iter().filter(|cut| cut.span.start < line.span.end && line.span.start < cut.span.end);
        let cuts: Vec<_> = cuts
            .map(|cut| format!("{} cuts {:?}", cleaner.rule(cut.rule).id, &cleaned.input()[cut.span.clone()]))
            .collect();
        let mark = match line.verdict {
            Verdict::Kept => "keep",
            Verdict::Blank => "blank",
            Verdict::Removed => "GONE",
            Verdict::Cut => "CUT",
        };
        let shown: String = text
            .trim_end_matches('\n')
            .chars()
            .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
            .collect();
        out.push_str(format!("{mark:<5} {:<28} | {shown}", [rules, cuts].concat().join(", ")).trim_end());
        out.push('\n');
    }
    for rule in cleaned.braked() {
        out.push_str(&format!("braked: {}\n", cleaner.rule(*rule).id));
    }
    if cleaned.wrapped() {
        out.push_str("hard-wrapped: paragraphs were judged as wholes\n");
    }
    out
}
