//! Character classes: which characters a position of a pattern accepts.
//!
//! A class such as `\p{L}` holds some 130,000 characters in some 650 ranges.
//! Spelled out as a byte automaton it needs thousands of states; kept as a
//! sorted table of ranges it needs one binary search. Most text is ASCII, so
//! the ASCII half is a 128-bit map and costs one byte load.
//!
//! Classes repeat from pattern to pattern, so they are interned: the
//! [`ClassPool`] keeps one copy of each while patterns are compiled, and is then
//! written out as one flat table that [`Classes`] reads in place.
//!
//! Layout of the table, all numbers little endian:
//!
//! | bytes         | content                                                    |
//! |---------------|------------------------------------------------------------|
//! | 4             | number of classes, `n`                                     |
//! | 24 × `n`      | 16 bytes of ASCII bitmap, first range (u32), ranges (u32)  |
//! | 8 × ranges    | first and last character of a non-ASCII range (u32, u32)   |

use std::collections::HashMap;

/// Bytes before the first class entry.
const HEAD: usize = 4;
/// Bytes of one class entry.
const ENTRY: usize = 24;
/// Bytes of one range.
const RANGE: usize = 8;

/// One class while patterns are being compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CharClass {
    ascii: u128,
    /// Sorted, non-overlapping, none below U+0080.
    ranges: Vec<(u32, u32)>,
}

impl CharClass {
    /// Builds a class from ranges, both ends included, in any order.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (char, char)>) -> Self {
        let mut class = Self::default();
        for (first, last) in ranges {
            let (first, last) = (u32::from(first), u32::from(last));
            for ascii in first..=last.min(0x7F) {
                class.ascii |= 1 << ascii;
            }
            if last >= 0x80 {
                class.ranges.push((first.max(0x80), last));
            }
        }
        class.ranges.sort_unstable();
        class.ranges.dedup_by(|next, kept| {
            let touches = next.0 <= kept.1.saturating_add(1);
            if touches {
                kept.1 = kept.1.max(next.1);
            }
            touches
        });
        class
    }
}

/// The distinct classes of all patterns compiled so far.
#[derive(Clone, Debug, Default)]
pub struct ClassPool {
    classes: Vec<CharClass>,
    index: HashMap<CharClass, u32>,
}

impl ClassPool {
    /// The ASCII characters of a class, as bits, and whether it has any other.
    pub fn summary(&self, index: u32) -> (u128, bool) {
        self.classes.get(index as usize).map_or((u128::MAX, true), |class| (class.ascii, !class.ranges.is_empty()))
    }

    /// Returns the index of `class`, adding it if it is new.
    pub fn intern(&mut self, class: CharClass) -> u32 {
        if let Some(&known) = self.index.get(&class) {
            return known;
        }
        let index = number(self.classes.len());
        self.classes.push(class.clone());
        self.index.insert(class, index);
        index
    }

    /// Writes the table that [`Classes::new`] reads.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(number(self.classes.len()).to_le_bytes());
        let mut first_range = 0;
        for class in &self.classes {
            out.extend(class.ascii.to_le_bytes());
            out.extend(number(first_range).to_le_bytes());
            out.extend(number(class.ranges.len()).to_le_bytes());
            first_range += class.ranges.len();
        }
        for &(first, last) in self.classes.iter().flat_map(|class| &class.ranges) {
            out.extend(first.to_le_bytes());
            out.extend(last.to_le_bytes());
        }
        out
    }
}

/// A table of this size (four thousand million classes) cannot be reached: a
/// program holds at most 20,000 instructions and a class has < 1,000 ranges.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The encoded class table, read in place.
///
/// Creating one costs two bounds checks. A table that was cut short or damaged
/// makes [`contains`](Self::contains) answer `false`; it never panics.
#[derive(Clone, Copy, Debug)]
pub struct Classes<'a> {
    entries: &'a [u8],
    ranges: &'a [u8],
}

