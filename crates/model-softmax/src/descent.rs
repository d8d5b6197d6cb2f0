//! Mini-batch stochastic gradient descent.

use crate::features::Feature;
use crate::fit::{Fit, Terms, Train};
use crate::matrix::{Labelled, Matrix, Visitor};
use crate::sparse_descent::SparseDescent;
use crate::{
    SoftmaxRegression, Weights, logits, softmax, weighted_cross_entropy, weighted_gradient,
};
use classifier::schemars::JsonSchema;
use classifier::{
    ClassWeights, Classifier, Epoch, FitContext, FitError, Hyperparameters, Recipe, Sizes, State,
    StateError,
};
use data::Dataset;
use num_traits::Float;
use serde::{Deserialize, Serialize};

/// How to train a softmax regression. The defaults are the lab's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct Softmax {
    /// Passes over the training images.
    #[schemars(range(min = 1))]
    pub epochs: usize,
    /// Samples per update; a shorter last batch is used, too.
    #[schemars(range(min = 1))]
    pub batch_size: usize,
    /// Step length η of an update.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub learning_rate: f64,
    /// Whether each epoch visits the images in a new random order.
    pub shuffle: bool,
    /// "none", or "balanced" for samples that count samples / (classes · samples of their class).
    pub class_weights: ClassWeights,
}

impl Default for Softmax {
    fn default() -> Self {
        Self {
            epochs: 20,
            batch_size: 100,
            learning_rate: 0.1,
            shuffle: false,
            class_weights: ClassWeights::None,
        }
    }
}

/// One step against the gradient: W ← W − η ∂L/∂W, b ← b − η ∂L/∂b.
///
/// # Shapes
/// `weights` and `gradient` are of one shape.
pub fn update<F: Float>(weights: &mut Weights<F>, gradient: &Weights<F>, learning_rate: F) {
    let parameters = weights.w.iter_mut().chain(&mut weights.b);
    for (parameter, &slope) in parameters.zip(gradient.w.iter().chain(&gradient.b)) {
        *parameter = *parameter - learning_rate * slope;
    }
}

impl Softmax {
    /// Trains from zero weights, fast: on the non-zero features, many classes at once, on up to
    /// two threads. The bits do not depend on the number of threads.
    ///
    /// # Errors
    /// [`FitError`]: unusable data, divergence or cancellation.
    pub fn train(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<SoftmaxRegression, FitError> {
        self.train_on_terms(Train::Dense(train), Terms::default(), context)
    }

    /// The same on other `terms`, and from samples without their zeros, too.
    ///
    /// # Errors
    /// [`FitError`]: unusable data, divergence or cancellation.
    ///
    /// # Panics
    /// If there are weights, but not one for each sample, or one is negative or not finite, or all are 0.
    pub fn train_on_terms(
        &self,
        train: Train<'_>,
        terms: Terms<'_>,
        context: &mut FitContext<'_>,
    ) -> Result<SoftmaxRegression, FitError> {
        Fit::new(self, train, self.class_weights, terms, context).run()
    }

    /// Trains from zero weights with [`logits`], [`softmax`], [`gradient()`](crate::gradient()) and [`update`] as they
    /// stand in the lab: what [`train`](Self::train) computes, in a form that can be read.
    ///
    /// # Errors
    /// [`FitError`]: unusable data, divergence or cancellation.
    pub fn train_by_formulas(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<SoftmaxRegression, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let mut model = SoftmaxRegression {
            weights: Weights::zeros(train.samples().features(), train.classes()),
        };
        let weights = self.class_weights.of(train);
        let weights: Option<Vec<f32>> =
            weights.map(|weights| weights.iter().map(|&weight| weight as f32).collect());
        for epoch in 1..=self.epochs {
            let order = context.visiting_order(train.len(), epoch, self.shuffle);
            let mut loss = 0.0;
            for indices in order.chunks(self.batch_size) {
                let batch = train.select(indices);
                let of_batch = self.step(&batch, weights.as_deref(), &mut model.weights);
                loss += f64::from(of_batch) * indices.len() as f64;
            }
            context.epoch(self.progress(epoch, loss / train.len() as f64), &model)?;
        }
        Ok(model)
    }

    fn progress(&self, epoch: usize, training_loss: f64) -> Epoch {
        Epoch {
            number: epoch,
            total: self.epochs,
            training_loss,
        }
    }

    /// One update from one batch, with `counts` as the weights of the classes. Returns the batch's loss
    /// before it.
    fn step(&self, batch: &Dataset, counts: Option<&[f32]>, weights: &mut Weights<f32>) -> f32 {
        let x = batch.samples().to_f32();
        let mut y = logits(&x, weights);
        let loss = weighted_cross_entropy(&y, batch.labels(), counts);
        softmax(&mut y, weights.classes());
        let gradient = weighted_gradient(&x, &y, batch.labels(), counts);
        update(weights, &gradient, self.learning_rate as f32);
        loss
    }
}

impl Visitor for Fit<'_, '_, Softmax> {
    type Output = Result<SoftmaxRegression, FitError>;

