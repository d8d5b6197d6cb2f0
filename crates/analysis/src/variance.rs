//! Where the spread of an accuracy comes from.

use crate::fits::FitSummary;
use records::Protocol;
use serde::Serialize;
use statistics::{mean, variance};

/// Standard deviations of a model's accuracy, by what would have to be drawn anew. Over folds there is none for
/// other training images: folds share theirs, and no estimate of it is unbiased (Bengio and Grandvalet 2004).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VarianceBudget {
    /// Other images to judge on, as many: √(p(1 − p)/n). `None` where they come in groups.
    pub judged_images: Option<f64>,
    /// Another seed, with the same training images. `None` where no fold was fitted with several.
    pub seed: Option<f64>,
}

impl VarianceBudget {
    /// From the fits of a model, over folds also from fits of the same folds with other seeds. `images` are those
    /// judged in all, if they are independent. `None` for one fit.
    pub(crate) fn new(
        fits: &[FitSummary],
        other_seeds: &[FitSummary],
        protocol: Protocol,
        images: Option<usize>,
    ) -> Option<Self> {
        if fits.len() < 2 {
            return None;
        }
        let accuracies: Vec<f64> = fits.iter().map(|fit| fit.accuracy).collect();
        let average = mean(accuracies.iter().copied());
        let of_seeds = match protocol.folds() {
            None => Some(variance(&accuracies)),
            Some(_) => within_folds(fits, other_seeds),
        };
        Some(Self {
            judged_images: images.map(|n| (average * (1.0 - average) / n.max(1) as f64).sqrt()),
            seed: of_seeds.map(f64::sqrt),
        })
    }
}

/// The mean variance of fits of the same fold with several seeds.
fn within_folds(fits: &[FitSummary], other_seeds: &[FitSummary]) -> Option<f64> {
    let of_fold = |fit: &FitSummary| {
        let same = |other: &&FitSummary| other.cell.split == fit.cell.split;
        let others = other_seeds.iter().filter(same).map(|other| other.accuracy);
        let all: Vec<f64> = std::iter::once(fit.accuracy).chain(others).collect();
        (all.len() > 1).then(|| variance(&all))
    };
    let variances: Option<Vec<f64>> = fits.iter().map(of_fold).collect();
    Some(mean(variances?.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::of_fold;
    use records::{Cell, Folds, JudgedOn, Role};

    /// Forty folds with three seeds each: folds differ by ± 0.02, seeds within a fold by ± 0.03.
    #[test]
    fn the_spread_over_seeds_is_that_within_folds() {
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
        let of_all = |firsts: &[FitSummary], others: &[FitSummary], images| {
            VarianceBudget::new(firsts, others, protocol, images).unwrap()
        };
        let budget = of_all(&firsts, &others, None);
        assert!(close(budget.seed, 0.03_f64.powi(2)), "{budget:?}");
        assert_eq!(budget.judged_images, None);
        assert_eq!(of_all(&firsts, &[], None).seed, None);
        let of_images = of_all(&firsts, &others, Some(2_500)).judged_images;
        assert!(close(of_images, 1e-4), "{of_images:?}");
        let seeds = Protocol {
            judged_on: JudgedOn::Test,
            ..protocol
        };
        let three = [fit(0, 0), fit(0, 1), fit(0, 2)];
        let budget = VarianceBudget::new(&three, &[], seeds, None).unwrap();
        assert!(close(budget.seed, 0.03_f64.powi(2)), "{budget:?}");
    }
}
