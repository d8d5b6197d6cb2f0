//! Keeps models in files, and makes them again.

use crate::about::{About, in_words};
use crate::calibration::{Calibration, CalibrationMethod, Mapping};
use crate::card::card_of;
use crate::error::{FileError, KeptError};
use crate::file;
use classifier::{Classifier, ModelEntry, Scores};
use data::{Dataset, Samples};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use tables::Preparation;

/// A model that was read from a file.
pub struct Kept {
    /// What the file says about it.
    pub about: About,
    pub(crate) model: Box<dyn Classifier>,
}

/// Writes a model into a file, in place of what is there.
///
/// # Errors
/// [`KeptError::State`] if the model cannot be kept, [`KeptError::Write`] if the file cannot be written.
pub fn keep(path: &Path, about: &About, model: &dyn Classifier) -> Result<(), KeptError> {
    let state = model.state().map_err(|error| KeptError::State {
        path: path.to_owned(),
        model: about.id.clone(),
        error,
    })?;
    let mut about = about.clone();
    about.certificate = About::certificate_of(model.certificate());
    let bytes = file::write(&json(&about), &state);
    Ok(records::write_file(path, &bytes)?)
}

/// What a file says about its model.
///
/// # Errors
/// [`KeptError`] if it is no kept model, or damaged.
pub fn about(path: &Path) -> Result<About, KeptError> {
    parse(&read(path)?).map_err(at(path))
}

/// Changes what a file says about its model; its arrays stay as they are.
///
/// # Errors
/// [`KeptError`] if the file cannot be read, or not be written.
pub fn rewrite(path: &Path, change: impl FnOnce(&mut About)) -> Result<About, KeptError> {
    rewrite_as(path, path, change)
}

/// The same into another file.
///
/// # Errors
/// [`KeptError`] if the file cannot be read, or the other not be written.
pub fn rewrite_as(
    path: &Path,
    out: &Path,
    change: impl FnOnce(&mut About),
) -> Result<About, KeptError> {
    let bytes = read(path)?;
    let mut about = parse(&bytes).map_err(at(path))?;
    let state = file::read_state(&bytes).map_err(at(path))?;
    change(&mut about);
    records::write_file(out, &file::write(&json(&about), &state))?;
    Ok(about)
}

/// Makes the model of a file; `find` knows the registered models by name, and `nearest` a name like it.
///
/// # Errors
/// [`KeptError`] with the first thing that is wrong.
pub fn load(
    path: &Path,
    find: impl Fn(&str) -> Option<&'static ModelEntry>,
    nearest: impl Fn(&str) -> Option<&'static str>,
) -> Result<Kept, KeptError> {
    let bytes = read(path)?;
    let about = parse(&bytes).map_err(at(path))?;
    let state = file::read_state(&bytes).map_err(at(path))?;
    drop(bytes);
    let path = path.to_owned();
    let name = about.model.clone();
    let Some(entry) = find(&name) else {
        return Err(KeptError::UnknownModel {
            nearest: nearest(&name).map(str::to_owned),
            path,
            model: name,
        });
    };
    let recipe = match (entry.preset)().with(&about.parameters) {
        Ok(recipe) => recipe,
        Err(error) => {
            return Err(KeptError::Parameters {
                path,
                model: name,
                error,
            });
        }
    };
    match recipe.restore(state, about.sizes()) {
        Ok(model) => Ok(Kept { about, model }),
        Err(error) => Err(KeptError::State {
            path,
            model: name,
            error,
        }),
    }
}

