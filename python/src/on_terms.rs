//! Fits on terms that no recipe has: weights of samples, no biases.

use classifier::{Classifier, FitContext, FitError, Preset};
use data::Dataset;
use model_softmax::{SOFTMAX, SOFTMAX_LBFGS, Softmax, SoftmaxLbfgs, Terms};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Fits model `id` by its `recipe` on these `terms`.
pub(crate) fn fit_on_terms(
    id: &str,
    recipe: &dyn Preset,
    train: &Dataset,
    terms: Terms<'_>,
    context: &mut FitContext<'_>,
) -> Result<Box<dyn Classifier>, FitError> {
    if id == SOFTMAX.id {
        let recipe: Softmax = typed(recipe);
        Ok(Box::new(recipe.train_on_terms(train, terms, context)?))
    } else if id == SOFTMAX_LBFGS.id {
        let recipe: SoftmaxLbfgs = typed(recipe);
        Ok(Box::new(recipe.train_on_terms(train, terms, context)?))
    } else {
        let reason = format!("{id} has neither weights of samples nor fits without biases");
        Err(FitError::Declined { reason })
    }
}

/// The recipe by its own type, as which its values were checked.
fn typed<R: DeserializeOwned>(recipe: &dyn Preset) -> R {
    let values = Value::Object(recipe.values());
    serde_json::from_value(values).expect("a recipe survives its own format")
}
