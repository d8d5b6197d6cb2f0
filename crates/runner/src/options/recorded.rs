//! Options in the record of a run, and back.

use super::{CrossValidation, Options, Seed, Seeds};
use catalog::CatalogEntry;
use classifier::Count;
use records::{JudgedOn, RunRecord};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

impl Options {
    /// As a plan has them, for the record of a run; paths that are no UTF-8 as well as may be.
    pub(crate) fn recorded(&self) -> Map<String, Value> {
        let text = |path: &Path| path.to_string_lossy().into_owned().into();
        let options = Self {
            question: None,
            analysis: None,
            ..self.clone().with_paths(text)
        };
        match serde_json::to_value(options) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }

    /// The options that a run was recorded with, as far as they name and divide its data.
    pub fn of_run(run: &RunRecord) -> Self {
        let recorded = Value::Object(run.options.clone());
        if let Ok(options) = serde_json::from_value::<Self>(recorded)
            && !run.options.is_empty()
        {
            return Self {
                quick: run.quick,
                ..options
            };
        }
        let (validation, cv) = match run.protocol.judged_on {
            JudgedOn::Test => (None, None),
            JudgedOn::Validation { images } => (Count::new(images), None),
            JudgedOn::Folds(folds) => (None, Some(CrossValidation(folds))),
        };
        // Older records say where files of the user's own were, and nothing else of them.
        let origin = PathBuf::from(&run.environment.data_origin);
        let is_own = CatalogEntry::find(&run.dataset.name).is_none() && origin.is_dir();
        Self {
            dataset: Some(run.dataset.name.clone()),
            data_dir: is_own.then_some(origin),
            seed: Some(Seed::new(run.seed)),
            seeds: Seeds::new(run.protocol.seeds),
            validation,
            cv,
            calibrate: run.protocol.calibration.and_then(Count::new),
            quick: run.quick,
            ..Self::default()
        }
    }
}
