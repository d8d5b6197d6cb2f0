//! Weights and mistakes as contact sheets.

use super::Figure;
use crate::{
    DatasetRecord, LinearRecord, Mistake, ModelSummary, ReportError, Table, Tile, contact_sheet,
};

/// The weights of a model, if it is linear.
pub(super) fn weights_of(
    model: &ModelSummary,
    dataset: &DatasetRecord,
) -> Result<Option<Figure>, ReportError> {
    let Some(linear) = &model.linear else {
        return Ok(None);
    };
    let features = 0..dataset.features;
    let table = Table::default()
        .integers("row", features.clone().map(|i| Some(i / dataset.columns)))
        .integers("column", features.map(|i| Some(i % dataset.columns)));
    let names = dataset.class_names.iter().enumerate();
    let table = names.fold(table, |table, (class, name)| {
        let weights = linear.weights.iter().skip(class).step_by(dataset.classes);
        table.numbers(name, weights.map(|&weight| shortest(weight)))
    });
    let png = weights(linear, dataset)?;
    let name = format!("weights-{}.png", model.id);
    Ok(Some(Figure::new(name, png, table)))
}

/// The f64 with the digits that tell an f32 from its neighbours.
fn shortest(value: f32) -> Option<f64> {
    value.to_string().parse().ok()
}

/// The mistakes of a model, if there are any.
pub(super) fn mistakes_of(
    model: &ModelSummary,
    dataset: &DatasetRecord,
) -> Result<Option<Figure>, ReportError> {
    let rows = &model.mistakes;
    if rows.is_empty() {
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
    let name = format!("mistakes-{}.png", model.id);
    Ok(Some(Figure::new(name, png, table)))
}

/// One image of weights per class: orange speaks for the class, blue against it, white is 0.
/// All classes share one scale.
pub(crate) fn weights(
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
fn mistakes(mistakes: &[Mistake], dataset: &DatasetRecord) -> Result<Vec<u8>, ReportError> {
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
