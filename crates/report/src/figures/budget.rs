//! The expected best accuracy against what is spent of the budget.

use super::lines::{Line, Panel, draw};
use super::looks::Looks;
use super::plot::{Axis, Model};
use super::scale::{ends, with_margin};
use crate::figure::Figure;
use crate::table::Table;
use records::{TunedModel, TuningBudget, TuningRecord};

/// A budget that has no parts.
const TRIALS: &str = "trials";

/// A line for every model with at least two trials to draw from; `None` if there is none.
pub(crate) fn expected_best_curves(report: &TuningRecord) -> Option<Figure> {
    let is_line = |model: &&TunedModel| model.expected_best.len() > 1;
    let models: Vec<&TunedModel> = report.models.iter().filter(is_line).collect();
    let label = match report.budget {
        TuningBudget::Trials(_) => TRIALS,
        TuningBudget::Seconds(_) => "seconds of fitting",
    };
    (!models.is_empty()).then(|| {
        let panels = [panel(&models, label)];
        let said = format!(
            "Best accuracy to expect of random {label}, on the images that trials are judged on."
        );
        let title = title(&models, label);
        Figure::svg(
            "expected-best",
            |room| draw(room, &title, &said, &panels),
            data(&models, label),
        )
    })
}

fn data(models: &[&TunedModel], label: &str) -> Table {
    let points = || {
        models
            .iter()
            .flat_map(|model| model.expected_best.iter().map(|point| (&model.id, point)))
    };
    Table::default()
        .text("model", points().map(|(id, _)| id))
        .numbers(label, points().map(|(_, point)| Some(point.spent)))
        .numbers(
            "expected best, % right",
            points().map(|(_, point)| Some(point.accuracy * 100.0)),
        )
}

fn panel<'a>(models: &[&'a TunedModel], label: &str) -> Panel<'a> {
    let looks = Looks::new(models.iter().map(|model| model.id.as_str()));
    let line = |&model: &&'a TunedModel| {
        let points = model.expected_best.iter().map(|point| {
            let right = point.accuracy * 100.0;
            let decimals = usize::from(label != TRIALS);
            let said = format!(
                "{}: {:.decimals$} {label}, {right:.2} % right",
                model.id, point.spent
            );
            ([point.spent, right], said)
        });
        Line {
            model: Model {
                id: &model.id,
                look: looks.of(&model.id),
            },
            points: points.collect(),
            band: Vec::new(),
        }
    };
    let lines: Vec<Line> = models.iter().map(line).collect();
    let range = |of: fn(&[f64; 2]) -> f64| {
        let points = lines.iter().flat_map(|line| &line.points);
        ends(points.map(|(point, _)| of(point)), [0.0, 1.0])
    };
    let ([low, high], x) = (with_margin(range(|[_, y]| *y), 0.06), range(|[x, _]| *x));
    Panel::new(
        if label == TRIALS {
            Axis::whole(label, x)
        } else {
            Axis::linear(label, x)
        },
        Axis::linear("right, %", [low.max(0.0), high.min(100.0)]),
        lines,
    )
}

/// Who is ahead when all is spent.
fn title(models: &[&TunedModel], label: &str) -> String {
    let last = |model: &TunedModel| {
        model
            .expected_best
            .last()
            .map_or(0.0, |point| point.accuracy)
    };
    let best = models.iter().max_by(|a, b| last(a).total_cmp(&last(b)));
    best.map_or_else(String::new, |model| {
        format!(
            "With all {label}, {} gets furthest: {:.2} % right",
            model.id,
            last(model) * 100.0
        )
    })
}
