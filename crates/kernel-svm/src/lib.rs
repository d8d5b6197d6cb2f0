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

mod aim;
mod certificate;
mod cholesky;
mod classes;
mod dual;
mod error;
mod features;
mod fit;
mod goal;
mod gradient;
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
mod numbers;
mod pair_values;
mod panels;
mod parts;
mod patience;
mod precision;
mod precomputed;
mod probability;
mod real;
mod restore;
mod row_sums;
mod settings;
mod shifted;
mod shrinking;
mod slabs;
mod smo;
mod solution;
mod solver;
mod sparse;
mod threads;
mod values;
mod votes;
mod watch;
mod working_set;

pub use certificate::Certificate;
pub use error::Error;
pub use features::Features;
pub use grid::{GridPoint, fit_grid};
pub use kernel::{Gamma, Kernel};
pub use model::{SupportVectorMachine, fit, fit_watched, fit_weighted};
pub use numbers::Numbers;
pub use parts::{Parts, Places};
pub use precomputed::{PrecomputedMachine, fit_precomputed};
pub use settings::Settings;
pub use sparse::Sparse;
pub use votes::{votes, winner};
pub use watch::Watch;

/// The example of the README is a test, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
