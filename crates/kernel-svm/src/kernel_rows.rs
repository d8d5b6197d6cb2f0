//! Rows of the kernel matrix of one pair of classes, computed together and kept while there is
//! room for them.

use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::real::Real;
use inner_products::{Columns, Feature, Rows, WIDTH};
use std::ops::Range;

const NOWHERE: u32 = u32::MAX;

/// What one matrix leaves for others to use.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'a, F: Feature, R: Real> {
    /// Kernel values of samples, by their index in the rows, with all of their class: the pairs of
    /// a class have most support vectors in common. On MNIST this saves a quarter of all inner
    /// products.
    pub(crate) own_class: &'a KeptRows<R>,
    /// Inner products of the pair's samples with the panels of either class, for another γ.
    pub(crate) products: Option<&'a [KeptRows<[F::Product; WIDTH]>; 2]>,
}

/// The samples of two classes.
pub(crate) struct TwoClasses<'a, F: Feature> {
    /// Among others.
    pub(crate) rows: &'a Rows<F>,
    /// Where the two classes lie in `rows`.
    pub(crate) ranges: [Range<usize>; 2],
    pub(crate) columns: [&'a Columns<F>; 2],
}

/// The kernel matrix of the samples of two classes, those of the first class before the others.
pub(crate) struct KernelRows<'a, F: Feature, R: Real> {
    function: Function,
    classes: TwoClasses<'a, F>,
    kept: Kept<'a, F, R>,
    threads: usize,
    /// Kernel rows that may be kept.
    capacity: usize,
    slots: Vec<Vec<R>>,
    /// Rows of other matrices, whose memory is used again.
    spare: &'a mut Vec<Vec<R>>,
    /// The slot of each sample's row.
    slot_of: Vec<u32>,
    /// The sample whose row lies in each slot.
    owners: Vec<usize>,
    /// When each slot was last asked for.
    used: Vec<usize>,
    clock: usize,
    computed: usize,
}

impl<'a, F: Feature, R: Real> KernelRows<'a, F, R> {
    /// A matrix without any rows yet, of which `capacity` may be kept at a time.
    pub(crate) fn new(
        function: Function,
        classes: TwoClasses<'a, F>,
        kept: Kept<'a, F, R>,
        capacity: usize,
        threads: usize,
        spare: &'a mut Vec<Vec<R>>,
    ) -> Self {
        let samples = classes.ranges.iter().map(Range::len).sum();
        Self {
            function,
            classes,
            kept,
            threads,
            capacity,
            slots: Vec::new(),
            spare,
            slot_of: vec![NOWHERE; samples],
            owners: Vec::new(),
            used: Vec::new(),
            clock: 0,
            computed: 0,
        }
    }

    /// K(x, x) of a sample x.
    pub(crate) fn diagonal(&self, sample: usize) -> R {
        let square = self.classes.rows.square(self.row_index(sample));
        self.function.of_square::<F, R>(square)
    }

    /// Number of samples, the length of a row.
    pub(crate) fn samples(&self) -> usize {
        self.slot_of.len()
    }

    /// Number of samples of the first class.
    pub(crate) fn firsts(&self) -> usize {
        self.classes.ranges[0].len()
    }

    /// Rows that may be kept at a time.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Rows computed so far, those computed again included.
    pub(crate) fn computed(&self) -> usize {
        self.computed
    }

    /// Computes the rows of `set`, no more than the capacity, that are not at hand, at the
    /// expense of those that were not asked for the longest.
    pub(crate) fn fetch(&mut self, set: &[usize]) {
        assert!(set.len() <= self.capacity, "a working set fits the memory");
        self.clock += 1;
        for &sample in set {
            if self.slot_of[sample] != NOWHERE {
                self.used[self.slot_of[sample] as usize] = self.clock;
            }
        }
        let missing: Vec<usize> = set
            .iter()
            .copied()
            .filter(|&sample| self.slot_of[sample] == NOWHERE)
            .collect();
        let slots: Vec<usize> = missing.iter().map(|&sample| self.claim(sample)).collect();
        let mut rows: Vec<Vec<R>> = slots
            .iter()
            .map(|&slot| std::mem::take(&mut self.slots[slot]))
            .collect();
        self.compute(&missing, &mut rows);
        for (slot, row) in slots.into_iter().zip(rows) {
            self.slots[slot] = row;
        }
        self.computed += missing.len();
    }

    /// The row of a sample of the last set fetched.
    pub(crate) fn get(&self, sample: usize) -> &[R] {
        &self.slots[self.slot_of[sample] as usize]
    }

