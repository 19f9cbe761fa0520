//! The draft as TOML, in the form that people write rules in.

use super::Spare;
use super::matcher::Guess;
use crate::model::{Category, Scope};
use crate::rules::schema::Kind;

/// What a rule is put together from.
pub(super) struct Parts<'p> {
    pub(super) id: &'p str,
    pub(super) category: Category,
    pub(super) scope: Scope,
    pub(super) guess: &'p Guess,
    pub(super) hits: &'p [String],
    pub(super) spares: &'p [Spare],
}

pub(super) fn toml(parts: &Parts<'_>) -> String {
    let Parts { id, category, scope, guess, hits, spares } = parts;
    let mut out = format!("[[rule]]\nid = {}\ncategory = \"{category}\"\nlevel = \"aggressive\"\n", string(id));
    let about = match scope {
        Scope::Section => "Block under",
        Scope::Run => "Run of lines like",
        _ => "Line like",
    };
    let first: String = hits[0].chars().take(50).collect();
    out.push_str(&format!("title = {}\n", string(&format!("{about} \"{}\"", first.trim()))));
    if *scope != Scope::Line {
        out.push_str(&format!("scope = \"{scope}\"\n"));
    }
    let items: Vec<_> = guess.items.iter().map(|item| pattern_or_literal(guess.kind, item)).collect();
    out.push_str(&format!("{} = [{}]\n", guess.kind.key(), items.join(", ")));
    let mut when: Vec<String> = guess.max_chars.iter().map(|max| format!("max-chars = {max}")).collect();
    if *scope == Scope::Run {
        when.insert(0, "min-run = 2".to_owned());
    }
    if !when.is_empty() {
        out.push_str(&format!("when = {{ {} }}\n", when.join(", ")));
    }
    if *scope == Scope::Section {
        out.push_str(&format!("max-units = {}\n", hits.len() - 1 + super::SLACK));
        // Without it the last line before prose is handed back, as it may be a heading; here it was among the lines.
        out.push_str("until = { prose = true }\n");
    }
    let hits: Vec<_> = match scope {
        Scope::Line => hits.iter().map(|hit| string(hit)).collect(),
        _ => vec![string(&hits.join("\n"))],
    };
    out.push_str(&format!("hit = {}\n", array(&hits)));
    let spares: Vec<_> = spares
        .iter()
        .map(|spare| format!("{{ input = {}, why = {} }}", string(&spare.input), string(spare.why)))
        .collect();
    out.push_str(&format!("spare = {}\n", array(&spares)));
    out
}

/// One entry on the line of its key, more on lines of their own.
fn array(entries: &[String]) -> String {
    match entries {
        [one] => format!("[{one}]"),
        many => format!("[\n{}]", many.iter().map(|entry| format!("  {entry},\n")).collect::<String>()),
    }
}

fn pattern_or_literal(kind: Kind, item: &str) -> String {
    if kind.is_pattern() && !item.contains('\'') { format!("'{item}'") } else { string(item) }
}

/// A TOML basic string; one of several lines in three quotes.
pub(super) fn string(text: &str) -> String {
    let lines = text.contains('\n');
    let mut out = String::from(if lines { "\"\"\"\n" } else { "\"" });
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push(c),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push_str(if lines { "\"\"\"" } else { "\"" });
    out
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn strings_come_back_as_they_were() {
        for text in ["plain", "a \"quote\" and a \\", "tab\tand \u{1B} control", "two\nlines \"\"\" of it"] {
            let document = toml_edit::Document::parse(format!("x = {}", string(text))).expect("valid TOML");
            assert_eq!(document.get("x").and_then(|item| item.as_str()), Some(text));
        }
    }
}
