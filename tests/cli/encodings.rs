//! Text in other encodings, broken text, and what is no text at all.

use crate::support::Room;

#[test]
fn a_guess_is_announced() {
    let room = Room::new();
    let latin = b"Un caf\xE9 d\xE9j\xE0 bu \xE0 l'\xE9t\xE9.\nNOISE x\n";
    room.put("a.txt", latin);
    let ran = room.run(&["a.txt"]);
    ran.prints("Un café déjà bu à l'été.\n");
    assert_eq!(ran.stderr.lines().count(), 1);
    ran.says(&["dechaff: a.txt: not UTF-8, read as windows-1252 (a guess; --encoding LABEL"]);
    room.run(&["--encoding", "latin1", "a.txt"]).quiet("Un café déjà bu à l'été.\n");
    // Japanese and Russian.
    let sjis = b"\x82\xB1\x82\xEA\x82\xCD\x93\x8C\x8B\x9E\x82\xCC\x93V\x8BC\x82\xC5\x82\xB7\x81B\n";
    room.pipe(&[], sjis).prints("これは東京の天気です。\n").says(&["Shift_JIS"]);
    room.pipe(&["--encoding", "sjis"], sjis).quiet("これは東京の天気です。\n");
    room.pipe(&["--encoding", "koi8-r"], b"\xEB\xCF\xD4\n").quiet("Кот\n");
}

#[test]
fn byte_order_marks() {
    let room = Room::new();
    room.pipe(&[], "\u{FEFF}NOISE x\ntext\n").quiet("text\n");
    let utf16: Vec<u8> = "\u{FEFF}caf\u{E9}\r\nNOISE x\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    room.pipe(&[], &utf16).quiet("café\r\n");
    let utf16: Vec<u8> = "\u{FEFF}caf\u{E9}\nNOISE x\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    room.pipe(&[], &utf16).quiet("café\n");
    // Without the mark it is a guess.
    room.pipe(&[], &utf16[2..]).prints("café\n").says(&["UTF-16BE"]);
}

#[test]
fn broken_utf8_is_never_read_as_something_else() {
    let room = Room::new();
    room.put("bad.txt", b"caf\xC3\xA9 caf\xE9\nNOISE x\n");
    room.put("good.txt", "good\n");
    let ran = room.run(&["bad.txt", "good.txt"]);
    ran.fails(&["dechaff: bad.txt: broken UTF-8 at byte 9", "--encoding", "--lossy"]).data("good\n");
    room.run(&["--lossy", "bad.txt"]).quiet("café caf\u{FFFD}\n");
    room.run(&["--encoding", "utf-8", "bad.txt"]).fails(&["not valid UTF-8 at byte 9"]);
    room.pipe(&["--encoding", "euc-jp"], b"ab\xFF").fails(&["standard input: not valid EUC-JP at byte 2"]);
}

#[test]
fn binary_is_an_error() {
    let room = Room::new();
    room.pipe(&[], b"ab\0cd\nNOISE x\n").fails(&["standard input: not text: NUL at byte 2", "--lossy"]).data("");
    room.pipe(&["--lossy"], b"ab\0cd\nNOISE x\n").quiet(b"ab\0cd\n");
    room.pipe(&["--encoding", "windows-1252"], b"ab\0cd\n").fails(&["NUL at byte 2"]);
}

#[test]
fn labels() {
    let room = Room::new();
    room.pipe(&["--encoding", "windows-1253x"], "").fails(&["dechaff: ", "did you mean `windows-1253`?"]);
    room.pipe(&["--output-encoding", "mumble"], "").fails(&["no encoding is called `mumble`"]);
}

#[test]
fn output_in_another_encoding() {
    let room = Room::new();
    room.pipe(&["--output-encoding", "windows-1252"], "café\nNOISE x\n").quiet(b"caf\xE9\n");
    room.pipe(&["--output-encoding", "utf-8"], "café\nNOISE x\n").quiet("café\n");
    room.pipe(&["--output-encoding", "latin1", "-f", "removed"], "NOISE é\n").quiet(b"NOISE \xE9\n");
    // Whole documents or nothing, and the others go on.
    room.put("a.txt", "a\r\nb\nfine жук\n");
    room.put("b.txt", "é\n");
    let ran = room.run(&["--output-encoding", "latin1", "a.txt", "b.txt"]);
    ran.fails(&["a.txt: windows-1252 has no 'ж' (U+0436), line 3, column 6", "--lossy"]).data(b"\xE9\n");
    room.run(&["--output-encoding", "latin1", "--lossy", "a.txt"]).quiet("a\r\nb\nfine ???\n");
    room.run(&["-f", "json", "--output-encoding", "latin1", "a.txt"]).fails(&["JSON is always UTF-8"]);
}

#[test]
fn utf16_output_has_one_mark() {
    let room = Room::new();
    room.put("a.txt", "a");
    room.put("b.txt", "b\n");
    room.run(&["--output-encoding", "utf-16le", "a.txt", "b.txt"]).quiet(b"\xFF\xFEa\0\n\0b\0\n\0");
    room.run(&["--output-encoding", "utf-16be", "a.txt"]).quiet(b"\xFE\xFF\0a");
}

#[test]
fn utf16_and_nul_bytes_do_not_go_together() {
    let room = Room::new();
    room.pipe(&["-0", "--encoding", "utf-16le"], "").fails(&["UTF-16", "--null"]);
    room.pipe(&["-0", "--output-encoding", "utf-16be"], "").fails(&["UTF-16", "--null"]);
    room.pipe(&["-0"], b"\xFE\xFF\0a\0b").fails(&["standard input: UTF-16", "--null"]).data("");
}

#[test]
fn encodings_in_place() {
    let room = Room::new();
    let latin = b"Un caf\xE9 d\xE9j\xE0 bu.\nNOISE x\n";
    let read = |name: &str| std::fs::read(room.path(name)).expect("a file");
    // Nothing to remove: not a byte changes, mark and encoding included.
    for untouched in [&b"\xEF\xBB\xBFtext\n"[..], b"Un caf\xE9 d\xE9j\xE0 bu.\n"] {
        room.put("a.txt", untouched);
        assert_eq!(room.run(&["-i", "a.txt"]).code, 0);
        assert_eq!(read("a.txt"), untouched);
    }
    room.put("a.txt", latin);
    room.run(&["-i", "--encoding", "latin1", "a.txt"])
        .prints("")
        .says(&["a.txt: was windows-1252, becomes UTF-8 (--output-encoding windows-1252 keeps it)"]);
    assert_eq!(read("a.txt"), "Un café déjà bu.\n".as_bytes());
    room.put("a.txt", latin);
    room.run(&["-i", "--encoding", "latin1", "--output-encoding", "latin1", "a.txt"]).quiet("");
    assert_eq!(read("a.txt"), b"Un caf\xE9 d\xE9j\xE0 bu.\n");
    // Asked for, the encoding changes without anything to remove.
    room.run(&["-i", "--encoding", "latin1", "--output-encoding", "utf-8", "a.txt"]).quiet("");
    assert_eq!(read("a.txt"), "Un café déjà bu.\n".as_bytes());
    // What the encoding does not have leaves the file alone.
    room.put("a.txt", "жук\nNOISE x\n");
    room.run(&["-i", "--output-encoding", "latin1", "a.txt"]).fails(&["a.txt: windows-1252 has no"]);
    assert_eq!(read("a.txt"), "жук\nNOISE x\n".as_bytes());
}
