//! Every model, in the order of every report. A new model adds its line here and its dependency
//! in Cargo.toml.

use classifier::ModelEntry;
use model_ensemble::Roster;
use runner::Registry;

/// All registered models, and those that this build was made without.
pub(crate) const REGISTRY: Registry = Registry::new(MODELS).without(LEFT_OUT);

const MODELS: &[ModelEntry] = &[
    model_softmax::SOFTMAX,
    model_softmax::SOFTMAX_LBFGS,
    #[cfg(feature = "burn-ndarray")]
    model_burn_mlp::BURN_NDARRAY,
    #[cfg(feature = "burn-flex")]
    model_burn_mlp::BURN_FLEX,
    #[cfg(feature = "burn-flex")]
    model_burn_mlp::BURN_MLP,
    #[cfg(feature = "burn-flex")]
    model_burn_mlp::BURN_LENET,
    #[cfg(feature = "burn-wgpu")]
    model_burn_mlp::BURN_LENET_WGPU,
    model_kernel_svm::KERNEL_SVM,
    model_kernel_svm::VIRTUAL_SVM,
    model_kernel_svm::GRADIENT_SVM,
    model_linfa_svm::LINFA_SVM_RBF,
    model_linfa_svm::LINFA_SVM_LINEAR,
    model_linfa_logistic::LINFA_LOGISTIC,
    model_trees::BOOSTED_TREES,
    model_trees::RANDOM_FOREST,
    model_neighbours::NEIGHBOURS,
    model_discriminant::DISCRIMINANT,
    model_naive_bayes::NAIVE_BAYES,
    model_nearest_centroid::NEAREST_CENTROID,
    model_majority::MAJORITY,
    model_ensemble::mean_ensemble::<Registered>(),
    model_ensemble::stacking::<Registered>(),
];

/// What ensembles may be made of.
#[derive(Debug)]
struct Registered;

impl Roster for Registered {
    const MEMBERS: &'static [&'static str] = &["softmax-lbfgs", "random-forest", "discriminant"];
    fn models() -> &'static [ModelEntry] {
        MODELS
    }
}

/// Each with the feature that brings it.
const LEFT_OUT: &[(&str, &str)] = &[
    #[cfg(not(feature = "burn-ndarray"))]
    ("burn-ndarray", "burn-ndarray"),
    #[cfg(not(feature = "burn-flex"))]
    ("burn-flex", "burn-flex"),
    #[cfg(not(feature = "burn-flex"))]
    ("burn-mlp", "burn-flex"),
    #[cfg(not(feature = "burn-flex"))]
    ("burn-lenet", "burn-flex"),
    #[cfg(not(feature = "burn-wgpu"))]
    ("burn-lenet-wgpu", "burn-wgpu"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use runner::Plan;
    use std::collections::BTreeSet;

    /// A model without a look of its own gets one that other pages may give to another model.
    #[test]
    fn every_model_has_a_look_and_no_look_is_of_a_model_that_is_gone() {
        let left_out = LEFT_OUT.iter().map(|(id, _)| *id);
        let registered = MODELS.iter().map(|model| model.id).chain(left_out);
        let mut registered: Vec<&str> = registered.collect();
        let mut known = report::models_with_a_look().to_vec();
        registered.sort_unstable();
        known.sort_unstable();
        assert_eq!(registered, known, "see crates/report/src/figures/looks.rs");
    }

    #[test]
    fn the_models_of_the_default_plan_have_the_first_looks() {
        let plan = Plan::built_in(REGISTRY, crate::commands::compare::DEFAULT, "default").unwrap();
        let planned = plan.ready().unwrap();
        let planned: BTreeSet<&str> = planned.iter().map(|of| of.id.as_str()).collect();
        let first = &report::models_with_a_look()[..planned.len()];
        assert_eq!(planned, first.iter().copied().collect());
    }

    #[test]
    fn ids_are_unique_and_fit_for_paths() {
        for (i, model) in MODELS.iter().enumerate() {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(model.id.chars().all(fits), "{}", model.id);
            let others = &MODELS[..i];
            assert!(
                others.iter().all(|other| other.id != model.id),
                "{}",
                model.id
            );
            assert!(!model.summary.is_empty() && !model.backend.is_empty());
        }
    }
}
