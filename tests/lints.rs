//! Every finding of `dechaff check`, as the tool shows it: code, file, line, column, caret, what to write instead.

mod support;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use support::with_snapshots;

const PACK: &str = "[pack]\nid = \"mine\"\ntitle = \"My rules\"\n\n";
const RULE: &str = "[[rule]]\nid = \"share\"\ncategory = \"share\"\nlevel = \"safe\"\ntitle = \"Share prompt\"\n";
const EVIDENCE: &str = "hit = [\"Share this\"]\nspare = [{ input = \"Share prices fell.\", why = \"prose\" }]\n";

/// A whole rule with one body.
fn rule(body: &str) -> String {
    format!("{PACK}{RULE}{body}\n{EVIDENCE}")
}

/// What has to be found, a name, and the file.
fn cases() -> Vec<(&'static str, &'static str, String)> {
    let second = RULE.replace("\"share\"\ncategory", "\"share-more\"\ncategory");
    vec![
        ("unknown-key", "unknown-key", rule("starts_with = [\"share this\"]")),
        ("anchor", "anchor", rule("regex = '^share this$'")),
        (
            "unicode-word-boundary",
            "unicode-word-boundary",
            rule("search = '\\bshare this\\b'\nwhen = { max-chars = 60 }"),
        ),
        ("not-in-view", "not-in-view", rule("regex = 'Share it’s news'")),
        ("not-in-view", "space-at-the-end", rule("regex = 'Share this '")),
        ("needs-newline", "needs-newline", rule("regex = 'Share\\nTweet'")),
        (
            "spare-identical-to-hit",
            "spare-identical-to-hit",
            format!(
                "{PACK}{RULE}starts-with = [\"share this\"]\nhit = [\"Share this\"]\nspare = [{{ input = \"• Share this\", why = \"an item\" }}]\n"
            ),
        ),
        (
            "unreachable-unless",
            "unless-with-other-words",
            rule(
                "starts-with = [\"share this\"]\nunless = [\n  { ends-with = [\"following:\"], why = \"introduces\" },\n  { starts-with = [\"share that\"], why = \"another\" },\n]",
            ),
        ),
        (
            "unreachable-unless",
            "unless-with-another-length",
            rule(
                "starts-with = [\"share this\"]\nwhen = { max-chars = 40 }\nunless = [{ min-chars = 60, why = \"long\" }]",
            ),
        ),
        (
            "unreachable-unless",
            "unless-in-a-span",
            format!(
                "{PACK}{RULE}scope = \"span\"\nsearch = '(?<cut>Share this now)'\nwhen = {{ max-chars = 90 }}\nunless = [{{ ends-with = [\":\"], why = \"introduces\" }}]\nhit = [{{ input = \"It rained. Share this now\", output = \"It rained. \" }}]\nspare = [{{ input = \"Share prices fell.\", why = \"prose\" }}]\n"
            ),
        ),
        (
            "shadowed",
            "shadowed",
            format!(
                "{PACK}{RULE}starts-with = [\"share\"]\nwhen = {{ max-chars = 60 }}\n{EVIDENCE}\n{second}regex = 'Share (?:this|that) (?:page|story)'\nwhen = {{ max-chars = 40 }}\nhit = [\"Share this page\"]\nspare = [{{ input = \"Sharing is hard.\", why = \"prose\" }}]\n"
            ),
        ),
        ("loose-alternation", "alternative-that-ends-in-a-space", rule("regex = 'Share this|Photo: |Credit: .+'")),
        (
            "loose-alternation",
            "covered-alternative",
            rule("regex = 'Share .{2,40}|Share this'\nwhen = { max-chars = 60 }"),
        ),
        ("loose-alternation", "bare-word", rule("regex = 'Photo|Share: .{2,40}|Share this'")),
        ("leading-wildcard", "search-with-wildcards", rule("search = '.*share this.*'\nwhen = { max-chars = 60 }")),
        ("leading-wildcard", "regex-with-an-end", rule("regex = '.*share this'\nwhen = { max-chars = 60 }")),
        ("leading-wildcard", "regex-with-both", rule("regex = '.*share (?:this|that).*'\nwhen = { max-chars = 60 }")),
        ("weak-literal", "short-literal", rule("starts-with = [\"to\", \"share this\"]")),
        ("weak-literal", "common-word", rule("contains = [\"more\"]\nwhen = { max-chars = 400 }")),
        (
            "unbounded-section",
            "bound-of-no-use",
            rule(
                "scope = \"tail\"\nequals = [\"share this\"]\nmax-units = 5000\nrequire = { side = \"after\", within = 3, prose = false }",
            ),
        ),
        ("slow-rule", "slow-rule", rule("regex = '[^:]{5,300}\\p{Lu}{9}'\nwhen = { max-chars = 700 }")),
    ]
}

