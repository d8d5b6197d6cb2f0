//! What a picture in a file has, and samples do not keep: told by the parts that stand before its pixels.
//!
//! PNG: <https://www.w3.org/TR/png-3/>, chunks. JPEG and chunk eXIf: its Exif segment, a TIFF directory, says how the camera was held.

use super::jpeg::{PIXELS, segments};
use super::{bmp, pnm};

/// What is not kept, in words that follow "pictures".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reduced {
    Depth,
    Opacity,
    Frames,
    Orientation,
    Tones,
}

impl Reduced {
    /// What to say of `count` of `all` pictures.
    pub(super) fn note(self, count: usize, all: usize) -> String {
        let what = match self {
            Self::Depth => "have more than 8 bits per value, of which the upper 8 are kept",
            Self::Opacity => {
                "say how opaque pixels are; it is left out, and their colours are kept"
            }
            Self::Frames => "are several in one file; the first is kept",
            Self::Orientation => {
                "are to be turned or mirrored (Exif); they are read as they are stored"
            }
            Self::Tones => {
                "say how their values are to be shown (gamma, a colour profile); they are read as they are stored"
            }
        };
        format!("{count} of {all} pictures {what}")
    }

    /// Of a file that was decoded: each once.
    pub(super) fn of(bytes: &[u8]) -> Vec<Self> {
        let mut reduced = match bytes {
            [0x89, b'P', b'N', b'G', ..] => of_png(bytes),
            [0xff, 0xd8, ..] => of_jpeg(bytes),
            [b'P', b'2' | b'3' | b'5' | b'6', ..] => {
                let (is_deep, is_last) = pnm::kept(bytes);
                let deep = is_deep.then_some(Self::Depth);
                deep.into_iter()
                    .chain((!is_last).then_some(Self::Frames))
                    .collect()
            }
            [b'B', b'M', ..] if bmp::says_how_opaque(bytes) => vec![Self::Opacity],
            _ => Vec::new(),
        };
        reduced.sort_unstable();
        reduced.dedup();
        reduced
    }
}

/// Gamma of nearly all pictures, as PNG writes it: 100 000 / 2.2, and what programs round that to.
const USUAL_GAMMA: std::ops::RangeInclusive<u32> = 45_000..=46_000;
/// What the names of the usual profiles have in them, in letters of one byte or of two.
const USUAL_PROFILE: [&[u8]; 2] = [b"sRGB", b"s\0R\0G\0B"];

fn of_png(bytes: &[u8]) -> Vec<Reduced> {
    let mut reduced = Vec::new();
    // The header is the first chunk: sizes, then the depth and the type of colour.
    let header = bytes.get(24..26).map(|of| (of[0], of[1]));
    if header.is_some_and(|(depth, _)| depth == 16) {
        reduced.push(Reduced::Depth);
    }
    let mut is_opaque = header.is_none_or(|(_, colour)| colour & 4 == 0);
    // Of several that speak of tones, that which is sure: cICP, iCCP, sRGB, gAMA.
    let (mut gamma, mut profile, mut is_usual) = (false, None, false);
    let mut at = 8;
    while let Some([a, b, c, d, kind @ ..]) = bytes.get(at..at + 8) {
        let body = bytes.get(at + 8..).unwrap_or_default();
        match kind {
            b"IDAT" => break,
            b"tRNS" => is_opaque = false,
            b"acTL" => reduced.push(Reduced::Frames),
            b"eXIf" if is_turned(body) => reduced.push(Reduced::Orientation),
            b"gAMA" => {
                let value = body.first_chunk().map(|four| u32::from_be_bytes(*four));
                gamma = value.is_some_and(|value| !USUAL_GAMMA.contains(&value));
            }
            b"sRGB" => is_usual = true,
            // cICP may stand before it.
            b"iCCP" => profile = profile.or(Some(!body.starts_with(USUAL_PROFILE[0]))),
            // BT.709 or sRGB, whose values are usual, or others.
            b"cICP" => profile = Some(!matches!(body, [1, 1 | 13, ..])),
            _ => (),
        }
        at = at.saturating_add(12 + u32::from_be_bytes([*a, *b, *c, *d]) as usize);
    }
    if !is_opaque {
        reduced.push(Reduced::Opacity);
    }
    if profile.unwrap_or(gamma && !is_usual) {
        reduced.push(Reduced::Tones);
    }
    reduced
}

fn of_jpeg(bytes: &[u8]) -> Vec<Reduced> {
    let mut reduced = Vec::new();
    let before_pixels = segments(bytes).take_while(|(marker, _)| *marker != PIXELS);
    for (marker, body) in before_pixels {
        match marker {
            0xe1 if body.strip_prefix(b"Exif\0\0").is_some_and(is_turned) => {
                reduced.push(Reduced::Orientation);
            }
            // The first part of a profile, which may have several: its name is not far.
            0xe2 if body.starts_with(b"ICC_PROFILE\0\x01") => {
                let has = |name: &[u8]| body.windows(name.len()).any(|part| part == name);
                if !USUAL_PROFILE.into_iter().any(has) {
                    reduced.push(Reduced::Tones);
                }
            }
            _ => (),
        }
    }
    reduced
}

/// Whether a TIFF directory says that the picture is to be turned or mirrored.
fn is_turned(tiff: &[u8]) -> bool {
    orientation(tiff).is_some_and(|of| (2..=8).contains(&of))
}

