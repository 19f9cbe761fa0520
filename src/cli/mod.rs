//! The command line, one room per step:
//!
//! ```text
//! args         what was typed
//! options      what it means, checked before anything is read
//! clean        the work: read → decode → clean → render → write
//!   io         reading documents, writing files atomically
//!   html       is this a page that nobody has extracted the text from?
//!   render/    why, diff, removed, json
//!   stats      the counters of --stats
//! diagnostics  what goes to standard error
//!
//! project      dechaff.toml, and the options that say which rules are used; `config` shows both
//! packs        rule files from disk, for all commands
//! corpus       documents to measure rules on: for `diff`, `coverage`
//! ```
//!
//! For authors of rules:
//!
//! ```text
//! explain/     why a line stays or goes
//! fresh        `new`: a rule from lines of a page
//! test/        the examples inside rules, and whole pages
//! review       accepting what pages have become
//!   page       FILE:LINE, and the page behind it
//!   chosen     which packs a name means
//!   snapshots  pages beside a pack, compared with what was accepted
//! ```
//!
//! A further command gets a file of its own with its `Args` and a `run`, a variant in [`args::Command`], and an arm
//! in [`dispatch`]. stdout is data, stderr is talk.

mod args;
mod check;
mod chosen;
mod clean;
mod completions;
mod config;
mod corpus;
mod coverage;
mod diagnostics;
mod diff;
mod explain;
mod fresh;
mod html;
mod io;
mod man;
mod options;
mod packs;
mod page;
mod project;
mod render;
mod review;
mod rules;
mod schema;
mod snapshots;
mod stats;
mod test;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use dechaff::{Cleaner, Level};

use args::{Cli, Command};
use diagnostics::{Failure, Talk};

/// How a run ended, when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 0: what was asked for is done.
    Done,
    /// 1: done, and there was something to find (`--fail-on-removal`).
    Findings,
    /// 2: something failed, and has already been reported.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Findings => 1,
            Outcome::Failed => 2,
        })
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    let talk = Talk::new(cli.color());
    match dispatch(cli, &talk) {
        Ok(outcome) => outcome.into(),
        // Whoever read our output has seen enough.
        Err(Failure::Closed) => Outcome::Done.into(),
        Err(failure) => {
            talk.failure(&failure);
            Outcome::Failed.into()
        }
    }
}

fn dispatch(cli: Cli, talk: &Talk) -> Result<Outcome, Failure> {
    if cli.version {
        return print_version();
    }
    match cli.command {
        None => clean::run(cli.clean, talk),
        Some(Command::Clean(args)) => clean::run(*args, talk),
        Some(Command::Explain(args)) => explain::run(*args, talk),
        Some(Command::New(args)) => fresh::run(*args, talk),
        Some(Command::Test(args)) => test::run(&args, talk),
        Some(Command::Review(args)) => review::run(&args, talk),
        Some(Command::Check(args)) => check::run(&args, talk),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Config(args)) => config::run(&args),
        Some(Command::Coverage(args)) => coverage::run(&args, talk),
        Some(Command::Diff(args)) => diff::run(&args, talk),
        Some(Command::Man(args)) => man::run(&args),
        Some(Command::Rules(args)) => rules::run(&args, talk),
        Some(Command::Schema(args)) => schema::run(&args),
    }
}

/// The release, and the rules that are built into it.
fn print_version() -> Result<Outcome, Failure> {
    // All of them: the default level leaves some out.
    let cleaner = Cleaner::builder().level(Level::Aggressive).build()?;
    let (version, count) = (env!("CARGO_PKG_VERSION"), cleaner.rule_count());
    let rules = if count == 1 { "rule" } else { "rules" };
    let line = format!("dechaff {version} (rules {}, {count} {rules})\n", cleaner.fingerprint());
    print(line.as_bytes())
}

/// The candidate that a misspelt name most likely stands for.
fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let scored = candidates.into_iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    scored.filter(|(score, _)| *score > 0.78).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

/// Writes a command's whole output.
fn print(bytes: &[u8]) -> Result<Outcome, Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| Failure::write("standard output", error))?;
    Ok(Outcome::Done)
}

/// What `clap` has to say: help that was asked for, or a mistake in the arguments.
fn misread(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed pipe (`dechaff --help | head -1`) is no error.
        let _ = error.print();
        return Outcome::Done.into();
    }
    // The same first word as in every other message of ours.
    let text = error.render().ansi().to_string().replacen("error:", "dechaff:", 1);
    let _ = anstream::AutoStream::auto(std::io::stderr().lock()).write_all(text.as_bytes());
    Outcome::Failed.into()
}
