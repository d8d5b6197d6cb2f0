//! Ours and the Python peers on the same work, side by side, in one run.

mod contest;
mod error;
mod idx;
mod page;
mod process;
mod quiet;
mod ratio;
mod reading;
mod subjects;

pub use contest::{Request, measure};
pub use error::BenchmarkError;
pub use reading::read_table;
