//! How often predictions of a given probability are right: reliability diagrams, one for each model.

use super::looks::Looks;
use super::palette::{Look, Paint};
use super::plot::{Area, axis_below};
use super::scale::Scale;
use super::svg::{Anchor, LINE, Svg, TEXT, widest};
use super::text::wrap;
use crate::figure::Figure;
use crate::numbers::thousands;
use crate::room::Room;
use crate::table::Table;
use analysis::{Finished, Metric, ModelSummary, Report};
use statistics::Step;

/// A diagram for every model with probabilities; `None` if there is no such model.
pub(super) fn reliability_diagrams(report: &Report) -> Option<Figure> {
    let standings = report.standings();
    let models: Vec<(&ModelSummary, &Finished)> = standings
        .iter()
        .map(|of| (of.model, of.finished))
        .filter(|(_, of)| !of.quality.reliability.is_empty())
        .collect();
    (!models.is_empty()).then(|| {
        let title = title(&models);
        Figure::svg(
            "calibration",
            |room| draw(report, &models, &title, room),
            data(report, &models),
        )
    })
}

fn data(report: &Report, models: &[(&ModelSummary, &Finished)]) -> Table {
    let [_, images] = report.dataset.words();
    let steps = || {
        models
            .iter()
            .flat_map(|(model, of)| steps(of).iter().map(|step| (&model.id, step)))
    };
    let percent = |of: fn(&Step) -> f64| steps().map(move |(_, step)| Some(of(step) * 100.0));
    Table::default()
        .text("model", steps().map(|(id, _)| id))
        .numbers("probability from, %", percent(|step| step.from))
        .numbers("to, %", percent(|step| step.to))
        .numbers("right, %", percent(|step| step.frequency))
        .integers(images, steps().map(|(_, step)| Some(step.samples)))
}

/// The steps of a model's diagram.
fn steps(of: &Finished) -> &[Step] {
    let diagrams = of.shown.diagrams.as_ref();
    diagrams.map_or(&[], |diagrams| &diagrams.steps)
}

fn draw(report: &Report, models: &[(&ModelSummary, &Finished)], title: &str, room: Room) -> String {
    let [_, images] = report.dataset.words();
    let is_chance_known = |(_, of): &(_, &Finished)| {
        let diagrams = of.shown.diagrams.as_ref();
        diagrams.is_some_and(|diagrams| !diagrams.chance.is_empty())
    };
    let band = if models.iter().any(is_chance_known) {
        "A calibrated model's line stays in the grey band in 95 of 100 tests. "
    } else {
        ""
    };
    let said = format!(
        "Share of predictions that are right against their probability, both in %. On the dashed line probabilities mean \
         what they say; below it a model is too sure of itself. {band}The columns below count the {images} at each probability."
    );
    let (mut svg, mut top) = Svg::new(room, title, &said);
    let columns = if room.is_narrow() { 2 } else { 4 }.min(models.len().max(2));
    let across = (svg.width() - 16.0) / columns as f64;
    let looks = Looks::of_report(report);
    for row in models.chunks(columns) {
        let names: Vec<Vec<String>> = row
            .iter()
            .map(|(model, _)| wrap(&model.id, TEXT, across - 44.0))
            .collect();
        let lines = names.iter().map(Vec::len).max().unwrap_or(1) as f64;
        for (i, ((model, of), name)) in row.iter().zip(&names).enumerate() {
            let left = 8.0 + across * i as f64;
            let look = looks.of(&model.id);
            svg.of_model(&model.id, |svg| {
                svg.marker([left + 8.0, top + 8.0], look);
                for (line, text) in name.iter().enumerate() {
                    svg.text(
                        [left + 20.0, top + 12.5 + LINE * line as f64],
                        Anchor::Start,
                        text,
                        Paint::Ink,
                    );
                }
                let side = (across - 50.0).min(230.0);
                let under = top + LINE * lines + 8.0;
                let area = Area {
                    left: left + 34.0,
                    right: left + 34.0 + side,
                    top: under,
                    bottom: under + side,
                };
                diagram(svg, (&model.id, images), look, of, area);
            });
        }
        top += LINE * lines + (across - 50.0).min(230.0) + LINE + COUNTS + 48.0;
    }
    svg.finish(top)
}

/// How high the columns with counts are at most.
const COUNTS: f64 = 30.0;

