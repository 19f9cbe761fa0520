//! The reports: for people, for `patch`, for programs.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{RULES, Room};

const RAW: &str = "\
Title

The first paragraph of an article that is longer than the eighty columns of a line.
NOISE one

The second (CUT photo) paragraph.

NOISE two
";

/// `why` and the others name the version; the fingerprint is that of the engine's making.
fn without_provenance(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("dechaff ")).collect();
    lines.join("\n") + "\n"
}

#[test]
fn why_shows_every_line() {
    let room = Room::new();
    let ran = room.pipe(&["-f", "why"], RAW);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let expected = "
 1  keep                 Title
 2  keep
 3  keep                 The first paragraph of an article that is longer than …
 4  remove  test/noise   NOISE one
 5  keep
 6  cut                  The second (CUT photo) paragraph.
            test/credit  [-(CUT photo)-]
 7  blank
 8  remove  test/noise   NOISE two

2 of 8 lines to remove, 1 cut (related 2, credit; and 1 blank line)
  test/noise ×2 (related, safe): A line that says it is noise
  test/credit ×1 (credit, safe): A credit in brackets
to keep lines: --keep related or --ignore test/noise
";
    let (is, expected) = (without_provenance(ran.out()), expected.trim_start_matches('\n'));
    // The order of the rules in the list is the engine's.
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(is.lines().take(9).collect::<Vec<_>>(), expected.lines().take(9).collect::<Vec<_>>());
    assert_eq!(sorted(&is)[1..3], sorted(expected)[1..3]);
    assert!(ran.out().lines().all(|line| line.chars().count() <= 80));
    assert!(ran.out().contains(concat!("\ndechaff ", env!("CARGO_PKG_VERSION"), " (rules ")));
}

#[test]
fn why_without_noise_and_with_several_documents() {
    let room = Room::new();
    let plain = room.pipe(&["-f", "why"], "one\n\u{1B}[2Jtwo");
    assert_eq!(
        without_provenance(plain.out()),
        " 1  keep    one\n 2  keep    ␛[2Jtwo\n\nnothing to remove in 2 lines\n"
    );
    room.put("a.txt", "a\n");
    room.put("b.txt", "NOISE b\n");
    let several = room.run(&["-f", "why", "a.txt", "b.txt"]);
    assert!(several.out().starts_with("==> a.txt <==\n 1  keep    a\n"));
    assert!(several.out().contains("\n==> b.txt <==\n 1  remove  test/noise  NOISE b\n"), "{}", several.out());
    let documents = room.pipe(&["-0", "-f", "why"], "a\n\0b\n\0");
    assert!(documents.out().contains("==> standard input (document 2) <==\n 1  keep    b\n"));
    assert!(!documents.out().contains('\0'));
}

/// Everything in one document: cuts, blanks, every kind of line end, several documents' worth of odd text.
const DOCUMENTS: &[&str] = &[
    RAW,
    "",
    "no noise, no end",
    "NOISE only\n",
    "NOISE first\r\n\r\n\r\ntext\r\n\r\nNOISE\r\n\r\n\r\nmore \u{1F388} text\r\n\r\nNOISE last",
    "one\rNOISE\rtwo\r",
    "one\r\nNOISE\rtwo\nNOISE\n(CUT a) x (CUT b)\n",
    "\n\nNOISE\n\n\nNOISE\n\n",
    "a \"quoted\" \\ line\twith \u{7F}\nNOISE \u{1}\n",
    "caf\u{E9}\u{2028}NOISE is not at the head of a line\nNOISE is\n",
    "NOISE\nNOISE\nNOISE\ntext\nNOISE\n",
];

#[test]
fn json_rebuilds_the_input() {
    let room = Room::new();
    for raw in DOCUMENTS.iter().copied() {
        let json = room.pipe(&["-f", "json"], raw);
        assert_eq!(json.out().matches('\n').count(), 1, "one line");
        let document: Value = serde_json::from_str(json.out()).expect("JSON");
        let text = document["text"].as_str().expect("text");
        room.pipe(&[], raw).quiet(text);
        let mut rebuilt = text.to_owned();
        for entry in document["removed"].as_array().expect("entries") {
            let at = |key: &str| entry[key].as_u64().expect("a number") as usize;
            let gone = entry["text"].as_str().expect("text");
            assert_eq!(&raw[at("start")..at("end")], gone);
            assert!(1 <= at("first-line") && at("first-line") <= at("last-line"));
            assert!(at("last-line") as u64 <= document["lines"].as_u64().expect("lines"));
            rebuilt.insert_str(at("start"), gone);
            // A blank line that went has no rule of its own; all else has a reason.
            let reasons = entry["rules"].as_array().expect("rules").len();
            assert_eq!(reasons == 0, gone.trim().is_empty());
            assert_eq!(entry["category"].is_null(), reasons == 0);
        }
        assert_eq!(rebuilt, raw);
    }
}

