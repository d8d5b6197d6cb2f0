//! One file per verb.

pub(crate) mod benchmarks;
pub(crate) mod compare;
pub(crate) mod datasets;
pub(crate) mod models;
pub(crate) mod report;
pub(crate) mod show;
