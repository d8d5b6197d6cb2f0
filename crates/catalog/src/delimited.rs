//! Tables as text: CSV, TSV and their relatives, in the encoding that they happen to have.

mod header;
mod manner;
mod rows;

use self::header::Header;
use self::manner::Manner;
use self::rows::Records;
use crate::source::Source;
use crate::table::{
    Builder, Dialect, Named, Plan, RawTable, Refusal, Role, Schema, finish, has_options, roles,
    shortened,
};
use crate::{LoadError, Options, shown};
use csv::ByteRecord;

/// Records between two looks at the memory.
const WATCHED: u64 = 512;

/// Reads a table of text. With a `schema` it is a second file, and must have the columns of the first.
pub(crate) fn read(
    source: &Source<'_>,
    options: &Options,
    schema: Option<&Schema>,
) -> Result<RawTable, LoadError> {
    let manner = Manner::of(source, options, schema)?;
    let columns = Named {
        file: source.name(),
        names: &manner.names,
        is_guessed: manner.header == Header::Guessed,
    };
    let roles = roles(&columns, options, schema)?;
    let (plans, roles): (Vec<Plan>, Vec<Role>) =
        roles.into_iter().map(|(role, plan)| (plan, role)).unzip();
    let comma = manner.separator != b',';
    let dialect = Dialect::of_text(&options.missing, comma, has_options(schema));

    let mut builders = pass(source, &manner, &plans, &dialect)?;
    let mut again = plans.clone();
    for (builder, plan) in builders.iter().zip(&mut again) {
        let words = builder.must_be_read_again();
        if words.map_err(|refusal| refused(source, refusal))? {
            *plan = Plan::Of(tables::Kind::Category);
        }
    }
    let marks = check_marks(source, &builders)?;
    if again != plans {
        // Columns that are as they should be are not built twice.
        let changed = |(plan, before): (&Plan, &Plan)| {
            if plan == before { Plan::Skipped } else { *plan }
        };
        let second: Vec<Plan> = again.iter().zip(&plans).map(changed).collect();
        let rebuilt = pass(source, &manner, &second, &dialect)?;
        for ((builder, rebuilt), plan) in builders.iter_mut().zip(rebuilt).zip(&second) {
            if *plan != Plan::Skipped {
                builder.replace_values(rebuilt);
            }
        }
    }
    let mut notes = manner.notes();
    notes.extend(marks);
    finish(source.name(), builders, &roles, manner.is_latin, notes)
}

/// Reads columns of which it is known what they are; there must be a header.
pub(crate) fn columns(
    source: &Source<'_>,
    plan: &dyn Fn(&str) -> Plan,
) -> Result<Vec<Builder>, LoadError> {
    let manner = Manner::with_header(source)?;
    let mut doubled = manner.seconds.keys();
    if let Some(name) = doubled.find(|name| plan(name) != Plan::Skipped) {
        let reason = format!("two columns are called {}; names must differ", shown(name));
        return Err(LoadError::content(source.name(), reason));
    }
    let plans: Vec<Plan> = manner.names.iter().map(|name| plan(name)).collect();
    let dialect = Dialect::of_text(&[], manner.separator != b',', false);
    let builders = pass(source, &manner, &plans, &dialect)?;
    check_marks(source, &builders)?;
    Ok(builders)
}

/// The line in which a row of such a file begins; `None` if there are fewer rows.
pub(crate) fn line_of_row(source: &Source<'_>, row: usize) -> Result<Option<u64>, LoadError> {
    let manner = Manner::with_header(source)?;
    let mut records = Records::of(source, manner.utf_16, manner.separator)?;
    let mut record = ByteRecord::new();
    for _ in 0..row + manner.before_rows() {
        if records.next(&mut record)?.is_none() {
            return Ok(None);
        }
    }
    records.next(&mut record)
}

fn refused(source: &Source<'_>, refusal: Refusal) -> LoadError {
    LoadError::Line {
        file: source.name().to_owned(),
        line: refusal.line,
        column: Some(refusal.column),
        reason: refusal.reason,
    }
}

