//! Samples to ask a kept model about, as its own were made.

use crate::error::EvaluationError;
use catalog::{Asked, Fitted, Manner, Options, ask};
use data::Samples;
use kept::Kept;
use std::path::Path;
use tables::{Column, Preparation};

/// The samples at a path, prepared as those were that the model was fitted to, and whether they are a single picture.
/// `counted_from` is the number of the first feature in rows of svmlight, where the user says it.
///
/// # Errors
/// [`EvaluationError`] if the path cannot be read, or what is there is not the like of the model's own samples.
pub fn asked(
    kept: &Kept,
    path: &Path,
    counted_from: Option<u32>,
) -> Result<(Samples, bool), EvaluationError> {
    let about = &kept.about;
    let pictures = about.pictures();
    let pictures = pictures.map(|(shape, n)| (shape, Manner::of_pictures(&about.data.name, n)));
    let columns = about.preparation.as_ref().map(Preparation::kinds);
    let fitted = Fitted {
        pictures,
        columns: columns.as_deref(),
        features: about.features,
        counted_from: about.counted_from,
    };
    match ask(path, &Options::default(), fitted, counted_from)? {
        Asked::Picture(samples) => Ok((samples, true)),
        Asked::Samples(samples) => Ok((samples, false)),
        Asked::Table(table) => {
            let what = path.display().to_string();
            let preparation = preparation(kept, table.columns(), &what)?;
            let samples = preparation.apply(&table);
            Ok((samples.map_err(EvaluationError::columns(&what))?, false))
        }
    }
}

/// How these columns, of the table called `what`, become features. None of the numbers may be missing in the end: no
/// model takes such.
pub(crate) fn preparation<'k>(
    kept: &'k Kept,
    columns: &[Column],
    what: &str,
) -> Result<&'k Preparation, EvaluationError> {
    let preparation = kept.preparation(what)?;
    let filled = preparation.check_filled(columns);
    filled.map_err(EvaluationError::columns(what))?;
    Ok(preparation)
}
