//! The folder through which a program of the user's is given data and gives answers: NPY arrays and a
//! description in JSON. `experiments/programs/README.md` documents it.

use crate::conditions::FitData;
use crate::obituary::told;
use crate::program::EXCHANGE;
use data::Samples;
use npyz::{NpyFile, TypeStr, WriterBuilder};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::Path;

/// What a program answers.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    /// The class of each sample.
    pub(crate) predictions: Vec<u16>,
    /// Natural logarithms of the class probabilities, shape (samples, classes).
    pub(crate) log_probabilities: Option<Vec<f32>>,
}

/// Writes what a program is given: training samples with labels, and the samples to predict.
pub(crate) fn write(
    folder: &Path,
    parameters: &Map<String, Value>,
    data: FitData<'_>,
    asked: &[&Samples],
    threads: usize,
) -> io::Result<()> {
    let train = data.train;
    samples(&folder.join("train_x.npy"), &[train.samples()])?;
    samples(&folder.join("predict_x.npy"), asked)?;
    let labels = train.labels().iter().map(|&label| label as i64);
    array(&folder.join("train_y.npy"), &[train.len()], labels)?;
    let shape = train.samples().picture();
    let description = json!({
        "version": EXCHANGE,
        "classes": train.class_names().to_vec(),
        "features": train.samples().features(),
        "picture": shape.map(|shape| [shape.rows, shape.columns]),
        "train": train.len(),
        "predict": asked.iter().map(|samples| samples.len()).sum::<usize>(),
        "parameters": parameters,
        "seed": data.seed,
        "threads": threads,
    });
    std::fs::write(folder.join("job.json"), format!("{description:#}\n"))
}

/// Pixels as `uint8`, shape (samples, rows, columns); features as `float32`, shape (samples, features).
fn samples(path: &Path, parts: &[&Samples]) -> io::Result<()> {
    let first = parts[0];
    let count: usize = parts.iter().map(|samples| samples.len()).sum();
    let shape = match first.picture() {
        Some(shape) => vec![count, shape.rows, shape.columns],
        None => vec![count, first.features()],
    };
    if first.pixels().is_some() {
        let pixels = parts.iter().filter_map(|samples| samples.pixels());
        return array(path, &shape, pixels.flatten().copied());
    }
    let features: Vec<f32> = parts
        .iter()
        .flat_map(|samples| samples.to_f32().into_owned())
        .collect();
    array(path, &shape, features)
}

fn array<T: npyz::AutoSerialize>(
    path: &Path,
    shape: &[usize],
    values: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    let shape: Vec<u64> = shape.iter().map(|&size| size as u64).collect();
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&shape)
        .writer(BufWriter::with_capacity(1 << 20, File::create(path)?))
        .begin_nd()?;
    writer.extend(values)?;
    writer.finish()
}

/// Reads and checks what a program answered: `probabilities.npy`, `predictions.npy`, or both.
pub(crate) fn read(folder: &Path, samples: usize, classes: usize) -> Result<Answer, String> {
    let [labels, probabilities] =
        ["predictions.npy", "probabilities.npy"].map(|file| folder.join(file));
    let log_probabilities = if probabilities.exists() {
        Some(read_probabilities(&probabilities, samples, classes)?)
    } else {
        None
    };
    let predictions = match (&log_probabilities, labels.exists()) {
        (_, true) => read_labels(&labels, samples, classes)?,
        (Some(logs), false) => logs.chunks_exact(classes).map(first_largest).collect(),
        (None, false) => {
            return Err(
                "the program wrote neither predictions.npy nor probabilities.npy into the folder"
                    .to_owned(),
            );
        }
    };
    Ok(Answer {
        predictions,
        log_probabilities,
    })
}

fn first_largest(row: &[f32]) -> u16 {
    let mut best = 0;
    for (class, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = class;
        }
    }
    best as u16
}

fn read_labels(path: &Path, samples: usize, classes: usize) -> Result<Vec<u16>, String> {
    let values = numbers(path, &[samples])?;
    let label = |(sample, &value): (usize, &f64)| {
        let whole = value.fract() == 0.0 && (0.0..classes as f64).contains(&value);
        whole.then_some(value as u16).ok_or_else(|| {
            format!(
                "predictions.npy: sample {sample} has class {value}; classes run from 0 to {}",
                classes - 1
            )
        })
    };
    values.iter().enumerate().map(label).collect()
}

fn read_probabilities(path: &Path, samples: usize, classes: usize) -> Result<Vec<f32>, String> {
    let values = numbers(path, &[samples, classes])?;
    for (sample, row) in values.chunks_exact(classes).enumerate() {
        let sum: f64 = row.iter().sum();
        if row.iter().any(|value| !(0.0..=1.001).contains(value)) || (sum - 1.0).abs() > 1e-3 {
            return Err(format!(
                "probabilities.npy: row {sample} is no distribution: its values are {row:?}, their sum {sum}"
            ));
        }
    }
    Ok(values.iter().map(|value| value.ln() as f32).collect())
}

