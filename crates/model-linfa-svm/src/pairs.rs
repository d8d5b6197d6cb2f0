//! One binary machine per pair of classes, and their vote.

use crate::Kernel;
use crate::separator::Separator;
use crate::settings::SolverSettings;
use classifier::{Cancellation, FitContext, FitError, Scores, State, StateError, Step};
use linfa::traits::Fit;
use linfa_svm::Svm;
use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;
use std::sync::Mutex;

/// A machine whose positive decision values are votes for `first`.
struct Pair {
    first: usize,
    second: usize,
    separator: Separator,
    /// Subtracted from what the separator says.
    rho: f32,
}

/// The machines of all pairs of classes that occur.
pub(crate) struct Pairs {
    machines: Vec<Pair>,
    occurring: Vec<usize>,
    classes: usize,
}

/// A sum of decision values beyond which nothing is told apart.
const LARGEST: f32 = 1e30;

impl Pairs {
    /// Trains a machine for every pair of classes that occur in `labels`, several at a time.
    pub(crate) fn fit(
        x: &Array2<f32>,
        labels: &[usize],
        classes: usize,
        settings: SolverSettings,
        context: &mut FitContext<'_>,
    ) -> Result<Self, FitError> {
        let occurring: Vec<usize> = (0..classes)
            .filter(|class| labels.contains(class))
            .collect();
        let wanted = pairs_of(&occurring);
        let cancellation = context.cancellation().clone();
        let progress = Mutex::new((0, context));
        let machines: Result<Vec<Pair>, FitError> = wanted
            .par_iter()
            .with_max_len(1)
            .map(|&(first, second)| {
                let (separator, rho) =
                    separate(x, labels, [first, second], settings, &cancellation)?;
                let mut progress = progress.lock().expect("no thread panics while it reports");
                progress.0 += 1;
                let step = Step {
                    done: progress.0,
                    total: wanted.len(),
                    unit: "class pairs",
                };
                progress.1.step(step)?;
                Ok(Pair {
                    first,
                    second,
                    separator,
                    rho,
                })
            })
            .collect();
        Ok(Self {
            machines: machines?,
            occurring,
            classes,
        })
    }

    /// Votes, plus the sum of decision values squeezed into (−1/3, 1/3) to break ties, as
    /// scikit-learn's `decision_function_shape="ovr"` does.
    pub(crate) fn scores(&self, x: &Array2<f32>) -> Scores {
        let rows: Vec<Vec<f32>> = (0..x.nrows())
            .into_par_iter()
            .map(|image| self.vote(&x.row(image).to_vec()))
            .collect();
        Scores::new(rows.concat(), self.classes)
    }

    fn vote(&self, image: &[f32]) -> Vec<f32> {
        let mut votes = vec![0.0; self.classes];
        let mut confidence = vec![0.0_f32; self.classes];
        for Pair {
            first,
            second,
            separator,
            rho,
        } in &self.machines
        {
            let decision = separator.weighted_sum(image) - rho;
            votes[if decision >= 0.0 { *first } else { *second }] += 1.0;
            confidence[*first] += decision;
            confidence[*second] -= decision;
        }
        for (vote, sum) in votes.iter_mut().zip(confidence) {
            // An infinite sum would give no number.
            let sum = sum.clamp(-LARGEST, LARGEST);
            *vote += sum / (3.0 * (sum.abs() + 1.0));
        }
        votes
    }

    /// Coefficients and offsets, with the support vectors themselves where the kernel needs them.
    pub(crate) fn parameter_count(&self) -> usize {
        let of_pair = |pair: &Pair| pair.separator.len() + 1;
        self.machines.iter().map(of_pair).sum()
    }

