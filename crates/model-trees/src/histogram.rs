//! Sums of derivatives in each bin of each feature over the rows of a leaf (Ke et al. 2017, "LightGBM",
//! algorithm 1).

use crate::bins::Bins;
use crate::split::{Rules, Split, best_of_feature, better};
use crate::sums::{Slope, Sums};
use classifier::{Cancellation, Cancelled};
use rayon::prelude::*;
use std::ops::Range;

/// Features of a block, so that its sums stay in a near cache while the rows go by.
const BLOCK: usize = 16;

/// Additions below which a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 1 << 16;

/// The sums of one leaf, by block, feature and bin.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Histogram(Vec<Vec<Sums>>);

/// The bins of all training rows, and where the sums of each feature stand in a histogram.
pub(crate) struct BinnedRows {
    /// Shape (rows, `features`).
    codes: Vec<u8>,
    features: usize,
    blocks: Vec<Block>,
}

/// Some neighbouring features.
struct Block {
    features: Range<usize>,
    /// Where the sums of each feature begin, and where the last end.
    offsets: Vec<usize>,
}

impl BinnedRows {
    /// Finds the bins of `values`, from which `bins` were learnt.
    pub(crate) fn new(
        bins: &Bins,
        values: &[f32],
        cancellation: &Cancellation,
    ) -> Result<Self, Cancelled> {
        let block = |start: usize| {
            let features = start..bins.len().min(start + BLOCK);
            let mut offsets = vec![0];
            for feature in features.clone() {
                offsets.push(offsets[offsets.len() - 1] + bins.bins_of(feature));
            }
            Block { features, offsets }
        };
        Ok(Self {
            codes: bins.by_row(values, cancellation)?,
            features: bins.len(),
            blocks: (0..bins.len()).step_by(BLOCK).map(block).collect(),
        })
    }

    /// The bin of a row's feature.
    pub(crate) fn bin(&self, row: u32, feature: usize) -> usize {
        usize::from(self.codes[row as usize * self.features + feature])
    }

    /// A histogram of no rows.
    pub(crate) fn empty(&self) -> Histogram {
        let sums = |block: &Block| vec![Sums::default(); block.bins()];
        Histogram(self.blocks.iter().map(sums).collect())
    }

    /// The sums of `rows`, which are `total` in all, into `histogram`, and the best split of them.
    pub(crate) fn of_rows(
        &self,
        histogram: &mut Histogram,
        rows: &[u32],
        slopes: &[Slope],
        (total, rules): (Sums, &Rules),
    ) -> Option<Split> {
        let blocks = self.blocks.par_iter().zip(&mut histogram.0);
        let splits = blocks.with_min_len(Self::blocks_at_least(rows.len()));
        let splits = splits.map(|(block, sums)| {
            self.fill(block, sums, rows, slopes);
            block.best(sums, total, rules)
        });
        splits.reduce(|| None, better)
    }

    /// The sums of `rows`, some of a leaf's, into `some`, and those of the leaf's other rows into
    /// `others`, which has the leaf's. The best splits of some and of the others, whose `totals` are given.
    pub(crate) fn of_children(
        &self,
        [some, others]: [&mut Histogram; 2],
        rows: &[u32],
        slopes: &[Slope],
        (totals, rules): ([Sums; 2], &Rules),
    ) -> [Option<Split>; 2] {
        let sides = some.0.par_iter_mut().zip(&mut others.0);
        let blocks = self.blocks.par_iter().zip(sides);
        let splits = blocks.with_min_len(Self::blocks_at_least(rows.len()));
        let splits = splits.map(|(block, (some, others))| {
            self.fill(block, some, rows, slopes);
            let of_others = block.parts().map(|(feature, part)| {
                let others = &mut others[part.clone()];
                for (sums, &some) in others.iter_mut().zip(&some[part]) {
                    *sums = *sums - some;
                }
                best_of_feature(feature, others, totals[1], rules)
            });
            let of_others = of_others.fold(None, better);
            [block.best(some, totals[0], rules), of_others]
        });
        let both = |[a, b]: [_; 2], [c, d]: [_; 2]| [better(a, c), better(b, d)];
        splits.reduce(|| [None; 2], both)
    }

    /// How many blocks make work enough for a thread.
    fn blocks_at_least(rows: usize) -> usize {
        WORTH_A_THREAD.div_ceil(rows.max(1) * BLOCK)
    }

    fn fill(&self, block: &Block, sums: &mut [Sums], rows: &[u32], slopes: &[Slope]) {
        sums.fill(Sums::default());
        for &row in rows {
            let row = row as usize;
            let slope = slopes[row];
            let codes = &self.codes[row * self.features..][block.features.clone()];
            for (&code, &offset) in codes.iter().zip(&block.offsets) {
                sums[offset + usize::from(code)] += slope;
            }
        }
    }
}

impl Block {
    fn bins(&self) -> usize {
        self.offsets[self.offsets.len() - 1]
    }

