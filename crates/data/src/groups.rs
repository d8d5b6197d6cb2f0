//! Dealing groups out to parts of a data set, so that each part has its share of every class.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Samples that stay together: how many there are of each class that occurs among them.
pub(crate) struct Group {
    pub(crate) number: u32,
    pub(crate) classes: BTreeMap<usize, usize>,
}

/// The groups, by their number.
pub(crate) fn groups_of(labels: &[usize], groups: &[u32]) -> Vec<Group> {
    let mut counts: BTreeMap<u32, BTreeMap<usize, usize>> = BTreeMap::new();
    for (&label, &group) in labels.iter().zip(groups) {
        *counts.entry(group).or_default().entry(label).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts
        .map(|(number, classes)| Group { number, classes })
        .collect()
}

/// The part of each group, by its number. Groups are dealt out from the largest to the smallest,
/// equals in random order; each goes where it makes Σ n² / w grow least, with n the share of a class
/// that a part has and w the share that it should have, `weights`. No part stays empty if there are
/// as many groups.
///
/// The order and the aim are those of scikit-learn's `StratifiedGroupKFold`; it compares standard
/// deviations.
pub(crate) fn deal(
    mut groups: Vec<Group>,
    weights: &[f64],
    random: &mut ChaCha8Rng,
) -> BTreeMap<u32, usize> {
    let mut totals: BTreeMap<usize, f64> = BTreeMap::new();
    for (&class, &count) in groups.iter().flat_map(|group| &group.classes) {
        *totals.entry(class).or_default() += count as f64;
    }
    groups.shuffle(random);
    groups.sort_by_key(|group| std::cmp::Reverse(group.classes.values().sum::<usize>()));

    let mut filled = vec![BTreeMap::<usize, f64>::new(); weights.len()];
    let mut parts = BTreeMap::new();
    let groups_in_all = groups.len();
    for (dealt, group) in groups.iter().enumerate() {
        let shares = group.classes.iter();
        let shares: Vec<(usize, f64)> = shares
            .map(|(class, &count)| (*class, count as f64 / totals[class]))
            .collect();
        let growth = |part: &usize| {
            let had = |class: &usize| filled[*part].get(class).copied().unwrap_or(0.0);
            let grown = shares
                .iter()
                .map(|(c, share)| share * (2.0 * had(c) + share));
            let size: f64 = filled[*part].values().sum();
            (grown.sum::<f64>() / weights[*part], size / weights[*part])
        };
        let empty = filled.iter().filter(|part| part.is_empty()).count();
        let must_fill = groups_in_all - dealt <= empty;
        let part = (0..weights.len())
            .filter(|&part| !must_fill || filled[part].is_empty())
            .min_by(|a, b| {
                growth(a)
                    .partial_cmp(&growth(b))
                    .expect("shares are finite")
            })
            .expect("there is a part");
        for (class, share) in shares {
            *filled[part].entry(class).or_default() += share;
        }
        parts.insert(group.number, part);
    }
    parts
}
