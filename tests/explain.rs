//! Explanations and verdicts are one truth: over all fixture pages and levels, the rules that explain says remove a line are the rules
//! that remove it.

mod support;

use dechaff::explain::{Judged, Remedy, Role};
use dechaff::{Cleaned, Cleaner, Facts, Level, RuleId, Verdict};
use proptest::prelude::*;
use support::{cleaner, pages};

const PACK: &str = r#"
[pack]
id = "p"
title = "Rules for the tests of explanations"

[[rule]]
id = "label"
category = "related"
level = "safe"
title = "A pointer"
label = ["Zebra news"]
when = { max-chars = 40 }
unless = [{ ends-with = ["follows"], why = "introduces what follows" }]
hit = ["Zebra news: rain"]
spare = [{ input = "Zebra news is bad.", why = "prose" }]

[[rule]]
id = "section"
category = "related"
level = "safe"
scope = "section"
title = "A block of pointers"
equals = ["Zebra box"]
max-units = 3
require = { side = "after", within = 2, prose = false }
hit = ["Zebra box\nOne more\nAnother one"]
spare = [{ input = "Zebra box", why = "nothing below it" }]

[[rule]]
id = "run"
category = "nav"
level = "safe"
scope = "run"
title = "Numbered zebras"
regex = ['Zebra \d']
when = { min-run = 3, max-chars = 20 }
hit = ["Zebra 1\nZebra 2\nZebra 3"]
spare = [{ input = "Zebra 1", why = "one is no run" }]

[[rule]]
id = "guess"
category = "promo"
level = "aggressive"
title = "Anything about zebras"
starts-with = ["Zebra guess"]
hit = ["Zebra guess"]
spare = [{ input = "A zebra guess.", why = "another place" }]

[[rule]]
id = "stay"
category = "other"
level = "safe"
action = "keep"
title = "Corrections stay"
starts-with = ["Zebra correction"]
hit = ["Zebra correction: the bridge"]
spare = [{ input = "Correction", why = "no zebra" }]

[[rule]]
id = "tail"
category = "comment"
level = "normal"
scope = "tail"
title = "Everything from the zebra tail on"
equals = ["Zebra tail"]
max-units = 6
when = { after-percent = 10 }
require = { side = "after", within = 3, max-words = 3 }
hit = ["Zebra tail\nOne more"]
spare = [{ input = "Zebra tail", why = "nothing below it" }]

[[rule]]
id = "cut"
category = "credit"
level = "safe"
scope = "span"
title = "A zebra in brackets"
search = '(?<cut>\(zebra photo\))'
when = { max-chars = 200 }
hit = [{ input = "Rain (zebra photo) fell.", output = "Rain  fell." }]
spare = [{ input = "Rain (photo) fell.", why = "no zebra" }]
"#;

const PROSE: &str =
    "The council met on Monday evening and voted, after two hours of talk, to keep the old bridge open.";

fn zebra() -> Cleaner {
    Cleaner::builder().default_rules(false).rules("p.toml", PACK).build().expect("a valid pack")
}

#[test]
fn verdicts_and_explanations_agree_on_every_line_of_every_page() {
    for level in [Level::Safe, Level::Normal, Level::Aggressive] {
        let cleaner = cleaner(level);
        for page in pages() {
            let cleaned = cleaner.clean(&page.text);
            for (number, line) in cleaned.lines().iter().enumerate() {
                // What stays is mostly the same at every level.
                if level != Level::Normal && line.verdict == Verdict::Kept && number % 3 > 0 {
                    continue;
                }
                let _ = agrees(&cleaner, &cleaned, number).map_err(|why| panic!("{level} {}:{why}", page.name));
            }
        }
    }
}

