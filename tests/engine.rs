//! What the words of the rule format mean, each shown on a small page with a small pack.

use dechaff::{BuildError, Category, Cleaner, CleanerBuilder, Facts, Level, Verdict};

const PROSE: &str =
    "The council met on Monday and voted, after two hours of talk, to keep the old bridge open to everyone.";

fn rule(id: &str, body: &str) -> String {
    let evidence = "hit = [\"x\"]\nspare = [\"y\"]\n";
    format!("[[rule]]\nid = \"{id}\"\ncategory = \"other\"\nlevel = \"safe\"\ntitle = \"t\"\n{body}\n{evidence}\n")
}

fn builder(rules: &str) -> CleanerBuilder {
    let pack = format!("[pack]\nid = \"p\"\ntitle = \"t\"\n\n{rules}");
    Cleaner::builder().default_rules(false).rules("p.toml", &pack)
}

#[track_caller]
fn build(rules: &str) -> Cleaner {
    match builder(rules).level(Level::Aggressive).build() {
        Ok(cleaner) => cleaner,
        Err(error) => panic!("{error}"),
    }
}

/// The units that are left, in one string.
#[track_caller]
fn left(rules: &str, page: &[&str]) -> String {
    let text = page.join("\n\n");
    let cleaner = build(rules);
    let out = cleaner.clean(&text).text().into_owned();
    assert_eq!(cleaner.clean(&out).text(), out, "cleaning twice changes something");
    out.split("\n\n").map(str::trim_end).map(|l| if l == PROSE { "P" } else { l }).collect::<Vec<_>>().join("/")
}

#[test]
fn matchers_are_and_their_items_or() {
    let both = rule("r", "starts-with = [\"read\", \"see\"]\nends-with = [\"here\"]");
    assert_eq!(left(&both, &["Read it here", "See more here", "Read it", "Come here"]), "Read it/Come here");
    let pattern = rule("r", "starts-with = [\"by\"]\nregex = ['By [A-Z][a-z]+', 'by \\d+']");
    assert_eq!(left(&pattern, &["By Jane", "by 12", "By jane", "By Jane Doe"]), "By jane/By Jane Doe");
}

#[test]
fn literals_respect_edges_unless_glued() {
    let page = ["Getty images", "GettyMayor opens bridge", "Gettysburg"];
    assert_eq!(left(&rule("r", "starts-with = [\"getty\"]"), &page), "GettyMayor opens bridge/Gettysburg");
    let glued =
        rule("r", "starts-with = [\"getty\"]\nglued = true\nraw-regex = ['^Getty\\p{Lu}']\nwhen = { max-chars = 100 }");
    let error = builder(&glued).build().unwrap_err().to_string();
    assert!(error.contains('^'), "assertions are refused: {error}");
    let glued = rule("r", "starts-with = [\"getty\"]\nglued = true\nregex = ['Getty\\p{Lu}.*']");
    assert_eq!(left(&glued, &page), "Getty images/Gettysburg");
    let cjk = rule("r", "starts-with = [\"相关\"]");
    assert_eq!(left(&cjk, &["相关文章", "文章"]), "文章");
}

#[test]
fn raw_patterns_see_the_line_as_it_was_read() {
    let wide = rule("r", "starts-with = [\"read\"]\nraw-regex = ['Read[ \\u{a0}]{2,}\\S']\nwhen = { max-chars = 80 }");
    assert_eq!(left(&wide, &["Read\u{a0} The next story", "Read the next story"]), "Read the next story");
}

#[test]
fn labels_need_a_separator() {
    let label = rule("r", "label = [\"more news\"]");
    assert_eq!(
        left(&label, &["More news: rain", "More news | rain", "More news » rain", "More news came"]),
        "More news came"
    );
}

#[test]
fn shapes_are_conditions() {
    let upper = rule("r", "when = { max-chars = 40, case = \"upper\", end-mark = false, min-words = 2 }");
    assert_eq!(
        left(&upper, &["BRIDGE OPEN", "BRIDGE", "BRIDGE OPEN!", "Bridge open"]),
        "BRIDGE/BRIDGE OPEN!/Bridge open"
    );
    let title = rule("r", "when = { max-chars = 40, case = \"title\" }");
    assert_eq!(left(&title, &["The Old Bridge of the Town", "The old bridge"]), "The old bridge");
}

