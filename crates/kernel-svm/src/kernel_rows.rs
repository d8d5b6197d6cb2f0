//! Rows of the kernel matrix of one pair of classes, computed together and kept while there is
//! room for them.

use crate::real::Real;
use crate::slabs::Slabs;
use crate::threads;
use crate::working_set::WORKING_SET;
use inner_products::WIDTH;
use std::ops::Range;

const NOWHERE: u32 = u32::MAX;

/// Kernel values of the samples of two classes, those of the first class before the others.
pub(crate) trait KernelValues<R>: Sync {
    /// Samples of either class.
    fn sizes(&self) -> [usize; 2];

    /// K(x, x) of a sample x.
    fn diagonal(&self, sample: usize) -> R;

    /// Parts of the rows of `samples`: their kernel values with the samples of `columns`, which begin and end
    /// at a multiple of [`WIDTH`] in their class, or with it.
    fn compute(&self, samples: &[usize], columns: Range<usize>, rows: &mut [&mut [R]]);

    /// Kernel values of some of the samples, ascending, if a matrix of them alone is worth while.
    fn part(&self, _: &[usize]) -> Option<Box<dyn KernelValues<R> + '_>> {
        None
    }
}

/// Columns of a tile: with as many rows as a tile has, they stay in the L2 cache.
pub(crate) const TILE: usize = 16 * WIDTH;

/// What the matrix of some samples of another is made of.
pub(crate) struct Part<'a, R> {
    pub(crate) values: Box<dyn KernelValues<R> + 'a>,
    pub(crate) capacity: usize,
    pub(crate) room: usize,
}

/// The kernel matrix of two classes.
pub(crate) struct KernelRows<'a, R: Real> {
    values: Box<dyn KernelValues<R> + 'a>,
    threads: usize,
    /// Kernel rows that may be kept.
    capacity: usize,
    /// Values that the rows of its parts may have.
    room: usize,
    /// Memory for them, which other matrices use again.
    slots: &'a mut Slabs<R>,
    /// The slot of each sample's row.
    slot_of: Vec<u32>,
    /// The sample whose row lies in each slot.
    owners: Vec<usize>,
    /// When each slot was last asked for.
    used: Vec<usize>,
    clock: usize,
    computed: usize,
}

impl<'a, R: Real> KernelRows<'a, R> {
    /// A matrix without any rows yet, of which `capacity` may be kept at a time, in `slots` long enough, and as much
    /// again of its parts, if it has any.
    pub(crate) fn new(
        values: Box<dyn KernelValues<R> + 'a>,
        capacity: usize,
        threads: usize,
        slots: &'a mut Slabs<R>,
    ) -> Self {
        let samples = values.sizes().iter().sum();
        Self {
            values,
            threads,
            capacity,
            room: capacity.saturating_mul(samples),
            slots,
            slot_of: vec![NOWHERE; samples],
            owners: Vec::new(),
            used: Vec::new(),
            clock: 0,
            computed: 0,
        }
    }

    /// A matrix of some samples of another, which works on as many threads.
    pub(crate) fn of_part(part: Part<'a, R>, threads: usize, slots: &'a mut Slabs<R>) -> Self {
        Self {
            room: part.room,
            ..Self::new(part.values, part.capacity, threads, slots)
        }
    }

    /// K(x, x) of a sample x.
    pub(crate) fn diagonal(&self, sample: usize) -> R {
        self.values.diagonal(sample)
    }

    /// Number of samples, the length of a row.
    pub(crate) fn samples(&self) -> usize {
        self.slot_of.len()
    }

    /// Number of samples of the first class.
    pub(crate) fn firsts(&self) -> usize {
        self.values.sizes()[0]
    }

    /// Rows that may be kept at a time.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Threads that may work on this matrix.
    pub(crate) fn threads(&self) -> usize {
        self.threads
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
        let at_hand = |sample: usize| self.slot_of[sample] != NOWHERE;
        let missing: Vec<usize> = set.iter().copied().filter(|&i| !at_hand(i)).collect();
        if missing.is_empty() {
            return;
        }
        let claimed: Vec<usize> = missing.iter().map(|&sample| self.claim(sample)).collect();
        let mut wanted = vec![false; self.owners.len()];
        for slot in claimed {
            wanted[slot] = true;
        }
        self.slots.make_room(self.owners.len());
        self.compute(&wanted);
        self.computed += missing.len();
    }

