//! Kernel values of the samples of two classes, from their features.

use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::kernel_rows::KernelValues;
use crate::panels::{fill, overlap, panels};
use crate::real::Real;
use crate::shrinking::SomeOfPair;
use inner_products::{Columns, Feature, Row, Rows, Stripe, WIDTH};
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
                Some(products) => {
                    self.compute_from(&products[class], columns, &wanted, &mut parts);
                }
                None => self.compute_part(columns, &wanted, &mut parts),
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

    /// [`compute_part`](Self::compute_part) by way of inner products that are kept. Those of all columns are kept
    /// from now on.
    fn compute_from(
        &self,
        products: &KeptRows<Stripe<F::Product>>,
        columns: &Columns<F>,
        wanted: &Range<usize>,
        parts: &mut [(usize, &mut [R])],
    ) {
        if wanted.is_empty() {
            return;
        }
        let panels = panels(wanted);
        let row = |sample: usize| self.rows.row(self.row_index(sample));
        let found = parts.iter().map(|(sample, _)| products.get(*sample));
        let found: Vec<Option<&[_]>> = found.collect();
        let missing = parts
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none());
        let missing: Vec<usize> = missing.map(|((sample, _), _)| *sample).collect();
        let rows: Vec<Row<F>> = missing.iter().map(|&sample| row(sample)).collect();
        let mut computed = vec![Vec::with_capacity(panels.len()); rows.len()];
        let mut of_panel = vec![Stripe([F::Product::default(); WIDTH]); rows.len()];
        let of_panels = || columns.panels().take(panels.end).skip(panels.start);
        for panel in of_panels() {
            panel.dots(&rows, &mut of_panel);
            for (row, product) in computed.iter_mut().zip(&of_panel) {
                row.push(*product);
            }
        }
        let mut new = computed.iter();
        for ((sample, part), found) in parts.iter_mut().zip(found) {
            let of_row = match found {
                Some(all) => &all[panels.clone()],
                None => new.next().expect("what is missing was computed"),
            };
            let square = row(*sample).square;
            for ((part, products), panel) in part.chunks_mut(WIDTH).zip(of_row).zip(of_panels()) {
                let values = self
                    .function
                    .of_products::<F, R>(square, products, panel.squares);
                part.copy_from_slice(&values.0[..part.len()]);
            }
        }
        if wanted.len() == columns.len() {
            for (sample, row) in missing.into_iter().zip(&computed) {
                products.offer(sample, row);
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Kernel;

    const FIRSTS: usize = 2_000;

    /// Of two classes, the first with more columns than a tile has.
    fn samples() -> Vec<[f32; 3]> {
        let number = |i: usize, j: usize| ((i * i * 31 + i * j * 13 + j * 7) % 90) as f32 / 90.0;
        let sample = |i| [0, 1, 2].map(|j| number(i, j));
        (0..FIRSTS + 100).map(sample).collect()
    }

    #[test]
    fn products_that_are_kept_serve_any_columns_and_whole_rows_alone_are_kept() {
        let samples = samples();
        let (first, second) = samples.split_at(FIRSTS);
        let rows = Rows::new(samples.iter().map(<[f32; 3]>::as_slice));
        let columns = [first, second].map(|x| Columns::new(3, x.iter().map(<[f32; 3]>::as_slice)));
        let own_class = KeptRows::<f32>::new(samples.len(), 0);
        let products = [(); 2].map(|()| KeptRows::new(samples.len(), 1 << 20));
        let pair = |products| PairOfSamples {
            function: Function {
                kernel: Kernel::Rbf,
                gamma: 2.0,
            },
            rows: &rows,
            ranges: [0..FIRSTS, FIRSTS..samples.len()],
            columns: columns.each_ref(),
            kept: Kept {
                own_class: &own_class,
                products,
            },
        };
        let values = |pair: PairOfSamples<f32, f32>, wanted: Range<usize>| -> Vec<Vec<f32>> {
            let mut values = vec![vec![0.0; wanted.len()]; 3];
            let mut rows: Vec<&mut [f32]> = values.iter_mut().map(Vec::as_mut_slice).collect();
            pair.compute(&[7, 2_050, 9], wanted, &mut rows);
            values
        };
        let tile = 1_024..FIRSTS;
        let all = 0..samples.len();
        let expected = [&tile, &all].map(|wanted| values(pair(None), wanted.clone()));
        let by_products = |wanted: &Range<usize>| values(pair(Some(&products)), wanted.clone());
        assert_eq!(by_products(&tile), expected[0]);
        assert!(products[0].get(7).is_none(), "a part is no row");
        assert_eq!(by_products(&all), expected[1]);
        assert!(products[0].get(2_050).is_some() && products[1].get(9).is_some());
        assert_eq!(by_products(&tile), expected[0]);
        // Products of nobody show that they are not computed again.
        let panels = FIRSTS.div_ceil(WIDTH);
        let zeros = [(); 2].map(|()| KeptRows::new(samples.len(), 1 << 20));
        zeros[0].offer(7, &vec![Stripe([0.0; WIDTH]); panels]);
        let of_zeros = values(pair(Some(&zeros)), tile);
        assert_ne!(of_zeros[0], expected[0][0]);
        assert_eq!(of_zeros[1..], expected[0][1..]);
    }
}
