//! Models on groups of rows, as a table and in sentences.

use crate::numbers::{percent, points, thousands};
use analysis::{Gap, OnSlice, Report, Slice};
use serde::Serialize;

/// Sentences at most: the table has all.
const MOST_SENTENCES: usize = 10;

/// Slices by models.
#[derive(Serialize)]
pub(super) struct SliceTable {
    column: String,
    models: Vec<String>,
    slices: Vec<SliceRow>,
    /// What is clear, in sentences.
    clear: Vec<String>,
    /// How many gaps are clear in all.
    all_clear: usize,
    /// How many gaps there are.
    gaps: String,
}

#[derive(Serialize)]
struct SliceRow {
    name: String,
    rows: String,
    cells: Vec<String>,
}

impl SliceTable {
    pub(super) fn new(report: &Report) -> Option<Self> {
        let of = report.slices.as_ref()?;
        let first = of.slices.first().filter(|slice| !slice.models.is_empty())?;
        let clear = of.slices.iter().flat_map(|slice| {
            let models = slice.models.iter();
            models.filter_map(|on| sentence(&of.column, slice, on))
        });
        let clear: Vec<String> = clear.collect();
        Some(Self {
            column: of.column.clone(),
            models: first.models.iter().map(|on| on.model.clone()).collect(),
            slices: of.slices.iter().map(SliceRow::new).collect(),
            all_clear: clear.len(),
            clear: clear.into_iter().take(MOST_SENTENCES).collect(),
            gaps: thousands(of.gaps),
        })
    }
}

impl SliceRow {
    fn new(slice: &Slice) -> Self {
        Self {
            name: slice.name.clone(),
            rows: thousands(slice.rows),
            cells: slice.models.iter().map(cell).collect(),
        }
    }
}

/// "81.20 % (70.10 – 89.00) ▼": with an arrow where the gap is clear.
fn cell(on: &OnSlice) -> String {
    let [low, high] = [on.interval.low, on.interval.high].map(points);
    let arrow = match on.gap.filter(Gap::is_clear) {
        None => "",
        Some(gap) if gap.difference < 0.0 => " ▼",
        Some(_) => " ▲",
    };
    format!("{} ({low} – {high}){arrow}", percent(on.accuracy))
}

/// What a clear gap says.
fn sentence(column: &str, slice: &Slice, on: &OnSlice) -> Option<String> {
    let gap = on.gap.filter(Gap::is_clear)?;
    let Gap {
        difference,
        interval,
    } = gap;
    let (more, [low, high]) = if difference < 0.0 {
        ("less", [-interval.high, -interval.low])
    } else {
        ("more", [interval.low, interval.high])
    };
    let [by, low, high] = [difference.abs(), low, high].map(points);
    Some(format!(
        "{}: where {column} is {}, {by} points {more} often right than on all other rows ({low} – {high}).",
        on.model, slice.name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples;
    use records::SliceRecord;
    use records::examples::{CELL, answered, run};

    #[test]
    fn what_is_clear_is_said_and_marked() {
        let mut run = run(&["a"], &[0; 200]);
        run.slices = Some(SliceRecord {
            column: "port".to_owned(),
            names: vec!["C".to_owned(), "Q".to_owned()],
            of: (0..200).map(|row| row % 2).collect(),
        });
        let wrong = |row: usize| u16::from(row % 4 == 1);
        let fit = answered("a", CELL, &(0..200).map(wrong).collect::<Vec<_>>());
        let table = SliceTable::new(&examples::report(vec![fit], run)).unwrap();
        assert_eq!((table.all_clear, table.gaps.as_str()), (2, "2"));
        assert_eq!(
            table.clear[0],
            "a: where port is Q, 50.00 points less often right than on all other rows (38.06 – 60.94)."
        );
        let row = &table.slices[0];
        assert_eq!((row.name.as_str(), row.rows.as_str()), ("Q", "100"));
        assert_eq!(row.cells, ["50.00 % (40.38 – 59.62) ▼"]);
    }
}
