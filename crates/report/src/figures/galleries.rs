//! Weights and mistakes as contact sheets.

use crate::bounds::shown_classes;
use crate::error::ReportError;
use crate::figure::Figure;
use crate::numbers::significant;
use crate::sheet::{ColourBar, Tile, contact_sheet, contact_sheet_with_bar};
use crate::table::Table;
use analysis::Finished;
use records::{DatasetRecord, LinearRecord, Mistake, SampleKind, Thumbnail};

/// The most mistakes on a sheet.
const MOST_MISTAKES: usize = 30;

/// The weights of some classes of a linear model, small enough to be looked at.
struct Weights {
    /// The classes, each with its weights.
    classes: Vec<(String, Thumbnail)>,
}

/// The weights of a model, if it is linear.
pub(super) fn weights_of(
    id: &str,
    model: &Finished,
    dataset: &DatasetRecord,
) -> Result<Option<Figure>, ReportError> {
    let Some(linear) = &model.shown.linear else {
        return Ok(None);
    };
    if dataset.samples != SampleKind::Pictures {
        return Ok(None);
    }
    let weights = Weights::new(linear, dataset, &shown_classes(model));
    let name = format!("weights-{id}.png");
    Ok(Some(Figure::png(name, weights.png()?, weights.table())))
}

/// The weights of a linear model as PNG, one image per class.
pub(crate) fn weights(
    linear: &LinearRecord,
    model: &Finished,
    dataset: &DatasetRecord,
) -> Result<Vec<u8>, ReportError> {
    Weights::new(linear, dataset, &shown_classes(model)).png()
}

impl Weights {
    fn new(linear: &LinearRecord, dataset: &DatasetRecord, classes: &[usize]) -> Self {
        let size = dataset.shown_size();
        let weight = |class: usize, i: usize| linear.weights[i * dataset.classes + class];
        let of_class = |&class: &usize| {
            let picture = Thumbnail::new(size, |i| weight(class, i));
            (dataset.class_names[class].clone(), picture)
        };
        Self {
            classes: classes.iter().map(of_class).collect(),
        }
    }

    /// Orange speaks for the class, blue against it; nothing is 0. All classes share one scale.
    fn png(&self) -> Result<Vec<u8>, ReportError> {
        let all = self.classes.iter().flat_map(|(_, picture)| &picture.values);
        let largest = all.fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        let tiles = self.classes.iter().map(|(name, picture)| {
            Tile::coloured(picture, |w| diverging(w / largest), vec![name.clone()])
        });
        let bar = ColourBar {
            colour: diverging,
            end: significant(f64::from(largest)),
        };
        contact_sheet_with_bar(&tiles.collect::<Vec<_>>(), 5, &bar)
    }

    /// What the pictures show, a row for each pixel.
    fn table(&self) -> Table {
        let Some((_, first)) = self.classes.first() else {
            return Table::default();
        };
        let pixels = 0..first.values.len();
        let table = Table::default()
            .integers("row", pixels.clone().map(|i| Some(i / first.width)))
            .integers("column", pixels.map(|i| Some(i % first.width)));
        self.classes.iter().fold(table, |table, (name, picture)| {
            table.numbers(name, picture.values.iter().map(|&weight| shortest(weight)))
        })
    }
}

/// The f64 with the digits that tell an f32 from its neighbours.
fn shortest(value: f32) -> Option<f64> {
    value.to_string().parse().ok()
}

/// The mistakes of a model, if there are any.
pub(super) fn mistakes_of(
    id: &str,
    model: &Finished,
    dataset: &DatasetRecord,
) -> Result<Option<Figure>, ReportError> {
    let all = &model.shown.mistakes;
    let rows = &all[..all.len().min(MOST_MISTAKES)];
    if rows.is_empty() || dataset.shown() == 0 {
        return Ok(None);
    }
    let class = |class: usize| dataset.class_names[class].as_str();
    let table = Table::default()
        .integers("image", rows.iter().map(|mistake| Some(mistake.image)))
        .text("truth", rows.iter().map(|mistake| class(mistake.truth)))
        .text(
            "predicted",
            rows.iter().map(|mistake| class(mistake.predicted)),
        )
        .numbers(
            "probability",
            rows.iter().map(|mistake| mistake.probability),
        );
    let png = mistakes(rows, dataset)?;
    let name = format!("mistakes-{id}.png");
    Ok(Some(Figure::png(name, png, table)))
}

/// What each image was taken for, and what it is.
fn mistakes(mistakes: &[Mistake], dataset: &DatasetRecord) -> Result<Vec<u8>, ReportError> {
    let size = dataset.shown_size();
    let tile = |mistake: &Mistake| {
        let mut caption = vec![
            format!("says {}", dataset.class_names[mistake.predicted]),
            format!("is {}", dataset.class_names[mistake.truth]),
        ];
        if let Some(probability) = mistake.probability {
            caption.push(format!("p {probability:.4}"));
        }
        caption.push(format!("#{}", mistake.image));
        Tile::grey(&mistake.pixels, size, caption)
    };
    let tiles: Vec<Tile> = mistakes.iter().map(tile).collect();
    contact_sheet(&tiles, 5)
}

/// Blue at −1, orange at 1, and less of them nearer to 0; nothing for what is not a number. The ground
/// shows through, so that it may be light or dark.
pub(super) fn diverging(value: f32) -> [u8; 4] {
    let [red, green, blue]: [u8; 3] = if value > 0.0 {
        [0xe0, 0x6a, 0x0c]
    } else {
        [0x1f, 0x86, 0xc9]
    };
    let strength = if value.is_nan() {
        0.0
    } else {
        value.abs().min(1.0)
    };
    [red, green, blue, (255.0 * strength).round() as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_clear_at_zero_and_coloured_at_its_ends() {
        let cover = |value| diverging(value)[3];
        assert_eq!(
            [0.0, f32::NAN, 0.5, 1.0, -7.0].map(cover),
            [0, 0, 128, 255, 255]
        );
        assert_ne!(diverging(1.0), diverging(-1.0));
    }
}
