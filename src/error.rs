//! Why a cleaner could not be built.

use std::fmt;

use crate::rules::Problem;

/// Why [`crate::CleanerBuilder::build`] failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// Rule files have mistakes. `sources` holds every file as (name, text), so that the places can be shown.
    Rules {
        /// All mistakes of all files.
        problems: Vec<Problem>,
        /// The files as they were given.
        sources: Vec<(String, String)>,
    },
    /// A name given to `ignore` or `only` is neither a rule's nor a pack's.
    UnknownRule {
        /// The name.
        name: String,
        /// The closest name that there is.
        nearest: Option<String>,
    },
    /// An added pack has a rule with the id of a default rule.
    DuplicateRule {
        /// The full id.
        id: String,
        /// The pack whose id is taken.
        pack: String,
    },
    /// The options leave no rule to clean with.
    NoRules,
    /// The compiled rules cannot be read: the binary is damaged.
    Damaged(String),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::Rules { problems, .. } => {
                for (number, problem) in problems.iter().enumerate() {
                    if number > 0 {
                        writeln!(f)?;
                    }
                    problem.fmt(f)?;
                }
                Ok(())
            }
            BuildError::UnknownRule { name, nearest } => {
                write!(f, "no rule or pack is called `{name}`")?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None => Ok(()),
                }
            }
            BuildError::DuplicateRule { id, pack } => {
                write!(f, "the rule `{id}` is there already; give the pack `{pack}` another id")
            }
            BuildError::NoRules => f.write_str("these options leave no rule to clean with"),
            BuildError::Damaged(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for BuildError {}
