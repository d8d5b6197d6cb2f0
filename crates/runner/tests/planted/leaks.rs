//! Leaks, planted in honest models.

use classifier::{Classifier, FitContext, FitError, Recipe, Scores};
use data::{Dataset, Samples};
use runner::ControlSamples;

/// What a model has that it must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leak {
    /// The label of each sample, in features: pixels of the first row of a picture, else columns more. Of a judged
    /// sample it is the true one.
    LabelsInFeatures,
    /// What it learnt from the true labels before.
    Remembered,
    /// The judged samples with their labels, among those that it is fitted to.
    JudgedInTraining,
}

impl Leak {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [
        Self::LabelsInFeatures,
        Self::Remembered,
        Self::JudgedInTraining,
    ];
}

/// A model with a leak.
pub(crate) struct Leaking<'a> {
    /// The model.
    pub(crate) recipe: &'a dyn Recipe,
    /// The leak.
    pub(crate) leak: Leak,
    /// Where the leak has its labels from.
    pub(crate) samples: &'a ControlSamples,
}

impl Recipe for Leaking<'_> {
    fn fit(
        &self,
        train: &Dataset,
        context: &mut FitContext<'_>,
    ) -> Result<Box<dyn Classifier>, FitError> {
        let judged = &self.samples.judged;
        match self.leak {
            Leak::LabelsInFeatures => {
                let samples = marked(train.samples(), train.labels(), train.classes());
                let model = self
                    .recipe
                    .fit(&like(train, samples, train.labels().to_vec()), context)?;
                let labels = judged.labels().to_vec();
                let classes = judged.classes();
                Ok(Box::new(Marked {
                    model,
                    labels,
                    classes,
                }))
            }
            Leak::Remembered => self.recipe.fit(&self.samples.train, context),
            Leak::JudgedInTraining => {
                let samples = joined(train.samples(), judged.samples());
                let labels = [train.labels(), judged.labels()].concat();
                self.recipe.fit(&like(train, samples, labels), context)
            }
        }
    }
}

/// A model of marked samples, which marks the judged samples itself.
struct Marked {
    model: Box<dyn Classifier>,
    labels: Vec<usize>,
    classes: usize,
}

impl Classifier for Marked {
    fn scores(&self, samples: &Samples) -> Scores {
        self.model
            .scores(&marked(samples, &self.labels, self.classes))
    }

    fn parameter_count(&self) -> usize {
        self.model.parameter_count()
    }
}

/// Larger than whatever is standardised.
const MARK: f32 = 10.0;

/// The samples with their labels in them.
fn marked(samples: &Samples, labels: &[usize], classes: usize) -> Samples {
    let features = samples.features();
    if let (Some(shape), Some(pixels)) = (samples.picture(), samples.pixels()) {
        let mut pixels = pixels.to_vec();
        for (picture, &label) in pixels.chunks_exact_mut(features).zip(labels) {
            picture[..classes].fill(0);
            picture[label] = u8::MAX;
        }
        return Samples::from_pixels(shape, pixels).expect("as many pixels as before");
    }
    let values = samples.to_f32();
    let rows = values.chunks_exact(features).zip(labels);
    let more =
        |label: usize| (0..classes).map(move |class| if class == label { MARK } else { 0.0 });
    let values = rows.flat_map(|(row, &label)| row.iter().copied().chain(more(label)));
    Samples::from_features(features + classes, values.collect()).expect("whole rows")
}

/// All samples of both.
fn joined(first: &Samples, second: &Samples) -> Samples {
    let pixels = first.pixels().zip(second.pixels());
    if let (Some(shape), Some((first, second))) = (first.picture(), pixels) {
        return Samples::from_pixels(shape, [first, second].concat()).expect("whole pictures");
    }
    let values = [first.to_f32(), second.to_f32()].concat();
    Samples::from_features(first.features(), values).expect("whole rows")
}

/// These samples with the classes of others.
fn like(data: &Dataset, samples: Samples, labels: Vec<usize>) -> Dataset {
    Dataset::new(samples, labels, data.class_names().clone()).expect("a label for each sample")
}
