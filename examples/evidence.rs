//! Runs the evidence of rule files: `cargo run --example evidence -- FILE.toml…`; without files, that of the packs under `rules/`.
//!
//! With `--clean FILE` it cleans a page with those rules instead, marking each line, which is quicker to try than a rebuild.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use dechaff::{Cleaner, Level, Verdict, evidence};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut paths = Vec::new();
    let mut page = None;
    let mut text_only = false;
    let mut level = Level::Normal;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--clean" => page = args.next(),
            "--text" => text_only = true,
            "--level" => level = args.next().ok_or("--level LEVEL")?.parse()?,
            _ => collect(PathBuf::from(arg), &mut paths)?,
        }
    }
    if paths.is_empty() {
        collect(PathBuf::from("rules"), &mut paths)?;
    }
    paths.sort();
    let mut files = Vec::new();
    for path in &paths {
        files.push((path.display().to_string(), std::fs::read_to_string(path)?));
    }
    if page.is_some() || text_only {
        let text = match page {
            Some(page) => std::fs::read_to_string(page)?,
            None => std::io::read_to_string(std::io::stdin())?,
        };
        let builder = Cleaner::builder().default_rules(false).level(level);
        let cleaner = files.iter().fold(builder, |b, (name, text)| b.rules(name, text)).build()?;
        let cleaned = cleaner.clean(&text);
        if text_only {
            print!("{}", cleaned.text());
            return Ok(ExitCode::SUCCESS);
        }
        for line in cleaned.lines() {
            let rules: Vec<_> = cleaned.claims(line).iter().map(|id| cleaner.rule(*id).id).collect();
            let mark = match line.verdict {
                Verdict::Kept => ' ',
                Verdict::Blank => '~',
                Verdict::Removed => '-',
                Verdict::Cut => '/',
            };
            println!("{mark} {:32} {}", rules.join(","), text[line.span.clone()].trim_end());
        }
        return Ok(ExitCode::SUCCESS);
    }
    let report = match evidence::run(&files, false) {
        Ok(report) => report,
        Err(error) => {
            println!("{error}");
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
    } else if path.extension().is_some_and(|e| e == "toml") {
        paths.push(path);
    }
    Ok(())
}
