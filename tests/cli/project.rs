//! The project's configuration: found, extended, laid over, and wrong.

use crate::support::Room;

const PAGE: &str = "Head\n\nNOISE one\n\nGUESS two\n\nThe second (CUT photo) paragraph.\n";

/// A room whose configuration uses the rules of the tests and nothing else.
fn room(config: &str) -> Room {
    let room = Room::new();
    room.put("packs/test.toml", crate::support::RULES);
    room.put("dechaff.toml", format!("packs = [\"packs\"]\ndefault-rules = false\n{config}"));
    room.put("page.txt", PAGE);
    room
}

#[test]
fn the_nearest_configuration_holds_and_options_win_over_it() {
    let room = room("level = \"aggressive\"\n");
    room.bare(&["page.txt"], "").quiet("Head\n\nThe second  paragraph.\n");
    room.bare(&["--level", "safe", "page.txt"], "").quiet("Head\n\nGUESS two\n\nThe second  paragraph.\n");
    room.bare(&["--ignore", "test/noise", "page.txt"], "").quiet("Head\n\nNOISE one\n\nThe second  paragraph.\n");
    room.bare(&["--select", "category:promo", "page.txt"], "")
        .quiet("Head\n\nNOISE one\n\nThe second (CUT photo) paragraph.\n");
    // Without it these are the default rules at the default level, which know nothing of this noise.
    room.bare(&["--isolated", "page.txt"], "").quiet(PAGE);
    room.put("other.toml", "packs = [\"packs/test.toml\"]\ndefault-rules = false\nkeep = \"credit\"\n");
    room.bare(&["--config", "other.toml", "page.txt"], "")
        .quiet("Head\n\nGUESS two\n\nThe second (CUT photo) paragraph.\n");
    room.bare(&["--config", "missing.toml", "page.txt"], "").fails(&["missing.toml: no such file"]);
    room.bare(&["--config", "other.toml", "--isolated", "page.txt"], "").fails(&["--isolated"]);
}

#[test]
fn it_is_looked_for_above_and_paths_are_relative_to_it() {
    let room = room("");
    room.put("deep/er/page.txt", PAGE);
    let mut command = room.command(&["page.txt"]);
    let output = command.current_dir(room.path("deep/er")).output().expect("the binary");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Head\n\nGUESS two\n\nThe second  paragraph.\n");
    room.put("deep/dechaff.toml", "extend = \"../dechaff.toml\"\nkeep = [\"credit\"]\n");
    let mut command = room.command(&["config"]);
    let output = command.current_dir(room.path("deep/er")).output().expect("the binary");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("# ../dechaff.toml, over ../../dechaff.toml\n"), "{text}");
    assert!(text.contains("\"../../packs\"") && text.contains("# ../../dechaff.toml:1\n"), "{text}");
    assert!(text.contains("\"credit\",") && text.contains("# ../dechaff.toml:2\n"), "{text}");
}

#[test]
fn select_and_ignore_name_rules_packs_and_categories() {
    for (config, expected) in [
        ("select = [\"test/noise\"]", "Head\n\nGUESS two\n\nThe second (CUT photo) paragraph.\n"),
        ("select = [\"test\"]", "Head\n\nGUESS two\n\nThe second  paragraph.\n"),
        ("select = [\"test/noise\", \"category:credit\"]", "Head\n\nGUESS two\n\nThe second  paragraph.\n"),
        ("ignore = [\"category:related\"]", "Head\n\nNOISE one\n\nGUESS two\n\nThe second  paragraph.\n"),
        ("remove = [\"credit\"]", "Head\n\nNOISE one\n\nGUESS two\n\nThe second  paragraph.\n"),
    ] {
        room(config).bare(&["page.txt"], "").quiet(expected);
    }
}

#[test]
fn overrides_change_a_packaged_rule() {
    let level = "[[override]]\nrule = \"test/guess\"\nlevel = \"normal\"\n";
    room(level).bare(&["page.txt"], "").quiet("Head\n\nThe second  paragraph.\n");
    let spared = "[[override]]\nrule = \"test/noise\"\nunless = [{ ends-with = [\"one\"], why = \"the first\" }]\n";
    room(spared).bare(&["page.txt"], "").quiet("Head\n\nNOISE one\n\nGUESS two\n\nThe second  paragraph.\n");
    let shorter = "[[override]]\nrule = \"test/noise\"\nwhen.max-chars = 4\n";
    room(shorter).bare(&["page.txt"], "").quiet("Head\n\nNOISE one\n\nGUESS two\n\nThe second  paragraph.\n");
    let existing = "[[override]]\nrule = \"test/credit\"\nwhen.max-chars = 10\n";
    let page = room(existing).bare(&["rules", "test/credit"], "");
    assert!(page.out().contains("at most 10 characters"), "{}", page.out());
    let pattern = "[[override]]\nrule = \"test/credit\"\nsearch = '(?<cut>\\(PIC[^)]*\\))'\n";
    room(pattern).bare(&["page.txt"], "").quiet("Head\n\nGUESS two\n\nThe second (CUT photo) paragraph.\n");
}

