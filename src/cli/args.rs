//! What was typed. Nothing here is checked beyond single values: `options` says what it all means together.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use dechaff::decode::Label;

use super::project::RuleArgs;
use super::{check, completions, config, coverage, diff, explain, fresh, man, review, rules, schema, test};

const ABOUT: &str = "Strip boilerplate from article text: clean < raw.txt > clean.txt";

const LONG_ABOUT: &str = "\
dechaff takes the text of a web page and gives back the article. Bylines, share buttons, related-story pointers, \
newsletter boxes, photo credits and comment sections go; every line that stays is byte for byte what it was.

Everything that is removed is removed by a rule with a name: see which with `--format why`, keep a kind of lines with \
`--keep CATEGORY`, switch a rule off with `--ignore RULE`.

`dechaff` without a command is `dechaff clean`.";

const SHORT_EXAMPLES: &str = "\
Examples:
  dechaff < raw.txt > clean.txt      clean one text
  dechaff -f why article.txt         see what would go, and why
  dechaff -i *.txt                   clean files where they are

More, with every option explained: dechaff --help";

const LONG_EXAMPLES: &str = "\
Examples:
  As a filter, after whatever turns HTML into text:
      trafilatura < page.html | dechaff > article.txt

  See every line with its verdict, or only what goes, before trusting it:
      dechaff -f why article.txt
      dechaff -f removed article.txt

  Clean many files into a directory, or in place with a backup:
      dechaff -o cleaned/ raw/*.txt
      dechaff --in-place=.bak raw/*.txt

  Keep bylines, and do without one rule:
      dechaff --keep byline --ignore press/related-pointer article.txt

  Only your own rules:
      dechaff --rules my-rules/ --no-default-rules article.txt

  Many documents through one process, with a NUL byte after each:
      dechaff -0 < raw.nul > clean.nul

  In a check, fail when a text still has boilerplate:
      dechaff --dry-run --fail-on-removal article.txt

Exit status:
  0  done
  1  done, and lines were removed, or would be (only with --fail-on-removal)
  2  something failed: a wrong option, a mistake in a rule file, or a file that could not be
     read or written; all other files are done nevertheless";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "dechaff",
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_help = SHORT_EXAMPLES,
    after_long_help = LONG_EXAMPLES,
    override_usage = "dechaff [OPTIONS] [FILE]...\n       dechaff COMMAND [OPTIONS]",
    args_conflicts_with_subcommands = true,
    disable_version_flag = true,
    max_term_width = 100
)]
pub struct Cli {
    /// Print the version, and the fingerprint and number of the built-in rules
    #[arg(short = 'V', long)]
    pub version: bool,

    #[command(flatten)]
    pub clean: CleanArgs,

    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// When to use colour; commands without the option leave it to the terminal.
    pub fn color(&self) -> When {
        match &self.command {
            Some(Command::Clean(args)) => args.color,
            Some(_) => When::Auto,
            None => self.clean.color,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Clean article text (what dechaff does without a command, too)
    #[command(after_help = SHORT_EXAMPLES, after_long_help = LONG_EXAMPLES)]
    Clean(Box<CleanArgs>),
    Explain(Box<explain::Args>),
    New(Box<fresh::Args>),
    Test(test::Args),
    Review(review::Args),
    Check(check::Args),
    Completions(completions::Args),
    Config(Box<config::Args>),
    Coverage(Box<coverage::Args>),
    Diff(Box<diff::Args>),
    Man(man::Args),
    Rules(rules::Args),
    Schema(schema::Args),
}

#[derive(Debug, Args)]
pub struct CleanArgs {
    /// Files to clean, each a document of its own; none or `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,

    /// Write to FILE, or to files of the same names in DIR
    ///
    /// It is a directory when it exists as one, ends in a slash, or there are several inputs. Files appear whole or not
    /// at all.
    #[arg(short, long, value_name = "FILE|DIR", help_heading = OUTPUT, value_hint = ValueHint::AnyPath, conflicts_with = "in_place")]
    pub output: Option<PathBuf>,

    /// Clean the files where they are; with SUFFIX, keep the originals under NAME+SUFFIX
    ///
    /// A file is replaced in one step, or stays as it was. Files without anything to remove are not touched. A symbolic
    /// link stays one: the file that it points to is cleaned.
    #[arg(short, long, value_name = "SUFFIX", help_heading = OUTPUT, num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub in_place: Option<String>,

    /// What to print
    #[arg(short, long, value_name = "FORMAT", help_heading = OUTPUT, value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// Documents are separated by NUL bytes, in and out
    ///
    /// For the formats `text` and `removed`; the others name the document. A document that cannot be read leaves an
    /// empty one in its place, so that the others can still be counted.
    #[arg(short = '0', long, help_heading = OUTPUT)]
    pub null: bool,

    /// Write nothing; say on standard error what would change in each file
    #[arg(long, help_heading = OUTPUT)]
    pub dry_run: bool,

    /// Print counts on standard error, by category and by rule
    #[arg(long, help_heading = OUTPUT)]
    pub stats: bool,

    /// Exit with 1 when any line was removed, or would be
    #[arg(long, help_heading = OUTPUT)]
    pub fail_on_removal: bool,

    /// When to use colour
    #[arg(long, value_name = "WHEN", help_heading = OUTPUT, value_enum, default_value_t = When::Auto)]
    pub color: When,

    #[command(flatten)]
    pub rules: RuleArgs,

    /// Where the document was published; switches on rules that know the site
    #[arg(long, value_name = "URL", help_heading = DOCUMENT, value_hint = ValueHint::Url)]
    pub url: Option<String>,

    /// Language of the document, such as `en` or `pt-BR`; switches off rules for other languages
    #[arg(long, value_name = "LANG", help_heading = DOCUMENT)]
    pub lang: Option<String>,

    /// Title of the document
    #[arg(long, value_name = "TITLE", help_heading = DOCUMENT)]
    pub title: Option<String>,

    /// Encoding of the input, such as `windows-1252`; without it UTF-8, or else what it looks like
    #[arg(long, value_name = "LABEL", help_heading = DOCUMENT)]
    pub encoding: Option<Label>,

    /// Encoding of the output, where not UTF-8
    #[arg(long, value_name = "LABEL", help_heading = DOCUMENT)]
    pub output_encoding: Option<Label>,

    /// Replace characters that cannot be read or written, instead of failing
    #[arg(long, help_heading = DOCUMENT)]
    pub lossy: bool,

    /// Clean the text even if it looks like HTML
    #[arg(long, help_heading = DOCUMENT)]
    pub force: bool,
}

const OUTPUT: &str = "Output";
const DOCUMENT: &str = "About the document";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The cleaned text
    Text,
    /// Every line with its verdict, and the rules that gave it
    Why,
    /// A unified diff from the input to the cleaned text
    Diff,
    /// Only what was removed
    Removed,
    /// One JSON object per document, from which the input can be rebuilt
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
