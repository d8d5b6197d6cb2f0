//! The tables of models, cell by cell.

use crate::numbers::{Amount, exact, four, hundredths, percent, range, significant, thousands};
use crate::words;
use analysis::{Finished, Metric, ModelSummary, Quality, Report, VarianceBudget};
use records::{Control, PredictionFile};
use serde::Serialize;
use statistics::{mean, variance};

const NONE: &str = "–";

/// A row of the table of models.
#[derive(Serialize)]
pub(super) struct ModelRow {
    id: String,
    control_failed: bool,
    model: String,
    backend: String,
    /// What became of it, if it did not finish.
    note: String,
    train_images: String,
    limited: bool,
    /// Shared with the models that cannot be told apart from it.
    letters: String,
    hyperparameters: String,
    /// Where its predictions were read from, if they were made elsewhere.
    predictions: Option<PredictionFile>,
    /// If it finished.
    finished: Option<Numbers>,
}

/// What was measured of a model.
#[derive(Serialize)]
struct Numbers {
    parameters: String,
    accuracy: String,
    interval: String,
    error: String,
    log_loss: String,
    macro_f1: String,
    fit: Option<Amount>,
    /// For each sample.
    predict: Option<Amount>,
    memory: Option<Amount>,
    /// As [`headings`] has them.
    metrics: Vec<String>,
    certificate: String,
    measured_on: Option<String>,
}

/// Of models that get the same share right in each fold: what their intervals are of.
pub(super) fn equal_folds(report: &Report) -> Option<String> {
    let models = report.finished().filter(|of| of.1.has_equal_folds());
    let ids: Vec<&str> = models.map(|of| of.0.id.as_str()).collect();
    let [_, images] = report.dataset.words();
    let (each, their) = if ids.len() == 1 {
        ("", "its interval is")
    } else {
        ("Each of ", "their intervals are")
    };
    (!ids.is_empty()).then(|| {
        format!(
            "{each}{} gets the same share right in every fold. So folds do not say how certain that is, and {their} Wilson's, over \
             all held-out {images} as if one fit had judged them (over whole groups, where {images} come in groups).",
            words::and(&ids)
        )
    })
}

impl ModelRow {
    /// The most accurate model first; last those that did not finish.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let standings = report.standings();
        let finished = standings.iter().map(|of| (of.model, of.letters.clone()));
        let others = report
            .models
            .iter()
            .filter(|model| model.finished.is_none());
        let rows = finished.chain(others.map(|model| (model, String::new())));
        rows.map(|(model, letters)| Self::new(model, letters, report))
            .collect()
    }

    fn new(model: &ModelSummary, letters: String, report: &Report) -> Self {
        let parameters = model.hyperparameters.iter();
        let parameters = parameters.map(|(name, value)| format!("{name} = {value}"));
        let finished = model.finished.as_deref();
        Self {
            id: model.id.clone(),
            control_failed: model.failed_control(),
            model: model.model.clone(),
            backend: model.backend.clone(),
            note: words::status(model.status, model.reason.as_deref()),
            train_images: match model.predictions {
                None => thousands(model.train_images),
                Some(_) => NONE.to_owned(),
            },
            predictions: model.predictions.clone(),
            limited: report.is_limited(model),
            letters,
            hyperparameters: parameters.collect::<Vec<_>>().join(", "),
            finished: finished.map(|of| Numbers::new(of, report)),
        }
    }
}

impl Numbers {
    fn new(of: &Finished, report: &Report) -> Self {
        let Finished { quality, cost, .. } = of;
        let interval = quality.accuracy_interval;
        let metric = |metric| quality.metrics.get(metric).map_or(NONE.to_owned(), four);
        let certificate = of.training.certificate.iter();
        let certificate = certificate.filter_map(|(name, value)| {
            let value = exact(value.as_f64()?);
            let name = name.replace('_', " ").replace("kkt", "KKT");
            Some(format!("{name} {value}"))
        });
        Self {
            parameters: cost.parameters.map_or(NONE.to_owned(), thousands),
            accuracy: hundredths(quality.accuracy),
            interval: {
                let [low, high] = [interval.low, interval.high].map(hundredths);
                range(&low, &high)
            },
            error: percent(1.0 - quality.accuracy),
            log_loss: metric(Metric::LogLoss),
            macro_f1: metric(Metric::MacroF1),
            fit: cost.fit_seconds.map(Amount::seconds),
            predict: cost
                .predict_seconds
                .map(|seconds| Amount::seconds(seconds / report.dataset.test.max(1) as f64)),
            memory: cost
                .peak_memory_bytes
                .map(|bytes| Amount::bytes(bytes as f64)),
            metrics: shown(report)
                .into_iter()
                .map(|metric| match metric {
                    Some(_) => value(of, metric).map_or(NONE.to_owned(), four),
                    None => temperature(quality),
                })
                .collect(),
            certificate: certificate.collect::<Vec<_>>().join(", "),
            measured_on: cost.measured_on.clone(),
        }
    }
}

