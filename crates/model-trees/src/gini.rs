//! Growing a classification tree to the end by Gini impurity (Breiman et al. 1984, "CART"), each split
//! the best of a few features drawn at random (Breiman 2001, "Random forests").

use crate::bins::Bins;
use crate::class_tree::{ClassTree, shares};
use crate::side::{Entry, Side};
use crate::tree::Tree;
use rand::{Rng, RngExt};

/// A training row that was drawn for a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) row: u32,
    pub(crate) class: u32,
    /// How often it was drawn.
    pub(crate) weight: u32,
}

/// What all trees are grown from.
pub(crate) struct Ground {
    pub(crate) bins: Bins,
    /// The bin of each value, shape (varying features, rows).
    pub(crate) codes: Vec<u8>,
    pub(crate) rows: usize,
    pub(crate) classes: usize,
    /// Features of which each split is the best.
    pub(crate) candidates: usize,
    /// Rows of a leaf at least.
    pub(crate) min_samples_leaf: usize,
}

/// Bins up to `left` of a varying feature go left, those from `right` on go right; between them are no rows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Split {
    feature: usize,
    left: usize,
    right: usize,
    score: f64,
}

impl Ground {
    /// A tree of the rows that were drawn for it.
    pub(crate) fn grow(&self, members: Vec<Member>, random: impl Rng) -> ClassTree {
        let (mut tree, root) = Tree::new();
        let mut growth = Growth::new(self, random);
        let mut members = members;
        let mut leaves = Vec::new();
        let mut open = vec![(root, 0..members.len())];
        while let Some((place, range)) = open.pop() {
            let node = &mut members[range.clone()];
            growth.count(node);
            let Some(split) = growth.best_split(node) else {
                leaves.push((tree.number(place), shares(&growth.counts)));
                continue;
            };
            let middle = range.start + self.divide(node, split);
            let threshold = self.bins.threshold(split.feature, split.left, split.right);
            let [left, right] = tree.split(place, self.bins.feature(split.feature), threshold);
            open.extend([(right, middle..range.end), (left, range.start..middle)]);
        }
        leaves.sort_unstable_by_key(|(number, _)| *number);
        ClassTree::new(leaves.into_iter().map(|(_, shares)| shares), tree)
    }

    fn codes(&self, feature: usize) -> &[u8] {
        &self.codes[feature * self.rows..(feature + 1) * self.rows]
    }

    /// Brings the rows of the left side before the others, and says how many there are.
    fn divide(&self, node: &mut [Member], split: Split) -> usize {
        let codes = self.codes(split.feature);
        let is_left = |member: &Member| usize::from(codes[member.row as usize]) <= split.left;
        let (left, right): (Vec<Member>, Vec<Member>) = node.iter().partition(|m| is_left(m));
        node[..left.len()].copy_from_slice(&left);
        node[left.len()..].copy_from_slice(&right);
        left.len()
    }
}

/// What is needed at one node after the other.
struct Growth<'a, R> {
    ground: &'a Ground,
    random: R,
    /// The varying features in the order of the last draw.
    features: Vec<usize>,
    /// How often rows of each class were drawn, in the node.
    counts: Vec<u32>,
    left: Side,
    right: Side,
    entries: Vec<Entry>,
    cells: Vec<Entry>,
}

impl<'a, R: Rng> Growth<'a, R> {
    fn new(ground: &'a Ground, random: R) -> Self {
        Self {
            ground,
            random,
            features: (0..ground.bins.len()).collect(),
            counts: vec![0; ground.classes],
            left: Side::default(),
            right: Side::default(),
            entries: Vec::new(),
            cells: Vec::new(),
        }
    }

    fn count(&mut self, node: &[Member]) {
        self.counts.fill(0);
        for member in node {
            self.counts[member.class as usize] += member.weight;
        }
    }

    /// The best split by features drawn without replacement: as many as there are candidates, and
    /// more until one of them divides the node. None if the node is of one class, too small, or the
    /// same in all features.
    fn best_split(&mut self, node: &[Member]) -> Option<Split> {
        let classes = self.counts.iter().filter(|&&count| count > 0).count();
        if classes < 2 || node.len() / 2 < self.ground.min_samples_leaf {
            return None;
        }
        let mut best = None;
        for drawn in 0..self.features.len() {
            if drawn >= self.ground.candidates && best.is_some() {
                break;
            }
            let other = self.random.random_range(drawn..self.features.len());
            self.features.swap(drawn, other);
            self.try_feature(self.features[drawn], node, &mut best);
        }
        best
    }

    /// Puts the best split by a feature in place of `best` if it leaves purer sides.
    fn try_feature(&mut self, feature: usize, node: &[Member], best: &mut Option<Split>) {
        self.sort(feature, node);
        self.left.clear(self.counts.len());
        self.right.reset(&self.counts, node.len());
        let least = self.ground.min_samples_leaf as u64;
        let bins = self.entries.chunk_by(|a, b| a.bin == b.bin);
        let nexts = bins.clone().skip(1);
        for (bin, next) in bins.zip(nexts) {
            for &entry in bin {
                self.left.add(entry);
                self.right.remove(entry);
            }
            if self.left.rows < least || self.right.rows < least {
                continue;
            }
            let score = self.left.purity() + self.right.purity();
            if best.is_none_or(|best| score > best.score) {
                *best = Some(Split {
                    feature,
                    left: bin[0].bin.into(),
                    right: next[0].bin.into(),
                    score,
                });
            }
        }
    }

