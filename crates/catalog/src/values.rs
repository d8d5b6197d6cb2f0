//! Columns of a file as they stand there, for whoever knows what the columns are for.

use crate::table::Plan;
use tables::Kind;

/// What a file of columns holds.
#[derive(Debug, Default)]
pub struct Values {
    /// The columns that were asked for, in the order of the file.
    pub columns: Vec<(String, ColumnValues)>,
    /// The names of all columns.
    pub names: Vec<String>,
    /// An array of two axes: its width, and its values, row by row.
    pub matrix: Option<(usize, Vec<f32>)>,
    /// Number of rows.
    pub rows: usize,
}

/// The values of a column.
#[derive(Debug)]
pub enum ColumnValues {
    /// Names: of each row its place among the different ones, which stand in the order of their first
    /// rows. `None` where there is none.
    Names(Vec<Option<u32>>, Vec<String>),
    /// Numbers; NaN where there is none.
    Numbers(Vec<f64>),
}

/// What a column is wanted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Names, each value as it stands there.
    Names,
    /// Numbers.
    Numbers,
}

/// The only column of a file without names for its columns.
pub const UNNAMED: &str = "";

/// How a column is read as what it is wanted as.
pub(crate) fn plan(wanted: Option<Wanted>) -> Plan {
    match wanted {
        None => Plan::Skipped,
        Some(Wanted::Names) => Plan::Labels,
        Some(Wanted::Numbers) => Plan::Of(Kind::Number),
    }
}
