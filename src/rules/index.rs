//! Phrase indexes: which rules could a text with these characters concern?
//!
//! An index is a minimal automaton (a finite-state transducer of the `fst` crate) over case-folded phrases; its values lead to
//! postings, the rules that want the phrase and how. It is built once, at build time for the default packs, and read in place, so
//! that ten thousand phrases cost a start-up nothing.
//!
//! Before the automaton stands a [`Sieve`]: one bit for each hash of a phrase's first four bytes. Running text dies there, at the
//! price of a table look-up, which is what makes lines of prose nearly free.

use std::collections::BTreeMap;

/// How a posting's rule wants its phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Want {
    /// The view is the phrase.
    Whole,
    /// The view begins with the phrase, at a word edge.
    Start,
    /// The view ends with the phrase, at a word edge.
    End,
    /// The phrase occurs, at word edges.
    Inside,
    /// The phrase is what a pattern needs to match at all: no edges asked.
    Literal,
    /// As `Whole`, `Start` and `Literal`, but the rule is about a unit nearby, which this one bears out.
    NearWhole,
    NearStart,
    NearLiteral,
}

impl Want {
    const ALL: [Want; 8] = [
        Want::Whole,
        Want::Start,
        Want::End,
        Want::Inside,
        Want::Literal,
        Want::NearWhole,
        Want::NearStart,
        Want::NearLiteral,
    ];

    /// The same wish, as one of a witness.
    pub(crate) fn near(self) -> Want {
        match self {
            Want::Whole => Want::NearWhole,
            Want::Start => Want::NearStart,
            _ => Want::NearLiteral,
        }
    }

    pub(crate) fn is_near(self) -> bool {
        matches!(self, Want::NearWhole | Want::NearStart | Want::NearLiteral)
    }
}

/// A rule that a phrase is a trigger of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Posting {
    pub(crate) rule: u32,
    pub(crate) want: Want,
}

impl Posting {
    fn to_u32(self) -> u32 {
        self.rule << 3 | self.want as u32
    }

    fn from_u32(bits: u32) -> Posting {
        Posting { rule: bits >> 3, want: Want::ALL[((bits & 7) as usize).min(Want::ALL.len() - 1)] }
    }
}

/// Collects phrases and writes the index.
#[derive(Debug, Default)]
pub(crate) struct IndexBuilder {
    phrases: BTreeMap<Vec<u8>, Vec<Posting>>,
}

impl IndexBuilder {
    pub(crate) fn add(&mut self, phrase: &[u8], posting: Posting) {
        let postings = self.phrases.entry(phrase.to_vec()).or_default();
        if !postings.contains(&posting) {
            postings.push(posting);
        }
    }

    /// The sieve, the automaton and the postings, as bytes.
    pub(crate) fn build(self) -> [Vec<u8>; 3] {
        let mut sieve = vec![0u8; Sieve::BYTES];
        let mut postings = Vec::new();
        let mut map = fst::MapBuilder::memory();
        for (phrase, list) in self.phrases {
            Sieve::admit(&mut sieve, &phrase);
            let inserted = map.insert(&phrase, postings.len() as u64);
            debug_assert!(inserted.is_ok(), "keys of a BTreeMap come sorted and once");
            postings.extend((list.len() as u32).to_le_bytes());
            postings.extend(list.iter().flat_map(|p| p.to_u32().to_le_bytes()));
        }
        let map = map.into_inner().unwrap_or_default();
        [sieve, map, postings]
    }
}

/// An index, read in place.
pub(crate) struct Index<'a, D> {
    sieve: Sieve<'a>,
    map: &'a fst::raw::Fst<D>,
    postings: &'a [u8],
}

impl<'a, D: AsRef<[u8]>> Index<'a, D> {
    pub(crate) fn new(sieve: &'a [u8], map: &'a fst::raw::Fst<D>, postings: &'a [u8]) -> Self {
        Index { sieve: Sieve(sieve), map, postings }
    }

    /// Whether any phrase can begin like this; `text` may be longer than the phrase.
    pub(crate) fn admits(&self, text: &[u8]) -> bool {
        self.sieve.admits(text)
    }

