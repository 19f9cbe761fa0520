//! The pattern room against the `regex` crate: same answers on random patterns
//! and texts.

use crate::pattern::{
    ClassPool, Classes, Pattern, PatternError, Prefilter, Program, Scratch, find_cut, finds, fold, matches_whole,
};
use proptest::prelude::*;
use regex::Regex;

/// A random pattern, kept as a tree so that matching texts can be made from it.
#[derive(Clone, Debug)]
enum Node {
    /// Pattern source, and some texts it matches.
    Atom(&'static str, &'static [&'static str]),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>, bool),
    Group(&'static str, Box<Node>),
    Cut(Box<Node>),
}

const ATOMS: &[(&str, &[&str])] = &[
    ("", &[""]),
    ("(?:|a)", &["", "a"]),
    ("[\u{212A}\u{212B}]", &["\u{212A}", "\u{212B}"]),
    ("a", &["a"]),
    ("b", &["b"]),
    ("ab", &["ab"]),
    ("s", &["s", "S", "ſ"]),
    ("K", &["K", "k", "\u{212A}"]),
    ("é", &["é", "É"]),
    ("Éa", &["Éa"]),
    ("ß", &["ß", "ẞ"]),
    ("İ", &["İ", "i"]),
    ("漢", &["漢"]),
    ("Å", &["Å", "\u{212B}", "å"]),
    (" ", &[" "]),
    ("-", &["-"]),
    ("share", &["share", "Share"]),
    ("Über", &["Über", "über"]),
    (".", &["a", "é", "K"]),
    (r"\d", &["1", "٣"]),
    (r"\w", &["a", "É", "1"]),
    (r"\W", &["-", " "]),
    (r"\s", &[" ", "\n", "\u{a0}"]),
    (r"\p{L}", &["a", "é", "漢"]),
    (r"\p{Lu}", &["K", "É"]),
    (r"\P{Ll}", &["K", "-"]),
    ("[ab]", &["a", "b"]),
    ("[^ab]", &["é", "s", "\n"]),
    ("[a-zà-ü]", &["s", "é"]),
    ("[A-Z]", &["S", "K"]),
    (r"[\p{L}'.-]", &["'", "É"]),
    ("[a-z&&[^s]]", &["a", "b"]),
    ("(?-u:[a-s])", &["a", "b"]),
];

impl Node {
    fn render(&self, out: &mut String) {
        match self {
            Node::Atom(source, _) => out.push_str(source),
            Node::Concat(nodes) => nodes.iter().for_each(|node| node.wrapped(out)),
            Node::Either(nodes) => {
                for (i, node) in nodes.iter().enumerate() {
                    if i > 0 {
                        out.push('|');
                    }
                    node.render(out);
                }
            }
            Node::Repeat(node, min, max, greedy) => {
                out.push_str("(?:");
                node.render(out);
                out.push(')');
                match (min, max) {
                    (0, None) => out.push('*'),
                    (1, None) => out.push('+'),
                    (0, Some(1)) => out.push('?'),
                    (min, None) => out.push_str(&format!("{{{min},}}")),
                    (min, Some(max)) => out.push_str(&format!("{{{min},{max}}}")),
                }
                if !greedy {
                    out.push('?');
                }
            }
            Node::Group(open, node) => {
                out.push_str(open);
                node.render(out);
                out.push(')');
            }
            Node::Cut(node) => {
                out.push_str("(?<cut>");
                node.render(out);
                out.push(')');
            }
        }
    }

    fn wrapped(&self, out: &mut String) {
        if matches!(self, Node::Either(_)) {
            out.push_str("(?:");
            self.render(out);
            out.push(')');
        } else {
            self.render(out);
        }
    }

    /// Appends a text that the pattern matches (most of the time: the samples of
    /// an atom include spellings that only match under `(?i)`).
    fn sample(&self, random: &mut Random, out: &mut String) {
        match self {
            Node::Atom(_, texts) => out.push_str(random.pick::<&str>(texts)),
            Node::Concat(nodes) => nodes.iter().for_each(|node| node.sample(random, out)),
            Node::Either(nodes) => random.pick(nodes).sample(random, out),
            Node::Repeat(node, min, max, _) => {
                let span = max.map_or(3, |max| max - min + 1);
                for _ in 0..min + random.below(span) {
                    node.sample(random, out);
                }
            }
            Node::Group(_, node) | Node::Cut(node) => node.sample(random, out),
        }
    }

    /// Removes all `cut` groups but the first `left`.
    fn keep_cuts(&mut self, left: &mut u32) {
        match self {
            Node::Atom(..) => {}
            Node::Concat(nodes) | Node::Either(nodes) => {
                nodes.iter_mut().for_each(|node| node.keep_cuts(left));
            }
            Node::Repeat(node, ..) | Node::Group(_, node) => node.keep_cuts(left),
            Node::Cut(node) => {
                let keep = *left > 0;
                *left = left.saturating_sub(1);
                node.keep_cuts(left);
                if !keep {
                    *self = Node::Group("(?:", node.clone());
                }
            }
        }
    }
}

/// A small generator, so that a failing case repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as u32 % limit.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u32) as usize]
    }
}

fn node() -> impl Strategy<Value = Node> {
    let atom = prop::sample::select(ATOMS).prop_map(|(source, texts)| Node::Atom(source, texts));
    atom.prop_recursive(5, 32, 4, |inner| {
        let bounds = prop_oneof![
            Just((0, None)),
            Just((1, None)),
            Just((0, Some(1))),
            (0..3u32).prop_map(|min| (min, None)),
            (0..3u32, 0..3u32).prop_map(|(min, more)| (min, Some(min + more))),
        ];
        let open = prop::sample::select(&["(?:", "(", "(?<other>", "(?i:", "(?i:", "(?s:", "(?-i:"]);
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..5).prop_map(Node::Concat),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(Node::Either),
            2 => (inner.clone(), bounds, any::<bool>()).prop_map(|(node, (min, max), greedy)| {
                Node::Repeat(Box::new(node), min, max, greedy)
            }),
            1 => (open, inner.clone()).prop_map(|(open, node)| Node::Group(open, Box::new(node))),
            2 => inner.prop_map(|node| Node::Cut(Box::new(node))),
        ]
    })
}

