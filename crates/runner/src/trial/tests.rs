//! Models that misbehave cost a trial, not the search.

use super::*;
use crate::Registry;
use crate::executor::in_process::InProcess;
use crate::limits::Limits;
use crate::options::Options;
use classifier::schemars::JsonSchema;
use classifier::{
    Classifier, FitContext, FitError, Hyperparameters, ModelEntry, Recipe, Scores, Suits,
};
use data::{Dataset, Samples};
use search::Space;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// A model that does what it is told.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "classifier::schemars")]
struct Toy {
    /// What to do: fit, or panic in fitting or predicting, or run until called off.
    does: String,
    /// Passes over the data.
    #[schemars(range(min = 1))]
    epochs: u64,
}

struct Fitted {
    panics: bool,
    classes: usize,
}

impl Hyperparameters for Toy {}

impl Recipe for Toy {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        assert!(self.does != "panic in fitting", "a bad fit");
        if self.does == "run" {
            loop {
                context.cancellation().check()?;
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(Box::new(Fitted {
            panics: self.does == "panic in predicting",
            classes: train.classes(),
        }))
    }
}

impl Classifier for Fitted {
    fn scores(&self, images: &Samples) -> Scores {
        assert!(!self.panics, "a bad prediction");
        Scores::new(vec![0.0; images.len() * self.classes], self.classes)
    }

    fn parameter_count(&self) -> usize {
        0
    }
}

const TOY: ModelEntry = ModelEntry {
    id: "toy",
    backend: "by hand",
    summary: "does what it is told",
    package: "classifier",
    libraries: &[],
    environment: &[],
    suits: Suits::Everything,
    preset: || {
        Box::new(Toy {
            does: "fit".to_owned(),
            epochs: 9,
        })
    },
};

const REGISTRY: Registry = Registry::new(&[TOY]);
const EXECUTOR: InProcess = InProcess::new(REGISTRY);

fn model() -> Learner {
    Learner {
        id: "toy".to_owned(),
        method: Method::preset(&TOY),
        train_limit: Some(100),
        space: Space::default(),
    }
}

fn setting(time: Option<Duration>) -> Setting<'static> {
    Setting {
        threads: 1,
        limits: Limits { time, memory: None },
        ..Setting::new(&EXECUTOR, REGISTRY)
    }
}

fn trials<'a>(directory: &std::path::Path, setting: &'a Setting<'a>) -> Trials<'a> {
    let options: Options = serde_json::from_str(r#"{"validation": 300}"#).unwrap();
    let division = Division::new(
        crate::examples::content(crate::examples::digits()),
        &options,
    )
    .unwrap();
    Trials {
        handover: Handover::new(&division).unwrap(),
        division,
        seed: 1,
        sha256: Default::default(),
        store: Store::open(directory),
        setting,
        run: "test".to_owned(),
    }
}

fn proposal(name: &str, value: impl Into<Value>, share: f64) -> Proposal {
    Proposal {
        values: [(name.to_owned(), value.into())].into_iter().collect(),
        share,
    }
}

#[test]
fn whatever_a_model_does_wrong_is_a_failed_trial_with_its_reason() {
    let directory = tempfile::tempdir().unwrap();
    let allowance = Allowance::new(None);
    // On a busy machine a panic alone may take longer than a limit.
    let make = |proposal: Proposal, limit: Option<Duration>| {
        let setting = setting(limit);
        let trials = trials(directory.path(), &setting);
        let made = trials.make(&model(), Resource::Images, &proposal, &allowance);
        made.unwrap().0
    };
    for (name, value, reason) in [
        (
            "does",
            Value::from("panic in fitting"),
            "panicked: a bad fit",
        ),
        (
            "does",
            "panic in predicting".into(),
            "panicked: a bad prediction",
        ),
        ("does", "run".into(), "exceeded the time limit of 0.5 s"),
        (
            "epochs",
            0.into(),
            "epochs = 0: expected a whole number of at least 1",
        ),
    ] {
        let limit = (value == "run").then_some(Duration::from_millis(500));
        let trial = make(proposal(name, value, 1.0), limit);
        let found = trial.reason.unwrap();
        assert!(found.contains(reason), "{found}");
        assert!(trial.accuracy.is_none() && !trial.called_off);
    }
    let good = make(proposal("does", "fit", 1.0), None);
    assert!(good.accuracy.is_some() && good.reason.is_none());
}

#[test]
fn a_share_is_of_the_images_or_of_the_epochs() {
    let directory = tempfile::tempdir().unwrap();
    let setting = setting(None);
    let trials = trials(directory.path(), &setting);
    let allowance = Allowance::new(None);
    let make = |resource, share| {
        let proposal = proposal("does", "fit", share);
        let (trial, reused) = trials
            .make(&model(), resource, &proposal, &allowance)
            .unwrap();
        (trial.train_images, trial.epochs, reused)
    };
    assert_eq!(make(Resource::Images, 0.25), (25, Some(9), false));
    assert_eq!(make(Resource::Epochs, 0.25), (100, Some(2), false));
    assert_eq!(make(Resource::Epochs, 0.01), (100, Some(1), false));
    assert_eq!(make(Resource::Images, 1.0), (100, Some(9), false));
    assert_eq!(
        make(Resource::Epochs, 1.0),
        (100, Some(9), true),
        "all of either is the same"
    );
}

#[test]
fn what_an_earlier_search_made_is_charged_as_if_it_were_made_now() {
    let directory = tempfile::tempdir().unwrap();
    let setting = setting(None);
    let trials = trials(directory.path(), &setting);
    let proposal = proposal("does", "fit", 1.0);
    let make = |allowance: &Allowance| {
        let made = trials.make(&model(), Resource::Images, &proposal, allowance);
        made.unwrap().0
    };
    let first = make(&Allowance::new(None));
    let enough = Allowance::new(Some(first.fit_seconds * 1.5));
    assert_eq!(make(&enough), first);
    let again = make(&enough);
    assert!(again.called_off && again.accuracy.is_none());
    assert!(again.fit_seconds < first.fit_seconds && enough.is_used_up());
}

#[test]
fn what_was_altered_in_the_store_is_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let setting = setting(None);
    let trials = trials(directory.path(), &setting);
    let proposal = proposal("does", "fit", 1.0);
    let ready = trials.ready(&model(), Resource::Images, &proposal);
    let key = ready.unwrap_or_else(|reason| panic!("{reason}")).key;
    for (accuracy, is_known) in [(0.5, true), (7.0, false)] {
        let judged = JudgedTrial {
            accuracies: vec![accuracy],
            seconds: vec![0.1],
        };
        trials.store.keep(&key, "here", "run", &judged);
        assert_eq!(trials.known(&key).is_some(), is_known, "{accuracy}");
    }
}