impl<'a> Classes<'a> {
    /// Wraps a table written by [`ClassPool::encode`].
    pub fn new(table: &'a [u8]) -> Self {
        let parts = || {
            let count = read_u32(table, 0)? as usize;
            let (head, ranges) = table.split_at_checked(count.checked_mul(ENTRY)?.checked_add(HEAD)?)?;
            Some((head.get(HEAD..)?, ranges))
        };
        let (entries, ranges) = parts().unwrap_or_default();
        Self { entries, ranges }
    }

    /// Whether class `index` contains `c`: one byte load for ASCII, otherwise a
    /// binary search over the ranges of the class.
    #[inline]
    pub fn contains(&self, index: u32, c: char) -> bool {
        let entry = index as usize * ENTRY;
        let c = u32::from(c);
        if c < 0x80 {
            let byte = self.entries.get(entry + (c >> 3) as usize);
            return byte.is_some_and(|byte| byte >> (c & 7) & 1 == 1);
        }
        self.ranges_of(entry).is_some_and(|ranges| search(ranges, c))
    }

    /// The bytes of the non-ASCII ranges of the class at byte `entry`.
    fn ranges_of(&self, entry: usize) -> Option<&'a [u8]> {
        let first = read_u32(self.entries, entry + 16)? as usize * RANGE;
        let len = read_u32(self.entries, entry + 20)? as usize * RANGE;
        self.ranges.get(first..first.checked_add(len)?)
    }
}

/// Binary search for `c` in sorted encoded ranges.
fn search(ranges: &[u8], c: u32) -> bool {
    let (mut low, mut high) = (0, ranges.len() / RANGE);
    while low < high {
        let middle = low + (high - low) / 2;
        let at = middle * RANGE;
        let (Some(first), Some(last)) = (read_u32(ranges, at), read_u32(ranges, at + 4)) else {
            return false;
        };
        if c < first {
            high = middle;
        } else if c > last {
            low = middle + 1;
        } else {
            return true;
        }
    }
    false
}

#[inline]
fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*four))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_classes_answer_like_their_ranges() {
        let sets: [&[(char, char)]; 4] = [
            &[('a', 'f'), ('0', '9')],
            &[('é', 'é'), ('x', 'ß'), ('漢', '漢'), ('\u{10000}', '\u{10FFFF}')],
            &[],
            &[('\0', '\u{10FFFF}')],
        ];
        let mut pool = ClassPool::default();
        for ranges in sets {
            pool.intern(CharClass::from_ranges(ranges.iter().copied()));
        }
        let table = pool.encode();
        let classes = Classes::new(&table);
        let probes = "\0 /09:@afgxyz\u{7f}\u{80}ßàéê漢漣\u{ffff}\u{10000}\u{10ffff}";
        for (index, ranges) in sets.iter().enumerate() {
            for c in probes.chars() {
                let expected = ranges.iter().any(|&(first, last)| first <= c && c <= last);
                assert_eq!(classes.contains(index as u32, c), expected, "{index} {c:?}");
            }
        }
    }

    #[test]
    fn equal_classes_share_an_index() {
        let mut pool = ClassPool::default();
        let first = pool.intern(CharClass::from_ranges([('a', 'c'), ('é', 'é')]));
        let other = pool.intern(CharClass::from_ranges([('a', 'd')]));
        let again = pool.intern(CharClass::from_ranges([('é', 'é'), ('b', 'c'), ('a', 'a')]));
        assert_eq!((first, other, again, pool.classes.len()), (0, 1, 0, 2));
    }

    #[test]
    fn damaged_tables_contain_nothing() {
        let mut pool = ClassPool::default();
        pool.intern(CharClass::from_ranges([('a', 'z'), ('é', 'ü')]));
        let table = pool.encode();
        for cut in 0..table.len() {
            let classes = Classes::new(&table[..cut]);
            assert!(!classes.contains(0, 'é') && !classes.contains(9, 'a'));
        }
        assert!(!Classes::new(&[0xFF; 64]).contains(u32::MAX, 'é'));
        assert!(!Classes::new(&[1; 64]).contains(0, 'é'));
    }
}
