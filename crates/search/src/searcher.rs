//! Which trial to make next, whatever the kind of search.
//!
//! Trials are numbered in the order in which they are proposed, and what is proposed as number n depends on
//! the outcomes of a fixed number of the first trials, never on which of the others happen to have ended. So
//! the same trials are made by any number of threads. A search that learns sees all but the last few of
//! the trials before it: as many as its window, less one, may still be running.

use crate::{Asha, Method, Rung, Space, Trial, Values, rungs, suggest, survivors};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

/// Random stream of the proposals; the low ones belong to the models, which have the same seed.
const STREAM: u64 = u64::MAX - 5;
/// What a rung keeps is one in as many.
const FACTOR: usize = 3;
/// The smallest share of images or epochs that a trial is given.
pub const LEAST_SHARE: f64 = 1.0 / 27.0;
/// Trials of a search that someone else ends: enough for all rungs.
const MANY: usize = 1_000;

/// Values to try with a share of the training images or epochs.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// A value for each parameter.
    pub values: Values,
    /// Share of the resource, in (0, 1].
    pub share: f64,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// This.
    Trial(Proposal),
    /// What comes next depends on trials that have not ended.
    Wait,
    /// Nothing: the budget is used up.
    End,
}

/// How much may be tried.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Trials with all of the resource, or as many as those cost.
    pub trials: usize,
    /// Whether someone else ends the search, so that only grids and halving, which must be laid out
    /// beforehand, know the number of trials.
    pub endless: bool,
}

/// A search of one space.
pub struct Searcher {
    space: Space,
    kind: Kind,
    /// What is left of the budget, in trials with all of the resource.
    left: f64,
    /// Trials that may run at a time where the search learns from them.
    window: usize,
    proposed: Vec<Values>,
    random: ChaCha8Rng,
}

enum Kind {
    Random,
    Grid(std::vec::IntoIter<Values>),
    Tpe,
    Halving {
        rungs: VecDeque<Rung>,
        share: f64,
        /// What the present rung has still to try.
        waiting: VecDeque<Values>,
        /// The first trial of the present rung.
        begin: usize,
    },
    Asha(Asha),
}

impl Searcher {
    /// A search within a budget. A space without parameters has one trial. No trial is given less than
    /// `least` of the resource.
    pub fn new(kind: Method, space: Space, budget: Budget, least: f64, seed: u64) -> Self {
        let trials = if space.is_empty() { 1 } else { budget.trials };
        let endless = budget.endless && !space.is_empty();
        let window = match kind {
            Method::Tpe if endless => 8,
            // It learns from the trials before: too many at a time, and nothing is left to learn from.
            Method::Tpe => (trials / 5).max(4),
            _ if endless => 16,
            _ => trials.min(16),
        };
        let mut left = trials as f64;
        let kind = match kind {
            Method::Random => Kind::Random,
            Method::Grid => Kind::Grid(largest_grid(&space, trials).into_iter()),
            Method::Tpe => Kind::Tpe,
            Method::Halving => Kind::Halving {
                rungs: rungs(trials, FACTOR, least).into(),
                share: 0.0,
                waiting: VecDeque::new(),
                begin: 0,
            },
            Method::Asha if endless => Kind::Asha(Asha::new(MANY, FACTOR, least)),
            Method::Asha => Kind::Asha(Asha::new(trials, FACTOR, least)),
        };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(STREAM);
        if endless && !matches!(kind, Kind::Grid(_) | Kind::Halving { .. }) {
            left = f64::INFINITY;
        }
        Self {
            space,
            kind,
            left,
            window,
            proposed: Vec::new(),
            random,
        }
    }

    /// How many trials there will be, where that is known; ask at the beginning, as for the cost.
    pub fn planned(&self) -> Option<usize> {
        match &self.kind {
            Kind::Grid(points) => Some(points.len()),
            Kind::Halving { rungs, .. } => Some(rungs.iter().map(|rung| rung.trials).sum()),
            Kind::Asha(_) => None,
            Kind::Random | Kind::Tpe if self.left.is_infinite() => None,
            Kind::Random | Kind::Tpe => Some(self.left.round() as usize),
        }
    }

    /// What all trials cost, in trials with all of the resource, where that is known.
    pub fn cost(&self) -> Option<f64> {
        match &self.kind {
            Kind::Grid(points) => Some(points.len() as f64),
            Kind::Halving { rungs, .. } => {
                let costs = rungs.iter().map(|rung| rung.trials as f64 * rung.share);
                Some(costs.sum())
            }
            _ => self.left.is_finite().then_some(self.left),
        }
    }

    /// What to try next, given the outcomes of the first trials, as many of them as are known without a
    /// gap.
    pub fn next(&mut self, ended: &[Trial]) -> Next {
        let number = self.proposed.len();
        let known = match &self.kind {
            Kind::Tpe | Kind::Asha(_) => (number + 1).saturating_sub(self.window),
            Kind::Halving { waiting, .. } if waiting.is_empty() => number,
            Kind::Random | Kind::Grid(_) | Kind::Halving { .. } => 0,
        };
        let Some(known) = ended.get(..known) else {
            return Next::Wait;
        };
        let Some(proposal) = self.propose(known) else {
            return Next::End;
        };
        self.left -= proposal.share;
        self.proposed.push(proposal.values.clone());
        Next::Trial(proposal)
    }

    fn propose(&mut self, known: &[Trial]) -> Option<Proposal> {
        let affordable = self.left > 0.5;
        let full = |values| Proposal { values, share: 1.0 };
        match &mut self.kind {
            Kind::Random => affordable.then(|| full(self.space.sample(&mut self.random))),
            Kind::Tpe => affordable.then(|| full(suggest(&self.space, known, &mut self.random))),
            Kind::Grid(points) => points.next().map(full),
            Kind::Halving { .. } => self.of_rung(known),
            Kind::Asha(asha) => {
                let losses: Vec<f64> = known.iter().map(|trial| trial.loss).collect();
                let start = asha.next(&losses, self.left)?;
                let values = match start.from {
                    Some(trial) => self.proposed[trial].clone(),
                    None => self.space.sample(&mut self.random),
                };
                let share = start.share;
                Some(Proposal { values, share })
            }
        }
    }

    /// The next trial of the present rung; where it is over, the first of the next.
    fn of_rung(&mut self, known: &[Trial]) -> Option<Proposal> {
        let Kind::Halving {
            rungs,
            share,
            waiting,
            begin,
        } = &mut self.kind
        else {
            return None;
        };
        if waiting.is_empty() {
            let rung = rungs.pop_front()?;
            if known.is_empty() {
                let fresh = (0..rung.trials).map(|_| self.space.sample(&mut self.random));
                waiting.extend(fresh);
            } else {
                let losses: Vec<f64> = known[*begin..].iter().map(|trial| trial.loss).collect();
                let kept = survivors(&losses, rung.trials).into_iter();
                waiting.extend(kept.map(|index| known[*begin + index].values.clone()));
            }
            (*begin, *share) = (self.proposed.len(), rung.share);
        }
        let share = *share;
        let values = waiting.pop_front()?;
        Some(Proposal { values, share })
    }
}

/// The finest grid with at most `budget` points, or the coarsest there is.
fn largest_grid(space: &Space, budget: usize) -> Vec<Values> {
    // On a logarithmic scale whole numbers coincide: a range may need more points than it has values.
    let points: Vec<usize> = (1..=4 * budget).collect();
    let finest = points.partition_point(|&points| space.grid_size(points) <= budget);
    space.grid(finest.max(1))
}

#[cfg(test)]
mod tests;
