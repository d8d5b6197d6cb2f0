//! Whether test rows are like training rows: a classifier that tells them apart where they are not (Lopez-Paz and
//! Oquab 2017, "Revisiting classifier two-sample tests").

use super::judge::Judge;
use super::out_of_fold::out_of_fold;
use crate::rows::Rows;
use crate::values;
use data::{Dataset, Samples, Targets, stratified_subset};
use statistics::{Interval, area_interval, class_area};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use tables::{Column, Table, Values};

/// The area under the ROC curve of a coin.
const COIN: f64 = 0.5;
/// By how much the lower end of the interval must be above it: less is of no consequence.
const MARGIN: f64 = 0.05;
/// The most rows that are asked about: trees that find nothing grow deep, and so many tell a hundredth of area.
const MOST: usize = 10_000;
/// Rows that are named.
const NAMED: usize = 5;

/// How well test rows are told from training rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// The probability that a test row looks more like a test row than a training row does.
    pub area: f64,
    /// Its 95 % interval (Newcombe 2006).
    pub interval: Interval,
    /// The test rows that are least like training rows, with their first values, of a table.
    pub unlike: Vec<(usize, String)>,
}

impl Drift {
    /// Whether test rows differ from training rows, in a sentence for the head of a report.
    pub(super) fn doubt(&self, model: &str) -> Option<String> {
        let Interval { low, high } = self.interval;
        self.is_clear().then(|| {
            let first = self.unlike.first();
            let first = first.map_or(String::new(), |(row, _)| format!(", least like them test row {row}"));
            format!(
                "Test rows are unlike training rows{first}: {model} tells them apart with an AUC of {:.3} (95 % interval {low:.3} to \
                 {high:.3}; guessing has 0.5). What is measured on them may not hold for rows like the training rows.",
                self.area
            )
        })
    }
}

/// Asks about each row a model that was not fitted to it. Of rows in groups one of each group is asked about:
/// the others would tell where they come from by it.
pub(super) fn drift(train: &Rows, test: &Rows, judge: Judge) -> Result<Drift, String> {
    let [ours, theirs] = [one_of_each_group(train), one_of_each_group(test)];
    let most = judge.most.min(MOST);
    let [ours, theirs] = drawn([ours, theirs], most, judge.seed)?;
    let joined = joined(&train.select(&ours), &test.select(&theirs))?;
    let said = out_of_fold(&joined, Judge { most, ..judge })?;
    let of_test: Vec<f64> = said.probabilities.chunks_exact(2).map(|of| of[1]).collect();
    let is_test: Vec<bool> = said.rows.iter().map(|&row| row >= ours.len()).collect();
    let theirs_asked = is_test.iter().filter(|&&is_test| is_test).count();
    let ours_asked = is_test.len() - theirs_asked;
    let area = class_area(&of_test, &is_test).ok_or("too few rows")?;
    let mut unlike: Vec<(f64, usize)> = (0..is_test.len())
        .filter(|&place| is_test[place])
        .map(|place| (of_test[place], theirs[said.rows[place] - ours.len()]))
        .collect();
    unlike.sort_by(|a, b| b.0.total_cmp(&a.0));
    let columns: &[Column] = match test {
        Rows::Table(table) => table.columns(),
        Rows::Samples(_) => &[],
    };
    let named = unlike.into_iter().take(NAMED);
    Ok(Drift {
        area,
        interval: area_interval(area, theirs_asked, ours_asked, 0.95),
        unlike: named
            .map(|(_, row)| (row, values::row(columns, row)))
            .collect(),
    })
}

/// No more than `most` rows of both together, drawn in proportion: only these are copied.
fn drawn(both: [Vec<usize>; 2], most: usize, seed: u64) -> Result<[Vec<usize>; 2], String> {
    let [ours, theirs] = &both;
    if ours.len() + theirs.len() <= most {
        return Ok(both);
    }
    let targets = origins(ours.len(), theirs.len());
    let few = stratified_subset(&targets, most, seed).map_err(|error| error.to_string())?;
    let (first, second): (Vec<usize>, Vec<usize>) =
        few.into_iter().partition(|&row| row < ours.len());
    Ok([
        first.into_iter().map(|row| ours[row]).collect(),
        second
            .into_iter()
            .map(|row| theirs[row - ours.len()])
            .collect(),
    ])
}

/// Where rows come from: training rows, then test rows.
fn origins(train: usize, test: usize) -> Targets {
    let labels = std::iter::repeat_n(0, train).chain(std::iter::repeat_n(1, test));
    let names = ["training", "test"].map(str::to_owned).into();
    Targets::new(labels.collect(), names).expect("two classes")
}

fn one_of_each_group(rows: &Rows) -> Vec<usize> {
    let Some(groups) = rows.targets().groups() else {
        return (0..rows.len()).collect();
    };
    let mut seen = HashSet::new();
    (0..rows.len())
        .filter(|&row| seen.insert(groups[row]))
        .collect()
}

/// Both one after the other, labelled by where they come from.
fn joined(train: &Rows, test: &Rows) -> Result<Rows, String> {
    let targets = origins(train.len(), test.len());
    match (train, test) {
        (Rows::Samples(train), Rows::Samples(test)) => {
            let samples = [train.samples(), test.samples()];
            let values = samples.iter().flat_map(|of| of.to_f32().into_owned());
            let values = Samples::from_features(samples[0].features(), values.collect());
            let data = values.and_then(|values| Dataset::with_targets(values, targets));
            data.map(Rows::Samples).map_err(|error| error.to_string())
        }
        (Rows::Table(train), Rows::Table(test)) => {
            let pairs = train.columns().iter().zip(test.columns());
            let columns = pairs.filter_map(|(a, b)| followed(a, b));
            let table = Table::new(columns.collect(), targets);
            table.map(Rows::Table).map_err(|error| error.to_string())
        }
        _ => Err("training rows and test rows are of different kinds".to_owned()),
    }
}

