//! Gradient descent at the hardware's speed: the arithmetic of [`forward`](crate::forward()),
//! [`gradient()`](crate::gradient()) and [`update`](crate::update) on non-zero features only, a
//! vector of classes at a time, the features split between two threads.
//!
//! Splitting the images of a batch would send weights and gradients from core to core at every
//! update. Splitting the features sends only partial logits: each thread owns half of W's rows
//! (halves by groups that are not zero), adds up its share of the logits, and after one barrier per batch
//! both know the residuals and update their own rows. The halves are the same for any number of
//! threads, so the bits are, too.
//!
//! Each row of W is updated once per batch, by the sum over the batch's images: one image at a time
//! into the weights would lose most of a step to rounding, and into a gradient beside them it takes
//! a third longer, for want of stores.

use crate::batches::Batches;
use crate::lanes::GROUP;
use crate::residual::{ByClass, Residuals};
use crate::sparse::Feature;
use crate::tiles::Tiles;
use crate::{SoftmaxRegression, Weights};
use std::borrow::BorrowMut;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};

/// Samples that decide where to split.
const SAMPLE: usize = 1_000;

/// How often an epoch lets others go first while it waits for a second thread, before it begins without
/// one: about a millisecond on an idle machine.
const PATIENCE: usize = 2_000;

/// A range of the features: their values in every image, and the rows of W that they meet.
struct Part<'a, F: Feature> {
    range: Range<usize>,
    data: Batches<'a, F>,
    weights: Tiles,
}

/// What every thread computes for itself, from the same numbers in the same order.
struct Replica {
    bias: Vec<f32>,
    residuals: Residuals,
}

/// Weights and data in the form that this descent works on.
pub(crate) struct SparseDescent<'a, F: Feature> {
    parts: Vec<Part<'a, F>>,
    replicas: [Replica; 2],
    /// Partial logits of every part, for batches of even and of odd number: one is read while
    /// the other is written.
    exchange: Vec<[RwLock<ByClass>; 2]>,
    features: usize,
    classes: usize,
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
        let parts = split(images, features).into_iter().map(|range| Part {
            weights: Tiles::zeros(range.len(), classes),
            data: Batches::new(images, features, &range, labels),
            range,
        });
        let parts: Vec<_> = parts.collect();
        let slots = |_| [(); 2].map(|()| RwLock::new(ByClass::new(classes, 0)));
        Self {
            exchange: parts.iter().map(slots).collect(),
            replicas: [(); 2].map(|()| Replica {
                bias: vec![0.0; classes],
                residuals: Residuals::new(classes, 0),
            }),
            parts,
            features,
            classes,
            threads,
        }
    }

    /// One pass over the images in `order`, an update per `batch_size` of them. Returns the mean
    /// loss, each batch's taken before its update.
    pub(crate) fn epoch(&mut self, order: &[usize], batch_size: usize, learning_rate: f32) -> f64 {
        let epoch = Epoch {
            order,
            batch_size,
            learning_rate,
            exchange: &self.exchange,
            barrier: SpinBarrier::default(),
        };
        let [leader, follower] = &mut self.replicas;
        let loss = match self.parts.as_mut_slice() {
            [first, second] if self.threads > 1 && rayon::current_num_threads() > 1 => {
                epoch.run_on_two_threads([first, second], [leader, follower])
            }
            parts => epoch.run(1, 0, parts, leader),
        };
        // Perhaps nobody followed.
        follower.bias.copy_from_slice(&leader.bias);
        loss / order.len() as f64
    }

    /// The model as it stands.
    pub(crate) fn model(&self) -> SoftmaxRegression {
        let classes = self.classes;
        let mut weights = Weights::zeros(self.features, classes);
        for part in &self.parts {
            let rows = &mut weights.w[part.range.start * classes..part.range.end * classes];
            part.weights.visit(rows, classes, |w, value| *w = value);
        }
        weights.b.copy_from_slice(&self.replicas[0].bias);
        SoftmaxRegression { weights }
    }
}

