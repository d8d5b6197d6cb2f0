//! Groups of the judged rows that models are judged on one by one.

/// The rows by the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceRecord {
    /// What the column is called.
    pub column: String,
    /// What the groups are called.
    pub names: Vec<String>,
    /// The group of each row that models are judged on, as an index into the names.
    pub of: Vec<u16>,
}
