//! Rows of a table to be judged on, whose labels nobody sees unnoticed.

use crate::Sealed;
use data::{DataError, Targets, stratified_subset};
use std::sync::atomic::{AtomicUsize, Ordering};
use tables::{Column, Preparation, Table, TableError};

/// Labelled rows under a seal: the columns are free, labels and groups are not. A preparation, which
/// was learnt from training rows, makes samples of them, which are under a seal again.
#[derive(Debug)]
pub struct SealedTable {
    table: Table,
    looks: AtomicUsize,
}

impl SealedTable {
    /// Seals rows that nobody has looked at.
    pub fn new(table: Table) -> Self {
        Self {
            table,
            looks: AtomicUsize::new(0),
        }
    }

    /// The columns, without the labels.
    pub fn columns(&self) -> &[Column] {
        self.table.columns()
    }

    /// Columns that nothing is learnt from.
    pub fn beside(&self) -> &[Column] {
        self.table.beside()
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

    /// The class of each row. Counts.
    pub fn look(&self) -> &Targets {
        self.looks.fetch_add(1, Ordering::Relaxed);
        self.table.targets()
    }

    /// How often anyone looked.
    pub fn looks(&self) -> usize {
        self.looks.load(Ordering::Relaxed)
    }

    /// Fewer of the rows, in proportion to the classes, under a seal of their own.
    ///
    /// # Errors
    /// [`DataError::Subset`], as [`stratified_subset`].
    pub fn subset(&self, size: usize, seed: u64) -> Result<Self, DataError> {
        let chosen = stratified_subset(&self.table, size, seed)?;
        Ok(Self::new(self.table.select(&chosen)))
    }

    /// The features of the rows, with their labels under a seal.
    ///
    /// # Errors
    /// As [`Preparation::apply`].
    pub fn prepared(&self, preparation: &Preparation) -> Result<Sealed, TableError> {
        Ok(Sealed::new(preparation.dataset(&self.table)?))
    }

    /// The rows with their labels, for another process that seals them again, and for checks that tell
    /// nobody about single labels. It is no look, and does not count.
    pub fn handed_over(&self) -> &Table {
        &self.table
    }
}
