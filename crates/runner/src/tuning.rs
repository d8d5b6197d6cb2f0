//! Searches the parameters of models: makes trials, as many at a time as there are threads.

pub(crate) mod ahead;
mod chosen;

use crate::allowance::Allowance;
use crate::comparison::Setting;
use crate::division::{Division, of};
use crate::failure::{Failure, Place};
use crate::handover::Handover;
use crate::learner::Learner;
use crate::options::Options;
use crate::resource::Resource;
use crate::store::Store;
use crate::trial::Trials;
use catalog::{Content, Loaded};
use classifier::Count;
use data::Targets;
use records::{
    Environment, ExpectedBest, TUNING_FORMAT, TunedModel, TunedTrial, TuningBudget, TuningRecord,
};
use search::{Budget, Domain, LEAST_SHARE, Method, Next, Proposal, Searcher, Trial, expected_best};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, MutexGuard};

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
        let targets: &Targets = match &data.content {
            Content::Samples { train, .. } => train.as_ref(),
            Content::Table { train, .. } => train.targets(),
        };
        let counts = targets.class_counts();
        let classes = counts.iter().filter(|&&count| count > 0).count();
        let held_out = VALIDATION
            .min(targets.len() / VALIDATION_SHARE)
            .max(classes);
        let options = Options {
            seeds: None,
            calibrate: None,
            sizes: None,
            validation: match options.cv {
                None => options.validation.or(Count::new(held_out)),
                Some(_) => None,
            },
            ..options.clone()
        };
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

    /// Searches the models one after another, and gives what came of it.
    ///
    /// # Errors
    /// If a trial cannot be made whatever its model, or the user calls it off.
    pub fn run(&self, watcher: &dyn TuningWatcher) -> Result<TuningRecord, Failure> {
        let mut models = Vec::new();
        for (index, learner) in self.learners.iter().enumerate() {
            if let Some(trouble) = self.trials.store.trouble() {
                watcher.note(&format!("note: {trouble}"));
            }
            let of_model = watcher.begin(&learner.id, index, self.learners.len());
            let (tuned, reused) = self.tune(learner, of_model.as_ref())?;
            of_model.end(&tuned, reused);
            models.push(tuned);
        }
        Ok(self.record(models))
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

/// The search for one model, as far as it has come.
struct Search {
    searcher: Searcher,
    /// Those that were begun, in order.
    trials: Vec<Option<TunedTrial>>,
    /// The outcomes of the first of them, without a gap.
    known: Vec<Trial>,
    /// Those that an earlier search made.
    reused: usize,
    failure: Option<Failure>,
}

/// A search that several threads work on.
struct Shared<'a> {
    model: &'a Learner,
    resource: Resource,
    search: Mutex<Search>,
    ended: Condvar,
    allowance: &'a Allowance,
    progress: &'a dyn TrialWatcher,
}

impl Tuning<'_> {
    /// Searches the parameters of one model; says how many trials an earlier search had made, too.
    fn tune(
        &self,
        model: &Learner,
        progress: &dyn TrialWatcher,
    ) -> Result<(TunedModel, usize), Failure> {
        let resource = self.search.resource_of(model);
        let searcher = self.searcher(model, resource)?;
        progress.plan(searcher.planned(), searcher.cost());
        let allowance = &Allowance::new(self.search.seconds);
        let shared = Shared {
            model,
            resource,
            search: Mutex::new(Search {
                searcher,
                trials: Vec::new(),
                known: Vec::new(),
                reused: 0,
                failure: None,
            }),
            ended: Condvar::new(),
            allowance,
            progress,
        };
        let users = &self.trials.setting.cancellation;
        let (done, wait) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || allowance.watch(users, &wait));
            // Dropped when they all have ended, on panic, too: the watch ends with them.
            let _done = done;
            std::thread::scope(|workers| {
                for _ in 0..self.at_once {
                    workers.spawn(|| self.work(&shared));
                }
            });
        });
        let search = shared.search.into_inner().expect("no holder panics");
        if let Some(failure) = search.failure {
            return Err(failure);
        }
        let trials = search.trials.into_iter();
        let trials = trials.map(|trial| trial.expect("every trial has ended"));
        let shrunk = self.search.method.shrinks() && !model.space.is_empty();
        let shrunk = shrunk.then(|| resource.name().to_owned());
        let tuned = tuned(
            model,
            shrunk,
            trials.collect(),
            self.search.seconds.is_some(),
        );
        Ok((tuned, search.reused))
    }

    fn searcher(&self, model: &Learner, resource: Resource) -> Result<Searcher, Failure> {
        let division = &self.trials.division;
        let least = if self.search.method.shrinks() {
            let first = division.cells(false, &[])[0];
            let train = division.train(first, model.train_limit)?;
            resource.least_share(model, train.len(), train.class_names().len())
        } else {
            LEAST_SHARE
        };
        let budget = Budget {
            trials: self.search.trials,
            endless: self.search.seconds.is_some(),
        };
        let space = model.space.clone();
        let seed = self.trials.seed;
        Ok(Searcher::new(
            self.search.method,
            space,
            budget,
            least,
            seed,
        ))
    }

    /// Makes trials until there are no more.
    fn work(&self, shared: &Shared<'_>) {
        while let Some((index, proposal)) = self.take(shared) {
            let made = self
                .trials
                .make(shared.model, shared.resource, &proposal, shared.allowance);
            let mut search = shared.lock();
            match made {
                Ok((trial, reused)) => {
                    search.reused += usize::from(reused);
                    search.trials[index] = Some(trial);
                    search.learn();
                }
                Err(failure) => {
                    search.failure.get_or_insert(failure);
                }
            }
            let ended: Vec<&TunedTrial> = search.trials.iter().flatten().collect();
            shared.progress.show(&ended, shared.allowance.used());
            drop(search);
            shared.ended.notify_all();
        }
    }

    /// The next trial, once what it depends on has ended.
    fn take(&self, shared: &Shared<'_>) -> Option<(usize, Proposal)> {
        let mut search = shared.lock();
        loop {
            let interrupted = self.trials.setting.cancellation.check().is_err();
            if interrupted {
                search.failure.get_or_insert(Failure::Interrupted);
            }
            if search.failure.is_some() || shared.allowance.is_used_up() {
                return None;
            }
            let Search {
                searcher, known, ..
            } = &mut *search;
            match searcher.next(known) {
                Next::Trial(proposal) => {
                    search.trials.push(None);
                    return Some((search.trials.len() - 1, proposal));
                }
                Next::Wait => {
                    search = shared.ended.wait(search).expect("no holder panics");
                }
                Next::End => return None,
            }
        }
    }
}

