//! The control of shuffled labels, and luck of many looks.

use crate::page::{Aim, Page, RUNS, Random, normal, rates, rates_of};
use rand::{RngExt, SeedableRng};
use statistics::{
    Looks, binomial_tail, luck_bound, right, share_right, shuffled_labels, shuffles_to_fail,
};
use std::fmt::Write;

/// An honest comparison may fail so often.
const LEVEL: f64 = 1e-4;

/// Comparisons of which failures are counted.
const COMPARISONS: usize = 200_000;

/// Runs of each leak.
const LEAK_RUNS: usize = RUNS / 10;

/// Samples of the control, in training and in test.
const SAMPLES: usize = 200;

pub(crate) fn simulate(page: &mut Page) {
    honest(page);
    leaks(page);
    looks(page);
}

/// Each of `clusters` clusters is predicted to be of a random class by each fit.
fn honest(page: &mut Page) {
    page.section(
        "Shuffled labels: honest models",
        &format!(
            "A test set in clusters, each of one class; a fit to random labels gives each cluster a random class. \
             Beside the bets of this crate is a binomial test of one shuffle at the same level, which takes \
             samples to be independent. Each rate is of {COMPARISONS} runs."
        ),
    );
    for (classes, clusters) in [(2_u32, 2_u32), (2, 20), (10, 10), (10, 30), (10, 200)] {
        let shuffles =
            shuffles_to_fail(1.0, 1.0 / f64::from(classes), LEVEL).expect("above chance");
        let [bets, binomial] = rates_of(COMPARISONS, |random| {
            let accuracies: Vec<f64> = (0..2 * shuffles)
                .map(|_| {
                    let hit = (0..clusters).filter(|_| random.random_range(0..classes) == 0);
                    hit.count() as f64 / f64::from(clusters)
                })
                .collect();
            let count = (accuracies[0] * SAMPLES as f64).round() as usize;
            [
                !shuffled_labels(&accuracies, 1.0 / f64::from(classes), LEVEL).passed,
                binomial_tail(count, SAMPLES, 1.0 / f64::from(classes)) < LEVEL,
            ]
        });
        let place = format!(
            "{classes} classes, {clusters} clusters, {} shuffles",
            2 * shuffles
        );
        page.rate_of("bets", &place, Aim::AtMost(LEVEL), bets, COMPARISONS);
        let place = format!("{classes} classes, {clusters} clusters, 1 shuffle");
        page.rate_of("binomial test", &place, Aim::Instead, binomial, COMPARISONS);
    }
}

/// A set of samples: features and the true class of each.
struct Samples {
    features: Vec<[f64; 3]>,
    truth: Vec<usize>,
}

impl Samples {
    /// Classes are clusters. The third feature is for leaks.
    fn draw(random: &mut Random, classes: usize) -> Self {
        let truth: Vec<usize> = (0..SAMPLES).map(|i| i % classes).collect();
        let features = truth.iter().map(|&class| {
            let angle = std::f64::consts::TAU * class as f64 / classes as f64;
            [
                5.0 * angle.cos() + normal(random),
                5.0 * angle.sin() + normal(random),
                0.0,
            ]
        });
        Self {
            features: features.collect(),
            truth,
        }
    }

    /// Writes labels where a model can read them.
    fn mark(&mut self, labels: &[usize]) {
        for (features, &label) in self.features.iter_mut().zip(labels) {
            features[2] = 100.0 * label as f64;
        }
    }
}

/// The label of the nearest training sample: a model that remembers.
fn nearest(train: &Samples, labels: &[usize], test: &Samples) -> Vec<usize> {
    let distance = |a: &[f64; 3], b: &[f64; 3]| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
    };
    let one = |features: &[f64; 3]| {
        let distances = train.features.iter().map(|of| distance(of, features));
        let least = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        labels[least.expect("training samples").0]
    };
    test.features.iter().map(one).collect()
}

fn draw_labels(random: &mut Random, classes: usize) -> Vec<usize> {
    (0..SAMPLES)
        .map(|_| random.random_range(0..classes))
        .collect()
}

/// What a leaking model gets right in one shuffle.
#[derive(Clone, Copy)]
enum Leak {
    /// None.
    Honest,
    /// A share of test samples is in training, and labels are drawn for each distinct sample.
    Copies(f64),
    /// Labels are written into a feature after they were drawn.
    Marked,
    /// The model knows the truth of a share of the test samples from elsewhere.
    Known(f64),
}

