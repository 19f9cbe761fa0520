//! What goes to standard error, and the one type of everything that can go wrong on the command line.
//!
//! Every message starts with `dechaff: `, save for mistakes in rule files: those are shown in their place.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Patch, Renderer, Snippet};
use anstream::AutoStream;
use anstream::ColorChoice;
use dechaff::decode::{DecodeError, EncodeError};
use dechaff::{BuildError, Problem, Severity};

use super::args::When;

/// Why something was not done. Names are what the user called a file.
#[derive(Debug)]
pub enum Failure {
    /// The reader of standard output is gone. Nobody is to be told.
    Closed,
    /// No FILE, and a person at the keyboard.
    NoInput,
    /// Options that do not go together, or whose values cannot be.
    Usage(String),
    /// A FILE that does not exist; perhaps a command was meant.
    Missing { name: String, command: Option<Hint> },
    /// A file or directory that cannot be read.
    Read { name: String, error: io::Error },
    /// A file that cannot be written. What was there before is still there.
    Write { name: String, error: io::Error },
    /// Bytes that are not text.
    Decode { name: String, error: DecodeError },
    /// UTF-16 where NUL bytes separate documents.
    Utf16Separated { name: String },
    /// Text that does not exist in the output encoding; line and column (in characters) of the output.
    Encode { name: String, error: EncodeError, line: usize, column: usize },
    /// A page instead of its text.
    Html { name: String },
    /// `--rules` names a directory without rule files.
    NoRuleFiles { name: String },
    /// A rule file that is not UTF-8.
    RuleFile { name: String, error: DecodeError },
    /// Mistakes in the project's configuration.
    Config { problems: Vec<Problem>, sources: Vec<(String, String)> },
    /// Rules that cannot be used.
    Rules(Box<BuildError>),
}

/// What somebody may have wanted who named a file that does not exist.
#[derive(Debug)]
pub enum Hint {
    /// A command, misspelt.
    Misspelt(String),
    /// A command, but options came first.
    NotFirst(String),
}

impl Failure {
    pub fn write(name: impl Into<String>, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Write { name: name.into(), error } }
    }

    pub fn read(name: impl Into<String>, error: io::Error) -> Self {
        Self::Read { name: name.into(), error }
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::Rules(Box::new(error))
    }
}

const NO_INPUT: &str = "\
no FILE, and standard input is a terminal

Usage: dechaff [OPTIONS] [FILE]...

  dechaff article.txt              print the article without boilerplate
  dechaff < raw.txt > clean.txt    the same, as a filter
  dechaff -f why article.txt       show what would go, and why
  dechaff -                        type or paste a text, then Ctrl-D

All options: dechaff --help";

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("nobody reads the output"),
            Self::NoInput => f.write_str(NO_INPUT),
            Self::Usage(message) => f.write_str(message),
            Self::Missing { name, command } => {
                write!(f, "{name}: no such file")?;
                match command {
                    Some(Hint::Misspelt(command)) => write!(f, "; did you mean `dechaff {command}`?"),
                    Some(Hint::NotFirst(command)) => {
                        write!(f, "; for the command, put it first: `dechaff {command} …`")
                    }
                    None => Ok(()),
                }
            }
            Self::Read { name, error } => write!(f, "{name}: {}", reason(error)),
            Self::Write { name, error } => write!(f, "{name}: not written: {}", reason(error)),
            Self::Decode { name, error } => {
                write!(f, "{name}: {error}; ")?;
                f.write_str(match error {
                    DecodeError::Binary { .. } => "--lossy reads it nevertheless",
                    _ => "name its encoding with --encoding LABEL, or replace what cannot be read with --lossy",
                })
            }
            Self::Utf16Separated { name } => {
                write!(f, "{name}: UTF-16 is full of NUL bytes, so --null cannot separate documents with them")
            }
            Self::Encode { name, error, line, column } => {
                let (encoding, character) = (error.encoding, error.character);
                let code = u32::from(character);
                write!(
                    f,
                    "{name}: {encoding} has no {character:?} (U+{code:04X}), line {line}, column {column} of the "
                )?;
                f.write_str("output; --lossy writes `?` instead")
            }
            Self::Html { name } => {
                write!(f, "{name}: this is HTML, and dechaff cleans text. Run an extractor first, for example ")?;
                f.write_str("`trafilatura < page.html | dechaff`; --force cleans it as it is")
            }
            Self::NoRuleFiles { name } => write!(f, "{name}: no *.toml file in this directory"),
            Self::RuleFile { name, error } => write!(f, "{name}: {error}; rule files are UTF-8"),
            Self::Config { problems, .. } => problems.iter().try_for_each(|problem| writeln!(f, "{problem}")),
            Self::Rules(error) => {
                write!(f, "{error}")?;
                match **error {
                    BuildError::NoRules => f.write_str("; see --remove, --keep, --ignore and --level"),
                    _ => Ok(()),
                }
            }
        }
    }
}

