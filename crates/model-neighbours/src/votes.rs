//! From neighbours to probabilities.

use crate::candidates::Neighbour;
use classifier::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the vote of a neighbour weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum Weights {
    /// The same for each.
    Uniform,
    /// One over its distance. If some are at no distance, only these vote.
    Distance,
}

impl Weights {
    fn of(self, neighbour: Neighbour, nearest: Neighbour) -> f64 {
        match self {
            Self::Uniform => 1.0,
            Self::Distance if nearest.square == 0.0 => f64::from(u8::from(neighbour.square == 0.0)),
            // Relative to the nearest: no ratio is too large or too small for a number.
            Self::Distance => (nearest.square / neighbour.square).sqrt(),
        }
    }
}

/// Log-probabilities of the classes, from the neighbours in ascending order and the class of each.
///
/// One more vote is shared by all classes: a class with the share s of k votes has the probability
/// (k s + 1/classes) / (k + 1). None is 0, so that the log-loss is finite, and the order is that of the
/// votes. (This is the m-estimate of Cestnik 1990 with m = 1.)
pub(crate) fn log_probabilities(
    neighbours: &[Neighbour],
    class_of: impl Fn(Neighbour) -> usize,
    classes: usize,
    weights: Weights,
) -> Vec<f32> {
    let mut votes = vec![0.0; classes];
    for &neighbour in neighbours {
        votes[class_of(neighbour)] += weights.of(neighbour, neighbours[0]);
    }
    let all: f64 = votes.iter().sum();
    let k = neighbours.len() as f64;
    let probability = |votes: f64| (k * votes / all + 1.0 / classes as f64) / (k + 1.0);
    let logs = votes
        .into_iter()
        .map(|votes| probability(votes).ln() as f32);
    logs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probabilities(squares: &[f64], weights: Weights) -> Vec<f32> {
        let neighbours = squares.iter().zip(0..);
        let neighbours = neighbours.map(|(&square, sample)| Neighbour { square, sample });
        let class = |neighbour: Neighbour| [2, 0, 2][neighbour.sample as usize];
        let logs = log_probabilities(&neighbours.collect::<Vec<_>>(), class, 4, weights);
        logs.iter().map(|log| log.exp()).collect()
    }

    fn assert_close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{found:?}, {expected:?}");
        }
    }

    #[test]
    fn one_more_vote_is_shared_by_all_classes() {
        let found = probabilities(&[1.0, 4.0, 9.0], Weights::Uniform);
        assert_close(&found, &[1.25 / 4.0, 0.25 / 4.0, 2.25 / 4.0, 0.25 / 4.0]);
    }

    #[test]
    fn votes_weigh_one_over_their_distance() {
        let found = probabilities(&[1.0, 4.0, 16.0], Weights::Distance);
        let share = 0.5 / 1.75;
        let expected = [3.0 * share + 0.25, 0.25, 3.0 * (1.0 - share) + 0.25, 0.25];
        assert_close(&found, &expected.map(|votes| votes / 4.0));
        let tiny = probabilities(&[1e-300, 4e-300, 16e-300], Weights::Distance);
        assert_close(&tiny, &found);
    }

    #[test]
    fn what_is_at_no_distance_votes_alone() {
        let found = probabilities(&[0.0, 0.0, 1e-9], Weights::Distance);
        assert_close(&found, &[1.75 / 4.0, 0.25 / 4.0, 1.75 / 4.0, 0.25 / 4.0]);
    }
}
