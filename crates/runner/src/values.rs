//! Single values of a table, for people.

use tables::{Column, Values, date};

/// Columns of a row that are shown: enough to find it again.
const SHOWN: usize = 4;

/// The first values of a row: `age = 3, port = Q`.
pub(crate) fn row(columns: &[Column], row: usize) -> String {
    let values = columns.iter().take(SHOWN);
    let values = values.map(|column| format!("{} = {}", column.name(), value(column, row)));
    values.collect::<Vec<_>>().join(", ")
}

fn value(column: &Column, row: usize) -> String {
    let text = match column.values() {
        Values::Numbers(values) => Some(values[row])
            .filter(|v| !v.is_nan())
            .map(|v| v.to_string()),
        Values::Dates(days) => Some(days[row]).filter(|d| !d.is_nan()).map(date),
        Values::Booleans(values) => values[row].map(|value| value.to_string()),
        Values::Categories(categories) => {
            let code = categories.codes().nth(row).flatten();
            code.map(|code| catalog::shown(&categories.names()[code]))
        }
    };
    text.unwrap_or_else(|| "missing".to_owned())
}
