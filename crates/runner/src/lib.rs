//! Runs comparisons and searches: plans, the protocol, jobs, who executes them, and the store.
//!
//! A [`Plan`] names models and options. A [`Comparison`] divides the data and fits every cell that the
//! store lacks, each as a [`Job`] that an [`Executor`] runs: in this process ([`InProcess`]) or in one
//! of its own ([`OwnProcess`]). What comes of it are [`records::Records`]. Nothing here knows a command
//! line or a terminal: a [`Watcher`] hears what happens.

mod allowance;
mod any_path;
mod archive;
mod asked_data;
mod cell;
mod command;
mod comparison;
mod conditions;
mod control_samples;
mod controls;
mod division;
mod environment;
#[cfg(test)]
mod examples;
mod exchange;
mod executor;
mod failure;
mod family;
mod handover;
mod hash;
mod importance;
mod job;
mod keeper;
mod known_data;
mod learner;
mod limits;
mod margin;
mod measure;
mod memory;
mod mistakes;
mod obituary;
mod options;
mod pace;
mod plan;
mod prepared;
mod program;
pub mod progress_words;
mod registry;
mod resource;
mod room;
mod rows;
mod scrutiny;
mod setting;
mod shown;
mod shuffled;
mod slices;
mod spoken;
mod stack;
mod stopwatch;
mod store;
mod trial;
mod tuning;
mod values;
mod watcher;
mod whole;
mod words;

pub use archive::Archive;
pub use asked_data::{Supply, load_data, make_digits};
pub use cell::serve;
pub use comparison::pieces::{Bench, Piece, Workbench};
pub use comparison::{Comparison, Given};
pub use control_samples::ControlSamples;
pub use environment::{Build, describe, host, libraries, processors};
pub use executor::Executor;
pub use executor::in_process::InProcess;
pub use executor::own_process::{Cell as CellProgram, OwnProcess};
pub use failure::{Failure, Fault, Place};
pub use job::{Ended, Event, Job, JobMethod, Keep, Task, TrialEnd};
pub use known_data::{is_known, known_data};
pub use learner::{Learner, Method};
pub use limits::{Exceeded, Limits};
pub use margin::Margin;
pub use options::{CrossValidation, Options, PictureSize, Seed, Seeds, Share};
pub use pace::Pace;
pub use plan::{Plan, plan_schema};
pub use program::CommandModel;
pub use registry::Registry;
pub use resource::Resource;
pub use scrutiny::{Drift, Scrutiny, Suspect, Suspects, doubts};
pub use setting::Setting;
pub use shuffled::{CONTROL_LEVEL, MOST_SHUFFLES, Shuffles, shuffled_control};
pub use stack::on_enough_stack;
pub use stopwatch::Stopwatch;
pub use store::Earlier;
pub use tuning::ahead::TrialsAhead;
pub use tuning::{SearchOptions, TrialWatcher, Tuning, TuningWatcher};
pub use watcher::{Unwatched, Watcher};
pub use whole::whole;
pub use words::{as_typed, of_fit};