/// That explain says of a line what became of it; or else what speaks against that.
/// Whether a rule cuts parts out of lines.
fn is_span(full: &str) -> bool {
    full == "p/cut"
        || dechaff::default_packs().iter().any(|(_, text)| {
            let pack = text.split_once("[[rule]]").map_or("", |(head, _)| head);
            let is_span = |rule: &str| {
                let id = rule.split("id = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
                let own = full.split_once('/').is_some_and(|(p, r)| pack.contains(&format!("id = \"{p}\"")) && r == id);
                own && rule.contains("scope = \"span\"")
            };
            text.split("[[rule]]").skip(1).any(is_span)
        })
}

fn agrees(cleaner: &Cleaner, cleaned: &Cleaned<'_>, number: usize) -> Result<(), String> {
    let line = &cleaned.lines()[number];
    let explanation = cleaner.explain(cleaned.input(), &Facts::default(), number).expect("a line");
    let passed: Vec<_> = explanation.candidates.iter().filter(|c| c.passed() && !c.keeps).map(|c| c.rule).collect();
    let claims = cleaned.claims(line);
    let fine = match line.verdict {
        Verdict::Removed => !claims.is_empty() && claims.iter().all(|id| passed.contains(id)),
        Verdict::Cut => !passed.is_empty(),
        Verdict::Kept | Verdict::Blank => passed.is_empty(),
    };
    // Nothing takes a line that is not among those that took it. A part of it may have been cut out before.
    let cut = |id: &RuleId| is_span(&cleaner.rule(*id).id);
    // And a line that was cut out as a whole is gone before the bolder rules are asked.
    let no_more = line.verdict != Verdict::Removed
        || claims.iter().any(cut)
        || passed.iter().all(|id| claims.contains(id) || cut(id));
    let ids = |ids: &[RuleId]| ids.iter().map(|id| cleaner.rule(*id).id).collect::<Vec<_>>();
    (fine && no_more && explanation.verdict == line.verdict).then_some(()).ok_or_else(|| {
        let (number, claimed, passed) = (number + 1, ids(&explanation.claims), ids(&passed));
        format!("{number}: {:?}, claimed by {claimed:?}, passed {passed:?}", line.verdict)
    })
}

/// Pages put together from lines that meet in all ways: openers among runs, cuts in sections, brakes, protected lines.
fn any_page() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "Zebra news: rain",
        "Zebra news: so it follows",
        "Zebra box",
        "Zebra 1",
        "Zebra 2",
        "Zebra guess",
        "Zebra correction: the bridge",
        "Rain (zebra photo) fell.",
        "Zebra tail",
        "Something short",
        PROSE,
        "",
    ]);
    prop::collection::vec(line, 0..16).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_and_explanations_agree_on_any_page(page in any_page()) {
        for level in [Level::Normal, Level::Aggressive] {
            let cleaner = Cleaner::builder().default_rules(false).rules("p.toml", PACK).level(level).build();
            let cleaner = cleaner.expect("a valid pack");
            let cleaned = cleaner.clean(&page);
            for number in 0..cleaned.lines().len() {
                prop_assert_eq!(agrees(&cleaner, &cleaned, number), Ok(()), "{}\n{}", level, page);
            }
        }
    }
}

/// The key of the one gate that the rule failed at.
#[track_caller]
fn stopped(page: &str, line: usize, rule: &str) -> String {
    let cleaner = zebra();
    let explanation = cleaner.explain(page, &Facts::default(), line - 1).expect("a line");
    let found = explanation.candidates.iter().find(|c| cleaner.rule(c.rule).id == rule).expect("the rule");
    let failed: Vec<_> = found.failed().map(|gate| format!("{}: {}", gate.key, gate.found)).collect();
    failed.join("; ")
}

#[test]
fn every_gate_says_what_it_found() {
    let page = |lines: &str| format!("{PROSE}\n\n{lines}\n\n{PROSE}\n");
    assert_eq!(stopped(&page("Zebra news: rain"), 3, "p/label"), "");
    assert_eq!(
        stopped(&page("Zebra news and rain"), 3, "p/label"),
        "label: \"zebra news\", but no `:`, `|`, `>` or arrow follows it"
    );
    assert_eq!(stopped(&page("Zebra news: rain and then some more rain than fits"), 3, "p/label"), "max-chars: 50");
    assert_eq!(stopped(&page("Zebra news: it follows"), 3, "p/label"), "unless: applies");
    assert_eq!(stopped(&page("Zebra 1\nZebra 2"), 4, "p/run"), "min-run: 2: lines 3-4");
    assert_eq!(stopped(&page("Zebra guess"), 3, "p/guess"), "level: cleaning at normal");
    assert_eq!(
        stopped(&page("Zebra box\na\nb\nc\nd\ne"), 3, "p/section"),
        "max-units: more, so that it claims nothing"
    );
    assert_eq!(
        stopped(&page(&format!("Zebra box\n{PROSE}\n{PROSE}")), 3, "p/section"),
        "require: nothing like it there; max-units: nothing, so that it claims nothing"
    );
    // Lines below an opener.
    assert_eq!(stopped(&page("Zebra box\nOne\nZebra correction: two"), 5, "p/stay"), "");
    let explanation = zebra().explain(&page("Zebra box\nOne\nTwo"), &Facts::default(), 3).expect("a line");
    assert_eq!((explanation.verdict, explanation.candidates[0].role), (Verdict::Removed, Role::Below(2)));
}

