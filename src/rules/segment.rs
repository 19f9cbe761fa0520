//! A compiled set of packs: one run of bytes, read in place.
//!
//! The default packs are compiled by the build script and lie in the binary; a user's packs are compiled when they are loaded. Both
//! give the same bytes, so there is one reader. Opening a segment decodes a table of section bounds and three automaton headers,
//! nothing that grows with the number of rules; a rule's record is decoded when one of its triggers is first hit.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::index::Index;
use super::record::{Card, Record};
use crate::pattern::{Classes, Program};

/// The parts of a segment, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Part {
    /// `pack/id` → rule number.
    Ids,
    Cards,
    RecordEnds,
    Records,
    PhraseEnds,
    Phrases,
    ProgramEnds,
    Programs,
    Classes,
    HeadSieve,
    HeadMap,
    HeadPostings,
    TailSieve,
    TailMap,
    TailPostings,
    InsideSieve,
    InsideMap,
    InsidePostings,
    SpanSieve,
    SpanMap,
    SpanPostings,
    /// Rules that no phrase triggers.
    Open,
    /// Rules about a place, with nothing to look up.
    Corners,
    /// Lists by name, for packs that are compiled later and name them.
    Lists,
    /// Numbers about the whole.
    Facts,
}

const PARTS: usize = Part::Facts as usize + 1;
const MAGIC: &[u8; 8] = b"dechaff1";

/// Writes a segment from its parts.
pub(crate) fn write(parts: &[Vec<u8>; PARTS]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    let mut end = MAGIC.len() + 4 * PARTS;
    for part in parts {
        end += part.len();
        bytes.extend((end as u32).to_le_bytes());
    }
    for part in parts {
        bytes.extend(part);
    }
    bytes
}

/// An empty set of parts, to be filled.
pub(crate) fn parts() -> [Vec<u8>; PARTS] {
    std::array::from_fn(|_| Vec::new())
}

#[derive(Clone)]
enum Blob {
    Static(&'static [u8]),
    Shared(Arc<Vec<u8>>),
}

impl Blob {
    fn bytes(&self) -> &[u8] {
        match self {
            Blob::Static(bytes) => bytes,
            Blob::Shared(bytes) => bytes,
        }
    }
}

/// A part of a segment's bytes that can be handed on without a lifetime.
#[derive(Clone)]
pub(crate) struct Section {
    blob: Blob,
    range: Range<usize>,
}

impl AsRef<[u8]> for Section {
    fn as_ref(&self) -> &[u8] {
        &self.blob.bytes()[self.range.clone()]
    }
}

type Map = fst::raw::Fst<Section>;

/// A rule that is looked at for every unit of the right size and first character.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    pub(crate) rule: u32,
    pub(crate) max_chars: u32,
    /// ASCII characters that the view may begin with.
    pub(crate) first: u128,
    /// Whether it may begin with any other.
    pub(crate) other: bool,
}

impl Open {
    pub(crate) const BYTES: usize = 28;

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.rule.to_le_bytes().to_vec();
        bytes.extend(self.max_chars.to_le_bytes());
        bytes.extend(u32::from(self.other).to_le_bytes());
        bytes.extend(self.first.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Open {
        let mut first = [0; 16];
        first.copy_from_slice(&bytes[12..28]);
        Open {
            rule: word(bytes, 0),
            max_chars: word(bytes, 1),
            other: word(bytes, 2) != 0,
            first: u128::from_le_bytes(first),
        }
    }

    fn admits(&self, first: u8) -> bool {
        if first < 0x80 { self.first >> first & 1 == 1 } else { self.other }
    }

    /// Whether a unit that begins with this folded character may be meant.
    pub(crate) fn admits_char(&self, first: Option<char>) -> bool {
        self.admits(first.filter(char::is_ascii).map_or(0x80, |c| c as u8))
    }
}

/// A rule with nothing to look up that is about a certain place: only the units that stand there are asked. Zero is no condition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corner {
    pub(crate) gate: Open,
    pub(crate) first_units: u32,
    pub(crate) last_units: u32,
    pub(crate) after_percent: u32,
}