/// How many images have each probability, as bars that stand on the bottom of `area`.
fn counts(svg: &mut Svg, (id, images): (&str, &str), paint: Paint, of: &Finished, area: Area) {
    let bins = &of.quality.reliability;
    let images_in = |i: usize| bins[i].images;
    let highest = (0..bins.len()).max_by_key(|&i| images_in(i)).unwrap_or(0);
    let most = images_in(highest).max(1);
    let width = (area.right - area.left) / bins.len() as f64;
    let look = format!("{} fill-opacity=\"0.45\"", paint.fill());
    for (i, bin) in bins.iter().enumerate() {
        let height = COUNTS * bin.images as f64 / most as f64;
        let corner = [area.left + width * i as f64 + 0.5, area.bottom - height];
        let said = format!("{id}: {} {images}", thousands(bin.images));
        svg.cell(corner, [width - 1.0, height], &look, &said);
    }
    let number = thousands(images_in(highest));
    let half = widest([number.as_str()]) / 2.0;
    let middle = area.left + width * (highest as f64 + 0.5);
    let middle = middle.min(area.right - half).max(area.left + half);
    let at = [middle, area.bottom - COUNTS - 4.0];
    svg.text(at, Anchor::Middle, &number, Paint::Soft);
}

fn diagram(svg: &mut Svg, (id, images): (&str, &str), look: Look, of: &Finished, area: Area) {
    let x = Scale::linear([0.0, 100.0], [area.left, area.right]);
    let y = Scale::linear([0.0, 100.0], [area.bottom, area.top]);
    for tick in y.ticks(3) {
        let at = y.place(tick.value);
        svg.line([area.left, at], [area.right, at], Paint::Grid, 1.0);
        svg.text(
            [area.left - 5.0, at + 4.5],
            Anchor::End,
            &tick.label,
            Paint::Soft,
        );
    }
    let at =
        |[probability, right]: [f64; 2]| [x.place(probability * 100.0), y.place(right * 100.0)];
    if let Some(diagrams) = &of.shown.diagrams {
        let chance = &diagrams.chance;
        let low = chance.iter().map(|(p, band)| at([*p, band.low]));
        let high = chance.iter().rev().map(|(p, band)| at([*p, band.high]));
        svg.area(&low.chain(high).collect::<Vec<_>>(), Paint::Soft, 0.2);
    }
    svg.path(
        &[[area.left, area.bottom], [area.right, area.top]],
        Paint::Soft,
        1.5,
        "4 4",
    );
    let paint = Paint::Model(look);
    let under = Area {
        bottom: area.bottom + LINE + COUNTS + 4.0,
        ..area
    };
    counts(svg, (id, images), paint, of, under);
    axis_below(svg, &x, under);
    let ends = |step: &Step| [step.from, step.to].map(|p| at([p, step.frequency]));
    let line: Vec<[f64; 2]> = steps(of).iter().flat_map(ends).collect();
    svg.path(&line, paint, 2.0, "");
    // Of a single probability there is no line.
    if let [only] = steps(of) {
        svg.disc(at([only.confidence, only.frequency]), 3.5, &paint.fill());
    }
    for step in steps(of) {
        let [from, to, right] = [step.from, step.to, step.frequency].map(|share| share * 100.0);
        let said = format!(
            "{id}: of {} {images} with {from:.1} to {to:.1} %, {right:.1} % are right",
            thousands(step.samples)
        );
        svg.spot(at([step.confidence, step.frequency]), &said);
    }
}

/// Whose probabilities are nearest to what they say.
fn title(models: &[(&ModelSummary, &Finished)]) -> String {
    let error = |model: &ModelSummary| {
        model
            .metric(Metric::ExpectedCalibrationError)
            .unwrap_or(1.0)
    };
    let mut by_error: Vec<&ModelSummary> = models.iter().map(|(model, _)| *model).collect();
    by_error.sort_by(|a, b| error(a).total_cmp(&error(b)));
    let off = |model: &ModelSummary| format!("{:.1} points", error(model) * 100.0);
    match &by_error[..] {
        [] => String::new(),
        [only] => format!(
            "The probabilities of {} are {} off on average",
            only.id,
            off(only)
        ),
        [best, .., worst] => format!(
            "On average the probabilities of {} are {} off, those of {} {}",
            best.id,
            off(best),
            worst.id,
            off(worst)
        ),
    }
}
