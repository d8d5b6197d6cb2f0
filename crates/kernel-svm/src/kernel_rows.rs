//! Rows of the kernel matrix of one pair of classes, computed together and kept while there is
//! room for them.

use crate::element::{Element, WIDTH};
use crate::kept_rows::KeptRows;
use crate::kernel::Function;
use crate::samples::{Columns, Rows};
use std::ops::Range;

const NOWHERE: u32 = u32::MAX;

/// Columns that [`add`](KernelRows::add) sums up at a time: their sums stay in the L1 cache.
const STRETCH: usize = 1_024;

/// What one matrix leaves for others to use.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'a, E: Element> {
    /// Kernel values of samples, by their index in the rows, with all of their class: the pairs of
    /// a class have most support vectors in common. On MNIST this saves a quarter of all inner
    /// products.
    pub(crate) own_class: &'a KeptRows<f32>,
    /// Inner products of the pair's samples with the panels of either class, for another γ.
    pub(crate) products: Option<&'a [KeptRows<[E::Product; WIDTH]>; 2]>,
}

/// The kernel matrix of the samples of two classes, those of the first class before the others.
pub(crate) struct KernelRows<'a, E: Element> {
    function: Function,
    rows: &'a Rows<E>,
    columns: [&'a Columns<E>; 2],
    /// Where the two classes lie in `rows`.
    ranges: [Range<usize>; 2],
    kept: Kept<'a, E>,
    threads: usize,
    /// Kernel rows that may be kept.
    capacity: usize,
    slots: Vec<Vec<f32>>,
    /// The slot of each sample's row.
    slot_of: Vec<u32>,
    /// The sample whose row lies in each slot.
    owners: Vec<usize>,
    /// When each slot was last asked for.
    used: Vec<usize>,
    clock: usize,
    computed: usize,
}

impl<'a, E: Element> KernelRows<'a, E> {
    /// A matrix without any rows yet, of which `capacity` may be kept at a time.
    pub(crate) fn new(
        function: Function,
        rows: &'a Rows<E>,
        columns: [&'a Columns<E>; 2],
        ranges: [Range<usize>; 2],
        kept: Kept<'a, E>,
        capacity: usize,
        threads: usize,
    ) -> Self {
        let samples = ranges[0].len() + ranges[1].len();
        Self {
            function,
            rows,
            columns,
            ranges,
            kept,
            threads,
            capacity,
            slots: Vec::new(),
            slot_of: vec![NOWHERE; samples],
            owners: Vec::new(),
            used: Vec::new(),
            clock: 0,
            computed: 0,
        }
    }

    /// Number of samples, the length of a row.
    pub(crate) fn samples(&self) -> usize {
        self.slot_of.len()
    }

    /// Number of samples of the first class.
    pub(crate) fn firsts(&self) -> usize {
        self.ranges[0].len()
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
        let mut rows: Vec<Vec<f32>> = slots
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
    pub(crate) fn get(&self, sample: usize) -> &[f32] {
        &self.slots[self.slot_of[sample] as usize]
    }

    /// `sums` ← `sums` + Σ factor · row. Each stretch is summed in f32 and added in f64, so that
    /// rounding does not add up from call to call.
    pub(crate) fn add(&self, terms: &[(usize, f64)], sums: &mut [f64]) {
        let terms: Vec<(f32, &[f32])> = terms
            .iter()
            .map(|&(sample, factor)| (factor as f32, self.get(sample)))
            .collect();
        pulp::Arch::new().dispatch(Add {
            terms: &terms,
            sums,
        });
    }

    /// A slot for the row of `sample`: a new one, or that of the row least recently asked for.
    fn claim(&mut self, sample: usize) -> usize {
        let slot = if self.slots.len() < self.capacity {
            self.slots.push(vec![0.0; self.samples()]);
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
    fn compute(&self, samples: &[usize], values: &mut [Vec<f32>]) {
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

    fn compute_share(&self, samples: &[usize], values: &mut [Vec<f32>]) {
        let starts = [0, self.firsts()];
        for (class, (columns, start)) in self.columns.iter().zip(starts).enumerate() {
            let own = |index: usize| self.ranges[class].contains(&index);
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
    fn compute_part(&self, columns: &Columns<E>, wanted: &mut [(usize, &mut [f32])]) {
        for (place, panel) in columns.panels().enumerate() {
            let first = place * WIDTH;
            let width = (columns.len() - first).min(WIDTH);
            for (sample, part) in &mut *wanted {
                let row = self
                    .function
                    .values(self.rows, self.row_index(*sample), panel);
                part[first..first + width].copy_from_slice(&row[..width]);
            }
        }
    }

    /// [`compute_part`](Self::compute_part) by way of inner products that are kept.
    fn compute_from(
        &self,
        products: &KeptRows<[E::Product; WIDTH]>,
        columns: &Columns<E>,
        wanted: &mut [(usize, &mut [f32])],
    ) {
        let (mut found, mut missing): (Vec<_>, Vec<_>) = wanted
            .iter_mut()
            .map(|(sample, part)| (*sample, &mut **part))
            .partition(|(sample, _)| products.get(*sample).is_some());
        let mut new = vec![Vec::with_capacity(columns.panels().len()); missing.len()];
        for panel in columns.panels() {
            for ((sample, _), new) in missing.iter().zip(&mut new) {
                new.push(E::dot(self.rows.row(self.row_index(*sample)), panel.groups));
            }
        }
        let found = found.iter_mut().map(|(sample, part)| {
            let row = products.get(*sample).expect("it was found");
            (*sample, &mut **part, row)
        });
        let missing_rows = missing.iter_mut().zip(&new);
        let missing_rows = missing_rows.map(|((sample, part), row)| (*sample, &mut **part, &**row));
        for (sample, part, row) in found.chain(missing_rows) {
            let square = self.rows.square(self.row_index(sample));
            for ((part, row), panel) in part.chunks_mut(WIDTH).zip(row).zip(columns.panels()) {
                let values = self.function.of_products::<E>(square, row, panel.squares);
                part.copy_from_slice(&values[..part.len()]);
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

struct Add<'a> {
    terms: &'a [(f32, &'a [f32])],
    sums: &'a mut [f64],
}

impl pulp::WithSimd for Add<'_> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "carries the instruction set along")]
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let mut partial = [0.0_f32; STRETCH];
        for (stretch, sums) in self.sums.chunks_mut(STRETCH).enumerate() {
            let partial = &mut partial[..sums.len()];
            partial.fill(0.0);
            for &(factor, row) in self.terms {
                for (sum, value) in partial.iter_mut().zip(&row[stretch * STRETCH..]) {
                    *sum += factor * value;
                }
            }
            for (sum, &partial) in sums.iter_mut().zip(&*partial) {
                *sum += f64::from(partial);
            }
        }
    }
}
