//! Tables as Parquet, written by pandas, polars or Spark: flat columns, nothing nested.
//!
//! <https://parquet.apache.org/docs/file-format/>

use crate::error::{in_bytes, one_line};
use crate::source::Source;
use crate::table::{Coded, Dialect, Interned, Named, Plan, RawTable, Role, Schema, decoded, roles};
use crate::values::{ColumnValues, Values, Wanted, plan};
use crate::{LoadError, Options};
use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::schema::types::ColumnDescriptor;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tables::{Column, Kind};

/// Rows that are decoded at once.
const BATCH: usize = 8192;
const DAY: f64 = 86_400.0;

/// Reads a file. With a `schema` it is a second file, and must have the columns of the first.
pub(crate) fn read(
    source: &Source<'_>,
    path: &Path,
    options: &Options,
    schema: Option<&Schema>,
) -> Result<RawTable, LoadError> {
    // The library panics on some damaged files.
    let read = catch_unwind(AssertUnwindSafe(|| {
        read_file(source, path, options, schema)
    }));
    read.unwrap_or_else(|_| Err(damaged(source, "its pages do not fit together")))
}

fn damaged(source: &Source<'_>, reason: impl std::fmt::Display) -> LoadError {
    LoadError::content(source.name(), format!("damaged Parquet ({reason})"))
}

fn read_file(
    source: &Source<'_>,
    path: &Path,
    options: &Options,
    schema: Option<&Schema>,
) -> Result<RawTable, LoadError> {
    let roles = |names: &[String]| {
        let columns = Named {
            file: source.name(),
            names,
            is_guessed: false,
        };
        roles(&columns, options, schema)
    };
    let (names, builders, rows, notes) = grown(source, path, &roles)?;
    table(source, names, builders, rows, notes)
}

/// What columns are for, and what is known of each.
type Roles = Result<Vec<(Role, Plan)>, LoadError>;

/// The names of columns, the columns, the number of rows, and what to say of them.
type Grown = (Vec<String>, Vec<(Role, Plan, Growing)>, usize, Vec<String>);

/// Reads the columns that count, as `roles` says by their names.
fn grown(
    source: &Source<'_>,
    path: &Path,
    roles: &dyn Fn(&[String]) -> Roles,
) -> Result<Grown, LoadError> {
    let broken = |error| broken(source, error);
    let file = opened(source, path)?;
    let fields = fields(source, file.metadata())?;
    let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let mut notes = Vec::new();
    let roles = roles(&names)?;
    let mut measures = Vec::with_capacity(fields.len());
    for (field, (role, _)) in fields.iter().zip(&roles) {
        measures.push(match role {
            Role::Ignored => Measure::Text,
            _ => field.measure(source)?,
        });
    }
    let mut builders: Vec<(Role, Plan, Growing)> = fields
        .iter()
        .zip(roles)
        .zip(&measures)
        .map(|((field, (role, plan)), measure)| {
            // pandas writes the numbers of rows, too.
            let is_index = field.name.starts_with("__index_level_") && role == Role::Feature;
            if is_index {
                notes.push(format!("column {} left out: pandas' index", field.name));
            }
            let role = if is_index { Role::Ignored } else { role };
            (role, plan, Growing::of(*measure, plan))
        })
        .collect();
    let mut rows: usize = 0;
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).map_err(broken)?;
        for (index, (role, _, growing)) in builders.iter_mut().enumerate() {
            if *role != Role::Ignored {
                let column = group
                    .get_column_reader(fields[index].index)
                    .map_err(broken)?;
                let limit = source.limit();
                growing
                    .read(column, measures[index], limit)
                    .map_err(broken)?;
            }
        }
        rows += usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let bytes: usize = builders.iter().map(|(_, _, growing)| growing.bytes()).sum();
        if bytes as u64 > source.limit() {
            return Err(source.no_memory("its columns"));
        }
    }
    if rows == 0 {
        return Err(LoadError::content(
            source.name(),
            "there are columns and no row",
        ));
    }
    Ok((names, builders, rows, notes))
}

