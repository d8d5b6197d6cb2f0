//! Exact kernel support vector machines for any number of classes.
//!
//! C-support vector classification, one pair of classes at a time, to libsvm's stopping
//! criterion, with a certificate of optimality for every pair. Inner products of 8-bit pixels are
//! exact integers; real-valued features are multiplied in f32. Zeros cost no time, and in [`Sparse`]
//! samples no memory. Where f32 is not
//! precise enough, as with a large C or kernel values near 1, a fit turns to f64 by itself.
//!
//! ```
//! use kernel_svm::{Features, Settings};
//!
//! let x = [0.0, 0.1, 0.9, 1.0, 2.0, 2.1];
//! let svm = kernel_svm::fit(Features::Reals(&x), 1, &[0, 0, 1, 1, 2, 2], &Settings::default())?;
//! assert_eq!(svm.classify(Features::Reals(&[0.2, 0.8, 1.9])), [0, 1, 2]);
//! assert!(svm.certificates().iter().all(|pair| pair.kkt_violation <= 1e-3));
//! # Ok::<(), kernel_svm::Error>(())
//! ```

mod cholesky;
mod classes;
mod error;
mod features;
mod fit;
mod grid;
mod join;
mod kept_rows;
mod kernel;
mod kernel_rows;
#[cfg(feature = "linfa")]
mod linfa;
mod machine;
mod model;
mod newton;
mod pair_values;
mod parts;
mod patience;
mod precision;
mod precomputed;
mod probability;
mod real;
mod restore;
mod row_sums;
mod smo;
mod solver;
mod sparse;
mod values;
mod votes;

pub use error::Error;
pub use features::Features;
pub use grid::{GridPoint, fit_grid};
pub use kernel::{Gamma, Kernel};
pub use model::{SupportVectorMachine, fit, fit_watched, fit_weighted};
pub use parts::{Numbers, Parts, Places};
pub use precomputed::{PrecomputedMachine, fit_precomputed};
pub use solver::Certificate;
pub use sparse::Sparse;
pub use votes::{votes, winner};

/// The example of the README is a test, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The kernel function.
    pub kernel: Kernel,
    /// Cost C of a margin violation, above 0.
    pub c: f64,
    /// Factor γ of the RBF and polynomial kernels.
    pub gamma: Gamma,
    /// Largest violation of the optimality conditions at which a pair counts as solved, above 0.
    pub tolerance: f64,
    /// Memory for the samples and for kernel rows, in MiB. A larger problem gets slower.
    pub memory_mb: usize,
    /// Whether to fit a sigmoid to the decision values of every pair, for
    /// [`probabilities`](SupportVectorMachine::probabilities): five more fits on four fifths of the
    /// data each.
    pub probability: bool,
    /// Threads to train with; the result does not depend on it, except for how many
    /// [`kernel_rows`](Certificate::kernel_rows) were computed where memory is short.
    pub threads: usize,
}

impl Default for Settings {
    /// scikit-learn's defaults, with 2 GiB and one thread.
    fn default() -> Self {
        Self {
            kernel: Kernel::Rbf,
            c: 1.0,
            gamma: Gamma::Scale,
            tolerance: 1e-3,
            memory_mb: 2048,
            probability: false,
            threads: 1,
        }
    }
}

/// Who watches over a fit.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Called when a pair of classes is solved, with how many are and how many there are. A fit that
    /// turns to f64 counts them from the start.
    pub solved: &'a (dyn Fn(usize, usize) + Sync),
    /// Asked before every working set; the fit ends with [`Error::Cancelled`] once it is true.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
}
