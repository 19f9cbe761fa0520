//! One test per way that bytes can come in.

use super::label::SUGGESTED;
use super::*;

const STRICT: DecodeOptions = DecodeOptions { encoding: None, lossy: false };
const LOSSY: DecodeOptions = DecodeOptions { encoding: None, lossy: true };

/// Text as another encoding's bytes.
fn bytes(text: &str, label: &str) -> Vec<u8> {
    let (bytes, _, unmappable) = label.parse::<Label>().unwrap().0.encode(text);
    assert!(!unmappable, "the test's own text does not exist in {label}");
    bytes.into_owned()
}

fn labelled(label: &str) -> DecodeOptions {
    DecodeOptions { encoding: Some(label.parse().unwrap()), lossy: false }
}

#[track_caller]
fn detects(text: &str, encoding: &str) {
    let bytes = bytes(text, encoding);
    // The detector does not tell the two apart by Russian, whose letters stand in the same places.
    let encoding = encoding.replace("KOI8-R", "KOI8-U");
    let decoded = decode(&bytes, &STRICT).unwrap();
    assert_eq!((decoded.text.as_ref(), decoded.how), (text, How::Detected));
    assert_eq!(decoded.encoding, encoding);
    // The label says the same.
    let decoded = decode(&bytes, &labelled(&encoding)).unwrap();
    assert_eq!((decoded.text.as_ref(), decoded.how), (text, How::Label));
}

#[test]
fn utf8_is_borrowed_and_empty_is_fine() {
    for text in ["", "plain", "naïve — 日本語 🎈\r\nline\rline"] {
        let decoded = decode(text.as_bytes(), &STRICT).unwrap();
        assert!(matches!(decoded.text, Cow::Borrowed(t) if t == text));
        assert_eq!((decoded.encoding, decoded.had_bom, decoded.how), ("UTF-8", false, How::Utf8));
    }
}

#[test]
fn owned_utf8_is_not_copied() {
    let bytes = b"some text".to_vec();
    let place = bytes.as_ptr();
    let decoded = decode(bytes, &STRICT).unwrap();
    assert_eq!(decoded.text.as_ptr(), place);
}

#[test]
fn byte_order_marks_are_honoured_and_dropped() {
    let utf8 = b"\xEF\xBB\xBFa\xC3\xA9".to_vec();
    for decoded in [decode(&utf8, &STRICT).unwrap(), decode(utf8.clone(), &STRICT).unwrap()] {
        assert_eq!(decoded.text, "aé");
        assert_eq!((decoded.encoding, decoded.had_bom, decoded.how), ("UTF-8", true, How::Bom));
    }
    for (label, name) in [("utf-16le", "UTF-16LE"), ("utf-16be", "UTF-16BE")] {
        let encoded = encode("Héllo 🎈\r\n", label.parse().unwrap(), false).unwrap();
        let decoded = decode(&*encoded, &STRICT).unwrap();
        assert_eq!(decoded.text, "Héllo 🎈\r\n");
        assert_eq!((decoded.encoding, decoded.had_bom, decoded.how), (name, true, How::Bom));
    }
    // A mark is evidence, a label is hearsay.
    let decoded = decode(b"\xEF\xBB\xBF\xC3\xA9".as_slice(), &labelled("windows-1252")).unwrap();
    assert_eq!(decoded.text, "é");
}

#[test]
fn bytes_after_a_mark_must_fit_it() {
    let error = decode(b"\xEF\xBB\xBFab\xFF".as_slice(), &STRICT).unwrap_err();
    assert_eq!(error, DecodeError::Malformed { encoding: "UTF-8", how: How::Bom, offset: 5 });
    // A lone surrogate, and half a unit.
    let error = decode(b"\xFF\xFEa\0\x00\xD8b\0".as_slice(), &STRICT).unwrap_err();
    assert_eq!((error.offset(), error.to_string().as_str()), (4, "not valid UTF-16LE at byte 4"));
    assert_eq!(decode(b"\xFF\xFEa\0b".as_slice(), &STRICT).unwrap_err().offset(), 4);
    assert_eq!(decode(b"\xFF\xFEa\0b".as_slice(), &LOSSY).unwrap().text, "a\u{FFFD}");
}

