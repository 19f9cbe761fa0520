//! Writing rules: `explain`, `new`, `test`, `review`.

use crate::support::{RULES, Room};

const PAGE: &str = "Harbour wall to be raised

Kelmcast: 12 degrees

The harbour wall of Kelm will be raised by forty centimetres before the next winter, the port authority said.

From the zork shop
Zork mug
Zork towel

Engineers measured the wall over the summer, and in its lowest part it stands a hand's breadth above the water.

Zorkdesk 4: Voss
Zorkdesk 7: Brandt
";

fn room() -> Room {
    let room = Room::new();
    std::fs::remove_file(room.path("rules.toml")).expect("the rules of other tests");
    room.put("pages/a.txt", PAGE);
    room
}

#[test]
fn explain_names_the_gates() {
    let room = Room::new();
    room.put("a.txt", "Title\n\nNOISE one\n\nA sentence with NOISE that stays.\n\nGUESS what\n");
    let ran = room.run(&["explain", "a.txt:3"]);
    let text = "\
a.txt:3 is removed by test/noise
  NOISE one

test/noise (related, safe): A line that says it is noise
  pass  starts-with    \"noise\"; asks: \"NOISE\"
  pass  level          cleaning at normal; asks: safe

To keep such lines: --keep related or --ignore test/noise
";
    ran.quiet(text);
    let ran = room.run(&["explain", "a.txt:7"]);
    let text = "\
a.txt:7 stays
  GUESS what
No rule passes all gates. The nearest, test/guess, is stopped by: level.

test/guess (promo, aggressive): A line that may be noise
  pass  starts-with    \"guess\"; asks: \"GUESS\"
  FAIL  level          cleaning at normal; asks: aggressive

--level aggressive would remove it, by test/guess.
";
    ran.quiet(text);
    assert!(room.run(&["explain", "a.txt:7", "--level", "aggressive"]).out().contains("is removed by test/guess"));
    assert!(room.run(&["explain", "a.txt:1"]).out().contains("No rule came near.\n"));
    assert!(room.run(&["explain", "a.txt:1", "--all"]).out().contains("far from it: test/noise (starts-with)\n"));
    assert!(room.run(&["explain", "a.txt:2"]).out().starts_with("a.txt:2 stays: a blank line"));
    let ran = room.pipe(&["explain", "-:1", "--json"], "NOISE one\n");
    let value: serde_json::Value = serde_json::from_str(ran.out()).expect("JSON");
    assert_eq!((&value["verdict"], &value["rules"][0]), (&"remove".into(), &"test/noise".into()));
    assert_eq!(value["candidates"][0]["gates"][0]["key"], "starts-with");
}

#[test]
fn explain_says_when_a_place_is_wrong() {
    let room = Room::new();
    room.put("a.txt", "One\nTwo\n");
    room.run(&["explain", "a.txt:3"]).fails(&["a.txt has 2 lines, so there is no line 3"]);
    room.run(&["explain", "a.txt"]).fails(&["FILE:LINE"]);
    room.run(&["explain", "a.txt:0"]).fails(&["counted from 1"]);
    room.run(&["explain", "a.txt:1-2"]).fails(&["one line at a time"]);
    room.run(&["explain", "b.txt:1"]).fails(&["b.txt: no such file"]);
    room.pipe(&["explain", "-:1"], "<!DOCTYPE html>\n<html></html>\n").fails(&["this is HTML"]);
}

#[test]
fn rules_from_lines_hold_at_once() {
    let room = room();
    for (id, from) in [("kelmcast", "3"), ("zork-shop", "7-9"), ("zorkdesk", "13-14")] {
        let ran = room.bare(&["new", &format!("zork/{id}"), "--from", &format!("pages/a.txt:{from}")], "");
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.says(&["zork.toml", "its examples hold"]);
    }
    let pack = room.read("zork.toml");
    for part in
        ["#:schema ", "label = [\"Kelmcast\"]", "scope = \"section\"", "scope = \"run\"", "level = \"aggressive\""]
    {
        assert!(pack.contains(part), "{part}: {pack}");
    }
    assert_eq!(room.names("."), ["pages", "zork.toml"]);
    let ran = room.bare(&["test", "zork.toml"], "");
    assert_eq!(ran.code, 1, "the page has not been accepted: {}", ran.out());
    assert!(ran.out().contains("3 rules, ") && ran.out().contains(": all hold\n"), "{}", ran.out());
    let cleaned = room.bare(&["--rules", "zork.toml", "--level", "aggressive", "pages/a.txt"], "");
    assert!(!cleaned.out().contains("ork") && cleaned.out().contains("Engineers measured"), "{}", cleaned.out());
}

