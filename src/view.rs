//! The plain view: what rules see of a unit.
//!
//! The web writes one formula in a hundred ways: `Read also:`, `➤ **Read also :**`, `【Read also】`, with a no-break space, a
//! full-width colon, a typographic apostrophe. If every rule had to allow for that, no rule could be read. So it is handled once,
//! here: [`Walk`] passes over a unit and yields the characters that matter, with the place each of them came from.
//! Nothing of this ever reaches the output; the view exists to be matched.
//!
//! [`View`] keeps what the walk of one unit yields, as read and case-folded, in buffers that are used again for the next unit.

use std::ops::Range;

/// A unit of more bytes than this is prose: rules see the literals at its two ends, and nothing else.
pub(crate) const MAX_JUDGED: usize = 16 * 1024;

/// How far a Markdown link's text and address may reach; a bracket that is not closed by then is a bracket.
const MAX_LINK: usize = 600;

/// Case-folds one character to one character, so that a view and its folded twin have the same number of characters.
///
/// The few characters whose lower case is longer stay as they are, but for the dotted capital I of Turkish, which has to meet `i`.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    if c == 'İ' {
        return 'i';
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// Scripts that put no spaces between words: there, any two characters have a word edge between them.
pub(crate) fn has_no_word_spaces(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether the character takes two columns: Han, Kana, Hangul and full-width forms.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{303E}' | '\u{3041}'..='\u{33FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{20000}'..='\u{3FFFF}')
}

/// A character that takes part in words which have edges.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !has_no_word_spaces(c)
}

/// Characters that are there without being seen.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a line holds nothing that can be seen.
pub(crate) fn is_blank(line: &str) -> bool {
    // Nearly every line answers with its first byte.
    match line.as_bytes().first() {
        None => true,
        Some(b) if b.is_ascii_graphic() => false,
        Some(_) => line.chars().all(|c| c.is_whitespace() || is_invisible(c) || (c.is_control() && c != '\0')),
    }
}

/// What stands around a label without being part of it.
fn is_decoration(c: char) -> bool {
    match c {
        '#' | '*' | '>' | '_' | '|' | '~' | '+' | '=' | '-' | '`' => true,
        _ if c.is_ascii() => c.is_ascii_whitespace(),
        '\u{00B7}'
        | '\u{00BB}'
        | '\u{00A6}'
        | '\u{00B6}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2022}'
        | '\u{2023}'
        | '\u{203A}'
        | '\u{203B}'
        | '\u{2043}'
        | '\u{20E3}'
        | '\u{2190}'..='\u{21FF}'
        | '\u{2212}'
        | '\u{2219}'
        | '\u{22C5}'
        | '\u{23E9}'..='\u{23FA}'
        | '\u{2500}'..='\u{27BF}'
        | '\u{27F0}'..='\u{27FF}'
        | '\u{2900}'..='\u{297F}'
        | '\u{2B00}'..='\u{2BFF}'
        | '\u{30FB}'
        | '\u{FF5C}'
        | '\u{FF1E}'
        | '\u{1F000}'..='\u{1FAFF}' => true,
        _ => c.is_whitespace() || is_invisible(c),
    }
}

fn closing_bracket(open: char) -> Option<char> {
    Some(match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '【' => '】',
        '（' => '）',
        '［' => '］',
        '〔' => '〕',
        _ => return None,
    })
}

/// One form for the many of quotes, dashes and full-width characters.
fn unify(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    match c {
        '“' | '”' | '„' | '‟' | '″' | '＂' | '〝' | '〞' => '"',
        '‘' | '’' | '‚' | '‛' | '′' | '＇' | 'ʼ' | 'ʻ' | '`' | '´' => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => '-',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '∶' | '︰' | 'ː' => ':',
        _ => c,
    }
}

