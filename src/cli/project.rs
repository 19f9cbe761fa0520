//! Which rules a command uses: the project's `dechaff.toml`, and what the command line says over it.
//!
//! The configuration is the one in the nearest directory at or above the working directory; others are only read where it says `extend`.
//! Options win over it: single values replace, lists grow.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::ValueHint;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use dechaff::config::{self, Choices, Config, Selector, Setting};
use dechaff::{BuildError, Category, Cleaner, CleanerBuilder, Level};

use super::diagnostics::Failure;
use super::packs;

/// What a project's configuration is called.
pub const FILE: &str = "dechaff.toml";

const RULES: &str = "Rules";

/// Where the configuration is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ConfigArgs {
    /// Use this configuration instead of the nearest dechaff.toml
    #[arg(long, value_name = "PATH", help_heading = RULES, value_hint = ValueHint::FilePath, conflicts_with = "isolated")]
    pub config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long, help_heading = RULES)]
    pub isolated: bool,
}

/// The options that say which rules are used, of every command that cleans.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RuleArgs {
    /// How far to go: `safe` takes what is noise on any page, `aggressive` also guesses [default: normal]
    #[arg(short, long, value_name = "LEVEL", help_heading = RULES, value_parser = level_parser())]
    pub level: Option<Level>,

    /// Do not remove this kind of lines (repeatable, or separated by commas)
    #[arg(long, value_name = "CATEGORY", help_heading = RULES, value_delimiter = ',', value_parser = category_parser())]
    pub keep: Vec<Category>,

    /// Remove only this kind of lines, one of those that --keep knows (repeatable)
    #[arg(long, value_name = "CATEGORY", help_heading = RULES, hide_possible_values = true, value_delimiter = ',', value_parser = category_parser())]
    pub remove: Vec<Category>,

    /// Use only a rule, a pack, or `category:NAME` (repeatable)
    #[arg(long, value_name = "RULE|PACK", help_heading = RULES, value_delimiter = ',')]
    pub select: Vec<String>,

    /// Do without a rule, such as `press/related-pointer`, or a whole pack, such as `press` (repeatable)
    #[arg(long, value_name = "RULE|PACK", help_heading = RULES, value_delimiter = ',')]
    pub ignore: Vec<String>,

    /// Add the rules in this file, or in all *.toml files under this directory (repeatable)
    #[arg(long, value_name = "PATH", help_heading = RULES, value_hint = ValueHint::AnyPath)]
    pub rules: Vec<PathBuf>,

    /// Use only the rules that --rules or the configuration names
    #[arg(long, help_heading = RULES)]
    pub no_default_rules: bool,

    #[command(flatten)]
    pub project: ConfigArgs,
}

/// The names are listed in help and completions, and a slip gets the nearest one suggested.
pub fn level_parser() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::ALL.iter().map(|level| level.as_str())).try_map(|name| name.parse::<Level>())
}

pub fn category_parser() -> impl TypedValueParser<Value = Category> {
    PossibleValuesParser::new(Category::ALL.iter().map(|category| category.as_str()))
        .try_map(|name| name.parse::<Category>())
}

impl ConfigArgs {
    /// The packs that the configuration names.
    pub fn packs(&self) -> Result<Vec<PathBuf>, Failure> {
        let project = Project::load(&RuleArgs { project: self.clone(), ..RuleArgs::default() })?;
        project.settings.packs.iter().map(|pack| project.existing(pack)).collect()
    }
}

/// A configuration with what it extends, and the options over it.
#[derive(Debug, Default)]
pub struct Project {
    pub settings: Config,
    /// The files it was read from, the nearest last, as (name, text).
    pub files: Vec<(String, String)>,
    pub args: RuleArgs,
}

impl Project {
    /// Reads the configuration that holds here, if there is one.
    pub fn load(args: &RuleArgs) -> Result<Self, Failure> {
        let mut project = Self { args: args.clone(), ..Self::default() };
        let path = match &args.project.config {
            Some(path) => Some(path.clone()),
            None if args.project.isolated => None,
            None => nearest(),
        };
        if let Some(path) = path {
            project.read(&path, &mut Vec::new(), &mut HashSet::new())?;
        }
        if args.no_default_rules && args.rules.is_empty() && project.settings.packs.is_empty() {
            let message = "--no-default-rules leaves no rule: name some with --rules, or with `packs` in dechaff.toml";
            return Err(Failure::Usage(message.to_owned()));
        }
        Ok(project)
    }