#[test]
fn new_overwrites_nothing() {
    let room = room();
    let new = |id: &str, more: &[&str]| room.bare(&[&["new", id, "--from", "pages/a.txt:3"], more].concat(), "");
    assert_eq!(new("zork/cast", &[]).code, 0);
    let before = room.read("zork.toml");
    new("zork/cast", &[]).fails(&["`zork/cast` is already in zork.toml"]);
    new("Zork", &[]).fails(&["no rule's id"]);
    new("zork/", &[]).fails(&["no rule's id"]);
    new("other/cast", &["--into", "zork.toml"]).fails(&["zork.toml is the pack `zork`, not `other`"]);
    room.put("plain.toml", "a = 1\n");
    new("plain/cast", &[]).fails(&["plain.toml is there, and is no pack"]);
    let (name, _) = dechaff::default_packs()[0];
    let built_in = std::path::Path::new(name).file_stem().and_then(|stem| stem.to_str()).expect("a name");
    new(&format!("{built_in}/cast"), &[]).fails(&["is a built-in pack"]);
    room.bare(&["new", "zork/x", "--from", "pages/a.txt:2"], "")
        .fails(&["nothing that a rule could hold on to stands on line 2"]);
    room.bare(&["new", "zork/x", "--from", "pages/a.txt:9-99"], "").fails(&["there is no line 99"]);
    assert_eq!(room.read("zork.toml"), before);
    room.put("zork.toml", before.replace("[pack]", "# Mine.\n[pack] # ours"));
    assert_eq!(new("zork/again", &[]).code, 0);
    assert!(room.read("zork.toml").starts_with(&before.replace("[pack]", "# Mine.\n[pack] # ours")));
}

#[test]
fn examples_that_do_not_hold_are_shown() {
    let room = Room::new();
    let ran = room.bare(&["test", "rules.toml"], "");
    // The spare sentences of these rules have nothing of what the rules look for.
    assert_eq!(ran.code, 1);
    assert!(
        ran.out().contains("error[failed-evidence]: `noise` (spare): nothing that the rule looks for is in"),
        "{}",
        ran.out()
    );
    assert!(ran.out().contains("--> rules.toml:"), "{}", ran.out());

    let good = RULES.replace("A sentence without any.", "A sentence with noise and guess.");
    room.put("rules.toml", &good);
    let ran = room.bare(&["test"], "");
    assert_eq!((ran.code, ran.out()), (0, "3 rules, 6 examples: all hold\n"), "{}", ran.stderr);
    room.bare(&["test", "test/noise"], "").quiet("1 rule, 2 examples: all hold\n");

    room.put("rules.toml", good.replace("\"NOISE one\"", "\"NOISE one\", \"NOISE one\", \"Noi se\""));
    let ran = room.bare(&["test"], "");
    assert_eq!(ran.code, 1);
    let out = ran.out();
    assert!(out.contains("`noise` (hit, alone): the rule does not remove it: \"Noi"), "{out}");
    assert!(out.contains("  - gone Noi se\n  + keep Noi se\n"), "{out}");
    assert!(out.contains("the same example is a `hit` already"), "{out}");

    room.put("rules.toml", good.replace("hit = [\"NOISE one\"]", "hit = []"));
    assert_eq!(room.bare(&["test"], "").code, 2, "an empty array is a mistake");
    room.put("rules.toml", good.replace("hit = [\"NOISE one\"]\n", ""));
    let ran = room.bare(&["test"], "");
    assert!(ran.code == 1 && ran.out().contains("without a `hit`"), "{}", ran.out());
}

#[test]
fn wrong_names_are_failures() {
    let room = Room::new();
    let ran = room.bare(&["test", "test/nose"], "");
    assert_eq!(ran.code, 1);
    ran.says(&["no rule or pack is called `test/nose`; did you mean `test/noise`?"]);
    room.bare(&["test", "nowhere.toml"], "").fails(&["nowhere.toml: no such file"]);
    room.put("bad.toml", RULES.replace("starts-with", "startswith"));
    room.bare(&["test", "bad.toml"], "").fails(&["startswith", "bad.toml:"]);
    room.put("empty/note.txt", "");
    room.bare(&["test", "empty"], "").fails(&["empty: no *.toml file"]);
}

