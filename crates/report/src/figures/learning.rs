//! Accuracy against the number of training images, and against the time to fit them.

use super::lines::{Line, Panel, draw};
use super::looks::Looks;
use super::plot::{Axis, Model};
use super::scale::{ends, with_margin};
use crate::figure::Figure;
use crate::numbers::{significant, thousands};
use crate::table::Table;
use crate::words::judged_images;
use analysis::{CONFIDENCE, Finished, FitSummary, Report};
use records::SampleKind;
use statistics::{Interval, wilson};

/// What a fit costs: images or seconds.
type Cost = fn(&FitSummary) -> f64;

fn seconds(fit: &FitSummary) -> f64 {
    fit.fit_seconds.unwrap_or(0.0).max(1e-6)
}

/// Two pictures, by images and by time; empty without learning curves.
pub(super) fn learning_curves(report: &Report) -> Vec<Figure> {
    let samples = match report.dataset.samples {
        SampleKind::Rows => "training rows",
        SampleKind::Pictures | SampleKind::Colours => "training images",
    };
    let costs: [(&str, &str, Cost); 2] = [
        ("learning-by-images", samples, |fit| fit.train_images as f64),
        ("learning-by-time", "fit time, s", |fit| seconds(fit)),
    ];
    let looks = Looks::of_report(report);
    let models: Vec<(Model, &Finished)> = report
        .finished()
        .filter(|(_, of)| !of.spread.learning_curve.is_empty())
        .map(|(model, of)| {
            (
                Model {
                    id: &model.id,
                    look: looks.of(&model.id),
                },
                of,
            )
        })
        .collect();
    if models.is_empty() {
        return Vec::new();
    }
    let figure = |(name, label, cost): (&'static str, &'static str, Cost)| {
        let panels = [panel(&models, label, cost)];
        let title = if name.ends_with("images") {
            by_images(&models, samples)
        } else {
            by_time(&models)
        };
        let said = format!(
            "Share of the {} that are right against {}, with 95 % intervals.",
            judged_images(report),
            label.trim_end_matches(", s")
        );
        Figure::svg(
            name,
            |room| draw(room, &title, &said, &panels),
            data(&models, label, cost),
        )
    };
    costs.into_iter().map(figure).collect()
}

fn data(models: &[(Model, &Finished)], label: &str, cost: Cost) -> Table {
    let fits = || {
        let of_model = |(model, of): &(Model<'_>, &Finished)| {
            let id = model.id.to_owned();
            let fits = of.spread.learning_curve.clone();
            fits.into_iter().map(move |fit| (id.clone(), fit))
        };
        models.iter().flat_map(of_model)
    };
    let end =
        |of: fn(Interval) -> f64| fits().map(move |(_, fit)| Some(of(interval(&fit)) * 100.0));
    Table::default()
        .text("model", fits().map(|(id, _)| id))
        .numbers(label, fits().map(|(_, fit)| Some(cost(&fit))))
        .numbers(
            "right, %",
            fits().map(|(_, fit)| Some(fit.accuracy * 100.0)),
        )
        .numbers("low", end(|of| of.low))
        .numbers("high", end(|of| of.high))
}

/// Wilson's, over the images.
fn interval(fit: &FitSummary) -> Interval {
    let images = fit.judged_images;
    let right = (fit.accuracy * images as f64).round() as usize;
    wilson(right.min(images), images, CONFIDENCE)
}

fn panel<'a>(models: &[(Model<'a>, &Finished)], label: &str, cost: Cost) -> Panel<'a> {
    let line = |&(model, of): &(Model<'a>, &Finished)| {
        let fits = &of.spread.learning_curve;
        let said = |fit: &FitSummary| {
            let [right, seconds] = [
                format!("{:.2}", fit.accuracy * 100.0),
                significant(seconds(fit)),
            ];
            format!(
                "{}: {} to learn from, {seconds} s, {right} % right",
                model.id,
                thousands(fit.train_images)
            )
        };
        let band = |fit: &FitSummary| {
            let Interval { low, high } = interval(fit);
            [cost(fit), low * 100.0, high * 100.0]
        };
        Line {
            model,
            points: fits
                .iter()
                .map(|fit| ([cost(fit), fit.accuracy * 100.0], said(fit)))
                .collect(),
            band: fits.iter().map(band).collect(),
        }
    };
    let lines: Vec<Line> = models.iter().map(line).collect();
    let costs = lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|([x, _], _)| *x);
    let shares = lines
        .iter()
        .flat_map(|line| &line.band)
        .flat_map(|&[_, low, high]| [low, high]);
    let [low, high] = with_margin(ends(shares, [0.0, 100.0]), 0.02);
    Panel::new(
        Axis::log(label, ends(costs, [1.0, 1.0])),
        Axis::linear("right, %", [low.max(0.0), high.min(100.0)]),
        lines,
    )
}

/// The model that is best with as many images.
fn best_with<'a>(models: &[(Model<'a>, &Finished)], images: usize) -> Option<(&'a str, f64)> {
    let with = |(model, of): &(Model<'a>, &Finished)| {
        let fit = of
            .spread
            .learning_curve
            .iter()
            .find(|fit| fit.train_images == images)?;
        Some((model.id, fit.accuracy))
    };
    models
        .iter()
        .filter_map(with)
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

fn by_images(models: &[(Model, &Finished)], samples: &str) -> String {
    let sizes = || {
        models
            .iter()
            .flat_map(|(_, of)| &of.spread.learning_curve)
            .map(|fit| fit.train_images)
    };
    let (fewest, most) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    let [few, many] =
        [fewest, most].map(|images| best_with(models, images).map_or("", |(id, _)| id));
    if few == many {
        format!(
            "{many} gets most right with {} {samples}, and with {}",
            thousands(fewest),
            thousands(most)
        )
    } else {
        format!(
            "{few} gets most right with {} {samples}, {many} with {}",
            thousands(fewest),
            thousands(most)
        )
    }
}

fn by_time(models: &[(Model, &Finished)]) -> String {
    let fits = || {
        models
            .iter()
            .flat_map(|(model, of)| of.spread.learning_curve.iter().map(|fit| (model.id, fit)))
    };
    let best = fits().max_by(|a, b| a.1.accuracy.total_cmp(&b.1.accuracy));
    best.map_or_else(String::new, |(id, fit)| {
        format!(
            "{id} gets furthest: {:.2} % right after {} s",
            fit.accuracy * 100.0,
            significant(seconds(fit))
        )
    })
}
