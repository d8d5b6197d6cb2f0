//! What was found in a data set, in words.

use super::{BARS, ClassCounts, ColumnSummary, Inspection, Same};
use crate::{Content, Loaded};
use std::fmt::Write;
use tables::Kind;

/// Columns, and classes, that are listed.
const MOST_LISTED: usize = 100;
/// Names in a sentence.
const MOST_NAMED: usize = 5;
/// With fewer rows, all different by chance.
const FEWEST_ROWS: usize = 20;

impl Inspection {
    /// What makes a comparison on these data doubtful, a sentence for each; empty where nothing does.
    /// Rows are counted from 0, in the training rows and in the test rows.
    pub fn doubts(&self) -> Vec<String> {
        let mut doubts = self.doubts_about_rows();
        doubts.extend(self.doubts_about_classes());
        doubts.extend(self.doubts_about_columns());
        doubts
    }

    fn doubts_about_rows(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        let [train, test] = self.rows;
        if let Some(Same { first, second }) = self.in_both.first() {
            let count = distinct(self.in_both.iter().map(|pair| pair.second));
            doubts.push(format!(
                "{count} of {test} test rows are the same as a training row (such as test row {second} and training row {first}): a model may have learnt them by heart."
            ));
        }
        if let Some(near) = self.nearly_in_both.iter().flatten().next() {
            let count = self.nearly_in_both.iter().flatten().count();
            doubts.push(format!(
                "{count} of {test} test pictures are nearly the same as a training picture (for example test picture {} and training picture {}).",
                near.test, near.train
            ));
        }
        if let Some(moved) = self.moved_in_both.iter().flatten().next() {
            let count = self.moved_in_both.iter().flatten().count();
            doubts.push(format!(
                "{count} of {test} test pictures are a training picture of another brightness or contrast, moved a little, turned or mirrored (such as test picture {} and training picture {}).",
                moved.test, moved.train
            ));
        }
        if let Some(Same { first, second }) = self.contradicting.first() {
            let count = distinct(self.contradicting.iter().map(|pair| pair.second));
            doubts.push(format!(
                "{count} of {train} training rows are the same as an earlier one but of another class (such as rows {first} and {second}): no model can get them all right."
            ));
        }
        if let Some(Same { first, second }) = self.repeated.first() {
            let count = distinct(self.repeated.iter().map(|pair| pair.second));
            doubts.push(format!(
                "{count} of {train} training rows are the same as an earlier one (such as rows {first} and {second}): held-out rows may be copies of rows that were learnt."
            ));
        }
        doubts
    }

    fn doubts_about_classes(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        let [_, test] = self.rows;
        let unseen = self.classes.iter().filter(|class| class.train == 0);
        let unseen: Vec<&ClassCounts> = unseen.filter(|class| class.test > 0).collect();
        if !unseen.is_empty() {
            let rows: usize = unseen.iter().map(|class| class.test).sum();
            doubts.push(format!(
                "{rows} of {test} test rows are of {} that no training row has: {}. No model can get them right.",
                counted(unseen.len(), "class"),
                named(unseen.iter().map(|class| &class.name))
            ));
        }
        let alone = self.classes.iter().filter(|class| class.train == 1);
        let alone: Vec<&ClassCounts> = alone.collect();
        if !alone.is_empty() {
            doubts.push(format!(
                "{} with a single training row: {}. A model has one example to learn from, and folds have none.",
                counted(alone.len(), "class"),
                named(alone.iter().map(|class| &class.name))
            ));
        }
        doubts
    }

    fn doubts_about_columns(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        let [train, _] = self.rows;
        let looking = |like: fn(&ColumnSummary) -> Option<&String>| -> Vec<String> {
            let columns = self.columns.iter();
            let named = columns.filter_map(|of| Some(format!("{} (as {})", of.name, like(of)?)));
            named.collect()
        };
        let like_numbers = looking(|column| column.like_a_number.as_ref());
        if !like_numbers.is_empty() {
            doubts.push(format!(
                "{} of what looks like numbers, taken for names: {}. Write them with a decimal point and no signs.",
                counted(like_numbers.len(), "column"),
                named(like_numbers.iter())
            ));
        }
        let like_dates = looking(|column| column.like_a_date.as_ref());
        if !like_dates.is_empty() {
            doubts.push(format!(
                "{} of what looks like dates, taken for names, for the day may come before the month or after it: {}. Write them as \
                 2024-03-14.",
                counted(like_dates.len(), "column"),
                named(like_dates.iter())
            ));
        }
        let identifying = |column: &&ColumnSummary| {
            let is_known = column.like_a_number.is_some() || column.like_a_date.is_some();
            let is_different = train >= FEWEST_ROWS && column.distinct == train;
            column.kind == Kind::Category && is_different && !is_known
        };
        let identifiers: Vec<&ColumnSummary> = self.columns.iter().filter(identifying).collect();
        if !identifiers.is_empty() {
            doubts.push(format!(
                "{} with another word in each row, which tells nothing of other rows: {}. Is it a name, or numbers that were not \
                 understood? --ignore leaves it out.",
                counted(identifiers.len(), "column"),
                named(identifiers.iter().map(|column| &column.name))
            ));
        }
        let counting = |column: &&ColumnSummary| train >= FEWEST_ROWS && column.counts_rows;
        let counting: Vec<&ColumnSummary> = self.columns.iter().filter(counting).collect();
        if !counting.is_empty() {
            let (rises, it) = match counting.len() {
                1 => ("rises", "it"),
                _ => ("rise", "them"),
            };
            doubts.push(format!(
                "{} that {rises} from row to row in whole numbers, as the number of a row does: {}. If the rows are numbered, new \
                 rows have larger numbers than all of these. --ignore leaves {it} out.",
                counted(counting.len(), "column"),
                named(counting.iter().map(|column| &column.name))
            ));
        }
        let telling = self.columns.iter().filter(|column| column.tells_the_label);
        let telling: Vec<&ColumnSummary> = telling.collect();
        if !telling.is_empty() {
            let names = telling.iter().take(MOST_NAMED).map(|column| {
                format!(
                    "{} ({:.1} % right)",
                    column.name,
                    column.right_alone * 100.0
                )
            });
            doubts.push(format!(
                "{} the class almost alone: {}. Would {} be known before the class is?",
                if telling.len() == 1 {
                    "1 column tells".to_owned()
                } else {
                    format!("{} columns tell", telling.len())
                },
                names.collect::<Vec<_>>().join(", "),
                if telling.len() == 1 { "it" } else { "they" }
            ));
        }
        doubts
    }

