//! Weights of a linear model on the features of a table: bars to the right speak for a class, bars to the left
//! against it.

use super::palette::Paint;
use super::svg::{Anchor, LINE, Svg, TEXT, widest};
use super::text::{name_in_lines, pieces, wrap};
use crate::bounds::mistaken_most;
use crate::figure::Figure;
use crate::numbers::significant;
use crate::room::Room;
use crate::table::Table;
use analysis::{Finished, ModelSummary, Report};
use records::SampleKind;

/// The most features that are drawn, and the most classes.
const MOST_FEATURES: usize = 20;
const MOST_CLASSES: usize = 12;
/// Pixels across for the bars of a class, at least and at most.
const ACROSS: [f64; 2] = [60.0, 120.0];
/// The same where names are read from the bottom up.
const UPRIGHT: f64 = 44.0;
/// How high such a name is at most.
const HEAD: f64 = 220.0;
/// How high a bar is.
const HIGH: f64 = 13.0;

/// `None` unless the model is linear, and was fitted to the features that the record names.
pub(super) fn coefficients_of(
    report: &Report,
    model: &ModelSummary,
    of: &Finished,
) -> Option<Figure> {
    let linear = of.shown.linear.as_ref()?;
    let data = &report.dataset;
    if data.samples != SampleKind::Rows {
        return None;
    }
    let names = features(report, linear.weights.len() / data.classes);
    // Fewer training rows may have been prepared otherwise.
    if names.is_empty() || !report.columns.is_empty() && report.is_limited(model) {
        return None;
    }
    let classes = mistaken_most(of, MOST_CLASSES);
    let bars = Bars {
        id: &model.id,
        features: order(&linear.weights, data.classes, &classes),
        names,
        classes,
        class_names: &data.class_names,
        weights: &linear.weights,
    };
    let name = format!("weights-{}", model.id);
    Some(Figure::svg(name, |room| bars.draw(room), bars.data()))
}

/// The names of so many features; none where those of the columns are not as many.
fn features(report: &Report, count: usize) -> Vec<String> {
    if report.columns.is_empty() {
        return (0..count).map(|i| format!("feature {i}")).collect();
    }
    let columns = report.columns.iter();
    let names: Vec<String> = columns.flat_map(|column| column.features.clone()).collect();
    if names.len() == count {
        names
    } else {
        Vec::new()
    }
}

/// The features, those with the largest weight for any of the shown classes first.
fn order(weights: &[f32], classes: usize, shown: &[usize]) -> Vec<usize> {
    let largest = |row: &[f32]| {
        let weights = shown.iter().map(|&class| row[class].abs());
        weights.fold(0.0, f32::max)
    };
    let sizes: Vec<f32> = weights.chunks_exact(classes).map(largest).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| sizes[b].total_cmp(&sizes[a]));
    order
}

struct Bars<'a> {
    id: &'a str,
    /// By the size of their weights.
    features: Vec<usize>,
    names: Vec<String>,
    classes: Vec<usize>,
    class_names: &'a [String],
    /// Shape (features, all classes).
    weights: &'a [f32],
}

