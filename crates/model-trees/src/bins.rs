//! The values of each feature in at most 256 bins, so that a split is searched among bins, not values
//! (Ke et al. 2017, "LightGBM", section 2; Chen and Guestrin 2016, "XGBoost", section 3.2).

use classifier::{Cancellation, Cancelled};
use rayon::prelude::*;

/// As many as a byte can number.
const MOST_BINS: usize = 256;

/// Where the values of each feature are divided, learnt from training rows. Features that are the
/// same in all rows are left out: nothing can be told from them.
pub(crate) struct Bins {
    /// The features that vary, ascending.
    features: Vec<usize>,
    /// Of each of these: a value up to edge i, and above edge i − 1, is in bin i.
    edges: Vec<Vec<f32>>,
    /// Features in a row of values, those that do not vary among them.
    width: usize,
}

impl Bins {
    /// Divides the features of `values`, shape (rows, `width`). A feature of up to 256 distinct
    /// values has a bin for each; others have bins of nearly equal numbers of rows. Edges are midway
    /// between neighbouring values.
    pub(crate) fn learn(
        values: &[f32],
        width: usize,
        cancellation: &Cancellation,
    ) -> Result<Self, Cancelled> {
        let edges = (0..width).into_par_iter().map(|feature| {
            cancellation.check()?;
            let column = values.iter().skip(feature).step_by(width);
            Ok(edges_of(column.copied().collect()))
        });
        let edges = edges.collect::<Result<Vec<_>, _>>()?;
        let all = edges.into_iter().enumerate();
        let (features, edges) = all.filter(|(_, edges)| !edges.is_empty()).unzip();
        Ok(Self {
            features,
            edges,
            width,
        })
    }

    /// How many features vary. They are numbered from 0 below.
    pub(crate) fn len(&self) -> usize {
        self.features.len()
    }

    /// The number of a varying feature in a row of values.
    pub(crate) fn feature(&self, varying: usize) -> usize {
        self.features[varying]
    }

    /// The threshold between bin `left` and a later bin `right`, midway where bins between them are empty.
    pub(crate) fn threshold(&self, varying: usize, left: usize, right: usize) -> f32 {
        let edges = &self.edges[varying];
        edges[left].midpoint(edges[right - 1])
    }

    /// The bin of each value, shape (rows, [`len`](Self::len)).
    pub(crate) fn by_row(
        &self,
        values: &[f32],
        cancellation: &Cancellation,
    ) -> Result<Vec<u8>, Cancelled> {
        let mut bins = vec![0; values.len() / self.width * self.len()];
        if bins.is_empty() {
            return Ok(bins);
        }
        let rows = bins.par_chunks_exact_mut(self.len());
        rows.zip(values.par_chunks_exact(self.width))
            .try_for_each(|(bins, row)| {
                for (varying, bin) in bins.iter_mut().enumerate() {
                    *bin = self.bin(varying, row[self.features[varying]]);
                }
                cancellation.check()
            })?;
        Ok(bins)
    }

    /// The bin of each value, shape ([`len`](Self::len), rows).
    pub(crate) fn by_feature(
        &self,
        values: &[f32],
        cancellation: &Cancellation,
    ) -> Result<Vec<u8>, Cancelled> {
        let rows = values.len() / self.width;
        let mut bins = vec![0; self.len() * rows];
        let columns = bins.par_chunks_exact_mut(rows).enumerate();
        columns.try_for_each(|(varying, bins)| {
            let values = values.iter().skip(self.features[varying]);
            for (bin, &value) in bins.iter_mut().zip(values.step_by(self.width)) {
                *bin = self.bin(varying, value);
            }
            cancellation.check()
        })?;
        Ok(bins)
    }

    /// How many bins a varying feature has.
    pub(crate) fn bins_of(&self, varying: usize) -> usize {
        self.edges[varying].len() + 1
    }

    fn bin(&self, varying: usize, value: f32) -> u8 {
        self.edges[varying].partition_point(|&edge| edge < value) as u8
    }
}

