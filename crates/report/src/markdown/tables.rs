//! The tables of a page, cell by cell.

use super::unfinished;
use crate::numbers::{exact, p_value, percent, points, probability, significant, thousands};
use crate::resampled::MetricDifference;
use crate::tradeoff::{COSTS, front};
use crate::{Comparison, Control, ModelSummary, Report, Status, VarianceBudget};
use serde::Serialize;
use statistics::{Interval, mean, variance};
use std::collections::BTreeSet;

/// A row of the table of models, ready to print.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    control_failed: bool,
    model: String,
    backend: String,
    finished: bool,
    note: String,
    train_images: String,
    limited: bool,
    parameters: String,
    accuracy: String,
    interval: String,
    error: String,
    log_loss: String,
    macro_f1: String,
    train_accuracy: String,
    fit: String,
    predict: String,
    memory: String,
    hyperparameters: String,
    certificate: String,
    measured_on: Option<String>,
}

impl Row {
    pub(super) fn new(model: &ModelSummary, report: &Report) -> Self {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let images = report.dataset.test.max(1) as f64;
        Self {
            id: model.id.clone(),
            control_failed: model.controls.iter().any(|control| !control.passed),
            model: model.model.clone(),
            backend: model.backend.clone(),
            finished: model.status == Status::Finished,
            note: unfinished(model),
            train_images: thousands(model.train_images),
            limited: model.train_images < report.dataset.train_available,
            parameters: or_dash(model.parameters.map(thousands)),
            accuracy: percent(model.test_accuracy),
            interval: or_dash(model.test_accuracy_interval.map(|interval| {
                format!("{:.2} – {:.2}", interval.low * 100.0, interval.high * 100.0)
            })),
            error: percent(model.test_accuracy.map(|accuracy| 1.0 - accuracy)),
            log_loss: or_dash(model.test_log_loss.map(|loss| format!("{loss:.4}"))),
            macro_f1: or_dash(model.macro_f1.map(|f1| format!("{f1:.4}"))),
            train_accuracy: percent(model.train_accuracy),
            fit: or_dash(model.fit_seconds.map(significant)),
            predict: or_dash(
                model
                    .predict_seconds
                    .map(|seconds| significant(seconds / images * 1e6)),
            ),
            memory: or_dash(
                model
                    .peak_memory_bytes
                    .map(|bytes| format!("{:.0}", bytes as f64 / 1e6)),
            ),
            hyperparameters: model
                .hyperparameters
                .iter()
                .map(|(name, value)| format!("{name} = {value}"))
                .collect::<Vec<_>>()
                .join(", "),
            measured_on: model.measured_on.clone(),
            certificate: model
                .certificate
                .iter()
                .filter_map(|(name, value)| Some((name.replace('_', " "), value.as_f64()?)))
                .map(|(name, value)| format!("{name} {}", exact(value)))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
}

/// One pair of models.
#[derive(Serialize)]
pub(super) struct ComparisonRow {
    first: String,
    second: String,
    difference: String,
    interval: String,
    only: String,
    p: String,
    mid_p: String,
    different: bool,
    detectable: String,
    posterior: String,
    five_by_two: String,
}

impl ComparisonRow {
    pub(super) fn new(pair: &Comparison) -> Self {
        let interval = pair.difference_interval.map_or_else(
            || "–".to_owned(),
            |Interval { low, high }| format!("{} – {}", points(low), points(high)),
        );
        Self {
            first: pair.first.clone(),
            second: pair.second.clone(),
            difference: points(pair.difference),
            interval,
            only: format!("{} / {}", pair.only_first_right, pair.only_second_right),
            p: probability(pair.p_adjusted),
            mid_p: pair.mid_p.map_or_else(String::new, p_value),
            different: pair.different,
            detectable: pair
                .detectable_difference
                .map_or_else(|| "–".to_owned(), points),
            five_by_two: pair.five_by_two.map_or_else(
                || "–".to_owned(),
                |test| format!("F = {:.2}, {}", test.statistic, probability(test.p)),
            ),
            posterior: pair.posterior.map_or_else(
                || "–".to_owned(),
                |posterior| {
                    let share = |p: f64| format!("{:.0}", p * 100.0);
                    format!(
                        "{} / {} / {}",
                        share(posterior.first_better),
                        share(posterior.equivalent),
                        share(posterior.second_better)
                    )
                },
            ),
        }
    }
}

/// The metrics by which pairs are compared in a table, with the heading of each.
const METRICS: [(&str, &str); 9] = [
    ("balanced_accuracy", "balanced accuracy"),
    ("macro_f1", "macro-F1"),
    ("cohen_kappa", "Cohen's κ"),
    ("matthews_correlation", "Matthews"),
    ("log_loss", "log-loss"),
    ("brier", "Brier"),
    ("top_2_accuracy", "top 2"),
    ("roc_auc", "ROC-AUC"),
    ("expected_calibration_error", "ECE"),
];

/// Every pair of models by other metrics than accuracy.
#[derive(Serialize)]
pub(super) struct MetricPairs {
    metrics: [&'static str; 9],
    rows: Vec<(String, String, [String; 9])>,
}

impl MetricPairs {
    /// `None` over folds, where there are no intervals.
    pub(super) fn new(pairs: &[Comparison]) -> Option<Self> {
        let cell = |pair: &Comparison, name: &str| {
            let mut all = pair.metric_differences.iter();
            let found = all.find(|difference| difference.metric == name);
            found.map_or_else(|| "–".to_owned(), metric_difference)
        };
        let compared = pairs
            .iter()
            .filter(|pair| !pair.metric_differences.is_empty());
        let rows: Vec<_> = compared
            .map(|pair| {
                let cells = METRICS.map(|(name, _)| cell(pair, name));
                (pair.first.clone(), pair.second.clone(), cells)
            })
            .collect();
        (!rows.is_empty()).then(|| Self {
            metrics: METRICS.map(|(_, heading)| heading),
            rows,
        })
    }
}

/// `0.0034 (−0.0012 – 0.0080)`
fn metric_difference(found: &MetricDifference) -> String {
    let [difference, low, high] = [found.difference, found.interval.low, found.interval.high]
        .map(|value| format!("{value:.4}").replace('-', "−"));
    format!("{difference} ({low} – {high})")
}

/// What predictions say beyond accuracy.
#[derive(Serialize)]
pub(super) struct MetricsRow {
    id: String,
    cells: Vec<String>,
}

impl MetricsRow {
    pub(super) fn new(model: &ModelSummary) -> Option<Self> {
        let metrics = model.metrics.as_ref()?;
        let always = [
            metrics.balanced_accuracy,
            metrics.macro_precision,
            metrics.macro_recall,
            metrics.weighted_f1,
            metrics.cohen_kappa,
            metrics.matthews_correlation,
        ];
        let with_probabilities = [
            metrics.brier,
            metrics.top_2_accuracy,
            metrics.top_3_accuracy,
            metrics.roc_auc,
            metrics.expected_calibration_error,
            model.temperature,
        ];
        let cell = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.4}"));
        Some(Self {
            id: model.id.clone(),
            cells: always
                .into_iter()
                .map(Some)
                .chain(with_probabilities)
                .map(cell)
                .collect(),
        })
    }
}

/// What controls found of a model.
#[derive(Serialize)]
pub(super) struct ControlRow {
    id: String,
    names: Vec<String>,
    cells: Vec<String>,
}

impl ControlRow {
    pub(super) fn new(model: &ModelSummary) -> Option<Self> {
        let cell = |control: &Control| {
            let mark = if control.passed {
                "✓"
            } else {
                "✗ **failed**:"
            };
            format!("{mark} {}", control.detail)
        };
        let names = model.controls.iter().map(|control| control.name.clone());
        (!model.controls.is_empty()).then(|| Self {
            id: model.id.clone(),
            names: names.collect(),
            cells: model.controls.iter().map(cell).collect(),
        })
    }
}

/// What a model costs, and where nobody beats it.
#[derive(Serialize)]
pub(super) struct CostRow {
    id: String,
    error: String,
    /// Of the error, at 95 %.
    interval: String,
    fit: String,
    p50: String,
    p99: String,
    parameters: String,
    fronts: String,
}

/// The costs of all models that finished, in the order of the plan.
pub(super) fn cost_rows(report: &Report) -> Vec<CostRow> {
    let fronts: Vec<(&str, Vec<&str>)> = COSTS
        .iter()
        .map(|cost| {
            let models = front(report, cost).into_iter();
            (cost.name, models.map(|model| model.id.as_str()).collect())
        })
        .collect();
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let micro = |seconds: f64| significant(seconds * 1e6);
    report
        .finished()
        .map(|model| CostRow {
            id: model.id.clone(),
            error: percent(model.test_accuracy.map(|accuracy| 1.0 - accuracy)),
            interval: or_dash(model.test_accuracy_interval.map(|right| {
                let [low, high] = [right.high, right.low].map(|share| (1.0 - share) * 100.0);
                format!("{low:.2} – {high:.2}")
            })),
            fit: or_dash(model.fit_seconds.map(significant)),
            p50: or_dash(model.latency.map(|latency| micro(latency.p50))),
            p99: or_dash(model.latency.map(|latency| micro(latency.p99))),
            parameters: or_dash(model.parameters.map(thousands)),
            fronts: fronts
                .iter()
                .filter(|(_, models)| models.contains(&model.id.as_str()))
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
                .join(", "),
        })
        .collect()
}

/// Accuracy by number of training images, a column per model.
#[derive(Serialize)]
pub(super) struct LearningTable {
    models: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl LearningTable {
    pub(super) fn new(report: &Report) -> Self {
        let models: Vec<&ModelSummary> = report
            .finished()
            .filter(|model| !model.learning_curve.is_empty())
            .collect();
        let fits = models.iter().flat_map(|model| &model.learning_curve);
        let sizes: BTreeSet<usize> = fits.map(|fit| fit.train_images).collect();
        let cell = |model: &ModelSummary, size: usize| {
            let of_size = model
                .learning_curve
                .iter()
                .find(|fit| fit.train_images == size);
            of_size.map_or_else(String::new, |fit| format!("{:.2}", fit.accuracy * 100.0))
        };
        let row = |size| {
            let cells = models.iter().map(|model| cell(model, size));
            (thousands(size), cells.collect())
        };
        Self {
            rows: sizes.into_iter().map(row).collect(),
            models: models.iter().map(|model| model.id.clone()).collect(),
        }
    }
}

/// The accuracies of a model that was fitted several times.
#[derive(Serialize)]
pub(super) struct SpreadRow {
    id: String,
    fits: usize,
    mean: String,
    deviation: String,
    lowest: String,
    highest: String,
    each: String,
    from_images: String,
    from_seed: String,
    from_training: String,
}

impl SpreadRow {
    pub(super) fn new(model: &ModelSummary) -> Option<Self> {
        let accuracies: Vec<f64> = model.fits.iter().map(|fit| fit.accuracy * 100.0).collect();
        if accuracies.len() < 2 {
            return None;
        }
        let two = |value: f64| format!("{value:.2}");
        let part = |of: fn(&VarianceBudget) -> Option<f64>| {
            let share = model.variance.as_ref().and_then(of);
            share.map_or_else(|| "–".to_owned(), |share| two(share * 100.0))
        };
        Some(Self {
            from_images: part(|variance| Some(variance.judged_images)),
            from_seed: part(|variance| variance.seed),
            from_training: part(|variance| variance.training_images),
            id: model.id.clone(),
            fits: accuracies.len(),
            mean: two(mean(accuracies.iter().copied())),
            deviation: two(variance(&accuracies).sqrt()),
            lowest: two(accuracies.iter().copied().fold(f64::INFINITY, f64::min)),
            highest: two(accuracies.iter().copied().fold(0.0, f64::max)),
            each: accuracies
                .into_iter()
                .map(two)
                .collect::<Vec<_>>()
                .join(", "),
        })
    }
}

/// One pair of models on average over seeds.
#[derive(Serialize)]
pub(super) struct SeedRow {
    first: String,
    second: String,
    difference: String,
    p: String,
    different: bool,
    settle: String,
}

impl SeedRow {
    pub(super) fn new(pair: &Comparison) -> Option<Self> {
        let over_seeds = pair.over_seeds?;
        Some(Self {
            first: pair.first.clone(),
            second: pair.second.clone(),
            difference: points(over_seeds.difference),
            p: probability(over_seeds.p_adjusted),
            different: over_seeds.different(),
            settle: pair.seeds_to_settle.map_or_else(String::new, thousands),
        })
    }
}

/// Test and training accuracy after each epoch, a column per model.
#[derive(Serialize)]
pub(super) struct EpochTable {
    models: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

impl EpochTable {
    pub(super) fn new(report: &Report) -> Self {
        let with_epochs: Vec<_> = report.finished().filter(|m| !m.epochs.is_empty()).collect();
        let last = with_epochs
            .iter()
            .map(|model| model.epochs.len())
            .max()
            .unwrap_or(0);
        let cell = |model: &ModelSummary, epoch: usize| {
            model.epochs.get(epoch).map_or_else(String::new, |state| {
                format!(
                    "{:.2} / {:.2}",
                    state.test_accuracy * 100.0,
                    state.train_accuracy * 100.0
                )
            })
        };
        Self {
            models: with_epochs.iter().map(|model| model.id.clone()).collect(),
            rows: (0..last)
                .map(|epoch| {
                    (
                        epoch + 1,
                        with_epochs.iter().map(|m| cell(m, epoch)).collect(),
                    )
                })
                .collect(),
        }
    }
}

/// The largest difference between any two weights or biases, for every pair of linear models.
#[derive(Serialize)]
pub(super) struct WeightDifferences {
    models: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

pub(super) fn weight_differences(report: &Report) -> Option<WeightDifferences> {
    let linear: Vec<_> = report
        .finished()
        .filter_map(|model| Some((&model.id, model.linear.as_ref()?)))
        .collect();
    if linear.len() < 2 {
        return None;
    }
    let rows = linear.iter().map(|(id, a)| {
        let cells = linear.iter().map(|(other, b)| {
            if id == other {
                return "–".to_owned();
            }
            let pairs = a
                .weights
                .iter()
                .chain(&a.biases)
                .zip(b.weights.iter().chain(&b.biases));
            let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            if largest == 0.0 {
                "0".to_owned()
            } else {
                format!("{largest:.1e}")
            }
        });
        ((*id).clone(), cells.collect())
    });
    Some(WeightDifferences {
        models: linear.iter().map(|(id, _)| (*id).clone()).collect(),
        rows: rows.collect(),
    })
}

/// Precision, recall and F1 of each class, one model.
#[derive(Serialize)]
pub(super) struct ClassTable {
    id: String,
    rows: Vec<[String; 4]>,
}

pub(super) fn class_table(model: &ModelSummary) -> ClassTable {
    let classes = model
        .confusion
        .iter()
        .flat_map(statistics::ConfusionMatrix::per_class);
    ClassTable {
        id: model.id.clone(),
        rows: classes
            .map(|class| {
                let [precision, recall, f1] =
                    [class.precision, class.recall, class.f1].map(|value| format!("{value:.4}"));
                [precision, recall, f1, thousands(class.support)]
            })
            .collect(),
    }
}
