//! Gradient-boosted trees: each round adds, for each class, a small tree that takes a Newton step
//! down the loss (Friedman 2001, "Greedy function approximation"; Friedman, Hastie and Tibshirani 2000,
//! "Additive logistic regression"; Ke et al. 2017, "LightGBM").

use crate::boosted::{Boosted, BoostedTree, restored};
use crate::growth::{Ground, Grown, Spare};
use crate::loss::{mean_loss, normalisers, slopes};
use crate::split::{LEAST_HESSIAN, Rules};
use crate::sums::{Slope, Sums};
use classifier::schemars::JsonSchema;
use classifier::{
    Cancellation, Cancelled, Classifier, FitContext, FitError, Growth, Hyperparameters, Recipe,
    Sizes, State, StateError, Step,
};
use data::Dataset;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How to train gradient-boosted trees. The defaults are those of LightGBM and of scikit-learn's
/// `HistGradientBoostingClassifier` without early stopping.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct BoostedTrees {
    /// Rounds: each adds a tree per class, or one tree if there are two classes.
    #[schemars(range(min = 1))]
    pub rounds: usize,
    /// The share of its step that each tree takes.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub learning_rate: f64,
    /// Leaves of a tree at most.
    #[schemars(range(min = 2))]
    pub max_leaves: usize,
    /// Training rows of a leaf at least. They weigh less the surer the model is of them.
    #[schemars(range(min = 1))]
    pub min_samples_leaf: usize,
    /// Added to the curvature of the loss in each leaf (λ): values of small leaves shrink.
    #[schemars(range(min = 0))]
    pub l2: f64,
}

impl Default for BoostedTrees {
    fn default() -> Self {
        Self {
            rounds: 100,
            learning_rate: 0.1,
            max_leaves: 31,
            min_samples_leaf: 20,
            l2: 0.0,
        }
    }
}

/// Boosting under way.
struct Fit<'a> {
    recipe: &'a BoostedTrees,
    labels: &'a [usize],
    ground: Ground,
    /// Of each class, those of all rows.
    scores: Vec<Vec<f64>>,
    normalisers: Vec<f64>,
    workers: Vec<Worker>,
    model: Boosted,
}

/// What growing the trees of one class needs, round after round.
#[derive(Default)]
struct Worker {
    slopes: Vec<Slope>,
    spare: Spare,
}

impl BoostedTrees {
    fn train(&self, train: &Dataset, context: &mut FitContext<'_>) -> Result<Boosted, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let cancellation = context.cancellation().clone();
        let mut fit = Fit::new(self, train, &cancellation)?;
        let total = self.rounds;
        for done in 1..=total {
            fit.round(&cancellation)?;
            if !fit.loss().is_finite() {
                return Err(FitError::Diverged { epoch: done });
            }
            let unit = "rounds";
            context.step(Step { done, total, unit })?;
        }
        Ok(fit.model)
    }

    fn rules(&self) -> Rules {
        Rules {
            max_leaves: self.max_leaves,
            min_samples_leaf: self.min_samples_leaf,
            l2: self.l2,
        }
    }

    /// Gives each leaf its value, and adds it to the scores of the leaf's rows.
    fn take_step(&self, class: usize, grown: Grown, scores: &mut [f64]) -> BoostedTree {
        let mut values = Vec::with_capacity(grown.tree.leaves());
        for (sums, rows) in grown.leaves() {
            let value = self.value(sums);
            for &row in rows {
                scores[row as usize] += value;
            }
            values.push(value);
        }
        BoostedTree {
            class,
            tree: grown.tree,
            values,
        }
    }

    /// A Newton step for the rows of a leaf: −η G / (H + λ).
    fn value(&self, sums: Sums) -> f64 {
        let curvature = sums.hessian().max(LEAST_HESSIAN) + self.l2;
        -self.learning_rate * sums.gradient() / curvature
    }
}

impl<'a> Fit<'a> {
    fn new(
        recipe: &'a BoostedTrees,
        train: &'a Dataset,
        cancellation: &Cancellation,
    ) -> Result<Self, Cancelled> {
        let (rows, classes) = (train.len(), train.classes());
        let (values, width) = (train.samples().to_f32(), train.samples().features());
        let initial = initial_scores(&train.class_counts());
        let mut fit = Self {
            recipe,
            labels: train.labels(),
            ground: Ground::new(&values, width, recipe.rules(), cancellation)?,
            scores: initial.iter().map(|&score| vec![score; rows]).collect(),
            normalisers: vec![0.0; rows],
            workers: (0..classes).map(|_| Worker::default()).collect(),
            model: Boosted {
                features: width,
                initial,
                trees: Vec::new(),
            },
        };
        normalisers(&fit.scores, &mut fit.normalisers);
        Ok(fit)
    }

    /// Adds a tree to each class, all for the probabilities from before the round.
    fn round(&mut self, cancellation: &Cancellation) -> Result<(), Cancelled> {
        // The first of two classes keeps its score of 0.
        let first = usize::from(self.scores.len() == 2);
        let of_classes = self.scores.par_iter_mut().zip(&mut self.workers);
        let of_classes = of_classes.enumerate().skip(first);
        let trees = of_classes.map(|(class, (scores, worker))| {
            let buffer = &mut worker.slopes;
            slopes(scores, &self.normalisers, self.labels, class, buffer);
            let grown = self.ground.grow(buffer, &mut worker.spare);
            cancellation.check()?;
            Ok(self.recipe.take_step(class, grown, scores))
        });
        let trees = trees.collect::<Result<Vec<BoostedTree>, Cancelled>>()?;
        self.model.trees.extend(trees);
        normalisers(&self.scores, &mut self.normalisers);
        Ok(())
    }

    fn loss(&self) -> f64 {
        mean_loss(&self.scores, &self.normalisers, self.labels)
    }
}

/// The logarithms of the classes' shares. A class without rows counts as half a row, so that its
/// probability is not 0. With two classes they are relative to the first.
fn initial_scores(counts: &[usize]) -> Vec<f64> {
    let rows: usize = counts.iter().sum();
    let share = |&count: &usize| (count as f64).max(0.5) / rows as f64;
    match counts {
        [first, second] => vec![0.0, (share(second) / share(first)).ln()],
        _ => counts.iter().map(|count| share(count).ln()).collect(),
    }
}

impl Recipe for BoostedTrees {
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

    fn grows_with_samples(&self) -> bool {
        true
    }

    /// Trees have more leaves with more samples, and their histograms are in memory together, up to `leaves`.
    fn growth(&self) -> Growth {
        Growth {
            time: 1.5,
            memory: 1.5,
        }
    }

    fn restore(&self, state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        Ok(Box::new(restored(state, sizes)?))
    }
}

impl Hyperparameters for BoostedTrees {}
