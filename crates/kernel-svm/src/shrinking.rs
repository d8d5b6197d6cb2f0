//! Kernel values of only some of a pair's samples: those that may still move.

use crate::kernel::Function;
use crate::kernel_rows::KernelValues;
use crate::panels::{fill, overlap};
use crate::real::Real;
use inner_products::{Columns, Feature, Rows};
use std::ops::Range;

/// Some of the samples of two classes, those of the first before the others.
pub(crate) struct SomeOfPair<'a, F: Feature> {
    function: Function,
    rows: &'a Rows<F>,
    /// Where each sample lies in `rows`.
    indices: Vec<usize>,
    columns: [Columns<F>; 2],
}

impl<'a, F: Feature> SomeOfPair<'a, F> {
    /// `samples`, ascending, of two classes with these `columns`, each of which lies at an `index` in `rows`.
    ///
    /// # Panics
    /// If the columns do not hold all features.
    pub(crate) fn new(
        function: Function,
        rows: &'a Rows<F>,
        index: impl Fn(usize) -> usize,
        columns: [&Columns<F>; 2],
        samples: &[usize],
    ) -> Self {
        let firsts = columns[0].len();
        let (first, second) = samples.split_at(samples.partition_point(|&i| i < firsts));
        let second: Vec<usize> = second.iter().map(|i| i - firsts).collect();
        Self {
            function,
            rows,
            indices: samples.iter().map(|&i| index(i)).collect(),
            columns: [columns[0].select(first), columns[1].select(&second)],
        }
    }
}

impl<F: Feature, R: Real> KernelValues<R> for SomeOfPair<'_, F> {
    fn sizes(&self) -> [usize; 2] {
        self.columns.each_ref().map(Columns::len)
    }

    fn diagonal(&self, sample: usize) -> R {
        let square = self.rows.row(self.indices[sample]).square;
        self.function.of_square::<F, R>(square)
    }

    fn compute(&self, samples: &[usize], columns: Range<usize>, rows: &mut [&mut [R]]) {
        let mut start = 0;
        for of_class in &self.columns {
            let (wanted, place) = overlap(&columns, start..start + of_class.len());
            let indices = samples.iter().map(|&sample| self.indices[sample]);
            let parts = rows.iter_mut();
            let mut parts: Vec<_> = parts.map(|row| &mut row[place..][..wanted.len()]).collect();
            fill(
                self.function,
                self.rows,
                of_class,
                &wanted,
                indices,
                &mut parts,
            );
            start += of_class.len();
        }
    }

    fn part(&self, samples: &[usize]) -> Option<Box<dyn KernelValues<R> + '_>> {
        let [first, second] = &self.columns;
        Some(Box::new(SomeOfPair::new(
            self.function,
            self.rows,
            |i| self.indices[i],
            [first, second],
            samples,
        )))
    }
}