/// The file, whose columns lie within it.
fn opened(source: &Source<'_>, path: &Path) -> Result<SerializedFileReader<Bytes>, LoadError> {
    let length = fs::metadata(path).map_err(LoadError::io(path))?.len();
    if length > source.limit() {
        return Err(source.no_memory("its columns"));
    }
    // From memory: where a damaged page says that it goes on for ever, the library asks the file a million
    // times a second for what is not there.
    let bytes = Bytes::from(fs::read(path).map_err(LoadError::io(path))?);
    let file = SerializedFileReader::new(bytes).map_err(|error| broken(source, error))?;
    if !columns_lie_within(file.metadata(), length) {
        return Err(damaged(source, "a column is not within the file"));
    }
    Ok(file)
}

/// What the library says of a file that it cannot read.
fn broken(source: &Source<'_>, error: ParquetError) -> LoadError {
    let unread = |what: &str| {
        let reason = format!(
            "Parquet with {what}, which is not read; write it with Zstandard, Snappy or gzip"
        );
        LoadError::content(source.name(), reason)
    };
    match error {
        ParquetError::NYI(what) => unread(&what),
        // A way to compress that this build of the library lacks.
        ParquetError::General(what) if what.starts_with(DISABLED) => {
            unread(&what[DISABLED.len()..])
        }
        error => damaged(source, error),
    }
}

const DISABLED: &str = "Disabled feature at compile time: ";

/// Whether every column lies within a file of this `length`: the library panics where a place or a size is negative.
fn columns_lie_within(metadata: &ParquetMetaData, length: u64) -> bool {
    let chunks = metadata
        .row_groups()
        .iter()
        .flat_map(RowGroupMetaData::columns);
    let mut ends = chunks.map(|chunk| {
        let data = u64::try_from(chunk.data_page_offset()).ok()?;
        let start = match chunk.dictionary_page_offset() {
            Some(place) => u64::try_from(place).ok()?,
            None => data,
        };
        start.checked_add(u64::try_from(chunk.compressed_size()).ok()?)
    });
    ends.all(|end| end.is_some_and(|end| end <= length))
}

/// Reads columns of which it is known what they are.
pub(crate) fn values(
    source: &Source<'_>,
    path: &Path,
    wanted: &dyn Fn(&str) -> Option<Wanted>,
) -> Result<Values, LoadError> {
    let roles = |names: &[String]| -> Roles {
        let role = |name: &String| match wanted(name) {
            None => (Role::Ignored, Plan::Skipped),
            wanted => (Role::Group, plan(wanted)),
        };
        Ok(names.iter().map(role).collect())
    };
    let read = catch_unwind(AssertUnwindSafe(|| grown(source, path, &roles)));
    let read = read.unwrap_or_else(|_| Err(damaged(source, "its pages do not fit together")));
    let (names, builders, rows, _) = read?;
    let mut columns = Vec::new();
    for (name, (role, plan, growing)) in names.iter().zip(builders) {
        if role == Role::Ignored {
            continue;
        }
        let column = match growing {
            Growing::Numbers(numbers) => ColumnValues::Numbers(numbers),
            Growing::Names(coded, _) if plan == Plan::Labels => {
                let coded = coded.into_coded();
                ColumnValues::Names(coded.codes, coded.names)
            }
            _ => {
                let reason = format!("column {name} does not hold numbers");
                return Err(LoadError::content(source.name(), reason));
            }
        };
        columns.push((name.clone(), column));
    }
    Ok(Values {
        columns,
        names,
        matrix: None,
        rows,
    })
}

/// A column as the file describes it.
struct Field {
    name: String,
    index: usize,
    /// Or why it is not read.
    measure: Result<Measure, String>,
}