/// A pattern with at most one `cut`, and texts near and far from matching it.
fn case() -> impl Strategy<Value = (String, Vec<String>)> {
    let noise = prop::collection::vec(prop::sample::select(ATOMS), 0..8);
    (node(), any::<bool>(), 1..u64::MAX, prop::collection::vec(noise, 4)).prop_map(
        |(mut node, ignore_case, seed, noise)| {
            node.keep_cuts(&mut 1);
            let mut pattern = String::from(if ignore_case { "(?i)" } else { "" });
            node.render(&mut pattern);
            // One group name may occur once only.
            let pattern = pattern.replace("(?<other>", "(");

            let mut random = Random(seed);
            let mut texts: Vec<String> = vec![String::new()];
            for atoms in noise {
                let noise: String = atoms.iter().map(|(_, texts)| *random.pick(texts)).collect();
                let mut text = String::new();
                node.sample(&mut random, &mut text);
                texts.push(format!("{noise}{text}{noise}"));
                texts.push(format!("{text}{noise}"));
                texts.push(text.clone());
                let at = text.char_indices().map(|(at, _)| at);
                let at = at.chain([text.len()]).collect::<Vec<_>>();
                text.truncate(*random.pick(&at));
                texts.push(text);
                texts.push(noise);
            }
            (pattern, texts)
        },
    )
}

/// Whether the prefilter lets `text` through.
fn passes(filter: &Prefilter, text: &str) -> bool {
    let folded: String = text.chars().map(fold).collect();
    match filter {
        Prefilter::Prefix(set) => set.iter().any(|literal| folded.starts_with(literal.as_str())),
        Prefilter::Inner(set) => set.iter().any(|literal| folded.contains(literal.as_str())),
        Prefilter::First(set) => set.allows(folded.chars().next()),
    }
}

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

proptest! {
    #[test]
    fn agrees_with_the_regex_crate((source, texts) in case()) {
        let Ok(mut ready) = Ready::new(&source) else {
            return Ok(());
        };
        let pattern = Pattern::parse(&source).unwrap();
        let (anchored, free) = (pattern.prefilter(true), pattern.prefilter(false));
        prop_assert!(!matches!(free, Prefilter::Prefix(_)));
        let regex = Regex::new(&source).unwrap();
        let whole = Regex::new(&format!("^(?:{source})$")).unwrap();
        for text in &texts {
            let expected = whole.is_match(text);
            prop_assert_eq!(ready.whole(text), expected, "whole {:?} {:?}", source, text);
            prop_assert!(!expected || passes(&anchored, text), "{:?} {:?} {:?}", anchored, source, text);

            let expected = regex.is_match(text);
            prop_assert_eq!(ready.finds(text), expected, "finds {:?} {:?}", source, text);
            prop_assert!(!expected || passes(&free, text), "{:?} {:?} {:?}", free, source, text);

            let expected = regex.captures(text).and_then(|captures| {
                Some((captures.get(0)?.range(), captures.name("cut")?.range()))
            });
            prop_assert_eq!(&ready.cut(text), &expected, "cut {:?} {:?}", source, text);
            if pattern.require_cut().is_ok() {
                prop_assert_eq!(expected.is_some(), regex.is_match(text));
            }
        }
    }

    #[test]
    fn arbitrary_patterns_are_judged_without_panic(source in "\\PC{0,24}|[a-zé(){}\\[\\]|*+?\\\\.,0-9^$<>:PpLui-]{0,24}") {
        if let Ok(mut ready) = Ready::new(&source) {
            let regex = Regex::new(&source).unwrap();
            for text in [source.as_str(), "a", "aé0", "Li"] {
                prop_assert_eq!(ready.finds(text), regex.is_match(text), "{:?}", text);
            }
        } else if let Err(error) = Ready::new(&source) {
            prop_assert!(!error.message.is_empty());
            prop_assert!(source.get(error.span.clone()).is_some(), "{:?}", error);
        }
    }
}

