//! A report for other programs: CSV and LaTeX.

use crate::metrics::Metrics;
use crate::{ModelSummary, Report, Status};
use std::fmt::Write;

/// Columns of numbers: name and value.
type Column = (&'static str, fn(&ModelSummary) -> Option<f64>);

fn metric(model: &ModelSummary, of: fn(&Metrics) -> Option<f64>) -> Option<f64> {
    model.metrics.as_ref().and_then(of)
}

const COLUMNS: &[Column] = &[
    ("parameters", |model| model.parameters.map(|n| n as f64)),
    ("test_accuracy", |model| model.test_accuracy),
    ("test_accuracy_low", |model| {
        model.test_accuracy_interval.map(|i| i.low)
    }),
    ("test_accuracy_high", |model| {
        model.test_accuracy_interval.map(|i| i.high)
    }),
    ("test_log_loss", |model| model.test_log_loss),
    ("macro_f1", |model| model.macro_f1),
    ("balanced_accuracy", |model| {
        metric(model, |m| Some(m.balanced_accuracy))
    }),
    ("cohen_kappa", |model| {
        metric(model, |m| Some(m.cohen_kappa))
    }),
    ("matthews_correlation", |model| {
        metric(model, |m| Some(m.matthews_correlation))
    }),
    ("brier", |model| metric(model, |m| m.brier)),
    ("top_2_accuracy", |model| {
        metric(model, |m| m.top_2_accuracy)
    }),
    ("top_3_accuracy", |model| {
        metric(model, |m| m.top_3_accuracy)
    }),
    ("roc_auc", |model| metric(model, |m| m.roc_auc)),
    ("expected_calibration_error", |model| {
        metric(model, |m| m.expected_calibration_error)
    }),
    ("train_accuracy", |model| model.train_accuracy),
    ("fit_seconds", |model| model.fit_seconds),
    ("predict_seconds", |model| model.predict_seconds),
    ("peak_memory_bytes", |model| {
        model.peak_memory_bytes.map(|n| n as f64)
    }),
];

/// One row per model, the names of `report.json` in the first line, numbers in full. Empty where
/// there is no value.
pub fn csv(report: &Report) -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let mut text = format!("id,model,backend,status,train_images,{}\n", names.join(","));
    for model in &report.models {
        let status = format!("{:?}", model.status).to_lowercase();
        let words = [&model.id, &model.model, &model.backend, &status];
        let words: Vec<String> = words.into_iter().map(|word| quoted(word)).collect();
        let numbers = COLUMNS
            .iter()
            .map(|(_, value)| value(model).map_or_else(String::new, |value| value.to_string()));
        let numbers: Vec<String> = numbers.collect();
        let _ = writeln!(
            text,
            "{},{},{}",
            words.join(","),
            model.train_images,
            numbers.join(",")
        );
    }
    text
}

/// A field as RFC 4180 wants it.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// The table of models for `\usepackage{booktabs}`.
pub fn latex(report: &Report) -> String {
    let mut text = String::from(
        "\\begin{tabular}{lrrrrr}\n\\toprule\n\
         model & parameters & right, \\% & 95\\,\\% interval & log-loss & fit, s \\\\\n\\midrule\n",
    );
    for model in &report.models {
        let _ = writeln!(text, "{} \\\\", latex_row(model).join(" & "));
    }
    text.push_str("\\bottomrule\n\\end{tabular}\n");
    text
}

fn latex_row(model: &ModelSummary) -> Vec<String> {
    let name = model.id.replace('_', "\\_");
    if model.status != Status::Finished {
        let status = format!("{:?}", model.status).to_lowercase();
        return vec![name, format!("\\multicolumn{{5}}{{l}}{{{status}}}")];
    }
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "--".to_owned());
    vec![
        name,
        or_dash(model.parameters.map(|n| n.to_string())),
        or_dash(model.test_accuracy.map(|a| format!("{:.2}", a * 100.0))),
        or_dash(
            model
                .test_accuracy_interval
                .map(|i| format!("{:.2}--{:.2}", i.low * 100.0, i.high * 100.0)),
        ),
        or_dash(model.test_log_loss.map(|loss| format!("{loss:.4}"))),
        or_dash(model.fit_seconds.map(|seconds| format!("{seconds:.2}"))),
    ]
}
