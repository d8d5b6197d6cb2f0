//! What a picture in a file has, and samples do not keep: told by the parts that stand before its pixels.
//!
//! PNG: <https://www.w3.org/TR/png-3/>, chunks. JPEG and chunk eXIf: its Exif segment, a TIFF directory, says how the camera was held.

/// What is not kept, in words that follow "pictures".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reduced {
    Depth,
    Opacity,
    Frames,
    Orientation,
}

impl Reduced {
    /// What to say of `count` of `all` pictures.
    pub(super) fn note(self, count: usize, all: usize) -> String {
        let what = match self {
            Self::Depth => "have 16 bits per value, of which the upper 8 are kept",
            Self::Opacity => {
                "say how opaque pixels are; it is left out, and their colours are kept"
            }
            Self::Frames => "are animated; the first is kept",
            Self::Orientation => {
                "are to be turned or mirrored (Exif); they are read as they are stored"
            }
        };
        format!("{count} of {all} pictures {what}")
    }

    /// Of a file of PNG or JPEG: nothing of other formats.
    pub(super) fn of(bytes: &[u8]) -> Vec<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', ..] => of_png(bytes),
            [0xff, 0xd8, ..] if is_to_be_turned(bytes) => vec![Self::Orientation],
            _ => Vec::new(),
        }
    }
}

fn of_png(bytes: &[u8]) -> Vec<Reduced> {
    let mut reduced = Vec::new();
    // The header is the first chunk: sizes, then the depth and the type of colour.
    let header = bytes.get(24..26).map(|of| (of[0], of[1]));
    if header.is_some_and(|(depth, _)| depth == 16) {
        reduced.push(Reduced::Depth);
    }
    let mut is_opaque = header.is_none_or(|(_, colour)| colour & 4 == 0);
    let mut at = 8;
    while let Some([a, b, c, d, kind @ ..]) = bytes.get(at..at + 8) {
        match kind {
            b"IDAT" => break,
            b"tRNS" => is_opaque = false,
            b"acTL" => reduced.push(Reduced::Frames),
            b"eXIf" if bytes.get(at + 8..).is_some_and(is_turned) => {
                reduced.push(Reduced::Orientation);
            }
            _ => (),
        }
        at = at.saturating_add(12 + u32::from_be_bytes([*a, *b, *c, *d]) as usize);
    }
    if !is_opaque {
        reduced.push(Reduced::Opacity);
    }
    reduced
}

/// Whether the Exif segment of a JPEG has an orientation other than upright.
fn is_to_be_turned(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        let end = at + 2 + usize::from(u16::from_be_bytes([*high, *low]));
        let body = bytes.get(at + 4..end).unwrap_or_default();
        match (marker, body.strip_prefix(b"Exif\0\0")) {
            (0xe1, Some(tiff)) => return is_turned(tiff),
            // Pixels follow.
            (0xda, _) => return false,
            _ => at = end,
        }
    }
    false
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
        let mut animated = PALETTE[..33].to_vec();
        animated.extend(b"\0\0\0\x08acTL\0\0\0\x02\0\0\0\0crc.");
        animated.extend(&PALETTE[33..]);
        assert_eq!(Reduced::of(&animated), [Reduced::Frames]);
        for is_big in [false, true] {
            assert_eq!(Reduced::of(&turned(6, is_big)), [Reduced::Orientation]);
            assert_eq!(Reduced::of(&turned(1, is_big)), []);
        }
        for plain in [PALETTE, GREY, b"text", b""] {
            assert_eq!(Reduced::of(plain), []);
        }
    }

    #[test]
    fn no_part_of_a_file_makes_it_panic() {
        for file in [DEEP.to_vec(), PALETTE.to_vec(), turned(3, true)] {
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
