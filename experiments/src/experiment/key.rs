//! What the result of a fit depends on; METHODOLOGY.md explains the list.

use super::Experiment;
use crate::plan::ReadyModel;
use crate::protocol::ControlImages;
use crate::store::{Key, sha256};
use report::{Cell, JudgedOn};
use serde_json::{Value, json};

/// Versions, features and profiles of everything that is compiled in.
const BUILT_FROM: &str = concat!(
    include_str!("../../../Cargo.lock"),
    include_str!("../../../Cargo.toml"),
    include_str!("../../Cargo.toml")
);

impl Experiment {
    /// The key of one fit.
    pub(super) fn key(&self, model: &ReadyModel, cell: Cell) -> Key {
        let protocol = self.division.protocol;
        // Where nothing is drawn, the seed of the drawing does not matter.
        let draws = self.judging.quick
            || model.train_limit.is_some()
            || cell.train_images.is_some()
            || protocol.calibration.is_some()
            || protocol.judged_on != JudgedOn::Test;
        Key::new(&json!({
            "format": 2,
            "measuring": env!("PLUMBLINE_MEASURING"),
            "recipe": recipe(model),
            "data": self.dataset.sha256,
            "train_limit": cell.train_images.or(model.train_limit),
            "judged_on": protocol.judged_on,
            "calibration": protocol.calibration,
            "judged_images": self.dataset.test,
            "divided": [self.dataset.train_available, self.dataset.test_available],
            "folds": protocol.folds,
            "repeat": cell.repeat,
            "fold": cell.fold,
            "quick": self.judging.quick,
            "drawn_by": draws.then_some(self.judging.seed),
            "seed": model.recipe.is_stochastic().then_some(cell.seed),
        }))
    }

    /// The key of the controls of a model.
    pub(super) fn control_key(&self, model: &ReadyModel, images: &ControlImages) -> Key {
        Key::new(&json!({
            "format": 2,
            "controls": env!("PLUMBLINE_MEASURING"),
            "recipe": recipe(model),
            "data": self.dataset.sha256,
            "seed": self.judging.seed,
            "images": images.train.len(),
            "divided": [self.dataset.train_available, self.dataset.test_available],
            "quick": self.judging.quick,
            "judged_on": self.division.protocol.judged_on,
        }))
    }
}

/// The model, its parameters and everything that it is made of.
pub(crate) fn recipe(model: &ReadyModel) -> Value {
    json!({
        "model": model.entry.id,
        "sources": sources_of(model.entry.package),
        "libraries": sha256(BUILT_FROM.as_bytes()),
        "compiler": env!("PLUMBLINE_RUSTC"),
        "build": env!("PLUMBLINE_BUILD"),
        "parameters": model.recipe.values(),
    })
}

/// The hash of the sources of a crate and of ours below it.
fn sources_of(package: &str) -> Option<&'static str> {
    env!("PLUMBLINE_SOURCES")
        .split(' ')
        .find_map(|entry| entry.strip_prefix(package)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Judging;
    use crate::registry::{self, MODELS};

    #[test]
    fn the_sources_of_every_model_are_known_and_differ_by_crate() {
        for model in MODELS {
            assert!(sources_of(model.package).is_some(), "{}", model.package);
        }
        assert_eq!(sources_of("no-such-crate"), None);
        assert_ne!(
            sources_of("model-softmax"),
            sources_of("model-nearest-centroid")
        );
    }

    fn judging() -> Judging {
        Judging {
            seed: 1,
            seeds: 1,
            validation: None,
            cross_validation: None,
            calibration: None,
            sizes: Vec::new(),
            quick: false,
        }
    }

    /// The hash of the key of a model's first fit.
    fn hash(judging: Judging, id: &str, parameters: &Value, train_limit: Option<usize>) -> String {
        let entry = registry::find(id).unwrap();
        let model = ReadyModel {
            id: "any name".to_owned(),
            entry,
            recipe: (entry.preset)()
                .with(parameters.as_object().unwrap())
                .unwrap(),
            train_limit,
            space: search::Space::default(),
        };
        let experiment = Experiment::new(catalog::mnist().unwrap(), vec![model], judging).unwrap();
        let (model, cell) = experiment.cells().next().unwrap();
        experiment.key(model, cell).hash().to_owned()
    }

    #[test]
    fn whatever_changes_a_result_changes_its_key() {
        let none = &json!({});
        let five = || Judging {
            seed: 5,
            ..judging()
        };
        let validation = |size| Judging {
            validation: Some(size),
            ..judging()
        };
        let folds = |text: &str| Judging {
            cross_validation: Some(text.parse().unwrap()),
            ..judging()
        };
        let quick = |judging: Judging| Judging {
            quick: true,
            ..judging
        };
        let shuffled = &json!({"shuffle": true});
        let keys = [
            hash(judging(), "softmax", none, None),
            hash(judging(), "softmax-lbfgs", none, None),
            hash(judging(), "softmax", &json!({"epochs": 3}), None),
            hash(judging(), "softmax", shuffled, None),
            hash(five(), "softmax", shuffled, None),
            hash(judging(), "softmax", none, Some(300)),
            hash(five(), "softmax", none, Some(300)),
            hash(validation(3_000), "softmax", none, None),
            hash(validation(5_000), "softmax", none, None),
            hash(quick(validation(3_000)), "softmax", none, None),
            hash(quick(validation(5_000)), "softmax", none, None),
            hash(quick(judging()), "softmax", none, None),
            hash(folds("3"), "softmax", none, None),
            hash(folds("4"), "softmax", none, None),
            hash(
                Judging {
                    calibration: Some(1_000),
                    ..judging()
                },
                "softmax",
                none,
                None,
            ),
        ];
        for (i, key) in keys.iter().enumerate() {
            assert!(!keys[..i].contains(key), "key {i}");
        }
        // Neither the seed of a fit that has none, nor how many other seeds there are.
        assert_eq!(hash(five(), "softmax", none, None), keys[0]);
        let several = Judging {
            seeds: 7,
            ..judging()
        };
        assert_eq!(hash(several, "softmax", shuffled, None), keys[3]);
    }
}
