//! Metrics of classifiers, their uncertainty, and comparisons, over plain slices. No other crate of this
//! workspace is needed to use it.
//!
//! | question | look at |
//! |---|---|
//! | How good is it? | [`ConfusionMatrix`], [`log_loss`], [`brier`], [`roc_auc`], [`average_precision`], [`threshold_curves`] |
//! | How sure is that? | [`wilson`], [`area_interval`], [`PairedBootstrap`], [`CorrelatedDifferences::share_interval`], [`spread`] |
//! | Do two differ, on the same samples? | [`mcnemar`], [`tango`], [`AreaDifference`] |
//! | And where samples come in groups? | [`compare_groups`], [`ClusteredDifference`], [`clustered_share`], [`PairedBootstrap::of_groups`] |
//! | Do two differ, on samples of their own? | [`independent_difference`] |
//! | Does the difference matter? | [`paired_relation`], [`Relation`] |
//! | Which of several differ? | [`all_pairs`], [`against_control`], [`PairedBootstrap::simultaneous`], [`cochran_q`] |
//! | Over folds, seeds, data sets? | [`CorrelatedDifferences`], [`SeedDifference`], [`CrossedDifference`], [`outperforming`], [`friedman`], [`wilcoxon`] |
//! | What could be found? | [`detectable_difference`], [`least_detectable`], [`samples_needed`], [`detectable_effect`] |
//! | Do probabilities mean what they say? | [`reliability`], [`corp`], [`Temperature`], [`spiegelhalter`] |
//! | What will more of it cost? | [`PowerLaw`] |
//! | Is it honest? | [`shuffled_labels`], [`luck_bound`] |
//!
//! `cargo run --release -p statistics --example levels` simulates what tests and intervals hold.

mod areas;
mod binomial;
mod bootstrap;
mod calibration;
mod clustered;
mod conformal;
mod confusion;
mod corp;
mod crossed;
mod curves;
mod equivalence;
mod growth;
mod independent;
mod interval;
mod isotonic;
mod letters;
mod looks;
mod moments;
mod paired;
mod pairs;
mod platt;
mod power;
mod probabilities;
mod rank_permutations;
mod ranks;
#[cfg(test)]
mod recorded;
mod resampled;
mod right;
mod seeds;
mod seriation;
mod several;
mod shuffled;
mod signed_ranks;
mod spread;
mod tango;
mod temperature;

pub use areas::{
    AreaDifference, FEWEST_FOR_AREA, area_interval, average_precision,
    average_precision_influences, class_area,
};
pub use bootstrap::{
    FEWEST_DIFFERING, FEWEST_FOR_CURVES, FEWEST_OF_A_CLASS, FEWEST_SCORED, PairedBootstrap,
    SimultaneousDifference,
};
pub use calibration::{
    ReliabilityBin, class_calibration_error, confidences, debiased_calibration_error,
    expected_calibration_error, reliability, spiegelhalter,
};
pub use clustered::{ClusteredDifference, clustered_share, compare_groups, share_interval};
pub use conformal::conformal_threshold;
pub use confusion::{Averages, ClassMetrics, ConfusionMatrix};
pub use corp::{Corp, Step, consistency_band, corp};
pub use crossed::CrossedDifference;
pub use curves::{CurvePlaces, CurvePoint, threshold_curves};
pub use equivalence::Relation;
pub use growth::PowerLaw;
pub use independent::independent_difference;
pub use interval::{Interval, binomial_tail, mean_difference, wilson};
pub use isotonic::{isotonic, isotonic_at};
pub use letters::compact_letters;
pub use looks::{Looks, luck_bound};
pub use moments::{mean, quantile, variance};
pub use paired::{McNemar, holm, mcnemar};
pub use pairs::{
    PairComparison, against_control, all_pairs, compare_pair, distinct_pairs, paired_relation,
};
pub use platt::platt;
pub use power::{
    MOST_SEEDS, detectable_difference, detectable_effect, least_detectable, mcnemar_power,
    samples_needed, seeds_needed, t_power,
};
pub use probabilities::{
    brier, brier_scores, impossible_truths, log_loss, log_losses, ranks, roc_auc,
    roc_auc_influences, top_k_accuracy,
};
pub use ranks::{Friedman, critical_difference, exact_critical_difference, friedman, nemenyi};
pub use resampled::{CorrelatedDifferences, FEWEST_FOR_HALVES, Posterior, five_by_two_f};
pub use right::{only_right, right, share_right};
pub use seeds::{Outperforming, SeedDifference, outperforming};
pub use seriation::seriation;
pub use several::{Test, cochran_q, groups};
pub use shuffled::{ShuffledLabels, shuffled_labels, shuffles_to_fail};
pub use signed_ranks::{signed_rank_posterior, wilcoxon};
pub use spread::{NoSpread, Spread, Varied, spread, spread_of_samples};
pub use tango::tango;
pub use temperature::{Temperature, at_temperature, is_end_of_search, temperature};
