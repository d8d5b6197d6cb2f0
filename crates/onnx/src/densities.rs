//! Models whose probabilities are the softmax of sums in double precision: the discriminant functions, and Gaussian
//! naive Bayes. In single precision their sums would be another model's.

use crate::graph::{Graph, Type};
use classifier::StateError;
use kept::Kept;

/// ln p(sample, class) up to what all classes of a sample share.
pub(crate) struct Densities {
    terms: Terms,
    /// Shape (classes); −∞ for a class without samples.
    constants: Vec<f64>,
    features: usize,
}

/// What is added to the constants; each of shape (features, classes).
enum Terms {
    /// x · weight. The sums themselves are the scores.
    Linear(Vec<f64>),
    /// factor · (x − mean)². The scores are the logarithms of the probabilities.
    Squares { means: Vec<f64>, factors: Vec<f64> },
}

impl Densities {
    /// The densities of a kept model, if it is one of them.
    pub(crate) fn of(kept: &Kept) -> Option<Self> {
        let is_linear = match kept.about.model.as_str() {
            "discriminant" => true,
            "naive-bayes" => false,
            _ => return None,
        };
        Self::read(kept, is_linear).ok()
    }

    fn read(kept: &Kept, is_linear: bool) -> Result<Self, StateError> {
        let (features, classes) = (kept.about.features, kept.about.classes.len());
        let mut state = kept.classifier().state()?;
        let mut matrix = |name: &str| state.take::<f64>(name)?.of_shape(&[features, classes]);
        let (terms, constants) = if is_linear {
            (Terms::Linear(matrix("weights")?), "biases")
        } else {
            let (means, factors) = (matrix("means")?, matrix("factors")?);
            (Terms::Squares { means, factors }, "constants")
        };
        Ok(Self {
            terms,
            constants: state.take_any(constants)?.of_shape(&[classes])?,
            features,
        })
    }

    /// Adds the sums of what the model sees in double precision; gives the scores in single and the sums in double
    /// precision, each of shape (samples, classes).
    pub(crate) fn scores(&self, graph: &mut Graph, x: &str) -> (String, String) {
        let classes = self.constants.len();
        let terms = match &self.terms {
            Terms::Linear(weights) => {
                let weights = graph.numbers(&[self.features, classes], weights);
                graph.node("MatMul", &[x, &weights])
            }
            Terms::Squares { means, factors } => {
                let of_class = |class| self.squares(graph, x, [means, factors], class);
                let all: Vec<String> = (0..classes).map(of_class).collect();
                graph.beside(&all)
            }
        };
        let constants = graph.numbers(&[classes], &self.constants);
        let sums = graph.node("Add", &[&terms, &constants]);
        let scores = match self.terms {
            Terms::Linear(_) => graph.cast(&sums, Type::F32),
            Terms::Squares { .. } => {
                let logs = graph.along("LogSoftmax", &sums, 1);
                graph.cast(&logs, Type::F32)
            }
        };
        (scores, sums)
    }

    /// Σ factor · (x − mean)² of a class, shape (samples, 1). Multiplied out it would lose its digits: factors of pixels
    /// that hardly vary are a billion.
    fn squares(&self, graph: &mut Graph, x: &str, of: [&[f64]; 2], class: usize) -> String {
        let [means, factors] = of.map(|values| {
            let of_class = values.iter().skip(class).step_by(self.constants.len());
            of_class.copied().collect::<Vec<f64>>()
        });
        let means = graph.numbers(&[self.features], &means);
        let factors = graph.numbers(&[self.features, 1], &factors);
        let deviations = graph.node("Sub", &[x, &means]);
        let squares = graph.node("Mul", &[&deviations, &deviations]);
        graph.node("MatMul", &[&squares, &factors])
    }
}
