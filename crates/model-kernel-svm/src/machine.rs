//! The library's machine as a classifier: which classes there are, votes as scores, progress.

use crate::kept;
use classifier::{
    Cancelled, Classifier, FitContext, FitError, Scores, Sizes, State, StateError, Step,
};
use data::Samples;
use kernel_svm::{Certificate, Error, Features, Kernel, Settings, SupportVectorMachine, Watch};
use std::sync::Mutex;

/// A machine for `classes` classes, of which some may not have occurred.
pub(crate) struct Machine {
    svm: SupportVectorMachine,
    classes: usize,
    probabilities: bool,
}

/// Fits a machine, with C times the weight of each sample if there are `weights`, reporting every solved pair as `step` of how many are solved and how many
/// there are.
pub(crate) fn fit(
    images: &Samples,
    labels: &[usize],
    classes: usize,
    weights: Option<&[f64]>,
    settings: &Settings,
    context: &mut FitContext<'_>,
    step: &(dyn Fn(usize, usize) -> Step + Sync),
) -> Result<Machine, FitError> {
    let cancellation = context.cancellation().clone();
    let observed = Mutex::new(context);
    let watch = Watch {
        solved: &|done, total| {
            let mut context = observed.lock().expect("no thread panics while it reports");
            // A cancellation is noticed by the next question.
            let _ = context.step(step(done, total));
        },
        cancelled: &|| cancellation.check().is_err(),
    };
    let width = images.features();
    let svm = with_features(images, |features| {
        kernel_svm::fit_weighted(features, width, labels, weights, settings, watch)
    });
    let svm = svm.map_err(|error| match error {
        Error::Cancelled => FitError::Cancelled(Cancelled),
        error => FitError::Library {
            library: "kernel-svm",
            reason: error.to_string(),
        },
    })?;
    cancellation.check()?;
    Ok(Machine {
        svm,
        classes,
        probabilities: settings.probability,
    })
}

impl Machine {
    /// What `work` makes of images.
    ///
    /// # Panics
    /// If they are not as wide as those that the machine was fitted to.
    fn judge<T>(&self, images: &Samples, work: impl FnOnce(Features) -> T) -> T {
        images.assert_features(self.svm.features());
        with_features(images, work)
    }
}

fn with_features<T>(images: &Samples, work: impl FnOnce(Features) -> T) -> T {
    match images.pixels() {
        Some(pixels) => work(Features::Pixels(pixels)),
        None => work(Features::Reals(&images.to_f32())),
    }
}

impl Machine {
    /// The machine that a state describes.
    pub(crate) fn restore(
        state: &mut State,
        sizes: Sizes,
        kernel: Kernel,
        probabilities: bool,
    ) -> Result<Self, StateError> {
        Ok(Self {
            svm: kept::machine(state, sizes, kernel, probabilities)?,
            classes: sizes.classes,
            probabilities,
        })
    }

    /// Indices of the training images that are support vectors.
    pub(crate) fn support(&self) -> &[usize] {
        self.svm.support()
    }

    /// One row per image, from one row of the classes that occurred; the others get `missing`.
    fn rows(&self, values: &[f64], missing: f32) -> Scores {
        let occurring = self.svm.classes();
        let rows = values.chunks_exact(occurring.len()).flat_map(|values| {
            let mut row = vec![missing; self.classes];
            for (&class, &value) in occurring.iter().zip(values) {
                row[class] = value as f32;
            }
            row
        });
        Scores::new(rows.collect(), self.classes)
    }
}

impl Classifier for Machine {
    /// Votes; the first class of those with most wins, as in libsvm. What a class's decision values
    /// add up to, squeezed into (−1/3, 1/3), orders classes with as many votes below the winner.
    /// With probabilities, the scores are their logarithms.
    fn scores(&self, images: &Samples) -> Scores {
        if let Some(probabilities) = self.log_probabilities(images) {
            return probabilities;
        }
        let decisions = self.judge(images, |x| self.svm.decision_function(x));
        let classes = self.svm.classes().len();
        let ranked: Vec<f64> = decisions
            .chunks_exact(self.svm.certificates().len())
            .flat_map(|decisions| rank(decisions, classes))
            .collect();
        self.rows(&ranked, -1.0)
    }

