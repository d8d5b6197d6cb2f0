//! What can be chosen about the features, and what cannot.

use crate::windows;
use std::ops::RangeInclusive;

/// How pictures of 8-bit pixels are made alike before their gradients are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Normalisation {
    /// Not at all.
    None,
    /// Centred, and their principal axis vertical, as [`deskew`](crate::deskew) makes them.
    Upright,
    /// Upright and of one size ("aspect ratio adaptive normalization", Liu et al. 2003).
    Size {
        /// What the standard deviation of the grey along the longer axis becomes, in longer sides of the
        /// picture; above 0.
        size: f64,
        /// Of R₁, the standard deviation along the shorter axis by that along the longer, R₁^aspect
        /// becomes the same of the new picture: 1 keeps the proportions, 0 makes all pictures as wide as
        /// high.
        aspect: f64,
    },
}

/// The parameters of [`GradientDirections`](crate::GradientDirections).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// What is done to pictures of 8-bit pixels first. Real-valued ones stay as they are: their grey has no
    /// mass if it may be negative.
    pub normalisation: Normalisation,
    /// Directions on which the gradient is laid, from 4 to 16.
    pub directions: usize,
    /// Windows in a row and in a column of the grid, from 1 to 8.
    pub grid: usize,
    /// Standard deviation of a window, in distances between the centres of neighbours; above 0.
    pub blur: f64,
}

impl Settings {
    /// How many directions there can be.
    pub const DIRECTIONS: RangeInclusive<usize> = 4..=16;
    /// How many windows there can be in a row.
    pub const GRID: RangeInclusive<usize> = 1..=windows::MOST;

    /// # Errors
    /// [`Unsuitable`] for the first parameter that is out of range.
    pub fn validate(&self) -> Result<(), Unsuitable> {
        let (size, aspect) = match self.normalisation {
            Normalisation::Size { size, aspect } => (size, aspect),
            Normalisation::None | Normalisation::Upright => (1.0, 1.0),
        };
        let above_zero = |value: f64| value > 0.0 && value.is_finite();
        let checks = [
            (
                "directions",
                self.directions as f64,
                Self::DIRECTIONS.contains(&self.directions),
                "a whole number from 4 to 16",
            ),
            (
                "grid",
                self.grid as f64,
                Self::GRID.contains(&self.grid),
                "a whole number from 1 to 8",
            ),
            ("blur", self.blur, above_zero(self.blur), "a number above 0"),
            ("size", size, above_zero(size), "a number above 0"),
            (
                "aspect",
                aspect,
                (0.0..=1.0).contains(&aspect),
                "a number from 0 to 1",
            ),
        ];
        let wrong = checks.into_iter().find(|(_, _, valid, _)| !valid);
        wrong.map_or(Ok(()), |(name, value, _, expected)| {
            Err(Unsuitable {
                name,
                value,
                expected,
            })
        })
    }
}

impl Default for Settings {
    /// Upright digits, and the paper's 8 directions on 5 × 5 windows with σ = √2 t / π.
    fn default() -> Self {
        Self {
            normalisation: Normalisation::Upright,
            directions: 8,
            grid: 5,
            blur: std::f64::consts::SQRT_2 / std::f64::consts::PI,
        }
    }
}

/// A parameter that is out of range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} = {value}: expected {expected}")]
pub struct Unsuitable {
    /// Its name.
    pub name: &'static str,
    /// What was given.
    pub value: f64,
    /// What would be right.
    pub expected: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_named() {
        let good = Settings::default();
        let cases = [
            (
                Settings {
                    directions: 3,
                    ..good
                },
                "directions = 3: expected a whole number from 4 to 16",
            ),
            (
                Settings { grid: 9, ..good },
                "grid = 9: expected a whole number from 1 to 8",
            ),
            (
                Settings { blur: 0.0, ..good },
                "blur = 0: expected a number above 0",
            ),
            (
                Settings {
                    normalisation: Normalisation::Size {
                        size: f64::NAN,
                        aspect: 0.5,
                    },
                    ..good
                },
                "size = NaN: expected a number above 0",
            ),
        ];
        for (settings, message) in cases {
            assert_eq!(settings.validate().unwrap_err().to_string(), message);
        }
        assert_eq!(good.validate(), Ok(()));
    }
}