    /// A page for a terminal: sizes, classes, columns, and what is doubtful.
    pub fn in_words(&self, loaded: &Loaded) -> String {
        let [train, test] = self.rows;
        let width = match &loaded.content {
            Content::Table { .. } => counted(self.width, "column"),
            Content::Samples { .. } => counted(self.width, "feature"),
        };
        let mut page = format!(
            "{}: {train} training and {test} test rows, {width}, {}\n",
            loaded.id,
            counted(self.classes.len(), "class")
        );
        for note in &loaded.notes {
            let _ = writeln!(page, "  {note}");
        }
        page.push('\n');
        page.push_str(&self.classes());
        if !self.columns.is_empty() {
            page.push('\n');
            page.push_str(&self.columns());
        }
        if self.constant_features > 0 {
            let constant = counted(self.constant_features, "feature");
            let _ = writeln!(page, "\n{constant}: the same in all training rows");
        }
        page.push('\n');
        let doubts = self.doubts();
        if doubts.is_empty() {
            page.push_str("The rows themselves show nothing doubtful.");
        } else {
            page.push_str(&doubts.join("\n"));
        }
        page
    }

    fn classes(&self) -> String {
        let mut rows = vec![["class", "train", "test"].map(str::to_owned).to_vec()];
        for class in self.classes.iter().take(MOST_LISTED) {
            let counts = [class.train, class.test].map(|count| count.to_string());
            let [train, test] = counts;
            rows.push(vec![class.name.clone(), train, test]);
        }
        aligned(&rows, self.classes.len())
    }

    fn columns(&self) -> String {
        let head = [
            "column",
            "holds",
            "missing",
            "distinct",
            "range",
            "spread",
            "right alone, %",
            "",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for column in self.columns.iter().take(MOST_LISTED) {
            rows.push(vec![
                column.name.clone(),
                column.kind.plural().to_owned(),
                column.missing.to_string(),
                column.distinct.to_string(),
                column.range.map_or_else(String::new, |range| {
                    let shown = match column.kind {
                        Kind::Date => tables::date,
                        _ => tables::number,
                    };
                    range.map(shown).join(" to ")
                }),
                bars(&column.spread),
                format!("{:.1}", column.right_alone * 100.0),
                remark(column),
            ]);
        }
        let mut table = aligned(&rows, self.columns.len());
        let _ = writeln!(
            table,
            "spread: how many rows are in each of {BARS} equal parts of the range; of names, how many have each, the most frequent \
             first\nright alone: the share of held-out rows whose class is guessed right from this column alone"
        );
        table
    }
}

/// A bar for each count, the largest a whole character high; none for no rows.
fn bars(counts: &[usize]) -> String {
    const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: &usize| HEIGHTS[(count * (HEIGHTS.len() - 1)).div_ceil(most)];
    counts.iter().map(bar).collect()
}

fn remark(column: &ColumnSummary) -> String {
    let mut remarks = Vec::new();
    match column.distinct {
        0 => remarks.push("has no value".to_owned()),
        1 if column.missing == 0 => remarks.push("constant".to_owned()),
        _ => {}
    }
    if let Some(other) = &column.same_as {
        remarks.push(format!("the same as {other}"));
    }
    if column.tells_the_label {
        remarks.push("may tell the label".to_owned());
    }
    remarks.join(", ")
}

/// Cells below each other, numbers at the right, the first line a heading; says how many of `all` are left out.
fn aligned(rows: &[Vec<String>], all: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let is_number = |column: usize| {
        let mut cells = rows.iter().skip(1).filter_map(|row| row.get(column));
        cells.all(|cell| cell.parse::<f64>().is_ok())
    };
    let numbers: Vec<bool> = (0..columns).map(is_number).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).zip(&numbers);
        let line: Vec<String> = cells
            .map(|((cell, &width), &is_number)| {
                if is_number {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            })
            .collect();
        let _ = writeln!(text, "{}", line.join("  ").trim_end());
    }
    if all + 1 > rows.len() {
        let _ = writeln!(text, "… and {} more", all + 1 - rows.len());
    }
    text
}

/// The first of some names.
fn named<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    let more = if names.len() > MOST_NAMED {
        ", …"
    } else {
        ""
    };
    names[..names.len().min(MOST_NAMED)].join(", ") + more
}

fn distinct(rows: impl Iterator<Item = usize>) -> usize {
    rows.collect::<std::collections::HashSet<_>>().len()
}

fn counted(count: usize, thing: &str) -> String {
    let ending = match (count, thing.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{count} {thing}{ending}")
}
