//! Samples in the second form that an inner product needs: columns, packed in panels.

use crate::feature::{Feature, Row, Stripe, WIDTH};
use crate::index::Index;
use crate::real::Real;
use crate::sample::{Sample, groups};

/// A panel of sparse samples holds all groups if one in as many occurs. Where all of them fit the cache, a
/// product takes twice as long if they have to be looked up (500 features, 29 of them in a row); where they
/// do not, a third to three quarters less (12 000 features with 78, 130 000 with 84).
const FULL: usize = 4;

/// Samples as columns, 64 to a panel, group after group: what one group of a row is multiplied
/// with lies together.
///
/// A panel of [sparse](Sample::Sparse) samples holds the groups that any of them has, or all groups if those
/// are a quarter or more. So a feature that is not zero takes 64 times the size of a group, and 20 bytes, at
/// most; four times the size where its panel holds all groups. A panel takes 16 bytes more for each 4 096
/// groups of a sample, and three times the size of its squares.
#[derive(Debug, Clone)]
pub struct Columns<F: Feature> {
    /// Groups of a sample.
    groups: usize,
    /// The groups that each panel holds, if not all. After the last of them there is one of zeros, which
    /// stands for the rest.
    indices: Vec<Option<Index>>,
    /// Where each panel begins; one more than there are panels.
    starts: Vec<usize>,
    stripes: Vec<Stripe<F::Packed>>,
    /// ‖x‖² of every column, one array per panel.
    squares: Vec<Stripe<F::Product>>,
    len: usize,
}

/// 64 columns.
#[derive(Debug, Clone, Copy)]
pub struct Panel<'a, F: Feature> {
    index: Option<&'a Index>,
    /// Group after group.
    stripes: &'a [Stripe<F::Packed>],
    /// ‖x‖² of each column.
    pub squares: &'a Stripe<F::Product>,
}

impl<F: Feature> Panel<'_, F> {
    /// Σ row × column for every column. Sums of real numbers are in the order of the row.
    ///
    /// # Panics
    /// If the row is longer than the columns.
    #[inline]
    pub fn dot(&self, row: &Row<F>) -> Stripe<F::Product> {
        match self.index {
            None => F::dot(row, self.stripes),
            Some(index) => {
                let entries = &index.places::<F>(row.entries);
                F::dot(&Row { entries, ..*row }, self.stripes)
            }
        }
    }

    /// [`dot`](Self::dot) of every one of `rows`, with the same bits, faster than one by one.
    ///
    /// # Panics
    /// If a row is longer than the columns, or if there are not as many `products`.
    pub fn dots(&self, rows: &[Row<F>], products: &mut [Stripe<F::Product>]) {
        assert_eq!(rows.len(), products.len(), "a product for each row");
        if self.index.is_none() {
            F::dots(rows, self.stripes, products);
            return;
        }
        for (product, row) in products.iter_mut().zip(rows) {
            *product = self.dot(row);
        }
    }
}

