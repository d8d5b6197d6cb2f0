//! Stacking: members weighted by what they say of samples that they were not fitted to (Wolpert 1992).

use crate::Roster;
use crate::member::{Member, Panel, Progress, fastest, fit, recipes, unchecked};
use crate::pool::Pool;
use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Growth, Hyperparameters, InvalidParameter, Preset, Recipe,
    Scores, Sizes, State, StateError,
};
use data::{Dataset, Samples, stratified_folds};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// The most classes: the weights are found with a matrix of classes × classes.
const MOST_CLASSES: usize = 1_000;

/// Which models are stacked, and how.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(crate = "classifier::schemars", bound = "")]
pub struct Stacking<R> {
    /// The models that are stacked: names, or tables of `model` and parameters.
    pub members: Vec<Member>,
    /// Folds of the training samples: each fold is predicted by members that were fitted to the others. As many
    /// as the rarest class has samples, if those are fewer.
    #[schemars(range(min = 2, max = 100))]
    pub folds: usize,
    #[serde(skip)]
    pub(crate) roster: PhantomData<fn() -> R>,
}

impl<R: Roster> Default for Stacking<R> {
    fn default() -> Self {
        Self {
            members: Member::all(R::MEMBERS),
            folds: 5,
            roster: PhantomData,
        }
    }
}

impl<R: Roster> Hyperparameters for Stacking<R> {
    fn validate(&self) -> Result<(), InvalidParameter> {
        recipes::<R>(&self.members).map(drop)
    }
}

impl<R: Roster> Recipe for Stacking<R> {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        train.check_trainable()?;
        context.cancellation().check()?;
        let recipes = recipes::<R>(&self.members)?;
        if train.classes() > MOST_CLASSES {
            let reason = format!("stacking takes up to {MOST_CLASSES} classes");
            return Err(FitError::Declined { reason });
        }
        let counts = train.class_counts().into_iter();
        let rarest = counts.filter(|&count| count > 0).min().unwrap_or(0);
        // A class of one sample leaves no fold to predict it from, and that is what the message says.
        let folds = self.folds.min(rarest).max(2);
        let fold_of = stratified_folds(train, folds, context.seed())?;
        let (done, total) = (0, recipes.len() * (folds + 1));
        let mut progress = Progress { done, total };
        let members = (&self.members[..], &recipes[..]);
        let logs = out_of_fold(members, (&fold_of, folds), train, context, &mut progress)?;
        let pool = Pool::fit(&logs, train.labels(), context.cancellation())?;
        let panel = fit(members, train, context, &mut progress)?;
        Ok(Box::new(Stack { panel, pool }))
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

    /// That of the member that grows fastest; and it holds what each says of every sample.
    fn growth(&self) -> Growth {
        fastest::<R>(&self.members, Growth::default(), |recipe| recipe.growth())
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
        let pool = Pool::restore(&mut state, recipes.len(), sizes.classes)?;
        let panel = Panel::restore(&recipes, &mut state, sizes)?;
        Ok(Box::new(Stack { panel, pool }))
    }
}

/// What each member says of every training sample, fitted to the folds that the sample is not in.
fn out_of_fold(
    members: (&[Member], &[Box<dyn Preset>]),
    (fold_of, folds): (&[u16], usize),
    train: &Dataset,
    context: &mut FitContext<'_>,
    progress: &mut Progress,
) -> Result<Vec<Scores>, FitError> {
    let classes = train.classes();
    let mut logs = vec![vec![0.0_f32; train.len() * classes]; members.0.len()];
    for fold in 0..folds as u16 {
        let belong = |inside: bool| -> Vec<usize> {
            let samples = 0..train.len();
            samples
                .filter(|&sample| (fold_of[sample] == fold) == inside)
                .collect()
        };
        let (inside, outside) = (belong(true), belong(false));
        let panel = fit(members, &train.select(&outside), context, progress)?;
        let found = panel.ask(&train.samples().select(&inside));
        for (logs, found) in logs.iter_mut().zip(found) {
            for (row, &sample) in found.rows().zip(&inside) {
                logs[sample * classes..][..classes].copy_from_slice(row);
            }
        }
    }
    Ok(logs
        .into_iter()
        .map(|logs| Scores::new(logs, classes))
        .collect())
}

struct Stack {
    panel: Panel,
    pool: Pool,
}

impl Classifier for Stack {
    /// Log-probabilities.
    fn scores(&self, samples: &Samples) -> Scores {
        self.pool.of(&self.panel.ask(samples))
    }

    fn scores_are_log_probabilities(&self) -> bool {
        true
    }

    fn parameter_count(&self) -> usize {
        self.panel.parameter_count() + self.pool.parameter_count()
    }

    fn certificate(&self) -> Vec<(&'static str, f64)> {
        vec![("gradient_norm", self.pool.gradient_norm)]
    }

    fn state(&self) -> Result<State, StateError> {
        Ok(self.pool.state(self.panel.state()?))
    }
}
