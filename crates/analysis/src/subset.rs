//! Whether all the data were used.

use records::{DatasetRecord, Protocol};

/// A comparison on a part of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subset {
    /// Images that models were trained on where these are fewer than there are: each number once,
    /// ascending.
    pub train: Vec<usize>,
    /// As many as they could have been trained on.
    pub train_available: usize,
    /// Images that models are judged on, and as many as there are, where these are more.
    pub judged: Option<(usize, usize)>,
}

impl Subset {
    /// Of models that were trained on so many images. Over folds no model is trained on the fold
    /// that it is judged on: that is no subset.
    pub(crate) fn new(
        data: &DatasetRecord,
        protocol: Protocol,
        train: impl Iterator<Item = usize>,
    ) -> Option<Self> {
        let train_available = match protocol.folds() {
            None => data.train_available,
            Some(folds) => data.test - data.test.div_ceil(folds.folds.into()),
        };
        let mut train: Vec<usize> = train.collect();
        train.sort_unstable();
        train.dedup();
        let is_part = train.first().is_some_and(|&least| least < train_available);
        let judged = (data.test < data.test_available).then_some((data.test, data.test_available));
        let subset = Self {
            train: if is_part { train } else { Vec::new() },
            train_available,
            judged,
        };
        (is_part || judged.is_some()).then_some(subset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::{run, run_over_folds};

    #[test]
    fn cross_validation_on_all_images_is_no_subset() {
        let mut run = run_over_folds(&["a"], &[0, 1].repeat(30), 1, 5);
        assert_eq!(run.models[0].train_images, 48);
        let subset =
            |data: &DatasetRecord, train| Subset::new(data, run.protocol, std::iter::once(train));
        assert_eq!(subset(&run.dataset, 48), None);
        let limited = subset(&run.dataset, 20).unwrap();
        assert_eq!((limited.train, limited.train_available), (vec![20], 48));
        run.dataset.test_available = 600;
        let quick = Subset::new(&run.dataset, run.protocol, std::iter::once(48)).unwrap();
        assert_eq!((quick.train, quick.judged), (vec![], Some((60, 600))));
    }

    #[test]
    fn fewer_training_images_are_a_subset() {
        let run = run(&["a"], &[0, 1]);
        let subset = |sizes: [usize; 2]| Subset::new(&run.dataset, run.protocol, sizes.into_iter());
        assert_eq!(subset([100, 100]), None);
        let part = subset([100, 30]).unwrap();
        assert_eq!((part.train, part.judged), (vec![30, 100], None));
    }
}