    fn log_probabilities(&self, images: &Samples) -> Option<Scores> {
        if !self.probabilities {
            return None;
        }
        let probabilities = self.judge(images, |x| self.svm.probabilities(x))?;
        let logs: Vec<f64> = probabilities.iter().map(|p| p.ln()).collect();
        Some(self.rows(&logs, f32::NEG_INFINITY))
    }

    fn scores_and_log_probabilities(&self, images: &Samples) -> (Scores, Option<Scores>) {
        match self.log_probabilities(images) {
            Some(logs) => (logs.clone(), Some(logs)),
            None => (self.scores(images), None),
        }
    }

    /// Every support vector once, its coefficients against all other classes, and the offsets.
    fn parameter_count(&self) -> usize {
        let others = self.svm.classes().len() - 1;
        self.svm.support_vectors() * (self.svm.features() + others) + self.svm.certificates().len()
    }

    fn certificate(&self) -> Vec<(&'static str, f64)> {
        let pairs = self.svm.certificates();
        let sum = |value: fn(&Certificate) -> f64| pairs.iter().map(value).sum();
        let largest = |value: fn(&Certificate) -> f64| pairs.iter().map(value).fold(0.0, f64::max);
        vec![
            ("class_pairs", pairs.len() as f64),
            ("dual_objective", sum(|pair| pair.dual_objective)),
            ("largest_duality_gap", largest(|pair| pair.duality_gap)),
            ("largest_kkt_violation", largest(|pair| pair.kkt_violation)),
            ("support_vectors", self.svm.support_vectors() as f64),
            (
                "bounded_support_vectors_of_all_pairs",
                sum(|pair| pair.bounded_support_vectors as f64),
            ),
            ("working_sets", sum(|pair| pair.working_sets as f64)),
            ("kernel_rows", sum(|pair| pair.kernel_rows as f64)),
            ("gamma", self.svm.gamma()),
        ]
    }

    fn state(&self) -> Result<State, StateError> {
        Ok(kept::state(&self.svm))
    }
}

/// Votes of every class with fractions that break ties.
fn rank(decisions: &[f64], classes: usize) -> Vec<f64> {
    let votes = kernel_svm::votes(decisions, classes);
    let winner = kernel_svm::winner(&votes);
    let mut confidence = vec![0.0_f64; classes];
    let pairs = (0..classes).flat_map(|a| (a + 1..classes).map(move |b| (a, b)));
    for ((a, b), &decision) in pairs.zip(decisions) {
        confidence[a] += decision;
        confidence[b] -= decision;
    }
    let ranked = votes.iter().zip(confidence).enumerate();
    let ranked = ranked.map(|(class, (&votes, sum))| {
        let fraction = if class == winner {
            0.5
        } else {
            sum / (3.0 * (sum.abs() + 1.0))
        };
        f64::from(votes) + fraction
    });
    ranked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_tied_classes_ranks_first_and_the_others_by_confidence() {
        // 0 beats 1, 1 beats 2, 2 beats 0 with more confidence.
        let ranked = rank(&[0.1, -3.0, 0.2], 3);
        assert_eq!(ranked[0], 1.5);
        assert!(ranked[1] < ranked[2] && ranked[2] < 1.5, "{ranked:?}");
        let clear = rank(&[0.1, 0.1, -5.0], 3);
        assert!(
            clear[0] == 2.5 && clear[2] > 0.9 && clear[1] < 0.0,
            "{clear:?}"
        );
    }

    #[test]
    #[should_panic(expected = "samples of 100 features for a model that learnt from 784")]
    fn samples_of_another_width_are_refused() {
        let [train, _] = classifier_conformance::digits();
        let model = classifier_conformance::fit(&crate::KERNEL_SVM, &train);
        let shape = data::PictureShape {
            rows: 10,
            columns: 10,
        };
        // 196 samples, of as many values as 25 images.
        model.scores(&Samples::from_pixels(shape, vec![0; 196 * 100]).unwrap());
    }
}
