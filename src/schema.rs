//! JSON Schemas of rule files and configurations, so that editors complete and check while they are written.
//!
//! Categories, levels, scopes and languages come from the lists that the reader uses. The keys stand here, with a sentence each; the tests
//! hold them against the keys that the reader asks for, table by table, so that there is one truth.

use serde_json::{Map, Value, json};

use crate::model::{Category, Level, Scope};
use crate::rules::read::LANGUAGES;
use crate::rules::schema::Kind;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keys of one table: name, schema, whether it is needed.
type Keys = Vec<(&'static str, Value, bool)>;

/// The schema of rule files.
///
/// ```
/// let schema = dechaff::schema::rule_file();
/// assert!(schema["$defs"]["rule"]["properties"]["starts-with"].is_object());
/// ```
pub fn rule_file() -> Value {
    let mut phrases = Map::from_iter([("id".to_owned(), id("The list's name: rules say \"@name\"."))]);
    for language in LANGUAGES.iter().filter(|language| **language != "id") {
        let about = if *language == "any" { "Phrases of no language." } else { "Phrases in this language." };
        phrases.insert((*language).to_owned(), described(json!({ "type": "array", "items": text() }), about));
    }
    json!({
        "$schema": DRAFT,
        "title": "dechaff rule file",
        "description": "Rules that say which lines of a page are boilerplate.",
        "type": "object",
        "required": ["pack"],
        "additionalProperties": false,
        "properties": {
            "pack": table("The pack that the rules of this file belong to.", pack_keys()),
            "list": { "type": "array", "description": "Phrases that mean the same thing, by language.", "items": {
                "type": "object", "required": ["id"], "additionalProperties": false, "properties": phrases,
            } },
            "rule": { "type": "array", "items": { "$ref": "#/$defs/rule" } },
        },
        "$defs": {
            "rule": table("A rule.", rule_keys()),
            "when": table("Conditions on the line and on where it stands.", when_keys()),
            "test": table("What a line has to be like; all that is given must hold.", test_keys()),
            "require": table("Another line that has to stand nearby.", require_keys()),
            "unless": table("An exception.", unless_keys()),
            "example": table("An example with more to say.", example_keys()),
        },
    })
}

/// The schema of `dechaff.toml`.
///
/// ```
/// assert!(dechaff::schema::config()["properties"]["extend"].is_object());
/// ```
pub fn config() -> Value {
    let mut defs = rule_file()["$defs"].clone();
    let mut changes =
        table("A packaged rule, changed: the fields given replace the rule's, exceptions are added.", rule_keys());
    changes["required"] = json!(["rule"]);
    if let Some(properties) = changes["properties"].as_object_mut() {
        properties.remove("id");
        properties.insert("rule".to_owned(), described(text(), "The rule's full id: pack/id."));
    }
    if let Some(defs) = defs.as_object_mut() {
        defs.insert("override".to_owned(), changes);
        defs.insert("source".to_owned(), table("What holds for the documents of some hosts.", source_keys()));
    }
    let mut schema = table("Which rules clean the documents of a project.", config_keys());
    schema["$schema"] = json!(DRAFT);
    schema["title"] = json!("dechaff configuration");
    schema["$defs"] = defs;
    schema
}

fn table(about: &str, keys: Keys) -> Value {
    let required: Vec<_> = keys.iter().filter(|(_, _, needed)| *needed).map(|(key, ..)| *key).collect();
    let properties: Map<String, Value> = keys.into_iter().map(|(key, value, _)| (key.to_owned(), value)).collect();
    let mut table = json!({
        "type": "object", "description": about, "additionalProperties": false, "properties": properties,
    });
    if !required.is_empty() {
        table["required"] = json!(required);
    }
    table
}

fn described(mut schema: Value, about: &str) -> Value {
    schema["description"] = json!(about);
    schema
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn id(about: &str) -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "description": about })
}

/// A value, or an array of them.
fn several(item: Value, about: &str) -> Value {
    json!({ "description": about, "anyOf": [item.clone(), { "type": "array", "items": item, "minItems": 1 }] })
}

fn one_of(names: impl IntoIterator<Item = &'static str>, about: &str) -> Value {
    json!({ "enum": names.into_iter().collect::<Vec<_>>(), "description": about })
}

fn number(min: u32, max: u32, about: &str) -> Value {
    json!({ "type": "integer", "minimum": min, "maximum": max, "description": about })
}

