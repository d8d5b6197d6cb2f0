//! Which fits are kept, where, and what their files say.

use super::Comparison;
use super::session::Session;
use crate::failure::Failure;
use crate::handover::Handover;
use crate::job::Keep;
use crate::learner::{Learner, Method};
use crate::setting::Setting;
use crate::store::{Key, Store};
use crate::watcher::Watcher;
use kept::{About, TrainedOn};
use records::{Cell, FitRecord, Outcome, Records, Role, Split};
use serde_json::Map;
use std::path::{Path, PathBuf};

/// The directory of kept models below that of the comparison.
const MODELS: &str = "models";

/// Whether a file holds the model of a fit.
pub(super) fn is_kept(file: &Path, key: &Key) -> bool {
    kept::about(file).is_ok_and(|about| about.key == key.hash())
}

impl Comparison {
    /// The file that keeps a fit of a comparison, if that is one to keep: the main fit of a registered model,
    /// on all training samples.
    pub(super) fn file_of(&self, results: &Path, learner: &Learner, cell: Cell) -> Option<PathBuf> {
        let is_main = cell.role == Role::Main && cell.split == Split::Whole;
        let is_ours = matches!(learner.method, Method::Registered { .. });
        (is_main && is_ours).then(|| self.model_file(results, &learner.id))
    }

    /// The file that keeps the model of that name.
    pub fn model_file(&self, results: &Path, id: &str) -> PathBuf {
        let models = self.directory(results).join(MODELS);
        models.join(format!("{id}.safetensors"))
    }

    /// How to keep the fit of a registered model.
    pub(super) fn keep(
        &self,
        learner: &Learner,
        cell: Cell,
        key: &str,
        file: &Path,
    ) -> Option<Keep> {
        let Method::Registered { entry, recipe } = &learner.method else {
            return None;
        };
        let data = &self.dataset;
        // What depends on the training rows of the fit is filled in where it is made.
        let about = About {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            model: entry.id.to_owned(),
            id: learner.id.clone(),
            parameters: recipe.values(),
            seed: cell.seed,
            classes: data.class_names.clone(),
            features: 0,
            feature_names: None,
            picture: None,
            colour_picture: None,
            counted_from: self.counted_from,
            pixels: false,
            data: TrainedOn {
                name: data.name.clone(),
                title: data.title.clone(),
                sha256: data.sha256.clone(),
                samples: self.division.train_samples(learner.train_limit),
                drawn_by: self.division.drawn_by(),
            },
            preparation: None,
            temperature: None,
            calibration: None,
            certificate: Map::new(),
            judged: None,
            key: key.to_owned(),
        };
        // The process of the fit may have another working directory.
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        Some(Keep { path, about })
    }

    /// Fits the first model once and keeps it in `file`; gives what there is to record.
    ///
    /// # Errors
    /// If the fit fails, or the model cannot be kept.
    pub fn train(
        &self,
        file: &Path,
        setting: &Setting<'_>,
        watcher: &mut dyn Watcher,
    ) -> Result<Records, Failure> {
        let run = self.record(setting.environment(&self.data_origin));
        let Some((learner, cell)) = self.cells().next() else {
            return Err(Failure::job("train", &"no model"));
        };
        kept::check_place(file)?;
        watcher.note(&self.describe(&run));
        let session = Session {
            setting,
            store: Store::none(),
            handover: Handover::new(&self.division)?,
            run,
        };
        let unkept = |reason: String| Failure::Unkept {
            model: learner.id.clone(),
            reason,
        };
        let key = self.key(learner, cell, &session.build());
        let Some(keep) = self.keep(learner, cell, key.hash(), file) else {
            return Err(unkept("it is a program of your own".to_owned()));
        };
        watcher.begin(&learner.id, 0, 1);
        let (outcome, looks, reason) = session.fit(learner, cell, Some(keep), watcher)?;
        let record = FitRecord {
            id: learner.id.clone(),
            cell,
            key: key.hash().to_owned(),
            machine: session.run.environment.machine(),
            looks,
            outcome,
        };
        session.tell_result(&record, false, watcher);
        match (&record.outcome, reason) {
            (Outcome::Finished(_), None) => Ok(Records {
                run: session.run,
                fits: vec![record],
                controls: Vec::new(),
                images: None,
            }),
            (Outcome::Finished(_) | Outcome::Failed { .. }, Some(reason)) => Err(unkept(reason)),
            (Outcome::Failed { reason }, None) => Err(unkept(reason.clone())),
            (Outcome::Cancelled, _) => Err(Failure::Interrupted),
        }
    }
}
