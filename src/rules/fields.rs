//! The tables of a TOML file, read strictly: every key is asked for once, and what nobody asked for is a mistake.
//!
//! Rule files and configurations are read with this, so both report mistakes in the same way: all of them, each in its place.

use std::ops::Range;
use std::str::FromStr;

use toml_edit::{Item, TableLike, Value};

use super::code::Code;
use super::problem::{Patch, Problems, did_you_mean, nearest};
use super::schema::Placed;

/// The keys of one table, each asked for once; what nobody asked for is unknown.
pub(crate) struct Fields<'a> {
    pub(crate) what: &'static str,
    pub(crate) table: &'a dyn TableLike,
    pub(crate) span: Range<usize>,
    pub(crate) asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(what: &'static str, table: &'a dyn TableLike, span: Range<usize>) -> Self {
        Fields { what, table, span, asked: Vec::new() }
    }

    pub(crate) fn of_item(what: &'static str, item: &'a Item, problems: &mut Problems<'_>) -> Option<Self> {
        let span = item.span().unwrap_or(0..0);
        match item.as_table_like() {
            Some(table) => Some(Fields::new(what, table, span)),
            None => {
                wrong_type(item.type_name(), span, "a table", problems);
                None
            }
        }
    }

    pub(crate) fn of_value(what: &'static str, value: &'a Value, problems: &mut Problems<'_>) -> Option<Self> {
        let span = value.span().unwrap_or(0..0);
        match value.as_inline_table() {
            Some(table) => Some(Fields::new(what, table, span)),
            None => {
                wrong_type(value.type_name(), span, "a table", problems);
                None
            }
        }
    }

    pub(crate) fn get(&mut self, key: &'static str) -> Option<&'a Item> {
        self.asked.push(key);
        self.table.get(key).filter(|item| !item.is_none())
    }

    pub(crate) fn key_span(&self, key: &str) -> Range<usize> {
        self.table.key(key).and_then(|k| k.span()).unwrap_or(self.span.clone())
    }

    pub(crate) fn missing(&self, key: &'static str, problems: &mut Problems<'_>) {
        problems
            .add(self.span.clone(), format!("{} has no `{key}`", self.what), format!("`{key}` is needed"))
            .code(Code::MissingKey);
    }

    pub(crate) fn text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Placed<String>> {
        let item = self.get(key)?;
        let value = item.as_value().and_then(|v| text_value(v, problems));
        if item.as_value().is_none() {
            wrong_type(item.type_name(), item.span().unwrap_or(0..0), "a string", problems);
        }
        value
    }

    pub(crate) fn needed_text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Placed<String>> {
        if self.table.get(key).is_none() {
            self.asked.push(key);
            self.missing(key, problems);
            return None;
        }
        self.text(key, problems)
    }

    pub(crate) fn named<T: FromStr<Err = String> + Copy>(
        &mut self,
        key: &'static str,
        all: &[&str],
        problems: &mut Problems<'_>,
    ) -> Option<Placed<T>> {
        let text = self.text(key, problems)?;
        match text.value.parse() {
            Ok(value) => Some(Placed { value, span: text.span }),
            Err(message) => {
                let problem = problems.add(text.span.clone(), message, "not a known name").code(Code::UnknownName);
                problem.help = did_you_mean(&text.value, all.iter().copied());
                if let Some(name) = nearest(&text.value, all.iter().copied()) {
                    problem.patch(Patch::replace(text.span, format!("\"{name}\""), false));
                }
                None
            }
        }
    }

    pub(crate) fn number(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<u32>,
        problems: &mut Problems<'_>,
    ) -> Option<Placed<u32>> {
        let item = self.get(key)?;
        let span = item.span().unwrap_or(0..0);
        let number = item.as_integer().and_then(|n| u32::try_from(n).ok()).filter(|n| range.contains(n));
        if number.is_none() {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            wrong_type(item.type_name(), span.clone(), &expected, problems);
        }
        number.map(|value| Placed { value, span })
    }

    pub(crate) fn flag(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<bool> {
        let item = self.get(key)?;
        let flag = item.as_bool();
        if flag.is_none() {
            wrong_type(item.type_name(), item.span().unwrap_or(0..0), "true or false", problems);
        }
        flag
    }

    /// A string, or an array of strings.
    pub(crate) fn texts(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Vec<Placed<String>>> {
        let values = self.values(key, problems)?;
        Some(values.into_iter().filter_map(|v| text_value(v, problems)).collect())
    }

    /// A value, or an array of values, which must not be empty.
    pub(crate) fn values(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Vec<&'a Value>> {
        let item = self.get(key)?;
        let Some(value) = item.as_value() else {
            wrong_type(item.type_name(), item.span().unwrap_or(0..0), "a value or an array of values", problems);
            return None;
        };
        let values: Vec<_> = match value.as_array() {
            Some(array) => array.iter().collect(),
            None => vec![value],
        };
        if values.is_empty() {
            problems
                .add(self.key_span(key), format!("`{key}` is empty"), "leave it out, or give it something")
                .code(Code::EmptyLiteral);
        }
        Some(values)
    }

    /// Reports every key that was not asked for.
    pub(crate) fn finish(self, problems: &mut Problems<'_>) {
        for (key, item) in self.table.iter() {
            if !self.asked.contains(&key) {
                let span = self.table.key(key).and_then(|k| k.span()).or_else(|| item.span()).unwrap_or(0..0);
                let problem =
                    problems.add(span.clone(), format!("unknown key `{key}` in {}", self.what), "unknown key");
                problem.code(Code::UnknownKey);
                if let Some(name) = nearest(key, self.asked.iter().copied())
                    && self.table.get(name).is_none()
                {
                    // The same key in another spelling is what was meant; what is only alike may not be.
                    let is_spelling = key.replace('_', "-").eq_ignore_ascii_case(name);
                    problem.patch(Patch::replace(span, name, is_spelling));
                }
                problem.help = did_you_mean(key, self.asked.iter().copied())
                    .or_else(|| Some(format!("known keys: {}", self.asked.join(", "))));
            }
        }
    }
}

pub(crate) fn wrong_type(found: &str, span: Range<usize>, expected: &str, problems: &mut Problems<'_>) {
    problems.add(span, format!("expected {expected}, found {found}"), format!("expected {expected}"));
}

pub(crate) fn text_value(value: &Value, problems: &mut Problems<'_>) -> Option<Placed<String>> {
    let span = value.span().unwrap_or(0..0);
    match value.as_str() {
        Some("") => {
            problems.add(span, "an empty string", "would match everything or nothing").code(Code::EmptyLiteral);
            None
        }
        Some(text) => Some(Placed { value: text.to_owned(), span }),
        None => {
            wrong_type(value.type_name(), span, "a string", problems);
            None
        }
    }
}

/// Ids are kebab-case, so that they can be typed, selected and sorted without quoting.
pub(crate) fn check_id(id: &Placed<String>, problems: &mut Problems<'_>) {
    let fine = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !id.value.split('-').all(fine) {
        problems
            .add(
                id.span.clone(),
                format!("`{}` is not a kebab-case id", id.value),
                "lower-case letters, digits and single hyphens",
            )
            .code(Code::BadId);
    }
}

pub(crate) fn tables<'a>(
    fields: &mut Fields<'a>,
    key: &'static str,
    what: &'static str,
    problems: &mut Problems<'_>,
) -> Vec<Fields<'a>> {
    let Some(item) = fields.get(key) else { return Vec::new() };
    match item.as_array_of_tables() {
        Some(tables) => tables.iter().map(|t| Fields::new(what, t, header_span(t.span(), problems.source()))).collect(),
        None => {
            wrong_type(item.type_name(), fields.key_span(key), &format!("{what} tables"), problems);
            Vec::new()
        }
    }
}

/// A table's span reaches over its whole body; its first line is what an error about the table as such should mark.
pub(crate) fn header_span(span: Option<Range<usize>>, source: &str) -> Range<usize> {
    let span = span.unwrap_or(0..0);
    let end = source[span.start..].find('\n').map_or(source.len(), |at| span.start + at);
    span.start..end
}

/// The line, from 1, of the header of the table that an offset stands in.
pub(crate) fn header_line(source: &str, at: usize) -> usize {
    let before = &source[..source.floor_char_boundary(at)];
    let header = before.rfind("\n[[").map_or(0, |at| at + 1);
    before[..header].matches('\n').count() + 1
}
