//! `--format removed`: the removed lines as they were, and each stretch that was cut out on a line of its own.

use std::io::{self, Write};

use dechaff::{Cleaned, Verdict};

use super::lines_with_cuts;

pub fn render(cleaned: &Cleaned<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (line, cuts) in lines_with_cuts(cleaned) {
        if line.verdict == Verdict::Removed {
            out.write_all(cleaned.input()[line.span.clone()].as_bytes())?;
        }
        for cut in cuts {
            out.write_all(cleaned.input()[cut.span.clone()].trim().as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}