impl Corner {
    pub(crate) const BYTES: usize = Open::BYTES + 12;

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.gate.to_bytes();
        for number in [self.first_units, self.last_units, self.after_percent] {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Corner {
        let number = |at| word(&bytes[Open::BYTES..], at);
        Corner {
            gate: Open::from_bytes(bytes),
            first_units: number(0),
            last_units: number(1),
            after_percent: number(2),
        }
    }
}

/// The phrases of one matcher, folded and sorted, read in place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrases<'a>(&'a [u8]);

impl<'a> Phrases<'a> {
    pub(crate) fn encode(phrases: &[String]) -> Vec<u8> {
        let mut bytes = (phrases.len() as u32).to_le_bytes().to_vec();
        let mut end = 0;
        for phrase in phrases {
            end += phrase.len();
            bytes.extend((end as u32).to_le_bytes());
        }
        bytes.extend(phrases.iter().flat_map(|p| p.bytes()));
        bytes
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let count = word(self.0, 0) as usize;
        let text = self.0.get(4 + 4 * count..).unwrap_or_default();
        let bound = move |n: usize| if n == 0 { 0 } else { word(self.0, n) as usize };
        (0..count).map(move |n| text.get(bound(n)..bound(n + 1)).unwrap_or_default())
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(4 * at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b))
}

/// Why bytes are not a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed(&'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "compiled rules are damaged: {}", self.0)
    }
}

/// An opened segment.
pub(crate) struct Segment {
    blob: Blob,
    ends: [usize; PARTS],
    ids: Map,
    heads: Map,
    tails: Map,
    inside: Map,
    spans: Map,
    /// Open rules by first character, ASCII and then all others, and by falling length.
    open: Vec<Vec<Open>>,
    records: Vec<OnceLock<Option<Box<Record>>>>,
    /// Longer units hold no phrase that a rule looks for inside.
    pub(crate) inside_chars: u32,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("rules", &self.len())
            .field("bytes", &self.blob.bytes().len())
            .finish_non_exhaustive()
    }
}

impl Segment {
    /// Opens compiled packs that lie in the binary.
    pub(crate) fn from_static(bytes: &'static [u8]) -> Result<Segment, Malformed> {
        Segment::open(Blob::Static(bytes))
    }

    /// Opens packs that were compiled just now.
    pub(crate) fn from_vec(bytes: Vec<u8>) -> Result<Segment, Malformed> {
        Segment::open(Blob::Shared(Arc::new(bytes)))
    }

    fn open(blob: Blob) -> Result<Segment, Malformed> {
        let bytes = blob.bytes();
        let table = bytes.strip_prefix(MAGIC).ok_or(Malformed("no signature"))?;
        let ends: [usize; PARTS] = std::array::from_fn(|n| word(table, n) as usize);
        let sorted = ends.is_sorted() && ends[0] >= MAGIC.len() + 4 * PARTS && ends[PARTS - 1] == bytes.len();
        if !sorted {
            return Err(Malformed("section bounds"));
        }
        let map = |part: Part| {
            let section = Section { blob: blob.clone(), range: range(&ends, part) };
            Map::new(section).map_err(|_| Malformed("automaton"))
        };
        let (ids, heads, tails) = (map(Part::Ids)?, map(Part::HeadMap)?, map(Part::TailMap)?);
        let (inside, spans) = (map(Part::InsideMap)?, map(Part::SpanMap)?);
        let mut all: Vec<_> = bytes[range(&ends, Part::Open)].chunks_exact(Open::BYTES).map(Open::from_bytes).collect();
        all.sort_by_key(|open| std::cmp::Reverse(open.max_chars));
        let open = (0..=0x80).map(|first| all.iter().copied().filter(|open| open.admits(first)).collect()).collect();
        let rules = range(&ends, Part::Cards).len() / 4;
        let inside_chars = word(&bytes[range(&ends, Part::Facts)], 0);
        let records = (0..rules).map(|_| OnceLock::new()).collect();
        Ok(Segment { ends, ids, heads, tails, inside, spans, open, records, inside_chars, blob })
    }

    fn part(&self, part: Part) -> &[u8] {
        &self.blob.bytes()[range(&self.ends, part)]
    }

    /// One entry of a pool whose ends stand in `ends`.
    fn entry(&self, ends: Part, pool: Part, at: u32) -> &[u8] {
        let at = at as usize;
        let ends = self.part(ends);
        let start = if at == 0 { 0 } else { word(ends, at - 1) as usize };
        self.part(pool).get(start..word(ends, at) as usize).unwrap_or_default()
    }

