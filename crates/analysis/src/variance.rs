//! Where the spread of an accuracy comes from.

use crate::fits::FitSummary;
use records::Protocol;
use serde::Serialize;
use statistics::{mean, variance};

/// Standard deviations of a model's accuracy, by what would have to be drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VarianceBudget {
    /// Other images to judge on, as many: √(p(1 − p)/n).
    pub judged_images: f64,
    /// Another seed, with the same training images.
    pub seed: Option<f64>,
    /// Other training images: what the spread over folds leaves when that of the judged images and of
    /// the seed is taken from it. Where no fold was fitted with several seeds, another seed is in it.
    pub training_images: Option<f64>,
}

impl VarianceBudget {
    /// From the fits of a model, each judged on all of `images` images or, over folds, on its part of
    /// them; then also from fits of the same folds with other seeds. `None` for one fit.
    pub(crate) fn new(
        fits: &[FitSummary],
        other_seeds: &[FitSummary],
        protocol: Protocol,
        images: usize,
    ) -> Option<Self> {
        if fits.len() < 2 {
            return None;
        }
        let accuracies: Vec<f64> = fits.iter().map(|fit| fit.accuracy).collect();
        let average = mean(accuracies.iter().copied());
        let folds = protocol.folds().map_or(1, |folds| usize::from(folds.folds));
        let judged = average * (1.0 - average) / (images / folds).max(1) as f64;
        if protocol.folds().is_none() {
            return Some(Self {
                judged_images: judged.sqrt(),
                seed: Some(variance(&accuracies).sqrt()),
                training_images: None,
            });
        }
        let folds: Vec<Vec<f64>> = fits
            .iter()
            .map(|fit| {
                let same = |other: &&FitSummary| other.cell.split == fit.cell.split;
                let others = other_seeds.iter().filter(same).map(|other| other.accuracy);
                std::iter::once(fit.accuracy).chain(others).collect()
            })
            .collect();
        // One-way analysis of variance: the means of folds vary by a part of what seeds do, too.
        let seeds = folds.iter().map(Vec::len).min().unwrap_or(1);
        let within = (seeds > 1).then(|| mean(folds.iter().map(|fold| variance(fold))));
        let means: Vec<f64> = folds
            .iter()
            .map(|fold| mean(fold.iter().copied()))
            .collect();
        let from_seeds = within.unwrap_or(0.0) / seeds as f64;
        let training = variance(&means) - judged - from_seeds;
        Some(Self {
            judged_images: judged.sqrt(),
            seed: within.map(f64::sqrt),
            training_images: Some(training.max(0.0).sqrt()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::of_fold;
    use records::{Cell, Folds, JudgedOn, Role};

    /// Forty folds with three seeds each: folds differ by ± 0.02, seeds within a fold by ± 0.03.
    #[test]
    fn the_parts_of_the_spread_are_told_apart() {
        let protocol = Protocol {
            judged_on: JudgedOn::Folds(Folds {
                repeats: 1,
                folds: 40,
            }),
            seeds: 3,
            calibration: None,
        };
        let fit = |fold: usize, seed: usize| FitSummary {
            cell: Cell {
                role: match seed {
                    0 => Role::Main,
                    n => Role::OtherSeed(n as u16),
                },
                ..of_fold(0, fold as u16)
            },
            train_images: 100,
            judged_images: 100,
            accuracy: 0.5 + [-0.02, 0.02][fold % 2] + [0.0, 0.03, -0.03][seed],
            log_loss: None,
            fit_seconds: Some(0.0),
        };
        let of_seed = |seed: usize| (0..40).map(move |fold| fit(fold, seed));
        let firsts: Vec<FitSummary> = of_seed(0).collect();
        let others: Vec<FitSummary> = of_seed(1).chain(of_seed(2)).collect();
        let close =
            |found: Option<f64>, variance: f64| (found.unwrap() - variance.sqrt()).abs() < 1e-6;
        let means = 0.02_f64.powi(2) * 40.0 / 39.0;
        // So many images that they add nothing.
        let many = 1 << 60;
        let budget = VarianceBudget::new(&firsts, &others, protocol, many).unwrap();
        assert!(close(budget.seed, 0.03_f64.powi(2)), "{budget:?}");
        assert!(
            close(budget.training_images, means - 0.03_f64.powi(2) / 3.0),
            "{budget:?}"
        );
        let mixed = VarianceBudget::new(&firsts, &[], protocol, many).unwrap();
        assert_eq!(mixed.seed, None);
        assert!(close(mixed.training_images, means), "{mixed:?}");
        let few = VarianceBudget::new(&firsts, &others, protocol, 40 * 2_500).unwrap();
        assert!((few.judged_images - 0.01).abs() < 1e-9, "{few:?}");
        let seeds = Protocol {
            judged_on: JudgedOn::Test,
            ..protocol
        };
        let three = [fit(0, 0), fit(0, 1), fit(0, 2)];
        let budget = VarianceBudget::new(&three, &[], seeds, many).unwrap();
        assert!(close(budget.seed, 0.03_f64.powi(2)) && budget.training_images.is_none());
    }
}
