//! Exact kernel support vector machines: the library [`kernel_svm`] under Plumbline's contract,
//! virtual support vectors on top of it, and what it sees of gradient directions.

mod gradient;
mod kept;
mod machine;
mod plain;
mod shift;
mod virtual_svm;

pub use gradient::{GRADIENT_SVM, GradientSvm, Normalisation};
pub use plain::{KERNEL_SVM, KernelName, KernelSvm};
pub use virtual_svm::{VIRTUAL_SVM, VirtualSvm};

use classifier::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The factor γ of a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a number above 0, or \"scale\"")]
#[schemars(crate = "classifier::schemars")]
pub enum Gamma {
    /// A number above 0.
    Value(#[schemars(extend("exclusiveMinimum" = 0))] f64),
    /// A number that the data give.
    FromData(FromData),
}

/// How the data give γ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum FromData {
    /// 1 / (features · variance of all features together).
    Scale,
}

impl std::fmt::Display for Gamma {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(gamma) => gamma.fmt(f),
            Self::FromData(FromData::Scale) => f.write_str("\"scale\""),
        }
    }
}

impl From<Gamma> for kernel_svm::Gamma {
    fn from(gamma: Gamma) -> Self {
        match gamma {
            Gamma::Value(gamma) => Self::Value(gamma),
            Gamma::FromData(FromData::Scale) => Self::Scale,
        }
    }
}
