//! Which packs a command means: those of a path, the one of an id, or those of this directory.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item};

use super::diagnostics::Failure;
use super::packs;

/// Packs to work on.
#[derive(Debug)]
pub struct Packs {
    /// Name and text of every rule file.
    pub files: Vec<(String, String)>,
    /// Whether these are the packs that are built in.
    pub built_in: bool,
    /// Whether the built-in packs stand beside them: not if these are versions of built-in packs.
    pub with_defaults: bool,
    /// A rule or pack, if one was named by its id.
    pub only: Option<String>,
}

/// What a name may come to.
#[derive(Debug)]
pub enum Meant {
    Packs(Packs),
    /// No rule and no pack is called that; the nearest name.
    Unknown(Option<String>),
}

impl Packs {
    /// The packs that a path or an id means; without one those in this directory, or else the built-in ones.
    pub fn find(name: Option<&str>) -> Result<Meant, Failure> {
        let own = Self::own(in_directory(Path::new("."))?);
        let Some(name) = name else {
            return Ok(Meant::Packs(if own.files.is_empty() { Self::built_in() } else { own }));
        };
        let path = Path::new(name);
        if path.is_dir() {
            let files = in_tree(path)?;
            return match files.is_empty() {
                true => Err(Failure::NoRuleFiles { name: name.to_owned() }),
                false => Ok(Meant::Packs(Self::own(files))),
            };
        }
        if path.exists() {
            return Ok(Meant::Packs(Self::own(vec![packs::read_file(path)?])));
        }
        if name.ends_with(".toml") || name.starts_with(['.', '/']) {
            return Err(Failure::Missing { name: name.to_owned(), command: None });
        }
        let mut known = Vec::new();
        for packs in [own, Self::built_in()] {
            let ids: Vec<String> = packs.files.iter().flat_map(|(_, text)| ids(text)).collect();
            if ids.iter().any(|id| is_meant(id, name)) {
                return Ok(Meant::Packs(Self { only: Some(name.to_owned()), ..packs }));
            }
            known.extend(ids.iter().filter_map(|id| id.split('/').next()).map(str::to_owned).collect::<Vec<_>>());
            known.extend(ids);
        }
        let nearest = known.into_iter().map(|id| (strsim::osa_distance(&id, name), id)).min();
        Ok(Meant::Unknown(nearest.filter(|(distance, id)| *distance <= id.len() / 3).map(|(_, id)| id)))
    }

    fn own(files: Vec<(String, String)>) -> Self {
        let defaults: Vec<_> = dechaff::default_packs().iter().filter_map(|(_, text)| pack_id(text)).collect();
        let with_defaults = !files.iter().filter_map(|(_, text)| pack_id(text)).any(|id| defaults.contains(&id));
        Self { files, built_in: false, with_defaults, only: None }
    }

    fn built_in() -> Self {
        let files = dechaff::default_packs().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Self { files: files.collect(), built_in: true, with_defaults: false, only: None }
    }

    /// Whether a rule is among those that were asked for.
    pub fn wants(&self, id: &str) -> bool {
        self.only.as_ref().is_none_or(|name| is_meant(id, name))
    }

    /// The directories that the rule files stand in.
    pub fn directories(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> =
            self.files.iter().filter_map(|(name, _)| Path::new(name).parent().map(Path::to_owned)).collect();
        all.sort();
        all.dedup();
        all
    }
}

fn is_meant(id: &str, name: &str) -> bool {
    id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
}

/// The rule files right in a directory.
pub fn in_directory(directory: &Path) -> Result<Vec<(String, String)>, Failure> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let failure = |error| Failure::read(directory.display().to_string(), error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(failure)? {
        let path = entry.map_err(failure)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            paths.push(path.strip_prefix(".").map_or_else(|_| path.clone(), Path::to_owned));
        }
    }
    paths.sort();
    rule_texts(paths)
}

/// The rule files in a directory and below it.
fn in_tree(directory: &Path) -> Result<Vec<(String, String)>, Failure> {
    rule_texts(packs::files(directory)?)
}

/// Those files that are packs; other TOML files may stand beside them.
fn rule_texts(paths: Vec<PathBuf>) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let (name, text) = packs::read_file(&path)?;
        let is_part = |line: &str| ["[pack]", "[[rule]]", "[[list]]"].contains(&line.trim());
        if text.lines().any(is_part) {
            files.push((name, text));
        }
    }
    Ok(files)
}

/// The id of a pack, if the text is one.
pub fn pack_id(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    Some(document.get("pack")?.get("id")?.as_str()?.to_owned())
}

/// The full ids of the rules of a pack.
pub fn ids(text: &str) -> Vec<String> {
    let (Some(pack), Ok(document)) = (pack_id(text), Document::parse(text)) else { return Vec::new() };
    let rules = document.get("rule").and_then(Item::as_array_of_tables);
    let ids = rules.into_iter().flatten().filter_map(|rule| rule.get("id").and_then(Item::as_str));
    ids.map(|id| format!("{pack}/{id}")).collect()
}
