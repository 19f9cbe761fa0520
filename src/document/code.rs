//! Fenced code and YAML front matter: lines that no rule may touch.

use std::ops::Range;

use super::LineSpan;

/// Front matter longer than this is something else between two rulers.
const MAX_FRONT_MATTER: usize = 200;

/// The stretches of lines that are code or front matter, in order.
pub(crate) fn protected(text: &str, lines: &[LineSpan]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let start = front_matter(text, lines).unwrap_or(0);
    if start > 0 {
        found.push(0..start);
    }
    let mut open: Option<(usize, &str)> = None;
    for (number, line) in lines.iter().enumerate().skip(start) {
        // Cheap first look: a fence begins, after at most three spaces, with three of its marks.
        let Some(mark) = fence(&text[line.start..line.end]) else { continue };
        match open {
            None => open = Some((number, mark)),
            // A closing fence is at least as long as the opening one, of the same mark, and bare.
            Some((first, opening))
                if mark.len() >= opening.len() && mark.starts_with(opening) && is_bare(&text[line.start..line.end]) =>
            {
                found.push(first..number + 1);
                open = None;
            }
            Some(_) => {}
        }
    }
    // A fence that is never closed protects nothing: it would protect all the rest.
    found
}

/// The fence's marks, if the line is a fence.
fn fence(line: &str) -> Option<&str> {
    let body = line.trim_start_matches(' ');
    let mark = *body.as_bytes().first()?;
    if !matches!(mark, b'`' | b'~') || line.len() - body.len() > 3 {
        return None;
    }
    let length = body.bytes().take_while(|b| *b == mark).count();
    (length >= 3 && !body[length..].contains('`')).then(|| &body[..length])
}

fn is_bare(line: &str) -> bool {
    line.trim().trim_matches(['`', '~']).is_empty()
}

/// The number of lines that front matter takes at the start of the document.
fn front_matter(text: &str, lines: &[LineSpan]) -> Option<usize> {
    let line = |n: usize| lines.get(n).map(|l| text[l.start..l.end].trim_end());
    if line(0)? != "---" {
        return None;
    }
    let close = (1..lines.len().min(MAX_FRONT_MATTER)).find(|n| matches!(line(*n), Some("---" | "...")))?;
    let is_yaml = |l: &str| l.trim().is_empty() || l.starts_with([' ', '\t', '#', '-']) || l.contains(':');
    let has_key = (1..close).any(|n| line(n).is_some_and(|l| l.contains(':')));
    (has_key && (1..close).all(|n| line(n).is_some_and(is_yaml))).then_some(close + 1)
}
