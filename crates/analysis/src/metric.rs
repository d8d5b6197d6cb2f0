//! The metrics of a report. To add one is to add a variant and its row in the table below it.

use crate::counts::Counts;
use crate::sample::{Contributions, Means, Sample};
use records::Number;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A number that says how good predictions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Share of images that are right.
    Accuracy,
    /// Mean recall of the classes that occur.
    BalancedAccuracy,
    /// Mean precision of the classes.
    MacroPrecision,
    /// Mean recall of the classes that occur as truth or prediction.
    MacroRecall,
    /// Mean F1 of the classes.
    MacroF1,
    /// Precision, each class as heavy as it is frequent.
    WeightedPrecision,
    /// Recall, likewise.
    WeightedRecall,
    /// F1, likewise.
    WeightedF1,
    /// Cohen's κ.
    CohenKappa,
    /// Matthews correlation.
    MatthewsCorrelation,
    /// Mean negative log-probability of the truth, in nats.
    LogLoss,
    /// Brier score, from 0 to 2.
    Brier,
    /// Share of images whose truth is among the two most probable classes.
    Top2Accuracy,
    /// Share of images whose truth is among the three most probable classes.
    Top3Accuracy,
    /// Area under the receiver operating characteristic, one class against the rest, the mean.
    /// There is none where all images are of one class.
    RocAuc,
    /// Area under precision over recall, one class against the rest, the mean; of two classes that of the second.
    PrAuc,
    /// Mean distance between confidence and accuracy.
    ExpectedCalibrationError,
}

/// What is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// What a metric is computed from.
#[derive(Clone, Copy)]
enum Formula {
    Predictions(fn(&Counts) -> f64),
    Probabilities(fn(&Means) -> Option<f64>),
}

struct Definition {
    metric: Metric,
    key: &'static str,
    heading: &'static str,
    direction: Direction,
    formula: Formula,
}

const TABLE: [Definition; 17] = {
    use Direction::{Higher, Lower};
    use Formula::{Predictions, Probabilities};
    const fn row(
        metric: Metric,
        key: &'static str,
        heading: &'static str,
        direction: Direction,
        formula: Formula,
    ) -> Definition {
        Definition {
            metric,
            key,
            heading,
            direction,
            formula,
        }
    }
    [
        row(
            Metric::Accuracy,
            "accuracy",
            "accuracy",
            Higher,
            Predictions(Counts::accuracy),
        ),
        row(
            Metric::BalancedAccuracy,
            "balanced_accuracy",
            "balanced accuracy",
            Higher,
            Predictions(Counts::balanced_accuracy),
        ),
        row(
            Metric::MacroPrecision,
            "macro_precision",
            "macro precision",
            Higher,
            Predictions(Counts::macro_precision),
        ),
        row(
            Metric::MacroRecall,
            "macro_recall",
            "macro recall",
            Higher,
            Predictions(Counts::macro_recall),
        ),
        row(
            Metric::MacroF1,
            "macro_f1",
            "macro-F1",
            Higher,
            Predictions(Counts::macro_f1),
        ),
        row(
            Metric::WeightedPrecision,
            "weighted_precision",
            "weighted precision",
            Higher,
            Predictions(Counts::weighted_precision),
        ),
        row(
            Metric::WeightedRecall,
            "weighted_recall",
            "weighted recall",
            Higher,
            Predictions(Counts::weighted_recall),
        ),
        row(
            Metric::WeightedF1,
            "weighted_f1",
            "weighted F1",
            Higher,
            Predictions(Counts::weighted_f1),
        ),
        row(
            Metric::CohenKappa,
            "cohen_kappa",
            "Cohen's κ",
            Higher,
            Predictions(Counts::kappa),
        ),
        row(
            Metric::MatthewsCorrelation,
            "matthews_correlation",
            "Matthews",
            Higher,
            Predictions(Counts::matthews),
        ),
        row(
            Metric::LogLoss,
            "log_loss",
            "log-loss",
            Lower,
            Probabilities(|means| Some(means.log_loss)),
        ),
        row(
            Metric::Brier,
            "brier",
            "Brier",
            Lower,
            Probabilities(|means| Some(means.brier)),
        ),
        row(
            Metric::Top2Accuracy,
            "top_2_accuracy",
            "top 2",
            Higher,
            Probabilities(|means| Some(means.top_2)),
        ),
        row(
            Metric::Top3Accuracy,
            "top_3_accuracy",
            "top 3",
            Higher,
            Probabilities(|means| Some(means.top_3)),
        ),
        row(
            Metric::RocAuc,
            "roc_auc",
            "ROC-AUC",
            Higher,
            Probabilities(|means| means.roc_auc),
        ),
        row(
            Metric::PrAuc,
            "pr_auc",
            "PR-AUC",
            Higher,
            Probabilities(|means| means.pr_auc),
        ),
        row(
            Metric::ExpectedCalibrationError,
            "expected_calibration_error",
            "ECE",
            Lower,
            Probabilities(|means| Some(means.calibration_error)),
        ),
    ]
};

/// How many metrics there are.
pub(crate) const COUNT: usize = TABLE.len();

impl Metric {
    /// All metrics, accuracy first.
    pub const ALL: [Self; COUNT] = {
        let mut all = [Self::Accuracy; COUNT];
        let mut i = 0;
        while i < COUNT {
            all[i] = TABLE[i].metric;
            i += 1;
        }
        all
    };

