//! Programs: what a pattern becomes, and the compiler that gets it there.
//!
//! A program is a list of instructions over *characters*. A thread of the
//! machine in [`super::vm`] starts at instruction 0; `Char` and `Class` consume
//! one character and go on to the next instruction, the others consume nothing.
//! So `ab*c` becomes
//!
//! ```text
//! 0  Char a
//! 1  Split 2, 4      try 2 first: `*` is greedy
//! 2  Char b
//! 3  Jump 1
//! 4  Char c
//! 5  Match
//! ```
//!
//! Counted repetition is unrolled: `a{2,3}` is `a a (a)?`.
//!
//! The program is stored in the form it runs from, so loading one costs
//! nothing. All numbers are little endian:
//!
//! | bytes  | content                                                          |
//! |--------|------------------------------------------------------------------|
//! | 1      | format version                                                   |
//! | 1      | flags: 1 = there is a `cut` group                                |
//! | 1      | length of the literal prefix in bytes                            |
//! | 1      | an ASCII mark (or any digit) that every match holds; 0 = unknown |
//! | 2      | first instruction after the literal prefix                       |
//! | 2      | number of instructions, `n`                                      |
//! | 4, 4   | shortest and longest match in bytes (longest: `u32::MAX` = any)  |
//! | 16     | bitmap of the ASCII characters a match may start with            |
//! | 8      | bitmap of the lead bytes of other characters, from 0xC0 on       |
//! | 2, 2   | number of starts; unused                                         |
//! | 8 × n  | instructions                                                     |
//! | …      | the literal prefix                                               |
//! | 24 × … | starts: an instruction that reads the first character, whether   |
//! |        | it reads any beyond ASCII, and the bitmap of those in ASCII      |

use std::ops::{Range, RangeInclusive};

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use super::class::{CharClass, ClassPool};
use super::literals;
use super::{CUT, PatternError};

/// Most instructions a program may have. Matching costs up to this many steps
/// per character, so the cap also bounds the cost of a careless pattern.
pub const MAX_INSTRUCTIONS: usize = 20_000;
/// Longest literal prefix that is recorded, in bytes.
const MAX_PREFIX: usize = 64;
const VERSION: u8 = 2;
const HEADER: usize = 44;
const START: usize = 24;
const INST: usize = 8;
const FLAG_CUT: u8 = 1;

/// Slot for the start of the `cut` group; its end is the next slot.
pub const CUT_START: u32 = 0;
/// Slot for the end of the `cut` group.
pub const CUT_END: u32 = 1;

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inst {
    /// No thread survives here. Never compiled; read from a damaged program.
    Fail,
    /// The pattern has matched.
    Match,
    /// Consume exactly this character.
    Char(u32),
    /// Consume a character of this class of the pool.
    Class(u32),
    /// Continue at both, preferring the first.
    Split(u32, u32),
    /// Continue there.
    Jump(u32),
    /// Note the position in a slot.
    Save(u32),
}

impl Inst {
    /// Low byte: kind; next three bytes: `x`; upper half: `y`.
    fn encode(self) -> [u8; INST] {
        let (kind, x, y) = match self {
            Self::Fail => (0, 0, 0),
            Self::Match => (1, 0, 0),
            Self::Char(c) => (2, 0, c),
            Self::Class(index) => (3, 0, index),
            Self::Split(first, second) => (4, first, second),
            Self::Jump(target) => (5, 0, target),
            Self::Save(slot) => (6, 0, slot),
        };
        (u64::from(y) << 32 | u64::from(x) << 8 | kind).to_le_bytes()
    }

    #[inline]
    fn decode(bytes: [u8; INST]) -> Self {
        let word = u64::from_le_bytes(bytes);
        let (x, y) = ((word as u32) >> 8, (word >> 32) as u32);
        match word as u8 {
            1 => Self::Match,
            2 => Self::Char(y),
            3 => Self::Class(y),
            4 => Self::Split(x, y),
            5 => Self::Jump(y),
            6 => Self::Save(y),
            _ => Self::Fail,
        }
    }
}

