//! Why a fit did not happen.

/// Why a fit returned no model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to learn from.
    #[error("no samples")]
    Empty,
    /// The features do not fill whole samples.
    #[error("{values} values do not divide into rows of {features} features")]
    Ragged {
        /// How many values there are.
        values: usize,
        /// Features per sample.
        features: usize,
    },
    /// Sparse samples are no samples.
    #[error("sparse samples with {what}")]
    Sparse {
        /// What does not fit.
        what: &'static str,
    },
    /// The samples are not as wide as they are said to be.
    #[error("samples of {found} features instead of {features}")]
    Width {
        /// Features that the samples have.
        found: usize,
        /// Features that they should have.
        features: usize,
    },
    /// Not one label per sample.
    #[error("{labels} labels for {samples} samples")]
    Labels {
        /// How many labels there are.
        labels: usize,
        /// How many samples there are.
        samples: usize,
    },
    /// Not one weight per sample.
    #[error("{weights} weights for {samples} samples")]
    Weights {
        /// How many weights there are.
        weights: usize,
        /// How many samples there are.
        samples: usize,
    },
    /// A weight is not above 0, or not finite.
    #[error("the weight of sample {sample} (from 0) is {weight}: expected a number above 0")]
    Weight {
        /// The sample, from 0.
        sample: usize,
        /// Its weight.
        weight: f64,
    },
    /// A feature is NaN or infinite.
    #[error("feature {feature} of sample {sample} (from 0) is {value}: expected a finite number")]
    NotFinite {
        /// The sample, from 0.
        sample: usize,
        /// The feature, from 0.
        feature: usize,
        /// NaN or an infinity.
        value: f32,
    },
    /// There is nothing to tell apart.
    #[error("all samples are of class {class}: two classes are needed")]
    OneClass {
        /// The only class.
        class: usize,
    },
    /// A parameter is out of range.
    #[error("{name} = {value}: expected {expected}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What would be right.
        expected: &'static str,
    },
    /// The memory budget does not hold the data and two kernel rows.
    #[error(
        "memory_mb = {given}: the samples and two kernel rows of the largest pair of classes take {needed}"
    )]
    Memory {
        /// The budget, in MiB.
        given: usize,
        /// The least that would do, in MiB.
        needed: usize,
    },
    /// Kernel values may leave the range of f64.
    #[error(
        "kernel values up to {base:.1e} to the power of {degree} are too large: gamma, degree or \
         coef0 should be smaller, or the features"
    )]
    KernelTooLarge {
        /// The largest γ x·x + coef0.
        base: f64,
        /// The kernel's degree.
        degree: u32,
    },
    /// The solver gave up on a pair of classes.
    #[error(
        "classes {first} and {second}: still {violation:.1e} from optimal after {working_sets} \
         working sets; a smaller c or a larger tolerance may help"
    )]
    NotConverged {
        /// The first class.
        first: usize,
        /// The second class.
        second: usize,
        /// Largest violation of the optimality conditions left.
        violation: f64,
        /// Working sets solved.
        working_sets: usize,
    },
    /// The parts of a machine do not fit together.
    #[error("no machine can be made of these parts: wrong is {what}")]
    Parts {
        /// The first that does not fit.
        what: &'static str,
    },
    /// linfa failed.
    #[cfg(feature = "linfa")]
    #[error("linfa: {reason}")]
    Linfa {
        /// What it said.
        reason: String,
    },
    /// The caller called the fit off.
    #[error("cancelled")]
    Cancelled,
}
