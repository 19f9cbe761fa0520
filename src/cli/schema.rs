//! `dechaff schema`: the JSON Schemas of rule files and of the configuration.

use clap::ValueEnum;

use super::diagnostics::Failure;
use super::{Outcome, print};

/// Print the JSON Schema of rule files, or of dechaff.toml
///
/// Editors complete and check with it: put `#:schema PATH` on the first line of a rule file.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of what
    #[arg(value_name = "WHAT", value_enum, default_value_t = What::Rules)]
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Rule files
    Rules,
    /// The project's configuration, dechaff.toml
    Config,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let schema = match args.what {
        What::Rules => dechaff::schema::rule_file(),
        What::Config => dechaff::schema::config(),
    };
    print(format!("{schema:#}\n").as_bytes())
}
