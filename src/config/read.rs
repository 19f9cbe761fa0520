//! Text of a configuration → [`Config`]: strict, with every value's place.

use std::ops::Range;
use std::str::FromStr;

use toml_edit::{Document, Item, TableLike};

use super::{Choices, Config, Override, Selector, Setting, Source};
use crate::model::{Category, Level};
use crate::rules::Code;
use crate::rules::fields::{Fields, tables};
use crate::rules::problem::{Patch, Problem, Problems, nearest};
use crate::rules::schema::Placed;

/// Reads one configuration; errors call it `name`.
///
/// # Errors
///
/// All mistakes in the text, located.
///
/// ```
/// let config = dechaff::config::read("dechaff.toml", "ignore = [\"press\", \"category:byline\"]\n").expect("no mistakes");
/// assert_eq!(config.choices.ignore.len(), 2);
/// let problems = dechaff::config::read("dechaff.toml", "levle = \"safe\"\n").expect_err("a mistake");
/// assert_eq!(problems[0].help.as_deref(), Some("did you mean `level`?"));
/// ```
pub fn read(name: &str, text: &str) -> Result<Config, Vec<Problem>> {
    let mut problems = Problems::new(name, text);
    let config = match Document::parse(text) {
        Ok(document) => Reader { file: name, text }.config(document.as_table(), &mut problems),
        Err(error) => {
            let message = format!("not TOML: {}", error.message().trim());
            problems.add(error.span().unwrap_or(0..0), message, "").code(Code::NotToml);
            Config::default()
        }
    };
    let problems = problems.into_vec();
    if problems.is_empty() { Ok(config) } else { Err(problems) }
}

struct Reader<'r> {
    file: &'r str,
    text: &'r str,
}

impl Reader<'_> {
    fn setting<T>(&self, value: T, span: Range<usize>) -> Setting<T> {
        let line = self.text[..self.text.floor_char_boundary(span.start)].matches('\n').count() + 1;
        Setting { value, file: self.file.to_owned(), line, span }
    }

    fn config(&self, root: &dyn TableLike, problems: &mut Problems<'_>) -> Config {
        let mut fields = Fields::new("a configuration", root, 0..0);
        let extend = self.texts(&mut fields, "extend", problems);
        let packs = self.texts(&mut fields, "packs", problems);
        let default_rules = {
            let span = fields.table.get("default-rules").and_then(Item::span).unwrap_or(0..0);
            fields.flag("default-rules", problems).map(|on| self.setting(on, span))
        };
        let choices = self.choices(&mut fields, problems);
        let mut sources = Vec::new();
        for mut source in tables(&mut fields, "source", "[[source]]", problems) {
            let hosts = self.texts(&mut source, "host", problems);
            if hosts.is_empty() && source.table.get("host").is_none() {
                source.missing("host", problems);
            }
            let choices = self.choices(&mut source, problems);
            source.finish(problems);
            sources.push(Source { hosts, choices });
        }
        let mut overrides = Vec::new();
        for mut table in tables(&mut fields, "override", "[[override]]", problems) {
            let rule = table.needed_text("rule", problems);
            let changes = self.changes(&table, problems);
            if changes.is_empty() {
                problems
                    .add(table.span.clone(), "this [[override]] changes nothing", "no key beside `rule`")
                    .code(Code::TestsNothing)
                    .help("name a field of the rule: level = \"aggressive\", or unless = [{ …, why = \"…\" }]");
            }
            overrides.extend(rule.map(|rule| Override { rule: self.setting(rule.value, rule.span), fields: changes }));
        }
        fields.finish(problems);
        Config { extend, packs, default_rules, choices, sources, overrides }
    }

    fn choices(&self, fields: &mut Fields<'_>, problems: &mut Problems<'_>) -> Choices {
        let levels: Vec<_> = Level::ALL.iter().map(|level| level.as_str()).collect();
        let level = fields.named::<Level>("level", &levels, problems);
        let lang = fields.text("lang", problems);
        Choices {
            level: level.map(|level| self.setting(level.value, level.span)),
            select: self.names::<Selector>(fields, "select", problems),
            ignore: self.names::<Selector>(fields, "ignore", problems),
            keep: self.names::<Category>(fields, "keep", problems),
            remove: self.names::<Category>(fields, "remove", problems),
            lang: lang.map(|lang| self.setting(lang.value, lang.span)),
        }
    }

    fn texts(&self, fields: &mut Fields<'_>, key: &'static str, problems: &mut Problems<'_>) -> Vec<Setting<String>> {
        let texts = fields.texts(key, problems).unwrap_or_default();
        texts.into_iter().map(|Placed { value, span }| self.setting(value, span)).collect()
    }

    /// Values that have names; a wrong one gets the nearest suggested.
    fn names<T: FromStr<Err = String>>(
        &self,
        fields: &mut Fields<'_>,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Vec<Setting<T>> {
        let mut found = Vec::new();
        for Placed { value, span } in fields.texts(key, problems).unwrap_or_default() {
            match value.parse() {
                Ok(parsed) => found.push(self.setting(parsed, span)),
                Err(message) => {
                    let (prefix, name) = match value.split_once(':') {
                        Some((_, name)) => ("category:", name),
                        None => ("", value.as_str()),
                    };
                    let known = || Category::ALL.iter().map(|category| category.as_str());
                    let problem = problems.add(span.clone(), message, "not a known name").code(Code::UnknownName);
                    if let Some(nearest) = nearest(name, known()) {
                        problem.help(format!("did you mean `{prefix}{nearest}`?"));
                        problem.patch(Patch::replace(span, format!("\"{prefix}{nearest}\""), false));
                    }
                }
            }
        }
        found
    }

    /// The keys of an override beside `rule`, those in `when` one by one.
    fn changes(&self, fields: &Fields<'_>, problems: &mut Problems<'_>) -> Vec<(Setting<String>, String)> {
        let mut found = Vec::new();
        let raw = |item: &Item| item.span().and_then(|span| self.text.get(span)).unwrap_or_default().to_owned();
        let place = |table: &dyn TableLike, key: &str| table.key(key).and_then(|key| key.span()).unwrap_or(0..0);
        for (key, item) in fields.table.iter().filter(|(key, _)| *key != "rule") {
            let span = place(fields.table, key);
            if key == "id" {
                problems
                    .add(span, "an override cannot give a rule another id", "its name stays")
                    .code(Code::UnknownKey);
                continue;
            }
            match item.as_table_like().filter(|_| key == "when") {
                Some(when) => found.extend(
                    when.iter()
                        .map(|(inner, item)| (self.setting(format!("when.{inner}"), place(when, inner)), raw(item))),
                ),
                None => found.push((self.setting(key.to_owned(), span), raw(item))),
            }
        }
        found
    }
}