impl Field {
    fn measure(&self, source: &Source<'_>) -> Result<Measure, LoadError> {
        let refused = |reason: &String| LoadError::content(source.name(), reason);
        self.measure.as_ref().copied().map_err(refused)
    }
}

/// What its values are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Measure {
    Truth,
    /// Numbers, to be multiplied by this.
    Number(f64),
    /// Whole numbers from 0 on, of as many bits as they are stored in.
    Unsigned,
    /// Days, to be multiplied by this.
    Date(f64),
    Text,
}

fn fields(source: &Source<'_>, metadata: &ParquetMetaData) -> Result<Vec<Field>, LoadError> {
    let schema = metadata.file_metadata().schema_descr();
    let mut fields: Vec<Field> = Vec::new();
    for (index, column) in schema.columns().iter().enumerate() {
        let parts = column.path().parts();
        let is_flat =
            parts.len() == 1 && column.max_rep_level() == 0 && column.max_def_level() <= 1;
        let name = one_line(&parts[0]);
        let is_another = fields.iter().any(|field| field.name == name);
        if is_flat && is_another {
            let reason = format!("two columns are called {name}; names must differ");
            return Err(LoadError::content(source.name(), reason));
        }
        if is_another {
            continue;
        }
        let path = column.path().string();
        let measure = if is_flat {
            measure(column).map_err(|what| format!("column {path} {what}"))
        } else {
            Err(format!(
                "column {path} is nested; write each of its parts as a column of its own, or leave {name} out with --ignore"
            ))
        };
        fields.push(Field {
            name,
            index,
            measure,
        });
    }
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(u64::MAX);
    let bytes = u128::from(rows) * 4 * fields.len() as u128;
    if bytes > u128::from(source.limit()) {
        let needed = in_bytes(u64::try_from(bytes).unwrap_or(u64::MAX));
        return Err(LoadError::Memory {
            file: source.name().to_owned(),
            needed: format!("{rows} rows of {} columns, {needed} or more", fields.len()),
            limit: source.limit(),
        });
    }
    Ok(fields)
}

fn measure(column: &ColumnDescriptor) -> Result<Measure, String> {
    let per_day = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1.0 / (DAY * 1e3),
        TimeUnit::MICROS => 1.0 / (DAY * 1e6),
        TimeUnit::NANOS => 1.0 / (DAY * 1e9),
    };
    let decimal = |scale: i32| Measure::Number(10.0_f64.powi(-scale));
    Ok(
        match (
            column.physical_type(),
            column.logical_type_ref(),
            column.converted_type(),
        ) {
            (Type::BOOLEAN, ..) => Measure::Truth,
            (Type::INT32, Some(LogicalType::Date), _) | (Type::INT32, _, ConvertedType::DATE) => {
                Measure::Date(1.0)
            }
            (Type::INT64, Some(LogicalType::Timestamp(timestamp)), _) => {
                Measure::Date(per_day(&timestamp.unit))
            }
            (Type::INT64, _, ConvertedType::TIMESTAMP_MILLIS) => Measure::Date(1.0 / (DAY * 1e3)),
            (Type::INT64, _, ConvertedType::TIMESTAMP_MICROS) => Measure::Date(1.0 / (DAY * 1e6)),
            (Type::INT32 | Type::INT64, _, ConvertedType::DECIMAL) => decimal(column.type_scale()),
            (Type::INT32 | Type::INT64, Some(LogicalType::Integer(integer)), _)
                if !integer.is_signed =>
            {
                Measure::Unsigned
            }
            (_, _, ConvertedType::UINT_32 | ConvertedType::UINT_64) => Measure::Unsigned,
            (Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE, ..) => Measure::Number(1.0),
            (Type::BYTE_ARRAY, _, ConvertedType::DECIMAL) => {
                return Err("holds decimals as bytes; write floating-point numbers".to_owned());
            }
            (Type::BYTE_ARRAY, ..) => Measure::Text,
            (Type::INT96, ..) => {
                return Err("holds timestamps as INT96; write them as INT64".to_owned());
            }
            (Type::FIXED_LEN_BYTE_ARRAY, ..) => {
                return Err("holds bytes of a fixed length; write numbers or text".to_owned());
            }
        },
    )
}

