//! The training samples as named arrays, and back.

use classifier::{Array, Sizes, State, StateError, Values};
use data::{PictureShape, Samples};

/// The arrays of training samples with their classes.
pub(crate) fn state(samples: &Samples, labels: &[usize]) -> State {
    let shape = [samples.len(), samples.features()];
    let state = State::default().with_indices("labels", labels);
    match samples.pixels() {
        Some(pixels) => state.with("samples", &shape, pixels.to_vec()),
        None => state.with("samples", &shape, samples.to_f32().into_owned()),
    }
}

/// The training samples that a state describes, `k` or more, and the class of each.
pub(crate) fn samples(
    mut state: State,
    sizes: Sizes,
    k: usize,
) -> Result<(Samples, Vec<usize>), StateError> {
    let Sizes { features, classes } = sizes;
    let unfit = |reason: String| StateError::Unfit { reason };
    let array = state.arrays().get("samples");
    let pixels = matches!(array.map(Array::values), Some(Values::U8(_)));
    let samples = if pixels {
        let row = PictureShape {
            rows: 1,
            columns: features,
        };
        Samples::from_pixels(row, state.take("samples")?.rows_of(features)?)
    } else {
        Samples::from_features(features, state.take("samples")?.rows_of(features)?)
    };
    let samples = samples.map_err(|error| unfit(error.to_string()))?;
    let labels = state.take_indices("labels", classes)?;
    let count = samples.len();
    if labels.len() != count || count < k {
        let labels = labels.len();
        let reason = format!("{count} samples with {labels} labels, of which {k} vote");
        return Err(unfit(reason));
    }
    Ok((samples, labels))
}
