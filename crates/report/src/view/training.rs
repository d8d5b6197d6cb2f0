//! How models learnt: by epochs, by the number of images, and what linear models learnt.

use crate::bounds::{MOST_EPOCHS, shown_of};
use crate::numbers::{scientific, significant, thousands};
use analysis::{Finished, Report};
use serde::Serialize;
use std::collections::BTreeSet;

/// Accuracy by number of training images, a column per model.
#[derive(Serialize)]
pub(super) struct LearningTable {
    models: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl LearningTable {
    pub(super) fn new(report: &Report) -> Self {
        let models: Vec<_> = report
            .finished()
            .filter(|(_, of)| !of.spread.learning_curve.is_empty())
            .collect();
        let fits = models.iter().flat_map(|(_, of)| &of.spread.learning_curve);
        let sizes: BTreeSet<usize> = fits.map(|fit| fit.train_images).collect();
        let cell = |of: &Finished, size: usize| {
            let mut fits = of.spread.learning_curve.iter();
            let of_size = fits.find(|fit| fit.train_images == size);
            of_size.map_or_else(String::new, |fit| format!("{:.2}", fit.accuracy * 100.0))
        };
        let row = |size| {
            let cells = models.iter().map(|(_, of)| cell(of, size));
            (thousands(size), cells.collect())
        };
        Self {
            rows: sizes.into_iter().map(row).collect(),
            models: models.iter().map(|(model, _)| model.id.clone()).collect(),
        }
    }
}

/// Test and training accuracy after each epoch, a column per model.
#[derive(Serialize)]
pub(super) struct EpochTable {
    models: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

impl EpochTable {
    pub(super) fn new(report: &Report) -> Self {
        let models: Vec<_> = report
            .finished()
            .filter(|(_, of)| !of.training.epochs.is_empty())
            .collect();
        let counts = models.iter().map(|(_, of)| of.training.epochs.len());
        let cell = |of: &Finished, epoch: usize| {
            let state = of.training.epochs.get(epoch);
            state.map_or_else(String::new, |state| {
                let [judged, train] = [state.judged_accuracy, state.train_accuracy];
                format!("{:.2} / {:.2}", judged * 100.0, train * 100.0)
            })
        };
        let row = |epoch: usize| {
            let cells = models.iter().map(|(_, of)| cell(of, epoch));
            (epoch + 1, cells.collect())
        };
        let shown = shown_of(counts.max().unwrap_or(0), MOST_EPOCHS);
        Self {
            rows: shown.into_iter().map(row).collect(),
            models: models.iter().map(|(model, _)| model.id.clone()).collect(),
        }
    }
}

/// The largest difference between any two weights or biases, for every pair of linear models.
#[derive(Serialize)]
pub(super) struct WeightDifferences {
    models: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

/// The most products of weights and pairs of models: what is compared in a second.
const MOST_COMPARED: usize = 1 << 30;

impl WeightDifferences {
    /// `None` for fewer than two linear models, or so many weights that it would take long.
    pub(super) fn new(report: &Report) -> Option<Self> {
        let linear: Vec<_> = report
            .finished()
            .filter_map(|(model, of)| Some((&model.id, of.shown.linear.as_ref()?)))
            .collect();
        let weights = linear.first()?.1.weights.len();
        if linear.iter().any(|(_, of)| of.weights.len() != weights) {
            return None;
        }
        let work = weights.saturating_mul(linear.len() * linear.len());
        if linear.len() < 2 || work > MOST_COMPARED {
            return None;
        }
        let rows = linear.iter().map(|(id, a)| {
            let cells = linear.iter().map(|(other, b)| {
                if id == other {
                    return "–".to_owned();
                }
                let ours = a.weights.iter().chain(&a.biases);
                let pairs = ours.zip(b.weights.iter().chain(&b.biases));
                let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                match largest {
                    0.0 => "0".to_owned(),
                    0.001.. => significant(largest.into()),
                    _ => scientific(largest.into(), 1),
                }
            });
            ((*id).clone(), cells.collect())
        });
        Some(Self {
            models: linear.iter().map(|(id, _)| (*id).clone()).collect(),
            rows: rows.collect(),
        })
    }
}
