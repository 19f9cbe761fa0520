//! Overrides: packaged rules with a field changed, or an exception added.
//!
//! The change is made in the text of the rule file, so that the changed rule goes through the same reader and compiler as any other. A
//! mistake that the loader then finds in changed text is the configuration's, and is moved there.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike};

use super::{Override, Setting, unknown_rule};
use crate::rules::problem::{Problem, Problems, nearest};
use crate::rules::read;

/// Rule files with overrides made, and which stretches of them come from a configuration.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// The files, as (name, text).
    pub files: Vec<(String, String)>,
    /// File, stretch of its new text, and the place in the configuration.
    origins: Vec<(String, Range<usize>, Setting<String>)>,
}

/// Makes overrides in rule files. `sources` are the configurations, as (name, text).
///
/// # Errors
///
/// When a rule that is to be changed is in none of the files, with the nearest name.
///
/// ```
/// use dechaff::config;
///
/// let pack = "[pack]\nid = \"press\"\ntitle = \"Press\"\n\n[[rule]]\nid = \"more\"\nlevel = \"safe\"\n";
/// let text = "[[override]]\nrule = \"press/more\"\nlevel = \"aggressive\"\n";
/// let config = config::read("dechaff.toml", text).expect("no mistakes");
/// let files = vec![("press.toml".to_owned(), pack.to_owned())];
/// let changed = config::overrides::apply(files, &config.overrides, &[("dechaff.toml".into(), text.into())]);
/// assert!(changed.expect("the rule is there").files[0].1.contains("level = \"aggressive\""));
/// ```
pub fn apply(
    files: Vec<(String, String)>,
    overrides: &[Override],
    sources: &[(String, String)],
) -> Result<Changed, Vec<Problem>> {
    let mut changed = Changed { files, origins: Vec::new() };
    let mut problems = Vec::new();
    for change in overrides {
        if !changed.make(change) {
            let ids = changed.ids();
            let text = sources.iter().find(|(name, _)| *name == change.rule.file).map_or("", |(_, text)| text);
            let better = nearest(&change.rule.value, ids.iter().map(String::as_str));
            problems.push(unknown_rule(&change.rule, better, text));
        }
    }
    if problems.is_empty() { Ok(changed) } else { Err(problems) }
}

impl Changed {
    /// Makes one override; `false` if there is no such rule.
    fn make(&mut self, change: &Override) -> bool {
        let Some((pack, id)) = change.rule.value.split_once('/') else { return false };
        for (name, text) in &mut self.files {
            let Ok(document) = Document::parse(text.as_str()) else { continue };
            let root = document.as_table();
            if root.get("pack").and_then(|pack| pack.get("id")).and_then(Item::as_str) != Some(pack) {
                continue;
            }
            let rules = root.get("rule").and_then(Item::as_array_of_tables);
            let is_meant = |rule: &&toml_edit::Table| rule.get("id").and_then(Item::as_str) == Some(id);
            let Some(rule) = rules.and_then(|rules| rules.iter().find(is_meant)) else { continue };
            let mut edits: Vec<(Range<usize>, String, Setting<String>)> = Vec::new();
            for (key, value) in &change.fields {
                edits.push(edit(rule, key, value, text));
            }
            edits.sort_by_key(|(span, ..)| (span.start, span.end));
            let new = splice(text, &edits, name, &mut self.origins);
            *text = new;
            return true;
        }
        false
    }

    fn ids(&self) -> Vec<String> {
        let packs = self.files.iter().filter_map(|(name, text)| read::read(name, text).0);
        packs
            .flat_map(|pack| pack.rules.iter().map(|r| format!("{}/{}", pack.id.value, r.id.value)).collect::<Vec<_>>())
            .collect()
    }

    /// Moves mistakes in changed text to the configuration that changed it. `sources` are the configurations, as (name, text).
    pub fn relocate(&self, problems: &mut [Problem], sources: &[(String, String)]) {
        for problem in problems {
            let hit = self.origins.iter().find(|(file, span, _)| {
                *file == problem.file && span.start <= problem.span.start && problem.span.start < span.end
            });
            let Some((_, _, origin)) = hit else { continue };
            let text = sources.iter().find(|(name, _)| *name == origin.file).map_or("", |(_, text)| text);
            let mut moved = Problems::new(&origin.file, text);
            moved.add(origin.span.clone(), problem.message.clone(), problem.label.clone()).code(problem.code).help =
                problem.help.clone();
            if let Some(moved) = moved.into_vec().pop() {
                *problem = moved;
            }
        }
    }
}

/// The change of one field, as an edit of the rule's text.
fn edit(
    rule: &dyn TableLike,
    key: &Setting<String>,
    value: &str,
    text: &str,
) -> (Range<usize>, String, Setting<String>) {
    // A new key stands below the id, which every rule has.
    let id = rule.get("id").and_then(Item::span).unwrap_or(0..0);
    let below = text[id.end..].find('\n').map_or(text.len(), |at| id.end + at);
    let insert = |line: String| (below..below, format!("\n{line}"), key.clone());
    let span = |item: &Item| item.span().unwrap_or(below..below);
    if let Some(inner) = key.value.strip_prefix("when.") {
        let Some(when) = rule.get("when") else { return insert(format!("when = {{ {inner} = {value} }}")) };
        if let Some(old) = when.as_table_like().and_then(|when| when.get(inner)) {
            return (span(old), value.to_owned(), key.clone());
        }
        let at = span(when).start + 1;
        return (at..at, format!(" {inner} = {value},"), key.clone());
    }
    match (key.value.as_str(), rule.get(&key.value)) {
        ("unless", Some(old)) => {
            // Exceptions are added to those that are there.
            let new = value.trim().trim_start_matches('[').trim_end_matches(']').trim().trim_end_matches(',');
            let span = span(old);
            if old.is_array() {
                (span.start + 1..span.start + 1, format!("{new}, "), key.clone())
            } else {
                let old = &text[span.clone()];
                (span.clone(), format!("[{new}, {old}]"), key.clone())
            }
        }
        (_, Some(old)) => (span(old), value.to_owned(), key.clone()),
        (name, None) => insert(format!("{name} = {value}")),
    }
}

/// The text with all edits made; notes where they ended up.
fn splice(
    text: &str,
    edits: &[(Range<usize>, String, Setting<String>)],
    name: &str,
    origins: &mut Vec<(String, Range<usize>, Setting<String>)>,
) -> String {
    let mut new = String::with_capacity(text.len() + 200);
    let mut at = 0;
    let mut made = Vec::new();
    for (span, replacement, origin) in edits {
        new.push_str(text.get(at..span.start).unwrap_or_default());
        let start = new.len();
        new.push_str(replacement);
        made.push((span.clone(), start..new.len(), origin.clone()));
        at = span.end;
    }
    new.push_str(text.get(at..).unwrap_or_default());
    // What earlier overrides put into this file has moved.
    for (file, span, _) in origins.iter_mut().filter(|(file, ..)| file == name) {
        let _ = file;
        let shift: isize = made
            .iter()
            .filter(|(old, ..)| old.end <= span.start)
            .map(|(old, range, _)| range.len() as isize - old.len() as isize)
            .sum();
        *span = span.start.saturating_add_signed(shift)..span.end.saturating_add_signed(shift);
    }
    origins.extend(made.into_iter().map(|(_, range, origin)| (name.to_owned(), range, origin)));
    new
}