    /// The node's entries in the order of the feature's bins: one per row, or per bin and class
    /// where these are fewer.
    fn sort(&mut self, feature: usize, node: &[Member]) {
        let codes = self.ground.codes(feature);
        let entries = node.iter().map(|member| Entry {
            bin: codes[member.row as usize],
            class: member.class,
            weight: member.weight,
            rows: 1,
        });
        self.entries.clear();
        let cells = self.ground.bins.bins_of(feature) * self.counts.len();
        if node.len() <= cells {
            self.entries.extend(entries);
            self.entries.sort_unstable_by_key(|entry| entry.bin);
            return;
        }
        self.cells.clear();
        self.cells.resize(cells, Entry::default());
        for entry in entries {
            let cell = usize::from(entry.bin) * self.counts.len() + entry.class as usize;
            let cell = &mut self.cells[cell];
            *cell = Entry {
                weight: cell.weight + entry.weight,
                rows: cell.rows + 1,
                ..entry
            };
        }
        let occupied = self.cells.iter().filter(|cell| cell.rows > 0);
        self.entries.extend(occupied);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier::{Cancellation, generator};

    /// A tree of all rows, once each, by all features.
    fn grow(values: &[f32], width: usize, labels: &[u32], min_samples_leaf: usize) -> ClassTree {
        let bins = Bins::learn(values, width, &Cancellation::default()).unwrap();
        let ground = Ground {
            codes: bins.by_feature(values, &Cancellation::default()).unwrap(),
            bins,
            rows: labels.len(),
            classes: 3,
            candidates: width,
            min_samples_leaf,
        };
        let members = labels.iter().enumerate().map(|(row, &class)| Member {
            row: row as u32,
            class,
            weight: 1,
        });
        ground.grow(members.collect(), generator(1, 0))
    }

    /// By hand: for the cuts 0|1, 1|2, 2|3 and 3|4 of the first feature, Σ counts² / weight of both sides is
    /// 1 + 6/4, 4/2 + 3/3, 9/3 + 2/2 and 10/4 + 1, so the third is the best; then 3|4. The second
    /// feature is noise: its cut has 2/2 + 5/3.
    #[test]
    fn splits_are_those_that_leave_the_purest_sides() {
        let values = [0.0, 1.0, 1.0, 0.0, 2.0, 1.0, 3.0, 0.0, 4.0, 1.0];
        let tree = grow(&values, 2, &[0, 0, 0, 1, 2], 1);
        assert_eq!(tree.tree().leaves(), 3);
        for (value, class) in [(-9.0, 0), (2.5, 0), (2.6, 1), (3.5, 1), (3.6, 2), (9.0, 2)] {
            assert_eq!(tree.shares(&[value, 0.5]), [(class, 1.0)], "{value}");
        }
    }

    #[test]
    fn a_leaf_keeps_its_share_of_rows_and_of_classes() {
        let values: Vec<f32> = (0..6).map(|i| i as f32).collect();
        // The purest cut would leave one row alone.
        let tree = grow(&values, 1, &[1, 0, 0, 0, 0, 2], 2);
        assert_eq!(tree.tree().leaves(), 3);
        assert_eq!(tree.shares(&[0.0]), [(0, 0.5), (1, 0.5)]);
        assert_eq!(tree.shares(&[2.0]), [(0, 1.0)]);
        assert_eq!(tree.shares(&[5.0]), [(0, 0.5), (2, 0.5)]);
    }

    /// Neither feature alone tells the classes apart, so that no first split gains anything.
    #[test]
    fn a_checkerboard_is_learnt() {
        let values = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
        let tree = grow(&values, 2, &[0, 1, 1, 0], 1);
        assert_eq!(tree.tree().leaves(), 4);
        assert_eq!(tree.shares(&[0.0, 1.0]), [(1, 1.0)]);
        assert_eq!(tree.shares(&[1.0, 1.0]), [(0, 1.0)]);
    }

    #[test]
    fn equal_rows_of_different_classes_share_a_leaf() {
        let tree = grow(&[5.0, 5.0, 5.0, 5.0], 1, &[0, 0, 2, 0], 1);
        assert_eq!(tree.tree().leaves(), 1);
        assert_eq!(tree.shares(&[5.0]), [(0, 0.75), (2, 0.25)]);
    }

    /// Rows one by one, and rows gathered by bin and class, are two ways to the same splits.
    #[test]
    fn gathered_rows_give_the_split_of_single_rows() {
        let draw = |i: u32, of: u32| i.wrapping_mul(2_654_435_761).rotate_left(11) % of;
        let rows = 500;
        let values: Vec<f32> = (0..rows).map(|i| draw(i, 4) as f32).collect();
        let labels: Vec<u32> = (0..rows)
            .map(|i| draw(i, 4) / 2 + draw(i + rows, 2))
            .collect();
        let bins = Bins::learn(&values, 1, &Cancellation::default()).unwrap();
        let mut ground = Ground {
            codes: bins.by_feature(&values, &Cancellation::default()).unwrap(),
            bins,
            rows: rows as usize,
            classes: 3,
            candidates: 1,
            min_samples_leaf: 7,
        };
        let members: Vec<Member> = labels
            .iter()
            .enumerate()
            .map(|(row, &class)| Member {
                row: row as u32,
                class,
                weight: 1 + draw(row as u32, 3),
            })
            .collect();
        let mut split = |classes| {
            ground.classes = classes;
            let mut growth = Growth::new(&ground, generator(1, 0));
            growth.count(&members);
            let split = growth.best_split(&members);
            (growth.entries.len(), split)
        };
        let (gathered, single) = (split(3), split(1000));
        assert!(gathered.0 <= 12 && single.0 == 500);
        assert!(gathered.1.is_some());
        assert_eq!(gathered.1, single.1);
    }
}
