//! Probabilities that mean what they say, and sets of classes: learnt from samples that a model was not fitted
//! to, and kept with it.

use crate::error::KeptError;
use classifier::{FitContext, Scores};
use records::{Number, disturbs, one_line};
use serde::{Deserialize, Serialize};
use statistics::{
    Temperature, at_temperature, conformal_threshold, is_end_of_search, isotonic, isotonic_at,
    platt,
};

/// Sets are learnt from no more samples: their coverage is then within 0.6 points of its level, twice its
/// standard deviation at 0.9, and the file stays small.
const MOST_FOR_SETS: usize = 10_000;
/// The epoch whose visiting order divides the samples; no fit has as many.
const DIVIDING: usize = u32::MAX as usize;
/// What log-odds and scores are cut to.
const LARGEST: f64 = 1e30;

/// How probabilities are made to mean what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalibrationMethod {
    /// Log-probabilities divided by one number (Guo et al. 2017).
    Temperature,
    /// A logistic regression for each class against the rest, normalised (Platt 1999; Zadrozny and Elkan 2002).
    Platt,
    /// A rising step function for each class against the rest, normalised (Zadrozny and Elkan 2002).
    Isotonic,
}

impl CalibrationMethod {
    /// All methods.
    pub const ALL: [Self; 3] = [Self::Temperature, Self::Platt, Self::Isotonic];

    /// Its name on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Platt => "platt",
            Self::Isotonic => "isotonic",
        }
    }

    /// One line on what it does.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Temperature => {
                "One number that log-probabilities are divided by: enough for most networks"
            }
            Self::Platt => "A logistic regression for each class, normalised; also of scores alone",
            Self::Isotonic => "A step function for each class, normalised: for thousands of rows",
        }
    }
}

/// What was learnt from samples that the model was not fitted to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// How scores or probabilities become calibrated probabilities.
    pub mapping: Mapping,
    /// Samples that the mapping was learnt from.
    pub samples: usize,
    /// What samples they were.
    pub on: String,
    /// Of other samples of these: −ln of the calibrated probability of their class, ascending.
    pub nonconformity: Vec<Number>,
}

/// How scores or probabilities become calibrated probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Mapping {
    /// Log-probabilities are divided by it.
    Temperature(f64),
    /// Slope and intercept of each class's log-odds.
    Platt(Vec<[f64; 2]>),
    /// Steps of each class: the largest log-odds in each, and its probability.
    Isotonic(Vec<Vec<[f64; 2]>>),
}

impl Calibration {
    /// Learns from what a model says of samples that it was not fitted to: the mapping from one half, drawn by
    /// the seed, and sets from the other. `on` says what samples they are. Where the model has no
    /// log-probabilities, Platt scaling and isotonic regression take the margins of its scores.
    ///
    /// # Errors
    /// [`KeptError::Unsuited`] if there are too few samples, or none of two classes, or the temperature of a
    /// model without probabilities is asked for.
    pub(crate) fn learn(
        method: CalibrationMethod,
        (scores, logs): (&Scores, Option<&Scores>),
        labels: &[usize],
        seed: u64,
        on: &str,
    ) -> Result<Self, KeptError> {
        let refuse = |reason: String| Err(KeptError::Unsuited(format!("{on}: {reason}")));
        let order = FitContext::quiet(seed, 1).visiting_order(labels.len(), DIVIDING, true);
        let for_sets = (labels.len() / 2).min(MOST_FOR_SETS);
        let (for_sets, for_mapping) = order.split_at(for_sets);
        let chosen = |indices: &[usize]| indices.iter().map(|&i| labels[i]).collect::<Vec<_>>();
        let truths = chosen(for_mapping);
        if truths.iter().all(|truth| *truth == truths[0]) {
            return refuse(format!(
                "{} samples, {} of them to calibrate on, of fewer than two classes; more are needed",
                labels.len(),
                truths.len()
            ));
        }
        let of_mapping = |all| select(all, for_mapping);
        let given = (of_mapping(scores), logs.map(of_mapping));
        let mapping = match Mapping::learn(method, (&given.0, given.1.as_ref()), &truths) {
            Ok(mapping) => mapping,
            Err(reason) => return refuse(reason.to_owned()),
        };
        let judged = [Some(scores), logs].map(|all| all.map(|all| select(all, for_sets)));
        let [scores, logs] = judged;
        let calibrated = scores.and_then(|scores| mapping.apply(&scores, logs.as_ref()));
        let nonconformity = calibrated.map_or_else(Vec::new, |calibrated| {
            nonconformity(&calibrated, &chosen(for_sets))
        });
        Ok(Self {
            mapping,
            samples: for_mapping.len(),
            on: one_line(on),
            nonconformity,
        })
    }

