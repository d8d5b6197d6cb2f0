//! A tree whose leaves hold shares of the classes.

use crate::tree::Tree;

/// A tree, and for each of its leaves the classes that occur there with their shares.
pub(crate) struct ClassTree {
    tree: Tree,
    /// Class and share, those of a leaf side by side.
    shares: Vec<(usize, f32)>,
    /// Where the shares of each leaf begin, and where the last end.
    starts: Vec<usize>,
}

impl ClassTree {
    /// Joins a tree with the shares of its leaves, by their numbers.
    ///
    /// # Panics
    /// If there are not as many as leaves.
    pub(crate) fn new(leaves: impl IntoIterator<Item = Vec<(usize, f32)>>, tree: Tree) -> Self {
        let (mut shares, mut starts) = (Vec::new(), vec![0]);
        for leaf in leaves {
            shares.extend(leaf);
            starts.push(shares.len());
        }
        assert_eq!(starts.len(), tree.leaves() + 1, "each leaf has its shares");
        Self {
            tree,
            shares,
            starts,
        }
    }

    /// The tree.
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The shares of each leaf, by its number.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &[(usize, f32)]> {
        self.starts
            .windows(2)
            .map(|ends| &self.shares[ends[0]..ends[1]])
    }

    /// The shares in the leaf of a row of values; classes that have none are left out.
    pub(crate) fn shares(&self, row: &[f32]) -> &[(usize, f32)] {
        let leaf = self.tree.leaf_of(row);
        &self.shares[self.starts[leaf]..self.starts[leaf + 1]]
    }

    /// Of each split its feature and its threshold, of each leaf its shares.
    pub(crate) fn parameter_count(&self) -> usize {
        2 * self.tree.splits() + self.shares.len()
    }
}

/// The share of each class that occurs, from how often its rows were drawn.
pub(crate) fn shares(counts: &[u32]) -> Vec<(usize, f32)> {
    let total: u64 = counts.iter().copied().map(u64::from).sum();
    let share = |count: u32| (f64::from(count) / total as f64) as f32;
    let occurring = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    occurring
        .map(|(class, &count)| (class, share(count)))
        .collect()
}
