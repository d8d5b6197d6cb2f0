//! The comparison in the terminal.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::{ModelSummary, Report, Status};
use std::path::Path;

/// The models of a report, one per row.
pub(crate) fn comparison(report: &Report) -> String {
    let mut table = plain(&[
        "model",
        "trained on",
        "parameters",
        "right, %",
        "95 % interval",
        "log-loss",
        "macro-F1",
        "fit, s",
        "µs/image",
        "MB",
    ]);
    for model in &report.models {
        table.add_row(row(model, report));
    }
    for column in 1..10 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// Prints a report: the table, what to know before believing it, the verdict, and where to read on.
pub(crate) fn announce(report: &Report, directory: &Path) {
    println!("{}", comparison(report));
    for warning in report::warnings(report) {
        println!("{}", warning.replace("**", ""));
    }
    for sentence in report::verdict(report) {
        println!("{sentence}");
    }
    for page in ["README.md", "index.html"] {
        println!("report: {}", directory.join(page).display());
    }
}

/// An empty table that fits the terminal.
pub(crate) fn plain(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.to_vec());
    table
}

fn row(model: &ModelSummary, report: &Report) -> Vec<String> {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let limited = model.train_images < report.dataset.train_available;
    let trained_on = format!(
        "{}{}",
        model.train_images,
        if limited { " (subset)" } else { "" }
    );
    let passed = model.controls.iter().all(|control| control.passed);
    let name = format!("{}{}", model.id, if passed { "" } else { " ✗ control" });
    match model.status {
        Status::Finished => {}
        Status::Failed => {
            let reason = model.reason.as_deref().unwrap_or("no reason given");
            return vec![name, trained_on, format!("failed: {reason}")];
        }
        Status::Cancelled => return vec![name, trained_on, "cancelled".to_owned()],
        Status::Missing => return vec![name, trained_on, "not run".to_owned()],
    }
    let images = report.dataset.test.max(1) as f64;
    vec![
        name,
        trained_on,
        or_dash(model.parameters.map(|count| count.to_string())),
        or_dash(
            model
                .test_accuracy
                .map(|accuracy| format!("{:.2}", accuracy * 100.0)),
        ),
        or_dash(
            model.test_accuracy_interval.map(|interval| {
                format!("{:.2}–{:.2}", interval.low * 100.0, interval.high * 100.0)
            }),
        ),
        or_dash(model.test_log_loss.map(|loss| format!("{loss:.4}"))),
        or_dash(model.macro_f1.map(|f1| format!("{f1:.4}"))),
        or_dash(model.fit_seconds.map(|seconds| format!("{seconds:.2}"))),
        or_dash(
            model
                .predict_seconds
                .map(|seconds| format!("{:.2}", seconds / images * 1e6)),
        ),
        or_dash(
            model
                .peak_memory_bytes
                .map(|bytes| format!("{:.0}", bytes as f64 / 1e6)),
        ),
    ]
}
