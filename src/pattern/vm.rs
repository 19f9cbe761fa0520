//! The machine that runs a program over a text.
//!
//! It is a Pike VM: all ways to match are followed side by side, one character
//! at a time. A *thread* is one such way, and the list of threads is kept in
//! order of preference, so leftmost-first matching falls out of the order. Each
//! instruction joins the list at most once per position, which bounds the work
//! to `characters × instructions` whatever the pattern.
//!
//! Three questions are asked of a pattern, in rising order of cost:
//! [`matches_whole`] and [`finds`] carry no positions; [`find_cut`] carries three
//! per thread. Before any thread starts, the header of the program turns most
//! texts away: by length, literal prefix and first character.

use std::ops::Range;

use super::class::Classes;
use super::program::{CUT_END, CUT_START, Inst, Program};

/// Working memory of the machine, reused from match to match.
///
/// Grows to the largest program it has run and then allocates no more.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    marks: Marks,
    plain: Lists<()>,
    cutting: Lists<Spans>,
}

/// Whether `program` matches `text` from its first to its last character.
pub fn matches_whole(program: Program<'_>, classes: Classes<'_>, text: &str, scratch: &mut Scratch) -> bool {
    let fits = program.match_len().contains(&text.len())
        && (text.bytes().next()).is_none_or(|byte| program.starts_with_byte(byte));
    let Some(rest) = text.strip_prefix(program.prefix()).filter(|_| fits && program.may_occur_in(text)) else {
        return false;
    };
    let mut run = Run::new(program, classes, &mut scratch.marks, &mut scratch.plain);
    run.first_match_wins = false;
    run.begin(program.after_prefix(), rest);
    for c in rest.chars() {
        if run.lists.now.is_empty() {
            return false;
        }
        // Nobody asks where this was, so every step may claim to end the text.
        run.step(c, text.len());
    }
    run.matched
}

/// Whether `program` matches anywhere in `text`. Stops at the end of the
/// earliest-ending match.
pub fn finds(program: Program<'_>, classes: Classes<'_>, text: &str, scratch: &mut Scratch) -> bool {
    if !program.may_occur_in(text) {
        return false;
    }
    let mut run = Run::new(program, classes, &mut scratch.marks, &mut scratch.plain);
    let mut at = 0;
    loop {
        if run.lists.now.is_empty() {
            match next_start(program, text, at) {
                Some(start) => at = start,
                None => return false,
            }
        }
        let Some(c) = text[at..].chars().next() else {
            return false;
        };
        if program.starts_with_byte(text.as_bytes()[at]) {
            run.begin(0, &text[at..]);
        }
        at += c.len_utf8();
        run.step(c, at);
        if run.matched {
            return true;
        }
    }
}

/// The leftmost-first match of `program` in `text`, as the `regex` crate would
/// find it: the byte ranges of the whole match and of the `cut` group.
///
/// `None` if nothing matches, if the pattern has no `cut` group, or if the group
/// took no part in the match (`Pattern::require_cut` rules that out).
pub fn find_cut(
    program: Program<'_>,
    classes: Classes<'_>,
    text: &str,
    scratch: &mut Scratch,
) -> Option<(Range<usize>, Range<usize>)> {
    if !program.has_cut() || !program.may_occur_in(text) {
        return None;
    }
    let mut run = Run::new(program, classes, &mut scratch.marks, &mut scratch.cutting);
    let mut best: Option<Spans> = None;
    let mut at = 0;
    loop {
        if run.lists.now.is_empty() {
            // Threads that could still beat `best` have all ended.
            if best.is_some() {
                break;
            }
            match next_start(program, text, at) {
                Some(start) => at = start,
                None => break,
            }
        }
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        // A later start is less preferred than any match found so far.
        if best.is_none() && program.starts_with_byte(text.as_bytes()[at]) {
            run.start(0, Spans::new(at));
        }
        at += c.len_utf8();
        run.step(c, at);
        if run.matched {
            // `step` stopped at the match: only more preferred threads go on.
            best = run.lists.now.pop().map(|thread| thread.track.ending(at));
        }
    }
    let best = best?;
    let cut = best.cut?;
    Some((best.start..best.end, cut.0..cut.1))
}

/// The first position from `at` on where a match may start.
fn next_start(program: Program<'_>, text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    if rest.len() < *program.match_len().start() {
        return None;
    }
    let skipped = if program.prefix().len() > 1 {
        rest.find(program.prefix())
    } else {
        rest.bytes().position(|byte| program.starts_with_byte(byte))
    };
    skipped.map(|skipped| at + skipped)
}

/// What a thread remembers of its way.
trait Track: Copy {
    /// Where the match starts, if remembered.
    fn start(self) -> usize;
    /// Notes position `at` in `slot`.
    fn save(self, slot: u32, at: usize) -> Self;
}

