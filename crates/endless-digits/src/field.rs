//! Smooth random fields: how far each pixel is moved along one axis.

use crate::shape::SIDE;
use rand::{Rng, RngExt};
use std::fmt;

/// Fields that are made once. Two different ones, each with a sign, bend a picture, so that there are 65 000 ways.
const FIELDS: usize = 128;

/// Of the Gaussian that smooths a field, and how strong a field is after it: the values of Simard, Steinkraus and
/// Platt (2003).
const DEVIATION: f64 = 4.0;
const STRENGTH: f64 = 34.0;

/// How far the Gaussian reaches, in pixels.
const REACH: usize = 12;

/// Height and width of the noise that becomes a field.
const WIDE: usize = SIDE + 2 * REACH;

/// A field, in pixels.
pub(crate) type Field = [f32; SIDE * SIDE];

/// All fields.
pub(crate) struct Fields(Vec<Field>);

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fields", self.0.len())
    }
}

impl Fields {
    pub(crate) fn new(random: &mut impl Rng) -> Self {
        Self((0..FIELDS).map(|_| field(random)).collect())
    }

    /// One of them, with a sign.
    pub(crate) fn draw(&self, random: &mut impl Rng) -> (&Field, f32) {
        let sign = if random.random() { 1.0 } else { -1.0 };
        (&self.0[random.random_range(0..FIELDS)], sign)
    }
}

/// Uniform noise in −1..1, smoothed by a Gaussian along rows and then along columns.
fn field(random: &mut impl Rng) -> Field {
    let noise: Vec<f64> = (0..WIDE * WIDE)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    let weights = gaussian();
    let smooth = |at: &dyn Fn(usize) -> f64| -> f64 {
        weights
            .iter()
            .enumerate()
            .map(|(i, weight)| weight * at(i))
            .sum()
    };
    // Shape (WIDE, SIDE).
    let along_rows: Vec<f64> = (0..WIDE * SIDE)
        .map(|i| smooth(&|j| noise[i / SIDE * WIDE + i % SIDE + j]))
        .collect();
    std::array::from_fn(|i| {
        (STRENGTH * smooth(&|j| along_rows[(i / SIDE + j) * SIDE + i % SIDE])) as f32
    })
}

/// Weights of the pixels around one, whose sum is 1.
fn gaussian() -> [f64; 2 * REACH + 1] {
    let density = |i: usize| (-((i as f64 - REACH as f64) / DEVIATION).powi(2) / 2.0).exp();
    let sum: f64 = (0..=2 * REACH).map(density).sum();
    std::array::from_fn(|i| density(i) / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Noise of variance 1/3, smoothed in two dimensions by a Gaussian of deviation σ, has the variance 1/3 · 1/(4πσ²).
    #[test]
    fn a_field_is_as_strong_as_it_should_be_and_smooth() {
        let fields = Fields::new(&mut ChaCha8Rng::seed_from_u64(1)).0;
        let values = fields.iter().flatten().map(|&value| f64::from(value));
        let variance = values.map(|value| value * value).sum::<f64>() / (784 * FIELDS) as f64;
        let expected = STRENGTH * (1.0 / (12.0 * std::f64::consts::PI)).sqrt() / DEVIATION;
        assert!(
            (variance.sqrt() / expected - 1.0).abs() < 0.05,
            "{}",
            variance.sqrt()
        );
        let steps = fields
            .iter()
            .flat_map(|field| field.windows(2).take(SIDE - 1));
        assert!(
            steps
                .map(|pair| (pair[0] - pair[1]).abs())
                .fold(0.0, f32::max)
                < 2.0
        );
    }
}
