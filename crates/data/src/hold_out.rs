//! Setting a share of the samples aside, with its part of every class and with whole groups.

use crate::groups::{deal, groups_of};
use crate::subset::shares_within;
use crate::{DataError, Targets};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Random stream of the draw; models use small numbers.
const STREAM: u64 = u64::MAX - 3;

/// The two sides of a division, each ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldOut {
    /// Samples to learn from.
    pub rest: Vec<usize>,
    /// Samples set aside.
    pub held_out: Vec<usize>,
}

/// Sets `share` of the samples aside, drawn at random from each class in proportion. Where samples
/// come in groups, whole groups are set aside, and the shares are as near as that allows.
///
/// Every class stays among the rest: a class of one sample, or of one group, is not held out.
///
/// # Errors
/// [`DataError::Share`] unless `share` is above 0 and below 1; [`DataError::HoldOut`] if no sample
/// could be set aside or fewer than two classes are there.
pub fn hold_out(
    samples: &impl AsRef<Targets>,
    share: f64,
    seed: u64,
) -> Result<HoldOut, DataError> {
    let targets = samples.as_ref();
    if !(share > 0.0 && share < 1.0) {
        return Err(DataError::Share(share));
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let mut is_held_out = vec![false; targets.len()];
    let chosen = match targets.groups() {
        None => single_samples(targets, share, &mut random),
        Some(groups) => whole_groups(targets.labels(), groups, share, &mut random),
    };
    for sample in chosen {
        is_held_out[sample] = true;
    }
    let (held_out, rest): (Vec<usize>, Vec<usize>) =
        (0..targets.len()).partition(|&sample| is_held_out[sample]);
    let classes = targets.class_counts().iter().filter(|&&n| n > 0).count();
    if held_out.is_empty() || classes < 2 {
        return Err(DataError::HoldOut {
            share,
            samples: targets.len(),
            classes,
            grouped: targets.groups().is_some(),
        });
    }
    Ok(HoldOut { rest, held_out })
}

fn single_samples(targets: &Targets, share: f64, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut members = targets.members();
    members.retain(|class| class.len() > 1);
    let available: usize = members.iter().map(Vec::len).sum();
    if available == 0 {
        return Vec::new();
    }
    let counts: Vec<usize> = members.iter().map(Vec::len).collect();
    // Of each class one at least on either side.
    let wanted = (share * targets.len() as f64).round() as usize;
    let wanted = wanted.clamp(members.len(), available - members.len());
    let shares = shares_within(&counts, |count| count - 1, wanted);
    let mut chosen = Vec::with_capacity(wanted);
    for (class, share) in members.iter_mut().zip(shares) {
        class.shuffle(random);
        chosen.extend_from_slice(&class[..share]);
    }
    chosen
}

fn whole_groups(
    labels: &[usize],
    groups: &[u32],
    share: f64,
    random: &mut ChaCha8Rng,
) -> Vec<usize> {
    let all = groups_of(labels, groups);
    let mut groups_with: BTreeMap<usize, usize> = BTreeMap::new();
    for class in all.iter().flat_map(|group| group.classes.keys()) {
        *groups_with.entry(*class).or_default() += 1;
    }
    // The only group of a class stays.
    let mut movable = all;
    movable.retain(|group| group.classes.keys().all(|class| groups_with[class] > 1));
    let parts = deal(movable, &[1.0 - share, share], random);
    (0..labels.len())
        .filter(|&sample| parts.get(&groups[sample]) == Some(&1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(labels: Vec<usize>) -> Targets {
        let names = (0..4).map(|class| class.to_string()).collect();
        Targets::new(labels, names).unwrap()
    }

    #[test]
    fn each_class_has_its_share_on_either_side() {
        let all = targets((0..100).map(|i| usize::from(i % 10 > 6)).collect());
        let sides = hold_out(&all, 0.2, 1).unwrap();
        assert_eq!(all.select(&sides.held_out).class_counts(), [14, 6, 0, 0]);
        assert_eq!(all.select(&sides.rest).class_counts(), [56, 24, 0, 0]);
        assert_eq!(sides, hold_out(&all, 0.2, 1).unwrap());
        assert_ne!(sides, hold_out(&all, 0.2, 2).unwrap());
    }

    #[test]
    fn a_class_of_one_sample_stays_and_one_of_two_is_divided() {
        let all = targets([vec![0; 20], vec![1; 2], vec![2]].concat());
        for share in [0.01, 0.2, 0.99] {
            let sides = hold_out(&all, share, 3).unwrap();
            let counts = all.select(&sides.rest).class_counts();
            assert!(counts[0] > 0, "{counts:?}");
            assert_eq!(counts[1..3], [1, 1]);
        }
    }

    #[test]
    fn a_group_is_never_on_both_sides() {
        let labels: Vec<usize> = (0..300).map(|i| i % 3).collect();
        let groups: Vec<u32> = (0..300).map(|i| i / 10).collect();
        let all = targets(labels).with_groups(groups.clone()).unwrap();
        let sides = hold_out(&all, 0.2, 5).unwrap();
        assert_eq!(sides.held_out.len(), 60);
        for held_out in &sides.held_out {
            let same = |rest: &&usize| groups[**rest] == groups[*held_out];
            assert_eq!(sides.rest.iter().find(same), None);
        }
    }

    #[test]
    fn the_only_group_of_a_class_stays() {
        let all = targets(vec![0, 0, 1, 1, 0, 0]);
        let all = all.with_groups(vec![1, 1, 2, 2, 3, 3]).unwrap();
        for seed in 0..10 {
            let sides = hold_out(&all, 0.3, seed).unwrap();
            assert_eq!(all.select(&sides.rest).class_counts()[..2], [2, 2]);
        }
    }

    #[test]
    fn what_cannot_be_divided_is_refused() {
        let error = hold_out(&targets(vec![0; 10]), 0.2, 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "holding out 0.2 of 10 samples of 1 class: two classes are needed, and two samples of one of them"
        );
        assert!(hold_out(&targets(vec![0, 1, 2]), 0.2, 1).is_err());
        for share in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(hold_out(&targets(vec![0, 0, 1, 1]), share, 1).is_err());
        }
        let one_group = targets(vec![0, 1, 0, 1]).with_groups(vec![4; 4]).unwrap();
        let error = hold_out(&one_group, 0.5, 1).unwrap_err().to_string();
        assert!(error.contains("two groups"), "{error}");
    }
}
