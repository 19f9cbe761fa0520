//! One page, and lines of it, as commands name them: `FILE:LINE`, `FILE:FROM-TO`, with `-` for standard input.

use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use dechaff::decode::{DecodeOptions, Label, decode};

use super::diagnostics::Failure;
use super::html::is_html;
use super::io::Documents;
use super::options::Input;

/// Lines of a page, counted from 1.
#[derive(Debug, Clone)]
pub struct Lines {
    pub input: Input,
    pub lines: RangeInclusive<usize>,
}

impl FromStr for Lines {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a place is FILE:LINE or FILE:FROM-TO, with lines counted from 1".to_owned();
        let (file, lines) = text.rsplit_once(':').filter(|(file, _)| !file.is_empty()).ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number > 0).ok_or_else(wrong);
        let (from, to) = match lines.split_once('-') {
            Some((from, to)) => (number(from)?, number(to)?),
            None => (number(lines)?, number(lines)?),
        };
        if to < from {
            return Err(format!("{from}-{to}: the first line stands after the last"));
        }
        let input = if file == "-" { Input::Stdin } else { Input::File(PathBuf::from(file)) };
        Ok(Self { input, lines: from..=to })
    }
}

/// Reads a page as text.
pub fn read(input: &Input, encoding: Option<Label>) -> Result<String, Failure> {
    let name = input.name();
    let failure = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Failure::Missing { name: name.clone(), command: None },
        _ => Failure::read(&name, error),
    };
    let mut bytes = Vec::new();
    Documents::open(input, false).and_then(|mut documents| documents.next(&mut bytes)).map_err(failure)?;
    let options = DecodeOptions { encoding, lossy: false };
    let decoded = decode(&bytes, &options).map_err(|error| Failure::Decode { name: name.clone(), error })?;
    if is_html(&decoded.text) {
        return Err(Failure::Html { name });
    }
    Ok(decoded.text.into_owned())
}

/// That a page has a line.
pub fn check(input: &Input, line: usize, lines: usize) -> Result<(), Failure> {
    if (1..=lines).contains(&line) {
        return Ok(());
    }
    let (name, has) = (input.name(), super::render::count(lines, "line"));
    Err(Failure::Usage(format!("{name} has {has}, so there is no line {line}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let read = |text: &str| text.parse::<Lines>().map(|place| (place.input.id(), place.lines));
        assert_eq!(read("a.txt:3"), Ok(("a.txt".to_owned(), 3..=3)));
        assert_eq!(read("C:\\a:3-5"), Ok(("C:\\a".to_owned(), 3..=5)));
        assert_eq!(read("-:1"), Ok(("-".to_owned(), 1..=1)));
        for wrong in ["", "a.txt", ":3", "a.txt:", "a.txt:0", "a.txt:x", "a.txt:3-", "a.txt:5-3"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
