//! The first step: bytes to text, without ever guessing in silence.
//!
//! In order, the first that applies decides:
//!
//! 1. A byte order mark (UTF-8, UTF-16 LE or BE). It is honoured and not part of the text. As on the web, it wins over a label.
//! 2. A label the caller gave ([`DecodeOptions::encoding`]).
//! 3. Valid UTF-8 without NUL bytes: taken as it is, not copied.
//! 4. NUL in every other byte: UTF-16 without a mark. Any other NUL: binary, an error.
//! 5. Broken UTF-8: an error naming the first bad byte. Such input must not be re-read as windows-1252, which accepts
//!    every byte and would turn each good accent into two wrong letters.
//! 6. Detection. [`Decoded::how`] says so, and a front end has to pass that on.
//!
//! Telling 5 from 6 needs care, because legacy text holds valid UTF-8 by accident: a Shift_JIS trail byte and the lead
//! byte after it, `ё` after a capital in windows-1251, two bytes of one GBK character. See `broken_utf8`.
//!
//! With [`DecodeOptions::lossy`] nothing is an error: what cannot be read becomes U+FFFD, NUL bytes stay.
//!
//! [`encode`] is the way back, for whoever needs the output in another encoding.

mod encode;
mod label;

use std::borrow::Cow;
use std::fmt;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

pub use encode::{EncodeError, encode};
pub use label::{Label, UnknownEncoding};

/// How much of the input the detector looks at, from shortly before the first byte that is not UTF-8.
const DETECTION_WINDOW: usize = 1 << 20;

/// What the caller knows, and wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecodeOptions {
    /// The encoding of the input, where known.
    pub encoding: Option<Label>,
    /// Replace what cannot be decoded by U+FFFD, and let NUL bytes pass, instead of failing.
    pub lossy: bool,
}

/// How the encoding was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The bytes are UTF-8 (or, when lossy, were meant to be).
    Utf8,
    /// By a byte order mark.
    Bom,
    /// The caller said so.
    Label,
    /// By looking at the bytes: a guess, to be reported.
    Detected,
}

/// Text, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'b> {
    /// The text without byte order mark. Borrowed where the bytes were and could be taken as they are.
    pub text: Cow<'b, str>,
    /// The WHATWG name of the encoding.
    pub encoding: &'static str,
    /// Whether a byte order mark was there.
    pub had_bom: bool,
    /// How the encoding was found.
    pub how: How,
}

/// Why bytes could not be read as text. Offsets count from the first byte, byte order mark included.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// UTF-8 with damage in it.
    BrokenUtf8 {
        /// The first byte that is not part of valid UTF-8.
        offset: usize,
    },
    /// The input is not valid in the encoding that a label, a byte order mark or detection named.
    Malformed {
        /// The WHATWG name of the encoding.
        encoding: &'static str,
        /// Who named it.
        how: How,
        /// The first byte of the first sequence that is wrong.
        offset: usize,
    },
    /// NUL bytes, and not UTF-16.
    Binary {
        /// The first NUL byte.
        offset: usize,
    },
}

