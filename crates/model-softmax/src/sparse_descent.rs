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
//! into the weights would lose most of a step to rounding, and into a gradient beside them it takes
//! a third longer, for want of stores.

use crate::batches::Batches;
use crate::lanes::GROUP;
use crate::residual::{ByClass, Residuals};
use crate::sparse::Feature;
use crate::tiles::Tiles;
use crate::{SoftmaxRegression, Weights};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, RwLock};
use std::thread::Scope;

/// Images whose non-zero features decide where to split.
const SAMPLE: usize = 1_000;

/// A range of the features: their values in every image, and the rows of W that they meet.
struct Part<'a, F: Feature> {
    range: Range<usize>,
    data: Batches<'a, F>,
    weights: Tiles,
}

/// Weights and data in the form that this descent works on.
pub(crate) struct SparseDescent<'a, F: Feature> {
    parts: Vec<Part<'a, F>>,
    bias: Vec<f32>,
    labels: &'a [usize],
    features: usize,
    /// Takes the second part, if there are two parts and two threads.
    helper: Option<Helper<'a, F>>,
}

/// A thread that lives as long as the descent: a new one for each epoch would often begin on the
/// processor of the old, and wait there for longer than the epoch takes.
struct Helper<'a, F: Feature> {
    jobs: Sender<Job<'a, F>>,
    done: Receiver<Part<'a, F>>,
}

/// A share of an epoch.
struct Job<'a, F: Feature> {
    part: Part<'a, F>,
    bias: Vec<f32>,
    epoch: Arc<Epoch<'a>>,
}

impl<'a, F: Feature> SparseDescent<'a, F> {
    /// Zero weights, ready to learn from `images` of `features` values each; on two threads, if there
    /// are as many, of which the second is in `scope`.
    pub(crate) fn new<'scope>(
        images: &'a [F],
        features: usize,
        labels: &'a [usize],
        classes: usize,
        threads: usize,
        scope: &'scope Scope<'scope, '_>,
    ) -> Self
    where
        'a: 'scope,
    {
        let ranges = split(images, features);
        let parts = ranges.into_iter().map(|range| Part {
            weights: Tiles::zeros(range.len(), classes),
            data: Batches::new(images, features, &range),
            range,
        });
        let parts: Vec<_> = parts.collect();
        Self {
            helper: (threads.min(parts.len()) > 1).then(|| Helper::new(scope)),
            parts,
            bias: vec![0.0; classes],
            labels,
            features,
        }
    }

    /// One pass over the images in `order`, an update per `batch_size` of them. Returns the mean
    /// loss, each batch's taken before its update.
    pub(crate) fn epoch(
        &mut self,
        order: Vec<usize>,
        batch_size: usize,
        learning_rate: f32,
    ) -> f64 {
        let slots = |_| [(); 2].map(|()| RwLock::new(ByClass::new(0, 0)));
        let epoch = Arc::new(Epoch {
            order,
            batch_size,
            learning_rate,
            labels: self.labels,
            exchange: self.parts.iter().map(slots).collect(),
            barrier: SpinBarrier::new(1 + usize::from(self.helper.is_some())),
        });
        let loss = match &self.helper {
            None => epoch.run(&mut self.parts, 0, &mut self.bias),
            Some(helper) => {
                let job = Job {
                    part: self.parts.pop().expect("there are two"),
                    bias: self.bias.clone(),
                    epoch: Arc::clone(&epoch),
                };
                helper.jobs.send(job).expect("it waits for them");
                let loss = epoch.run(&mut self.parts, 0, &mut self.bias);
                self.parts.push(helper.done.recv().expect("it was sent"));
                loss
            }
        };
        loss / epoch.order.len() as f64
    }

    /// The model as it stands.
    pub(crate) fn model(&self) -> SoftmaxRegression {
        let classes = self.bias.len();
        let mut weights = Weights::zeros(self.features, classes);
        for part in &self.parts {
            let rows = &mut weights.w[part.range.start * classes..part.range.end * classes];
            part.weights.visit(rows, classes, |w, value| *w = value);
        }
        weights.b.copy_from_slice(&self.bias);
        SoftmaxRegression { weights }
    }
}

impl<'a, F: Feature> Helper<'a, F> {
    fn new<'scope>(scope: &'scope Scope<'scope, '_>) -> Self
    where
        'a: 'scope,
    {
        let (jobs, work) = channel::<Job<'a, F>>();
        let (finished, done) = channel();
        scope.spawn(move || {
            for mut job in work {
                let own = std::slice::from_mut(&mut job.part);
                job.epoch.run(own, 1, &mut job.bias);
                // Nobody waits for a fit that was given up.
                let _ = finished.send(job.part);
            }
        });
        Self { jobs, done }
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

/// What the threads of an epoch share.
struct Epoch<'a> {
    order: Vec<usize>,
    batch_size: usize,
    learning_rate: f32,
    labels: &'a [usize],
    /// Partial logits of every part, for batches of even and of odd number: one is read while
    /// the other is written.
    exchange: Vec<[RwLock<ByClass>; 2]>,
    barrier: SpinBarrier,
}

impl Epoch<'_> {
    /// One thread's share: its `own` parts, of which the first is number `first`. Every thread computes
    /// residuals and biases for itself, from the same numbers in the same order. Returns the sum of the
    /// losses, each before the update of its batch.
    fn run<F: Feature>(&self, own: &mut [Part<F>], first: usize, bias: &mut [f32]) -> f64 {
        for part in &mut *own {
            part.data.arrange(&self.order, self.batch_size);
        }
        let classes = bias.len();
        let mut loss = 0.0;
        let mut residuals = Residuals::new(classes, 0);
        for (round, batch) in self.order.chunks(self.batch_size).enumerate() {
            // All batches but the last are of one size.
            if residuals.images() != batch.len() {
                residuals = Residuals::new(classes, batch.len());
            }
            for (part, slots) in own.iter().zip(&self.exchange[first..]) {
                let mut products = slots[round % 2].write().expect("no thread panics");
                products.resize(classes, batch.len());
                part.data.multiply(round, &part.weights, &mut products);
            }
            self.barrier.wait(round);
            loss += self.softmax(round, batch, bias, &mut residuals);
            for (bias, sum) in bias.iter_mut().zip(residuals.sums()) {
                *bias -= sum;
            }
            for part in &mut *own {
                let weights = &mut part.weights;
                part.data
                    .add_transposed(round, residuals.tiles(), -1.0, weights);
            }
        }
        loss
    }

    /// The residuals of a batch, whose partial logits are there. Returns the sum of its losses.
    fn softmax(
        &self,
        round: usize,
        batch: &[usize],
        bias: &[f32],
        residuals: &mut Residuals,
    ) -> f64 {
        let labels = batch.iter().map(|&image| self.labels[image]);
        let scale = self.learning_rate / batch.len() as f32;
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
