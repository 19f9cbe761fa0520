//! The rules as their authors wrote them, and their tests in words.

use std::collections::HashMap;

use crate::rules::read;
use crate::rules::schema::{Case, Kind, Matcher, Neighbour, Require, Rule, Shapes, Side, Test};

/// Literals of a list that are quoted.
const QUOTED: usize = 3;

/// Rules by full id.
#[derive(Debug)]
pub(crate) struct Authors {
    rules: HashMap<String, Rule>,
}

impl Authors {
    /// Reads rule files that are known to be right.
    pub(crate) fn read<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Authors {
        let mut rules = HashMap::new();
        for (name, text) in files {
            let (Some(pack), _) = read::read(name, text) else { continue };
            for rule in pack.rules {
                rules.insert(format!("{}/{}", pack.id.value, rule.id.value), rule);
            }
        }
        Authors { rules }
    }

    pub(crate) fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id)
    }
}

/// What a matcher looks for: its first literals, or its patterns on one line.
pub(super) fn items(matcher: &Matcher) -> String {
    let quote = |text: &str| {
        if matcher.kind.is_pattern() {
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            format!("{text:?}")
        }
    };
    let shown: Vec<_> = matcher.items.iter().take(QUOTED).map(|item| quote(&item.value)).collect();
    let more = matcher.items.len() - shown.len();
    let shown = shown.join(if matcher.kind.is_pattern() { " or " } else { ", " });
    if more > 0 { format!("{shown} or {more} more") } else { shown }
}

pub(super) fn matcher(test: &Test, kind: Kind) -> Option<&Matcher> {
    test.matchers.iter().find(|matcher| matcher.kind == kind)
}

/// A test in the words of rule files.
pub(super) fn test(test: &Test) -> String {
    let mut parts: Vec<_> =
        test.matchers.iter().map(|matcher| format!("{} {}", matcher.kind.key(), items(matcher))).collect();
    parts.extend(shapes(&test.shape));
    parts.join(", ")
}

fn shapes(shapes: &Shapes) -> Vec<String> {
    let number = |key: &str, number: Option<u32>| number.map(|number| format!("{key} {number}"));
    let flag = |key: &str, flag: Option<bool>| flag.map(|flag| format!("{key} {flag}"));
    let case = shapes.case.map(|case| format!("case {}", if case == Case::Upper { "upper" } else { "title" }));
    [
        number("min-chars", shapes.min_chars),
        number("max-chars", shapes.max_chars),
        number("min-words", shapes.min_words),
        number("max-words", shapes.max_words),
        flag("end-mark", shapes.end_mark),
        case,
        flag("prose", shapes.prose),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Any of the neighbours that are asked for.
pub(super) fn neighbours(list: &[Neighbour], edge: &str) -> String {
    let one = |neighbour: &Neighbour| match neighbour {
        Neighbour::Edge => format!("{edge:?}"),
        Neighbour::Removed => "\"removed\"".to_owned(),
        Neighbour::Passes(inner) => test(inner),
    };
    list.iter().map(one).collect::<Vec<_>>().join("; or ")
}

/// What a `require` table asks for.
pub(super) fn require(require: &Require) -> String {
    let side = match require.side {
        Side::Before => "before",
        Side::After => "after",
        Side::Near => "near",
    };
    format!("{} within {} {side}: {}", require.count, require.within, test(&require.test))
}