impl DecodeError {
    /// The byte that the error is about.
    #[must_use]
    pub fn offset(&self) -> usize {
        match self {
            Self::BrokenUtf8 { offset } | Self::Malformed { offset, .. } | Self::Binary { offset } => *offset,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BrokenUtf8 { offset } => {
                write!(f, "broken UTF-8 at byte {offset} (there is valid multi-byte UTF-8 beside it)")
            }
            Self::Malformed { encoding, how: How::Detected, offset } => {
                write!(f, "neither UTF-8 nor, as it looked, {encoding}: byte {offset} fits neither")
            }
            Self::Malformed { encoding, offset, .. } => write!(f, "not valid {encoding} at byte {offset}"),
            Self::Binary { offset } => write!(f, "not text: NUL at byte {offset}, and not UTF-16"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Decodes a document.
///
/// Costs one pass for UTF-8 and no copy (a `Vec` that starts with a byte order mark is shifted by it). Everything else
/// costs a copy; detection looks at no more than 1 MiB.
///
/// ```
/// use dechaff::decode::{DecodeOptions, How, decode};
///
/// let decoded = decode(b"caf\xC3\xA9".as_slice(), &DecodeOptions::default())?;
/// assert_eq!((decoded.text.as_ref(), decoded.how), ("café", How::Utf8));
/// # Ok::<(), dechaff::decode::DecodeError>(())
/// ```
///
/// # Errors
///
/// [`DecodeError`] when the bytes are not text in the encoding that was named or found; never with `lossy`.
pub fn decode<'b>(bytes: impl Into<Cow<'b, [u8]>>, options: &DecodeOptions) -> Result<Decoded<'b>, DecodeError> {
    let bytes = bytes.into();
    if let Some((encoding, bom_len)) = Encoding::for_bom(&bytes) {
        let text = decode_as(skip(bytes, bom_len), encoding, How::Bom, bom_len, options.lossy)?;
        return Ok(Decoded { text, encoding: encoding.name(), had_bom: true, how: How::Bom });
    }
    let (encoding, how) = match options.encoding {
        Some(Label(encoding)) => (encoding, How::Label),
        None => find_encoding(&bytes, options.lossy)?,
    };
    let text = decode_as(bytes, encoding, how, 0, options.lossy)?;
    Ok(Decoded { text, encoding: encoding.name(), had_bom: false, how })
}

/// The encoding of bytes without byte order mark that nobody has named.
fn find_encoding(bytes: &[u8], lossy: bool) -> Result<(&'static Encoding, How), DecodeError> {
    let nul = memchr::memchr(0, bytes);
    if nul.is_some()
        && let Some(encoding) = utf16_by_pattern(bytes)
    {
        return Ok((encoding, How::Detected));
    }
    let Err(error) = std::str::from_utf8(bytes) else { return Ok((UTF_8, How::Utf8)) };
    if let Some(offset) = nul
        && !lossy
    {
        return Err(DecodeError::Binary { offset });
    }
    let offset = error.valid_up_to();
    let guess = detect(bytes, offset);
    if !broken_utf8(bytes, guess) {
        Ok((guess, How::Detected))
    } else if lossy {
        Ok((UTF_8, How::Utf8))
    } else {
        Err(DecodeError::BrokenUtf8 { offset })
    }
}

/// UTF-16 without a mark: in most of the first KB every other byte is NUL, and (so that no table of small integers
/// passes for text) all of it is valid UTF-16.
fn utf16_by_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    let (units, rest) = bytes.as_chunks::<2>();
    let head = &units[..units.len().min(512)];
    let (high_first, low_first) =
        (head.iter().filter(|u| u[0] == 0).count(), head.iter().filter(|u| u[1] == 0).count());
    let (most, few) = (head.len() * 3 / 5, head.len() / 20);
    let encoding = match (high_first, low_first) {
        _ if head.len() < 2 || !rest.is_empty() => return None,
        (nul, other) if nul > most && other <= few => UTF_16BE,
        (other, nul) if nul > most && other <= few => UTF_16LE,
        _ => return None,
    };
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    (!malformed && !text.contains('\0')).then_some(encoding)
}

/// The detector's opinion on input that is not UTF-8 from `offset` on.
fn detect(bytes: &[u8], offset: usize) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // What stands before is ASCII, or UTF-8 that has already been found: the detector learns from what follows. A
    // little ASCII before it tells where a word begins.
    let start = offset.saturating_sub(64);
    let end = bytes.len().min(start + DETECTION_WINDOW);
    detector.feed(&bytes[start..end], end == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether input that is not valid UTF-8 was meant to be UTF-8.
///
/// - Where the guess is a single-byte encoding of the Latin script, valid multi-byte UTF-8 hardly ever comes about by
///   chance (`Ã` before `©`): one such sequence is enough.
/// - Other scripts have many high bytes, some of which pair up by chance, yet never most of them; while damaged UTF-8
///   stays valid almost everywhere. So the bytes are counted.
/// - In the double-byte encodings of East Asia up to two thirds pair up (EUC-KR is the worst), but hardly ever three
///   in a row, as they do in the UTF-8 of those languages.
/// - Cut off in the middle of its last character: UTF-8, when two bytes of that character are left. (One could be the
///   `é` that ends a Latin-1 file.)
fn broken_utf8(bytes: &[u8], guess: &'static Encoding) -> bool {
    let (mut pairs, mut longer, mut invalid, mut cut_off) = (0, 0, 0, false);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c.len_utf8() {
                // C1 controls are in nobody's text, but a frequent accident in Shift_JIS.
                2 if c >= '\u{A0}' => pairs += 2,
                1 | 2 => {}
                len => longer += len,
            }
        }
        invalid += chunk.invalid().len();
        cut_off = chunk.invalid().len() >= 2 && chunk.invalid().len() == invalid;
    }
    let valid = pairs + longer;
    cut_off
        || if guess.is_single_byte() {
            valid >= invalid || (valid > 0 && is_latin(guess))
        } else {
            longer >= invalid || valid >= invalid * 4
        }
}