#[test]
fn default_rules_can_be_overridden_and_change_nothing_else() {
    // Whichever rule is the first of the safe ones.
    let room = Room::new();
    let listed = room.bare(&["rules", "--level", "safe", "--format", "json"], "");
    let rules: serde_json::Value = serde_json::from_str(listed.out()).expect("JSON");
    let id = rules[0]["id"].as_str().expect("an id").to_owned();
    let count = |room: &Room| {
        let json = room.bare(&["config", "--level", "safe", "--format", "json"], "");
        let json: serde_json::Value = serde_json::from_str(json.out()).expect("JSON");
        json["rules-in-use"].as_u64().expect("a number")
    };
    let before = count(&room);
    room.put("dechaff.toml", format!("[[override]]\nrule = \"{id}\"\nlevel = \"aggressive\"\n"));
    assert_eq!(count(&room), before - 1);
}

#[test]
fn sources_have_settings_of_their_own() {
    let room = room("[[source]]\nhost = [\"kelm.example\"]\nlevel = \"aggressive\"\nkeep = [\"related\"]\n");
    let url = |url: &str| room.bare(&["--url", url, "page.txt"], "");
    url("https://other.example/a").quiet("Head\n\nGUESS two\n\nThe second  paragraph.\n");
    url("https://notkelm.example/a").quiet("Head\n\nGUESS two\n\nThe second  paragraph.\n");
    url("https://news.kelm.example/a").quiet("Head\n\nNOISE one\n\nThe second  paragraph.\n");
}

#[test]
fn mistakes_are_shown_in_their_place_and_nothing_is_cleaned() {
    for (config, words) in [
        ("levl = \"safe\"", &["unknown key `levl`", "dechaff.toml:3:1", "did you mean `level`?"][..]),
        ("level = \"save\"", &["unknown level `save`", "dechaff.toml:3:9", "`safe`"]),
        ("keep = [\"bylin\"]", &["unknown category `bylin`", "`byline`"]),
        ("ignore = [\"test/nose\"]", &["no rule or pack is called `test/nose`", "dechaff.toml:3:11", "`test/noise`"]),
        ("ignore = [\"byline\"]", &["`category:byline`"]),
        ("ignore = [\"category:bylin\"]", &["`category:byline`"]),
        ("ignore = [\"categry:byline\"]", &["`category:byline`"]),
        ("default-rules = true", &["not TOML"]),
        ("[[override]]\nrule = \"test/nose\"\nlevel = \"safe\"", &["`test/noise`", "dechaff.toml:4:8"]),
        ("[[override]]\nrule = \"test/noise\"", &["changes nothing"]),
        ("[[override]]\nlevel = \"safe\"", &["has no `rule`"]),
        ("[[override]]\nrule = \"test/noise\"\nid = \"other\"", &["cannot give a rule another id"]),
        ("[[override]]\nrule = \"test/noise\"\nlevel = \"save\"", &["unknown level `save`", "dechaff.toml:5:"]),
        ("[[override]]\nrule = \"test/noise\"\nwhen.max-char = 3", &["unknown key `max-char`", "dechaff.toml:5:6"]),
        ("[[override]]\nrule = \"test/noise\"\nregex = '('", &["bad pattern", "dechaff.toml:5:"]),
        ("[[source]]\nlevel = \"safe\"", &["has no `host`"]),
        ("extend = \"nowhere.toml\"", &["no such configuration", "dechaff.toml:3:10"]),
        ("extend = \"dechaff.toml\"", &["in a circle: dechaff.toml → dechaff.toml", "dechaff.toml:3:10"]),
        ("extend = \"packs\"", &["a directory"]),
    ] {
        let room = room(config);
        let ran = room.bare(&["page.txt"], "");
        ran.fails(words).data("");
    }
    let room = room("");
    room.put("dechaff.toml", "packs = [\"pakcs\"]\n");
    room.bare(&["page.txt"], "").fails(&["there is no such file or directory", "dechaff.toml:1:10"]);
    room.put("a.toml", "extend = [\"b.toml\"]\n");
    room.put("b.toml", "extend = [\"a.toml\"]\n");
    room.bare(&["--config", "a.toml", "page.txt"], "").fails(&["a.toml → ", "b.toml → "]);
}

#[test]
fn what_holds_is_shown_with_its_origin() {
    let room = room("level = \"safe\"\nignore = [\"test/credit\"]\n");
    let ran = room.bare(&["config", "--keep", "byline"], "");
    ran.prints(ran.out());
    for line in [
        "level = \"safe\"                            # dechaff.toml:3",
        "default-rules = false                     # dechaff.toml:2",
        "  \"test/credit\",                          # dechaff.toml:4",
        "  \"byline\",                               # --keep",
        "# 1 rule in use, ",
    ] {
        assert!(ran.out().contains(line), "{line} is not in:\n{}", ran.out());
    }
    let json: serde_json::Value =
        serde_json::from_str(room.bare(&["config", "--format", "json"], "").out()).expect("JSON");
    assert_eq!(json["settings"]["level"]["origin"], "dechaff.toml:3");
    assert_eq!(json["files"][0], "dechaff.toml");
    let none = room.bare(&["config", "--isolated"], "");
    assert!(none.out().starts_with("# no dechaff.toml here or above\nlevel = \"normal\""), "{}", none.out());
    // What is shown says the same when it is read again.
    room.put("again.toml", ran.out());
    let again = room.bare(&["config", "--config", "again.toml"], "");
    let values = |text: &str| -> Vec<String> {
        let rows = text.lines().filter(|line| !line.starts_with("# "));
        rows.map(|line| line.split("  #").next().unwrap_or_default().trim().to_owned()).collect()
    };
    assert_eq!(values(again.out()), values(ran.out()));
}