    /// Reads a configuration after those that it extends, and lays it over them.
    fn read(
        &mut self,
        path: &Path,
        open: &mut Vec<(PathBuf, String)>,
        done: &mut HashSet<PathBuf>,
    ) -> Result<(), Failure> {
        let (name, text) = packs::read_file(path)?;
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let config = config::read(&name, &text)
            .map_err(|problems| Failure::Config { problems, sources: vec![(name.clone(), text.clone())] })?;
        open.push((place.clone(), name.clone()));
        for extended in &config.extend {
            let path = beside(extended);
            let problem = |message: &str, label: &str| Failure::Config {
                problems: vec![config::mistake(extended, &text, message, label)],
                sources: vec![(name.clone(), text.clone())],
            };
            let there = path.canonicalize().map_err(|_| problem("there is no such configuration", "not found"))?;
            if there.is_dir() {
                return Err(problem("this is a directory, not a configuration", "name the file in it"));
            }
            if let Some(at) = open.iter().position(|(other, _)| *other == there) {
                let circle: Vec<_> =
                    open[at..].iter().map(|(_, name)| name.as_str()).chain([open[at].1.as_str()]).collect();
                let message = format!("configurations extend each other in a circle: {}", circle.join(" → "));
                return Err(problem(&message, "extends it again"));
            }
            if !done.contains(&there) {
                self.read(&path, open, done)?;
            }
        }
        open.pop();
        done.insert(place);
        self.settings.lay_over(&config);
        self.files.push((name, text));
        Ok(())
    }

    /// A path of the configuration, which has to be there.
    pub fn existing(&self, setting: &Setting<String>) -> Result<PathBuf, Failure> {
        let path = beside(setting);
        if path.exists() {
            return Ok(path);
        }
        Err(self.mistake(setting, "there is no such file or directory", "not found"))
    }

    fn mistake<T>(&self, setting: &Setting<T>, message: &str, label: &str) -> Failure {
        let source = self.files.iter().find(|(name, _)| *name == setting.file).cloned().unwrap_or_default();
        Failure::Config { problems: vec![config::mistake(setting, &source.1, message, label)], sources: vec![source] }
    }

    /// What holds for a document of this address, options included but not their names of rules.
    pub fn choices(&self, url: Option<&str>) -> Choices {
        self.settings.choices_for(url)
    }

    pub fn level(&self, url: Option<&str>) -> Level {
        self.args.level.or(self.choices(url).level.map(|level| level.value)).unwrap_or_default()
    }

    pub fn lang(&self, url: Option<&str>) -> Option<String> {
        self.choices(url).lang.map(|lang| lang.value)
    }

    pub fn with_defaults(&self) -> bool {
        !self.args.no_default_rules && self.settings.default_rules.as_ref().is_none_or(|on| on.value)
    }

    /// The rule files beside the default packs, as (name, text).
    pub fn rule_files(&self) -> Result<Vec<(String, String)>, Failure> {
        let mut files: Vec<(String, String)> = Vec::new();
        let mut paths = Vec::new();
        for pack in &self.settings.packs {
            paths.push(self.existing(pack)?);
        }
        paths.extend(self.args.rules.iter().cloned());
        for path in paths {
            for file in packs::read(&path)? {
                // The configuration and an option may name the same.
                if !files.iter().any(|(name, _)| *name == file.0) {
                    files.push(file);
                }
            }
        }
        Ok(files)
    }

    /// All rule files with the overrides made, and whether the default packs are among them, as they are when one of them was changed.
    pub fn changed_files(&self) -> Result<(config::overrides::Changed, bool), Failure> {
        let files = self.rule_files()?;
        if self.settings.overrides.is_empty() {
            let unchanged = config::overrides::apply(files, &[], &[]).unwrap_or_default();
            return Ok((unchanged, false));
        }
        let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let defaults = if self.with_defaults() { dechaff::default_packs() } else { &[] };
        let all = defaults.iter().map(own).chain(files).collect();
        let changed = config::overrides::apply(all, &self.settings.overrides, &self.files)
            .map_err(|problems| Failure::Config { problems, sources: self.files.clone() })?;
        Ok((changed, self.with_defaults()))
    }

