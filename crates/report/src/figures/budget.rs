//! The expected best accuracy against what is spent of the budget.

use super::lines::{Chart, Line, extent};
use crate::error::ReportError;
use crate::figure::Figure;
use records::{TuningBudget, TuningRecord};

/// A line for every model with at least two trials to draw from; `None` if there is none.
pub(crate) fn expected_best_curves(report: &TuningRecord) -> Result<Option<Figure>, ReportError> {
    let models = report.models.iter();
    let lines: Vec<Line> = models
        .enumerate()
        .filter(|(_, model)| model.expected_best.len() > 1)
        .map(|(place, model)| Line {
            name: model.id.clone(),
            place,
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
    let [x_range, y] = extent(&lines);
    let margin = ((y.end - y.start) * 0.06).max(0.1);
    let chart = Chart {
        x: match report.budget {
            TuningBudget::Trials(_) => "trials",
            TuningBudget::Seconds(_) => "seconds of fitting",
        },
        y: "expected best, % right",
        x_range,
        y_range: (y.start - margin).max(0.0)..(y.end + margin).min(100.0),
        log_x: false,
        diagonal: false,
    };
    chart.draw(&lines, "expected-best.svg").map(Some)
}
