//! The pattern room against the `regex` crate, and against the clock.

mod agreement;
mod time;
