//! Gradient descent at the hardware's speed: the arithmetic of [`forward`](crate::forward()),
//! [`gradient()`](crate::gradient()) and [`update`](crate::update) on non-zero features only, a
//! vector of classes at a time, the features split between two threads.
//!
//! Splitting the images of a batch would send weights and gradients from core to core at every
//! update. Splitting the features sends only partial logits: each thread owns half of W's rows
//! (halves by non-zero features), adds up its share of the logits, and after one barrier per batch
//! both know the residuals and update their own rows. The halves are the same for any number of
//! threads, so the bits are, too.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::columns::Columns;
use crate::entries::WIDEST;
use crate::lanes::{LANES, Lanes};
use crate::{SoftmaxRegression, Weights};
use datasets::{Dataset, Images};
use std::ops::Range;
use std::sync::RwLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Images whose non-zero features decide where to split.
const SAMPLE: usize = 1_000;

/// Weights and data in the form that this descent works on.
pub(crate) struct SparseDescent<'a> {
    parts: Vec<Columns>,
    bias: Vec<Lanes>,
    labels: &'a [usize],
    classes: usize,
    features: usize,
    threads: usize,
}

impl<'a> SparseDescent<'a> {
    /// Zero weights, ready to learn from `train`.
    pub(crate) fn new(train: &'a Dataset, threads: usize) -> Self {
        let (images, classes) = (train.images(), train.classes());
        let ranges = split(images);
        let collect = |range: &Range<usize>| Columns::collect(images, range.clone(), classes);
        let parts = if threads > 1 {
            use rayon::prelude::*;
            ranges.par_iter().map(collect).collect()
        } else {
            ranges.iter().map(collect).collect()
        };
        // Lanes without a class can never win.
        let mut bias = vec![Lanes::splat(f32::NEG_INFINITY); classes.div_ceil(LANES)];
        for class in 0..classes {
            bias[class / LANES].0[class % LANES] = 0.0;
        }
        Self {
            parts,
            bias,
            labels: train.labels(),
            classes,
            features: images.features(),
            threads: threads.min(ranges.len()),
        }
    }

    /// One pass over the images in `order`, an update per `batch_size` of them. Returns the mean
    /// loss, each batch's taken before its update.
    pub(crate) fn epoch(&mut self, order: &[usize], batch_size: usize, learning_rate: f32) -> f64 {
        let partial = || vec![Lanes::splat(0.0); batch_size.min(order.len()) * self.bias.len()];
        let exchange: Vec<[RwLock<Vec<Lanes>>; 2]> = self
            .parts
            .iter()
            .map(|_| [RwLock::new(partial()), RwLock::new(partial())])
            .collect();
        let barrier = SpinBarrier::new(self.threads);
        let (labels, bias, arch) = (self.labels, &self.bias, pulp::Arch::new());
        let work = |first: usize, own: &mut [Columns]| {
            let mut worker = Worker {
                first,
                own,
                head: Head {
                    bias: bias.clone(),
                    labels,
                    learning_rate,
                },
                exchange: &exchange,
                barrier: &barrier,
            };
            let loss = arch.dispatch(Epoch {
                worker: &mut worker,
                order,
                batch_size,
            });
            (loss, worker.head.bias)
        };
        let (loss, bias) = if self.threads > 1 {
            let own = self.parts.len().div_ceil(self.threads);
            let (mine, others) = self.parts.split_at_mut(own);
            std::thread::scope(|scope| {
                let work = &work;
                for (i, others) in others.chunks_mut(own).enumerate() {
                    scope.spawn(move || work((i + 1) * own, others));
                }
                work(0, mine)
            })
        } else {
            work(0, &mut self.parts)
        };
        self.bias = bias;
        loss / order.len() as f64
    }

    /// The model as it stands.
    pub(crate) fn model(&self) -> SoftmaxRegression {
        let mut weights = Weights::zeros(self.features, self.classes);
        for part in &self.parts {
            part.write(&mut weights.w, self.classes);
        }
        for (class, b) in weights.b.iter_mut().enumerate() {
            *b = self.bias[class / LANES].0[class % LANES];
        }
        SoftmaxRegression { weights }
    }
}

/// Ranges of features with about as many non-zero values each: two, or more where two would be
/// too wide.
fn split(images: &Images) -> Vec<Range<usize>> {
    let features = images.features();
    let parts = (2 * features.div_ceil(2 * WIDEST)).min(features);
    let sample = images.slice(0..images.len().min(SAMPLE));
    let mut counts = vec![0_usize; features];
    for image in sample.to_f32().chunks_exact(features) {
        for (count, &value) in counts.iter_mut().zip(image) {
            *count += usize::from(value != 0.0);
        }
    }
    let total: usize = counts.iter().sum();
    let mut ranges = Vec::with_capacity(parts);
    let (mut start, mut seen) = (0, 0);
    for (feature, count) in counts.iter().enumerate() {
        seen += count;
        let left = parts - ranges.len() - 1;
        let full = seen * parts >= total * (ranges.len() + 1) || feature + 1 - start == WIDEST;
        // Every later part keeps at least one feature, and none gets more than fit.
        let must = features - feature - 1 == left;
        let may = left > 0 && features - feature - 1 <= left * WIDEST;
        if may && (full || must) {
            ranges.push(start..feature + 1);
            start = feature + 1;
        }
    }
    ranges.push(start..features);
    ranges
}