    /// Calls `found(end, posting)` for every phrase that `text` begins with; `end` is the phrase's length in bytes.
    pub(crate) fn walk(&self, text: impl IntoIterator<Item = u8>, mut found: impl FnMut(usize, Posting)) {
        let mut node = self.map.root();
        let mut value = 0u64;
        for (at, byte) in text.into_iter().enumerate() {
            let Some(next) = node.find_input(byte) else { return };
            let transition = node.transition(next);
            value += transition.out.value();
            node = self.map.node(transition.addr);
            if node.is_final() {
                let list = (value + node.final_output().value()) as usize;
                for posting in self.postings_at(list) {
                    found(at + 1, posting);
                }
            }
        }
    }

    fn postings_at(&self, at: usize) -> impl Iterator<Item = Posting> + 'a {
        let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |b| u32::from_le_bytes(*b));
        let count = self.postings.get(at..).map_or(0, word) as usize;
        let list = self.postings.get(at + 4..at + 4 + 4 * count).unwrap_or_default();
        list.chunks_exact(4).map(move |b| Posting::from_u32(word(b)))
    }
}

/// A bit for every hash of four first bytes; phrases that have fewer have theirs among three or two.
#[derive(Debug, Clone, Copy)]
struct Sieve<'a>(&'a [u8]);

impl Sieve<'_> {
    /// Bits in each of the three parts, as a power of two.
    const PAIRS: u32 = 16;
    const TRIPLES: u32 = 15;
    const QUADS: u32 = 18;
    /// Where the parts start, in bits.
    const TRIPLES_AT: usize = 1 << Self::PAIRS;
    const QUADS_AT: usize = Self::TRIPLES_AT + (1 << Self::TRIPLES);
    const BYTES: usize = (Self::QUADS_AT + (1 << Self::QUADS)) / 8;

    fn pair(bytes: &[u8]) -> usize {
        usize::from(bytes[0]) << 8 | usize::from(bytes[1])
    }

    fn triple(bytes: &[u8]) -> usize {
        let word = u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16;
        Self::TRIPLES_AT + (word.wrapping_mul(0x9E37_79B1) >> (32 - Self::TRIPLES)) as usize
    }

    fn quad(bytes: [u8; 4]) -> usize {
        Self::QUADS_AT + (u32::from_le_bytes(bytes).wrapping_mul(0x9E37_79B1) >> (32 - Self::QUADS)) as usize
    }

    fn admit(bits: &mut [u8], phrase: &[u8]) {
        let mut set = |bit: usize| bits[bit / 8] |= 1 << (bit % 8);
        match phrase {
            [] => {}
            [one] => (0..=255).for_each(|second| set(Self::pair(&[*one, second]))),
            [_, _] => set(Self::pair(phrase)),
            [_, _, _] => set(Self::triple(phrase)),
            [a, b, c, d, ..] => set(Self::quad([*a, *b, *c, *d])),
        }
    }

    fn admits(&self, text: &[u8]) -> bool {
        let is_set = |bit: usize| self.0.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
        match text {
            [] => false,
            [one] => is_set(Self::pair(&[*one, 0])),
            [_, _] => is_set(Self::pair(text)),
            [_, _, _] => is_set(Self::triple(text)) || is_set(Self::pair(text)),
            [a, b, c, d, ..] => {
                is_set(Self::quad([*a, *b, *c, *d])) || is_set(Self::triple(text)) || is_set(Self::pair(text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_found_however_short_and_nested() {
        let phrases = ["by", "by the", "read also", "read", "x", "图", "图片"];
        let mut builder = IndexBuilder::default();
        for (rule, phrase) in phrases.iter().enumerate() {
            builder.add(phrase.as_bytes(), Posting { rule: rule as u32, want: Want::Start });
        }
        let [sieve, map, postings] = builder.build();
        let map = fst::raw::Fst::new(map.as_slice()).expect("own bytes");
        let index = Index::new(&sieve, &map, &postings);
        let found = |text: &str| {
            let mut found = Vec::new();
            if index.admits(text.as_bytes()) {
                index.walk(text.bytes(), |end, posting| found.push((end, posting.rule)));
            }
            found
        };
        assert_eq!(found("by the council"), [(2, 0), (6, 1)]);
        assert_eq!(found("read also: rain"), [(4, 3), (9, 2)]);
        assert_eq!(found("x"), [(1, 4)]);
        assert_eq!(found("xy"), [(1, 4)]);
        assert_eq!(found("图片"), [(3, 5), (6, 6)]);
        assert_eq!(found("the council"), []);
    }
}
