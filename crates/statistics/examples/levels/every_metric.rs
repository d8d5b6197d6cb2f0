//! Every metric that reports compare by the bootstrap, of models with probabilities of three classes.

use crate::page::{Aim, Page, RUNS, Random, holds, normal, rates};
use rand::{RngExt, SeedableRng};
use statistics::{
    ConfusionMatrix, FEWEST_DIFFERING, FEWEST_FOR_CURVES, FEWEST_OF_A_CLASS, FEWEST_SCORED,
    PairedBootstrap, SimultaneousDifference, average_precision_influences, brier_scores,
    confidences, log_losses, ranks, roc_auc_influences,
};

const DRAWS: usize = 399;
const CLASSES: usize = 3;

/// As reports have them.
const BINS: usize = 15;

/// Samples from which the true values are: they stray by less than a twentieth of what an interval is wide.
const POPULATION: usize = 1_000_000;

/// What each metric needs before it is tested.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    /// That predictions differ, and samples of each class.
    Predictions,
    /// Samples on which they differ.
    Shares,
    /// Samples of each class.
    Classes,
    /// Samples.
    Samples,
    /// It is not compared: chance adds to it, and more to the better calibrated model.
    NotCompared,
}

const COUNT: usize = 12;

const METRICS: [(&str, Needs); COUNT] = [
    ("macro precision", Needs::Predictions),
    ("macro-F1", Needs::Predictions),
    ("weighted precision", Needs::Predictions),
    ("weighted F1", Needs::Predictions),
    ("Cohen's κ", Needs::Predictions),
    ("Matthews", Needs::Predictions),
    ("top 2", Needs::Shares),
    ("log-loss", Needs::Samples),
    ("Brier", Needs::Samples),
    ("ROC-AUC", Needs::Classes),
    ("PR-AUC", Needs::Classes),
    ("ECE", Needs::NotCompared),
];

/// A place of the simulation.
struct Place {
    samples: usize,
    /// The share of each class.
    shares: [f64; CLASSES],
    /// By how much the logit of the truth is larger: of each model.
    signals: &'static [f64],
    /// All logits are multiplied by it.
    sharpness: f64,
    /// On the other side of the bounds of probabilities and areas: what reports leave out.
    left_out: bool,
}

/// Of a smaller class nothing can be said at all.
const FEWEST_AT_ALL: usize = 5;

/// What a model said of the samples, and of which class they are.
struct Said {
    labels: Vec<usize>,
    /// Of each sample: the prediction, and what it adds to log-loss, Brier, top 2 and both areas.
    of_samples: Vec<(usize, [f64; 5])>,
    areas: [f64; 2],
    /// The range of its confidence, and how much too sure it is.
    bins: Vec<(usize, f64)>,
}

impl Said {
    fn new(logs: &[f32], labels: &[usize]) -> Self {
        let nothing = || (f64::NAN, vec![0.0; labels.len()]);
        let (roc, of_roc) = roc_auc_influences(logs, labels).unwrap_or_else(nothing);
        let (precision, of_precision) =
            average_precision_influences(logs, labels).unwrap_or_else(nothing);
        let share = |found: bool| f64::from(u8::from(found));
        let scores = log_losses(logs, labels).zip(brier_scores(logs, labels));
        let of_samples = scores
            .zip(ranks(logs, labels))
            .zip(of_roc.into_iter().zip(of_precision))
            .zip(logs.chunks(CLASSES));
        let of_samples = of_samples.map(|((((loss, brier), rank), (roc, precision)), row)| {
            let predicted = (1..CLASSES).fold(
                0,
                |best, class| {
                    if row[class] > row[best] { class } else { best }
                },
            );
            (predicted, [loss, brier, share(rank < 2), roc, precision])
        });
        let bins = confidences(logs, labels, BINS);
        Self {
            labels: labels.to_vec(),
            of_samples: of_samples.collect(),
            areas: [roc, precision],
            bins: bins
                .map(|(bin, sure, right)| (bin, sure - share(right)))
                .collect(),
        }
    }

    /// All metrics of the test set that has every sample so many times.
    fn metrics(&self, times: &[u32]) -> [f64; COUNT] {
        let mut counts = vec![vec![0; CLASSES]; CLASSES];
        let (mut sums, mut bins) = ([0.0; 5], [0.0; BINS]);
        for (sample, &times) in times.iter().enumerate() {
            let (predicted, scores) = &self.of_samples[sample];
            counts[self.labels[sample]][*predicted] += times as usize;
            for (sum, score) in sums.iter_mut().zip(scores) {
                *sum += f64::from(times) * score;
            }
            let (bin, too_sure) = self.bins[sample];
            bins[bin] += f64::from(times) * too_sure;
        }
        let counts = ConfusionMatrix::from_counts(counts);
        let all = counts.total() as f64;
        let (by_class, weighted) = (counts.macro_average(), counts.weighted_average());
        [
            by_class.precision,
            by_class.f1,
            weighted.precision,
            weighted.f1,
            counts.kappa(),
            counts.matthews(),
            sums[2] / all,
            sums[0] / all,
            sums[1] / all,
            self.areas[0] + sums[3],
            self.areas[1] + sums[4],
            bins.iter().map(|of| f64::abs(*of)).sum::<f64>() / all,
        ]
    }
}