/// An encoded program, read in place.
///
/// Creating one reads the 44-byte header. Bytes that are no program give one
/// that matches nothing.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    insts: &'a [[u8; INST]],
    prefix: &'a str,
    after_prefix: u32,
    min_len: usize,
    max_len: usize,
    first_ascii: u128,
    first_lead: u64,
    needed: u8,
    starts: &'a [[u8; START]],
    has_cut: bool,
}

impl<'a> Program<'a> {
    /// Wraps the bytes written by `Pattern::compile` (trailing bytes are ignored).
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::read(bytes).unwrap_or(Self {
            insts: &[],
            prefix: "",
            after_prefix: 0,
            min_len: usize::MAX,
            max_len: 0,
            first_ascii: 0,
            first_lead: 0,
            needed: 0,
            starts: &[],
            has_cut: false,
        })
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (head, body) = bytes.split_first_chunk::<HEADER>()?;
        let two = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let four = |at: usize| u32::from(two(at)) | u32::from(two(at + 2)) << 16;
        if head[0] != VERSION {
            return None;
        }
        let (insts, rest) = body.split_at_checked(usize::from(two(6)) * INST)?;
        let (prefix, rest) = rest.split_at_checked(usize::from(head[2]))?;
        let prefix = std::str::from_utf8(prefix).ok()?;
        let starts = rest.get(..usize::from(two(40)) * START)?.as_chunks().0;
        let eight = |at: usize| u64::from(four(at)) | u64::from(four(at + 4)) << 32;
        Some(Self {
            insts: insts.as_chunks().0,
            prefix,
            after_prefix: u32::from(two(4)),
            min_len: four(8) as usize,
            max_len: match four(12) {
                u32::MAX => usize::MAX,
                limit => limit as usize,
            },
            first_ascii: u128::from(eight(16)) | u128::from(eight(24)) << 64,
            first_lead: eight(32),
            needed: head[3],
            starts,
            has_cut: head[1] & FLAG_CUT != 0,
        })
    }

    /// The instruction at `pc`.
    #[inline]
    pub fn inst(&self, pc: u32) -> Inst {
        self.insts.get(pc as usize).map_or(Inst::Fail, |&bytes| Inst::decode(bytes))
    }

    /// The instructions that read the first character of a match and read `first`, most preferred first; `None` where they are not
    /// listed. A pattern of dates has a hundred ways to begin, of which a given character is two or three.
    #[inline]
    pub fn starts_with(&self, first: char) -> Option<impl Iterator<Item = u32> + use<'a>> {
        let reads = move |start: &&[u8; START]| {
            let [_, _, _, _, other, ..] = start;
            if first.is_ascii() {
                start[8 + (first as usize >> 3)] >> (first as usize & 7) & 1 == 1
            } else {
                *other != 0
            }
        };
        let pc = |start: &[u8; START]| u32::from_le_bytes([start[0], start[1], start[2], start[3]]);
        (!self.starts.is_empty()).then(|| self.starts.iter().filter(reads).map(pc))
    }

    /// Number of instructions.
    pub fn len(&self) -> usize {
        self.insts.len()
    }

    /// What every match begins with; often empty.
    #[inline]
    pub fn prefix(&self) -> &'a str {
        self.prefix
    }

    /// The instruction reached once the prefix has been read.
    #[inline]
    pub fn after_prefix(&self) -> u32 {
        self.after_prefix
    }

    /// Length in bytes of the shortest and the longest possible match.
    #[inline]
    pub fn match_len(&self) -> RangeInclusive<usize> {
        self.min_len..=self.max_len
    }

    /// Whether a match may start with the character that starts with `byte`.
    /// `false` for bytes inside a character.
    #[inline]
    pub fn starts_with_byte(&self, byte: u8) -> bool {
        match byte {
            0..0x80 => self.first_ascii >> byte & 1 == 1,
            0x80..0xC0 => false,
            0xC0.. => self.first_lead >> (byte - 0xC0) & 1 == 1,
        }
    }

    /// Whether the text may hold a match at all, as far as one mark tells that every match needs. Most patterns of dates, addresses
    /// and tags have such a mark, and most lines do not.
    #[inline]
    pub fn may_occur_in(&self, text: &str) -> bool {
        match self.needed {
            0 => true,
            literals::ANY_DIGIT => text.bytes().any(|byte| byte.is_ascii_digit() || !byte.is_ascii()),
            mark => memchr::memchr(mark, text.as_bytes()).is_some(),
        }
    }

    /// Whether the pattern has a `cut` group.
    #[inline]
    pub fn has_cut(&self) -> bool {
        self.has_cut
    }
}

