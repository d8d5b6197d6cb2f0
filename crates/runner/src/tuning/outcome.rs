//! What the trials of a model come to.

use crate::learner::Learner;
use records::{ExpectedBest, TunedModel, TunedTrial};
use search::{Domain, expected_best};

/// What the trials of a model come to.
pub(super) fn tuned(
    model: &Learner,
    resource: Option<String>,
    trials: Vec<TunedTrial>,
    in_seconds: bool,
) -> TunedModel {
    let finished = trials.iter().filter(|trial| trial.accuracy.is_some());
    let most = finished.map(|trial| trial.share).fold(0.0, f64::max);
    let with_most = |trial: &TunedTrial| trial.share == most && !trial.called_off;
    let accuracies = trials.iter().enumerate().filter_map(|(index, trial)| {
        let accuracy = trial.accuracy.filter(|_| with_most(trial))?;
        Some((index, accuracy))
    });
    // The last of equals in reverse: the first.
    let reversed: Vec<(usize, f64)> = accuracies.collect();
    let best = reversed.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
    let seconds = trials.iter().map(|trial| trial.fit_seconds).sum();
    let spent = if in_seconds {
        seconds
    } else {
        trials.iter().map(|trial| trial.share).sum()
    };
    let scores = trials.iter().filter(|trial| with_most(trial));
    let scores: Vec<Option<f64>> = scores.map(|trial| trial.accuracy).collect();
    // Each at its share of the cost of all trials, those with less of the resource included.
    let cost = spent / scores.len().max(1) as f64;
    let expected = expected_best(&scores, 0.0).into_iter().enumerate();
    let expected_best = expected.map(|(i, accuracy)| ExpectedBest {
        spent: cost * (i + 1) as f64,
        accuracy,
    });
    TunedModel {
        id: model.id.clone(),
        model: model.method.model().to_owned(),
        searched: searched(model),
        resource,
        best: best.map(|(index, _)| *index),
        expected_best: expected_best.collect(),
        trials,
        seconds,
    }
}

/// The domains in words.
fn searched(model: &Learner) -> Vec<(String, String)> {
    let scale = |log: bool| if log { ", log scale" } else { "" };
    let words = |domain: &Domain| match domain {
        Domain::Choice(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("one of {}", items.join(", "))
        }
        Domain::Real { low, high, log } => format!("{low} to {high}{}", scale(*log)),
        Domain::Whole { low, high, log } => format!("whole, {low} to {high}{}", scale(*log)),
    };
    let domains = model.space.domains().iter();
    domains
        .map(|(name, domain)| (name.clone(), words(domain)))
        .collect()
}