impl Kept {
    /// Refuses samples that the model was not fitted to the like of; `what` says what they are.
    ///
    /// # Errors
    /// [`KeptError::Unsuited`].
    pub fn check(&self, samples: &Samples, what: &str) -> Result<(), KeptError> {
        let (fitted, found) = (self.about.features, samples.features());
        let name = &self.about.id;
        let unlike = |fitted: String, found: String| {
            Err(KeptError::Unsuited(format!(
                "{what}: {found}, and {name} was fitted to {fitted}"
            )))
        };
        match self.about.pictures().zip(samples.pictures()) {
            Some((fitted, found)) if fitted != found => unlike(in_words(fitted), in_words(found)),
            _ if fitted != found => unlike(
                format!("{fitted} features"),
                format!("samples of {found} features"),
            ),
            _ if self.about.pixels != samples.pixels().is_some() => unlike(
                kind(self.about.pixels).to_owned(),
                kind(!self.about.pixels).to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Refuses data of other classes.
    ///
    /// # Errors
    /// [`KeptError::Unsuited`] with the first class that differs.
    pub fn check_classes(&self, classes: &[String], what: &str) -> Result<(), KeptError> {
        let fitted = &self.about.classes;
        if fitted == classes {
            return Ok(());
        }
        let pairs = fitted.iter().zip(classes);
        let difference = match pairs.enumerate().find(|(_, (a, b))| a != b) {
            Some((class, (a, b))) => {
                let [a, b] = [a, b].map(|name| name.escape_debug());
                format!("class {class} is {b}, and {} has {a}", self.about.id)
            }
            None => format!(
                "{} classes, and {} has {}",
                classes.len(),
                self.about.id,
                fitted.len()
            ),
        };
        Err(KeptError::Unsuited(format!("{what}: {difference}")))
    }

    /// How the columns of the table called `what` become features.
    ///
    /// # Errors
    /// [`KeptError::Unsuited`] if the model was not fitted to the columns of a table.
    pub fn preparation(&self, what: &str) -> Result<&Preparation, KeptError> {
        self.about.preparation.as_ref().ok_or_else(|| {
            KeptError::Unsuited(format!(
                "{what}: a table, and {} was not fitted to the columns of one",
                self.about.id
            ))
        })
    }

    /// Class scores and, where there are some, log-probabilities as they were calibrated; each of shape (samples,
    /// classes). Calibration changes no score, and so no answer.
    ///
    /// # Panics
    /// If the samples were not [checked](Self::check), and are of another width.
    pub fn predict(&self, samples: &Samples) -> (Scores, Option<Scores>) {
        let (scores, logs) = self.raw(samples);
        let of_fit = self.about.temperature.map(Mapping::Temperature);
        let learnt = self.about.calibration.as_ref();
        let mapping = learnt.map(|learnt| &learnt.mapping).or(of_fit.as_ref());
        let logs = match mapping {
            Some(mapping) => mapping.apply(&scores, logs.as_ref()),
            None => logs,
        };
        (scores, logs)
    }

    /// Learns calibrated probabilities and sets from labelled samples that the model was not fitted to and that
    /// were [checked](Self::check), in place of an earlier calibration. `on` says what samples they are.
    ///
    /// # Errors
    /// [`KeptError::Unsuited`] if they are too few, or of one class, or the temperature of a model without
    /// probabilities is asked for.
    pub fn calibrate(
        &mut self,
        method: CalibrationMethod,
        rows: &Dataset,
        on: &str,
    ) -> Result<&Calibration, KeptError> {
        let (scores, logs) = self.raw(rows.samples());
        let asked = (&scores, logs.as_ref());
        let learnt = Calibration::learn(method, asked, rows.labels(), self.about.seed, on)?;
        self.about.temperature = None;
        Ok(self.about.calibration.insert(learnt))
    }

    /// The model itself, without calibration.
    pub fn classifier(&self) -> &dyn Classifier {
        &*self.model
    }

    fn raw(&self, samples: &Samples) -> (Scores, Option<Scores>) {
        self.model.scores_and_log_probabilities(samples)
    }
}

fn kind(pixels: bool) -> &'static str {
    if pixels {
        "8-bit pixels"
    } else {
        "real numbers"
    }
}

fn json(about: &About) -> String {
    serde_json::to_string(about).expect("plain words and numbers")
}

fn parse(bytes: &[u8]) -> Result<About, FileError> {
    let text = file::read_about(bytes)?;
    let about: About = serde_json::from_str(&text).map_err(|error| {
        let error = records::one_line(&error.to_string());
        FileError::Damaged(format!("what it says about the model: {error}"))
    })?;
    about.check().map_err(FileError::Damaged)?;
    Ok(about)
}

fn at(path: &Path) -> impl Fn(FileError) -> KeptError {
    let path = path.to_owned();
    move |reason| KeptError::File {
        path: path.clone(),
        reason,
    }
}

/// Fails where no model can be kept with its card: to be asked before work whose result is to be kept there. A pipe or a
/// device keeps nothing.
///
/// # Errors
/// [`KeptError::NoPlace`], or what the system says.
pub fn check_place(path: &Path) -> Result<(), KeptError> {
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        let path = path.to_owned();
        return Err(KeptError::NoPlace { path });
    }
    records::check_writable(path)?;
    Ok(records::check_writable(&card_of(path))?)
}

/// The bytes of a regular file.
fn read(path: &Path) -> Result<Vec<u8>, KeptError> {
    let failed = |reason| KeptError::Read {
        path: path.to_owned(),
        reason,
    };
    // Opening a pipe would wait for whoever writes into it.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(at(path)(FileError::Other(
            "it is no regular file".to_owned(),
        )));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    let file = File::open(path).map_err(failed)?;
    file.take(metadata.len())
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier::State;
    use serde_json::json;
    use tables::{Column, Settings, Table};

    /// A model of a table of two columns, as a file.
    fn seed() -> Vec<u8> {
        let age = Column::numbers("age", vec![1.0, 2.0, f64::NAN, 4.0]).unwrap();
        let names = ["C", "S"].map(str::to_owned).into();
        let port = Column::categories("port", [Some(0), None, Some(1), Some(1)], names).unwrap();
        let classes = ["no", "yes"].map(str::to_owned).into();
        let targets = data::Targets::new(vec![0, 1, 0, 1], classes).unwrap();
        let table = Table::new(vec![age, port], targets).unwrap();
        let preparation = Preparation::learn(&table, &Settings::default()).unwrap();
        let features = preparation.features().len();
        let about = json!({
            "program": "0.1.0", "model": "softmax", "id": "softmax", "parameters": {"epochs": 20},
            "seed": 1, "classes": ["no", "yes"], "features": features,
            "feature_names": preparation.features(), "picture": null, "pixels": false,
            "data": {"name": "d", "title": "D", "sha256": ["", "", "", ""], "samples": 4},
            "preparation": preparation, "temperature": 1.5, "certificate": {}, "judged": null, "key": "",
        });
        let state = State::default().with("w", &[features, 2], vec![0.5_f32; features * 2]);
        file::write(&about.to_string(), &state.with_indices("classes", &[0, 1]))
    }

    /// Whoever changes a file can write its checksum, too.
    #[test]
    fn mutated_files_are_read_or_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.safetensors");
        std::fs::write(&path, seed()).unwrap();
        let found = super::about(&path).unwrap();
        assert!(found.preparation.is_some());
        let mut fine = 0;
        mutants::each(&[("model", seed())], 4_000, |_, bytes| {
            let bytes = file::with_right_checksum(bytes.to_vec());
            let read = parse(&bytes).and_then(|_| file::read_state(&bytes));
            match read {
                Ok(_) => fine += 1,
                Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
            }
        });
        assert!(fine > 50, "{fine} of 4 000 were read");
    }
}
