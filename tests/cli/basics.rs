//! The filter, the rules it uses, and what it says about itself.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::{RULES, Room};

const RAW: &str = "Title\n\nThe first paragraph.\n\nNOISE one\n\nThe second paragraph.\nNOISE two\n";
const CLEAN: &str = "Title\n\nThe first paragraph.\n\nThe second paragraph.\n";

#[test]
fn filter() {
    let room = Room::new();
    for args in [&[][..], &["-"], &["clean"], &["clean", "-"], &["-f", "text"]] {
        room.pipe(args, RAW).quiet(CLEAN);
    }
    // Cleaning twice changes nothing.
    room.pipe(&[], CLEAN).quiet(CLEAN);
}

#[test]
fn files_are_documents_in_order() {
    let room = Room::new();
    room.put("a.txt", "A\nNOISE x\n");
    room.put("b.txt", "B");
    room.put("empty.txt", "");
    room.put("c.txt", "C\n");
    // The last line of b.txt and the first of c.txt stay two lines.
    room.pipe(&["a.txt", "-", "b.txt", "empty.txt", "c.txt"], "stdin\n").quiet("A\nstdin\nB\nC\n");
    room.run(&["b.txt"]).quiet("B");
    room.run(&["clean", "a.txt", "c.txt"]).quiet("A\nC\n");
}

#[test]
fn every_kind_of_line_end_is_kept() {
    let room = Room::new();
    for (raw, clean) in [
        ("", ""),
        ("one line", "one line"),
        ("NOISE only\n", ""),
        ("NOISE only", ""),
        ("a\r\nNOISE x\r\nb\r\n", "a\r\nb\r\n"),
        ("a\rNOISE x\rb\r", "a\rb\r"),
        ("a\nb\r\nNOISE x\rc", "a\nb\r\nc"),
        ("a\nNOISE x\nb", "a\nb"),
        ("a\nNOISE x", "a\n"),
        ("a\n\u{A0}\n\u{A0}\nb\n", "a\n\u{A0}\n\u{A0}\nb\n"),
        ("\n\n\n", "\n\n\n"),
    ] {
        room.pipe(&[], raw).quiet(clean);
    }
}

#[test]
fn long_lines_and_many_lines() {
    let room = Room::new();
    let long = "word ".repeat(400_000);
    room.pipe(&[], &long).quiet(&long);
    let many = "A line of an article.\nNOISE x\n".repeat(20_000);
    room.pipe(&[], many).quiet("A line of an article.\n".repeat(20_000));
}

#[test]
fn levels_and_categories() {
    let room = Room::new();
    let raw = "Title\nGUESS x\nThe (CUT photo) text.\nNOISE x\nEnd\n";
    let normal = "Title\nGUESS x\nThe  text.\nEnd\n";
    room.pipe(&[], raw).quiet(normal);
    room.pipe(&["--level", "normal"], raw).quiet(normal);
    room.pipe(&["-l", "safe"], raw).quiet(normal);
    room.pipe(&["--level=aggressive"], raw).quiet("Title\nThe  text.\nEnd\n");
    room.pipe(&["--keep", "related"], raw).quiet("Title\nGUESS x\nThe  text.\nNOISE x\nEnd\n");
    room.pipe(&["--keep", "promo,credit", "--level", "aggressive"], raw).quiet(raw.replace("NOISE x\n", ""));
    room.pipe(&["--remove", "credit"], raw).quiet("Title\nGUESS x\nThe  text.\nNOISE x\nEnd\n");
    room.pipe(&["--remove", "credit", "--remove", "related"], raw).quiet(normal);
    room.pipe(&["--ignore", "test/noise"], raw).quiet("Title\nGUESS x\nThe  text.\nNOISE x\nEnd\n");
    room.pipe(&["--ignore", "test/noise,test/guess", "-l", "aggressive"], raw)
        .quiet("Title\nGUESS x\nThe  text.\nNOISE x\nEnd\n");
}

