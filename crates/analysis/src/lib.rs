//! From records of fits to numbers: metrics, comparisons, verdicts, costs. No text and no picture.
//!
//! Everything here is a pure function of [`records::Records`]: [`Report::new`] computes all that
//! pages, tables and `report.json` say. No model is known here; a model is what its record says.

mod across_folds;
mod agreement;
mod answers;
mod bootstrap;
mod comparison;
mod counts;
mod data_sets;
mod diff;
mod estimates;
pub mod examples;
mod family;
mod fits;
mod foresight;
mod fronts;
mod gate;
mod importance;
mod joint;
mod levels;
mod measurements;
mod metric;
mod model;
mod on_images;
mod over_seeds;
mod overview;
mod pair;
mod probabilities;
mod report;
mod sample;
mod side;
mod standings;
mod status;
mod subset;
mod together;
mod tuning;
mod variance;
mod verdict;

pub use across_folds::FIVE_BY_TWO;
pub use agreement::{Agreement, agreement};
pub use bootstrap::MetricDifference;
pub use data_sets::{FEWEST_DATA_SETS, OverDataSets, RankedPair, Ranking};
pub use diff::{Change, Diff, ModelChange, diff};
pub use estimates::{Estimate, estimates};
pub use fits::FitSummary;
pub use foresight::{Foresight, Planned, SeedsAhead, Share};
pub use fronts::Price;
pub use gate::{FailsIf, Gate, GateEnd};
pub use importance::ColumnImportance;
pub use levels::{CONFIDENCE, SIGNIFICANCE};
pub use metric::{Direction, Metric, Metrics};
pub use model::{Cost, Finished, ModelSummary, Quality, Shown, Spread, Training};
pub use over_seeds::OverSeeds;
pub use overview::{ModelOverview, Overview};
pub use pair::Comparison;
pub use probabilities::{Calibration, Diagrams};
pub use report::Report;
pub use side::Incomparable;
pub use standings::Standing;
pub use status::Status;
pub use subset::Subset;
pub use together::Together;
pub use tuning::trial_interval;
pub use variance::VarianceBudget;
pub use verdict::{Seeds, Verdict};