#[test]
fn place_is_counted_over_what_is_left() {
    let first = rule("r", "starts-with = [\"by\"]\nwhen = { first-units = 2 }");
    assert_eq!(left(&first, &["Title", "By a", "By b", PROSE]), "Title/P", "the second moves up when the first goes");
    assert_eq!(left(&first, &["Title", PROSE, "By a"]), "Title/P/By a");
    let last = rule("r", "starts-with = [\"by\"]\nwhen = { last-units = 1 }");
    assert_eq!(left(&last, &["By a", PROSE, "By b"]), "By a/P");
    let late = rule("r", "starts-with = [\"by\"]\nwhen = { after-percent = 50 }");
    assert_eq!(left(&late, &["By a", PROSE, "By b"]), "By a/P");
}

#[test]
fn neighbours_are_those_that_are_left() {
    let alt = rule("alt", "when = { max-chars = 60, end-mark = false, next = { starts-with = [\"photo\"] } }")
        + &rule("photo", "starts-with = [\"photo\"]");
    // Both go in the first round; the sub-heading has the prose for a neighbour then.
    assert_eq!(left(&alt, &["Heading", PROSE, "a bridge in the rain", "Photo: J. Doe", PROSE]), "Heading/P/P");
    let start = rule("r", "equals = [\"menu\"]\nwhen = { prev = [\"start\", \"removed\"] }");
    assert_eq!(left(&start, &["Menu", PROSE, "Menu", PROSE]), "P/Menu/P");
    let removed = rule("x", "equals = [\"share\"]") + &rule("r", "equals = [\"tweet\"]\nwhen = { prev = \"removed\" }");
    assert_eq!(left(&removed, &["Tweet", PROSE, "Share", "Tweet"]), "Tweet/P");
}

#[test]
fn too_many_matches_are_a_list() {
    let rare = rule("r", "regex = '\\d{4}-\\d\\d-\\d\\d'\nwhen = { first-units = 3, max-chars = 20, max-matches = 2 }");
    assert_eq!(left(&rare, &["Title", "2026-01-01", PROSE, PROSE, "2026-01-02"]), "Title/P/P/2026-01-02");
    let table = ["Title", "2026-01-01", "2026-01-02", "2026-01-03", PROSE];
    assert_eq!(left(&rare, &table), "Title/2026-01-01/2026-01-02/2026-01-03/P");
}

#[test]
fn repeats_keep_the_first() {
    let repeat = rule("r", "when = { max-chars = 300, repeat = true }");
    assert_eq!(left(&repeat, &["Title", PROSE, "Title", PROSE, "End"]), "Title/P/End");
}

#[test]
fn exceptions_withdraw_the_claim_on_their_unit_only() {
    let unless = rule("r", "starts-with = [\"see\"]\nunless = [{ ends-with = [\":\"], why = \"introduces a list\" }]");
    assert_eq!(left(&unless, &["See also", "See this:", "See that"]), "See this:");
}

#[test]
fn facts_switch_rules() {
    let lang = build(&rule("r", "equals = [\"teilen\"]\nwhen = { lang = [\"de\"] }"));
    let clean = |facts: &Facts<'_>| lang.clean_with("Teilen\n", facts).text().into_owned();
    assert_eq!(clean(&Facts::default()), "", "unknown: holds");
    assert_eq!(clean(&Facts { lang: Some("de-AT"), ..Facts::default() }), "");
    assert_eq!(clean(&Facts { lang: Some("en"), ..Facts::default() }), "Teilen\n");
    let source = build(&rule("r", "equals = [\"strip\"]\nwhen = { source = [\"example.org\"] }"));
    let clean =
        |url: Option<&str>| source.clean_with("Strip\n", &Facts { url, ..Facts::default() }).text().into_owned();
    assert_eq!(clean(None), "Strip\n", "unknown: does not hold");
    assert_eq!(clean(Some("https://news.example.org/a")), "");
    assert_eq!(clean(Some("https://badexample.org/a")), "Strip\n");
}

#[test]
fn runs_need_their_length_and_ignore_blanks() {
    let run = rule(
        "r",
        "scope = \"run\"\nregex = ['[A-Z]{2,5} \\d+']\nwhen = { min-run = 3, max-chars = 20 }\nunless = [{ equals = [\"AA 1\"], why = \"x\" }]",
    );
    assert_eq!(left(&run, &["BTC 1", "ETH 2", "SBD 3", PROSE, "BTC 1", "ETH 2"]), "P/BTC 1/ETH 2");
    assert_eq!(
        left(&run, &["BTC 1", "ETH 2", "AA 1", "SBD 3"]),
        "BTC 1/ETH 2/AA 1/SBD 3",
        "an exception breaks the run"
    );
}

const SECTION: &str = "scope = \"section\"\nequals = [\"related\"]\nmax-units = 3\nrequire = { side = \"after\", within = 2, max-words = 8, end-mark = false }";

