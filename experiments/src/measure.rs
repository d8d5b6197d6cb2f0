//! One fit, measured: the model's own time and memory, then what its predictions are worth.

use crate::limits::{Limits, within};
use crate::memory;
use crate::plan::ReadyModel;
use crate::progress::Progress;
use crate::stopwatch::Stopwatch;
use catalog::Sealed;
use classifier::{
    Cancellation, Cancelled, Classifier, Epoch, FitContext, FitError, Observer, Scores, Silent,
    Step, with_threads,
};
use data::Dataset;
use report::{EpochRecord, Fitted, Latency, LinearRecord, Mistake, Outcome};
use statistics::{at_temperature, temperature};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Mistakes kept for the gallery.
const MISTAKES: usize = 18;
/// Prediction is timed at least once, and again until it took this long in all.
const PREDICTION_TIME: Duration = Duration::from_millis(500);
const MOST_PREDICTIONS: usize = 15;
/// Single images are timed for as long, or until there are as many times; at least enough for one in
/// a hundred to be slower than a percentile.
const LATENCY_TIME: Duration = Duration::from_millis(200);
const MOST_LATENCIES: usize = 1_000;
const LEAST_LATENCIES: usize = 200;
/// Samples per step of an evaluation that can be called off.
const BLOCK: usize = 2_000;

/// What every fit of a run has in common.
#[derive(Debug, Clone)]
pub(crate) struct Conditions {
    pub(crate) threads: usize,
    pub(crate) limits: Limits,
    pub(crate) cancellation: Cancellation,
}

/// The images of one fit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FitData<'a> {
    pub(crate) train: &'a Dataset,
    /// What probabilities are scaled on, if they are.
    pub(crate) calibration: Option<&'a Dataset>,
    pub(crate) judged: &'a Sealed,
}

/// Fits a model and evaluates it.
pub(crate) fn measure(
    model: &ReadyModel,
    seed: u64,
    data: FitData<'_>,
    conditions: &Conditions,
    progress: &mut Progress,
) -> Outcome {
    let attempt = || {
        with_threads(conditions.threads, || {
            fit_and_evaluate(model, seed, data, conditions, progress)
        })
    };
    match guarded(attempt) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(FitError::Cancelled(_))) => Outcome::Cancelled,
        Ok(Err(error)) => Outcome::Failed {
            reason: error.to_string(),
        },
        Err(reason) => Outcome::Failed { reason },
    }
}

/// Runs what a model's code is part of. The error is what it said when it panicked: that is a failed
/// row of the table, not the end of the others.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("without a message").replace('\n', " ");
        format!("panicked: {text}")
    })
}

/// Fits a model without looking at how it goes.
pub(crate) fn fit_alone(
    model: &ReadyModel,
    seed: u64,
    train: &Dataset,
    conditions: &Conditions,
) -> Result<Box<dyn Classifier>, FitError> {
    fit_alone_timed(model, seed, train, conditions).0
}

/// The same with the seconds that it took.
pub(crate) fn fit_alone_timed(
    model: &ReadyModel,
    seed: u64,
    train: &Dataset,
    conditions: &Conditions,
) -> (Result<Box<dyn Classifier>, FitError>, f64) {
    let stopwatch = Arc::new(Mutex::new(Stopwatch::start()));
    let fit = || {
        let (fitted, exceeded) = within(
            conditions.limits,
            &conditions.cancellation,
            &stopwatch,
            |own| {
                let mut silent = Silent;
                let threads = conditions.threads;
                let mut context = FitContext::new(seed, threads, own.clone(), &mut silent);
                let fitted = model.recipe.fit(train, &mut context);
                // What a limit waits for afterwards is not the model's time.
                stopwatch.lock().expect("no holder panics").pause();
                fitted
            },
        );
        match exceeded {
            Some(limit) => Err(FitError::Declined {
                reason: limit.to_string(),
            }),
            None => fitted,
        }
    };
    let attempt = || with_threads(conditions.threads, fit);
    let fitted = guarded(attempt).unwrap_or_else(|reason| Err(FitError::Declined { reason }));
    let seconds = stopwatch.lock().expect("no holder panics").elapsed();
    (fitted, seconds.as_secs_f64())
}