impl Track for () {
    fn start(self) -> usize {
        0
    }

    fn save(self, _slot: u32, _at: usize) -> Self {}
}

/// The positions of a match in the making.
#[derive(Clone, Copy, Debug)]
struct Spans {
    start: usize,
    end: usize,
    /// Start of the last round of the group that was begun.
    open: usize,
    /// The last round of the group that was completed.
    cut: Option<(usize, usize)>,
}

impl Spans {
    fn new(start: usize) -> Self {
        Self { start, end: start, open: start, cut: None }
    }

    fn ending(self, end: usize) -> Self {
        Self { end, ..self }
    }
}

impl Track for Spans {
    fn start(self) -> usize {
        self.start
    }

    fn save(mut self, slot: u32, at: usize) -> Self {
        match slot {
            CUT_START => self.open = at,
            CUT_END => self.cut = Some((self.open, at)),
            _ => {}
        }
        self
    }
}

/// A way to match: the instruction it waits at, and what it remembers.
#[derive(Clone, Copy, Debug)]
struct Thread<T> {
    pc: u32,
    track: T,
}

/// Threads before and after the current character, most preferred first.
#[derive(Clone, Debug)]
struct Lists<T> {
    now: Vec<Thread<T>>,
    next: Vec<Thread<T>>,
    /// Less preferred sides of the splits being followed.
    later: Vec<Thread<T>>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { now: Vec::new(), next: Vec::new(), later: Vec::new() }
    }
}

/// Which instructions have joined the list being built. Counting rounds saves
/// clearing the marks for each character.
#[derive(Clone, Debug, Default)]
struct Marks {
    round: u32,
    seen: Vec<u32>,
}

impl Marks {
    /// Makes room for `len` instructions.
    fn fit(&mut self, len: usize) {
        if self.seen.len() < len {
            self.seen.resize(len, self.round);
        }
    }

    fn clear(&mut self) {
        if self.round == u32::MAX {
            self.seen.fill(0);
            self.round = 0;
        }
        self.round += 1;
    }

    /// Marks `pc`; `false` if it was marked already or does not exist.
    #[inline]
    fn mark(&mut self, pc: u32) -> bool {
        match self.seen.get_mut(pc as usize) {
            Some(seen) if *seen != self.round => {
                *seen = self.round;
                true
            }
            _ => false,
        }
    }
}

/// One run of a program over a text.
struct Run<'r, T> {
    program: Program<'r>,
    classes: Classes<'r>,
    marks: &'r mut Marks,
    lists: &'r mut Lists<T>,
    /// Whether a thread has matched in the last step.
    matched: bool,
    /// Whether less preferred threads are dropped once one has matched. The
    /// thread that matched is then the last of its list.
    first_match_wins: bool,
}

impl Run<'_, ()> {
    /// Adds the threads that start at the current position and read the first character of `rest`, least preferred.
    fn begin(&mut self, pc: u32, rest: &str) {
        let starts = rest.chars().next().filter(|_| pc == 0).and_then(|first| self.program.starts_with(first));
        match starts {
            Some(starts) => {
                for pc in starts {
                    if self.marks.mark(pc) {
                        self.lists.now.push(Thread { pc, track: () });
                    }
                }
            }
            None => self.start(pc, ()),
        }
    }
}

impl<'r, T: Track> Run<'r, T> {
    fn new(program: Program<'r>, classes: Classes<'r>, marks: &'r mut Marks, lists: &'r mut Lists<T>) -> Self {
        marks.fit(program.len());
        marks.clear();
        // An earlier run may have ended early and left threads behind.
        lists.now.clear();
        lists.next.clear();
        Self { program, classes, marks, lists, matched: false, first_match_wins: true }
    }

    /// Adds a thread that starts at the current position, least preferred.
    fn start(&mut self, pc: u32, track: T) {
        std::mem::swap(&mut self.lists.now, &mut self.lists.next);
        self.follow(Thread { pc, track }, track.start());
        std::mem::swap(&mut self.lists.now, &mut self.lists.next);
    }

    /// Lets all threads read `c`, which ends at `at`.
    fn step(&mut self, c: char, at: usize) {
        let mut now = std::mem::take(&mut self.lists.now);
        self.marks.clear();
        self.matched = false;
        for thread in &now {
            let goes_on = match self.program.inst(thread.pc) {
                Inst::Char(wanted) => wanted == u32::from(c),
                Inst::Class(index) => self.classes.contains(index, c),
                _ => false,
            };
            if goes_on {
                let pc = thread.pc + 1;
                let track = thread.track;
                self.follow(Thread { pc, track }, at);
                if self.matched && self.first_match_wins {
                    break;
                }
            }
        }
        now.clear();
        self.lists.now = std::mem::replace(&mut self.lists.next, now);
    }

