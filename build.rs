//! Compiles the default packs under `rules/` into the bytes that the library embeds, with the library's own reader and compiler. A mistake
//! in a pack stops the build with its file, line and column.

// The rooms that both sides share are compiled here as they stand; the build script uses only a part of each.
#![allow(dead_code, missing_docs, unused_imports, reason = "shared modules, used in part")]

use std::path::{Path, PathBuf};

#[path = "src/model.rs"]
mod model;
#[path = "src/pattern/mod.rs"]
mod pattern;
#[path = "src/rules/mod.rs"]
mod rules;
#[path = "src/view.rs"]
mod view;

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets this"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets this"));
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    let mut paths = Vec::new();
    collect(&root.join("rules"), &mut paths);
    paths.sort();
    let files: Vec<_> =
        paths.iter().map(|path| (name(&root, path), std::fs::read_to_string(path).expect("a readable pack"))).collect();
    std::fs::write(out.join("default-packs.rs"), sources(&root, &files)).expect("the output directory can be written");
    match rules::load(&files, &[]) {
        Ok(bytes) => std::fs::write(out.join("default-rules.bin"), bytes).expect("the output directory can be written"),
        Err(problems) => {
            for problem in &problems {
                println!("cargo::error={problem}");
            }
            std::process::exit(1);
        }
    }
}

/// The packs as their authors wrote them, for what needs more than the compiled rules.
fn sources(root: &Path, files: &[(String, String)]) -> String {
    let include =
        |name: &String| format!("    ({name:?}, include_str!({:?})),\n", root.join(name).display().to_string());
    format!("&[\n{}]", files.iter().map(|(name, _)| include(name)).collect::<String>())
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|e| e == "toml") {
            paths.push(path);
        }
    }
}

/// A pack's name in messages: its path from the root, with forward slashes on every platform.
fn name(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
