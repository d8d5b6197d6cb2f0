//! Whether probabilities mean what they say, in numbers.

use crate::numbers::{four, p_value, percent, thousands};
use analysis::{Calibration, Metric, Report};
use serde::Serialize;

/// The calibration of a model.
#[derive(Serialize)]
pub(super) struct CalibrationRow {
    id: String,
    error: String,
    /// The error less what chance adds.
    debiased: String,
    class_wise: String,
    miscalibration: String,
    discrimination: String,
    /// Spiegelhalter's.
    test: String,
    impossible: String,
}

impl CalibrationRow {
    /// Of all models with probabilities, the most accurate first.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let standings = report.standings();
        let with = standings.iter().filter_map(|standing| {
            let calibration = standing.finished.quality.calibration.as_ref()?;
            let error = standing.model.metric(Metric::ExpectedCalibrationError)?;
            Some(Self::new(&standing.model.id, error, calibration))
        });
        with.collect()
    }

    fn new(id: &str, error: f64, of: &Calibration) -> Self {
        let test = of.spiegelhalter.as_ref();
        Self {
            id: id.to_owned(),
            error: percent(error),
            debiased: percent(of.debiased_calibration_error),
            class_wise: percent(of.class_calibration_error),
            miscalibration: four(of.miscalibration),
            discrimination: four(of.discrimination),
            test: test.map_or_else(
                || "–".to_owned(),
                |test| format!("z = {:.2}, p {}", test.statistic, p_value(test.p)),
            ),
            impossible: thousands(of.impossible_truths),
        }
    }
}
