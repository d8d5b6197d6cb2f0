//! The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011).

use crate::{Domain, Space, Values};
use rand::{Rng, RngExt};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// Trials before the estimator has anything to go by: drawn at random.
const STARTUP: usize = 10;
/// Share of the trials that count as good: the paper's. It was not tuned. Others may suit a function better:
/// the mean best loss of 50 trials over 40 seeds is, for the two functions of the test below (which prints
/// it with `--nocapture`), 0.54 and 0.29 with 0.15, 0.29 and 0.57 with a tenth, 0.73 and 0.37 with a
/// quarter, 0.69 and 1.12 by chance.
const GOOD: f64 = 0.15;
/// Candidates of which the most promising is tried.
const CANDIDATES: usize = 24;

/// Values that were tried, and what came of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What was tried.
    pub values: Values,
    /// What came of it, the smaller the better; NaN counts as the worst.
    pub loss: f64,
}

/// The values to try next: of several candidates drawn from a density of the good trials, the one that
/// is most probable among the good against the others. Each parameter has a density of its own.
///
/// # Panics
/// Never for a space that [`Space::new`] accepted.
pub fn suggest(space: &Space, history: &[Trial], random: &mut impl Rng) -> Values {
    if history.len() < STARTUP {
        return space.sample(random);
    }
    let mut ranked: Vec<&Trial> = history.iter().collect();
    let loss = |trial: &Trial| {
        if trial.loss.is_nan() {
            f64::INFINITY
        } else {
            trial.loss
        }
    };
    ranked.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
    let good = ((GOOD * ranked.len() as f64).ceil() as usize).min(ranked.len() - 1);
    let (good, rest) = ranked.split_at(good);
    let domains = space.domains().iter();
    domains
        .map(|(name, domain)| {
            let positions = |trials: &[&Trial]| -> Vec<f64> {
                let values = trials.iter().map(|trial| &trial.values[name]);
                values.map(|value| domain.position(value)).collect()
            };
            let (good, rest) = (
                Density::of(domain, &positions(good)),
                Density::of(domain, &positions(rest)),
            );
            let ratio = |x: f64| good.at(x).ln() - rest.at(x).ln();
            let mut best = good.sample(random);
            for _ in 1..CANDIDATES {
                let candidate = good.sample(random);
                if ratio(candidate) > ratio(best) {
                    best = candidate;
                }
            }
            (name.clone(), domain.at(best))
        })
        .collect()
}

/// A density over [0, 1]: the positions of trials, each spread out, and one uniform trial, so that
/// nothing is impossible.
enum Density {
    /// Normal distributions cut off at the ends.
    Normals(Vec<Normal>),
    /// Weights of equal shares of [0, 1].
    Shares(Vec<f64>),
}

impl Density {
    fn of(domain: &Domain, positions: &[f64]) -> Self {
        if let Domain::Choice(items) = domain {
            let mut shares = vec![1.0; items.len()];
            for &position in positions {
                shares[share(position, items.len())] += 1.0;
            }
            return Self::Shares(shares);
        }
        let mut sorted = positions.to_vec();
        sorted.sort_by(f64::total_cmp);
        let narrowest = 1.0 / (1.0 + sorted.len() as f64).min(100.0);
        let normal = |i: usize| {
            // As wide as the distance to the farther neighbour, the ends of the range included.
            let below = if i == 0 { 0.0 } else { sorted[i - 1] };
            let above = sorted.get(i + 1).copied().unwrap_or(1.0);
            let width = (sorted[i] - below)
                .max(above - sorted[i])
                .clamp(narrowest, 1.0);
            Normal::new(sorted[i], width).expect("a positive width")
        };
        Self::Normals((0..sorted.len()).map(normal).collect())
    }

    fn at(&self, x: f64) -> f64 {
        match self {
            Self::Shares(shares) => shares[share(x, shares.len())] / shares.iter().sum::<f64>(),
            Self::Normals(normals) => {
                let cut_off = |normal: &Normal| normal.pdf(x) / (normal.cdf(1.0) - normal.cdf(0.0));
                let sum: f64 = normals.iter().map(cut_off).sum();
                (sum + 1.0) / (normals.len() + 1) as f64
            }
        }
    }

