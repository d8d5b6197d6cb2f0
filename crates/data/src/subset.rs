//! Drawing fewer samples without changing the proportions of the classes.

use crate::{DataError, Targets};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Random stream of the draw; models use small numbers.
const STREAM: u64 = u64::MAX - 1;

/// The indices of `size` samples, drawn at random from each class in proportion to its share
/// (largest remainders first, at least one of every class that occurs), in ascending order.
///
/// # Errors
/// [`DataError::Subset`] if `size` is below the number of classes that occur or above the number
/// of samples.
pub fn stratified_subset(
    samples: &impl AsRef<Targets>,
    size: usize,
    seed: u64,
) -> Result<Vec<usize>, DataError> {
    let targets = samples.as_ref();
    let mut members = targets.members();
    members.retain(|class| !class.is_empty());
    if size > targets.len() || size < members.len() {
        return Err(DataError::Subset {
            wanted: size,
            available: targets.len(),
            classes: members.len(),
        });
    }

    let counts: Vec<usize> = members.iter().map(Vec::len).collect();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let mut chosen = Vec::with_capacity(size);
    for (class, share) in members
        .iter_mut()
        .zip(shares_within(&counts, |count| count, size))
    {
        class.shuffle(&mut random);
        chosen.extend_from_slice(&class[..share]);
    }
    chosen.sort_unstable();
    Ok(chosen)
}

/// Splits `size` in proportion to `counts`, at least one each, no more than `most` of a count, which
/// is one or more. The size lies between the number of counts and the sum of what is most.
pub(crate) fn shares_within(
    counts: &[usize],
    most: impl Fn(usize) -> usize,
    size: usize,
) -> Vec<usize> {
    let total: usize = counts.iter().sum();
    let mut shares: Vec<usize> = counts
        .iter()
        .map(|&count| (count * size / total).max(1).min(most(count)))
        .collect();
    // Remainders decide who gets what rounding left; lower classes first among equals.
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&class| std::cmp::Reverse(counts[class] * size % total));
    let mut assigned: usize = shares.iter().sum();
    for &class in order.iter().cycle() {
        if assigned >= size {
            break;
        }
        if shares[class] < most(counts[class]) {
            shares[class] += 1;
            assigned += 1;
        }
    }
    // "At least one each" may have given out too many: the largest shares give back.
    while assigned > size {
        let largest = (0..shares.len()).max_by_key(|&class| shares[class]);
        shares[largest.expect("there is a class")] -= 1;
        assigned -= 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dataset, PictureShape, Samples};

    fn dataset(counts: &[usize]) -> Dataset {
        let labels: Vec<usize> = counts
            .iter()
            .enumerate()
            .flat_map(|(class, &count)| vec![class; count])
            .collect();
        let shape = PictureShape {
            rows: 1,
            columns: 1,
        };
        let images = Samples::from_pixels(shape, vec![0; labels.len()]).unwrap();
        let names = (0..counts.len()).map(|class| class.to_string()).collect();
        Dataset::new(images, labels, names).unwrap()
    }

    #[test]
    fn classes_keep_their_shares() {
        let data = dataset(&[500, 300, 200]);
        let subset = data.select(&stratified_subset(&data, 10, 1).unwrap());
        assert_eq!(subset.class_counts(), [5, 3, 2]);
    }

    #[test]
    fn rare_classes_keep_one_image() {
        let data = dataset(&[990, 6, 0, 4]);
        let subset = data.select(&stratified_subset(&data, 10, 1).unwrap());
        assert_eq!(subset.class_counts(), [8, 1, 0, 1]);
    }

    #[test]
    fn any_size_is_met_exactly() {
        let data = dataset(&[7, 11, 2]);
        for size in 3..=20 {
            let mut chosen = stratified_subset(&data, size, 9).unwrap();
            assert_eq!(chosen.len(), size);
            chosen.dedup();
            assert_eq!(chosen.len(), size);
        }
    }

    #[test]
    fn the_seed_decides() {
        let data = dataset(&[500, 300, 200]);
        let draw = |seed| stratified_subset(&data, 50, seed).unwrap();
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn impossible_sizes_are_refused() {
        let data = dataset(&[7, 11, 2]);
        let error = stratified_subset(&data, 21, 0).unwrap_err().to_string();
        assert_eq!(error, "a subset of 21 of 20 samples: ask for 3 to 20");
        assert!(stratified_subset(&data, 2, 0).is_err());
    }
}
