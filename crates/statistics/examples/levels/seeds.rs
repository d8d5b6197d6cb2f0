//! Classifiers over seeds, and over seeds and samples together.

use crate::page::{Aim, Page, Random, below, holds, normal, rates};
use statistics::{CrossedDifference, SeedDifference, mean, outperforming, variance};
use statrs::distribution::{ContinuousCDF, StudentsT};

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Seeds",
        "Two models of equal mean accuracy, whose accuracies with the same seed have a correlation. \
         Beside it is Welch's test, which takes the two to be independent: a positive correlation hides differences from it, \
         with a negative one it finds some that are not there. What it gains where they are independent shows at \
         differences that pairs find four times in five.",
    );
    for seeds in [3, 5, 10, 30] {
        for correlation in [-0.5, 0.0, 0.9_f64] {
            let share = correlation.abs().sqrt();
            let [paired, held, unpaired] = rates(|random| {
                let common: Vec<f64> = (0..seeds).map(|_| normal(random)).collect();
                let mut draw = |share: f64| -> Vec<f64> {
                    let own = common
                        .iter()
                        .map(|c| share * c + (1.0 - share * share).sqrt() * normal(random));
                    own.map(|value| 0.9 + 0.01 * value).collect()
                };
                let (first, second) = (draw(share), draw(share.copysign(correlation)));
                let pairs = SeedDifference::paired(&first, &second);
                [
                    pairs.is_some_and(|of| of.t_test().p <= 0.05),
                    pairs.is_some_and(|of| holds(of.interval(0.95), 0.0)),
                    welch(&first, &second) <= 0.05,
                ]
            });
            let place = format!("{seeds} seeds, correlation {correlation}");
            page.rate("paired t", &place, Aim::Size, paired);
            page.rate("paired interval", &place, Aim::Coverage, held);
            page.rate("Welch's t", &place, Aim::Instead, unpaired);
        }
    }
    power(page);
    win(page);
    crossed(page);
}

/// The difference that is said to be found four times in five, if the spread is known and the two are independent.
fn power(page: &mut Page) {
    for seeds in [3_u32, 5, 10] {
        let error = 0.01 * f64::sqrt(2.0 / f64::from(seeds));
        let difference = statistics::detectable_effect(error, f64::from(seeds) - 1.0, 0.05, 0.8);
        let [found, unpaired] = rates(|random| {
            let mut draw = |mean: f64| -> Vec<f64> {
                (0..seeds).map(|_| mean + 0.01 * normal(random)).collect()
            };
            let (first, second) = (draw(0.8 + difference), draw(0.8));
            let pairs = SeedDifference::paired(&first, &second);
            [
                pairs.is_some_and(|of| of.t_test().p <= 0.05),
                welch(&first, &second) <= 0.05,
            ]
        });
        let place = format!("{seeds} seeds, the detectable difference");
        page.rate("paired t", &place, Aim::AtLeast(0.8), found);
        page.rate("Welch's t", &place, Aim::Instead, unpaired);
    }
}

/// The p value of Welch's test of two independent samples (Welch 1947).
fn welch(first: &[f64], second: &[f64]) -> f64 {
    let count = first.len() as f64;
    let of_means = [first, second].map(|of| variance(of) / count);
    let squared: f64 = of_means.iter().sum();
    let parts = of_means.iter().map(|of| of * of / (count - 1.0));
    let freedom = squared * squared / parts.sum::<f64>();
    let [a, b] = [first, second].map(|of| mean(of.iter().copied()));
    let student = StudentsT::new(0.0, 1.0, freedom).expect("they spread");
    2.0 * student.sf((a - b).abs() / squared.sqrt())
}

fn win(page: &mut Page) {
    for pairs in [5, 10, 30] {
        for (probability, apart) in [(0.5, 0.0), (0.75, 0.6744897501960817)] {
            let [held] = rates(|random| {
                let mut draw = |mean: f64| -> Vec<f64> {
                    (0..pairs)
                        .map(|_| mean + normal(random) / 2.0_f64.sqrt())
                        .collect()
                };
                let (first, second) = (draw(apart), draw(0.0));
                let found = outperforming(&first, &second, 0.95).expect("pairs");
                [holds(found.interval, probability)]
            });
            let place = format!("{pairs} pairs, true {probability}");
            page.rate("P(A > B), Wilson", &place, Aim::Coverage, held);
        }
    }
}

/// Whether a model is right: from how hard a sample is, how good a seed is, and chance. `seeds` and
/// `samples` are effects that the two models of a pair do not share.
struct World {
    seeds: Vec<f64>,
    samples: Vec<f64>,
}

/// Standard deviations of the effects of seeds and samples.
const EFFECTS: [f64; 2] = [0.1, 1.0];

impl World {
    fn draw(random: &mut Random, seeds: usize, samples: usize) -> Self {
        let mut effects =
            |count: usize, size: f64| (0..count).map(|_| size * normal(random)).collect();
        Self {
            seeds: effects(seeds, EFFECTS[0]),
            samples: effects(samples, EFFECTS[1]),
        }
    }

    fn right(&self, random: &mut Random, limit: f64) -> Vec<Vec<bool>> {
        let row = |seed: &f64| {
            let right = self
                .samples
                .iter()
                .map(|sample| seed + sample + normal(random) > limit);
            right.collect()
        };
        self.seeds.iter().map(row).collect()
    }

    fn accuracy(limit: f64) -> f64 {
        let variance = 1.0 + EFFECTS.iter().map(|size| size * size).sum::<f64>();
        below(-limit / variance.sqrt())
    }
}

fn crossed(page: &mut Page) {
    page.section(
        "Seeds and samples together",
        "Both are drawn anew: the interval of the expected difference, and the one that holds the difference of \
         one more fit of each on as many new samples. Beside it, the t test over seeds, which speaks of \
         these samples alone.",
    );
    for (seeds, samples) in [(2, 200), (3, 100), (5, 100), (5, 1_000), (10, 1_000)] {
        let limits = [-1.2, -1.0];
        let truth = World::accuracy(limits[0]) - World::accuracy(limits[1]);
        let [held, next, seeds_alone] = rates(|random| {
            let mut fits = |seeds: usize| {
                limits.map(|limit| World::draw(random, seeds, samples).right(random, limit))
            };
            let [first, second] = fits(seeds);
            let [one, other] = fits(1).map(|of| statistics::share_right(&of[0]));
            let found = CrossedDifference::new(&first, &second);
            let shares = |of: &[Vec<bool>]| -> Vec<f64> {
                of.iter()
                    .map(|right| statistics::share_right(right))
                    .collect()
            };
            let by_seed = SeedDifference::paired(&shares(&first), &shares(&second));
            [
                found.is_some_and(|of| holds(of.interval(0.95), truth)),
                found.is_some_and(|of| holds(of.next_fit(0.95), one - other)),
                by_seed.is_some_and(|of| holds(of.interval(0.95), truth)),
            ]
        });
        let place = format!("{seeds} seeds, {samples} samples");
        page.rate("expected difference", &place, Aim::Coverage, held);
        page.rate("difference of one more fit", &place, Aim::Coverage, next);
        page.rate("t over seeds", &place, Aim::Instead, seeds_alone);
    }
}
