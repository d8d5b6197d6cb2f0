//! What a user may say about files of their own.

use crate::LoadError;
use data::PictureShape;
use std::path::PathBuf;

/// How files are read, and how they become a training and a test split.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The column of the classes; else the one that is called class, label, target or y.
    pub label: Option<String>,
    /// Columns that are not used.
    pub ignore: Vec<String>,
    /// A column whose equal values mark rows that belong together: no split divides them.
    pub group: Option<String>,
    /// A column that rows are looked at by, kept beside the others if it is ignored or that of the groups.
    pub slice: Option<String>,
    /// Columns of numbers that are names of categories.
    pub categories: Vec<String>,
    /// Words that stand for a missing value, besides the usual ones.
    pub missing: Vec<String>,
    /// Whether the first line of text names the columns; else it is found out.
    pub header: Option<bool>,
    /// A second file, or directory, to test on.
    pub test: Option<PathBuf>,
    /// Without one, the share of rows that is set aside for the test, above 0 and below 1.
    pub test_share: f64,
    /// What is set aside depends on it.
    pub seed: u64,
    /// The size that pictures are given; else all must be of one size.
    pub resize: Option<PictureShape>,
    /// Bytes that the data may take in memory; else half of what is free.
    pub memory: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            label: None,
            ignore: Vec::new(),
            group: None,
            slice: None,
            categories: Vec::new(),
            missing: Vec::new(),
            header: None,
            test: None,
            test_share: 0.2,
            seed: 0,
            resize: None,
            memory: None,
        }
    }
}

impl Options {
    /// Whether rows are looked at by the column of that name.
    pub(crate) fn is_slice(&self, column: &str) -> bool {
        let slice = self.slice.as_ref();
        slice.is_some_and(|slice| slice.to_lowercase() == column.to_lowercase())
    }

    /// Refuses what was asked for and would change nothing: data of a kind have a use for the options of these names
    /// alone.
    pub(crate) fn check(&self, file: &str, kind: &str, used: &[&str]) -> Result<(), LoadError> {
        let columns = "columns of tables";
        let options = [
            ("label", self.label.is_some(), columns),
            ("ignore", !self.ignore.is_empty(), columns),
            (
                "group",
                self.group.is_some(),
                "columns of tables, and arrays",
            ),
            ("categories", !self.categories.is_empty(), columns),
            (
                "missing",
                !self.missing.is_empty(),
                "tables of text and ARFF",
            ),
            ("header", self.header.is_some(), "tables of text"),
            ("resize", self.resize.is_some(), "directories of pictures"),
        ];
        let mut given = options.iter().filter(|(_, is_given, _)| *is_given);
        match given.find(|(name, ..)| !used.contains(name)) {
            None => Ok(()),
            Some((name, _, wanted)) => {
                let reason = format!("this is {kind}, and `{name}` is for {wanted}; leave it out");
                Err(LoadError::content(file, reason))
            }
        }
    }
}
