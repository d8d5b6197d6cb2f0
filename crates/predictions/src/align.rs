//! Which sample a row is of.

use crate::error::{PredictionError, place};
use crate::file::{Columns, Names};
use crate::ids::Ids;
use crate::truth::Truth;
use catalog::shown;

/// No row.
const NONE: u32 = u32::MAX;

/// The sample of each row of a file.
///
/// # Errors
/// If an id is missing, or unknown, or the file has none and is not as long as the truth.
pub(crate) fn samples(columns: &Columns, truth: &Truth) -> Result<Vec<u32>, PredictionError> {
    match &columns.id {
        Some(ids) => by_id(columns, ids, truth),
        None => by_position(columns, truth),
    }
}

fn by_id(columns: &Columns, ids: &Names, truth: &Truth) -> Result<Vec<u32>, PredictionError> {
    let wrong = |row, reason: String| PredictionError::row(&columns.path, row, reason);
    let of_code = truth.ids.find(&ids.names);
    let sample = |(row, code): (usize, &Option<u32>)| {
        let code = code.ok_or_else(|| wrong(row, "the id is missing".to_owned()))? as usize;
        of_code[code].ok_or_else(|| {
            let id = shown(&ids.names[code]);
            let known = match &truth.ids {
                Ids::Rows(rows) => format!(
                    "{} has no ids; its rows count from 0 to {}",
                    truth.path.display(),
                    rows.saturating_sub(1)
                ),
                Ids::Names(_) => format!("{} does not have it", truth.path.display()),
            };
            wrong(row, format!("id {id} is unknown: {known}"))
        })
    };
    ids.codes.iter().enumerate().map(sample).collect()
}

fn by_position(columns: &Columns, truth: &Truth) -> Result<Vec<u32>, PredictionError> {
    let wrong = |reason: String| Err(PredictionError::file(&columns.path, reason));
    if columns.is_named && matches!(truth.ids, Ids::Names(_)) {
        return wrong(format!(
            "no column {}, which {} has",
            shown(&truth.id),
            truth.path.display()
        ));
    }
    if columns.model.is_some() || columns.seed.is_some() {
        return wrong(format!(
            "a column {} is needed where there is one for the model or the seed",
            shown(&truth.id)
        ));
    }
    if columns.rows != truth.len() {
        return wrong(format!(
            "{} rows, and {} has {}; without ids there must be as many",
            columns.rows,
            truth.path.display(),
            truth.len()
        ));
    }
    Ok((0..columns.rows as u32).collect())
}

/// Which row of a file each sample of a run of a model is in.
///
/// # Errors
/// If a sample has two rows, or none. `run` names the run in messages.
pub(crate) fn rows(
    columns: &Columns,
    truth: &Truth,
    sample_of: &[u32],
    of_run: impl Iterator<Item = usize>,
    run: &str,
) -> Result<Vec<u32>, PredictionError> {
    let mut rows = vec![NONE; truth.len()];
    for row in of_run {
        let sample = sample_of[row] as usize;
        if rows[sample] != NONE {
            let reason = format!(
                "id {} stands twice{run}; first in {}",
                shown(&truth.ids.name(sample)),
                place(&columns.path, rows[sample] as usize)
            );
            return Err(PredictionError::row(&columns.path, row, reason));
        }
        rows[sample] = row as u32;
    }
    let mut missing = rows.iter().enumerate().filter(|(_, row)| **row == NONE);
    if let Some((sample, _)) = missing.next() {
        let count = 1 + missing.count();
        let there = place(&truth.path, sample);
        let more = if count > 1 {
            format!("; {count} of {} ids are missing", truth.len())
        } else {
            String::new()
        };
        let reason = format!(
            "no row for id {}{run}, which {} has in {there}{more}",
            shown(&truth.ids.name(sample)),
            truth.path.display()
        );
        return Err(PredictionError::file(&columns.path, reason));
    }
    Ok(rows)
}
