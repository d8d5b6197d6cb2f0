//! Confusion matrices as heat maps, similar classes beside each other.

use super::palette::Paint;
use super::svg::{Anchor, LINE, SMALL, Svg, TEXT, widest};
use super::text::{name_in_lines, width};
use crate::bounds::{MOST_CLASSES, mistaken_most};
use crate::figure::Figure;
use crate::numbers::thousands;
use crate::room::Room;
use crate::table::Table;
use analysis::{Finished, Report};
use records::DatasetRecord;
use statistics::seriation;

/// Between two cells.
const GAP: f64 = 1.5;
/// Classes that a phone has room for; a page has room for [`MOST_CLASSES`].
const MOST_NARROW: usize = 14;

/// The classes in an order in which those that models take for each other are neighbours: the same
/// for all models, so that their matrices can be compared.
pub(super) fn order(report: &Report) -> Vec<usize> {
    let classes = report.dataset.classes;
    // Joining clusters takes the third power of the classes.
    if classes > 400 {
        return (0..classes).collect();
    }
    let mut similarity = vec![vec![0.0; classes]; classes];
    for (_, of) in report.finished() {
        for (truth, row) in of.quality.confusion.rows().iter().enumerate() {
            let images = row.iter().sum::<usize>().max(1) as f64;
            for (predicted, &count) in row.iter().enumerate() {
                if truth != predicted {
                    similarity[truth][predicted] += count as f64 / images;
                }
            }
        }
    }
    seriation(&similarity)
}

/// Rows are true classes, columns predicted ones: all, or those that are mistaken most.
pub(super) fn heat_map(
    id: &str,
    model: &Finished,
    dataset: &DatasetRecord,
    order: &[usize],
) -> Figure {
    let rows = model.quality.confusion.rows();
    let matrix = |most: usize| Matrix {
        id,
        rows,
        dataset,
        shown: in_order(&mistaken_most(model, most), order),
    };
    let draw = |room: Room| {
        let most = if room.is_narrow() {
            MOST_NARROW
        } else {
            MOST_CLASSES
        };
        matrix(most).draw(room)
    };
    Figure::svg(format!("confusion-{id}"), draw, matrix(MOST_CLASSES).data())
}

/// Those of the classes that are shown, in this order.
fn in_order(shown: &[usize], order: &[usize]) -> Vec<usize> {
    let is_shown = |class: &&usize| shown.contains(class);
    order.iter().filter(is_shown).copied().collect()
}

/// Room for a line of a name above its column, in pixels.
const HEAD: f64 = 220.0;

struct Matrix<'a> {
    id: &'a str,
    rows: &'a [Vec<usize>],
    dataset: &'a DatasetRecord,
    shown: Vec<usize>,
}