#[test]
fn outputs_are_accepted_without_touching_the_rest() {
    let room = Room::new();
    let good = RULES.replace("A sentence without any.", "A sentence with noise and guess.");
    let wrong = good
        .replace("output = \"The second  paragraph.\"", "output = \"?\" ")
        .replace("[pack]", "# A comment.\n[pack]   # another");
    room.put("rules.toml", &wrong);
    let ran = room.bare(&["test"], "");
    assert_eq!(ran.code, 1);
    assert!(ran.out().contains("  - ?\n  + The second  paragraph.\n"), "{}", ran.out());
    assert_eq!(room.read("rules.toml"), wrong);
    room.bare(&["test", "--accept"], "").prints("3 rules, 6 examples: all hold\n").says(&["1 output written"]);
    assert_eq!(room.read("rules.toml"), wrong.replace("\"?\"", "\"The second  paragraph.\""));
    let from = "[{ input = \"The second (CUT photo) paragraph.\", output = \"?\"  }]";
    assert!(wrong.contains(from));
    room.put("rules.toml", wrong.replace(from, "[\n  \"The second (CUT photo) paragraph.\", # here\n]"));
    room.bare(&["test", "--accept"], "").prints("3 rules, 6 examples: all hold\n");
    assert!(
        room.read("rules.toml").contains("output = \"The second  paragraph.\" }, # here\n]"),
        "{}",
        room.read("rules.toml")
    );
    std::fs::remove_file(room.path("rules.toml")).expect("a file");
    room.bare(&["test", "--accept"], "").fails(&["built-in packs have no file"]);
}

#[test]
fn pages_are_reviewed() {
    let room = Room::new();
    room.put("rules.toml", RULES.replace("A sentence without any.", "A sentence with noise and guess."));
    room.put("pages/a.txt", "Title\n\nNOISE one\n\nText.\n");
    room.put("pages/b.txt", "Title\n\nText (CUT x) goes on.\n");
    let test = || room.bare(&["test"], "");
    assert!(test().code == 1 && test().out().contains("2 pages: 2 changes for `dechaff review`\n"));
    // One is accepted, one rejected.
    let ran = room.bare(&["review"], "a\nr\n");
    assert_eq!(ran.code, 1);
    assert!(ran.out().contains("  GONE  NOISE one  [test/noise]\n"), "{}", ran.out());
    assert!(ran.out().ends_with("1 accepted, 1 rejected, 0 left\n"), "{}", ran.out());
    assert_eq!(room.names("pages"), ["a.marked", "a.txt", "b.txt"]);
    assert_eq!(room.read("pages/a.marked"), "keep  Title\nkeep\nGONE  NOISE one  [test/noise]\nblank\nkeep  Text.\n");
    room.bare(&["review", "--accept-all"], "").quiet("accepted: pages/b.txt (new)\n");
    room.bare(&["review"], "").quiet("2 pages: as accepted, nothing to review\n");
    assert_eq!(test().code, 0);
    // A page changes, and one goes.
    room.put("pages/a.txt", "Title\n\nNOISE one\n\nNOISE two\n");
    std::fs::remove_file(room.path("pages/b.txt")).expect("a page");
    let ran = test();
    assert!(ran.out().contains("pages/a.txt: not what was accepted\n"), "{}", ran.out());
    assert!(ran.out().contains("  - keep  Text.\n  + GONE  NOISE two  [test/noise]\n"), "{}", ran.out());
    assert!(ran.out().contains("pages/b.marked: obsolete, as pages/b.txt is gone\n"), "{}", ran.out());
    let ran = room.bare(&["review", "--json"], "");
    let value: serde_json::Value = serde_json::from_str(ran.out()).expect("JSON");
    assert_eq!((ran.code, &value[0]["change"], &value[1]["change"]), (1, &"changed".into(), &"obsolete".into()));
    // The end of the answers ends the review.
    assert!(room.bare(&["review"], "s\n").out().ends_with("0 accepted, 0 rejected, 2 left\n"));
    assert_eq!(room.bare(&["review"], "?\nA\n").code, 0);
    assert_eq!(room.names("pages"), ["a.marked", "a.txt"]);
    std::fs::remove_file(room.path("rules.toml")).expect("a file");
    room.bare(&["review"], "").fails(&["no pack of your own"]);
    room.bare(&["review", "no-such-pack-at-all"], "").fails(&["no rule or pack is called"]);
}
