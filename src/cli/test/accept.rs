//! `--accept`: outputs into rule files, without touching anything else in them.

use std::path::Path;

use dechaff::evidence::Report;
use toml_edit::{DocumentMut, InlineTable, Item, Value};

use crate::cli::chosen::Packs;
use crate::cli::diagnostics::Failure;
use crate::cli::io::write_file;

/// Writes the outputs that would be right; how many.
pub fn write(packs: &Packs, report: &Report) -> Result<usize, Failure> {
    let mut written = 0;
    for (file, text) in &packs.files {
        let mut document: DocumentMut = match text.parse() {
            Ok(document) => document,
            // It has been read before.
            Err(_) => continue,
        };
        let before = written;
        for failure in report.failures.iter().filter(|failure| failure.problem.file == *file) {
            let Some(output) = &failure.output else { continue };
            let Some(entry) = entry(text, &mut document, &failure.rule, failure.problem.span.start) else { continue };
            set(entry, output);
            written += 1;
        }
        if written > before {
            write_file(Path::new(file), document.to_string().as_bytes())
                .map_err(|error| Failure::write(file, error))?;
        }
    }
    Ok(written)
}

/// The `hit` that stands at a place of the text. A document that can be changed has forgotten its places; so the number of the example
/// is looked up in one that has not.
fn entry<'d>(text: &str, document: &'d mut DocumentMut, rule: &str, at: usize) -> Option<&'d mut Value> {
    let id = rule.split_once('/')?.1;
    let placed = toml_edit::Document::parse(text).ok()?;
    let rules = placed.get("rule")?.as_array_of_tables()?;
    let number = rules.iter().position(|table| table.get("id").and_then(Item::as_str) == Some(id))?;
    let is_there = |value: &Value| value.span().is_some_and(|span| span.start == at);
    let hits = rules.get(number)?.get("hit")?.as_value()?;
    let place = hits.as_array().map(|array| array.iter().position(is_there));
    let hits = document.get_mut("rule")?.as_array_of_tables_mut()?.get_mut(number)?.get_mut("hit")?.as_value_mut()?;
    match place {
        Some(place) => hits.as_array_mut()?.get_mut(place?),
        None => Some(hits),
    }
}

fn set(entry: &mut Value, output: &str) {
    if let Some(input) = entry.as_str().map(str::to_owned) {
        let mut table = InlineTable::new();
        table.insert("input", input.into());
        table.insert("output", output.into());
        let mut value = Value::InlineTable(table);
        *value.decor_mut() = entry.decor().clone();
        *entry = value;
    } else if let Some(table) = entry.as_inline_table_mut() {
        match table.get_mut("output") {
            Some(old) => {
                let mut value = Value::from(output);
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => {
                table.insert("output", output.into());
            }
        }
    }
}
