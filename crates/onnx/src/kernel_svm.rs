//! Kernel support vector machines in double precision, as sums of single precision would be another machine's.

use crate::graph::{Graph, Type};
use classifier::{Array, State, Values};
use kept::Kept;

/// What `model-kernel-svm` keeps of a machine whose scores are votes.
pub(crate) struct Machine {
    kernel: Kernel,
    gamma: f64,
    /// Shape (support vectors, features); bytes are pixels, of which the kernel sees p / 255.
    vectors: Values,
    /// Shape (support vectors, pairs of classes).
    coefficients: Vec<f64>,
    rho: Vec<f64>,
    /// The classes that it tells apart.
    occurring: Vec<usize>,
    features: usize,
}

enum Kernel {
    Rbf,
    Polynomial { degree: f64, coef0: f64 },
    Linear,
}

impl Machine {
    /// The machine of a kept model, if it is one.
    pub(crate) fn of(kept: &Kept) -> Option<Self> {
        let about = &kept.about;
        let parameter = |name: &str| about.parameters.get(name);
        if about.model != "kernel-svm" || parameter("probability")?.as_bool()? {
            return None;
        }
        let number = |name: &str| parameter(name)?.as_f64();
        let kernel = match parameter("kernel")?.as_str()? {
            "rbf" => Kernel::Rbf,
            "linear" => Kernel::Linear,
            "polynomial" => Kernel::Polynomial {
                degree: number("degree")?,
                coef0: number("coef0")?,
            },
            _ => return None,
        };
        let mut state = kept.classifier().state().ok()?;
        let occurring = state.take_indices("occurring", about.classes.len()).ok()?;
        let counts = state.take_indices("counts", usize::MAX).ok()?;
        let scale = numbers(&mut state, "scale")?[0];
        let own = numbers(&mut state, "coefficients")?;
        let vectors = state.arrays().get("vectors").map(Array::values)?.clone();
        Some(Self {
            kernel,
            gamma: numbers(&mut state, "gamma")?[0],
            vectors,
            coefficients: of_pairs(&own, &counts, scale),
            rho: numbers(&mut state, "rho")?,
            occurring,
            features: about.features,
        })
    }

    /// Adds the machine; gives scores of all `classes`, shape (samples, classes), in single precision.
    pub(crate) fn scores(&self, graph: &mut Graph, x: &str, classes: usize) -> String {
        let decisions = self.decisions(graph, x);
        let (told_apart, pairs) = (self.occurring.len(), self.rho.len());
        // 1 where a pair's decision speaks for a class, −1 where it speaks against it.
        let mut sides = vec![0.0_f64; pairs * told_apart];
        let mut against = vec![0.0_f64; told_apart];
        for (pair, [a, b]) in pairs_of(told_apart).enumerate() {
            sides[pair * told_apart + a] = 1.0;
            sides[pair * told_apart + b] = -1.0;
            against[b] += 1.0;
        }
        let sides = graph.numbers(&[pairs, told_apart], &sides);
        let against = graph.numbers(&[told_apart], &against);
        let zero = graph.numbers(&[], &[0.0_f64]);
        let wins = graph.node("Greater", &[&decisions, &zero]);
        let wins = graph.cast(&wins, Type::F64);
        let balance = graph.node("MatMul", &[&wins, &sides]);
        let votes = graph.node("Add", &[&balance, &against]);
        // Classes below the winner are ordered by what their decisions add up to.
        let sums = graph.node("MatMul", &[&decisions, &sides]);
        let sizes = graph.node("Abs", &[&sums]);
        let [one, three, half] = [1.0_f64, 3.0, 0.5].map(|n| graph.numbers(&[], &[n]));
        let sizes = graph.node("Add", &[&sizes, &one]);
        let sizes = graph.node("Mul", &[&sizes, &three]);
        let fractions = graph.node("Div", &[&sums, &sizes]);
        let winner = graph.best(&votes, true);
        let all: Vec<i64> = (0..told_apart as i64).collect();
        let all = graph.numbers(&[told_apart], &all);
        let is_winner = graph.node("Equal", &[&winner, &all]);
        let fractions = graph.node("Where", &[&is_winner, &half, &fractions]);
        let ranked = graph.node("Add", &[&votes, &fractions]);
        // Classes without training samples are below all others.
        let mut places = vec![0.0_f64; told_apart * classes];
        let mut missing = vec![-1.0_f64; classes];
        for (place, &class) in self.occurring.iter().enumerate() {
            places[place * classes + class] = 1.0;
            missing[class] = 0.0;
        }
        let places = graph.numbers(&[told_apart, classes], &places);
        let missing = graph.numbers(&[classes], &missing);
        let placed = graph.node("MatMul", &[&ranked, &places]);
        let placed = graph.node("Add", &[&placed, &missing]);
        graph.cast(&placed, Type::F32)
    }

