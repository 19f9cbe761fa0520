//! `dechaff explain FILE:LINE`: every rule that came near a line, and the gates that it passed or failed.

mod json;
mod text;

use dechaff::decode::Label;
use dechaff::explain::{Candidate, Explanation};

use super::diagnostics::{Failure, Talk};
use super::options::About;
use super::page::{self, Lines};
use super::project::{Project, RuleArgs};
use super::render::Names;
use super::{Outcome, print};

const EXAMPLES: &str = "\
Examples:
  dechaff explain article.txt:12         why line 12 stays, or goes
  dechaff explain article.txt:12 --all   with all rules, near or far
  dechaff explain -:3 < article.txt      a line of standard input";

/// Say why a line stays or goes: each rule that came near, and the gates that it passed or failed
///
/// A gate is one thing that a rule asks: a phrase, a length, a place, a neighbour, an exception. A rule removes a line
/// when all its gates are passed. The rules that came nearest stand first.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A line of a page, counted from 1; FILE may be `-`
    #[arg(value_name = "FILE:LINE", allow_hyphen_values = true)]
    place: Lines,

    /// Show all rules, also those that did not come near
    #[arg(long)]
    all: bool,

    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    rules: RuleArgs,

    /// Where the document was published
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Language of the document, such as `en` or `pt-BR`
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,

    /// Encoding of the page; without it UTF-8, or else what it looks like
    #[arg(long, value_name = "LABEL")]
    encoding: Option<Label>,
}

/// An explanation, and how to speak of it.
struct Report<'r> {
    file: &'r str,
    /// Counted from 1.
    line: usize,
    /// The line as it was read.
    text: &'r str,
    explanation: &'r Explanation,
    names: &'r Names<'r>,
    all: bool,
    color: bool,
}

impl Report<'_> {
    /// The rules that came near.
    fn near(&self) -> impl Iterator<Item = &Candidate> {
        self.explanation.candidates.iter().filter(|candidate| candidate.near)
    }
}

pub fn run(args: Args, talk: &Talk) -> Result<Outcome, Failure> {
    let Args { place, all, json, rules, url, lang, encoding } = args;
    let line = *place.lines.start();
    if *place.lines.end() != line {
        return Err(Failure::Usage("one line at a time can be explained: FILE:LINE".to_owned()));
    }
    let mut about = About::new(url, lang, None)?;
    let project = Project::load(&rules)?;
    about.or_lang(project.lang(about.url()));
    let cleaner = project.cleaner(about.url())?;
    let text = page::read(&place.input, encoding)?;
    let cleaned = cleaner.clean_with(&text, &about.facts());
    page::check(&place.input, line, cleaned.lines().len())?;
    let Some(explanation) = cleaner.explain(&text, &about.facts(), line - 1) else { return Ok(Outcome::Done) };
    let report = Report {
        file: &place.input.id(),
        line,
        text: text[cleaned.lines()[line - 1].span.clone()].trim_end_matches(['\n', '\r']),
        explanation: &explanation,
        names: &Names::new(&cleaner),
        all,
        color: talk.colored(&std::io::stdout()),
    };
    let out = if json { json::render(&report) } else { text::render(&report) };
    print(out.as_bytes())
}