/// How long a unit can be for a rule, judged by its bytes alone, so that most paragraphs are refused unread.
///
/// A view is shorter than its unit by what it strips; a unit that would lose more than this allows for is long for every rule.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Length {
    least: usize,
}

impl Length {
    /// What the view may strip: white space, decoration, marks of mark-up.
    const STRIPPED: usize = 60;

    pub(crate) fn of(unit: &str) -> Length {
        let chars = if unit.len() <= Self::STRIPPED { 0 } else { unit.bytes().filter(|b| b & 0xC0 != 0x80).count() };
        // The address of a link goes too, and may be of any length.
        let has_link = chars > Self::STRIPPED && memchr::memmem::find(unit.as_bytes(), b"](").is_some();
        let strippable = if has_link { unit.len() / 2 } else { 0 } + Self::STRIPPED;
        Length { least: chars.saturating_sub(strippable) }
    }

    /// Whether the view may have no more than so many characters.
    pub(crate) fn may_fit(self, max_chars: u32) -> bool {
        self.least <= max_chars as usize
    }
}

/// The stretch of a unit that is left when decoration and enclosing brackets are stripped from both ends.
fn stripped(unit: &str) -> Range<usize> {
    let (mut start, mut end) = (0, unit.len());
    loop {
        let before = (start, end);
        for c in unit[start..end].chars() {
            if !is_decoration(c) {
                break;
            }
            start += c.len_utf8();
        }
        for (at, c) in unit[start..end].char_indices().rev() {
            // "C#" and "Disney+" are words.
            let attached = matches!(c, '#' | '+')
                && unit[start..start + at]
                    .chars()
                    .next_back()
                    .is_some_and(|p| p.is_alphanumeric() || matches!(p, '#' | '+'));
            if !is_decoration(c) || attached {
                break;
            }
            end = start + at;
        }
        let inner = &unit[start..end];
        if inner.len() <= MAX_JUDGED
            && let Some(open) = inner.chars().next()
            && let Some(close) = closing_bracket(open)
        {
            let body = inner.strip_suffix(['.', ':', '!']).unwrap_or(inner);
            // The bracket has to be closed by the last character, and by no earlier one.
            if body.find(close).is_some_and(|at| at + close.len_utf8() == body.len()) {
                start += open.len_utf8();
                end = start + (body.len() - open.len_utf8() - close.len_utf8());
            }
        }
        if (start, end) == before {
            return start..end;
        }
    }
}

/// `[text](address)` at the start of `rest`: where the text ends, and where the link does.
fn link(rest: &str) -> Option<(usize, usize)> {
    let bytes = &rest.as_bytes()[..rest.len().min(MAX_LINK)];
    let close = memchr::memmem::find(bytes, b"](")?;
    let end = close + memchr::memchr(b')', &bytes[close..])?;
    // A bracket opened on the way belongs to another link; white space means that this is no address.
    let fine = !bytes[1..close].contains(&b'[') && !bytes[close..end].contains(&b'\n');
    fine.then_some((close, end + 1))
}

/// ASCII characters that stand for themselves wherever they are. A full stop does too, and so does a space between two of them.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7F {
        plain[byte as usize] = !matches!(byte, b'*' | b'`' | b'_' | b'[' | b'!');
        byte += 1;
    }
    plain
};

/// Yields the characters of a unit's plain view, each with the byte offset in the unit that it came from.
#[derive(Debug, Clone)]
pub(crate) struct Walk<'u> {
    unit: &'u str,
    at: usize,
    end: usize,
    /// White space was passed and not yet yielded; it is dropped at both ends.
    space: Option<usize>,
    started: bool,
    after_word: bool,
    /// Full stops of an ellipsis that are still to come.
    dots: u8,
    /// Where the current link's text ends and where its address does.
    link: Option<(usize, usize)>,
}

impl<'u> Walk<'u> {
    pub(crate) fn new(unit: &'u str) -> Self {
        let range = stripped(unit);
        Walk {
            unit,
            at: range.start,
            end: range.end,
            space: None,
            started: false,
            after_word: false,
            dots: 0,
            link: None,
        }
    }

