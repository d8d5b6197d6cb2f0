//! Members: which there are, how all are fitted, and how they are kept.

use crate::Roster;
use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, EVERY_CRATE, FitContext, FitError, Growth, InvalidParameter, Preset, Recipe,
    Scores, Silent, Sizes, State, StateError, Step,
};
use data::{Dataset, Samples};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A member: its name, or a table of `model` and those parameters that are not its defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected the name of a model, or a table with `model`"
)]
#[schemars(crate = "classifier::schemars")]
pub enum Member {
    /// A registered model with its defaults.
    Id(String),
    /// A registered model with other parameters.
    With(Detailed),
}

/// A member with parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(crate = "classifier::schemars")]
pub struct Detailed {
    /// The registered model.
    pub model: String,
    /// Its parameters.
    #[serde(flatten)]
    pub parameters: Map<String, Value>,
}

impl Member {
    pub(crate) fn all(ids: &[&str]) -> Vec<Self> {
        ids.iter().map(|&id| Self::Id(id.to_owned())).collect()
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::With(Detailed { model, .. }) => model,
        }
    }

    /// Its recipe.
    fn recipe<R: Roster>(&self) -> Result<Box<dyn Preset>, InvalidParameter> {
        let wrong = |value: String, expected| InvalidParameter {
            name: "members",
            value,
            expected,
        };
        let entry = R::models().iter().find(|entry| entry.id == self.id());
        let entry = entry.filter(|entry| entry.package != EVERY_CRATE);
        let Some(entry) = entry else {
            let expected = "registered models that are no ensembles";
            return Err(wrong(self.id().escape_debug().to_string(), expected));
        };
        // The process of the fit is set up for the ensemble, and once for all members.
        if !entry.environment.is_empty() {
            let expected = "models whose process needs no variables of its own";
            return Err(wrong(entry.id.to_owned(), expected));
        }
        let none = Map::new();
        let parameters = match self {
            Self::Id(_) => &none,
            Self::With(Detailed { parameters, .. }) => parameters,
        };
        (entry.preset)().with(parameters).map_err(|error| {
            let expected = "parameters that the member takes";
            wrong(format!("{} ({error})", entry.id), expected)
        })
    }
}

/// The recipes of members.
///
/// # Errors
/// The first member that there is not, or whose parameters are wrong; fewer than two.
pub(crate) fn recipes<R: Roster>(
    members: &[Member],
) -> Result<Vec<Box<dyn Preset>>, InvalidParameter> {
    let count = members.len();
    InvalidParameter::unless(
        (2..=100).contains(&count),
        "members",
        count,
        "2 to 100 models",
    )?;
    members.iter().map(Member::recipe::<R>).collect()
}

/// How the member grows whose fit grows fastest, `least` at least.
pub(crate) fn fastest<R: Roster>(
    members: &[Member],
    least: Growth,
    of: impl Fn(&dyn Recipe) -> Growth,
) -> Growth {
    let recipes = recipes::<R>(members).unwrap_or_default();
    recipes
        .iter()
        .map(|recipe| of(&**recipe))
        .fold(least, Growth::max)
}

/// How far a fit of many members is.
pub(crate) struct Progress {
    pub(crate) done: usize,
    pub(crate) total: usize,
}

/// Fits every member to the samples, one after another: each has all threads. The nth has the nth seed from
/// the ensemble's own on, so that two of one kind differ.
///
/// # Errors
/// What the first member says that cannot be fitted, or has no probabilities.
pub(crate) fn fit(
    (members, recipes): (&[Member], &[Box<dyn Preset>]),
    train: &Dataset,
    context: &mut FitContext<'_>,
    progress: &mut Progress,
) -> Result<Panel, FitError> {
    let mut models = Vec::new();
    for (nth, (recipe, member)) in recipes.iter().zip(members).enumerate() {
        let seed = context.seed().wrapping_add(nth as u64);
        let switch = context.cancellation().clone();
        let mut silent = Silent;
        let mut own = FitContext::new(seed, context.threads(), switch, &mut silent);
        let declined = |reason: String| FitError::Declined {
            reason: format!("{}: {reason}", member.id()),
        };
        let model = recipe.fit(train, &mut own).map_err(|error| match error {
            FitError::Data(_) | FitError::Cancelled(_) => error,
            error => declined(error.to_string()),
        })?;
        if model
            .log_probabilities(&train.samples().slice(0..1))
            .is_none()
        {
            return Err(declined("it has no probabilities to combine".to_owned()));
        }
        models.push(model);
        progress.done += 1;
        let Progress { done, total } = *progress;
        context.step(Step {
            done,
            total,
            unit: "members",
        })?;
    }
    Ok(Panel(models))
}

/// Fitted members.
pub(crate) struct Panel(Vec<Box<dyn Classifier>>);

impl Panel {
    /// The log-probabilities of each member, each of shape (samples, classes).
    pub(crate) fn ask(&self, samples: &Samples) -> Vec<Scores> {
        let models = self.0.iter();
        // A member of a file that somebody changed may have none.
        let all = models.map(|model| {
            model
                .log_probabilities(samples)
                .unwrap_or_else(|| model.scores(samples))
        });
        all.collect()
    }

    pub(crate) fn parameter_count(&self) -> usize {
        self.0.iter().map(|model| model.parameter_count()).sum()
    }

    pub(crate) fn state(&self) -> Result<State, StateError> {
        let mut state = State::default();
        for (nth, model) in self.0.iter().enumerate() {
            state = state.with_nested(&nth.to_string(), model.state()?);
        }
        Ok(state)
    }

    /// The members that [`state`](Self::state) described.
    pub(crate) fn restore(
        recipes: &[Box<dyn Preset>],
        state: &mut State,
        sizes: Sizes,
    ) -> Result<Self, StateError> {
        let restored = recipes.iter().enumerate().map(|(nth, recipe)| {
            let nested = state.take_nested(&nth.to_string());
            recipe.restore(nested, sizes)
        });
        Ok(Self(restored.collect::<Result<_, _>>()?))
    }
}

/// What a recipe says whose parameters were not checked.
pub(crate) fn unchecked(error: &InvalidParameter) -> StateError {
    StateError::Unfit {
        reason: error.to_string(),
    }
}
