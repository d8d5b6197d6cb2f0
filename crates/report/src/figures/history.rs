//! Accuracy of each model over runs.

use super::lines::{Line, Panel, draw};
use super::looks::Looks;
use super::plot::{Axis, Model};
use super::scale::{ends, with_margin};
use crate::figure::Figure;
use crate::table::Table;
use crate::words::judged_images;
use analysis::{Finished, Report};

/// A model in the runs in which it finished: the number of each, from 1, and what was measured.
pub(crate) struct Course<'a> {
    pub(crate) id: &'a str,
    pub(crate) runs: Vec<(usize, &'a Finished)>,
}

/// A line for each model over `runs`, the oldest first, which are judged on the same images.
pub(crate) fn accuracy_over_runs(runs: &[&Report], courses: &[Course<'_>]) -> Figure {
    let last = runs.last().expect("a run");
    let title = title(runs.len(), courses);
    let said = format!(
        "Share of the {} that are right in each run, with 95 % intervals.",
        judged_images(last)
    );
    let panels = [panel(runs, courses)];
    let rows = || {
        courses
            .iter()
            .flat_map(|course| course.runs.iter().map(|run| (course.id, run)))
    };
    let number = |of: fn(&Finished) -> f64| rows().map(move |(_, (_, run))| Some(of(run) * 100.0));
    let data = Table::default()
        .text("model", rows().map(|(id, _)| id.to_owned()))
        .text(
            "run",
            rows().map(|(_, (number, _))| runs[number - 1].run.clone()),
        )
        .numbers("right, %", number(|run| run.quality.accuracy))
        .numbers("low", number(|run| run.quality.accuracy_interval.low))
        .numbers("high", number(|run| run.quality.accuracy_interval.high));
    Figure::svg("over-runs", |room| draw(room, &title, &said, &panels), data)
}

/// Which model changed most, from the first of its runs to the last.
fn title(runs: usize, courses: &[Course<'_>]) -> String {
    let change = |course: &Course<'_>| {
        let ends = [course.runs.first()?, course.runs.last()?];
        Some(ends.map(|(_, run)| run.quality.accuracy))
    };
    let changes = courses
        .iter()
        .filter_map(|course| Some((course.id, change(course)?)));
    let most = changes.max_by(|(_, [a, b]), (_, [c, d])| (b - a).abs().total_cmp(&(d - c).abs()));
    match most {
        Some((id, [first, last])) if first != last => format!(
            "{id} changed most in {runs} runs: from {:.2} to {:.2} % right",
            first * 100.0,
            last * 100.0
        ),
        _ => format!("No model changed in {runs} runs"),
    }
}

fn panel<'a>(runs: &[&Report], courses: &[Course<'a>]) -> Panel<'a> {
    let looks = Looks::new(courses.iter().map(|course| course.id));
    let line = |course: &Course<'a>| {
        let point = |(number, run): &(usize, &Finished)| {
            let right = run.quality.accuracy * 100.0;
            let said = format!(
                "{}, run {}: {right:.2} % right",
                course.id,
                runs[number - 1].run
            );
            ([*number as f64, right], said)
        };
        let band = |(number, run): &(usize, &Finished)| {
            let interval = run.quality.accuracy_interval;
            [*number as f64, interval.low * 100.0, interval.high * 100.0]
        };
        Line {
            model: Model {
                id: course.id,
                look: looks.of(course.id),
            },
            points: course.runs.iter().map(point).collect(),
            band: course.runs.iter().map(band).collect(),
        }
    };
    let lines: Vec<Line> = courses.iter().map(line).collect();
    let shares = lines.iter().flat_map(|line| &line.band);
    let shares = shares.flat_map(|&[_, low, high]| [low, high]);
    let [low, high] = with_margin(ends(shares, [0.0, 100.0]), 0.02);
    Panel::new(
        Axis::whole("run, the oldest first", [1.0, runs.len().max(2) as f64]),
        Axis::linear("right, %", [low.max(0.0), high.min(100.0)]),
        lines,
    )
}
