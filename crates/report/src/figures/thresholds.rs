//! What each threshold of probability would do: the receiver operating characteristic, and precision
//! over recall.

use super::lines::{Line, Panel, draw};
use super::looks::Looks;
use super::palette::Look;
use super::plot::{Axis, Model};
use super::scale::{ends, with_margin};
use crate::figure::Figure;
use crate::numbers::significant;
use crate::table::Table;
use crate::words::leaders;
use analysis::{Finished, Metric, ModelSummary, Report};
use statistics::CurvePoint;

/// A curve of a model, in the order of [`CURVES`].
type Curves = [Vec<CurvePoint>; 2];

/// What each curve shows, and over what.
const CURVES: [[&str; 3]; 2] = [
    [
        "receiver operating characteristic",
        "true positive rate, %",
        "false positive rate, %",
    ],
    ["precision over recall", "precision, %", "recall, %"],
];

/// With an area from here on, all that is to be seen is where few others are taken for the class: rates are drawn
/// by their logarithms.
const NEAR: f64 = 0.99;
/// More bands hide each other.
const MOST_BANDS: usize = 4;

/// `None` if no model has probabilities.
pub(super) fn threshold_curves(report: &Report) -> Option<Figure> {
    let curves = |of: &'_ Finished| of.shown.diagrams.as_ref()?.curves.clone();
    let standings = report.standings();
    let models: Vec<(&ModelSummary, Curves)> = standings
        .iter()
        .filter_map(|of| Some((of.model, curves(of.finished)?)))
        .collect();
    if models.is_empty() {
        return None;
    }
    let panels = [panel(report, &models, 0), panel(report, &models, 1)];
    let classes = match report.dataset.classes {
        2 => format!("Of class {}", report.dataset.class_names[1]),
        _ => "Of one class against the rest, the mean over classes".to_owned(),
    };
    let banded: Vec<&str> = models
        .iter()
        .filter(|(_, [roc, _])| has_band(roc))
        .map(|(model, _)| model.id.as_str())
        .collect();
    let bands = match banded.len() {
        0 => String::new(),
        1..=MOST_BANDS => " Bands: 95 % confidence for each point.".to_owned(),
        _ => format!(" Band: 95 % confidence for each point of {}.", banded[0]),
    };
    let said = format!(
        "{classes}. With a lower threshold more of the class are found, and more others are taken for it. Dashed: guessing.{bands}"
    );
    let title = title(&models);
    Some(Figure::svg(
        "thresholds",
        |room| draw(room, &title, &said, &panels),
        data(&models),
    ))
}

fn has_band(points: &[CurvePoint]) -> bool {
    points.iter().any(|point| point.band.is_some())
}

fn panel<'a>(report: &Report, models: &[(&'a ModelSummary, Curves)], which: usize) -> Panel<'a> {
    let [caption, y, x] = CURVES[which];
    let looks = Looks::of_report(report);
    let lines: Vec<Line> = models
        .iter()
        .map(|(model, curves)| line(looks.of(&model.id), &model.id, &curves[which], which))
        .collect();
    let points = || lines.iter().flat_map(|line| &line.points);
    let across = ends(points().map(|([x, _], _)| *x), [0.0, 100.0]);
    let band_of_first = lines.iter().filter(|line| !line.band.is_empty()).count() > MOST_BANDS;
    let seen = if band_of_first { 1 } else { lines.len() };
    let banded = lines.iter().filter(|line| !line.band.is_empty());
    let bands = banded.take(seen).flat_map(|line| &line.band);
    let heights = points()
        .map(|([_, y], _)| *y)
        .chain(bands.flat_map(|&[_, low, high]| [low, high]));
    let [low, high] = with_margin(ends(heights, [0.0, 100.0]), 0.02);
    let is_log = which == 0 && areas(models).any(|area| area >= NEAR);
    let x = match which {
        0 if is_log => Axis::log(x, across),
        0 => Axis::linear(x, [0.0, 100.0]),
        _ => Axis::linear(x, across),
    };
    let y = Axis::linear(y, [low.max(0.0), high.min(100.0)]);
    let dashed = if which == 0 {
        let start = if is_log { across[0] } else { 0.0 };
        let steps = (0..=50).map(|i| start.max(1e-9) + (100.0 - start) * f64::from(i * i) / 2500.0);
        let inside = steps.filter(|&rate| rate >= low);
        inside.map(|rate| [rate.min(100.0); 2]).collect()
    } else {
        Vec::new()
    };
    Panel {
        caption: match which {
            0 => format!("ROC: {caption}"),
            _ => caption.to_owned(),
        },
        dashed,
        band_of_first,
        ..Panel::new(x, y, lines)
    }
}

fn line<'a>(look: Look, id: &'a str, points: &[CurvePoint], which: usize) -> Line<'a> {
    let [_, y, x] = CURVES[which].map(|label| label.trim_end_matches(", %"));
    let said = |point: &CurvePoint| {
        let [at, value] = [point.at, point.value].map(|share| significant(share * 100.0));
        format!("{id}: {y} {value} % at a {x} of {at} %")
    };
    let band = |point: &CurvePoint| {
        let band = point.band?;
        Some([point.at, band.low, band.high].map(|share| share * 100.0))
    };
    Line {
        model: Model { id, look },
        points: points
            .iter()
            .map(|point| {
                (
                    [point.at, point.value].map(|share| share * 100.0),
                    said(point),
                )
            })
            .collect(),
        band: points.iter().filter_map(band).collect(),
    }
}

fn data(models: &[(&ModelSummary, Curves)]) -> Table {
    let points = || {
        models.iter().flat_map(|(model, curves)| {
            let of_curve = |(points, [name, ..]): (&'_ Vec<CurvePoint>, [&'static str; 3])| {
                let points: Vec<CurvePoint> = points.clone();
                points.into_iter().map(move |point| (name, point))
            };
            let both = curves.iter().zip(CURVES).flat_map(of_curve);
            both.map(|(name, point)| (model.id.clone(), name, point))
        })
    };
    let percent = |share: f64| Some(share * 100.0);
    Table::default()
        .text("model", points().map(|(id, ..)| id))
        .text("curve", points().map(|(_, name, _)| name.to_owned()))
        .numbers("x, %", points().map(|(.., point)| percent(point.at)))
        .numbers("y, %", points().map(|(.., point)| percent(point.value)))
        .numbers("low", points().map(|(.., point)| percent(point.band?.low)))
        .numbers(
            "high",
            points().map(|(.., point)| percent(point.band?.high)),
        )
}

fn areas(models: &[(&ModelSummary, Curves)]) -> impl Iterator<Item = f64> {
    models
        .iter()
        .filter_map(|(model, _)| model.metric(Metric::RocAuc))
}

/// Which model orders best.
fn title(models: &[(&ModelSummary, Curves)]) -> String {
    let area = |model: &ModelSummary| {
        let area = model.metric(Metric::RocAuc).unwrap_or(0.0);
        format!("{area:.4}")
    };
    let areas = models.iter().map(|(model, _)| area(model));
    let most = areas.max().unwrap_or_default();
    let best = models.iter().filter(|(model, _)| area(model) == most);
    let best: Vec<&str> = best.map(|(model, _)| model.id.as_str()).collect();
    if let [(only, _)] = models {
        return format!("{}: area below the ROC curve {most}", only.id);
    }
    let (who, several) = leaders(&best);
    let have = if several { "have" } else { "has" };
    format!("{who} {have} the largest area below the ROC curve: {most}")
}
