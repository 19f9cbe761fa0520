//! What kind of boilerplate is this? That of the rules whose words come near.

use std::collections::{HashMap, HashSet};

use crate::model::Category;
use crate::rules::read;
use crate::view::{View, fold_literal};

/// Below this, a likeness is chance.
const LEAST: f64 = 0.34;

/// The category whose rules of the default packs share most words with the lines, seldom words before common ones; [`Category::Other`] if
/// none shares enough.
pub(super) fn guess(views: &[View]) -> Category {
    let wanted: HashSet<&str> = views.iter().flat_map(|view| words(&view.folded)).collect();
    if wanted.is_empty() {
        return Category::Other;
    }
    let mut counts: HashMap<String, HashMap<Category, usize>> = HashMap::new();
    for (name, text) in crate::default_packs() {
        let (Some(pack), _) = read::read(name, text) else { continue };
        for rule in &pack.rules {
            let literals = rule.test.matchers.iter().filter(|matcher| !matcher.kind.is_pattern());
            let literals = literals.flat_map(|matcher| &matcher.items).map(|item| item.value.as_str());
            let texts = literals.chain(rule.hit.iter().map(|example| example.input.as_str()));
            let folded: Vec<String> = texts.map(fold_literal).collect();
            let vocabulary: HashSet<&str> = folded.iter().flat_map(|text| words(text)).collect();
            for word in vocabulary.intersection(&wanted) {
                *counts.entry((*word).to_owned()).or_default().entry(rule.category).or_default() += 1;
            }
        }
    }
    let mut scores: HashMap<Category, f64> = HashMap::new();
    for by_category in counts.values() {
        let total: usize = by_category.values().sum();
        for (category, count) in by_category {
            *scores.entry(*category).or_default() += *count as f64 / total as f64;
        }
    }
    let best = scores.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    match best {
        Some((category, score)) if score / wanted.len() as f64 >= LEAST => category,
        _ => Category::Other,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_words_are_other() {
        assert_eq!(guess(&[View::of("12:30 | 4")]), Category::Other);
        assert_eq!(guess(&[View::of("Zyx qwv jkl")]), Category::Other);
    }
}