/// Turns the logits of an image into its step (ŷ − y) η/m, and returns its loss.
#[inline(always)]
fn to_step(z: &mut [Lanes], label: usize, scale: f32) -> f32 {
    let max = z.iter().map(Lanes::max).fold(f32::NEG_INFINITY, f32::max);
    let z_label = z[label / LANES].0[label % LANES];
    let mut sum = 0.0;
    for block in &mut *z {
        *block = block.exp_shifted(max);
        sum += block.sum();
    }
    let factor = scale / sum;
    for block in &mut *z {
        block.scale(factor);
    }
    z[label / LANES].0[label % LANES] -= scale;
    max - z_label + sum.ln()
}

/// What every thread computes for itself, from the same numbers in the same order.
struct Head<'a> {
    bias: Vec<Lanes>,
    labels: &'a [usize],
    learning_rate: f32,
}

impl Head<'_> {
    /// b ← b − the sum of the steps.
    #[inline(always)]
    fn descend(&mut self, steps: &[Lanes]) {
        let blocks = self.bias.len();
        for (block, b) in self.bias.iter_mut().enumerate() {
            let mut sum = Lanes::splat(0.0);
            for step in steps.iter().skip(block).step_by(blocks) {
                sum.add(step);
            }
            b.add_scaled(-1.0, &sum);
        }
    }
}

/// One thread's share of an epoch.
struct Worker<'a> {
    /// Index of the first of its own parts.
    first: usize,
    own: &'a mut [Columns],
    head: Head<'a>,
    /// Partial logits of every part, for batches of even and of odd number: one is read while
    /// the other is written.
    exchange: &'a [[RwLock<Vec<Lanes>>; 2]],
    barrier: &'a SpinBarrier,
}

/// An epoch as a closure that is compiled once per instruction set. `inline(always)` all the way
/// down carries the instruction set along.
struct Epoch<'a, 'b> {
    worker: &'a mut Worker<'b>,
    order: &'a [usize],
    batch_size: usize,
}

impl pulp::WithSimd for Epoch<'_, '_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        self.worker.run(self.order, self.batch_size)
    }
}

impl Worker<'_> {
    /// The sum of the losses, each before the update of its batch.
    #[inline(always)]
    fn run(&mut self, order: &[usize], batch_size: usize) -> f64 {
        let blocks = self.head.bias.len();
        let mut loss = 0.0;
        let mut steps: Vec<Lanes> = Vec::new();
        for (round, batch) in order.chunks(batch_size).enumerate() {
            let size = batch.len() * blocks;
            for (part, slots) in self.own.iter().zip(&self.exchange[self.first..]) {
                let mut partial = slots[round % 2].write().expect("no thread panics");
                part.logits(batch, &mut partial[..size]);
            }
            self.barrier.wait(round);
            steps.clear();
            steps.extend(batch.iter().flat_map(|_| &self.head.bias));
            for slots in self.exchange {
                let partial = slots[round % 2].read().expect("no thread panics");
                for (z, partial) in steps.iter_mut().zip(&partial[..size]) {
                    z.add(partial);
                }
            }
            let scale = self.head.learning_rate / batch.len() as f32;
            for (&image, step) in batch.iter().zip(steps.chunks_exact_mut(blocks)) {
                loss += f64::from(to_step(step, self.head.labels[image], scale));
            }
            self.head.descend(&steps);
            for part in &mut *self.own {
                part.descend(batch, &steps);
            }
        }
        loss
    }
}

/// A barrier that spins: there are 600 per epoch, and sleeping takes longer than a batch.
struct SpinBarrier {
    arrived: AtomicUsize,
    threads: usize,
}

impl SpinBarrier {
    fn new(threads: usize) -> Self {
        Self {
            arrived: AtomicUsize::new(0),
            threads,
        }
    }

    /// Returns once every thread has called it for `round`, from 0.
    fn wait(&self, round: usize) {
        self.arrived.fetch_add(1, Ordering::AcqRel);
        let mut spins = 0_u32;
        while self.arrived.load(Ordering::Acquire) < self.threads * (round + 1) {
            spins += 1;
            // Somebody else has this processor, perhaps the one that is waited for.
            if spins.is_multiple_of(4096) {
                std::thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
    }
}
