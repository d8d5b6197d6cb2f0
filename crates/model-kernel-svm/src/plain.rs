//! The kernel SVM on the images as they are.

use crate::machine::{Machine, fit};
use crate::{FromData, Gamma};
use classifier::schemars::JsonSchema;
use classifier::{
    ClassWeights, Classifier, FitContext, FitError, Growth, Hyperparameters, ModelEntry, Recipe,
    Sizes, State, StateError, Step, Suits,
};
use data::Dataset;
use kernel_svm::{Kernel, Settings};
use serde::{Deserialize, Serialize};

/// An exact RBF SVM on all pixels.
pub const KERNEL_SVM: ModelEntry = ModelEntry {
    id: "kernel-svm",
    backend: "by hand",
    summary: "exact kernel support vector machine on all pixels, one against one",
    package: env!("CARGO_PKG_NAME"),
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || Box::new(KernelSvm::rbf()),
};

/// The kernel function K(x, x').
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum KernelName {
    /// exp(−γ‖x − x'‖²)
    Rbf,
    /// (γ x·x' + coef0)^degree
    Polynomial,
    /// x·x'
    Linear,
}

/// How to train the kernel SVM.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct KernelSvm {
    /// "rbf" for exp(−γ‖x − x'‖²), "polynomial" for (γ x·x' + coef0)^degree, "linear" for x·x'.
    pub kernel: KernelName,
    /// Cost C of a margin violation.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub c: f64,
    /// Factor γ of the kernel: a number, or "scale" for 1 / (features · variance).
    pub gamma: Gamma,
    /// Degree of the polynomial kernel, from 1 to 64.
    #[schemars(range(min = 1, max = Kernel::HIGHEST_DEGREE))]
    pub degree: u32,
    /// What the polynomial kernel adds to γ x·x'.
    #[schemars(range(min = 0))]
    pub coef0: f64,
    /// Largest violation of the optimality conditions at which a pair counts as solved.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub tolerance: f64,
    /// Memory for the images and the kernel matrix, in MiB; with less it gets slower.
    #[schemars(range(min = 1))]
    pub memory_mb: usize,
    /// Whether to fit probabilities, by five more fits on four fifths of the images each.
    pub probability: bool,
    /// "none", or "balanced" for samples whose C is multiplied by samples / (classes · samples of their class).
    pub class_weights: ClassWeights,
}

impl KernelSvm {
    /// RBF kernel with C 10 and γ 0.02.
    pub const fn rbf() -> Self {
        Self {
            kernel: KernelName::Rbf,
            c: 10.0,
            gamma: Gamma::Value(0.02),
            degree: 3,
            coef0: 1.0,
            tolerance: 1e-3,
            memory_mb: 2048,
            probability: false,
            class_weights: ClassWeights::None,
        }
    }

    /// The same as scikit-learn's defaults.
    pub const fn scikit_learn() -> Self {
        Self {
            c: 1.0,
            gamma: Gamma::FromData(FromData::Scale),
            ..Self::rbf()
        }
    }

    fn function(&self) -> Kernel {
        match self.kernel {
            KernelName::Rbf => Kernel::Rbf,
            KernelName::Polynomial => Kernel::Polynomial {
                degree: self.degree,
                coef0: self.coef0,
            },
            KernelName::Linear => Kernel::Linear,
        }
    }

    fn settings(&self, threads: usize) -> Settings {
        Settings {
            kernel: self.function(),
            c: self.c,
            gamma: self.gamma.into(),
            tolerance: self.tolerance,
            memory_mb: self.memory_mb,
            probability: self.probability,
            threads,
        }
    }
}

impl Hyperparameters for KernelSvm {}

impl Recipe for KernelSvm {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        let settings = self.settings(context.threads());
        let step = |done, total| Step {
            done,
            total,
            unit: "class pairs",
        };
        let weights = self.class_weights.of_samples(train);
        let svm = fit(
            train.samples(),
            train.labels(),
            train.classes(),
            weights.as_deref(),
            &settings,
            context,
            &step,
        )?;
        Ok(Box::new(svm))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    fn grows_with_samples(&self) -> bool {
        true
    }

