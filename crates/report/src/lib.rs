//! From records of fits to tables, pages and pictures.
//!
//! The runner appends [`Record`]s as fits finish. Everything else here is a pure function of
//! them: [`Report::new`] computes, [`write_report`] writes, and both can be repeated for free.
//! No model is known here; a model is what its record says.

mod agreement;
mod comparison;
mod data_sets;
mod diff;
mod encoding;
mod error;
#[cfg(test)]
mod examples;
mod figures;
mod files;
mod html;
mod index;
mod latex;
mod markdown;
mod metrics;
mod numbers;
mod over_seeds;
mod parquet;
mod record;
mod resampled;
mod sheet;
mod summary;
mod table;
mod tables;
mod tensorboard;
mod tradeoff;
mod tuning;
mod variance;
mod verdict;

pub use agreement::{Agreement, agreement};
pub use comparison::{Comparison, Together};
pub use diff::{Change, Diff, ModelChange, diff};
pub use error::ReportError;
pub use files::{RecordLog, Records, newest_run, read_records, runs, write_file, write_report};
pub use index::write_index;
pub use latex::latex;
pub use markdown::warnings;
pub use metrics::{FitSummary, Metrics};
pub use over_seeds::OverSeeds;
pub use record::{
    Cell, Control, ControlRecord, DatasetRecord, Environment, EpochRecord, FitRecord, Fitted,
    FoldOf, ImagesRecord, JudgedOn, Latency, LinearRecord, Mistake, Outcome, PlannedModel,
    Protocol, Record, RunRecord,
};
pub use sheet::{Tile, contact_sheet};
pub use summary::{ModelSummary, Report, Status};
pub use table::{Table, Values};
pub use tables::{epochs_table, measurements, models_table, predictions_table};
pub use tensorboard::event_files;
pub use tuning::{ExpectedBest, TunedModel, TunedTrial, TuningBudget, TuningReport, write_tuning};
pub use variance::VarianceBudget;
pub use verdict::verdict;
