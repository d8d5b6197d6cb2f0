//! A report in a terminal.

use crate::figures::Looks;
use crate::numbers::{Amount, four, hundredths, signed, thousands};
use crate::plain::{harmless, wrapped};
use crate::text_table::{TextColumn, TextTable};
use crate::verdict::summary;
use crate::warnings::warnings;
use analysis::{Metric, Report, Standing, Status};

/// What gives a text the colour of this number among the 256 of a terminal.
pub type Painter<'a> = &'a dyn Fn(u8, &str) -> String;

/// Columns in which one is best, and whether that is the highest.
const COMPARED: [(usize, bool); 6] = [
    (1, true),
    (4, false),
    (5, false),
    (6, false),
    (7, false),
    (8, true),
];

/// The models of a report, one per row, the best first, and whether a cell has a star.
fn comparison(report: &Report, looks: &Looks<'_>) -> (TextTable, bool) {
    let mut table = TextTable::new(vec![
        TextColumn::name("model", 0),
        TextColumn::number("right, %", 0),
        TextColumn::number("95 % interval", 3),
        TextColumn::name("group", 2),
        TextColumn::number("fit", 1),
        TextColumn::number("predict", 3),
        TextColumn::number("MB", 4),
        TextColumn::number("log-loss", 5),
        TextColumn::number("macro-F1", 6),
        TextColumn::number("parameters", 7),
        TextColumn::number("trained on", 8),
    ]);
    let standings = report.standings();
    let mut rows: Vec<Vec<String>> = standings.iter().map(|of| row(of, report)).collect();
    let is_honest: Vec<bool> = standings
        .iter()
        .map(|of| !of.model.failed_control())
        .collect();
    let mut is_marked = false;
    for (column, highest) in COMPARED {
        is_marked |= mark_best(&mut rows, &is_honest, column, highest);
    }
    for (cells, standing) in rows.iter_mut().zip(&standings) {
        let marker = looks.of(&standing.model.id).character();
        cells[0] = format!("{marker} {}", cells[0]);
    }
    for cells in rows {
        table.add_row(cells);
    }
    for model in report
        .models
        .iter()
        .filter(|model| model.finished.is_none())
    {
        let marker = looks.of(&model.id).character();
        let mut cells = vec![
            format!("{marker} {}", model.id),
            model.status.name().to_owned(),
        ];
        cells.resize(10, String::new());
        cells.push(thousands(model.train_images));
        table.add_row(cells);
    }
    (table.without_empty(), is_marked)
}

/// A star behind the best numbers of a column as they are printed, and room for one behind the others, unless all are
/// alike.
fn mark_best(rows: &mut [Vec<String>], is_honest: &[bool], column: usize, highest: bool) -> bool {
    let number = |cells: &Vec<String>| read(&cells[column]);
    let honest = rows.iter().zip(is_honest).filter(|(_, honest)| **honest);
    let numbers: Vec<f64> = honest.filter_map(|(cells, _)| number(cells)).collect();
    let best = if highest {
        numbers.iter().copied().max_by(f64::total_cmp)
    } else {
        numbers.iter().copied().min_by(f64::total_cmp)
    };
    let equals = numbers.iter().filter(|&&number| Some(number) == best);
    // Several zeros are less than what is printed, and alike only in that.
    let is_seen = best != Some(0.0) || equals.clone().count() == 1;
    if !is_seen || equals.count() == numbers.len() {
        return false;
    }
    for (cells, honest) in rows.iter_mut().zip(is_honest) {
        let is_best = *honest && number(cells) == best;
        cells[column].push(if is_best { '*' } else { ' ' });
    }
    true
}

/// A number as it is printed, in the unit of all others of its column.
fn read(printed: &str) -> Option<f64> {
    if printed == "infinite" {
        return Some(f64::INFINITY);
    }
    let (number, unit) = printed.split_once(' ').unwrap_or((printed, ""));
    let worth = match unit.trim_start() {
        "ms" => 1e-3,
        "µs" => 1e-6,
        "ns" => 1e-9,
        _ => 1.0,
    };
    // Digits stand in groups.
    let number: f64 = number.replace('\u{a0}', "").parse().ok()?;
    Some(number * worth)
}

