//! The expected best accuracy against the number of trials.

use super::Figure;
use super::lines::{Chart, Line};
use crate::ReportError;

/// A line for every model; `None` if there is none.
pub(crate) fn expected_best_curves(
    curves: &[(&str, &[f64])],
) -> Result<Option<Figure>, ReportError> {
    let all = || curves.iter().flat_map(|(_, curve)| curve.iter().copied());
    let longest = curves.iter().map(|(_, curve)| curve.len()).max();
    let Some(longest) = longest else {
        return Ok(None);
    };
    let low = all().fold(f64::INFINITY, f64::min) * 100.0;
    let high = all().fold(f64::NEG_INFINITY, f64::max) * 100.0;
    let margin = ((high - low) * 0.06).max(0.1);
    let points = |curve: &[f64]| {
        let trials = curve.iter().enumerate();
        trials
            .map(|(i, best)| (i as f64 + 1.0, best * 100.0))
            .collect()
    };
    let lines: Vec<Line> = curves
        .iter()
        .map(|(name, curve)| Line {
            name: (*name).to_owned(),
            points: points(curve),
        })
        .collect();
    let chart = Chart {
        x: "trials",
        y: "expected best, % right",
        x_range: 1.0..longest as f64,
        y_range: (low - margin)..(high + margin).min(100.0),
        log_x: false,
        diagonal: false,
    };
    chart.draw(&lines, "expected-best.svg").map(Some)
}