    fn definition(self) -> &'static Definition {
        const ROWS: &[Definition] = &TABLE;
        &ROWS[self as usize]
    }

    /// Its name in `report.json` and in tables for programs.
    pub fn key(self) -> &'static str {
        self.definition().key
    }

    /// Its name in tables for people.
    pub fn heading(self) -> &'static str {
        self.definition().heading
    }

    /// Whether more or less of it is better.
    pub fn direction(self) -> Direction {
        self.definition().direction
    }

    /// Whether it is of probabilities, which not every model has.
    pub fn needs_probabilities(self) -> bool {
        matches!(self.definition().formula, Formula::Probabilities(_))
    }

    /// Of a test set; `None` where there is no such number.
    pub(crate) fn of(self, sample: &Sample) -> Option<f64> {
        match self.definition().formula {
            Formula::Predictions(of) => Some(of(&sample.counts)),
            Formula::Probabilities(of) => sample.means.as_ref().and_then(of),
        }
    }
}

/// All metrics of a model; those of probabilities are absent where it has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics([Option<f64>; COUNT]);

impl Metrics {
    /// On the images themselves.
    pub(crate) fn new(contributions: &Contributions) -> Self {
        Self::of(&contributions.sample(&vec![1; contributions.images()]))
    }

    pub(crate) fn of(sample: &Sample) -> Self {
        Self(Metric::ALL.map(|metric| metric.of(sample)))
    }

    /// The value of one; it may be infinite.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.0[metric as usize]
    }
}

/// By their keys; without accuracy, which has a place of its own.
impl Serialize for Metrics {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(COUNT - 1))?;
        for metric in &Metric::ALL[1..] {
            map.serialize_entry(metric.key(), &self.get(*metric).map(Number))?;
        }
        map.end()
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answers;
    use statistics::{
        average_precision, brier, expected_calibration_error, log_loss, reliability, roc_auc,
    };

    #[test]
    fn every_metric_has_its_row() {
        for (place, row) in TABLE.iter().enumerate() {
            assert_eq!(row.metric as usize, place, "{}", row.key);
        }
        assert_eq!(Metric::ExpectedCalibrationError as usize + 1, COUNT);
    }

    fn answers() -> Answers {
        let probabilities = [
            [0.7_f32, 0.2, 0.1],
            [0.1, 0.3, 0.6],
            [0.45, 0.35, 0.2],
            [0.05, 0.9, 0.05],
            [0.3, 0.3, 0.4],
        ];
        Answers {
            labels: vec![0, 2, 1, 1, 0],
            predictions: vec![0, 2, 0, 1, 2],
            log_probabilities: Some(probabilities.concat().into_iter().map(f32::ln).collect()),
        }
    }

    /// Crate statistics checks these against scikit-learn.
    #[test]
    fn metrics_of_probabilities_are_those_of_crate_statistics() {
        let answers = answers();
        let (logs, labels) = (
            answers.log_probabilities.as_deref().unwrap(),
            &answers.labels,
        );
        let metrics = Metrics::new(&Contributions::new(&answers, 3));
        for (metric, expected) in [
            (Metric::Accuracy, 0.6),
            (Metric::LogLoss, log_loss(logs, labels)),
            (Metric::Brier, brier(logs, labels)),
            (Metric::Top2Accuracy, 1.0),
            (Metric::Top3Accuracy, 1.0),
            (Metric::RocAuc, roc_auc(logs, labels).unwrap()),
            (Metric::PrAuc, average_precision(logs, labels).unwrap()),
            (
                Metric::ExpectedCalibrationError,
                expected_calibration_error(&reliability(logs, labels, 15)),
            ),
        ] {
            let found = metrics.get(metric).unwrap();
            assert!(
                (found - expected).abs() < 1e-12,
                "{metric:?}: {found}, {expected}"
            );
        }
    }

    #[test]
    fn an_image_twice_is_two_images() {
        let answers = answers();
        let logs = answers.log_probabilities.as_deref().unwrap();
        let twice = Answers {
            labels: vec![0, 0, 1],
            predictions: vec![0, 0, 0],
            log_probabilities: Some([&logs[..3], &logs[..3], &logs[6..9]].concat()),
        };
        let of_times = Contributions::new(&answers, 3).sample(&[2, 0, 1, 0, 0]);
        let of_images = Metrics::new(&Contributions::new(&twice, 3));
        for metric in Metric::ALL {
            // The areas under curves are only approximated.
            if matches!(metric, Metric::RocAuc | Metric::PrAuc) {
                continue;
            }
            let (a, b) = (
                metric.of(&of_times).unwrap(),
                of_images.get(metric).unwrap(),
            );
            assert!((a - b).abs() < 1e-12, "{metric:?}: {a}, {b}");
        }
    }

    #[test]
    fn an_infinite_loss_is_a_word_in_json_and_what_is_not_there_is_null() {
        let answers = Answers {
            labels: vec![1, 1],
            predictions: vec![0, 0],
            log_probabilities: Some(vec![0.0, f32::NEG_INFINITY, 0.5_f32.ln(), 0.5_f32.ln()]),
        };
        let contributions = Contributions::new(&answers, 2);
        let metrics = Metrics::new(&contributions);
        let json = serde_json::to_value(metrics).unwrap();
        assert_eq!(json["log_loss"], "Infinity");
        // All images are of one class.
        assert!(
            json["roc_auc"].is_null() && json["brier"].is_f64(),
            "{json}"
        );
        assert_eq!(json["accuracy"], serde_json::Value::Null);
        // Where the image was not drawn, it does not count.
        let loss = Metric::LogLoss.of(&contributions.sample(&[0, 2])).unwrap();
        assert!((loss - 2.0_f64.ln()).abs() < 1e-7);
    }
}
