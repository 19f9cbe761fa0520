//! What the arguments mean. Everything that can be wrong about them is found here, before anything is read or written:
//! contradictions, inputs that would end up in one output, files that would be overwritten by accident.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use dechaff::Facts;
use dechaff::decode::{DecodeOptions, Label};

use super::args::{CleanArgs, Format};
use super::diagnostics::{Failure, Talk};
use super::project::RuleArgs;

/// A request that makes sense.
#[derive(Debug)]
pub struct Options {
    pub jobs: Vec<Job>,
    /// Which rules are used.
    pub rules: RuleArgs,
    pub about: About,
    pub decode: DecodeOptions,
    /// `None`: UTF-8, and files in place keep what they are if nothing is removed.
    pub output_encoding: Option<Label>,
    pub format: Format,
    pub null: bool,
    pub dry_run: bool,
    pub stats: bool,
    pub fail_on_removal: bool,
    /// Colour on standard output.
    pub color: bool,
    pub force: bool,
}

/// An input, and where its output goes.
#[derive(Debug)]
pub struct Job {
    pub input: Input,
    pub output: Target,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Stdin,
    File(PathBuf),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Stdout,
    /// A file; the directories above it are made where missing, if `mkdir`.
    File {
        path: PathBuf,
        mkdir: bool,
    },
    /// The input itself; a backup is kept under `backup`.
    InPlace {
        path: PathBuf,
        backup: Option<PathBuf>,
    },
}

/// What is known of the documents.
#[derive(Debug)]
pub struct About {
    url: Option<String>,
    lang: Option<String>,
    title: Option<String>,
}

impl About {
    /// The address, where known.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Fills in the language, where nobody has said it.
    pub fn or_lang(&mut self, lang: Option<String>) {
        self.lang = self.lang.take().or(lang);
    }

    /// Checks what was said of the documents.
    pub fn new(url: Option<String>, lang: Option<String>, title: Option<String>) -> Result<Self, Failure> {
        check_about(url.as_deref(), lang.as_deref())?;
        Ok(Self { url, lang, title })
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts { url: self.url.as_deref(), lang: self.lang.as_deref(), title: self.title.as_deref() }
    }
}

impl Input {
    /// What messages call it.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// What data calls it.
    pub fn id(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

impl Options {
    pub fn new(args: CleanArgs, talk: &Talk) -> Result<Self, Failure> {
        check(&args)?;
        let inputs = inputs(&args.files)?;
        let outputs = outputs(&inputs, &args)?;
        Ok(Self {
            jobs: inputs.into_iter().zip(outputs).map(|(input, output)| Job { input, output }).collect(),
            rules: args.rules,
            about: About { url: args.url, lang: args.lang, title: args.title },
            decode: DecodeOptions { encoding: args.encoding, lossy: args.lossy },
            output_encoding: args.output_encoding,
            format: args.format,
            null: args.null,
            dry_run: args.dry_run,
            stats: args.stats,
            fail_on_removal: args.fail_on_removal,
            // In a file colour is noise, unless somebody insists.
            color: talk.colored(&std::io::stdout())
                && (args.output.is_none() || args.color == super::args::When::Always),
            force: args.force,
        })
    }
}

/// Single values and pairs of options.
fn check(args: &CleanArgs) -> Result<(), Failure> {
    let usage = |message: String| Err(Failure::Usage(message));
    if let Some(category) = args.rules.keep.iter().find(|category| args.rules.remove.contains(category)) {
        return usage(format!("--keep {category} and --remove {category} contradict each other"));
    }
    if args.in_place.is_some() && args.format != Format::Text {
        return usage("--in-place writes the cleaned text: no other --format can be in its place".to_owned());
    }
    if args.dry_run && args.format != Format::Text {
        return usage(
            "--dry-run prints nothing, so --format has no effect; without --dry-run it changes no file".to_owned(),
        );
    }
    if args.in_place.as_ref().is_some_and(|suffix| suffix.contains(std::path::is_separator)) {
        return usage("--in-place: the suffix is the end of a file name, so it cannot hold a slash".to_owned());
    }
    let utf16 = |label: &Option<Label>| label.is_some_and(Label::is_utf16);
    if args.null && (utf16(&args.encoding) || utf16(&args.output_encoding)) {
        return usage("UTF-16 is full of NUL bytes, so --null cannot separate documents with them".to_owned());
    }
    if args.format == Format::Json && args.output_encoding.is_some_and(|label| label != Label::UTF_8) {
        return usage("JSON is always UTF-8: --output-encoding cannot change that".to_owned());
    }
    if let Some(name) = args.rules.ignore.iter().find(|name| name.trim().is_empty()) {
        return usage(format!("--ignore: `{name}` names no rule"));
    }
    check_about(args.url.as_deref(), args.lang.as_deref())
}

fn check_about(url: Option<&str>, lang: Option<&str>) -> Result<(), Failure> {
    let usage = |message: String| Err(Failure::Usage(message));
    if let Some(url) = url.filter(|url| url.is_empty() || url.contains(char::is_whitespace)) {
        return usage(format!("--url: `{url}` is no address"));
    }
    if let Some(lang) = lang.filter(|lang| !is_language(lang)) {
        return usage(format!("--lang: `{lang}` is no language tag; they look like `en` or `pt-BR`"));
    }
    Ok(())
}

/// Two or three letters, then perhaps script, region and so on.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn inputs(files: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    if files.is_empty() {
        return if std::io::stdin().is_terminal() { Err(Failure::NoInput) } else { Ok(vec![Input::Stdin]) };
    }
    let input = |path: &PathBuf| if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.clone()) };
    let inputs: Vec<Input> = files.iter().map(input).collect();
    if inputs.iter().filter(|input| **input == Input::Stdin).count() > 1 {
        return Err(Failure::Usage("standard input (`-`) can be read only once".to_owned()));
    }
    Ok(inputs)
}