#[test]
fn utf16_without_a_mark_is_seen_by_its_nul_bytes() {
    for (bytes, name) in [
        ("Hello, world".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), "UTF-16LE"),
        ("Hello, world".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>(), "UTF-16BE"),
    ] {
        let decoded = decode(bytes, &STRICT).unwrap();
        assert_eq!(decoded.text, "Hello, world");
        assert_eq!((decoded.encoding, decoded.had_bom, decoded.how), (name, false, How::Detected));
    }
}

#[test]
fn nul_bytes_are_binary() {
    let binary = [
        b"ab\0cd".as_slice(),
        b"ab\0\xFF\xFE".as_slice(),
        b"ab\0\0cd\0\0ef\0\0".as_slice(),
        // Small integers: every other byte is NUL, and so are whole pairs.
        b"\x01\0\0\0\x02\0\x03\0".as_slice(),
    ];
    for (bytes, offset) in binary.into_iter().zip([2, 2, 2, 1]) {
        assert_eq!(decode(bytes, &STRICT).unwrap_err(), DecodeError::Binary { offset });
        assert!(decode(bytes, &LOSSY).is_ok());
    }
    assert_eq!(decode(b"ab\0cd".as_slice(), &LOSSY).unwrap().text, "ab\0cd");
    let error = decode(b"ab\0cd".as_slice(), &labelled("windows-1252")).unwrap_err();
    assert_eq!(error.to_string(), "not text: NUL at byte 2, and not UTF-16");
    assert_eq!(decode(b"\xFF\xFEa\0\0\0".as_slice(), &STRICT).unwrap_err(), DecodeError::Binary { offset: 4 });
}

#[test]
fn legacy_text_is_detected() {
    detects("Le ministre a déclaré à l’Assemblée que les chiffres étaient révisés.", "windows-1252");
    detects("Чёрный кот вышел из дома, и ещё один сел у двери.", "KOI8-R");
    detects("Ещё одна встреча прошла в Москве, сообщили в МИД РФ». Ёлка стояла.", "windows-1251");
    detects("これはつぎのとおりです。東京の天気は晴れで、とても暖かいでしょう。", "Shift_JIS");
    detects("首相は記者団に対し、来週の会談で合意を目指すと述べた。", "EUC-JP");
    detects("新华社北京消息，国务院今天公布了一项新的规定，这是模范。", "GBK");
    detects("오늘 서울에서 열린 회의에서 장관은 새로운 계획을 발표했다.", "EUC-KR");
    // Half a sentence is enough.
    assert_eq!(decode(b"caf\xE9".as_slice(), &STRICT).unwrap().text, "café");
}

#[test]
fn broken_utf8_is_an_error_and_never_read_as_something_else() {
    let cases: [(&[u8], usize); 5] = [
        // Latin-1 pasted into UTF-8.
        (b"caf\xC3\xA9 caf\xE9", 9),
        (b"caf\xE9 caf\xE9 caf\xE9 caf\xE9 caf\xC3\xA9", 3),
        // A stray byte in Cyrillic and in Japanese.
        ("Чёрный кот\u{0}вышел".as_bytes(), 19),
        ("東京の天\u{0}気は晴れ".as_bytes(), 12),
        // Cut off in the middle of a closing quote.
        (b"he said \xE2\x80", 8),
    ];
    for (bytes, offset) in cases {
        let bytes: Vec<u8> = bytes.iter().map(|b| if *b == 0 { 0xFF } else { *b }).collect();
        assert_eq!(decode(&bytes, &STRICT).unwrap_err(), DecodeError::BrokenUtf8 { offset });
        let decoded = decode(&bytes, &LOSSY).unwrap();
        assert!(decoded.text.contains('\u{FFFD}'));
        assert_eq!((decoded.encoding, decoded.how), ("UTF-8", How::Utf8));
    }
    // Who says windows-1252 gets windows-1252.
    assert_eq!(decode(b"\xC3\xA9 \xE9".as_slice(), &labelled("latin1")).unwrap().text, "Ã© é");
}

