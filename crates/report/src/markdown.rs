//! The Markdown page of a report.

use crate::figures::Figure;
use crate::{DatasetRecord, ModelSummary, Report, ReportError, Status};
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use std::fmt::Write;

const TEMPLATE: &str = include_str!("../templates/report.md.jinja");

/// What the template is filled with.
#[derive(Serialize)]
struct View<'a> {
    report: &'a Report,
    headline: String,
    warnings: Vec<String>,
    sizes: Sizes,
    models: Vec<Row>,
    epochs: EpochTable,
    weights: Option<WeightDifferences>,
    class_tables: Vec<ClassTable>,
    figures: Vec<&'a str>,
}

/// Fills in the template.
pub(crate) fn page(report: &Report, figures: &[Figure]) -> Result<String, ReportError> {
    let view = View {
        report,
        headline: headline(report),
        warnings: warnings(report),
        sizes: Sizes::new(&report.dataset),
        models: report
            .models
            .iter()
            .map(|model| Row::new(model, report))
            .collect(),
        epochs: EpochTable::new(report),
        weights: weight_differences(report),
        class_tables: report.finished().map(class_table).collect(),
        figures: figures.iter().map(|figure| figure.name.as_str()).collect(),
    };
    fill(view).map_err(|error| ReportError::render("README.md", &error))
}

fn fill(view: View<'_>) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    // Tags on lines of their own leave no blank lines in the page.
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    templates.set_syntax(syntax);
    templates.render_str(TEMPLATE, Value::from(Serde(view)))
}

/// Numbers of images, ready to print.
#[derive(Serialize)]
struct Sizes {
    train: String,
    train_available: String,
    test: String,
    test_available: String,
}

impl Sizes {
    fn new(data: &DatasetRecord) -> Self {
        Self {
            train: thousands(data.train),
            train_available: thousands(data.train_available),
            test: thousands(data.test),
            test_available: thousands(data.test_available),
        }
    }
}

/// The first sentence: who is ahead, and by how much.
fn headline(report: &Report) -> String {
    let mut ranked: Vec<&ModelSummary> = report.finished().collect();
    ranked.sort_by(|a, b| {
        b.test_accuracy
            .unwrap_or(0.0)
            .total_cmp(&a.test_accuracy.unwrap_or(0.0))
    });
    let [best, others @ ..] = ranked.as_slice() else {
        return "No model finished.".to_owned();
    };
    let mut text = format!(
        "**{}** gets {} of the {} test images right",
        best.id,
        percent(best.test_accuracy),
        thousands(report.dataset.test)
    );
    if let Some(second) = others.first() {
        let _ = write!(
            text,
            ", before {} with {}",
            second.id,
            percent(second.test_accuracy)
        );
        if let (Some(a), Some(b)) = (best.test_accuracy_interval, second.test_accuracy_interval)
            && a.low <= b.high
        {
            text.push_str(" (their 95 % intervals overlap)");
        }
    }
    text.push('.');
    text
}

/// What keeps the numbers from being those of the full comparison.
fn warnings(report: &Report) -> Vec<String> {
    let data = &report.dataset;
    let mut warnings = Vec::new();
    if report.quick {
        warnings.push("**Quick look**: a subset of the data, to see that everything works. Do not quote these numbers.".to_owned());
    }
    if report.is_subset() {
        let test = if data.test < data.test_available {
            format!(
                " Tested on {} of {} images.",
                thousands(data.test),
                thousands(data.test_available)
            )
        } else {
            String::new()
        };
        let limits: std::collections::BTreeSet<usize> = report
            .models
            .iter()
            .map(|model| model.train_images)
            .collect();
        let limits: Vec<String> = limits.into_iter().map(thousands).collect();
        warnings.push(format!(
            "**Subset**: trained on {} of {} images, drawn in proportion to the classes.{test}",
            limits.join(" or "),
            thousands(data.train_available),
        ));
    }
    if !report.complete {
        let missing: Vec<String> = report
            .models
            .iter()
            .filter(|model| model.status != Status::Finished)
            .map(|model| format!("{} ({})", model.id, unfinished(model)))
            .collect();
        warnings.push(format!("**Incomplete**: without {}.", missing.join(", ")));
    }
    warnings
}

fn unfinished(model: &ModelSummary) -> String {
    match model.status {
        Status::Finished => "finished".to_owned(),
        Status::Failed => format!(
            "failed: {}",
            model.reason.as_deref().unwrap_or("no reason given")
        ),
        Status::Cancelled => "cancelled".to_owned(),
        Status::Missing => "did not get its turn".to_owned(),
    }
}

/// A row of the table of models, ready to print.
#[derive(Serialize)]
struct Row {
    id: String,
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
}

impl Row {
    fn new(model: &ModelSummary, report: &Report) -> Self {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let images = report.dataset.test.max(1) as f64;
        Self {
            id: model.id.clone(),
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
        }
    }
}

/// Test and training accuracy after each epoch, a column per model.
#[derive(Serialize)]
struct EpochTable {
    models: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

impl EpochTable {
    fn new(report: &Report) -> Self {
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
struct WeightDifferences {
    models: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

fn weight_differences(report: &Report) -> Option<WeightDifferences> {
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
struct ClassTable {
    id: String,
    rows: Vec<[String; 4]>,
}

fn class_table(model: &ModelSummary) -> ClassTable {
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

/// `0.9224` as `92.24 %`.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.2} %", share * 100.0))
}

/// Three significant digits, without exponent.
pub(crate) fn significant(value: f64) -> String {
    if value <= 0.0 {
        return "0".to_owned();
    }
    let decimals = (2 - value.log10().floor() as i32).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}

/// `60000` as `60 000`, with a space that does not break.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_legible() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(7850), "7\u{a0}850");
        assert_eq!(thousands(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(significant(0.001_234_5), "0.00123");
        assert_eq!(significant(1.87), "1.87");
        assert_eq!(significant(131.7), "132");
        assert_eq!(significant(0.0), "0");
        assert_eq!(percent(Some(0.922_4)), "92.24 %");
        assert_eq!(percent(None), "–");
    }
}