#[test]
fn sections_end_where_prose_resumes() {
    let section = rule("r", SECTION);
    assert_eq!(
        left(&section, &[PROSE, "Related", "One story", "Another story", "Sub-heading", PROSE, PROSE]),
        "P/Sub-heading/P/P"
    );
    assert_eq!(left(&section, &[PROSE, PROSE, "Related", "One story"]), "P/P", "to the end");
    let long = [PROSE, "Related", "1", "2", "3", "4", "5", "Sub", PROSE, PROSE, PROSE];
    assert_eq!(
        left(&section, &long),
        long.map(|l| if l == PROSE { "P" } else { l }).join("/"),
        "past max-units: nothing"
    );
    assert_eq!(
        left(&section, &[PROSE, "Related", "Sub-heading", PROSE]),
        "P/Related/Sub-heading/P",
        "nothing in it: nothing"
    );
    let until = rule("r", &format!("{SECTION}\nuntil = {{ starts-with = [\"2.\"] }}"));
    assert_eq!(left(&until, &[PROSE, "Related", "One story", "2. Next part", PROSE]), "P/2. Next part/P");
}

#[test]
fn what_is_protected_ends_a_section() {
    let keep = rule("k", "action = \"keep\"\nstarts-with = [\"correction\"]") + &rule("r", SECTION);
    assert_eq!(
        left(&keep, &[PROSE, PROSE, "Related", "One story", "Correction: it was nine", "More"]),
        "P/P/Correction: it was nine/More"
    );
    let code = [
        "P1 is long enough to be prose, as it has more than twelve words in it.",
        "Related",
        "One story",
        "```\nRelated\n```",
        "End",
    ];
    assert_eq!(left(&rule("r", SECTION), &code), format!("{}/```\nRelated\n```/End", code[0]));
}

#[test]
fn tails_reach_to_the_end_and_need_witnesses() {
    let tail = rule(
        "r",
        "scope = \"tail\"\nequals = [\"comments\"]\nmax-units = 6\nrequire = { side = \"after\", within = 6, count = 2, equals = [\"reply\"] }",
    );
    assert_eq!(
        left(&tail, &[PROSE, PROSE, PROSE, "Comments", "Ann", PROSE, "Reply", "Bob", "Hello.", "Reply"]),
        "P/P/P"
    );
    assert_eq!(
        left(&tail, &[PROSE, PROSE, "Comments", "Ann", "Reply", "Bob"]),
        "P/P/Comments/Ann/Reply/Bob",
        "one witness is too few"
    );
}

#[test]
fn the_brake_holds() {
    let tail = rule(
        "r",
        "scope = \"tail\"\nequals = [\"comments\"]\nmax-units = 50\nrequire = { side = \"after\", within = 9, equals = [\"reply\"] }",
    ) + &rule("h", "equals = [\"comments\", \"reply\"]")
        + &rule("s", "equals = [\"share\"]");
    let page = [PROSE, "Share", "Comments", PROSE, PROSE, PROSE, "Reply"].join("\n\n");
    let cleaner = build(&tail);
    let cleaned = cleaner.clean(&page);
    assert_eq!(
        cleaned.text(),
        page.replace("Share\n\n", ""),
        "narrow rules go on; what opened and bore out the tail stays"
    );
    assert_eq!(cleaned.braked().iter().map(|r| cleaner.rule(*r).id).collect::<Vec<_>>(), ["p/r"]);
}

#[test]
fn spans_cut_exactly_their_group() {
    let span =
        rule("r", "scope = \"span\"\nsearch = '(?P<cut>Follow (?:her|him) on X\\.)'\nwhen = { max-chars = 120 }");
    let page = format!("{PROSE} “Jane Doe writes here.” Follow her on X. She lives in Ulm.\n");
    let cleaner = build(&span);
    let cleaned = cleaner.clean(&page);
    assert_eq!(cleaned.text(), page.replace("Follow her on X. ", ""));
    assert_eq!(cleaned.lines()[0].verdict, Verdict::Cut);
    assert_eq!(&page[cleaned.cuts()[0].span.clone()], "Follow her on X. ");
    let alone = cleaner.clean("Title\n\nFollow her on X.\n\nEnd\n");
    assert_eq!(alone.text(), "Title\n\nEnd\n", "a line with nothing left is removed");
    assert_eq!(alone.lines()[2].verdict, Verdict::Removed);
    assert!(alone.cuts().is_empty());
}

