//! Rows of the kernel matrix of one pair of classes, computed together and kept while there is
//! room for them.

use crate::real::Real;

const NOWHERE: u32 = u32::MAX;

/// Kernel values of the samples of two classes, those of the first class before the others.
pub(crate) trait KernelValues<R>: Sync {
    /// Samples of either class.
    fn sizes(&self) -> [usize; 2];

    /// K(x, x) of a sample x.
    fn diagonal(&self, sample: usize) -> R;

    /// The rows of `samples`: their kernel values with all samples.
    fn compute(&self, samples: &[usize], rows: &mut [Vec<R>]);
}

/// The kernel matrix of two classes.
pub(crate) struct KernelRows<'a, R: Real> {
    values: Box<dyn KernelValues<R> + 'a>,
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

impl<'a, R: Real> KernelRows<'a, R> {
    /// A matrix without any rows yet, of which `capacity` may be kept at a time.
    pub(crate) fn new(
        values: Box<dyn KernelValues<R> + 'a>,
        capacity: usize,
        threads: usize,
        spare: &'a mut Vec<Vec<R>>,
    ) -> Self {
        let samples = values.sizes().iter().sum();
        Self {
            values,
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
            self.slots.push(self.spare.pop().unwrap_or_default());
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

    /// Computes the rows of `samples`, a share of them in each thread.
    ///
    /// Each thread makes room for its own rows: the system clears memory when it is first touched, which one thread
    /// would do for all.
    fn compute(&self, samples: &[usize], rows: &mut [Vec<R>]) {
        let length = self.samples();
        let compute = |samples: &[usize], rows: &mut [Vec<R>]| {
            for row in rows.iter_mut() {
                make_room(row, length);
            }
            self.values.compute(samples, rows);
        };
        let compute = &compute;
        let share = samples.len().div_ceil(self.threads).max(1);
        std::thread::scope(|scope| {
            let mut work = samples.chunks(share).zip(rows.chunks_mut(share));
            let mine = work.next();
            for (samples, rows) in work {
                scope.spawn(move || compute(samples, rows));
            }
            if let Some((samples, rows)) = mine {
                compute(samples, rows);
            }
        });
    }
}

/// Makes a row as long as `length`, whatever it holds. New memory is 0 as the system gives it: it is not written twice.
fn make_room<R: Real>(row: &mut Vec<R>, length: usize) {
    if row.capacity() < length {
        *row = vec![R::default(); length];
    } else {
        row.resize(length, R::default());
    }
}

impl<R: Real> Drop for KernelRows<'_, R> {
    fn drop(&mut self) {
        self.spare.append(&mut self.slots);
    }
}
