//! All models that finished at once.

use crate::family::Ranked;
use crate::pair::Comparison;
use records::RunRecord;
use serde::Serialize;
use statistics::{Test, cochran_q, groups};

/// All models that finished at once.
#[derive(Debug, Clone, Serialize)]
pub struct Together {
    /// Cochran's Q: whether all are equally often right. Not over folds, nor of images in groups.
    pub cochran_q: Option<Test>,
    /// The largest sets of models that cannot be told apart; none with a baseline, where not every
    /// pair is compared.
    pub groups: Vec<Vec<String>>,
}

impl Together {
    /// `None` for fewer than two models.
    pub(crate) fn new(
        ranked: &[Ranked],
        comparisons: &[Comparison],
        run: &RunRecord,
    ) -> Option<Self> {
        if ranked.len() < 2 {
            return None;
        }
        let right: Vec<Vec<bool>> = ranked
            .iter()
            .map(|(_, of)| of.compared.right[0].clone())
            .collect();
        let has_folds = run.protocol.folds().is_some();
        Some(Self {
            cochran_q: (!has_folds && run.groups.is_empty())
                .then(|| cochran_q(&right))
                .flatten(),
            groups: if run.baseline.is_none() {
                told_apart(ranked, comparisons)
            } else {
                Vec::new()
            },
        })
    }
}

/// The groups, by name.
fn told_apart(ranked: &[Ranked], comparisons: &[Comparison]) -> Vec<Vec<String>> {
    let differ = |a: usize, b: usize| {
        let of_these =
            |pair: &&Comparison| pair.first == ranked[a].0.id && pair.second == ranked[b].0.id;
        comparisons
            .iter()
            .find(of_these)
            .is_some_and(|pair| pair.different)
    };
    let name = |group: Vec<usize>| group.into_iter().map(|i| ranked[i].0.id.clone()).collect();
    groups(ranked.len(), differ).into_iter().map(name).collect()
}
