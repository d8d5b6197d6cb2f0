//! Fits on terms that no recipe has: weights of samples, no biases, samples without their zeros.

use classifier::{Classifier, FitContext, FitError, Preset};
use model_softmax::{SOFTMAX, SOFTMAX_LBFGS, Softmax, SoftmaxLbfgs, Terms, Train};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Fits model `id` by its `recipe` on these `terms`.
pub(crate) fn fit_on_terms(
    id: &str,
    recipe: &dyn Preset,
    train: Train<'_>,
    terms: Terms<'_>,
    context: &mut FitContext<'_>,
) -> Result<Box<dyn Classifier>, FitError> {
    let is_usual = terms.weights.is_none() && !terms.without_biases;
    match train {
        Train::Dense(train) if is_usual => recipe.fit(train, context),
        _ if id == SOFTMAX.id => {
            let recipe: Softmax = typed(recipe);
            Ok(Box::new(recipe.train_on_terms(train, terms, context)?))
        }
        _ if id == SOFTMAX_LBFGS.id => {
            let recipe: SoftmaxLbfgs = typed(recipe);
            Ok(Box::new(recipe.train_on_terms(train, terms, context)?))
        }
        _ => {
            let reason = format!(
                "{id} has neither weights of samples nor fits without biases or to sparse samples"
            );
            Err(FitError::Declined { reason })
        }
    }
}

/// The recipe by its own type, as which its values were checked.
fn typed<R: DeserializeOwned>(recipe: &dyn Preset) -> R {
    let values = Value::Object(recipe.values());
    serde_json::from_value(values).expect("a recipe survives its own format")
}