/// A table in which the marker of each model has its colour.
pub(crate) fn painted(table: &str, looks: &Looks<'_>, paint: Painter<'_>) -> String {
    let row = |line: &str| -> Option<String> {
        let row = line.strip_prefix("│ ")?;
        let marker = row.chars().next()?;
        let (marker, rest) = row.split_at(marker.len_utf8());
        let id = rest.split_whitespace().next()?;
        let look = looks.of_model(id)?;
        Some(format!(
            "│ {}{rest}",
            paint(look.colour_of_terminal(), marker)
        ))
    };
    let lines = table
        .lines()
        .map(|line| row(line).unwrap_or(line.to_owned()));
    lines.collect::<Vec<_>>().join("\n")
}

/// A report in at most `width` characters a line: the table, what to know before believing it, the verdict. Nothing
/// in it commands a terminal but the colours that `paint` gives.
pub fn report_in_text(report: &Report, width: Option<usize>, paint: Painter<'_>) -> String {
    let looks = Looks::of_report(report);
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
    let (table, is_marked) = comparison(report, &looks);
    if is_marked {
        lines.insert(0, "* the best of its column".to_owned());
    }
    let lines = lines
        .iter()
        .map(|line| harmless(&wrapped(line, width)).into_owned());
    let table = painted(&harmless(&table.to_text(width)), &looks, paint);
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
        Some(value) => four(value),
    };
    let (interval, cost) = (of.quality.accuracy_interval, &of.cost);
    let samples = report.dataset.test.max(1) as f64;
    let limited = if report.is_limited(model) {
        " (subset)"
    } else {
        ""
    };
    let predict = cost.predict_seconds;
    let time = |seconds| Amount::seconds(seconds).in_column();
    vec![
        format!("{}{mark}", model.id),
        hundredths(of.quality.accuracy),
        format!("{}–{}", hundredths(interval.low), hundredths(interval.high)),
        standing.letters.clone(),
        cost.fit_seconds.map_or_else(dash, time),
        predict.map_or_else(dash, |seconds| time(seconds / samples)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::with_seeds;

    #[test]
    fn the_best_has_a_star_and_each_model_its_marker_in_its_colour() {
        let report = with_seeds(&[
            ("softmax", &[2]),
            ("burn-mlp", &[3]),
            ("\u{1b}[31mx", &[90]),
        ]);
        let paint = |colour, text: &str| format!("<{colour}:{text}>");
        let text = report_in_text(&report, None, &paint);
        let row = |id: &str| {
            let found = text.lines().find(|line| line.contains(id));
            found.unwrap_or_default().to_owned()
        };
        assert!(row("softmax").starts_with("│ <68:●> softmax"), "{text}");
        assert!(row("softmax").contains("99.80* ┆"), "{text}");
        assert!(row("burn-mlp").contains("99.70  ┆"), "{text}");
        assert!(text.contains("\n* the best of its column\n"), "{text}");
        assert!(row("softmax").contains("┆ 100 ms ┆"), "all alike: {text}");
        assert!(!text.contains('\u{1b}'), "only we command the terminal");
    }

    #[test]
    fn numbers_of_any_size_are_compared() {
        let mut rows =
            ["1\u{a0}234.50", "50.00", "infinite", "–"].map(|cell| vec![cell.to_owned()]);
        assert!(mark_best(&mut rows, &[true; 4], 0, false));
        assert_eq!(
            rows.concat(),
            ["1\u{a0}234.50 ", "50.00*", "infinite ", "– "]
        );
        let mut times = ["1.00  s", "29.2 ms", "80.1 µs"].map(|cell| vec![cell.to_owned()]);
        assert!(mark_best(&mut times, &[true; 3], 0, false));
        assert_eq!(times.concat(), ["1.00  s ", "29.2 ms ", "80.1 µs*"]);
        let mut small = ["0.00", "0.00", "0.10"].map(|cell| vec![cell.to_owned()]);
        assert!(!mark_best(&mut small, &[true; 3], 0, false));
        let mut alike = ["0.10", "0.10"].map(|cell| vec![cell.to_owned()]);
        assert!(!mark_best(&mut alike, &[true; 2], 0, false));
    }

    #[test]
    fn one_model_alone_is_not_the_best_of_anything() {
        let report = with_seeds(&[("softmax", &[2])]);
        let text = report_in_text(&report, Some(80), &|_, text| text.to_owned());
        assert!(!text.contains('*'), "{text}");
    }
}
