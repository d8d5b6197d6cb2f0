//! The mean of probabilities.

use crate::Roster;
use crate::member::{Member, Panel, Progress, fastest, fit, recipes, unchecked};
use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, InvalidParameter, Recipe, Scores,
    Sizes, State, StateError,
};
use data::{Dataset, Samples};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// Which models are averaged.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(crate = "classifier::schemars", bound = "")]
pub struct MeanEnsemble<R> {
    /// The models whose probabilities are averaged: names, or tables of `model` and parameters.
    pub members: Vec<Member>,
    #[serde(skip)]
    pub(crate) roster: PhantomData<fn() -> R>,
}

impl<R: Roster> Default for MeanEnsemble<R> {
    fn default() -> Self {
        Self {
            members: Member::all(R::MEMBERS),
            roster: PhantomData,
        }
    }
}

impl<R: Roster> Hyperparameters for MeanEnsemble<R> {
    fn validate(&self) -> Result<(), InvalidParameter> {
        recipes::<R>(&self.members).map(drop)
    }
}

impl<R: Roster> Recipe for MeanEnsemble<R> {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let recipes = recipes::<R>(&self.members)?;
        let (done, total) = (0, recipes.len());
        let mut progress = Progress { done, total };
        let panel = fit((&self.members, &recipes), train, context, &mut progress)?;
        Ok(Box::new(Mean(panel)))
    }

    fn is_stochastic(&self) -> bool {
        let recipes = recipes::<R>(&self.members).unwrap_or_default();
        recipes.iter().any(|recipe| recipe.is_stochastic())
    }

    fn grows_with_samples(&self) -> bool {
        let recipes = recipes::<R>(&self.members).unwrap_or_default();
        recipes.iter().any(|recipe| recipe.grows_with_samples())
    }

    fn least_memory(&self, train: &Dataset) -> usize {
        let recipes = recipes::<R>(&self.members).unwrap_or_default();
        let needs = recipes.iter().map(|recipe| recipe.least_memory(train));
        needs.max().unwrap_or(0)
    }

    /// That of the member that grows fastest.
    fn growth(&self) -> Growth {
        fastest::<R>(&self.members, Growth::PASSES, |recipe| recipe.growth())
    }

    fn growth_with_features(&self) -> Growth {
        fastest::<R>(&self.members, Growth::default(), |recipe| {
            recipe.growth_with_features()
        })
    }

    fn growth_with_classes(&self) -> Growth {
        fastest::<R>(&self.members, Growth::default(), |recipe| {
            recipe.growth_with_classes()
        })
    }

    fn restore(&self, mut state: State, sizes: Sizes) -> Result<Box<dyn Classifier>, StateError> {
        let recipes = recipes::<R>(&self.members).map_err(|error| unchecked(&error))?;
        Ok(Box::new(Mean(Panel::restore(&recipes, &mut state, sizes)?)))
    }
}

struct Mean(Panel);

impl Classifier for Mean {
    /// The logarithms of the mean probabilities.
    fn scores(&self, samples: &Samples) -> Scores {
        let all = self.0.ask(samples);
        let classes = all[0].classes();
        let total = |place: usize| -> f64 {
            let logs = all.iter().map(|logs| f64::from(logs.values()[place]));
            logs.map(f64::exp).sum()
        };
        let places = 0..samples.len() * classes;
        let logs: Vec<f64> = places.map(|place| total(place).ln()).collect();
        Scores::normalised(&logs, classes)
    }

    fn scores_are_log_probabilities(&self) -> bool {
        true
    }

    fn parameter_count(&self) -> usize {
        self.0.parameter_count()
    }

    fn state(&self) -> Result<State, StateError> {
        self.0.state()
    }
}
