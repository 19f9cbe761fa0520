//! The tutorial is true: every file in it is written and every command run, in an empty directory with only the binary, and what it shows
//! is compared with what came.
//!
//! In `docs/rule-authoring.md` a block whose language is followed by a name is a file, and a `console` block is a session: commands after
//! `$ `, and below each what it prints. A line `…` stands for any lines.

use std::path::Path;
use std::process::Command;

use crate::support::Room;

/// A fenced block: what stands after the fence, and its lines.
struct Block {
    info: String,
    line: usize,
    lines: Vec<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                open = true;
                found.push(Block { info: info.trim().to_owned(), line: number + 1, lines: Vec::new() });
            }
            None if open => found.last_mut().expect("an open block").lines.push(line.to_owned()),
            None => {}
        }
    }
    assert!(!open, "a block is not closed");
    found
}

/// Whether the lines are those that were shown, where `…` stands for any.
fn is_shown(shown: &[String], came: &[&str]) -> bool {
    match shown.split_first() {
        None => came.is_empty(),
        Some((first, rest)) if first == "…" => (0..=came.len()).any(|skipped| is_shown(rest, &came[skipped..])),
        Some((first, rest)) => {
            came.split_first().is_some_and(|(line, more)| first.trim_end() == line.trim_end() && is_shown(rest, more))
        }
    }
}

#[test]
fn every_step_of_the_tutorial_works_as_it_says() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rule-authoring.md"));
    let room = Room::new();
    std::fs::remove_file(room.path("rules.toml")).expect("the rules of other tests");
    let mut commands = 0;
    for block in blocks(&text.expect("the tutorial")) {
        let Some(("text" | "toml", name)) = block.info.split_once(' ') else {
            assert!(["console", "toml", "text"].contains(&block.info.as_str()), "{}: {}", block.line, block.info);
            if block.info == "console" {
                commands += session(&room, &block);
            }
            continue;
        };
        room.put(name, block.lines.join("\n") + "\n");
    }
    assert!(commands >= 10, "{commands} commands");
}

/// Runs the commands of a block, one after the other.
fn session(room: &Room, block: &Block) -> usize {
    let steps: Vec<&[String]> = block.lines.chunk_by(|_, next| !next.starts_with("$ ")).collect();
    for step in &steps {
        let command = step[0].strip_prefix("$ ").expect("a block of commands begins with one");
        let binary = Path::new(env!("CARGO_BIN_EXE_dechaff")).parent().expect("a directory");
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {command}\n}} 2>&1")])
            .current_dir(room.path("."))
            .env("PATH", format!("{}:{path}", binary.display()))
            .env("NO_COLOR", "1")
            .output()
            .expect("a shell");
        let came = String::from_utf8(output.stdout).expect("UTF-8");
        let (mut shown, mut lines) = (step[1..].to_vec(), came.lines().collect::<Vec<_>>());
        // Blank lines at either end are the layout of the page.
        while shown.last().is_some_and(|line| line.is_empty()) {
            shown.pop();
        }
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        let line = block.line;
        assert!(
            is_shown(&shown, &lines),
            "block at line {line}: $ {command}\nshown:\n{}\n\ncame:\n{came}",
            shown.join("\n")
        );
    }
    steps.len()
}
