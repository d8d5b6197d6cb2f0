//! What the result of a fit depends on; METHODOLOGY.md explains the list.

use super::Comparison;
use crate::environment::Build;
use crate::hash::sha256;
use crate::learner::{Learner, Method};
use crate::store::Key;
use records::{Cell, JudgedOn};
use serde_json::{Value, json};

/// Version of the keys.
const FORMAT: u32 = 3;

impl Comparison {
    /// The key of one fit.
    pub(super) fn key(&self, learner: &Learner, cell: Cell, build: &Build) -> Key {
        self.key_with(&recipe(&learner.method, build), learner, cell, build)
    }

    /// The same, where the model's own part is known.
    pub(super) fn key_with(
        &self,
        recipe: &Value,
        learner: &Learner,
        cell: Cell,
        build: &Build,
    ) -> Key {
        let protocol = self.division.protocol;
        // Where nothing is drawn, the seed of the drawing does not matter.
        let draws = self.options.quick
            || learner.train_limit.is_some()
            || cell.smaller().is_some()
            || protocol.calibration.is_some()
            || protocol.judged_on != JudgedOn::Test;
        Key::new(&json!({
            "format": FORMAT,
            "measuring": build.sources_of(env!("CARGO_PKG_NAME")),
            "recipe": recipe,
            "data": self.dataset.sha256,
            "preparation": self.division.preparation(),
            "train_limit": cell.smaller().or(learner.train_limit),
            "judged_on": protocol.judged_on,
            "calibration": protocol.calibration,
            "judged": self.dataset.test,
            "divided": [self.dataset.train_available, self.dataset.test_available],
            "split": cell.split,
            "quick": self.options.quick,
            "drawn_by": draws.then(|| self.options.seed()),
            "seed": learner.method.is_stochastic().then_some(cell.seed),
        }))
    }

    /// The key of the controls of a model.
    pub(super) fn control_key(&self, learner: &Learner, build: &Build) -> Key {
        let protocol = self.division.protocol;
        Key::new(&json!({
            "format": FORMAT,
            "controls": build.sources_of(env!("CARGO_PKG_NAME")),
            "recipe": recipe(&learner.method, build),
            "data": self.dataset.sha256,
            "seed": self.options.seed(),
            "calibration": protocol.calibration,
            "divided": [self.dataset.train_available, self.dataset.test_available],
            "quick": self.options.quick,
            "judged_on": protocol.judged_on,
            "preparation": self.division.preparation(),
        }))
    }
}

/// The model, its parameters and everything that it is made of.
pub(crate) fn recipe(method: &Method, build: &Build) -> Value {
    match method {
        Method::Registered { entry, recipe } => json!({
            "model": entry.id,
            "sources": build.sources_of(entry.package),
            "libraries": sha256([build.lock, build.manifests].concat().as_bytes()),
            "compiler": build.rustc,
            "build": build.profile,
            "parameters": recipe.values(),
        }),
        Method::Command(command) => command.identity(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use classifier::ModelEntry;
    use model_nearest_centroid::NEAREST_CENTROID;
    use model_softmax::{SOFTMAX, SOFTMAX_LBFGS};

    const BUILD: Build = Build {
        commit: "",
        rustc: "1",
        profile: "dev",
        sources: "runner=1 model-softmax=2",
        lock: "",
        manifests: "",
    };

    /// The hash of the key of a model's first fit.
    fn hash(
        options: &str,
        entry: &'static ModelEntry,
        parameters: &Value,
        build: &Build,
    ) -> String {
        let mut options: Value = serde_json::from_str(options).unwrap();
        let quick = options.as_object_mut().unwrap().remove("quick").is_some();
        let options: Options = serde_json::from_value(options).unwrap();
        let learner = Learner {
            id: "any name".to_owned(),
            method: Method::preset(entry)
                .with(parameters.as_object().unwrap())
                .unwrap(),
            train_limit: options.train_limit.map(classifier::Count::get),
            space: search::Space::default(),
        };
        let options = Options { quick, ..options };
        let comparison =
            Comparison::new(crate::examples::digits(), vec![learner], options).unwrap();
        let (learner, cell) = comparison.cells().next().unwrap();
        let key = comparison.key(learner, cell, build);
        key.hash().to_owned()
    }

    #[test]
    fn whatever_changes_a_result_changes_its_key() {
        let none = &json!({});
        let three = &json!({"epochs": 3});
        let shuffled = &json!({"shuffle": true});
        let softmax = |options, parameters| hash(options, &SOFTMAX, parameters, &BUILD);
        let keys = [
            softmax("{}", none),
            hash("{}", &SOFTMAX_LBFGS, none, &BUILD),
            hash("{}", &NEAREST_CENTROID, none, &BUILD),
            softmax("{}", three),
            softmax("{}", shuffled),
            softmax(r#"{"seed": 5}"#, shuffled),
            softmax(r#"{"train_limit": 300}"#, none),
            softmax(r#"{"train_limit": 300, "seed": 5}"#, none),
            softmax(r#"{"validation": 300}"#, none),
            softmax(r#"{"validation": 500}"#, none),
            softmax(r#"{"validation": 300, "quick": true}"#, none),
            softmax(r#"{"quick": true}"#, none),
            softmax(r#"{"cv": 3}"#, none),
            softmax(r#"{"cv": 4}"#, none),
            softmax(r#"{"cv": "2x3"}"#, none),
            softmax(r#"{"calibrate": 100}"#, none),
            hash(
                "{}",
                &SOFTMAX,
                none,
                &Build {
                    rustc: "2",
                    ..BUILD
                },
            ),
            hash(
                "{}",
                &SOFTMAX,
                none,
                &Build {
                    sources: "runner=1 model-softmax=3",
                    ..BUILD
                },
            ),
            hash(
                "{}",
                &SOFTMAX,
                none,
                &Build {
                    sources: "runner=2 model-softmax=2",
                    ..BUILD
                },
            ),
        ];
        for (i, key) in keys.iter().enumerate() {
            assert!(!keys[..i].contains(key), "key {i}");
        }
        // Nor how many other seeds there are.
        assert_eq!(softmax(r#"{"seeds": 7}"#, shuffled), keys[4]);
        // The seed of a fit that has none.
        let seeded = hash(r#"{"seed": 5}"#, &NEAREST_CENTROID, none, &BUILD);
        assert_eq!(seeded, keys[2]);
    }
}
