//! How much the samples of each class count in a fit.

use data::Targets;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether rare classes count as much as frequent ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClassWeights {
    /// Every sample counts 1.
    #[default]
    None,
    /// A sample of a class counts samples / (classes · samples of the class), of the classes that occur, as in
    /// scikit-learn: all classes weigh the same, and all samples together as many as there are.
    Balanced,
}

impl ClassWeights {
    /// What a sample of each class of `train` counts, 0 for a class without samples; nothing where all count 1.
    pub fn of(self, train: &impl AsRef<Targets>) -> Option<Vec<f64>> {
        let train = train.as_ref();
        let Self::Balanced = self else {
            return None;
        };
        let counts = train.class_counts();
        let occurring = counts.iter().filter(|&&count| count > 0).count();
        let weight = |&count: &usize| match count {
            0 => 0.0,
            count => train.len() as f64 / (occurring * count) as f64,
        };
        Some(counts.iter().map(weight).collect())
    }

    /// What each sample of `train` counts; nothing where all count 1.
    pub fn of_samples(self, train: &impl AsRef<Targets>) -> Option<Vec<f64>> {
        let weights = self.of(train)?;
        let of_sample = |&label: &usize| weights[label];
        Some(train.as_ref().labels().iter().map(of_sample).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::{Dataset, Samples};

    /// ```python
    /// compute_class_weight("balanced", classes=[0, 2], y=[0, 0, 0, 2])  # scikit-learn 1.9.1: 0.66666667, 2
    /// ```
    #[test]
    fn the_classes_that_occur_weigh_the_same() {
        let samples = Samples::from_features(1, vec![0.0; 4]).unwrap();
        let names = ["a", "b", "c"].map(str::to_owned).into();
        let train = Dataset::new(samples, vec![0, 0, 0, 2], names).unwrap();
        let weights = ClassWeights::Balanced.of(&train);
        assert_eq!(weights, Some(vec![4.0 / 6.0, 0.0, 2.0]));
        assert_eq!(ClassWeights::None.of(&train), None);
        let of_samples = ClassWeights::Balanced.of_samples(&train).unwrap();
        assert_eq!(of_samples, [2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 2.0]);
    }
}
