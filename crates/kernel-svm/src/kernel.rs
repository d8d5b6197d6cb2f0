//! Kernel functions, applied to inner products 64 at a time.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::real::Real;
use inner_products::{Feature, Panel, Row, Stripe, WIDTH};
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
    /// K(row, column) for the 64 columns of `panel` and each of `rows`, into as many `values`, or into fewer where
    /// fewer columns are wanted.
    pub(crate) fn fill<F: Feature, R: Real>(
        &self,
        rows: &[Row<F>],
        panel: Panel<F>,
        values: &mut [&mut [R]],
        first: usize,
    ) {
        let zero = Stripe([F::Product::default(); WIDTH]);
        let mut products = [zero; TOGETHER];
        for (rows, values) in rows.chunks(TOGETHER).zip(values.chunks_mut(TOGETHER)) {
            let products = &mut products[..rows.len()];
            panel.dots(rows, products);
            pulp::Arch::new().dispatch(Fill::<F, R> {
                function: *self,
                rows,
                products,
                squares: panel.squares,
                values,
                first,
            });
        }
    }

    /// K from inner products: of a sample whose square is `square`, with 64 whose squares are
    /// `squares`.
    pub(crate) fn of_products<F: Feature, R: Real>(
        &self,
        square: F::Product,
        products: &Stripe<F::Product>,
        squares: &Stripe<F::Product>,
    ) -> Stripe<R> {
        pulp::Arch::new().dispatch(OfProducts::<F, R> {
            function: *self,
            square,
            products,
            squares,
            values: PhantomData,
        })
    }

    /// [`of_products`](Self::of_products) for code that is dispatched already.
    #[inline(always)]
    pub(crate) fn inlined<F: Feature, R: Real>(
        self,
        square: F::Product,
        products: &Stripe<F::Product>,
        squares: &Stripe<F::Product>,
        values: &mut [R; WIDTH],
    ) {
        let pairs = values.iter_mut().zip(&products.0);
        match self.kernel {
            Kernel::Rbf => {
                let factor = R::nearest(-self.gamma * F::UNIT);
                for ((value, &product), &other) in pairs.zip(&squares.0) {
                    let distance = F::distance(square, other, product);
                    *value = (factor * F::number::<R>(distance)).exp();
                }
            }
            Kernel::Polynomial { degree, coef0 } => {
                let factor = R::nearest(self.gamma * F::UNIT);
                let coef0 = R::nearest(coef0);
                for (value, &product) in pairs {
                    *value = factor * F::number::<R>(product) + coef0;
                }
                let base = *values;
                for _ in 1..degree {
                    for (value, base) in values.iter_mut().zip(base) {
                        *value *= base;
                    }
                }
            }
            Kernel::Linear => {
                for (value, &product) in pairs {
                    *value = R::nearest(F::UNIT) * F::number::<R>(product);
                }
            }
        }
    }

    /// K(x, x) for a sample whose square is `square`.
    pub(crate) fn of_square<F: Feature, R: Real>(&self, square: F::Product) -> R {
        let squares = Stripe([square; WIDTH]);
        self.of_products::<F, R>(square, &squares, &squares).0[0]
    }
}

struct OfProducts<'a, F: Feature, R: Real> {
    function: Function,
    square: F::Product,
    products: &'a Stripe<F::Product>,
    squares: &'a Stripe<F::Product>,
    values: PhantomData<R>,
}

impl<F: Feature, R: Real> pulp::WithSimd for OfProducts<'_, F, R> {
    type Output = Stripe<R>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Stripe<R> {
        let (square, products, squares) = (self.square, self.products, self.squares);
        let mut values = Stripe([R::default(); WIDTH]);
        self.function
            .inlined::<F, R>(square, products, squares, &mut values.0);
        values
    }
}

/// Rows whose products with a panel are turned into kernel values together, while they are in the L1 cache.
const TOGETHER: usize = 16;

struct Fill<'a, 'b, F: Feature, R: Real> {
    function: Function,
    rows: &'a [Row<'a, F>],
    products: &'a [Stripe<F::Product>],
    squares: &'a Stripe<F::Product>,
    values: &'a mut [&'b mut [R]],
    /// Where in each of the values.
    first: usize,
}

impl<F: Feature, R: Real> pulp::WithSimd for Fill<'_, '_, F, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let (function, squares) = (self.function, self.squares);
        let products = self.rows.iter().zip(self.products);
        for ((row, products), values) in products.zip(self.values) {
            let part = &mut values[self.first..];
            if let Some(part) = part.first_chunk_mut() {
                function.inlined::<F, R>(row.square, products, squares, part);
            } else {
                let mut all = [R::default(); WIDTH];
                function.inlined::<F, R>(row.square, products, squares, &mut all);
                part.copy_from_slice(&all[..part.len()]);
            }
        }
    }
}
