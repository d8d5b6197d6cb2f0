//! One binary machine per pair of classes, and their vote.

use crate::Kernel;
use classifier::{Cancellation, FitContext, FitError, Scores, Step};
use linfa::traits::Fit;
use linfa_svm::Svm;
use ndarray::{Array1, Array2, ArrayView1, Axis};
use rayon::prelude::*;
use std::sync::Mutex;

/// What every pair's solver is told.
#[derive(Clone, Copy)]
pub(crate) struct SolverSettings {
    pub(crate) kernel: Kernel,
    pub(crate) c: f32,
    pub(crate) gamma: f32,
    pub(crate) tolerance: f32,
}

/// A machine whose positive decision values are votes for `first`.
struct Pair {
    first: usize,
    second: usize,
    svm: Svm<f32, bool>,
}

/// The machines of all pairs of classes that occur.
pub(crate) struct Pairs {
    machines: Vec<Pair>,
    classes: usize,
    features: usize,
    kernel: Kernel,
}

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
        let wanted: Vec<(usize, usize)> = occurring
            .iter()
            .enumerate()
            .flat_map(|(i, &first)| {
                occurring[i + 1..]
                    .iter()
                    .map(move |&second| (first, second))
            })
            .collect();
        let cancellation = context.cancellation().clone();
        let progress = Mutex::new((0, context));
        let machines: Result<Vec<Pair>, FitError> = wanted
            .par_iter()
            .with_max_len(1)
            .map(|&(first, second)| {
                let svm = separate(x, labels, [first, second], settings, &cancellation)?;
                let mut progress = progress.lock().expect("no thread panics while it reports");
                progress.0 += 1;
                let step = Step {
                    done: progress.0,
                    total: wanted.len(),
                    unit: "class pairs",
                };
                progress.1.step(step)?;
                Ok(Pair { first, second, svm })
            })
            .collect();
        Ok(Self {
            machines: machines?,
            classes,
            features: x.ncols(),
            kernel: settings.kernel,
        })
    }

    /// Votes, plus the sum of decision values squeezed into (−1/3, 1/3) to break ties, as
    /// scikit-learn's `decision_function_shape="ovr"` does.
    pub(crate) fn scores(&self, x: &Array2<f32>) -> Scores {
        let rows: Vec<Vec<f32>> = (0..x.nrows())
            .into_par_iter()
            .map(|image| self.vote(x.row(image)))
            .collect();
        Scores::new(rows.concat(), self.classes)
    }

    fn vote(&self, image: ArrayView1<f32>) -> Vec<f32> {
        let mut votes = vec![0.0; self.classes];
        let mut confidence = vec![0.0_f32; self.classes];
        for Pair { first, second, svm } in &self.machines {
            let decision = svm.weighted_sum(&image) - svm.rho;
            votes[if decision >= 0.0 { *first } else { *second }] += 1.0;
            confidence[*first] += decision;
            confidence[*second] -= decision;
        }
        for (vote, sum) in votes.iter_mut().zip(confidence) {
            *vote += sum / (3.0 * (sum.abs() + 1.0));
        }
        votes
    }

    /// Coefficients and offsets, with the support vectors themselves where the kernel needs them.
    pub(crate) fn parameter_count(&self) -> usize {
        let of_pair = |pair: &Pair| match self.kernel {
            Kernel::Rbf => pair.svm.nsupport() * (self.features + 1) + 1,
            Kernel::Linear => self.features + 1,
        };
        self.machines.iter().map(of_pair).sum()
    }
}

fn separate(
    x: &Array2<f32>,
    labels: &[usize],
    [first, second]: [usize; 2],
    settings: SolverSettings,
    cancellation: &Cancellation,
) -> Result<Svm<f32, bool>, FitError> {
    let members: Vec<usize> = (0..labels.len())
        .filter(|&i| labels[i] == first || labels[i] == second)
        .collect();
    let is_first: Array1<bool> = members.iter().map(|&i| labels[i] == first).collect();
    let data = linfa::Dataset::new(x.select(Axis(0), &members), is_first);
    let params = Svm::<f32, bool>::params()
        .eps(settings.tolerance)
        .pos_neg_weights(settings.c, settings.c);
    // linfa divides the squared distance where others multiply it.
    let params = match settings.kernel {
        Kernel::Rbf => params.gaussian_kernel(1.0 / settings.gamma),
        Kernel::Linear => params.linear_kernel(),
    };
    // The call cannot be interrupted: what can be is the row of pairs.
    cancellation.check()?;
    params.fit(&data).map_err(|error| FitError::Library {
        library: "linfa-svm",
        reason: error.to_string(),
    })
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
