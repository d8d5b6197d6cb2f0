//! One fit, measured: the model's own time and memory, then what its predictions are worth.

use crate::conditions::{Conditions, Cost, FitData, On, Unfitted, guarded};
use crate::importance::importance;
use crate::job::Event;
use crate::keeper::Keeper;
use crate::memory::Peak;
use crate::mistakes::most_confident_mistakes;
use crate::room;
use crate::shown;
use crate::stopwatch::Stopwatch;
use catalog::Sealed;
use classifier::{
    Cancellation, Cancelled, Classifier, Epoch, FitContext, Observer, Recipe, Scores, Step,
    with_threads,
};
use data::Dataset;
use records::{EpochRecord, Fitted, Latency, Outcome};
use statistics::{Temperature, at_temperature};
use std::time::Duration;

/// Prediction is timed at least once, and again until it took this long in all.
const PREDICTION_TIME: Duration = Duration::from_millis(500);
const MOST_PREDICTIONS: usize = 15;
/// Single samples are timed for as long, or until there are as many times; at least enough for one in
/// a hundred to be slower than a percentile.
const LATENCY_TIME: Duration = Duration::from_millis(200);
const MOST_LATENCIES: usize = 1_000;
const LEAST_LATENCIES: usize = 200;
/// Samples per step of an evaluation that can be called off.
const BLOCK: usize = 2_000;

/// Fits a model, evaluates it, and keeps it, if it is to be kept.
pub(crate) fn measure(
    recipe: &dyn Recipe,
    data: FitData<'_>,
    conditions: &mut Conditions<'_>,
    keeper: Option<&Keeper<'_>>,
) -> Outcome {
    let threads = conditions.threads;
    let attempt = || {
        with_threads(threads, || {
            fit_and_evaluate(recipe, data, conditions, keeper)
        })
    };
    match guarded(attempt).and_then(|result| result) {
        Ok(fitted) => Outcome::Finished(Box::new(fitted)),
        Err(Unfitted::Cancelled) => Outcome::Cancelled,
        Err(Unfitted::Failed(reason)) => Outcome::Failed { reason },
    }
}

/// Fits a model without looking at how it goes.
pub(crate) fn fit_alone(
    recipe: &dyn Recipe,
    seed: u64,
    train: &Dataset,
    conditions: &mut Conditions<'_>,
) -> (Result<Box<dyn Classifier>, Unfitted>, Cost) {
    let Conditions {
        threads,
        memory_limit,
        cancellation,
        on,
    } = conditions;
    if let Err(reason) = room::check(recipe, train, *memory_limit) {
        return (Err(reason), Cost::default());
    }
    on(&Event::Fitting);
    let peak = Peak::restart();
    let stopwatch = Stopwatch::start();
    let fitted = guarded(|| {
        with_threads(*threads, || {
            let mut silent = classifier::Silent;
            let cancellation = (*cancellation).clone();
            let mut context = FitContext::new(seed, *threads, cancellation, &mut silent);
            recipe.fit(train, &mut context)
        })
    });
    let cost = Cost {
        time: stopwatch.elapsed(),
        memory: peak.bytes(),
    };
    on(&Event::Pausing);
    let fitted = fitted.and_then(|fitted| fitted.map_err(Unfitted::from));
    (fitted, cost)
}

fn fit_and_evaluate(
    recipe: &dyn Recipe,
    data: FitData<'_>,
    conditions: &mut Conditions<'_>,
    keeper: Option<&Keeper<'_>>,
) -> Result<Fitted, Unfitted> {
    let FitData { train, judged, .. } = data;
    room::check(recipe, train, conditions.memory_limit)?;
    let cancellation = conditions.cancellation;
    let mut watch = Watch {
        stopwatch: Stopwatch::stopped(),
        peak: Peak::restart(),
        most: 0,
        train,
        judged,
        cancellation,
        epochs: Vec::new(),
        on: &mut *conditions.on,
    };
    watch.resume();
    let threads = conditions.threads;
    let mut context = FitContext::new(data.seed, threads, cancellation.clone(), &mut watch);
    let fitted = recipe.fit(train, &mut context);
    watch.pause();
    let classifier = fitted?;
    let Watch {
        most,
        epochs,
        stopwatch,
        ..
    } = watch;
    let cost = Cost {
        time: stopwatch.elapsed(),
        memory: most,
    }
    .after(data.preparation);
    let fitted = evaluate(classifier.as_ref(), data, conditions, epochs, cost)?;
    if let Some(keeper) = keeper {
        keeper.keep(classifier.as_ref(), fitted.temperature);
    }
    Ok(fitted)
}

