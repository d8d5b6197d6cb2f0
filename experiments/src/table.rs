//! Tables in the terminal. A cell is never broken in the middle of a word: columns that matter least are
//! left out until the others fit.

use crate::output;
use analysis::{Finished, Metric, ModelSummary, Report, Status};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width};
use console::Term;
use std::fmt;
use std::path::Path;

/// The narrowest that a column of sentences is made, in characters.
const NARROWEST: usize = 24;

/// A table for people.
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    width: Option<usize>,
}

/// A column, and what becomes of it where room is short.
pub(crate) struct Column {
    title: &'static str,
    kind: Kind,
    /// Columns of a high rank are left out first; those of rank 0 never.
    rank: u8,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Name,
    Number,
    /// Sentences, which may be broken between words.
    Text,
}

impl Column {
    /// Of names, which are never broken.
    pub(crate) fn name(title: &'static str, rank: u8) -> Self {
        let kind = Kind::Name;
        Self { title, kind, rank }
    }

    /// Of numbers.
    pub(crate) fn number(title: &'static str, rank: u8) -> Self {
        let kind = Kind::Number;
        Self { title, kind, rank }
    }

    /// Of sentences.
    pub(crate) fn text(title: &'static str) -> Self {
        let (kind, rank) = (Kind::Text, 0);
        Self { title, kind, rank }
    }
}

impl Table {
    /// An empty table as wide as the terminal; where there is none, as wide as it needs.
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        let terminal = Term::stdout();
        let width = terminal.is_term().then(|| usize::from(terminal.size().1));
        Self {
            columns,
            rows: Vec::new(),
            width,
        }
    }

    /// Adds a row of as many cells as there are columns.
    pub(crate) fn add_row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Without the columns in which no row has anything.
    fn without_empty(mut self) -> Self {
        for column in (0..self.columns.len()).rev() {
            let is_empty = |row: &Vec<String>| matches!(row[column].as_str(), "" | "–");
            if self.rows.iter().all(is_empty) {
                self.columns.remove(column);
                for row in &mut self.rows {
                    row.remove(column);
                }
            }
        }
        self
    }

    /// The characters that a column needs.
    fn needs(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let cells = cells.map(|cell| console::measure_text_width(cell));
        let title = console::measure_text_width(self.columns[column].title);
        cells.chain([title]).max().unwrap_or(0)
    }

    /// The columns that fit, and the characters of each.
    fn fitting(&self) -> Vec<(usize, usize)> {
        let all = 0..self.columns.len();
        let mut shown: Vec<(usize, usize)> =
            all.map(|column| (column, self.needs(column))).collect();
        let Some(width) = self.width else {
            return shown;
        };
        // Each column has a border and two spaces, and the table one border more.
        let excess = |shown: &[(usize, usize)]| {
            let needed: usize = shown.iter().map(|(_, needs)| needs + 3).sum();
            (needed + 1).saturating_sub(width)
        };
        loop {
            let mut left = excess(&shown);
            for (column, needs) in &mut shown {
                if self.columns[*column].kind == Kind::Text {
                    let shrunk = needs.saturating_sub(left).max(NARROWEST.min(*needs));
                    left -= *needs - shrunk;
                    *needs = shrunk;
                }
            }
            let rank = |&(column, _): &(usize, usize)| self.columns[column].rank;
            let least = shown.iter().map(rank).max().unwrap_or(0);
            if left == 0 || least == 0 {
                return shown;
            }
            // The last of equals.
            let place = shown.iter().rposition(|column| rank(column) == least);
            shown.remove(place.unwrap_or(0));
            for (column, needs) in &mut shown {
                *needs = self.needs(*column);
            }
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.fitting();
        let mut table = comfy_table::Table::new();
        let titles = shown.iter().map(|(column, _)| self.columns[*column].title);
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(titles.collect::<Vec<_>>());
        // What is not broken must not be broken by the library either.
        let whole: usize = shown.iter().map(|(_, needs)| needs + 3).sum();
        table.set_width(u16::try_from(whole + 1).unwrap_or(u16::MAX));
        for row in &self.rows {
            let cell = |(column, _): &(usize, usize)| row.get(*column).cloned();
            table.add_row(shown.iter().map(|at| cell(at).unwrap_or_default()));
        }
        for (place, (column, needs)) in shown.iter().enumerate() {
            let Some(formatted) = table.column_mut(place) else {
                continue;
            };
            let width = u16::try_from(needs + 2).unwrap_or(u16::MAX);
            formatted.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            if self.columns[*column].kind == Kind::Number {
                formatted.set_cell_alignment(CellAlignment::Right);
            }
        }
        write!(f, "{table}")?;
        let left_out: Vec<&str> = (0..self.columns.len())
            .filter(|column| shown.iter().all(|(shown, _)| shown != column))
            .map(|column| self.columns[column].title)
            .collect();
        if left_out.is_empty() {
            return Ok(());
        }
        write!(f, "\nno room for: {}", left_out.join(", "))
    }
}