    /// The smallest log-probability of a class in sets that hold the true class with a probability of at least
    /// `level`, between 0 and 1.
    pub(crate) fn least(&self, level: f64) -> f64 {
        let ascending: Vec<f64> = self.nonconformity.iter().map(|number| number.0).collect();
        -conformal_threshold(&ascending, level)
    }

    /// What was learnt, from what.
    pub fn in_words(&self) -> String {
        let mapping = self.mapping.in_words();
        let learnt = format!("{mapping}, learnt from {} {}", self.samples, self.on);
        match self.nonconformity.len() {
            0 => learnt,
            others => format!("{learnt}; sets of classes from {others} others"),
        }
    }

    /// Whether all of it can be, for so many classes.
    pub(crate) fn is_sound(&self, classes: usize) -> bool {
        let scores = &self.nonconformity;
        self.mapping.is_sound(classes)
            && !self.on.chars().any(disturbs)
            && scores.iter().all(|score| score.0 >= 0.0)
            && scores.is_sorted_by(|a, b| a.0 <= b.0)
    }
}

impl Mapping {
    /// Learnt from scores, and probabilities where the model has them, of samples of the classes `truths`.
    fn learn(
        method: CalibrationMethod,
        (scores, logs): (&Scores, Option<&Scores>),
        truths: &[usize],
    ) -> Result<Self, &'static str> {
        let classes = scores.classes();
        let odds = || log_odds(logs.unwrap_or(scores), logs.is_some());
        Ok(match (method, logs) {
            (CalibrationMethod::Temperature, None) => {
                return Err(
                    "the model has no probabilities to divide by a temperature; take --method platt or isotonic",
                );
            }
            (CalibrationMethod::Temperature, Some(logs)) => {
                Self::Temperature(Temperature::fit(logs.values(), truths).value)
            }
            (CalibrationMethod::Platt, _) => {
                let odds = odds();
                let of = |class| platt(&column(&odds, class, classes), &are(truths, class));
                Self::Platt((0..classes).map(of).collect())
            }
            (CalibrationMethod::Isotonic, _) => {
                let odds = odds();
                // One sample's worth of doubt, for all classes together.
                let prior = 1.0 / classes as f64;
                let of =
                    |class| isotonic(&column(&odds, class, classes), &are(truths, class), prior);
                Self::Isotonic((0..classes).map(of).collect())
            }
        })
    }

    /// Calibrated log-probabilities; `None` where they take probabilities that the model has not.
    pub(crate) fn apply(&self, scores: &Scores, logs: Option<&Scores>) -> Option<Scores> {
        let classes = scores.classes();
        let each = |log_probability: &dyn Fn(usize, f64) -> f64| {
            let odds = log_odds(logs.unwrap_or(scores), logs.is_some());
            let values = odds.iter().enumerate();
            let values = values.map(|(i, &odds)| log_probability(i % classes, odds));
            Scores::normalised(&values.collect::<Vec<f64>>(), classes)
        };
        match self {
            Self::Temperature(temperature) => {
                let logs = logs?;
                let scaled = at_temperature(logs.values(), logs.len(), *temperature);
                Some(Scores::new(scaled, classes))
            }
            Self::Platt(sigmoids) => Some(each(&|class, odds| {
                let [slope, intercept] = sigmoids[class];
                let logit = slope * odds + intercept;
                // log(1 / (1 + e^−logit)), without overflow.
                logit.min(0.0) - (-logit.abs()).exp().ln_1p()
            })),
            Self::Isotonic(steps) => {
                Some(each(&|class, odds| isotonic_at(&steps[class], odds).ln()))
            }
        }
    }

    /// What it is, in words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Temperature(temperature) if is_end_of_search(*temperature) => {
                format!("temperature {temperature:.4}, the end of what is searched")
            }
            Self::Temperature(temperature) => format!("temperature {temperature:.4}"),
            Self::Platt(_) => "Platt scaling".to_owned(),
            Self::Isotonic(steps) => {
                let steps: usize = steps.iter().map(Vec::len).sum();
                format!("isotonic regression of {steps} steps")
            }
        }
    }

    fn is_sound(&self, classes: usize) -> bool {
        match self {
            Self::Temperature(temperature) => *temperature > 0.0 && temperature.is_finite(),
            Self::Platt(sigmoids) => {
                let is_sound = |[slope, intercept]: &[f64; 2]| {
                    (0.0..=LARGEST).contains(slope) && intercept.abs() <= LARGEST
                };
                sigmoids.len() == classes && sigmoids.iter().all(is_sound)
            }
            Self::Isotonic(all) => {
                let is_sound = |steps: &Vec<[f64; 2]>| {
                    let is_share = |step: &[f64; 2]| 0.0 < step[1] && step[1] < 1.0;
                    !steps.is_empty()
                        && steps.iter().all(is_share)
                        && steps.is_sorted_by(|a, b| a[0] < b[0] && a[1] < b[1])
                };
                all.len() == classes && all.iter().all(is_sound)
            }
        }
    }
}