#[test]
fn a_label_that_does_not_fit_is_an_error() {
    let error = decode(b"abc \x81".as_slice(), &labelled("shift_jis")).unwrap_err();
    assert_eq!(error, DecodeError::Malformed { encoding: "Shift_JIS", how: How::Label, offset: 4 });
    let long = [vec![b'a'; 9000], vec![0xFF]].concat();
    assert_eq!(decode(&long, &labelled("euc-jp")).unwrap_err().offset(), 9000);
    assert_eq!(decode(b"ab\xE9".as_slice(), &labelled("utf-8")).unwrap_err().to_string(), "not valid UTF-8 at byte 2");
    let lossy = DecodeOptions { lossy: true, ..labelled("shift_jis") };
    assert_eq!(decode(b"abc \x81".as_slice(), &lossy).unwrap().text, "abc \u{FFFD}");
}

#[test]
fn labels() {
    assert_eq!("Latin1".parse::<Label>().unwrap().name(), "windows-1252");
    let error = "windows-1253x".parse::<Label>().unwrap_err();
    assert_eq!(error.to_string(), "no encoding is called `windows-1253x`; did you mean `windows-1253`?");
    assert_eq!("shiftjis".parse::<Label>().unwrap_err().nearest, Some("shift_jis"));
    assert_eq!("mumble".parse::<Label>().unwrap_err().nearest, None);
    // Reads as nothing but an error, so it is no encoding for us.
    assert!("iso-2022-cn".parse::<Label>().is_err());
    for label in SUGGESTED {
        assert!(label.parse::<Label>().is_ok(), "{label} is suggested but unknown");
    }
}

#[test]
fn encoding_back() {
    let latin: Label = "windows-1252".parse().unwrap();
    assert_eq!(*encode("café", latin, false).unwrap(), *b"caf\xE9");
    let error = encode("café жук", latin, false).unwrap_err();
    assert_eq!(error.to_string(), "windows-1252 has no 'ж' (U+0436), at byte 6 of the text");
    assert_eq!(*encode("café жук", latin, true).unwrap(), *b"caf\xE9 ???");
    assert!(matches!(encode("жук", Label::UTF_8, false), Ok(Cow::Borrowed(_))));
    let jis: Label = "iso-2022-jp".parse().unwrap();
    let bytes = encode("日\u{E9}本", jis, true).unwrap();
    assert_eq!(decode(&*bytes, &labelled("iso-2022-jp")).unwrap().text, "日?本");
    // The empty document stays empty, apart from the mark that UTF-16 needs.
    assert_eq!(*encode("", jis, false).unwrap(), *b"");
    assert_eq!(*encode("a", "utf-16".parse().unwrap(), false).unwrap(), *b"\xFF\xFEa\0");
}

#[test]
fn any_bytes_any_label_no_panic() {
    // A cheap generator: no two runs differ.
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for round in 0..2000 {
        let mut bytes = Vec::new();
        for _ in 0..round % 40 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.push((state >> 33) as u8);
        }
        assert!(decode(&bytes, &LOSSY).is_ok());
        if let Err(error) = decode(&bytes, &STRICT) {
            assert!(error.offset() <= bytes.len());
        }
        let label = SUGGESTED[round % SUGGESTED.len()];
        if let Err(error) = decode(&bytes, &labelled(label)) {
            assert!(error.offset() <= bytes.len(), "{label}");
        }
    }
}
