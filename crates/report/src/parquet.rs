//! A table as Apache Parquet.

use crate::error::ReportError;
use crate::table::{Table, Values};
use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;

impl Table {
    /// The file: one row group, columns compressed with gzip, integers and numbers nullable.
    ///
    /// # Errors
    /// [`ReportError::Render`], if the library refuses.
    pub fn to_parquet(&self) -> std::result::Result<Vec<u8>, ReportError> {
        self.parquet()
            .map_err(|error| ReportError::render("Parquet", &error))
    }

    fn parquet(&self) -> Result<Vec<u8>> {
        let fields: Result<Vec<TypePtr>> = self.columns().iter().map(field).collect();
        let schema = Type::group_type_builder("table").with_fields(fields?);
        let properties = WriterProperties::builder()
            .set_compression(Compression::GZIP(GzipLevel::default()))
            .build();
        let schema = Arc::new(schema.build()?);
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
        let mut group = writer.next_row_group()?;
        for (_, values) in self.columns() {
            let column = group.next_column()?;
            write(values, column.expect("a column of the schema"))?;
        }
        group.close()?;
        writer.into_inner()
    }
}

fn field((name, values): &(String, Values)) -> Result<TypePtr> {
    let (physical, logical, repetition) = match values {
        Values::Text(_) => (
            Physical::BYTE_ARRAY,
            Some(LogicalType::String),
            Repetition::REQUIRED,
        ),
        Values::Integers(_) => (Physical::INT64, None, Repetition::OPTIONAL),
        Values::Numbers(_) => (Physical::DOUBLE, None, Repetition::OPTIONAL),
    };
    let field = Type::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition);
    Ok(Arc::new(field.build()?))
}

fn write(values: &Values, mut column: SerializedColumnWriter) -> Result<()> {
    match (values, column.untyped()) {
        (Values::Text(words), ColumnWriter::ByteArrayColumnWriter(writer)) => {
            let words: Vec<ByteArray> = words.iter().map(|word| word.as_str().into()).collect();
            writer.write_batch(&words, None, None)?;
        }
        (Values::Integers(values), ColumnWriter::Int64ColumnWriter(writer)) => {
            writer.write_batch(&present(values), Some(&definition(values)), None)?;
        }
        (Values::Numbers(values), ColumnWriter::DoubleColumnWriter(writer)) => {
            writer.write_batch(&present(values), Some(&definition(values)), None)?;
        }
        _ => return Err(ParquetError::General("not the column's type".to_owned())),
    }
    column.close()
}

fn present<T: Copy>(values: &[Option<T>]) -> Vec<T> {
    values.iter().filter_map(|value| *value).collect()
}

/// 1 for a value, 0 for none.
fn definition<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|value| value.is_some().into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, RowAccessor};
    use std::io::Write;

    #[test]
    fn a_table_comes_back_as_it_was() {
        let table = Table::default()
            .text("id", ["a", "é"])
            .integers("n", [Some(3), None])
            .numbers("x", [None, Some(0.1)]);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&table.to_parquet().unwrap()).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<_> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap())
            .collect();
        assert_eq!(rows[0].get_string(0).unwrap(), "a");
        assert_eq!(rows[1].get_string(0).unwrap(), "é");
        assert_eq!(rows[0].get_long(1).unwrap(), 3);
        assert_eq!(rows[1].get_double(2).unwrap(), 0.1);
        let nothing = |row: usize, column: usize| {
            let (_, field) = rows[row].get_column_iter().nth(column).unwrap();
            *field == Field::Null
        };
        assert!(nothing(1, 1) && nothing(0, 2));
    }
}
