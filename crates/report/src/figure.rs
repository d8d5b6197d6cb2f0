//! A picture with its data.

use crate::error::ReportError;
use crate::table::Table;
use records::write_file;
use std::path::Path;

/// A file for the directory `figures`, and what it shows.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) data: Table,
}

impl Figure {
    pub(crate) fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>, data: Table) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            data,
        }
    }

    /// The name of the file with its data.
    pub(crate) fn data_name(&self) -> String {
        let (stem, _) = self.name.rsplit_once('.').unwrap_or((&self.name, ""));
        format!("{stem}.csv")
    }

    /// Writes the picture and its data into a directory.
    pub(crate) fn write(&self, directory: &Path) -> Result<(), ReportError> {
        write_file(&directory.join(&self.name), &self.bytes)?;
        let data = directory.join(self.data_name());
        Ok(write_file(&data, self.data.to_csv().as_bytes())?)
    }
}
