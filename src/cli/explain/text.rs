//! The explanation for people: the verdict, what decided it, and the gates of the rules that came nearest.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use dechaff::Verdict;
use dechaff::explain::{Candidate, Gate, Judged, Remedy, Role};

use super::Report;
use crate::cli::render::{count, shortened, wrapped};

const WIDTH: usize = 80;
/// Rules that are shown without `--all`.
const NEAREST: usize = 4;
/// Rows for a gate that failed, without `--all`.
const ROWS: usize = 4;
/// Before what a gate found: mark and key.
const INDENT: usize = 23;

const HEAD: Style = Style::new().bold();
const GONE: Style = AnsiColor::Red.on_default();
const PASS: Style = AnsiColor::Green.on_default();
const FAIL: Style = AnsiColor::Yellow.on_default();
const FAR: Style = Style::new().dimmed();

pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    verdict(report, &mut out);
    let explanation = report.explanation;
    if explanation.judged != Judged::Text {
        return out;
    }
    let near: Vec<_> = report.near().collect();
    let passed = near.iter().take_while(|candidate| candidate.passed()).count();
    // Of a line that goes, the rules that take it are the answer; of one that stays, those that came nearest.
    let shown = match explanation.verdict {
        _ if report.all => near.len(),
        Verdict::Removed | Verdict::Cut => passed,
        _ => near.len().min(NEAREST).max(passed),
    };
    for candidate in &near[..shown] {
        rule(report, candidate, &mut out);
    }
    out.push('\n');
    if near.is_empty() {
        out.push_str("No rule came near.\n");
    }
    let far = explanation.candidates.iter().filter(|candidate| !candidate.near);
    if report.all {
        for candidate in far {
            let id = &report.names.rule(candidate.rule).id;
            let gates: Vec<_> = candidate.failed().map(|gate| gate.key).collect();
            line(report, FAR, &format!("far from it: {id} ({})", gates.join(", ")), &mut out);
        }
    } else if near.len() > shown {
        let _ = writeln!(out, "{} came near: --all shows them.", count(near.len() - shown, "more rule"));
    }
    remedies(report, &mut out);
    out
}

fn verdict(report: &Report<'_>, out: &mut String) {
    let explanation = report.explanation;
    let names: Vec<_> = explanation.claims.iter().map(|rule| report.names.rule(*rule).id.clone()).collect();
    let by = names.join(", ");
    let (what, style) = match (explanation.judged, explanation.verdict) {
        (Judged::Code, _) => ("stays: code and front matter are not judged".to_owned(), HEAD),
        (Judged::Blank, Verdict::Blank) => ("goes: a blank line whose neighbours went".to_owned(), HEAD),
        (Judged::Blank, _) => ("stays: a blank line, which no rule judges".to_owned(), HEAD),
        (_, Verdict::Removed) => (format!("is removed by {by}"), GONE.bold()),
        (_, Verdict::Cut) => (format!("stays, but for what is cut out by {by}"), GONE.bold()),
        _ => ("stays".to_owned(), HEAD),
    };
    let text = format!("{}:{} {what}", report.file, report.line);
    for row in wrapped(&text, WIDTH) {
        line(report, style, &row, out);
    }
    if explanation.judged != Judged::Text {
        return;
    }
    line(report, Style::new(), &format!("  {}", report.text.trim()), out);
    let lines = &explanation.lines;
    if explanation.wrapped {
        let judged = match lines.len() {
            1 => "this line is a paragraph of its own".to_owned(),
            _ => format!("lines {}-{} are judged as one paragraph", lines.start + 1, lines.end),
        };
        let _ = writeln!(out, "The page is hard-wrapped: {judged}.");
    }
    if explanation.view != report.text.trim() && lines.len() == 1 {
        line(report, Style::new(), &format!("seen by rules as: {}", explanation.view), out);
    }
    for keeper in report.near().filter(|candidate| candidate.keeps && candidate.passed()) {
        let id = &report.names.rule(keeper.rule).id;
        line(report, Style::new(), &format!("protected from sections and tails by {id}"), out);
    }
    let nearest = report.near().find(|candidate| !candidate.keeps && !candidate.passed());
    if let (Verdict::Kept, Some(nearest)) = (explanation.verdict, nearest) {
        let id = &report.names.rule(nearest.rule).id;
        let mut failed: Vec<_> = nearest.failed().map(|gate| gate.key).collect();
        failed.dedup();
        let text = format!("No rule passes all gates. The nearest, {id}, is stopped by: {}.", failed.join(", "));
        wrapped(&text, WIDTH).iter().for_each(|row| line(report, Style::new(), row, out));
    }
}

