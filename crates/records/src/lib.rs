//! What was planned, run and measured.
//!
//! The runner appends a [`Record`] to a [`RecordLog`] whenever a fit ends, and [`read_records`]
//! reads them back. Reading checks everything once: whoever has [`Records`] need not ask again
//! whether an array is as long as it must be, a class exists or a name is safe in a path.

mod cell;
mod check;
mod error;
pub mod examples;
mod fit;
mod format_2;
mod log;
mod name;
mod number;
mod one_line;
mod own_file;
mod packed;
mod part;
mod read;
mod record;
mod run;
mod slices;
mod thousands;
mod thumbnail;
mod trial;
mod tuning;
mod whole;
mod wire;
mod write;
mod zlib;

pub use cell::{Cell, Role, Split};
pub use error::RecordError;
pub use fit::{
    EpochRecord, FitRecord, Fitted, Importance, Latency, LinearRecord, Mistake, Outcome, percentile,
};
pub use log::RecordLog;
pub use name::{FILE_NAME, NARROW, is_file_name};
pub use number::Number;
pub use one_line::{disturbs, one_line, one_message};
pub use own_file::{open_own_file, read_own_file};
pub use part::sweep_parts;
pub use read::{newest_run, read_record, read_records, read_trial, run_file, runs};
pub use record::{Control, ControlRecord, ImagesRecord, Record, Records};
pub use run::{
    COMMAND, ColumnRecord, DatasetRecord, Environment, FORMAT, FoldOf, Folds, JudgedOn, Machine,
    PlannedModel, PredictionFile, Protocol, RunRecord, SampleKind, share,
};
pub use slices::SliceRecord;
pub use thousands::{grouped, thousands};
pub use thumbnail::{SIDE, Thumbnail};
pub use trial::{JudgedTrial, TrialOutcome, TrialRecord};
pub use tuning::{
    ExpectedBest, Search, TUNING_FORMAT, TunedModel, TunedTrial, TuningBudget, TuningRecord,
};
pub use whole::{WholeLog, file_of_run};
pub use write::{
    check_writable, clear_for_own_file, is_of_a_full_disk, write_file, write_file_by,
    write_new_file, write_own_file,
};
pub use zlib::{Effort, compress, decompress};