/// The numbers of an array that must have this shape.
fn numbers(path: &Path, shape: &[usize]) -> Result<Vec<f64>, String> {
    let name = path.file_name().unwrap_or_default().display().to_string();
    let failed = |reason: &dyn std::fmt::Display| format!("{name}: {}", told(&reason.to_string()));
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => failed(&"the file ends early"),
        _ => failed(&error),
    };
    // A pipe would be waited for.
    if !path.is_file() {
        return Err(failed(&"no regular file"));
    }
    let file = File::open(path).map_err(|error| failed(&error))?;
    let array = NpyFile::new(BufReader::new(file)).map_err(unread)?;
    let expected: Vec<u64> = shape.iter().map(|&size| size as u64).collect();
    if array.shape() != expected {
        let found = array.shape();
        return Err(failed(&format!("shape {found:?}, expected {expected:?}")));
    }
    if array.order() != npyz::Order::C {
        return Err(failed(&"in Fortran order; save numpy.ascontiguousarray(…)"));
    }
    let npyz::DType::Plain(kind) = array.dtype() else {
        return Err(failed(&"an array of records, expected numbers"));
    };
    as_f64(array, &kind).map_err(unread)
}

fn as_f64(array: NpyFile<impl io::Read>, kind: &TypeStr) -> io::Result<Vec<f64>> {
    fn all<T: npyz::Deserialize + Into<f64>>(
        array: NpyFile<impl io::Read>,
    ) -> io::Result<Vec<f64>> {
        Ok(array.into_vec::<T>()?.into_iter().map(Into::into).collect())
    }
    use npyz::TypeChar::{Float, Int, Uint};
    match (kind.type_char(), kind.size_field()) {
        (Float, 8) => all::<f64>(array),
        (Float, 4) => all::<f32>(array),
        (Int, 8) => Ok(array
            .into_vec::<i64>()?
            .into_iter()
            .map(|v| v as f64)
            .collect()),
        (Int, 4) => all::<i32>(array),
        (Int, 2) => all::<i16>(array),
        (Int, 1) => all::<i8>(array),
        (Uint, 8) => Ok(array
            .into_vec::<u64>()?
            .into_iter()
            .map(|v| v as f64)
            .collect()),
        (Uint, 4) => all::<u32>(array),
        (Uint, 2) => all::<u16>(array),
        (Uint, 1) => all::<u8>(array),
        _ => Err(io::Error::other(format!(
            "type {kind}, expected whole numbers, or floating-point numbers of 32 or 64 bits"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(write: impl FnOnce(&Path)) -> Result<Answer, String> {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        read(folder.path(), 2, 3)
    }

    fn save<T: npyz::AutoSerialize>(folder: &Path, name: &str, shape: &[usize], values: Vec<T>) {
        array(&folder.join(name), shape, values).unwrap();
    }

    #[test]
    fn labels_or_probabilities_of_any_type_are_an_answer() {
        let answer = answered(|to| save(to, "predictions.npy", &[2], vec![2_i64, 0]));
        assert_eq!(answer.unwrap().predictions, [2, 0]);
        let rows = vec![0.2_f32, 0.5, 0.3, 1.0, 0.0, 0.0];
        let answer = answered(|to| save(to, "probabilities.npy", &[2, 3], rows)).unwrap();
        assert_eq!(answer.predictions, [1, 0]);
        assert_eq!(answer.log_probabilities.unwrap()[4], f32::NEG_INFINITY);
    }

    #[test]
    fn what_is_wrong_with_an_answer_is_named() {
        let refusal = |write: &dyn Fn(&Path)| answered(write).unwrap_err();
        let neither = refusal(&|_| ());
        assert!(neither.contains("neither predictions.npy"), "{neither}");
        for (shape, values, reason) in [
            (&[3][..], vec![0_i64, 1, 2], "shape [3], expected [2]"),
            (
                &[2],
                vec![0, 3],
                "sample 1 has class 3; classes run from 0 to 2",
            ),
            (&[2], vec![-1, 0], "sample 0 has class -1"),
        ] {
            let found = refusal(&|to| save(to, "predictions.npy", shape, values.clone()));
            assert!(found.contains(reason), "{found}");
        }
        let rows = vec![0.2_f64, 0.5, 0.3, 1.0, 1.0, 0.0];
        let found = refusal(&|to| save(to, "probabilities.npy", &[2, 3], rows.clone()));
        assert!(found.contains("row 1 is no distribution"), "{found}");
        let text = refusal(&|to| std::fs::write(to.join("predictions.npy"), "no").unwrap());
        assert!(text.starts_with("predictions.npy: "), "{text}");
        let cut = refusal(&|to| {
            save(to, "predictions.npy", &[2], vec![0_i64, 1]);
            let whole = std::fs::read(to.join("predictions.npy")).unwrap();
            std::fs::write(to.join("predictions.npy"), &whole[..whole.len() - 1]).unwrap();
        });
        assert_eq!(cut, "predictions.npy: the file ends early");
    }
}
