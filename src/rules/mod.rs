//! Rules: from the text that an author writes to the bytes that matching reads.
//!
//! ```text
//! TOML text ── read ──▶ schema::Pack ── compile ──▶ segment bytes ── open ──▶ segment::Segment
//! ```
//!
//! The same code runs in the build script, which compiles the default packs into the binary, and at run time, for the packs that a
//! user adds. Both report mistakes as located [`Problem`]s.

pub(crate) mod code;
pub(crate) mod compile;
pub(crate) mod fields;
pub(crate) mod index;
pub(crate) mod problem;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod schema;
pub(crate) mod segment;

pub use code::{Code, Severity};
pub use problem::{Patch, Problem};

/// Reads and compiles rule files, given as `(name, text)`; all mistakes of all files come back together.
pub(crate) fn load(files: &[(String, String)], known: &[(String, Vec<String>)]) -> Result<Vec<u8>, Vec<Problem>> {
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    for (file, text) in files {
        let (pack, found) = read::read(file, text);
        problems.extend(found);
        sources.extend(pack.map(|pack| compile::Source { file: file.clone(), text: text.clone(), pack }));
    }
    match compile::compile(&sources, known) {
        Ok(bytes) if problems.is_empty() => Ok(bytes),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            problems.sort_by(|a, b| (&a.file, a.span.start).cmp(&(&b.file, b.span.start)));
            Err(problems)
        }
    }
}
