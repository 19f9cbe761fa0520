//! `dechaff rules [ID]…`: which rules there are, what each does, and which of them are on.

mod page;
mod resolved;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use dechaff::catalog::{self, Entry, PackEntry};
use dechaff::{Category, Level};
use serde_json::{Value, json};

use super::diagnostics::{Failure, Talk};
use super::project::{ConfigArgs, Project, RuleArgs, category_parser, level_parser};
use super::render::{count, shortened};
use super::{Outcome, print};
use resolved::{Layers, State};

const WIDTH: usize = 80;

/// List the rules, or show what one of them does and the examples that prove it
///
/// With the id of a rule (`press/related-pointer`): its page. With the id of a pack: its rules. The rules are the default
/// packs and those of the project's configuration.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Rules or packs to show
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Only rules of this category (repeatable)
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',', value_parser = category_parser())]
    category: Vec<Category>,

    /// Only rules of this level (repeatable)
    #[arg(short, long, value_name = "LEVEL", value_delimiter = ',', value_parser = level_parser())]
    level: Vec<Level>,

    /// Only rules that are for this language, such as `de`
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,

    /// Only rules of this pack (repeatable)
    #[arg(long, value_name = "PACK", value_delimiter = ',')]
    pack: Vec<String>,

    /// Say of each rule whether it is on here, and what says so: default, pack, configuration
    #[arg(long)]
    resolved: bool,

    /// How to show them
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Write one Markdown page for each pack, and an index, into this directory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with_all = ["ids", "format"])]
    reference: Option<PathBuf>,

    /// Add the rules in this file, or in all *.toml files under this directory (repeatable)
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    rules: Vec<PathBuf>,

    /// Leave out the default packs
    #[arg(long)]
    no_default_rules: bool,

    #[command(flatten)]
    project: ConfigArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for a terminal; for a single rule its page
    Table,
    /// A JSON array
    Json,
    /// Markdown, with all examples
    Markdown,
}

pub fn run(args: &Args, talk: &Talk) -> Result<Outcome, Failure> {
    let options = RuleArgs {
        rules: args.rules.clone(),
        no_default_rules: args.no_default_rules,
        project: args.project.clone(),
        ..RuleArgs::default()
    };
    let project = Project::load(&options)?;
    let (files, own) = files(&project)?;
    let packs = catalog::read(&files)
        .map_err(|problems| Failure::from(dechaff::BuildError::Rules { problems, sources: files.clone() }))?;
    if let Some(directory) = &args.reference {
        return reference(directory, &packs, talk);
    }
    let layers = Layers::new(&project, &packs, own)?;
    let chosen = choose(args, &packs)?;
    let color = talk.colored(&std::io::stdout());
    let text = match (args.format, chosen.as_slice()) {
        (Format::Json, rules) => json_text(rules, &layers, args.resolved),
        (Format::Markdown, rules) => rules.iter().map(|rule| page::markdown(rule, 2)).collect::<Vec<_>>().join("\n"),
        (Format::Table, [rule]) if args.ids == [rule.id.clone()] => page::plain(rule, &layers.state(rule), color),
        (Format::Table, rules) => table(rules, &layers, args.resolved, color),
    };
    print(text.as_bytes())?;
    if chosen.is_empty() {
        talk.note("no rule is all of that");
    } else if args.format == Format::Table && chosen.len() > 1 {
        talk.note(format_args!("{}; what one does: dechaff rules {}", count(chosen.len(), "rule"), chosen[0].id));
    }
    Ok(Outcome::Done)
}

/// All rule files, with overrides made, and the number of those that are the default packs.
fn files(project: &Project) -> Result<(Vec<(String, String)>, usize), Failure> {
    let (changed, has_defaults) = project.changed_files()?;
    let defaults = if project.with_defaults() { dechaff::default_packs() } else { &[] };
    if has_defaults {
        return Ok((changed.files, defaults.len()));
    }
    let defaults: Vec<_> = defaults.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let count = defaults.len();
    Ok((defaults.into_iter().chain(changed.files).collect(), count))
}

fn choose<'p>(args: &Args, packs: &'p [PackEntry]) -> Result<Vec<&'p Entry>, Failure> {
    let rules: Vec<&Entry> = packs.iter().flat_map(|pack| &pack.rules).collect();
    let names: Vec<&str> =
        rules.iter().map(|rule| rule.id.as_str()).chain(packs.iter().map(|pack| pack.id.as_str())).collect();
    for (name, what) in args.ids.iter().map(|id| (id, "rule or pack")).chain(args.pack.iter().map(|id| (id, "pack"))) {
        let fits = |known: &&str| *known == name && (what != "pack" || !known.contains('/'));
        if !names.iter().any(fits) {
            let by_end = names.iter().find(|known| known.ends_with(&format!("/{name}")));
            // The pack may be right and the rest not, or missing.
            let last = |known: &&'p str| -> &'p str { known.rsplit('/').next().unwrap_or(known) };
            let by_last = || {
                let nearest = super::nearest(name, names.iter().map(last))?;
                names.iter().copied().find(|known| last(known) == nearest)
            };
            let whole = || super::nearest(name, names.iter().copied());
            let nearest = by_end.copied().or_else(|| if name.contains('/') { whole() } else { by_last() });
            let help = nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
            return Err(Failure::Usage(format!("no {what} is called `{name}`{help}")));
        }
    }
    let lang = args.lang.as_deref().map(|lang| lang.split(['-', '_']).next().unwrap_or(lang).to_lowercase());
    let chosen = |rule: &&Entry| {
        (args.ids.is_empty() || args.ids.iter().any(|id| *id == rule.id || *id == rule.pack))
            && (args.category.is_empty() || args.category.contains(&rule.category))
            && (args.level.is_empty() || args.level.contains(&rule.level))
            && (args.pack.is_empty() || args.pack.contains(&rule.pack))
            && lang.as_ref().is_none_or(|lang| rule.languages.contains(lang))
    };
    Ok(rules.into_iter().filter(chosen).collect())
}

