//! Hyper-parameter search: spaces, samplers and schedules.
//!
//! No model is known here. A trial is [`Values`] and a loss, the smaller the better; who runs
//! trials, and where, is the caller's business.

mod asha;
mod expected_best;
mod halving;
mod method;
mod searcher;
mod space;
mod tpe;

pub use asha::{Asha, Start};
pub use expected_best::expected_best;
pub use halving::{Rung, rungs, survivors};
pub use method::Method;
pub use searcher::{Budget, LEAST_SHARE, Next, Proposal, Searcher};
pub use space::{Domain, Space, Values};
pub use tpe::{Trial, suggest};