    /// The machines that a state describes, for samples of `features` features.
    pub(crate) fn restore(
        state: &mut State,
        [features, classes]: [usize; 2],
        settings: SolverSettings,
    ) -> Result<Self, StateError> {
        let occurring = state.take_indices("occurring", classes)?;
        let wanted = pairs_of(&occurring);
        let rho: Vec<f32> = state.take("rho")?.of_shape(&[wanted.len()])?;
        let pairs = wanted.into_iter().zip(rho).enumerate();
        let machines = pairs.map(|(number, ((first, second), rho))| {
            Ok(Pair {
                first,
                second,
                separator: Separator::restore(state, number, features, settings)?,
                rho,
            })
        });
        Ok(Self {
            machines: machines.collect::<Result<_, StateError>>()?,
            occurring,
            classes,
        })
    }

    /// What [`restore`](Self::restore) needs.
    pub(crate) fn state(&self) -> State {
        let rho = self.machines.iter().map(|pair| pair.rho).collect();
        let state = State::default()
            .with_indices("occurring", &self.occurring)
            .with("rho", &[self.machines.len()], rho);
        let machines = self.machines.iter().enumerate();
        machines.fold(state, |state, (number, pair)| {
            pair.separator.add_to(state, number)
        })
    }
}

/// All pairs of these classes, first by first.
fn pairs_of(classes: &[usize]) -> Vec<(usize, usize)> {
    let firsts = classes.iter().enumerate();
    let pairs = firsts.flat_map(|(i, &first)| {
        let seconds = classes[i + 1..].iter();
        seconds.map(move |&second| (first, second))
    });
    pairs.collect()
}

fn separate(
    x: &Array2<f32>,
    labels: &[usize],
    [first, second]: [usize; 2],
    settings: SolverSettings,
    cancellation: &Cancellation,
) -> Result<(Separator, f32), FitError> {
    let members: Vec<usize> = (0..labels.len())
        .filter(|&i| labels[i] == first || labels[i] == second)
        .collect();
    let is_first: Array1<bool> = members.iter().map(|&i| labels[i] == first).collect();
    let x = x.select(Axis(0), &members);
    let data = linfa::Dataset::new(x.clone(), is_first);
    let params = Svm::<f32, bool>::params()
        .eps(settings.tolerance)
        .pos_neg_weights(settings.c, settings.c);
    let params = match settings.kernel {
        Kernel::Rbf => params.gaussian_kernel(settings.width()),
        Kernel::Linear => params.linear_kernel(),
    };
    // The call cannot be interrupted: what can be is the row of pairs.
    cancellation.check()?;
    let svm = params.fit(&data).map_err(|error| FitError::Library {
        library: "linfa-svm",
        reason: error.to_string(),
    })?;
    if !svm.rho.is_finite() {
        return Err(FitError::Library {
            library: "linfa-svm",
            reason: "its solution is not finite; features of a smaller scale may help".to_owned(),
        });
    }
    let separator = match settings.kernel {
        Kernel::Rbf => Separator::bumps(&svm, &x, settings.width()),
        Kernel::Linear => Separator::plane(&svm, x.ncols()),
    };
    Ok((separator, svm.rho))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Three clusters on a line. With a linear kernel every pair is separated in the middle.
    #[test]
    fn three_clusters_are_told_apart_by_vote() {
        let x = array![[0.0], [0.2], [1.0], [1.2], [2.0], [2.2]];
        let labels = [0, 0, 1, 1, 2, 2];
        let settings = SolverSettings {
            kernel: Kernel::Linear,
            c: 100.0,
            gamma: 1.0,
            tolerance: 1e-4,
        };
        let mut context = FitContext::quiet(0, 1);
        let pairs = Pairs::fit(&x, &labels, 3, settings, &mut context).unwrap();
        let scores = pairs.scores(&array![[0.5], [0.7], [1.5], [1.7]]);
        assert_eq!(scores.labels(), [0, 1, 1, 2]);
        assert_eq!(pairs.parameter_count(), 6);
        let votes: Vec<f32> = scores.values()[..3]
            .iter()
            .map(|score| score.round())
            .collect();
        assert_eq!(votes, [2.0, 1.0, 0.0]);
    }
}