    /// Pixels stay bytes, in the order of their classes.
    fn least_memory(&self, train: &Dataset) -> usize {
        train.samples().pixels().map_or(0, <[u8]>::len)
    }

    /// A pair of classes solves a problem with as many variables as samples, and keeps rows of the matrix of their
    /// kernel values, up to `memory_mb`.
    fn growth(&self) -> Growth {
        Growth {
            time: 2.0,
            memory: 2.0,
        }
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let (function, probability) = (self.function(), self.probability);
        let machine = Machine::restore(&mut state, sizes, function, probability)?;
        Ok(Box::new(machine))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier_conformance::{
        NO_LAYERS, NO_PROBABILITIES, NOT_LINEAR, check_except, digits, fit, uneven,
    };

    #[test]
    fn the_kernel_svm_conforms() {
        check_except(&KERNEL_SVM, &[NO_PROBABILITIES, NOT_LINEAR, NO_LAYERS]);
    }

    #[test]
    fn with_probabilities_it_conforms_too() {
        let with_probabilities = ModelEntry {
            preset: || {
                Box::new(KernelSvm {
                    probability: true,
                    ..KernelSvm::scikit_learn()
                })
            },
            ..KERNEL_SVM
        };
        check_except(&with_probabilities, &[NOT_LINEAR, NO_LAYERS]);
    }

    #[test]
    fn polynomial_and_linear_kernels_learn_digits() {
        let [train, test] = digits();
        for kernel in [KernelName::Polynomial, KernelName::Linear] {
            let recipe = KernelSvm {
                kernel,
                c: 1.0,
                ..KernelSvm::rbf()
            };
            let svm = recipe.fit(&train, &mut FitContext::quiet(1, 1)).unwrap();
            let labels = svm.scores(test.samples()).labels();
            let right = labels
                .iter()
                .zip(test.labels())
                .filter(|(a, b)| a == b)
                .count();
            assert!(right * 100 > 80 * test.len(), "{kernel:?}: {right}");
        }
    }

    #[test]
    fn the_degree_is_bounded_in_program_and_schema() {
        let preset = (KERNEL_SVM.preset)();
        let bound = &preset.schema()["properties"]["degree"];
        assert_eq!(
            (&bound["minimum"], &bound["maximum"]),
            (&1.into(), &64.into())
        );
        for (degree, accepted) in [(0, false), (1, true), (64, true), (65, false)] {
            let values = [("degree".to_owned(), degree.into())].into_iter().collect();
            let refused = preset.with(&values).err().map(|error| error.to_string());
            let message = format!("degree = {degree}: expected a whole number from 1 to 64");
            assert_eq!(refused, (!accepted).then_some(message));
        }
    }

    #[test]
    fn the_certificate_names_what_was_reached() {
        let [train, _] = digits();
        let certificate = fit(&KERNEL_SVM, &train).certificate();
        let value = |name: &str| certificate.iter().find(|(n, _)| *n == name).unwrap().1;
        assert!(value("largest_kkt_violation") <= 1e-3);
        assert!(value("largest_duality_gap") >= 0.0);
        assert!(value("dual_objective") < 0.0);
        assert!(value("support_vectors") <= train.len() as f64);
    }

    /// All 11 791 fours and nines, which are hardest to tell apart.
    ///
    /// ```python
    /// # scikit-learn 1.9.1; x: pixels / 255 as float64, y: labels
    /// svm = SVC(C=10, gamma=0.02).fit(x, y)
    /// d = ((svm.support_vectors_[:, None] - svm.support_vectors_[None]) ** 2).sum(axis=2)
    /// a = svm.dual_coef_[0]
    /// 0.5 * a @ np.exp(-0.02 * d) @ a - abs(a).sum()  # -938.45138337905
    /// svm.n_support_  # 640, 688
    /// ```
    #[test]
    fn fours_and_nines_end_where_libsvm_does() {
        let mnist = catalog::mnist().unwrap();
        let labels = mnist.train.labels();
        let chosen = (0..labels.len()).filter(|&image| [4, 9].contains(&labels[image]));
        let train = mnist.train.select(&chosen.collect::<Vec<_>>());
        let svm = KernelSvm::rbf().fit(&train, &mut FitContext::quiet(1, 2));
        let certificate = svm.unwrap().certificate();
        let value = |name: &str| certificate.iter().find(|(n, _)| *n == name).unwrap().1;
        let objective = value("dual_objective");
        assert!(
            (objective + 938.451_383).abs() < 1e-5 * 938.0,
            "{objective}"
        );
        let support = value("support_vectors");
        assert!((support - 1_328.0).abs() <= 3.0, "{support}");
    }

    /// ```python
    /// # scikit-learn 1.9.1; x, y of `uneven`, classes 1 and 2 as one
    /// svm = SVC(C=10, gamma=0.5, class_weight="balanced", tol=1e-8).fit(x, y > 0)
    /// d = ((svm.support_vectors_[:, None] - svm.support_vectors_[None]) ** 2).sum(axis=2)
    /// a = svm.dual_coef_[0]
    /// 0.5 * a @ np.exp(-0.5 * d) @ a - abs(a).sum()  # -291.87692859228616
    /// svm.predict(x).sum()  # 34; 22 without weights
    /// ```
    #[test]
    fn balanced_classes_end_where_libsvm_does() {
        let train = uneven();
        let labels: Vec<usize> = train.labels().iter().map(|&label| label.min(1)).collect();
        let names = ["many", "few"].map(str::to_owned).into();
        let train = Dataset::new(train.samples().clone(), labels, names).unwrap();
        for (class_weights, positive) in [(ClassWeights::Balanced, 34), (ClassWeights::None, 22)] {
            let recipe = KernelSvm {
                gamma: Gamma::Value(0.5),
                tolerance: 1e-8,
                class_weights,
                ..KernelSvm::rbf()
            };
            let svm = recipe.fit(&train, &mut FitContext::quiet(1, 1)).unwrap();
            let found: usize = svm.scores(train.samples()).labels().iter().sum();
            assert_eq!(found, positive);
            if class_weights == ClassWeights::Balanced {
                let (_, objective) = svm.certificate()[1];
                assert!((objective + 291.876_928_6).abs() < 1e-4, "{objective}");
            }
        }
    }

    /// 200 nines and 20 fours, at a C that leaves violations: the fours gain by their weight.
    #[test]
    fn machines_on_moved_pictures_and_on_gradients_weigh_classes_too() {
        let [train, test] = digits();
        let of = |class: usize, most: usize| {
            let rows = (0..train.len()).filter(|&row| train.labels()[row] == class);
            rows.take(most).collect::<Vec<_>>()
        };
        let train = train.select(&[of(9, 200), of(4, 20)].concat());
        let fours = |recipe: &dyn Recipe| {
            let model = recipe.fit(&train, &mut FitContext::quiet(1, 1)).unwrap();
            let labels = model.scores(test.samples()).labels();
            labels.iter().filter(|&&label| label == 4).count()
        };
        let [none, balanced] = [ClassWeights::None, ClassWeights::Balanced].map(|class_weights| {
            let (c, moved) = (0.1, crate::VirtualSvm::chosen());
            let moved = crate::VirtualSvm {
                c,
                class_weights,
                ..moved
            };
            let gradients = crate::GradientSvm::chosen();
            let gradients = crate::GradientSvm {
                c,
                class_weights,
                ..gradients
            };
            (fours(&moved), fours(&gradients))
        });
        assert!(
            none.0 < balanced.0 && none.1 < balanced.1,
            "{none:?} {balanced:?}"
        );
    }

    #[test]
    fn too_little_memory_is_refused_by_name() {
        let [train, _] = digits();
        let recipe = KernelSvm {
            memory_mb: 1,
            ..KernelSvm::rbf()
        };
        let error = recipe
            .fit(&train, &mut FitContext::quiet(1, 1))
            .err()
            .unwrap();
        assert!(error.to_string().contains("memory_mb = 1: "), "{error}");
    }
}