/// Compiles a parsed pattern into the bytes of a [`Program`], adding its classes
/// to `pool`. Takes time proportional to the size of the program.
///
/// # Errors
///
/// When the program would exceed [`MAX_INSTRUCTIONS`], or the pattern matches
/// single bytes. The error covers the whole pattern, `span`.
pub fn compile(hir: &Hir, pool: &mut ClassPool, span: Range<usize>) -> Result<Vec<u8>, PatternError> {
    let mut compiler = Compiler { insts: Vec::new(), pool, has_cut: false };
    compiler.add(hir).and_then(|()| compiler.emit(Inst::Match)).map_err(|message| PatternError::new(message, span))?;
    Ok(encode(hir, &compiler.insts, compiler.has_cut, compiler.pool))
}

/// Lays out header, instructions and prefix.
fn encode(hir: &Hir, insts: &[Inst], has_cut: bool, pool: &ClassPool) -> Vec<u8> {
    let (prefix, after_prefix) = literal_prefix(insts);
    let (mut first_ascii, mut first_lead) = (0u128, 0u64);
    literals::first_ranges(hir, &mut |first, last| {
        // Characters in order have first bytes in order, so a range of the one
        // is a range of the other.
        for byte in first_byte(first)..=first_byte(last) {
            match byte {
                0..0x80 => first_ascii |= 1 << byte,
                0x80..0xC0 => {}
                0xC0.. => first_lead |= 1 << (byte - 0xC0),
            }
        }
    });
    let flags = if has_cut { FLAG_CUT } else { 0 };
    // Both lengths may be rounded in the direction that keeps them true bounds.
    let limit = |len: Option<usize>| len.and_then(|len| u32::try_from(len).ok());
    let min_len = limit(hir.properties().minimum_len()).unwrap_or(0);
    let max_len = limit(hir.properties().maximum_len()).unwrap_or(u32::MAX);

    let mut out = Vec::with_capacity(HEADER + insts.len() * INST + prefix.len());
    let needed = literals::needed_mark(hir).unwrap_or(0);
    // The caps on the prefix and on the program keep these numbers in 8 and 16 bits.
    out.extend([VERSION, flags, prefix.len() as u8, needed]);
    for small in [after_prefix, insts.len()] {
        out.extend((small as u16).to_le_bytes());
    }
    out.extend(min_len.to_le_bytes());
    out.extend(max_len.to_le_bytes());
    out.extend(first_ascii.to_le_bytes());
    out.extend(first_lead.to_le_bytes());
    // Where there is a prefix, that is the way to begin.
    let starts = if prefix.is_empty() { starts(insts, pool) } else { Vec::new() };
    out.extend((starts.len() as u16).to_le_bytes());
    out.extend([0; 2]);
    for inst in insts {
        out.extend(inst.encode());
    }
    out.extend(prefix.as_bytes());
    for (pc, other, ascii) in starts {
        out.extend(pc.to_le_bytes());
        out.extend(u32::from(other).to_le_bytes());
        out.extend(ascii.to_le_bytes());
    }
    out
}

