//! A directory to work in, and a way to run the binary there.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// One rule per verdict: whole lines at every level, a cut, and a line that only `aggressive` takes.
pub const RULES: &str = r#"[pack]
id = "test"
title = "Rules for the tests of the command line"

[[rule]]
id = "noise"
category = "related"
level = "safe"
title = "A line that says it is noise"
starts-with = ["NOISE"]
hit = ["NOISE one"]
spare = ["A sentence without any."]

[[rule]]
id = "credit"
category = "credit"
level = "safe"
title = "A credit in brackets"
scope = "span"
search = '(?<cut>\(CUT[^)]*\))'
when = { max-chars = 400 }
hit = [{ input = "The second (CUT photo) paragraph.", output = "The second  paragraph." }]
spare = ["The second (photo) paragraph."]

[[rule]]
id = "guess"
category = "promo"
level = "aggressive"
title = "A line that may be noise"
starts-with = ["GUESS"]
hit = ["GUESS what"]
spare = ["A sentence without any."]
"#;

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Ran {
    pub fn out(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("standard output is UTF-8")
    }

    /// Expects success without a word.
    #[track_caller]
    pub fn quiet(&self, stdout: impl AsRef<[u8]>) -> &Self {
        assert_eq!(self.stderr, "");
        self.prints(stdout)
    }

    /// Expects success, whatever is said.
    #[track_caller]
    pub fn prints(&self, stdout: impl AsRef<[u8]>) -> &Self {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.data(stdout)
    }

    #[track_caller]
    pub fn data(&self, stdout: impl AsRef<[u8]>) -> &Self {
        let (is, expected) = (self.stdout.escape_ascii().to_string(), stdout.as_ref().escape_ascii().to_string());
        assert_eq!(is, expected, "{}", self.stderr);
        self
    }

    /// Expects exit code 2 and all of these words in the messages.
    #[track_caller]
    pub fn fails(&self, words: &[&str]) -> &Self {
        assert_eq!(self.code, 2, "{}", self.stderr);
        self.says(words)
    }

    #[track_caller]
    pub fn says(&self, words: &[&str]) -> &Self {
        // Messages are broken into lines at spaces, wherever a terminal's width asks for it.
        let flat = self.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(self.stderr.contains(word) || flat.contains(word), "`{word}` is not in: {}", self.stderr);
        }
        self
    }
}

/// A directory with `rules.toml` in it.
pub struct Room {
    directory: TempDir,
}

impl Room {
    pub fn new() -> Self {
        let room = Self { directory: TempDir::new().expect("a temporary directory") };
        room.put("rules.toml", RULES);
        room
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file, and the directories above it.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(path, bytes).expect("a file");
    }

    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.path(name)).expect("a file")).expect("UTF-8")
    }

    /// The names in a directory: nothing may be left lying about.
    pub fn names(&self, directory: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(directory)).expect("a directory");
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names: Vec<String> = entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dechaff"));
        command.args(args).current_dir(self.directory.path());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs with these arguments only, and `stdin`.
    pub fn bare<S: AsRef<OsStr>>(&self, args: &[S], stdin: impl AsRef<[u8]>) -> Ran {
        run(self.command(args), stdin.as_ref())
    }

    /// Runs with the rules of the tests, and `stdin`.
    pub fn pipe(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Ran {
        let mut all = args.to_vec();
        all.extend(["--rules", "rules.toml", "--no-default-rules"]);
        self.bare(&all, stdin)
    }

    /// Runs with the rules of the tests, and nothing to read.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.pipe(args, "")
    }
}

fn run(mut command: Command, stdin: &[u8]) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        // A run that does not read its input closes the pipe: that is its business.
        scope.spawn(move || pipe.write_all(stdin));
        let output = child.wait_with_output().expect("the binary ends");
        Ran {
            code: output.status.code().expect("an exit code"),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    })
}
