//! The generated documents are what the binary prints: the rule reference under `docs/rules/`, the schemas under `docs/schema/`.
//!
//! `UPDATE_DOCS=1 cargo test --test docs` writes them anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

fn dechaff(args: &[&str], directory: &Path) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dechaff"));
    let run = command.args(args).current_dir(directory).output().expect("the binary");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1")
}

fn pages(directory: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let page = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).expect("a page");
        (entry.file_name().to_string_lossy().into_owned(), text)
    };
    entries.map(page).collect()
}

#[test]
fn the_rule_reference_is_up_to_date() {
    let room = tempfile::tempdir().expect("a directory");
    let target = if is_update() { docs().join("rules") } else { room.path().join("rules") };
    dechaff(&["rules", "--isolated", "--reference", target.to_str().expect("a path")], room.path());
    let (made, stored) = (pages(&target), pages(&docs().join("rules")));
    let names = |pages: &BTreeMap<String, String>| pages.keys().cloned().collect::<Vec<_>>();
    assert!(made.len() > 2, "a page for each pack");
    assert_eq!(names(&made), names(&stored), "UPDATE_DOCS=1 cargo test --test docs");
    for (name, text) in &made {
        assert!(
            stored[name] == *text,
            "docs/rules/{name} is not what the packs say: UPDATE_DOCS=1 cargo test --test docs"
        );
    }
}

#[test]
fn the_schemas_are_up_to_date() {
    for (what, file) in [("rules", "rules.json"), ("config", "config.json")] {
        let path = docs().join("schema").join(file);
        let made = dechaff(&["schema", what], &docs());
        if is_update() {
            std::fs::write(&path, &made).expect("a schema");
        }
        let stored = std::fs::read(&path).unwrap_or_default();
        assert!(stored == made, "docs/schema/{file} is not what is printed: UPDATE_DOCS=1 cargo test --test docs");
    }
}
