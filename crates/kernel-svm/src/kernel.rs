//! Kernel functions, applied to inner products 64 at a time.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::element::{Element, WIDTH};
use crate::samples::{Panel, Rows};
use vector_exp::exp;

/// The kernel function K(x, x').
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kernel {
    /// exp(−γ‖x − x'‖²)
    Rbf,
    /// (γ x·x' + coef0)^degree
    Polynomial {
        /// From 1 to [`Kernel::HIGHEST_DEGREE`].
        degree: u32,
        /// At least 0.
        coef0: f64,
    },
    /// x·x'
    Linear,
}

impl Kernel {
    /// Highest degree of a polynomial kernel. Every kernel value takes as many multiplications, and a
    /// base of 4 leaves the range of f32.
    pub const HIGHEST_DEGREE: u32 = 64;
}

/// The factor γ of a kernel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gamma {
    /// 1 / (features · variance of all features together), as scikit-learn's "scale". With
    /// features that are all the same it is 1.
    Scale,
    /// This number.
    Value(f64),
}

impl Gamma {
    pub(crate) fn resolve<E: Element>(self, values: &[E], features: usize) -> f64 {
        let Self::Scale = self else {
            let Self::Value(gamma) = self else {
                unreachable!("there are two")
            };
            return gamma;
        };
        let n = values.len() as f64;
        let mean = values.iter().map(|v| v.unit()).sum::<f64>() / n;
        let variance = values
            .iter()
            .map(|v| (v.unit() - mean).powi(2))
            .sum::<f64>()
            / n;
        if variance > 0.0 {
            1.0 / (features as f64 * variance)
        } else {
            1.0
        }
    }
}

/// A kernel with its factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Function {
    pub(crate) kernel: Kernel,
    pub(crate) gamma: f64,
}

impl Function {
    /// K(row `index`, column) for the 64 columns of `panel`.
    pub(crate) fn values<E: Element>(
        &self,
        rows: &Rows<E>,
        index: usize,
        panel: Panel<E>,
    ) -> [f32; WIDTH] {
        let products = E::dot(rows.row(index), panel.stripes);
        self.of_products::<E>(rows.square(index), &products, panel.squares)
    }

    /// K from inner products: of a sample whose square is `square`, with 64 whose squares are
    /// `squares`.
    pub(crate) fn of_products<E: Element>(
        &self,
        square: E::Product,
        products: &[E::Product; WIDTH],
        squares: &[E::Product; WIDTH],
    ) -> [f32; WIDTH] {
        pulp::Arch::new().dispatch(OfProducts::<E> {
            function: *self,
            square,
            products,
            squares,
        })
    }
}

struct OfProducts<'a, E: Element> {
    function: Function,
    square: E::Product,
    products: &'a [E::Product; WIDTH],
    squares: &'a [E::Product; WIDTH],
}

impl<E: Element> pulp::WithSimd for OfProducts<'_, E> {
    type Output = [f32; WIDTH];

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> [f32; WIDTH] {
        let mut values = [0.0; WIDTH];
        let products = values.iter_mut().zip(self.products);
        match self.function.kernel {
            Kernel::Rbf => {
                let factor = (-self.function.gamma * E::UNIT) as f32;
                for ((value, &product), &square) in products.zip(self.squares) {
                    *value = exp(factor * E::distance(self.square, square, product));
                }
            }
            Kernel::Polynomial { degree, coef0 } => {
                let (factor, coef0) = ((self.function.gamma * E::UNIT) as f32, coef0 as f32);
                for (value, &product) in products {
                    *value = factor * E::number(product) + coef0;
                }
                let base = values;
                for _ in 1..degree {
                    for (value, base) in values.iter_mut().zip(base) {
                        *value *= base;
                    }
                }
            }
            Kernel::Linear => {
                for (value, &product) in products {
                    *value = E::UNIT as f32 * E::number(product);
                }
            }
        }
        values
    }
}
