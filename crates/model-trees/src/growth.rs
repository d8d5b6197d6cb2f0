//! Growing a regression tree leaf by leaf: always the leaf whose split gains most (Shi 2007,
//! "Best-first decision tree learning"; Ke et al. 2017, "LightGBM").

use crate::bins::Bins;
use crate::histogram::{BinnedRows, Histogram};
use crate::split::{Rules, Split};
use crate::sums::{Slope, Sums};
use crate::tree::{Place, Tree};
use classifier::{Cancellation, Cancelled};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

/// What all trees are grown from.
pub(crate) struct Ground {
    pub(crate) bins: Bins,
    pub(crate) rows: BinnedRows,
    pub(crate) rules: Rules,
}

/// A tree and the training rows of its leaves.
pub(crate) struct Grown {
    pub(crate) tree: Tree,
    /// All training rows, those of a leaf side by side.
    order: Vec<u32>,
    leaves: Vec<Leaf>,
}

struct Leaf {
    place: Place,
    /// Where its rows stand in the order.
    range: Range<usize>,
    sums: Sums,
    /// The best split, unless there is none or the leaf was split.
    open: Option<(Split, Histogram)>,
}

/// Histograms that no leaf needs any more.
#[derive(Default)]
pub(crate) struct Spare(Vec<Histogram>);

impl Grown {
    /// The sums and the rows of each leaf, by its number.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = (Sums, &[u32])> {
        let rows = |leaf: &Leaf| &self.order[leaf.range.clone()];
        self.leaves.iter().map(move |leaf| (leaf.sums, rows(leaf)))
    }
}

impl Ground {
    /// Divides the bins of `values`, shape (rows, `width`).
    pub(crate) fn new(
        values: &[f32],
        width: usize,
        rules: Rules,
        cancellation: &Cancellation,
    ) -> Result<Self, Cancelled> {
        let bins = Bins::learn(values, width, cancellation)?;
        let rows = BinnedRows::new(&bins, values, cancellation)?;
        Ok(Self { bins, rows, rules })
    }

    /// A tree for the derivatives of all rows.
    pub(crate) fn grow(&self, slopes: &[Slope], spare: &mut Spare) -> Grown {
        let (tree, place) = Tree::new();
        let order: Vec<u32> = (0..slopes.len() as u32).collect();
        let mut root = Leaf {
            place,
            range: 0..slopes.len(),
            sums: Sums::of(slopes),
            open: None,
        };
        let mut histogram = spare.0.pop().unwrap_or_else(|| self.rows.empty());
        let terms = (root.sums, &self.rules);
        let split = self.rows.of_rows(&mut histogram, &order, slopes, terms);
        root.offer(split, histogram, spare);
        let leaves = Vec::new();
        let mut growth = Growth {
            ground: self,
            slopes,
            spare,
            open: BinaryHeap::new(),
            grown: Grown {
                tree,
                order,
                leaves,
            },
        };
        growth.put(root);
        growth.finish()
    }
}

impl Leaf {
    /// Keeps the histogram if the leaf can be split.
    fn offer(&mut self, split: Option<Split>, histogram: Histogram, spare: &mut Spare) {
        match split {
            Some(split) => self.open = Some((split, histogram)),
            None => spare.0.push(histogram),
        }
    }
}

/// A tree that grows.
struct Growth<'a> {
    ground: &'a Ground,
    slopes: &'a [Slope],
    spare: &'a mut Spare,
    /// Leaves that can be split: the gain, whose bits are in the order of positive numbers, and the
    /// number of the leaf.
    open: BinaryHeap<(u64, Reverse<usize>)>,
    grown: Grown,
}

impl Growth<'_> {
    fn finish(mut self) -> Grown {
        while self.has_room()
            && let Some((_, Reverse(number))) = self.open.pop()
        {
            if let Some((split, histogram)) = self.grown.leaves[number].open.take() {
                self.split(number, split, histogram);
            }
        }
        let leaves = self.grown.leaves.iter_mut();
        let histograms = leaves.filter_map(|leaf| Some(leaf.open.take()?.1));
        self.spare.0.extend(histograms);
        self.grown
    }

    fn has_room(&self) -> bool {
        self.grown.tree.leaves() < self.ground.rules.max_leaves
    }

    /// Puts a leaf in its place among the leaves, and in the queue if it can be split.
    fn put(&mut self, leaf: Leaf) {
        let number = self.grown.tree.number(leaf.place);
        if let Some((split, _)) = &leaf.open {
            self.open.push((split.gain.to_bits(), Reverse(number)));
        }
        match self.grown.leaves.get_mut(number) {
            Some(old) => *old = leaf,
            None => self.grown.leaves.push(leaf),
        }
    }

    fn split(&mut self, number: usize, split: Split, histogram: Histogram) {
        let leaf = &self.grown.leaves[number];
        let (place, range, sums) = (leaf.place, leaf.range.clone(), leaf.sums);
        let middle = self.divide(range.clone(), &split);
        let bins = &self.ground.bins;
        let threshold = bins.threshold(split.feature, split.left, split.right);
        let feature = bins.feature(split.feature);
        let [left, right] = self.grown.tree.split(place, feature, threshold);
        let child = |place, range, sums| Leaf {
            place,
            range,
            sums,
            open: None,
        };
        let mut left = child(left, range.start..middle, split.sums);
        let mut right = child(right, middle..range.end, sums - split.sums);
        if right.range.len() < left.range.len() {
            self.search(&mut right, &mut left, histogram);
        } else {
            self.search(&mut left, &mut right, histogram);
        }
        self.put(left);
        self.put(right);
    }

    /// The best splits of two children, by the histogram of their parent. Only the rows of the
    /// smaller are looked at.
    fn search(&mut self, smaller: &mut Leaf, larger: &mut Leaf, mut parent: Histogram) {
        let Ground { rows, rules, .. } = self.ground;
        if !self.has_room() || larger.range.len() / 2 < rules.min_samples_leaf {
            self.spare.0.push(parent);
            return;
        }
        let spare = self.spare.0.pop();
        let mut histogram = spare.unwrap_or_else(|| rows.empty());
        let [first, second] = rows.of_children(
            [&mut histogram, &mut parent],
            &self.grown.order[smaller.range.clone()],
            self.slopes,
            ([smaller.sums, larger.sums], rules),
        );
        smaller.offer(first, histogram, self.spare);
        larger.offer(second, parent, self.spare);
    }

    /// Brings the rows of the left side before those of the right, each in their order, and says
    /// where the right side begins.
    fn divide(&mut self, range: Range<usize>, split: &Split) -> usize {
        let order = &mut self.grown.order[range.clone()];
        let is_left = |&row: &u32| self.ground.rows.bin(row, split.feature) <= split.left;
        let (left, right): (Vec<u32>, Vec<u32>) = order.iter().partition(|row| is_left(row));
        order[..left.len()].copy_from_slice(&left);
        order[left.len()..].copy_from_slice(&right);
        range.start + left.len()
    }
}