/// The value of tag 0x0112 in the first directory.
fn orientation(tiff: &[u8]) -> Option<u16> {
    let is_big = tiff.starts_with(b"MM");
    let short = |at: usize| {
        let two: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_big {
            u16::from_be_bytes(two)
        } else {
            u16::from_le_bytes(two)
        })
    };
    let [high, low] = if is_big { [4, 6] } else { [6, 4] };
    let start = usize::from(short(high)?) << 16 | usize::from(short(low)?);
    let entries = usize::from(short(start)?);
    let entry = |number: usize| start + 2 + 12 * number;
    let tags = (0..entries).map_while(|number| Some((number, short(entry(number))?)));
    let (number, _) = tags.into_iter().find(|(_, tag)| *tag == 0x0112)?;
    short(entry(number) + 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by Pillow 13: 16 bits with alpha; a palette; grey.
    const DEEP: &[u8] = include_bytes!("../../data/tests/deep.png");
    const PALETTE: &[u8] = include_bytes!("../../data/tests/palette.png");
    const GREY: &[u8] = include_bytes!("../../data/tests/grey.jpg");

    /// A JPEG whose Exif segment has one entry: the orientation.
    fn turned(orientation: u8, is_big: bool) -> Vec<u8> {
        let tiff: [&[u8]; 2] = [
            &[
                b'I',
                b'I',
                42,
                0,
                8,
                0,
                0,
                0,
                1,
                0,
                0x12,
                1,
                3,
                0,
                1,
                0,
                0,
                0,
                orientation,
                0,
                0,
                0,
            ],
            &[
                b'M',
                b'M',
                0,
                42,
                0,
                0,
                0,
                8,
                0,
                1,
                1,
                0x12,
                0,
                3,
                0,
                0,
                0,
                1,
                0,
                orientation,
                0,
                0,
            ],
        ];
        let tiff = tiff[usize::from(is_big)];
        let length = (2 + 6 + tiff.len() as u16).to_be_bytes();
        [
            &GREY[..2],
            &[0xff, 0xe1],
            &length,
            b"Exif\0\0",
            tiff,
            &GREY[2..],
        ]
        .concat()
    }

    #[test]
    fn what_is_not_kept_is_found() {
        assert_eq!(Reduced::of(DEEP), [Reduced::Depth, Reduced::Opacity]);
        let animated = with_chunks(&[b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0crc."]);
        assert_eq!(Reduced::of(&animated), [Reduced::Frames]);
        assert_eq!(
            Reduced::of(b"P5 1 1 999\n\0\0P5"),
            [Reduced::Depth, Reduced::Frames]
        );
        for is_big in [false, true] {
            assert_eq!(Reduced::of(&turned(6, is_big)), [Reduced::Orientation]);
            assert_eq!(Reduced::of(&turned(1, is_big)), []);
        }
        for plain in [PALETTE, GREY, b"text", b""] {
            assert_eq!(Reduced::of(plain), []);
        }
    }

    /// A PNG with more chunks behind its header.
    fn with_chunks(chunks: &[&[u8]]) -> Vec<u8> {
        [&PALETTE[..33], &chunks.concat(), &PALETTE[33..]].concat()
    }

    #[test]
    fn tones_that_are_not_the_usual_are_found() {
        const USUAL: &[u8] = b"\0\0\0\x04gAMA\0\0\xb1\x8fcrc.";
        const LINEAR: &[u8] = b"\0\0\0\x04gAMA\0\x01\x86\xa0crc.";
        const SRGB: &[u8] = b"\0\0\0\x01sRGB\0crc.";
        const PROFILE: &[u8] = b"\0\0\0\x05iCCPP3\0\0\0crc.";
        const USUAL_PROFILE: &[u8] = b"\0\0\0\x05iCCPsRGB\0crc.";
        const BROAD: &[u8] = b"\0\0\0\x04cICP\x09\x10\0\x01crc.";
        const USUAL_CODE: &[u8] = b"\0\0\0\x04cICP\x01\x0d\0\x01crc.";
        for (chunks, is_told) in [
            (&[USUAL][..], false),
            (&[LINEAR], true),
            (&[SRGB, LINEAR], false),
            (&[SRGB, PROFILE], true),
            (&[LINEAR, USUAL_PROFILE], false),
            (&[BROAD], true),
            (&[BROAD, USUAL_PROFILE], true),
            (&[PROFILE, USUAL_CODE], false),
            (&[USUAL_CODE, PROFILE], false),
        ] {
            let found = Reduced::of(&with_chunks(chunks));
            assert_eq!(found == [Reduced::Tones], is_told, "{chunks:?}");
        }
        for (name, is_told) in [("Display P3", true), ("s\0R\0G\0B\0", false)] {
            let segment = format!("ICC_PROFILE\0\x01\x01{name}");
            let length = (2 + segment.len() as u16).to_be_bytes();
            let file = [
                &GREY[..2],
                &[0xff, 0xe2],
                &length,
                segment.as_bytes(),
                &GREY[2..],
            ]
            .concat();
            assert_eq!(Reduced::of(&file) == [Reduced::Tones], is_told, "{name}");
        }
    }

    #[test]
    fn no_part_of_a_file_makes_it_panic() {
        let bmp = include_bytes!("../../data/tests/colour.bmp").to_vec();
        let pgm = b"P5 2 2 999\n12345678P5 1 1 255\n1".to_vec();
        for file in [DEEP.to_vec(), PALETTE.to_vec(), turned(3, true), bmp, pgm] {
            for end in 0..file.len() {
                Reduced::of(&file[..end]);
            }
            for at in 0..file.len() {
                let mut other = file.clone();
                other[at] = 0xff;
                Reduced::of(&other);
            }
        }
    }
}
