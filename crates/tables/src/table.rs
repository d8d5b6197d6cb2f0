//! Columns side by side, with a class for each row.

use crate::{Column, TableError};
use data::Targets;
use std::collections::HashSet;

/// Rows of values in named columns, each row with its class, and its group where rows come in groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    targets: Targets,
    beside: Vec<Column>,
}

impl Table {
    /// Joins columns with the classes of their rows.
    ///
    /// # Errors
    /// [`TableError::Rows`] or [`TableError::Name`].
    pub fn new(columns: Vec<Column>, targets: Targets) -> Result<Self, TableError> {
        let mut names = HashSet::new();
        for column in &columns {
            if column.len() != targets.len() {
                return Err(TableError::Rows {
                    column: column.name().to_owned(),
                    found: column.len(),
                    rows: targets.len(),
                });
            }
            if !names.insert(column.name()) {
                return Err(TableError::Name(column.name().to_owned()));
            }
        }
        Ok(Self {
            columns,
            targets,
            beside: Vec::new(),
        })
    }

    /// The same with columns that nothing is learnt from, and that rows are looked at by.
    ///
    /// # Errors
    /// [`TableError::Rows`].
    pub fn with_beside(self, beside: Vec<Column>) -> Result<Self, TableError> {
        match beside.iter().find(|column| column.len() != self.len()) {
            Some(column) => Err(TableError::Rows {
                column: column.name().to_owned(),
                found: column.len(),
                rows: self.len(),
            }),
            None => Ok(Self { beside, ..self }),
        }
    }

    /// Columns that nothing is learnt from.
    pub fn beside(&self) -> &[Column] {
        &self.beside
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The columns; labels and groups are not among them.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name() == name)
    }

    /// The class of each row, and its group.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// The rows at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let select = |columns: &[Column]| {
            columns
                .iter()
                .map(|column| column.select(indices))
                .collect()
        };
        Self {
            columns: select(&self.columns),
            beside: select(&self.beside),
            targets: self.targets.select(indices),
        }
    }
}

impl AsRef<Targets> for Table {
    fn as_ref(&self) -> &Targets {
        &self.targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(rows: usize) -> Targets {
        let names = ["a", "b"].map(str::to_owned);
        Targets::new((0..rows).map(|row| row % 2).collect(), names.into()).unwrap()
    }

    #[test]
    fn rows_are_selected_with_their_classes() {
        let column = Column::numbers("n", vec![1.0, 2.0, 3.0]).unwrap();
        let table = Table::new(vec![column], targets(3)).unwrap();
        let selected = table.select(&[2, 1]);
        assert_eq!(selected.targets().labels(), [0, 1]);
        let column = Column::numbers("n", vec![3.0, 2.0]).unwrap();
        assert_eq!(selected.column("n"), Some(&column));
    }

    #[test]
    fn columns_beside_are_selected_and_are_no_features() {
        let column = |rows: usize| Column::booleans("b", vec![Some(true); rows]);
        let table = Table::new(Vec::new(), targets(3)).unwrap();
        assert!(table.clone().with_beside(vec![column(2)]).is_err());
        let table = table.with_beside(vec![column(3)]).unwrap().select(&[1, 2]);
        assert_eq!(
            (table.beside(), table.columns()),
            (&[column(2)][..], &[][..])
        );
    }

    #[test]
    fn columns_must_be_as_long_as_the_labels_and_have_names_of_their_own() {
        let column = |rows| Column::numbers("n", vec![0.0; rows]).unwrap();
        let error = Table::new(vec![column(2)], targets(3)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "column n has 2 rows, and there are 3 labels"
        );
        let error = Table::new(vec![column(3), column(3)], targets(3)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "two columns are called n; names must differ"
        );
    }
}
