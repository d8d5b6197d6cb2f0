//! Kernel functions, applied to inner products 64 at a time.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::real::Real;
use inner_products::{Feature, Panel, Rows, WIDTH};
use std::marker::PhantomData;

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
    /// Highest degree of a polynomial kernel: every kernel value takes as many multiplications.
    pub const HIGHEST_DEGREE: u32 = 64;

    /// Whether its numbers are in range.
    pub(crate) fn is_valid(self) -> bool {
        match self {
            Self::Polynomial { degree, coef0 } => {
                (1..=Self::HIGHEST_DEGREE).contains(&degree) && coef0 >= 0.0 && coef0.is_finite()
            }
            Self::Rbf | Self::Linear => true,
        }
    }
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

/// A kernel with its factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Function {
    pub(crate) kernel: Kernel,
    pub(crate) gamma: f64,
}

impl Function {
    /// K(row `index`, column) for the 64 columns of `panel`.
    pub(crate) fn values<F: Feature, R: Real>(
        &self,
        rows: &Rows<F>,
        index: usize,
        panel: Panel<F>,
    ) -> [R; WIDTH] {
        let products = F::dot(rows.row(index), panel.stripes);
        self.of_products::<F, R>(rows.square(index), &products, panel.squares)
    }

    /// K from inner products: of a sample whose square is `square`, with 64 whose squares are
    /// `squares`.
    pub(crate) fn of_products<F: Feature, R: Real>(
        &self,
        square: F::Product,
        products: &[F::Product; WIDTH],
        squares: &[F::Product; WIDTH],
    ) -> [R; WIDTH] {
        pulp::Arch::new().dispatch(OfProducts::<F, R> {
            function: *self,
            square,
            products,
            squares,
            values: PhantomData,
        })
    }

    /// K(x, x) for a sample whose square is `square`.
    pub(crate) fn of_square<F: Feature, R: Real>(&self, square: F::Product) -> R {
        let squares = [square; WIDTH];
        self.of_products::<F, R>(square, &squares, &squares)[0]
    }
}

struct OfProducts<'a, F: Feature, R: Real> {
    function: Function,
    square: F::Product,
    products: &'a [F::Product; WIDTH],
    squares: &'a [F::Product; WIDTH],
    values: PhantomData<R>,
}

impl<F: Feature, R: Real> pulp::WithSimd for OfProducts<'_, F, R> {
    type Output = [R; WIDTH];

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> [R; WIDTH] {
        let mut values = [R::default(); WIDTH];
        let products = values.iter_mut().zip(self.products);
        match self.function.kernel {
            Kernel::Rbf => {
                let factor = R::nearest(-self.function.gamma * F::UNIT);
                for ((value, &product), &square) in products.zip(self.squares) {
                    let distance = F::distance(self.square, square, product);
                    *value = (factor * F::number::<R>(distance)).exp();
                }
            }
            Kernel::Polynomial { degree, coef0 } => {
                let factor = R::nearest(self.function.gamma * F::UNIT);
                let coef0 = R::nearest(coef0);
                for (value, &product) in products {
                    *value = factor * F::number::<R>(product) + coef0;
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
                    *value = R::nearest(F::UNIT) * F::number::<R>(product);
                }
            }
        }
        values
    }
}
