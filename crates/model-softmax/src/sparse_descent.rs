//! Gradient descent at the hardware's speed: the arithmetic of [`forward`](crate::forward()),
//! [`gradient()`](crate::gradient()) and [`update`](crate::update) on non-zero features only, a
//! vector of classes at a time, the features split between two threads.
//!
//! Splitting the images of a batch would send weights and gradients from core to core at every
//! update. Splitting the features sends only partial logits: each thread owns half of W's rows
//! (halves by groups that are not zero) and adds up its share of the logits. After one meeting per
//! batch both know the residuals, and each updates its own rows. The halves are the same for any
//! number of threads, so the bits are, too.
//!
//! After every leg of some batches both threads write down where they stand. If one of them does not
//! come to a meeting, because another program has its processor, the first thread goes on alone from
//! the last leg that both completed. Later it tries it with two threads again, as soon as a processor is free.
//!
//! Each row of W is updated once per batch, by the sum over the batch's images. One image at a time
//! into the weights would lose most of a step to rounding. One image at a time into a gradient beside
//! them takes a third longer: it loads and stores a row of the gradient for every group of every image.

use crate::batches::Batches;
use crate::features::Feature;
use crate::lanes::GROUP;
use crate::matrix::{Labelled, Matrix};
use crate::pair::{Pair, Parted, Solitude, side_by_side};
use crate::residual::{ByClass, Residuals, Truth};
use crate::sparse::{Index, Sparse};
use crate::tiles::Tiles;
use crate::{SoftmaxRegression, Weights};
use classifier::unhindered_now;
use std::ops::Range;
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Samples that decide where to split.
const SPLIT_SAMPLE: usize = 1_000;

/// Batches after which the threads write down where they stand: about half a millisecond. So much at most
/// is done again where one of them is left alone.
const LEG: usize = 64;

/// A range of the features: their values in every image, and the rows of W that they meet.
struct Part<'a, F: Feature> {
    range: Range<usize>,
    data: Batches<'a, F>,
}

/// The model as one thread has it, and what it computes with.
struct Replica {
    /// Of every part.
    weights: Vec<Tiles>,
    bias: Vec<f32>,
    /// The sum of the losses in this epoch, each before the update of its batch.
    loss: f64,
    /// The partial logits of every part, where this thread computes them all.
    products: Vec<ByClass>,
    residuals: Residuals,
}

/// Where one part stands after a leg.
struct Milestone {
    weights: Tiles,
    bias: Vec<f32>,
    loss: f64,
}

/// What the threads tell each other about a part, which the thread of the part writes and the other
/// reads.
struct Exchange {
    /// Partial logits for batches of even and of odd number: one is read while the other is written.
    products: [RwLock<ByClass>; 2],
    /// For legs of even and of odd number.
    milestones: [RwLock<Milestone>; 2],
}

/// Weights and data in the form that this descent works on.
pub(crate) struct SparseDescent<'a, F: Feature> {
    train: Labelled<'a, F>,
    parts: Vec<Part<'a, F>>,
    replicas: [Replica; 2],
    exchange: Vec<Exchange>,
    solitude: Solitude,
    threads: usize,
    /// Images that are in batches at a time.
    window: usize,
    /// Whether the biases stay at 0.
    pub(crate) without_biases: bool,
}

impl<'a, F: Feature> SparseDescent<'a, F> {
    /// Zero weights, ready to learn from `train` in batches of `batch_size` images, which count as much as the
    /// `weights` say, if there are any.
    pub(crate) fn new(
        train: Labelled<'a, F>,
        batch_size: usize,
        weights: Option<&'a [f32]>,
        threads: usize,
    ) -> Self {
        let classes = train.classes();
        let window = train.samples.window(batch_size);
        let parts = split(train.samples).into_iter().map(|range| Part {
            data: Batches::new(train, &range, weights, batch_size, window),
            range,
        });
        let parts: Vec<_> = parts.collect();
        let zeros = || {
            parts
                .iter()
                .map(|part| Tiles::zeros(part.range.len(), classes))
        };
        let products = || ByClass::new(classes, 0);
        Self {
            exchange: zeros()
                .map(|weights| Exchange {
                    products: [(); 2].map(|()| RwLock::new(products())),
                    milestones: [(); 2].map(|()| {
                        RwLock::new(Milestone {
                            weights: weights.clone(),
                            bias: vec![0.0; classes],
                            loss: 0.0,
                        })
                    }),
                })
                .collect(),
            replicas: [(); 2].map(|()| Replica {
                weights: zeros().collect(),
                bias: vec![0.0; classes],
                loss: 0.0,
                products: parts.iter().map(|_| products()).collect(),
                residuals: Residuals::new(classes, 0),
            }),
            solitude: Solitude::default(),
            train,
            parts,
            threads,
            window,
            without_biases: false,
        }
    }

