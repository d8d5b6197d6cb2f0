//! How often predictions of a given probability are right: the reliability diagram.

use super::lines::{Chart, Line};
use crate::error::ReportError;
use crate::figure::Figure;
use analysis::Report;
use statistics::ReliabilityBin;

/// Ranges with fewer images than this are left out: their share of right images is chance.
const FEWEST: usize = 10;

/// A line for every model with probabilities; `None` if there is no such model.
pub(super) fn reliability_diagram(report: &Report) -> Result<Option<Figure>, ReportError> {
    let lines: Vec<(&str, &[ReliabilityBin])> = report
        .finished()
        .map(|(model, of)| (model.id.as_str(), of.quality.reliability.as_slice()))
        .filter(|(_, bins)| !bins.is_empty())
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let percent = |bin: &ReliabilityBin| (bin.confidence * 100.0, bin.accuracy * 100.0);
    let lines: Vec<Line> = lines
        .into_iter()
        .map(|(id, bins)| Line {
            name: id.to_owned(),
            place: report.place(id),
            points: bins
                .iter()
                .filter(|bin| bin.images >= FEWEST)
                .map(percent)
                .collect(),
        })
        .collect();
    let chart = Chart {
        x: "mean probability of the prediction, %",
        y: "right, %",
        x_range: 0.0..100.0,
        y_range: 0.0..100.0,
        log_x: false,
        diagonal: true,
    };
    chart.draw(&lines, "calibration.svg").map(Some)
}