impl Bars<'_> {
    fn weight(&self, feature: usize, class: usize) -> f32 {
        let weight = self.weights[feature * self.class_names.len() + class];
        // A file may say anything.
        if weight.is_finite() { weight } else { 0.0 }
    }

    fn data(&self) -> Table {
        let names = self
            .features
            .iter()
            .map(|&feature| self.names[feature].as_str());
        let classes = 0..self.class_names.len();
        classes.fold(Table::default().text("feature", names), |table, class| {
            let weights = self.features.iter().map(|&feature| {
                // With the digits that tell an f32 from its neighbours.
                self.weight(feature, class).to_string().parse().ok()
            });
            table.numbers(&self.class_names[class], weights)
        })
    }

    fn draw(&self, room: Room) -> String {
        let shown = &self.features[..self.features.len().min(MOST_FEATURES)];
        let of_shown = shown.iter().flat_map(|&feature| {
            let classes = self.classes.iter();
            classes.map(move |&class| self.weight(feature, class).abs())
        });
        let largest = of_shown.fold(f32::MIN_POSITIVE, f32::max);
        let title = format!(
            "{} gives “{}” the largest weight",
            self.id, self.names[shown[0]]
        );
        let (mut svg, mut y) = Svg::new(room, &title, &self.said(largest));
        let most = svg.width() * 0.4;
        let names: Vec<Vec<String>> = shown
            .iter()
            .map(|&feature| wrap(&self.names[feature], TEXT, most))
            .collect();
        let left = 20.0 + widest(names.iter().flatten().map(String::as_str));
        let room = svg.width() - 8.0 - left;
        let across = |least: f64| {
            let beside = ((room / least) as usize).clamp(1, self.classes.len().max(1));
            (room / beside as f64).min(ACROSS[1])
        };
        let is_upright = self.longest_part() > across(ACROSS[0]) - 6.0;
        let across = across(if is_upright { UPRIGHT } else { ACROSS[0] });
        let beside = ((room / across + 1e-9) as usize).max(1);
        for classes in self.classes.chunks(beside) {
            y = if is_upright {
                self.upright_heads(&mut svg, classes, [left, y], across)
            } else {
                self.heads(&mut svg, classes, [left, y], across)
            };
            for (&feature, lines) in shown.iter().zip(&names) {
                let height = 4.0 + LINE * lines.len() as f64;
                svg.lines([8.0, y + height / 2.0], lines);
                for (i, &class) in classes.iter().enumerate() {
                    let middle = left + across * (i as f64 + 0.5);
                    let reach = (across / 2.0 - 4.0) / f64::from(largest);
                    let at = [middle, y + (height - HIGH) / 2.0];
                    self.bar(&mut svg, [feature, class], at, reach);
                }
                y += height;
            }
            y += 14.0;
        }
        svg.finish(y)
    }

    /// The widest part of a class's name that a line cannot break.
    fn longest_part(&self) -> f64 {
        let classes = self.classes.iter();
        widest(classes.flat_map(|&class| pieces(&self.class_names[class])))
    }

    /// The same as [`heads`](Self::heads), read from the bottom up, where lines would break within words.
    fn upright_heads(
        &self,
        svg: &mut Svg,
        classes: &[usize],
        [left, top]: [f64; 2],
        across: f64,
    ) -> f64 {
        let count = ((across / LINE) as usize).max(1);
        let names = classes
            .iter()
            .map(|&class| name_in_lines(&self.class_names[class], TEXT, HEAD, count));
        let names: Vec<Vec<String>> = names.collect();
        let bottom = top + widest(names.iter().flatten().map(String::as_str)) + 4.0;
        for (i, lines) in names.iter().enumerate() {
            let middle = left + across * (i as f64 + 0.5);
            svg.upright_lines([middle, bottom], lines);
        }
        bottom + 8.0
    }

    /// The names of classes above their bars; gives where the bars begin.
    fn heads(&self, svg: &mut Svg, classes: &[usize], [left, top]: [f64; 2], across: f64) -> f64 {
        let names = classes
            .iter()
            .map(|&class| wrap(&self.class_names[class], TEXT, across - 6.0));
        let names: Vec<Vec<String>> = names.collect();
        let lines = names.iter().map(Vec::len).max().unwrap_or(0);
        for (i, of_class) in names.iter().enumerate() {
            let middle = left + across * (i as f64 + 0.5);
            let first = lines - of_class.len();
            for (line, text) in (first..).zip(of_class) {
                let at = [middle, top + LINE * line as f64 + 9.0];
                svg.text(at, Anchor::Middle, text, Paint::Ink);
            }
        }
        top + LINE * lines as f64
    }

    /// From the middle, `reach` pixels for a weight of 1.
    fn bar(&self, svg: &mut Svg, [feature, class]: [usize; 2], at: [f64; 2], reach: f64) {
        let [middle, y] = at;
        let weight = f64::from(self.weight(feature, class));
        let (paint, sign) = if weight < 0.0 {
            (Paint::Hit, "−")
        } else {
            (Paint::Miss, "")
        };
        let (name, class) = (&self.names[feature], &self.class_names[class]);
        let said = format!("{name}: {sign}{} for {class}", significant(weight.abs()));
        let width = weight.abs() * reach;
        let from = if weight < 0.0 { middle - width } else { middle };
        svg.cell([from, y], [width, HIGH], &paint.fill(), &said);
        svg.line(
            [middle, y - 4.0],
            [middle, y + HIGH + 4.0],
            Paint::Grid,
            1.0,
        );
    }

    fn said(&self, largest: f32) -> String {
        let largest = significant(f64::from(largest));
        let features = match self.features.len() {
            count if count > MOST_FEATURES => format!(
                " {} features with smaller weights are left out.",
                count - MOST_FEATURES
            ),
            _ => String::new(),
        };
        let classes = match self.class_names.len() {
            count if count > self.classes.len() => {
                format!(" Shown are those of the {count} classes that are mistaken most.")
            }
            _ => String::new(),
        };
        format!(
            "Weights of the features as they were prepared. Orange speaks for the class, blue against it; the longest bar is {largest}.{features}{classes}"
        )
    }
}
