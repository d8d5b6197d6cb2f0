//! Every pair of models in one picture: how far apart they are, and whether that is shown.

use super::looks::Looks;
use super::palette::Paint;
use super::svg::{Anchor, LINE, Svg, TEXT, widest};
use super::text::wrap;
use crate::figure::Figure;
use crate::numbers::{points, probability, signed};
use crate::room::Room;
use crate::table::Table;
use crate::words::{self, detectable};
use analysis::{Comparison, Report, Standing};
use statistics::Relation;

/// The most models: with more, cells would be too small to be seen.
const MOST: usize = 40;

/// A cell for each pair; `None` for fewer than three models, of which a sentence says all, or too many, or with a baseline.
pub(super) fn matrix_of_pairs(report: &Report) -> Option<Figure> {
    let standings = report.standings();
    let is_drawn = report.has_all_pairs() && (3..=MOST).contains(&standings.len());
    is_drawn.then(|| {
        let matrix = Pairs {
            report,
            looks: Looks::of_report(report),
            standings: &standings,
        };
        Figure::svg("pairs", |room| matrix.draw(room), data(&report.comparisons))
    })
}

fn data(pairs: &[Comparison]) -> Table {
    Table::default()
        .text("model", pairs.iter().map(|pair| &pair.first))
        .text("against", pairs.iter().map(|pair| &pair.second))
        .numbers(
            "points_ahead",
            pairs.iter().map(|pair| Some(pair.difference * 100.0)),
        )
        .numbers("p_adjusted", pairs.iter().map(|pair| Some(pair.p_adjusted)))
}

/// What stands in a cell, with as many decimals as it has room for: never so few that it would be a 0.
fn written(ahead: f64, across: f64) -> Option<String> {
    let percent = ahead * 100.0;
    if percent.abs() < 0.005 {
        return Some(points(ahead)).filter(|text| fits(text, across));
    }
    let least = match percent.abs() {
        10.0.. => 0,
        0.1.. => 1,
        _ => 2,
    };
    let mut texts = (least..=2).rev().map(|decimals| signed(percent, decimals));
    texts.find(|text| fits(text, across))
}

fn fits(text: &str, across: f64) -> bool {
    widest([text]) <= across - 1.0
}

/// Whether every cell with a difference has its number.
fn all_written(pairs: &[Comparison], across: f64) -> bool {
    let mut different = pairs.iter().filter(|pair| is_shown(pair));
    different.all(|pair| written(pair.difference.abs(), across).is_some())
}

/// Whether a difference is shown, and matters.
fn is_shown(pair: &Comparison) -> bool {
    pair.different && pair.relation != Some(Relation::Equivalent)
}

/// What stands for pairs without a shown difference: equivalent, not worse, cannot be told apart.
const SIGNS: [&str; 3] = ["≡", "≥", "≈"];

fn sign(pair: &Comparison) -> &'static str {
    let [equivalent, not_worse, open] = SIGNS;
    match pair.relation {
        Some(Relation::Equivalent) => equivalent,
        Some(Relation::NotWorse) => not_worse,
        _ => open,
    }
}

/// The signs that stand in cells.
fn signs(pairs: &[Comparison]) -> Vec<&'static str> {
    let has = |of: &&str| {
        pairs
            .iter()
            .any(|pair| !is_shown(pair) && sign(pair) == *of)
    };
    SIGNS.into_iter().filter(has).collect()
}

/// How a difference looks that is this share of the largest. The root lifts small ones above the ground.
fn look(share: f64) -> String {
    let strength = 0.1 + 0.6 * share.sqrt();
    format!("{} fill-opacity=\"{strength:.2}\"", Paint::Hit.fill())
}

/// How a pair looks of which no difference is shown that matters.
fn equal() -> String {
    format!("{} fill-opacity=\"0.5\"", Paint::Grid.fill())
}

