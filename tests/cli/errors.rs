//! Mistakes: each is said where it was made, and never costs the others' output.

use crate::support::{RULES, Room};

#[test]
fn bad_files_are_reported_and_the_rest_go_on() {
    let room = Room::new();
    room.put("a.txt", "a\nNOISE x\n");
    room.put("binary.dat", b"\x7FELF\0\0");
    room.put("page.html", "<!DOCTYPE html>\n<html></html>\n");
    room.put("b.txt", "b\n");
    std::fs::create_dir(room.path("dir")).expect("a directory");
    let ran = room.run(&["nowhere.txt", "a.txt", "binary.dat", "dir", "page.html", "b.txt"]);
    ran.fails(&[
        "dechaff: nowhere.txt: no such file\n",
        "dechaff: binary.dat: not text: NUL at byte 4",
        "dechaff: dir: is a directory\n",
        "dechaff: page.html: this is HTML",
    ]);
    ran.data("a\nb\n");
    assert!(ran.stderr.lines().all(|line| line.starts_with("dechaff: ")));
    assert_eq!(ran.stderr.lines().count(), 4);
}

#[test]
fn a_misspelt_command_is_recognised() {
    let room = Room::new();
    room.bare(&["claen"], "").fails(&["dechaff: claen: no such file; did you mean `dechaff clean`?"]);
    room.bare(&["completion", "bash"], "").fails(&["`dechaff completions`", "bash: no such file\n"]);
    room.bare(&["-f", "why", "clean"], "").fails(&["put it first: `dechaff clean"]);
    room.bare(&["article.txt"], "").fails(&["dechaff: article.txt: no such file\n"]);
    // A file of that name is a file.
    room.put("claen", "text\n");
    room.run(&["claen"]).quiet("text\n");
}

#[test]
fn html_is_refused() {
    let room = Room::new();
    let page = "\u{FEFF}\n<!-- x --><?xml version=\"1.0\"?>\n<!doctype HTML>\n<p>NOISE</p>\nNOISE x\n";
    room.pipe(&[], page).fails(&["standard input: this is HTML", "trafilatura", "--force"]).data("");
    assert_eq!(room.pipe(&["--force"], page).code, 0);
    let fragment = "<ul>\n<li><a href=\"/a\">One</a></li>\n<li><a href=\"/b\">Two</a></li>\n</ul>\n";
    room.pipe(&[], fragment).fails(&["this is HTML"]);
    room.pipe(&["--force"], fragment).quiet(fragment);
    let article = "Every page starts with <html>, says the book.\n<3 to all\n";
    room.pipe(&[], article).quiet(article);
}

#[test]
fn mistakes_in_rules_are_shown_in_place() {
    let room = Room::new();
    room.put("a.txt", "text\n");
    room.put("bad.toml", RULES.replace("starts-with", "startswith"));
    let ran = room.bare(&["--rules", "bad.toml", "a.txt"], "");
    ran.fails(&["error[unknown-key]: ", "--> bad.toml:", "^^^^^^^^^^", "startswith", "starts-with", "dechaff: "])
        .data("");
    assert!(!ran.stderr.contains('\u{1B}'));
    assert!(room.bare(&["--rules", "bad.toml", "a.txt", "--color=always"], "").stderr.contains('\u{1B}'));
}

#[test]
fn rules_that_are_not_there() {
    let room = Room::new();
    room.run(&["--ignore", "test/noies"]).fails(&["no rule or pack is called `test/noies`", "`test/noise`"]);
    room.run(&["--ignore", "test"]).fails(&["leave no rule to clean with"]);
    room.run(&["--ignore", ""]).fails(&["--ignore"]);
    room.run(&["--remove", "legal"]).fails(&["leave no rule", "--remove"]);
    room.bare(&["--rules", "missing.toml"], "").fails(&["dechaff: missing.toml: no such file"]);
    room.put("empty/readme.txt", "");
    room.bare(&["--rules", "empty"], "").fails(&["empty: no *.toml file in this directory"]);
    room.put("latin.toml", b"# caf\xE9\n");
    room.bare(&["--rules", "latin.toml"], "").fails(&["latin.toml: not valid UTF-8 at byte 5", "rule files are UTF-8"]);
    room.bare(&["--no-default-rules"], "").fails(&["--rules"]);
}

#[test]
fn options_that_make_no_sense() {
    let room = Room::new();
    for (args, words) in [
        (&["--levl", "safe"][..], &["dechaff: ", "--levl", "--level"][..]),
        (&["--level", "saef"], &["saef", "safe, normal, aggressive"]),
        (&["--keep", "bylin"], &["bylin", "byline"]),
        (&["--remove", "related,nvaa"], &["nvaa"]),
        (&["--format", "xml"], &["xml", "text, why, diff, removed, json"]),
        (&["--color", "pink"], &["pink"]),
        (&["--keep", "nav", "--remove", "nav"], &["--keep nav and --remove nav contradict"]),
        (&["--dry-run", "-f", "why"], &["--dry-run", "--format"]),
        (&["--lang", "English!"], &["--lang", "`English!`"]),
        (&["--url", "two words"], &["--url", "`two words`"]),
        (&["-", "-"], &["only once"]),
        (&["--in-place", "--output", "x", "y"], &["--in-place"]),
    ] {
        let ran = room.run(args);
        ran.fails(words).data("");
        assert!(ran.stderr.starts_with("dechaff: "), "{}", ran.stderr);
    }
}