    /// The row of a sample of the last set fetched.
    pub(crate) fn get(&self, sample: usize) -> &[R] {
        &self.slots.row(self.slot_of[sample] as usize)[..self.slot_of.len()]
    }

    /// Kernel values of some of the samples, with the memory that is left for their rows; `None` if they can only be
    /// had of all samples.
    pub(crate) fn part(&self, samples: &[usize]) -> Option<Part<'_, R>> {
        let values = self.values.part(samples)?;
        let room = self.room / 2;
        let rows = (room / samples.len()).max(WORKING_SET.min(self.capacity));
        Some(Part {
            values,
            capacity: rows.min(samples.len()),
            room,
        })
    }

    /// Counts rows of a part.
    pub(crate) fn count(&mut self, computed: usize) {
        self.computed += computed;
    }

    /// Columns in tiles that [`tile`](Self::tile) may be asked for.
    pub(crate) fn tiles(&self) -> Vec<Range<usize>> {
        let [first, second] = self.values.sizes();
        let of_class = |start: usize, len: usize| {
            let tile = move |place: usize| place..(place + TILE).min(start + len);
            (start..start + len).step_by(TILE).map(tile)
        };
        of_class(0, first).chain(of_class(first, second)).collect()
    }

    /// What rows of samples have in the columns of a tile, with their factors. What is not at hand is computed into
    /// the `buffer`, [`TILE`] values for each of `terms`.
    pub(crate) fn tile<'b>(
        &'b self,
        terms: &[(usize, f64)],
        columns: Range<usize>,
        buffer: &'b mut [R],
    ) -> Vec<(f64, &'b [R])> {
        let at_hand = |&sample: &usize| self.slot_of[sample] != NOWHERE;
        let samples = terms.iter().map(|&(sample, _)| sample);
        let missing: Vec<usize> = samples.filter(|sample| !at_hand(sample)).collect();
        let len = columns.len();
        let rows = buffer.chunks_exact_mut(TILE).map(|row| &mut row[..len]);
        let mut rows: Vec<&mut [R]> = rows.take(missing.len()).collect();
        self.values.compute(&missing, columns.clone(), &mut rows);
        let mut computed = buffer.chunks_exact(TILE).map(|row| &row[..len]);
        let mut row = |&(sample, factor): &(usize, f64)| {
            let row = if at_hand(&sample) {
                Some(&self.get(sample)[columns.clone()])
            } else {
                computed.next()
            };
            (factor, row.expect("every missing row was computed"))
        };
        terms.iter().map(&mut row).collect()
    }

    /// How many of the samples' rows are not at hand.
    pub(crate) fn missing(&self, terms: &[(usize, f64)]) -> usize {
        let missing = |&&(sample, _): &&(usize, f64)| self.slot_of[sample] == NOWHERE;
        terms.iter().filter(missing).count()
    }

    /// The rows of samples of the last set fetched, with their factors.
    pub(crate) fn scaled(&self, terms: &[(usize, f64)]) -> Vec<(f64, &[R])> {
        let row = |&(sample, factor): &(usize, f64)| (factor, self.get(sample));
        terms.iter().map(row).collect()
    }

    /// A slot for the row of `sample`: a new one, or that of the row least recently asked for.
    fn claim(&mut self, sample: usize) -> usize {
        let slot = if self.owners.len() < self.capacity {
            self.owners.push(sample);
            self.used.push(0);
            self.owners.len() - 1
        } else {
            let slot = (0..self.owners.len())
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

    /// Computes the rows of the slots that are `wanted`, a share of them in each thread.
    fn compute(&mut self, wanted: &[bool]) {
        let length = self.samples();
        let owners = self.owners.iter().zip(wanted);
        let (samples, mut rows): (Vec<usize>, Vec<&mut [R]>) = owners
            .zip(self.slots.rows_mut())
            .filter(|((_, wanted), _)| **wanted)
            .map(|((&sample, _), row)| (sample, &mut row[..length]))
            .unzip();
        let share = samples.len().div_ceil(self.threads);
        let parts = samples.chunks(share).zip(rows.chunks_mut(share));
        threads::each(parts, |(samples, rows)| {
            self.values.compute(samples, 0..length, rows);
        });
    }
}
