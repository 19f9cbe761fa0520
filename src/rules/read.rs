//! Text of a rule file → [`Pack`]: the strict reader.
//!
//! It walks the parsed TOML with the places of everything at hand and goes on after a mistake, so that an author sees all mistakes
//! of a file at once, each with its line and column. A key that nobody asked for is a mistake.

use toml_edit::{Document, TableLike};

use super::code::Code;
use super::fields::{Fields, check_id, tables, text_value, wrong_type};
use super::problem::{Problem, Problems};
use super::schema::*;
use crate::model::{Category, Level, Scope};

/// Languages that lists may name: ISO 639-1, and `any` for what belongs to none. Indonesian is `ind`, as `id` is the list's own name.
pub(crate) const LANGUAGES: &[&str] = &[
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
            problems
                .add(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message().trim()), "")
                .code(Code::NotToml);
            None
        }
    };
    (pack, problems.into_vec())
}

fn pack(root: &dyn TableLike, problems: &mut Problems<'_>) -> Option<Pack> {
    let mut fields = Fields::new("a rule file", root, 0..0);
    let mut title = String::new();
    let id = match fields.get("pack").map(|item| Fields::of_item("[pack]", item, problems)) {
        None => {
            problems
                .add(0..0, "a rule file begins with a [pack] table", "no [pack] here")
                .code(Code::MissingKey)
                .help("write [pack] with `id` and `title`");
            None
        }
        Some(None) => None,
        Some(Some(mut header)) => {
            let id = header.needed_text("id", problems);
            title = header.needed_text("title", problems).map(|title| title.value).unwrap_or_default();
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
        problems.add(0..0, "no [[rule]] and no [[list]] in this file", "nothing to do").code(Code::MissingKey);
    }
    fields.finish(problems);
    Some(Pack { id: id?, title, lists, rules })
}

fn list(fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Option<List> {
    let id = fields.needed_text("id", problems);
    if let Some(id) = &id {
        check_id(id, problems);
    }
    let mut items = Vec::new();
    let mut languages = Vec::new();
    for (key, item) in fields.table.iter().filter(|(key, _)| *key != "id") {
        let span = fields.key_span(key);
        if !LANGUAGES.contains(&key) {
            problems
                .add(span, format!("`{key}` is not a language"), "expected an ISO 639-1 code, or `any`")
                .code(Code::UnknownName);
            continue;
        }
        match item.as_array() {
            Some(array) => {
                languages.push(if key == "ind" { "id" } else { key }.to_owned());
                items.extend(array.iter().filter_map(|v| text_value(v, problems)));
            }
            None => wrong_type(item.type_name(), item.span().unwrap_or(span), "an array of strings", problems),
        }
    }
    if let Some(id) = &id
        && items.is_empty()
    {
        problems
            .add(id.span.clone(), format!("the list `{}` has no phrases", id.value), "no phrases")
            .code(Code::EmptyLiteral);
    }
    Some(List { id: id?, languages, items })
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
                problems
                    .add(action.span, format!("unknown action `{}`", action.value), "expected `remove` or `keep`")
                    .code(Code::UnknownName);
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
    let max_prose = fields.number("max-prose", 61..=99, problems);
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
        max_prose,
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
            problems
                .add(text.span, format!("unknown case `{other}`"), "expected `upper` or `title`")
                .code(Code::UnknownName);
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
                problems
                    .add(value.span().unwrap_or(0..0), format!("`{key}` does not know \"{word}\""), label)
                    .code(Code::UnknownName);
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
        problems
            .add(fields.span.clone(), format!("{} tests nothing", fields.what), "every unit passes this")
            .code(Code::TestsNothing);
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
                problems
                    .add(text.span, format!("unknown side `{other}`"), "expected `before`, `after` or `near`")
                    .code(Code::UnknownName);
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
            found.extend(input.map(|input| Evidence {
                span,
                input,
                why: None,
                output: None,
                page: false,
                alone: false,
            }));
            continue;
        }
        let Some(mut entry) = Fields::of_value("an example", value, problems) else { continue };
        let input = entry.needed_text("input", problems);
        let output = entry.text("output", problems).map(|t| t.value);
        let page = entry.flag("page", problems).unwrap_or(false);
        let alone = entry.flag("alone", problems).unwrap_or(false);
        let why = entry.text("why", problems).map(|why| why.value);
        if why.is_none() && (spare || alone) {
            entry.missing("why", problems);
        }
        entry.finish(problems);
        found.extend(input.map(|input| Evidence { span, input: input.value, why, output, page, alone }));
    }
    if fields.table.get(key).is_none() && !spare {
        problems
            .add(fields.span.clone(), "a rule without a `hit` example", "every rule proves itself")
            .code(Code::WithoutEvidence)
            .help("add hit = [\"…\"] with a line it removes");
    }
    found
}
