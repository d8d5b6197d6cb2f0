//! Random forest: trees grown to the end, each on rows drawn with replacement and with a few features
//! drawn for each split; the probabilities are the means of theirs (Breiman 2001, "Random forests").

use crate::bins::Bins;
use crate::class_tree::ClassTree;
use crate::gini::{Ground, Member};
use crate::kept::{take_trees, unfit, with_trees};
use crate::prediction::by_blocks;
use crate::tree::Tree;
use classifier::schemars::JsonSchema;
use classifier::{
    Cancellation, Cancelled, Classifier, FitContext, FitError, Hyperparameters, Recipe, Scores,
    Sizes, State, StateError, Step, generator,
};
use data::{Dataset, Samples};
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The random stream of the first tree.
const FIRST_STREAM: u64 = 1 << 32;

/// Trees of a thread between two reports.
const AT_A_TIME: usize = 4;

/// How to train a random forest. The defaults are those of scikit-learn's `RandomForestClassifier`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
pub struct RandomForest {
    /// Trees.
    #[schemars(range(min = 1))]
    pub trees: usize,
    /// Features drawn for each split; by default the square root of their number, rounded down.
    #[schemars(range(min = 1))]
    pub features_per_split: Option<usize>,
    /// Training rows of a leaf at least.
    #[schemars(range(min = 1))]
    pub min_samples_leaf: usize,
}

impl Default for RandomForest {
    fn default() -> Self {
        Self {
            trees: 100,
            features_per_split: None,
            min_samples_leaf: 1,
        }
    }
}

/// A forest as it was trained.
struct Forest {
    trees: Vec<ClassTree>,
    features: usize,
    classes: usize,
}

impl RandomForest {
    fn train(&self, train: &Dataset, context: &mut FitContext<'_>) -> Result<Forest, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let ground = self.ground(train, context.cancellation())?;
        let total = self.trees;
        let mut trees = Vec::new();
        while trees.len() < total {
            let end = total.min(trees.len() + AT_A_TIME * context.threads());
            let (seed, cancellation) = (context.seed(), context.cancellation());
            let more = (trees.len()..end).into_par_iter().map(|number| {
                cancellation.check()?;
                Ok(tree(&ground, train.labels(), (seed, number)))
            });
            let more: Vec<ClassTree> = more.collect::<Result<_, Cancelled>>()?;
            trees.extend(more);
            let (done, unit) = (trees.len(), "trees");
            context.step(Step { done, total, unit })?;
        }
        let classes = train.classes();
        Ok(Forest {
            trees,
            features: train.samples().features(),
            classes,
        })
    }

    fn ground(&self, train: &Dataset, cancellation: &Cancellation) -> Result<Ground, Cancelled> {
        let (values, width) = (train.samples().to_f32(), train.samples().features());
        let bins = Bins::learn(&values, width, cancellation)?;
        Ok(Ground {
            codes: bins.by_feature(&values, cancellation)?,
            bins,
            rows: train.len(),
            classes: train.classes(),
            candidates: self.features_per_split.unwrap_or(width.isqrt()),
            min_samples_leaf: self.min_samples_leaf,
        })
    }
}

/// The tree of this seed and number: as many rows as there are, drawn with replacement.
fn tree(ground: &Ground, labels: &[usize], (seed, number): (u64, usize)) -> ClassTree {
    let mut random = generator(seed, FIRST_STREAM + number as u64);
    let mut weights = vec![0_u32; labels.len()];
    for _ in labels {
        weights[random.random_range(0..labels.len())] += 1;
    }
    let drawn = weights.iter().zip(labels).enumerate();
    let members = drawn.filter(|(_, (weight, _))| **weight > 0);
    let members = members.map(|(row, (&weight, &class))| Member {
        row: row as u32,
        class: class as u32,
        weight,
    });
    ground.grow(members.collect(), random)
}

impl Classifier for Forest {
    /// The logarithms of the mean probabilities, where one more tree knows nothing: it holds all
    /// classes for equally likely, so that no probability is 0.
    fn scores(&self, samples: &Samples) -> Scores {
        let voters = (self.trees.len() + 1) as f64;
        by_blocks(samples, [self.features, self.classes], |rows, scores| {
            scores.fill(1.0 / self.classes as f64);
            for tree in &self.trees {
                for (scores, row) in scores.chunks_exact_mut(self.classes).zip(rows.clone()) {
                    for &(class, share) in tree.shares(row) {
                        scores[class] += f64::from(share);
                    }
                }
            }
            for score in scores {
                *score = (*score / voters).ln();
            }
        })
    }

    fn scores_are_log_probabilities(&self) -> bool {
        true
    }

    fn parameter_count(&self) -> usize {
        self.trees.iter().map(ClassTree::parameter_count).sum()
    }

    fn state(&self) -> Result<State, StateError> {
        let leaves = || self.trees.iter().flat_map(ClassTree::leaves);
        let counts: Vec<usize> = leaves().map(<[_]>::len).collect();
        let (classes, shares): (Vec<usize>, Vec<f32>) = leaves().flatten().copied().unzip();
        let state = State::default()
            .with_indices("leaf_classes", &counts)
            .with_indices("share_classes", &classes)
            .with("shares", &[shares.len()], shares);
        Ok(with_trees(state, self.trees.iter().map(ClassTree::tree)))
    }
}

/// What [`Forest`] gave as its state.
fn restored(mut state: State, sizes: Sizes) -> Result<Forest, StateError> {
    let counts = state.take_indices("leaf_classes", usize::MAX)?;
    let classes = state.take_indices("share_classes", sizes.classes)?;
    let shares = state.take::<f32>("shares")?;
    let shares = shares.refuse(|&share| share <= 0.0, "a number above 0")?;
    let shares = classes.iter().copied().zip(shares.list()?);
    let trees = take_trees(&mut state, sizes.features)?;
    let leaves: usize = trees.iter().map(Tree::leaves).sum();
    let of_leaves = counts
        .iter()
        .try_fold(0, |all: usize, &n| all.checked_add(n));
    if counts.len() != leaves || of_leaves != Some(classes.len()) || shares.len() != classes.len() {
        let (counts, classes) = (counts.len(), classes.len());
        return Err(unfit(format!(
            "{counts} leaf_classes, {classes} share_classes and {} shares do not fit {leaves} leaves",
            shares.len()
        )));
    }
    let (mut counts, mut shares) = (counts.into_iter(), shares);
    let trees = trees.into_iter().map(|tree| {
        let counts = counts.by_ref().take(tree.leaves());
        let leaves = counts.map(|count| shares.by_ref().take(count).collect());
        ClassTree::new(leaves.collect::<Vec<_>>(), tree)
    });
    Ok(Forest {
        trees: trees.collect(),
        features: sizes.features,
        classes: sizes.classes,
    })
}

impl Recipe for RandomForest {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        Ok(Box::new(self.train(train, context)?))
    }

    fn grows_with_samples(&self) -> bool {
        true
    }

    fn restore(&self, state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        Ok(Box::new(restored(state, sizes)?))
    }
}

impl Hyperparameters for RandomForest {}