/// A column as it grows.
enum Growing {
    Numbers(Vec<f64>),
    Dates(Vec<f64>),
    Truths(Vec<Option<bool>>),
    Names(Interned, usize),
}

impl Growing {
    fn of(measure: Measure, plan: Plan) -> Self {
        let as_names = matches!(plan, Plan::Labels | Plan::Of(Kind::Category));
        match measure {
            _ if as_names => Self::Names(Interned::default(), 0),
            Measure::Text => Self::Names(Interned::default(), 0),
            Measure::Truth => Self::Truths(Vec::new()),
            Measure::Number(_) | Measure::Unsigned => Self::Numbers(Vec::new()),
            Measure::Date(_) => Self::Dates(Vec::new()),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Numbers(values) | Self::Dates(values) => 8 * values.len(),
            Self::Truths(values) => values.len(),
            Self::Names(names, bytes) => 8 * names.len() + bytes,
        }
    }

    fn read(&mut self, column: ColumnReader, of: Measure, limit: u64) -> Result<(), ParquetError> {
        match column {
            ColumnReader::BoolColumnReader(column) => self.values(column, limit, Value::Truth),
            ColumnReader::Int32ColumnReader(column) => {
                let signed = |value: i32| match of {
                    Measure::Unsigned => value.cast_unsigned().into(),
                    _ => value.into(),
                };
                self.values(column, limit, |value| of.whole(signed(value)))
            }
            ColumnReader::Int64ColumnReader(column) => {
                self.values(column, limit, |value| of.whole(value))
            }
            ColumnReader::FloatColumnReader(column) => {
                self.values(column, limit, |value| Value::Number(f64::from(value)))
            }
            ColumnReader::DoubleColumnReader(column) => self.values(column, limit, Value::Number),
            ColumnReader::ByteArrayColumnReader(column) => self.values(column, limit, Value::Text),
            _ => Err(ParquetError::General("a column of another type".to_owned())),
        }
    }

    fn values<T: DataType>(
        &mut self,
        mut column: ColumnReaderImpl<T>,
        limit: u64,
        value: impl Fn(T::T) -> Value,
    ) -> Result<(), ParquetError> {
        let (mut values, mut levels) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        loop {
            values.clear();
            levels.clear();
            let (records, _, _) =
                column.read_records(BATCH, Some(&mut levels), None, &mut values)?;
            if records == 0 {
                return Ok(());
            }
            let mut present = values.drain(..);
            if levels.is_empty() {
                present
                    .by_ref()
                    .take(records)
                    .for_each(|one| self.push(Some(value(one))));
            } else {
                for level in &levels {
                    let one = if *level > 0 {
                        present.next().map(&value)
                    } else {
                        None
                    };
                    self.push(one);
                }
            }
            if self.bytes() as u64 > limit {
                return Ok(());
            }
        }
    }

    fn push(&mut self, value: Option<Value>) {
        match self {
            Self::Numbers(values) | Self::Dates(values) => values.push(match value {
                Some(Value::Number(number) | Value::Date(number)) => number,
                Some(Value::Whole(number)) => number as f64,
                Some(Value::Large(number)) => number as f64,
                _ => f64::NAN,
            }),
            Self::Truths(values) => values.push(match value {
                Some(Value::Truth(truth)) => Some(truth),
                _ => None,
            }),
            Self::Names(names, bytes) => {
                let name = value.and_then(Value::name);
                let before = names.names();
                names.push_option(name.as_deref());
                if names.names() > before {
                    *bytes += 64 + name.map_or(0, |name| name.len());
                }
            }
        }
    }
}