impl Place {
    /// Logits share half of their variance, so that models err alike.
    fn draw(&self, random: &mut Random, samples: usize) -> Vec<Said> {
        let label = |random: &mut Random| {
            let at = random.random::<f64>();
            usize::from(at >= self.shares[0]) + usize::from(at >= self.shares[0] + self.shares[1])
        };
        let labels: Vec<usize> = (0..samples).map(|_| label(random)).collect();
        let common: Vec<[f64; CLASSES]> = (0..samples)
            .map(|_| std::array::from_fn(|_| normal(random)))
            .collect();
        let model = |&signal: &f64| {
            let rows = labels.iter().zip(&common).flat_map(|(&label, common)| {
                let logits: [f64; CLASSES] = std::array::from_fn(|class| {
                    let of_truth = if class == label { signal } else { 0.0 };
                    self.sharpness * (of_truth + common[class] + normal(random))
                });
                let most = logits.into_iter().fold(f64::MIN, f64::max);
                let total = logits.iter().map(|logit| (logit - most).exp()).sum::<f64>();
                logits.map(|logit| (logit - most - total.ln()) as f32)
            });
            Said::new(&rows.collect::<Vec<f32>>(), &labels)
        };
        self.signals.iter().map(model).collect()
    }

    fn truths(&self) -> Vec<[f64; COUNT]> {
        let said = self.draw(&mut Random::seed_from_u64(5), POPULATION);
        let ones = vec![1; POPULATION];
        said.iter().map(|of| of.metrics(&ones)).collect()
    }

    fn pairs(&self) -> Vec<(usize, usize)> {
        let count = self.signals.len();
        let with = |i: usize| (i + 1..count).map(move |j| (i, j));
        (0..count).flat_map(with).collect()
    }

