//! A corpus: the documents that commands about rules measure them on.

use std::path::{Path, PathBuf};

use dechaff::decode::{DecodeOptions, decode};

use super::diagnostics::{Failure, Talk};

/// Files in a directory of a corpus that are documents, by the end of their names; files without an end are too.
const ENDS: [&str; 4] = ["txt", "text", "md", "markdown"];

/// One document.
#[derive(Debug)]
pub struct Page {
    /// The file as it was named, or below the directory that was.
    pub name: String,
    pub text: String,
}

/// Documents of some files, and of directories of them.
#[derive(Debug)]
pub struct Corpus {
    files: Vec<PathBuf>,
    /// Documents that could not be read.
    pub failed: usize,
}

impl Corpus {
    /// Finds the files; reads none of them yet.
    pub fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() {
                let before = files.len();
                walk(path, &mut files)?;
                files[before..].sort();
                if files.len() == before {
                    let message = format!("{}: no document in this directory (*.txt, *.md)", path.display());
                    return Err(Failure::Usage(message));
                }
            } else if path.exists() {
                files.push(path.clone());
            } else {
                return Err(Failure::Missing { name: path.display().to_string(), command: None });
            }
        }
        Ok(Self { files, failed: 0 })
    }

    /// Reads one document after the other; one that cannot be read is reported, and the others go on.
    pub fn each(&mut self, talk: &Talk, mut take: impl FnMut(Page)) {
        for path in &self.files {
            match read(path) {
                Ok(page) => take(page),
                Err(failure) => {
                    self.failed += 1;
                    talk.failure(&failure);
                }
            }
        }
    }
}

fn read(path: &Path) -> Result<Page, Failure> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Failure::read(&name, error))?;
    match decode(bytes, &DecodeOptions::default()) {
        Ok(decoded) => Ok(Page { name, text: decoded.text.into_owned() }),
        Err(error) => Err(Failure::Decode { name, error }),
    }
}

/// Links to directories are not followed, and hidden files are nobody's documents.
fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failure = |error| Failure::read(directory.display().to_string(), error);
    for entry in std::fs::read_dir(directory).map_err(failure)? {
        let entry = entry.map_err(failure)?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type().map_err(failure)?.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_none_or(|end| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known))) {
            files.push(path);
        }
    }
    Ok(())
}
