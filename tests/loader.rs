//! Every mistake that a rule file can have, as the tool shows it: file, line, column, caret, what was expected.

mod support;

use std::process::Command;

use support::with_snapshots;

const RULE: &str = "[[rule]]\nid = \"share\"\ncategory = \"share\"\nlevel = \"safe\"\ntitle = \"Share prompt\"\n";
const EVIDENCE: &str = "hit = [\"Share this\"]\nspare = [{ input = \"Share prices fell.\", why = \"prose\" }]\n";

/// A whole rule with one body, well-formed but for that.
fn rule(body: &str) -> String {
    format!("[pack]\nid = \"mine\"\ntitle = \"My rules\"\n\n{RULE}{body}\n{EVIDENCE}")
}

fn cases() -> Vec<(&'static str, String)> {
    let pack = "[pack]\nid = \"mine\"\ntitle = \"My rules\"\n\n";
    let section = "scope = \"section\"\nequals = [\"related\"]\n";
    vec![
        ("not-toml", "[pack]\nid = mine\n".into()),
        ("no-pack", format!("{RULE}equals = [\"share\"]\n{EVIDENCE}")),
        ("pack-not-a-table", "pack = 3\n[[list]]\nid = \"x\"\nen = [\"y\"]\n".into()),
        ("pack-without-title", format!("[pack]\nid = \"mine\"\n\n{RULE}equals = [\"share\"]\n{EVIDENCE}")),
        ("nothing-in-it", pack.into()),
        ("unknown-top-level-key", format!("{pack}[[rules]]\nid = \"x\"\n")),
        ("unknown-key-in-rule", rule("starts_with = [\"share\"]")),
        ("unknown-key-in-when", rule("equals = [\"share\"]\nwhen = { max-char = 40 }")),
        (
            "id-not-kebab-case",
            format!(
                "{pack}{}equals = [\"share\"]\n{EVIDENCE}",
                RULE.replace("\"share\"\ncategory", "\"Share_This\"\ncategory")
            ),
        ),
        ("missing-keys", format!("{pack}[[rule]]\nid = \"share\"\nequals = [\"share\"]\nhit = [\"share\"]\n")),
        ("unknown-category", rule("equals = [\"share\"]").replace("category = \"share\"", "category = \"sharing\"")),
        ("unknown-level", rule("equals = [\"share\"]").replace("\"safe\"", "\"save\"")),
        ("unknown-scope", rule("scope = \"lines\"\nequals = [\"share\"]")),
        ("unknown-action", rule("action = \"drop\"\nequals = [\"share\"]")),
        ("wrong-type", rule("equals = 3")),
        ("wrong-type-of-item", rule("equals = [\"share\", 3]")),
        ("wrong-type-of-flag", rule("equals = [\"share\"]\nglued = \"yes\"")),
        ("number-out-of-range", rule("equals = [\"share\"]\nwhen = { after-percent = 100 }")),
        ("empty-array", rule("equals = []")),
        ("empty-string", rule("equals = [\"\"]")),
        ("only-decoration", rule("starts-with = [\"►►\"]")),
        ("unknown-case", rule("when = { max-chars = 40, case = \"lower\" }")),
        ("unknown-neighbour", rule("equals = [\"share\"]\nwhen = { prev = \"begin\" }")),
        (
            "unknown-side",
            rule(
                "scope = \"tail\"\nequals = [\"related\"]\nmax-units = 9\nrequire = { side = \"below\", within = 3, prose = false }",
            ),
        ),
        ("test-that-tests-nothing", rule("starts-with = [\"share\"]\nunless = [{ why = \"no reason\" }]")),
        ("unless-without-why", rule("starts-with = [\"share\"]\nunless = [{ ends-with = [\":\"] }]")),
        (
            "require-without-within",
            rule(&format!("{section}max-units = 9\nrequire = {{ side = \"after\", prose = false }}")),
        ),
        (
            "unknown-list",
            format!(
                "{pack}[[list]]\nid = \"share-label\"\nen = [\"share\"]\n\n{RULE}equals = [\"@share-lable\"]\n{EVIDENCE}"
            ),
        ),
        ("list-with-unknown-language", format!("{pack}[[list]]\nid = \"share-label\"\nenglish = [\"share\"]\n")),
        ("list-without-phrases", format!("{pack}[[list]]\nid = \"share-label\"\n")),
        ("list-twice", format!("{pack}[[list]]\nid = \"a\"\nen = [\"x\"]\n[[list]]\nid = \"a\"\nen = [\"y\"]\n")),
        ("rule-twice", format!("{pack}{RULE}equals = [\"share\"]\n{EVIDENCE}\n{RULE}equals = [\"tweet\"]\n{EVIDENCE}")),
        ("contains-without-max-chars", rule("contains = [\"share\"]")),
        ("search-without-max-chars", rule("search = 'share'")),
        ("nothing-to-look-up", rule("regex = '\\p{Lu}\\w+ shares'")),
        ("no-matcher", rule("when = { case = \"upper\" }")),
        ("bad-regex", rule("regex = 'share (this|that'")),
        ("regex-that-matches-nothing", rule("regex = '(?:share)?'")),
        ("regex-with-an-anchor", rule("regex = '^share this$'")),
        ("regex-with-folded-capitals", rule("regex = '(?i)by [A-Z]+'")),
        ("regex-the-view-never-holds", rule("regex = 'we’re on Facebook'")),
        ("run-without-min-run", rule("scope = \"run\"\nequals = [\"share\"]")),
        ("min-run-without-run", rule("equals = [\"share\"]\nwhen = { min-run = 3 }")),
        (
            "section-without-max-units",
            rule(&format!("{section}require = {{ side = \"after\", within = 3, prose = false }}")),
        ),
        ("section-without-require", rule(&format!("{section}max-units = 9"))),
        ("until-in-a-line-rule", rule("equals = [\"share\"]\nuntil = { prose = true }")),
        (
            "keep-with-a-scope",
            rule(&format!(
                "{section}action = \"keep\"\nmax-units = 9\nrequire = {{ side = \"after\", within = 3, prose = false }}"
            )),
        ),
        ("span-without-cut", rule("scope = \"span\"\nsearch = 'share this'\nwhen = { max-chars = 80 }")),
        ("span-without-fixed-words", rule("scope = \"span\"\nsearch = '(?P<cut>\\d+)'\nwhen = { max-chars = 80 }")),
        ("span-with-other-matchers", rule("scope = \"span\"\nequals = [\"share\"]\nwhen = { max-chars = 80 }")),
        ("cut-in-a-line-rule", rule("regex = 'share (?P<cut>this)'")),
        ("rule-without-hit", format!("{pack}{RULE}equals = [\"share\"]\n")),
        ("rule-without-spare", format!("{pack}{RULE}starts-with = [\"share\"]\nhit = [\"Share this\"]\n")),
        (
            "spare-without-why",
            format!("{pack}{RULE}starts-with = [\"share\"]\nhit = [\"Share this\"]\nspare = [{{ input = \"x\" }}]\n"),
        ),
        ("several-at-once", rule("starts-wiht = [\"share\"]\nequals = [\"\"]\nwhen = { max-chars = -1 }")),
    ]
}

#[test]
fn every_mistake_is_shown_in_its_place() {
    let room = tempfile::tempdir().expect("a directory");
    let mut shown = std::collections::BTreeMap::new();
    for (name, text) in cases() {
        std::fs::write(room.path().join("mine.toml"), &text).expect("a rule file");
        let run = Command::new(env!("CARGO_BIN_EXE_dechaff"))
            .args(["--no-default-rules", "--rules", "mine.toml", "mine.toml"])
            .current_dir(room.path())
            .env("NO_COLOR", "1")
            .output()
            .expect("the binary");
        assert_eq!(run.status.code(), Some(2), "{name}");
        assert!(run.stdout.is_empty(), "{name}: stdout is data");
        let stderr = String::from_utf8(run.stderr).expect("UTF-8");
        assert!(stderr.contains("mine.toml:"), "{name} has a place:\n{stderr}");
        with_snapshots("what the tool says of a wrong rule file", || {
            insta::assert_snapshot!(format!("loader-{name}"), format!("{text}\n──────\n{stderr}"))
        });
        shown.insert(name, stderr);
    }
    assert_eq!(shown.len(), cases().len(), "names are unique");
}