#[test]
fn remedies_have_been_tried() {
    let cleaner = Cleaner::builder().default_rules(false).rules("p.toml", PACK).ignore("p/label").build();
    let cleaner = cleaner.expect("a valid pack");
    let explain = |line: &str| cleaner.explain(&format!("{PROSE}\n\n{line}\n\n{PROSE}\n"), &Facts::default(), 2);
    let guess = explain("Zebra guess").expect("a line");
    assert!(matches!(guess.remedies.as_slice(), [Remedy::Level(Level::Aggressive, rules)] if rules.len() == 1));
    let label = explain("Zebra news: rain").expect("a line");
    assert!(matches!(label.remedies.as_slice(), [Remedy::Rule(rule)] if cleaner.rule(*rule).id == "p/label"));
    assert!(explain("Something else").expect("a line").remedies.is_empty());
}

#[test]
fn lines_that_no_rule_judges_are_named() {
    let cleaner = zebra();
    let page = "Text.\n\n```\nZebra news: rain\n```\n";
    let judged = |line| cleaner.explain(page, &Facts::default(), line).map(|explanation| explanation.judged);
    let all = [Some(Judged::Text), Some(Judged::Blank), Some(Judged::Code), Some(Judged::Code)];
    assert_eq!([judged(0), judged(1), judged(2), judged(3)], all);
    assert_eq!(judged(5), None);
}

#[test]
fn wrapped_paragraphs_are_explained_as_wholes() {
    let page = "The council met on Monday evening to talk about the old bridge over\n\
        the mill stream, which has been closed to traffic since the spring\n\
        floods took away two of its piers and left the third one leaning.\n\n\
        After two hours of talk the members voted by nine to four to repair\n\
        it, at a cost that the engineer put at a little under two million\n\
        and that the treasurer called a hope rather than an estimate.\n\n\
        Zebra news: rain\n\n\
        The work begins in June, and until it is done the ferry will carry\n\
        people and bicycles across for nothing, as it did in the years when\n\
        there was no bridge at all.\n";
    let explain = |line| zebra().explain(page, &Facts::default(), line).expect("a line");
    assert!(explain(5).wrapped);
    assert_eq!((explain(5).lines, explain(4).lines, explain(8).lines), (4..7, 4..7, 8..9));
    assert_eq!(explain(8).verdict, Verdict::Removed);
    assert!(explain(8).candidates[0].passed());
}

#[test]
fn cuts_are_explained() {
    let cleaner = zebra();
    let explanation = cleaner.explain("Rain (zebra photo) fell.\n", &Facts::default(), 0).expect("a line");
    assert_eq!(explanation.verdict, Verdict::Cut);
    assert!(explanation.candidates[0].passed());
    assert_eq!(cleaner.rule(explanation.claims[0]).id, "p/cut");
}

#[test]
fn the_brake_is_named() {
    let page = format!("{PROSE}\n\nZebra box\na\nZebra news: {}\n", "x".repeat(20));
    // Nothing is held back here: the section has no prose.
    assert!(zebra().explain(&page, &Facts::default(), 3).expect("a line").verdict == Verdict::Removed);
    let tail = PACK.replace("scope = \"section\"", "scope = \"tail\"").replace("prose = false", "min-words = 1");
    let cleaner = Cleaner::builder().default_rules(false).rules("p.toml", &tail).build().expect("a valid pack");
    let page = format!("{PROSE}\n\nZebra box\n\n{PROSE}\n\n{PROSE}\n");
    for line in [2, 4] {
        let explanation = cleaner.explain(&page, &Facts::default(), line).expect("a line");
        let found = explanation.candidates.iter().find(|c| cleaner.rule(c.rule).id == "p/section" && c.near);
        let failed: Vec<_> = found.expect("the tail").failed().map(|gate| gate.key).collect();
        assert_eq!((explanation.verdict, failed), (Verdict::Kept, vec!["brake"]), "line {line}");
    }
}