impl Growing {
    fn column(self, name: &str, rows: usize, plan: Plan) -> Result<Column, LoadError> {
        Ok(match self {
            // Missing throughout in the first file, whatever the second says.
            _ if plan == Plan::Skipped => Column::numbers(name, vec![f64::NAN; rows])?,
            Self::Numbers(values) => Column::numbers(name, values)?,
            Self::Dates(values) => Column::dates(name, values)?,
            Self::Truths(values) => Column::booleans(name, values),
            Self::Names(coded, _) => {
                let coded = coded.into_coded();
                Column::categories(name, coded.codes, coded.names.into())?
            }
        })
    }
}

/// One value that is there.
enum Value {
    Truth(bool),
    Whole(i64),
    /// Beyond what a signed number holds.
    Large(u64),
    Number(f64),
    Date(f64),
    Text(ByteArray),
}

impl Value {
    /// As the name of a category or class; `None` for NaN.
    fn name(self) -> Option<String> {
        match self {
            Self::Truth(truth) => Some(truth.to_string()),
            Self::Whole(number) => Some(number.to_string()),
            Self::Large(number) => Some(number.to_string()),
            Self::Date(days) if days.fract() == 0.0 => Some(tables::date(days)),
            Self::Number(number) | Self::Date(number) => {
                (!number.is_nan()).then(|| number.to_string())
            }
            Self::Text(bytes) => Some(decoded(bytes.data(), &mut false)),
        }
    }
}

impl Measure {
    fn whole(self, value: i64) -> Value {
        match self {
            Self::Number(scale) if scale != 1.0 => Value::Number(value as f64 * scale),
            Self::Date(scale) => Value::Date(value as f64 * scale),
            Self::Unsigned if value < 0 => Value::Large(value.cast_unsigned()),
            _ => Value::Whole(value),
        }
    }
}

/// Labels as a table of text has them: without blanks around them, and missing where the word says so.
fn as_in_text(labels: Interned) -> Coded {
    let Coded { codes, names } = labels.into_coded();
    let dialect = Dialect::of_text(&[], false);
    let mut different = Interned::default();
    for code in codes {
        let name = code.map(|code| names[code as usize].trim());
        different.push_option(name.filter(|name| !dialect.missing_label(name.as_bytes())));
    }
    different.into_coded()
}

fn table(
    source: &Source<'_>,
    names: Vec<String>,
    builders: Vec<(Role, Plan, Growing)>,
    rows: usize,
    notes: Vec<String>,
) -> Result<RawTable, LoadError> {
    let mut table = RawTable {
        notes,
        ..RawTable::default()
    };
    for (name, (role, plan, growing)) in names.into_iter().zip(builders) {
        match (role, growing) {
            (Role::Ignored, _) => (),
            (Role::Feature | Role::Beside, growing) => {
                let column = growing.column(&name, rows, plan);
                let column = column.map_err(|error| error.in_file(source.name()))?;
                if column.len() != rows {
                    return Err(damaged(
                        source,
                        format!("column {name} is not as long as the others"),
                    ));
                }
                if let Plan::Of(kind) = plan
                    && column.kind() != kind
                {
                    let (found, before) = (column.kind().plural(), kind.plural());
                    let reason =
                        format!("column {name} holds {found}, and {before} in the training file");
                    return Err(LoadError::content(source.name(), reason));
                }
                if role == Role::Feature {
                    table.columns.push(column);
                } else {
                    table.beside = Some(column);
                }
            }
            (Role::Label, Growing::Names(coded, _)) => {
                (table.labels, table.label) = (as_in_text(coded), name);
            }
            (Role::Group, Growing::Names(coded, _)) => {
                (table.groups, table.group) = (Some(coded.into_coded()), Some(name));
            }
            _ => return Err(damaged(source, "a column of two types")),
        }
    }
    Ok(table)
}
