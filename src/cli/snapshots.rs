//! Page snapshots: whole pages beside a pack, and what the pack makes of them.
//!
//! `pages/NAME.txt` is a page, `pages/NAME.marked` its accepted rendering: a row for each line with its verdict and the rules that gave it,
//! plain text that is made to be read in a diff. `dechaff test` compares, `dechaff review` accepts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dechaff::{Cleaned, Cleaner, Level, Verdict};
use similar::{ChangeTag, TextDiff};

use super::chosen::{self, Packs};
use super::diagnostics::Failure;
use super::io::write_file;
use super::options::Input;
use super::page;

/// The directory of pages, beside the pack.
const PAGES: &str = "pages";
/// Unchanged rows around a change.
const CONTEXT: usize = 2;

/// A page whose rendering is not the accepted one.
#[derive(Debug)]
pub struct Change {
    /// The page; of an obsolete snapshot, the page that is no longer there.
    pub page: PathBuf,
    pub snapshot: PathBuf,
    /// What was accepted.
    pub old: Option<String>,
    /// What the page is now; `None` where it is gone.
    pub new: Option<String>,
}

/// All pages of some packs, compared with what was accepted.
#[derive(Debug, Default)]
pub struct Comparison {
    pub pages: usize,
    pub changes: Vec<Change>,
}

/// Renders the pages beside the packs and compares.
pub fn compare(packs: &Packs) -> Result<Comparison, Failure> {
    let mut found = Comparison::default();
    // The built-in packs lie in no directory.
    for directory in if packs.built_in { Vec::new() } else { packs.directories() } {
        let pages = directory.join(PAGES);
        if pages.is_dir() {
            compare_directory(&directory, &pages, packs.with_defaults, &mut found)?;
        }
    }
    Ok(found)
}

/// With all packs of the directory, whichever of them was named: the result must not depend on that.
fn compare_directory(
    directory: &Path,
    pages: &Path,
    with_defaults: bool,
    found: &mut Comparison,
) -> Result<(), Failure> {
    let files = chosen::in_directory(directory)?;
    // Phrase lists of the built-in packs are there to be used; their rules have nothing to say here.
    let mut builder = Cleaner::builder().level(Level::Aggressive).default_rules(with_defaults);
    let mut rules = 0;
    for (name, text) in &files {
        let ids = chosen::ids(text);
        rules += ids.len();
        builder = ids.iter().fold(builder.rules(name, text), |builder, id| builder.only(id));
    }
    if rules == 0 {
        return Ok(());
    }
    let cleaner = builder.build()?;
    let (mut texts, mut snapshots) = (Vec::new(), Vec::new());
    let failure = |error| Failure::read(pages.display().to_string(), error);
    for entry in fs::read_dir(pages).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("txt") => texts.push(path),
            Some("marked") => snapshots.push(path),
            _ => {}
        }
    }
    texts.sort();
    snapshots.sort();
    for page in &texts {
        let snapshot = page.with_extension("marked");
        let text = page::read(&Input::File(page.clone()), None)?;
        let new = marked(&cleaner, &cleaner.clean(&text));
        let old = stored(&snapshot)?;
        found.pages += 1;
        if old.as_deref() != Some(&new) {
            found.changes.push(Change { page: page.clone(), snapshot, old, new: Some(new) });
        }
    }
    for snapshot in snapshots {
        let page = snapshot.with_extension("txt");
        if !texts.contains(&page) {
            let old = stored(&snapshot)?;
            found.changes.push(Change { page, snapshot, old, new: None });
        }
    }
    Ok(())
}

fn stored(snapshot: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(snapshot) {
        Ok(text) => Ok(Some(text.replace("\r\n", "\n"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::read(snapshot.display().to_string(), error)),
    }
}

/// A row for each line of a page.
fn marked(cleaner: &Cleaner, cleaned: &Cleaned<'_>) -> String {
    let mut out = String::new();
    for line in cleaned.lines() {
        let text = &cleaned.input()[line.span.clone()];
        let mut rules: Vec<_> = cleaned.claims(line).iter().map(|rule| cleaner.rule(*rule).id).collect();
        let cuts = cleaned.cuts().iter().filter(|cut| cut.span.start < line.span.end && line.span.start < cut.span.end);
        rules.extend(
            cuts.map(|cut| format!("{} cuts {:?}", cleaner.rule(cut.rule).id, &cleaned.input()[cut.span.clone()])),
        );
        let mark = match line.verdict {
            Verdict::Kept => "keep",
            Verdict::Blank => "blank",
            Verdict::Removed => "GONE",
            Verdict::Cut => "CUT",
        };
        let shown: String = text
            .trim_end_matches(['\n', '\r'])
            .chars()
            .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
            .collect();
        let by = if rules.is_empty() { String::new() } else { format!("  [{}]", rules.join(", ")) };
        out.push_str(format!("{mark:<5} {shown}{by}").trim_end());
        out.push('\n');
    }
    for rule in cleaned.braked() {
        out.push_str(&format!("braked: {}\n", cleaner.rule(*rule).id));
    }
    if cleaned.wrapped() {
        out.push_str("hard-wrapped: paragraphs were judged as wholes\n");
    }
    out
}

impl Change {
    /// What kind of change it is.
    pub fn kind(&self) -> &'static str {
        match (&self.old, &self.new) {
            (None, _) => "new",
            (_, None) => "obsolete",
            _ => "changed",
        }
    }

    /// Makes it the accepted one; an obsolete snapshot goes.
    pub fn accept(&self) -> Result<(), Failure> {
        let done = match &self.new {
            Some(new) => write_file(&self.snapshot, new.as_bytes()),
            None => fs::remove_file(&self.snapshot),
        };
        done.map_err(|error| Failure::write(self.snapshot.display().to_string(), error))
    }

    /// The rows that differ, each with `-`, `+` or a space before it, and a few around them.
    pub fn rows(&self) -> Vec<(char, String)> {
        let (old, new) = (self.old.as_deref().unwrap_or_default(), self.new.as_deref().unwrap_or_default());
        let diff = TextDiff::from_lines(old, new);
        let mut rows = Vec::new();
        for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
            if number > 0 {
                rows.push((' ', "…".to_owned()));
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let sign = match change.tag() {
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                    ChangeTag::Equal => ' ',
                };
                rows.push((sign, change.value().trim_end_matches('\n').to_owned()));
            }
        }
        rows
    }
}
