//! Support vector machines by [linfa](https://docs.rs/linfa-svm), for any number of classes.
//!
//! linfa separates two classes and computes its kernel matrix in full, on one thread, at a cost
//! proportional to the number of features. So all pairs of classes are separated one against one,
//! several at a time, on features reduced by linfa's principal component analysis.

mod bumps;
mod kernel;
mod pairs;
mod reduction;
mod separator;
mod settings;

pub use kernel::Kernel;

use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, ModelEntry, Recipe, Scores, Sizes,
    State, StateError, Suits,
};
use data::{Dataset, Samples};
use pairs::Pairs;
use reduction::Reduction;
use serde::{Deserialize, Serialize};
use settings::SolverSettings;

/// Pairs of classes are fitted at the same time, so that products need no threads of their own: those of
/// matrixmultiply spin while they wait.
const ONE_THREAD_A_PRODUCT: &[(&str, &str)] = &[("MATMUL_NUM_THREADS", "1")];

/// Radial basis functions.
pub const LINFA_SVM_RBF: ModelEntry = ModelEntry {
    id: "linfa-svm-rbf",
    backend: "linfa-svm",
    summary: "support vector machine with an RBF kernel by linfa, one against one, on PCA scores",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["linfa", "linfa-svm", "linfa-reduction"],
    environment: ONE_THREAD_A_PRODUCT,
    suits: Suits::Everything,
    preset: || Box::new(LinfaSvm::rbf()),
};

/// Linear separation.
pub const LINFA_SVM_LINEAR: ModelEntry = ModelEntry {
    id: "linfa-svm-linear",
    backend: "linfa-svm",
    summary: "linear support vector machine by linfa, one against one, on PCA scores",
    package: env!("CARGO_PKG_NAME"),
    libraries: &["linfa", "linfa-svm", "linfa-reduction"],
    environment: ONE_THREAD_A_PRODUCT,
    suits: Suits::Everything,
    preset: || Box::new(LinfaSvm::linear()),
};

/// How to train linfa's support vector machines.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct LinfaSvm {
    /// "rbf" for exp(−γ‖x − x'‖²) or "linear" for x·x'.
    pub kernel: Kernel,
    /// Cost C of a margin violation.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub c: f64,
    /// Width γ of the RBF kernel, on the reduced features.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub gamma: f64,
    /// Largest violation of the optimality conditions at which the solver stops.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub tolerance: f64,
    /// Principal components kept; as many as there are features or more means no reduction.
    #[schemars(range(min = 1))]
    pub pca_components: usize,
}

impl LinfaSvm {
    /// RBF kernel on 40 principal components.
    pub const fn rbf() -> Self {
        Self {
            kernel: Kernel::Rbf,
            c: 5.0,
            gamma: 0.02,
            tolerance: 1e-3,
            pca_components: 40,
        }
    }

    /// Linear kernel on 40 principal components.
    pub const fn linear() -> Self {
        Self {
            kernel: Kernel::Linear,
            c: 1.0,
            ..Self::rbf()
        }
    }

    fn settings(&self) -> SolverSettings {
        SolverSettings {
            kernel: self.kernel,
            c: self.c as f32,
            gamma: self.gamma as f32,
            tolerance: self.tolerance as f32,
        }
    }
}

impl Hyperparameters for LinfaSvm {}

impl Recipe for LinfaSvm {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        let reduction = Reduction::fit(train.samples(), self.pca_components, context)?;
        let reduced = reduction.apply(train.samples());
        let settings = self.settings();
        let pairs = Pairs::fit(&reduced, train.labels(), train.classes(), settings, context)?;
        Ok(Box::new(Fitted {
            features: train.samples().features(),
            reduction,
            pairs,
        }))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    fn grows_with_samples(&self) -> bool {
        self.kernel == Kernel::Rbf
    }

    /// linfa computes the matrix of kernel values in full.
    fn growth(&self) -> Growth {
        Growth {
            time: 2.0,
            memory: 2.0,
        }
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let reduction = Reduction::restore(&mut state, sizes.features)?;
        let width = reduction.width(sizes.features);
        let pairs = Pairs::restore(&mut state, [width, sizes.classes], self.settings())?;
        Ok(Box::new(Fitted {
            features: sizes.features,
            reduction,
            pairs,
        }))
    }
}

struct Fitted {
    features: usize,
    reduction: Reduction,
    pairs: Pairs,
}

impl Classifier for Fitted {
    /// Votes of the class pairs, ties broken by the sum of decision values.
    fn scores(&self, images: &Samples) -> Scores {
        images.assert_features(self.features);
        self.pairs.scores(&self.reduction.apply(images))
    }

    /// The projection, and every support vector of every pair with its coefficient.
    fn parameter_count(&self) -> usize {
        self.reduction.parameter_count() + self.pairs.parameter_count()
    }

    fn state(&self) -> Result<State, StateError> {
        Ok(self.reduction.added_to(self.pairs.state()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{Check, NO_LAYERS, NO_PROBABILITIES, NOT_LINEAR, check_except};

    const SKIPPED: &[(Check, &str)] = &[
        NO_PROBABILITIES,
        NOT_LINEAR,
        NO_LAYERS,
        (
            Check::StopsInTime,
            "linfa solves a pair of classes in one call, and the process of the fit is killed",
        ),
    ];

    #[test]
    fn the_rbf_kernel_conforms() {
        check_except(&LINFA_SVM_RBF, SKIPPED);
    }

    #[test]
    fn the_linear_kernel_conforms() {
        check_except(&LINFA_SVM_LINEAR, SKIPPED);
    }
}
