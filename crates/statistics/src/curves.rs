//! The receiver operating characteristic and precision over recall, each with a band.

use crate::areas::shown_classes;
use crate::interval::wilson_of_share;
use crate::moments::mean;
use crate::probabilities::rows;
use crate::{Interval, PairedBootstrap};
use serde::Serialize;

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Where it is: a false positive rate, or a recall.
    pub at: f64,
    /// How high: a true positive rate, or a precision.
    pub value: f64,
    /// Where the value may be, this point alone; `None` where no test sets were drawn.
    pub band: Option<Interval>,
}

/// What curves are asked for.
#[derive(Debug, Clone, Copy)]
pub struct CurvePlaces<'a> {
    /// False positive rates.
    pub rates: &'a [f64],
    /// Recalls.
    pub recalls: &'a [f64],
    /// Test sets to draw for the bands; 0 for none.
    pub draws: usize,
    /// Of the draws.
    pub seed: u64,
    /// Groups of samples to draw as a whole.
    pub groups: Option<&'a [usize]>,
}

/// Confidence of the bands.
const CONFIDENCE: f64 = 0.95;

/// The true positive rate at each false positive rate, and the precision at each recall: of each class
/// against the rest, the mean over the classes that have samples inside and outside (vertical averaging:
/// Fawcett 2006); of two classes that of the second. Between two thresholds the first is a straight line,
/// the second that of the next threshold.
///
/// A band is Wilson's interval of as many samples as make a share of the curve's height as uncertain as it is
/// over drawn test sets (of the design effect: Korn and Graubard 1998), and never of more than there are. It
/// has a width where no draw differs, and stays within 0 and 1. The same seed gives the same, for any number
/// of threads.
///
/// `None` where no class has samples inside and outside. Shapes are as in [`roc_auc`](crate::roc_auc).
///
/// # Panics
/// If the slices do not fit each other, or for 2³² samples and more.
pub fn threshold_curves(
    log_probabilities: &[f32],
    labels: &[usize],
    places: CurvePlaces,
) -> Option<[Vec<CurvePoint>; 2]> {
    let classes: Vec<Thresholds> = shown_classes(log_probabilities, labels)
        .filter_map(|class| Thresholds::new(log_probabilities, labels, class))
        .collect();
    if classes.is_empty() {
        return None;
    }
    let drawn = (places.draws > 0).then(|| {
        let statistics = |times: &[u32]| mean_curves(&classes, times, places).0;
        let samples = labels.len();
        match places.groups {
            None => PairedBootstrap::new(samples, places.draws, places.seed, statistics),
            Some(groups) => {
                PairedBootstrap::of_groups(groups, places.draws, places.seed, statistics)
            }
        }
    });
    let (values, samples) = mean_curves(&classes, &vec![1; labels.len()], places);
    let at = places.rates.iter().chain(places.recalls);
    let mut points: Vec<CurvePoint> = at
        .enumerate()
        .map(|(i, &at)| CurvePoint {
            at,
            value: values[i],
            band: drawn.as_ref().and_then(|drawn| {
                let (_, deviation) = drawn.moments(i)?;
                Some(band(values[i], deviation, samples[i]))
            }),
        })
        .collect();
    let recalls = points.split_off(places.rates.len());
    Some([points, recalls])
}

/// Of a share of so many samples, whose standard deviation is known.
fn band(share: f64, deviation: f64, samples: f64) -> Interval {
    // A share of 1 has no spread of its own, though it varies over draws: then it is that of one mistake.
    let of_one = (samples + 1.0) / (samples + 2.0).powi(2);
    let spread = (share * (1.0 - share)).max(of_one);
    // Without variance that is infinitely many: all there are.
    let as_many = spread / (deviation * deviation);
    wilson_of_share(share.clamp(0.0, 1.0), as_many.min(samples), CONFIDENCE)
}

/// Both curves of a test set that has every sample so many times, and how many samples each height is a share
/// of; NaN where it has no class.
fn mean_curves(classes: &[Thresholds], times: &[u32], places: CurvePlaces) -> (Vec<f64>, Vec<f64>) {
    let curves: Vec<Vec<[f64; 2]>> = classes
        .iter()
        .filter_map(|class| class.curves(times, places))
        .collect();
    let count = curves.len() as f64;
    (0..places.rates.len() + places.recalls.len())
        .map(|i| {
            let height = mean(curves.iter().map(|curve| curve[i][0]));
            // A mean of shares of n samples each varies like a share of Σn, of unequal ones like this many.
            let parts: f64 = curves.iter().map(|curve| 1.0 / curve[i][1]).sum();
            (height, count * count / parts)
        })
        .unzip()
}

/// The samples by their probability of a class, the most probable first: each with whether it belongs,
/// and whether the next is no less probable.
struct Thresholds(Vec<(u32, bool, bool)>);

