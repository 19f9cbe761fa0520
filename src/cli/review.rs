//! `dechaff review`: steps through the pages whose rendering is not what was accepted.

use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::chosen::{Meant, Packs};
use super::diagnostics::{Failure, Talk};
use super::render::{count, shortened};
use super::snapshots::{self, Change};
use super::{Outcome, print};

const WIDTH: usize = 80;
const HEAD: Style = Style::new().bold();
const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

/// Accept what packs make of the pages beside them, page by page
///
/// The pages are the *.txt files in the directory `pages` beside a pack; what was accepted stands beside each, in a file
/// that ends in .marked. A rendering has a row for each line of its page: `keep`, or `GONE` and the rules that took it.
///
/// Exit status: 0 everything is accepted, 1 something is not, 2 something failed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A rule file, a directory of them, or the id of a pack; without it the packs in this directory
    #[arg(value_name = "PACK|PATH")]
    name: Option<String>,

    /// Print the changes as JSON and ask nothing
    #[arg(long, conflicts_with = "accept_all")]
    json: bool,

    /// Accept all changes and ask nothing
    #[arg(long)]
    accept_all: bool,
}

/// What somebody says to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Accept,
    Reject,
    Skip,
    AcceptAll,
    Quit,
}

pub fn run(args: &Args, talk: &Talk) -> Result<Outcome, Failure> {
    let packs = match Packs::find(args.name.as_deref())? {
        Meant::Packs(packs) => packs,
        Meant::Unknown(nearest) => {
            let name = args.name.as_deref().unwrap_or_default();
            let nearest = nearest.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
            return Err(Failure::Usage(format!("no rule or pack is called `{name}`{nearest}")));
        }
    };
    if packs.built_in {
        return Err(Failure::Usage(
            "no pack of your own in this directory: name a rule file or its directory".to_owned(),
        ));
    }
    let found = snapshots::compare(&packs)?;
    if args.json {
        print(as_json(&found.changes).as_bytes())?;
        return Ok(if found.changes.is_empty() { Outcome::Done } else { Outcome::Findings });
    }
    if found.changes.is_empty() {
        return print(format!("{}: as accepted, nothing to review\n", count(found.pages, "page")).as_bytes());
    }
    if args.accept_all {
        let mut out = String::new();
        for change in &found.changes {
            change.accept()?;
            let _ = writeln!(out, "accepted: {} ({})", change.page.display(), change.kind());
        }
        return print(out.as_bytes());
    }
    step_through(&found.changes, talk)
}

fn as_json(changes: &[Change]) -> String {
    let change = |change: &Change| {
        let rows: Vec<_> = change.rows().into_iter().map(|(sign, text)| format!("{sign}{text}")).collect();
        json!({
            "page": change.page.display().to_string(),
            "snapshot": change.snapshot.display().to_string(),
            "change": change.kind(),
            "diff": rows,
        })
    };
    format!("{:#}\n", serde_json::Value::Array(changes.iter().map(change).collect()))
}

/// Shows each change and asks. The end of the answers is `quit`.
fn step_through(changes: &[Change], talk: &Talk) -> Result<Outcome, Failure> {
    let color = talk.colored(&io::stdout());
    let mut answers = io::stdin().lock().lines();
    let (mut accepted, mut rejected, mut all) = (0, 0, false);
    for (number, change) in changes.iter().enumerate() {
        let mut answer = Answer::AcceptAll;
        if !all {
            print(shown(change, number + 1, changes.len(), color).as_bytes())?;
            answer = ask(&mut answers)?;
        }
        match answer {
            Answer::Accept | Answer::AcceptAll => {
                all |= answer == Answer::AcceptAll;
                change.accept()?;
                accepted += 1;
            }
            Answer::Reject => rejected += 1,
            Answer::Skip => {}
            Answer::Quit => break,
        }
    }
    let open = changes.len() - accepted - rejected;
    print(format!("\n{accepted} accepted, {rejected} rejected, {open} left\n").as_bytes())?;
    if rejected > 0 {
        talk.note(
            "a rejected page stays a failure until a rule changes: `dechaff explain PAGE:LINE` says why a line goes",
        );
    }
    Ok(if accepted == changes.len() { Outcome::Done } else { Outcome::Findings })
}

fn shown(change: &Change, number: usize, of: usize, color: bool) -> String {
    let paint = |style: Style| if color { style } else { Style::new() };
    let head = paint(HEAD);
    let what = match change.kind() {
        "new" => "new: nothing has been accepted yet",
        "obsolete" => "obsolete: the page is gone, and its snapshot would go",
        _ => "changed",
    };
    let mut out = format!("\n{head}{} ({number} of {of}), {what}{head:#}\n\n", change.page.display());
    for (sign, text) in change.rows() {
        let style = match sign {
            '-' => paint(OLD),
            // A page that is all new has no other lines to stand out from.
            '+' if change.old.is_some() => paint(NEW),
            _ => Style::new(),
        };
        let row = if change.old.is_some() { format!("{sign} {text}") } else { text };
        let _ = writeln!(out, "  {style}{}{style:#}", shortened(&row, WIDTH - 2));
    }
    out
}

fn ask(answers: &mut io::Lines<io::StdinLock<'static>>) -> Result<Answer, Failure> {
    loop {
        let mut stdout = io::stdout().lock();
        let prompt = "\n[a]ccept, [r]eject, [s]kip, accept [A]ll, [q]uit? ";
        stdout
            .write_all(prompt.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(|error| Failure::write("standard output", error))?;
        let Some(line) = answers.next() else { return Ok(Answer::Quit) };
        match line.map_err(|error| Failure::read("standard input", error))?.trim() {
            "a" | "accept" | "y" => return Ok(Answer::Accept),
            "r" | "reject" | "n" => return Ok(Answer::Reject),
            "s" | "skip" => return Ok(Answer::Skip),
            "A" | "all" => return Ok(Answer::AcceptAll),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => {}
        }
    }
}
