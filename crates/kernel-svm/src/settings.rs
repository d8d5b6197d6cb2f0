//! How to train, and whether one can train so.

use crate::error::Error;
use crate::kernel::{Gamma, Kernel};

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
    /// Memory for the samples and for kernel rows, in MiB. A larger problem gets slower. In f32 no more rows of a pair
    /// are kept than pay: 1 024, or 5 MiB of them for each number of a sample that is not 0 (of pixels, for each four),
    /// whichever is more.
    pub memory_mb: usize,
    /// Whether to fit a sigmoid to the decision values of every pair, for
    /// [`probabilities`](crate::SupportVectorMachine::probabilities): five more fits on four fifths of the
    /// data each.
    pub probability: bool,
    /// Threads to train with, or fewer where the system has no more. The result does not depend on it, except for how
    /// many [`kernel_rows`](crate::Certificate::kernel_rows) were computed where memory is short. As many pairs are solved
    /// at a time, in f64 four at most, which divide the threads among them.
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

impl Settings {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let positive = |name, value: f64| {
            Error::unless(
                value > 0.0 && value.is_finite(),
                name,
                value,
                "a number above 0",
            )
        };
        positive("c", self.c)?;
        positive("tolerance", self.tolerance)?;
        if let Gamma::Value(gamma) = self.gamma {
            positive("gamma", gamma)?;
        }
        if let Kernel::Polynomial { degree, coef0 } = self.kernel {
            Error::unless(
                (1..=Kernel::HIGHEST_DEGREE).contains(&degree),
                "degree",
                f64::from(degree),
                "a whole number from 1 to 64",
            )?;
            let valid = coef0 >= 0.0 && coef0.is_finite();
            Error::unless(valid, "coef0", coef0, "a number of at least 0")?;
        }
        Ok(())
    }
}

impl Error {
    fn unless(
        valid: bool,
        name: &'static str,
        value: f64,
        expected: &'static str,
    ) -> Result<(), Self> {
        if valid {
            return Ok(());
        }
        Err(Self::Parameter {
            name,
            value,
            expected,
        })
    }
}
