//! What is recorded to show pictures and the weights of linear models: of large pictures no more than can be seen.

use classifier::{Classifier, LinearWeights};
use data::{PictureShape, Samples};
use records::{LinearRecord, SIDE, Thumbnail};

/// Weights of pictures in colour are recorded up to those of the largest picture that is shown as it is.
const MOST_COLOUR_WEIGHTS: usize = 3 * SIDE * SIDE;

/// The grey levels that show a picture, row by row; none of a row of a table.
pub(crate) fn levels(samples: &Samples, index: usize) -> Vec<u8> {
    let Some(shape) = samples.picture().or(samples.colour_picture()) else {
        return Vec::new();
    };
    let levels = samples.grey_levels(index);
    Thumbnail::new(size(shape), |i| f32::from(levels[i])).levels()
}

/// The weights of a model, if it is linear.
pub(crate) fn weights(classifier: &dyn Classifier, samples: &Samples) -> Option<LinearRecord> {
    let linear = classifier.linear_weights()?;
    if samples.colour_picture().is_some() && samples.features() > MOST_COLOUR_WEIGHTS {
        return None;
    }
    let weights = match samples.picture() {
        Some(shape) if shape.rows.max(shape.columns) > SIDE => of_blocks(&linear, size(shape)),
        _ => linear.weights,
    };
    Some(LinearRecord {
        weights,
        biases: linear.biases,
    })
}

/// Means over blocks of pixels, shape (pixels shown, classes).
fn of_blocks(linear: &LinearWeights, size: [usize; 2]) -> Vec<f32> {
    let classes = linear.biases.len();
    let of_class = |class| Thumbnail::new(size, |i| linear.weights[i * classes + class]).values;
    let pictures: Vec<Vec<f32>> = (0..classes).map(of_class).collect();
    let pixels = pictures.first().map_or(0, Vec::len);
    let weights = (0..pixels).flat_map(|pixel| pictures.iter().map(move |of| of[pixel]));
    weights.collect()
}

fn size(shape: PictureShape) -> [usize; 2] {
    [shape.columns, shape.rows]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_picture_is_recorded_as_means_of_blocks() {
        let shape = PictureShape {
            rows: 1,
            columns: 192,
        };
        let pixels = (0..192).map(|i| if i % 2 == 0 { 10 } else { 20 });
        let samples = Samples::from_pixels(shape, pixels.collect()).unwrap();
        assert_eq!(levels(&samples, 0), [15; 96]);
        // Two classes, one against the other.
        let linear = LinearWeights {
            weights: (0..192).flat_map(|i| [i as f32, -(i as f32)]).collect(),
            biases: vec![0.0; 2],
        };
        let means = of_blocks(&linear, [192, 1]);
        assert_eq!(
            (means.len(), &means[..4]),
            (192, &[0.5, -0.5, 2.5, -2.5][..])
        );
    }
}
