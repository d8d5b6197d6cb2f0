//! What probabilities show beyond one number: whether they mean what they say, and what each threshold
//! would do.

use crate::answers::Answers;
use crate::levels::{BINS, CONFIDENCE};
use records::RunRecord;
use serde::Serialize;
use statistics::{
    Corp, CurvePlaces, CurvePoint, Interval, ReliabilityBin, Step, Test, class_calibration_error,
    confidences, consistency_band, corp, debiased_calibration_error, impossible_truths,
    spiegelhalter, threshold_curves,
};

/// Whether the probabilities of a model mean what they say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// The expected calibration error less what chance adds to it.
    pub debiased_calibration_error: f64,
    /// The class-wise calibration error.
    pub class_calibration_error: f64,
    /// What the Brier score of being right loses because probabilities do not mean what they say (CORP).
    pub miscalibration: f64,
    /// What it gains because they tell images apart.
    pub discrimination: f64,
    /// Spiegelhalter's test of confidences that mean what they say; `None` of images in groups.
    pub spiegelhalter: Option<Test>,
    /// Images of which the truth has probability 0: each makes the log-loss infinite.
    pub impossible_truths: usize,
}

/// What figures of probabilities are drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagrams {
    /// The reliability diagram.
    pub steps: Vec<Step>,
    /// Places on its diagonal, and how far it strays from there by chance; empty of images in groups, and
    /// where there are too many for that to be seen.
    pub chance: Vec<(f64, Interval)>,
    /// The receiver operating characteristic, then precision over recall; `None` where all images are of
    /// one class.
    pub curves: Option<[Vec<CurvePoint>; 2]>,
}

/// Test sets that are drawn for a band, outcomes for another.
const DRAWS: usize = 200;

/// The most images of all drawn sets and classes together: a second. With more images than that allows a
/// band is as narrow as its line.
const MOST_LOOKS: usize = 1 << 27;

/// Places of the reliability diagram's band.
const PLACES: usize = 40;

/// Points of a curve.
const POINTS: usize = 80;

/// `None` for a model without probabilities. `bins` are its predictions by their probability.
pub(crate) fn probabilities(
    run: &RunRecord,
    answers: &Answers,
    bins: &[ReliabilityBin],
) -> Option<(Calibration, Diagrams)> {
    let logs = answers.log_probabilities.as_deref()?;
    let labels = &answers.labels;
    let (sure, right): (Vec<f64>, Vec<bool>) = confidences(logs, labels, BINS)
        .map(|(_, confidence, right)| (confidence.clamp(0.0, 1.0), right))
        .unzip();
    let Corp {
        steps,
        miscalibration,
        discrimination,
        ..
    } = corp(&sure, &right);
    // What chance does to images that come in groups is not known.
    let are_independent = run.groups.is_empty();
    let calibration = Calibration {
        debiased_calibration_error: debiased_calibration_error(bins),
        class_calibration_error: class_calibration_error(logs, labels, BINS),
        miscalibration,
        discrimination,
        spiegelhalter: are_independent
            .then(|| spiegelhalter(&sure, &right))
            .flatten(),
        impossible_truths: impossible_truths(logs, labels),
    };
    let diagrams = Diagrams {
        steps,
        chance: if are_independent {
            chance(&sure, run.seed)
        } else {
            Vec::new()
        },
        curves: curves(run, logs, labels),
    };
    Some((calibration, diagrams))
}

/// The band of the diagonal, from the smallest confidence to the largest.
fn chance(confidences: &[f64], seed: u64) -> Vec<(f64, Interval)> {
    if confidences.len() * DRAWS > MOST_LOOKS {
        return Vec::new();
    }
    let ends = [f64::INFINITY, f64::NEG_INFINITY];
    let [low, high] = confidences
        .iter()
        .fold(ends, |[low, high], &p| [low.min(p), high.max(p)]);
    let places = even([low, high], PLACES);
    let band = consistency_band(confidences, &places, CONFIDENCE, DRAWS, seed);
    places.into_iter().zip(band).collect()
}

fn curves(run: &RunRecord, logs: &[f32], labels: &[usize]) -> Option<[Vec<CurvePoint>; 2]> {
    let classes = run.dataset.classes.max(2);
    // A false positive rate of less than one image says nothing.
    let others = (labels.len() * (classes - 1) / classes).max(2) as f64;
    let rates = even([-others.ln(), 0.0], POINTS);
    let rates: Vec<f64> = rates.into_iter().map(|log| log.exp().min(1.0)).collect();
    let looks = labels.len() * (classes - 1) * DRAWS;
    let is_drawn = run.protocol.folds().is_none() && looks <= MOST_LOOKS;
    let groups = run.groups();
    let places = CurvePlaces {
        rates: &rates,
        recalls: &even([0.01, 1.0], POINTS),
        draws: if is_drawn { DRAWS } else { 0 },
        seed: run.seed,
        groups: groups.as_deref(),
    };
    threshold_curves(logs, labels, places)
}

/// Numbers at equal distances, both ends among them.
fn even([from, to]: [f64; 2], count: usize) -> Vec<f64> {
    let step = (to - from) / (count - 1) as f64;
    (0..count).map(|i| from + step * i as f64).collect()
}
