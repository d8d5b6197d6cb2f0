//! The optimum of the ℓ2-regularised loss, with a certificate.
//!
//! # How far the optimum can be
//! The objective f(W, b) = L(W, b) + (λ/2)‖W‖² with λ = 1/(cm), m the samples or the sum of their weights, has a convex L, so that for all W′ and b′
//!
//! f(W′, b′) ≥ f(W, b) + ⟨G, W′ − W⟩ + ⟨g, b′ − b⟩ + (λ/2)‖W′ − W‖²,
//!
//! where G and g are the gradients of f in W and b at (W, b) (strong convexity in W: Boyd and
//! Vandenberghe 2004, "Convex Optimization", equation 9.8). The terms with W′ are smallest at
//! W′ = W − G/λ, where they are −‖G‖²/(2λ). The biases are not regularised, so that nothing keeps
//! ⟨g, b′ − b⟩ from −∞ unless b′ stays near b: if no b′ⱼ − bⱼ is above 1 in size, it is at least −Σ|gⱼ|. Hence
//!
//! f(W, b) − f(W′, b′) ≤ ‖G‖²/(2λ) + Σ|gⱼ|
//!
//! for any weights W′ and for any biases b′ that differ by at most 1 from b, each. The softmax does not
//! change when the same number is added to all biases, so this is true of b′ after any such shift, too.

use crate::features::Feature;
use crate::fit::{Fit, Terms, Train};
use crate::full_batch::FullBatch;
use crate::lbfgs::{Iterate, Lbfgs};
use crate::matrix::{Labelled, Matrix, Visitor};
use crate::{SoftmaxRegression, Weights};
use classifier::schemars::JsonSchema;
use classifier::{
    ClassWeights, Classifier, FitContext, FitError, Growth, Hyperparameters, Recipe, Sizes, State,
    StateError, Step,
};
use data::Dataset;
use serde::{Deserialize, Serialize};

/// Samples from which the curvature is estimated, and what is added to its diagonal. Measured on
/// MNIST, evaluations to a slope of 1e-5: 86 with 12 000 images and 1e-3, 80 with 3e-3; with the
/// diagonal of the curvature alone more than 400.
const CURVATURE_SAMPLE: usize = 12_000;
const RIDGE: f64 = 3e-3;

/// How to train a softmax regression to the optimum of
/// (1/m) Σ cross-entropy + ‖W‖² / (2cm), biases not regularised: scikit-learn's objective over cm.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct SoftmaxLbfgs {
    /// Inverse strength of the regularisation, as in scikit-learn.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub c: f64,
    /// Where to stop: when the objective is proven to exceed its minimum by no more than this part of
    /// itself.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub tolerance: f64,
    /// Iterations after which to stop in any case; the certificate says so.
    #[schemars(range(min = 1))]
    pub iterations: usize,
    /// "none", or "balanced" for samples that count samples / (classes · samples of their class).
    pub class_weights: ClassWeights,
}

impl Default for SoftmaxLbfgs {
    fn default() -> Self {
        Self {
            c: 1.0,
            tolerance: 1e-5,
            iterations: 1_000,
            class_weights: ClassWeights::None,
        }
    }
}

impl SoftmaxLbfgs {
    /// Trains from zero weights.
    ///
    /// # Errors
    /// [`FitError`]: unusable data or cancellation.
    pub fn train(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Optimum, FitError> {
        self.train_on_terms(Train::Dense(train), Terms::default(), context)
    }

    /// The same on other `terms`, and from samples without their zeros, too. m of the objective is the sum of the weights, as in scikit-learn.
    ///
    /// # Errors
    /// [`FitError`]: unusable data or cancellation.
    ///
    /// # Panics
    /// If there are weights, but not one for each sample, or one is negative or not finite, or all are 0.
    pub fn train_on_terms(
        &self,
        train: Train<'_>,
        terms: Terms<'_>,
        context: &mut FitContext<'_>,
    ) -> Result<Optimum, FitError> {
        // All threads wait for each other after each of hundreds of short passes: beside two busy programs on two
        // processors, two threads took 1.4 times as long as one.
        context
            .unhindered(|context| Fit::new(self, train, self.class_weights, terms, context).run())
    }

    /// How much of the way from the `first` relative gap to the tolerance is done at this `gap`, in %: a gap
    /// falls by about the same factor in every iteration.
    fn way(&self, first: f64, gap: f64) -> usize {
        let way = (first / gap).ln() / (first / self.tolerance).ln();
        (way.clamp(0.0, 1.0) * 100.0) as usize
    }
}

impl Visitor for Fit<'_, '_, SoftmaxLbfgs> {
    type Output = Result<Optimum, FitError>;

