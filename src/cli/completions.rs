//! `dechaff completions SHELL`: a completion script, made from the arguments.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::diagnostics::Failure;
use super::{Outcome, print};

/// Print a completion script for a shell
///
/// For bash, for example: dechaff completions bash > ~/.local/share/bash-completion/completions/dechaff
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which shell
    #[arg(value_name = "SHELL", value_parser = clap::value_parser!(Shell))]
    shell: Shell,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    // Into memory first: the generator panics where writing fails, and a closed pipe is no error.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "dechaff", &mut script);
    print(&script)
}
