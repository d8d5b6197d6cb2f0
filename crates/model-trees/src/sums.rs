//! First and second derivatives of the loss, and their sums, in whole multiples of 2⁻³⁰.
//!
//! Sums of whole numbers are exact. So they depend neither on the order of the rows nor on the number
//! of threads, and the sums of a leaf's right child are those of the leaf less those of the left.

use std::ops::{Add, AddAssign, Sub};

/// 1 in units of 2⁻³⁰.
const ONE: f64 = (1 << 30) as f64;

/// The derivatives of the loss of one row by its score of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Slope {
    gradient: i32,
    hessian: i32,
}

impl Slope {
    /// Rounds the first derivative, from −1 to 1, and the second, from 0 to 1.
    #[allow(
        clippy::inline_always,
        reason = "a call would keep the loop of `slopes` from becoming vectors"
    )]
    #[inline(always)]
    pub(crate) fn new(gradient: f64, hessian: f64) -> Self {
        Self {
            gradient: (gradient * ONE).round_ties_even() as i32,
            hessian: (hessian * ONE).round_ties_even() as i32,
        }
    }
}

/// Sums of derivatives over rows, and how many rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    gradient: i64,
    hessian: i64,
    rows: i64,
}

impl Sums {
    /// Over all of `slopes`.
    pub(crate) fn of(slopes: &[Slope]) -> Self {
        let mut sums = Self::default();
        for &slope in slopes {
            sums += slope;
        }
        sums
    }

    /// How many rows.
    pub(crate) fn rows(self) -> usize {
        self.rows as usize
    }

    /// What the rows weigh, H in units of 2⁻³⁰: less the surer the model is of them.
    pub(crate) fn weight(self) -> i64 {
        self.hessian
    }

    /// What so many of these rows weigh on average, or half a row less, as LightGBM rounds. Counted without their weight,
    /// rows that are as good as certain could fill a leaf of their own, whose step G / H throws them far to the other side.
    pub(crate) fn weight_of_rows(self, rows: usize) -> i64 {
        let halves = (2 * rows as i128 - 1) * i128::from(self.hessian);
        let of_all = i128::from(2 * self.rows).max(1);
        i64::try_from((halves + of_all - 1) / of_all).unwrap_or(i64::MAX)
    }

    /// G, the sum of first derivatives.
    pub(crate) fn gradient(self) -> f64 {
        self.gradient as f64 / ONE
    }

    /// H, the sum of second derivatives.
    pub(crate) fn hessian(self) -> f64 {
        self.hessian as f64 / ONE
    }
}

impl AddAssign<Slope> for Sums {
    fn add_assign(&mut self, slope: Slope) {
        self.gradient += i64::from(slope.gradient);
        self.hessian += i64::from(slope.hessian);
        self.rows += 1;
    }
}

impl Add for Sums {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            hessian: self.hessian + other.hessian,
            rows: self.rows + other.rows,
        }
    }
}

impl Sub for Sums {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_weigh_their_second_derivatives() {
        let light = Slope::new(0.0, 0.01);
        let heavy = Slope::new(0.0, 0.25);
        let leaf = Sums::of(&[light, light, light, heavy]);
        // The mean is 0.07: three light rows weigh less than half of it, and the heavy one as much as four.
        assert!(Sums::of(&[light; 3]).weight() < leaf.weight_of_rows(1));
        assert!(Sums::of(&[heavy]).weight() >= leaf.weight_of_rows(4));
        assert!(Sums::of(&[heavy]).weight() < leaf.weight_of_rows(5));
        // Rows that weigh the same are counted.
        let leaf = Sums::of(&[heavy; 7]);
        assert!(Sums::of(&[heavy; 3]).weight() >= leaf.weight_of_rows(3));
        assert!(Sums::of(&[heavy; 3]).weight() < leaf.weight_of_rows(4));
        assert_eq!(leaf.weight_of_rows(usize::MAX), i64::MAX);
        assert_eq!(Sums::default().weight_of_rows(20), 0);
    }
}
