//! A report in a terminal.

use crate::numbers::{signed, thousands};
use crate::plain::wrapped;
use crate::text_table::{TextColumn, TextTable};
use crate::verdict::summary;
use crate::warnings::warnings;
use analysis::{Metric, Report, Standing, Status};

/// The models of a report, one per row, the best first.
fn comparison(report: &Report) -> TextTable {
    let mut table = TextTable::new(vec![
        TextColumn::name("model", 0),
        TextColumn::number("right, %", 0),
        TextColumn::number("95 % interval", 3),
        TextColumn::name("group", 2),
        TextColumn::number("fit, s", 1),
        TextColumn::number("predict, µs", 3),
        TextColumn::number("MB", 4),
        TextColumn::number("log-loss", 5),
        TextColumn::number("macro-F1", 6),
        TextColumn::number("parameters", 7),
        TextColumn::number("trained on", 8),
    ]);
    for standing in report.standings() {
        table.add_row(row(&standing, report));
    }
    for model in report
        .models
        .iter()
        .filter(|model| model.finished.is_none())
    {
        let mut cells = vec![model.id.clone(), model.status.name().to_owned()];
        cells.resize(10, String::new());
        cells.push(thousands(model.train_images));
        table.add_row(cells);
    }
    table.without_empty()
}

/// A report in at most `width` characters a line: the table, what to know before believing it, the verdict.
pub fn report_in_text(report: &Report, width: Option<usize>) -> String {
    let mut lines = Vec::new();
    for model in &report.models {
        if let (Status::Failed, Some(reason)) = (model.status, &model.reason) {
            lines.push(format!("{} failed: {reason}", model.id));
        }
    }
    if !report.notes.is_empty() {
        lines.push(format!("As it was read: {}.", report.notes.join("; ")));
    }
    lines.extend(warnings(report).iter().map(ToString::to_string));
    lines.extend(summary(report));
    let lines = lines.iter().map(|line| wrapped(line, width));
    let table = comparison(report).to_text(width);
    let lines: Vec<String> = std::iter::once(table).chain(lines).collect();
    lines.join("\n")
}

fn row(standing: &Standing, report: &Report) -> Vec<String> {
    let (model, of) = (standing.model, standing.finished);
    let dash = || "–".to_owned();
    let mark = if model.failed_control() {
        " ✗ control"
    } else {
        ""
    };
    let metric = |metric| match of.quality.metrics.get(metric) {
        None => dash(),
        Some(value) if value.is_infinite() => "infinite".to_owned(),
        Some(value) => format!("{value:.4}"),
    };
    let (interval, cost) = (of.quality.accuracy_interval, &of.cost);
    let samples = report.dataset.test.max(1) as f64;
    let limited = if report.is_limited(model) {
        " (subset)"
    } else {
        ""
    };
    let predict = cost.predict_seconds;
    vec![
        format!("{}{mark}", model.id),
        format!("{:.2}", of.quality.accuracy * 100.0),
        format!("{:.2}–{:.2}", interval.low * 100.0, interval.high * 100.0),
        standing.letters.clone(),
        cost.fit_seconds
            .map_or_else(dash, |seconds| signed(seconds, 2)),
        predict.map_or_else(dash, |seconds| signed(seconds / samples * 1e6, 2)),
        cost.peak_memory_bytes
            .map_or_else(dash, |bytes| signed(bytes as f64 / 1e6, 0)),
        metric(Metric::LogLoss),
        metric(Metric::MacroF1),
        cost.parameters.map_or_else(dash, thousands),
        match model.predictions {
            None => format!("{}{limited}", thousands(model.train_images)),
            Some(_) => dash(),
        },
    ]
}
