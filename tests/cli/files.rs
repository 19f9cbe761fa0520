//! Output files: whole or not at all, where they were asked for and nowhere else.

use std::fs;

use crate::support::Room;

const RAW: &str = "Title\nNOISE x\nText\n";
const CLEAN: &str = "Title\nText\n";

#[test]
fn output_to_a_file() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.run(&["a.txt", "-o", "out.txt"]).quiet("");
    assert_eq!(room.read("out.txt"), CLEAN);
    // Over an older one, and from standard input.
    room.pipe(&["--output", "out.txt"], "NOISE x\nNew\n").quiet("");
    assert_eq!(room.read("out.txt"), "New\n");
    // Onto the input: it has been read by then.
    room.run(&["a.txt", "-o", "a.txt"]).quiet("");
    assert_eq!(room.read("a.txt"), CLEAN);
    room.pipe(&["-o", "-"], RAW).quiet(CLEAN);
    room.pipe(&["-o", "empty.txt"], "").quiet("");
    room.pipe(&["-0o", "none.txt"], "").quiet("");
    assert_eq!(room.names("."), ["a.txt", "empty.txt", "none.txt", "out.txt", "rules.toml"]);
}

#[test]
fn output_to_a_directory() {
    let room = Room::new();
    room.put("raw/a.txt", RAW);
    room.put("b.txt", "B");
    // There, named with a slash, or because there are several inputs.
    fs::create_dir(room.path("there")).expect("a directory");
    room.run(&["raw/a.txt", "-o", "there"]).quiet("");
    room.run(&["raw/a.txt", "-o", "deep/new/"]).quiet("");
    room.run(&["raw/a.txt", "b.txt", "-o", "several"]).quiet("");
    assert_eq!((room.names("there"), room.names("deep/new")), (vec!["a.txt".into()], vec!["a.txt".into()]));
    assert_eq!((room.read("several/a.txt"), room.read("several/b.txt")), (CLEAN.to_owned(), "B".to_owned()));
    // Reports have the same names.
    room.run(&["raw/a.txt", "-o", "there", "-f", "removed"]).quiet("");
    assert_eq!(room.read("there/a.txt"), "NOISE x\n");
}

#[test]
fn collisions_are_found_before_anything_is_written() {
    let room = Room::new();
    room.put("x/a.txt", RAW);
    room.put("y/a.txt", RAW);
    room.put("b.txt", RAW);
    room.run(&["b.txt", "x/a.txt", "y/a.txt", "-o", "out/"])
        .fails(&["x/a.txt and y/a.txt would both become out/a.txt"]);
    assert!(!room.path("out").exists());
    // One file twice is a collision, too; and a directory is no back door to the originals.
    room.run(&["b.txt", "./b.txt", "-o", "out/"]).fails(&["would both become"]);
    room.run(&["b.txt", "-o", "."]).fails(&["b.txt would be overwritten", "--in-place"]);
    assert_eq!(room.read("b.txt"), RAW);
    // What has to be a directory is a file.
    room.put("file", "kept");
    room.run(&["b.txt", "x/a.txt", "-o", "file"]).fails(&["several inputs", "is a file"]);
    room.run(&["b.txt", "-o", "file/"]).fails(&["file"]);
    assert_eq!(room.read("file"), "kept");
    room.pipe(&["-o", "out/"], RAW).fails(&["standard input has no file name"]);
    room.run(&["..", "-o", "out/"]).fails(&["is a directory"]);
    assert!(!room.path("out").exists());
}

#[test]
fn a_failed_output_does_not_stop_the_others() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.put("b.txt", RAW);
    // A directory in the place of the first output.
    fs::create_dir_all(room.path("out/a.txt")).expect("directories");
    room.run(&["a.txt", "b.txt", "-o", "out"]).fails(&["out/a.txt: not written", "directory"]);
    assert_eq!(room.read("out/b.txt"), CLEAN);
    assert_eq!(room.names("out"), ["a.txt", "b.txt"]);
    room.run(&["a.txt", "-o", "no/such/place.txt"]).fails(&["no/such/place.txt: not written", "no such file"]);
    // An input that fails leaves no output.
    room.run(&["missing.txt", "-o", "new.txt"]).fails(&["missing.txt"]);
    assert!(!room.path("new.txt").exists());
}

