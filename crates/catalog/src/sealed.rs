//! Samples to be judged on, whose labels nobody sees unnoticed.

use data::{DataError, Dataset, Samples, stratified_subset};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Labelled images under a seal: the images are free, their labels are not. Whoever is given only
/// training images cannot reach them, and each [`look`](Self::look) is counted, because every choice
/// made after a look fits the choice to these images.
#[derive(Debug)]
pub struct Sealed {
    data: Dataset,
    looks: AtomicUsize,
}

impl Sealed {
    /// Seals a data set that nobody has looked at.
    pub fn new(data: Dataset) -> Self {
        Self {
            data,
            looks: AtomicUsize::new(0),
        }
    }

    /// The samples, without their labels.
    pub fn samples(&self) -> &Samples {
        self.data.samples()
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.data.classes()
    }

    /// What the classes are called.
    pub fn class_names(&self) -> &[String] {
        self.data.class_names()
    }

    /// The images with their labels. Counts.
    pub fn look(&self) -> &Dataset {
        self.looks.fetch_add(1, Ordering::Relaxed);
        &self.data
    }

    /// The data, for another process that seals them again, for checks that tell nobody about single labels, and for
    /// curves that choose nothing. It is no look, and does not count.
    pub fn handed_over(&self) -> &Dataset {
        &self.data
    }

    /// How often anyone looked.
    pub fn looks(&self) -> usize {
        self.looks.load(Ordering::Relaxed)
    }

    /// Fewer of the images, in proportion to the classes, under a seal of their own.
    ///
    /// # Errors
    /// [`DataError::Subset`], as [`stratified_subset`].
    pub fn subset(&self, size: usize, seed: u64) -> Result<Self, DataError> {
        let chosen = stratified_subset(&self.data, size, seed)?;
        Ok(Self::new(self.data.select(&chosen)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::PictureShape;

    #[test]
    fn every_look_is_counted_and_images_are_free() {
        let shape = PictureShape {
            rows: 1,
            columns: 1,
        };
        let images = Samples::from_pixels(shape, vec![1, 2, 3, 4]).unwrap();
        let names = ["a", "b"].map(str::to_owned);
        let sealed = Sealed::new(Dataset::new(images, vec![0, 1, 0, 1], names.into()).unwrap());
        assert_eq!(
            (sealed.len(), sealed.samples().len(), sealed.classes()),
            (4, 4, 2)
        );
        assert_eq!(sealed.looks(), 0);
        assert_eq!(sealed.look().labels(), [0, 1, 0, 1]);
        assert_eq!(sealed.looks(), 1);
        let half = sealed.subset(2, 1).unwrap();
        assert_eq!((half.len(), half.looks(), sealed.looks()), (2, 0, 1));
    }
}