impl Thresholds {
    /// `None` if no sample belongs, or all do.
    fn new(log_probabilities: &[f32], labels: &[usize], class: usize) -> Option<Self> {
        let mut ordered: Vec<(u32, bool, f32)> = rows(log_probabilities, labels)
            .zip(0..)
            .map(|((row, label), sample)| (sample, label == class, row[class]))
            .collect();
        let members = ordered.iter().filter(|of| of.1).count();
        if members == 0 || members == ordered.len() {
            return None;
        }
        ordered.sort_by(|a, b| b.2.total_cmp(&a.2));
        let tied = |i: usize| {
            ordered
                .get(i + 1)
                .is_some_and(|next| next.2 == ordered[i].2)
        };
        let with_ties = ordered.iter().enumerate();
        Some(Self(
            with_ties
                .map(|(i, &(sample, member, _))| (sample, member, tied(i)))
                .collect(),
        ))
    }

    /// Each height, and how many samples it is a share of.
    ///
    /// Plain loops over what is left of the places: as closures over iterators they take four times as long in the
    /// dev profile, and two thousand test sets are drawn for the bands.
    fn curves(&self, times: &[u32], places: CurvePlaces) -> Option<Vec<[f64; 2]>> {
        let mut totals = [0_u64; 2];
        for &(sample, member, _) in &self.0 {
            totals[usize::from(member)] += u64::from(times[sample as usize]);
        }
        let (others, members) = (totals[0] as f64, totals[1] as f64);
        if others == 0.0 || members == 0.0 {
            return None;
        }
        let (mut rates, mut recalls) = (places.rates, places.recalls);
        let (mut roc, mut precisions) = (Vec::new(), Vec::new());
        let mut counts = [0_u64; 2];
        let mut before = [0.0; 2];
        for &(sample, member, tied) in &self.0 {
            counts[usize::from(member)] += u64::from(times[sample as usize]);
            if tied {
                continue;
            }
            // False and true positives at this threshold.
            let (f, t) = (counts[0] as f64, counts[1] as f64);
            // At a rate that several thresholds have, the last of them counts: it has most positives.
            while let [rate, rest @ ..] = rates
                && rate * others < f
            {
                let share = (rate * others - before[0]) / (f - before[0]);
                let found = before[1] + share * (t - before[1]);
                roc.push([found / members, members]);
                rates = rest;
            }
            while let [recall, rest @ ..] = recalls
                && recall * members <= t
                && t > 0.0
            {
                precisions.push([t / (t + f), t + f]);
                recalls = rest;
            }
            before = [f, t];
        }
        roc.extend(rates.iter().map(|_| [1.0, members]));
        let all = members + others;
        precisions.extend(recalls.iter().map(|_| [members / all, all]));
        Some([roc, precisions].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, forty, recorded};

    const RATES: [f64; 5] = [0.0, 0.1, 0.25, 0.5, 1.0];
    const RECALLS: [f64; 5] = [0.05, 0.2, 0.5, 0.8, 1.0];

    fn places(draws: usize) -> CurvePlaces<'static> {
        CurvePlaces {
            rates: &RATES,
            recalls: &RECALLS,
            draws,
            seed: 1,
            groups: None,
        }
    }

    /// `roc_curve`, interpolated, and `precision_recall_curve`, of each class; the mean.
    #[test]
    fn curves_are_scikit_learns() {
        let (logs, labels) = forty();
        let expected: [Vec<f64>; 2] = recorded("curves");
        let found = threshold_curves(&logs, &labels, places(0)).unwrap();
        for (found, expected) in found.iter().zip(expected) {
            for (found, expected) in found.iter().zip(expected) {
                assert_close(found.value, expected);
                assert_eq!(found.band, None);
            }
        }
    }

    #[test]
    fn a_band_is_around_its_curve_and_narrows_with_samples() {
        let (logs, labels) = forty();
        let width = |copies: usize| {
            let (logs, labels) = (logs.repeat(copies), labels.repeat(copies));
            let [roc, precision] = threshold_curves(&logs, &labels, places(200)).unwrap();
            let widths = roc.iter().chain(&precision).map(|point| {
                let band = point.band.unwrap();
                assert!(band.low <= point.value && point.value <= band.high);
                assert!((0.0..=1.0).contains(&band.low) && band.high <= 1.0);
                band.high - band.low
            });
            widths.sum::<f64>()
        };
        let (few, many) = (width(1), width(16));
        assert!(many < few / 2.0 && many > few / 6.0, "{few}, {many}");
    }

    #[test]
    fn a_share_of_one_has_a_narrow_band_though_draws_differ() {
        for (share, deviation) in [(1.0, 0.0), (1.0, 1e-3), (1.0 + 1e-15, 1e-3), (0.0, 1e-3)] {
            let found = band(share, deviation, 1_000.0);
            assert!(
                found.high - found.low < 0.01,
                "{share}, {deviation}: {found:?}"
            );
        }
    }

    #[test]
    fn ties_are_one_threshold_and_one_class_has_no_curve() {
        let half = [0.5_f32.ln(); 8];
        let [roc, precision] = threshold_curves(&half, &[0, 1, 1, 0], places(0)).unwrap();
        assert!(roc.iter().all(|point| point.value == point.at));
        assert!(precision.iter().all(|point| point.value == 0.5));
        assert_eq!(threshold_curves(&half, &[1; 4], places(0)), None);
        assert_eq!(threshold_curves(&[], &[], places(0)), None);
    }
}
