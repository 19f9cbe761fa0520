//! Text of a rule file → [`Pack`]: the strict reader.
//!
//! It walks the parsed TOML with the places of everything at hand and goes on after a mistake, so that an author sees all mistakes
//! of a file at once, each with its line and column. A key that nobody asked for is a mistake.

use std::ops::Range;
use std::str::FromStr;

use toml_edit::{Document, Item, TableLike, Value};

use super::problem::{NO_HIT, Problem, Problems, did_you_mean};
use super::schema::*;
use crate::model::{Category, Level, Scope};

/// Languages that lists may name: ISO 639-1, and `any` for what belongs to none. Indonesian is `ind`, as `id` is the list's own name.
const LANGUAGES: &[&str] = &[
    "any", "ind", "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es",
    "et", "eu", "fa", "fi", "fil", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka",
    "kk", "km", "kn", "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "ne", "nl", "no", "pa", "pl",
    "ps", "pt", "ro", "ru", "si", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz",
    "vi", "zh", "zu",
];

/// Reads one rule file. The pack is whole only if there are no problems.
pub(crate) fn read(file: &str, source: &str) -> (Option<Pack>, Vec<Problem>) {
    let mut problems = Problems::new(file, source);
    let pack = match Document::parse(source) {
        Ok(document) => pack(document.as_table(), &mut problems),
        Err(error) => {
            problems.add(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message().trim()), "");
            None
        }
    };
    (pack, problems.into_vec())
}

