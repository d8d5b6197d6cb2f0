//! Dividing samples for cross-validation without changing the proportions of the classes.

use crate::groups::{deal, groups_of};
use crate::{DataError, Targets};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random stream of the draw; models use small numbers.
const STREAM: u64 = u64::MAX - 2;

/// The fold of each sample, from 0 to `folds` − 1. Every class is dealt out at random, one sample to
/// each fold in turn: folds differ by at most one sample in each class, and in all. Where samples
/// come in groups, whole groups are dealt out, and the shares are as near as that allows.
///
/// # Errors
/// [`DataError::Folds`] if `folds` is below 2, or some class has fewer samples than that;
/// [`DataError::GroupedFolds`] if there are fewer groups than folds, [`DataError::GroupedClass`] if
/// all groups of a class are in one fold.
pub fn stratified_folds(
    samples: &impl AsRef<Targets>,
    folds: usize,
    seed: u64,
) -> Result<Vec<u16>, DataError> {
    let targets = samples.as_ref();
    let counts = targets.class_counts();
    let occurring = (0..counts.len()).filter(|&class| counts[class] > 0);
    let Some(class) = occurring.min_by_key(|&class| counts[class]) else {
        return Err(DataError::Empty);
    };
    if folds < 2 || folds > counts[class] || folds > usize::from(u16::MAX) {
        return Err(DataError::Folds {
            wanted: folds,
            class: targets.class_names()[class].clone(),
            rarest: counts[class],
        });
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    match targets.groups() {
        None => Ok(deal_samples(targets, folds, &mut random)),
        Some(groups) => deal_groups(targets, groups, folds, &mut random),
    }
}

fn deal_samples(targets: &Targets, folds: usize, random: &mut ChaCha8Rng) -> Vec<u16> {
    let mut fold_of = vec![0; targets.len()];
    // Each class goes on where the one before it stopped.
    let mut next = 0;
    for mut class in targets.members() {
        class.shuffle(random);
        for sample in class {
            fold_of[sample] = (next % folds) as u16;
            next += 1;
        }
    }
    fold_of
}

fn deal_groups(
    targets: &Targets,
    groups: &[u32],
    folds: usize,
    random: &mut ChaCha8Rng,
) -> Result<Vec<u16>, DataError> {
    let all = groups_of(targets.labels(), groups);
    if all.len() < folds {
        return Err(DataError::GroupedFolds {
            wanted: folds,
            groups: all.len(),
        });
    }
    let parts = deal(all, &vec![1.0; folds], random);
    let fold_of: Vec<u16> = groups.iter().map(|group| parts[group] as u16).collect();
    for (class, members) in targets.members().iter().enumerate() {
        let mut folds_of_class = members.iter().map(|&sample| fold_of[sample]);
        let first = folds_of_class.next();
        if first.is_some() && folds_of_class.all(|fold| Some(fold) == first) {
            return Err(DataError::GroupedClass {
                class: targets.class_names()[class].clone(),
            });
        }
    }
    Ok(fold_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dataset, PictureShape, Samples};

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

    #[test]
    fn folds_of_groups_are_whole_and_keep_the_shares() {
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 8 > 5)).collect();
        let groups: Vec<u32> = (0..400).map(|i| i / 8).collect();
        let names = ["a", "b"].map(str::to_owned);
        let targets = Targets::new(labels, names.into()).unwrap();
        let targets = targets.with_groups(groups.clone()).unwrap();
        let folds = stratified_folds(&targets, 5, 1).unwrap();
        for fold in 0..5 {
            let inside: Vec<usize> = (0..400).filter(|&i| folds[i] == fold).collect();
            assert_eq!(targets.select(&inside).class_counts(), [60, 20]);
        }
        for (a, b) in groups.iter().zip(&folds) {
            assert_eq!(folds[*a as usize * 8], *b);
        }
    }

    #[test]
    fn groups_that_make_no_folds_are_refused() {
        let names: std::sync::Arc<[String]> = ["a", "b"].map(str::to_owned).into();
        let refusal = |groups: [u32; 8], folds| {
            let targets = Targets::new(vec![0, 0, 0, 0, 1, 1, 1, 1], names.clone()).unwrap();
            let targets = targets.with_groups(groups.to_vec()).unwrap();
            stratified_folds(&targets, folds, 1)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refusal([1, 1, 2, 2, 1, 1, 2, 2], 3),
            "3 folds of 2 groups; ask for as many folds as groups at most"
        );
        assert_eq!(
            refusal([1, 2, 3, 4, 5, 5, 5, 5], 2),
            "all groups of class b are in one fold, and a model would be judged on a class that it never saw; ask for other folds or another seed"
        );
    }
}