impl<F: Feature> Columns<F> {
    /// Packs `samples` of `features` features each.
    pub fn new<'a>(features: usize, samples: impl Iterator<Item: Into<Sample<'a, F>>>) -> Self {
        let mut columns = Self {
            groups: features.div_ceil(F::GROUP),
            indices: Vec::new(),
            starts: vec![0],
            stripes: Vec::new(),
            squares: Vec::new(),
            len: 0,
        };
        let mut samples = samples.map(Into::into);
        loop {
            let panel: Vec<_> = samples.by_ref().take(WIDTH).collect();
            if panel.is_empty() {
                return columns;
            }
            columns.push(&panel);
        }
    }

    /// Adds a panel.
    fn push(&mut self, samples: &[Sample<F>]) {
        let index = self.index(samples);
        let start = self.stripes.len();
        let count = index
            .as_ref()
            .map_or(self.groups, |index| index.positions().len() + 1);
        let black = Stripe([F::pack(&[]); WIDTH]);
        self.stripes.resize(start + count, black);
        let stripes = &mut self.stripes[start..];
        let mut squares = Stripe([F::Product::default(); WIDTH]);
        for (column, sample) in samples.iter().enumerate() {
            match *sample {
                Sample::Dense(features) => {
                    for (stripe, group) in stripes.iter_mut().zip(features.chunks(F::GROUP)) {
                        stripe.0[column] = F::pack(group);
                    }
                }
                Sample::Sparse { places, values } => groups(places, values, |position, group| {
                    let held = index.as_ref().map(|index| index.place(position));
                    stripes[held.unwrap_or(position as usize)].0[column] = F::pack(group);
                }),
            }
            squares.0[column] = F::square(sample.values());
        }
        self.squares.push(squares);
        self.indices.push(index);
        self.starts.push(self.stripes.len());
        self.len += samples.len();
    }

    /// The groups that a panel is to hold, unless it is all of them.
    fn index(&self, samples: &[Sample<F>]) -> Option<Index> {
        let mut positions = Vec::new();
        for sample in samples {
            match *sample {
                Sample::Dense(_) => return None,
                Sample::Sparse { places, values } => {
                    groups(places, values, |position, _| positions.push(position));
                }
            }
        }
        positions.sort_unstable();
        positions.dedup();
        (FULL * positions.len() < self.groups).then(|| Index::new(self.groups, positions))
    }

    /// Some of the columns, in this order.
    ///
    /// # Panics
    /// If one of them is not below [`len`](Self::len), or [`is_full`](Self::is_full) is not true.
    #[must_use]
    pub fn select(&self, columns: &[usize]) -> Self {
        assert!(self.is_full(), "panels hold all features");
        let panels = columns.len().div_ceil(WIDTH);
        let mut stripes = vec![Stripe([F::pack(&[]); WIDTH]); panels * self.groups];
        let mut squares = vec![Stripe([F::Product::default(); WIDTH]); panels];
        for (place, panel) in columns.chunks(WIDTH).enumerate() {
            for (lane, column) in panel.iter().enumerate() {
                assert!(*column < self.len, "column {column} of {}", self.len);
                let (from, from_lane) = (self.panel(column / WIDTH), column % WIDTH);
                let to = &mut stripes[place * self.groups..][..self.groups];
                for (to, from) in to.iter_mut().zip(from.stripes) {
                    to.0[lane] = from.0[from_lane];
                }
                squares[place].0[lane] = from.squares.0[from_lane];
            }
        }
        Self {
            groups: self.groups,
            indices: vec![None; panels],
            starts: (0..=panels).map(|place| place * self.groups).collect(),
            stripes,
            squares,
            len: columns.len(),
        }
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether every panel holds all features.
    pub fn is_full(&self) -> bool {
        self.indices.iter().all(Option::is_none)
    }

    /// A sample as it was before it was packed: the features that its panel holds, ascending, and zeros
    /// after the last feature, which fill a group.
    ///
    /// # Panics
    /// If `column` is not below [`len`](Self::len).
    pub fn sample(&self, column: usize) -> impl Iterator<Item = (u32, F)> {
        let panel = self.panel(column / WIDTH);
        let group = move |(place, stripe): (usize, &Stripe<F::Packed>)| {
            let position = match panel.index {
                None => place as u32,
                // The last stripe is not a group of the sample.
                Some(index) => *index.positions().get(place)?,
            };
            let features = (position * F::GROUP as u32..).zip(F::unpack(stripe.0[column % WIDTH]));
            Some(features)
        };
        panel.stripes.iter().enumerate().filter_map(group).flatten()
    }

    fn panel(&self, place: usize) -> Panel<'_, F> {
        Panel {
            index: self.indices[place].as_ref(),
            stripes: &self.stripes[self.starts[place]..self.starts[place + 1]],
            squares: &self.squares[place],
        }
    }

    /// The panels in order. Columns of the last one beyond [`len`](Self::len) are zero.
    pub fn panels(&self) -> impl ExactSizeIterator<Item = Panel<'_, F>> {
        (0..self.squares.len()).map(|place| self.panel(place))
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let indices = self.indices.iter().flatten().map(Index::bytes);
        indices.sum::<usize>()
            + size_of_val(&*self.indices)
            + size_of_val(&*self.starts)
            + size_of_val(&*self.stripes)
            + size_of_val(&*self.squares)
    }
}

