//! A picture with its data.

use crate::error::ReportError;
use crate::room::Room;
use crate::table::Table;
use records::{NARROW, write_own_file};
use std::path::Path;

/// A file for the directory `figures`, and what it shows.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// The same for a phone, where it is drawn for one.
    pub(crate) narrow: Option<String>,
    pub(crate) data: Table,
}

impl Figure {
    /// A PNG.
    pub(crate) fn png(name: impl Into<String>, bytes: Vec<u8>, data: Table) -> Self {
        Self {
            name: name.into(),
            bytes,
            narrow: None,
            data,
        }
    }

    /// An SVG, drawn for a page and for a phone. The name is without its ending.
    pub(crate) fn svg(stem: impl Into<String>, draw: impl Fn(Room) -> String, data: Table) -> Self {
        Self {
            name: format!("{}.svg", stem.into()),
            bytes: draw(Room::Wide).into_bytes(),
            narrow: Some(draw(Room::Narrow)),
            data,
        }
    }

    /// The name without its ending.
    pub(crate) fn stem(&self) -> &str {
        self.name
            .rsplit_once('.')
            .map_or(&self.name, |(stem, _)| stem)
    }

    /// The name of the file with its data.
    pub(crate) fn data_name(&self) -> String {
        format!("{}.csv", self.stem())
    }

    /// The name of the picture for a phone.
    pub(crate) fn narrow_name(&self) -> String {
        format!("{}{NARROW}.svg", self.stem())
    }

    /// Writes the pictures and their data into a directory.
    pub(crate) fn write(&self, directory: &Path) -> Result<(), ReportError> {
        write_own_file(&directory.join(&self.name), &self.bytes)?;
        if let Some(narrow) = &self.narrow {
            write_own_file(&directory.join(self.narrow_name()), narrow.as_bytes())?;
        }
        let data = directory.join(self.data_name());
        Ok(write_own_file(&data, self.data.to_csv().as_bytes())?)
    }
}
