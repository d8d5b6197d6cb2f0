//! The columns of a table as arrays: what stands where, and how values become bytes and come back.

use super::arrays::{Places, Reader, Writer};
use serde::{Deserialize, Serialize};
use std::io;
use std::ops::Range;
use tables::{Column, Kind, Values};

/// A category that is missing.
const MISSING: u32 = u32::MAX;
/// A truth value that is missing.
const UNKNOWN: u8 = 2;

/// Where the values of a column are, and what they mean.
#[derive(Serialize, Deserialize)]
pub(super) struct ColumnPart {
    name: String,
    kind: Kind,
    values: Range<usize>,
    categories: Vec<String>,
}

impl ColumnPart {
    pub(super) fn place(column: &Column, places: &mut Places) -> Self {
        let width = match column.kind() {
            Kind::Number | Kind::Date => 8,
            Kind::Category => 4,
            Kind::Boolean => 1,
        };
        Self {
            name: column.name().to_owned(),
            kind: column.kind(),
            values: places.next(width * column.len()),
            categories: match column.values() {
                Values::Categories(categories) => categories.names().to_vec(),
                _ => Vec::new(),
            },
        }
    }

    pub(super) fn write(&self, column: &Column, to: &mut Writer<'_>) -> io::Result<()> {
        match column.values() {
            Values::Numbers(values) | Values::Dates(values) => {
                to.array(&self.values, bytemuck::cast_slice(values))
            }
            Values::Booleans(values) => {
                let byte = |value: &Option<bool>| value.map_or(UNKNOWN, u8::from);
                let bytes: Vec<u8> = values.iter().map(byte).collect();
                to.array(&self.values, &bytes)
            }
            Values::Categories(categories) => {
                let code = |code: Option<usize>| code.map_or(MISSING, |code| code as u32);
                let codes: Vec<u32> = categories.codes().map(code).collect();
                to.array(&self.values, bytemuck::cast_slice(&codes))
            }
        }
    }

    pub(super) fn read(&self, from: &Reader<'_>) -> Option<Column> {
        let name = self.name.clone();
        match self.kind {
            Kind::Number => Column::numbers(name, from.array(&self.values)?.to_vec()).ok(),
            Kind::Date => Column::dates(name, from.array(&self.values)?.to_vec()).ok(),
            Kind::Boolean => {
                let bytes = from.array::<u8>(&self.values)?;
                let value = |&byte: &u8| (byte != UNKNOWN).then_some(byte == 1);
                Some(Column::booleans(name, bytes.iter().map(value).collect()))
            }
            Kind::Category => {
                let codes = from.array::<u32>(&self.values)?;
                let codes = codes.iter().map(|&code| (code != MISSING).then_some(code));
                Column::categories(name, codes, self.categories.clone().into()).ok()
            }
        }
    }
}