fn is_latin(encoding: &'static Encoding) -> bool {
    const LATIN: &[&str] = &[
        "windows-1250",
        "windows-1252",
        "windows-1254",
        "windows-1257",
        "windows-1258",
        "ISO-8859-2",
        "ISO-8859-3",
        "ISO-8859-4",
        "ISO-8859-10",
        "ISO-8859-13",
        "ISO-8859-14",
        "ISO-8859-15",
        "ISO-8859-16",
        "macintosh",
    ];
    LATIN.contains(&encoding.name())
}

/// `bytes`, which follow `base` bytes of byte order mark, as text in `encoding`.
fn decode_as<'b>(
    bytes: Cow<'b, [u8]>,
    encoding: &'static Encoding,
    how: How,
    base: usize,
    lossy: bool,
) -> Result<Cow<'b, str>, DecodeError> {
    if !lossy && let Some(nul) = find_nul(&bytes, encoding) {
        return Err(DecodeError::Binary { offset: base + nul });
    }
    if encoding == UTF_8 {
        return utf8(bytes, how, base, lossy);
    }
    let (text, malformed) = encoding.decode_without_bom_handling(&bytes);
    if malformed && !lossy {
        let offset = base + first_malformed(&bytes, encoding);
        return Err(DecodeError::Malformed { encoding: encoding.name(), how, offset });
    }
    Ok(Cow::Owned(text.into_owned()))
}

/// The first NUL character: a byte, or in UTF-16 an aligned pair.
fn find_nul(bytes: &[u8], encoding: &'static Encoding) -> Option<usize> {
    if Label(encoding).is_utf16() {
        bytes.as_chunks::<2>().0.iter().position(|unit| *unit == [0, 0]).map(|unit| unit * 2)
    } else {
        memchr::memchr(0, bytes)
    }
}

/// UTF-8 without copying what is valid.
fn utf8(bytes: Cow<'_, [u8]>, how: How, base: usize, lossy: bool) -> Result<Cow<'_, str>, DecodeError> {
    let (bytes, error) = match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(Cow::Borrowed(text)),
            Err(error) => (Cow::Borrowed(bytes), error),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Ok(Cow::Owned(text)),
            Err(error) => {
                let utf8_error = error.utf8_error();
                (Cow::Owned(error.into_bytes()), utf8_error)
            }
        },
    };
    if lossy {
        return Ok(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()));
    }
    Err(DecodeError::Malformed { encoding: UTF_8.name(), how, offset: base + error.valid_up_to() })
}

/// Where the first malformed sequence of input begins that is known to hold one.
fn first_malformed(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut buffer = String::with_capacity(4096);
    let mut read = 0;
    loop {
        let (result, consumed) = decoder.decode_to_string_without_replacement(&bytes[read..], &mut buffer, true);
        read += consumed;
        match result {
            DecoderResult::Malformed(len, after) => return read - usize::from(len) - usize::from(after),
            DecoderResult::InputEmpty => return read,
            DecoderResult::OutputFull => buffer.clear(),
        }
    }
}

fn skip(bytes: Cow<'_, [u8]>, n: usize) -> Cow<'_, [u8]> {
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[n..]),
        Cow::Owned(mut bytes) => {
            bytes.drain(..n);
            Cow::Owned(bytes)
        }
    }
}

#[cfg(test)]
mod tests;