/// What shades say, for cells without numbers; gives where it ends.
fn legend(svg: &mut Svg, top: f64, largest: f64, signs: &[&str]) -> f64 {
    const SHARES: [f64; 3] = [1.0 / 16.0, 0.25, 1.0];
    const SWATCH: f64 = 20.0;
    let said = "points ahead";
    let baseline = top + 21.0;
    svg.text([8.0, baseline], Anchor::Start, said, Paint::Soft);
    let mut x = 18.0 + widest([said]);
    let shares = SHARES.map(|share| (points(share * largest), look(share)));
    let equal = (!signs.is_empty()).then(|| (signs.join(", "), equal()));
    for (said, look) in shares.into_iter().chain(equal) {
        svg.cell([x, top + 8.0], [SWATCH, LINE - 2.0], &look, &said);
        svg.text(
            [x + SWATCH + 5.0, baseline],
            Anchor::Start,
            &said,
            Paint::Ink,
        );
        x += SWATCH + 13.0 + widest([said.as_str()]);
    }
    top + LINE + 12.0
}

struct Pairs<'a> {
    report: &'a Report,
    looks: Looks<'a>,
    standings: &'a [Standing<'a>],
}

impl Pairs<'_> {
    /// Stairs: each model is a row that ends in its name, and a column that begins there.
    fn draw(&self, room: Room) -> String {
        let (mut svg, top) = Svg::new(room, &self.title(), &self.said());
        let most = svg.width() * 0.34;
        let names: Vec<Vec<String>> = self
            .standings
            .iter()
            .map(|of| wrap(&of.model.id, TEXT, most))
            .collect();
        // The row with the least room for its cells beside its name.
        let rooms = names.iter().enumerate().skip(1).map(|(row, lines)| {
            let name = 22.0 + widest(lines.iter().map(String::as_str));
            (svg.width() - 16.0 - name) / row as f64
        });
        let across = rooms.fold(64.0, f64::min);
        let largest = self
            .report
            .comparisons
            .iter()
            .map(|pair| pair.difference.abs());
        let largest = largest.fold(1e-9, f64::max);
        let mut y = top;
        for (row, (standing, lines)) in self.standings.iter().zip(&names).enumerate() {
            let height = 10.0 + LINE * lines.len() as f64;
            for (better, other) in self.standings[..row].iter().enumerate() {
                let corner = [8.0 + across * better as f64, y];
                let size = [across - 2.0, height - 2.0];
                self.cell(&mut svg, (other, standing), corner, size, largest);
            }
            svg.of_model(&standing.model.id, |svg| {
                let left = 8.0 + across * row as f64;
                svg.marker(
                    [left + 10.0, y + height / 2.0],
                    self.looks.of(&standing.model.id),
                );
                svg.lines([left + 22.0, y + height / 2.0], lines);
            });
            y += height;
        }
        if !all_written(&self.report.comparisons, across - 2.0) {
            y = legend(&mut svg, y, largest, &signs(&self.report.comparisons));
        }
        svg.finish(y + 6.0)
    }

    fn cell(
        &self,
        svg: &mut Svg,
        (better, worse): (&Standing, &Standing),
        corner: [f64; 2],
        size: [f64; 2],
        largest: f64,
    ) {
        let [first, second] = [better, worse].map(|of| of.model.id.as_str());
        let Some(pair) = self.report.pair(first, second) else {
            return;
        };
        let ahead = if pair.first == first {
            pair.difference
        } else {
            -pair.difference
        };
        let number = points(ahead);
        let verdict = match pair.relation {
            Some(Relation::Equivalent | Relation::NotWorse) => {
                format!(
                    ", {}",
                    words::relation(pair.different, ahead, pair.relation)
                )
            }
            _ if pair.is_open() => format!(", cannot be told apart; {}", detectable(&[pair])),
            _ => String::new(),
        };
        let said = format!(
            "{first} is {number} points ahead of {second} ({}{verdict})",
            probability(pair.p_adjusted)
        );
        let look = if is_shown(pair) {
            look(ahead.abs() / largest)
        } else {
            equal()
        };
        let text = if is_shown(pair) {
            written(ahead, size[0])
        } else {
            Some(sign(pair).to_owned()).filter(|sign| fits(sign, size[0]))
        };
        svg.of_pair([first, second], |svg| {
            svg.cell(corner, size, &look, &said);
            if let Some(text) = text {
                let middle = [corner[0] + size[0] / 2.0, corner[1] + size[1] / 2.0 + 4.5];
                svg.text(middle, Anchor::Middle, &text, Paint::Ink);
            }
        });
    }

    /// What is drawn.
    fn said(&self) -> String {
        let pairs = self.report.comparisons.iter();
        let open: Vec<&Comparison> = pairs.filter(|pair| pair.is_open()).collect();
        let power = if open.is_empty() {
            String::new()
        } else {
            format!(" ({})", detectable(&open))
        };
        let margin = if self.report.margin.is_some() {
            "≡ equivalent, ≥ not worse, "
        } else {
            ""
        };
        format!(
            "Points by which the model of the column is ahead of the model of the row. Each name stands where its column \
             begins. The stronger the colour, the further apart; {margin}≈ cannot be told apart{power}."
        )
    }

    /// How many pairs are told apart, and with a margin how many are equivalent.
    fn title(&self) -> String {
        let pairs = &self.report.comparisons;
        let shown = pairs.iter().filter(|pair| is_shown(pair)).count();
        let is_equivalent = |pair: &&Comparison| pair.relation == Some(Relation::Equivalent);
        let equivalent = pairs.iter().filter(is_equivalent).count();
        if equivalent > 0 {
            return format!(
                "Of {} pairs, {shown} can be told apart and {equivalent} {} equivalent",
                pairs.len(),
                if equivalent == 1 { "is" } else { "are" }
            );
        }
        match (shown, pairs.len()) {
            (0, all) => format!("None of {all} pairs can be told apart"),
            (some, all) if some == all => format!("All {all} pairs can be told apart"),
            (some, all) => format!("{some} of {all} pairs can be told apart"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::report;
    use records::examples::{CELL, run, with_errors};

    /// Of 1 000 images, with a margin of two points.
    fn with_margin(errors: &[(&str, usize)]) -> Report {
        let names: Vec<&str> = errors.iter().map(|(id, _)| *id).collect();
        let mut run = run(&names, &[0, 1].repeat(500));
        run.margin = Some(2.0);
        let fits = errors
            .iter()
            .map(|(id, wrong)| with_errors(&run, id, CELL, *wrong));
        report(fits.collect(), run.clone())
    }

    fn drawn(errors: &[(&str, usize)]) -> (String, String) {
        let report = with_margin(errors);
        let standings = report.standings();
        let matrix = Pairs {
            report: &report,
            looks: Looks::of_report(&report),
            standings: &standings,
        };
        (matrix.title(), matrix.draw(Room::Wide))
    }

    #[test]
    fn with_a_margin_cells_and_title_say_what_is_equivalent() {
        let (title, svg) = drawn(&[("a", 0), ("b", 2), ("d", 90)]);
        assert_eq!(title, "Of 3 pairs, 2 can be told apart and 1 is equivalent");
        assert!(
            svg.contains(">≡<") && svg.contains(", equivalent)"),
            "{svg}"
        );
        assert!(matrix_of_pairs(&with_margin(&[("a", 0), ("b", 9)])).is_none());
    }

    #[test]
    fn the_legend_has_the_signs_that_occur() {
        let drawn = |errors: &[(&str, usize)]| {
            let report = with_margin(errors);
            let signs = signs(&report.comparisons);
            let (mut svg, _) = Svg::new(Room::Wide, "", "");
            let end = legend(&mut svg, 0.0, 0.5, &signs);
            (signs, svg.finish(end))
        };
        let (signs, svg) = drawn(&[("a", 0), ("b", 2), ("d", 90)]);
        assert_eq!(signs, ["≡"]);
        assert!(svg.contains(">≡<") && !svg.contains('≈'), "{svg}");
        let (signs, svg) = drawn(&[("a", 0), ("d", 90)]);
        assert!(signs.is_empty() && !svg.contains(&equal()), "{svg}");
    }
}
