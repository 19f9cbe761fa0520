//! Is this a page, and not the text of one? Cleaning mark-up would remove nothing and look like success.
//!
//! The first KB decides, and an article may talk about `<html>` or hold some mark-up: the sign is how the text begins.

/// How much of the text is looked at.
const HEAD: usize = 1024;

/// Elements that a page has and the text of an article, Markdown with some HTML included, hardly begins with.
const PAGE: &[&str] = &["html", "head", "body", "meta", "link", "script", "style", "title", "base", "noscript"];

/// Elements that fragments of pages are made of.
const BLOCKS: &[&str] = &[
    "a", "article", "aside", "button", "dd", "div", "dl", "dt", "footer", "form", "header", "input", "li", "main",
    "nav", "ol", "p", "section", "span", "svg", "table", "tbody", "td", "tr", "ul",
];

/// Whether the text is HTML, or a fragment of it.
pub fn is_html(text: &str) -> bool {
    let start = skip_prolog(text);
    let Some(tag) = start.strip_prefix('<') else { return false };
    let head = &start[..start.floor_char_boundary(HEAD)];
    if let Some(declaration) = tag.strip_prefix('!') {
        return declaration.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
            && declaration[7..].trim_start().get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html"));
    }
    named(tag, PAGE) || (named(tag, BLOCKS) && is_dense(head))
}

/// White space, byte order marks, comments and processing instructions may come before the first element.
fn skip_prolog(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        let (open, close) = if rest.starts_with("<!--") {
            ("<!--", "-->")
        } else if rest.starts_with("<?xml") {
            ("<?xml", "?>")
        } else {
            return rest;
        };
        match rest[open.len()..].find(close) {
            Some(end) => rest = &rest[open.len() + end + close.len()..],
            None => return rest,
        }
    }
}

/// Whether `tag`, after its `<`, opens or closes one of these elements.
fn named(tag: &str, names: &[&str]) -> bool {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    let (name, rest) = tag.split_at(end);
    rest.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace())
        && names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// At least one block tag in every hundred bytes, two of them at the least, and a quarter of the bytes inside tags:
/// beyond what a post in Markdown has.
fn is_dense(head: &str) -> bool {
    let (mut tags, mut bytes) = (0, 0);
    for (at, _) in head.match_indices('<') {
        if named(&head[at + 1..], BLOCKS) {
            tags += 1;
            bytes += head[at..].find('>').map_or(0, |end| end + 1);
        }
    }
    tags >= (head.len() / 100).max(2) && bytes * 4 >= head.len()
}

#[cfg(test)]
mod tests {
    use super::is_html;

    #[test]
    fn pages_are_seen() {
        let fragment = "<li class=\"item\"><a href=\"/a\">Rates</a></li>\n".repeat(40);
        for page in [
            "<!DOCTYPE html>\n<p>x",
            "<!doctype  HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
            "\u{FEFF}\n  <html lang=en>",
            "<!-- saved from url --> <?xml version=\"1.0\"?><!-- x -->\n<HTML>",
            "<head><title>x</title>",
            "<body>",
            "<meta charset=utf-8>",
            "<p>One.</p><p>Two.</p>",
            &fragment,
        ] {
            assert!(is_html(page), "{page:?}");
        }
    }

    #[test]
    fn articles_are_not() {
        let long = "<!--".to_owned() + &"x".repeat(5000);
        let post = format!("<center><img src=\"a.png\"/></center>\n\n{}", "A sentence of the post. ".repeat(30));
        let one_tag = format!("<p>{}</p>", "A sentence of the post. ".repeat(30));
        for article in [
            "",
            "<",
            "</",
            "<!",
            "<!doctypé",
            "Every page starts with <html> and <head>.",
            "<html5 is not the name of an element",
            "<3 this article",
            "<doctype> and <b>bold</b> words",
            &long,
            &post,
            &one_tag,
        ] {
            assert!(!is_html(article), "{article:?}");
        }
    }
}
