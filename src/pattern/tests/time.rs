//! The pattern room against the clock: time linear in the text, and no pattern
//! that stalls the compiler.

use std::time::{Duration, Instant};

use crate::pattern::{ClassPool, Classes, Pattern, PatternError, Program, Scratch, find_cut, finds, matches_whole};

/// A compiled pattern with all it takes to run it.
struct Ready {
    program: Vec<u8>,
    classes: Vec<u8>,
    scratch: Scratch,
}

impl Ready {
    fn new(source: &str) -> Result<Self, PatternError> {
        let mut pool = ClassPool::default();
        let program = Pattern::parse(source)?.compile(&mut pool)?;
        Ok(Self { program, classes: pool.encode(), scratch: Scratch::default() })
    }

    fn whole(&mut self, text: &str) -> bool {
        let (program, classes) = (Program::new(&self.program), Classes::new(&self.classes));
        matches_whole(program, classes, text, &mut self.scratch)
    }

    fn finds(&mut self, text: &str) -> bool {
        let (program, classes) = (Program::new(&self.program), Classes::new(&self.classes));
        finds(program, classes, text, &mut self.scratch)
    }

    fn cut(&mut self, text: &str) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
        let (program, classes) = (Program::new(&self.program), Classes::new(&self.classes));
        find_cut(program, classes, text, &mut self.scratch)
    }
}

/// Least time of some runs, to be robust against a busy machine.
fn time(mut run: impl FnMut()) -> Duration {
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..5).map(|_| once(&mut run)).min().unwrap_or_default()
}

#[test]
fn time_is_linear_in_the_text() {
    for (source, unit) in [
        ("(?<cut>(?:a|aa)*)b", "a"),
        ("(?<cut>(?:a*)*)b", "a"),
        ("(?<cut>(?:a|a|a)*?)b", "a"),
        ("(?:.*){3}(?<cut>.*)b", "a"),
        ("ab(?<cut>a)c", "ab"),
        (r"(?<cut>\p{L}+)\d", "é"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab(?<cut>c)", "a"),
    ] {
        let mut ready = Ready::new(source).unwrap();
        let (short, long) = (unit.repeat(2_000), unit.repeat(32_000));
        let mut ask = |text: &str| {
            time(|| {
                assert!(!ready.whole(text) && !ready.finds(text) && ready.cut(text).is_none());
            })
        };
        let (short, long) = (ask(&short), ask(&long));
        // 16 times the text; quadratic time would be 256 times as much.
        assert!(long < short * 64 + Duration::from_millis(5), "{source}: {short:?} {long:?}");
    }
}

/// Rules may be compiled at start-up too, so odd patterns must not stall it.
#[test]
fn odd_patterns_are_compiled_or_refused_quickly() {
    let nested = (0..60).fold("ab".to_owned(), |inner, _| format!("(?:{inner}|cd)[ef]+"));
    for source in [
        nested,
        "[abc]".repeat(100),
        "(?i)".to_owned() + &"miss ".repeat(40),
        "(?:".repeat(100) + "a" + &"{9})".repeat(100),
        "(?:".repeat(100) + "a" + &")+".repeat(100),
        (0..999).map(|i| format!("word {i}|")).collect::<String>() + "end",
        r"\p{L}".repeat(200),
        "(?:a?){200}b".to_owned(),
    ] {
        let took = time(|| {
            if let Ok(pattern) = Pattern::parse(&source) {
                let _ = pattern.compile(&mut ClassPool::default());
                let _ = (pattern.prefilter(true), pattern.prefilter(false));
            }
        });
        println!("{took:?} {source:.40}");
        assert!(took < Duration::from_secs(2), "{source:.40}: {took:?}");
    }
}
