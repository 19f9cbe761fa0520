//! Whether a rule is on here, and which layer says so: the default packs, other packs, the configuration.

use std::collections::HashSet;

use dechaff::catalog::{Entry, PackEntry};

use super::super::diagnostics::Failure;
use super::super::project::Project;

/// The layers that decide about rules.
pub struct Layers<'p> {
    project: &'p Project,
    on: HashSet<String>,
    default_packs: HashSet<String>,
}

/// What becomes of a rule.
pub struct State {
    pub on: bool,
    /// Where it is from, what changes it, what switches it off.
    pub why: Vec<String>,
}

impl<'p> Layers<'p> {
    /// `defaults`: how many of the packs' files are the default packs.
    pub fn new(project: &'p Project, packs: &[PackEntry], defaults: usize) -> Result<Self, Failure> {
        let default_files: HashSet<&str> = dechaff::default_packs().iter().map(|(name, _)| *name).collect();
        let is_default = |pack: &&PackEntry| defaults > 0 && default_files.contains(pack.file.as_str());
        // No rule left is a state like any other here.
        let on = match project.cleaner(None) {
            Ok(cleaner) => cleaner.rules().map(|id| cleaner.rule(id).id).collect(),
            Err(Failure::Rules(error)) if *error == dechaff::BuildError::NoRules => HashSet::new(),
            Err(failure) => return Err(failure),
        };
        Ok(Self { project, on, default_packs: packs.iter().filter(is_default).map(|pack| pack.id.clone()).collect() })
    }

    pub fn state(&self, rule: &Entry) -> State {
        let choices = self.project.choices(None);
        let mut why = Vec::new();
        why.push(if self.default_packs.contains(&rule.pack) { "default".to_owned() } else { rule.file.clone() });
        for change in self.project.settings.overrides.iter().filter(|change| change.rule.value == rule.id) {
            let keys: Vec<&str> = change.fields.iter().map(|(key, _)| key.value.as_str()).collect();
            why.push(format!("{} changed in {}:{}", keys.join(" and "), change.rule.file, change.rule.line));
        }
        let on = self.on.contains(&rule.id);
        if !on {
            let names =
                |name: &str| rule.id == name || rule.pack == name || name == format!("category:{}", rule.category);
            let ignored = choices.ignore.iter().find(|ignore| names(&ignore.value.to_string()));
            let kept = choices.keep.iter().find(|keep| keep.value == rule.category);
            let level = self.project.level(None);
            why.insert(
                0,
                if rule.level > level {
                    format!("off: level is {level}")
                } else if let Some(ignore) = ignored {
                    format!("off: ignored in {}:{}", ignore.file, ignore.line)
                } else if let Some(keep) = kept {
                    format!("off: {} kept by {}:{}", rule.category, keep.file, keep.line)
                } else if let Some(first) = choices.select.first() {
                    format!("off: not selected in {}:{}", first.file, first.line)
                } else if let Some(first) = choices.remove.first() {
                    format!("off: not among `remove` in {}:{}", first.file, first.line)
                } else {
                    "off".to_owned()
                },
            );
        }
        State { on, why }
    }
}
