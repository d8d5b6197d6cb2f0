//! The expected best accuracy against what is spent of the budget.

use super::Figure;
use super::lines::{Chart, Line};
use crate::{ReportError, TuningReport};

/// A line for every model with at least two trials to draw from; `None` if there is none.
pub(crate) fn expected_best_curves(report: &TuningReport) -> Result<Option<Figure>, ReportError> {
    let models = report.models.iter();
    let lines: Vec<Line> = models
        .filter(|model| model.expected_best.len() > 1)
        .map(|model| Line {
            name: model.id.clone(),
            points: model
                .expected_best
                .iter()
                .map(|point| (point.spent, point.accuracy * 100.0))
                .collect(),
        })
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let all = || lines.iter().flat_map(|line| line.points.iter());
    let least = |of: fn(&(f64, f64)) -> f64| all().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&(f64, f64)) -> f64| all().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = (least(|point| point.1), most(|point| point.1));
    let margin = ((high - low) * 0.06).max(0.1);
    let chart = Chart {
        x: report.budget.unit(),
        y: "expected best, % right",
        x_range: least(|point| point.0)..most(|point| point.0),
        y_range: (low - margin).max(0.0)..(high + margin).min(100.0),
        log_x: false,
        diagonal: false,
    };
    chart.draw(&lines, "expected-best.svg").map(Some)
}
