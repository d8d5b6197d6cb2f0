//! Whether there are enough images for a bootstrap interval of a metric to hold.

use crate::metric::Metric;
use crate::sample::Contributions;
use serde::Serialize;
use statistics::{FEWEST_DIFFERING, FEWEST_FOR_CURVES, FEWEST_OF_A_CLASS, FEWEST_SCORED};
use std::collections::HashSet;

/// Why a difference in a metric has no interval, and is not tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TooFew {
    /// Too few images tell the two models apart: fewer than [`FEWEST_DIFFERING`].
    Differing,
    /// Too few images are of some class: fewer than [`FEWEST_OF_A_CLASS`], or for areas under curves than
    /// [`FEWEST_FOR_CURVES`].
    OfAClass,
    /// Too few images in all: fewer than [`FEWEST_SCORED`].
    InAll,
}

/// The images of several models.
pub(crate) struct Images<'a> {
    models: &'a [&'a Contributions],
    groups: Option<&'a [usize]>,
    /// Images, or groups, of the smallest class, as far as they matter.
    of_smallest: usize,
    /// Images, or groups, in all.
    in_all: usize,
    /// Whether as many images are of each class that occurs.
    even: bool,
    /// Whether all classes occur.
    all_occur: bool,
}

impl<'a> Images<'a> {
    pub(crate) fn new(models: &'a [&'a Contributions], groups: Option<&'a [usize]>) -> Self {
        let of = models[0];
        let mut of_class = vec![HashSet::new(); of.classes()];
        for image in 0..of.images() {
            let units: &mut HashSet<usize> = &mut of_class[of.truth(image)];
            if units.len() < FEWEST_FOR_CURVES {
                units.insert(unit(groups, image));
            }
        }
        let occurs = of_class.iter().map(HashSet::len).filter(|&units| units > 0);
        let different = |groups: &[usize]| groups.iter().collect::<HashSet<_>>().len();
        Self {
            models,
            groups,
            of_smallest: occurs.min().unwrap_or(0),
            in_all: groups.map_or(of.images(), different),
            even: is_even(of),
            all_occur: of_class.iter().all(|units| !units.is_empty()),
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
        let of_a_class = |fewest| (self.of_smallest < fewest).then_some(TooFew::OfAClass);
        let in_all = (self.in_all < FEWEST_SCORED).then_some(TooFew::InAll);
        match metric {
            Metric::RocAuc | Metric::PrAuc => of_a_class(FEWEST_FOR_CURVES),
            // The last is never compared.
            Metric::LogLoss | Metric::Brier | Metric::ExpectedCalibrationError => in_all,
            _ if self.few(differs) => Some(TooFew::Differing),
            Metric::Top2Accuracy | Metric::Top3Accuracy => in_all,
            _ => of_a_class(FEWEST_OF_A_CLASS),
        }
    }

    /// Whether the difference in a metric is the one in accuracy by another name: then it is decided as that is.
    pub(crate) fn is_accuracy(&self, metric: Metric) -> bool {
        match metric {
            Metric::WeightedRecall => true,
            Metric::BalancedAccuracy => self.even,
            // It counts a class that is predicted and does not occur, too.
            Metric::MacroRecall => self.even && self.all_occur,
            _ => false,
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

/// Whether as many images are of each class that occurs.
fn is_even(of: &Contributions) -> bool {
    let mut counts = vec![0_usize; of.classes()];
    (0..of.images()).for_each(|image| counts[of.truth(image)] += 1);
    let mut occur = counts.into_iter().filter(|&count| count > 0);
    let first = occur.next();
    occur.all(|count| Some(count) == first)
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
        let predictions = [Metric::MacroPrecision, Metric::MacroF1, Metric::CohenKappa];
        let areas = [Metric::RocAuc, Metric::PrAuc];
        for (of_second, wrong, of_predictions, of_areas) in [
            (100, 12, None, None),
            (100, 4, Some(TooFew::Differing), None),
            (5, 12, Some(TooFew::OfAClass), Some(TooFew::OfAClass)),
            (29, 9, Some(TooFew::Differing), Some(TooFew::OfAClass)),
            (30, 10, None, Some(TooFew::OfAClass)),
            (59, 10, None, Some(TooFew::OfAClass)),
            (60, 10, None, None),
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