/// The models of a report, one per row, the best first.
fn comparison(report: &Report) -> Table {
    let mut table = Table::new(vec![
        Column::name("model", 0),
        Column::number("right, %", 0),
        Column::number("95 % interval", 3),
        Column::number("fit, s", 1),
        Column::number("µs/sample", 2),
        Column::number("MB", 4),
        Column::number("log-loss", 5),
        Column::number("macro-F1", 6),
        Column::number("parameters", 7),
        Column::number("trained on", 8),
    ]);
    for (model, of) in report.ranked() {
        table.add_row(row(model, of, report));
    }
    for model in report
        .models
        .iter()
        .filter(|model| model.finished.is_none())
    {
        let mut cells = vec![model.id.clone(), model.status.name().to_owned()];
        cells.resize(9, String::new());
        cells.push(model.train_images.to_string());
        table.add_row(cells);
    }
    if report.is_judged_only() {
        return table.without_empty();
    }
    table
}

/// Prints a report: the table, what to know before believing it, the verdict, and where to read on.
pub(crate) fn announce(report: &Report, directory: &Path) {
    output::line(comparison(report));
    for model in &report.models {
        if let (Status::Failed, Some(reason)) = (model.status, &model.reason) {
            output::line(format_args!("{} failed: {reason}", model.id));
        }
    }
    for warning in report::warnings(report) {
        output::line(warning);
    }
    for sentence in report::summary(report) {
        output::line(sentence);
    }
    for page in ["README.md", "index.html"] {
        output::line(format_args!("report: {}", directory.join(page).display()));
    }
}

fn row(model: &ModelSummary, of: &Finished, report: &Report) -> Vec<String> {
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
        cost.fit_seconds
            .map_or_else(dash, |seconds| format!("{seconds:.2}")),
        predict.map_or_else(dash, |seconds| format!("{:.2}", seconds / samples * 1e6)),
        cost.peak_memory_bytes
            .map_or_else(dash, |bytes| format!("{:.0}", bytes as f64 / 1e6)),
        metric(Metric::LogLoss),
        metric(Metric::MacroF1),
        cost.parameters.map_or_else(dash, |count| count.to_string()),
        match model.predictions {
            None => format!("{}{limited}", model.train_images),
            Some(_) => dash(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(width: usize) -> String {
        let mut table = Table::new(vec![
            Column::name("model", 0),
            Column::number("right, %", 0),
            Column::number("log-loss", 2),
            Column::text("what came of it"),
        ]);
        table.width = Some(width);
        let told = "a sentence that is long enough to be broken into several lines";
        table.add_row(["nearest-centroid", "100.00", "infinite", told]);
        table.to_string()
    }

    #[test]
    fn columns_are_left_out_and_no_name_is_broken() {
        for width in [60, 80, 100, 200] {
            let shown = table(width);
            assert!(
                shown.contains("nearest-centroid") && shown.contains("100.00"),
                "{shown}"
            );
            let widest = shown.lines().map(console::measure_text_width).max();
            assert!(widest <= Some(width), "{width}: {shown}");
        }
        assert!(table(60).contains("no room for: log-loss"));
        assert!(!table(200).contains("no room"));
    }

    #[test]
    fn a_terminal_too_narrow_for_anything_gets_whole_words_all_the_same() {
        assert!(table(20).contains("nearest-centroid"));
    }
}