#[test]
fn json_says_what_is_known() {
    let room = Room::new();
    room.put("a.txt", RAW);
    let ran = room.run(&["-f", "json", "a.txt", "a.txt"]);
    let lines: Vec<&str> = ran.out().lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, lines[1]));
    let document: Value = serde_json::from_str(lines[0]).expect("JSON");
    assert_eq!(document["file"], "a.txt");
    assert_eq!(document["lines"], 8);
    assert_eq!(document["braked"], serde_json::json!([]));
    assert_eq!(document["wrapped"], false);
    assert_eq!(document["dechaff"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["rules"].as_str().map(str::len), Some(16));
    let start = RAW.find("NOISE one").expect("noise");
    let first = serde_json::json!({
        "start": start, "end": start + 10, "first-line": 4, "last-line": 4, "text": "NOISE one\n",
        "rules": ["test/noise"], "category": "related", "level": "safe",
    });
    assert_eq!(document["removed"][0], first);
    assert_eq!(document["removed"][1]["text"], "(CUT photo)");
    assert_eq!(document["removed"][2]["rules"], serde_json::json!([]));
    // Between NUL bytes: numbered, one object a line.
    let ran = room.pipe(&["-0", "-f", "json"], "a\0NOISE\n\0");
    let numbers: Vec<Value> = ran.out().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((numbers.len(), &numbers[1]["document"], &numbers[1]["file"]), (2, &2.into(), &"-".into()));
}

/// Adjacent lines with the same reasons are one entry.
#[test]
fn json_joins_lines() {
    let room = Room::new();
    let ran = room.pipe(&["-f", "json"], "a\nNOISE x\nNOISE y\nb\n");
    let document: Value = serde_json::from_str(ran.out()).expect("JSON");
    assert_eq!(document["removed"].as_array().map(Vec::len), Some(1));
    assert_eq!(document["removed"][0]["text"], "NOISE x\nNOISE y\n");
    assert_eq!((&document["removed"][0]["first-line"], &document["removed"][0]["last-line"]), (&2.into(), &3.into()));
}

#[test]
fn removed_is_what_went() {
    let room = Room::new();
    room.pipe(&["-f", "removed"], RAW).quiet("NOISE one\n(CUT photo)\nNOISE two\n");
    room.pipe(&["-f", "removed"], "text\n").quiet("");
    room.put("a.txt", "x\nNOISE a");
    room.put("b.txt", "NOISE b\r\nx");
    room.run(&["-f", "removed", "a.txt", "b.txt"]).quiet("NOISE a\nNOISE b\r\n");
}

#[test]
fn diff_is_unified() {
    let room = Room::new();
    room.put("some dir/a.txt", RAW);
    let expected = "\
--- a/some dir/a.txt\t
+++ b/some dir/a.txt\t
@@ -1,8 +1,5 @@
 Title
 
 The first paragraph of an article that is longer than the eighty columns of a line.
-NOISE one
 
-The second (CUT photo) paragraph.
-
-NOISE two
+The second  paragraph.
";
    room.run(&["-f", "diff", "./some dir/a.txt"]).quiet(expected);
    room.pipe(&["-f", "diff"], "text\n").quiet("");
    // Far apart: two hunks; no end of line at the end.
    let far = format!("NOISE x\n{}NOISE y", "line\n".repeat(9));
    let expected = "\
--- a/-
+++ b/-
@@ -1,4 +1,3 @@
-NOISE x
 line
 line
 line
@@ -8,4 +7,3 @@
 line
 line
 line
-NOISE y
\\ No newline at end of file
";
    room.pipe(&["-f", "diff"], far).quiet(expected);
    room.pipe(&["-f", "diff"], "NOISE\n").quiet("--- a/-\n+++ b/-\n@@ -1 +0,0 @@\n-NOISE\n");
    room.pipe(&["-f", "diff"], "NOISE\nx")
        .quiet("--- a/-\n+++ b/-\n@@ -1,2 +1 @@\n-NOISE\n x\n\\ No newline at end of file\n");
}

/// Runs a tool in the room; `None` where it is not installed.
fn tool(room: &Room, name: &str, args: &[&str]) -> Option<()> {
    let mut command = Command::new(name);
    command.args(args).current_dir(room.path(".")).stdin(Stdio::null());
    // Not the repository around the temporary directory, should there be one.
    let output = command.env("GIT_CEILING_DIRECTORIES", room.path("..")).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{name} {args:?}: {said}");
    Some(())
}

