//! Tables as Parquet, written by pandas, polars or Spark: flat columns, nothing nested.
//!
//! <https://parquet.apache.org/docs/file-format/>

mod growing;

use self::growing::{Growing, Grown, Measure};
use crate::error::one_line;
use crate::sizes::in_bytes;
use crate::source::Source;
use crate::table::{Named, Plan, RawTable, Role, Schema, missing_note, roles, rounded_note};
use crate::values::{ColumnValues, Values, Wanted, plan};
use crate::{LoadError, Options};
use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::schema::types::ColumnDescriptor;
use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

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
type Columns = (Vec<String>, Vec<(Role, Growing)>, usize, Vec<String>);

/// Reads the columns that count, as `roles` says by their names.
fn grown(
    source: &Source<'_>,
    path: &Path,
    roles: &dyn Fn(&[String]) -> Roles,
) -> Result<Columns, LoadError> {
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
    let mut builders: Vec<(Role, Growing)> = fields
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
            (role, Growing::of(*measure, plan))
        })
        .collect();
    make_room(&mut builders, file.metadata(), source.limit());
    let mut rows: usize = 0;
    for group in 0..file.num_row_groups() {
        let group = file.get_row_group(group).map_err(broken)?;
        read_group(&*group, &mut builders, &fields, &measures, source.limit()).map_err(broken)?;
        rows += usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let bytes: usize = builders.iter().map(|(_, growing)| growing.bytes()).sum();
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
    notes.extend(of_values(&names, &builders));
    Ok((names, builders, rows, notes))
}

/// Makes room for all rows at once.
fn make_room(builders: &mut [(Role, Growing)], metadata: &ParquetMetaData, limit: u64) {
    // What a damaged file says of its rows is no reason to ask for more than there is.
    let most = limit / size_of::<f64>() as u64 / builders.len().max(1) as u64;
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
    let wanted = builders
        .iter_mut()
        .filter(|(role, _)| *role != Role::Ignored);
    for (_, growing) in wanted {
        growing.make_room_for(rows.min(most) as usize);
    }
}

/// Reads some rows of each column that counts, half of the columns beside the others.
fn read_group(
    group: &dyn RowGroupReader,
    builders: &mut [(Role, Growing)],
    fields: &[Field],
    measures: &[Measure],
    limit: u64,
) -> Result<(), ParquetError> {
    let read = |builders: &mut [(Role, Growing)], from: usize| {
        let of_file = fields[from..].iter().zip(&measures[from..]);
        let columns = builders.iter_mut().zip(of_file);
        let mut wanted = columns.filter(|((role, _), _)| *role != Role::Ignored);
        wanted.try_for_each(|((_, growing), (field, measure))| {
            let column = group.get_column_reader(field.index)?;
            growing.read(column, *measure, limit)
        })
    };
    let half = builders.len() / 2;
    let (first, second) = builders.split_at_mut(half);
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| read(second, half));
        let first = read(first, 0);
        let second = second.join();
        (first, second.unwrap_or_else(|panic| resume_unwind(panic)))
    });
    first.and(second)
}

/// What to say of values that were taken for something else.
fn of_values(names: &[String], builders: &[(Role, Growing)]) -> Vec<String> {
    let known = names.iter().zip(builders);
    let known = known.filter(|(_, (_, growing))| growing.plan != Plan::Skipped);
    let missing = known
        .clone()
        .map(|(_, (_, growing))| (growing.missing, &growing.missing_words));
    let mut notes = Vec::from_iter(missing_note(missing));
    notes.extend(known.filter_map(|(name, (_, growing))| {
        let (row, number) = growing.rounded?;
        let place = format!("row {row}, counted from 0");
        Some(rounded_note(name, &number.to_string(), &place))
    }));
    notes
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
    for (name, (role, growing)) in names.iter().zip(builders) {
        if role == Role::Ignored {
            continue;
        }
        let column = match growing.values {
            Grown::Numbers(numbers) => ColumnValues::Numbers(numbers),
            Grown::Names(coded, _) if growing.plan == Plan::Labels => {
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

fn fields(source: &Source<'_>, metadata: &ParquetMetaData) -> Result<Vec<Field>, LoadError> {
    let schema = metadata.file_metadata().schema_descr();
    let mut fields: Vec<Field> = Vec::new();
    // The names so far, and whether these are of nested columns, of which each part comes by itself.
    let mut seen: HashMap<String, bool> = HashMap::new();
    for (index, column) in schema.columns().iter().enumerate() {
        let parts = column.path().parts();
        let is_flat =
            parts.len() == 1 && column.max_rep_level() == 0 && column.max_def_level() <= 1;
        let name = one_line(&parts[0]);
        match seen.insert(name.clone(), !is_flat) {
            Some(true) if !is_flat => continue,
            Some(_) => {
                let reason = format!("two columns are called {name}; names must differ");
                return Err(LoadError::content(source.name(), reason));
            }
            None => (),
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
    let decimal = |scale: i32| Measure::Decimal(10.0_f64.powi(scale));
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
            (Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE, ..) => Measure::Number,
            (Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY, _, ConvertedType::DECIMAL) => {
                decimal(column.type_scale())
            }
            (Type::BYTE_ARRAY, ..) => Measure::Text,
            // As Spark writes timestamps.
            (Type::INT96, ..) => Measure::Date(per_day(&TimeUnit::NANOS)),
            (Type::FIXED_LEN_BYTE_ARRAY, Some(LogicalType::Float16), _) => Measure::Half,
            (Type::FIXED_LEN_BYTE_ARRAY, ..) => {
                return Err("holds bytes of a fixed length; write numbers or text".to_owned());
            }
        },
    )
}

fn table(
    source: &Source<'_>,
    names: Vec<String>,
    builders: Vec<(Role, Growing)>,
    rows: usize,
    notes: Vec<String>,
) -> Result<RawTable, LoadError> {
    let mut table = RawTable {
        notes,
        ..RawTable::default()
    };
    for (name, (role, growing)) in names.into_iter().zip(builders) {
        match (role, growing.values) {
            (Role::Ignored, _) => (),
            (Role::Feature | Role::Beside, values) => {
                let plan = growing.plan;
                let column = values.column(&name, rows, plan);
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
            (Role::Label, Grown::Names(coded, _)) => {
                (table.labels, table.label) = (coded.into_coded(), name);
            }
            (Role::Group, Grown::Names(coded, _)) => {
                (table.groups, table.group) = (Some(coded.into_coded()), Some(name));
            }
            _ => return Err(damaged(source, "a column of two types")),
        }
    }
    Ok(table)
}
