//! `--format why`: every line of the input with its verdict and the rules that gave it, for people.
//!
//! One row per line in 80 columns; a further row for each further rule and each cut. Longer lines are shortened: what
//! matters is where they begin. Control characters are shown as signs, so that no text can play with the terminal.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use dechaff::{Cut, Line, RuleId, Verdict};
use unicode_width::UnicodeWidthChar;

use super::{Report, content, count, lines_with_cuts, summary};

const WIDTH: usize = 80;
/// Longer rule ids push their own row to the right rather than all rows.
const RULE_WIDTH: usize = 28;

const REMOVED: Style = AnsiColor::Red.on_default();
const BLANK: Style = Style::new().dimmed();
const CUT: Style = AnsiColor::Yellow.on_default();
const HEAD: Style = Style::new().bold();

pub fn render(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let cleaned = report.cleaned;
    let rule_width = rule_ids(report).map(|id| id.chars().count()).max().unwrap_or(0).min(RULE_WIDTH);
    let number_width = cleaned.lines().len().to_string().len().max(2);
    let mut page = Page { report, out, number_width, rule_width };
    if report.several {
        page.heading()?;
    }
    for (index, (line, cuts)) in lines_with_cuts(cleaned).enumerate() {
        page.line(index + 1, line, cuts)?;
    }
    page.footer()
}

/// The ids of all rules that removed something, as often as they did.
fn rule_ids<'r>(report: &'r Report<'_>) -> impl Iterator<Item = String> + 'r {
    let name = |id: &RuleId| report.names.rule(*id).id.clone();
    lines_with_cuts(report.cleaned).flat_map(move |(line, cuts)| {
        let claims = report.cleaned.claims(line).iter().map(name);
        claims.chain(cuts.iter().map(move |cut| name(&cut.rule)))
    })
}

struct Page<'p, 'r> {
    report: &'p Report<'r>,
    out: &'p mut dyn Write,
    number_width: usize,
    rule_width: usize,
}

impl Page<'_, '_> {
    fn heading(&mut self) -> io::Result<()> {
        let name = if self.report.id == "-" { "standard input" } else { self.report.id };
        let name = match self.report.document {
            Some(document) => format!("{name} (document {document})"),
            None => name.to_owned(),
        };
        let style = self.style(HEAD);
        writeln!(self.out, "{style}==> {} <=={style:#}", printable(&name))
    }

    fn line(&mut self, number: usize, line: &Line, cuts: &[Cut]) -> io::Result<()> {
        let report = self.report;
        let text = content(&report.cleaned.input()[line.span.clone()]);
        let (verdict, style) = match line.verdict {
            Verdict::Kept => ("keep", Style::new()),
            Verdict::Blank => ("blank", BLANK),
            Verdict::Removed => ("remove", REMOVED),
            Verdict::Cut => ("cut", CUT),
        };
        let claims = report.cleaned.claims(line);
        let first = claims.first().map(|id| report.names.rule(*id).id.clone()).unwrap_or_default();
        let number = number.to_string();
        self.row(&number, verdict, &first, text, style)?;
        for id in claims.iter().skip(1) {
            self.row("", "", &report.names.rule(*id).id, "", style)?;
        }
        for cut in cuts {
            let gone = format!("[-{}-]", report.cleaned.input()[cut.span.clone()].trim());
            self.row("", "", &report.names.rule(cut.rule).id, &gone, style)?;
        }
        Ok(())
    }

    fn row(&mut self, number: &str, verdict: &str, rule: &str, text: &str, style: Style) -> io::Result<()> {
        let (number_width, rule_width) = (self.number_width, self.rule_width);
        let mut row = format!("{number:>number_width$}  {verdict:<6}  ");
        if rule_width > 0 {
            row.push_str(&format!("{rule:<rule_width$}  "));
        }
        let left = WIDTH.saturating_sub(row.chars().count());
        row.push_str(&shortened(text, left));
        let style = self.style(style);
        writeln!(self.out, "{style}{}{style:#}", row.trim_end())
    }

    /// What the rows do not say: which rules these are, what was held back, and how to disagree.
    fn footer(&mut self) -> io::Result<()> {
        let (cleaned, names) = (self.report.cleaned, self.report.names);
        let mut rules: BTreeMap<RuleId, usize> = BTreeMap::new();
        for (line, cuts) in lines_with_cuts(cleaned) {
            for id in cleaned.claims(line).iter().copied().chain(cuts.iter().map(|cut| cut.rule)) {
                *rules.entry(id).or_default() += 1;
            }
        }
        let style = self.style(HEAD);
        writeln!(self.out, "\n{style}{}{style:#}", summary(cleaned, names))?;
        for (id, n) in &rules {
            let rule = names.rule(*id);
            let row = format!("  {} ×{n} ({}, {}): {}", rule.id, rule.category, rule.level, rule.title);
            writeln!(self.out, "{}", shortened(&row, WIDTH))?;
        }
        if let Some((id, _)) = rules.first_key_value() {
            let rule = names.rule(*id);
            writeln!(self.out, "to keep lines: --keep {} or --ignore {}", rule.category, rule.id)?;
        }
        if cleaned.wrapped() {
            writeln!(self.out, "hard-wrapped: the lines of a paragraph were judged together")?;
        }
        if !cleaned.braked().is_empty() {
            let ids: Vec<String> = cleaned.braked().iter().map(|id| names.rule(*id).id.clone()).collect();
            writeln!(self.out, "brake: too much of the text would have gone, so {} off here:", switched(ids.len()))?;
            for id in ids {
                writeln!(self.out, "  {id}")?;
            }
        }
        writeln!(self.out, "{}", names.provenance())
    }

    fn style(&self, style: Style) -> Style {
        if self.report.color { style } else { Style::new() }
    }
}

fn switched(rules: usize) -> String {
    format!("{} {} switched", count(rules, "rule"), if rules == 1 { "was" } else { "were" })
}

/// Characters that do something instead of showing something, as signs.
fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(acts) { Cow::Owned(text.chars().map(sign).collect()) } else { Cow::Borrowed(text) }
}

/// Control characters, and those that turn the direction of what follows.
fn acts(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
}

pub fn sign(c: char) -> char {
    match c {
        '\t' => ' ',
        '\0'..'\u{20}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
        c if acts(c) => '\u{FFFD}',
        c => c,
    }
}

/// At most so many columns, with `…` where something is missing.
pub fn shortened(text: &str, columns: usize) -> String {
    let mut out = String::new();
    let (mut used, mut fits) = (0, 0);
    for c in text.chars().map(sign) {
        used += c.width().unwrap_or(0);
        if used > columns {
            out.truncate(fits);
            out.push('…');
            return out;
        }
        out.push(c);
        if used < columns {
            fits = out.len();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_shortened_by_columns() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdefg", 6), "abcde…");
        assert_eq!(shortened("日本語", 6), "日本語");
        assert_eq!(shortened("日本語!", 6), "日本…");
        assert_eq!(shortened("", 0), "");
    }

    #[test]
    fn no_text_plays_with_the_terminal() {
        assert_eq!(shortened("a\u{1B}[31mb\tc\u{202E}d\u{7F}", 20), "a␛[31mb c\u{FFFD}d\u{FFFD}");
        assert_eq!(printable("plain"), "plain");
    }
}