    /// The split with the largest gain above 0, the first of equals.
    fn best(&self, sums: &[Sums], total: Sums, rules: &Rules) -> Option<Split> {
        if total.rows() < 2 * rules.min_samples_leaf {
            return None;
        }
        let parts = self.parts();
        let splits =
            parts.map(|(feature, part)| best_of_feature(feature, &sums[part], total, rules));
        splits.fold(None, better)
    }

    /// Each feature, and where its sums stand.
    fn parts(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let parts = self.offsets.windows(2).map(|ends| ends[0]..ends[1]);
        self.features.clone().zip(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::score;

    const RULES: Rules = Rules {
        max_leaves: 31,
        min_samples_leaf: 3,
        l2: 0.5,
    };

    /// Rows of 20 features, and a slope for each.
    fn rows(rows: usize) -> (Bins, BinnedRows, Vec<Slope>) {
        let value = |place: usize| ((place * place % 997) as f32).sin() * (place % 5) as f32;
        let values: Vec<f32> = (0..rows * 20).map(value).collect();
        let bins = Bins::learn(&values, 20, &Cancellation::default()).unwrap();
        let binned = BinnedRows::new(&bins, &values, &Cancellation::default()).unwrap();
        let wave = |row: usize| ((row * row) as f64).cos();
        let slopes = (0..rows).map(|row| Slope::new(wave(row), 0.2 + wave(row).abs() / 20.0));
        (bins, binned, slopes.collect())
    }

    fn sums_of(rows: &[u32], slopes: &[Slope]) -> Sums {
        let slopes: Vec<Slope> = rows.iter().map(|&row| slopes[row as usize]).collect();
        Sums::of(&slopes)
    }

    /// The best split by its definition, from the rows themselves.
    fn plain(
        bins: &Bins,
        binned: &BinnedRows,
        slopes: &[Slope],
        of: &[u32],
    ) -> (f64, usize, usize) {
        let mut best = (0.0, 0, 0);
        for feature in 0..bins.len() {
            for bin in 0..bins.bins_of(feature) - 1 {
                let is_left = |&row: &u32| binned.bin(row, feature) <= bin;
                let (left, right): (Vec<u32>, Vec<u32>) = of.iter().partition(|&row| is_left(row));
                let least = sums_of(of, slopes).weight_of_rows(RULES.min_samples_leaf);
                let sides = [&left, &right].map(|rows| sums_of(rows, slopes).weight());
                if sides[0].min(sides[1]) >= least {
                    let [left, right, both] =
                        [&left[..], &right, of].map(|rows| score(sums_of(rows, slopes), &RULES));
                    if left + right - both > best.0 {
                        best = (left + right - both, feature, bin);
                    }
                }
            }
        }
        best
    }

    #[test]
    fn the_best_split_is_that_of_its_definition() {
        let (bins, binned, slopes) = rows(60);
        let all: Vec<u32> = (0..60).collect();
        let mut histogram = binned.empty();
        let total = (Sums::of(&slopes), &RULES);
        let split = binned
            .of_rows(&mut histogram, &all, &slopes, total)
            .unwrap();
        let (gain, feature, left) = plain(&bins, &binned, &slopes, &all);
        assert_eq!(
            (split.gain, split.feature, split.left),
            (gain, feature, left)
        );
        assert!(gain > 0.0);
    }

    #[test]
    fn the_sums_and_splits_of_the_other_rows_are_those_of_counting_them() {
        let (bins, binned, slopes) = rows(400);
        let (some, others): (Vec<u32>, Vec<u32>) = (0..400).partition(|row| row % 3 == 0);
        let all: Vec<u32> = (0..400).collect();
        let [mut small, mut large, mut counted] = [(); 3].map(|()| binned.empty());
        let totals = [&some, &others].map(|rows| sums_of(rows, &slopes));
        binned.of_rows(&mut large, &all, &slopes, (Sums::of(&slopes), &RULES));
        let sides = [&mut small, &mut large];
        let [first, second] = binned.of_children(sides, &some, &slopes, (totals, &RULES));
        let direct = binned.of_rows(&mut counted, &others, &slopes, (totals[1], &RULES));
        assert!(large == counted && second == direct);
        let (gain, feature, left) = plain(&bins, &binned, &slopes, &some);
        let first = first.unwrap();
        assert_eq!(
            (first.gain, first.feature, first.left),
            (gain, feature, left)
        );
        let empty = first.left + 1..first.right;
        let of_empty = |&row: &u32| empty.contains(&binned.bin(row, feature));
        assert!(!some.iter().any(of_empty));
    }

    #[test]
    fn a_leaf_that_is_too_small_is_not_split() {
        let (_, binned, slopes) = rows(60);
        let mut histogram = binned.empty();
        let five = [0, 1, 2, 3, 4];
        let total = (sums_of(&five, &slopes), &RULES);
        assert_eq!(binned.of_rows(&mut histogram, &five, &slopes, total), None);
    }
}
