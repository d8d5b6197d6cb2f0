//! Who got how far in which time: our models and others on the same data, in one figure.

use crate::error::ReportError;
use crate::figures::{Contestant, error_against_time};
use crate::lock::alone_in;
use crate::room::picture;
use std::path::Path;

/// Draws error against time into the `figures` of a directory, and gives the lines of Markdown that show it. Nothing
/// for fewer than two.
///
/// # Errors
/// If the files cannot be written.
pub fn write_error_against_time(
    directory: &Path,
    contestants: &[Contestant],
) -> Result<Option<String>, ReportError> {
    if contestants.len() < 2 {
        return Ok(None);
    }
    let figure = error_against_time(contestants);
    alone_in(directory, || figure.write(&directory.join("figures")))?;
    let name = "error-against-time";
    Ok(Some(format!(
        "{}\n\nAs numbers: [{name}.csv](figures/{name}.csv).\n",
        picture(
            name,
            "Share of wrong predictions against the time to fit and to predict, both on logarithmic axes: our \
             models and the peers"
        )
    )))
}