fn at_line(source: &Source<'_>, line: u64, reason: impl Into<String>) -> LoadError {
    LoadError::Line {
        file: source.name().to_owned(),
        line,
        column: None,
        reason: reason.into(),
    }
}

/// Points and commas cannot both be decimal marks. Says which it is, if it is the comma.
fn check_marks(source: &Source<'_>, builders: &[Builder]) -> Result<Option<String>, LoadError> {
    let first = |mark: usize| {
        builders.iter().find_map(|builder| {
            let (line, word) = builder.marks[mark].as_ref()?;
            Some((&builder.name, *line, shortened(word)))
        })
    };
    match (first(0), first(1)) {
        (Some((point_column, point_line, point)), Some((column, line, word))) => {
            Err(LoadError::Line {
                file: source.name().to_owned(),
                line,
                column: Some(column.clone()),
                reason: format!(
                    "'{word}' has a decimal comma, and '{point}' of column {point_column} in line {point_line} a decimal point; one file needs one of them"
                ),
            })
        }
        (None, Some(_)) if builders.iter().any(|builder| builder.has_plain_comma) => {
            Ok(Some("decimal comma".to_owned()))
        }
        (None, Some((_, line, word))) => Ok(Some(format!(
            "decimal comma, though three digits follow each, as in {word} of line {line}: if it sets off thousands, write numbers without"
        ))),
        _ => Ok(None),
    }
}

/// Reads the whole file once into columns.
fn pass(
    source: &Source<'_>,
    manner: &Manner,
    plans: &[Plan],
    dialect: &Dialect,
) -> Result<Vec<Builder>, LoadError> {
    let expected = manner.expected_rows(source);
    let names = manner.names.iter().cloned();
    let mut builders: Vec<Builder> = names
        .zip(plans)
        .map(|(name, plan)| Builder::new(name, *plan, expected))
        .collect();
    let mut reader = Records::of(source, manner.utf_16, manner.separator)?;
    let mut record = ByteRecord::new();
    let mut header = ByteRecord::new();
    for _ in 0..manner.before_rows() {
        reader.next(&mut header)?;
    }
    let mut records = 0;
    while let Some(line) = reader.next(&mut record)? {
        check(source, &record, line, builders.len(), manner.has_header())?;
        if manner.has_header() && record == header {
            let mut reason =
                "the header once more; are these two files in one? Take it out".to_owned();
            if manner.header == Header::Guessed {
                reason.push_str(", or say `--header no`");
            }
            return Err(at_line(source, line, reason));
        }
        for (builder, word) in builders.iter_mut().zip(&record) {
            let pushed = builder.push(word.trim_ascii(), line, dialect);
            pushed.map_err(|refusal| refused(source, refusal))?;
        }
        records += 1;
        if records % WATCHED == 0 {
            watch(source, &builders)?;
        }
    }
    if records == 0 {
        let reason = "there is a header and no row below it";
        return Err(LoadError::content(source.name(), reason));
    }
    watch(source, &builders)?;
    Ok(builders)
}

fn check(
    source: &Source<'_>,
    record: &ByteRecord,
    line: u64,
    width: usize,
    has_header: bool,
) -> Result<(), LoadError> {
    if record.len() != width {
        let first = if has_header {
            "the header"
        } else {
            "the first row"
        };
        let s = if record.len() == 1 { "" } else { "s" };
        let reason = format!("{} field{s}, and {first} has {width}", record.len());
        return Err(at_line(source, line, reason));
    }
    if record.as_slice().contains(&0) {
        let reason = "a NUL byte; a table is text, and this may be something else";
        return Err(at_line(source, line, reason));
    }
    Ok(())
}

fn watch(source: &Source<'_>, builders: &[Builder]) -> Result<(), LoadError> {
    let bytes: usize = builders.iter().map(Builder::bytes).sum();
    if bytes as u64 > source.limit() {
        return Err(source.no_memory("its columns"));
    }
    Ok(())
}
