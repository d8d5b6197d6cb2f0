//! The kernel functions.

use classifier::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kernel function K(x, x').
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum Kernel {
    /// exp(−γ‖x − x'‖²)
    Rbf,
    /// x·x'
    Linear,
}
