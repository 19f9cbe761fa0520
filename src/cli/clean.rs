//! `dechaff clean`: reads each document, cleans it, and writes what was asked for. An input that fails is reported, and
//! the others go on.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use dechaff::decode::{Decoded, How, Label, decode, encode};
use dechaff::{Cleaned, Cleaner};

use super::Outcome;
use super::args::{CleanArgs, Cli, Format};
use super::diagnostics::{Failure, Hint, Talk};
use super::html::is_html;
use super::io::{Documents, Output};
use super::options::{Input, Job, Options, Rules, Target};
use super::render::{self, Names, Report};
use super::stats::Stats;

pub fn run(args: CleanArgs, talk: &Talk) -> Result<Outcome, Failure> {
    let options = Options::new(args, talk)?;
    let cleaner = cleaner(&options.rules)?;
    let mut run =
        Run { options: &options, cleaner: &cleaner, names: Names::new(&cleaner), talk, stats: Stats::default() };
    let result = run.all();
    if !matches!(result, Err(Failure::Closed)) && options.stats {
        talk.raw(&run.stats.to_text(&run.names));
    }
    result?;
    Ok(if run.stats.failed > 0 {
        Outcome::Failed
    } else if options.fail_on_removal && run.stats.changed > 0 {
        Outcome::Findings
    } else {
        Outcome::Done
    })
}

/// Loads the rules that the options ask for.
pub(super) fn cleaner(rules: &Rules) -> Result<Cleaner, Failure> {
    let mut builder = Cleaner::builder().level(rules.level).default_rules(rules.defaults);
    for category in &rules.keep {
        builder = builder.keep(*category);
    }
    for category in &rules.remove {
        builder = builder.remove(*category);
    }
    for name in &rules.ignore {
        builder = builder.ignore(name.trim());
    }
    for path in &rules.paths {
        for file in rule_files(path)? {
            let name = file.display().to_string();
            let bytes = fs::read(&file).map_err(|error| Failure::read(&name, error))?;
            // TOML is UTF-8, so nothing is detected here.
            let strict = dechaff::decode::DecodeOptions { encoding: Some(Label::UTF_8), lossy: false };
            let text = decode(bytes, &strict).map_err(|error| Failure::RuleFile { name: name.clone(), error })?.text;
            builder = builder.rules(&name, &text);
        }
    }
    Ok(builder.build()?)
}

/// The file itself, or all `*.toml` files below a directory, in the order of their paths. Links to directories are not
/// followed, so that there is an end.
pub(super) fn rule_files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let failure = |error| Failure::read(directory.display().to_string(), error);
        for entry in fs::read_dir(directory).map_err(failure)? {
            let entry = entry.map_err(failure)?;
            let path = entry.path();
            if entry.file_type().map_err(failure)?.is_dir() {
                walk(&path, files)?;
            } else if path.extension() == Some(OsStr::new("toml")) && !path.is_dir() {
                files.push(path);
            }
        }
        Ok(())
    }
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    walk(path, &mut files)?;
    files.sort();
    if files.is_empty() { Err(Failure::NoRuleFiles { name: path.display().to_string() }) } else { Ok(files) }
}

struct Run<'r> {
    options: &'r Options,
    cleaner: &'r Cleaner,
    names: Names<'r>,
    talk: &'r Talk,
    stats: Stats,
}

/// A document on its way: what it is called, and how it ended.
struct Place<'p> {
    input: &'p Input,
    /// Counted from 1, where an input holds several.
    number: Option<usize>,
    /// Whether a NUL followed.
    terminated: bool,
}

impl Place<'_> {
    fn name(&self) -> String {
        match self.number {
            Some(number) => format!("{} (document {number})", self.input.name()),
            None => self.input.name(),
        }
    }
}