/// The edges of one feature's bins, ascending: none if all values are the same.
fn edges_of(mut values: Vec<f32>) -> Vec<f32> {
    values.sort_unstable_by(f32::total_cmp);
    let rows = values.len();
    let is_cut = |below: usize| values[below - 1] != values[below];
    let distinct = 1 + (1..rows).filter(|&below| is_cut(below)).count();
    let mut edges = Vec::new();
    let mut full = 1;
    for below in (1..rows).filter(|&below| is_cut(below)) {
        // So many bins' share of the rows lies below this cut.
        let share = below * MOST_BINS / rows;
        if distinct <= MOST_BINS || share >= full {
            edges.push(between(values[below - 1], values[below]));
            full = share + 1;
        }
    }
    edges
}

/// A number from `low`, and below `high`, midway if f32 has one there.
fn between(low: f32, high: f32) -> f32 {
    let middle = low.midpoint(high);
    if middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_values_have_a_bin_each_and_constants_have_no_feature() {
        // Columns: three values, a constant, two zeros of either sign, neighbours in f32.
        let next = 1.0_f32.next_up();
        let rows = [
            [3.0, 7.0, 0.0, 1.0],
            [1.0, 7.0, -0.0, next],
            [1.0, 7.0, 0.0, 1.0],
            [9.0, 7.0, -0.0, next],
        ];
        let values = rows.concat();
        let bins = Bins::learn(&values, 4, &Cancellation::default()).unwrap();
        assert_eq!(bins.features, [0, 3]);
        assert_eq!(bins.edges, [vec![2.0, 6.0], vec![1.0]]);
        assert_eq!(
            bins.by_row(&values, &Cancellation::default()).unwrap(),
            [1, 0, 0, 1, 0, 0, 2, 1]
        );
        assert_eq!(
            bins.by_feature(&values, &Cancellation::default()).unwrap(),
            [1, 0, 0, 2, 0, 1, 0, 1]
        );
        assert_eq!([0, 1].map(|varying| bins.bins_of(varying)), [3, 2]);
        assert_eq!(bins.threshold(0, 0, 1), 2.0);
        assert_eq!(bins.threshold(0, 0, 2), 4.0);
    }

    #[test]
    fn many_values_share_bins_of_nearly_equal_numbers_of_rows() {
        // 10 000 distinct values, and as many rows with one more value.
        let distinct = (0..10_000).map(|i| (i * 7919 % 10_000) as f32);
        let values: Vec<f32> = distinct.chain((0..10_000).map(|_| 5000.5)).collect();
        let bins = Bins::learn(&values, 1, &Cancellation::default()).unwrap();
        let codes = bins.by_row(&values, &Cancellation::default()).unwrap();
        let mut counts = vec![0; MOST_BINS];
        for &code in &codes {
            counts[usize::from(code)] += 1;
        }
        counts.retain(|&count| count > 0);
        counts.sort_unstable();
        // The value with half of the rows cannot be divided; no other bin has more than its share.
        let (most, others) = counts.split_last().unwrap();
        assert!(*most >= 10_000 && *most < 10_100, "{most}");
        assert!(others.len() >= 127 && others.iter().all(|&n| n <= 79));
    }

    #[test]
    fn the_bins_of_values_and_their_thresholds_agree() {
        let values: Vec<f32> = (0..3000).map(|i| ((i * i) as f32).sin() * 1e30).collect();
        let bins = Bins::learn(&values, 1, &Cancellation::default()).unwrap();
        for (&value, &bin) in values
            .iter()
            .zip(&bins.by_row(&values, &Cancellation::default()).unwrap())
        {
            let bin = usize::from(bin);
            assert!(bin == bins.edges[0].len() || value <= bins.threshold(0, bin, bin + 1));
            assert!(bin == 0 || value > bins.threshold(0, bin - 1, bin));
        }
    }

    #[test]
    fn rows_without_a_varying_feature_have_no_bins() {
        let bins = Bins::learn(&[2.0; 6], 2, &Cancellation::default()).unwrap();
        assert_eq!(bins.len(), 0);
        assert!(
            bins.by_row(&[2.0; 6], &Cancellation::default())
                .unwrap()
                .is_empty()
                && bins
                    .by_feature(&[2.0; 6], &Cancellation::default())
                    .unwrap()
                    .is_empty()
        );
    }
}
