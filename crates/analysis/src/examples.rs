//! Small reports, for tests and for whoever wants to see what a report holds.

use crate::report::Report;
use records::examples::{CELL, fitted, records, run, with_errors};
use records::{
    Cell, EpochRecord, FitRecord, Fitted, Importance, Latency, Outcome, Role, RunRecord,
};

/// The report of a run with up to three seeds, of models that get so many of 1 000 images wrong with
/// each.
pub fn with_seeds(models: &[(&str, &[usize])]) -> Report {
    let names: Vec<&str> = models.iter().map(|(id, _)| *id).collect();
    let mut run = run(&names, &[0, 1].repeat(500));
    run.protocol.seeds = 3;
    for (planned, (_, errors)) in run.models.iter_mut().zip(models) {
        planned.fits = errors.len();
    }
    let cell = |seed: u16| Cell {
        role: match seed {
            0 => Role::Main,
            n => Role::OtherSeed(n),
        },
        seed: CELL.seed + u64::from(seed),
        ..CELL
    };
    let fits = models.iter().flat_map(|(id, errors)| {
        let errors = (0..).zip(*errors);
        errors.map(|(seed, &wrong)| with_errors(&run, id, cell(seed), wrong))
    });
    report(fits.collect(), run.clone())
}

/// The report of models that get so many of `images` images wrong, and take so many seconds to fit.
pub fn with_costs(models: &[(&str, usize, f64)], images: usize) -> Report {
    let names: Vec<&str> = models.iter().map(|(id, ..)| *id).collect();
    let run = run(&names, &[0, 1].repeat(images / 2));
    let fits = models.iter().map(|&(id, wrong, seconds)| {
        let mut fit = with_errors(&run, id, CELL, wrong);
        if let Outcome::Finished(fitted) = &mut fit.outcome {
            fitted.fit_seconds = Some(seconds);
        }
        fit
    });
    report(fits.collect(), run.clone())
}

/// The report of these fits.
pub fn report(fits: Vec<FitRecord>, run: RunRecord) -> Report {
    Report::new(records(run, fits))
}

/// Images that a [`crowd`] is judged on.
const JUDGED: u64 = 600;

/// The report of models that have everything: probabilities, epochs and a learning curve, but for every
/// fourth, which has none. Each makes more mistakes than the one before it, and every fifth is the
/// one before it again.
pub fn crowd(models: &[&str], class_names: &[&str]) -> Report {
    let classes = class_names.len() as u64;
    let labels: Vec<u16> = (0..JUDGED).map(|image| (image % classes) as u16).collect();
    let mut run = run(models, &labels);
    run.dataset.classes = class_names.len();
    run.dataset.class_names = class_names.iter().map(|name| (*name).to_owned()).collect();
    let mut fits = Vec::new();
    for (model, (id, planned)) in (0..).zip(models.iter().zip(&mut run.models)) {
        let roles = match model % 4 {
            3 => vec![Role::Main],
            _ => vec![Role::Main, Role::Smaller(10), Role::Smaller(30)],
        };
        planned.fits = roles.len();
        for role in roles {
            let fitted = member(model, role, &labels, classes);
            let outcome = Outcome::Finished(Box::new(fitted));
            fits.push(records::examples::fit(id, Cell { role, ..CELL }, outcome));
        }
    }
    report(fits, run)
}

/// What a member predicts of each image, and the logarithms of its probabilities.
fn answers(like: u64, images: usize, labels: &[u16], classes: u64) -> (Vec<u16>, Vec<f32>) {
    // Of a thousand.
    let wrong = (15 + 12 * like) * 100 / images as u64;
    let mut predictions = Vec::new();
    let mut logs = Vec::new();
    for (image, &label) in (0..).zip(labels) {
        let luck = scattered(image);
        // Not all fail on the same images; most mistakes are of neighbours.
        let fails = (luck + 77 * like) % 1000 < wrong.min(900);
        let step = if (luck / 1000).is_multiple_of(3) {
            2
        } else {
            1
        };
        let predicted = if fails {
            (u64::from(label) + step) % classes
        } else {
            label.into()
        };
        let sure = (70 + scattered(image + like) % 29) as f32 / 100.0;
        let others = ((1.0 - sure) / (classes - 1) as f32).ln();
        logs.extend((0..classes).map(|class| {
            if class == predicted {
                sure.ln()
            } else {
                others
            }
        }));
        predictions.push(predicted as u16);
    }
    (predictions, logs)
}

/// A number without a pattern: the finalizer of `SplitMix64` (Steele, Lea and Flood 2014).
fn scattered(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn member(model: u64, role: Role, labels: &[u16], classes: u64) -> Fitted {
    let like = if model % 5 == 4 { model - 1 } else { model };
    let images = if let Role::Smaller(images) = role {
        images
    } else {
        100
    };
    let (predictions, logs) = answers(like, images, labels, classes);
    let epoch = |epoch: usize| EpochRecord {
        epoch,
        training_loss: 1.0 / epoch as f64,
        train_accuracy: 0.98 - 0.02 * like as f64 - 0.3 / epoch as f64,
        judged_accuracy: 0.97 - 0.02 * like as f64 - 0.3 / epoch as f64,
    };
    let seconds = 10_f64.powi((like % 6) as i32 - 3) * images as f64;
    Fitted {
        parameters: Some(1000 * (1 + scattered(like) as usize % 5000)),
        fit_seconds: Some(seconds),
        predict_seconds: Some(seconds / 50.0),
        latency: Some(Latency {
            p50: seconds / 3e4,
            p99: seconds / 1e4,
            images: labels.len(),
        }),
        peak_memory_bytes: Some((1 + scattered(like) as usize % 900) << 20),
        epochs: if model % 4 == 3 {
            Vec::new()
        } else {
            (1..=12).map(epoch).collect()
        },
        importance: if model % 4 == 3 {
            Vec::new()
        } else {
            importance(model, images)
        },
        log_probabilities: (model % 4 != 3).then_some(logs),
        ..fitted(&predictions)
    }
}

/// What four columns are worth: less and less, the last one nothing.
fn importance(model: u64, rows: usize) -> Vec<Importance> {
    let names = ["age", "a column with a long name", "fare", "number"];
    let worth = |(i, name): (u64, &str)| {
        let lost = ((3 - i) * rows as u64 * (8 + scattered(model) % 5) / 60) as f64;
        Importance {
            column: name.to_owned(),
            rows,
            sum: lost,
            squares: lost * 0.9,
        }
    };
    (0..).zip(names).map(worth).collect()
}
