//! The parameter `shrinkage`, and its value where the data give it.

use crate::within::Within;
use classifier::Cancelled;
use classifier::schemars::JsonSchema;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The least shrinkage. Exact copies of a feature keep a pivot of twice this, which is far above the
/// rounding of f64.
const LEAST: f64 = 1e-10;

/// How much the correlations of the features shrink towards none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a number from 0 to 1, or \"auto\"")]
#[schemars(crate = "classifier::schemars")]
pub enum Shrinkage {
    /// From 0 to 1.
    Value(#[schemars(range(min = 0, max = 1))] f64),
    /// A number that the data give.
    FromData(FromData),
}

/// How the data give the shrinkage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum FromData {
    /// Least expected squared error of the correlations (Ledoit & Wolf 2004).
    Auto,
}

impl fmt::Display for Shrinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(shrinkage) => shrinkage.fmt(f),
            Self::FromData(FromData::Auto) => f.write_str("\"auto\""),
        }
    }
}

impl Shrinkage {
    /// The number for these samples, whose scatter within classes is `scatter`.
    pub(crate) fn resolve(self, within: &Within, scatter: &[f64]) -> Result<f64, Cancelled> {
        let shrinkage = match self {
            Self::Value(shrinkage) => shrinkage,
            Self::FromData(FromData::Auto) => ledoit_wolf(within, scatter)?,
        };
        Ok(shrinkage.max(LEAST))
    }
}

/// β/δ of Ledoit & Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal
/// of Multivariate Analysis 88, 2004, for features scaled to variance 1. Those without variance are left out.
fn ledoit_wolf(within: &Within, scatter: &[f64]) -> Result<f64, Cancelled> {
    let (features, samples) = (within.features(), within.len() as f64);
    // What makes the mean square of a feature 1.
    let factor = |feature| match scatter[feature * features + feature] {
        0.0 => 0.0,
        sum => samples / sum,
    };
    let factors: Vec<f64> = (0..features).map(factor).collect();
    let varying = factors.iter().filter(|&&factor| factor > 0.0).count() as f64;
    let off_diagonal: f64 = (0..features)
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .map(|(i, j)| scatter[i * features + j].powi(2) * factors[i] * factors[j])
        .sum::<f64>()
        * 2.0
        / (samples * samples);
    let mut fourth = 0.0;
    within.for_each_chunk(|rows| {
        let squares = rows.par_chunks_exact(features).map(|row| {
            let scaled = row.iter().zip(&factors).map(|(x, factor)| x * x * factor);
            scaled.sum::<f64>().powi(2)
        });
        fourth += squares.collect::<Vec<f64>>().iter().sum::<f64>();
    })?;
    let error = (fourth / samples - off_diagonal - varying) / samples;
    Ok(if off_diagonal > 0.0 {
        (error / off_diagonal).clamp(0.0, 1.0)
    } else {
        0.0
    })
}