    /// The rows of samples of the last set fetched, with their factors.
    pub(crate) fn scaled(&self, terms: &[(usize, f64)]) -> Vec<(f64, &[R])> {
        let row = |&(sample, factor): &(usize, f64)| (factor, self.get(sample));
        terms.iter().map(row).collect()
    }

    /// A slot for the row of `sample`: a new one, or that of the row least recently asked for.
    fn claim(&mut self, sample: usize) -> usize {
        let slot = if self.slots.len() < self.capacity {
            let mut row = self.spare.pop().unwrap_or_default();
            row.resize(self.samples(), R::default());
            self.slots.push(row);
            self.owners.push(sample);
            self.used.push(0);
            self.slots.len() - 1
        } else {
            let slot = (0..self.slots.len())
                .min_by_key(|&slot| self.used[slot])
                .expect("the capacity is above 0");
            self.slot_of[self.owners[slot]] = NOWHERE;
            self.owners[slot] = sample;
            slot
        };
        self.used[slot] = self.clock;
        self.slot_of[sample] = slot as u32;
        slot
    }

    /// Panel after panel, each against all rows: a panel is read from memory once.
    fn compute(&self, samples: &[usize], values: &mut [Vec<R>]) {
        let share = samples.len().div_ceil(self.threads).max(1);
        std::thread::scope(|scope| {
            let mut work = samples.chunks(share).zip(values.chunks_mut(share));
            let mine = work.next();
            for (samples, values) in work {
                scope.spawn(move || self.compute_share(samples, values));
            }
            if let Some((samples, values)) = mine {
                self.compute_share(samples, values);
            }
        });
    }

    fn compute_share(&self, samples: &[usize], values: &mut [Vec<R>]) {
        let starts = [0, self.firsts()];
        for (class, (columns, start)) in self.classes.columns.iter().zip(starts).enumerate() {
            let own = |index: usize| self.classes.ranges[class].contains(&index);
            let mut wanted = Vec::with_capacity(samples.len());
            for (&sample, values) in samples.iter().zip(&mut *values) {
                let index = self.row_index(sample);
                let part = &mut values[start..][..columns.len()];
                match self.kept.own_class.get(index) {
                    Some(row) if own(index) => part.copy_from_slice(row),
                    _ => wanted.push((sample, part)),
                }
            }
            match self.kept.products {
                None => self.compute_part(columns, &mut wanted),
                Some(products) => self.compute_from(&products[class], columns, &mut wanted),
            }
            for (sample, part) in wanted {
                let index = self.row_index(sample);
                if own(index) {
                    self.kept.own_class.offer(index, part);
                }
            }
        }
    }

    /// Rows of samples against the columns of one class.
    fn compute_part(&self, columns: &Columns<F>, wanted: &mut [(usize, &mut [R])]) {
        for (place, panel) in columns.panels().enumerate() {
            for (sample, part) in &mut *wanted {
                let values =
                    self.function
                        .values(self.classes.rows, self.row_index(*sample), panel);
                let part = &mut part[place * WIDTH..];
                match part.first_chunk_mut() {
                    Some(part) => *part = values,
                    None => part.copy_from_slice(&values[..part.len()]),
                }
            }
        }
    }

    /// [`compute_part`](Self::compute_part) by way of inner products that are kept.
    fn compute_from(
        &self,
        products: &KeptRows<[F::Product; WIDTH]>,
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
                new.push(F::dot(
                    self.classes.rows.row(self.row_index(*sample)),
                    panel.stripes,
                ));
            }
        }
        let found = found.iter_mut().map(|(sample, part)| {
            let row = products.get(*sample).expect("it was found");
            (*sample, &mut **part, row)
        });
        let missing_rows = missing.iter_mut().zip(&new);
        let missing_rows = missing_rows.map(|((sample, part), row)| (*sample, &mut **part, &**row));
        for (sample, part, row) in found.chain(missing_rows) {
            let square = self.classes.rows.square(self.row_index(sample));
            for ((part, row), panel) in part.chunks_mut(WIDTH).zip(row).zip(columns.panels()) {
                let values = self
                    .function
                    .of_products::<F, R>(square, row, panel.squares);
                part.copy_from_slice(&values[..part.len()]);
            }
        }
        for ((sample, _), row) in missing.iter().zip(&new) {
            products.offer(*sample, row);
        }
    }

    /// Where a sample lies in `rows`.
    fn row_index(&self, sample: usize) -> usize {
        let [first, second] = &self.classes.ranges;
        if sample < first.len() {
            first.start + sample
        } else {
            second.start + sample - first.len()
        }
    }
}

impl<F: Feature, R: Real> Drop for KernelRows<'_, F, R> {
    fn drop(&mut self) {
        self.spare.append(&mut self.slots);
    }
}
