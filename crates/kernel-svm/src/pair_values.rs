//! Kernel values of the samples of two classes, from their features.

use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::kernel_rows::KernelValues;
use crate::panels::{fill, overlap};
use crate::real::Real;
use crate::shrinking::SomeOfPair;
use inner_products::{Columns, Feature, Rows, Stripe, WIDTH};
use std::ops::Range;

/// What one matrix leaves for others to use.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'a, F: Feature, R: Real> {
    /// Kernel values of samples, by their index in the rows, with all of their class: the pairs of
    /// a class have most support vectors in common. On MNIST this saves a quarter of all inner
    /// products.
    pub(crate) own_class: &'a KeptRows<R>,
    /// Inner products of the pair's samples with the panels of either class, for another γ.
    pub(crate) products: Option<&'a [KeptRows<Stripe<F::Product>>; 2]>,
}

/// The samples of two classes, those of the first before the others.
pub(crate) struct PairOfSamples<'a, F: Feature, R: Real> {
    pub(crate) function: Function,
    /// Among others.
    pub(crate) rows: &'a Rows<F>,
    /// Where the two classes lie in `rows`.
    pub(crate) ranges: [Range<usize>; 2],
    pub(crate) columns: [&'a Columns<F>; 2],
    pub(crate) kept: Kept<'a, F, R>,
}

impl<F: Feature, R: Real> KernelValues<R> for PairOfSamples<'_, F, R> {
    fn sizes(&self) -> [usize; 2] {
        self.ranges.each_ref().map(Range::len)
    }

    fn diagonal(&self, sample: usize) -> R {
        let square = self.rows.row(self.row_index(sample)).square;
        self.function.of_square::<F, R>(square)
    }

    fn compute(&self, samples: &[usize], wanted: Range<usize>, values: &mut [&mut [R]]) {
        let starts = [0, self.ranges[0].len()];
        for (class, (columns, start)) in self.columns.iter().zip(starts).enumerate() {
            let (wanted, place) = overlap(&wanted, start..start + columns.len());
            let is_whole = wanted.len() == columns.len();
            let own = |index: usize| self.ranges[class].contains(&index);
            let mut parts = Vec::with_capacity(samples.len());
            for (&sample, values) in samples.iter().zip(&mut *values) {
                let index = self.row_index(sample);
                let part = &mut values[place..][..wanted.len()];
                match self.kept.own_class.get(index) {
                    Some(row) if own(index) => part.copy_from_slice(&row[wanted.clone()]),
                    _ => parts.push((sample, part)),
                }
            }
            match self.kept.products {
                Some(products) if is_whole => {
                    self.compute_from(&products[class], columns, &mut parts);
                }
                _ => self.compute_part(columns, &wanted, &mut parts),
            }
            for (sample, part) in parts {
                let index = self.row_index(sample);
                if own(index) && is_whole {
                    self.kept.own_class.offer(index, part);
                }
            }
        }
    }

    fn part(&self, samples: &[usize]) -> Option<Box<dyn KernelValues<R> + '_>> {
        // Products that are kept are of all samples, and so is the index of sparse columns.
        let is_fit = self.kept.products.is_none() && self.columns.iter().all(|c| c.is_full());
        is_fit.then(|| {
            let index = |sample| self.row_index(sample);
            let some = SomeOfPair::new(self.function, self.rows, index, self.columns, samples);
            Box::new(some) as Box<dyn KernelValues<R> + '_>
        })
    }
}

impl<F: Feature, R: Real> PairOfSamples<'_, F, R> {
    /// Rows of samples against columns of one class.
    fn compute_part(
        &self,
        columns: &Columns<F>,
        wanted: &Range<usize>,
        parts: &mut [(usize, &mut [R])],
    ) {
        let parts = parts.iter_mut();
        let (indices, mut parts): (Vec<usize>, Vec<&mut [R]>) = parts
            .map(|(sample, part)| (self.row_index(*sample), &mut **part))
            .unzip();
        let indices = indices.into_iter();
        fill(
            self.function,
            self.rows,
            columns,
            wanted,
            indices,
            &mut parts,
        );
    }

    /// [`compute_part`](Self::compute_part) by way of inner products that are kept.
    fn compute_from(
        &self,
        products: &KeptRows<Stripe<F::Product>>,
        columns: &Columns<F>,
        wanted: &mut [(usize, &mut [R])],
    ) {
        let (mut found, mut missing): (Vec<_>, Vec<_>) = wanted
            .iter_mut()
            .map(|(sample, part)| (*sample, &mut **part))
            .partition(|(sample, _)| products.get(*sample).is_some());
        let mut new = vec![Vec::with_capacity(columns.panels().len()); missing.len()];
        for panel in columns.panels() {
            for ((sample, _), new) in missing.iter().zip(&mut new) {
                let row = self.rows.row(self.row_index(*sample));
                new.push(panel.dot(&row));
            }
        }
        let found = found.iter_mut().map(|(sample, part)| {
            let row = products.get(*sample).expect("it was found");
            (*sample, &mut **part, row)
        });
        let missing_rows = missing.iter_mut().zip(&new);
        let missing_rows = missing_rows.map(|((sample, part), row)| (*sample, &mut **part, &**row));
        for (sample, part, row) in found.chain(missing_rows) {
            let square = self.rows.row(self.row_index(sample)).square;
            for ((part, row), panel) in part.chunks_mut(WIDTH).zip(row).zip(columns.panels()) {
                let values = self
                    .function
                    .of_products::<F, R>(square, row, panel.squares);
                part.copy_from_slice(&values.0[..part.len()]);
            }
        }
        for ((sample, _), row) in missing.iter().zip(&new) {
            products.offer(*sample, row);
        }
    }

    /// Where a sample lies in `rows`.
    fn row_index(&self, sample: usize) -> usize {
        let [first, second] = &self.ranges;
        if sample < first.len() {
            first.start + sample
        } else {
            second.start + sample - first.len()
        }
    }
}
