//! How sure the trials of a search are.

use crate::levels::CONFIDENCE;
use records::{JudgedOn, TunedTrial, TuningRecord};
use statistics::{CorrelatedDifferences, Interval, wilson};

/// What other images of the same kind could have given a trial, at 95 %: over folds the interval
/// of Nadeau and Bengio 2003, otherwise Wilson's. `None` if it did not finish, or all folds gave
/// the same.
pub fn trial_interval(search: &TuningRecord, trial: &TunedTrial) -> Option<Interval> {
    let accuracy = trial.accuracy?;
    if let JudgedOn::Folds(folds) = search.judged_on {
        let judged = search.judged_images as f64 / f64::from(folds.folds);
        let ratio = judged / trial.train_images.max(1) as f64;
        let folds = CorrelatedDifferences::new(&trial.folds, ratio)?;
        return Some(folds.share_interval(CONFIDENCE));
    }
    let images = search.judged_images;
    let right = (accuracy * images as f64).round() as usize;
    Some(wilson(right.min(images), images, CONFIDENCE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::run;
    use records::{Folds, Search, TuningBudget};
    use serde_json::Map;

    #[test]
    fn over_folds_the_interval_is_wider_than_that_of_the_images() {
        let trial = TunedTrial {
            values: Map::new(),
            share: 1.0,
            train_images: 900,
            epochs: None,
            accuracy: Some(0.9),
            folds: vec![0.85, 0.9, 0.95],
            called_off: false,
            reason: None,
            fit_seconds: 1.0,
        };
        let (repeats, folds) = (1, 3);
        let mut report = TuningRecord {
            format: 3,
            title: "toys".to_owned(),
            search: Search::Random,
            budget: TuningBudget::Trials(1),
            quick: false,
            plan: "plan.toml".to_owned(),
            train_images: 900,
            judged_on: JudgedOn::Folds(Folds { repeats, folds }),
            judged_images: 1_350,
            at_once: 1,
            machines: [].into(),
            seed: 1,
            environment: run(&[], &[]).environment,
            models: Vec::new(),
        };
        let interval = trial_interval(&report, &trial).unwrap();
        // Nadeau and Bengio's standard error, 0.05 · √(1/3 + 450/900), and t(0.975, 2), which is 4.303,
        // on the scale of the logit.
        let half = 4.303 * 0.05 * (5.0_f64 / 6.0).sqrt() / (0.9 * 0.1);
        let logit = |share: f64| (share / (1.0 - share)).ln();
        assert!((logit(interval.high) - logit(0.9) - half).abs() < 1e-3);
        assert!((logit(0.9) - logit(interval.low) - half).abs() < 1e-3);
        report.judged_on = JudgedOn::Validation { images: 1_350 };
        let wilson = trial_interval(&report, &trial).unwrap();
        assert!(wilson.high - wilson.low < (interval.high - interval.low) / 5.0);
    }
}
