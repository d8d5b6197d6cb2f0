//! Ensembles of three fast models.

use super::*;
use classifier::{FitContext, FitError, Hyperparameters, Recipe};
use classifier_conformance::{NO_LAYERS, NOT_LINEAR, check_except, digits, stripes};
use model_softmax::{SOFTMAX, Softmax};
use serde_json::json;

/// Softmax regression of a few epochs.
const QUICK: ModelEntry = ModelEntry {
    preset: || {
        Box::new(Softmax {
            epochs: 2,
            ..Softmax::default()
        })
    },
    ..SOFTMAX
};

#[derive(Debug)]
struct Three;

impl Roster for Three {
    const MEMBERS: &'static [&'static str] = &["softmax", "naive-bayes"];

    fn models() -> &'static [ModelEntry] {
        const MODELS: &[ModelEntry] = &[
            QUICK,
            model_naive_bayes::NAIVE_BAYES,
            model_nearest_centroid::NEAREST_CENTROID,
            mean_ensemble::<Three>(),
            stacking::<Three>(),
        ];
        MODELS
    }
}

#[test]
fn the_mean_conforms() {
    check_except(&mean_ensemble::<Three>(), &[NOT_LINEAR, NO_LAYERS]);
}

#[test]
fn stacking_conforms() {
    let two_folds = ModelEntry {
        preset: || {
            Box::new(Stacking::<Three> {
                folds: 2,
                ..Stacking::default()
            })
        },
        ..stacking::<Three>()
    };
    check_except(&two_folds, &[NOT_LINEAR, NO_LAYERS]);
}

fn of(members: &serde_json::Value) -> Stacking<Three> {
    serde_json::from_value(json!({"members": members, "folds": 3})).unwrap()
}

#[test]
fn members_are_registered_models_with_parameters_that_they_take() {
    let refused = |members| of(&members).validate().unwrap_err().to_string();
    assert_eq!(
        refused(json!(["softmax", "sofmax"])),
        "members = sofmax: expected registered models that are no ensembles"
    );
    let nested = refused(json!(["softmax", "stacking"]));
    assert!(nested.contains("no ensembles"), "{nested}");
    let alone = refused(json!(["softmax"]));
    assert_eq!(alone, "members = 1: expected 2 to 100 models");
    let parameter = refused(json!(["naive-bayes", {"model": "softmax", "depth": 3}]));
    assert!(
        parameter.contains("unknown parameter `depth`"),
        "{parameter}"
    );
    let whole = of(&json!(["naive-bayes", {"model": "softmax"}]));
    assert!(whole.validate().is_ok());
    let written = serde_json::to_value(&whole).unwrap();
    assert_eq!(written["members"][1], json!({"model": "softmax"}));
}

#[test]
fn a_member_without_probabilities_is_declined_by_name() {
    let train = stripes();
    let members = of(&json!(["softmax", "nearest-centroid"]));
    let declined = members
        .fit(&train, &mut FitContext::quiet(1, 1))
        .err()
        .unwrap();
    assert!(matches!(&declined, FitError::Declined { .. }));
    assert_eq!(
        declined.to_string(),
        "declined: nearest-centroid: it has no probabilities to combine"
    );
}

/// No sample's own label has a say in what members say of it: with labels that are noise, members that know their
/// training samples by heart get no weight. Fitted to what they say of those, they would get all of it.
#[test]
fn stacking_does_not_leak() {
    let [train, _] = digits();
    let noise: Vec<usize> = (0..train.len()).map(|i| i * 7919 % 1009 % 10).collect();
    let names = train.class_names().clone();
    let train = data::Dataset::new(train.samples().clone(), noise, names).unwrap();
    let recipe = of(&json!(["softmax", "naive-bayes"]));
    let model = recipe.fit(&train, &mut FitContext::quiet(1, 1)).unwrap();
    let logs = model.log_probabilities(train.samples()).unwrap();
    let sure = logs
        .rows()
        .map(|row| row.iter().copied().fold(f32::MIN, f32::max).exp());
    let sure = sure.sum::<f32>() / train.len() as f32;
    assert!(sure < 0.25, "{sure}");
}