    /// Of each metric, each pair that is tested: where it is, and what was found. As reports do.
    fn tested(&self, random: &mut Random) -> Vec<Vec<((usize, usize), SimultaneousDifference)>> {
        let said = self.draw(random, self.samples);
        let bootstrap = PairedBootstrap::new(self.samples, DRAWS, random.random(), |times| {
            said.iter().flat_map(|of| of.metrics(times)).collect()
        });
        let of_class = |class| said[0].labels.iter().filter(|of| **of == class).count();
        let fewest = (0..CLASSES).map(of_class).min().unwrap_or(0);
        let of_metric = |metric: usize| {
            let pairs = self.pairs().into_iter().filter(|&(first, second)| {
                let (first, second) = (&said[first], &said[second]);
                let differing = |differs: &dyn Fn(usize) -> bool| {
                    (0..self.samples).filter(|&sample| differs(sample)).count() >= FEWEST_DIFFERING
                };
                let predictions =
                    |sample: usize| first.of_samples[sample].0 != second.of_samples[sample].0;
                let top_2 =
                    |sample: usize| first.of_samples[sample].1[2] != second.of_samples[sample].1[2];
                let is_printed = match METRICS[metric].1 {
                    Needs::Predictions => fewest >= FEWEST_OF_A_CLASS && differing(&predictions),
                    Needs::Shares => self.samples >= FEWEST_SCORED && differing(&top_2),
                    Needs::Classes => fewest >= FEWEST_FOR_CURVES,
                    Needs::Samples | Needs::NotCompared => self.samples >= FEWEST_SCORED,
                };
                let has_bound = match METRICS[metric].1 {
                    Needs::Predictions | Needs::NotCompared => false,
                    Needs::Shares => differing(&top_2),
                    Needs::Classes | Needs::Samples => fewest >= FEWEST_AT_ALL,
                };
                is_printed != self.left_out && (has_bound || !self.left_out)
            });
            let pairs: Vec<(usize, usize)> = pairs.collect();
            let columns = pairs
                .iter()
                .map(|(i, j)| (i * COUNT + metric, j * COUNT + metric));
            let columns: Vec<(usize, usize)> = columns.collect();
            let found = bootstrap.simultaneous(&columns, 0.05);
            let tested = pairs.into_iter().zip(found);
            tested.filter_map(|(pair, of)| Some((pair, of?))).collect()
        };
        (0..COUNT).map(of_metric).collect()
    }
}

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Every other metric of reports",
        &format!(
            "Models with probabilities of three classes, by max-T over the paired bootstrap. Nothing is tested, and no interval \
             printed: of what is computed from predictions, as in the last section; of areas under curves, where a class has \
             fewer than {FEWEST_FOR_CURVES} samples; of log-loss, Brier and top 2, with fewer than {FEWEST_SCORED} samples \
             in all (top 2 also where they differ on fewer than {FEWEST_DIFFERING}); of ECE, never: where one model is better \
             calibrated, chance adds more to its ECE. Each rate is of the runs in which something is tested, all pairs at once. True \
             differences are those of a million samples. Rates for comparison are of what is left out, on the other side of the \
             bounds. Areas nearly as large as can be (the last places: 0.998) depend on few \
             samples, and their intervals hold less often."
        ),
    );
    let even = [1.0 / 3.0; CLASSES];
    let places = [
        (100, even, &[2.0, 2.0][..], 1.0),
        (100, even, &[2.5, 1.5], 1.0),
        (100, even, &[2.0, 2.0], 4.0),
        (100, even, &[2.5, 1.5], 4.0),
        (200, even, &[2.0, 2.0], 1.0),
        (200, even, &[2.5, 1.5], 1.0),
        (200, even, &[2.0, 2.0, 2.0, 2.0], 1.0),
        (200, even, &[2.5, 2.0, 2.0, 1.5], 1.0),
        (1_000, even, &[2.0, 2.0], 1.0),
        (1_000, even, &[2.5, 2.0], 1.0),
        (1_000, [0.8, 0.1, 0.1], &[2.0, 2.0], 1.0),
        (1_000, [0.8, 0.1, 0.1], &[2.5, 2.0], 1.0),
        (1_000, even, &[4.0, 4.0], 4.0),
        (1_000, even, &[4.5, 4.0], 4.0),
    ];
    let beyond = [
        (30, even, &[2.0, 2.0][..], 1.0),
        (30, even, &[2.5, 1.5], 1.0),
        (60, even, &[2.0, 2.0], 1.0),
        (60, even, &[2.5, 1.5], 1.0),
        (60, even, &[2.5, 1.5], 4.0),
        (100, even, &[2.0, 2.0, 2.0, 2.0], 1.0),
        (100, even, &[2.5, 2.0, 2.0, 1.5], 1.0),
    ];
    let places = places.map(|place| (place, false)).into_iter();
    for ((samples, shares, signals, sharpness), left_out) in
        places.chain(beyond.map(|place| (place, true)))
    {
        let place = Place {
            samples,
            shares,
            signals,
            sharpness,
            left_out,
        };
        at(page, &place);
    }
}

fn at(page: &mut Page, place: &Place) {
    let are_equal = place.signals.iter().all(|of| *of == place.signals[0]);
    let truths = if are_equal {
        vec![[0.0; COUNT]; place.signals.len()]
    } else {
        place.truths()
    };
    let found: [f64; 3 * COUNT] = rates(|random| {
        let tested = place.tested(random);
        std::array::from_fn(|at| {
            let (metric, what) = (at / 3, at % 3);
            let of = &tested[metric];
            let held = of
                .iter()
                .all(|&((i, j), of)| holds(of.interval, truths[i][metric] - truths[j][metric]));
            match what {
                0 => of.iter().any(|(_, of)| of.different),
                1 => !of.is_empty() && held,
                _ => !of.is_empty(),
            }
        })
    });
    let shares = match place.shares[0] {
        most if most > 0.5 => format!("a class of {most}"),
        _ => "even classes".to_owned(),
    };
    let differ = if are_equal { "equal" } else { "some better" };
    let (models, sharpness) = (place.signals.len(), place.sharpness);
    let words = format!(
        "{models} models, {differ}, {} samples, {shares}, logits × {sharpness}",
        place.samples
    );
    for (metric, of) in found.chunks(3).enumerate() {
        let name = METRICS[metric].0;
        // With fewer runs there is nothing to see.
        if of[2] < 0.02 {
            continue;
        }
        let is_printed = METRICS[metric].1 != Needs::NotCompared && !place.left_out;
        let aims = match are_equal {
            _ if !is_printed => [Aim::Instead; 2],
            true => [Aim::Size, Aim::Coverage],
            false => [Aim::Power, Aim::Coverage],
        };
        let runs = (of[2] * RUNS as f64).round() as usize;
        page.rate_of(
            &format!("{name}, test"),
            &words,
            aims[0],
            of[0] / of[2],
            runs,
        );
        page.rate_of(
            &format!("{name}, interval"),
            &words,
            aims[1],
            of[1] / of[2],
            runs,
        );
    }
}
