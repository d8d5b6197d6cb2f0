//! Metrics of classifiers and their uncertainty, over plain slices.

mod confusion;
mod interval;
mod log_loss;
mod paired;

pub use confusion::{ClassMetrics, ConfusionMatrix};
pub use interval::{Interval, wilson};
pub use log_loss::log_loss;
pub use paired::{McNemar, PairedBootstrap, holm, mcnemar};