fn table(rules: &[&Entry], layers: &Layers<'_>, resolved: bool, color: bool) -> String {
    let head = if color { anstyle::Style::new().bold() } else { anstyle::Style::new() };
    let faint = if color { anstyle::Style::new().dimmed() } else { anstyle::Style::new() };
    let id_width = rules.iter().map(|rule| rule.id.chars().count()).max().unwrap_or(0).min(38);
    let mut text = String::new();
    let mut row = |style: anstyle::Style, id: &str, second: &str, third: &str, last: &str| {
        let left = if resolved {
            format!("{id:<id_width$}  {second:<3}  {third:<10}  ")
        } else {
            format!("{id:<id_width$}  {second:<14}  {third:<10}  ")
        };
        let rest = WIDTH.saturating_sub(left.chars().count());
        let line = format!("{left}{}", shortened(last, rest));
        let _ = writeln!(text, "{style}{}{style:#}", line.trim_end());
    };
    if resolved {
        row(head, "RULE", "ON", "LEVEL", "WHY");
    } else {
        row(head, "RULE", "CATEGORY", "LEVEL", "TITLE");
    }
    for rule in rules {
        let state = layers.state(rule);
        let style = if resolved && !state.on { faint } else { anstyle::Style::new() };
        if resolved {
            row(style, &rule.id, if state.on { "yes" } else { "no" }, rule.level.as_str(), &state.why.join(", "));
        } else {
            row(style, &rule.id, rule.category.as_str(), rule.level.as_str(), &rule.title);
        }
    }
    text
}

fn json_text(rules: &[&Entry], layers: &Layers<'_>, resolved: bool) -> String {
    let example = |example: &catalog::Example| json!({ "input": example.input, "output": example.output, "why": example.why, "page": example.page });
    let one = |rule: &&Entry| {
        let mut value = json!({
            "id": rule.id,
            "pack": rule.pack,
            "title": rule.title,
            "category": rule.category.as_str(),
            "level": rule.level.as_str(),
            "scope": rule.scope.as_str(),
            "action": if rule.protects { "keep" } else { "remove" },
            "languages": rule.languages,
            "conditions": rule.conditions,
            "exceptions": rule.exceptions.iter().map(|(test, why)| json!({ "test": test, "why": why })).collect::<Vec<_>>(),
            "hit": rule.hit.iter().map(example).collect::<Vec<_>>(),
            "spare": rule.spare.iter().map(example).collect::<Vec<_>>(),
            "file": rule.file,
            "line": rule.line,
        });
        if resolved {
            let State { on, why } = layers.state(rule);
            value["on"] = json!(on);
            value["why"] = json!(why);
        }
        value
    };
    format!("{:#}\n", Value::Array(rules.iter().map(one).collect()))
}

/// The reference: a page for each pack and an index. A page that nothing belongs to any more is removed.
fn reference(directory: &std::path::Path, packs: &[PackEntry], talk: &Talk) -> Result<Outcome, Failure> {
    let name = |path: &std::path::Path| path.display().to_string();
    std::fs::create_dir_all(directory).map_err(|error| Failure::write(name(directory), error))?;
    let mut pages: Vec<(String, String)> = packs
        .iter()
        .filter(|pack| !pack.rules.is_empty())
        .map(|pack| (format!("{}.md", pack.id), page::pack(pack)))
        .collect();
    pages.push(("README.md".to_owned(), page::index(packs)));
    for (file, text) in &pages {
        super::check::write(&directory.join(file), text)?;
    }
    for entry in std::fs::read_dir(directory).map_err(|error| Failure::read(name(directory), error))?.flatten() {
        let path = entry.path();
        let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
        let is_stale = file.ends_with(".md") && !pages.iter().any(|(known, _)| known == file);
        let is_ours = is_stale && std::fs::read_to_string(&path).is_ok_and(|text| text.starts_with(page::MARK));
        if is_ours {
            std::fs::remove_file(&path).map_err(|error| Failure::write(name(&path), error))?;
        }
    }
    talk.note(format_args!("{} in {}", count(pages.len(), "page"), directory.display()));
    Ok(Outcome::Done)
}