/// The rows at `indices`, in that order.
fn select(scores: &Scores, indices: &[usize]) -> Scores {
    let classes = scores.classes();
    let rows = indices
        .iter()
        .flat_map(|&i| &scores.values()[i * classes..][..classes]);
    Scores::new(rows.copied().collect(), classes)
}

fn column(values: &[f64], class: usize, classes: usize) -> Vec<f64> {
    values
        .iter()
        .copied()
        .skip(class)
        .step_by(classes)
        .collect()
}

fn are(labels: &[usize], class: usize) -> Vec<bool> {
    labels.iter().map(|&label| label == class).collect()
}

/// Log-odds of each class against the rest, within ±100; of scores, how far each is above the best of the others, within
/// ±[`LARGEST`]. What all scores of a sample have in common, such as its distance from everything, says nothing.
fn log_odds(scores: &Scores, are_log_probabilities: bool) -> Vec<f64> {
    let within = |value: f64, most: f64| {
        if value.is_nan() {
            -most
        } else {
            value.clamp(-most, most)
        }
    };
    if !are_log_probabilities {
        let of_row = |row: &[f32]| -> Vec<f64> {
            let best = |without: usize| {
                let others = row
                    .iter()
                    .enumerate()
                    .filter(|(class, _)| *class != without);
                others.fold(f64::NEG_INFINITY, |best, (_, &score)| {
                    best.max(score.into())
                })
            };
            let scores = row.iter().enumerate();
            let above = scores.map(|(class, &score)| f64::from(score) - best(class));
            above.map(|margin| within(margin, LARGEST)).collect()
        };
        return scores.rows().flat_map(of_row).collect();
    }
    let of_row = |row: &[f32]| -> Vec<f64> {
        let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f64> = row.iter().map(|&log| f64::from(log - most).exp()).collect();
        let total: f64 = weights.iter().sum();
        let odds = |(class, &weight): (usize, &f64)| {
            // Where one class has nearly all, the difference to the total would be rounding.
            let rest = if weight > total / 2.0 {
                let others = weights.iter().enumerate();
                let others = others.filter(|(other, _)| *other != class);
                others.map(|(_, weight)| weight).sum()
            } else {
                total - weight
            };
            within(weight.ln() - rest.ln(), 100.0)
        };
        weights.iter().enumerate().map(odds).collect()
    };
    scores.rows().flat_map(of_row).collect()
}

