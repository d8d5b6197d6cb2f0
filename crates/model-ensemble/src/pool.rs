//! Log-linear pooling: a softmax of the members' log-probabilities, each member with one weight and each class with
//! one bias (Genest and Zidek 1986). So few parameters do not fit the noise of a small training set.

use classifier::{Cancellation, Cancelled, Scores, State, StateError};

/// What a smaller log-probability counts as: a member that is too sure must not decide alone.
const FLOOR: f64 = -30.0;
/// Strength of the pull towards equal weights of 1 in all and biases of 0: it weighs as a few samples do, and
/// settles what the samples leave open.
const RIDGE: f64 = 1.0;
/// Newton steps; ten are usual.
const STEPS: usize = 100;

pub(crate) struct Pool {
    /// One for each member, then one bias for each class.
    parameters: Vec<f64>,
    members: usize,
    /// Of the mean loss, where the fit ended.
    pub(crate) gradient_norm: f64,
}

impl Pool {
    /// Minimises the cross-entropy of labels, with a ridge, by Newton's method: the problem is strictly convex.
    /// `logs` are of each member, shape (samples, classes).
    pub(crate) fn fit(
        logs: &[Scores],
        labels: &[usize],
        cancellation: &Cancellation,
    ) -> Result<Self, Cancelled> {
        let (members, classes) = (logs.len(), logs[0].classes());
        let mut pool = Self {
            parameters: vec![0.0; members + classes],
            members,
            gradient_norm: 0.0,
        };
        pool.parameters[..members].fill(1.0 / members as f64);
        let mut least = pool.loss(logs, labels);
        for _ in 0..STEPS {
            cancellation.check()?;
            let (gradient, hessian) = pool.derivatives(logs, labels);
            let squares: f64 = gradient.iter().map(|slope| slope * slope).sum();
            pool.gradient_norm = squares.sqrt() / labels.len() as f64;
            let step = solve(hessian, gradient);
            let along = |part: f64| {
                let pairs = pool.parameters.iter().zip(&step);
                let parameters = pairs.map(|(at, step)| at - part * step).collect();
                Self { parameters, ..pool }
            };
            let halves = (0..30).map(|halvings| along(0.5_f64.powi(halvings)));
            let tried = halves.map(|tried| (tried.loss(logs, labels), tried));
            let Some((found, next)) = tried.into_iter().find(|(found, _)| *found < least) else {
                break;
            };
            (least, pool) = (found, next);
        }
        Ok(pool)
    }

    /// Log-probabilities from those of the members.
    pub(crate) fn of(&self, logs: &[Scores]) -> Scores {
        let classes = logs[0].classes();
        let samples = 0..logs[0].len();
        let logits: Vec<f64> = samples
            .flat_map(|sample| self.logits(logs, sample))
            .collect();
        Scores::normalised(&logits, classes)
    }

    pub(crate) fn parameter_count(&self) -> usize {
        self.parameters.len()
    }

    pub(crate) fn state(&self, members: State) -> State {
        let (weights, biases) = self.parameters.split_at(self.members);
        members
            .with("weights", &[weights.len()], weights.to_vec())
            .with("biases", &[biases.len()], biases.to_vec())
            .with("gradient_norm", &[], vec![self.gradient_norm])
    }

    pub(crate) fn restore(
        state: &mut State,
        members: usize,
        classes: usize,
    ) -> Result<Self, StateError> {
        let mut parameters = state.take::<f64>("weights")?.of_shape(&[members])?;
        parameters.extend(state.take::<f64>("biases")?.of_shape(&[classes])?);
        let gradient_norm = state.take::<f64>("gradient_norm")?.of_shape(&[])?[0];
        Ok(Self {
            parameters,
            members,
            gradient_norm,
        })
    }

    fn logits(&self, logs: &[Scores], sample: usize) -> Vec<f64> {
        let classes = logs[0].classes();
        let mut logits = self.parameters[self.members..].to_vec();
        for (member, weight) in logs.iter().zip(&self.parameters) {
            let row = &member.values()[sample * classes..][..classes];
            for (logit, &log) in logits.iter_mut().zip(row) {
                *logit += weight * floored(log);
            }
        }
        logits
    }