    /// Steps over the text ahead that is its own view, and returns it. Most of most units is; it is copied as a whole.
    fn plain_run(&mut self) -> &'u str {
        if self.dots > 0 || self.link.is_some() || self.space.is_some() {
            return "";
        }
        let bytes = &self.unit.as_bytes()[self.at..self.end];
        let is_plain = |at: usize| bytes.get(at).is_some_and(|b| PLAIN[usize::from(*b)]);
        let mut length = 0;
        while is_plain(length)
            || (bytes.get(length) == Some(&b' ') && self.started | (length > 0) && is_plain(length + 1))
        {
            length += 1;
        }
        let run = &self.unit[self.at..self.at + length];
        if let Some(last) = run.as_bytes().last() {
            self.started = true;
            self.after_word = last.is_ascii_alphanumeric();
            self.at += length;
        }
        run
    }

    fn peek(&self, at: usize) -> Option<char> {
        self.unit[at..self.end].chars().next()
    }

    /// Whether the character at the current place is a mark of mark-up and not text.
    fn is_markup(&self, c: char) -> bool {
        match c {
            '*' | '`' => true,
            '_' => !(self.after_word && self.peek(self.at + 1).is_some_and(char::is_alphanumeric)),
            '!' => {
                self.unit[self.at + 1..self.end].starts_with('[') && link(&self.unit[self.at + 1..self.end]).is_some()
            }
            _ => false,
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = (char, usize);

    fn next(&mut self) -> Option<(char, usize)> {
        if self.dots > 0 {
            self.dots -= 1;
            return Some(('.', self.at - '…'.len_utf8()));
        }
        loop {
            if let Some((close, after)) = self.link
                && self.at >= close
            {
                self.at = after.min(self.end);
                self.link = None;
            }
            let c = self.peek(self.at)?;
            let width = c.len_utf8();
            if c.is_ascii_alphanumeric() {
                // The common case, before all questions.
            } else if c.is_whitespace() {
                self.space.get_or_insert(self.at);
                self.at += width;
                continue;
            } else if is_invisible(c) || self.is_markup(c) {
                self.at += width;
                continue;
            } else if c == '['
                && self.link.is_none()
                && let Some((close, after)) = link(&self.unit[self.at..self.end])
            {
                self.link = Some((self.at + close, self.at + after));
                self.at += 1;
                continue;
            }
            if let Some(space) = self.space.take()
                && self.started
            {
                self.after_word = false;
                return Some((' ', space));
            }
            let from = self.at;
            self.started = true;
            self.after_word = c.is_alphanumeric();
            self.at += width;
            if c == '…' {
                self.dots = 2;
                return Some(('.', from));
            }
            return Some((unify(c), from));
        }
    }
}

/// The plain view of one unit and its case-folded twin, in buffers that live on.
#[derive(Debug, Default, Clone)]
pub(crate) struct View {
    /// As read, unified.
    pub(crate) plain: String,
    /// The same, case-folded: as many characters, not always as many bytes.
    pub(crate) folded: String,
}

impl View {
    /// Takes the view of another unit.
    pub(crate) fn set(&mut self, unit: &str) {
        self.plain.clear();
        self.folded.clear();
        let mut walk = Walk::new(unit);
        loop {
            let run = walk.plain_run();
            self.plain.push_str(run);
            self.folded.push_str(run);
            match walk.next() {
                Some((c, _)) => {
                    self.plain.push(c);
                    self.folded.push(fold(c));
                }
                None => break,
            }
        }
        self.folded.make_ascii_lowercase();
    }

    pub(crate) fn of(unit: &str) -> View {
        let mut view = View::default();
        view.set(unit);
        view
    }
}

/// What a literal of a rule file has to look like to be compared with folded views.
pub(crate) fn fold_literal(text: &str) -> String {
    View::of(text).folded
}

/// Where a stretch of a unit's plain view stands in the unit, in bytes of each.
pub(crate) fn source_range(unit: &str, plain: Range<usize>) -> Range<usize> {
    let (mut seen, mut start, mut end) = (0, None, unit.len());
    for (c, offset) in Walk::new(unit) {
        if seen >= plain.end {
            break;
        }
        if seen >= plain.start {
            start.get_or_insert(offset);
            end = offset + unit[offset..].chars().next().map_or(0, char::len_utf8);
        }
        seen += c.len_utf8();
    }
    start.unwrap_or(end)..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(unit: &str) -> String {
        View::of(unit).plain
    }

    #[test]
    fn the_many_forms_of_a_label_have_one_view() {
        for form in [
            "Read also: Rain ahead",
            "  Read\u{a0}also：\u{a0} Rain\tahead",
            "➤ Read also: Rain ahead »",
            "**Read also:** Rain ahead",
            "> _Read also:_ Rain ahead",
            "(Read also: Rain ahead)",
            "[ Read also: Rain ahead ].",
            "【Read\u{200b} also: Rain ahead】",
            "- [Read also: Rain ahead](https://example.org/a_b)",
            "🔥 Read also: [Rain](x) ahead →",
            "\u{feff}Read also: Ra\u{ad}in ahead",
        ] {
            assert_eq!(plain(form), "Read also: Rain ahead", "{form:?}");
        }
    }

    #[test]
    fn typography_is_unified_and_words_are_left_alone() {
        assert_eq!(plain("“It’s” – he said…"), "\"It's\" - he said...");
        assert_eq!(plain("snake_case stays, _this_ goes"), "snake_case stays, this goes");
        assert_eq!(plain("Learn C# or C++"), "Learn C# or C++");
        assert_eq!(plain("(AP) Rain (heavy)"), "(AP) Rain (heavy)");
        assert_eq!(plain("(a) first"), "(a) first");
        assert_eq!(plain("an [editor's] note (see below)"), "an [editor's] note (see below)");
        assert_eq!(plain("＋１２ ％"), "+12 %");
        assert_eq!(plain("— * —"), "");
    }

    #[test]
    fn copied_runs_are_what_the_walk_yields() {
        for unit in [
            "Plain text, as it is. With  two spaces and [a link](https://example.org) in it!",
            "a_b _c_ *d* `e` [f] ![g](h) … “i” — j",
            " lead [x](y)z  [q] tail ",
            "",
            "Überschrift  mit\u{a0}allem! [",
        ] {
            let walked: String = Walk::new(unit).map(|(c, _)| c).collect();
            let view = View::of(unit);
            assert_eq!(view.plain, walked);
            assert_eq!(view.folded, walked.chars().map(fold).collect::<String>());
        }
    }

    #[test]
    fn folding_keeps_the_number_of_characters() {
        let view = View::of("İSTANBUL Straße ΣΑΣ ẞ");
        assert_eq!(view.plain.chars().count(), view.folded.chars().count());
        assert!(view.folded.starts_with("istanbul straße"));
    }

    #[test]
    fn ranges_of_the_view_lead_back_to_the_source() {
        let unit = "  “Well…”  [Follow her](https://example.org) on X.";
        let view = View::of(unit);
        let at = view.plain.find("Follow her on").expect("the view has the text");
        let range = source_range(unit, at..at + "Follow her on".len());
        assert_eq!(&unit[range], "Follow her](https://example.org) on");
        assert_eq!(source_range(unit, 0..view.plain.len()).end, unit.len());
    }

    #[test]
    fn blank_means_nothing_to_see() {
        assert!(is_blank("") && is_blank("\u{a0}\u{200b} \t") && is_blank("\u{feff}"));
        assert!(!is_blank("-") && !is_blank("\u{a0}x") && !is_blank("\0"));
    }
}
