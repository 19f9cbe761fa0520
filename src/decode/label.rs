//! Encodings by name.

use std::fmt;
use std::str::FromStr;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// An encoding known to the WHATWG Encoding Standard, made from one of its labels.
///
/// ```
/// use dechaff::decode::Label;
///
/// let label: Label = "latin1".parse()?;
/// assert_eq!(label.name(), "windows-1252");
/// # Ok::<(), dechaff::decode::UnknownEncoding>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label(pub(super) &'static Encoding);

impl Label {
    /// UTF-8.
    pub const UTF_8: Self = Self(UTF_8);

    /// The standard's name of the encoding, which may differ from the label: `latin1` is `windows-1252`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Whether text in this encoding is full of NUL bytes, so that NUL cannot separate documents.
    #[must_use]
    pub fn is_utf16(self) -> bool {
        self.0 == UTF_16LE || self.0 == UTF_16BE
    }
}

impl FromStr for Label {
    type Err = UnknownEncoding;

    fn from_str(label: &str) -> Result<Self, Self::Err> {
        // `replacement` is what the standard maps unsafe encodings to: it decodes everything to an error.
        match Encoding::for_label_no_replacement(label.as_bytes()) {
            Some(encoding) => Ok(Self(encoding)),
            None => Err(UnknownEncoding { label: label.to_owned(), nearest: nearest_label(label) }),
        }
    }
}

/// A label that the WHATWG Encoding Standard does not list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEncoding {
    /// What was asked for.
    pub label: String,
    /// The nearest label that exists.
    pub nearest: Option<&'static str>,
}

impl fmt::Display for UnknownEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no encoding is called `{}`", self.label)?;
        match self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None => f.write_str("; labels are those of the WHATWG Encoding Standard, for example `windows-1252`"),
        }
    }
}

impl std::error::Error for UnknownEncoding {}

/// Labels worth suggesting: every encoding's name, and the aliases that people know it by.
pub(super) const SUGGESTED: &[&str] = &[
    "utf-8",
    "utf8",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "ascii",
    "us-ascii",
    "latin1",
    "latin2",
    "latin5",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp866",
    "windows-874",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-5",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-8-i",
    "iso-8859-9",
    "iso-8859-10",
    "iso-8859-11",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "koi8-r",
    "koi8-u",
    "ibm866",
    "macintosh",
    "x-mac-cyrillic",
    "gbk",
    "gb2312",
    "gb18030",
    "big5",
    "big5-hkscs",
    "euc-jp",
    "shift_jis",
    "shift-jis",
    "sjis",
    "windows-31j",
    "iso-2022-jp",
    "euc-kr",
    "tis-620",
    "x-user-defined",
];

fn nearest_label(label: &str) -> Option<&'static str> {
    let label = label.trim().to_ascii_lowercase();
    let (distance, nearest) = SUGGESTED
        .iter()
        .map(|candidate| (strsim::osa_distance(&label, candidate), *candidate))
        .min_by_key(|(distance, _)| *distance)?;
    // More than a third of the letters wrong is another word, not a slip.
    (distance <= (label.chars().count() / 3).max(1)).then_some(nearest)
}
