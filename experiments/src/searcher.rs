//! Which trials to make next, whatever the kind of search.

use crate::cli::SearchKind;
use classifier::generator;
use rand_chacha::ChaCha8Rng;
use search::{Rung, Space, Trial, Values, rungs, suggest, survivors};

/// Trials proposed at a time; the same for any number of threads, so that the search is, too.
const BATCH: usize = 4;
/// What a round of halving keeps is one in as many.
const FACTOR: usize = 3;
/// The smallest share of the training images that halving uses.
const LEAST_SHARE: f64 = 1.0 / 27.0;

/// Values to try with a share of the training images.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Proposal {
    pub(crate) values: Values,
    pub(crate) share: f64,
}

/// A search of one space.
pub(crate) struct Searcher {
    space: Space,
    kind: Kind,
    /// Trials with all training images that may be made, or as many as those cost.
    left: usize,
    random: ChaCha8Rng,
}

enum Kind {
    Random,
    Grid(std::vec::IntoIter<Values>),
    Tpe,
    Halving(std::vec::IntoIter<Rung>),
}

impl Searcher {
    /// A search of at most `budget` trials. A space without parameters has one.
    pub(crate) fn new(kind: SearchKind, space: Space, budget: usize, seed: u64) -> Self {
        let budget = if space.is_empty() { 1 } else { budget };
        let kind = match kind {
            SearchKind::Random => Kind::Random,
            SearchKind::Grid => Kind::Grid(largest_grid(&space, budget).into_iter()),
            SearchKind::Tpe => Kind::Tpe,
            SearchKind::Halving => Kind::Halving(rungs(budget, FACTOR, LEAST_SHARE).into_iter()),
        };
        Self {
            space,
            kind,
            left: budget,
            random: generator(seed, 0),
        }
    }

    /// What to try next, given all trials so far, the last batch last; nothing at the end.
    pub(crate) fn next(&mut self, history: &[Trial], last: &[Trial]) -> Vec<Proposal> {
        let full = |values| Proposal { values, share: 1.0 };
        let batch = BATCH.min(self.left);
        let proposals: Vec<Proposal> = match &mut self.kind {
            Kind::Random => (0..batch)
                .map(|_| full(self.space.sample(&mut self.random)))
                .collect(),
            Kind::Tpe => (0..batch)
                .map(|_| full(suggest(&self.space, history, &mut self.random)))
                .collect(),
            Kind::Grid(points) => return points.by_ref().take(BATCH).map(full).collect(),
            Kind::Halving(rounds) => {
                let Some(Rung { trials, share }) = rounds.next() else {
                    return Vec::new();
                };
                let values: Vec<Values> = if last.is_empty() {
                    (0..trials)
                        .map(|_| self.space.sample(&mut self.random))
                        .collect()
                } else {
                    let losses: Vec<f64> = last.iter().map(|trial| trial.loss).collect();
                    let kept = survivors(&losses, trials).into_iter();
                    kept.map(|index| last[index].values.clone()).collect()
                };
                let proposal = |values| Proposal { values, share };
                return values.into_iter().map(proposal).collect();
            }
        };
        self.left -= proposals.len();
        proposals
    }
}

/// The finest grid with at most `budget` points, or the coarsest there is.
fn largest_grid(space: &Space, budget: usize) -> Vec<Values> {
    let mut grid = space.grid(1);
    for points in 2.. {
        let finer = space.grid(points);
        if finer.len() > budget || finer.len() == grid.len() {
            break;
        }
        grid = finer;
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use search::Domain;

    fn space() -> Space {
        let (low, high) = (0.0, 1.0);
        let log = false;
        Space::new(vec![("x".to_owned(), Domain::Real { low, high, log })]).unwrap()
    }

    /// Runs a search to its end with loss |x − 0.3|; what each batch tried.
    fn run(kind: SearchKind, budget: usize) -> Vec<Vec<Proposal>> {
        let mut searcher = Searcher::new(kind, space(), budget, 1);
        let (mut history, mut last, mut batches) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let batch = searcher.next(&history, &last);
            if batch.is_empty() {
                return batches;
            }
            last = batch
                .iter()
                .map(|proposal| Trial {
                    loss: (proposal.values["x"].as_f64().unwrap() - 0.3).abs(),
                    values: proposal.values.clone(),
                })
                .collect();
            history.extend(last.clone());
            batches.push(batch);
        }
    }

    #[test]
    fn every_search_keeps_to_its_budget() {
        for kind in [SearchKind::Random, SearchKind::Tpe] {
            assert_eq!(run(kind, 10).concat().len(), 10);
        }
        let grid = run(SearchKind::Grid, 10).concat();
        assert_eq!(grid.len(), 10, "one parameter: as many points as trials");
        let cost: f64 = run(SearchKind::Halving, 8)
            .concat()
            .iter()
            .map(|p| p.share)
            .sum();
        assert!((4.0..=8.0 + 1e-9).contains(&cost), "{cost}");
    }

    #[test]
    fn halving_goes_on_with_the_best() {
        let rounds = run(SearchKind::Halving, 8);
        assert!(rounds.len() > 1);
        let distance = |p: &Proposal| (p.values["x"].as_f64().unwrap() - 0.3).abs();
        let best = rounds[0].iter().map(distance).fold(f64::INFINITY, f64::min);
        let last = rounds.last().unwrap();
        assert!(last.iter().any(|p| distance(p) == best));
        assert!(last.iter().all(|p| p.share == 1.0));
    }

    #[test]
    fn a_space_without_parameters_is_one_trial() {
        let mut searcher = Searcher::new(SearchKind::Random, Space::default(), 10, 1);
        assert_eq!(searcher.next(&[], &[]).len(), 1);
        assert!(searcher.next(&[], &[]).is_empty());
    }
}
