//! Tables of plain text, for a terminal. A cell is never broken in the middle of a word: columns that matter least are
//! left out until the others fit.

use crate::plain::wrapped;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width};
use unicode_width::UnicodeWidthStr;

/// The narrowest that a column of sentences is made, in characters.
const NARROWEST: usize = 20;

/// A table for people.
pub struct TextTable {
    columns: Vec<TextColumn>,
    rows: Vec<Vec<String>>,
}

/// A column, and what becomes of it where room is short.
pub struct TextColumn {
    title: &'static str,
    kind: Kind,
    /// Columns of a high rank are left out first; those of rank 0 never.
    rank: u8,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Name,
    Number,
    /// Sentences, which may be broken between words.
    Text,
}

impl TextColumn {
    /// Of names, which are never broken.
    pub fn name(title: &'static str, rank: u8) -> Self {
        let kind = Kind::Name;
        Self { title, kind, rank }
    }

    /// Of numbers.
    pub fn number(title: &'static str, rank: u8) -> Self {
        let kind = Kind::Number;
        Self { title, kind, rank }
    }

    /// Of sentences.
    pub fn text(title: &'static str) -> Self {
        let (kind, rank) = (Kind::Text, 0);
        Self { title, kind, rank }
    }
}

impl TextTable {
    /// An empty table.
    pub fn new(columns: Vec<TextColumn>) -> Self {
        let rows = Vec::new();
        Self { columns, rows }
    }

    /// Adds a row of as many cells as there are columns.
    pub fn add_row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Without the columns in which no row has anything.
    pub(crate) fn without_empty(mut self) -> Self {
        for column in (0..self.columns.len()).rev() {
            let is_empty = |row: &Vec<String>| matches!(row[column].as_str(), "" | "–");
            if self.rows.iter().all(is_empty) {
                self.columns.remove(column);
                for row in &mut self.rows {
                    row.remove(column);
                }
            }
        }
        self
    }

    /// The characters that a column needs.
    fn needs(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        let cells = cells.map(|cell| cell.width());
        let title = self.columns[column].title.width();
        cells.chain([title]).max().unwrap_or(0)
    }

    /// The columns that fit, and the characters of each.
    fn fitting(&self, width: Option<usize>) -> Vec<(usize, usize)> {
        let all = 0..self.columns.len();
        let mut shown: Vec<(usize, usize)> =
            all.map(|column| (column, self.needs(column))).collect();
        let Some(width) = width else {
            return shown;
        };
        // Each column has a border and two spaces, and the table one border more.
        let excess = |shown: &[(usize, usize)]| {
            let needed: usize = shown.iter().map(|(_, needs)| needs + 3).sum();
            (needed + 1).saturating_sub(width)
        };
        loop {
            let mut left = excess(&shown);
            for (column, needs) in &mut shown {
                if self.columns[*column].kind == Kind::Text {
                    let shrunk = needs.saturating_sub(left).max(NARROWEST.min(*needs));
                    left -= *needs - shrunk;
                    *needs = shrunk;
                }
            }
            let rank = |&(column, _): &(usize, usize)| self.columns[column].rank;
            let least = shown.iter().map(rank).max().unwrap_or(0);
            if left == 0 || least == 0 {
                return shown;
            }
            // The last of equals.
            let place = shown.iter().rposition(|column| rank(column) == least);
            shown.remove(place.unwrap_or(0));
            for (column, needs) in &mut shown {
                *needs = self.needs(*column);
            }
        }
    }

    /// The table in at most `width` characters a line; without a width, as wide as it needs.
    pub fn to_text(&self, width: Option<usize>) -> String {
        let shown = self.fitting(width);
        let mut table = comfy_table::Table::new();
        let titles = shown.iter().map(|(column, _)| self.columns[*column].title);
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(titles.collect::<Vec<_>>());
        // What is not broken must not be broken by the library either.
        let whole: usize = shown.iter().map(|(_, needs)| needs + 3).sum();
        table.set_width(u16::try_from(whole + 1).unwrap_or(u16::MAX));
        for row in &self.rows {
            let cell = |(column, _): &(usize, usize)| row.get(*column).cloned();
            table.add_row(shown.iter().map(|at| cell(at).unwrap_or_default()));
        }
        for (place, (column, needs)) in shown.iter().enumerate() {
            let Some(formatted) = table.column_mut(place) else {
                continue;
            };
            let width = u16::try_from(needs + 2).unwrap_or(u16::MAX);
            formatted.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
            if self.columns[*column].kind == Kind::Number {
                formatted.set_cell_alignment(CellAlignment::Right);
            }
        }
        let left_out: Vec<&str> = (0..self.columns.len())
            .filter(|column| shown.iter().all(|(shown, _)| shown != column))
            .map(|column| self.columns[column].title)
            .collect();
        if left_out.is_empty() {
            return table.to_string();
        }
        let left_out = format!("no room for: {}", left_out.join(", "));
        format!("{table}\n{}", wrapped(&left_out, width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(width: usize) -> String {
        let mut table = TextTable::new(vec![
            TextColumn::name("model", 0),
            TextColumn::number("right, %", 0),
            TextColumn::number("log-loss", 2),
            TextColumn::text("what came of it"),
        ]);
        let told = "a sentence that is long enough to be broken into several lines";
        table.add_row(["nearest-centroid", "100.00", "infinite", told]);
        table.to_text(Some(width))
    }

    #[test]
    fn columns_are_left_out_and_no_name_is_broken() {
        for width in [60, 80, 100, 200] {
            let shown = table(width);
            assert!(
                shown.contains("nearest-centroid") && shown.contains("100.00"),
                "{shown}"
            );
            let widest = shown.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{width}: {shown}");
        }
        assert!(table(60).contains("no room for: log-loss"));
        assert!(!table(200).contains("no room"));
    }

    #[test]
    fn a_terminal_too_narrow_for_anything_gets_whole_words_all_the_same() {
        assert!(table(20).contains("nearest-centroid"));
    }
}
