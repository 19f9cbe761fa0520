//! `dechaff config`: which settings hold here, and where each of them comes from.

use std::fmt::Display;
use std::fmt::Write as _;

use clap::ValueEnum;
use dechaff::config::Setting;
use serde_json::{Value, json};

use super::diagnostics::Failure;
use super::project::{Project, RuleArgs};
use super::render::count;
use super::{Outcome, print};

/// Show the settings that hold here, and where each of them comes from
///
/// A setting comes from an option, from the dechaff.toml in the nearest directory at or above this one, from what that
/// extends, or is the default. The output is a configuration that says the same.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How to show them
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Toml)]
    format: Format,

    /// For documents of this address, with what [[source]] says of it
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    #[command(flatten)]
    rules: RuleArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As a configuration, with comments
    Toml,
    /// As one JSON object
    Json,
}

/// One value and its origin.
struct Entry {
    value: Value,
    origin: String,
}

/// A setting: one value, or a list.
enum Row {
    One(&'static str, Entry),
    List(&'static str, Vec<Entry>),
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let project = Project::load(&args.rules)?;
    let url = args.url.as_deref();
    // What cannot be used is not worth showing.
    let cleaner = project.cleaner(url)?;
    let rows = rows(&project, url);
    let text = match args.format {
        Format::Toml => toml(&project, &rows, url, &cleaner),
        Format::Json => json_text(&project, &rows, &cleaner),
    };
    print(text.as_bytes())
}

fn origin<T>(setting: &Setting<T>) -> String {
    format!("{}:{}", setting.file, setting.line)
}

fn rows(project: &Project, url: Option<&str>) -> Vec<Row> {
    let (choices, args, settings) = (project.choices(url), &project.args, &project.settings);
    let entry = |value: Value, origin: String| Entry { value, origin };
    let of = |setting: &Setting<String>| entry(json!(setting.value), origin(setting));
    let mut rows = Vec::new();
    let level = match (&args.level, &choices.level) {
        (Some(level), _) => entry(json!(level.as_str()), "--level".to_owned()),
        (None, Some(level)) => entry(json!(level.value.as_str()), origin(level)),
        (None, None) => entry(json!(project.level(url).as_str()), "default".to_owned()),
    };
    rows.push(Row::One("level", level));
    if let Some(lang) = &choices.lang {
        rows.push(Row::One("lang", of(lang)));
    }
    let defaults = match &settings.default_rules {
        _ if args.no_default_rules => entry(json!(false), "--no-default-rules".to_owned()),
        Some(on) => entry(json!(on.value), origin(on)),
        None => entry(json!(true), "default".to_owned()),
    };
    rows.push(Row::One("default-rules", defaults));
    let mut packs: Vec<Entry> =
        settings.packs.iter().map(|pack| entry(json!(super::project::beside(pack)), origin(pack))).collect();
    packs.extend(args.rules.iter().map(|path| entry(json!(path), "--rules".to_owned())));
    rows.push(Row::List("packs", packs));
    fn list<T: Display>(
        settings: &[Setting<T>],
        options: impl Iterator<Item = String>,
        option: &str,
        replaced: bool,
    ) -> Vec<Entry> {
        let settings = settings.iter().filter(|_| !replaced);
        let settings = settings.map(|s| Entry { value: json!(s.value.to_string()), origin: origin(s) });
        settings.chain(options.map(|name| Entry { value: json!(name), origin: option.to_owned() })).collect()
    }
    let names = |names: &[dechaff::Category]| names.iter().map(ToString::to_string).collect::<Vec<_>>().into_iter();
    rows.push(Row::List(
        "select",
        list(&choices.select, args.select.iter().cloned(), "--select", !args.select.is_empty()),
    ));
    rows.push(Row::List("ignore", list(&choices.ignore, args.ignore.iter().cloned(), "--ignore", false)));
    rows.push(Row::List("keep", list(&choices.keep, names(&args.keep), "--keep", false)));
    rows.push(Row::List("remove", list(&choices.remove, names(&args.remove), "--remove", !args.remove.is_empty())));
    rows
}

fn toml(project: &Project, rows: &[Row], url: Option<&str>, cleaner: &dechaff::Cleaner) -> String {
    let mut text = String::new();
    let files: Vec<&str> = project.files.iter().rev().map(|(name, _)| name.as_str()).collect();
    let _ = match files.as_slice() {
        [] => writeln!(text, "# no {} here or above", super::project::FILE),
        [one] => writeln!(text, "# {one}"),
        [nearest, others @ ..] => writeln!(text, "# {nearest}, over {}", others.join(", ")),
    };
    if let Some(url) = url {
        let _ = writeln!(text, "# for documents of {url}");
    }
    let line = |text: &mut String, left: String, origin: &str| {
        let _ = writeln!(text, "{left:<40}  # {origin}");
    };
    for row in rows {
        match row {
            Row::One(key, entry) => line(&mut text, format!("{key} = {}", entry.value), &entry.origin),
            Row::List(_, entries) if entries.is_empty() => {}
            Row::List(key, entries) => {
                let _ = writeln!(text, "{key} = [");
                entries.iter().for_each(|entry| line(&mut text, format!("  {},", entry.value), &entry.origin));
                let _ = writeln!(text, "]");
            }
        }
    }
    for change in &project.settings.overrides {
        let _ = writeln!(text);
        line(&mut text, "[[override]]".to_owned(), &origin(&change.rule));
        let _ = writeln!(text, "rule = {}", json!(change.rule.value));
        for (key, value) in &change.fields {
            line(&mut text, format!("{} = {value}", key.value), &origin(key));
        }
    }
    for source in project.settings.sources.iter().filter(|_| url.is_none()) {
        let hosts: Vec<_> = source.hosts.iter().map(|host| host.value.as_str()).collect();
        let place = source.hosts.first().map(origin).unwrap_or_default();
        let _ = writeln!(text);
        line(&mut text, "[[source]]".to_owned(), &place);
        let _ = writeln!(text, "host = {}", json!(hosts));
        let choices = &source.choices;
        if let Some(level) = &choices.level {
            line(&mut text, format!("level = \"{}\"", level.value), &origin(level));
        }
        if let Some(lang) = &choices.lang {
            line(&mut text, format!("lang = \"{}\"", lang.value), &origin(lang));
        }
        fn names<T: Display>(key: &str, all: &[Setting<T>], text: &mut String) {
            if let Some(first) = all.first() {
                let values: Vec<_> = all.iter().map(|setting| setting.value.to_string()).collect();
                let _ = writeln!(text, "{:<40}  # {}", format!("{key} = {}", json!(values)), origin(first));
            }
        }
        names("select", &choices.select, &mut text);
        names("ignore", &choices.ignore, &mut text);
        names("keep", &choices.keep, &mut text);
        names("remove", &choices.remove, &mut text);
    }
    let _ = writeln!(text, "\n# {} in use, {}", count(cleaner.rule_count(), "rule"), cleaner.fingerprint());
    text
}

fn json_text(project: &Project, rows: &[Row], cleaner: &dechaff::Cleaner) -> String {
    let entry = |entry: &Entry| json!({ "value": entry.value, "origin": entry.origin });
    let mut settings = serde_json::Map::new();
    for row in rows {
        match row {
            Row::One(key, one) => settings.insert((*key).to_owned(), entry(one)),
            Row::List(key, entries) => settings.insert((*key).to_owned(), entries.iter().map(entry).collect()),
        };
    }
    let overrides: Vec<Value> = project
        .settings
        .overrides
        .iter()
        .map(|change| {
            let fields = change
                .fields
                .iter()
                .map(|(key, value)| json!({ "key": key.value, "toml": value, "origin": origin(key) }));
            json!({ "rule": change.rule.value, "origin": origin(&change.rule), "fields": fields.collect::<Vec<_>>() })
        })
        .collect();
    let sources: Vec<Value> = project
        .settings
        .sources
        .iter()
        .map(|source| json!({ "hosts": source.hosts.iter().map(|h| &h.value).collect::<Vec<_>>(), "origin": source.hosts.first().map(origin) }))
        .collect();
    let files: Vec<_> = project.files.iter().rev().map(|(name, _)| name).collect();
    let report = json!({
        "files": files,
        "settings": settings,
        "overrides": overrides,
        "sources": sources,
        "rules-in-use": cleaner.rule_count(),
        "fingerprint": cleaner.fingerprint(),
    });
    format!("{report:#}\n")
}
