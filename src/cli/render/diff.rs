//! `--format diff`: a unified diff from the input to the cleaned text, for `patch` and `git apply`.
//!
//! To those tools a line ends at LF and nowhere else, so lines are found anew here: a file with lone CR is one line to
//! them. Where a removed line took the only LF with it, what is left of it joins the next line.

use std::fmt::Display;
use std::io::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::Report;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// A line of the input and what becomes of it.
enum Line<'t> {
    Same(&'t str),
    /// Taken out, and perhaps something put in: the rest of it.
    Changed {
        old: &'t str,
        new: Option<String>,
    },
}

pub fn render(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    if !report.cleaned.changed() {
        return Ok(());
    }
    let kept: Vec<Range<usize>> = report.cleaned.kept().collect();
    let mut lines = compare(report.cleaned.input(), &kept);
    if report.had_bom
        && let Some(first) = lines.first_mut()
        && let Line::Same(old) = first
    {
        // The mark stands before it in the file, and not in the output.
        *first = Line::Changed { old, new: Some((*old).to_owned()) };
    }
    let mut paper = Paper { report, out };
    paper.put(BOLD, format_args!("--- {}", file_name("a", report)), "\n")?;
    paper.put(BOLD, format_args!("+++ {}", file_name("b", report)), "\n")?;
    let (mut old_line, mut new_line, mut at) = (1, 1, 0);
    for hunk in hunks(&lines) {
        (old_line, new_line) = (old_line + hunk.start - at, new_line + hunk.start - at);
        let (old, new) = (hunk.len(), lines[hunk.clone()].iter().filter(|line| line.stays()).count());
        paper.put(HUNK, format_args!("@@ -{} +{} @@", place(old_line, old), place(new_line, new)), "\n")?;
        paper.hunk(&lines[hunk.clone()], report.had_bom && hunk.start == 0)?;
        (old_line, new_line, at) = (old_line + old, new_line + new, hunk.end);
    }
    Ok(())
}

impl Line<'_> {
    fn stays(&self) -> bool {
        !matches!(self, Line::Changed { new: None, .. })
    }
}

/// Each line ended by LF, and what is kept of it.
fn compare<'t>(input: &'t str, kept: &[Range<usize>]) -> Vec<Line<'t>> {
    let mut lines = Vec::new();
    let (mut at, mut next) = (0, 0);
    // What is left of lines that lost their end.
    let mut open = String::new();
    for old in input.split_inclusive('\n') {
        let span = at..at + old.len();
        at = span.end;
        let whole = open.is_empty();
        while let Some(range) = kept.get(next).filter(|range| range.start < span.end) {
            open.push_str(&input[range.start.max(span.start)..range.end.min(span.end)]);
            if range.end > span.end {
                break;
            }
            next += 1;
        }
        if whole && open == old {
            open.clear();
            lines.push(Line::Same(old));
        } else {
            let new = open.ends_with('\n').then(|| std::mem::take(&mut open));
            lines.push(Line::Changed { old, new });
        }
    }
    if !open.is_empty()
        && let Some(Line::Changed { new, .. }) = lines.last_mut()
    {
        *new = Some(open);
    }
    lines
}

/// Runs of lines with their changes and the context around; changes that share context share a hunk.
fn hunks(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if matches!(line, Line::Same(_)) {
            continue;
        }
        let hunk = index.saturating_sub(CONTEXT)..(index + 1 + CONTEXT).min(lines.len());
        match hunks.last_mut() {
            Some(last) if hunk.start <= last.end => last.end = hunk.end,
            _ => hunks.push(hunk),
        }
    }
    hunks
}

/// First line and number of lines, as `diff` writes them: an empty side names the line before it.
fn place(line: usize, lines: usize) -> String {
    match lines {
        0 => format!("{},0", line - 1),
        1 => line.to_string(),
        _ => format!("{line},{lines}"),
    }
}

const BOLD: Style = Style::new().bold();
const HUNK: Style = AnsiColor::Cyan.on_default();
const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

