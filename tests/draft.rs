//! Drafted rules are rules: they can be read, and their examples hold.

mod support;

use dechaff::{Level, Scope, draft, evidence};
use support::pages;

fn report(toml: &str) -> evidence::Report {
    let pack = format!("[pack]\nid = \"drafted\"\ntitle = \"t\"\n\n{toml}");
    let files = [("drafted.toml".to_owned(), pack.clone())];
    evidence::run_some(&files, true, |id| id == "drafted/x").unwrap_or_else(|error| panic!("{error}\n{pack}"))
}

/// A rule from every noise line of every page can be read, and nearly all hold at once.
#[test]
fn every_noise_line_gives_a_rule() {
    let (mut all, mut broken) = (0, Vec::new());
    for page in pages() {
        for (number, _) in page.noise.iter().filter(|(number, _)| number % 3 == 0) {
            let place = || format!("{}:{number}", page.name);
            let Some(draft) = draft::rule(&page.text, number - 1..*number, "x") else {
                // Nothing but decoration.
                continue;
            };
            let report = report(&draft.toml);
            assert_eq!((report.rules, draft.scope), (1, Scope::Line), "{}", place());
            assert!(report.idle.is_empty(), "{}: {:?}", place(), report.idle);
            all += 1;
            let wrong = report.failures.iter().map(|failure| format!("{}: {failure}", place()));
            broken.extend(wrong.take(1));
        }
    }
    assert!(all > 100, "{all} lines");
    assert!(broken.len() * 20 <= all, "{} of {all}:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn shapes_are_told_apart() {
    let prose = "The council met on Monday evening and voted, after two hours of talk, to keep the old bridge open.";
    let page = format!("Title\n\n{prose}\n\nZork shop\nZork mug\nTowel\nZorkdesk 1\nZorkdesk 2\n\n{prose}\n");
    let scope = |lines| {
        let draft = draft::rule(&page, lines, "x").expect("lines with text");
        let report = report(&draft.toml);
        assert!(report.failures.is_empty() && report.idle.is_empty(), "{}\n{:?}", draft.toml, report.failures);
        draft.scope
    };
    assert_eq!((scope(4..5), scope(4..7), scope(7..9)), (Scope::Line, Scope::Section, Scope::Run));
    assert_eq!(draft::rule(&page, 1..2, "x"), None);
    assert_eq!(draft::rule(&page, 90..99, "x"), None);
    assert_eq!(draft::rule("►►\n", 0..1, "x"), None);
    let draft = draft::rule("Zork mug\n", 0..1, "x").expect("a line");
    assert!(draft.toml.contains(&format!("level = \"{}\"", Level::Aggressive)));
    assert!(report(&draft.toml).failures.is_empty());
}