fn flag(about: &str) -> Value {
    json!({ "type": "boolean", "description": about })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn pack_keys() -> Keys {
    vec![
        ("id", id("The first half of every rule's full id."), true),
        ("title", described(text(), "What the pack is for."), true),
    ]
}

fn matcher_keys() -> Keys {
    let about = |kind: Kind| match kind {
        Kind::Equals => "The whole line is the literal; marks at its end do not count.",
        Kind::StartsWith => "The line begins with the literal.",
        Kind::Label => "The line begins with the literal and a separator: a colon, a bar, an arrow.",
        Kind::EndsWith => "The line ends with the literal.",
        Kind::Contains => "The literal occurs; needs max-chars.",
        Kind::Regex => "The pattern matches the whole line.",
        Kind::Search => "The pattern matches somewhere in the line; needs max-chars.",
        Kind::RawRegex => "The pattern matches somewhere in the line as it was read; needs max-chars.",
    };
    Kind::ALL.iter().map(|kind| (kind.key(), several(text(), about(*kind)), false)).collect()
}

fn shape_keys() -> Keys {
    vec![
        ("min-chars", number(0, 100_000, "At least so many characters."), false),
        ("max-chars", number(0, 100_000, "At most so many characters."), false),
        ("min-words", number(0, 100_000, "At least so many words."), false),
        ("max-words", number(0, 100_000, "At most so many words."), false),
        ("end-mark", flag("Whether the line ends like a sentence."), false),
        ("prose", flag("Whether the line is prose: twelve words or more, and an end mark."), false),
        ("case", one_of(["upper", "title"], "How its words are capitalised."), false),
    ]
}

fn test_keys() -> Keys {
    let mut keys = matcher_keys();
    keys.push(("glued", flag("Literals may end inside a word."), false));
    keys.extend(shape_keys());
    keys
}

fn when_keys() -> Keys {
    let neighbour = |edge: &str| json!({ "anyOf": [{ "enum": [edge, "removed"] }, reference("test")] });
    let mut keys = shape_keys();
    keys.extend([
        ("first-units", number(1, 1000, "One of the first lines that are left."), false),
        ("last-units", number(1, 1000, "One of the last lines that are left."), false),
        ("after-percent", number(1, 99, "At least so much of the text stands before it."), false),
        ("repeat", flag("The same text stands earlier in the document."), false),
        ("max-matches", number(1, 1000, "At most so many lines match the rule; more are a list."), false),
        (
            "prev",
            several(
                neighbour("start"),
                "What stands before: nothing, something removed, or a line that passes a test.",
            ),
            false,
        ),
        (
            "next",
            several(neighbour("end"), "What stands after: nothing, something removed, or a line that passes a test."),
            false,
        ),
        ("lang", several(text(), "The document's language, where known, is one of these."), false),
        ("source", several(text(), "The document's host is one of these, or below it."), false),
        ("min-run", number(2, 1000, "For scope run: how many adjacent lines it takes."), false),
    ]);
    keys
}

fn rule_keys() -> Keys {
    let names = |all: &[Category]| all.iter().map(|category| category.as_str()).collect::<Vec<_>>();
    let example = json!({ "anyOf": [text(), reference("example")] });
    let mut keys: Keys = vec![
        ("id", id("The rule's name in its pack."), true),
        ("title", described(text(), "What it removes, in a few words."), true),
        ("category", one_of(names(Category::ALL), "What kind of boilerplate it removes."), true),
        ("level", one_of(Level::ALL.iter().map(|level| level.as_str()), "How sure it is."), true),
        (
            "scope",
            one_of(
                Scope::ALL.iter().map(|scope| scope.as_str()),
                "What it claims when it matches; line, if not given.",
            ),
            false,
        ),
        ("action", one_of(["keep", "remove"], "Whether it protects lines instead of removing them."), false),
    ];
    keys.extend(matcher_keys());
    keys.extend([
        ("glued", flag("Literals may end inside a word."), false),
        ("when", reference("when"), false),
        ("max-prose", number(61, 99, "For sections and tails that a `require` bears out at least four times: what percent of the prose it may take."), false),
        ("max-units", number(1, 10_000, "For sections and tails: how many lines it may claim."), false),
        ("until", reference("test"), false),
        ("require", several(reference("require"), "Other lines that have to stand nearby."), false),
        ("unless", several(reference("unless"), "Exceptions."), false),
        ("hit", several(example.clone(), "Examples of what it removes."), true),
        ("spare", several(example, "Examples of what looks like it and stays."), false),
    ]);
    keys
}

fn require_keys() -> Keys {
    let mut keys = test_keys();
    keys.extend([
        ("side", one_of(["before", "after", "near"], "Where it stands."), true),
        ("within", number(1, 100, "How many lines away at most."), true),
        ("count", number(1, 100, "How many such lines; one, if not given."), false),
    ]);
    keys
}

fn unless_keys() -> Keys {
    let mut keys = test_keys();
    keys.push(("why", described(text(), "Why such lines stay."), true));
    keys
}

fn example_keys() -> Keys {
    vec![
        ("input", described(text(), "The lines."), true),
        ("output", described(json!({ "type": "string" }), "For spans: the text that remains."), false),
        ("page", flag("The input is a whole document."), false),
        ("alone", flag("Skip the run with all rules together."), false),
        ("why", described(text(), "What the example shows."), false),
    ]
}

fn choice_keys() -> Keys {
    let selectors = || several(text(), "Rules (pack/id), packs, or category:NAME.");
    let categories = |about: &str| several(one_of(Category::ALL.iter().map(|c| c.as_str()), "A category."), about);
    vec![
        ("level", one_of(Level::ALL.iter().map(|level| level.as_str()), "Up to which level rules are used."), false),
        ("lang", described(text(), "The language of the documents."), false),
        ("select", described(selectors(), "The only rules to be used: pack/id, pack, or category:NAME."), false),
        ("ignore", described(selectors(), "Rules to do without: pack/id, pack, or category:NAME."), false),
        ("keep", categories("Categories whose lines stay."), false),
        ("remove", categories("The only categories whose lines go."), false),
    ]
}

fn source_keys() -> Keys {
    let mut keys = vec![("host", several(text(), "Hosts; each stands for those below it too."), true)];
    keys.extend(choice_keys());
    keys
}

fn config_keys() -> Keys {
    let mut keys = vec![
        ("extend", several(text(), "Configurations that this one is laid over; relative to this file."), false),
        ("packs", several(text(), "Rule files and directories of them; relative to this file."), false),
        ("default-rules", flag("Whether the default packs are used."), false),
    ];
    keys.extend(choice_keys());
    keys.push(("source", json!({ "type": "array", "items": reference("source") }), false));
    keys.push(("override", json!({ "type": "array", "items": reference("override") }), false));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The keys that the reader names when it meets one that it does not know, by table.
    fn asked(problems: Vec<crate::Problem>) -> Vec<(String, BTreeSet<String>)> {
        let known = |problem: crate::Problem| {
            let what = problem.message.strip_prefix("unknown key `zzzzzz` in ")?.to_owned();
            let keys = problem.help?.strip_prefix("known keys: ")?.split(", ").map(str::to_owned).collect();
            Some((what, keys))
        };
        problems.into_iter().filter_map(known).collect()
    }

    fn names(keys: &Keys) -> BTreeSet<String> {
        keys.iter().map(|(key, ..)| (*key).to_owned()).collect()
    }

    #[test]
    fn the_reader_asks_for_the_keys_of_the_schema() {
        let text = r#"
[pack]
id = "a"
title = "b"
zzzzzz = 1
[[rule]]
id = "a"
zzzzzz = 1
when = { zzzzzz = 1, prev = { equals = "x", zzzzzz = 1 } }
until = { equals = "x", zzzzzz = 1 }
require = { equals = "x", zzzzzz = 1 }
unless = [{ equals = "x", zzzzzz = 1 }]
hit = [{ input = "x", zzzzzz = 1 }]
"#;
        let seen = asked(crate::rules::read::read("a.toml", text).1);
        let expected = [
            ("[pack]", pack_keys()),
            ("[[rule]]", rule_keys()),
            ("`when`", when_keys()),
            ("a test", test_keys()),
            ("`until`", test_keys()),
            ("`require`", require_keys()),
            ("`unless`", unless_keys()),
            ("an example", example_keys()),
        ];
        for (what, keys) in &expected {
            let asked = seen.iter().find(|(table, _)| table == what).map(|(_, keys)| keys);
            assert_eq!(asked, Some(&names(keys)), "{what}");
        }
        assert_eq!(seen.len(), expected.len());
    }

    #[test]
    fn the_configuration_is_read_as_its_schema_says() {
        let text = "zzzzzz = 1\n[[source]]\nhost = \"a\"\nzzzzzz = 1\n";
        let seen = asked(crate::config::read("dechaff.toml", text).expect_err("unknown keys"));
        let of = |what: &str| seen.iter().find(|(table, _)| table == what).map(|(_, keys)| keys.clone());
        assert_eq!(of("a configuration"), Some(names(&config_keys())));
        assert_eq!(of("[[source]]"), Some(names(&source_keys())));
    }
}
