//! Average ranks, and which models cannot be told apart: the critical-difference diagram of Demšar 2006, a row for each
//! model, with bars by the tests of pairs.

use super::looks::Looks;
use super::palette::Paint;
use super::plot::{Area, axis_below};
use super::scale::Scale;
use super::svg::{Anchor, LINE, Svg, TEXT, widest};
use super::text::wrap;
use crate::figure::Figure;
use crate::room::Room;
use crate::table::Table;
use crate::words::and;
use analysis::Ranking;

/// Models by average rank, with bars beside the sets of them that cannot be told apart.
pub(crate) fn critical_difference_diagram(ranking: &Ranking) -> Figure {
    let (models, groups) = (&ranking.models, ranking.groups());
    let diagram = Diagram {
        models,
        looks: Looks::new(models.iter().map(|(name, _)| name.as_str())),
        bars: groups.iter().filter(|group| group.len() > 1).collect(),
    };
    let data = Table::default()
        .text("model", models.iter().map(|(name, _)| name))
        .numbers("average_rank", models.iter().map(|(_, rank)| Some(*rank)));
    Figure::svg("critical-difference", |room| diagram.draw(room), data)
}

struct Diagram<'a> {
    /// Names and average ranks, the best first.
    models: &'a [(String, f64)],
    looks: Looks<'a>,
    bars: Vec<&'a Vec<usize>>,
}

impl Diagram<'_> {
    fn draw(&self, room: Room) -> String {
        let said = "Average rank over data sets; 1 is best. Models with a spot on the same bar, at the right, cannot be told apart.";
        let (mut svg, top) = Svg::new(room, &self.title(), said);
        let names: Vec<Vec<String>> = self
            .models
            .iter()
            .map(|(name, _)| wrap(name, TEXT, svg.width() * 0.36))
            .collect();
        let column = widest(names.iter().flatten().map(String::as_str)) + 44.0;
        let bars = 12.0 * self.bars.len() as f64;
        let heights: Vec<f64> = names
            .iter()
            .map(|lines| 10.0 + LINE * lines.len() as f64)
            .collect();
        let area = Area {
            left: column,
            right: svg.width() - 64.0 - bars,
            top,
            bottom: top + 4.0 + heights.iter().sum::<f64>(),
        };
        let most = self.models.len() as f64;
        let scale = Scale::linear([1.0, most], [area.left + 8.0, area.right - 8.0]);
        axis_below(&mut svg, &scale, area);
        let mut rows = Vec::new();
        let mut y = area.top;
        for ((model, lines), height) in self.models.iter().zip(&names).zip(heights) {
            let middle = y + height / 2.0;
            rows.push(middle);
            self.draw_model(&mut svg, model, lines, &scale, area, middle);
            y += height;
        }
        for (i, group) in self.bars.iter().enumerate() {
            let x = area.right + 60.0 + 12.0 * i as f64;
            let [first, last] = [group[0], group[group.len() - 1]].map(|model| rows[model]);
            svg.line([x, first - 5.0], [x, last + 5.0], Paint::Ink, 1.5);
            // Between the ends there may be a model that differs from one of them.
            for &model in *group {
                svg.line(
                    [x, rows[model] - 5.0],
                    [x, rows[model] + 5.0],
                    Paint::Ink,
                    5.0,
                );
            }
        }
        let middle = f64::midpoint(area.left, area.right);
        svg.text(
            [middle, area.bottom + 2.0 * LINE + 2.0],
            Anchor::Middle,
            "average rank",
            Paint::Soft,
        );
        svg.finish(area.bottom + 2.0 * LINE + 12.0)
    }

    /// A model's row, with its name and its rank.
    fn draw_model(
        &self,
        svg: &mut Svg,
        (name, rank): &(String, f64),
        lines: &[String],
        scale: &Scale,
        area: Area,
        middle: f64,
    ) {
        let look = self.looks.of(name);
        let number = format!("{rank:.2}");
        svg.of_model(name, |svg| {
            svg.line([area.left, middle], [area.right, middle], Paint::Grid, 1.0);
            svg.marker([16.0, middle], look);
            svg.lines([28.0, middle], lines);
            let at = [scale.place(*rank), middle];
            svg.marker(at, look);
            svg.spot(at, &format!("{name}: average rank {number}"));
            let end = [area.right + 46.0, middle + 4.5];
            svg.text(end, Anchor::End, &number, Paint::Ink);
        });
    }

    /// Who leads, and whether alone.
    fn title(&self) -> String {
        let Some((best, rank)) = self.models.first() else {
            return String::new();
        };
        let is_beside = |group: &&&Vec<usize>| group.contains(&0);
        let beside = self
            .bars
            .iter()
            .filter(is_beside)
            .flat_map(|group| group.iter().copied());
        let mut equal: Vec<usize> = beside.filter(|&model| model > 0).collect();
        equal.sort_unstable();
        equal.dedup();
        let names: Vec<&str> = equal
            .iter()
            .map(|&model| self.models[model].0.as_str())
            .collect();
        match names.len() {
            0 => format!("{best} ranks first, {rank:.2} on average"),
            1..=3 => format!(
                "{best} ranks first, and cannot be told apart from {}",
                and(&names)
            ),
            others => format!("{best} ranks first, and cannot be told apart from {others} others"),
        }
    }
}