/// −ln of the probability of each sample's class, ascending.
fn nonconformity(logs: &Scores, labels: &[usize]) -> Vec<Number> {
    let rows = logs.rows().zip(labels);
    let mut all: Vec<f64> = rows
        .map(|(row, &label)| (-f64::from(row[label])).max(0.0))
        .collect();
    all.sort_by(f64::total_cmp);
    all.into_iter().map(Number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use statistics::log_loss;

    const METHODS: [CalibrationMethod; 3] = [
        CalibrationMethod::Temperature,
        CalibrationMethod::Platt,
        CalibrationMethod::Isotonic,
    ];

    /// Log-probabilities of a model that is three times too sure, and classes.
    fn too_sure(samples: usize, stream: u64) -> (Scores, Vec<usize>) {
        let order = |epoch| FitContext::quiet(stream, 1).visiting_order(samples, epoch, true);
        let (a, b, truth) = (order(1), order(2), order(3));
        let (mut logits, mut labels) = (Vec::new(), Vec::new());
        for sample in 0..samples {
            let of = |order: &[usize]| 3.0 * order[sample] as f64 / samples as f64;
            let row = [of(&a), of(&b), 1.0];
            let total: f64 = row.iter().map(|logit| logit.exp()).sum();
            let mut left = (truth[sample] as f64 + 0.5) / samples as f64 * total;
            let class = row.iter().position(|logit| {
                left -= logit.exp();
                left < 0.0
            });
            labels.push(class.unwrap_or(2));
            logits.extend(row.map(|logit| 3.0 * logit));
        }
        (Scores::normalised(&logits, 3), labels)
    }

    #[test]
    fn whatever_the_rows_are_called_it_is_sound() {
        let (logs, labels) = too_sure(300, 1);
        let rows = "rows of new\u{202e}data\n.csv";
        let method = CalibrationMethod::Platt;
        let learnt = Calibration::learn(method, (&logs, Some(&logs)), &labels, 1, rows).unwrap();
        assert!(learnt.is_sound(3), "{learnt:?}");
    }

    #[test]
    fn every_method_mends_a_model_that_is_too_sure_and_sets_cover() {
        let (logs, labels) = too_sure(4_000, 1);
        let (others, truths) = too_sure(4_000, 2);
        let before = log_loss(others.values(), &truths);
        for method in METHODS {
            let learnt = Calibration::learn(method, (&logs, Some(&logs)), &labels, 1, "rows");
            let learnt = learnt.unwrap();
            assert!(learnt.is_sound(3) && learnt.samples == 2_000, "{method:?}");
            let after = learnt.mapping.apply(&others, Some(&others)).unwrap();
            let loss = log_loss(after.values(), &truths);
            // 1.28 before, and 0.93 after each.
            assert!(
                loss < 0.95 && loss + 0.3 < before,
                "{method:?}: {before} to {loss}"
            );
            let least = learnt.least(0.9);
            let rows = after.rows().zip(&truths);
            let covered = rows
                .filter(|(row, truth)| f64::from(row[**truth]) >= least)
                .count();
            assert!((3_480..=3_720).contains(&covered), "{method:?}: {covered}");
            let text = serde_json::to_string(&learnt).unwrap();
            assert_eq!(serde_json::from_str::<Calibration>(&text).unwrap(), learnt);
        }
    }

    #[test]
    fn a_model_of_scores_alone_gets_probabilities() {
        let (logs, labels) = too_sure(2_000, 1);
        let learn = |method| Calibration::learn(method, (&logs, None), &labels, 1, "rows");
        let refused = learn(CalibrationMethod::Temperature)
            .unwrap_err()
            .to_string();
        assert!(refused.contains("--method platt"), "{refused}");
        let learnt = learn(CalibrationMethod::Platt).unwrap();
        let found = learnt.mapping.apply(&logs, None).unwrap();
        assert!(log_loss(found.values(), &labels) < 0.95);
        // What all scores of a sample have in common changes nothing: with a distance, it is most of them.
        let values = logs.values().iter().enumerate();
        let moved = values.map(|(at, log)| log - (at / 3 * 7919 % 2_000) as f32);
        let moved = Scores::new(moved.collect(), 3);
        for method in [CalibrationMethod::Platt, CalibrationMethod::Isotonic] {
            let learnt = Calibration::learn(method, (&moved, None), &labels, 1, "rows").unwrap();
            let found = learnt.mapping.apply(&moved, None).unwrap();
            assert!(log_loss(found.values(), &labels) < 0.95, "{method:?}");
        }
        let few = Calibration::learn(CalibrationMethod::Platt, (&logs, None), &[], 1, "rows");
        assert!(few.unwrap_err().to_string().contains("more are needed"));
    }

    #[test]
    fn what_cannot_be_is_refused_and_what_can_never_panics() {
        let (logs, labels) = too_sure(200, 1);
        for method in METHODS {
            let learnt = Calibration::learn(method, (&logs, Some(&logs)), &labels, 1, "rows");
            let learnt = learnt.unwrap();
            let awkward = [0.0, f32::NEG_INFINITY, f32::NAN, f32::INFINITY, -1e30, 0.0];
            let _ = learnt
                .mapping
                .apply(&Scores::new(awkward.to_vec(), 3), None);
            assert!(!learnt.is_sound(2) || method == CalibrationMethod::Temperature);
            let whole = serde_json::to_value(&learnt).unwrap();
            for (at, lie) in [
                ("/on", Value::from("a\nb")),
                ("/nonconformity/0", Value::from(-1.0)),
                ("/nonconformity/0", Value::from(99.0)),
                ("/nonconformity/0", Value::from("NaN")),
                ("/mapping/temperature", Value::from(0.0)),
                ("/mapping/platt/1/0", Value::from(-1.0)),
                ("/mapping/platt/1/1", Value::from(1e300)),
                ("/mapping/isotonic/2/0/1", Value::from(1.0)),
                ("/mapping/isotonic/2/0/0", Value::from(1e300)),
                ("/mapping/isotonic/0", Value::from(Vec::<Value>::new())),
            ] {
                let mut lying = whole.clone();
                if let Some(value) = lying.pointer_mut(at) {
                    *value = lie;
                    let found: Calibration = serde_json::from_value(lying).unwrap();
                    assert!(!found.is_sound(3), "{method:?}, {at}");
                }
            }
        }
    }
}