impl Leak {
    fn accuracy(self, random: &mut Random, classes: usize) -> f64 {
        let (mut train, mut test) = (
            Samples::draw(random, classes),
            Samples::draw(random, classes),
        );
        let labels = draw_labels(random, classes);
        let mut judged_by = test.truth.clone();
        match self {
            Self::Honest | Self::Known(_) => {}
            Self::Copies(share) => {
                judged_by = draw_labels(random, classes);
                for i in 0..(share * SAMPLES as f64) as usize {
                    test.features[i] = train.features[i];
                    judged_by[i] = labels[i];
                }
            }
            Self::Marked => {
                judged_by = draw_labels(random, classes);
                train.mark(&labels);
                test.mark(&judged_by);
            }
        }
        let mut predicted = nearest(&train, &labels, &test);
        if let Self::Known(share) = self {
            let known = (share * SAMPLES as f64) as usize;
            predicted[..known].copy_from_slice(&test.truth[..known]);
        }
        share_right(&right(&judged_by, &predicted))
    }
}

fn leaks(page: &mut Page) {
    page.section(
        "Shuffled labels: leaks",
        &format!(
            "A nearest-neighbour model of {SAMPLES} training samples, and how often it fails. Labels that a feature \
             holds, and copies of test samples, show where test samples get random labels too; what a model \
             knows from elsewhere shows where it is judged by the truth. Each rate is of {LEAK_RUNS} runs."
        ),
    );
    for (classes, shuffles) in [(2, 15), (2, 30), (10, 5), (10, 10)] {
        for (leak, name) in [
            (Leak::Honest, "honest"),
            (Leak::Marked, "labels in a feature"),
            (Leak::Copies(1.0), "all test samples in training"),
            (Leak::Copies(0.5), "half of the test samples in training"),
            (Leak::Known(1.0), "knows all"),
            (Leak::Known(0.5), "knows half"),
        ] {
            let [failed] = rates_of(LEAK_RUNS, |random| {
                let accuracies: Vec<f64> = (0..shuffles)
                    .map(|_| leak.accuracy(random, classes))
                    .collect();
                [!shuffled_labels(&accuracies, 1.0 / classes as f64, LEVEL).passed]
            });
            let place = format!("{classes} classes, {shuffles} shuffles");
            let aim = match leak {
                Leak::Honest => Aim::AtMost(LEVEL),
                _ => Aim::Power,
            };
            page.rate_of(name, &place, aim, failed, LEAK_RUNS);
        }
    }
    let needed = |accuracy: f64, classes: usize| {
        let shuffles = shuffles_to_fail(accuracy, 1.0 / classes as f64, LEVEL);
        shuffles.map_or_else(|| "never".to_owned(), |shuffles| shuffles.to_string())
    };
    let mut table = String::from(
        "Shuffles needed at 1 in 10 000, by the accuracy that a leak gives:\n\n| classes | 1.0 | 0.9 | 0.75 | 0.6 | 0.3 |\n|--:|--:|--:|--:|--:|--:|\n",
    );
    for classes in [2, 3, 5, 10, 100] {
        let row = [1.0, 0.9, 0.75, 0.6, 0.3].map(|accuracy| needed(accuracy, classes));
        writeln!(table, "| {classes} | {} |", row.join(" | ")).expect("a string takes all");
    }
    page.note(&table);
}

/// Test labels of two classes and models that guess.
fn looks(page: &mut Page) {
    page.section(
        "Many looks at one test set",
        "Models that guess one of two classes: how often the best, or a majority of those that were right on more \
         than half (Blum and Hardt's attack), is above ½ by more than the bound. The bound is for any model, \
         so it is careful.",
    );
    for (samples, looks) in [(100, 10), (1_000, 100), (1_000, 1_000)] {
        let planned = luck_bound(samples, looks, Looks::Planned, 0.95);
        let adaptive = luck_bound(samples, looks + 1, Looks::Adaptive(2), 0.95);
        let [best, attack] = rates(|random| {
            let mut votes = vec![0_i32; samples];
            let mut most = 0;
            for _ in 0..looks {
                let guess: Vec<bool> = bits(random, samples);
                let count = guess.iter().filter(|&&right| right).count();
                most = most.max(count);
                let sign = if 2 * count > samples { 1 } else { -1 };
                for (vote, right) in votes.iter_mut().zip(guess) {
                    *vote += if right { sign } else { -sign };
                }
            }
            let majority = votes.iter().filter(|&&vote| vote > 0).count();
            let above = |count: usize, bound: f64| count as f64 / samples as f64 - 0.5 > bound;
            [above(most, planned), above(majority, adaptive)]
        });
        let place = format!("{samples} samples, {looks} looks");
        page.rate(
            "best of planned",
            &format!("{place}, bound {planned:.3}"),
            Aim::AtMost(0.05),
            best,
        );
        let place = format!("{place}, bound {adaptive:.3}");
        page.rate(
            "majority of those that seemed good",
            &place,
            Aim::AtMost(0.05),
            attack,
        );
    }
}

fn bits(random: &mut Random, count: usize) -> Vec<bool> {
    let mut fast = Random::from_rng(random);
    let words = (0..count.div_ceil(64)).map(|_| fast.random::<u64>());
    words
        .flat_map(|word| (0..64).map(move |bit| word >> bit & 1 == 1))
        .take(count)
        .collect()
}
