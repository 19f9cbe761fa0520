//! `dechaff new PACK/ID --from FILE:FROM-TO`: a rule from lines of a page.

use std::path::{Path, PathBuf};

use clap::ValueHint;
use dechaff::decode::Label;
use dechaff::draft::{self, Draft};
use dechaff::evidence;

use super::diagnostics::{Failure, Talk};
use super::io::write_file;
use super::page::{self, Lines};
use super::{Outcome, print};
use super::{chosen, packs};

/// What tells editors how a rule file is completed and checked.
const SCHEMA: &str = "#:schema ./dechaff-rules.schema.json";

const EXAMPLES: &str = "\
Examples:
  dechaff new kelm/weather --from page.txt:12      for one line, in kelm.toml
  dechaff new kelm/related --from page.txt:30-36   for a block or a run of lines";

/// Write a rule that removes these lines of a page, with examples, to start from
///
/// The lines become the rule's `hit`; the article's lines next to them, with the rule's words put in, its `spare`.
/// Category, scope and matcher are guesses, so the level is `aggressive` until you say otherwise. The rule is added to
/// PACK.toml, which is made if it is not there. Nothing is ever overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The rule's full id: the pack and the rule, in lower-case letters, digits and hyphens
    #[arg(value_name = "PACK/ID")]
    id: String,

    /// The lines to remove, counted from 1
    #[arg(long, value_name = "FILE:FROM-TO", allow_hyphen_values = true)]
    from: Lines,

    /// The rule file, if not PACK.toml in this directory
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    into: Option<PathBuf>,

    /// Encoding of the page; without it UTF-8, or else what it looks like
    #[arg(long, value_name = "LABEL")]
    encoding: Option<Label>,
}

pub fn run(args: Args, talk: &Talk) -> Result<Outcome, Failure> {
    let (pack, id) = full_id(&args.id)?;
    let file = args.into.clone().unwrap_or_else(|| PathBuf::from(format!("{pack}.toml")));
    let name = file.display().to_string();
    let defaults: Vec<_> = dechaff::default_packs().iter().filter_map(|(_, text)| chosen::pack_id(text)).collect();
    if defaults.iter().any(|built_in| built_in == pack) {
        return Err(Failure::Usage(format!("`{pack}` is a built-in pack: choose another name for yours")));
    }
    let old = if file.exists() { Some(packs::read_file(&file)?.1) } else { None };
    if let Some(old) = &old {
        check(&name, old, pack, &args.id)?;
    }
    let Draft { toml, .. } = draft(&args, id)?;
    let text = match &old {
        Some(old) => appended(old, &toml),
        None => format!("{SCHEMA}\n\n[pack]\nid = \"{pack}\"\ntitle = \"Boilerplate of {pack}\"\n\n{toml}"),
    };
    // The whole file is read before it is written: what cannot be read again is no rule.
    let report = evidence::run_some(&[(name.clone(), text.clone())], true, |rule| rule == args.id)?;
    write_file(Path::new(&file), text.as_bytes()).map_err(|error| Failure::write(&name, error))?;
    print(toml.as_bytes())?;
    talk.note(format_args!("{} {name}", if old.is_some() { "added to" } else { "written to" }));
    let next = format!("dechaff test {name}");
    if report.failures.is_empty() && report.idle.is_empty() {
        talk.note(format_args!("its examples hold; after a change, run `{next}`"));
    } else {
        talk.note(format_args!("not all of its examples hold yet: `{next}` shows them"));
    }
    Ok(Outcome::Done)
}

/// Pack and rule of a full id.
fn full_id(full: &str) -> Result<(&str, &str), Failure> {
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let is_id = |id: &str| id.split('-').all(is_word);
    full.split_once('/').filter(|(pack, id)| is_id(pack) && is_id(id)).ok_or_else(|| {
        let rule = "lower-case letters, digits and single hyphens";
        Failure::Usage(format!("`{full}` is no rule's id: they look like `kelm/weather-strip`, in {rule}"))
    })
}

/// That a file is the pack, and does not have the rule yet.
fn check(name: &str, text: &str, pack: &str, full: &str) -> Result<(), Failure> {
    match chosen::pack_id(text) {
        Some(id) if id == pack => {}
        Some(id) => {
            let message = format!("{name} is the pack `{id}`, not `{pack}`: name another file with --into");
            return Err(Failure::Usage(message));
        }
        None => return Err(Failure::Usage(format!("{name} is there, and is no pack: name another file with --into"))),
    }
    if chosen::ids(text).iter().any(|id| id == full) {
        return Err(Failure::Usage(format!(
            "`{full}` is already in {name}, and nothing is overwritten: choose another id"
        )));
    }
    Ok(())
}

fn draft(args: &Args, id: &str) -> Result<Draft, Failure> {
    let Lines { input, lines } = &args.from;
    let text = page::read(input, args.encoding)?;
    let count = text.replace("\r\n", "\n").split_terminator(['\n', '\r']).count();
    page::check(input, *lines.end(), count)?;
    draft::rule(&text, lines.start() - 1..*lines.end(), id).ok_or_else(|| {
        let (from, to) = (lines.start(), lines.end());
        let place = if from == to { format!("line {from}") } else { format!("lines {from}-{to}") };
        Failure::Usage(format!("{}: nothing that a rule could hold on to stands on {place}", input.name()))
    })
}

/// The pack with one more rule at its end; all that was there stays as it was.
fn appended(old: &str, rule: &str) -> String {
    let end = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = old.to_owned();
    if !text.ends_with('\n') {
        text.push_str(end);
    }
    if !text.ends_with("\n\n") && !text.ends_with("\n\r\n") {
        text.push_str(end);
    }
    text.push_str(&rule.replace('\n', end));
    text
}
