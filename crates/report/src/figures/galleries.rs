//! Weights and mistakes as contact sheets.

use crate::{DatasetRecord, LinearRecord, Mistake, ReportError, Tile, contact_sheet};

/// One image of weights per class: orange speaks for the class, blue against it, white is 0.
/// All classes share one scale.
pub(super) fn weights(
    linear: &LinearRecord,
    dataset: &DatasetRecord,
) -> Result<Vec<u8>, ReportError> {
    let classes = dataset.classes;
    let finite = linear.weights.iter().filter(|weight| weight.is_finite());
    let largest = finite.fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let cells: Vec<Tile> = dataset
        .class_names
        .iter()
        .enumerate()
        .map(|(class, name)| Tile {
            pixels: linear
                .weights
                .iter()
                .skip(class)
                .step_by(classes)
                .map(|&w| diverging(w / largest))
                .collect(),
            caption: vec![name.clone()],
        })
        .collect();
    contact_sheet(&cells, [dataset.columns, dataset.rows], 5)
}

/// What each image was taken for, and what it is.
pub(super) fn mistakes(
    mistakes: &[Mistake],
    dataset: &DatasetRecord,
) -> Result<Vec<u8>, ReportError> {
    let cells: Vec<Tile> = mistakes
        .iter()
        .map(|mistake| {
            let mut caption = vec![
                format!("says {}", dataset.class_names[mistake.predicted]),
                format!("is {}", dataset.class_names[mistake.truth]),
            ];
            if let Some(probability) = mistake.probability {
                caption.push(format!("p {probability:.4}"));
            }
            caption.push(format!("#{}", mistake.image));
            Tile::grey(&mistake.pixels, caption)
        })
        .collect();
    contact_sheet(&cells, [dataset.columns, dataset.rows], 6)
}

/// Blue at −1, white at 0, orange at 1; white for what is not a number.
fn diverging(value: f32) -> [u8; 3] {
    let end: [u8; 3] = if value > 0.0 {
        [0xd5, 0x5e, 0x00]
    } else {
        [0x00, 0x72, 0xb2]
    };
    let strength = if value.is_nan() {
        0.0
    } else {
        value.abs().min(1.0)
    };
    end.map(|channel| (255.0 - (255.0 - f32::from(channel)) * strength).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_white_at_zero_and_coloured_at_its_ends() {
        assert_eq!(diverging(0.0), [255; 3]);
        assert_eq!(diverging(f32::NAN), [255; 3]);
        assert_eq!(diverging(1.0), [0xd5, 0x5e, 0x00]);
        assert_eq!(diverging(-7.0), [0x00, 0x72, 0xb2]);
    }
}
