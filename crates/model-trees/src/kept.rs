//! Trees as named arrays, and back.
//!
//! A tree is kept as the list of its splits in the order in which they were made: the leaf that was
//! split, the feature, the threshold. Whatever such a list holds, making its splits again gives a tree
//! that can be walked to an end, or an error.

use crate::tree::Tree;
use classifier::{State, StateError};

/// With the splits of `trees`, one tree after the other, and how many each has.
pub(crate) fn with_trees<'a>(state: State, trees: impl Iterator<Item = &'a Tree>) -> State {
    let (mut counts, mut leaves, mut features, mut thresholds) = (vec![], vec![], vec![], vec![]);
    for tree in trees {
        counts.push(tree.splits());
        for (leaf, feature, threshold) in tree.steps() {
            leaves.push(leaf);
            features.push(feature);
            thresholds.push(threshold);
        }
    }
    state
        .with_indices("splits", &counts)
        .with_indices("split_leaves", &leaves)
        .with_indices("split_features", &features)
        .with("thresholds", &[thresholds.len()], thresholds)
}

/// The trees that these arrays describe, for rows of `features` values.
pub(crate) fn take_trees(state: &mut State, features: usize) -> Result<Vec<Tree>, StateError> {
    let counts = state.take_indices("splits", usize::MAX)?;
    let leaves = state.take_indices("split_leaves", usize::MAX)?;
    let features = state.take_indices("split_features", features)?;
    let thresholds: Vec<f32> = state.take("thresholds")?.list()?;
    let [of_leaves, of_features] = [leaves.len(), features.len()];
    if [of_leaves, of_features] != [thresholds.len(); 2] {
        return Err(unfit(format!(
            "{of_leaves} split_leaves, {of_features} split_features and {} thresholds; as many are needed",
            thresholds.len()
        )));
    }
    let mut steps = leaves.into_iter().zip(features).zip(thresholds);
    let mut trees = Vec::new();
    for count in counts {
        let steps = steps.by_ref().take(count);
        let steps = steps.map(|((leaf, feature), threshold)| (leaf, feature, threshold));
        let tree = Tree::of_steps(steps);
        let tree = tree.ok_or_else(|| unfit("a split of a leaf that is not there yet".into()))?;
        if tree.splits() != count {
            return Err(unfit(format!(
                "a tree of {count} splits, and {} are there",
                tree.splits()
            )));
        }
        trees.push(tree);
    }
    match steps.count() {
        0 => Ok(trees),
        left => Err(unfit(format!("{left} splits that belong to no tree"))),
    }
}

/// Arrays that do not fit together.
pub(crate) fn unfit(reason: String) -> StateError {
    StateError::Unfit { reason }
}
