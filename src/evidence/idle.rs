//! Evidence that tests nothing: an example that says what another one says, or a spare line in which nothing is that the rule looks for.
//! Such a spare line would be spared by any rule, so it is no evidence for this one.
//!
//! What the rule looks for is taken generously, word by word: the question is whether its author thought of this rule.

use std::collections::HashMap;

use crate::cleaned::RuleId;
use crate::cleaner::Cleaner;
use crate::pattern::{Pattern, Prefilter};
use crate::rules::code::Code;
use crate::rules::problem::Problems;
use crate::rules::record::Matcher;
use crate::rules::schema::{Evidence, Kind, Rule};
use crate::view::{fold, has_no_word_spaces};

/// Adds a problem for every example of a rule that tests nothing.
pub(super) fn find(rule: &Rule, id: RuleId, everything: &Cleaner, problems: &mut Problems<'_>) {
    let mut seen: HashMap<(String, bool), &str> = HashMap::new();
    for (what, example) in
        rule.hit.iter().map(|example| ("hit", example)).chain(rule.spare.iter().map(|example| ("spare", example)))
    {
        let key = (example.input.trim().to_owned(), example.page);
        if let Some(other) = seen.insert(key, what) {
            let message = format!("`{}` ({what}): the same example is a `{other}` already", rule.id.value);
            problems
                .add(example.span.clone(), message, "tests nothing new")
                .code(Code::FailedEvidence)
                .help("take it out");
        }
    }
    for example in rule.spare.iter().filter(|example| !comes_near(rule, id, everything, example)) {
        let message = format!("`{}` (spare): nothing that the rule looks for is in it", rule.id.value);
        problems
            .add(example.span.clone(), message, "any rule would spare it")
            .code(Code::FailedEvidence)
            .help("show a line that looks like a `hit` and is not: the same words in a sentence, say");
    }
}

/// Whether a word, or a number with the same signs around it, is in one of the rule's hits, too. Patterns are seldom about words alone.
fn is_like_a_hit(rule: &Rule, example: &Evidence) -> bool {
    let tokens = |text: &str| -> Vec<String> {
        let plain = |word: &str| {
            let mut token = String::new();
            for c in word.chars() {
                match c {
                    c if c.is_numeric() && token.ends_with('#') => {}
                    c if c.is_numeric() => token.push('#'),
                    c => token.push(fold(c)),
                }
            }
            token
        };
        text.split_whitespace()
            .map(|word| plain(word.trim_matches(['"', ',', '.', ':', ';'])))
            .filter(|token| token.chars().count() > 1 || token == "#")
            .collect()
    };
    let ours = tokens(&example.input);
    rule.hit.iter().flat_map(|hit| tokens(&hit.input)).any(|token| ours.contains(&token))
}

/// Whether any of what the rule looks for is in an example, if only a word of it.
fn comes_near(rule: &Rule, id: RuleId, everything: &Cleaner, example: &Evidence) -> bool {
    let rules = everything.ruleset();
    let (Some(record), Some(segment)) = (rules.record(id.0), rules.segment(id.0)) else { return true };
    let text: String = example.input.chars().map(fold).collect();
    if record.test.matchers.is_empty() {
        return true;
    }
    let has_patterns = rule.test.matchers.iter().any(|matcher| matcher.kind.is_pattern());
    if has_patterns && is_like_a_hit(rule, example) {
        return true;
    }
    record.test.matchers.iter().any(|matcher| match matcher {
        Matcher::Equals(phrases)
        | Matcher::StartsWith(phrases, _)
        | Matcher::Label(phrases)
        | Matcher::EndsWith(phrases)
        | Matcher::Contains(phrases, _) => {
            segment.phrases(*phrases).iter().any(|phrase| shares_a_word(&String::from_utf8_lossy(phrase), &text))
        }
        Matcher::Regex(_) => patterns(rule, Kind::Regex, &text),
        Matcher::Search(_) => patterns(rule, Kind::Search, &text),
        Matcher::Raw(_) => true,
    })
}

/// Whether one of the literals that a pattern cannot do without has a word in the text; a pattern without such says nothing.
fn patterns(rule: &Rule, kind: Kind, text: &str) -> bool {
    let matchers = rule.test.matchers.iter().filter(|matcher| matcher.kind == kind);
    matchers.flat_map(|matcher| &matcher.items).any(|item| {
        let Ok(pattern) = Pattern::parse(&item.value) else { return true };
        match pattern.prefilter(kind == Kind::Regex) {
            Prefilter::Prefix(literals) | Prefilter::Inner(literals) => {
                literals.iter().any(|literal| shares_a_word(literal, text))
            }
            _ => true,
        }
    })
}

/// Whether a word of a phrase is in a text, both folded. Where words are not spaced, two characters in a row are one.
fn shares_a_word(phrase: &str, text: &str) -> bool {
    let words: Vec<&str> = phrase.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return text.contains(phrase);
    }
    words.iter().any(|word| {
        let chars: Vec<char> = word.chars().collect();
        if chars.len() > 2 && chars.iter().any(|c| has_no_word_spaces(*c)) {
            return chars.windows(2).any(|pair| text.contains(&pair.iter().collect::<String>()));
        }
        text.contains(word)
    })
}

#[cfg(test)]
mod tests {
    use super::shares_a_word;

    #[test]
    fn words_are_shared_generously() {
        assert!(shares_a_word("read also", "you can read it"));
        assert!(!shares_a_word("read also", "the bridge"));
        assert!(shares_a_word("关联文章", "这些文章很长"));
        assert!(shares_a_word("+++", "a +++ b"));
    }
}
