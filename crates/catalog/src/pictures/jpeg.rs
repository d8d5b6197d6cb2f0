//! The segments of a JPEG, by their markers.
//!
//! <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, annex B: a marker is 0xff and a byte; all but a few have a length and a
//! body behind them. Pixels follow the body of [`PIXELS`], in one scan or in several.

/// Marks the beginning of a scan.
pub(super) const PIXELS: u8 = 0xda;
/// Marks the end, which never stands among pixels.
pub(super) const END: u8 = 0xd9;

/// Markers with their bodies, to the end of the picture, or to that of the file if it is cut. What is behind the end of
/// the picture is not looked at, nor markers within a body, such as those of a preview.
pub(super) fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut at = 2;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let place = rest
            .windows(2)
            .position(|two| is_marker([two[0], two[1]]))?;
        let (marker, start) = (rest[place + 1], at + place + 2);
        let length = bytes.get(start..).and_then(|rest| rest.first_chunk());
        at = match (marker, length) {
            (END, _) | (_, None) => bytes.len(),
            (_, Some(two)) => start + usize::from(u16::from_be_bytes(*two)).max(2),
        };
        let body = bytes.get(start + 2..at).filter(|_| marker != END);
        Some((marker, body.unwrap_or_default()))
    })
}

/// Whether these begin a segment. Among pixels 0xff is followed by 0, or by one of the marks between parts of a scan;
/// before a marker there may be more 0xff.
fn is_marker([first, second]: [u8; 2]) -> bool {
    first == 0xff && !matches!(second, 0 | 1 | 0xd0..=0xd8 | 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_between_bodies_and_behind_pixels() {
        let jpeg = [
            &b"\xff\xd8"[..],
            b"\xff\xe1\0\x06\xff\xd9\xff\xda",
            b"\xff\xff\xda\0\x03s pixels \xff\0 \xff\xd3 pixels",
            b"\xff\xc4\0\x04\xff\xd9",
            b"\xff\xda\0\x02 pixels",
        ]
        .concat();
        let before: Vec<(u8, &[u8])> = vec![
            (0xe1, b"\xff\xd9\xff\xda"),
            (PIXELS, b"s"),
            (0xc4, b"\xff\xd9"),
            (PIXELS, b""),
        ];
        assert_eq!(segments(&jpeg).collect::<Vec<_>>(), before);
        let whole = [&jpeg[..], b"\xff\xd9 film \xff\xda\0\x02"].concat();
        let all: Vec<u8> = segments(&whole).map(|(marker, _)| marker).collect();
        assert_eq!(all, [0xe1, PIXELS, 0xc4, PIXELS, END]);
        assert_eq!(segments(&whole).last(), Some((END, &[][..])));
        for end in 0..whole.len() {
            assert!(segments(&whole[..end]).count() <= 5);
        }
    }
}
