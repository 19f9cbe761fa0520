//! `dechaff check [PATH]…`: what is wrong with rule files, or only looks right.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ValueEnum, ValueHint};
use dechaff::{Code, Problem, Severity, lint};
use serde::Serialize;

use super::diagnostics::{Failure, Talk, report};
use super::io::Output;
use super::options::Target;
use super::render::count;
use super::{Outcome, packs, print};

/// The pages of all codes, one section each.
const PAGES: &str = include_str!("../../docs/lints.md");

/// Find mistakes in rule files, and what only looks right
///
/// Loads the files as cleaning would, beside the default packs, and looks at every rule. Each finding has a code, which
/// `--explain` explains; a comment `# dechaff: allow(CODE) reason` inside a rule silences a warning there.
///
/// Exit status: 0 nothing found, or warnings only; 1 errors, or what --deny names; 2 something could not be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Rule files, or directories of them; none are those of the project's configuration
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Count `warnings`, or findings of one code, as errors (repeatable)
    #[arg(long, value_name = "CODE|warnings", value_delimiter = ',', value_parser = deny_parser())]
    deny: Vec<Deny>,

    /// Leave out warnings of this code (repeatable)
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = code_parser())]
    allow: Vec<Code>,

    /// Make the changes that are safe, and report the rest
    #[arg(long)]
    fix: bool,

    /// How to show findings
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Full)]
    format: Format,

    /// Check the files alone, without the default packs
    #[arg(long)]
    no_default_rules: bool,

    /// Explain a code: why it matters, an example, and what to do
    #[arg(long, value_name = "CODE", value_parser = code_parser(), exclusive = true)]
    explain: Option<Code>,

    #[command(flatten)]
    project: super::project::ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the lines of the file, and suggested changes
    Full,
    /// One line for each finding: FILE:LINE:COLUMN: SEVERITY[CODE]: MESSAGE
    Plain,
    /// One JSON object for each finding, on a line of its own
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deny {
    Warnings,
    Code(Code),
}

fn code_parser() -> impl TypedValueParser<Value = Code> {
    PossibleValuesParser::new(Code::ALL.iter().map(|code| code.as_str())).try_map(|name| name.parse::<Code>())
}

fn deny_parser() -> impl TypedValueParser<Value = Deny> {
    let names = std::iter::once("warnings").chain(Code::ALL.iter().map(|code| code.as_str()));
    PossibleValuesParser::new(names).try_map(|name| match name.as_str() {
        "warnings" => Ok(Deny::Warnings),
        _ => name.parse::<Code>().map(Deny::Code),
    })
}

pub fn run(args: &Args, talk: &Talk) -> Result<Outcome, Failure> {
    if let Some(code) = args.explain {
        return print(page(code).as_bytes());
    }
    let paths = if args.paths.is_empty() { args.project.packs()? } else { args.paths.clone() };
    if paths.is_empty() {
        return Err(Failure::Usage(
            "no rule files to check: name a file or a directory, or set `packs` in dechaff.toml".to_owned(),
        ));
    }
    let mut files = Vec::new();
    for path in &paths {
        files.extend(packs::read(path)?);
    }
    let fixed = if args.fix { fix(&mut files, !args.no_default_rules)? } else { 0 };
    let mut problems = lint::check(&files, !args.no_default_rules)?;
    problems.retain(|problem| severity(problem) == Severity::Error || !args.allow.contains(&problem.code));
    let denied = |problem: &Problem| {
        severity(problem) == Severity::Error
            || args.deny.contains(&Deny::Warnings)
            || args.deny.contains(&Deny::Code(problem.code))
    };
    print(shown(&problems, &files, args.format, talk).as_bytes())?;
    let errors = problems.iter().filter(|problem| denied(problem)).count();
    summary(&problems, errors, fixed, &files, talk);
    Ok(if errors > 0 { Outcome::Findings } else { Outcome::Done })
}

fn severity(problem: &Problem) -> Severity {
    problem.code.severity()
}

