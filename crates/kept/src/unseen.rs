//! Which samples a model has not seen.

use crate::about::About;
use crate::error::KeptError;
use data::{Samples, Targets, stratified_subset};
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hasher};

/// The training samples that a model was not fitted to, by number; `sha256` are the sums of the data.
///
/// # Errors
/// [`KeptError::Unsuited`] if the data are others, or it is not known which samples they are, or there are none.
pub fn unseen(
    about: &About,
    train: &Targets,
    sha256: &[String; 4],
) -> Result<Vec<usize>, KeptError> {
    let (trained, id) = (&about.data, &about.id);
    let refuse = |reason: &str| {
        Err(KeptError::Unsuited(format!(
            "{id}: {reason}calibrate it --on a file of other rows"
        )))
    };
    if trained.sha256[..2] != sha256[..2] {
        return refuse("these are not the data that it was fitted to; name those, or ");
    }
    let Some(seed) = trained.drawn_by else {
        return refuse("its file does not say which training samples it was fitted to; ");
    };
    let Ok(seen) = stratified_subset(train, trained.samples, seed) else {
        return refuse("its file says that it was fitted to more samples than there are; ");
    };
    let mut is_seen = vec![false; train.len()];
    for &sample in &seen {
        is_seen[sample] = true;
    }
    let mut others: Vec<usize> = (0..train.len())
        .filter(|&sample| !is_seen[sample])
        .collect();
    if let Some(groups) = train.groups() {
        // Of a group that it knows, it knows more than of others.
        let known: BTreeSet<u32> = seen.iter().map(|&s| groups[s]).collect();
        others.retain(|&sample| !known.contains(&groups[sample]));
    }
    if others.is_empty() {
        return refuse(
            "it was fitted to all training samples; train it with --train-limit, and the others calibrate it, or ",
        );
    }
    Ok(others)
}

/// How many of the samples stand, value by value, among others.
pub fn standing_among(samples: &Samples, others: &[&Samples]) -> usize {
    let hashes = |samples: &Samples| -> Vec<u64> {
        let of = |row: &[f32]| {
            let mut hasher = DefaultHasher::new();
            for value in row {
                hasher.write_u32(value.to_bits());
            }
            hasher.finish()
        };
        let values = samples.to_f32();
        values.chunks_exact(samples.features()).map(of).collect()
    };
    let known: HashSet<u64> = others.iter().flat_map(|others| hashes(others)).collect();
    hashes(samples)
        .iter()
        .filter(|hash| known.contains(hash))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_found_again() {
        let rows = |values: &[f32]| Samples::from_features(2, values.to_vec()).unwrap();
        let (some, others) = (rows(&[1.0, 2.0, 3.0, 4.0]), rows(&[2.0, 1.0, 3.0, 4.0]));
        assert_eq!(standing_among(&some, &[&others]), 1);
        assert_eq!(standing_among(&some, &[&others, &some]), 2);
        assert_eq!(standing_among(&some, &[]), 0);
    }
}