#[test]
fn a_cut_unit_is_judged_again() {
    let rules = rule("s", "scope = \"span\"\nsearch = '(?P<cut>Sponsored by Acme\\.)'\nwhen = { max-chars = 80 }")
        + &rule("l", "equals = [\"share this\"]");
    assert_eq!(left(&rules, &[PROSE, "Sponsored by Acme. Share this", PROSE]), "P/P");
}

#[test]
fn blank_lines_are_tidied_only_where_something_went() {
    let cleaner = build(&rule("r", "equals = [\"share\"]"));
    let clean = |text: &str| cleaner.clean(text).text().into_owned();
    assert_eq!(clean("a\n\n\nb\n"), "a\n\n\nb\n");
    assert_eq!(clean("a\n\n\nShare\n\nb\n"), "a\n\n\nb\n", "the blanks below the upper neighbour stay");
    assert_eq!(clean("a\nShare\n\n\nb\n"), "a\n\n\nb\n", "or those above the lower one");
    assert_eq!(clean("a\nShare\nb\n"), "a\nb\n");
    assert_eq!(clean("\n\nShare\n\na\n\nShare\n\n"), "a\n", "none at the ends");
    assert_eq!(clean("\n\na\n\n"), "\n\na\n\n");
    assert_eq!(clean("a\r\n\r\nShare\r\n\r\nb\r\n"), "a\r\n\r\nb\r\n");
    assert_eq!(clean("a\r\rShare\r\rb"), "a\r\rb");
    assert_eq!(clean("Share"), "");
    assert_eq!(clean(""), "");
    assert_eq!(clean("\u{a0}\n"), "\u{a0}\n");
}

#[test]
fn options_choose_rules() {
    let two = rule("a", "equals = [\"share\"]").replace("\"other\"", "\"share\"")
        + &rule("b", "equals = [\"menu\"]").replace("\"other\"", "\"nav\"");
    let clean = |builder: CleanerBuilder| builder.build().map(|c| c.clean("Share\nMenu\nText\n").text().into_owned());
    assert_eq!(clean(builder(&two)).as_deref(), Ok("Text\n"));
    assert_eq!(clean(builder(&two).keep(Category::Share)).as_deref(), Ok("Share\nText\n"));
    assert_eq!(clean(builder(&two).remove(Category::Share)).as_deref(), Ok("Menu\nText\n"));
    assert_eq!(clean(builder(&two).ignore("p/a")).as_deref(), Ok("Share\nText\n"));
    assert_eq!(clean(builder(&two).only("p/a")).as_deref(), Ok("Menu\nText\n"));
    assert_eq!(clean(builder(&two).ignore("p")), Err(BuildError::NoRules));
    assert_eq!(
        clean(builder(&two).ignore("p/aa")),
        Err(BuildError::UnknownRule { name: "p/aa".into(), nearest: Some("p/a".into()) })
    );
    assert_eq!(
        clean(builder(&two).ignore("a")),
        Err(BuildError::UnknownRule { name: "a".into(), nearest: Some("p/a".into()) })
    );
}

#[test]
fn a_pack_may_not_replace_default_rules_by_accident() {
    let id = {
        let cleaner = Cleaner::builder().build().expect("the default packs");
        cleaner.rules().map(|r| cleaner.rule(r).id).next().expect("a rule")
    };
    let (pack, name) = id.split_once('/').expect("pack/id");
    let text = format!("[pack]\nid = \"{pack}\"\ntitle = \"t\"\n\n{}", rule(name, "equals = [\"zzz\"]"));
    let error = Cleaner::builder().rules("mine.toml", &text).build().unwrap_err();
    assert_eq!(error, BuildError::DuplicateRule { id: id.clone(), pack: pack.into() });
}

#[test]
fn fingerprints_follow_the_rules() {
    let one = build(&rule("a", "equals = [\"share\"]"));
    let same = build(&rule("a", "equals = [\"share\"]"));
    let other = build(&rule("a", "equals = [\"shares\"]"));
    assert_eq!(one.fingerprint(), same.fingerprint());
    assert_ne!(one.fingerprint(), other.fingerprint());
    assert_eq!(one.fingerprint().len(), 16);
}

#[test]
fn huge_lines_are_prose() {
    let cleaner = build(
        &(rule("a", "starts-with = [\"share\"]\nwhen = { max-chars = 100 }")
            + &rule("b", "regex = '.*menu'\nwhen = { max-chars = 900 }")),
    );
    let page = format!("Share {}menu\nmenu\n", "word ".repeat(100_000));
    assert_eq!(cleaner.clean(&page).text(), page.replace("\nmenu\n", "\n"));
}
