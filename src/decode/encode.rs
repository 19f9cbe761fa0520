//! The way back: text to bytes.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{CoderResult, EncoderResult, UTF_8, UTF_16LE};

use super::Label;

/// A character that the encoding asked for does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError {
    /// The WHATWG name of the encoding.
    pub encoding: &'static str,
    /// The character.
    pub character: char,
    /// Where it stands in the text, in bytes.
    pub offset: usize,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { encoding, character, offset } = self;
        let code = u32::from(*character);
        write!(f, "{encoding} has no {character:?} (U+{code:04X}), at byte {offset} of the text")
    }
}

impl std::error::Error for EncodeError {}

/// Encodes text. UTF-16 gets a byte order mark, without which nobody could read it; UTF-8 gets none and is not copied.
///
/// With `lossy`, characters that the encoding does not have become `?`.
///
/// # Errors
///
/// [`EncodeError`] at the first character that the encoding does not have; never with `lossy`.
pub fn encode(text: &str, label: Label, lossy: bool) -> Result<Cow<'_, [u8]>, EncodeError> {
    if label.0 == UTF_8 {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    if label.is_utf16() {
        // The standard has no UTF-16 encoder: the web never sends it.
        let to_bytes = if label.0 == UTF_16LE { u16::to_le_bytes } else { u16::to_be_bytes };
        return Ok(std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(to_bytes).collect::<Vec<u8>>().into());
    }
    let mut encoder = label.0.new_encoder();
    let mut out = Vec::with_capacity(text.len());
    let mut read = 0;
    loop {
        let rest = &text[read..];
        let need = encoder.max_buffer_length_from_utf8_without_replacement(rest.len());
        out.reserve(need.unwrap_or(rest.len()));
        let (result, consumed) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut out, true);
        read += consumed;
        match result {
            EncoderResult::InputEmpty => return Ok(Cow::Owned(out)),
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(character) if !lossy => {
                let offset = read - character.len_utf8();
                return Err(EncodeError { encoding: label.name(), character, offset });
            }
            EncoderResult::Unmappable(_) => {
                // Through the encoder, as ISO-2022-JP may have to switch back to ASCII first.
                out.reserve(16);
                let (result, ..) = encoder.encode_from_utf8_to_vec("?", &mut out, false);
                debug_assert_eq!(result, CoderResult::InputEmpty);
            }
        }
    }
}