#[test]
fn rules_from_files_and_directories() {
    let room = Room::new();
    let pack = |id: &str, start: &str| {
        let rules = RULES.split("[[rule]]").take(2).collect::<Vec<_>>().join("[[rule]]");
        rules.replace("\"test\"", &format!("\"{id}\"")).replace("NOISE", start)
    };
    room.put("packs/b.toml", pack("b", "BNOISE"));
    room.put("packs/deep/er/a.toml", pack("a", "ANOISE"));
    room.put("packs/notes.txt", "not a rule file");
    let raw = "ANOISE x\nBNOISE x\nNOISE x\ntext\n";
    let run = |args: &[&str]| room.bare(args, raw);
    run(&["--rules", "packs", "--no-default-rules"]).quiet("NOISE x\ntext\n");
    run(&["--rules", "packs", "--rules", "rules.toml", "--no-default-rules"]).quiet("text\n");
    run(&["--rules", "packs", "--no-default-rules", "--ignore", "a"]).quiet("ANOISE x\nNOISE x\ntext\n");
    run(&["--rules", "packs/b.toml", "--no-default-rules"]).quiet("ANOISE x\nNOISE x\ntext\n");
    // On top of the default packs.
    assert!(!run(&["--rules", "packs"]).out().contains("BNOISE"));
}

#[test]
fn what_is_known_of_the_document() {
    let room = Room::new();
    let facts = ["--url", "https://example.com/a", "--lang", "pt-BR", "--title", "Title"];
    room.pipe(&facts, RAW).quiet(CLEAN);
}

#[test]
fn fail_on_removal() {
    let room = Room::new();
    let ran = room.pipe(&["--fail-on-removal"], RAW);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    ran.data(CLEAN);
    room.pipe(&["--fail-on-removal"], CLEAN).quiet(CLEAN);
    assert_eq!(room.pipe(&["--fail-on-removal", "--dry-run"], RAW).code, 1);
    // An error weighs more than a finding.
    room.pipe(&["--fail-on-removal", "-", "missing.txt"], RAW).fails(&["missing.txt"]).data(CLEAN);
}

#[test]
fn dry_run_writes_nothing() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.put("b.txt", CLEAN);
    let expected = "dechaff: a.txt: 2 of 8 lines to remove (related 2; and 1 blank line)\n\
                    dechaff: b.txt: nothing to remove in 5 lines\n";
    for target in [&[][..], &["-i"], &["-i=.bak"], &["-o", "new/"]] {
        let ran = room.run(&[&["--dry-run", "a.txt", "b.txt"], target].concat());
        ran.prints("");
        assert_eq!(ran.stderr, expected);
        assert_eq!((room.read("a.txt"), room.read("b.txt")), (RAW.to_owned(), CLEAN.to_owned()));
        assert_eq!(room.names("."), ["a.txt", "b.txt", "rules.toml"]);
    }
}

#[test]
fn stats_are_talk() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.put("b.txt", "The (CUT photo) text.\n");
    let ran = room.run(&["--stats", "a.txt", "missing.txt", "b.txt"]);
    ran.fails(&["dechaff: 2 documents, 2 changed, 1 failed\n"]).data(format!("{CLEAN}The  text.\n"));
    let count = |name: &str| {
        let row = ran.stderr.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap_or_default();
        row.trim().to_owned()
    };
    let bytes = RAW.len() + "The (CUT photo) text.\n".len();
    assert_eq!(count("bytes in"), bytes.to_string());
    assert_eq!(count("bytes kept"), (CLEAN.len() + "The  text.\n".len()).to_string());
    for (name, n) in [
        ("lines in", "9"),
        ("lines removed", "2"),
        ("blank lines removed with them", "1"),
        ("cuts inside lines", "1"),
        ("category related", "2"),
        ("category credit", "1"),
        ("rule test/noise", "2"),
        ("rule test/credit", "1"),
    ] {
        assert_eq!(count(name), n, "{name}: {}", ran.stderr);
    }
    assert!(ran.stderr.contains(concat!("dechaff ", env!("CARGO_PKG_VERSION"), " (rules ")));
}

#[test]
fn version_names_the_rules() {
    let room = Room::new();
    for flag in ["--version", "-V"] {
        let ran = room.bare(&[flag], "");
        let inside = ran.out().strip_prefix(concat!("dechaff ", env!("CARGO_PKG_VERSION"), " (rules "));
        let (fingerprint, rest) = inside.and_then(|text| text.split_once(", ")).expect("version and fingerprint");
        assert_eq!(fingerprint.len(), 16);
        assert!(fingerprint.bytes().all(|b| b.is_ascii_hexdigit()));
        let (count, rest) = rest.split_once(' ').expect("a number of rules");
        assert!(count.parse::<usize>().expect("a number") > 0);
        assert!(["rule)\n", "rules)\n"].contains(&rest));
    }
}

