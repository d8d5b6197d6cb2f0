//! Probabilities: temperature, calibration, curves over thresholds and areas under them.

use crate::page::{Aim, Page, Random, below, holds, normal, rates};
use rand::RngExt;
use statistics::{
    AreaDifference, CurvePlaces, FEWEST_FOR_AREA, Interval, Temperature, area_interval,
    at_temperature, class_area, consistency_band, corp, log_loss, spiegelhalter, threshold_curves,
};
use statrs::distribution::{ContinuousCDF, Normal};

pub(crate) fn simulate(page: &mut Page) {
    calibration(page);
    temperature(page);
    areas(page);
    curves(page);
}

fn calibration(page: &mut Page) {
    page.section(
        "Calibration",
        "Confidences between 0.5 and 1 that mean what they say. The band is judged at 0.8.",
    );
    for samples in [20, 100, 1_000] {
        let [found, held] = rates(|random| {
            let confidences: Vec<f64> = (0..samples)
                .map(|_| 0.5 + 0.5 * random.random::<f64>())
                .collect();
            let right: Vec<bool> = confidences
                .iter()
                .map(|p| random.random::<f64>() < *p)
                .collect();
            let band = consistency_band(&confidences, &[0.8], 0.95, 200, random.random());
            let steps = corp(&confidences, &right).steps;
            let at = steps.iter().find(|step| step.to >= 0.8).or(steps.last());
            let test = spiegelhalter(&confidences, &right);
            [
                test.is_some_and(|test| test.p <= 0.05),
                at.is_some_and(|step| holds(band[0], step.frequency)),
            ]
        });
        let place = format!("{samples} samples");
        page.rate("Spiegelhalter", &place, Aim::Size, found);
        page.rate("consistency band of CORP", &place, Aim::Coverage, held);
    }
}

/// Log-probabilities of three classes and labels that follow them at a temperature.
fn draw(
    random: &mut Random,
    samples: usize,
    sharpness: f64,
    temperature: f64,
) -> (Vec<f32>, Vec<usize>) {
    let (mut logs, mut labels) = (Vec::new(), Vec::new());
    for _ in 0..samples {
        let logits: [f64; 3] = std::array::from_fn(|_| sharpness * normal(random));
        let total = logits.iter().map(|logit| logit.exp()).sum::<f64>().ln();
        let row = logits.map(|logit| (logit - total) as f32);
        let mut left = random.random::<f64>();
        let truth = at_temperature(&row, 1, temperature);
        let label = truth.iter().position(|log| {
            left -= f64::from(*log).exp();
            left < 0.0
        });
        logs.extend(row);
        labels.push(label.unwrap_or(2));
    }
    (logs, labels)
}

fn temperature(page: &mut Page) {
    page.section(
        "Temperature",
        "Three classes, labels drawn at a true temperature: whether ln T ± 1.96 standard errors holds it, and \
         how often the log-loss
         of 1 000 new samples is worse than unscaled by more than 0.05 nats.",
    );
    for (samples, sharpness, truth) in [
        (20, 2.0, 1.0),
        (100, 2.0, 1.0),
        (100, 2.0, 2.0),
        (1_000, 2.0, 1.0),
        (1_000, 2.0, 2.0),
        (20, 6.0, 1.0),
        (100, 6.0, 0.3),
    ] {
        let [held, worse, bound] = rates(|random| {
            let (logs, labels) = draw(random, samples, sharpness, truth);
            let found = Temperature::fit(&logs, &labels);
            let middle = found.value.ln();
            let half = 1.96 * found.log_error.unwrap_or(f64::INFINITY);
            let interval = Interval {
                low: middle - half,
                high: middle + half,
            };
            let (logs, labels) = draw(random, 1_000, sharpness, truth);
            let after = log_loss(&at_temperature(&logs, 1_000, found.value), &labels);
            [
                holds(interval, truth.ln()),
                after > 0.05 + log_loss(&logs, &labels),
                found.at_bound,
            ]
        });
        let place = format!("{samples} samples, logits of {sharpness}, T {truth}");
        page.rate("ln T ± 1.96 errors", &place, Aim::Coverage, held);
        page.rate("worse by 0.05 nats", &place, Aim::AtMost(0.05), worse);
        page.rate("at a bound", &place, Aim::AtMost(0.0), bound);
    }
}

