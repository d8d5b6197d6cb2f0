//! What fits cost as their data grow: a page of measured times and memory, and what they say of larger data.

mod costs;
mod laws;
mod page;

pub use costs::{FitCost, Growing, ModelCosts, Scaling, ThreadCosts};
pub(crate) use laws::Law;

use crate::error::ReportError;
use crate::figures::time_against_size;
use crate::lock::alone_in;
use records::write_file;
use std::path::Path;

/// Writes the page into this file, and `scaling.svg` with the data of all fits into `figures` beside it.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_scaling(path: &Path, scaling: &Scaling) -> Result<(), ReportError> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let figure = scaling
        .growing
        .first()
        .map(|rows| time_against_size(rows, &scaling.growing));
    let page = page::page(scaling, figure.as_ref());
    alone_in(directory, || {
        if let Some(figure) = &figure {
            figure.write(&directory.join("figures"))?;
        }
        Ok(write_file(path, page.as_bytes())?)
    })
}

#[cfg(test)]
pub(crate) mod tests;
