//! Accuracy against the number of training images, and against the time to fit them.

use super::lines::{Chart, Line, extent};
use crate::error::ReportError;
use crate::figure::Figure;
use analysis::{FitSummary, Report};
use records::SampleKind;

/// What a fit costs: images or seconds.
type Cost = fn(&FitSummary) -> f64;

/// Two pictures, by images and by time; empty without learning curves.
pub(super) fn learning_curves(report: &Report) -> Result<Vec<Figure>, ReportError> {
    let samples = match report.dataset.samples {
        SampleKind::Rows => "training rows",
        SampleKind::Pictures | SampleKind::Colours => "training images",
    };
    let costs: [(&str, &str, Cost); 2] = [
        ("learning-by-images.svg", samples, |fit| {
            fit.train_images as f64
        }),
        ("learning-by-time.svg", "fit time, s", |fit| {
            fit.fit_seconds.unwrap_or(0.0).max(1e-6)
        }),
    ];
    let models = || {
        report
            .finished()
            .filter(|(_, of)| !of.spread.learning_curve.is_empty())
    };
    if models().next().is_none() {
        return Ok(Vec::new());
    }
    let draw = |(file, x, cost): (&str, &'static str, Cost)| {
        let point = |fit: &FitSummary| (cost(fit), fit.accuracy * 100.0);
        let lines: Vec<Line> = models()
            .map(|(model, of)| Line {
                name: model.id.clone(),
                place: report.place(&model.id),
                points: of.spread.learning_curve.iter().map(point).collect(),
            })
            .collect();
        let [x_range, right] = extent(&lines);
        let chart = Chart {
            x,
            y: "right, %",
            x_range,
            y_range: (right.start - 1.0)..(right.end + 1.0).min(100.0),
            log_x: true,
            diagonal: false,
        };
        chart.draw(&lines, file)
    };
    costs.into_iter().map(draw).collect()
}
