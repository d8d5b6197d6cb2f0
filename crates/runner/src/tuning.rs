//! Searches the parameters of models: makes trials, as many at a time as there are threads.

pub(crate) mod ahead;
mod chosen;
mod outcome;
mod turns;

use crate::division::{Division, of};
use crate::failure::{Failure, Place};
use crate::handover::Handover;
use crate::learner::Learner;
use crate::options::Options;
use crate::resource::Resource;
use crate::setting::Setting;
use crate::store::Store;
use crate::trial::Trials;
use catalog::{Content, Loaded};
use classifier::Count;
use data::Targets;
use records::{Environment, TUNING_FORMAT, TunedModel, TunedTrial, TuningBudget, TuningRecord};
use search::Method;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How parameters are searched: the same for every model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchOptions {
    /// How values are chosen.
    pub method: Method,
    /// What halving and ASHA give most trials less of, if the model has it: images unless something else is asked
    /// for.
    pub resource: Option<Resource>,
    /// The budget of each model, in trials with all of the resource.
    pub trials: usize,
    /// The budget of each model, in seconds of fitting.
    pub seconds: Option<f64>,
}

impl SearchOptions {
    /// Refuses what the method would pass over.
    ///
    /// # Errors
    /// If a resource is asked for that no trial has less of.
    pub fn check(&self) -> Result<(), Failure> {
        if self.resource.is_some() && !self.method.shrinks() {
            return Err(Failure::Syntax {
                place: Place::Option("--resource".to_owned()),
                reason: "only with --search halving or asha".to_owned(),
            });
        }
        Ok(())
    }

    fn resource_of(&self, learner: &Learner) -> Resource {
        self.resource.unwrap_or(Resource::Images).of(learner)
    }
}

/// Who hears how a search over several models goes.
pub trait TuningWatcher: Sync {
    /// Something that the user should know.
    fn note(&self, note: &str);
    /// The search for model number `index`, from 0, begins.
    fn begin(&self, id: &str, index: usize, models: usize) -> Box<dyn TrialWatcher + '_>;
}

/// Who hears how the search for one model goes.
pub trait TrialWatcher: Sync {
    /// How many trials there will be, and what they cost together in trials with all of the resource,
    /// where that is known.
    fn plan(&self, trials: Option<usize>, cost: Option<f64>);
    /// A trial is over; these are. `used` is the share of the seconds, where they are limited.
    fn show(&self, ended: &[&TunedTrial], used: Option<f64>);
    /// The search is over; an earlier one had made some of its trials.
    fn end(&self, tuned: &TunedModel, reused: usize);
}

/// A search over the parameters of several models.
pub struct Tuning<'a> {
    trials: Trials<'a>,
    learners: Vec<Learner>,
    /// Trials at a time, each on one thread.
    at_once: usize,
    search: SearchOptions,
    /// As they were asked for.
    options: Options,
    /// Training samples that each model was allowed.
    limits: Vec<Option<usize>>,
    name: String,
    title: String,
    environment: Environment,
}

/// Training samples that trials are judged on unless something else is asked for, where there are enough.
const VALIDATION: usize = 10_000;
/// Otherwise one in as many.
const VALIDATION_SHARE: usize = 5;

impl<'a> Tuning<'a> {
    /// Divides the data, and checks that everything asked for can be had. Without folds or a validation
    /// split in the options, 10 000 training samples are held out, or a fifth where that is fewer. What
    /// earlier searches found is looked for in the store of `results`; without, there is none.
    ///
    /// # Errors
    /// If the data cannot be learnt from or not be divided as asked for, or a grid is beyond its budget.
    pub fn new(
        data: impl Into<Loaded>,
        mut learners: Vec<Learner>,
        options: &Options,
        search: SearchOptions,
        results: Option<&Path>,
        setting: &'a Setting<'a>,
    ) -> Result<Self, Failure> {
        let asked = options.clone();
        let limits = learners.iter().map(|learner| learner.train_limit).collect();
        search.check()?;
        for learner in &learners {
            check_grid(learner, &search)?;
        }
        let data: Loaded = data.into();
        data.content.check()?;
        let options = judged_by(options, &data.content);
        let environment = setting.environment(&data.origin);
        let (name, title, sha256) = (data.id, data.title, data.sha256);
        // The test samples end here: what follows has the training samples only.
        let division = Division::new(data.content, &options)?;
        for learner in &mut learners {
            learner.train_limit = division.limit(learner.train_limit, &options);
            for cell in division.cells(false, &[]) {
                let train = division.train(cell, learner.train_limit).map(|_| ());
                train.map_err(of(&format!("train_limit of {}", learner.id)))?;
            }
        }
        let store = results.map_or_else(Store::none, |results| setting.store(results));
        Ok(Self {
            trials: Trials {
                handover: Handover::new(&division)?,
                division,
                seed: options.seed(),
                sha256,
                store,
                setting,
                run: environment.started.clone(),
            },
            learners,
            at_once: setting.threads,
            search,
            options: asked,
            limits,
            name,
            title,
            environment,
        })
    }

