//! Metrics of classifiers and their uncertainty, over plain slices.

mod calibration;
mod confusion;
mod interval;
mod moments;
mod paired;
mod probabilities;
mod ranks;
#[cfg(test)]
mod recorded;
mod resampled;
mod seeds;
mod several;

pub use calibration::{
    ReliabilityBin, at_temperature, confidences, expected_calibration_error, reliability,
    temperature,
};
pub use confusion::{Averages, ClassMetrics, ConfusionMatrix};
pub use interval::{Interval, binomial_tail, wilson};
pub use moments::{mean, variance};
pub use paired::{McNemar, PairedBootstrap, holm, mcnemar};
pub use probabilities::{
    brier, brier_scores, log_loss, log_losses, ranks, roc_auc, roc_auc_influences, top_k_accuracy,
};
pub use ranks::{Friedman, critical_difference, friedman, nemenyi};
pub use resampled::{CorrelatedDifferences, Posterior, five_by_two_f};
pub use seeds::SeedDifference;
pub use several::{Test, cochran_q, detectable_difference, groups};
