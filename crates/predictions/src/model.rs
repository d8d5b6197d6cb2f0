//! Models as they stand in files of predictions: one to a file, or several.

use crate::align::{rows, samples};
use crate::answers::Answers;
use crate::error::PredictionError;
use crate::file::{Columns, NamedFile, Names, fingerprint};
use crate::folds::Folds;
use crate::truth::Truth;
use catalog::shown;
use rayon::prelude::*;
use records::{FILE_NAME, PredictionFile, is_file_name};
use std::collections::BTreeMap;

/// A model, and what it says of each sample of the truth.
#[derive(Debug)]
pub struct Model {
    pub(crate) id: String,
    pub(crate) file: PredictionFile,
    /// With each seed, the lowest first; a model without seeds has one entry.
    pub(crate) runs: Vec<(Option<u64>, Answers)>,
    pub(crate) folds: Option<Folds>,
}

/// Reads the models of all files, in the order of the files, and within one by their first rows.
///
/// # Errors
/// One line that says what is wrong with the first file in which something is.
pub fn read_models(truth: &Truth, files: &[NamedFile]) -> Result<Vec<Model>, PredictionError> {
    let read: Vec<Result<Vec<Model>, PredictionError>> =
        files.par_iter().map(|file| of_file(truth, file)).collect();
    let mut models: Vec<Model> = Vec::new();
    for of_file in read {
        for model in of_file? {
            if let Some(other) = models.iter().find(|other| other.id == model.id) {
                return Err(PredictionError::SameName {
                    name: model.id.clone(),
                    files: [other, &model].map(|model| model.file.file.clone().into()),
                });
            }
            models.push(model);
        }
    }
    Ok(models)
}

/// The rows of a model with a seed.
struct Run {
    seed: Option<u64>,
    rows: Vec<u32>,
}

fn of_file(truth: &Truth, file: &NamedFile) -> Result<Vec<Model>, PredictionError> {
    let columns = Columns::read(&file.path, &truth.id, &truth.classes)?;
    let sample_of = samples(&columns, truth)?;
    let folds = columns.fold.as_ref();
    let folds = folds.map(|fold| Folds::placed(&file.path, fold, &sample_of, truth.len()));
    let folds = folds.transpose()?;
    let printed = fingerprint(&file.path)?;
    let mut models = Vec::new();
    for (id, runs) in runs(&columns, file)? {
        let several = columns.model.is_some() || runs.len() > 1;
        let mut answers = Vec::with_capacity(runs.len());
        for Run { seed, rows: of_run } in runs {
            let of_seed = seed.map_or_else(String::new, |seed| format!(" with seed {seed}"));
            let name = if several {
                format!(" of model {id}{of_seed}")
            } else {
                of_seed
            };
            let of_run = of_run.iter().map(|&row| row as usize);
            let rows = rows(&columns, truth, &sample_of, of_run, &name)?;
            answers.push((seed, Answers::new(&columns, &rows, &truth.classes)?));
        }
        models.push(Model {
            id,
            file: printed.clone(),
            runs: answers,
            folds: folds.clone(),
        });
    }
    Ok(models)
}

/// The models of a file, each with its runs by seed.
fn runs(columns: &Columns, file: &NamedFile) -> Result<Vec<(String, Vec<Run>)>, PredictionError> {
    let seeds = columns.seed.as_ref();
    let seeds = seeds
        .map(|names| seed_of_code(columns, names))
        .transpose()?;
    let mut of_models: Vec<BTreeMap<Option<u64>, Vec<u32>>> = Vec::new();
    for row in 0..columns.rows {
        let model = code(columns, columns.model.as_ref(), row, "model")?;
        let seed = match &seeds {
            None => None,
            Some(seeds) => Some(seeds[code(columns, columns.seed.as_ref(), row, "seed")?]),
        };
        if of_models.len() <= model {
            of_models.resize_with(model + 1, BTreeMap::new);
        }
        of_models[model].entry(seed).or_default().push(row as u32);
    }
    let names = names_of_models(columns, file)?;
    let runs = |of_model: BTreeMap<_, _>| {
        let runs = of_model.into_iter();
        runs.map(|(seed, rows)| Run { seed, rows }).collect()
    };
    Ok(names
        .into_iter()
        .zip(of_models.into_iter().map(runs))
        .collect())
}

/// The place of a row's name in its column; 0 without such a column.
fn code(
    columns: &Columns,
    names: Option<&Names>,
    row: usize,
    what: &str,
) -> Result<usize, PredictionError> {
    let Some(names) = names else {
        return Ok(0);
    };
    let code = names.codes[row].ok_or_else(|| {
        PredictionError::row(&columns.path, row, format!("the {what} is missing"))
    })?;
    Ok(code as usize)
}

fn names_of_models(columns: &Columns, file: &NamedFile) -> Result<Vec<String>, PredictionError> {
    let wrong = |reason: String| PredictionError::file(&file.path, reason);
    let Some(models) = &columns.model else {
        let name = file.name.clone();
        return Ok(vec![name.unwrap_or_else(|| catalog::name_of(&file.path))]);
    };
    if let Some(name) = &file.name {
        return Err(wrong(format!(
            "its column model names the models; {name}= cannot do so, too"
        )));
    }
    for (code, name) in models.names.iter().enumerate() {
        if !is_file_name(name) {
            let code = Some(code as u32);
            let row = models.codes.iter().position(|one| *one == code);
            let reason = format!("model {}: the name must be {FILE_NAME}", shown(name));
            return Err(PredictionError::row(&file.path, row.unwrap_or(0), reason));
        }
    }
    Ok(models.names.clone())
}

fn seed_of_code(columns: &Columns, names: &Names) -> Result<Vec<u64>, PredictionError> {
    let seed = |(code, name): (usize, &String)| {
        name.parse().map_err(|_| {
            let row = names.codes.iter().position(|one| *one == Some(code as u32));
            let reason = format!("seed {} is no whole number", shown(name));
            PredictionError::row(&columns.path, row.unwrap_or(0), reason)
        })
    };
    if names.names.len() > usize::from(u16::MAX) {
        let reason = format!("{} seeds; {} are the most", names.names.len(), u16::MAX);
        return Err(PredictionError::file(&columns.path, reason));
    }
    names.names.iter().enumerate().map(seed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// A model, or a data set, that is called by its file.
    #[test]
    fn names_of_files_can_be_recorded() {
        let long = "手".repeat(80);
        for file in [
            "a.csv",
            "a b.csv",
            "a-narrow.csv",
            ".csv",
            "..",
            "\u{202e}",
            &long,
        ] {
            let name = catalog::name_of(Path::new(file));
            assert!(is_file_name(&name), "{name}");
        }
    }
}
