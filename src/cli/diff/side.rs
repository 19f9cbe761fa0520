//! One side of a comparison: a pack, a configuration, the built-in rules, or a revision of a repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use dechaff::{Cleaner, Level};

use super::super::diagnostics::Failure;
use super::super::packs;
use super::super::project::{ConfigArgs, FILE, Project, RuleArgs};

/// What holds for both sides.
pub struct Options<'a> {
    pub rules_dir: &'a str,
    pub defaults: bool,
    pub level: Option<Level>,
}

impl Options<'_> {
    /// The rules that a name stands for.
    pub fn cleaner(&self, name: &str) -> Result<Cleaner, Failure> {
        let path = Path::new(name);
        if name == "default" && !path.exists() {
            return Ok(Cleaner::builder().level(self.level.unwrap_or_default()).build()?);
        }
        if let Some(config) = configuration(path) {
            let project = ConfigArgs { config: Some(config), isolated: false };
            let args = RuleArgs { level: self.level, project, no_default_rules: !self.defaults, ..RuleArgs::default() };
            return Project::load(&args)?.cleaner(None);
        }
        let files = if path.exists() { packs::read(path)? } else { self.revision(name)? };
        let alone = !self.defaults || replaces_defaults(&files);
        let builder = Cleaner::builder().level(self.level.unwrap_or_default()).default_rules(!alone);
        Ok(files.iter().fold(builder, |builder, (name, text)| builder.rules(name, text)).build()?)
    }

    /// The rule files of a revision, straight from the repository: nothing is checked out.
    fn revision(&self, name: &str) -> Result<Vec<(String, String)>, Failure> {
        let (revision, directory) = name.split_once(':').unwrap_or((name, self.rules_dir));
        if git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]).is_err() {
            let message = format!("{name}: no such file or directory, and no revision of a git repository here");
            return Err(Failure::Usage(message));
        }
        let listed = git(&["ls-tree", "-r", "-z", "--name-only", revision, "--", directory])?;
        let mut files = Vec::new();
        for path in listed.split('\0').filter(|path| path.ends_with(".toml") && !path.ends_with(FILE)) {
            // `./` takes the path from here, as `ls-tree` gives it.
            let text = git(&["show", &format!("{revision}:./{path}")])?;
            files.push((format!("{revision}:{path}"), text));
        }
        if files.is_empty() {
            let message = format!("{revision} has no rule file in {directory}; name the directory with --rules-dir");
            return Err(Failure::Usage(message));
        }
        Ok(files)
    }
}

/// The configuration that a path means: a file that is none of rules, or a directory's.
fn configuration(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.join(FILE)).filter(|file| file.is_file());
    }
    let text = std::fs::read_to_string(path).ok()?;
    let is_pack = text.lines().any(|line| line.trim_start().starts_with("[pack]"));
    (path.file_name().is_some_and(|name| name == FILE) || !is_pack).then(|| path.to_owned())
}

/// Whether files are versions of the default packs, by the ids of their packs.
fn replaces_defaults(files: &[(String, String)]) -> bool {
    let ids = |text: &str| {
        let after = text.split("[pack]").nth(1).unwrap_or_default();
        let line = after.lines().find(|line| line.trim_start().starts_with("id"));
        line.and_then(|line| line.split('"').nth(1)).map(str::to_owned)
    };
    let defaults: Vec<_> = dechaff::default_packs().iter().filter_map(|(_, text)| ids(text)).collect();
    files.iter().filter_map(|(_, text)| ids(text)).any(|id| defaults.contains(&id))
}

fn git(args: &[&str]) -> Result<String, Failure> {
    let failure = |words: String| Failure::Usage(format!("git {}: {words}", args.join(" ")));
    let output = Command::new("git").args(args).output().map_err(|error| failure(error.to_string()))?;
    if !output.status.success() {
        return Err(failure(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    String::from_utf8(output.stdout).map_err(|_| failure("its output is not UTF-8".to_owned()))
}
