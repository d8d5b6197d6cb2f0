//! Rows as they were read, before any of them is prepared: samples that models take as they are, or
//! columns of a table.

use catalog::{Content, Sealed, SealedTable};
use data::{DataError, Dataset, Targets};
use std::sync::Arc;
use tables::Table;

/// Labelled rows to learn from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rows {
    Samples(Dataset),
    Table(Table),
}

impl Rows {
    pub(crate) fn targets(&self) -> &Targets {
        match self {
            Self::Samples(data) => data.as_ref(),
            Self::Table(table) => table.targets(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.targets().len()
    }

    pub(crate) fn class_names(&self) -> &Arc<[String]> {
        self.targets().class_names()
    }

    /// The rows at `indices`, in that order.
    pub(crate) fn select(&self, indices: &[usize]) -> Self {
        match self {
            Self::Samples(data) => Self::Samples(data.select(indices)),
            Self::Table(table) => Self::Table(table.select(indices)),
        }
    }

    /// The same under a seal.
    pub(crate) fn sealed(self) -> SealedRows {
        match self {
            Self::Samples(data) => SealedRows::Samples(Sealed::new(data)),
            Self::Table(table) => SealedRows::Table(SealedTable::new(table)),
        }
    }
}

impl AsRef<Targets> for Rows {
    fn as_ref(&self) -> &Targets {
        self.targets()
    }
}

/// Rows to be judged on.
#[derive(Debug)]
pub(crate) enum SealedRows {
    Samples(Sealed),
    Table(SealedTable),
}

impl SealedRows {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Samples(samples) => samples.len(),
            Self::Table(table) => table.len(),
        }
    }

    /// The class of each row. Counts.
    pub(crate) fn look(&self) -> &Targets {
        match self {
            Self::Samples(samples) => samples.look().as_ref(),
            Self::Table(table) => table.look(),
        }
    }

    /// The rows with their labels, for another process that seals them again. It is no look.
    pub(crate) fn handed_over(&self) -> Rows {
        match self {
            Self::Samples(samples) => Rows::Samples(samples.handed_over().clone()),
            Self::Table(table) => Rows::Table(table.handed_over().clone()),
        }
    }

    pub(crate) fn looks(&self) -> usize {
        match self {
            Self::Samples(samples) => samples.looks(),
            Self::Table(table) => table.looks(),
        }
    }

    /// Fewer of the rows, in proportion to the classes, under a seal of their own.
    pub(crate) fn subset(&self, size: usize, seed: u64) -> Result<Self, DataError> {
        Ok(match self {
            Self::Samples(samples) => Self::Samples(samples.subset(size, seed)?),
            Self::Table(table) => Self::Table(table.subset(size, seed)?),
        })
    }
}

/// Training rows, and those to be judged on.
pub(crate) fn of(content: Content) -> (Rows, SealedRows) {
    match content {
        Content::Samples { train, test } => (Rows::Samples(train), SealedRows::Samples(test)),
        Content::Table { train, test } => (Rows::Table(train), SealedRows::Table(test)),
    }
}
