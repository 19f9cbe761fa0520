//! `dechaff man`: the manual page, made from the arguments.

use clap::CommandFactory;

use super::args::Cli;
use super::diagnostics::Failure;
use super::{Outcome, print};

/// Print the manual page
///
/// To read it: dechaff man | man -l -
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: &Args) -> Result<Outcome, Failure> {
    let mut page = Vec::new();
    let command = Cli::command().version(env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).render(&mut page).map_err(|error| Failure::write("the manual page", error))?;
    print(&page)
}
