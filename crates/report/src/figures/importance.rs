//! What each column of a table is worth to each model, in one picture.

use super::looks::Looks;
use super::palette::Paint;
use super::svg::{Anchor, LINE, Svg, TEXT, widest};
use super::text::wrap;
use crate::figure::Figure;
use crate::numbers::{points, signed};
use crate::room::Room;
use crate::table::Table;
use analysis::{ColumnImportance, Report, Standing};

/// The most columns that are drawn.
const MOST: usize = 20;

/// `None` where no model was asked.
pub(super) fn importance_of_columns(report: &Report) -> Option<Figure> {
    let standings = report.standings();
    let models: Vec<&Standing> = standings
        .iter()
        .filter(|of| !of.finished.training.importance.is_empty())
        .collect();
    let matrix = Matrix {
        columns: columns(&models),
        largest: largest(&models),
        looks: Looks::of_report(report),
        models,
    };
    (!matrix.columns.is_empty())
        .then(|| Figure::svg("importance", |room| matrix.draw(room), data(&matrix.models)))
}

/// The columns, by what they are worth to all models together.
fn columns<'a>(models: &[&'a Standing]) -> Vec<&'a str> {
    let all = || {
        models
            .iter()
            .flat_map(|of| &of.finished.training.importance)
    };
    let mut names: Vec<(&str, f64)> = Vec::new();
    for of in all() {
        match names.iter_mut().find(|(name, _)| *name == of.column) {
            Some((_, worth)) => *worth += of.lost,
            None => names.push((&of.column, of.lost)),
        }
    }
    names.sort_by(|a, b| b.1.total_cmp(&a.1));
    names.into_iter().map(|(name, _)| name).collect()
}

fn largest(models: &[&Standing]) -> f64 {
    let all = models
        .iter()
        .flat_map(|of| &of.finished.training.importance);
    all.map(|of| of.lost.abs()).fold(1e-9, f64::max)
}

fn data(models: &[&Standing]) -> Table {
    let all = || {
        models.iter().flat_map(|of| {
            let id = &of.model.id;
            of.finished
                .training
                .importance
                .iter()
                .map(move |column| (id, column))
        })
    };
    let percent =
        |of: fn(&ColumnImportance) -> f64| all().map(move |(_, column)| Some(of(column) * 100.0));
    Table::default()
        .text("model", all().map(|(id, _)| id))
        .text("column", all().map(|(_, column)| &column.column))
        .numbers("points_lost", percent(|of| of.lost))
        .numbers("low", percent(|of| of.interval.low))
        .numbers("high", percent(|of| of.interval.high))
        .integers("rows", all().map(|(_, column)| Some(column.rows)))
}

struct Matrix<'a> {
    looks: Looks<'a>,
    models: Vec<&'a Standing<'a>>,
    columns: Vec<&'a str>,
    /// What any column is worth to any model, at most.
    largest: f64,
}

impl Matrix<'_> {
    fn draw(&self, room: Room) -> String {
        let more = match self.columns.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" {more} columns that matter less are in the data of this picture."),
        };
        let said = format!(
            "How many points fewer are right when the values of a column are shuffled. Grey: the 95 % interval contains 0.{more}"
        );
        let (mut svg, top) = Svg::new(room, &self.title(), &said);
        let mut y = self.legend(&mut svg, top);
        let shown = &self.columns[..self.columns.len().min(MOST)];
        let most = svg.width() * 0.4;
        let names: Vec<Vec<String>> = shown.iter().map(|name| wrap(name, TEXT, most)).collect();
        let left = 16.0 + widest(names.iter().flatten().map(String::as_str));
        let across = ((svg.width() - 8.0 - left) / self.models.len() as f64).min(70.0);
        for (i, of) in self.models.iter().enumerate() {
            let middle = left + across * (i as f64 + 0.5) - 1.0;
            let id = &of.model.id;
            svg.of_model(id, |svg| {
                svg.marker([middle, y + 8.0], self.looks.of(id));
            });
        }
        y += 20.0;
        for (column, lines) in shown.iter().zip(&names) {
            let height = 10.0 + LINE * lines.len() as f64;
            svg.lines([8.0, y + height / 2.0 - 1.0], lines);
            for (i, of) in self.models.iter().enumerate() {
                let corner = [left + across * i as f64, y];
                self.cell(&mut svg, of, column, corner, [across - 2.0, height - 2.0]);
            }
            y += height;
        }
        svg.finish(y + 6.0)
    }

    /// Marker and name of each model, in as many lines as they take; gives where they end.
    fn legend(&self, svg: &mut Svg, top: f64) -> f64 {
        let [mut x, mut y] = [8.0, top];
        for of in &self.models {
            let id = of.model.id.as_str();
            let width = 34.0 + widest([id]);
            if x > 8.0 && x + width > svg.width() {
                [x, y] = [8.0, y + LINE + 4.0];
            }
            svg.of_model(id, |svg| {
                svg.marker([x + 8.0, y + 8.0], self.looks.of(id));
                svg.text([x + 18.0, y + 12.5], Anchor::Start, id, Paint::Ink);
            });
            x += width;
        }
        y + LINE + 10.0
    }

    fn cell(&self, svg: &mut Svg, of: &Standing, column: &str, corner: [f64; 2], size: [f64; 2]) {
        let id = of.model.id.as_str();
        let all = &of.finished.training.importance;
        let Some(found) = all.iter().find(|of| of.column == column) else {
            return;
        };
        let [lost, low, high] = [found.lost, found.interval.low, found.interval.high].map(points);
        let said = format!("{id} without {column}: {lost} points fewer right ({low} to {high})");
        let look = if found.interval.low > 0.0 || found.interval.high < 0.0 {
            let strength = 0.1 + 0.6 * (found.lost.abs() / self.largest).min(1.0).sqrt();
            format!("{} fill-opacity=\"{strength:.2}\"", Paint::Hit.fill())
        } else {
            format!("{} fill-opacity=\"0.5\"", Paint::Grid.fill())
        };
        let text = signed(found.lost * 100.0, 1);
        svg.of_model(id, |svg| {
            svg.cell(corner, size, &look, &said);
            if widest([text.as_str()]) <= size[0] - 2.0 {
                let middle = [corner[0] + size[0] / 2.0, corner[1] + size[1] / 2.0 + 4.5];
                svg.text(middle, Anchor::Middle, &text, Paint::Ink);
            }
        });
    }

    /// What matters most, and to how many.
    fn title(&self) -> String {
        let first = self.columns[0];
        let is_first = |of: &&&Standing| of.finished.training.importance[0].column == first;
        let count = self.models.iter().filter(is_first).count();
        match (count, self.models.len()) {
            (1, 1) => format!("{first} matters most to {}", self.models[0].model.id),
            (2, 2) => format!("{first} matters most to both models"),
            (some, all) if some == all => format!("{first} matters most to all {all} models"),
            _ => format!("{first} matters most, over all models together"),
        }
    }
}
