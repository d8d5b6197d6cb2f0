//! Colours that the colour-blind can tell apart, in light and in dark.

use plotters::style::{IntoFont, RGBColor, TextStyle};

/// Text and axes. Its dark counterpart is put in by [`adapt`].
pub(super) const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(0xd1, 0xd9, 0xe0);
/// Background.
pub(super) const CARD: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// Letters of so many pixels.
pub(super) fn ink(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// The colour of the model at a place in its report, the same in every figure; and whether its lines
/// are dashed, because the colours have begun again.
pub(super) fn of_place(place: usize) -> (RGBColor, bool) {
    (LINES[place % LINES.len()], place >= LINES.len())
}

/// Okabe and Ito's palette without black and yellow.
pub(super) const LINES: [RGBColor; 6] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0xe6, 0x9f, 0x00),
];

/// Lets an SVG follow the reader's colour scheme: attribute selectors repaint ink, grid and card.
pub(super) fn adapt(svg: &str) -> String {
    const STYLE: &str = "<style>@media (prefers-color-scheme: dark) {\
        [fill=\"#1F2328\"] { fill: #e6edf3 } [stroke=\"#1F2328\"] { stroke: #e6edf3 } \
        [fill=\"#D1D9E0\"] { fill: #3d444d } [stroke=\"#D1D9E0\"] { stroke: #3d444d } \
        [fill=\"#FFFFFF\"] { fill: #0d1117 } [stroke=\"#FFFFFF\"] { stroke: #0d1117 } }</style>";
    match svg
        .find("<svg")
        .and_then(|start| Some(start + svg[start..].find('>')? + 1))
    {
        Some(end) => format!("{}\n{STYLE}{}", &svg[..end], &svg[end..]),
        None => svg.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::style::Color;

    #[test]
    fn the_style_names_the_colours_as_they_are_drawn() {
        let adapted = adapt("<svg width=\"1\"><g/></svg>");
        for colour in [INK, GRID, CARD] {
            let (red, green, blue) = colour.rgb();
            let name = format!("\"#{red:02X}{green:02X}{blue:02X}\"");
            assert!(adapted.contains(&name), "{name}");
        }
        assert!(adapted.starts_with("<svg width=\"1\">\n<style>"));
    }
}
