//! Whether there are enough images for a bootstrap interval of a metric to hold.

use crate::metric::Metric;
use crate::sample::Contributions;
use serde::Serialize;
use statistics::{FEWEST_DIFFERING, FEWEST_OF_A_CLASS};
use std::collections::HashSet;

/// Why a difference in a metric has no interval, and is not tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TooFew {
    /// Too few images tell the two models apart: fewer than [`FEWEST_DIFFERING`].
    Differing,
    /// Too few images are of some class: fewer than [`FEWEST_OF_A_CLASS`].
    OfAClass,
}

/// The images of several models.
pub(crate) struct Images<'a> {
    models: &'a [&'a Contributions],
    groups: Option<&'a [usize]>,
    few_of_a_class: bool,
}

impl<'a> Images<'a> {
    pub(crate) fn new(models: &'a [&'a Contributions], groups: Option<&'a [usize]>) -> Self {
        let of = models[0];
        let mut of_class = vec![HashSet::new(); of.classes()];
        for image in 0..of.images() {
            let units: &mut HashSet<usize> = &mut of_class[of.truth(image)];
            if units.len() < FEWEST_OF_A_CLASS {
                units.insert(unit(groups, image));
            }
        }
        let mut occurs = of_class.iter().filter(|units| !units.is_empty());
        Self {
            models,
            groups,
            few_of_a_class: occurs.any(|units| units.len() < FEWEST_OF_A_CLASS),
        }
    }

    /// Why two models cannot be compared by a metric.
    pub(crate) fn too_few(&self, [first, second]: [usize; 2], metric: Metric) -> Option<TooFew> {
        let [first, second] = [first, second].map(|model| self.models[model]);
        let place = usize::from(metric == Metric::Top3Accuracy);
        let differs = |image: usize| match metric {
            Metric::Top2Accuracy | Metric::Top3Accuracy => {
                let [a, b] = [first, second].map(|of| of.among_first(image));
                a.map(|of| of[place]) != b.map(|of| of[place])
            }
            _ => first.differs(second, image),
        };
        match metric {
            Metric::RocAuc | Metric::PrAuc => self.few_of_a_class.then_some(TooFew::OfAClass),
            Metric::LogLoss | Metric::Brier | Metric::ExpectedCalibrationError => None,
            _ if self.few(differs) => Some(TooFew::Differing),
            Metric::Top2Accuracy | Metric::Top3Accuracy => None,
            _ => self.few_of_a_class.then_some(TooFew::OfAClass),
        }
    }

    /// Whether so few images, or groups, are of this kind that they decide nothing.
    fn few(&self, is_one: impl Fn(usize) -> bool) -> bool {
        let mut found = HashSet::new();
        let mut images = (0..self.models[0].images()).filter(|&image| is_one(image));
        !images.any(|image| {
            found.insert(unit(self.groups, image));
            found.len() >= FEWEST_DIFFERING
        })
    }
}

/// What counts as one: an image, or its group.
fn unit(groups: Option<&[usize]>, image: usize) -> usize {
    groups.map_or(image, |groups| groups[image])
}

#[cfg(test)]
mod tests {
    use crate::bootstrap::MetricDifference;
    use crate::examples::report;
    use crate::{Metric, TooFew};
    use records::examples::{CELL, fit, fitted, run};
    use records::{Fitted, Outcome};

    /// Of two models on 200 images, of which so many are of the second class: the first is right on all, the second is
    /// wrong on the first ones.
    fn compared(of_second: usize, wrong: usize) -> Vec<MetricDifference> {
        let labels: Vec<u16> = (0..200).map(|i| u16::from(i >= 200 - of_second)).collect();
        let run = run(&["a", "b"], &labels);
        let fits = [("a", 0), ("b", wrong)].map(|(id, wrong)| {
            let answers = labels.iter().enumerate();
            let answers = answers.map(|(i, &label)| if i < wrong { 1 - label } else { label });
            let predictions: Vec<u16> = answers.collect();
            let logs = predictions.iter().enumerate().flat_map(|(i, &class)| {
                let sure = 0.7 + 0.001 * i as f32;
                let logs = [sure.ln(), (1.0 - sure).ln()];
                if class == 0 { logs } else { [logs[1], logs[0]] }
            });
            let of = Fitted {
                log_probabilities: Some(logs.collect()),
                ..fitted(&predictions)
            };
            fit(id, CELL, Outcome::Finished(Box::new(of)))
        });
        let mut pairs = report(fits.to_vec(), run).comparisons;
        pairs.remove(0).metric_differences
    }

    #[test]
    fn metrics_of_few_images_have_no_interval_and_no_decision() {
        let of = |found: &[MetricDifference], metric| {
            let found = found.iter().find(|of| of.metric == metric).unwrap();
            assert_eq!(found.interval.is_none(), found.p_adjusted.is_none());
            assert!(found.too_few.is_none() || (found.interval.is_none() && !found.different));
            found.too_few
        };
        let predictions = [
            Metric::BalancedAccuracy,
            Metric::MacroF1,
            Metric::CohenKappa,
        ];
        let areas = [Metric::RocAuc, Metric::PrAuc];
        for (of_second, wrong, of_predictions, of_areas) in [
            (100, 12, None, None),
            (100, 4, Some(TooFew::Differing), None),
            (5, 12, Some(TooFew::OfAClass), Some(TooFew::OfAClass)),
            (29, 9, Some(TooFew::Differing), Some(TooFew::OfAClass)),
            (30, 10, None, None),
        ] {
            let found = compared(of_second, wrong);
            let of = |metric| of(&found, metric);
            for metric in predictions {
                assert_eq!(of(metric), of_predictions, "{metric:?} {of_second} {wrong}");
            }
            for metric in areas {
                assert_eq!(of(metric), of_areas, "{metric:?} {of_second} {wrong}");
            }
            assert_eq!(of(Metric::Brier), None);
        }
    }
}