fn areas(page: &mut Page) {
    page.section(
        "Areas under the receiver operating characteristic",
        &format!(
            "Two models, equally good, then one better; then one model alone, as reports ask whether test rows are \
             like training rows. Differences have DeLong's standard error with Brunner and Munzel's degrees of freedom, and \
             there is none with fewer than {FEWEST_FOR_AREA} samples in the class or outside. One area has Newcombe's interval."
        ),
    );
    for (samples, members) in [
        (100, 2),
        (100, 3),
        (100, 5),
        (100, 10),
        (100, 20),
        (100, 50),
        (1_000, 5),
        (1_000, 10),
        (1_000, 20),
        (1_000, 500),
    ] {
        of_one(page, samples, members);
        if members < FEWEST_FOR_AREA {
            continue;
        }
        for apart in [[1.0, 1.0], [2.0, 1.0]] {
            let truth = below(apart[0] / 2.0) - below(apart[1] / 2.0);
            let [found, held] = rates(|random| {
                let inside: Vec<bool> = (0..samples).map(|i| i < members).collect();
                let common: Vec<f64> = (0..samples).map(|_| normal(random)).collect();
                // A common and an own part, of variance 1 each: areas of Φ(apart/2).
                let [first, second] = apart.map(|apart| -> Vec<f64> {
                    let own = common.iter().map(|c| c + normal(random));
                    let pairs = own.zip(&inside);
                    pairs
                        .map(|(own, &inside)| own + if inside { apart } else { 0.0 })
                        .collect()
                });
                let found = AreaDifference::new(&first, &second, &inside).expect("both kinds");
                [
                    found.test().is_some_and(|test| test.p <= 0.05),
                    holds(found.interval(0.95), truth),
                ]
            });
            let place =
                format!("{samples} samples, {members} in the class, areas differ by {truth:.2}");
            if truth == 0.0 {
                page.rate("DeLong's test", &place, Aim::Size, found);
            }
            page.rate("DeLong's interval", &place, Aim::Coverage, held);
        }
    }
}

fn of_one(page: &mut Page, samples: usize, members: usize) {
    for apart in [0.0, 1.0, 2.0] {
        let truth = below(apart / 2.0_f64.sqrt());
        let [found, held] = rates(|random| {
            let inside: Vec<bool> = (0..samples).map(|i| i < members).collect();
            let score = |&inside: &bool| normal(random) + if inside { apart } else { 0.0 };
            let scores: Vec<f64> = inside.iter().map(score).collect();
            let area = class_area(&scores, &inside).expect("both kinds");
            let interval = area_interval(area, members, samples - members, 0.95);
            [!holds(interval, 0.5), holds(interval, truth)]
        });
        let place = format!("{samples} samples, {members} in the class, an area of {truth:.2}");
        if truth == 0.5 {
            page.rate("an area, is 0.5 outside of it", &place, Aim::Size, found);
        }
        page.rate("an area, interval", &place, Aim::Coverage, held);
    }
}

fn curves(page: &mut Page) {
    page.section(
        "Receiver operating characteristic, precision over recall",
        "Scores are normal, in the class by 2 more; bands by 200 drawn test sets, each judged at one place.",
    );
    let log = |score: f64| -((-score).exp().ln_1p()) as f32;
    for (samples, members) in [
        (40, 20),
        (100, 10),
        (100, 50),
        (1_000, 100),
        (1_000_usize, 500_usize),
    ] {
        let place = format!("{samples} samples, {members} in the class");
        let at = [0.05, 0.2, 0.5, 0.8];
        // With a threshold t, Φ(2 − t) of the class are found, and Φ(−t) of the others.
        let true_positives = at.map(|rate| below(2.0 + threshold(rate)));
        let share = members as f64 / samples as f64;
        let precisions = at.map(|recall| {
            let wrong = below(threshold(recall) - 2.0) * (1.0 - share);
            recall * share / (recall * share + wrong)
        });
        let held = rates(|random| {
            let labels: Vec<usize> = (0..samples).map(|i| usize::from(i < members)).collect();
            let row = |&label: &usize| {
                let score = normal(random) + 2.0 * label as f64 - 1.0;
                [log(-score), log(score)]
            };
            let logs: Vec<f32> = labels.iter().flat_map(row).collect();
            let places = CurvePlaces {
                rates: &at,
                recalls: &at,
                draws: 200,
                seed: random.random(),
                groups: None,
            };
            let [roc, precision] = threshold_curves(&logs, &labels, places).expect("both kinds");
            let truths = true_positives.into_iter().chain(precisions);
            let mut points = roc.iter().chain(&precision).zip(truths);
            std::array::from_fn::<_, 8, _>(|_| {
                let (point, truth) = points.next().expect("eight places");
                holds(point.band.expect("sets were drawn"), truth)
            })
        });
        for (rate, held) in at.iter().zip(&held) {
            let place = format!("{place}, at {rate} false positives");
            page.rate("band of true positives", &place, Aim::Coverage, *held);
        }
        for (recall, held) in at.iter().zip(&held[4..]) {
            let place = format!("{place}, at a recall of {recall}");
            page.rate("band of precision", &place, Aim::Coverage, *held);
        }
    }
}

/// The z that a share of a normal population is below.
fn threshold(share: f64) -> f64 {
    Normal::standard().inverse_cdf(share)
}