#[test]
fn in_place() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.put("b.txt", RAW);
    room.put("clean.txt", CLEAN);
    room.run(&["-i", "a.txt", "clean.txt", "missing.txt", "b.txt"]).fails(&["missing.txt: no such file"]).data("");
    assert_eq!((room.read("a.txt"), room.read("b.txt")), (CLEAN.to_owned(), CLEAN.to_owned()));
    // Again, over the result: nothing to do.
    room.run(&["--in-place", "a.txt", "b.txt"]).quiet("");
    assert_eq!(room.names("."), ["a.txt", "b.txt", "clean.txt", "rules.toml"]);
}

#[test]
fn in_place_with_a_backup() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.put("clean.txt", CLEAN);
    room.run(&["--in-place=.bak", "a.txt", "clean.txt"]).quiet("");
    assert_eq!((room.read("a.txt"), room.read("a.txt.bak")), (CLEAN.to_owned(), RAW.to_owned()));
    // What is not rewritten needs no backup.
    assert_eq!(room.names("."), ["a.txt", "a.txt.bak", "clean.txt", "rules.toml"]);
    room.put("a.txt", "NOISE y\nAnew\n");
    room.run(&["-i=.bak", "a.txt"]).quiet("");
    assert_eq!((room.read("a.txt"), room.read("a.txt.bak")), ("Anew\n".to_owned(), "NOISE y\nAnew\n".to_owned()));
}

#[test]
fn a_replacement_that_fails_leaves_the_original() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.put("b.txt", RAW);
    // The backup's name is taken by a directory.
    fs::create_dir(room.path("a.txt.bak")).expect("a directory");
    room.run(&["--in-place=.bak", "a.txt", "b.txt"]).fails(&["a.txt: not written", "a.txt.bak"]);
    assert_eq!((room.read("a.txt"), room.read("b.txt")), (RAW.to_owned(), CLEAN.to_owned()));
    assert_eq!(room.names("."), ["a.txt", "a.txt.bak", "b.txt", "b.txt.bak", "rules.toml"]);
}

#[test]
fn in_place_needs_files() {
    let room = Room::new();
    room.put("a.txt", RAW);
    room.run(&["-i"]).fails(&["--in-place", "standard input"]);
    room.run(&["-i", "a.txt", "-"]).fails(&["--in-place", "standard input"]);
    room.run(&["-i", "a.txt", "-f", "diff"]).fails(&["--in-place", "--format"]);
    room.run(&["-i", "a.txt", "-o", "b.txt"]).fails(&["--in-place", "--output"]);
    room.run(&["-i=../x", "a.txt"]).fails(&["--in-place", "slash"]);
    room.run(&["-i", "."]).fails(&[".: is a directory"]);
    assert_eq!(room.read("a.txt"), RAW);
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::{CLEAN, RAW};
    use crate::support::Room;

    #[test]
    fn permissions_are_kept() {
        let room = Room::new();
        for mode in [0o600, 0o644, 0o755, 0o444] {
            room.put("a.txt", RAW);
            fs::set_permissions(room.path("a.txt"), Permissions::from_mode(mode)).expect("permissions");
            room.run(&["--in-place=.bak", "a.txt"]).quiet("");
            assert_eq!(room.read("a.txt"), CLEAN);
            for name in ["a.txt", "a.txt.bak"] {
                let is = fs::metadata(room.path(name)).expect("a file").mode() & 0o777;
                assert_eq!(is, mode, "{name}: {is:o}");
            }
            fs::remove_file(room.path("a.txt")).expect("a file");
        }
    }

    #[test]
    fn new_files_have_the_usual_permissions() {
        let room = Room::new();
        room.pipe(&["-o", "new.txt"], RAW).quiet("");
        room.put("usual.txt", "");
        let mode = |name: &str| fs::metadata(room.path(name)).expect("a file").mode();
        assert_eq!(mode("new.txt"), mode("usual.txt"));
    }

    #[test]
    fn what_has_no_noise_is_not_rewritten() {
        let room = Room::new();
        room.put("clean.txt", CLEAN);
        let before = fs::metadata(room.path("clean.txt")).expect("a file");
        room.run(&["-i=.bak", "clean.txt"]).quiet("");
        let after = fs::metadata(room.path("clean.txt")).expect("a file");
        assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
    }

    #[test]
    fn a_symbolic_link_stays_one() {
        let room = Room::new();
        room.put("real/a.txt", RAW);
        symlink("real/a.txt", room.path("link.txt")).expect("a link");
        room.run(&["-i", "link.txt"]).quiet("");
        assert!(room.path("link.txt").is_symlink());
        assert_eq!(room.read("real/a.txt"), CLEAN);
        room.pipe(&["-o", "link.txt"], "New\n").quiet("");
        assert!(room.path("link.txt").is_symlink());
        assert_eq!(room.read("real/a.txt"), "New\n");
        symlink("nowhere.txt", room.path("dangling.txt")).expect("a link");
        room.pipe(&["-o", "dangling.txt"], "New\n").fails(&["dangling.txt", "symbolic link"]);
    }

    #[test]
    fn a_directory_that_cannot_be_written_leaves_the_original() {
        let room = Room::new();
        room.put("locked/a.txt", RAW);
        room.put("b.txt", RAW);
        fs::set_permissions(room.path("locked"), Permissions::from_mode(0o555)).expect("permissions");
        // To root nothing is locked.
        if fs::write(room.path("locked/probe"), "").is_err() {
            room.run(&["-i", "locked/a.txt", "b.txt"]).fails(&["locked/a.txt: not written", "permission denied"]);
            assert_eq!((room.read("locked/a.txt"), room.read("b.txt")), (RAW.to_owned(), CLEAN.to_owned()));
            assert_eq!(room.names("locked"), ["a.txt"]);
        }
        fs::set_permissions(room.path("locked"), Permissions::from_mode(0o755)).expect("permissions");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_to_and_not_replaced() {
        let room = Room::new();
        // A pipe here: the name leads to no file that could be renamed over.
        room.pipe(&["-o", "/dev/stdout"], RAW).quiet(CLEAN);
        room.pipe(&["-o", "/dev/full"], RAW).fails(&["/dev/full: not written: no space left on device"]);
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
        let output = room.command(&["rules.toml"]).stdout(full).output().expect("the binary ends");
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("standard output: not written: no space left"), "{said}");
    }

    #[test]
    fn names_that_are_not_utf8() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let room = Room::new();
        let name = OsStr::from_bytes(b"caf\xE9.txt");
        // Some file systems refuse such names.
        if fs::write(room.path(name), RAW).is_err() {
            return;
        }
        let rules = [OsStr::new("--rules"), OsStr::new("rules.toml"), OsStr::new("--no-default-rules")];
        room.bare(&[&rules[..], &[name]].concat(), "").quiet(CLEAN);
        room.bare(&[&rules[..], &[name, OsStr::new("-o"), OsStr::new("out/")]].concat(), "").quiet("");
        assert_eq!(fs::read(room.path("out").join(name)).expect("a file"), CLEAN.as_bytes());
    }
}