/// The system's words without its error number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error") {
        Some(end) => {
            let mut text = text[..end].to_owned();
            // "Is a directory" in the middle of a sentence.
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_lowercase();
            }
            text
        }
        None => text,
    }
}

/// Standard error. A write that fails there has nowhere to be reported, and must not stop the work.
#[derive(Debug)]
pub struct Talk {
    when: When,
}

impl Talk {
    pub fn new(when: When) -> Self {
        Self { when }
    }

    /// Whether this stream gets colour.
    pub fn colored<S: IsTerminal + anstream::stream::RawStream>(&self, stream: &S) -> bool {
        match self.when {
            When::Always => true,
            When::Never => false,
            When::Auto => AutoStream::choice(stream) != ColorChoice::Never,
        }
    }

    /// One message.
    pub fn note(&self, message: impl fmt::Display) {
        let _ = writeln!(io::stderr().lock(), "dechaff: {message}");
    }

    /// Text that carries its own beginnings of lines.
    pub fn raw(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    pub fn failure(&self, failure: &Failure) {
        match failure {
            Failure::Closed => {}
            Failure::Config { problems, sources } => {
                self.problems(problems, sources, "the configuration: nothing was done");
            }
            Failure::Rules(error) => match &**error {
                BuildError::Rules { problems, sources } => {
                    self.problems(problems, sources, "the rules: nothing was cleaned")
                }
                _ => self.note(failure),
            },
            _ => self.note(failure),
        }
    }

    /// Mistakes in rule files, each in its place, all of them at once.
    fn problems(&self, problems: &[Problem], sources: &[(String, String)], place: &str) {
        let color = self.colored(&io::stderr());
        for problem in problems {
            let source = sources.iter().find(|(file, _)| *file == problem.file).map_or("", |(_, text)| text.as_str());
            self.raw(&format!("{}\n\n", report(problem, source, color)));
        }
        let count = problems.len();
        let mistakes = if count == 1 { "mistake" } else { "mistakes" };
        self.note(format_args!("{count} {mistakes} in {place}"));
    }
}

/// One mistake in a rule file or configuration: its place, and the change that mends it.
pub fn report(problem: &Problem, source: &str, color: bool) -> String {
    let span = within(&problem.span, source);
    let annotation = AnnotationKind::Primary.span(span).label(problem.label.as_str());
    let place = Snippet::source(source).path(problem.file.as_str()).annotation(annotation);
    let level = if problem.code.severity() == Severity::Error { Level::ERROR } else { Level::WARNING };
    // `warning[code]: ` stands before the first line, and its width before the others.
    let before = problem.code.severity().to_string().len() + problem.code.as_str().len() + 4;
    let message = broken(&problem.message, before);
    let title = level.primary_title(message.as_str()).id(problem.code.as_str());
    let mut groups = vec![title.element(place)];
    let patch = problem.patch.as_ref().filter(|patch| patch.apply(source).is_some());
    let help = problem.help.as_deref().filter(|help| !help.is_empty());
    let digits = source.matches('\n').count().to_string().len();
    let help = help.map(|help| broken(help, if patch.is_some() { 6 } else { digits + 9 }));
    match patch {
        Some(patch) => {
            let edits = patch.edits.iter().map(|(span, text)| Patch::new(span.clone(), text.as_str()));
            let title = Level::HELP.secondary_title(help.as_deref().unwrap_or("change it like this"));
            groups.push(title.element(Snippet::source(source).path(problem.file.as_str()).patches(edits)));
        }
        None => {
            if let Some(help) = help.as_deref()
                && let Some(first) = groups.pop()
            {
                groups.push(first.element(Level::HELP.message(help)));
            }
        }
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(80).render(&groups)
}

/// A message in lines that fit a terminal of 80 columns beside what stands before them, broken at spaces.
fn broken(message: &str, before: usize) -> String {
    let width = 80_usize.saturating_sub(before).max(20);
    let mut lines = String::new();
    let mut used = 0;
    for word in message.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push('\n');
            used = 0;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    lines
}

/// The span, if need be moved to where the source has characters: a mistake in a message must not become a panic.
fn within(span: &Range<usize>, source: &str) -> Range<usize> {
    let start = source.floor_char_boundary(span.start);
    let end = source.ceil_char_boundary(span.end.min(source.len())).max(start);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_kept_inside_the_source() {
        assert_eq!(within(&(1..2), "abc"), 1..2);
        assert_eq!(within(&(1..2), "é"), 0..2);
        assert_eq!(within(&(9..12), "abc"), 3..3);
        assert_eq!(within(&Range { start: 2, end: 1 }, "abc"), 2..2);
        let problem = Problem {
            file: "a.toml".to_owned(),
            span: 70..80,
            line: 9,
            column: 1,
            message: "odd".to_owned(),
            label: "here".to_owned(),
            help: None,
            code: dechaff::Code::WrongType,
            patch: None,
        };
        assert!(report(&problem, "", false).contains("error[wrong-type]: odd"));
    }
}
