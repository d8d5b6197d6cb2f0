//! The rows of a column in groups, by its values.

use crate::column::{Column, Values};
use crate::day::date;

/// The most groups of rows; the rarest categories beyond are one.
const MOST: usize = 20;
/// Numbers and dates of no more different values are a group for each; others are in quarters.
const FEW: usize = 8;

/// What the group of rows without a value is called, unless a category is.
const MISSING: &str = "missing";

/// The rows of a column in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// What the groups are called.
    pub names: Vec<String>,
    /// The group of each row, as an index into the names.
    pub of: Vec<u16>,
}

impl Column {
    /// The rows by the values: of categories and truth values a group each, the frequent first; of numbers and dates
    /// the quarters, in order. Rows where the value is missing are the last.
    pub fn groups(&self) -> Groups {
        let (mut names, of) = grouped(self);
        let missing = names.len();
        if of.contains(&None) {
            let is_taken = names.iter().any(|name| name == MISSING);
            names.push(if is_taken { "(no value)" } else { MISSING }.to_owned());
        }
        let of = of.iter().map(|group| group.unwrap_or(missing) as u16);
        Groups {
            of: of.collect(),
            names,
        }
    }
}

/// The names of the groups, and the group of each row where it is known.
fn grouped(column: &Column) -> (Vec<String>, Vec<Option<usize>>) {
    match column.values() {
        Values::Numbers(values) => by_number(values, |value| value.to_string()),
        Values::Dates(days) => by_number(days, date),
        Values::Booleans(values) => {
            let of = values.iter().map(|value| value.map(usize::from));
            by_name(&["false", "true"].map(str::to_owned), of.collect())
        }
        Values::Categories(categories) => by_name(categories.names(), categories.codes().collect()),
    }
}

/// Names that occur, the frequent first, and the rarest together where there are many.
fn by_name(all: &[String], of: Vec<Option<usize>>) -> (Vec<String>, Vec<Option<usize>>) {
    let mut counts: Vec<(usize, usize)> = (0..all.len()).map(|name| (0, name)).collect();
    for &name in of.iter().flatten() {
        counts[name].0 += 1;
    }
    counts.retain(|(count, _)| *count > 0);
    counts.sort_by_key(|&(count, name)| (std::cmp::Reverse(count), name));
    let own = if counts.len() > MOST {
        MOST - 1
    } else {
        counts.len()
    };
    let mut place = vec![own; all.len()];
    for (group, (_, name)) in counts[..own].iter().enumerate() {
        place[*name] = group;
    }
    let mut names: Vec<String> = counts[..own]
        .iter()
        .map(|(_, name)| all[*name].clone())
        .collect();
    if counts.len() > own {
        let others = format!("{} others", counts.len() - own);
        let is_taken = names.contains(&others);
        names.push(if is_taken {
            format!("({others})")
        } else {
            others
        });
    }
    let of = of.into_iter().map(|name| name.map(|name| place[name]));
    (names, of.collect())
}

/// Each value where they are few, else quarters, from the smallest value to the largest.
fn by_number(values: &[f64], show: impl Fn(f64) -> String) -> (Vec<String>, Vec<Option<usize>>) {
    let mut sorted: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| !value.is_nan())
        .collect();
    sorted.sort_by(f64::total_cmp);
    let mut different = sorted.clone();
    different.dedup();
    let is_each = different.len() <= FEW;
    // The last value of each group.
    let mut ends = if is_each {
        different
    } else {
        let quarter = |k: usize| sorted[(sorted.len() * k).div_ceil(4) - 1];
        (1..=4).map(quarter).collect()
    };
    ends.dedup();
    let name = |(group, &end): (usize, &f64)| match group {
        _ if is_each => show(end),
        0 => format!("≤ {}", show(end)),
        last if last + 1 == ends.len() => format!("> {}", show(ends[last - 1])),
        _ => format!("> {}, ≤ {}", show(ends[group - 1]), show(end)),
    };
    let names = ends.iter().enumerate().map(name).collect();
    let group = |&value: &f64| (!value.is_nan()).then(|| ends.partition_point(|&end| end < value));
    (names, values.iter().map(group).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_called_missing_is_not_the_rows_without_a_value() {
        let names = ["missing", "a"].map(str::to_owned);
        let column =
            Column::categories("g", [Some(0), None, Some(1), Some(0)], names.into()).unwrap();
        let groups = column.groups();
        assert_eq!(groups.names, ["missing", "a", "(no value)"]);
        assert_eq!(groups.of, [0, 2, 1, 0]);
    }

    #[test]
    fn numbers_are_in_quarters_and_few_values_alone() {
        let mut values: Vec<f64> = (1..=20).map(f64::from).collect();
        values[3] = f64::NAN;
        let found = Column::numbers("age", values).unwrap().groups();
        let names = ["≤ 6", "> 6, ≤ 11", "> 11, ≤ 16", "> 16", "missing"];
        assert_eq!(found.names, names);
        let counts = (0..5).map(|group| found.of.iter().filter(|&&of| of == group).count());
        assert_eq!(counts.collect::<Vec<_>>(), [5, 5, 5, 4, 1]);
        let found = Column::numbers("legs", vec![4.0, 2.0, 4.0])
            .unwrap()
            .groups();
        assert_eq!(
            (found.names, found.of),
            (vec!["2".to_owned(), "4".to_owned()], vec![1, 0, 1])
        );
        // Most rows have one value: what would be empty quarters are none.
        let mut values = vec![0.0; 90];
        values.extend((1..=10).map(f64::from));
        assert_eq!(
            Column::numbers("n", values).unwrap().groups().names,
            ["≤ 0", "> 0"]
        );
    }

    #[test]
    fn categories_are_in_the_order_of_their_frequency_and_the_rarest_together() {
        let names: Vec<String> = (0..30).map(|name| format!("n{name}")).collect();
        // Of name k there are k rows.
        let codes = (0..30_u32).flat_map(|name| std::iter::repeat_n(Some(name), name as usize));
        let column = Column::categories("port", codes.chain([None]), names.into()).unwrap();
        let found = column.groups();
        assert_eq!(found.names[..2], ["n29", "n28"]);
        assert_eq!(found.names[19..], ["10 others", "missing"]);
        assert_eq!(found.of.last(), Some(&20));
    }

    #[test]
    fn days_are_dates() {
        let found = Column::dates("day", vec![0.5, 19_782.0, -1.0])
            .unwrap()
            .groups();
        assert_eq!(found.names, ["1969-12-31", "1970-01-01", "2024-02-29"]);
    }
}
