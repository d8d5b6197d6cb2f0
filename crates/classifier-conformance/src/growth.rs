//! The check that a model takes as much memory as its recipe says.

use crate::{digits, fit};
use classifier::{ModelEntry, State, StateError, Values};

/// Fits to half of the digits and to all, and compares what is kept; says why, if it cannot be kept.
pub(crate) fn growth(model: &ModelEntry) -> Option<String> {
    let [train, _] = digits();
    let half: Vec<usize> = (0..train.len() / 2).collect();
    let mut sizes = [0, 0];
    for (size, train) in sizes.iter_mut().zip([&train.select(&half), &train]) {
        *size = match fit(model, train).state() {
            Err(StateError::Unkept) => return Some(StateError::Unkept.to_string()),
            state => bytes(&state.unwrap_or_else(|error| panic!("{error}"))),
        };
    }
    let [of_half, of_all] = sizes;
    let sizes = format!("{of_half} bytes from half of the samples, {of_all} from all");
    if (model.preset)().grows_with_samples() {
        assert!(
            of_all > of_half,
            "it says that it grows with the samples: {sizes}"
        );
        // A tenth for what does not grow evenly, such as support vectors and leaves.
        let most = of_half * 2 + of_half / 5;
        assert!(of_all <= most, "it grows faster than the samples: {sizes}");
    } else {
        assert_eq!(of_half, of_all, "it says that samples do not make it grow");
    }
    None
}

/// The size of all arrays.
fn bytes(state: &State) -> usize {
    let arrays = state.arrays().iter();
    arrays
        .map(|(_, array)| match array.values() {
            Values::F32(values) => size_of_val(&values[..]),
            Values::F64(values) => size_of_val(&values[..]),
            Values::U8(values) => size_of_val(&values[..]),
            Values::I64(values) => size_of_val(&values[..]),
        })
        .sum()
}