fn rule(report: &Report<'_>, candidate: &Candidate, out: &mut String) {
    let rule = report.names.rule(candidate.rule);
    let keeps = if candidate.keeps { "keeps, " } else { "" };
    let role = match candidate.role {
        Role::Itself => String::new(),
        Role::Below(opener) => format!(" from line {}", opener + 1),
    };
    out.push('\n');
    let title = format!("{}{role} ({keeps}{}, {}): {}", rule.id, rule.category, rule.level, rule.title);
    line(report, HEAD, &title, out);
    // Exceptions that do not apply are many, and all say the same.
    let is_quiet = |gate: &&Gate| gate.key == "unless" && gate.passed && !report.all;
    let quiet = candidate.gates.iter().filter(is_quiet).count();
    let mut told = false;
    for gate in &candidate.gates {
        if quiet > 1 && is_quiet(&gate) {
            if !std::mem::replace(&mut told, true) {
                let found = format!("{quiet} exceptions, none of which applies");
                self::gate(report, &Gate { asks: String::new(), found, ..gate.clone() }, out);
            }
        } else {
            self::gate(report, gate, out);
        }
    }
}

/// A gate that was passed is a row; one that was not tells more.
fn gate(report: &Report<'_>, gate: &Gate, out: &mut String) {
    let (mark, style) = if gate.passed { ("pass", PASS) } else { ("FAIL", FAIL) };
    let style = if report.color { style } else { Style::new() };
    let text = match (gate.asks.as_str(), gate.found.as_str()) {
        ("", found) => found.to_owned(),
        (asks, found) => format!("{found}; asks: {asks}"),
    };
    let mut rows = wrapped(&text, WIDTH - INDENT);
    if gate.passed && !report.all {
        rows = vec![text];
    } else if rows.len() > ROWS && !report.all {
        rows.truncate(ROWS);
        rows[ROWS - 1].push_str(" …");
    }
    for (number, row) in rows.iter().enumerate() {
        if number == 0 {
            let _ = writeln!(out, "  {style}{mark}{style:#}  {:<13}  {}", gate.key, shortened(row, WIDTH - INDENT));
        } else {
            let _ = writeln!(out, "{:INDENT$}{}", "", shortened(row, WIDTH - INDENT));
        }
    }
}

fn remedies(report: &Report<'_>, out: &mut String) {
    let explanation = report.explanation;
    for remedy in &explanation.remedies {
        let text = match remedy {
            Remedy::Level(level, rules) => {
                let ids: Vec<_> = rules.iter().map(|rule| report.names.rule(*rule).id.clone()).collect();
                format!("--level {level} would remove it, by {}.", ids.join(", "))
            }
            Remedy::Rule(rule) => format!("Switched on, {} would remove it.", report.names.rule(*rule).id),
        };
        wrapped(&text, WIDTH).iter().for_each(|row| line(report, Style::new(), row, out));
    }
    match (explanation.verdict, explanation.claims.first()) {
        (Verdict::Removed | Verdict::Cut, Some(first)) => {
            let rule = report.names.rule(*first);
            let ids: Vec<_> = explanation.claims.iter().map(|rule| report.names.rule(*rule).id.clone()).collect();
            let text = format!("To keep such lines: --keep {} or --ignore {}", rule.category, ids.join(" --ignore "));
            wrapped(&text, WIDTH).iter().for_each(|row| line(report, Style::new(), row, out));
        }
        (Verdict::Kept, _) if explanation.remedies.is_empty() => {
            out.push_str("No level removes it: `dechaff new` writes a rule that does.\n");
        }
        _ => {}
    }
}

/// One row, shortened to the width.
fn line(report: &Report<'_>, style: Style, text: &str, out: &mut String) {
    let style = if report.color { style } else { Style::new() };
    let _ = writeln!(out, "{style}{}{style:#}", shortened(text, WIDTH));
}
