//! Accuracy after each epoch, on training images and on those that are judged.

use super::lines::{Line, Panel, draw};
use super::looks::Looks;
use super::plot::{Axis, Model};
use super::scale::{ends, with_margin};
use crate::bounds::{MOST_EPOCHS, shown_of};
use crate::figure::Figure;
use crate::table::Table;
use crate::words::{judged_images, leaders};
use analysis::Report;
use records::EpochRecord;

/// What a model's epochs came to.
struct Curve<'a> {
    model: Model<'a>,
    epochs: Vec<EpochRecord>,
}

/// A line for every model with at least two epochs; `None` if there is no such model.
pub(super) fn accuracy_per_epoch(report: &Report) -> Option<Figure> {
    let looks = Looks::of_report(report);
    let curves: Vec<Curve> = report
        .finished()
        .filter(|(_, of)| of.training.epochs.len() > 1)
        .map(|(model, of)| Curve {
            model: Model {
                id: &model.id,
                look: looks.of(&model.id),
            },
            epochs: shown_of(of.training.epochs.len(), MOST_EPOCHS)
                .into_iter()
                .map(|i| of.training.epochs[i])
                .collect(),
        })
        .collect();
    let judged = judged_images(report);
    (!curves.is_empty()).then(|| {
        let panels = [
            panel(&curves, &format!("Training {}", report.dataset.words()[1]), |epoch| epoch.train_accuracy),
            panel(&curves, &capital(&judged), |epoch| epoch.judged_accuracy),
        ];
        let said = "Share that is right after each epoch, both on one scale. Lines that coincide lie on each other; their markers take turns.";
        Figure::svg("accuracy", |room| draw(room, &title(&curves, &judged), said, &panels), data(&curves))
    })
}

fn data(curves: &[Curve]) -> Table {
    let rows = || {
        curves
            .iter()
            .flat_map(|curve| curve.epochs.iter().map(|epoch| (curve.model.id, epoch)))
    };
    Table::default()
        .text("model", rows().map(|(id, _)| id))
        .integers("epoch", rows().map(|(_, epoch)| Some(epoch.epoch)))
        .numbers(
            "judged_accuracy",
            rows().map(|(_, epoch)| Some(epoch.judged_accuracy)),
        )
        .numbers(
            "train_accuracy",
            rows().map(|(_, epoch)| Some(epoch.train_accuracy)),
        )
}

fn panel<'a>(curves: &[Curve<'a>], caption: &str, accuracy: fn(&EpochRecord) -> f64) -> Panel<'a> {
    let epochs = || curves.iter().flat_map(|curve| &curve.epochs);
    let both = epochs().flat_map(|epoch| [epoch.train_accuracy, epoch.judged_accuracy]);
    let [low, high] = with_margin(ends(both, [0.0, 1.0]), 0.04).map(|share| share * 100.0);
    let last = epochs().map(|epoch| epoch.epoch).max().unwrap_or(1);
    let line = |curve: &Curve<'a>| {
        let point = |epoch: &EpochRecord| {
            let (number, right) = (epoch.epoch, accuracy(epoch) * 100.0);
            let said = format!("{}: epoch {number}, {right:.2} % right", curve.model.id);
            ([number as f64, right], said)
        };
        Line {
            model: curve.model,
            points: curve.epochs.iter().map(point).collect(),
            band: Vec::new(),
        }
    };
    let (x, y) = (
        Axis::whole("epoch", [1.0, last as f64]),
        Axis::linear("right, %", [low.max(0.0), high.min(100.0)]),
    );
    Panel {
        caption: caption.to_owned(),
        ..Panel::new(x, y, curves.iter().map(line).collect())
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Who is ahead at the end.
fn title(curves: &[Curve], judged: &str) -> String {
    let last = |curve: &Curve| {
        curve
            .epochs
            .last()
            .map_or(0.0, |epoch| epoch.judged_accuracy)
    };
    let most = curves.iter().map(last).fold(0.0, f64::max);
    let best: Vec<&Curve> = curves.iter().filter(|curve| last(curve) == most).collect();
    let names: Vec<&str> = best.iter().map(|curve| curve.model.id).collect();
    let epochs = best.iter().filter_map(|curve| curve.epochs.last());
    let mut epochs: Vec<usize> = epochs.map(|epoch| epoch.epoch).collect();
    epochs.dedup();
    let after = match epochs[..] {
        [epochs] => format!("After {epochs} epochs"),
        _ => "After the last epoch".to_owned(),
    };
    let (who, several) = leaders(&names);
    let get = if several { "get" } else { "gets" };
    let right = most * 100.0;
    format!("{after} {who} {get} {right:.2} % of the {judged} right")
}
