//! Pictures as characters, for a terminal.

use crate::plain::harmless;
use crate::sheet::Tile;
use std::fmt::Write;

/// Pictures of one size side by side as half-block characters, two pixels in each, as many as fit `width`
/// characters, each with the first line of its caption above it.
pub fn in_characters(tiles: &[Tile], width: usize, colours: bool) -> String {
    let columns = tiles.first().map_or(1, |tile| tile.width);
    let per_row = ((width + 1) / (columns + 1)).max(1);
    let mut text = String::new();
    for group in tiles.chunks(per_row) {
        for tile in group {
            let caption = tile.caption.first().map_or("", String::as_str);
            let caption: String = harmless(caption).chars().take(columns).collect();
            let _ = write!(text, "{caption:columns$} ");
        }
        text.push('\n');
        for upper in (0..group[0].rows()).step_by(2) {
            for tile in group {
                for column in 0..columns {
                    let [top, bottom] = [upper, upper + 1].map(|row| tile.level(row, column));
                    text.push_str(&half_block(top, bottom, colours));
                }
                text.push(' ');
            }
            text.push('\n');
        }
    }
    text
}

/// One character for two pixels: grey levels where there are colours, else black and white.
fn half_block(top: u8, bottom: u8, colours: bool) -> String {
    if colours {
        return format!(
            "\x1b[38;2;{top};{top};{top}m\x1b[48;2;{bottom};{bottom};{bottom}m▀\x1b[0m"
        );
    }
    match (top > 127, bottom > 127) {
        (true, true) => "█",
        (true, false) => "▀",
        (false, true) => "▄",
        (false, false) => " ",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stand_side_by_side_with_their_captions() {
        let tile = |levels: [u8; 6], name: &str| Tile::grey(&levels, [2, 3], vec![name.to_owned()]);
        let tiles = [
            tile([255, 0, 255, 255, 0, 255], "one"),
            tile([0, 0, 255, 0, 0, 0], "zero"),
        ];
        assert_eq!(in_characters(&tiles, 5, false), "on ze \n█▄ ▄  \n ▀    \n");
        assert_eq!(
            in_characters(&tiles, 4, false),
            "on \n█▄ \n ▀ \nze \n▄  \n   \n"
        );
        assert!(in_characters(&tiles, 5, true).contains("\x1b[38;2;255;255;255m"));
        assert_eq!(in_characters(&[], 5, true), "");
    }
}