#[test]
fn documents_between_nul_bytes() {
    let room = Room::new();
    let raw = "A\nNOISE x\n\0\0B\n\0C";
    // Each document keeps its end, and the last one its lack of one.
    room.pipe(&["-0"], raw).quiet("A\n\0\0B\n\0C");
    room.pipe(&["--null"], "A\n\0").quiet("A\n\0");
    room.pipe(&["-0"], "").quiet("");
    room.pipe(&["-0"], "\0").quiet("\0");
    room.pipe(&["-0", "-f", "removed"], raw).quiet("NOISE x\n\0\0\0");
    // Several inputs: their documents do not run into each other.
    room.put("a.nul", raw);
    room.put("b.nul", "D\n\0");
    room.run(&["-0", "a.nul", "b.nul"]).quiet("A\n\0\0B\n\0C\0D\n\0");
    room.run(&["-0", "-o", "out/", "a.nul", "b.nul"]).quiet("");
    assert_eq!((room.read("out/a.nul"), room.read("out/b.nul")), ("A\n\0\0B\n\0C".to_owned(), "D\n\0".to_owned()));
    room.run(&["-0", "-i", "a.nul", "b.nul"]).quiet("");
    assert_eq!((room.read("a.nul"), room.read("b.nul")), ("A\n\0\0B\n\0C".to_owned(), "D\n\0".to_owned()));
    assert_eq!(room.names("."), ["a.nul", "b.nul", "out", "rules.toml"]);
}

#[test]
fn a_bad_document_leaves_an_empty_one() {
    let room = Room::new();
    let raw = b"A\nNOISE x\n\0caf\xC3\xA9 \xFF\n\0<html>\0B\n\0";
    let ran = room.pipe(&["-0"], raw);
    ran.fails(&["standard input (document 2): broken UTF-8 at byte 6", "standard input (document 3): this is HTML"]);
    ran.data("A\n\0\0\0B\n\0");
    // A file in place would lose it, so it is not touched.
    room.put("a.nul", raw);
    room.run(&["-0", "-i", "a.nul"]).fails(&["a.nul (document 2)"]);
    assert_eq!(fs::read(room.path("a.nul")).expect("a file"), raw);
}