/// Where each input's output goes.
fn outputs(inputs: &[Input], args: &CleanArgs) -> Result<Vec<Target>, Failure> {
    if let Some(suffix) = &args.in_place {
        return inputs.iter().map(|input| in_place(input, suffix)).collect();
    }
    let Some(output) = &args.output else { return Ok(vec![Target::Stdout; inputs.len()]) };
    if output.as_os_str() == "-" {
        return Ok(vec![Target::Stdout; inputs.len()]);
    }
    let slash = output.as_os_str().as_encoded_bytes().last().is_some_and(|b| std::path::is_separator(char::from(*b)));
    if !(slash || inputs.len() > 1 || output.is_dir()) {
        return Ok(vec![Target::File { path: output.clone(), mkdir: false }]);
    }
    if output.exists() && !output.is_dir() {
        let reason = if slash { "the slash says so" } else { "there are several inputs" };
        let name = output.display();
        return Err(Failure::Usage(format!("--output: {name} has to be a directory ({reason}), and is a file")));
    }
    into_directory(inputs, output)
}

fn in_place(input: &Input, suffix: &str) -> Result<Target, Failure> {
    let Input::File(path) = input else {
        return Err(Failure::Usage("--in-place: standard input has no place; name files".to_owned()));
    };
    let backup = (!suffix.is_empty()).then(|| {
        let mut name = OsString::from(path);
        name.push(suffix);
        PathBuf::from(name)
    });
    Ok(Target::InPlace { path: path.clone(), backup })
}

/// The same names in another directory, no two of them the same.
fn into_directory(inputs: &[Input], directory: &Path) -> Result<Vec<Target>, Failure> {
    let mut taken: HashMap<PathBuf, &Path> = HashMap::with_capacity(inputs.len());
    let mut outputs = Vec::with_capacity(inputs.len());
    for input in inputs {
        let Input::File(path) = input else {
            let message = "--output: standard input has no file name to use in a directory; read it alone, with a FILE";
            return Err(Failure::Usage(message.to_owned()));
        };
        let Some(name) = path.file_name() else {
            return Err(Failure::Usage(format!("{}: is a directory, not a file", path.display())));
        };
        let output = directory.join(name);
        if let Some(other) = taken.insert(output.clone(), path) {
            let (a, b, output) = (other.display(), path.display(), output.display());
            return Err(Failure::Usage(format!("--output: {a} and {b} would both become {output}")));
        }
        if same_file(path, &output) {
            let path = path.display();
            return Err(Failure::Usage(format!("--output: {path} would be overwritten; --in-place is for that")));
        }
        outputs.push(Target::File { path: output, mkdir: true });
    }
    Ok(outputs)
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::is_language;

    #[test]
    fn language_tags() {
        for tag in ["en", "de", "pt-BR", "zh-Hant-TW", "gsw", "pt_BR"] {
            assert!(is_language(tag), "{tag}");
        }
        for tag in ["", "e", "english", "en-", "12", "en us", "-en"] {
            assert!(!is_language(tag), "{tag}");
        }
    }
}
