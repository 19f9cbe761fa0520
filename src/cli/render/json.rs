//! `--format json`: one object per document, on one line.
//!
//! `text` and `removed` are all of the input: whoever inserts the `text` of each entry at its `start`, in order, has it
//! back. So blank lines that went and stretches that were cut are entries too.

use std::io::{self, Write};
use std::ops::Range;
use std::rc::Rc;

use dechaff::{RuleId, RuleInfo, Verdict};
use serde::Serialize;

use super::{Report, lines_with_cuts};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'r> {
    file: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<usize>,
    text: &'r str,
    lines: usize,
    removed: Vec<Removed<'r>>,
    braked: Vec<String>,
    wrapped: bool,
    dechaff: &'static str,
    rules: String,
}

/// Adjacent lines that the same rules removed, or one cut.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Removed<'r> {
    start: usize,
    end: usize,
    first_line: usize,
    last_line: usize,
    text: &'r str,
    rules: Vec<String>,
    category: Option<&'static str>,
    level: Option<&'static str>,
}

/// A stretch of the input that went.
struct Gone<'r> {
    span: Range<usize>,
    first_line: usize,
    last_line: usize,
    rules: &'r [RuleId],
    verdict: Verdict,
}

pub fn render(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let cleaned = report.cleaned;
    let text = cleaned.text();
    let document = Document {
        file: report.id,
        document: report.document,
        text: &text,
        lines: cleaned.lines().len(),
        removed: gone(report).into_iter().map(|gone| entry(report, gone)).collect(),
        braked: cleaned.braked().iter().map(|id| report.names.rule(*id).id.clone()).collect(),
        wrapped: cleaned.wrapped(),
        dechaff: env!("CARGO_PKG_VERSION"),
        rules: report.names.fingerprint(),
    };
    // `out` is buffered, and a write that fails keeps its kind: a closed pipe is still one.
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn gone<'r>(report: &Report<'r>) -> Vec<Gone<'r>> {
    let cleaned = report.cleaned;
    let mut all: Vec<Gone<'_>> = Vec::new();
    for (index, (line, cuts)) in lines_with_cuts(cleaned).enumerate() {
        let number = index + 1;
        for cut in cuts {
            let rules = std::slice::from_ref(&cut.rule);
            let (first_line, last_line) = (number, number);
            all.push(Gone { span: cut.span.clone(), first_line, last_line, rules, verdict: Verdict::Cut });
        }
        if !matches!(line.verdict, Verdict::Removed | Verdict::Blank) {
            continue;
        }
        let rules = cleaned.claims(line);
        match all.last_mut() {
            Some(last) if last.verdict == line.verdict && last.last_line == index && last.rules == rules => {
                last.span.end = line.span.end;
                last.last_line = number;
            }
            _ => {
                let (first_line, last_line) = (number, number);
                all.push(Gone { span: line.span.clone(), first_line, last_line, rules, verdict: line.verdict });
            }
        }
    }
    all
}

fn entry<'r>(report: &Report<'r>, gone: Gone<'r>) -> Removed<'r> {
    let rules: Vec<Rc<RuleInfo>> = gone.rules.iter().map(|id| report.names.rule(*id)).collect();
    Removed {
        start: gone.span.start,
        end: gone.span.end,
        first_line: gone.first_line,
        last_line: gone.last_line,
        text: &report.cleaned.input()[gone.span],
        rules: rules.iter().map(|rule| rule.id.clone()).collect(),
        // Where several rules agree, the most certain one speaks.
        category: rules.iter().min_by_key(|rule| rule.level).map(|rule| rule.category.as_str()),
        level: rules.iter().map(|rule| rule.level).min().map(|level| level.as_str()),
    }
}