impl Shared<'_> {
    fn lock(&self) -> MutexGuard<'_, Search> {
        self.search.lock().expect("no holder panics")
    }
}

impl Search {
    /// Takes note of the outcomes that have no gap before them any more.
    fn learn(&mut self) {
        let new = self.trials[self.known.len()..].iter();
        let outcomes = new.map_while(Option::as_ref).map(|trial| Trial {
            values: trial.values.clone(),
            loss: trial.accuracy.map_or(f64::NAN, |accuracy| 1.0 - accuracy),
        });
        self.known.extend(outcomes);
    }
}

/// What the trials of a model come to.
fn tuned(
    model: &Learner,
    resource: Option<String>,
    trials: Vec<TunedTrial>,
    in_seconds: bool,
) -> TunedModel {
    let finished = trials.iter().filter(|trial| trial.accuracy.is_some());
    let most = finished.map(|trial| trial.share).fold(0.0, f64::max);
    let with_most = |trial: &TunedTrial| trial.share == most && !trial.called_off;
    let accuracies = trials.iter().enumerate().filter_map(|(index, trial)| {
        let accuracy = trial.accuracy.filter(|_| with_most(trial))?;
        Some((index, accuracy))
    });
    // The last of equals in reverse: the first.
    let reversed: Vec<(usize, f64)> = accuracies.collect();
    let best = reversed.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
    let seconds = trials.iter().map(|trial| trial.fit_seconds).sum();
    let spent = if in_seconds {
        seconds
    } else {
        trials.iter().map(|trial| trial.share).sum()
    };
    let scores = trials.iter().filter(|trial| with_most(trial));
    let scores: Vec<Option<f64>> = scores.map(|trial| trial.accuracy).collect();
    // Each at its share of the cost of all trials, those with less of the resource included.
    let cost = spent / scores.len().max(1) as f64;
    let expected = expected_best(&scores, 0.0).into_iter().enumerate();
    let expected_best = expected.map(|(i, accuracy)| ExpectedBest {
        spent: cost * (i + 1) as f64,
        accuracy,
    });
    TunedModel {
        id: model.id.clone(),
        model: model.method.model().to_owned(),
        searched: searched(model),
        resource,
        best: best.map(|(index, _)| *index),
        expected_best: expected_best.collect(),
        trials,
        seconds,
    }
}

/// The domains in words.
fn searched(model: &Learner) -> Vec<(String, String)> {
    let scale = |log: bool| if log { ", log scale" } else { "" };
    let words = |domain: &Domain| match domain {
        Domain::Choice(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("one of {}", items.join(", "))
        }
        Domain::Real { low, high, log } => format!("{low} to {high}{}", scale(*log)),
        Domain::Whole { low, high, log } => format!("whole, {low} to {high}{}", scale(*log)),
    };
    let domains = model.space.domains().iter();
    domains
        .map(|(name, domain)| (name.clone(), words(domain)))
        .collect()
}
