//! Lines that look like boilerplate and are not: an article about cookies, a list of scores, "By Monday …", a recipe, a poem. Each stands in
//! the middle of an article; losing any of them at the default level fails.

mod support;

use dechaff::{Cleaner, Level, Verdict};
use support::{cleaner, root};

const TITLE: &str = "What the village heard that winter";
const BEFORE: [&str; 4] = [
    "The council met on Tuesday evening in the old school hall, and for the first time in years every seat was taken an hour before it began.",
    "Most of those who spoke had come by bicycle, as the road along the river has been closed since the heavy rain of last week.",
    "A retired teacher read out a letter that she had found in an attic, and nobody coughed until she had folded it again and sat down.",
    "After a short break with tea and dry cake, the meeting turned to the larger question of the winter, and of who was to keep the stove going.",
];
const AFTER: [&str; 4] = [
    "It was past ten when the clerk read the last motion, which concerned the lamp at the crossing and passed without a voice against it.",
    "On the way home people talked about the price of bread, the new organist, and a goose that had been seen on the roof of the chapel.",
    "By noon the minutes had been typed out and pinned to the board by the pump, where the wind turned the pages for anyone who waited.",
    "As for the stove, it was kept going by turns until the thaw, and the list of names is still in the drawer of the table in the hall.",
];

/// What is removed of a text that stands in the middle of an article: "rule: line".
fn lost(cleaner: &Cleaner, text: &str) -> Vec<String> {
    let page = [&[TITLE][..], &BEFORE, &[text], &AFTER].concat().join("\n\n");
    let cleaned = cleaner.clean(&page);
    let gone = cleaned.lines().iter().filter(|line| matches!(line.verdict, Verdict::Removed | Verdict::Cut));
    let rules = |line| cleaned.claims(line).iter().map(|rule| cleaner.rule(*rule).id).collect::<Vec<_>>().join(", ");
    gone.map(|line| format!("{}: {}", rules(line), page[line.span.clone()].trim_end())).collect()
}

#[test]
fn no_line_is_lost() {
    let text = std::fs::read_to_string(root().join("tests/must-keep/lines.txt")).expect("the lines");
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() >= 300, "{} lines", lines.len());
    let cleaner = cleaner(Level::Normal);
    let lost: Vec<_> = lines.iter().flat_map(|line| lost(&cleaner, line)).collect();
    assert!(lost.is_empty(), "{} lines lost:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn no_passage_loses_a_line() {
    let directory = root().join("tests/must-keep/passages");
    let mut paths: Vec<_> =
        std::fs::read_dir(directory).expect("the passages").map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() >= 40, "{} passages", paths.len());
    let cleaner = cleaner(Level::Normal);
    let mut found = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a passage in UTF-8");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.extend(lost(&cleaner, text.trim_matches('\n')).into_iter().map(|line| format!("{name}: {line}")));
    }
    assert!(found.is_empty(), "{} lines lost:\n{}", found.len(), found.join("\n"));
}