    /// The cleaner that holds for documents of this address.
    pub fn cleaner(&self, url: Option<&str>) -> Result<Cleaner, Failure> {
        let (changed, has_defaults) = self.changed_files()?;
        let builder = Cleaner::builder().default_rules(self.with_defaults() && !has_defaults);
        let builder = changed.files.iter().fold(builder, |builder, (name, text)| builder.rules(name, text));
        self.choose(builder, url).build().map_err(|error| self.explain(error, &changed, url))
    }

    /// Tells a builder what was chosen.
    pub fn choose(&self, mut builder: CleanerBuilder, url: Option<&str>) -> CleanerBuilder {
        let (choices, args) = (self.choices(url), &self.args);
        builder = builder.level(self.level(url));
        // What is asked for on the command line is not kept by the configuration.
        let kept = choices.keep.iter().map(|keep| keep.value).filter(|category| !args.remove.contains(category));
        for category in kept.chain(args.keep.iter().copied()) {
            builder = builder.keep(category);
        }
        let removed: Vec<Category> = choices.remove.iter().map(|remove| remove.value).collect();
        for category in if args.remove.is_empty() { &removed } else { &args.remove } {
            builder = builder.remove(*category);
        }
        let ignored = choices.ignore.iter().map(|ignore| ignore.value.clone()).chain(selectors(&args.ignore));
        for selector in ignored {
            builder = match selector {
                Selector::Rules(name) => builder.ignore(&name),
                Selector::Category(category) => builder.keep(category),
            };
        }
        let selected: Vec<Selector> = if args.select.is_empty() {
            choices.select.iter().map(|select| select.value.clone()).collect()
        } else {
            selectors(&args.select).collect()
        };
        for selector in selected {
            builder = match selector {
                Selector::Rules(name) => builder.only(&name),
                Selector::Category(category) => builder.only_category(category),
            };
        }
        builder
    }

    /// Puts a mistake where it was made: in the configuration, if that named the rule or changed it.
    fn explain(&self, error: BuildError, changed: &config::overrides::Changed, url: Option<&str>) -> Failure {
        match error {
            BuildError::UnknownRule { name, nearest } => {
                let choices = self.choices(url);
                let all = choices.select.iter().chain(&choices.ignore);
                let found = all.into_iter().find(|setting| setting.value.to_string() == name);
                let Some(setting) = found else { return BuildError::UnknownRule { name, nearest }.into() };
                let source = self.files.iter().find(|(file, _)| *file == setting.file).map_or("", |(_, text)| text);
                let problem = config::unknown_rule(setting, nearest.as_deref(), source);
                Failure::Config { problems: vec![problem], sources: self.files.clone() }
            }
            BuildError::Rules { mut problems, mut sources } => {
                changed.relocate(&mut problems, &self.files);
                sources.extend(self.files.iter().cloned());
                if problems.iter().all(|problem| self.files.iter().any(|(name, _)| *name == problem.file)) {
                    return Failure::Config { problems, sources };
                }
                BuildError::Rules { problems, sources }.into()
            }
            other => other.into(),
        }
    }
}

/// Names on the command line; what is no category after `category:` is reported as an unknown rule.
fn selectors(names: &[String]) -> impl Iterator<Item = Selector> {
    names.iter().map(|name| name.trim().parse().unwrap_or_else(|_| Selector::Rules(name.clone())))
}

/// A path as written in a configuration: relative to that.
pub fn beside(setting: &Setting<String>) -> PathBuf {
    Path::new(&setting.file).parent().unwrap_or(Path::new("")).join(&setting.value)
}

/// The configuration in the nearest directory at or above this one, by a path relative to it.
fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut up = PathBuf::new();
    for directory in here.ancestors() {
        if directory.join(FILE).is_file() {
            return Some(up.join(FILE));
        }
        up.push("..");
    }
    None
}