fn shown(problems: &[Problem], files: &[(String, String)], format: Format, talk: &Talk) -> String {
    let mut text = String::new();
    let color = talk.colored(&std::io::stdout());
    for problem in problems {
        let source = files.iter().find(|(file, _)| *file == problem.file).map_or("", |(_, text)| text.as_str());
        let _ = match format {
            Format::Full => writeln!(text, "{}\n", report(problem, source, color)),
            Format::Plain => {
                let Problem { file, line, column, code, message, .. } = problem;
                writeln!(text, "{file}:{line}:{column}: {}[{code}]: {message}", severity(problem))
            }
            Format::Json => writeln!(text, "{}", json(problem)),
        };
    }
    text
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Finding<'p> {
    file: &'p str,
    line: usize,
    column: usize,
    start: usize,
    end: usize,
    code: &'static str,
    severity: String,
    message: &'p str,
    label: &'p str,
    help: Option<&'p str>,
    patch: Option<Patch<'p>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Patch<'p> {
    safe: bool,
    edits: Vec<Edit<'p>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Edit<'p> {
    start: usize,
    end: usize,
    text: &'p str,
}

fn json(problem: &Problem) -> String {
    let edit = |(span, text): &'_ (std::ops::Range<usize>, String)| (span.start, span.end, text.clone());
    let edits: Vec<_> = problem.patch.iter().flat_map(|patch| patch.edits.iter().map(edit)).collect();
    let patch = problem.patch.as_ref().map(|patch| Patch {
        safe: patch.safe,
        edits: edits.iter().map(|(start, end, text)| Edit { start: *start, end: *end, text }).collect(),
    });
    let finding = Finding {
        file: &problem.file,
        line: problem.line,
        column: problem.column,
        start: problem.span.start,
        end: problem.span.end,
        code: problem.code.as_str(),
        severity: severity(problem).to_string(),
        message: &problem.message,
        label: &problem.label,
        help: problem.help.as_deref(),
        patch,
    };
    serde_json::to_string(&finding).unwrap_or_default()
}

/// Makes all safe changes, on disk too; how many. A change can make room for another one, hence the rounds.
fn fix(files: &mut [(String, String)], with_defaults: bool) -> Result<usize, Failure> {
    let mut changed: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..20 {
        let problems = lint::check(files, with_defaults)?;
        let mut any = false;
        for (name, text) in files.iter_mut() {
            let patches = problems.iter().filter(|problem| problem.file == *name).filter_map(|p| p.patch.as_ref());
            // From the end, so that the places of the others stay; what overlaps waits for the next round.
            let mut patches: Vec<_> = patches.filter(|patch| patch.safe && !patch.edits.is_empty()).collect();
            patches.sort_by_key(|patch| std::cmp::Reverse(patch.edits[0].0.start));
            let mut free = text.len();
            for patch in patches {
                let end = patch.edits.iter().map(|(span, _)| span.end).max().unwrap_or(0);
                if end <= free
                    && let Some(new) = patch.apply(text)
                {
                    free = patch.edits[0].0.start;
                    *text = new;
                    *changed.entry(name.clone()).or_default() += 1;
                    any = true;
                }
            }
        }
        if !any {
            break;
        }
    }
    for (name, text) in files.iter().filter(|(name, _)| changed.contains_key(name)) {
        write(Path::new(name), text)?;
    }
    Ok(changed.values().sum())
}

/// Writes a file that is there, or a new one, in one step.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failure = |error| Failure::write(path.display().to_string(), error);
    let mut output = Output::new(Target::File { path: path.to_owned(), mkdir: false });
    output.start().map_err(failure)?;
    output.write_all(text.as_bytes()).map_err(failure)?;
    output.commit().map_err(failure)
}

fn summary(problems: &[Problem], denied: usize, fixed: usize, files: &[(String, String)], talk: &Talk) {
    if fixed > 0 {
        talk.note(format_args!("{} mended", count(fixed, "finding")));
    }
    let files = count(files.len(), "rule file");
    if problems.is_empty() {
        talk.note(format_args!("{files} checked, nothing found"));
        return;
    }
    let errors = problems.iter().filter(|problem| severity(problem) == Severity::Error).count();
    let warnings = problems.len() - errors;
    let mut line = format!("{files} checked: {}, {}", count(errors, "error"), count(warnings, "warning"));
    if denied > errors {
        let _ = write!(line, " ({} denied)", denied - errors);
    }
    let safe = problems.iter().filter(|problem| problem.patch.as_ref().is_some_and(|patch| patch.safe)).count();
    if safe > 0 {
        let _ = write!(line, "; --fix mends {safe}");
    }
    talk.note(line);
    talk.note(format_args!("what a code means: dechaff check --explain {}", problems[0].code));
}

/// The section of a code.
fn page(code: Code) -> String {
    let heading = format!("\n## {code}\n");
    let Some(at) = PAGES.find(&heading) else { return format!("{code}: {}\n", code.about()) };
    let rest = &PAGES[at + 1..];
    let end = rest[3..].find("\n## ").map_or(rest.len(), |n| n + 3);
    format!("{}\n", rest[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page() {
        for code in Code::ALL {
            assert!(page(*code).lines().count() > 4, "docs/lints.md has no section `## {code}`");
        }
        let sections = PAGES.lines().filter_map(|line| line.strip_prefix("## "));
        for section in sections {
            assert!(section.parse::<Code>().is_ok(), "`{section}` is no code");
        }
    }
}
