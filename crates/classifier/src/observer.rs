//! Who is told how a fit goes.

use crate::Classifier;

/// One pass over the training data is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// How many there will be.
    pub total: usize,
    /// Mean training loss over the epoch's batches, each taken before its update.
    pub training_loss: f64,
}

/// A part of a fit without epochs is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Parts done.
    pub done: usize,
    /// Parts in all.
    pub total: usize,
    /// What the parts are, in the plural: "class pairs".
    pub unit: &'static str,
}

/// Who is told how a fit goes. The fit's stopwatch stands still meanwhile.
pub trait Observer: Send {
    /// An epoch is over and this is the model as it stands.
    fn epoch(&mut self, epoch: Epoch, model: &dyn Classifier);

    /// A part of a fit without epochs is over.
    fn step(&mut self, step: Step);
}

/// An observer that ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn epoch(&mut self, _: Epoch, _: &dyn Classifier) {}
    fn step(&mut self, _: Step) {}
}