fn check(room: &tempfile::TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dechaff"));
    command.arg("check").args(args).current_dir(room.path()).env("NO_COLOR", "1");
    command.output().expect("the binary")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn every_lint_is_shown_in_its_place() {
    let room = tempfile::tempdir().expect("a directory");
    let mut seen = BTreeSet::new();
    for (code, name, source) in cases() {
        std::fs::write(room.path().join("mine.toml"), &source).expect("a rule file");
        let run = check(&room, &["--no-default-rules", "--deny", "warnings", "mine.toml"]);
        assert_eq!(run.status.code(), Some(1), "{name}: {}{}", text(&run.stdout), text(&run.stderr));
        let shown = text(&run.stdout);
        assert!(shown.contains(&format!("[{code}]")), "{name} is {code}:\n{shown}");
        assert!(shown.contains("mine.toml:"), "{name} has a place:\n{shown}");
        with_snapshots("what `dechaff check` finds in a rule file", || {
            insta::assert_snapshot!(format!("lint-{name}"), format!("{source}\n──────\n{shown}"))
        });
        assert!(seen.insert(name), "names are unique");
    }
}

#[test]
fn every_warning_has_a_case() {
    let codes: BTreeSet<_> = cases().into_iter().map(|(code, ..)| code).collect();
    for code in dechaff::Code::ALL.iter().filter(|code| code.severity() == dechaff::Severity::Warning) {
        assert!(codes.contains(code.as_str()), "no case shows {code}");
    }
}

#[test]
fn a_sound_rule_has_no_findings() {
    let room = tempfile::tempdir().expect("a directory");
    std::fs::write(room.path().join("mine.toml"), rule("equals = [\"share this\"]")).expect("a rule file");
    let run = check(&room, &["--deny", "warnings", "--no-default-rules", "mine.toml"]);
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(0), String::new()), "{}", text(&run.stderr));
}

#[test]
fn warnings_are_errors_only_where_denied_and_a_comment_answers_them() {
    let room = tempfile::tempdir().expect("a directory");
    let weak = rule("starts-with = [\"to\"]");
    let code = |source: &str, args: &[&str]| {
        std::fs::write(room.path().join("mine.toml"), source).expect("a rule file");
        let mut all = vec!["--no-default-rules", "mine.toml"];
        all.extend(args);
        check(&room, &all).status.code()
    };
    assert_eq!(code(&weak, &[]), Some(0));
    assert_eq!(code(&weak, &["--deny", "warnings"]), Some(1));
    assert_eq!(code(&weak, &["--deny", "weak-literal"]), Some(1));
    assert_eq!(code(&weak, &["--deny", "shadowed"]), Some(0));
    assert_eq!(code(&weak, &["--deny", "warnings", "--allow", "weak-literal"]), Some(0));
    let allowed = weak.replace("starts-with", "# dechaff: allow(weak-literal) this site begins so\nstarts-with");
    assert_eq!(code(&allowed, &["--deny", "warnings"]), Some(0));
    let other = weak.replace("starts-with", "# dechaff: allow(shadowed)\nstarts-with");
    assert_eq!(code(&other, &["--deny", "warnings"]), Some(1));
    assert_eq!(code(&weak.replace("safe", "save"), &["--allow", "unknown-name"]), Some(1), "errors stay errors");
}

