//! The pair of splits that an experiment needs.

use crate::{LoadError, Sealed};
use data::{DataError, Dataset, Samples, Targets};

/// A data set as an experiment uses it: what models learn from, and what they are judged on.
#[derive(Debug)]
pub struct Splits {
    /// Short name, used in paths and tables: `mnist`.
    pub id: String,
    /// Name for people: `MNIST handwritten digits`.
    pub title: String,
    /// Where the bytes came from.
    pub origin: String,
    /// What models are fitted to.
    pub train: Dataset,
    /// What they are judged on.
    pub test: Sealed,
    /// SHA-256 of the four decompressed files, in the order of [`FILES`](crate::FILES).
    pub sha256: [String; 4],
}

impl Splits {
    /// Joins a training and a test split.
    ///
    /// # Errors
    /// [`LoadError::Shapes`] if their images differ in shape.
    pub fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        origin: impl Into<String>,
        [train, test]: [Dataset; 2],
        sha256: [String; 4],
    ) -> Result<Self, LoadError> {
        let [a, b] = [&train, &test].map(Dataset::samples);
        if (a.features(), a.picture()) != (b.features(), b.picture()) {
            return Err(LoadError::Shapes {
                train: in_words(a),
                test: in_words(b),
            });
        }
        Ok(Self {
            id: id.into(),
            title: title.into(),
            origin: origin.into(),
            train,
            test: Sealed::new(test),
            sha256,
        })
    }
}

impl Splits {
    /// Refuses what no comparison can be made of.
    ///
    /// # Errors
    /// As [`Dataset::check_trainable`], [`LoadError::Uniform`] or [`LoadError::NoTestImages`].
    pub fn check(&self) -> Result<(), LoadError> {
        self.train.check_trainable()?;
        check_targets(self.train.as_ref(), self.test.len())
    }
}

/// Refuses training rows of fewer than two classes, and test rows that are none.
pub(crate) fn check_targets(train: &Targets, test: usize) -> Result<(), LoadError> {
    let counts = train.class_counts();
    let mut classes = (0..counts.len()).filter(|&class| counts[class] > 0);
    match (classes.next(), classes.next()) {
        (None, _) => return Err(DataError::Empty.into()),
        (Some(class), None) => {
            return Err(LoadError::Uniform {
                class: train.class_names()[class].clone(),
            });
        }
        (Some(_), Some(_)) => {}
    }
    if test == 0 {
        return Err(LoadError::NoTestImages);
    }
    Ok(())
}

fn in_words(samples: &Samples) -> String {
    match samples.picture() {
        Some(shape) => format!("pictures of {shape}"),
        None => format!("rows of {} features", samples.features()),
    }
}