    /// Whether there is work for two threads, and they are there.
    pub(crate) fn may_go_in_pairs(&self) -> bool {
        self.threads > 1 && self.parts.len() == 2 && rayon::current_num_threads() > 1
    }

    /// Goes on one thread first, and tries two later.
    pub(crate) fn go_alone(&mut self) {
        self.solitude.learn(true);
    }

    /// One pass over the images in `order`, an update per batch. Returns the mean loss, each batch's
    /// taken before its update.
    pub(crate) fn epoch(&mut self, order: &[usize], learning_rate: f32) -> f64 {
        let in_pairs = self.may_go_in_pairs();
        self.replicas[0].loss = 0.0;
        for window in order.chunks(self.window) {
            let is_alone = self.solitude.has_begun();
            arrange(&mut self.parts, window, in_pairs && !is_alone);
            if window.len() < order.len() {
                self.train.samples.release();
            }
            self.pass(learning_rate, in_pairs);
        }
        self.replicas[0].loss / order.len() as f64
    }

    /// One pass over the batches that are arranged.
    fn pass(&mut self, learning_rate: f32, in_pairs: bool) {
        let batches = self.parts[0].data.len();
        let pass = Pass {
            parts: &self.parts,
            exchange: &self.exchange,
            batches,
            legs: batches.div_ceil(LEG),
            learning_rate,
            without_biases: self.without_biases,
        };
        let [leader, follower] = &mut self.replicas;
        let mut leg = 0;
        while leg < pass.legs {
            if in_pairs && self.solitude.is_over() {
                // A try that fails costs a leg: beside two busy programs two threads took 1.36 times as long as one.
                let mut have_parted = self.solitude.has_begun() && unhindered_now(2) < 2;
                if !have_parted {
                    (leg, have_parted) = pass.run_in_pair(leg, leader, follower);
                }
                self.solitude.learn(have_parted);
            } else {
                pass.run_alone(leg, leader);
                leg += 1;
            }
        }
    }

    /// The model as it stands.
    pub(crate) fn model(&self) -> SoftmaxRegression {
        let classes = self.train.classes();
        let mut weights = Weights::zeros(self.train.samples.features(), classes);
        let leader = &self.replicas[0];
        for (part, tiles) in self.parts.iter().zip(&leader.weights) {
            let rows = &mut weights.w[part.range.start * classes..part.range.end * classes];
            tiles.visit(rows, classes, |w, value| *w = value);
        }
        weights.b.copy_from_slice(&leader.bias);
        SoftmaxRegression { weights }
    }
}

