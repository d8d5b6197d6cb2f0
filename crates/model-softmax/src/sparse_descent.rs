//! Gradient descent at the hardware's speed: the arithmetic of [`forward`](crate::forward()),
//! [`gradient()`](crate::gradient()) and [`update`](crate::update) on non-zero features only, a
//! vector of classes at a time, the features split between two threads.
//!
//! Splitting the images of a batch would send weights and gradients from core to core at every
//! update. Splitting the features sends only partial logits: each thread owns half of W's rows
//! (halves by non-zero features), adds up its share of the logits, and after one barrier per batch
//! both know the residuals and update their own rows. The halves are the same for any number of
//! threads, so the bits are, too.
//!
//! Each row of W is updated once per batch, by the sum over the batch's images: one image at a time
//! into the weights would lose most of a step to rounding, and into a gradient beside them would
//! take the L1 cache twice.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::batches::Batches;
use crate::lanes::{LANES, Lanes};
use crate::residual::{ByClass, Residuals};
use crate::sparse::{Feature, GROUP};
use crate::{SoftmaxRegression, Weights};
use std::ops::Range;
use std::sync::RwLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Images whose non-zero features decide where to split.
const SAMPLE: usize = 1_000;

/// A range of the features: their values in every image, and the rows of W that they meet.
struct Part<'a, F: Feature> {
    range: Range<usize>,
    data: Batches<'a, F>,
    /// Shape (blocks of 16 classes, padded features of the range, 16).
    weights: Vec<Lanes>,
}

/// Weights and data in the form that this descent works on.
pub(crate) struct SparseDescent<'a, F: Feature> {
    parts: Vec<Part<'a, F>>,
    bias: Vec<f32>,
    labels: &'a [usize],
    classes: usize,
    features: usize,
    threads: usize,
}

impl<'a, F: Feature> SparseDescent<'a, F> {
    /// Zero weights, ready to learn from `images` of `features` values each.
    pub(crate) fn new(
        images: &'a [F],
        features: usize,
        labels: &'a [usize],
        classes: usize,
        threads: usize,
    ) -> Self {
        let ranges = split(images, features);
        let threads = threads.min(ranges.len());
        let blocks = classes.div_ceil(LANES);
        let collect = |range: &Range<usize>| {
            let data = Batches::new(images, features, range);
            Part {
                weights: vec![Lanes::splat(0.0); blocks * data.padded()],
                data,
                range: range.clone(),
            }
        };
        let parts = if threads > 1 {
            use rayon::prelude::*;
            ranges.par_iter().map(collect).collect()
        } else {
            ranges.iter().map(collect).collect()
        };
        Self {
            parts,
            bias: vec![0.0; classes],
            labels,
            classes,
            features,
            threads,
        }
    }

    /// One pass over the images in `order`, an update per `batch_size` of them. Returns the mean
    /// loss, each batch's taken before its update.
    pub(crate) fn epoch(&mut self, order: &[usize], batch_size: usize, learning_rate: f32) -> f64 {
        let exchange: Vec<[RwLock<ByClass>; 2]> = self
            .parts
            .iter()
            .map(|_| [(); 2].map(|()| RwLock::new(ByClass::new(0, 0))))
            .collect();
        let barrier = SpinBarrier::new(self.threads);
        let (labels, bias, arch) = (self.labels, &self.bias, pulp::Arch::new());
        let work = |first: usize, own: &mut [Part<'a, F>]| {
            for part in &mut *own {
                part.data.arrange(order, batch_size);
            }
            let mut worker = Worker {
                first,
                own,
                bias: bias.clone(),
                labels,
                learning_rate,
                exchange: &exchange,
                barrier: &barrier,
            };
            let loss = arch.dispatch(Epoch {
                worker: &mut worker,
                order,
                batch_size,
            });
            (loss, worker.bias)
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
        weights.b.copy_from_slice(&self.bias);
        SoftmaxRegression { weights }
    }
}

impl<F: Feature> Part<'_, F> {
    /// Writes its rows of W into the whole matrix (features, classes).
    fn write(&self, w: &mut [f32], classes: usize) {
        let width = self.data.padded();
        let rows = w[self.range.start * classes..].chunks_exact_mut(classes);
        for (position, row) in rows.take(self.range.len()).enumerate() {
            for (block, part) in row.chunks_mut(LANES).enumerate() {
                part.copy_from_slice(&self.weights[block * width + position].0[..part.len()]);
            }
        }
    }
}