    /// Distances from where the ridge pulls to.
    fn pulls(&self) -> impl Iterator<Item = f64> + '_ {
        let at = |place: usize| {
            if place < self.members {
                1.0 / self.members as f64
            } else {
                0.0
            }
        };
        let all = self.parameters.iter().enumerate();
        all.map(move |(place, value)| value - at(place))
    }

    fn loss(&self, logs: &[Scores], labels: &[usize]) -> f64 {
        let of = |(sample, &label): (usize, &usize)| {
            let logits = self.logits(logs, sample);
            log_total(&logits) - logits[label]
        };
        let fit: f64 = labels.iter().enumerate().map(of).sum();
        fit + RIDGE / 2.0 * self.pulls().map(|pull| pull * pull).sum::<f64>()
    }

    /// Gradient and Hessian of the loss, in the order of the parameters.
    fn derivatives(&self, logs: &[Scores], labels: &[usize]) -> (Vec<f64>, Vec<f64>) {
        let (members, classes) = (self.members, logs[0].classes());
        let size = members + classes;
        let mut gradient: Vec<f64> = self.pulls().map(|pull| RIDGE * pull).collect();
        let mut hessian = vec![0.0; size * size];
        for i in 0..size {
            hessian[i * size + i] = RIDGE;
        }
        for (sample, &label) in labels.iter().enumerate() {
            let logits = self.logits(logs, sample);
            let total = log_total(&logits);
            let p: Vec<f64> = logits.iter().map(|logit| (logit - total).exp()).collect();
            let row = |member: usize| &logs[member].values()[sample * classes..][..classes];
            let mean = |member: usize| -> f64 {
                let pairs = row(member).iter().zip(&p);
                pairs.map(|(&log, p)| p * floored(log)).sum()
            };
            let means: Vec<f64> = (0..members).map(mean).collect();
            for a in 0..members {
                gradient[a] += means[a] - floored(row(a)[label]);
                for b in 0..=a {
                    let pairs = row(a).iter().zip(row(b)).zip(&p);
                    let product = pairs.map(|((&x, &y), p)| p * floored(x) * floored(y));
                    hessian[a * size + b] += product.sum::<f64>() - means[a] * means[b];
                }
                for k in 0..classes {
                    let of = p[k] * (floored(row(a)[k]) - means[a]);
                    hessian[(members + k) * size + a] += of;
                }
            }
            for k in 0..classes {
                gradient[members + k] += p[k] - f64::from(u8::from(k == label));
                let place = (members + k) * size + members;
                hessian[place + k] += p[k];
                for l in 0..=k {
                    hessian[place + l] -= p[k] * p[l];
                }
            }
        }
        (gradient, hessian)
    }
}

fn floored(log: f32) -> f64 {
    f64::from(log).max(FLOOR)
}

fn log_total(logits: &[f64]) -> f64 {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + logits
        .iter()
        .map(|logit| (logit - most).exp())
        .sum::<f64>()
        .ln()
}

/// x of Hx = g, where H is positive definite and its lower half is given: Cholesky's factor in place.
fn solve(mut h: Vec<f64>, mut g: Vec<f64>) -> Vec<f64> {
    let n = g.len();
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| h[i * n + k] * h[j * n + k]).sum();
            let rest = h[i * n + j] - known;
            h[i * n + j] = if i == j {
                rest.sqrt()
            } else {
                rest / h[j * n + j]
            };
        }
        let known: f64 = (0..i).map(|k| h[i * n + k] * g[k]).sum();
        g[i] = (g[i] - known) / h[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| h[k * n + i] * g[k]).sum();
        g[i] = (g[i] - known) / h[i * n + i];
    }
    g
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two members: one that knows the class, and one that says the same of all samples.
    fn logs() -> ([Scores; 2], Vec<usize>) {
        let labels: Vec<usize> = (0..300).map(|i| i * 7 % 3).collect();
        let knows = labels.iter().enumerate().flat_map(|(i, &label)| {
            // Wrong of every seventh sample.
            let said = if i % 7 == 0 { (label + 1) % 3 } else { label };
            (0..3).map(move |k| if k == said { 0.5_f32 } else { 0.25 }.ln())
        });
        let knows: Vec<f32> = knows.collect();
        let guesses = [0.7_f32, 0.2, 0.1].map(f32::ln).repeat(300);
        ([Scores::new(knows, 3), Scores::new(guesses, 3)], labels)
    }

    #[test]
    fn the_gradient_is_that_of_central_differences() {
        let (logs, labels) = logs();
        let at = |parameters: &[f64]| Pool {
            parameters: parameters.to_vec(),
            members: 2,
            gradient_norm: 0.0,
        };
        let place = [0.7, -0.2, 0.1, 0.3, -0.4];
        let (gradient, hessian) = at(&place).derivatives(&logs, &labels);
        for i in 0..5 {
            let moved = |by: f64| {
                let mut place = place;
                place[i] += by;
                at(&place)
            };
            let slope = moved(1e-5).loss(&logs, &labels) - moved(-1e-5).loss(&logs, &labels);
            assert!((slope / 2e-5 - gradient[i]).abs() < 1e-5, "{i}");
            let (up, _) = moved(1e-5).derivatives(&logs, &labels);
            let (down, _) = moved(-1e-5).derivatives(&logs, &labels);
            for j in i..5 {
                let second = (up[j] - down[j]) / 2e-5;
                assert!((second - hessian[j * 5 + i]).abs() < 1e-4, "{i}, {j}");
            }
        }
    }

    #[test]
    fn it_trusts_the_member_that_knows() {
        let (logs, labels) = logs();
        let pool = Pool::fit(&logs, &labels, &Cancellation::default()).unwrap();
        assert!(pool.gradient_norm < 1e-9, "{}", pool.gradient_norm);
        // ½ must become 257/300: its log-odds against either other class grow from ln 2 to ln 11.95, less what the
        // ridge costs.
        let (weight, full) = (pool.parameters[0], 11.95_f64.ln() / 2_f64.ln());
        assert!(full - 0.4 < weight && weight < full, "{weight}");
        let found = pool.of(&logs);
        let right = found
            .labels()
            .iter()
            .zip(&labels)
            .filter(|(a, b)| a == b)
            .count();
        assert_eq!(right, 257);
    }
}