fn fit_and_evaluate(
    model: &ReadyModel,
    seed: u64,
    data: FitData<'_>,
    conditions: &Conditions,
    progress: &mut Progress,
) -> Result<Outcome, FitError> {
    let FitData { train, judged, .. } = data;
    let looks_before = judged.looks();
    memory::restart();
    let stopwatch = Arc::new(Mutex::new(Stopwatch::start()));
    let mut watch = Watch {
        stopwatch: Arc::clone(&stopwatch),
        peak: 0,
        train,
        judged,
        cancellation: &conditions.cancellation,
        epochs: Vec::new(),
        progress,
    };
    let (fitted, exceeded) = within(
        conditions.limits,
        &conditions.cancellation,
        &stopwatch,
        |own| {
            let threads = conditions.threads;
            let mut context = FitContext::new(seed, threads, own.clone(), &mut watch);
            let fitted = model.recipe.fit(train, &mut context);
            watch.pause();
            fitted
        },
    );
    let called_off = exceeded.map(|limit| limit.to_string());
    // A peak may have come and gone between two looks of the guard.
    let too_large = conditions.limits.exceeded(Duration::ZERO, watch.peak);
    if let Some(reason) = called_off.or_else(|| Some(too_large?.to_string())) {
        return Ok(Outcome::Failed { reason });
    }
    let classifier = fitted?;
    let Watch { peak, epochs, .. } = watch;
    let fit_time = stopwatch.lock().expect("no holder panics").elapsed();
    progress.evaluating();

    let (scores, predict_time) = timed_prediction(classifier.as_ref(), judged);
    let logs = classifier.log_probabilities(judged.samples());
    let (logs, temperature) = calibrated(classifier.as_ref(), logs, data.calibration);
    let train_accuracy = match epochs.last() {
        Some(last) => last.train_accuracy,
        None => accuracy(classifier.as_ref(), train, &conditions.cancellation)?,
    };
    let mistakes = most_confident_mistakes(judged.look(), &scores, logs.as_ref());
    let predicted = scores.labels().into_iter();
    let certificate = classifier.certificate().into_iter();
    Ok(Outcome::Finished(Box::new(Fitted {
        parameters: classifier.parameter_count(),
        fit_seconds: fit_time.as_secs_f64(),
        predict_seconds: predict_time.as_secs_f64(),
        latency: latency(classifier.as_ref(), judged),
        peak_memory_bytes: peak,
        train_accuracy,
        predictions: predicted.map(|class| class as u16).collect(),
        log_probabilities: logs.map(|logs| logs.values().to_vec()),
        temperature,
        looks: judged.looks() - looks_before,
        mistakes,
        epochs,
        certificate: certificate
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect(),
        linear: classifier.linear_weights().map(|linear| LinearRecord {
            weights: linear.weights,
            biases: linear.biases,
        }),
    })))
}

/// Evaluates after each epoch while the stopwatch stands still.
struct Watch<'a> {
    /// Shared with whoever looks after the time limit.
    stopwatch: Arc<Mutex<Stopwatch>>,
    peak: usize,
    train: &'a Dataset,
    judged: &'a Sealed,
    cancellation: &'a Cancellation,
    epochs: Vec<EpochRecord>,
    progress: &'a mut Progress,
}

impl Watch<'_> {
    fn pause(&mut self) {
        self.stopwatch.lock().expect("no holder panics").pause();
        self.peak = self.peak.max(memory::peak());
    }

    fn resume(&mut self) {
        memory::restart();
        self.stopwatch.lock().expect("no holder panics").resume();
    }
}

impl Observer for Watch<'_> {
    fn epoch(&mut self, epoch: Epoch, model: &dyn Classifier) {
        self.pause();
        let evaluate = |data| accuracy(model, data, self.cancellation);
        // Cancelled: the model hears of it next.
        if let (Ok(train_accuracy), Ok(test_accuracy)) =
            (evaluate(self.train), evaluate(self.judged.look()))
        {
            self.epochs.push(EpochRecord {
                epoch: epoch.number,
                training_loss: epoch.training_loss,
                train_accuracy,
                test_accuracy,
            });
            self.progress.epoch(epoch, test_accuracy);
        }
        self.resume();
    }

    fn step(&mut self, step: Step) {
        self.pause();
        self.progress.step(step);
        self.resume();
    }
}

