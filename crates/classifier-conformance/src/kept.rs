//! The check that a model can be kept: what is made of its state predicts as it does, and a state
//! that somebody tampered with is refused or harmless.

use crate::{digits, fit, stripes};
use classifier::{
    Array, Classifier, ModelEntry, Scores, Sizes, State, StateError, Values, with_threads,
};
use data::{Dataset, Samples};

/// Fits the model, keeps it and makes it again; says why, if it cannot be kept.
pub(crate) fn kept(model: &ModelEntry) -> Option<String> {
    let [train, test] = digits();
    // Real numbers, and a class without samples; its layout is known to every model.
    for (train, asked) in [(&train, test.samples()), (&stripes(), stripes().samples())] {
        let first = fit(model, train);
        let state = match first.state() {
            Err(StateError::Unkept) => return Some(StateError::Unkept.to_string()),
            other => other.unwrap_or_else(|error| panic!("{error}")),
        };
        let again = restore(model, train, state.clone()).unwrap_or_else(|error| panic!("{error}"));
        same(&*first, &*again, asked);
        let few = asked.slice(0..2);
        for (change, is_harmless) in tampered(&state) {
            // A model with an impossible value may predict nonsense, but nothing may panic.
            match restore(model, train, change) {
                Ok(model) if is_harmless => drop(with_threads(1, || model.scores(&few))),
                Ok(_) => panic!("a state without an array, or of another shape, was taken"),
                Err(_) => (),
            }
        }
    }
    None
}

fn restore(
    model: &ModelEntry,
    train: &Dataset,
    state: State,
) -> Result<Box<dyn Classifier>, StateError> {
    let sizes = Sizes {
        features: train.samples().features(),
        classes: train.classes(),
    };
    (model.preset)().restore(state, sizes)
}

/// Asserts that two models are the same, as far as one can see.
fn same(first: &dyn Classifier, again: &dyn Classifier, asked: &Samples) {
    let bits = |scores: &Scores| -> Vec<u32> {
        let values = scores.values().iter();
        values.map(|value| value.to_bits()).collect()
    };
    let [a, b] = [first, again].map(|model| bits(&with_threads(1, || model.scores(asked))));
    assert!(a == b, "kept and loaded, other scores");
    let [a, b] = [first, again].map(|model| {
        let logs = with_threads(1, || model.log_probabilities(asked));
        logs.as_ref().map(bits)
    });
    assert!(a == b, "kept and loaded, other probabilities");
    assert_eq!(first.parameter_count(), again.parameter_count());
    let [a, b] = [first, again].map(|model| {
        let linear = model.linear_weights();
        linear.map(|linear| [linear.weights, linear.biases].concat())
    });
    let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    assert!(a.map(bits) == b.map(bits), "kept and loaded, other weights");
    let [a, b] = [first, again].map(|model| model.state().map(|state| bits_of(&state)));
    assert!(a == b, "kept again, another state");
}

/// The arrays of a state, to the bit: a class without samples may have values that are no numbers.
fn bits_of(state: &State) -> Vec<(String, Vec<usize>, Vec<u64>)> {
    let bits = |values: &Values| -> Vec<u64> {
        match values {
            Values::F32(values) => values.iter().map(|x| x.to_bits().into()).collect(),
            Values::F64(values) => values.iter().map(|x| x.to_bits()).collect(),
            Values::U8(values) => values.iter().map(|&x| x.into()).collect(),
            Values::I64(values) => values.iter().map(|&x| x as u64).collect(),
        }
    };
    let arrays = state.arrays().iter();
    arrays
        .map(|(name, array)| (name.clone(), array.shape().to_vec(), bits(array.values())))
        .collect()
}

/// The state with each array missing, of another shape, or with impossible values; and whether a model
/// may be made of it.
fn tampered(state: &State) -> Vec<(State, bool)> {
    let mut all = Vec::new();
    for (name, array) in state.arrays() {
        let others = || {
            state
                .arrays()
                .iter()
                .filter(move |(other, _)| *other != name)
        };
        let others = || others().map(|(name, array)| (name.clone(), array.clone()));
        all.push((others().collect(), false));
        let mut with = |array: Array, is_harmless: bool| {
            let one = std::iter::once((name.clone(), array));
            all.push((others().chain(one).collect(), is_harmless));
        };
        let count: usize = array.shape().iter().product();
        let twice = [array.shape(), &[1, 1, 1]].concat();
        with(array_of(twice, array.values().clone()), false);
        with(array_of(vec![0], Values::U8(Vec::new())), false);
        if count > 0 {
            for values in impossible(array.values()) {
                with(array_of(array.shape().to_vec(), values), true);
            }
        }
    }
    all
}

fn array_of(shape: Vec<usize>, values: Values) -> Array {
    Array::new(shape, values).expect("as many values as before")
}

/// The values with the first and the last replaced by what should not be there.
fn impossible(values: &Values) -> Vec<Values> {
    fn ends<T: Copy>(values: &[T], wrong: &[T], wrap: fn(Vec<T>) -> Values) -> Vec<Values> {
        let ends = [0, values.len() - 1];
        let places = wrong.iter().flat_map(|&wrong| ends.map(|end| (end, wrong)));
        let changed = places.map(|(place, wrong)| {
            let mut values = values.to_vec();
            values[place] = wrong;
            wrap(values)
        });
        changed.collect()
    }
    match values {
        Values::F32(values) => ends(
            values,
            &[f32::NAN, f32::INFINITY, f32::MAX, -1.0],
            Values::F32,
        ),
        Values::F64(values) => ends(
            values,
            &[f64::NAN, f64::INFINITY, f64::MAX, -1.0],
            Values::F64,
        ),
        Values::I64(values) => ends(values, &[-1, i64::MAX, 1 << 40, 0], Values::I64),
        Values::U8(values) => ends(values, &[255], Values::U8),
    }
}
