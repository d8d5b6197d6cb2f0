//! Rows of a table to be judged on, whose labels nobody sees unnoticed.

use crate::Sealed;
use tables::{Column, Preparation, Table, TableError};

/// Labelled rows under a seal: the columns are free, labels and groups are not. A preparation, which
/// was learnt from training rows, makes samples of them, which are under a seal again.
#[derive(Debug)]
pub struct SealedTable {
    table: Table,
}

impl SealedTable {
    /// Seals rows that nobody has looked at.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// The columns, without the labels.
    pub fn columns(&self) -> &[Column] {
        self.table.columns()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// What the classes are called.
    pub fn class_names(&self) -> &[String] {
        self.table.targets().class_names()
    }

    /// The features of the rows, with their labels under a seal.
    ///
    /// # Errors
    /// As [`Preparation::apply`].
    pub fn prepared(&self, preparation: &Preparation) -> Result<Sealed, TableError> {
        Ok(Sealed::new(preparation.dataset(&self.table)?))
    }

    /// The rows with their labels, for checks of this crate that tell nobody about single labels.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }
}