/// Share of the images predicted right; asks between blocks whether anyone still wants to know.
fn accuracy(
    model: &dyn Classifier,
    data: &Dataset,
    cancellation: &Cancellation,
) -> Result<f64, Cancelled> {
    let mut right = 0;
    for start in (0..data.len()).step_by(BLOCK) {
        cancellation.check()?;
        let block = start..data.len().min(start + BLOCK);
        let predicted = model.scores(&data.samples().slice(block.clone())).labels();
        let truth = &data.labels()[block];
        right += predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
    }
    Ok(right as f64 / data.len().max(1) as f64)
}

/// The scores of the images and the median time of computing them.
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

/// Log-probabilities scaled by the temperature that suits the calibration images best, and it.
fn calibrated(
    model: &dyn Classifier,
    logs: Option<Scores>,
    calibration: Option<&Dataset>,
) -> (Option<Scores>, Option<f64>) {
    let (Some(logs), Some(data)) = (&logs, calibration) else {
        return (logs, None);
    };
    let held_out = model.log_probabilities(data.samples());
    let Some(held_out) = held_out else {
        return (Some(logs.clone()), None);
    };
    let temperature = temperature(held_out.values(), data.labels());
    let scaled = at_temperature(logs.values(), logs.len(), temperature);
    (Some(Scores::new(scaled, logs.classes())), Some(temperature))
}

/// Times of predicting the first images one by one.
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
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let rank = (share * times.len() as f64).ceil() as usize;
        times.get(rank.max(1) - 1).copied().unwrap_or(0.0)
    };
    Latency {
        p50: at(0.5),
        p99: at(0.99),
        images: times.len(),
    }
}

/// Wrong predictions, surest first: by probability where there is one, else by the margin of the
/// best score over the second.
fn most_confident_mistakes(test: &Dataset, scores: &Scores, logs: Option<&Scores>) -> Vec<Mistake> {
    let predicted = scores.labels();
    let confidence = |image: usize| match logs {
        Some(logs) => row(logs, image)[predicted[image]],
        None => margin(row(scores, image)),
    };
    let mut wrong: Vec<usize> = (0..test.len())
        .filter(|&image| predicted[image] != test.labels()[image])
        .collect();
    wrong.sort_by(|&a, &b| confidence(b).total_cmp(&confidence(a)).then(a.cmp(&b)));
    wrong.truncate(MISTAKES);
    let mistake = |image: usize| Mistake {
        image,
        truth: test.labels()[image],
        predicted: predicted[image],
        probability: logs.map(|_| f64::from(confidence(image)).exp()),
        pixels: test.samples().grey_levels(image).into_owned(),
    };
    wrong.into_iter().map(mistake).collect()
}

fn row(scores: &Scores, image: usize) -> &[f32] {
    &scores.values()[image * scores.classes()..(image + 1) * scores.classes()]
}

fn margin(row: &[f32]) -> f32 {
    let mut sorted: Vec<f32> = row
        .iter()
        .copied()
        .filter(|score| !score.is_nan())
        .collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    match sorted.as_slice() {
        [best, second, ..] => best - second,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::{PictureShape, Samples};

    fn four_images() -> Dataset {
        let shape = PictureShape {
            rows: 1,
            columns: 1,
        };
        let images = Samples::from_pixels(shape, vec![0, 1, 2, 3]).unwrap();
        let names = ["a", "b", "c"].map(str::to_owned);
        Dataset::new(images, vec![0, 1, 2, 0], names.into()).unwrap()
    }

    #[test]
    fn mistakes_are_ordered_by_margin_and_by_probability() {
        let test = four_images();
        let scores = Scores::new(
            vec![1.0, 3.0, 0.0, 0.0, 5.0, 0.0, 0.0, 9.0, 1.0, 2.0, 0.0, 2.5],
            3,
        );
        let by_margin = most_confident_mistakes(&test, &scores, None);
        let images: Vec<usize> = by_margin.iter().map(|mistake| mistake.image).collect();
        assert_eq!(images, [2, 0, 3]);
        assert_eq!((by_margin[0].truth, by_margin[0].predicted), (2, 1));
        assert_eq!(by_margin[0].probability, None);

        let mut logs = scores.values().to_vec();
        logs[11] = -0.1;
        logs[1] = -0.2;
        logs[7] = -0.3;
        let by_probability = most_confident_mistakes(&test, &scores, Some(&Scores::new(logs, 3)));
        let images: Vec<usize> = by_probability.iter().map(|mistake| mistake.image).collect();
        assert_eq!(images, [3, 0, 2]);
        assert!((by_probability[0].probability.unwrap() - (-0.1_f64).exp()).abs() < 1e-7);
    }
}