/// Two ranges of features with about as many non-zero values each, between groups of neighbours; one
/// where there is a single group.
fn split<F: Feature>(images: &[F], features: usize) -> Vec<Range<usize>> {
    let mut counts = vec![0_usize; features];
    for image in images.chunks_exact(features).take(SAMPLE) {
        for (count, &value) in counts.iter_mut().zip(image) {
            *count += usize::from(value != F::default());
        }
    }
    let total: usize = counts.iter().sum();
    let mut seen = 0;
    let half = counts.iter().position(|count| {
        seen += count;
        2 * seen >= total
    });
    let middle = half.map_or(0, |half| half + 1);
    let middle = middle.next_multiple_of(GROUP).min(features);
    [0..middle, middle..features]
        .into_iter()
        .filter(|range| !range.is_empty())
        .collect()
}

/// One thread's share of an epoch.
struct Worker<'a, 'd, F: Feature> {
    /// Index of the first of its own parts.
    first: usize,
    own: &'a mut [Part<'d, F>],
    /// Every thread computes residuals and biases for itself, from the same numbers in the same
    /// order.
    bias: Vec<f32>,
    labels: &'a [usize],
    learning_rate: f32,
    /// Partial logits of every part, for batches of even and of odd number: one is read while
    /// the other is written.
    exchange: &'a [[RwLock<ByClass>; 2]],
    barrier: &'a SpinBarrier,
}

/// An epoch as a closure that is compiled once per instruction set. `inline(always)` all the way
/// down carries the instruction set along.
struct Epoch<'a, 'b, 'd, F: Feature> {
    worker: &'a mut Worker<'b, 'd, F>,
    order: &'a [usize],
    batch_size: usize,
}

impl<F: Feature> pulp::WithSimd for Epoch<'_, '_, '_, F> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        self.worker.run(self.order, self.batch_size)
    }
}

impl<F: Feature> Worker<'_, '_, F> {
    /// The sum of the losses, each before the update of its batch.
    #[inline(always)]
    fn run(&mut self, order: &[usize], batch_size: usize) -> f64 {
        let classes = self.bias.len();
        let mut loss = 0.0;
        let mut residuals = Residuals::new(classes, 0);
        let mut lanes = Vec::new();
        for (round, batch) in order.chunks(batch_size).enumerate() {
            // All batches but the last are of one size.
            if residuals.images() != batch.len() {
                residuals = Residuals::new(classes, batch.len());
                lanes.resize(classes.div_ceil(LANES) * batch.len(), Lanes::splat(0.0));
            }
            for (part, slots) in self.own.iter().zip(&self.exchange[self.first..]) {
                let mut partial = slots[round % 2].write().expect("no thread panics");
                partial.resize(classes, batch.len());
                part.data.multiply(round, batch, &part.weights, &mut lanes);
                partial.write(&lanes);
            }
            self.barrier.wait(round);
            residuals.begin(&self.bias);
            for slots in self.exchange {
                residuals.add(&slots[round % 2].read().expect("no thread panics"));
            }
            let labels = batch.iter().map(|&image| self.labels[image]);
            loss += residuals.softmax(labels, self.learning_rate / batch.len() as f32);
            residuals.add_sums(-1.0, &mut self.bias);
            residuals.write(&mut lanes);
            for part in &mut *self.own {
                part.data
                    .add_transposed(round, &lanes, -1.0, &mut part.weights);
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