#[test]
fn help_for_newcomers() {
    let room = Room::new();
    let (short, long) = (room.bare(&["-h"], ""), room.bare(&["--help"], ""));
    for ran in [&short, &long] {
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        for word in ["Usage: dechaff [OPTIONS] [FILE]...", "Examples:", "dechaff -f why article.txt", "completions"] {
            assert!(ran.out().contains(word), "{word}");
        }
    }
    assert!(short.out().lines().count() < long.out().lines().count());
    assert!(long.out().contains("Exit status:"));
    assert!(long.out().lines().all(|line| line.chars().count() <= 100), "{}", long.out());
    for args in [&["clean", "--help"][..], &["help", "clean"], &["man", "--help"], &["completions", "-h"]] {
        assert_eq!(room.bare(args, "").code, 0);
    }
}

#[test]
fn completions_and_manual() {
    let room = Room::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = room.bare(&["completions", shell], "");
        assert_eq!(ran.code, 0);
        assert!(ran.out().contains("in-place") && ran.out().contains("aggressive"), "{shell}");
    }
    room.bare(&["completions", "fsh"], "").fails(&["dechaff: ", "fish"]);
    room.bare(&["completions"], "").fails(&["SHELL"]);
    let page = room.bare(&["man"], "");
    assert_eq!(page.code, 0);
    for word in [".TH dechaff 1", "fail\\-on\\-removal", "Exit status"] {
        assert!(page.out().contains(word), "{word}");
    }
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let room = Room::new();
    for (format, colored) in [("why", true), ("diff", true), ("text", false), ("json", false), ("removed", false)] {
        let plain = room.pipe(&["-f", format], RAW);
        assert!(!plain.out().contains('\u{1B}'), "{format}");
        room.pipe(&["-f", format, "--color", "never"], RAW).data(&plain.stdout);
        let always = room.pipe(&["-f", format, "--color=always"], RAW);
        assert_eq!(always.out().contains('\u{1B}'), colored, "{format}");
        // Nothing but colour differs.
        let mut text = always.out().to_owned();
        while let (Some(start), false) = (text.find('\u{1B}'), text.is_empty()) {
            let end = text[start..].find('m').expect("the end of an escape") + start;
            text.replace_range(start..=end, "");
        }
        assert_eq!(text, plain.out());
    }
    // A file is no terminal.
    room.pipe(&["-f", "why", "-o", "out.txt"], RAW).quiet("");
    assert!(!room.read("out.txt").contains('\u{1B}'));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let room = Room::new();
    room.put("big.txt", "A line of an article.\n".repeat(200_000));
    for args in [&["big.txt"][..], &["-f", "why", "big.txt"], &["-f", "json", "big.txt", "big.txt"], &["-0", "big.txt"]]
    {
        let mut child = room
            .command(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut first = String::new();
        let mut reader = BufReader::with_capacity(16, child.stdout.take().expect("a pipe")).take_line(&mut first);
        assert!(!first.is_empty());
        reader.take();
        let output = child.wait_with_output().expect("the binary ends");
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    }
}

/// Reads a little and hands back what has to be dropped to close the pipe.
trait TakeLine: Sized {
    fn take_line(self, line: &mut String) -> Option<Self>;
}

impl<R: BufRead> TakeLine for R {
    fn take_line(mut self, line: &mut String) -> Option<Self> {
        let byte = self.fill_buf().expect("some output")[0];
        line.push(char::from(byte));
        Some(self)
    }
}

/// Standard input may be closed, slow, or not wanted at all.
#[test]
fn input_that_arrives_in_pieces() {
    let room = Room::new();
    let mut child = room
        .command(&["--rules", "rules.toml", "--no-default-rules"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    for piece in ["Ti", "tle\nNO", "ISE x\n", "caf\u{E9}\n"] {
        stdin.write_all(piece.as_bytes()).expect("a reader");
        stdin.flush().expect("a reader");
    }
    drop(stdin);
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Title\ncafé\n");
}

/// Without a file and with a person at the keyboard: how to use it, and no waiting.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_on_standard_input_gets_advice() {
    // `script` makes a terminal; where it is missing there is nothing to test.
    let room = Room::new();
    let binary = env!("CARGO_BIN_EXE_dechaff");
    for args in ["", " clean", " --stats"] {
        let mut script = std::process::Command::new("script");
        script.args(["-qec", &format!("'{binary}'{args}"), "/dev/null"]).current_dir(room.path("."));
        let Ok(output) = script.stdin(Stdio::null()).output() else { return };
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("standard input is a terminal") && said.contains("dechaff --help"), "{said}");
    }
}