    fn visit<F: Feature>(self, samples: Matrix<'_, F>) -> Self::Output {
        let (recipe, targets) = (self.recipe, self.targets);
        let train = Labelled { samples, targets };
        let (size, threads) = (recipe.batch_size, self.context.threads());
        let weights = self.weights.as_ref().map(|weights| {
            let narrow = weights.iter().map(|&weight| weight as f32);
            narrow.collect::<Vec<_>>()
        });
        let mut descent = SparseDescent::new(train, size, weights.as_deref(), threads);
        descent.without_biases = self.without_biases;
        if descent.may_go_in_pairs() && self.context.unhindered_threads() < 2 {
            descent.go_alone();
        }
        for epoch in 1..=recipe.epochs {
            let order = self
                .context
                .visiting_order(targets.len(), epoch, recipe.shuffle);
            let loss = descent.epoch(&order, recipe.learning_rate as f32);
            self.context
                .epoch(recipe.progress(epoch, loss), &descent.model())?;
        }
        Ok(descent.model())
    }
}

impl Recipe for Softmax {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        Ok(Box::new(self.train(train, context)?))
    }

    fn is_stochastic(&self) -> bool {
        self.shuffle
    }

    /// It passes over the samples where they are.
    fn least_memory(&self, _: &Dataset) -> usize {
        0
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        Ok(Box::new(SoftmaxRegression::restore(&mut state, sizes)?))
    }
}

