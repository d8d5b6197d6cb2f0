//! Error against time, both on logarithmic axes: our models and others.

use super::looks::Looks;
use super::palette::Paint;
use super::plot::{Area, Axis, Model, Names, Plot};
use super::scale::{ends, with_factor};
use super::svg::{LINE, Svg};
use crate::figure::Figure;
use crate::numbers::significant;
use crate::room::Room;
use crate::table::Table;

/// One of those who did the same work.
#[derive(Debug, Clone, PartialEq)]
pub struct Contestant {
    /// Its name for people.
    pub name: String,
    /// Whether it is one of our models.
    pub is_ours: bool,
    /// Whether it was measured beside the others; what others published is on other machines.
    pub is_measured: bool,
    /// Seconds to fit and to predict, together.
    pub seconds: f64,
    /// Share of the samples that are wrong.
    pub wrong: f64,
    /// How many samples were judged.
    pub samples: usize,
}

/// Of at least two.
pub(crate) fn error_against_time(contestants: &[Contestant]) -> Figure {
    let mut ordered: Vec<&Contestant> = contestants.iter().collect();
    // Ours have the first colours and markers; of each the best first.
    ordered.sort_by(|a, b| {
        let of = |one: &Contestant| (!one.is_ours, one.wrong);
        let ((a_is, a), (b_is, b)) = (of(a), of(b));
        a_is.cmp(&b_is).then(a.total_cmp(&b))
    });
    Figure::svg(
        "error-against-time",
        |room| draw(&ordered, room),
        data(&ordered),
    )
}

fn data(ordered: &[&Contestant]) -> Table {
    let number = |of: fn(&Contestant) -> f64| ordered.iter().map(move |one| Some(of(one)));
    let by = |one: &&Contestant| match (one.is_ours, one.is_measured) {
        (true, _) => "us",
        (false, true) => "others",
        (false, false) => "published",
    };
    Table::default()
        .text("name", ordered.iter().map(|one| one.name.clone()))
        .text("by", ordered.iter().map(|one| by(one).to_owned()))
        .numbers("seconds", number(|one| one.seconds))
        .numbers("wrong", number(|one| one.wrong))
}

/// In percent. 0 stands at half a sample.
fn wrong(one: &Contestant) -> f64 {
    (one.wrong * 100.0).max(50.0 / one.samples.max(1) as f64)
}

/// Where 0 stands, if nobody errs less.
fn zero(ordered: &[&Contestant]) -> Option<f64> {
    let none = ordered.iter().filter(|one| one.wrong <= 0.0);
    none.map(|one| wrong(one)).min_by(f64::total_cmp)
}

fn draw(ordered: &[&Contestant], room: Room) -> String {
    let said = "Seconds to fit and to predict, and the share of predictions that are wrong. Further down and left is better. The dashed line joins the models for which no other measured here is both faster and more often right.";
    let (mut svg, top) = Svg::new(room, &title(ordered), said);
    let looks = Looks::new(ordered.iter().map(|one| one.name.as_str()));
    let models = ordered.iter().map(|one| Model {
        id: &one.name,
        look: looks.of(&one.name),
    });
    let names = Names::new(models, svg.width());
    let points: Vec<[f64; 2]> = ordered
        .iter()
        .map(|one| [one.seconds, wrong(one)])
        .collect();
    let along = |axis: usize| ends(points.iter().map(|point| point[axis]), [1.0, 10.0]);
    let height = 320.0_f64.max(names.height() + 4.0 * LINE);
    let right = svg.width() - 8.0 - names.width();
    let area = Area {
        left: 8.0,
        right,
        top,
        bottom: top + height,
    };
    let x = Axis::log("fit and predict, s", with_factor(along(0), 0.06));
    let y = Axis::log("wrong, %", with_factor(along(1), 0.12)).with_zero_at(zero(ordered));
    let plot = Plot::new(&mut svg, area, &x, &y);
    let measured = ordered
        .iter()
        .zip(&points)
        .filter(|(one, _)| one.is_measured);
    let measured: Vec<[f64; 2]> = measured.map(|(_, &point)| point).collect();
    svg.path(&front(&measured, &plot), Paint::Soft, 1.5, "5 4");
    for (one, &point) in ordered.iter().zip(&points) {
        let said = format!(
            "{}: {} s, {:.2} % wrong",
            one.name,
            significant(point[0]),
            one.wrong * 100.0
        );
        svg.of_model(&one.name, |svg| {
            svg.marker(plot.at(point), looks.of(&one.name));
            svg.spot(plot.at(point), &said);
        });
    }
    let beside = points.iter().map(|&point| [right - 6.0, plot.at(point)[1]]);
    let beside: Vec<[f64; 2]> = beside.collect();
    names.draw(&mut svg, right, &beside, [top, plot.area.bottom + LINE]);
    svg.finish(top + height + 12.0)
}

/// The steps of those that are beaten by nobody in both.
fn front(points: &[[f64; 2]], plot: &Plot) -> Vec<[f64; 2]> {
    let mut by_time = points.to_vec();
    by_time.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let mut steps: Vec<[f64; 2]> = Vec::new();
    let mut least = f64::INFINITY;
    for point in by_time {
        if point[1] < least {
            least = point[1];
            let at = plot.at(point);
            if let Some(&[_, before]) = steps.last() {
                steps.push([at[0], before]);
            }
            steps.push(at);
        }
    }
    if let Some(&[_, last]) = steps.last() {
        steps.push([plot.area.right, last]);
    }
    steps
}

/// Who errs least, and in which time.
fn title(ordered: &[&Contestant]) -> String {
    let best = |one: &&&Contestant| (wrong(one), one.seconds);
    let measured = ordered.iter().filter(|one| one.is_measured);
    let least = measured.min_by(|a, b| {
        let (a, b) = (best(a), best(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    least.map_or_else(String::new, |one| {
        format!(
            "{} errs least: {:.2} % wrong in {} s",
            one.name,
            one.wrong * 100.0,
            significant(one.seconds)
        )
    })
}
