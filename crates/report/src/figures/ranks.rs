//! Average ranks on a line, and which models cannot be told apart: the critical-difference diagram of
//! Demšar 2006.

use super::canvas::{Area, Drawn};
use super::hover::{Spot, with_spots};
use super::palette::{CARD, INK, LINES, adapt};
use crate::error::ReportError;
use crate::figure::Figure;
use crate::table::Table;
use analysis::Ranking;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const FILE: &str = "critical-difference.svg";
const WIDTH: i32 = 760;
/// Room for names on both sides.
const MARGIN: i32 = 170;
/// Where the line of ranks is, how far apart bars are, and how far apart names.
const AXIS: i32 = 70;
const BAR: i32 = 9;
const NAME: i32 = 22;

/// Models by average rank, with bars over the sets of them that cannot be told apart.
pub(crate) fn critical_difference_diagram(
    ranking: &Ranking,
    critical: f64,
) -> Result<Figure, ReportError> {
    let (models, groups) = (&ranking.models, ranking.groups());
    let diagram = Diagram {
        models,
        critical,
        bars: groups.iter().filter(|group| group.len() > 1).collect(),
    };
    let mut svg = String::new();
    {
        let size = (WIDTH as u32, diagram.height() as u32);
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        diagram
            .draw(&root)
            .map_err(|error| ReportError::render(FILE, &error))?;
    }
    let spots: Vec<Spot> = models
        .iter()
        .map(|(name, rank)| Spot {
            at: (diagram.place(*rank), AXIS),
            text: format!("{name}: average rank {rank:.2}"),
        })
        .collect();
    let data = Table::default()
        .text("model", models.iter().map(|(name, _)| name))
        .numbers("average_rank", models.iter().map(|(_, rank)| Some(*rank)))
        .numbers("critical_difference", models.iter().map(|_| Some(critical)));
    Ok(Figure::new(FILE, with_spots(&adapt(&svg), &spots), data))
}

struct Diagram<'a> {
    /// Names and average ranks, the best first.
    models: &'a [(String, f64)],
    critical: f64,
    bars: Vec<&'a Vec<usize>>,
}

impl Diagram<'_> {
    /// The better half of the models has its names on the left.
    fn left(&self) -> usize {
        self.models.len().div_ceil(2)
    }

    /// Where the first name is.
    fn names(&self) -> i32 {
        AXIS + BAR * (self.bars.len() as i32 + 1) + 14
    }

    fn height(&self) -> i32 {
        self.names() + NAME * self.left() as i32
    }

    /// Where a rank is on the line. The critical difference must fit above it.
    fn place(&self, rank: f64) -> i32 {
        let most = (self.models.len() as f64).max(1.0 + self.critical);
        MARGIN + ((rank - 1.0) / (most - 1.0) * f64::from(WIDTH - 2 * MARGIN)).round() as i32
    }

    fn draw(&self, root: &Area) -> Drawn<()> {
        root.fill(&CARD)?;
        self.draw_axis(root)?;
        for (i, group) in self.bars.iter().enumerate() {
            let y = AXIS + BAR * (i as i32 + 1);
            let ends = [group[0], group[group.len() - 1]];
            let [from, to] = ends.map(|model| self.place(self.models[model].1));
            // A little over both ends, so that models of equal rank have a bar, too.
            let bar = [(from - 4, y), (to + 4, y)];
            root.draw(&PathElement::new(bar, LINES[0].stroke_width(5)))?;
        }
        for i in 0..self.models.len() {
            self.draw_model(root, i)?;
        }
        root.present()
    }

    /// The line with its ranks, and above it how far apart ranks must be.
    fn draw_axis(&self, root: &Area) -> Drawn<()> {
        let ink = INK.stroke_width(1);
        let centred = text(13, HPos::Center);
        let last = self.models.len();
        root.draw(&PathElement::new(
            [(self.place(1.0), AXIS), (self.place(last as f64), AXIS)],
            ink,
        ))?;
        for rank in 1..=last {
            let x = self.place(rank as f64);
            root.draw(&PathElement::new([(x, AXIS - 5), (x, AXIS)], ink))?;
            let label = Text::new(rank.to_string(), (x, AXIS - 13), centred.clone());
            root.draw(&label)?;
        }
        let (from, to) = (self.place(1.0), self.place(1.0 + self.critical));
        let y = 30;
        for line in [
            [(from, y), (to, y)],
            [(from, y - 4), (from, y + 4)],
            [(to, y - 4), (to, y + 4)],
        ] {
            root.draw(&PathElement::new(line, ink))?;
        }
        let said = format!("critical difference {:.2}", self.critical);
        root.draw(&Text::new(said, (from, y - 14), text(13, HPos::Left)))
    }

    /// From a model's place on the line down and aside to its name.
    fn draw_model(&self, root: &Area, i: usize) -> Drawn<()> {
        let (name, rank) = &self.models[i];
        let is_left = i < self.left();
        let row = if is_left {
            i
        } else {
            self.models.len() - 1 - i
        };
        let (x, y) = (self.place(*rank), self.names() + NAME * row as i32);
        let (end, beside, anchor) = if is_left {
            (MARGIN - 12, MARGIN - 18, HPos::Right)
        } else {
            (WIDTH - MARGIN + 12, WIDTH - MARGIN + 18, HPos::Left)
        };
        let path = [(x, AXIS), (x, y), (end, y)];
        root.draw(&PathElement::new(path, INK.stroke_width(1)))?;
        let name = format!("{name} {rank:.2}");
        root.draw(&Text::new(name, (beside, y), text(13, anchor)))
    }
}

fn text(size: u32, anchor: HPos) -> TextStyle<'static> {
    let font = ("sans-serif", size).into_font().color(&INK);
    font.pos(Pos::new(anchor, VPos::Center))
}