/// Puts the images of every part into batches, `in_pairs` on two threads.
fn arrange<F: Feature>(parts: &mut [Part<'_, F>], order: &[usize], in_pairs: bool) {
    match parts {
        [first, second] if in_pairs => {
            rayon::join(|| first.data.arrange(order), || second.data.arrange(order));
        }
        _ => {
            for part in parts {
                part.data.arrange(order);
            }
        }
    }
}

/// Two ranges of features with about as many groups that are not zero; one where there is a single
/// group.
fn split<F: Feature>(images: Matrix<'_, F>) -> Vec<Range<usize>> {
    let features = images.features();
    let mut counts = vec![0_usize; features.div_ceil(GROUP)];
    let mut row = Sparse::<F, u32>::with_capacity(0);
    for image in 0..images.len().min(SPLIT_SAMPLE) {
        row.clear();
        images.push(image, &(0..features), &mut row);
        for index in row.rows(0..1).groups(0).0 {
            counts[index.number()] += 1;
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

/// What is the same for all batches of an epoch.
struct Pass<'a, F: Feature> {
    parts: &'a [Part<'a, F>],
    exchange: &'a [Exchange],
    batches: usize,
    legs: usize,
    learning_rate: f32,
    without_biases: bool,
}

impl<F: Feature> Pass<'_, F> {
    /// The batches of leg number `leg`.
    fn batches_of(&self, leg: usize) -> Range<usize> {
        leg * LEG..self.batches.min((leg + 1) * LEG)
    }

    /// Goes a leg on one thread.
    fn run_alone(&self, leg: usize, replica: &mut Replica) {
        let Replica {
            weights,
            bias,
            loss,
            products,
            residuals,
        } = replica;
        for round in self.batches_of(leg) {
            for ((part, weights), products) in self.parts.iter().zip(&*weights).zip(&mut *products)
            {
                part.data.multiply(round, weights, products);
            }
            let truth = self.parts[0].data.truth(round);
            match &**products {
                [all] => self.softmax(truth, [all], bias, residuals, loss),
                both => self.softmax(truth, [&both[0], &both[1]], bias, residuals, loss),
            }
            for (part, weights) in self.parts.iter().zip(&mut *weights) {
                part.data
                    .add_transposed(round, residuals.tiles(), -1.0, weights);
            }
        }
    }

    /// Goes on from leg `first`, on two threads as long as both come to their meetings. Returns the
    /// leg that is next, and whether they have parted.
    ///
    /// On the threads that are there already, for a new one would often begin on the processor of this
    /// one, and wait there for longer than an epoch takes. They may all be busy: then this one goes on alone.
    fn run_in_pair(
        &self,
        first: usize,
        leader: &mut Replica,
        follower: &mut Replica,
    ) -> (usize, bool) {
        for (part, exchange) in self.exchange.iter().enumerate() {
            leader.save(part, &exchange.milestones[first % 2]);
        }
        side_by_side(
            |pair, is_other_done| self.lead(pair, first, leader, is_other_done),
            |pair| {
                follower.load(1, &self.exchange[1].milestones[first % 2]);
                self.run_part(pair, 1, first, follower);
            },
        )
    }

    /// What the leader does: its part as long as the other thread is with it, then everything as long
    /// as that one is not done, for it may not run and to wait for it could take long.
    fn lead(
        &self,
        pair: &Pair,
        first: usize,
        leader: &mut Replica,
        is_other_done: &dyn Fn() -> bool,
    ) -> (usize, bool) {
        let mut leg = self.run_part(pair, 0, first, leader);
        let have_parted = leg < self.legs;
        for (part, exchange) in self.exchange.iter().enumerate() {
            leader.load(part, &exchange.milestones[leg % 2]);
        }
        while leg < self.legs && !is_other_done() {
            self.run_alone(leg, leader);
            leg += 1;
        }
        (leg, have_parted)
    }

    /// The share in the legs from number `first` of the thread that has part number `own`. Returns the
    /// leg that is next, the end of the epoch or where the two have parted.
    fn run_part(&self, pair: &Pair, own: usize, first: usize, replica: &mut Replica) -> usize {
        let mut meeting = 0;
        (first..self.legs)
            .find(|&leg| self.run_leg(pair, &mut meeting, own, leg, replica).is_err())
            .unwrap_or(self.legs)
    }

    fn run_leg(
        &self,
        pair: &Pair,
        meeting: &mut usize,
        own: usize,
        leg: usize,
        replica: &mut Replica,
    ) -> Result<(), Parted> {
        let mut meet = |work| {
            *meeting += 1;
            pair.meet(*meeting, work)
        };
        let data = &self.parts[own].data;
        for round in self.batches_of(leg) {
            let truth = data.truth(round);
            let products = |part: usize| &self.exchange[part].products[round % 2];
            data.multiply(round, &replica.weights[own], &mut write(products(own)));
            meet(truth.labels.len() * data.width().div_ceil(GROUP))?;
            let Replica {
                weights,
                bias,
                loss,
                residuals,
                ..
            } = replica;
            let (first, second) = (read(products(0)), read(products(1)));
            self.softmax(truth, [&first, &second], bias, residuals, loss);
            data.add_transposed(round, residuals.tiles(), -1.0, &mut weights[own]);
        }
        replica.save(own, &self.exchange[own].milestones[(leg + 1) % 2]);
        meet(0)
    }

    /// The residuals of a batch with these partial logits; updates the bias and the loss.
    fn softmax<const PARTS: usize>(
        &self,
        truth: Truth<'_>,
        products: [&ByClass; PARTS],
        bias: &mut [f32],
        residuals: &mut Residuals,
        loss: &mut f64,
    ) {
        let images = truth.labels.len();
        let scale = self.learning_rate / images as f32;
        residuals.resize(images);
        *loss += residuals.softmax(bias, products, truth, scale);
        if !self.without_biases {
            for (bias, sum) in bias.iter_mut().zip(residuals.sums()) {
                *bias -= sum;
            }
        }
    }
}

impl Replica {
    fn save(&self, part: usize, milestone: &RwLock<Milestone>) {
        let mut milestone = write(milestone);
        milestone.weights.copy_from(&self.weights[part]);
        milestone.bias.copy_from_slice(&self.bias);
        milestone.loss = self.loss;
    }

    fn load(&mut self, part: usize, milestone: &RwLock<Milestone>) {
        let milestone = read(milestone);
        self.weights[part].copy_from(&milestone.weights);
        self.bias.copy_from_slice(&milestone.bias);
        self.loss = milestone.loss;
    }
}

/// Between two meetings a thread reads only what the other does not write.
fn read<T>(shared: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    shared.try_read().expect("the other thread does not write")
}

fn write<T>(shared: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    shared.try_write().expect("the other thread does not read")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::of_pixels;
    use classifier_conformance::digits;

    #[test]
    fn window_after_window_ends_where_all_at_once_does() {
        let [data, _] = digits();
        let order: Vec<usize> = (0..data.len()).rev().collect();
        let descend = |window| {
            let mut descent = SparseDescent::new(of_pixels(&data), 3, None, 1);
            descent.window = window;
            let losses = [(); 2].map(|()| descent.epoch(&order, 0.1));
            (losses, descent.model())
        };
        let at_once = descend(data.len());
        for window in [3, 300, 999] {
            assert_eq!(descend(window), at_once, "{window}");
        }
    }

    /// The follower does not come any more after some legs, be it in the middle of one.
    #[test]
    fn who_is_left_alone_ends_where_one_thread_does() {
        let [data, _] = digits();
        let order: Vec<usize> = (0..data.len()).rev().collect();
        let size = data.len() / (3 * LEG);
        let new = || SparseDescent::new(of_pixels(&data), size, None, 2);
        let mut alone = new();
        let loss = alone.epoch(&order, 0.1);
        for follower_legs in 0..3 {
            let mut descent = new();
            arrange(&mut descent.parts, &order, false);
            let batches = descent.parts[0].data.len();
            let pass = |legs, batches| Pass {
                parts: &descent.parts,
                exchange: &descent.exchange,
                batches,
                legs,
                learning_rate: 0.1,
                without_biases: false,
            };
            let [leader, follower] = &mut descent.replicas;
            let legs = batches.div_ceil(LEG);
            let pair = Pair::default();
            let all = pass(legs, batches);
            let some = pass(follower_legs + 1, follower_legs * LEG + LEG / 2);
            std::thread::scope(|scope| {
                let follow = || some.run_part(&pair, 1, 0, follower);
                scope.spawn(follow);
                let (end, have_parted) = all.lead(&pair, 0, leader, &|| false);
                assert!(have_parted && end == legs);
            });
            assert_eq!(leader.loss / order.len() as f64, loss);
            assert_eq!(descent.model(), alone.model());
        }
    }
}