/// The metrics in the table of models, and two that say much the same; all others have a column in that of all metrics.
const NOT_SHOWN: [Metric; 5] = [
    Metric::Accuracy,
    Metric::MacroF1,
    Metric::LogLoss,
    Metric::WeightedPrecision,
    Metric::WeightedRecall,
];

/// What stands under a heading: a metric, or the temperature.
fn value(of: &Finished, metric: Option<Metric>) -> Option<f64> {
    match metric {
        Some(metric) => of.quality.metrics.get(metric),
        None => of.quality.temperature,
    }
}

/// The temperature with its standard error, that of its logarithm times it.
fn temperature(of: &Quality) -> String {
    let Some(value) = of.temperature else {
        return NONE.to_owned();
    };
    let error = of
        .temperature_error
        .map(|error| format!(" ± {}", significant(error * value)));
    let bound = if of.temperature_at_bound {
        ", at its bound"
    } else {
        ""
    };
    format!("{}{}{bound}", four(value), error.unwrap_or_default())
}

/// The metrics that are shown, and last the temperature: all, or of predictions that were made elsewhere
/// those that are known.
fn shown(report: &Report) -> Vec<Option<Metric>> {
    let others = Metric::ALL.into_iter().filter(|of| !NOT_SHOWN.contains(of));
    let all = others.map(Some).chain([None]);
    let is_known = |metric| report.finished().any(|(_, of)| value(of, metric).is_some());
    all.filter(|&metric| !report.is_judged_only() || is_known(metric))
        .collect()
}

/// Headings of the metrics of every model.
pub(super) fn headings(report: &Report) -> Vec<&'static str> {
    let heading = |metric: Option<Metric>| metric.map_or("temperature", Metric::heading);
    shown(report).into_iter().map(heading).collect()
}

/// What controls found of a model.
#[derive(Serialize)]
pub(super) struct ControlRow {
    id: String,
    controls: Vec<Control>,
}

impl ControlRow {
    pub(super) fn new(model: &ModelSummary) -> Option<Self> {
        (!model.controls.is_empty()).then(|| Self {
            id: model.id.clone(),
            controls: model.controls.clone(),
        })
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
}

impl SpreadRow {
    pub(super) fn new((model, of): (&ModelSummary, &Finished)) -> Option<Self> {
        let fits = of.spread.fits.iter();
        let accuracies: Vec<f64> = fits.map(|fit| fit.accuracy * 100.0).collect();
        if accuracies.len() < 2 {
            return None;
        }
        let two = |value: f64| format!("{value:.2}");
        let part = |part: fn(&VarianceBudget) -> Option<f64>| {
            let share = of.spread.variance.as_ref().and_then(part);
            share.map_or_else(|| NONE.to_owned(), |share| two(share * 100.0))
        };
        let each: Vec<String> = accuracies.iter().copied().map(two).collect();
        Some(Self {
            from_images: part(|variance| variance.judged_images),
            from_seed: part(|variance| variance.seed),
            id: model.id.clone(),
            fits: accuracies.len(),
            mean: two(mean(accuracies.iter().copied())),
            deviation: two(variance(&accuracies).sqrt()),
            lowest: two(accuracies.iter().copied().fold(f64::INFINITY, f64::min)),
            highest: two(accuracies.iter().copied().fold(0.0, f64::max)),
            each: each.join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_has_its_error_and_says_if_it_is_at_its_bound() {
        let report = analysis::examples::with_seeds(&[("a", &[3])]);
        let mut quality = report.finished().next().unwrap().1.quality.clone();
        assert_eq!(temperature(&quality), NONE);
        quality.temperature = Some(1.5);
        assert_eq!(temperature(&quality), "1.5000");
        quality.temperature_error = Some(0.1);
        assert_eq!(temperature(&quality), "1.5000 ± 0.150");
        quality.temperature_at_bound = true;
        assert_eq!(temperature(&quality), "1.5000 ± 0.150, at its bound");
    }

    /// Of four folds of ten images.
    #[test]
    fn what_equal_folds_do_not_say_is_said() {
        use analysis::examples::report;
        use records::examples::{of_fold, run_over_folds, with_errors};
        let run = run_over_folds(&["a", "b", "c"], &[0, 1].repeat(20), 1, 4);
        let said = |errors: &[(&str, [usize; 4])]| {
            let fits = errors.iter().flat_map(|(id, errors)| {
                let errors = errors.iter().enumerate();
                errors.map(|(fold, wrong)| with_errors(&run, id, of_fold(0, fold as u16), *wrong))
            });
            equal_folds(&report(fits.collect(), run.clone()))
        };
        let one = said(&[("a", [0; 4]), ("b", [1, 2, 1, 2])]).unwrap();
        assert_eq!(
            one,
            "a gets the same share right in every fold. So folds do not say how certain that is, and its interval is Wilson's, over all held-out images as if one fit had judged them (over whole groups, where images come in groups)."
        );
        let two = said(&[("a", [0; 4]), ("b", [1, 2, 1, 2]), ("c", [3; 4])]).unwrap();
        assert!(
            two.starts_with("Each of a and c gets the same share"),
            "{two}"
        );
        assert_eq!(said(&[("b", [1, 2, 1, 2])]), None);
    }
}
