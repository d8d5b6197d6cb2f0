//! Which models are tried on which data how often, and what came of it.

use crate::leaks::{Leak, Leaking};
use crate::registry::REGISTRY;
use crate::worlds::{Kind, World};
use classifier::{ModelEntry, Suits};
use runner::{Shuffles, Stopwatch, processors, shuffled_control};
use statistics::shuffled_labels;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Controls of a model on each data set.
const RUNS: usize = 12;
/// Those of a model that is slow even on 200 samples.
const RUNS_OF_SLOW: usize = 2;
const SLOW: [&str; 8] = [
    "burn-lenet",
    "virtual-svm",
    "gradient-svm",
    "stacking",
    "mean-ensemble",
    "burn-mlp",
    "linfa-svm-rbf",
    "linfa-svm-linear",
];
/// MNIST is one data set beside several.
const RUNS_ON_DIGITS: usize = 4;
/// Of a leak.
const LEAKING_RUNS: usize = 5;
/// Models that leaks are planted in: one of each family, the fast ones.
const LEAKY: [&ModelEntry; 6] = [
    &model_softmax::SOFTMAX_LBFGS,
    &model_kernel_svm::KERNEL_SVM,
    &model_neighbours::NEIGHBOURS,
    &model_discriminant::DISCRIMINANT,
    &model_naive_bayes::NAIVE_BAYES,
    &model_nearest_centroid::NEAREST_CENTROID,
];

/// A control that is about to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) model: &'static ModelEntry,
    /// The place of its data.
    pub(crate) world: usize,
    pub(crate) leak: Option<Leak>,
    /// Its place in the list of trials: another for each of them.
    seed: u64,
}

/// What came of a trial.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) trial: Trial,
    /// `Err` where the model declines the data or cannot be fitted to them.
    pub(crate) shuffles: Result<Shuffles, String>,
}

impl Ran {
    /// The p value of the control, whenever it stopped: 1 over the largest that the evidence ever was (Ville 1939).
    pub(crate) fn p(&self) -> Option<f64> {
        let Shuffles { recalls, found } = self.shuffles.as_ref().ok()?;
        let after = |fits: usize| shuffled_labels(&recalls[..fits], found.chance, 0.05).evidence;
        let most = (1..=recalls.len()).map(after).fold(1.0, f64::max);
        Some(1.0 / most)
    }

    /// By what the first fit multiplies what is staked: its recall over chance, at most 1 on average if the bet is fair.
    pub(crate) fn first(&self) -> Option<f64> {
        let shuffles = self.shuffles.as_ref().ok()?;
        Some(shuffles.recalls.first()? / shuffles.found.chance)
    }
}

/// Honest models, all that are for the data.
///
/// # Errors
/// If no model has the name of one that is slow.
pub(crate) fn honest_trials(worlds: &[World]) -> Result<Vec<Trial>, String> {
    let left_out = REGISTRY.left_out().iter().map(|of| of.0);
    let is_known = |id: &&str| REGISTRY.find(id).is_some() || left_out.clone().any(|of| of == *id);
    if let Some(id) = SLOW.iter().find(|id| !is_known(id)) {
        return Err(format!("no model is called {id}"));
    }
    let suits = |model: &ModelEntry, world: &World| {
        model.suits == Suits::WhatIsAsked || model.suits.includes(world.is_of_pictures())
    };
    let mut trials = Vec::new();
    for model in REGISTRY.models() {
        for (place, world) in worlds.iter().enumerate().filter(|of| suits(model, of.1)) {
            let runs = if SLOW.contains(&model.id) {
                RUNS_OF_SLOW
            } else {
                RUNS
            };
            let times = if world.kind() == Kind::Digits {
                RUNS_ON_DIGITS
            } else {
                1
            };
            for _ in 0..runs * times {
                trials.push(Trial {
                    model,
                    world: place,
                    leak: None,
                    seed: trials.len() as u64,
                });
            }
        }
    }
    Ok(trials)
}

/// Some models with each leak, on MNIST and the tables.
pub(crate) fn leaking_trials(worlds: &[World]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for leak in Leak::ALL {
        for model in LEAKY {
            let real = worlds.iter().enumerate();
            for (world, _) in real.filter(|of| of.1.kind() != Kind::Clusters) {
                for _ in 0..LEAKING_RUNS {
                    trials.push(Trial {
                        model,
                        world,
                        leak: Some(leak),
                        seed: trials.len() as u64,
                    });
                }
            }
        }
    }
    trials
}

/// Runs them all, one to a processor. What comes of each depends on its seed alone.
pub(crate) fn run(worlds: &[World], trials: &[Trial]) -> Vec<Ran> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(&trial) = trials.get(place) else {
                return;
            };
            if place.is_multiple_of(100) {
                eprintln!("{place} of {} controls: {}", trials.len(), trial.model.id);
            }
            let watch = Stopwatch::start();
            let shuffles = control(worlds, trial);
            let seconds = watch.elapsed().as_secs_f64();
            done.lock().expect("no thread panics").push((
                trial.seed,
                seconds,
                Ran { trial, shuffles },
            ));
        }
    };
    thread::scope(|scope| {
        for _ in 0..processors() {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().expect("no thread panics");
    done.sort_by_key(|of| of.0);
    said(&done);
    done.into_iter().map(|of| of.2).collect()
}

fn control(worlds: &[World], trial: Trial) -> Result<Shuffles, String> {
    let Trial {
        model,
        world,
        leak,
        seed,
    } = trial;
    let samples = worlds[world]
        .samples(seed)
        .map_err(|error| error.to_string())?;
    let recipe = (model.preset)();
    let found = match leak {
        None => shuffled_control(recipe.as_ref(), &samples, seed),
        Some(leak) => {
            let recipe = recipe.as_ref();
            let samples = &samples;
            shuffled_control(
                &Leaking {
                    recipe,
                    leak,
                    samples,
                },
                samples,
                seed,
            )
        }
    };
    found?.ok_or_else(|| "one class".to_owned())
}

/// What took how long, for who runs it.
fn said(done: &[(u64, f64, Ran)]) {
    for model in REGISTRY.models() {
        let of = done.iter().filter(|of| of.2.trial.model.id == model.id);
        let (runs, seconds) = of.fold((0, 0.0), |(runs, sum), of| (runs + 1, sum + of.1));
        eprintln!("{}: {runs} controls in {seconds:.0} s", model.id);
    }
}
