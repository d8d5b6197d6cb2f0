//! What each sample is: its class, and its group where samples come in groups.

use crate::DataError;
use std::sync::Arc;

/// The class of every sample, as an index into the names of the classes, and its group.
///
/// Samples of one group are not independent: pictures of one person, visits of one patient. No
/// division of the samples puts a group on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets {
    labels: Vec<usize>,
    class_names: Arc<[String]>,
    groups: Option<Vec<u32>>,
}

impl Targets {
    /// Labels as indices into `class_names`, without groups.
    ///
    /// # Errors
    /// [`DataError::Label`].
    pub fn new(labels: Vec<usize>, class_names: Arc<[String]>) -> Result<Self, DataError> {
        let classes = class_names.len();
        if let Some(sample) = labels.iter().position(|&label| label >= classes) {
            return Err(DataError::Label {
                sample,
                label: labels[sample],
                classes,
            });
        }
        Ok(Self {
            labels,
            class_names,
            groups: None,
        })
    }

    /// The same samples in groups: those with equal numbers belong together.
    ///
    /// # Errors
    /// [`DataError::Lengths`] if there are not as many numbers as samples.
    pub fn with_groups(self, groups: Vec<u32>) -> Result<Self, DataError> {
        if groups.len() != self.labels.len() {
            return Err(DataError::Lengths {
                samples: self.labels.len(),
                labels: groups.len(),
            });
        }
        Ok(Self {
            groups: Some(groups),
            ..self
        })
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The class of each sample, as an index into [`class_names`](Self::class_names).
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// What the classes are called.
    pub fn class_names(&self) -> &Arc<[String]> {
        &self.class_names
    }

    /// The group of each sample, where samples come in groups.
    pub fn groups(&self) -> Option<&[u32]> {
        self.groups.as_deref()
    }

    /// Samples per class.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.class_names.len()];
        for &label in &self.labels {
            counts[label] += 1;
        }
        counts
    }

    /// The indices of the samples of each class, ascending.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.class_names.len()];
        for (sample, &label) in self.labels.iter().enumerate() {
            members[label].push(sample);
        }
        members
    }

    /// The targets of the samples at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let groups = self.groups.as_ref();
        Self {
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
            class_names: Arc::clone(&self.class_names),
            groups: groups.map(|groups| indices.iter().map(|&index| groups[index]).collect()),
        }
    }
}

impl AsRef<Targets> for Targets {
    fn as_ref(&self) -> &Targets {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_go_with_their_samples() {
        let names: Arc<[String]> = ["a", "b"].map(str::to_owned).into();
        let targets = Targets::new(vec![0, 1, 0], names).unwrap();
        assert!(targets.clone().with_groups(vec![7]).is_err());
        let targets = targets.with_groups(vec![7, 8, 9]).unwrap();
        let selected = targets.select(&[2, 1]);
        assert_eq!(selected.labels(), [0, 1]);
        assert_eq!(selected.groups(), Some(&[9, 8][..]));
    }
}