    /// The data set's short name, which is that of its directory of reports.
    pub fn dataset(&self) -> &str {
        &self.name
    }

    /// The directory below `results` that the search is written into.
    pub fn directory(&self, results: &Path) -> PathBuf {
        results.join(&self.name).join("tuning")
    }

    /// SHA-256 of training samples, training labels, test samples and test labels.
    pub fn fingerprint(&self) -> &[String; 4] {
        &self.trials.sha256
    }

    /// Where the data came from.
    pub fn origin(&self) -> &str {
        &self.environment.data_origin
    }

    /// How it is searched.
    pub fn search(&self) -> SearchOptions {
        self.search
    }

    /// What the plan says beside its models.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The models, each with the training samples that the plan allows it.
    pub fn models(&self) -> impl Iterator<Item = (&Learner, Option<usize>)> {
        self.learners.iter().zip(self.limits.iter().copied())
    }

    /// What came of a search, model by model.
    fn record(&self, models: Vec<TunedModel>) -> TuningRecord {
        let division = &self.trials.division;
        let samples = self
            .learners
            .iter()
            .map(|learner| division.train_samples(learner.train_limit));
        TuningRecord {
            format: TUNING_FORMAT,
            title: self.title.clone(),
            search: match self.search.method {
                Method::Random => records::Search::Random,
                Method::Grid => records::Search::Grid,
                Method::Tpe => records::Search::Tpe,
                Method::Halving => records::Search::Halving,
                Method::Asha => records::Search::Asha,
            },
            budget: match self.search.seconds {
                Some(seconds) => TuningBudget::Seconds(seconds),
                None => TuningBudget::Trials(self.search.trials),
            },
            quick: self.options.quick,
            plan: String::new(),
            train_images: samples.max().unwrap_or(0),
            judged_on: division.protocol.judged_on,
            judged_images: division.judged_samples(),
            at_once: self.at_once,
            seed: self.trials.seed,
            environment: self.environment.clone(),
            machines: BTreeSet::new(),
            models,
        }
    }

    /// The parameters that were found, as a plan for a comparison on the same data, whatever a quick look was
    /// at.
    pub fn chosen(&self, tuned: &TuningRecord) -> String {
        chosen::plan(&self.options, &self.learners, &self.limits, tuned)
    }
}

/// The options of every trial: samples are held out, unless there are folds.
fn judged_by(options: &Options, content: &Content) -> Options {
    let targets: &Targets = match content {
        Content::Samples { train, .. } => train.as_ref(),
        Content::Table { train, .. } => train.targets(),
    };
    let counts = targets.class_counts();
    let classes = counts.iter().filter(|&&count| count > 0).count();
    let held_out = VALIDATION
        .min(targets.len() / VALIDATION_SHARE)
        .max(classes);
    Options {
        seeds: None,
        calibrate: None,
        sizes: None,
        validation: match options.cv {
            None => options.validation.or(Count::new(held_out)),
            Some(_) => None,
        },
        ..options.clone()
    }
}

/// Refuses grids beyond the budget.
fn check_grid(learner: &Learner, search: &SearchOptions) -> Result<(), Failure> {
    let trials = search.trials;
    let coarsest = learner.space.grid_size(1);
    if search.method == Method::Grid && coarsest > trials {
        return Err(Failure::Syntax {
            place: Place::Option(format!("--trials {trials}")),
            reason: format!(
                "the smallest grid of {}'s parameters has {coarsest} points; allow as many trials, or search in another way",
                learner.id
            ),
        });
    }
    Ok(())
}