impl Hyperparameters for Softmax {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SOFTMAX, cross_entropy};
    use classifier::{Cancellation, Observer, Silent, Step, generator, with_threads};
    use classifier_conformance::digits;
    use data::Samples;
    use rand::RngExt;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn train(recipe: &Softmax, data: &Dataset, observer: &mut dyn Observer) -> SoftmaxRegression {
        let mut context = FitContext::new(1, 1, Cancellation::default(), observer);
        recipe.train(data, &mut context).unwrap()
    }

    /// The largest difference of any weight between the fast descent and the formulas.
    fn distance_from_formulas(recipe: &Softmax, data: &Dataset) -> f32 {
        let fast = train(recipe, data, &mut Silent).weights;
        let formulas = recipe.train_by_formulas(data, &mut FitContext::quiet(1, 1));
        let formulas = formulas.unwrap().weights;
        let in_w = fast.w.iter().zip(&formulas.w);
        let pairs = in_w.chain(fast.b.iter().zip(&formulas.b));
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    fn accuracy(model: &SoftmaxRegression, data: &Dataset) -> f64 {
        let labels = model.scores(data.samples()).labels();
        let right = labels
            .iter()
            .zip(data.labels())
            .filter(|(a, b)| a == b)
            .count();
        right as f64 / data.len() as f64
    }

    #[test]
    fn it_conforms() {
        classifier_conformance::check(&SOFTMAX);
    }

    /// The lab's NumPy loop in float32: test accuracy 0.9224, train 0.9250, test log-loss 0.27271.
    #[test]
    fn the_lab_is_reproduced() {
        let mnist = catalog::mnist().unwrap();
        let model = train(&Softmax::default(), &mnist.train, &mut Silent);
        assert!((accuracy(&model, mnist.test.look()) - 0.9224).abs() <= 2e-4);
        assert!((accuracy(&model, &mnist.train) - 0.9250).abs() <= 2e-4);
        let logits = model.scores(mnist.test.samples());
        let loss = cross_entropy(logits.values(), mnist.test.look().labels());
        assert!((loss - 0.2727).abs() <= 2e-4, "{loss}");
        assert_eq!(model.parameter_count(), 7850);
    }

    /// Twenty epochs over all of MNIST, shuffled and in batches that leave a short last one.
    #[test]
    fn the_fast_descent_follows_the_formulas() {
        let mnist = catalog::mnist().unwrap();
        let recipe = Softmax {
            batch_size: 128,
            shuffle: true,
            ..Softmax::default()
        };
        let largest = distance_from_formulas(&recipe, &mnist.train);
        assert!(largest <= 1e-5, "largest difference {largest:e}");
    }

    /// More classes than one vector holds, and features that are no pixels.
    #[test]
    fn any_number_of_classes_and_real_features_follow_the_formulas() {
        let mut random = generator(3, 0);
        for (features, classes) in [(7, 3), (1, 2), (20, 16), (33, 41)] {
            let values: Vec<f32> = (0..features * 90)
                .map(|_| {
                    if random.random_bool(0.3) {
                        0.0
                    } else {
                        random.random_range(-1.0..1.0)
                    }
                })
                .collect();
            let images = Samples::from_features(features, values).unwrap();
            let names = (0..classes).map(|class| class.to_string()).collect();
            let labels = (0..90).map(|i| i * 7 % classes).collect();
            let data = Dataset::new(images, labels, names).unwrap();
            for class_weights in [ClassWeights::None, ClassWeights::Balanced] {
                let recipe = Softmax {
                    epochs: 3,
                    batch_size: 8,
                    class_weights,
                    ..Softmax::default()
                };
                // Without the last samples, classes are not of one size.
                let data = data.select(&(0..83).collect::<Vec<_>>());
                let largest = distance_from_formulas(&recipe, &data);
                assert!(
                    largest <= 1e-6,
                    "{features} × {classes}: largest difference {largest:e}"
                );
            }
        }
    }

    /// Of one thread or two, whose batches are in a random order.
    #[test]
    fn samples_that_count_as_their_classes_do_give_the_same_bits() {
        let [data, _] = digits();
        let recipe = |class_weights| Softmax {
            epochs: 2,
            batch_size: 30,
            shuffle: true,
            class_weights,
            ..Softmax::default()
        };
        let balanced = train(&recipe(ClassWeights::Balanced), &data, &mut Silent);
        assert_ne!(
            balanced,
            train(&recipe(ClassWeights::None), &data, &mut Silent)
        );
        let weights = ClassWeights::Balanced.of_samples(&data).unwrap();
        let none = recipe(ClassWeights::None);
        for threads in [1, 2] {
            let terms = Terms {
                weights: Some(&weights),
                ..Terms::default()
            };
            let fit = || {
                none.train_on_terms(
                    Train::Dense(&data),
                    terms,
                    &mut FitContext::quiet(1, threads),
                )
            };
            assert_eq!(with_threads(threads, fit).unwrap(), balanced);
        }
    }

    #[test]
    fn biases_may_stay_at_zero() {
        let [data, _] = digits();
        let terms = Terms {
            without_biases: true,
            ..Terms::default()
        };
        let fit = |threads| {
            let fit = || {
                let mut context = FitContext::quiet(1, threads);
                Softmax::default().train_on_terms(Train::Dense(&data), terms, &mut context)
            };
            with_threads(threads, fit).unwrap()
        };
        let model = fit(1);
        assert_eq!(model.weights.b, [0.0; 10]);
        assert_eq!(fit(2), model);
        // The weights make up for them.
        assert_ne!(
            model.weights.w,
            train(&Softmax::default(), &data, &mut Silent).weights.w
        );
        assert!(accuracy(&model, &data) > 0.85);
    }

    #[test]
    fn a_short_last_batch_is_used() {
        let [data, _] = digits();
        let recipe = |batch_size| Softmax {
            epochs: 1,
            batch_size,
            ..Softmax::default()
        };
        // 999 + 1: dropping the last image would leave the weights where 999 alone put them.
        let with_last = train(&recipe(999), &data, &mut Silent);
        let without = data.select(&(0..999).collect::<Vec<_>>());
        assert_ne!(with_last, train(&recipe(999), &without, &mut Silent));
    }

    #[test]
    fn shuffling_changes_the_path_and_the_seed_repeats_it() {
        let [data, _] = digits();
        let recipe = |shuffle| Softmax {
            epochs: 2,
            shuffle,
            ..Softmax::default()
        };
        let shuffled = train(&recipe(true), &data, &mut Silent);
        assert_eq!(shuffled, train(&recipe(true), &data, &mut Silent));
        assert_ne!(shuffled, train(&recipe(false), &data, &mut Silent));
    }

    /// Beside threads that use every processor, so that the two of a fit are often interrupted.
    #[test]
    fn the_bits_depend_neither_on_threads_nor_on_what_else_runs() {
        let [data, _] = digits();
        let recipe = Softmax {
            epochs: 10,
            batch_size: 3,
            shuffle: true,
            ..Softmax::default()
        };
        let alone = train(&recipe, &data, &mut Silent);
        let is_done = AtomicBool::new(false);
        let be_busy = || {
            while !is_done.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(be_busy);
            scope.spawn(be_busy);
            for threads in [2, 3] {
                let fit = || recipe.train(&data, &mut FitContext::quiet(1, threads));
                let model = with_threads(threads, fit);
                if threads == 3 {
                    is_done.store(true, Ordering::Relaxed);
                }
                assert_eq!(model.unwrap(), alone);
            }
        });
    }

    /// The other thread of the pool is free, or has something else to do for as long as the fit takes.
    #[test]
    fn nobody_need_be_there_to_help() {
        let [data, _] = digits();
        let recipe = Softmax {
            epochs: 2,
            ..Softmax::default()
        };
        let alone = train(&recipe, &data, &mut Silent);
        let fit = || recipe.train(&data, &mut FitContext::quiet(1, 2)).unwrap();
        assert_eq!(with_threads(2, fit), alone);
        let (is_busy, is_done) = (AtomicBool::new(false), AtomicBool::new(false));
        let wait_for = |flag: &AtomicBool| {
            while !flag.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
        };
        let with_a_busy_pool = || {
            wait_for(&is_busy);
            let model = fit();
            is_done.store(true, Ordering::Release);
            model
        };
        let keep_busy = || {
            is_busy.store(true, Ordering::Release);
            wait_for(&is_done);
        };
        let (model, ()) = with_threads(2, || rayon::join(with_a_busy_pool, keep_busy));
        assert_eq!(model, alone);
    }

    #[test]
    fn an_absurd_learning_rate_is_reported_as_divergence() {
        let [data, _] = digits();
        let recipe = Softmax {
            learning_rate: 1e38,
            ..Softmax::default()
        };
        let error = recipe
            .train(&data, &mut FitContext::quiet(1, 1))
            .unwrap_err();
        assert!(matches!(error, FitError::Diverged { .. }), "{error}");
    }

    #[test]
    fn the_training_loss_falls() {
        struct Losses(Vec<f64>);
        impl Observer for Losses {
            fn epoch(&mut self, epoch: Epoch, _: &dyn Classifier) {
                self.0.push(epoch.training_loss);
            }
            fn step(&mut self, _: Step) {}
        }
        let [data, _] = digits();
        let mut losses = Losses(Vec::new());
        train(
            &Softmax {
                epochs: 5,
                ..Softmax::default()
            },
            &data,
            &mut losses,
        );
        assert_eq!(losses.0.len(), 5);
        assert!(losses.0.is_sorted_by(|a, b| a > b), "{:?}", losses.0);
    }
}
