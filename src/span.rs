//! Span rules: noise inside a line that is otherwise article.
//!
//! A page whose paragraphs came out glued together cannot be cleaned line by line. Span rules look at single sentences and cut out
//! exactly the bytes of their pattern's `cut` group; everything around them stays byte for byte.

use std::ops::Range;

use crate::document::Document;
use crate::matching::Hit;
use crate::matching::test::Bench;
use crate::pattern;
use crate::rules::record::Matcher;
use crate::ruleset::RuleSet;
use crate::view::{Length, View, has_no_word_spaces, source_range};

/// A stretch of the document that a span rule cuts out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpanCut {
    pub(crate) unit: u32,
    pub(crate) rule: u32,
    pub(crate) range: Range<usize>,
}

/// Cuts of one rule in one unit.
pub(crate) fn cuts(document: &Document<'_>, rules: &RuleSet, hit: Hit, bench: &mut Bench) -> Vec<SpanCut> {
    let (Some(segment), Some(record)) = (rules.segment(hit.rule), rules.record(hit.rule)) else { return Vec::new() };
    let Some(Matcher::Search(programs)) = record.test.matchers.first() else { return Vec::new() };
    let longest = record.test.shape.chars.map_or(0, |(_, max)| max);
    let text = document.unit_text(hit.unit as usize);
    let mut found = Vec::new();
    let mut view = View::default();
    for sentence in sentences(text).into_iter().filter(|s| Length::of(&text[s.clone()]).may_fit(longest)) {
        let source = &text[sentence.clone()];
        view.set(source);
        let cut = programs
            .iter()
            .find_map(|p| pattern::find_cut(segment.program(*p), segment.classes(), &view.plain, bench.patterns()));
        if let Some((_, cut)) = cut
            && !cut.is_empty()
        {
            let base = document.units[hit.unit as usize].start + sentence.start;
            // A sentence that goes as a whole takes the space after it along.
            let range = if cut == (0..view.plain.len()) { 0..source.len() } else { source_range(source, cut) };
            found.push(SpanCut { unit: hit.unit, rule: hit.rule, range: base + range.start..base + range.end });
        }
    }
    found
}

/// The sentences of a unit, with the white space that follows them; together they are the unit.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        if !matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।' | '۔') {
            continue;
        }
        let closers = |c: char| {
            matches!(
                c,
                '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』' | '.' | '!' | '?' | '…' | '。' | '！' | '？'
            )
        };
        while chars.next_if(|(_, c)| closers(*c)).is_some() {}
        let mut spaced = false;
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {
            spaced = true;
        }
        if let Some((at, next)) = chars.peek().copied()
            && (spaced || has_no_word_spaces(next))
        {
            found.push(start..at);
            start = at;
        }
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_cover_the_unit() {
        let text = "It rained. “Really?” he asked… Yes.  桥将开放。明天见。 End";
        let all = sentences(text);
        assert_eq!(all.iter().map(|r| &text[r.clone()]).collect::<String>(), text);
        let texts: Vec<_> = all.iter().map(|r| text[r.clone()].trim()).collect();
        assert_eq!(texts, ["It rained.", "“Really?”", "he asked…", "Yes.", "桥将开放。", "明天见。", "End"]);
    }
}
