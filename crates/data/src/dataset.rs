//! A set of labelled samples.

use crate::{DataError, Samples, Targets};
use std::sync::Arc;

/// Labelled samples: one of the splits of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    samples: Samples,
    targets: Targets,
}

impl Dataset {
    /// Joins samples with their labels, which are indices into `class_names`.
    ///
    /// # Errors
    /// [`DataError::Lengths`] or [`DataError::Label`].
    pub fn new(
        samples: Samples,
        labels: Vec<usize>,
        class_names: Arc<[String]>,
    ) -> Result<Self, DataError> {
        Self::with_targets(samples, Targets::new(labels, class_names)?)
    }

    /// Joins samples with their classes, and groups where they have any.
    ///
    /// # Errors
    /// [`DataError::Lengths`].
    pub fn with_targets(samples: Samples, targets: Targets) -> Result<Self, DataError> {
        if samples.len() != targets.len() {
            return Err(DataError::Lengths {
                samples: samples.len(),
                labels: targets.len(),
            });
        }
        Ok(Self { samples, targets })
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The samples.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The class of each sample, as an index into [`class_names`](Self::class_names).
    pub fn labels(&self) -> &[usize] {
        self.targets.labels()
    }

    /// Number of classes, whether or not each occurs in this split.
    pub fn classes(&self) -> usize {
        self.targets.class_names().len()
    }

    /// What the classes are called.
    pub fn class_names(&self) -> &Arc<[String]> {
        self.targets.class_names()
    }

    /// The group of each sample, where samples come in groups.
    pub fn groups(&self) -> Option<&[u32]> {
        self.targets.groups()
    }

    /// Samples per class.
    pub fn class_counts(&self) -> Vec<usize> {
        self.targets.class_counts()
    }

    /// The indices of the samples of each class, ascending.
    pub fn members(&self) -> Vec<Vec<usize>> {
        self.targets.members()
    }

    /// The labelled samples at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        Self {
            samples: self.samples.select(indices),
            targets: self.targets.select(indices),
        }
    }

    /// Refuses what no classifier can learn from. Every model's `fit` begins with it.
    ///
    /// # Errors
    /// [`DataError::Empty`], [`DataError::OneClass`] or [`DataError::NotFinite`].
    pub fn check_trainable(&self) -> Result<(), DataError> {
        if self.is_empty() {
            return Err(DataError::Empty);
        }
        if self.classes() < 2 {
            return Err(DataError::OneClass(self.classes()));
        }
        self.samples.first_not_finite().map_or(Ok(()), Err)
    }
}

impl AsRef<Targets> for Dataset {
    fn as_ref(&self) -> &Targets {
        &self.targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PictureShape;

    fn names(classes: usize) -> Arc<[String]> {
        (0..classes).map(|class| class.to_string()).collect()
    }

    fn four_images() -> Samples {
        let shape = PictureShape {
            rows: 1,
            columns: 2,
        };
        Samples::from_pixels(shape, (0..8).collect()).unwrap()
    }

    #[test]
    fn labels_must_be_as_many_as_images_and_within_the_classes() {
        let error = Dataset::new(four_images(), vec![0; 3], names(2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "4 samples but 3 labels; each sample needs one label"
        );
        let error = Dataset::new(four_images(), vec![0, 1, 2, 0], names(2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "label 2 of sample 2: there are 2 classes, so labels run from 0 to 1"
        );
    }

    #[test]
    fn selecting_keeps_images_with_their_labels() {
        let dataset = Dataset::new(four_images(), vec![0, 1, 1, 0], names(2)).unwrap();
        let selected = dataset.select(&[3, 1]);
        assert_eq!(selected.labels(), [0, 1]);
        assert_eq!(selected.samples().pixels(), Some(&[6, 7, 2, 3][..]));
        assert_eq!(selected.class_counts(), [1, 1]);
    }

    #[test]
    fn what_no_model_can_learn_from_is_named() {
        let values = vec![0.0, 1.0, 2.0, f32::NAN];
        let images = Samples::from_features(2, values).unwrap();
        let dataset = Dataset::new(images, vec![0, 1], names(2)).unwrap();
        let error = dataset.check_trainable().unwrap_err();
        assert_eq!(
            error.to_string(),
            "feature 1 of sample 1 is NaN; every feature must be finite"
        );
        assert!(matches!(
            dataset.select(&[]).check_trainable(),
            Err(DataError::Empty)
        ));
        let one = Dataset::new(four_images(), vec![0; 4], names(1)).unwrap();
        assert!(matches!(one.check_trainable(), Err(DataError::OneClass(1))));
    }
}
