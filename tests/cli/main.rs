//! The binary from outside: arguments, files and pipes in; bytes, messages and exit codes out.
//!
//! The rules of these tests are in [`support::RULES`], so that they do not depend on the default packs.
#![cfg(feature = "cli")]

mod about_rules;
mod authoring;
mod basics;
mod encodings;
mod errors;
mod files;
mod formats;
mod project;
mod support;
mod tutorial;