/// The keys of one table, each asked for once; what nobody asked for is unknown.
struct Fields<'a> {
    what: &'static str,
    table: &'a dyn TableLike,
    span: Range<usize>,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    fn new(what: &'static str, table: &'a dyn TableLike, span: Range<usize>) -> Self {
        Fields { what, table, span, asked: Vec::new() }
    }

    fn of_item(what: &'static str, item: &'a Item, problems: &mut Problems<'_>) -> Option<Self> {
        let span = item.span().unwrap_or(0..0);
        match item.as_table_like() {
            Some(table) => Some(Fields::new(what, table, span)),
            None => {
                wrong_type(item.type_name(), span, "a table", problems);
                None
            }
        }
    }

    fn of_value(what: &'static str, value: &'a Value, problems: &mut Problems<'_>) -> Option<Self> {
        let span = value.span().unwrap_or(0..0);
        match value.as_inline_table() {
            Some(table) => Some(Fields::new(what, table, span)),
            None => {
                wrong_type(value.type_name(), span, "a table", problems);
                None
            }
        }
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Item> {
        self.asked.push(key);
        self.table.get(key).filter(|item| !item.is_none())
    }

    fn key_span(&self, key: &str) -> Range<usize> {
        self.table.key(key).and_then(|k| k.span()).unwrap_or(self.span.clone())
    }

    fn missing(&self, key: &'static str, problems: &mut Problems<'_>) {
        problems.add(self.span.clone(), format!("{} has no `{key}`", self.what), format!("`{key}` is needed"));
    }

    fn text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Placed<String>> {
        let item = self.get(key)?;
        let value = item.as_value().and_then(|v| text_value(v, problems));
        if item.as_value().is_none() {
            wrong_type(item.type_name(), item.span().unwrap_or(0..0), "a string", problems);
        }
        value
    }

    fn needed_text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Placed<String>> {
        if self.table.get(key).is_none() {
            self.asked.push(key);
            self.missing(key, problems);
            return None;
        }
        self.text(key, problems)
    }

    fn named<T: FromStr<Err = String> + Copy>(
        &mut self,
        key: &'static str,
        all: &[&str],
        problems: &mut Problems<'_>,
    ) -> Option<Placed<T>> {
        let text = self.text(key, problems)?;
        match text.value.parse() {
            Ok(value) => Some(Placed { value, span: text.span }),
            Err(message) => {
                let problem = problems.add(text.span, message, "not a known name");
                problem.help = did_you_mean(&text.value, all.iter().copied());
                None
            }
        }
    }

    fn number(
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

    fn flag(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<bool> {
        let item = self.get(key)?;
        let flag = item.as_bool();
        if flag.is_none() {
            wrong_type(item.type_name(), item.span().unwrap_or(0..0), "true or false", problems);
        }
        flag
    }

    /// A string, or an array of strings.
    fn texts(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Vec<Placed<String>>> {
        let values = self.values(key, problems)?;
        Some(values.into_iter().filter_map(|v| text_value(v, problems)).collect())
    }

    /// A value, or an array of values, which must not be empty.
    fn values(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Vec<&'a Value>> {
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
            problems.add(self.key_span(key), format!("`{key}` is empty"), "leave it out, or give it something");
        }
        Some(values)
    }

    /// Reports every key that was not asked for.
    fn finish(self, problems: &mut Problems<'_>) {
        for (key, item) in self.table.iter() {
            if !self.asked.contains(&key) {
                let span = self.table.key(key).and_then(|k| k.span()).or_else(|| item.span()).unwrap_or(0..0);
                let problem = problems.add(span, format!("unknown key `{key}` in {}", self.what), "unknown key");
                problem.help = did_you_mean(key, self.asked.iter().copied())
                    .or_else(|| Some(format!("known keys: {}", self.asked.join(", "))));
            }
        }
    }
}

fn wrong_type(found: &str, span: Range<usize>, expected: &str, problems: &mut Problems<'_>) {
    problems.add(span, format!("expected {expected}, found {found}"), format!("expected {expected}"));
}

fn text_value(value: &Value, problems: &mut Problems<'_>) -> Option<Placed<String>> {
    let span = value.span().unwrap_or(0..0);
    match value.as_str() {
        Some("") => {
            problems.add(span, "an empty string", "would match everything or nothing");
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
fn check_id(id: &Placed<String>, problems: &mut Problems<'_>) {
    let fine = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !id.value.split('-').all(fine) {
        problems.add(
            id.span.clone(),
            format!("`{}` is not a kebab-case id", id.value),
            "lower-case letters, digits and single hyphens",
        );
    }
}

fn pack(root: &dyn TableLike, problems: &mut Problems<'_>) -> Option<Pack> {
    let mut fields = Fields::new("a rule file", root, 0..0);
    let id = match fields.get("pack").map(|item| Fields::of_item("[pack]", item, problems)) {
        None => {
            problems
                .add(0..0, "a rule file begins with a [pack] table", "no [pack] here")
                .help("write [pack] with `id` and `title`");
            None
        }
        Some(None) => None,
        Some(Some(mut header)) => {
            let id = header.needed_text("id", problems);
            header.needed_text("title", problems);
            header.finish(problems);
            id
        }
    };
    if let Some(id) = &id {
        check_id(id, problems);
    }
    let mut lists = Vec::new();
    for mut fields in tables(&mut fields, "list", "[[list]]", problems) {
        lists.extend(list(&mut fields, problems));
    }
    let mut rules = Vec::new();
    for fields in tables(&mut fields, "rule", "[[rule]]", problems) {
        rules.extend(rule(fields, problems));
    }
    if fields.table.get("rule").is_none() && fields.table.get("list").is_none() {
        problems.add(0..0, "no [[rule]] and no [[list]] in this file", "nothing to do");
    }
    fields.finish(problems);
    Some(Pack { id: id?, lists, rules })
}

fn tables<'a>(
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
fn header_span(span: Option<Range<usize>>, source: &str) -> Range<usize> {
    let span = span.unwrap_or(0..0);
    let end = source[span.start..].find('\n').map_or(source.len(), |at| span.start + at);
    span.start..end
}

fn list(fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Option<List> {
    let id = fields.needed_text("id", problems);
    if let Some(id) = &id {
        check_id(id, problems);
    }
    let mut items = Vec::new();
    for (key, item) in fields.table.iter().filter(|(key, _)| *key != "id") {
        let span = fields.key_span(key);
        if !LANGUAGES.contains(&key) {
            problems.add(span, format!("`{key}` is not a language"), "expected an ISO 639-1 code, or `any`");
            continue;
        }
        match item.as_array() {
            Some(array) => items.extend(array.iter().filter_map(|v| text_value(v, problems))),
            None => wrong_type(item.type_name(), item.span().unwrap_or(span), "an array of strings", problems),
        }
    }
    if let Some(id) = &id
        && items.is_empty()
    {
        problems.add(id.span.clone(), format!("the list `{}` has no phrases", id.value), "no phrases");
    }
    Some(List { id: id?, items })
}

fn rule(mut fields: Fields<'_>, problems: &mut Problems<'_>) -> Option<Rule> {
    let names = |all: &[&'static str]| all.to_vec();
    let categories: Vec<_> = Category::ALL.iter().map(|c| c.as_str()).collect();
    let levels: Vec<_> = Level::ALL.iter().map(|c| c.as_str()).collect();
    let scopes: Vec<_> = Scope::ALL.iter().map(|c| c.as_str()).collect();

    let id = fields.needed_text("id", problems);
    if let Some(id) = &id {
        check_id(id, problems);
    }
    let title = fields.needed_text("title", problems);
    for key in ["category", "level"] {
        if fields.table.get(key).is_none() {
            fields.missing(key, problems);
        }
    }
    let category = fields.named::<Category>("category", &names(&categories), problems);
    let level = fields.named::<Level>("level", &names(&levels), problems);
    let scope = match fields.table.get("scope") {
        None => {
            fields.asked.push("scope");
            Some(Placed { value: Scope::Line, span: fields.span.clone() })
        }
        Some(_) => fields.named::<Scope>("scope", &names(&scopes), problems),
    };
    let keep = match fields.text("action", problems) {
        None => false,
        Some(action) => {
            if !["keep", "remove"].contains(&action.value.as_str()) {
                problems.add(action.span, format!("unknown action `{}`", action.value), "expected `remove` or `keep`");
            }
            action.value == "keep"
        }
    };
    let mut test = Test {
        span: fields.span.clone(),
        matchers: matchers(&mut fields, problems),
        glued: fields.flag("glued", problems).unwrap_or(false),
        shape: Shapes::default(),
    };
    let mut place = Place::default();
    let mut min_run = None;
    if let Some(item) = fields.get("when")
        && let Some(mut when) = Fields::of_item("`when`", item, problems)
    {
        test.shape = shapes(&mut when, problems);
        place = read_place(&mut when, problems);
        min_run = when.number("min-run", 2..=1000, problems);
        when.finish(problems);
    }
    let max_units = fields.number("max-units", 1..=10_000, problems);
    let until =
        fields.get("until").and_then(|item| Fields::of_item("`until`", item, problems)).map(|f| read_test(f, problems));
    let require = fields.values("require", problems).unwrap_or_default();
    let require = require
        .into_iter()
        .filter_map(|v| Fields::of_value("`require`", v, problems).and_then(|f| read_require(f, problems)))
        .collect();
    let unless = fields.values("unless", problems).unwrap_or_default();
    let unless = unless
        .into_iter()
        .filter_map(|v| Fields::of_value("`unless`", v, problems).and_then(|f| read_unless(f, problems)))
        .collect();
    let hit = evidence(&mut fields, "hit", false, problems);
    let spare = evidence(&mut fields, "spare", true, problems);
    fields.finish(problems);
    Some(Rule {
        id: id?,
        category: category?.value,
        level: level?.value,
        title: title?.value,
        scope: scope?,
        keep,
        test,
        place,
        min_run,
        max_units,
        until,
        require,
        unless,
        hit,
        spare,
    })
}

fn matchers(fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Vec<Matcher> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        if let Some(items) = fields.texts(kind.key(), problems) {
            found.push(Matcher { kind, key: fields.key_span(kind.key()), items });
        }
    }
    found
}

fn shapes(fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Shapes {
    let mut number = |key| fields.number(key, 0..=100_000, problems).map(|n| n.value);
    let (min_chars, max_chars) = (number("min-chars"), number("max-chars"));
    let (min_words, max_words) = (number("min-words"), number("max-words"));
    let end_mark = fields.flag("end-mark", problems);
    let prose = fields.flag("prose", problems);
    let case = fields.text("case", problems).and_then(|text| match text.value.as_str() {
        "upper" => Some(Case::Upper),
        "title" => Some(Case::Title),
        other => {
            problems.add(text.span, format!("unknown case `{other}`"), "expected `upper` or `title`");
            None
        }
    });
    Shapes { min_chars, max_chars, min_words, max_words, end_mark, case, prose }
}

fn read_place(fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Place {
    let words = |list: Option<Vec<Placed<String>>>| list.unwrap_or_default().into_iter().map(|p| p.value).collect();
    Place {
        first_units: fields.number("first-units", 1..=1000, problems).map(|n| n.value),
        last_units: fields.number("last-units", 1..=1000, problems).map(|n| n.value),
        after_percent: fields.number("after-percent", 1..=99, problems).map(|n| n.value),
        repeat: fields.flag("repeat", problems).unwrap_or(false),
        max_matches: fields.number("max-matches", 1..=1000, problems).map(|n| n.value),
        prev: neighbours(fields, "prev", "start", problems),
        next: neighbours(fields, "next", "end", problems),
        lang: words(fields.texts("lang", problems)),
        source: words(fields.texts("source", problems)),
    }
}

fn neighbours(fields: &mut Fields<'_>, key: &'static str, edge: &str, problems: &mut Problems<'_>) -> Vec<Neighbour> {
    let Some(item) = fields.get(key) else { return Vec::new() };
    if let Some(table) = item.as_table_like()
        && item.as_value().is_none()
    {
        return vec![Neighbour::Passes(read_test(Fields::new("a test", table, item.span().unwrap_or(0..0)), problems))];
    }
    let mut found = Vec::new();
    for value in fields.values(key, problems).unwrap_or_default() {
        match value.as_str() {
            Some("removed") => found.push(Neighbour::Removed),
            Some(word) if word == edge => found.push(Neighbour::Edge),
            Some(word) => {
                let label = format!("expected \"{edge}\", \"removed\" or a test");
                problems.add(value.span().unwrap_or(0..0), format!("`{key}` does not know \"{word}\""), label);
            }
            None => found
                .extend(Fields::of_value("a test", value, problems).map(|f| Neighbour::Passes(read_test(f, problems)))),
        }
    }
    found
}

fn read_test(mut fields: Fields<'_>, problems: &mut Problems<'_>) -> Test {
    let test = test_of(&mut fields, problems);
    fields.finish(problems);
    test
}

fn test_of(fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Test {
    let test = Test {
        span: fields.span.clone(),
        matchers: matchers(fields, problems),
        glued: fields.flag("glued", problems).unwrap_or(false),
        shape: shapes(fields, problems),
    };
    if test.matchers.is_empty() && test.shape == Shapes::default() {
        problems.add(fields.span.clone(), format!("{} tests nothing", fields.what), "every unit passes this");
    }
    test
}

fn read_require(mut fields: Fields<'_>, problems: &mut Problems<'_>) -> Option<Require> {
    let test = test_of(&mut fields, problems);
    let side = match fields.needed_text("side", problems) {
        None => None,
        Some(text) => match text.value.as_str() {
            "before" => Some(Side::Before),
            "after" => Some(Side::After),
            "near" => Some(Side::Near),
            other => {
                problems.add(text.span, format!("unknown side `{other}`"), "expected `before`, `after` or `near`");
                None
            }
        },
    };
    if fields.table.get("within").is_none() {
        fields.missing("within", problems);
    }
    let within = fields.number("within", 1..=100, problems);
    let count = fields.number("count", 1..=100, problems).map_or(1, |n| n.value);
    fields.finish(problems);
    Some(Require { side: side?, within: within?.value, count, test })
}

fn read_unless(mut fields: Fields<'_>, problems: &mut Problems<'_>) -> Option<Unless> {
    let test = test_of(&mut fields, problems);
    let why = fields.needed_text("why", problems).map(|why| why.value).unwrap_or_default();
    fields.finish(problems);
    Some(Unless { test, why })
}

fn evidence(fields: &mut Fields<'_>, key: &'static str, spare: bool, problems: &mut Problems<'_>) -> Vec<Evidence> {
    let mut found = Vec::new();
    for value in fields.values(key, problems).unwrap_or_default() {
        let span = value.span().unwrap_or(0..0);
        if value.is_str() {
            let input = text_value(value, problems).map(|t| t.value);
            found.extend(input.map(|input| Evidence { span, input, output: None, page: false, alone: false }));
            continue;
        }
        let Some(mut entry) = Fields::of_value("an example", value, problems) else { continue };
        let input = entry.needed_text("input", problems);
        let output = entry.text("output", problems).map(|t| t.value);
        let page = entry.flag("page", problems).unwrap_or(false);
        let alone = entry.flag("alone", problems).unwrap_or(false);
        let why = entry.text("why", problems);
        if why.is_none() && (spare || alone) {
            entry.missing("why", problems);
        }
        entry.finish(problems);
        found.extend(input.map(|input| Evidence { span, input: input.value, output, page, alone }));
    }
    if fields.table.get(key).is_none() && !spare {
        problems
            .add(fields.span.clone(), NO_HIT, "every rule proves itself")
            .help("add hit = [\"…\"] with a line it removes");
    }
    found
}