/// Two ranges of features with about as many groups that are not zero; one where there is a single
/// group.
fn split<F: Feature>(images: &[F], features: usize) -> Vec<Range<usize>> {
    let mut counts = vec![0_usize; features.div_ceil(GROUP)];
    for image in images.chunks_exact(features).take(SAMPLE) {
        for (count, group) in counts.iter_mut().zip(image.chunks(GROUP)) {
            *count += usize::from(group.iter().any(|&value| value != F::default()));
        }
    }
    let total: usize = counts.iter().sum();
    let mut seen = 0;
    let half = counts.iter().position(|count| {
        seen += count;
        2 * seen >= total
    });
    let middle = half.map_or(0, |half| ((half + 1) * GROUP).min(features));
    [0..middle, middle..features]
        .into_iter()
        .filter(|range| !range.is_empty())
        .collect()
}

/// What the threads of an epoch share.
struct Epoch<'a> {
    order: &'a [usize],
    batch_size: usize,
    learning_rate: f32,
    exchange: &'a [[RwLock<ByClass>; 2]],
    barrier: SpinBarrier,
}

impl Epoch<'_> {
    /// On the threads that are there already, for a new one would often begin on the processor of this
    /// one, and wait there for longer than an epoch takes. They may all be busy, so that the second
    /// part is for whoever takes it first.
    fn run_on_two_threads<F: Feature>(
        &self,
        [first, second]: [&mut Part<'_, F>; 2],
        [leader, follower]: [&mut Replica; 2],
    ) -> f64 {
        let second = Mutex::new(Some(second));
        let take = || second.lock().expect("no thread panics").take();
        let is_there = || second.lock().expect("no thread panics").is_some();
        let lead = || {
            for _ in 0..PATIENCE {
                if !is_there() {
                    break;
                }
                std::thread::yield_now();
            }
            match take() {
                Some(second) => self.run(1, 0, &mut [first, second], leader),
                None => self.run(2, 0, &mut [first], leader),
            }
        };
        let follow = || {
            if let Some(second) = take() {
                self.run(2, 1, &mut [second], follower);
            }
        };
        rayon::join(lead, follow).0
    }

    /// The share of one of so many `threads`: its `own` parts, of which the first is number `first`. Returns
    /// the sum of the losses, each before the update of its batch.
    fn run<'a, F: Feature>(
        &self,
        threads: usize,
        first: usize,
        own: &mut [impl BorrowMut<Part<'a, F>>],
        Replica { bias, residuals }: &mut Replica,
    ) -> f64 {
        for part in &mut *own {
            let data = &mut part.borrow_mut().data;
            data.arrange(self.order, self.batch_size);
        }
        let mut loss = 0.0;
        for (round, batch) in self.order.chunks(self.batch_size).enumerate() {
            for (part, slots) in own.iter().zip(&self.exchange[first..]) {
                let Part { data, weights, .. } = part.borrow();
                let mut products = slots[round % 2].write().expect("no thread panics");
                products.resize(batch.len());
                data.multiply(round, weights, &mut products);
            }
            self.barrier.wait(threads, round);
            residuals.resize(batch.len());
            let labels = own[0].borrow().data.labels(round);
            loss += self.softmax(round, labels, bias, residuals);
            for (bias, sum) in bias.iter_mut().zip(residuals.sums()) {
                *bias -= sum;
            }
            for part in &mut *own {
                let Part { data, weights, .. } = part.borrow_mut();
                data.add_transposed(round, residuals.tiles(), -1.0, weights);
            }
        }
        loss
    }

    /// The residuals of a batch, whose partial logits are there. Returns the sum of its losses.
    fn softmax(
        &self,
        round: usize,
        labels: &[u32],
        bias: &[f32],
        residuals: &mut Residuals,
    ) -> f64 {
        let scale = self.learning_rate / labels.len() as f32;
        let read = |part: usize| {
            let slots = &self.exchange[part];
            slots[round % 2].read().expect("no thread panics")
        };
        match self.exchange.len() {
            1 => residuals.softmax(bias, [&read(0)], labels, scale),
            _ => residuals.softmax(bias, [&read(0), &read(1)], labels, scale),
        }
    }
}

/// A barrier that spins: there are 600 per epoch, and sleeping takes longer than a batch.
#[derive(Default)]
struct SpinBarrier(AtomicUsize);

impl SpinBarrier {
    /// Returns once all `threads` have called it for `round`, from 0.
    fn wait(&self, threads: usize, round: usize) {
        self.0.fetch_add(1, Ordering::AcqRel);
        let mut spins = 0_u32;
        while self.0.load(Ordering::Acquire) < threads * (round + 1) {
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