impl Matrix<'_> {
    fn name(&self, class: usize) -> &str {
        &self.dataset.class_names[class]
    }

    /// A row per true class, a column per predicted one.
    fn data(&self) -> Table {
        let names = self.shown.iter().map(|&class| self.name(class));
        let table = Table::default().text("truth", names);
        self.shown.iter().fold(table, |table, &predicted| {
            let counts = self
                .shown
                .iter()
                .map(|&truth| Some(self.rows[truth][predicted]));
            table.integers(self.name(predicted), counts)
        })
    }

    fn draw(&self, room: Room) -> String {
        let (mut svg, top) = Svg::new(room, &self.title(), &self.said());
        let count = self.shown.len().max(1) as f64;
        let names: Vec<&str> = self.shown.iter().map(|&class| self.name(class)).collect();
        let name = widest(names.iter().copied());
        let most = if room.is_narrow() { 0.36 } else { 0.3 } * svg.width();
        let column = name.min(most) + 10.0;
        let side = ((svg.width() - 16.0 - column) / count).min(46.0);
        let height = if room.is_narrow() {
            side.max(LINE).max(self.turned(side))
        } else {
            side.max(LINE)
        };
        let is_upright = name > side - 4.0;
        let heads = names_in(&names, HEAD, side - 4.0);
        let head = if is_upright {
            widest(heads.iter().flatten().map(String::as_str)) + 10.0
        } else {
            LINE
        };
        let beside = names_in(&names, most, height);
        let left = 8.0 + column;
        let axes = "true ↓, predicted →";
        svg.text([8.0, top + 12.0], Anchor::Start, axes, Paint::Soft);
        let first = top + LINE + head + 8.0;
        for (i, text) in names.iter().enumerate() {
            let (x, y) = (
                left + side * (i as f64 + 0.5),
                first + height * (i as f64 + 0.5),
            );
            if is_upright {
                svg.upright_lines([x, first - 6.0], &heads[i]);
            } else {
                svg.text([x, first - 6.0], Anchor::Middle, text, Paint::Ink);
            }
            svg.lines_from([left - 8.0, y], Anchor::End, &beside[i]);
        }
        let ground = format!("{} fill-opacity=\"0.35\"", Paint::Grid.fill());
        svg.cell([left, first], [side * count, height * count], &ground, "0");
        self.draw_cells(&mut svg, [left, first], [side, height]);
        svg.finish(first + height * count + 10.0)
    }

    /// How high a cell of a phone is in which a number stands that is wider than the cell; 0 without such.
    fn turned(&self, side: f64) -> f64 {
        let counts = self.shown.iter().flat_map(|&truth| {
            let predicted = self.shown.iter();
            predicted.map(move |&predicted| self.rows[truth][predicted])
        });
        let most = counts.max().unwrap_or(0).to_string();
        if width(&most, SMALL) <= side {
            0.0
        } else {
            width(&most, TEXT) + 4.0
        }
    }

    fn draw_cells(&self, svg: &mut Svg, [left, top]: [f64; 2], [side, height]: [f64; 2]) {
        let misses = self.misses().map(|(_, _, count)| count);
        let largest = misses.max().unwrap_or(1).max(1) as f64;
        for (i, &truth) in self.shown.iter().enumerate() {
            let images = self.rows[truth].iter().sum::<usize>();
            for (j, &predicted) in self.shown.iter().enumerate() {
                let corner = [left + side * j as f64, top + height * i as f64];
                let size = [side - GAP, height - GAP];
                let count = self.rows[truth][predicted];
                if count == 0 {
                    continue;
                }
                let is_hit = truth == predicted;
                let (paint, whole) = if is_hit {
                    (Paint::Hit, images as f64)
                } else {
                    (Paint::Miss, largest)
                };
                // The root lifts small counts above the ground.
                let strength = 0.08 + 0.62 * (count as f64 / whole).sqrt();
                let button = if is_hit {
                    String::new()
                } else {
                    format!(" data-truth=\"{truth}\" data-predicted=\"{predicted}\"")
                };
                let look = format!("{} fill-opacity=\"{strength:.2}\"{button}", paint.fill());
                let taken = if is_hit {
                    "right".to_owned()
                } else {
                    format!("taken for {}", self.name(predicted))
                };
                let said = format!(
                    "{} of {} {}: {taken}",
                    thousands(count),
                    thousands(images),
                    self.name(truth)
                );
                svg.cell(corner, size, &look, &said);
                let middle = [corner[0] + size[0] / 2.0, corner[1] + size[1] / 2.0];
                write(svg, &count.to_string(), middle, size);
            }
        }
    }

    /// Truth, prediction and count of all mistakes among the shown classes.
    fn misses(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let of_truth = move |&truth: &usize| {
            let others = self.shown.iter().filter(move |&&class| class != truth);
            others.map(move |&class| (truth, class, self.rows[truth][class]))
        };
        self.shown.iter().flat_map(of_truth)
    }

    fn said(&self) -> String {
        let all = self.dataset.classes;
        let part = if self.shown.len() < all {
            format!(
                " The {} of {} classes that are mistaken most.",
                self.shown.len(),
                thousands(all)
            )
        } else {
            String::new()
        };
        format!(
            "Blue is right, orange wrong. Classes that models take for each other are neighbours.{part}"
        )
    }

    /// The mistake that it makes most.
    fn title(&self) -> String {
        let most = self.misses().max_by(|a, b| a.2.cmp(&b.2).then(b.cmp(a)));
        match most {
            Some((truth, predicted, count)) if count > 0 => {
                let times = match count {
                    1 => "once".to_owned(),
                    count => format!("{} times", thousands(count)),
                };
                let [truth, predicted] = [truth, predicted].map(|class| self.name(class));
                format!(
                    "{} takes {truth} for {predicted} most often: {times}",
                    self.id
                )
            }
            _ => format!("{} makes no mistake", self.id),
        }
    }
}

/// Names in lines of at most `most` pixels, as many as `room` pixels have.
fn names_in(names: &[&str], most: f64, room: f64) -> Vec<Vec<String>> {
    let lines = ((room / LINE) as usize).max(1);
    let names = names.iter();
    names
        .map(|name| name_in_lines(name, TEXT, most, lines))
        .collect()
}

/// A number in a cell: in letters of the usual size, in small ones, or turned, as there is room.
fn write(svg: &mut Svg, number: &str, [x, y]: [f64; 2], [across, down]: [f64; 2]) {
    if width(number, TEXT) <= across - GAP {
        svg.text([x, y + 4.5], Anchor::Middle, number, Paint::Ink);
    } else if width(number, SMALL) <= across + GAP {
        svg.small([x, y + 4.5], Anchor::Middle, number, Paint::Ink);
    } else if width(number, TEXT) <= down {
        let start = y + width(number, TEXT) / 2.0;
        svg.upright([x + 4.5, start], number, Paint::Ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::crowd;

    /// Every count on a phone, whether beside or above each other; a number that nobody can read is none.
    #[test]
    fn a_phone_shows_counts_of_thousands() {
        for classes in [10, 14] {
            let names: Vec<String> = (0..classes).map(|i| format!("{}", i % 10)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let report = crowd(&["softmax"], &names);
            let mut rows = vec![vec![0; classes]; classes];
            rows[3][3] = 1135;
            let matrix = Matrix {
                id: "softmax",
                rows: &rows,
                dataset: &report.dataset,
                shown: (0..classes).collect(),
            };
            assert!(
                matrix.draw(Room::Narrow).contains(">1135</text>"),
                "{classes}"
            );
        }
    }
}
