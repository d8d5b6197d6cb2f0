//! Time of fits against their size, on logarithmic axes: powers are straight lines.

use super::lines::{Line, Panel, draw};
use super::looks::Looks;
use super::plot::{Axis, Model};
use super::scale::{ends, with_factor};
use crate::figure::Figure;
use crate::numbers::{significant, thousands};
use crate::scaling::{FitCost, Growing, Law, ModelCosts};
use crate::table::Table;

/// A clock tells no less, in seconds.
const LEAST: f64 = 1e-6;

/// A line for each model of `drawn`; the data beside it are of `all`.
pub(crate) fn time_against_size(drawn: &Growing, all: &[Growing]) -> Figure {
    let title = title(drawn);
    let said = format!(
        "Seconds of a fit against {}, both on logarithmic axes.",
        drawn.what
    );
    let panels = [panel(drawn)];
    Figure::svg(
        "scaling",
        |room| draw(room, &title, &said, &panels),
        data(all),
    )
}

/// Which models' times grow most and least.
fn title(drawn: &Growing) -> String {
    let exponent = |model: &ModelCosts| Law::of_time(model).power().map(|law| law.exponent);
    let known = drawn
        .models
        .iter()
        .filter_map(|model| Some((model.id.as_str(), exponent(model)?)));
    let mut known: Vec<(&str, f64)> = known.collect();
    known.sort_by(|a, b| a.1.total_cmp(&b.1));
    match known[..] {
        [(slow, least), .., (fast, most)] => format!(
            "With ten times the {}, {fast} takes {} times as long, {slow} {} times",
            drawn.what,
            significant(10_f64.powf(most)),
            significant(10_f64.powf(least))
        ),
        _ => format!("Time of a fit against {}", drawn.what),
    }
}

fn point(drawn: &Growing, model: &ModelCosts, fit: &FitCost) -> ([f64; 2], String) {
    let said = format!(
        "{}: {} {}, {} s",
        model.id,
        thousands(fit.size),
        drawn.what,
        significant(fit.seconds)
    );
    ([fit.size as f64, fit.seconds.max(LEAST)], said)
}

fn panel<'a>(drawn: &'a Growing) -> Panel<'a> {
    let looks = Looks::new(drawn.models.iter().map(|model| model.id.as_str()));
    let of_model = |model: &'a ModelCosts| Line {
        model: Model {
            id: &model.id,
            look: looks.of(&model.id),
        },
        points: model
            .fits
            .iter()
            .map(|fit| point(drawn, model, fit))
            .collect(),
        band: Vec::new(),
    };
    let measured = drawn.models.iter().filter(|model| !model.fits.is_empty());
    let lines: Vec<Line<'a>> = measured.map(of_model).collect();
    let along = |axis: usize| {
        let points = lines.iter().flat_map(|line| &line.points);
        ends(points.map(|(point, _)| point[axis]), [1.0, 10.0])
    };
    Panel::new(
        Axis::log(drawn.what.clone(), along(0)),
        Axis::log("fit time, s", with_factor(along(1), 0.03)),
        lines,
    )
}

fn data(all: &[Growing]) -> Table {
    let fits = || {
        all.iter().flat_map(|growing| {
            let of_model = move |model| of_model(&growing.heading, model);
            growing.models.iter().flat_map(of_model)
        })
    };
    let number = |of: fn(&FitCost) -> f64| fits().map(move |(_, _, fit)| Some(of(fit)));
    Table::default()
        .text("of", fits().map(|(heading, ..)| heading.to_owned()))
        .text("model", fits().map(|(_, id, _)| id.to_owned()))
        .numbers("size", number(|fit| fit.size as f64))
        .numbers("fit, s", number(|fit| fit.seconds))
        .numbers("memory, MB", number(|fit| fit.bytes / 1e6))
}

fn of_model<'a>(
    heading: &'a str,
    model: &'a ModelCosts,
) -> impl Iterator<Item = (&'a str, &'a str, &'a FitCost)> {
    model
        .fits
        .iter()
        .map(move |fit| (heading, model.id.as_str(), fit))
}
