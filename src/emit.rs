//! Verdicts → the stretches of the input that stay.
//!
//! Lines go with their terminators, so every stretch is a stretch of the input and nothing is written anew. Blank lines are tidied only
//! where something went: of a gap that held a removed line, the blanks right below the upper neighbour stay (or, if there are
//! none, those right above the lower one), so that paragraphs stay as far apart as they were.

use std::ops::Range;

use crate::document::Document;

/// Decides the fate of blank lines: `gone[line]` is set for removed lines on entry, and for blanks that go with them on return.
pub(crate) fn tidy(document: &Document<'_>, gone: &mut [bool]) {
    let blank = |line: usize| document.lines[line].blank;
    let mut line = 0;
    while line < gone.len() {
        if !blank(line) && !gone[line] {
            line += 1;
            continue;
        }
        // A gap: removed and blank lines between two kept ones.
        let start = line;
        while line < gone.len() && (blank(line) || gone[line]) {
            line += 1;
        }
        let gap = start..line;
        if !gap.clone().any(|l| gone[l] && !blank(l)) {
            continue;
        }
        let (first, last) = (start == 0, line == gone.len());
        let upper = gap.clone().take_while(|l| blank(*l)).count();
        let lower = gap.clone().rev().take_while(|l| blank(*l)).count();
        let stay = match (first, last) {
            // What removals leave at either end goes.
            (true, _) | (_, true) => 0..0,
            _ if upper > 0 => start..start + upper,
            _ => line - lower..line,
        };
        gap.filter(|l| !stay.contains(l)).for_each(|l| gone[l] = true);
    }
}

/// The stretches of the text that stay, joined where they touch.
pub(crate) fn kept(document: &Document<'_>, gone: &[bool], cuts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    let mut push = |range: Range<usize>| {
        if range.is_empty() {
            return;
        }
        match stretches.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => stretches.push(range),
        }
    };
    let mut cuts = cuts.iter().peekable();
    for (line, gone) in gone.iter().enumerate() {
        let range = document.line_range(line);
        let mut from = range.start;
        while let Some(cut) = cuts.next_if(|cut| cut.start < range.end) {
            if !gone {
                push(from..cut.start.max(from));
            }
            from = from.max(cut.end);
        }
        if !gone {
            push(from..range.end.max(from));
        }
    }
    stretches
}
