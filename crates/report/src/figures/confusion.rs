//! Confusion matrices as heat maps.

use super::canvas::{Area, Drawn};
use super::palette::{CARD, INK, adapt};
use crate::bounds::shown_classes;
use crate::error::ReportError;
use crate::figure::Figure;
use crate::table::Table;
use analysis::Finished;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use records::DatasetRecord;
use std::fmt::Display;

/// Hits and misses have colours of their own: on one scale a few mistakes among a thousand hits
/// would not show.
const HIT: RGBColor = RGBColor(0x00, 0x72, 0xb2);
const MISS: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
/// Black and white that do not change with the colour scheme, because the cells do not.
const ON_LIGHT: RGBColor = RGBColor(0x00, 0x00, 0x01);
const ON_DARK: RGBColor = RGBColor(0xff, 0xff, 0xfe);

/// Letters of a name beside its row.
const LONGEST_NAME: usize = 24;

/// Rows are true classes, columns predicted ones: all, or those that are mistaken most.
pub(super) fn heat_map(
    id: &str,
    model: &Finished,
    dataset: &DatasetRecord,
) -> Result<Option<Figure>, ReportError> {
    let shown = shown_classes(model);
    let rows = model.quality.confusion.rows();
    let of_truth = |&truth: &usize| shown.iter().map(|&class| rows[truth][class]).collect();
    let counts: Vec<Vec<usize>> = shown.iter().map(of_truth).collect();
    let names: Vec<String> = shown
        .iter()
        .map(|&class| dataset.class_names[class].clone())
        .collect();
    let longest = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(1)
        .min(LONGEST_NAME);
    let layout = Layout {
        classes: shown.len() as i32,
        cell: 44,
        left: 40 + 8 * longest as i32,
        top: 66,
    };
    let name = format!("confusion-{id}.svg");
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, layout.size()).into_drawing_area();
        let failed = |error: &dyn Display| ReportError::render(&name, error);
        root.fill(&CARD).map_err(|error| failed(&error))?;
        layout
            .draw(&root, id, &counts, &names)
            .and_then(|()| root.present())
            .map_err(|error| failed(&error))?;
    }
    let data = data(&counts, &names);
    Ok(Some(Figure::new(name, adapt(&svg), data)))
}

/// A row per true class, a column per predicted one.
fn data(counts: &[Vec<usize>], names: &[String]) -> Table {
    let table = Table::default().text("truth", names.iter());
    names.iter().enumerate().fold(table, |table, (i, name)| {
        table.integers(name, counts.iter().map(|row| Some(row[i])))
    })
}

struct Layout {
    classes: i32,
    cell: i32,
    left: i32,
    top: i32,
}

impl Layout {
    fn size(&self) -> (u32, u32) {
        let side = self.classes * self.cell;
        (
            (self.left + side + 16) as u32,
            (self.top + side + 16) as u32,
        )
    }

    fn draw(&self, root: &Area, title: &str, counts: &[Vec<usize>], names: &[String]) -> Drawn<()> {
        let middle = self.left + self.classes * self.cell / 2;
        text(root, title, (middle, 16), 16, INK, HPos::Center)?;
        text(root, "predicted", (middle, 36), 12, INK, HPos::Center)?;
        text(root, "true", (6, self.top - 10), 12, INK, HPos::Left)?;
        for (i, name) in names.iter().enumerate() {
            let centre = i as i32 * self.cell + self.cell / 2;
            let beside: String = name.chars().take(LONGEST_NAME).collect();
            text(
                root,
                &beside,
                (self.left - 8, self.top + centre),
                13,
                INK,
                HPos::Right,
            )?;
            let fits: String = name.chars().take(6).collect();
            let above = (self.left + centre, self.top - 10);
            text(root, &fits, above, 12, INK, HPos::Center)?;
        }
        let largest_miss = off_diagonal(counts).max().unwrap_or(0);
        for (i, row) in counts.iter().enumerate() {
            let support: usize = row.iter().sum();
            for (j, &count) in row.iter().enumerate() {
                if count > 0 {
                    let (colour, whole) = if i == j {
                        (HIT, support)
                    } else {
                        (MISS, largest_miss)
                    };
                    // The root lifts small counts above the background.
                    let strength = (count as f64 / whole as f64).sqrt();
                    self.draw_cell(root, [i, j], count, blend(colour, 0.1 + 0.9 * strength))?;
                }
            }
        }
        Ok(())
    }

    fn draw_cell(
        &self,
        root: &Area,
        [i, j]: [usize; 2],
        count: usize,
        colour: RGBColor,
    ) -> Drawn<()> {
        let (x, y) = (
            self.left + j as i32 * self.cell,
            self.top + i as i32 * self.cell,
        );
        let corners = [(x + 1, y + 1), (x + self.cell - 1, y + self.cell - 1)];
        root.draw(&Rectangle::new(corners, colour.filled()))?;
        let ink = if luminance(colour) > 0.36 {
            ON_LIGHT
        } else {
            ON_DARK
        };
        let centre = (x + self.cell / 2, y + self.cell / 2);
        text(root, &count.to_string(), centre, 13, ink, HPos::Center)
    }
}

fn text(
    root: &Area,
    content: &str,
    at: (i32, i32),
    size: u32,
    colour: RGBColor,
    anchor: HPos,
) -> Drawn<()> {
    let style = ("sans-serif", size).into_font().color(&colour);
    let style = style.pos(Pos::new(anchor, VPos::Center));
    root.draw(&Text::new(content.to_owned(), at, style))
}

fn off_diagonal(counts: &[Vec<usize>]) -> impl Iterator<Item = usize> {
    counts.iter().enumerate().flat_map(|(i, row)| {
        row.iter()
            .enumerate()
            .filter(move |(j, _)| i != *j)
            .map(|(_, &count)| count)
    })
}

/// `colour` on white, as opaque as `strength`.
fn blend(colour: RGBColor, strength: f64) -> RGBColor {
    let mix = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * strength).round() as u8;
    RGBColor(mix(colour.0), mix(colour.1), mix(colour.2))
}

/// Relative luminance, WCAG 2.2.
fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.040_45 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}
