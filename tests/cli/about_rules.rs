//! Commands about rules: `rules`, `diff`, `coverage`, `schema`, `check` without paths.

use crate::support::{RULES, Ran, Room};

fn json(ran: &Ran) -> serde_json::Value {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(ran.out()).expect("JSON")
}

fn ids(value: &serde_json::Value) -> Vec<&str> {
    value.as_array().expect("rules").iter().map(|rule| rule["id"].as_str().expect("an id")).collect()
}

const OWN: [&str; 3] = ["rules", "--no-default-rules", "--rules=rules.toml"];

fn own<'a>(args: &[&'a str]) -> Vec<&'a str> {
    OWN.iter().copied().chain(args.iter().copied()).collect()
}

#[test]
fn rules_are_listed_and_filtered() {
    let room = Room::new();
    let list = |args: &[&str]| json(&room.bare(&[&own(args)[..], &["--format", "json"]].concat(), ""));
    assert_eq!(ids(&list(&[])), ["test/noise", "test/credit", "test/guess"]);
    assert_eq!(ids(&list(&["--category", "credit,promo"])), ["test/credit", "test/guess"]);
    assert_eq!(ids(&list(&["--level", "aggressive"])), ["test/guess"]);
    assert_eq!(ids(&list(&["--pack", "test", "--category", "related"])), ["test/noise"]);
    assert!(ids(&list(&["--lang", "de"])).is_empty(), "none of them is made of German words");
    let table = room.bare(&own(&[]), "");
    assert!(table.out().starts_with("RULE         CATEGORY        LEVEL       TITLE\n"), "{}", table.out());
    assert!(table.out().lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_rule_has_a_page() {
    let room = Room::new();
    let page = room.bare(&own(&["test/credit"]), "");
    for words in [
        "test/credit  A credit in brackets",
        "removes    credit lines (scope span), level safe",
        "written in rules.toml:14",
        "search /(?<cut>\\(CUT[^)]*\\))/; at most 400 characters",
        "leaves: The second  paragraph.",
    ] {
        assert!(page.out().contains(words), "{words} is not in:\n{}", page.out());
    }
    let markdown = room.bare(&own(&["test/credit", "--format", "markdown"]), "");
    assert!(markdown.out().starts_with("## test/credit\n\nA credit in brackets."), "{}", markdown.out());
    room.bare(&own(&["test/credti"]), "").fails(&["no rule or pack is called `test/credti`", "`test/credit`"]);
    room.bare(&own(&["credit"]), "").fails(&["`test/credit`"]);
    room.bare(&own(&["--pack", "tset"]), "").fails(&["no pack is called `tset`", "`test`"]);
}

#[test]
fn layers_say_what_is_on_and_why() {
    let room = Room::new();
    room.put("dechaff.toml", "default-rules = false\npacks = \"rules.toml\"\nignore = \"test/noise\"\n[[override]]\nrule = \"test/credit\"\ntitle = \"Changed\"\n");
    let rules = json(&room.bare(&["rules", "--resolved", "--format", "json"], ""));
    let state = |n: usize| (rules[n]["on"].as_bool().expect("a flag"), rules[n]["why"].to_string());
    assert_eq!(state(0), (false, r#"["off: ignored in dechaff.toml:3","rules.toml"]"#.to_owned()));
    assert_eq!(state(1), (true, r#"["rules.toml","title changed in dechaff.toml:5"]"#.to_owned()));
    assert_eq!(state(2), (false, r#"["off: level is normal","rules.toml"]"#.to_owned()));
    assert_eq!(rules[1]["title"], "Changed");
}

#[test]
fn schemas_are_json() {
    let room = Room::new();
    assert_eq!(json(&room.bare(&["schema"], ""))["title"], "dechaff rule file");
    assert_eq!(json(&room.bare(&["schema", "config"], ""))["title"], "dechaff configuration");
}

#[test]
fn check_takes_the_packs_of_the_configuration() {
    let room = Room::new();
    room.bare(&["check"], "").fails(&["no rule files to check", "dechaff.toml"]);
    room.put("packs/mine.toml", RULES.replace("\"safe\"", "\"save\""));
    room.put("dechaff.toml", "packs = [\"packs\"]\n");
    let ran = room.bare(&["check", "--format", "plain"], "");
    assert_eq!(ran.code, 1);
    assert!(ran.out().starts_with("packs/mine.toml:8:9: error[unknown-name]"), "{}", ran.out());
    room.bare(&["check", "nowhere"], "").fails(&["nowhere"]);
    room.bare(&["check", "--explain", "shadowed"], "").prints(room.bare(&["check", "--explain", "shadowed"], "").out());
    room.bare(&["check", "--explain", "shaded"], "").fails(&["shaded"]);
}

#[test]
fn diff_shows_only_lines_whose_verdict_changed() {
    let room = Room::new();
    room.put("old/rules.toml", RULES);
    room.put("new/rules.toml", RULES.replace("[\"NOISE\"]", "[\"NOISE two\"]").replace("\"aggressive\"", "\"safe\""));
    room.put("pages/a.txt", "Head\n\nNOISE one\n\nNOISE two\n\nGUESS it\n\nEnd\n");
    room.put("pages/b.txt", "Nothing\n\nHere\n");
    let args = |more: &[&'static str]| [&["diff", "--no-default-rules", "old", "new", "pages"][..], more].concat();
    room.bare(&args(&[]), "").quiet(
        "test/guess: 1 line removed now\n- pages/a.txt:7: GUESS it\n\ntest/noise: 1 line kept now\n+ pages/a.txt:3: NOISE one\n\n\
         1 removed, 1 kept, 0 cut differently; 1 of 2 documents changed (12 lines)\n",
    );
    let report = json(&room.bare(&args(&["--format", "json"]), ""));
    assert_eq!((report["removed"].as_u64(), report["kept"].as_u64()), (Some(1), Some(1)));
    assert_eq!(report["groups"][0]["lines"][0]["text"], "GUESS it");
    room.put("keep/prose.txt", "GUESS who came to dinner on the quay.\n");
    let lost = room.bare(&args(&["--must-keep", "keep"]), "");
    assert_eq!(lost.code, 1, "{}", lost.stderr);
    assert!(lost.out().contains("! keep/prose.txt:1: GUESS who"), "{}", lost.out());
    room.put("keep/prose.txt", "NOISE two is lost before and after.\n");
    assert_eq!(room.bare(&args(&["--must-keep", "keep"]), "").code, 0);
}

#[test]
fn diff_compares_configurations_and_names_what_it_cannot_find() {
    let room = Room::new();
    room.put("page.txt", "Head\n\nNOISE one\n\nGUESS it\n");
    room.put("a.toml", "packs = \"rules.toml\"\ndefault-rules = false\n");
    room.put("b/dechaff.toml", "packs = \"../rules.toml\"\ndefault-rules = false\nlevel = \"aggressive\"\n");
    let ran = room.bare(&["diff", "a.toml", "b", "page.txt"], "");
    assert!(ran.out().starts_with("test/guess: 1 line removed now\n"), "{}{}", ran.out(), ran.stderr);
    room.bare(&["diff", "default", "default", "page.txt"], "")
        .quiet("0 removed, 0 kept, 0 cut differently; 0 of 1 document changed (5 lines)\n");
    room.bare(&["diff", "a.toml", "nowhere", "page.txt"], "")
        .fails(&["nowhere: no such file or directory, and no revision"]);
    room.bare(&["diff", "a.toml", "b", "nowhere"], "").fails(&["nowhere: no such file"]);
    std::fs::create_dir(room.path("empty")).expect("a directory");
    room.bare(&["diff", "a.toml", "b", "empty"], "").fails(&["no document in this directory"]);
}

#[test]
fn diff_takes_rules_from_a_revision() {
    let room = Room::new();
    let git = |args: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=x", "-c", "user.email=x@y.example", "-c", "commit.gpgsign=false"]);
        let output = command.args(args).current_dir(room.path("")).output().expect("git");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    room.put("rules/test.toml", RULES);
    room.put("page.txt", "Head\n\nNOISE one\n");
    git(&["init", "-q"]);
    git(&["add", "rules"]);
    git(&["commit", "-q", "-m", "Rules"]);
    room.put("rules/test.toml", RULES.replace("NOISE", "NOTHING"));
    let ran = room.bare(&["diff", "--no-default-rules", "HEAD", "rules", "page.txt"], "");
    assert!(ran.out().starts_with("test/noise: 1 line kept now\n"), "{}{}", ran.out(), ran.stderr);
    room.bare(&["diff", "HEAD:packs", "rules", "page.txt"], "").fails(&["HEAD has no rule file in packs"]);
}

#[test]
fn coverage_counts_what_each_rule_does() {
    let room = Room::new();
    room.put("rules.toml", format!("{RULES}\n[[rule]]\nid = \"twin\"\ncategory = \"related\"\nlevel = \"safe\"\ntitle = \"Twin\"\nequals = [\"NOISE one\"]\nhit = [\"NOISE one\"]\n"));
    room.put("pages/a.txt", "Head\n\nNOISE one\n\nNOISE two\n\nThe second (CUT photo) paragraph.\n");
    room.put("pages/b.txt", "Head\n\nNOISE is what it says, NOISE.\n");
    let report = json(&room.run(&["coverage", "pages", "--format", "json"]));
    let rule = |id: &str| {
        let rules = report["rules"].as_array().expect("rules");
        let rule = rules.iter().find(|rule| rule["id"] == id).expect("the rule");
        ["lines", "only", "documents", "asked", "matched"].map(|key| rule[key].as_u64().expect("a number"))
    };
    assert_eq!(rule("test/noise"), [3, 2, 2, 3, 3]);
    assert_eq!(rule("test/twin"), [1, 0, 1, 1, 1]);
    assert_eq!(rule("test/credit"), [1, 1, 1, 1, 1]);
    assert_eq!((report["documents"].as_u64(), report["removed"].as_u64()), (Some(2), Some(3)));
    let table = room.run(&["coverage", "pages", "--level", "aggressive"]);
    assert!(table.out().contains("removed nothing (1 rule)\n  test/guess\n"), "{}", table.out());
    assert!(table.out().lines().all(|line| line.chars().count() <= 80));
    room.put("pages/c.txt", b"\x7FELF\0\0");
    let ran = room.run(&["coverage", "pages"]);
    ran.fails(&["pages/c.txt: not text"]);
    assert!(ran.out().contains("2 documents"), "the others are counted");
}