impl Run<'_> {
    fn all(&mut self) -> Result<(), Failure> {
        let mut stdout = Output::new(Target::Stdout);
        let mut bytes = Vec::new();
        for job in &self.options.jobs {
            let result = match &job.output {
                Target::Stdout => self.job(job, &mut stdout, &mut bytes).map(|_| ()),
                target => {
                    let mut output = Output::new(target.clone());
                    self.job(job, &mut output, &mut bytes).and_then(|verdict| Self::finish(output, &verdict))
                }
            };
            match result {
                Ok(()) => {}
                // Nobody would read the rest, or there is no room for it.
                Err(failure @ Failure::Closed) => return Err(failure),
                Err(failure @ Failure::Write { .. }) if job.output == Target::Stdout => return Err(failure),
                Err(failure) => self.failed(&failure),
            }
        }
        let name = stdout.name();
        stdout.commit().map_err(|error| Failure::write(name, error))
    }

    fn failed(&mut self, failure: &Failure) {
        self.stats.failed += 1;
        self.talk.failure(failure);
    }

    /// Makes a job's file final, unless that would change or spoil an original.
    fn finish(output: Output, verdict: &Verdict) -> Result<(), Failure> {
        if matches!(output.target(), Target::InPlace { .. }) && (verdict.bad || !verdict.differs) {
            return Ok(());
        }
        let name = output.name();
        output.commit().map_err(|error| Failure::write(name, error))
    }

    /// All documents of one input.
    fn job(&mut self, job: &Job, output: &mut Output, bytes: &mut Vec<u8>) -> Result<Verdict, Failure> {
        let unreadable = |error| unreadable(&job.input, error);
        let mut documents = Documents::open(&job.input, self.options.null).map_err(unreadable)?;
        let mut verdict = Verdict::default();
        let mut number = 0;
        while let Some(terminated) = documents.next(bytes).map_err(unreadable)? {
            number += 1;
            if self.options.null && number == 1 && (bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")) {
                return Err(Failure::Utf16Separated { name: job.input.name() });
            }
            let place = Place { input: &job.input, number: self.options.null.then_some(number), terminated };
            match self.document(&place, bytes, output) {
                Ok(differs) => verdict.differs |= differs,
                Err(failure)
                    if place.number.is_none() || matches!(failure, Failure::Closed | Failure::Write { .. }) =>
                {
                    return Err(failure);
                }
                Err(failure) => {
                    verdict.bad = true;
                    self.failed(&failure);
                    self.gap(&place, output)?;
                }
            }
        }
        // An input without documents has an output without documents.
        if let (0, Target::File { .. }, false) = (number, &job.output, self.options.dry_run) {
            output.start().map_err(|error| Failure::write(output.name(), error))?;
        }
        Ok(verdict)
    }

    /// One document, from bytes to output. Says whether the output differs from the input.
    fn document(&mut self, place: &Place<'_>, bytes: &[u8], output: &mut Output) -> Result<bool, Failure> {
        let failure = |error| Failure::Decode { name: place.name(), error };
        let decoded = decode(bytes, &self.options.decode).map_err(failure)?;
        let text = decoded.text.as_ref();
        if !self.options.force && is_html(text) {
            return Err(Failure::Html { name: place.name() });
        }
        if decoded.how == How::Detected {
            let (name, encoding) = (place.name(), decoded.encoding);
            self.talk.note(format_args!(
                "{name}: not UTF-8, read as {encoding} (a guess; --encoding LABEL makes it certain)"
            ));
        }
        let cleaned = self.cleaner.clean_with(text, &self.options.about.facts());
        let differs = if self.options.dry_run {
            self.talk.note(format_args!("{}: {}", place.name(), render::summary(&cleaned, &self.names)));
            false
        } else {
            self.write(place, bytes, &decoded, &cleaned, output)?
        };
        self.stats.add(&cleaned, &self.names, self.options.stats);
        Ok(differs)
    }

    fn write(
        &self,
        place: &Place<'_>,
        bytes: &[u8],
        decoded: &Decoded<'_>,
        cleaned: &Cleaned<'_>,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        let was_utf8 = decoded.encoding == Label::UTF_8.name();
        let report = Report {
            id: &place.input.id(),
            document: place.number,
            several: self.options.jobs.len() > 1 || self.options.null,
            cleaned,
            names: &self.names,
            had_bom: decoded.had_bom && was_utf8,
            color: self.options.color,
        };
        // Only whole texts can be encoded, and must be before the first byte of them is written.
        let encoded = match self.options.output_encoding {
            Some(label) if label != Label::UTF_8 => Some(self.encoded(place, &report, label)?),
            _ => None,
        };
        let differs = match (&encoded, self.options.output_encoding) {
            (Some(encoded), _) => *encoded.bytes != *bytes,
            (None, Some(_)) => cleaned.changed() || !was_utf8 || decoded.had_bom,
            (None, None) => cleaned.changed(),
        };
        // A file in place with nothing to remove is not even opened; one of many documents is copied until it differs.
        let in_place = matches!(output.target(), Target::InPlace { .. });
        if place.number.is_none() && !differs && in_place {
            return Ok(false);
        }
        if in_place && !was_utf8 && self.options.output_encoding.is_none() {
            let (name, encoding) = (place.name(), decoded.encoding);
            self.talk
                .note(format_args!("{name}: was {encoding}, becomes UTF-8 (--output-encoding {encoding} keeps it)"));
        }
        self.put(place, &report, encoded.as_ref(), output).map_err(|error| Failure::write(output.name(), error))?;
        Ok(differs)
    }

    fn encoded(&self, place: &Place<'_>, report: &Report<'_>, label: Label) -> Result<Encoded, Failure> {
        let mut text = Vec::new();
        render::render(self.options.format, report, &mut text)
            .map_err(|error| Failure::write("the text in memory", error))?;
        // Renderers write what they were given, which is UTF-8; this never replaces anything.
        let text = String::from_utf8_lossy(&text);
        match encode(&text, label, self.options.decode.lossy) {
            Ok(bytes) => {
                Ok(Encoded { bytes: bytes.into_owned(), open_line: !(text.is_empty() || text.ends_with(['\n', '\r'])) })
            }
            Err(error) => {
                let before = &text[..error.offset];
                let line = before.replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
                let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
                let column = before[start..].chars().count() + 1;
                Err(Failure::Encode { name: place.name(), error, line, column })
            }
        }
    }

    /// Writes one document after the others.
    fn put(
        &self,
        place: &Place<'_>,
        report: &Report<'_>,
        encoded: Option<&Encoded>,
        output: &mut Output,
    ) -> io::Result<()> {
        output.start()?;
        let separated = self.separated();
        if separated {
            output.separate()?;
        } else if output.needs_line_end() && !report.cleaned.input().is_empty() {
            // Like sed: the last line of one document and the first of the next must not become one.
            let label = self.options.output_encoding.unwrap_or(Label::UTF_8);
            let line_end = encode("\n", label, true).unwrap_or(Cow::Borrowed(b"\n"));
            output.write_all(without_mark(&line_end, label))?;
        }
        match encoded {
            None => render::render(self.options.format, report, output)?,
            Some(encoded) => {
                let label = self.options.output_encoding.unwrap_or(Label::UTF_8);
                let bytes = if output.begun() { without_mark(&encoded.bytes, label) } else { &encoded.bytes };
                output.write_all(bytes)?;
                output.set_open_line(encoded.open_line);
            }
        }
        output.end(separated.then_some(place.terminated))
    }

    /// An empty document in the place of one that failed, so that those after it keep their numbers.
    fn gap(&self, place: &Place<'_>, output: &mut Output) -> Result<(), Failure> {
        if !self.separated() || self.options.dry_run {
            return Ok(());
        }
        let mut put = || {
            output.start()?;
            output.separate()?;
            output.end(Some(place.terminated))
        };
        put().map_err(|error| Failure::write(output.name(), error))
    }

    /// Whether NUL bytes are written: reports name their documents and need none.
    fn separated(&self) -> bool {
        self.options.null && matches!(self.options.format, Format::Text | Format::Removed)
    }
}

/// How a job went.
#[derive(Debug, Default)]
struct Verdict {
    /// The output is not the input.
    differs: bool,
    /// A document could not be cleaned.
    bad: bool,
}

struct Encoded {
    bytes: Vec<u8>,
    open_line: bool,
}

/// UTF-16 has its byte order mark once, at the beginning of a stream.
fn without_mark(bytes: &[u8], label: Label) -> &[u8] {
    if label.is_utf16() { bytes.get(2..).unwrap_or_default() } else { bytes }
}

/// A file that cannot be opened may be a command that was misspelt.
fn unreadable(input: &Input, error: io::Error) -> Failure {
    let name = input.name();
    let Input::File(path) = input else { return Failure::read(name, error) };
    if error.kind() != io::ErrorKind::NotFound {
        return Failure::read(name, error);
    }
    let typed = path.to_str().unwrap_or_default();
    let command = Cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .map(|command| (strsim::osa_distance(typed, &command), command))
        .min()
        .filter(|(distance, command)| *distance <= command.len() / 3)
        .map(|(distance, command)| if distance == 0 { Hint::NotFirst(command) } else { Hint::Misspelt(command) });
    Failure::Missing { name, command }
}
