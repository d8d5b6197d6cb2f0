//! What in a sample spoke for an answer: a picture beside its pixels, or bars of a row's columns.

use super::galleries::diverging;
use super::palette::Paint;
use super::svg::{Anchor, LINE, Svg, widest};
use crate::error::ReportError;
use crate::numbers::significant;
use crate::room::Room;
use crate::sheet::{Tile, contact_sheet};
use records::Thumbnail;

/// The most columns that are drawn: those that matter most.
const MOST_BARS: usize = 40;

/// A picture in grey, `size` pixels across and down, and beside it what each pixel adds, as PNG: orange
/// speaks for the `answer`, blue against it.
///
/// # Errors
/// [`ReportError::Render`] if the picture cannot be encoded.
///
/// # Panics
/// If there are fewer levels or values than pixels.
pub fn explained_picture(
    levels: &[u8],
    size: [usize; 2],
    values: &[f32],
    answer: &str,
) -> Result<Vec<u8>, ReportError> {
    let captions = [format!("is {answer}"), "why".to_owned()];
    let [of_input, of_values] = captions.map(|caption| vec![caption]);
    let picture = Thumbnail::new(size, |i| values[i]);
    let largest = largest(picture.values.iter());
    let tiles = [
        Tile::grey(levels, size, of_input),
        Tile::coloured(&picture, |value| diverging(value / largest), of_values),
    ];
    contact_sheet(&tiles, tiles.len())
}

/// What each column of a row adds, as SVG: bars to the right speak for the `answer`, bars to the left against
/// it. `said` is how that was found.
pub fn explained_row(answer: &str, said: &str, parts: &[(String, f32)]) -> String {
    let title = &format!("What spoke for {answer}, and against it");
    let mut parts: Vec<&(String, f32)> = parts.iter().collect();
    parts.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
    parts.truncate(MOST_BARS);
    let (mut svg, top) = Svg::new(Room::Wide, title, said);
    let names = parts.iter().map(|(name, _)| name.as_str());
    let left = (widest(names) + 16.0).min(svg.width() / 3.0);
    let largest = largest(parts.iter().map(|(_, value)| value));
    // Numbers stand at the ends of bars.
    let half = (svg.width() - left) / 2.0 - 70.0;
    let middle = left + half + 66.0;
    let mut y = top;
    for (name, value) in parts {
        let end = middle + half * f64::from(value / largest);
        let (paint, anchor, beside) = if *value < 0.0 {
            (Paint::Hit, Anchor::End, end - 6.0)
        } else {
            (Paint::Miss, Anchor::Start, end + 6.0)
        };
        let size = [(end - middle).abs(), LINE - 4.0];
        svg.cell([end.min(middle), y], size, &paint.fill(), name);
        svg.text([left - 8.0, y + 11.5], Anchor::End, name, Paint::Ink);
        let sign = if *value < 0.0 { '−' } else { '+' };
        let number = format!("{sign}{}", significant(f64::from(value.abs())));
        svg.text([beside, y + 11.5], anchor, &number, Paint::Soft);
        y += LINE + 2.0;
    }
    svg.line([middle, top - 4.0], [middle, y], Paint::Soft, 1.0);
    svg.finish(y + 8.0)
}

/// The largest size of a value; 1 where all are 0.
fn largest<'a>(values: impl Iterator<Item = &'a f32>) -> f32 {
    let largest = values.fold(0.0_f32, |largest, value| largest.max(value.abs()));
    if largest > 0.0 { largest } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_begin_with_what_matters_most_and_names_are_escaped() {
        let parts = [("a<b", 0.5), ("legs", -2.0), ("none", 0.0)];
        let parts = parts.map(|(name, value)| (name.to_owned(), value));
        let svg = explained_row("why", "so", &parts);
        let at = |text: &str| svg.find(text).unwrap_or_else(|| panic!("{text}: {svg}"));
        assert!(at("legs</text>") < at("a&lt;b</text>"));
        assert!(at("a&lt;b</text>") < at("none</text>"));
        assert!(at(">−2") < at(">+0.5"));
    }

    #[test]
    fn a_picture_stands_beside_what_spoke() {
        let png = explained_picture(&[0, 255], [2, 1], &[0.0, 3.0], "a seven").unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert!(explained_picture(&[0; 4], [2, 2], &[0.0; 4], "").is_ok());
    }
}
