//! Hands the fits of a comparison, or the trials of a search, to other machines, and joins what they found. There
//! is no scheduler here: Slurm, Kubernetes and others have one.
//!
//! A [`Folder`] that all machines see holds everything. [`write()`] puts a [`Plan`] into it, and a line for each
//! job that is left to do; jobs are grouped into tasks, which have numbers. [`work`] runs the jobs of one task,
//! and writes one record file for each. [`merge`] joins the records into one record file, as if one machine had
//! run them all. METHODOLOGY.md describes the files.

mod agree;
mod claim;
mod engine;
mod error;
mod folder;
mod follow;
mod index;
mod kubernetes;
mod merge;
mod plan;
mod slurm;
mod status;
mod tasks;
mod words;
mod work;
mod write;

pub use claim::Claim;
pub use error::ArrayError;
pub use folder::Folder;
pub use follow::follow;
pub use index::index_of_engine;
pub use kubernetes::{Volume, manifest};
pub use merge::{Merged, merge, merge_search};
pub use plan::Plan;
pub use slurm::{Asked, Submitted, submit};
pub use status::{Failed, Status, status};
pub use tasks::{Job, Tasks};
pub use work::{Worked, work};
pub use write::{Written, write, write_search};
