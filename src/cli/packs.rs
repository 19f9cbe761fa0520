//! Rule files from disk.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use dechaff::decode::{DecodeOptions, Label, decode};

use super::diagnostics::Failure;

/// The rule files at a path, as (name, text): the file itself, or all `*.toml` files below a directory.
pub fn read(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    files(path)?.iter().map(|file| read_file(file)).collect()
}

/// One rule file, as (name, text).
pub fn read_file(path: &Path) -> Result<(String, String), Failure> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| Failure::read(&name, error))?;
    // TOML is UTF-8, so nothing is detected here.
    let strict = DecodeOptions { encoding: Some(Label::UTF_8), lossy: false };
    match decode(bytes, &strict) {
        Ok(decoded) => Ok((name, decoded.text.into_owned())),
        Err(error) => Err(Failure::RuleFile { name, error }),
    }
}

/// The file itself, or all `*.toml` files below a directory, in the order of their paths. Links to directories are not
/// followed, so that there is an end; a project's configuration is no rule file.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let failure = |error| Failure::read(directory.display().to_string(), error);
        for entry in fs::read_dir(directory).map_err(failure)? {
            let entry = entry.map_err(failure)?;
            let path = entry.path();
            if entry.file_type().map_err(failure)?.is_dir() {
                walk(&path, files)?;
            } else if path.extension() == Some(OsStr::new("toml"))
                && path.file_name() != Some(OsStr::new(super::project::FILE))
                && !path.is_dir()
            {
                files.push(path);
            }
        }
        Ok(())
    }
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    walk(path, &mut files)?;
    files.sort();
    if files.is_empty() { Err(Failure::NoRuleFiles { name: path.display().to_string() }) } else { Ok(files) }
}
