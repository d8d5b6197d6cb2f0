//! The gradient of a picture, split over directions.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into a closure for one instruction set is compiled without its vectors"
)]

use std::f64::consts::TAU;

/// Sobel's gradient of a row, from the rows `above`, `here` and `below` it, which are two longer: to
/// the right into `x`, downwards into `y`.
#[inline(always)]
pub(crate) fn sobel([above, here, below]: [&[f32]; 3], x: &mut [f32], y: &mut [f32]) {
    let width = x.len();
    let [above, here, below] = [above, here, below].map(|row| &row[..width + 2]);
    for (column, (x, y)) in x.iter_mut().zip(y).enumerate() {
        let down = |column: usize| above[column] + 2.0 * here[column] + below[column];
        let across = |row: &[f32]| row[column] + 2.0 * row[column + 1] + row[column + 2];
        *x = down(column + 2) - down(column);
        *y = across(below) - across(above);
    }
}

/// Directions evenly spread over the circle.
#[derive(Debug, Clone)]
pub(crate) struct Directions {
    /// cos θ / sin w and sin θ / sin w of each direction θ = w k, where w is the angle between
    /// neighbours.
    units: Vec<[f32; 2]>,
}

impl Directions {
    /// `number` of them, at least 4, from θ = 0, which is to the right, by way of down.
    pub(crate) fn new(number: usize) -> Self {
        let between = TAU / number as f64;
        let unit = |k: usize| {
            let (sine, cosine) = (k as f64 * between).sin_cos();
            [cosine, sine].map(|part| (part / between.sin()) as f32)
        };
        Self {
            units: (0..number).map(unit).collect(),
        }
    }

    /// The components of the gradients (x, y) of a row, of shape (directions, columns). A gradient g
    /// between two neighbouring directions is the sum of a vector along each of them (Liu et al. 2003),
    /// and has no component along any other. With e the unit vectors, w the angle between neighbours
    /// and a × b = a₁b₂ − a₂b₁, the component along eₖ is
    ///
    /// max(0, min(g × eₖ₊₁, eₖ₋₁ × g)) / sin w.
    #[inline(always)]
    pub(crate) fn split(&self, x: &[f32], y: &[f32], components: &mut [f32]) {
        let number = self.units.len();
        for (k, components) in components.chunks_exact_mut(x.len()).enumerate() {
            let [next_x, next_y] = self.units[(k + 1) % number];
            let [last_x, last_y] = self.units[(k + number - 1) % number];
            for ((component, &x), &y) in components.iter_mut().zip(x).zip(y) {
                let to_next = x * next_y - y * next_x;
                let from_last = last_x * y - last_y * x;
                let least = if to_next < from_last {
                    to_next
                } else {
                    from_last
                };
                *component = if least > 0.0 { least } else { 0.0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The components of one gradient.
    fn split(number: usize, x: f32, y: f32) -> Vec<f32> {
        let mut components = vec![f32::NAN; number];
        Directions::new(number).split(&[x], &[y], &mut components);
        components
    }

    #[test]
    fn a_gradient_is_the_sum_of_its_components_along_two_neighbours() {
        for number in [4, 6, 7, 8, 12, 16] {
            let between = std::f32::consts::TAU / number as f32;
            for step in 0..100 {
                let (y, x) = (step as f32 * 0.0628).sin_cos();
                let components = split(number, 5.0 * x, 5.0 * y);
                let used = components.iter().filter(|&&part| part > 1e-5).count();
                assert!((1..=2).contains(&used), "{components:?}");
                let sum = |part: fn(f32) -> f32| -> f32 {
                    let parts = components.iter().enumerate();
                    parts.map(|(k, c)| c * part(k as f32 * between)).sum()
                };
                let (x_again, y_again) = (sum(f32::cos), sum(f32::sin));
                assert!((x_again - 5.0 * x).abs() < 1e-4, "{x_again} of {x}");
                assert!((y_again - 5.0 * y).abs() < 1e-4, "{y_again} of {y}");
            }
        }
    }

    #[test]
    fn with_eight_directions_the_diagonal_takes_the_smaller_part() {
        // (3, 1) = 2 · (1, 0) + √2 · (1, 1)/√2
        let components = split(8, 3.0, 1.0);
        assert!((components[0] - 2.0).abs() < 1e-6, "{components:?}");
        assert!(
            (components[1] - 2.0_f32.sqrt()).abs() < 1e-6,
            "{components:?}"
        );
        assert!(components[2..].iter().all(|&part| part.abs() < 1e-6));
    }

    #[test]
    fn the_masks_are_sobels() {
        let rows = [[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]];
        let (mut x, mut y) = ([0.0], [0.0]);
        sobel(rows.each_ref().map(|row| &row[..]), &mut x, &mut y);
        assert_eq!(x, [(4.0 - 1.0) + 2.0 * (32.0 - 8.0) + (256.0 - 64.0)]);
        assert_eq!(y, [(64.0 - 1.0) + 2.0 * (128.0 - 2.0) + (256.0 - 4.0)]);
    }
}