/// What a fitted model is worth.
fn evaluate(
    classifier: &dyn Classifier,
    data: FitData<'_>,
    conditions: &mut Conditions<'_>,
    epochs: Vec<EpochRecord>,
    cost: Cost,
) -> Result<Fitted, Unfitted> {
    let FitData { train, judged, .. } = data;
    let (scores, predict_time) = timed_prediction(classifier, judged);
    let logs = classifier.log_probabilities(judged.samples());
    let (logs, temperature) = calibrated(classifier, logs, data.calibration);
    let train_accuracy = match epochs.last() {
        Some(last) => last.train_accuracy,
        None => accuracy(classifier, train, conditions.cancellation, &mut |done| {
            let total = train.len();
            (conditions.on)(&Event::Evaluating { done, total });
        })?,
    };
    let truth = judged.look();
    let mistakes = most_confident_mistakes(truth, &scores, logs.as_ref());
    let predicted = scores.labels();
    let importance = importance(
        classifier,
        truth,
        data.sources,
        &predicted,
        data.seed,
        conditions.cancellation,
    )?;
    let certificate = classifier.certificate().into_iter();
    Ok(Fitted {
        parameters: Some(classifier.parameter_count()),
        fit_seconds: Some(cost.time.as_secs_f64()),
        predict_seconds: Some((predict_time + data.judged_preparation).as_secs_f64()),
        latency: Some(latency(classifier, judged)),
        peak_memory_bytes: Some(cost.memory),
        train_accuracy: Some(train_accuracy),
        predictions: predicted.into_iter().map(|class| class as u16).collect(),
        log_probabilities: logs.map(|logs| logs.values().to_vec()),
        temperature: temperature.map(|of| of.value),
        temperature_error: temperature.and_then(|of| of.log_error),
        temperature_at_bound: temperature.is_some_and(|of| of.at_bound),
        looks: judged.looks(),
        mistakes,
        epochs,
        certificate: certificate
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect(),
        linear: shown::weights(classifier, data.train.samples()),
        importance,
        notes: Vec::new(),
    })
}

/// Evaluates after each epoch while the stopwatch stands still.
struct Watch<'a> {
    stopwatch: Stopwatch,
    peak: Peak,
    /// The most memory of all stretches so far, in bytes.
    most: usize,
    train: &'a Dataset,
    judged: &'a Sealed,
    cancellation: &'a Cancellation,
    epochs: Vec<EpochRecord>,
    on: On<'a>,
}

impl Watch<'_> {
    fn pause(&mut self) {
        self.stopwatch.pause();
        self.most = self.most.max(self.peak.bytes());
        (self.on)(&Event::Pausing);
    }

    fn resume(&mut self) {
        (self.on)(&Event::Fitting);
        self.peak = Peak::restart();
        self.stopwatch.resume();
    }
}

impl Observer for Watch<'_> {
    fn epoch(&mut self, epoch: Epoch, model: &dyn Classifier) {
        self.pause();
        let evaluate = |data| accuracy(model, data, self.cancellation, &mut |_| ());
        // For a curve that chooses nothing: no look. Cancelled: the model hears of it next.
        if let (Ok(train_accuracy), Ok(judged_accuracy)) =
            (evaluate(self.train), evaluate(self.judged.handed_over()))
        {
            self.epochs.push(EpochRecord {
                epoch: epoch.number,
                training_loss: epoch.training_loss,
                train_accuracy,
                judged_accuracy,
            });
            (self.on)(&Event::Epoch {
                number: epoch.number,
                total: epoch.total,
                training_loss: epoch.training_loss,
                accuracy: judged_accuracy,
            });
        }
        self.resume();
    }

    fn step(&mut self, step: Step) {
        self.stopwatch.pause();
        (self.on)(&Event::Step {
            done: step.done,
            total: step.total,
            unit: step.unit.to_owned(),
        });
        self.stopwatch.resume();
    }
}

/// Share of the samples predicted right; asks between blocks whether anyone still wants to know, and
/// says how many are done.
fn accuracy(
    model: &dyn Classifier,
    data: &Dataset,
    cancellation: &Cancellation,
    on: &mut dyn FnMut(usize),
) -> Result<f64, Cancelled> {
    let mut right = 0;
    for start in (0..data.len()).step_by(BLOCK) {
        cancellation.check()?;
        on(start);
        let block = start..data.len().min(start + BLOCK);
        let predicted = model.scores(&data.samples().slice(block.clone())).labels();
        let truth = &data.labels()[block];
        right += predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
    }
    // The fit goes on with as little in memory as it had.
    data.samples().release();
    Ok(right as f64 / data.len().max(1) as f64)
}

/// The scores of the samples and the median time of computing them.
fn timed_prediction(model: &dyn Classifier, judged: &Sealed) -> (Scores, Duration) {
    let total = Stopwatch::start();
    let mut times = Vec::new();
    loop {
        let stopwatch = Stopwatch::start();
        let scores = model.scores(judged.samples());
        times.push(stopwatch.elapsed());
        if total.elapsed() >= PREDICTION_TIME || times.len() == MOST_PREDICTIONS {
            times.sort_unstable();
            return (scores, times[times.len() / 2]);
        }
    }
}

/// Log-probabilities scaled by the temperature that suits the calibration samples best, and it.
fn calibrated(
    model: &dyn Classifier,
    logs: Option<Scores>,
    calibration: Option<&Dataset>,
) -> (Option<Scores>, Option<Temperature>) {
    let (Some(logs), Some(data)) = (&logs, calibration) else {
        return (logs, None);
    };
    let held_out = model.log_probabilities(data.samples());
    let Some(held_out) = held_out else {
        return (Some(logs.clone()), None);
    };
    let temperature = Temperature::fit(held_out.values(), data.labels());
    let scaled = at_temperature(logs.values(), logs.len(), temperature.value);
    (Some(Scores::new(scaled, logs.classes())), Some(temperature))
}

/// Times of predicting the first samples one by one.
fn latency(model: &dyn Classifier, judged: &Sealed) -> Latency {
    let total = Stopwatch::start();
    let mut times = Vec::new();
    for image in 0..judged.len() {
        let one = judged.samples().slice(image..image + 1);
        let stopwatch = Stopwatch::start();
        std::hint::black_box(model.scores(&one));
        times.push(stopwatch.elapsed().as_secs_f64());
        let long = total.elapsed() >= LATENCY_TIME && times.len() >= LEAST_LATENCIES;
        if long || times.len() == MOST_LATENCIES {
            break;
        }
    }
    Latency::of(times)
}