    fn visit<F: Feature>(self, samples: Matrix<'_, F>) -> Self::Output {
        let (recipe, context) = (self.recipe, self.context);
        let train = Labelled {
            samples,
            targets: self.targets,
        };
        let (features, classes) = (samples.features(), train.classes());
        let samples = samples.len() as f64;
        let total = match &self.weights {
            Some(weights) => weights.iter().sum(),
            None => samples,
        };
        let lambda = 1.0 / (recipe.c * total);
        let weights = self.weights.map(|weights| {
            let of_mean = weights.iter().map(|weight| weight * (samples / total));
            of_mean.map(|weight| weight as f32).collect::<Vec<_>>()
        });
        let data = FullBatch::new(train, weights.as_deref(), lambda);
        let data = if self.without_biases {
            data.without_biases()
        } else {
            data
        };
        let start = vec![0.0; (features + 1) * classes];
        let curvature = data.curvature(CURVATURE_SAMPLE, RIDGE, context.cancellation())?;
        let precondition = |q: &mut [f64]| curvature.solve(q, classes);
        let objective = |x: &[f64], gradient: &mut [f64]| data.evaluate(x, gradient);
        let mut search = Lbfgs::new(start, objective, precondition);
        let gap = |at: &Iterate| gap_bound(&at.gradient, classes, lambda) / at.value;
        let first = gap(&search.at);
        let mut iterations = 0;
        while gap(&search.at) > recipe.tolerance && iterations < recipe.iterations {
            if !search.advance() {
                break;
            }
            iterations += 1;
            context.step(Step {
                done: recipe.way(first, gap(&search.at)),
                total: 100,
                unit: "% of the way",
            })?;
        }
        Ok(Optimum::new(&search.at, classes, lambda, iterations))
    }
}

/// How far the objective can be above its minimum, by its `gradient` in W and then in b; see the top of
/// this file for what is proven and why.
fn gap_bound(gradient: &[f64], classes: usize, lambda: f64) -> f64 {
    let (weights, biases) = gradient.split_at(gradient.len() - classes);
    let squares: f64 = weights.iter().map(|slope| slope * slope).sum();
    let slopes: f64 = biases.iter().map(|slope| slope.abs()).sum();
    squares / (2.0 * lambda) + slopes
}

impl Recipe for SoftmaxLbfgs {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        Ok(Box::new(self.train(train, context)?))
    }

    fn is_stochastic(&self) -> bool {
        false
    }

    /// It passes over the samples where they are.
    fn least_memory(&self, _: &Dataset) -> usize {
        0
    }

    /// The curvature of each pair of features, and its decomposition.
    fn growth_with_features(&self) -> Growth {
        Growth {
            time: 3.0,
            memory: 2.0,
        }
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        Ok(Box::new(SoftmaxRegression::restore(&mut state, sizes)?))
    }
}

impl Hyperparameters for SoftmaxLbfgs {}

/// A softmax regression with the certificate of its optimum.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// The model.
    pub model: SoftmaxRegression,
    /// The objective reached: (1/m) Σ cross-entropy + ‖W‖² / (2cm).
    pub objective: f64,
    /// Its largest slope in any variable.
    pub gradient_norm: f64,
    /// By how much the objective can at most exceed that of any other weights, with biases that differ
    /// by at most 1 from these: ‖∂/∂W‖² cm/2 + Σ|∂/∂b|. The slopes are of logits in f32, which
    /// limits how small it becomes.
    pub gap_bound: f64,
    /// Iterations of L-BFGS.
    pub iterations: usize,
    /// Evaluations of the objective, each a pass over the training images.
    pub evaluations: usize,
}

impl Optimum {
    fn new(at: &Iterate, classes: usize, lambda: f64, iterations: usize) -> Self {
        let weights = at.x.len() - classes;
        let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect();
        Self {
            model: SoftmaxRegression {
                weights: Weights {
                    w: narrow(&at.x[..weights]),
                    b: narrow(&at.x[weights..]),
                },
            },
            objective: at.value,
            gradient_norm: at.gradient_norm(),
            gap_bound: gap_bound(&at.gradient, classes, lambda),
            iterations,
            evaluations: at.evaluations,
        }
    }
}

impl Classifier for Optimum {
    fn scores(&self, images: &data::Samples) -> classifier::Scores {
        self.model.scores(images)
    }

    fn log_probabilities(&self, images: &data::Samples) -> Option<classifier::Scores> {
        self.model.log_probabilities(images)
    }

