//! Boosted trees as they were trained: the score of a class is the sum of its trees' values.

use crate::kept::{take_trees, unfit, with_trees};
use crate::prediction::by_blocks;
use crate::tree::Tree;
use classifier::{Classifier, Scores, Sizes, State, StateError};
use data::Samples;

/// Boosted trees as they were trained.
pub(crate) struct Boosted {
    /// Values per row.
    pub(crate) features: usize,
    /// The scores that all rows begin with.
    pub(crate) initial: Vec<f64>,
    /// In the order in which they were grown.
    pub(crate) trees: Vec<BoostedTree>,
}

/// What a tree adds to the scores of a class, by leaf.
pub(crate) struct BoostedTree {
    pub(crate) class: usize,
    pub(crate) tree: Tree,
    pub(crate) values: Vec<f64>,
}

impl Classifier for Boosted {
    /// The logarithms of the probabilities.
    fn scores(&self, samples: &Samples) -> Scores {
        let classes = self.initial.len();
        by_blocks(samples, [self.features, classes], |rows, scores| {
            for scores in scores.chunks_exact_mut(classes) {
                scores.copy_from_slice(&self.initial);
            }
            for tree in &self.trees {
                let scores = scores[tree.class..].iter_mut().step_by(classes);
                for (score, row) in scores.zip(rows.clone()) {
                    *score += tree.values[tree.tree.leaf_of(row)];
                }
            }
            for scores in scores.chunks_exact_mut(classes) {
                let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
                let normaliser = largest + sum.ln();
                for score in scores {
                    *score -= normaliser;
                }
            }
        })
    }

    fn scores_are_log_probabilities(&self) -> bool {
        true
    }

    /// The initial scores, of each split its feature and its threshold, and of each leaf its value.
    fn parameter_count(&self) -> usize {
        let of_tree = |tree: &BoostedTree| 2 * tree.tree.splits() + tree.values.len();
        self.initial.len() + self.trees.iter().map(of_tree).sum::<usize>()
    }

    fn state(&self) -> Result<State, StateError> {
        let classes: Vec<usize> = self.trees.iter().map(|tree| tree.class).collect();
        let values: Vec<f64> = self.trees.iter().flat_map(|t| t.values.clone()).collect();
        let state = State::default()
            .with("initial", &[self.initial.len()], self.initial.clone())
            .with_indices("tree_classes", &classes)
            .with("values", &[values.len()], values);
        Ok(with_trees(state, self.trees.iter().map(|tree| &tree.tree)))
    }
}

/// What [`Boosted`] gave as its state.
pub(crate) fn restored(mut state: State, sizes: Sizes) -> Result<Boosted, StateError> {
    let initial = state.take("initial")?.of_shape(&[sizes.classes])?;
    let classes = state.take_indices("tree_classes", sizes.classes)?;
    let values: Vec<f64> = state.take("values")?.list()?;
    let trees = take_trees(&mut state, sizes.features)?;
    let leaves: usize = trees.iter().map(Tree::leaves).sum();
    if classes.len() != trees.len() || values.len() != leaves {
        return Err(unfit(format!(
            "{} tree_classes and {} values for {} trees of {leaves} leaves",
            classes.len(),
            values.len(),
            trees.len()
        )));
    }
    let mut values = values.into_iter();
    let trees = trees.into_iter().zip(classes);
    let trees = trees.map(|(tree, class)| BoostedTree {
        class,
        values: values.by_ref().take(tree.leaves()).collect(),
        tree,
    });
    Ok(Boosted {
        features: sizes.features,
        initial,
        trees: trees.collect(),
    })
}