    /// The decision of each pair, shape (samples, pairs).
    fn decisions(&self, graph: &mut Graph, x: &str) -> String {
        let (vectors, squares) = self.vectors(graph);
        let products = graph.node("MatMul", &[x, &vectors]);
        let gamma = graph.numbers(&[], &[self.gamma]);
        let kernel = match self.kernel {
            Kernel::Linear => products,
            Kernel::Polynomial { degree, coef0 } => {
                let [degree, coef0] = [degree, coef0].map(|n| graph.numbers(&[], &[n]));
                let scaled = graph.node("Mul", &[&products, &gamma]);
                let sum = graph.node("Add", &[&scaled, &coef0]);
                graph.node("Pow", &[&sum, &degree])
            }
            Kernel::Rbf => {
                // −‖x − v‖² = 2x·v − ‖x‖² − ‖v‖²
                let two = graph.numbers(&[], &[2.0_f64]);
                let products = graph.node("Mul", &[&products, &two]);
                let own = graph.node("Mul", &[x, x]);
                let own = graph.sum_of_rows(&own);
                let less = graph.node("Sub", &[&products, &own]);
                let distances = graph.node("Sub", &[&less, &squares]);
                let scaled = graph.node("Mul", &[&distances, &gamma]);
                graph.node("Exp", &[&scaled])
            }
        };
        let count = self.coefficients.len() / self.rho.len().max(1);
        let coefficients = graph.numbers(&[count, self.rho.len()], &self.coefficients);
        let rho = graph.numbers(&[self.rho.len()], &self.rho);
        let sums = graph.node("MatMul", &[&kernel, &coefficients]);
        graph.node("Sub", &[&sums, &rho])
    }

    /// The support vectors, shape (features, support vectors), and their squares.
    fn vectors(&self, graph: &mut Graph) -> (String, String) {
        let white = if matches!(self.vectors, Values::U8(_)) {
            255.0
        } else {
            1.0
        };
        let wide = as_doubles(&self.vectors);
        let rows = wide.chunks_exact(self.features);
        let square = |row: &[f64]| row.iter().map(|x| (x / white) * (x / white)).sum();
        let squares: Vec<f64> = rows.map(square).collect();
        let shape = [squares.len(), self.features];
        // In the type in which they are kept: an eighth of the file.
        let kept = match &self.vectors {
            Values::U8(values) => graph.numbers(&shape, values),
            Values::F32(values) => graph.numbers(&shape, values),
            Values::F64(_) | Values::I64(_) => graph.numbers(&shape, &wide),
        };
        let real = graph.cast(&kept, Type::F64);
        let white = graph.numbers(&[], &[white]);
        let scaled = graph.node("Div", &[&real, &white]);
        let turned = graph.node("Transpose", &[&scaled]);
        (turned, graph.numbers(&[squares.len()], &squares))
    }
}

/// Each pair of classes by place, in the order of decisions.
fn pairs_of(classes: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..classes).flat_map(move |a| (a + 1..classes).map(move |b| [a, b]))
}

/// Coefficients by pair, from those of each vector against the other classes.
fn of_pairs(own: &[f64], counts: &[usize], scale: f64) -> Vec<f64> {
    let classes = counts.len();
    let others = classes.saturating_sub(1);
    let class_of = counts.iter().enumerate();
    let class_of = class_of.flat_map(|(class, &count)| std::iter::repeat_n(class, count));
    let rows = class_of.zip(own.chunks_exact(others.max(1)));
    let of_row = |(class, row): (usize, &[f64])| -> Vec<f64> {
        let of_pair = |[a, b]: [usize; 2]| match class {
            class if class == a => scale * row[b - 1],
            class if class == b => scale * row[a],
            _ => 0.0,
        };
        pairs_of(classes).map(of_pair).collect()
    };
    rows.flat_map(of_row).collect()
}

fn numbers(state: &mut State, name: &str) -> Option<Vec<f64>> {
    state
        .arrays()
        .get(name)
        .map(|array| as_doubles(array.values()))
}

fn as_doubles(values: &Values) -> Vec<f64> {
    match values {
        Values::F64(values) => values.clone(),
        Values::F32(values) => values.iter().map(|&value| value.into()).collect(),
        Values::U8(values) => values.iter().map(|&value| value.into()).collect(),
        Values::I64(values) => values.iter().map(|&value| value as f64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_has_a_coefficient_in_the_pairs_of_its_class() {
        // One vector of each of three classes; pairs are 01, 02 and 12.
        let own = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let found = of_pairs(&own, &[1, 1, 1], 2.0);
        assert_eq!(found, [2.0, 4.0, 0.0, 6.0, 0.0, 8.0, 0.0, 10.0, 12.0]);
    }
}