    fn scores_and_log_probabilities(
        &self,
        images: &data::Samples,
    ) -> (classifier::Scores, Option<classifier::Scores>) {
        self.model.scores_and_log_probabilities(images)
    }

    fn parameter_count(&self) -> usize {
        self.model.parameter_count()
    }

    fn certificate(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("objective", self.objective),
            ("gradient_norm", self.gradient_norm),
            ("gap_bound", self.gap_bound),
            ("iterations", self.iterations as f64),
            ("evaluations", self.evaluations as f64),
        ]
    }

    fn linear_weights(&self) -> Option<classifier::LinearWeights> {
        self.model.linear_weights()
    }

    fn state(&self) -> Result<State, StateError> {
        self.model.state()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SOFTMAX_LBFGS;
    use crate::curvature::MOST_FEATURES;
    use crate::matrix::of_pixels;
    use classifier::generator;
    use classifier_conformance::{NO_LAYERS, check_except, digits, uneven};
    use data::{PictureShape, Samples};
    use rand::RngExt;

    #[test]
    fn it_conforms() {
        check_except(&SOFTMAX_LBFGS, &[NO_LAYERS]);
    }

    /// Three classes of samples of 12 features that no plane separates.
    fn overlapping() -> Dataset {
        let mut random = generator(11, 0);
        let labels: Vec<usize> = (0..300).map(|_| random.random_range(0..3)).collect();
        let of_sample = labels.iter().flat_map(|&label| {
            (0..12).map(move |feature| f32::from(u8::from(feature % 3 == label)))
        });
        let values = of_sample.map(|mean| mean + random.random_range(-2.0..2.0));
        let samples = Samples::from_features(12, values.collect()).unwrap();
        let names = ["a", "b", "c"].map(str::to_owned);
        Dataset::new(samples, labels, names.into()).unwrap()
    }

    /// The smallest objective, by the formulas in f64.
    fn minimum(train: &Dataset, c: f64) -> f64 {
        let (width, classes) = (train.samples().features(), train.classes());
        let lambda = 1.0 / (c * train.len() as f64);
        let x: Vec<f64> = train.samples().to_f32().iter().map(|&v| v.into()).collect();
        let objective = |theta: &[f64], slopes: &mut [f64]| {
            let (w, b) = theta.split_at(width * classes);
            let weights = Weights {
                w: w.to_vec(),
                b: b.to_vec(),
            };
            let mut y = crate::logits(&x, &weights);
            let norm: f64 = w.iter().map(|w| w * w).sum();
            let value = crate::cross_entropy(&y, train.labels()) + 0.5 * lambda * norm;
            crate::softmax(&mut y, classes);
            let gradient = crate::gradient(&x, &y, train.labels());
            let of_w = gradient.w.iter().zip(w).map(|(g, w)| g + lambda * w);
            for (slope, g) in slopes.iter_mut().zip(of_w.chain(gradient.b)) {
                *slope = g;
            }
            value
        };
        let start = vec![0.0; (width + 1) * classes];
        let mut search = Lbfgs::new(start, objective, |_: &mut [f64]| {});
        while search.at.gradient_norm() > 1e-12 && search.advance() {}
        assert!(gap_bound(&search.at.gradient, classes, lambda) < 1e-12);
        search.at.value
    }

    /// From a few iterations to many, and from strong regularisation to almost none.
    #[test]
    fn the_gap_to_the_optimum_is_within_its_bound() {
        let train = overlapping();
        for c in [0.01, 1.0, 100.0] {
            let minimum = minimum(&train, c);
            for iterations in [1, 2, 4, 8, 1_000] {
                let recipe = SoftmaxLbfgs {
                    c,
                    tolerance: 1e-6,
                    iterations,
                    ..SoftmaxLbfgs::default()
                };
                let optimum = recipe.train(&train, &mut FitContext::quiet(1, 1)).unwrap();
                let gap = optimum.objective - minimum;
                // Of logits in f32.
                let rounding = 2e-7 * minimum;
                assert!((-rounding..=optimum.gap_bound + rounding).contains(&gap));
                if iterations == 1_000 {
                    assert!(optimum.gap_bound <= 1e-6 * optimum.objective, "{optimum:?}");
                    assert!(gap <= 1e-6 * minimum, "C = {c}: {gap:e}");
                } else if iterations == 1 {
                    assert!(gap > 1e-4 * minimum, "C = {c}: {gap:e}");
                }
            }
        }
    }

    #[test]
    fn the_way_is_a_percentage_whatever_the_slopes() {
        let recipe = SoftmaxLbfgs {
            tolerance: 1e-6,
            ..SoftmaxLbfgs::default()
        };
        assert_eq!(recipe.way(1e-2, 1e-4), 50);
        assert_eq!(recipe.way(1e-2, 1e-2), 0);
        for first in [1.000_001e-6, 1.0, f64::INFINITY] {
            for slope in [0.0, 1e-9, 1e-6, 1.0, f64::INFINITY, f64::NAN] {
                assert!(recipe.way(first, slope) <= 100, "{first} {slope}");
            }
        }
    }

    #[test]
    fn the_gradient_agrees_with_central_differences() {
        let [train, _] = digits();
        let train = train.select(&(0..300).collect::<Vec<_>>());
        for class_weights in [ClassWeights::None, ClassWeights::Balanced] {
            let weights = class_weights.of_samples(&train);
            let weights = weights.map(|w| w.iter().map(|&w| w as f32).collect::<Vec<_>>());
            check_gradient(&train, weights.as_deref());
        }
    }

    fn check_gradient(train: &Dataset, weights: Option<&[f32]>) {
        let data = FullBatch::new(of_pixels(train), weights, 0.05);
        let x: Vec<f64> = (0..7850)
            .map(|i| (f64::from(i * i) * 0.37).sin() / 8.0)
            .collect();
        let mut gradient = vec![0.0; x.len()];
        data.evaluate(&x, &mut gradient);
        let mut ignored = gradient.clone();
        // Along whole directions: single weights drown in the rounding of f32 logits.
        for seed in 1..6_usize {
            let direction: Vec<f64> = (0..x.len()).map(|i| ((i * seed) as f64).cos()).collect();
            let mut at = |step: f64| {
                let moved: Vec<f64> = x
                    .iter()
                    .zip(&direction)
                    .map(|(x, d)| x + step * d)
                    .collect();
                data.evaluate(&moved, &mut ignored)
            };
            let difference = (at(1e-3) - at(-1e-3)) / 2e-3;
            let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| g * d).sum();
            assert!(
                (difference - slope).abs() < 1e-3 * slope.abs().max(1.0),
                "{difference} {slope}"
            );
        }
    }

    /// ```python
    /// # scikit-learn 1.9.1; x, y of `uneven`
    /// m = LogisticRegression(C=1, class_weight="balanced", tol=1e-12, max_iter=10000).fit(x, y)
    /// w = 90 / (3 * np.bincount(y))
    /// loss = (w[y] * -np.log(m.predict_proba(x)[range(90), y])).mean()
    /// loss + (m.coef_ ** 2).sum() / 2 / 90  # 0.9448664479380047
    /// m.coef_[2]  # 0.87962956, -0.25621843
    /// m.intercept_[2]  # -0.54083171
    /// ```
    #[test]
    fn balanced_classes_end_where_scikit_learn_does() {
        let recipe = SoftmaxLbfgs {
            tolerance: 1e-7,
            class_weights: ClassWeights::Balanced,
            ..SoftmaxLbfgs::default()
        };
        let fit = recipe.train(&uneven(), &mut FitContext::quiet(1, 1));
        let optimum = fit.unwrap();
        let objective = optimum.objective;
        assert!((objective - 0.944_866_448).abs() < 1e-6, "{objective}");
        let Weights { w, b } = &optimum.model.weights;
        let expected = [0.879_629_56, -0.256_218_43, -0.540_831_7];
        for (found, expected) in [w[2], w[5], b[2]].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-3, "{found}, {expected}");
        }
    }

    /// ```python
    /// # scikit-learn 1.9.1; x, y of `uneven`
    /// m = LogisticRegression(C=1, fit_intercept=False, tol=1e-12, max_iter=10000).fit(x, y)
    /// -np.log(m.predict_proba(x)[range(90), y]).mean() + (m.coef_ ** 2).sum() / 2 / 90  # 1.076830795
    /// m.coef_[2]  # 0.183832, -0.135351
    /// ```
    #[test]
    fn without_biases_it_ends_where_scikit_learn_does() {
        let recipe = SoftmaxLbfgs {
            tolerance: 1e-7,
            ..SoftmaxLbfgs::default()
        };
        let terms = Terms {
            without_biases: true,
            ..Terms::default()
        };
        let fit =
            recipe.train_on_terms(Train::Dense(&uneven()), terms, &mut FitContext::quiet(1, 1));
        let optimum = fit.unwrap();
        let Weights { w, b } = &optimum.model.weights;
        assert_eq!(b, &[0.0; 3]);
        assert!((optimum.objective - 1.076_830_795).abs() < 1e-6);
        for (found, expected) in [w[2], w[5]].into_iter().zip([0.183_832, -0.135_351]) {
            assert!((found - expected).abs() < 1e-3, "{found}, {expected}");
        }
    }

    /// Whatever all weights are multiplied with: C stands against their sum.
    #[test]
    fn a_weight_is_as_good_as_a_repetition() {
        let train = overlapping();
        let weights: Vec<f64> = (0..train.len()).map(|i| (i * 7 % 4) as f64).collect();
        let rows = (0..train.len()).flat_map(|i| std::iter::repeat_n(i, i * 7 % 4));
        let repeated = train.select(&rows.collect::<Vec<_>>());
        let recipe = |c| SoftmaxLbfgs {
            c,
            tolerance: 1e-7,
            ..SoftmaxLbfgs::default()
        };
        let expected = recipe(0.1).train(&repeated, &mut FitContext::quiet(1, 1));
        let expected = expected.unwrap();
        for factor in [1.0, 1e-3, 1e3] {
            let weights: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
            let (recipe, mut context) = (recipe(0.1 / factor), FitContext::quiet(1, 1));
            let terms = Terms {
                weights: Some(&weights),
                ..Terms::default()
            };
            let found = recipe.train_on_terms(Train::Dense(&train), terms, &mut context);
            let found = found.unwrap();
            assert!((found.objective - expected.objective).abs() < 1e-6);
            let pairs = found.model.weights.w.iter().zip(&expected.model.weights.w);
            for (a, b) in pairs {
                assert!((a - b).abs() < 1e-3, "{factor}: {a}, {b}");
            }
        }
        let alike = recipe(0.1).train(&train, &mut FitContext::quiet(1, 1));
        assert!((alike.unwrap().objective - expected.objective).abs() > 1e-3);
    }

    /// Three classes of images of 5 000 pixels, too many for a dense model of the curvature.
    fn wide() -> Dataset {
        let shape = PictureShape {
            rows: 50,
            columns: 100,
        };
        let labels: Vec<usize> = (0..40).map(|i| i % 3).collect();
        let pixels = labels.iter().enumerate().flat_map(|(i, &label)| {
            let pixel = move |j: usize| (i * i * 31 + i * j * 13 + j * j * 7) % 200;
            (0..shape.features())
                .map(move |j| (pixel(j) + if j % 3 == label { 40 } else { 0 }) as u8)
        });
        let images = Samples::from_pixels(shape, pixels.collect()).unwrap();
        let names = ["a", "b", "c"].map(str::to_owned);
        Dataset::new(images, labels, names.into()).unwrap()
    }

    #[test]
    fn the_certificate_is_true() {
        let [train, _] = digits();
        check_certificate(&train, 0.01);
    }

    #[test]
    fn images_too_wide_for_a_dense_curvature_end_at_their_optimum() {
        let train = wide();
        assert!(train.samples().features() > MOST_FEATURES);
        check_certificate(&train, 0.1);
    }

    /// The formulas of the lab, in f64, at the point that the solver calls the optimum.
    fn check_certificate(train: &Dataset, c: f64) {
        let recipe = SoftmaxLbfgs {
            c,
            tolerance: 1e-7,
            ..SoftmaxLbfgs::default()
        };
        let optimum = recipe.train(train, &mut FitContext::quiet(1, 1)).unwrap();
        assert!(optimum.gap_bound <= 1e-7 * optimum.objective);
        assert!(optimum.gradient_norm <= 1e-6, "{}", optimum.gradient_norm);
        let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
        let weights = Weights {
            w: wide(&optimum.model.weights.w),
            b: wide(&optimum.model.weights.b),
        };
        let x = wide(&train.samples().to_f32());
        let mut y = crate::logits(&x, &weights);
        let lambda = 1.0 / (c * train.len() as f64);
        let norm: f64 = weights.w.iter().map(|w| w * w).sum();
        let objective = crate::cross_entropy(&y, train.labels()) + 0.5 * lambda * norm;
        assert!((objective - optimum.objective).abs() < 1e-6 * objective);
        crate::softmax(&mut y, train.classes());
        let gradient = crate::gradient(&x, &y, train.labels());
        let slopes = gradient
            .w
            .iter()
            .zip(&weights.w)
            .map(|(g, w)| g + lambda * w);
        let steepest = slopes
            .chain(gradient.b)
            .fold(0.0_f64, |max, g| max.max(g.abs()));
        assert!(steepest < 2e-6, "{steepest}");
    }
}
