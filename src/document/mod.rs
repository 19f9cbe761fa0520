//! Text → lines and units.
//!
//! A line is text up to and including its terminator (LF, CR LF or CR). A [`Unit`] is what rules judge: a non-blank line, or the
//! paragraph where the document turns out to be hard-wrapped ([`wrap`]). Lines that belong to code or front matter ([`code`]) are units
//! that no rule may touch.

mod code;
mod wrap;

use std::ops::Range;

use crate::view::is_blank;

/// One line: where it starts, and where its terminator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineSpan {
    pub(crate) start: usize,
    /// End of the text, before the terminator.
    pub(crate) end: usize,
    pub(crate) blank: bool,
}

/// What rules judge: one or more lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) first_line: usize,
    pub(crate) lines: usize,
    /// Bytes of its text, terminators inside included, the last one not.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Part of code or front matter.
    pub(crate) protected: bool,
}

/// A text cut into lines and units.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    pub(crate) text: &'t str,
    pub(crate) lines: Vec<LineSpan>,
    pub(crate) units: Vec<Unit>,
    /// Whether paragraphs are broken over several lines.
    pub(crate) wrapped: bool,
}

impl<'t> Document<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let lines = split(text);
        let protected = code::protected(text, &lines);
        let is_protected = |line: usize| protected.iter().any(|range| range.contains(&line));
        let wrapping = wrap::detect(text, &lines);
        let mut units: Vec<Unit> = Vec::with_capacity(lines.len());
        for (number, line) in lines.iter().enumerate() {
            if line.blank {
                continue;
            }
            let protected = !protected.is_empty() && is_protected(number);
            if let Some(wrapping) = &wrapping
                && !protected
                && let Some(last) = units.last_mut()
                && !last.protected
                && last.first_line + last.lines == number
                && wrapping.continues(text, &lines[number - 1], line)
            {
                last.lines += 1;
                last.end = line.end;
                continue;
            }
            units.push(Unit { first_line: number, lines: 1, start: line.start, end: line.end, protected });
        }
        Document { text, lines, units, wrapped: wrapping.is_some() }
    }

    pub(crate) fn unit_text(&self, unit: usize) -> &'t str {
        let unit = &self.units[unit];
        &self.text[unit.start..unit.end]
    }

    /// A line's bytes with its terminator.
    pub(crate) fn line_range(&self, line: usize) -> Range<usize> {
        let end = self.lines.get(line + 1).map_or(self.text.len(), |next| next.start);
        self.lines[line].start..end
    }
}

/// Cuts a text into lines. The text after the last terminator is a line only if there is any.
fn split(text: &str) -> Vec<LineSpan> {
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity(bytes.len() / 64 + 1);
    let mut start = 0;
    let mut push = |start: usize, end: usize| lines.push(LineSpan { start, end, blank: is_blank(&text[start..end]) });
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if at < start {
            // The LF of a CR LF.
            continue;
        }
        push(start, at);
        start = at + 1 + usize::from(bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n'));
    }
    if start < bytes.len() {
        push(start, bytes.len());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<&str> {
        let document = Document::new(text);
        (0..document.units.len()).map(|n| document.unit_text(n)).collect()
    }

    #[test]
    fn every_terminator_ends_a_line() {
        let text = "a\r\nb\rc\n\n\u{a0}\nd";
        let document = Document::new(text);
        let back: String = (0..document.lines.len()).map(|n| &text[document.line_range(n)]).collect();
        assert_eq!(back, text);
        assert_eq!(document.lines.len(), 6);
        assert_eq!(units(text), ["a", "b", "c", "d"]);
        assert_eq!(split("").len(), 0);
        assert_eq!(split("\n").len(), 1);
    }

    #[test]
    fn code_and_front_matter_are_protected() {
        let text = "---\ntitle: x\ntags: [a]\n---\n\nText.\n\n```sh\nShare\n\nTweet\n```\nMore.\n~~~\nnever closed\n";
        let document = Document::new(text);
        let open: Vec<_> = document.units.iter().filter(|u| !u.protected).map(|u| &text[u.start..u.end]).collect();
        assert_eq!(open, ["Text.", "More.", "~~~", "never closed"]);
    }

    #[test]
    fn hard_wrapped_paragraphs_are_units_and_lists_are_not() {
        let wrapped = "The council met on Monday evening to talk about the old bridge over\n\
            the mill stream, which has been closed to traffic since the spring\n\
            floods took away two of its piers and left the third one leaning.\n\
            Nobody expected a quick decision.\n\n\
            After two hours of talk the members voted by nine to four to repair\n\
            it, at a cost that the engineer put at a little under two million\n\
            and that the treasurer called a hope rather than an estimate.\n\n\
            Read also: Mill stream to be dredged\n\n\
            The work begins in June, and until it is done the ferry will carry\n\
            people and bicycles across for nothing, as it did in the years when\n\
            there was no bridge at all.\n";
        assert_eq!(units(wrapped).len(), 4, "{:#?}", units(wrapped));
        let list = "Council votes to keep bridge\nFerry to run for free\nMill stream to be dredged\nSchool wins prize\n\
            New bakery opens on the square\nRain expected all week\nChoir looks for tenors\nLibrary opens on Sundays\n";
        assert_eq!(units(list).len(), 8);
    }
}