    /// Number of rules.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn card(&self, rule: u32) -> Option<Card> {
        Card::from_bytes(*self.part(Part::Cards).get(4 * rule as usize..)?.first_chunk()?)
    }

    /// Every rule's card, in order.
    pub(crate) fn cards(&self) -> impl Iterator<Item = Option<Card>> + '_ {
        self.part(Part::Cards).chunks_exact(4).map(|b| Card::from_bytes([b[0], b[1], b[2], b[3]]))
    }

    /// A rule's record, decoded on first use.
    pub(crate) fn record(&self, rule: u32) -> Option<&Record> {
        let decode = || postcard::from_bytes(self.entry(Part::RecordEnds, Part::Records, rule)).ok().map(Box::new);
        self.records.get(rule as usize)?.get_or_init(decode).as_deref()
    }

    pub(crate) fn phrases(&self, at: u32) -> Phrases<'_> {
        Phrases(self.entry(Part::PhraseEnds, Part::Phrases, at))
    }

    pub(crate) fn program(&self, at: u32) -> Program<'_> {
        Program::new(self.entry(Part::ProgramEnds, Part::Programs, at))
    }

    pub(crate) fn classes(&self) -> Classes<'_> {
        Classes::new(self.part(Part::Classes))
    }

    pub(crate) fn heads(&self) -> Index<'_, Section> {
        Index::new(self.part(Part::HeadSieve), &self.heads, self.part(Part::HeadPostings))
    }

    pub(crate) fn tails(&self) -> Index<'_, Section> {
        Index::new(self.part(Part::TailSieve), &self.tails, self.part(Part::TailPostings))
    }

    pub(crate) fn inside(&self) -> Index<'_, Section> {
        Index::new(self.part(Part::InsideSieve), &self.inside, self.part(Part::InsidePostings))
    }

    /// Phrases of span rules; `None` if there are no such rules.
    pub(crate) fn spans(&self) -> Option<Index<'_, Section>> {
        let index = Index::new(self.part(Part::SpanSieve), &self.spans, self.part(Part::SpanPostings));
        (!self.spans.is_empty()).then_some(index)
    }

    /// Rules about a place.
    pub(crate) fn corners(&self) -> impl Iterator<Item = Corner> + '_ {
        self.part(Part::Corners).chunks_exact(Corner::BYTES).map(Corner::from_bytes)
    }

    /// Open rules for units that begin with this character, those for the longest units first.
    pub(crate) fn open_rules(&self, first: Option<char>) -> impl Iterator<Item = &Open> {
        let place = first.filter(char::is_ascii).map_or(0x80, |c| c as usize);
        self.open[place].iter()
    }

    /// Every `(pack/id, rule number)`, by id.
    pub(crate) fn ids(&self) -> Vec<(String, u32)> {
        use fst::Streamer;
        let mut stream = self.ids.stream();
        let mut ids = Vec::new();
        while let Some((id, rule)) = stream.next() {
            ids.push((String::from_utf8_lossy(id).into_owned(), rule.value() as u32));
        }
        ids
    }

    /// Lists by name with their folded phrases.
    pub(crate) fn lists(&self) -> Vec<(String, Vec<String>)> {
        postcard::from_bytes(self.part(Part::Lists)).unwrap_or_default()
    }

    /// A hash over everything that decides what the rules do.
    pub(crate) fn fingerprint(&self) -> u64 {
        fnv(self.blob.bytes())
    }
}

fn range(ends: &[usize; PARTS], part: Part) -> Range<usize> {
    let at = part as usize;
    let start = if at == 0 { MAGIC.len() + 4 * PARTS } else { ends[at - 1] };
    start..ends[at]
}

/// FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>. Stable across platforms and versions, which the standard library's
/// hashers do not promise.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_come_back_as_they_went_in() {
        let phrases = ["", "by", "lesen sie auch"].map(String::from);
        let bytes = Phrases::encode(&phrases);
        let back: Vec<_> = Phrases(&bytes).iter().map(|p| String::from_utf8_lossy(p).into_owned()).collect();
        assert_eq!(back, phrases);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        assert!(Segment::from_vec(b"something else".to_vec()).is_err());
        assert!(Segment::from_vec(write(&parts())).is_err(), "no automaton in it");
    }
}
