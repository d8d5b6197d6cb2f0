//! Single values of a table, for people.

use tables::{Column, Values};

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
            code.map(|code| categories.names()[code].clone())
        }
    };
    text.unwrap_or_else(|| "missing".to_owned())
}

/// The day as in 2024-02-29 (Hinnant 2013, "chrono-compatible low-level date algorithms", `civil_from_days`).
pub(crate) fn date(days: f64) -> String {
    let days = days.floor() as i64 + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
