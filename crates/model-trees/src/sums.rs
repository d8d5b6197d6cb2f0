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