struct Paper<'p, 'r> {
    report: &'p Report<'r>,
    out: &'p mut dyn Write,
}

impl Paper<'_, '_> {
    /// Text in a style, which ends before the end of the line.
    fn put(&mut self, style: Style, text: impl Display, end: &str) -> io::Result<()> {
        let style = if self.report.color { style } else { Style::new() };
        write!(self.out, "{style}{text}{style:#}{end}")
    }

    fn line(&mut self, style: Style, sign: &str, line: &str) -> io::Result<()> {
        match line.strip_suffix('\n') {
            Some(line) => self.put(style, format_args!("{sign}{line}"), "\n"),
            None => self.put(style, format_args!("{sign}{line}"), "\n\\ No newline at end of file\n"),
        }
    }

    /// Of adjacent changes first all that goes, then all that comes: that is how people read it.
    fn hunk(&mut self, mut lines: &[Line<'_>], mark: bool) -> io::Result<()> {
        let mut mark = if mark { "-\u{FEFF}" } else { "-" };
        while let Some(line) = lines.first() {
            if let Line::Same(line) = line {
                self.line(Style::new(), " ", line)?;
                lines = &lines[1..];
                continue;
            }
            let changed = lines.iter().take_while(|line| matches!(line, Line::Changed { .. })).count();
            let (block, rest) = lines.split_at(changed);
            for line in block {
                if let Line::Changed { old, .. } = line {
                    self.line(OLD, mark, old)?;
                    mark = "-";
                }
            }
            for line in block {
                if let Line::Changed { new: Some(new), .. } = line {
                    self.line(NEW, "+", new)?;
                }
            }
            lines = rest;
        }
        Ok(())
    }
}

/// The name as `git` writes it: below `a` or `b`, in quotes where it would be misread, with a tab after spaces.
fn file_name(side: &str, report: &Report<'_>) -> String {
    let path = report.id.strip_prefix("./").unwrap_or(report.id).trim_start_matches('/');
    let mut name = format!("{side}/{path}");
    if let Some(document) = report.document {
        name.push_str(&format!("#{document}"));
    }
    if name.contains(|c: char| c.is_control() || c == '"' || c == '\\') {
        let mut quoted = String::from('"');
        for c in name.chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                c if c.is_control() => {
                    c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| quoted.push_str(&format!("\\{b:03o}")));
                }
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        quoted
    } else if name.contains(' ') {
        name + "\t"
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(input: &str, kept: &[Range<usize>]) -> String {
        let mut out = String::new();
        for line in compare(input, kept) {
            match line {
                Line::Same(line) => out.push_str(&format!(" {line:?}")),
                Line::Changed { old, new: None } => out.push_str(&format!(" -{old:?}")),
                Line::Changed { old, new: Some(new) } => out.push_str(&format!(" -{old:?}+{new:?}")),
            }
        }
        out
    }

    #[test]
    fn lines_lose_parts_and_ends() {
        assert_eq!(shown("a\nb\nc", &[0..2, 4..5]), r#" "a\n" -"b\n" "c""#);
        // Adjacent lines may come as one stretch.
        assert_eq!(shown("a\nb\nc\n", std::slice::from_ref(&(0..4))), r#" "a\n" "b\n" -"c\n""#);
        // A cut.
        assert_eq!(shown("abc\nd\n", &[0..1, 2..6]), r#" -"abc\n"+"ac\n" "d\n""#);
        // "b\n" takes the only LF with it.
        assert_eq!(shown("a\rb\nc\n", &[0..2, 4..6]), r#" -"a\rb\n" -"c\n"+"a\rc\n""#);
        assert_eq!(shown("a\rb\n", std::slice::from_ref(&(0..2))), r#" -"a\rb\n"+"a\r""#);
        assert_eq!(shown("a\n", &[]), r#" -"a\n""#);
    }

    #[test]
    fn places() {
        assert_eq!([place(1, 0), place(1, 1), place(4, 2)], ["0,0", "1", "4,2"]);
    }
}
