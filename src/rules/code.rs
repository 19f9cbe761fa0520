//! The stable names of everything that can be found wrong with a rule file.
//!
//! A code never changes its meaning: scripts, comments and documentation refer to it. `docs/lints.md` explains each.

use std::fmt;
use std::str::FromStr;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Works, and is probably not what its author means.
    Warning,
    /// Cannot be loaded, or cannot do what it says.
    Error,
}

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $severity:ident, $about:literal;)+) => {
        /// What kind of mistake a [`super::Problem`] is.
        ///
        /// ```
        /// use dechaff::Code;
        /// assert_eq!("weak-literal".parse(), Ok(Code::WeakLiteral));
        /// assert_eq!(Code::WeakLiteral.as_str(), "weak-literal");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $about] $(#[$meta])* $variant),+ }

        impl Code {
            /// Every code, the errors of loading first.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// The name.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),+ }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity),+ }
            }

            /// What is wrong, in a few words.
            pub fn about(self) -> &'static str {
                match self { $(Code::$variant => $about),+ }
            }
        }
    };
}

codes! {
    NotToml = "not-toml", Error, "The file is not TOML.";
    UnknownKey = "unknown-key", Error, "A key that nobody asks for.";
    MissingKey = "missing-key", Error, "A key that is needed and not there.";
    WrongType = "wrong-type", Error, "A value of the wrong type, or out of range.";
    UnknownName = "unknown-name", Error, "A category, level, scope, list or rule that does not exist.";
    BadId = "bad-id", Error, "An id that is not kebab-case.";
    DuplicateId = "duplicate-id", Error, "A rule, list or pack with the id of another.";
    EmptyLiteral = "empty-literal", Error, "A string, list or array with nothing in it.";
    TestsNothing = "tests-nothing", Error, "A test that every line passes.";
    BadRegex = "bad-regex", Error, "A pattern that cannot be compiled.";
    EmptyMatch = "empty-match", Error, "A pattern that matches the empty text, or no text at all.";
    UnicodeWordBoundary = "unicode-word-boundary", Error, "A word boundary in a pattern.";
    Anchor = "anchor", Error, "An anchor in a pattern.";
    CaseFoldClass = "case-fold-class", Error, "A class of one letter case under `(?i)`.";
    NotInView = "not-in-view", Error, "A pattern asks for a character that the plain view never holds.";
    BadCut = "bad-cut", Error, "A span rule that does not say what to cut, or cannot be found.";
    MissingMaxChars = "missing-max-chars", Error, "A rule that would look at every byte of every paragraph.";
    UnboundedSection = "unbounded-section", Error, "A section or tail without a bound that means anything.";
    TailWithoutRequire = "tail-without-require", Error, "A broad rule that nothing nearby bears out.";
    WrongScope = "wrong-scope", Error, "A key that means nothing in this scope, or is needed there and missing.";
    WithoutEvidence = "without-evidence", Error, "A rule without an example of what it removes, or spares.";
    FailedEvidence = "failed-evidence", Error, "An example that the rule does not bear out.";
    SpareIdenticalToHit = "spare-identical-to-hit", Error, "The same example to be removed and to be spared.";
    NeedsNewline = "needs-newline", Error, "A pattern that needs a line break or tab, which no view holds.";
    UnreachableUnless = "unreachable-unless", Warning, "An exception for lines that the rule never matches.";
    Shadowed = "shadowed", Warning, "A rule whose lines another rule removes in any case.";
    LooseAlternation = "loose-alternation", Warning, "An alternative that reaches further, or less far, than it looks.";
    LeadingWildcard = "leading-wildcard", Warning, "A pattern that begins with a wildcard which says nothing.";
    WeakLiteral = "weak-literal", Warning, "A literal so common that it proves nothing.";
    SlowRule = "slow-rule", Warning, "A rule that is asked about too many lines in vain.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Code {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let find = Self::ALL.iter().copied().find(|code| code.as_str() == text);
        find.ok_or_else(|| {
            let help = super::problem::did_you_mean(text, Self::ALL.iter().map(|code| code.as_str()));
            format!("no check is called `{text}`{}", help.map(|help| format!("; {help}")).unwrap_or_default())
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}
