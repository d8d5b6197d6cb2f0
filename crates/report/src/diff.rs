//! What changed between two runs.

use crate::metrics::{Fit, finished};
use crate::{PlannedModel, Records};
use serde_json::{Map, Value};
use statistics::mcnemar;

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub what: String,
    /// In the first run.
    pub first: String,
    /// In the second.
    pub second: String,
}

/// A model that both runs have.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelChange {
    /// Its name in both.
    pub id: String,
    /// Hyper-parameters and sizes that differ.
    pub parameters: Vec<Change>,
    /// Share of images right in each run; `None` where it did not finish.
    pub accuracy: [Option<f64>; 2],
    /// P value of McNemar's exact test; `None` where the runs were not judged on the same images.
    pub p: Option<f64>,
    /// Whether each prediction is the same; `None` as for `p`.
    pub same_predictions: Option<bool>,
}

/// What changed between two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// Settings and surroundings that differ.
    pub settings: Vec<Change>,
    /// Models that both have.
    pub models: Vec<ModelChange>,
    /// Models that only the first has.
    pub only_first: Vec<String>,
    /// Models that only the second has.
    pub only_second: Vec<String>,
}

/// Compares two runs. Models are matched by name, and of several fits the first is compared.
pub fn diff(first: &Records, second: &Records) -> Diff {
    let names = |records: &Records| -> Vec<String> {
        let models = records.run.models.iter();
        models.map(|model| model.id.clone()).collect()
    };
    let [of_first, of_second] = [names(first), names(second)];
    let without = |all: &[String], others: &[String]| {
        let missing = all.iter().filter(|name| !others.contains(name));
        missing.cloned().collect()
    };
    let both = of_first.iter().filter(|name| of_second.contains(name));
    Diff {
        settings: changes(&settings(first), &settings(second)),
        models: both.map(|id| model_change(first, second, id)).collect(),
        only_first: without(&of_first, &of_second),
        only_second: without(&of_second, &of_first),
    }
}

/// What a run was made with, by name.
fn settings(records: &Records) -> Map<String, Value> {
    let (run, here) = (&records.run, &records.run.environment);
    let mut settings = Map::new();
    let mut set = |name: &str, value: Value| settings.insert(name.to_owned(), value);
    set("dataset", run.dataset.name.clone().into());
    set("data", run.dataset.sha256.to_vec().into());
    set("training images", run.dataset.train.into());
    set("judged images", run.dataset.test.into());
    let protocol = serde_json::to_value(run.protocol).unwrap_or_default();
    for (name, value) in protocol.as_object().into_iter().flatten() {
        set(name, value.clone());
    }
    set("seed", run.seed.into());
    set("quick", run.quick.into());
    set("commit", here.commit.clone().into());
    set("build", here.build.clone().into());
    set("machine", here.machine().into());
    for (name, version) in &here.versions {
        set(name, version.clone().into());
    }
    settings
}

fn changes(first: &Map<String, Value>, second: &Map<String, Value>) -> Vec<Change> {
    let text = |value: Option<&Value>| match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let only_second = second.keys().filter(|name| !first.contains_key(*name));
    first
        .keys()
        .chain(only_second)
        .filter(|name| first.get(*name) != second.get(*name))
        .map(|name| Change {
            what: name.clone(),
            first: text(first.get(name)),
            second: text(second.get(name)),
        })
        .collect()
}

fn model_change(first: &Records, second: &Records, id: &str) -> ModelChange {
    let parameters = |records: &Records| {
        let planned = records.run.models.iter().find(|model| model.id == id);
        planned.map(values).unwrap_or_default()
    };
    let (a, b) = (first_fit(first, id), first_fit(second, id));
    let accuracy = |records: &Records, fit: &Option<Fit>| {
        let right = fit.as_ref()?.right(&records.run);
        let count = right.iter().filter(|&&right| right).count();
        Some(count as f64 / right.len().max(1) as f64)
    };
    let comparable = first.run.labels == second.run.labels && first.run.folds == second.run.folds;
    let pair = a.as_ref().zip(b.as_ref()).filter(|_| comparable);
    let test = |(a, b): (&Fit, &Fit)| {
        let (a, b) = (a.right(&first.run), b.right(&second.run));
        let only = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
        mcnemar(only(&a, &b), only(&b, &a)).p
    };
    ModelChange {
        id: id.to_owned(),
        parameters: changes(&parameters(first), &parameters(second)),
        accuracy: [accuracy(first, &a), accuracy(second, &b)],
        p: pair.map(test),
        same_predictions: pair.map(|(a, b)| a.fitted.predictions == b.fitted.predictions),
    }
}

fn values(model: &PlannedModel) -> Map<String, Value> {
    let mut values = model.hyperparameters.clone();
    values.insert("model".to_owned(), model.model.clone().into());
    values.insert("training images".to_owned(), model.train_images.into());
    values
}

fn first_fit(records: &Records, id: &str) -> Option<Fit> {
    let of_model = records.fits.iter().filter(|fit| fit.id == id).cloned();
    finished(of_model.collect(), 1).ok()?.into_iter().next()
}
