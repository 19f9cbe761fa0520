//! Runs the examples inside rule files: `cargo run --example evidence -- FILE.toml…`; without arguments, those of the packs under
//! `rules/`. Exit code 0 if all hold, 1 if some do not, 2 if the files cannot be loaded.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use dechaff::evidence;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    // The default packs are checked among themselves; a pack of one's own is checked together with them.
    let own = !given.is_empty();
    let mut paths = Vec::new();
    for path in if own { given } else { vec![PathBuf::from("rules")] } {
        collect(path, &mut paths)?;
    }
    paths.sort();
    let mut files = Vec::new();
    for path in &paths {
        files.push((path.display().to_string(), std::fs::read_to_string(path)?));
    }
    let report = match evidence::run(&files, own) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("{error}");
            return Ok(ExitCode::from(2));
        }
    };
    for failure in &report.failures {
        println!("{failure}\n");
    }
    println!("{} rules, {} examples, {} failures", report.rules, report.examples, report.failures.len());
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn collect(path: PathBuf, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(entry?.path(), paths)?;
        }
    } else {
        paths.push(path);
    }
    Ok(())
}
