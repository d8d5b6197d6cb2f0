//! Kept models as [ONNX](https://onnx.ai) graphs of plain operators, with the preparation of a table's columns.
//!
//! A graph takes `pixels` (bytes, shape (samples, features)), `features` (32-bit floating point, of that shape), or a
//! column each: `f64` of shape (samples, 1), NaN where the value is missing, or strings, empty where it is missing.
//! It gives `label` (the class's name), `scores` and, where the model has some, `probabilities`, each of the latter of
//! shape (samples, classes).

mod columns;
mod densities;
mod graph;
mod kernel_svm;
mod proto;

use classifier::LinearWeights;
use densities::Densities;
use graph::{Graph, Type};
use kept::{About, Kept, Mapping};
use kernel_svm::Machine;
use prost::Message;

/// Why a model has no graph. Each prints as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// It is made of other things than graphs are made of.
    #[error(
        "{id}: a graph is made of linear models, of multi-layer perceptrons, of discriminant and naive-bayes, and of kernel-svm without probabilities, and this is none of them"
    )]
    Unknown {
        /// The model.
        id: String,
    },
    /// Its calibration is more than a temperature.
    #[error(
        "{id}: {mapping} has no graph; export the file that was calibrated, or calibrate it by temperature"
    )]
    Calibration {
        /// The model.
        id: String,
        /// How it was calibrated.
        mapping: String,
    },
}

/// The bytes of an ONNX file: the model, its classes, and what is made of the columns of a table before.
///
/// # Errors
/// [`OnnxError`].
pub fn graph(kept: &Kept) -> Result<Vec<u8>, OnnxError> {
    let about = &kept.about;
    let classes = about.classes.len();
    let temperature = temperature(about)?;
    let mut graph = Graph::default();
    let scores = if let Some(densities) = Densities::of(kept) {
        let x = features(&mut graph, about, Type::F32);
        let x = graph.cast(&x, Type::F64);
        let (scores, sums) = densities.scores(&mut graph, &x);
        let temperature = graph.numbers(&[], &[temperature]);
        add_probabilities(&mut graph, &sums, &temperature, classes);
        scores
    } else if let Some((layers, are_logits)) = layers(kept) {
        let x = features(&mut graph, about, Type::F32);
        let scores = add_layers(&mut graph, x, about.features, &layers);
        if are_logits {
            let temperature = graph.numbers(&[], &[temperature as f32]);
            add_probabilities(&mut graph, &scores, &temperature, classes);
        }
        scores
    } else if let Some(machine) = Machine::of(kept) {
        let x = features(&mut graph, about, Type::F64);
        machine.scores(&mut graph, &x, classes)
    } else {
        let id = about.id.clone();
        return Err(OnnxError::Unknown { id });
    };
    graph.output(&scores, "scores", Type::F32, Some(classes));
    let best = graph.best(&scores, false);
    let names = graph.strings(&[classes], &about.classes);
    let label = graph.node("Gather", &[&names, &best]);
    graph.output(&label, "label", Type::String, None);
    Ok(graph.finish(&about.id, &about.program).encode_to_vec())
}

/// The softmax of logits divided by a temperature, which are both of the same precision.
fn add_probabilities(graph: &mut Graph, logits: &str, temperature: &str, classes: usize) {
    let scaled = graph.node("Div", &[logits, temperature]);
    let probabilities = graph.along("Softmax", &scaled, 1);
    let probabilities = graph.cast(&probabilities, Type::F32);
    graph.output(&probabilities, "probabilities", Type::F32, Some(classes));
}

fn temperature(about: &About) -> Result<f64, OnnxError> {
    match about.calibration.as_ref().map(|learnt| &learnt.mapping) {
        None => Ok(about.temperature.unwrap_or(1.0)),
        Some(Mapping::Temperature(temperature)) => Ok(*temperature),
        Some(mapping) => Err(OnnxError::Calibration {
            id: about.id.clone(),
            mapping: mapping.in_words(),
        }),
    }
}

/// Adds inputs; gives what the model sees, in a precision.
fn features(graph: &mut Graph, about: &About, precision: Type) -> String {
    let (input, is_single) = match &about.preparation {
        Some(preparation) => (columns::features(graph, preparation), true),
        None if about.pixels => (graph.input("pixels", Type::U8, about.features), false),
        None => (graph.input("features", Type::F32, about.features), true),
    };
    match (precision, is_single) {
        (Type::F32, true) => input,
        (_, true) => graph.cast(&input, precision),
        (_, false) => {
            let real = graph.cast(&input, precision);
            let white = match precision {
                Type::F64 => graph.numbers(&[], &[255.0_f64]),
                _ => graph.numbers(&[], &[255.0_f32]),
            };
            graph.node("Div", &[&real, &white])
        }
    }
}

fn add_layers(graph: &mut Graph, x: String, features: usize, layers: &[LinearWeights]) -> String {
    let (mut at, mut width) = (x, features);
    for (number, layer) in layers.iter().enumerate() {
        if number > 0 {
            at = graph.node("Relu", &[&at]);
        }
        let next = layer.biases.len();
        let weights = graph.numbers(&[width, next], &layer.weights);
        let biases = graph.numbers(&[next], &layer.biases);
        let product = graph.node("MatMul", &[&at, &weights]);
        at = graph.node("Add", &[&product, &biases]);
        width = next;
    }
    at
}

/// The layers of a model, and whether probabilities are the softmax of what they give. The scores of other linear
/// models are those of one layer, up to what all classes of a sample share.
fn layers(kept: &Kept) -> Option<(Vec<LinearWeights>, bool)> {
    let model = kept.classifier();
    match model.layers() {
        Some(layers) => Some((layers, true)),
        None => Some((vec![never_chosen(model.linear_weights()?)], false)),
    }
}

/// With the lowest score for classes that had no training samples, whose weights are NaN: the largest of numbers
/// among which one is NaN is NaN to ONNX Runtime.
fn never_chosen(mut layer: LinearWeights) -> LinearWeights {
    let classes = layer.biases.len();
    for class in 0..classes {
        let mut of_class = layer.weights.iter().skip(class).step_by(classes);
        if layer.biases[class].is_nan() || of_class.any(|weight| weight.is_nan()) {
            for at in (class..layer.weights.len()).step_by(classes) {
                layer.weights[at] = 0.0;
            }
            layer.biases[class] = f32::MIN;
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_without_samples_is_never_chosen() {
        let nan = f32::NAN;
        let layer = never_chosen(LinearWeights {
            weights: vec![1.0, nan, 2.0, nan],
            biases: vec![0.5, nan],
        });
        assert_eq!(layer.weights, [1.0, 0.0, 2.0, 0.0]);
        assert_eq!(layer.biases, [0.5, f32::MIN]);
    }
}