/// The values of two columns of one kind, one after the other.
fn followed(first: &Column, then: &Column) -> Option<Column> {
    let name = first.name();
    let column = match (first.values(), then.values()) {
        (Values::Numbers(a), Values::Numbers(b)) => {
            Column::numbers(name, [&a[..], b].concat()).ok()?
        }
        (Values::Dates(a), Values::Dates(b)) => Column::dates(name, [&a[..], b].concat()).ok()?,
        (Values::Booleans(a), Values::Booleans(b)) => Column::booleans(name, [&a[..], b].concat()),
        (Values::Categories(a), Values::Categories(b)) => {
            let mut names = a.names().to_vec();
            let new: Vec<usize> = b
                .names()
                .iter()
                .map(|name| place_of(&mut names, name))
                .collect();
            let codes = a
                .codes()
                .chain(b.codes().map(|code| code.map(|code| new[code])));
            let codes: Vec<Option<u32>> = codes.map(|code| code.map(|code| code as u32)).collect();
            let names: Arc<[String]> = names.into();
            Column::categories(name, codes, names).ok()?
        }
        _ => return None,
    };
    Some(column)
}

/// Where a name stands, at the end if it was not there.
fn place_of(names: &mut Vec<String>, name: &str) -> usize {
    names
        .iter()
        .position(|known| known == name)
        .unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        })
}

impl Drift {
    /// Whether the interval is above that of a coin by more than the margin of 0.05.
    pub fn is_clear(&self) -> bool {
        self.interval.low > COIN + MARGIN
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            area,
            interval: Interval { low, high },
            unlike,
        } = self;
        write!(
            f,
            "it tells test rows from training rows with an AUC of {area:.3} ({low:.3} – {high:.3}; guessing has 0.5)"
        )?;
        if !self.is_clear() {
            let found = if *low > COIN {
                "they differ, but little"
            } else {
                "no sign that they differ"
            };
            let finding = COIN + MARGIN;
            return write!(
                f,
                ": {found} (a finding has a lower end above {finding:.2})."
            );
        }
        f.write_str(": they differ, and what is measured on the test rows may not hold for rows like the training rows. Least like them:")?;
        for (row, values) in unlike {
            write!(f, "\n  test row {row}")?;
            if !values.is_empty() {
                write!(f, ": {values}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    const JUDGE: Judge = Judge {
        entry: &model_softmax::SOFTMAX,
        seed: 1,
        threads: 1,
        most: 100_000,
    };

    /// Rows of one table, those to be judged with `more` added to their age.
    fn with_more(more: f64, groups: Option<fn(usize) -> u32>) -> Drift {
        let table = examples::table(600);
        let ages = |range: std::ops::Range<usize>, more: f64| {
            let side = table.select(&range.collect::<Vec<_>>());
            let age = side.column("age").and_then(Column::as_number).unwrap();
            let ages = (0..side.len()).map(|row| age(row) + more).collect();
            let mut columns = side.columns().to_vec();
            columns[0] = Column::numbers("age", ages).unwrap();
            let mut targets = side.targets().clone();
            if let Some(group) = groups {
                targets = targets
                    .with_groups((0..side.len()).map(group).collect())
                    .unwrap();
            }
            Rows::Table(Table::new(columns, targets).unwrap())
        };
        let test = ages(400..600, more);
        drift(&ages(0..400, 0.0), &test, JUDGE).unwrap()
    }

    #[test]
    fn rows_of_one_kind_are_not_told_apart_and_moved_ones_are() {
        let same = with_more(0.0, None);
        assert!(!same.is_clear() && same.interval.low < 0.5, "{same}");
        let moved = with_more(100.0, None);
        assert!(moved.is_clear() && moved.area > 0.8, "{moved}");
        assert_eq!(moved.unlike.len(), NAMED);
        assert!(moved.unlike[0].1.starts_with("age = "), "{moved}");
        let doubt = moved.doubt("softmax").unwrap();
        assert!(
            doubt.starts_with("Test rows are unlike training rows, least like"),
            "{doubt}"
        );
        assert_eq!(same.doubt("softmax"), None);
    }

    #[test]
    fn of_a_group_one_row_is_asked_about() {
        let grouped = with_more(100.0, Some(|row| (row / 4) as u32));
        let alone = with_more(100.0, None);
        let width = |of: &Drift| of.interval.high - of.interval.low;
        assert!(width(&grouped) > 1.5 * width(&alone), "{grouped} {alone}");
    }

    #[test]
    fn categories_keep_their_names() {
        let column = |names: &[&str], codes: &[u32]| {
            let names = names.iter().map(ToString::to_string).collect();
            Column::categories("c", codes.iter().map(|&code| Some(code)), names).unwrap()
        };
        let both = followed(&column(&["a", "b"], &[1, 0]), &column(&["c", "b"], &[0, 1]));
        assert_eq!(both.unwrap(), column(&["a", "b", "c"], &[1, 0, 2, 1]));
    }
}