/// The instructions that a match can begin at, in order of preference, each with the characters it reads: whether any beyond ASCII, and
/// which in ASCII.
fn starts(insts: &[Inst], pool: &ClassPool) -> Vec<(u32, bool, u128)> {
    let mut found = Vec::new();
    let mut seen = vec![false; insts.len()];
    let mut later = vec![0u32];
    while let Some(pc) = later.pop() {
        let Some(inst) = insts.get(pc as usize) else { continue };
        if std::mem::replace(&mut seen[pc as usize], true) {
            continue;
        }
        match *inst {
            Inst::Jump(target) => later.push(target),
            Inst::Split(first, second) => later.extend([second, first]),
            Inst::Save(_) => later.push(pc + 1),
            Inst::Char(wanted) => found.push((pc, wanted >= 0x80, if wanted < 0x80 { 1 << wanted } else { 0 })),
            Inst::Class(index) => {
                let (ascii, other) = pool.summary(index);
                found.push((pc, other, ascii));
            }
            // An empty match begins nowhere.
            Inst::Match | Inst::Fail => {}
        }
    }
    if found.len() > usize::from(u16::MAX) { Vec::new() } else { found }
}

/// The first byte of `c` in UTF-8.
fn first_byte(c: char) -> u8 {
    c.encode_utf8(&mut [0; 4]).as_bytes()[0]
}

/// The characters every match starts with, and the instruction after them.
///
/// `Save`s on the way are stepped over: only searches that want no slots start
/// after the prefix.
fn literal_prefix(insts: &[Inst]) -> (String, usize) {
    let mut prefix = String::new();
    for (pc, inst) in insts.iter().enumerate() {
        match inst {
            Inst::Save(_) => {}
            Inst::Char(c) => match char::from_u32(*c) {
                Some(c) if prefix.len() + c.len_utf8() <= MAX_PREFIX => prefix.push(c),
                _ => return (prefix, pc),
            },
            _ => return (prefix, pc),
        }
    }
    (prefix, 0)
}

struct Compiler<'p> {
    insts: Vec<Inst>,
    pool: &'p mut ClassPool,
    has_cut: bool,
}

/// Errors inside the compiler are bare messages; [`compile`] adds the span.
type Step = Result<(), String>;