/// The message and the part of `source` that it is about.
fn refused(source: &str) -> (String, &str) {
    let Err(error) = Ready::new(source) else {
        panic!("{source} was accepted");
    };
    (error.message, &source[error.span])
}

#[test]
fn mistakes_are_explained_where_they_are() {
    let cases = [
        ("^Share", "^", "anchors"),
        (r"Share\b now", r"\b", "word boundaries"),
        ("a(?=b)", "(?=", "look-around"),
        (r"(a)\1", r"\1", "back-references"),
        ("(ab", "(", "never closed"),
        ("ab)", ")", "closes no group"),
        ("[ab", "[", "never closed"),
        ("*a", "*", "nothing to repeat"),
        (r"\p{Quux}", r"\p{Quux}", "no such Unicode class"),
        ("(?-u:.)", ".", "single byte"),
        ("a*|b", "a*|b", "empty text"),
        ("", "", "empty text"),
        ("[a&&b]", "[a&&b]", "never match"),
        ("(?i)by [A-Z]", "A-Z", "both cases"),
        (r"(?i)x[\d\p{Lu}]", r"\p{Lu}", "both cases"),
        (r"(?i:\p{Lowercase_Letter})", r"\p{Lowercase_Letter}", "both cases"),
        ("(?i)[[:upper:]]", "[:upper:]", "both cases"),
        ("(?:(?:a{200}){200}){200}", "(?:(?:a{200}){200}){200}", "too large"),
        ("(?<cut>a)(?<cut>b)", "cut", "used twice"),
    ];
    for (source, about, message) in cases {
        let (found, part) = refused(source);
        assert!(found.contains(message), "{source}: {found}");
        assert_eq!(part, about, "{source}");
    }
    for fine in
        [r"(?i)by (?-i:\p{Lu})", r"(?i:by) \p{Lu}", "(?i)[a-z]", r"(?i)\p{L}", r"(?:(?i)a)\p{Lu}", "(){1000000000}a"]
    {
        assert!(Ready::new(fine).is_ok(), "{fine}");
    }
}

/// Rounds that read nothing, where engines like to differ.
#[test]
fn empty_rounds_agree_with_the_regex_crate() {
    let bodies = ["|a", "a|", "a??", "a?", "a*?", "(?:a|)(?:|b)", "(?:|a)*|b", "(?:|a)+?b?"];
    for (body, times) in
        bodies.iter().flat_map(|body| ["*", "+", "*?", "+?", "{2,}", "{0,2}?", "{1,3}"].map(|times| (body, times)))
    {
        for source in [format!("b(?<cut>(?:{body}){times})"), format!("b(?:(?<cut>{body})){times}a?")] {
            let mut ready = Ready::new(&source).unwrap();
            let regex = Regex::new(&source).unwrap();
            for text in ["b", "ba", "baa", "bab", "baabbaa", "bbaa"] {
                let expected = regex
                    .captures(text)
                    .and_then(|captures| Some((captures.get(0)?.range(), captures.name("cut")?.range())));
                assert_eq!(ready.cut(text), expected, "{source} {text}");
            }
        }
    }
}

#[test]
fn span_rules_need_a_cut() {
    let judge = |source| Pattern::parse(source).unwrap().require_cut();
    let refused = |source| judge(source).unwrap_err().message;
    assert!(refused("ab").contains("does not say what to remove"));
    assert!(refused("a(?<cut>b)?").contains("can do without"));
    assert!(refused("a|(?<cut>b)").contains("can do without"));
    assert!(refused("a(?<cut>)").contains("always empty"));
    assert!(judge("a(?:x(?<cut>b*))+").is_ok());
    assert!(Pattern::parse("a(?<cut>b)?").unwrap().has_cut());
    assert!(!Pattern::parse("a(?<cute>b)?").unwrap().has_cut());
}

#[test]
fn scratch_is_shared_by_patterns_of_any_size() {
    let mut pool = ClassPool::default();
    let sources = ["x(?<cut>[a-c]+)", r"(?:\d{1,50}-){1,9}(?<cut>\p{L})", "a"];
    let programs = sources.map(|source| Pattern::parse(source).unwrap().compile(&mut pool).unwrap());
    let table = pool.encode();
    let mut scratch = Scratch::default();
    for _ in 0..3 {
        for (source, program) in sources.iter().zip(&programs) {
            let regex = Regex::new(source).unwrap();
            for text in ["xabcd", "12-345-é", "12-345-", "a", ""] {
                let found = finds(Program::new(program), Classes::new(&table), text, &mut scratch);
                assert_eq!(found, regex.is_match(text), "{source} {text}");
                let cut = find_cut(Program::new(program), Classes::new(&table), text, &mut scratch);
                assert_eq!(cut.is_some(), found && source.contains("cut"), "{source} {text}");
            }
        }
    }
}
