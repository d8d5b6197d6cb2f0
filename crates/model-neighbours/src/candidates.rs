//! The training samples that may be among the k nearest of one sample.

use crate::kind::Kind;

/// Candidates that are kept without asking which are still in question.
const KEPT: usize = 64;

/// A training sample and the square of its distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Neighbour {
    pub(crate) square: f64,
    /// Its index among the training samples.
    pub(crate) sample: u32,
}

/// The training samples that may be among the k nearest of those seen so far.
pub(crate) struct Candidates<F: Kind> {
    k: usize,
    slack: F::Product,
    /// The k smallest distances so far, ascending; fewer before k samples were seen.
    smallest: Vec<F::Product>,
    found: Vec<(F::Product, u32)>,
    /// How many of them call for a look at which are still in question.
    full: usize,
}

impl<F: Kind> Candidates<F> {
    /// None yet, where a computed distance is off by no more than `slack`.
    pub(crate) fn new(k: usize, slack: F::Product) -> Self {
        Self {
            k,
            slack,
            smallest: Vec::with_capacity(k + 1),
            found: Vec::new(),
            full: 2 * k + KEPT,
        }
    }

    /// A later sample with a larger distance is not among the k nearest.
    pub(crate) fn limit(&self) -> F::Product {
        match self.smallest.get(self.k - 1) {
            Some(&kth) => F::limit(kth, self.slack),
            None => F::LARGEST,
        }
    }

    /// Takes a sample whose distance is within the limit. Samples come in the order of their indices.
    pub(crate) fn add(&mut self, distance: F::Product, sample: u32) {
        self.found.push((distance, sample));
        let place = self.smallest.partition_point(|other| *other <= distance);
        self.smallest.insert(place, distance);
        self.smallest.truncate(self.k);
        if self.found.len() == self.full {
            self.drop_the_far();
            self.full = 2 * self.found.len() + KEPT;
        }
    }

    /// Those that are still in question.
    pub(crate) fn take(mut self) -> Vec<(F::Product, u32)> {
        self.drop_the_far();
        self.found
    }

    fn drop_the_far(&mut self) {
        // One at the k-th distance may be the k-th.
        let kth = self.smallest.get(self.k - 1).copied();
        let limit = self.limit();
        self.found
            .retain(|&(distance, _)| distance <= limit || Some(distance) == kth);
    }
}
