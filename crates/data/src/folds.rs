//! Dividing samples for cross-validation without changing the proportions of the classes.

use crate::{DataError, Dataset};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random stream of the draw; models use small numbers.
const STREAM: u64 = u64::MAX - 2;

/// The fold of each sample, from 0 to `folds` − 1. Every class is dealt out at random, one sample to
/// each fold in turn: folds differ by at most one sample in each class, and in all.
///
/// # Errors
/// [`DataError::Folds`] if `folds` is below 2, or some class has fewer samples than that.
pub fn stratified_folds(dataset: &Dataset, folds: usize, seed: u64) -> Result<Vec<u16>, DataError> {
    let counts = dataset.class_counts();
    let occurring = (0..counts.len()).filter(|&class| counts[class] > 0);
    let Some(class) = occurring.min_by_key(|&class| counts[class]) else {
        return Err(DataError::Empty);
    };
    if folds < 2 || folds > counts[class] || folds > usize::from(u16::MAX) {
        return Err(DataError::Folds {
            wanted: folds,
            class: dataset.class_names()[class].clone(),
            rarest: counts[class],
        });
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let mut fold_of = vec![0; dataset.len()];
    // Each class goes on where the one before it stopped.
    let mut next = 0;
    for mut class in dataset.members() {
        class.shuffle(&mut random);
        for sample in class {
            fold_of[sample] = (next % folds) as u16;
            next += 1;
        }
    }
    Ok(fold_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PictureShape, Samples};

    fn dataset() -> Dataset {
        let labels: Vec<usize> = (0..103).map(|i| usize::from(i % 10 > 6)).collect();
        let shape = PictureShape {
            rows: 1,
            columns: 1,
        };
        let images = Samples::from_pixels(shape, vec![0; labels.len()]).unwrap();
        let names = ["a", "b", "never"].map(str::to_owned);
        Dataset::new(images, labels, names.into()).unwrap()
    }

    #[test]
    fn folds_have_the_same_sizes_and_shares() {
        let data = dataset();
        let folds = stratified_folds(&data, 5, 1).unwrap();
        let count = |fold: u16, class: usize| {
            let here = folds.iter().zip(data.labels());
            here.filter(|&(&f, &c)| f == fold && c == class).count()
        };
        for fold in 0..5 {
            let [a, b] = [count(fold, 0), count(fold, 1)];
            assert!((14..=15).contains(&a) && (6..=7).contains(&b), "{a} {b}");
            assert!((20..=21).contains(&(a + b)));
        }
    }

    #[test]
    fn the_seed_decides() {
        let folds = |seed| stratified_folds(&dataset(), 2, seed).unwrap();
        assert_eq!(folds(1), folds(1));
        assert_ne!(folds(1), folds(2));
    }

    #[test]
    fn impossible_folds_are_refused() {
        let error = stratified_folds(&dataset(), 50, 1).unwrap_err().to_string();
        assert_eq!(
            error,
            "50 folds, but class b has 30 samples; ask for 2 to 30 folds"
        );
        assert!(stratified_folds(&dataset(), 1, 1).is_err());
    }
}