impl Columns<u8> {
    /// The same samples as real numbers, p/255.
    pub fn to_reals<R: Real>(&self) -> Columns<R> {
        let groups = u8::GROUP * self.groups;
        let real = |packed: i8| R::pixel(packed.cast_unsigned().wrapping_add(128));
        let split = |stripe: &Stripe<[i8; 4]>| {
            [0, 1, 2, 3].map(|place| Stripe(stripe.0.map(|group| real(group[place]))))
        };
        let square = |&square: &i32| R::nearest(f64::from(square) * u8::UNIT);
        let squares = |squares: &Stripe<i32>| Stripe(squares.0.each_ref().map(square));
        let index = |index: &Index| {
            let positions = index.positions().iter();
            let split = positions.flat_map(|position| 4 * position..4 * position + 4);
            Index::new(groups, split.collect())
        };
        Columns {
            groups,
            indices: self
                .indices
                .iter()
                .map(|held| held.as_ref().map(index))
                .collect(),
            starts: self.starts.iter().map(|start| u8::GROUP * start).collect(),
            stripes: self.stripes.iter().flat_map(split).collect(),
            squares: self.squares.iter().map(squares).collect(),
            len: self.len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rows;
    use proptest::prelude::*;

    /// Samples of `features` features in compressed rows.
    struct Compressed<F> {
        features: usize,
        rows: Vec<(Vec<u32>, Vec<F>)>,
    }

    impl<F: Feature + std::fmt::Debug> Compressed<F> {
        fn new(features: usize, samples: &[Vec<(u32, F)>]) -> Self {
            let rows = samples.iter().map(|sample| sample.iter().copied().unzip());
            Self {
                features,
                rows: rows.collect(),
            }
        }

        fn sparse(&self) -> impl Iterator<Item = Sample<'_, F>> {
            self.rows
                .iter()
                .map(|(places, values)| Sample::Sparse { places, values })
        }

        fn dense(&self) -> Vec<Vec<F>> {
            let dense = |(places, values): &(Vec<u32>, Vec<F>)| {
                let mut dense = vec![F::default(); self.features];
                for (&place, &value) in places.iter().zip(values) {
                    dense[place as usize] = value;
                }
                dense
            };
            self.rows.iter().map(dense).collect()
        }

        /// Whether products and samples are those of all features; how many panels have an index.
        fn check(&self) -> Result<usize, TestCaseError> {
            let dense = self.dense();
            let rows = [
                Rows::new(self.sparse()),
                Rows::new(dense.iter().map(Vec::as_slice)),
            ];
            let columns = [
                Columns::new(self.features, self.sparse()),
                Columns::new(self.features, dense.iter().map(Vec::as_slice)),
            ];
            for row in 0..dense.len() {
                let [sparse, dense] = [0, 1].map(|kind| rows[kind].row(row));
                prop_assert_eq!(sparse.square, dense.square);
                for (held, all) in columns[0].panels().zip(columns[1].panels()) {
                    prop_assert_eq!(held.squares, all.squares);
                    let expected = all.dot(&dense);
                    prop_assert_eq!(all.dot(&sparse), expected);
                    prop_assert_eq!(held.dot(&sparse), expected);
                    prop_assert_eq!(held.dot(&dense), expected);
                }
            }
            for (column, expected) in dense.iter().enumerate() {
                for columns in &columns {
                    let mut found = vec![F::default(); self.features + F::GROUP];
                    for (place, value) in columns.sample(column) {
                        found[place as usize] = value;
                    }
                    prop_assert_eq!(&found[..self.features], &expected[..]);
                }
            }
            prop_assert!(columns[1].is_full());
            Ok(columns[0].indices.iter().flatten().count())
        }
    }

    /// Up to 150 samples of up to 800 features, most of them with few.
    fn samples() -> impl Strategy<Value = (usize, Vec<Vec<(u32, u8)>>)> {
        (1_usize..800).prop_flat_map(|features| {
            let sample = prop::collection::btree_map(0..features as u32, any::<u8>(), 0..4);
            let sample = sample.prop_map(|sample| sample.into_iter().collect());
            (Just(features), prop::collection::vec(sample, 0..150))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn products_of_sparse_samples_are_those_of_all_features((features, samples) in samples()) {
            Compressed::new(features, &samples).check()?;
            let real = |&(place, value): &(u32, u8)| (place, (f32::from(value) - 100.0) / 7.0);
            let reals: Vec<Vec<_>> =
                samples.iter().map(|sample| sample.iter().map(real).collect()).collect();
            Compressed::new(features, &reals).check()?;
        }
    }

    /// Three samples of 50 features each, far apart.
    fn far_apart() -> Compressed<u8> {
        let sample = |first| {
            (0..50)
                .map(|i: u8| (first + 61 * u32::from(i), 1 + i))
                .collect()
        };
        Compressed::new(4_000, &[0, 7, 900].map(sample))
    }

    #[test]
    fn few_features_are_indexed_and_many_are_not() {
        assert_eq!(far_apart().check().unwrap(), 1);
        let near = Compressed::new(
            80,
            &[vec![(1, 3_u8), (40, 2)], (0..80).map(|i| (i, 9)).collect()],
        );
        assert_eq!(near.check().unwrap(), 0);
    }

    #[test]
    fn selected_columns_are_those_of_the_selected_samples() {
        let sample = |i: u32| -> Vec<u8> { (0..13).map(|j| (i * i * 31 + j * 17) as u8).collect() };
        let samples: Vec<_> = (0..150).map(sample).collect();
        let columns = |samples: &[Vec<u8>]| Columns::new(13, samples.iter().map(Vec::as_slice));
        let places: Vec<usize> = (0..70).map(|i| i * 37 % 150).collect();
        let some: Vec<_> = places.iter().map(|&i| samples[i].clone()).collect();
        let (selected, anew) = (columns(&samples).select(&places), columns(&some));
        assert_eq!(selected.len(), 70);
        let row = Rows::new([&samples[9][..]].into_iter());
        for (a, b) in selected.panels().zip(anew.panels()) {
            assert_eq!(a.squares, b.squares);
            assert_eq!(a.dot(&row.row(0)), b.dot(&row.row(0)));
        }
        assert_eq!(selected.panels().len(), anew.panels().len());
        assert_eq!(columns(&samples).select(&[]).panels().len(), 0);
    }

    #[test]
    fn indexed_pixels_become_reals() {
        let pixels = far_apart();
        let reals = Columns::new(4_000, pixels.sparse()).to_reals::<f32>();
        for (column, expected) in pixels.dense().iter().enumerate() {
            let mut found = vec![0.0; 4_000];
            for (place, value) in reals.sample(column) {
                found[place as usize] = value;
            }
            let expected: Vec<f32> = expected.iter().map(|&p| f32::pixel(p)).collect();
            assert_eq!(found, expected);
        }
        let row = Rows::new([&found_row(&pixels)[..]].into_iter());
        let product = reals.panels().next().unwrap().dot(&row.row(0)).0[1];
        let square: f32 = (1..=50).map(|p| f32::pixel(p) * f32::pixel(p)).sum();
        assert!((product - square).abs() < 1e-5);
    }

    /// The second sample as real numbers.
    fn found_row(pixels: &Compressed<u8>) -> Vec<f32> {
        pixels.dense()[1].iter().map(|&p| f32::pixel(p)).collect()
    }

    #[test]
    fn memory_is_in_proportion_to_the_features_that_are_not_zero() {
        const SAMPLES: usize = 2_000;
        const FEATURES: usize = 100_000;
        const EACH: usize = 50;
        let sample = |i: usize| {
            let place = |j: usize| ((i * 7_919 + j * j * 104_729) % FEATURES) as u32;
            let places: std::collections::BTreeSet<u32> = (0..EACH).map(place).collect();
            places.into_iter().map(|place| (place, 1.5_f32)).collect()
        };
        let samples = Compressed::new(FEATURES, &(0..SAMPLES).map(sample).collect::<Vec<_>>());
        let stored: usize = samples.rows.iter().map(|(places, _)| places.len()).sum();
        let columns = Columns::new(FEATURES, samples.sparse());
        let for_each = WIDTH * size_of::<f32>() + 20;
        let for_each_panel = 16 * FEATURES.div_ceil(4_096) + 2 * WIDTH * size_of::<f32>() + 128;
        let bound = stored * for_each + SAMPLES.div_ceil(WIDTH) * for_each_panel;
        assert!(columns.bytes() <= bound, "{} for {stored}", columns.bytes());
        // A sixteenth of what all features take.
        assert!(columns.bytes() < SAMPLES * FEATURES * size_of::<f32>() / 16);
    }
}
