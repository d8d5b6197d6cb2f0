//! What can be wrong with a table, with the column.

/// Why a table could not be made, or not be prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// Columns are of different lengths.
    #[error("column {column} has {found} rows, and there are {rows} labels")]
    Rows {
        /// The column's name.
        column: String,
        /// Its length.
        found: usize,
        /// Number of labels.
        rows: usize,
    },
    /// Two columns have one name.
    #[error("two columns are called {0}; names must differ")]
    Name(String),
    /// A number is infinite.
    #[error(
        "row {row}, counted from 0, of column {column} is {value}; a number must be finite, or missing"
    )]
    NotFinite {
        /// The column's name.
        column: String,
        /// Index of the row.
        row: usize,
        /// An infinity.
        value: f64,
    },
    /// A code is not the index of a category.
    #[error(
        "row {row}, counted from 0, of column {column} is category {code}, and there are {categories}"
    )]
    Category {
        /// The column's name.
        column: String,
        /// Index of the row.
        row: usize,
        /// Its code.
        code: u32,
        /// Number of categories.
        categories: usize,
    },
    /// A setting names a column that is not there.
    #[error("{setting}: no column is called {column}; there are {there}")]
    NamesNoColumn {
        /// The setting.
        setting: &'static str,
        /// The name.
        column: String,
        /// The names of all columns.
        there: String,
    },
    /// What was learnt names a column that is not there.
    #[error("no column is called {column}; there are {there}")]
    NoColumn {
        /// The name.
        column: String,
        /// The names of all columns.
        there: String,
    },
    /// A column is not of the kind that it was in training.
    #[error("column {column} holds {found}, and held {learnt} in the training rows")]
    Kind {
        /// The column's name.
        column: String,
        /// What it holds.
        found: &'static str,
        /// What it held.
        learnt: &'static str,
    },
    /// Numbers are missing, and are to stay so.
    #[error(
        "numbers are missing in {columns}, `fill_missing` of the preparation leaves them so, and the model takes none: fill them (`fill_missing = true`), or leave such columns out (`ignore`)"
    )]
    Unfilled {
        /// The columns, each with the rows where it is missing.
        columns: String,
    },
    /// Nothing is left to learn from.
    #[error("no column is left to learn from: {0}")]
    NoFeatures(String),
    /// No training rows.
    #[error("no training rows: a preparation needs at least one")]
    Empty,
    /// A setting is out of range.
    #[error("{name} is {value}; it must be {expected}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What was given.
        value: usize,
        /// What is allowed.
        expected: &'static str,
    },
    /// The labels, or the features, do not fit together.
    #[error(transparent)]
    Data(#[from] data::DataError),
}

/// Names for a message: all of a few, the first and the last of many.
pub(crate) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const MOST: usize = 20;
    let count = names.len();
    let names: Vec<&str> = names.collect();
    if count <= MOST {
        return names.join(", ");
    }
    format!(
        "{}, … and {} more, the last {}",
        names[..MOST].join(", "),
        count - MOST,
        names[count - 1]
    )
}
