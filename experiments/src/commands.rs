//! One file per verb.

pub(crate) mod benchmarks;
pub(crate) mod calibrate;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod datasets;
pub(crate) mod evaluate;
pub(crate) mod export;
pub(crate) mod history;
pub(crate) mod jobs;
pub(crate) mod judge;
pub(crate) mod lab;
pub(crate) mod models;
pub(crate) mod predict;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod train;
pub(crate) mod tune;
pub(crate) mod verify;