    fn sample(&self, random: &mut impl Rng) -> f64 {
        let uniform: f64 = random.random_range(0.0..1.0);
        match self {
            Self::Shares(shares) => {
                let mut left = uniform * shares.iter().sum::<f64>();
                let mut item = 0;
                while item + 1 < shares.len() && left >= shares[item] {
                    left -= shares[item];
                    item += 1;
                }
                (item as f64 + 0.5) / shares.len() as f64
            }
            Self::Normals(normals) => match normals.get(random.random_range(0..=normals.len())) {
                None => uniform,
                Some(normal) => {
                    let (low, high) = (normal.cdf(0.0), normal.cdf(1.0));
                    normal
                        .inverse_cdf(low + uniform * (high - low))
                        .clamp(0.0, 1.0)
                }
            },
        }
    }
}

fn share(position: f64, count: usize) -> usize {
    ((position * count as f64) as usize).min(count - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::tests::space;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use serde_json::json;

    /// Best, with 0, at rate 0.03, 3 epochs and hidden [128].
    fn mixed(values: &Values) -> f64 {
        let rate = (values["rate"].as_f64().unwrap() / 0.03).ln();
        let epochs = values["epochs"].as_f64().unwrap() - 3.0;
        let hidden = f64::from(u8::from(values["hidden"] != json!([128])));
        rate * rate + epochs * epochs + 2.0 * hidden
    }

    /// Branin's function less its smallest value, which it has at three places.
    fn branin(values: &Values) -> f64 {
        use std::f64::consts::PI;
        let (x, y) = (values["x"].as_f64().unwrap(), values["y"].as_f64().unwrap());
        let valley = y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0;
        valley * valley + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x.cos() + 10.0 - 0.397887
    }

    fn branin_space() -> Space {
        let real = |name: &str, low, high| {
            let log = false;
            (name.to_owned(), Domain::Real { low, high, log })
        };
        Space::new(vec![real("x", -5.0, 10.0), real("y", 0.0, 15.0)]).unwrap()
    }

    type Loss = fn(&Values) -> f64;

    fn best(space: &Space, loss: Loss, seed: u64, guided: bool) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut history = Vec::new();
        for _ in 0..50 {
            let known: &[Trial] = if guided { &history } else { &[] };
            let values = suggest(space, known, &mut random);
            history.push(Trial {
                loss: loss(&values),
                values,
            });
        }
        let losses = history.iter().map(|trial| trial.loss);
        losses.fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn it_finds_better_values_than_chance_with_as_many_trials() {
        for (space, loss) in [(space(), mixed as Loss), (branin_space(), branin)] {
            let mean = |guided| {
                let best = (0..40).map(|seed| best(&space, loss, seed, guided));
                best.sum::<f64>() / 40.0
            };
            let (guided, random) = (mean(true), mean(false));
            println!("{guided:.2} against {random:.2} by chance");
            assert!(guided < random * 0.8, "{guided} against {random}");
        }
    }

    #[test]
    fn same_history_same_seed_same_values() {
        let found = || best(&space(), mixed, 7, true);
        assert_eq!(found(), found());
    }

    #[test]
    fn densities_integrate_to_one_and_samples_follow_them() {
        let domain = &space().domains()[0].1.clone();
        let density = Density::of(domain, &[0.2, 0.25, 0.9]);
        let steps = 10_000;
        let middle = |i: i32| (f64::from(i) + 0.5) / f64::from(steps);
        let integral: f64 =
            (0..steps).map(|i| density.at(middle(i))).sum::<f64>() / f64::from(steps);
        assert!((integral - 1.0).abs() < 1e-3, "{integral}");
        let below: f64 =
            (0..steps / 2).map(|i| density.at(middle(i))).sum::<f64>() / f64::from(steps);
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let drawn = (0..20_000)
            .filter(|_| density.sample(&mut random) < 0.5)
            .count();
        assert!((drawn as f64 / 20_000.0 - below).abs() < 0.02);
    }

    #[test]
    fn trials_that_came_to_nothing_are_the_worst() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let history: Vec<Trial> = (0..40)
            .map(|i| {
                let values = space().sample(&mut random);
                let failed = values["epochs"] == json!(1);
                Trial {
                    loss: if failed { f64::NAN } else { f64::from(i) },
                    values,
                }
            })
            .collect();
        let suggested = (0..200).map(|_| suggest(&space(), &history, &mut random));
        let failing = suggested
            .filter(|values| values["epochs"] == json!(1))
            .count();
        assert!(failing < 40, "{failing} of 200");
    }
}
