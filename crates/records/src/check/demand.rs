//! What is demanded, and what is said where it is not so.

use crate::RunRecord;

/// The most values of an array, of any kind.
pub(super) const MOST_VALUES: usize = 1 << 30;

/// Counts above this are no counts; sums of them would overflow.
pub(super) const MOST_COUNTED: usize = 1 << 53;

pub(super) fn planned(run: &RunRecord, id: &str) -> Result<(), String> {
    demand(run.planned(id).is_some(), || {
        format!("the run has no model `{}`", id.escape_debug())
    })
}

pub(crate) fn demand(is_so: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(otherwise()) }
}

pub(crate) fn length(what: &str, found: usize, expected: usize) -> Result<(), String> {
    demand(found == expected, || {
        format!("{what}: {found} values; there must be {expected}")
    })
}

pub(super) fn count(what: &str, found: usize, least: usize, most: usize) -> Result<(), String> {
    demand((least..=most).contains(&found), || {
        format!("{what}: {found} is not from {least} to {most}")
    })
}

pub(super) fn number(what: &str, found: f64, least: f64, most: f64) -> Result<(), String> {
    demand((least..=most).contains(&found), || {
        format!("{what}: {found:?} is not from {least:?} to {most:?}")
    })
}