impl Compiler<'_> {
    fn emit(&mut self, inst: Inst) -> Step {
        if self.insts.len() >= MAX_INSTRUCTIONS {
            return Err(format!(
                "the pattern is too large (more than {MAX_INSTRUCTIONS} steps when its \
                 repetitions are written out); use smaller counts, or `*` or `+` instead of a count"
            ));
        }
        self.insts.push(inst);
        Ok(())
    }

    /// Index of the next instruction. The cap keeps it far below 32 bits.
    fn here(&self) -> u32 {
        self.insts.len() as u32
    }

    /// Emits a `Split` whose far side is filled in later by [`Self::land`].
    /// `enter` says which side is preferred: the code that follows, or the rest.
    fn fork(&mut self, enter: bool) -> Result<(usize, bool), String> {
        self.emit(Inst::Fail)?;
        Ok((self.insts.len() - 1, enter))
    }

    /// Lets the far side of `fork` continue here.
    fn land(&mut self, (at, enter): (usize, bool)) {
        let (near, far) = (at as u32 + 1, self.here());
        self.insts[at] = prefer(enter, near, far);
    }

    fn add(&mut self, hir: &Hir) -> Step {
        match hir.kind() {
            HirKind::Empty => Ok(()),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).map_err(|_| bytes_message())?;
                text.chars().try_for_each(|c| self.emit(Inst::Char(u32::from(c))))
            }
            HirKind::Class(class) => {
                let class = char_class(class)?;
                let index = self.pool.intern(class);
                self.emit(Inst::Class(index))
            }
            HirKind::Look(_) => Err("a pattern cannot look around its match; leave out `^`, `$`, \
                 `\\b` and the like"
                .to_owned()),
            HirKind::Repetition(repetition) => self.add_repetition(repetition),
            HirKind::Capture(group) if group.name.as_deref() == Some(CUT) => {
                self.has_cut = true;
                self.emit(Inst::Save(CUT_START))?;
                self.add(&group.sub)?;
                self.emit(Inst::Save(CUT_END))
            }
            HirKind::Capture(group) => self.add(&group.sub),
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.add(part)),
            HirKind::Alternation(branches) => self.add_alternation(branches),
        }
    }

    /// Each branch but the last: a fork around the branch, and a jump to the end.
    fn add_alternation(&mut self, branches: &[Hir]) -> Step {
        let mut jumps = Vec::new();
        for (i, branch) in branches.iter().enumerate() {
            if i + 1 == branches.len() {
                self.add(branch)?;
                break;
            }
            let fork = self.fork(true)?;
            self.add(branch)?;
            jumps.push(self.insts.len());
            self.emit(Inst::Fail)?;
            self.land(fork);
        }
        let end = self.here();
        for jump in jumps {
            self.insts[jump] = Inst::Jump(end);
        }
        Ok(())
    }

    fn add_repetition(&mut self, repetition: &Repetition) -> Step {
        let (sub, greedy) = (&*repetition.sub, repetition.greedy);
        match (repetition.min, repetition.max) {
            (0, None) => {
                let fork = self.fork(greedy)?;
                if sub.properties().minimum_len() == Some(0) {
                    // As `(x+)?`: in a plain loop a round that reads nothing
                    // would come back to a `Split` already taken and lose the
                    // preference between going round again and leaving.
                    self.add_plus(sub, greedy)?;
                } else {
                    self.add(sub)?;
                    self.emit(Inst::Jump(fork.0 as u32))?;
                }
                self.land(fork);
                Ok(())
            }
            (min, None) => {
                self.add_copies(sub, min - 1)?;
                self.add_plus(sub, greedy)
            }
            (min, Some(max)) => {
                self.add_copies(sub, min)?;
                let mut forks = Vec::new();
                for _ in min..max {
                    forks.push(self.fork(greedy)?);
                    self.add(sub)?;
                }
                for fork in forks {
                    self.land(fork);
                }
                Ok(())
            }
        }
    }

    /// One or more rounds of `sub`.
    fn add_plus(&mut self, sub: &Hir, greedy: bool) -> Step {
        let start = self.here();
        self.add(sub)?;
        let after = self.here() + 1;
        self.emit(prefer(greedy, start, after))
    }

    /// Exactly `count` rounds of `sub`.
    fn add_copies(&mut self, sub: &Hir, count: u32) -> Step {
        for _ in 0..count {
            let before = self.insts.len();
            self.add(sub)?;
            if self.insts.len() == before {
                // `(){1000000000}` emits nothing, so the cap would never stop it.
                break;
            }
        }
        Ok(())
    }
}

/// A split that goes `near` first, or `far` first if the pattern prefers to leave.
fn prefer(near_first: bool, near: u32, far: u32) -> Inst {
    if near_first { Inst::Split(near, far) } else { Inst::Split(far, near) }
}

fn char_class(class: &Class) -> Result<CharClass, String> {
    match class {
        Class::Unicode(class) => Ok(CharClass::from_ranges(class.iter().map(|range| (range.start(), range.end())))),
        Class::Bytes(class) if class.is_ascii() => {
            Ok(CharClass::from_ranges(class.iter().map(|range| (char::from(range.start()), char::from(range.end())))))
        }
        Class::Bytes(_) => Err(bytes_message()),
    }
}

fn bytes_message() -> String {
    "the pattern matches single bytes; write characters and leave out `(?-u)`".to_owned()
}
