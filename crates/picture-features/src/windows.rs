//! Gaussian windows on a grid, through which the components are seen.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into a closure for one instruction set is compiled without its vectors"
)]

use crate::plane::LANES;

/// Most windows in a row of the grid, for which there is a vector.
pub(crate) const MOST: usize = LANES;

/// `grid` windows side by side along rows or columns.
#[derive(Debug, Clone)]
pub(crate) struct Windows {
    /// Weights of each place, of shape (places, 8): those of windows that are not there are 0.
    weights: Vec<[f32; LANES]>,
    /// Standard deviation, in pixels.
    pub(crate) deviation: f64,
}

impl Windows {
    /// Over `length` pixels and `padded` places, of which those behind the pixels have no weight. The
    /// centres of the windows are t = length / grid apart, those of the grid's cells; their standard
    /// deviation is `blur` · t. The weights of an endless window add up to 1.
    pub(crate) fn new(grid: usize, length: usize, padded: usize, blur: f64) -> Self {
        let apart = length as f64 / grid as f64;
        let deviation = blur * apart;
        let weight = |place: usize, window: usize| {
            let centre = (window as f64 + 0.5) * apart - 0.5;
            let distance = (place as f64 - centre) / deviation;
            (-0.5 * distance * distance).exp() / (deviation * std::f64::consts::TAU.sqrt())
        };
        let mut weights = vec![[0.0; LANES]; padded];
        for (place, weights) in weights.iter_mut().enumerate().take(length) {
            for (window, value) in weights.iter_mut().enumerate().take(grid) {
                *value = weight(place, window) as f32;
            }
        }
        Self { weights, deviation }
    }

    /// The weights of all windows at `place`.
    #[inline(always)]
    pub(crate) fn at(&self, place: usize) -> &[f32; LANES] {
        &self.weights[place]
    }

    /// What each window sees of `values`, one per place.
    #[inline(always)]
    pub(crate) fn see(&self, values: &[f32]) -> [f32; LANES] {
        let mut seen = [0.0; LANES];
        for (&value, weights) in values.iter().zip(&self.weights) {
            for (seen, weight) in seen.iter_mut().zip(weights) {
                *seen += value * weight;
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_spread_evenly_and_see_a_constant_as_it_is() {
        let windows = Windows::new(3, 60, 64, 0.3);
        assert_eq!(windows.deviation, 6.0);
        let constant = windows.see(&[2.0; 64]);
        assert!((constant[1] - 2.0).abs() < 1e-3, "{constant:?}");
        assert_eq!(constant[3..], [0.0; 5]);
        // At 9.5 is the centre of the first: as much from both sides.
        assert_eq!(windows.at(9)[0], windows.at(10)[0]);
        assert_eq!(windows.at(60), &[0.0; LANES]);
    }
}