    /// Follows `thread` through all instructions that read nothing, and adds the
    /// threads it becomes to the next list, most preferred first.
    fn follow(&mut self, thread: Thread<T>, at: usize) {
        let Thread { mut pc, mut track } = thread;
        loop {
            // An instruction reached before was reached in a preferred way.
            if self.marks.mark(pc) {
                match self.program.inst(pc) {
                    Inst::Jump(target) => {
                        pc = target;
                        continue;
                    }
                    Inst::Split(first, second) => {
                        self.lists.later.push(Thread { pc: second, track });
                        pc = first;
                        continue;
                    }
                    Inst::Save(slot) => {
                        track = track.save(slot, at);
                        pc += 1;
                        continue;
                    }
                    Inst::Match => {
                        self.matched = true;
                        self.lists.next.push(Thread { pc, track });
                        if self.first_match_wins {
                            self.lists.later.clear();
                        }
                    }
                    Inst::Char(_) | Inst::Class(_) => {
                        self.lists.next.push(Thread { pc, track });
                    }
                    Inst::Fail => {}
                }
            }
            match self.lists.later.pop() {
                Some(thread) => Thread { pc, track } = thread,
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ClassPool, Pattern};
    use super::*;

    type Found = Option<(Range<usize>, Range<usize>)>;

    fn ask(pattern: &str, text: &str) -> (bool, bool, Found) {
        let mut pool = ClassPool::default();
        let bytes = Pattern::parse(pattern).and_then(|pattern| pattern.compile(&mut pool)).unwrap();
        let table = pool.encode();
        let (program, classes) = (Program::new(&bytes), Classes::new(&table));
        let mut scratch = Scratch::default();
        (
            matches_whole(program, classes, text, &mut scratch),
            finds(program, classes, text, &mut scratch),
            find_cut(program, classes, text, &mut scratch),
        )
    }

    #[test]
    fn whole_and_partial_matches() {
        assert_eq!(ask("ab+", "abbb"), (true, true, None));
        assert_eq!(ask("ab+", "xabbb"), (false, true, None));
        assert_eq!(ask("ab+", "abbbx"), (false, true, None));
        assert_eq!(ask("ab+", "axb"), (false, false, None));
        assert_eq!(ask("ab+", ""), (false, false, None));
        assert!(ask("a(?:b)??", "ab").0);
        assert!(ask(r"\p{Lu}\p{Ll}+", "Élan").0);
        assert!(!ask(r"\p{Lu}\p{Ll}+", "élan").0);
    }

    #[test]
    fn the_cut_is_leftmost_first() {
        let cut = |pattern, text| ask(pattern, text).2;
        assert_eq!(cut("x(?<cut>a+)", "__xaaa"), Some((2..6, 3..6)));
        assert_eq!(cut("x(?<cut>a+?)", "__xaaa"), Some((2..4, 3..4)));
        assert_eq!(cut("(?<cut>a|ab)c?", "abc"), Some((0..1, 0..1)));
        assert_eq!(cut("(?<cut>ab|a)c?", "abc"), Some((0..3, 0..2)));
        assert_eq!(cut("é(?<cut>.+)ß", "aéxyßz"), Some((1..7, 3..5)));
        assert_eq!(cut("(?:(?<cut>a|b),)+", "a,b,c"), Some((0..4, 2..3)));
        assert_eq!(cut("x|(?<cut>y)", "xy"), None);
        assert_eq!(cut("(?<cut>)y", "xy"), Some((1..2, 1..1)));
        // A round that reads nothing is preferred, so the loop ends at once.
        assert_eq!(cut("b(?<cut>(?:|a)*)", "baa"), Some((0..1, 1..1)));
        assert_eq!(cut("b(?<cut>(?:|a)+)", "baa"), Some((0..1, 1..1)));
    }

    #[test]
    fn a_damaged_program_ends_and_does_not_panic() {
        let mut pool = ClassPool::default();
        let pattern = Pattern::parse(r"(?:a|é\pL*?){2,4}(?<cut>b+)c").unwrap();
        let good = pattern.compile(&mut pool).unwrap();
        let table = pool.encode();
        let mut scratch = Scratch::default();
        let mut run = |bytes: &[u8], table: &[u8]| {
            let (program, classes) = (Program::new(bytes), Classes::new(table));
            for text in ["", "aéxbc", "aaabbbbc", "ééééé"] {
                matches_whole(program, classes, text, &mut scratch);
                finds(program, classes, text, &mut scratch);
                find_cut(program, classes, text, &mut scratch);
            }
        };
        for at in 0..good.len() {
            run(&good[..at], &table);
            for value in [0, 1, 2, 4, 5, 0x7F, 0xFF] {
                let mut bad = good.clone();
                bad[at] = value;
                run(&bad, &table);
            }
        }
        for at in 0..table.len().min(64) {
            let mut bad = table.clone();
            bad[at] ^= 0xFF;
            run(&good, &bad);
        }
    }
}
