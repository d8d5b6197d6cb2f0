//! One machine of the solutions of all pairs.

use crate::fit::Sorted;
use crate::kernel::Function;
use crate::machine::{Machine, Support};
use crate::real::Real;
use crate::solution::Solution;
use inner_products::{Feature, Sample};

/// Joins the support vectors of all pairs: each is kept once, with its coefficients in every pair.
/// Also returns their indices.
pub(crate) fn join<F: Feature, R: Real>(
    sorted: &Sorted<F>,
    function: Function,
    solutions: &[Solution],
) -> (Machine<F, R>, Vec<usize>) {
    let classes = sorted.classes.labels.len();
    let others = classes - 1;
    let coefficients = sorted.classes.coefficients(solutions);
    let scale = power_of_two(coefficients.iter().flatten().copied());
    let mut indices = Vec::new();
    let support = (0..classes)
        .map(|class| {
            let (places, rows): (Vec<usize>, Vec<&[f64]>) = sorted
                .classes
                .range(class)
                .zip(coefficients[class].chunks_exact(others))
                .filter(|(_, row)| row.iter().any(|&value| value != 0.0))
                .unzip();
            indices.extend(places.iter().map(|&place| sorted.classes.order[place]));
            let samples = places.iter().map(|&place| sorted.sample(place));
            let samples: Vec<Sample<F>> = samples.collect();
            let scaled = rows
                .iter()
                .copied()
                .flatten()
                .map(|&value| R::nearest(value / scale));
            Support::new(
                sorted.features,
                &samples,
                &scaled.collect::<Vec<R>>(),
                others,
            )
        })
        .collect();
    let machine = Machine {
        function,
        scale,
        support,
        rho: solutions.iter().map(|pair| pair.rho).collect(),
    };
    (machine, indices)
}

/// The power of two at or below the largest of `values`, whatever their signs; 1 if all are 0.
fn power_of_two(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.map(f64::abs).fold(0.0, f64::max);
    if largest < f64::MIN_POSITIVE {
        return 1.0;
    }
    // All but the sign and the exponent is cut off.
    f64::from_bits(largest.to_bits() & (0x7ff << 52))
}