#[test]
fn diff_goes_through_patch_and_git() {
    let room = Room::new();
    let bom = format!("\u{FEFF}{RAW}");
    let marked = "\u{FEFF}NOISE first\ntext\n".to_owned();
    let far = format!("\u{FEFF}{}NOISE last", "a line\n".repeat(30));
    let hunks = format!("{0}NOISE\n{0}NOISE\nNOISE\n{0}(CUT x) y\n", "a line\nanother\n".repeat(8));
    let documents = DOCUMENTS.iter().map(|raw| (*raw).to_owned());
    for (number, raw) in documents.chain([bom, marked, far, hunks]).enumerate() {
        room.put("a.txt", &raw);
        let clean = room.run(&["a.txt"]).stdout;
        room.run(&["-f", "diff", "a.txt", "-o", "a.diff"]).quiet("");
        if room.read("a.diff").is_empty() {
            assert_eq!(clean, raw.trim_start_matches('\u{FEFF}').as_bytes());
            continue;
        }
        // There and back, with both tools. `--binary` and the settings keep CR as it is.
        let is = || std::fs::read(room.path("a.txt")).expect("a file");
        if tool(&room, "patch", &["--binary", "-s", "-E", "a.txt", "a.diff"]).is_some() {
            if room.path("a.txt").exists() {
                assert_eq!(is().escape_ascii().to_string(), clean.escape_ascii().to_string(), "document {number}");
            } else {
                assert!(clean.is_empty());
                room.put("a.txt", "");
            }
            room.put("a.txt", &clean);
            tool(&room, "patch", &["--binary", "-s", "-R", "a.txt", "a.diff"]);
            assert_eq!(is().escape_ascii().to_string(), raw.as_bytes().escape_ascii().to_string(), "document {number}");
        }
        room.put("a.txt", &raw);
        let git = ["-c", "core.autocrlf=false", "-c", "apply.whitespace=nowarn", "apply"];
        if tool(&room, "git", &[&git[..], &["a.diff"]].concat()).is_some() {
            assert_eq!(is().escape_ascii().to_string(), clean.escape_ascii().to_string(), "document {number}");
            tool(&room, "git", &[&git[..], &["-R", "a.diff"]].concat());
            assert_eq!(is().escape_ascii().to_string(), raw.as_bytes().escape_ascii().to_string(), "document {number}");
        }
    }
}

#[test]
fn the_brake_is_reported() {
    let room = Room::new();
    let tail = "\n[[rule]]\nid = \"tail\"\ncategory = \"comment\"\nlevel = \"aggressive\"\ntitle = \"To the end\"\n\
                scope = \"tail\"\nstarts-with = [\"TAILNOISE\"]\nmax-units = 40\nhit = [\"TAILNOISE\\nText.\"]\n\
                spare = [\"Text.\"]\n";
    room.put("tail.toml", RULES.replace("\"test\"", "\"broad\"") + tail);
    let prose = "This is a sentence of an article with more than a dozen words in it, as prose has.\n\n";
    let raw = format!("{prose}TAILNOISE\n\n{}", prose.repeat(6));
    let args = ["--rules", "tail.toml", "--no-default-rules", "--level", "aggressive"];
    room.bare(&args, &raw).quiet(&raw);
    let why = room.bare(&[&args[..], &["-f", "why"]].concat(), &raw);
    assert!(why.out().contains("brake: ") && why.out().contains("\n  broad/tail\n"), "{}", why.out());
    let json = room.bare(&[&args[..], &["-f", "json"]].concat(), &raw);
    let document: Value = serde_json::from_str(json.out()).expect("JSON");
    assert_eq!(document["braked"], serde_json::json!(["broad/tail"]));
    room.bare(&[&args[..], &["--stats"]].concat(), &raw).prints(&raw).says(&["documents where the brake held"]);
}

#[test]
fn hard_wrapping_is_reported() {
    let room = Room::new();
    let paragraph = "\
The council agreed on Tuesday to repair the bridge over the river before
the winter, after engineers had found cracks in two of the four pillars
that carry the road, and asked for offers from firms in the region. The
work is to begin in the autumn and to take five months, during which the
traffic will be led over the old bridge further up the valley each night.
";
    let raw = [paragraph; 5].join("\n");
    let why = room.pipe(&["-f", "why"], &raw);
    assert!(why.out().contains("\nhard-wrapped: "), "{}", why.out());
    let json: Value = serde_json::from_str(room.pipe(&["-f", "json"], &raw).out()).expect("JSON");
    assert_eq!(json["wrapped"], true);
}
