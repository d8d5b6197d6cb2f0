//! Dividing images for cross-validation without changing the proportions of the classes.

use crate::{DataError, Dataset};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random stream of the draw; models use small numbers.
const STREAM: u64 = u64::MAX - 2;

/// The fold of each image, from 0 to `folds` − 1. Every class is dealt out at random, one image to
/// each fold in turn: folds differ by at most one image in each class, and in all.
///
/// # Errors
/// [`DataError::Folds`] if `folds` is below 2, or some class has fewer images than that.
pub fn stratified_folds(dataset: &Dataset, folds: usize, seed: u64) -> Result<Vec<u16>, DataError> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); dataset.classes()];
    for (index, &label) in dataset.labels().iter().enumerate() {
        members[label].push(index);
    }
    members.retain(|class| !class.is_empty());
    let rarest = members.iter().map(Vec::len).min().unwrap_or(0);
    if folds < 2 || folds > rarest || folds > usize::from(u16::MAX) {
        return Err(DataError::Folds {
            wanted: folds,
            rarest,
        });
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let mut fold_of = vec![0; dataset.len()];
    // Each class goes on where the one before it stopped.
    let mut next = 0;
    for class in &mut members {
        class.shuffle(&mut random);
        for &image in class.iter() {
            fold_of[image] = (next % folds) as u16;
            next += 1;
        }
    }
    Ok(fold_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImageShape, Images};

    fn dataset() -> Dataset {
        let labels: Vec<usize> = (0..103).map(|i| usize::from(i % 10 > 6)).collect();
        let shape = ImageShape {
            rows: 1,
            columns: 1,
        };
        let images = Images::from_pixels(shape, vec![0; labels.len()]).unwrap();
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
            "50 folds of images whose rarest class has 30: ask for 2 to 30"
        );
        assert!(stratified_folds(&dataset(), 1, 1).is_err());
    }
}