#[test]
fn safe_changes_are_made_and_nothing_else_is() {
    let room = tempfile::tempdir().expect("a directory");
    let path = room.path().join("mine.toml");
    let before = rule(
        "# a comment\nstarts_with = [\"share this\"]   # kept\nsearch = '.*share this.*'\nwhen = { max-chars = 60 }\nunless = [\n  { ends-with = [\"following:\"], why = \"introduces\" },\n  { starts-with = [\"share that\"], why = \"another\" },\n]",
    );
    std::fs::write(&path, &before).expect("a rule file");
    let run = check(&room, &["--no-default-rules", "--fix", "mine.toml"]);
    let after = std::fs::read_to_string(&path).expect("the file");
    let expected = before
        .replace("starts_with", "starts-with")
        .replace("'.*share this.*'", "'share this'")
        .replace(",\n  { starts-with = [\"share that\"], why = \"another\" }", "");
    assert_eq!(after, expected);
    assert_eq!(run.status.code(), Some(0), "{}{}", text(&run.stdout), text(&run.stderr));
    assert!(text(&run.stderr).contains("4 findings mended"), "{}", text(&run.stderr));
    let again = check(&room, &["--no-default-rules", "--fix", "mine.toml"]);
    assert!(!text(&again.stderr).contains("mended"), "{}", text(&again.stderr));
}

#[test]
fn findings_as_lines_and_as_json() {
    let room = tempfile::tempdir().expect("a directory");
    std::fs::write(
        room.path().join("mine.toml"),
        rule("glued_ = true\nstarts-with = [\"share this\"]").replace("glued_", "Glued"),
    )
    .expect("a rule file");
    let plain = check(&room, &["--no-default-rules", "--format", "plain", "mine.toml"]);
    let plain = text(&plain.stdout);
    assert!(plain.starts_with("mine.toml:10:1: error[unknown-key]: "), "{plain}");
    let run = check(&room, &["--no-default-rules", "--format", "json", "mine.toml"]);
    let lines = text(&run.stdout);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().expect("a finding")).expect("JSON");
    assert_eq!((first["code"].as_str(), first["line"].as_u64()), (Some("unknown-key"), Some(10)));
    assert_eq!(first["patch"]["edits"][0]["text"], "glued");
    assert_eq!(first["patch"]["safe"], true);
}

#[test]
fn a_rule_that_a_default_rule_makes_needless_is_found() {
    let room = tempfile::tempdir().expect("a directory");
    // A default rule of one literal matcher and nothing else, whichever it is, copied into a pack of one's own.
    let files: Vec<(String, String)> =
        dechaff::default_packs().iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    let packs = dechaff::catalog::read(&files).expect("well-formed");
    let twin = packs.iter().flat_map(|pack| &pack.rules).find(|rule| {
        !rule.protects
            && rule.level == dechaff::Level::Safe
            && rule.exceptions.is_empty()
            && matches!(rule.conditions.as_slice(), [one] if one.starts_with("equals @"))
    });
    let twin = twin.expect("such a rule");
    let line = twin.hit[0].input.trim().to_owned();
    let source = format!(
        "{PACK}{}equals = [{line:?}]\nhit = [{line:?}]\n",
        RULE.replace("category = \"share\"", &format!("category = \"{}\"", twin.category))
    );
    std::fs::write(room.path().join("mine.toml"), source).expect("a rule file");
    let run = check(&room, &["--format", "plain", "mine.toml"]);
    assert!(text(&run.stdout).contains("warning[shadowed]"), "{}{}", text(&run.stdout), text(&run.stderr));
    let alone = check(&room, &["--format", "plain", "--no-default-rules", "mine.toml"]);
    assert_eq!(text(&alone.stdout), "");
}
