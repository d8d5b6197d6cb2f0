//! How right models are on groups of the judged rows, and where they are less so than elsewhere.

use crate::levels::{CONFIDENCE, SIGNIFICANCE};
use crate::model::{Finished, ModelSummary};
use records::{Cell, Role, RunRecord};
use serde::Serialize;
use statistics::{Interval, clustered_share, independent_difference, wilson};
use std::cmp::Ordering;

/// The groups of the rows, and every model on each of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slices {
    /// The column by whose values they are.
    pub column: String,
    /// Gaps that there are: their intervals hold all at once.
    pub gaps: usize,
    /// The clear gaps first, then by the size of the largest.
    pub slices: Vec<Slice>,
}

/// One group of rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// What it is called.
    pub name: String,
    /// Its rows.
    pub rows: usize,
    /// The models that finished, the best of all rows first.
    pub models: Vec<OnSlice>,
}

/// A model on a group of rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OnSlice {
    /// The model.
    pub model: String,
    /// Share of the rows that are right.
    pub accuracy: f64,
    /// Its 95 % interval, of this model and group alone.
    pub interval: Interval,
    /// This share less that of all other rows; `None` where there are none.
    pub gap: Option<Gap>,
}

/// How much more often rows of a group are right than all others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gap {
    /// The difference of the shares.
    pub difference: f64,
    /// Its interval: all of them hold at once in 95 % of comparisons (Bonferroni), as far as other judged rows
    /// go. Newcombe's of independent shares; of rows in groups the same with intervals of whole groups.
    pub interval: Interval,
}

impl Gap {
    /// Whether its interval excludes 0.
    pub fn is_clear(&self) -> bool {
        self.interval.low > 0.0 || self.interval.high < 0.0
    }
}

impl Slice {
    /// The largest gap of any model, the clear ones before all others.
    pub fn largest(&self) -> Option<(&OnSlice, Gap)> {
        let gaps = self.models.iter().filter_map(|of| Some((of, of.gap?)));
        gaps.max_by(|(_, a), (_, b)| by_size(*a, *b))
    }
}

/// The clear ones above all others, then by size.
fn by_size(a: Gap, b: Gap) -> Ordering {
    let size = |gap: Gap| gap.difference.abs();
    let clear = a.is_clear().cmp(&b.is_clear());
    clear.then(size(a).total_cmp(&size(b)))
}

/// Of all models that finished, where the run asks for it.
pub(crate) fn slices(run: &RunRecord, ranked: &[(&ModelSummary, &Finished)]) -> Option<Slices> {
    let record = run.slices.as_ref()?;
    let rows = |slice: usize| -> Vec<bool> {
        let of = record.of.iter();
        of.map(|&of| usize::from(of) == slice).collect()
    };
    let all: Vec<(usize, Vec<bool>)> = (0..record.names.len())
        .map(|slice| (slice, rows(slice)))
        .filter(|(_, rows)| rows.contains(&true))
        .collect();
    let gaps = if all.len() > 1 {
        all.len() * ranked.len()
    } else {
        0
    };
    let answers: Vec<(&str, Vec<usize>)> = ranked
        .iter()
        .map(|(model, of)| (model.id.as_str(), right(run, of)))
        .collect();
    let groups = run.all_groups();
    let shares = Shares { run, groups, gaps };
    let slice = |(slice, rows): &(usize, Vec<bool>)| Slice {
        name: record.names[*slice].clone(),
        rows: rows.iter().filter(|is_in| **is_in).count(),
        models: answers
            .iter()
            .map(|(id, right)| shares.on(id, right, rows))
            .collect(),
    };
    let mut slices: Vec<Slice> = all.iter().map(slice).collect();
    slices.sort_by(|a, b| match (a.largest(), b.largest()) {
        // Of two slices that are all rows the gaps are as large: the worse one first.
        (Some((_, a)), Some((_, b))) => by_size(b, a).then(a.difference.total_cmp(&b.difference)),
        // There is only one.
        _ => Ordering::Equal,
    });
    Some(Slices {
        column: record.column.clone(),
        gaps,
        slices,
    })
}

/// In how many repetitions each row is right, by the fits that count.
fn right(run: &RunRecord, of: &Finished) -> Vec<usize> {
    let mut counts = vec![0; run.labels.len()];
    for (split, right) in run.protocol.splits().into_iter().zip(&of.compared.right) {
        let cell = Cell {
            split,
            role: Role::Main,
            seed: run.seed,
        };
        for ((row, _), &is_right) in run.judged(cell).into_iter().zip(right) {
            counts[row] += usize::from(is_right);
        }
    }
    counts
}

struct Shares<'a> {
    run: &'a RunRecord,
    groups: Option<Vec<usize>>,
    gaps: usize,
}

impl Shares<'_> {
    /// `right` has for each row how often it is right, `rows` whether it is in the slice.
    fn on(&self, id: &str, right: &[usize], rows: &[bool]) -> OnSlice {
        let level = 1.0 - SIGNIFICANCE / self.gaps.max(1) as f64;
        let (accuracy, interval) = self.share(right, rows, CONFIDENCE);
        let others: Vec<bool> = rows.iter().map(|is_in| !is_in).collect();
        let gap = others.contains(&true).then(|| {
            let inside = self.share(right, rows, level);
            let outside = self.share(right, &others, level);
            Gap {
                difference: inside.0 - outside.0,
                interval: independent_difference(inside, outside),
            }
        });
        OnSlice {
            model: id.to_owned(),
            accuracy,
            interval,
            gap,
        }
    }

    /// Share of the rows in `rows` that are right. A row that several repetitions judge counts once.
    fn share(&self, right: &[usize], rows: &[bool], confidence: f64) -> (f64, Interval) {
        let chosen: Vec<usize> = (0..rows.len()).filter(|&row| rows[row]).collect();
        let times = self.run.protocol.folds().map_or(1, |of| of.repeats.into());
        let sum: usize = chosen.iter().map(|&row| right[row]).sum();
        let interval = match &self.groups {
            None => wilson(sum / times, chosen.len(), confidence),
            Some(groups) => {
                let of_rows: Vec<usize> = chosen.iter().map(|&row| groups[row]).collect();
                let is_right: Vec<bool> =
                    chosen.iter().map(|&row| 2 * right[row] > times).collect();
                clustered_share(&is_right, &of_rows, confidence)
            }
        };
        (sum as f64 / (times * chosen.len()) as f64, interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::report;
    use records::SliceRecord;
    use records::examples::{CELL, answered, of_fold, run, run_over_folds};

    /// Slices of the rows in turn.
    fn in_turn(names: &[&str], rows: usize) -> SliceRecord {
        SliceRecord {
            column: "port".to_owned(),
            names: names.iter().map(ToString::to_string).collect(),
            of: (0..rows).map(|row| (row % names.len()) as u16).collect(),
        }
    }

    /// The first of three slices is wrong in every second row of `a`, all else is right.
    fn on_three() -> Slices {
        let labels = vec![0; 300];
        let mut run = run(&["a", "b"], &labels);
        run.slices = Some(in_turn(&["Q", "C", "S"], 300));
        let wrong = |row: usize| u16::from(row.is_multiple_of(6));
        let of_a = answered("a", CELL, &(0..300).map(wrong).collect::<Vec<_>>());
        let of_b = answered("b", CELL, &labels);
        report(vec![of_a, of_b], run).slices.unwrap()
    }

    #[test]
    fn the_clear_gap_comes_first() {
        let found = on_three();
        assert_eq!((found.column.as_str(), found.gaps), ("port", 6));
        let first = &found.slices[0];
        assert_eq!((first.name.as_str(), first.rows), ("Q", 100));
        let (model, gap) = first.largest().unwrap();
        assert_eq!((model.model.as_str(), model.accuracy), ("a", 0.5));
        assert_eq!(gap.difference, -0.5);
        assert!(gap.is_clear() && gap.interval.low < -0.6, "{gap:?}");
        assert_eq!(model.interval, wilson(50, 100, CONFIDENCE));
        let best = &first.models[0];
        assert_eq!(
            (best.model.as_str(), best.gap.unwrap().difference),
            ("b", 0.0)
        );
        assert!(!best.gap.unwrap().is_clear());
    }

    #[test]
    fn of_one_slice_there_is_no_gap() {
        let mut run = run(&["a"], &[0, 1]);
        run.slices = Some(in_turn(&["Q"], 2));
        let found = report(vec![answered("a", CELL, &[0, 0])], run)
            .slices
            .unwrap();
        let on = &found.slices[0].models[0];
        assert_eq!((found.gaps, on.accuracy, on.gap), (0, 0.5, None));
    }

    /// Each of four rows is judged twice; the first is right once, the others always.
    #[test]
    fn a_row_that_repetitions_judge_counts_once() {
        let labels = [0, 1, 0, 1];
        let mut run = run_over_folds(&["a"], &labels, 2, 2);
        run.slices = Some(in_turn(&["Q", "C"], 4));
        let fits = (0..2).flat_map(|repeat| (0..2).map(move |fold| of_fold(repeat, fold)));
        let fits: Vec<_> = fits
            .map(|cell| {
                let judged = run.judged(cell).into_iter();
                let answer = |(row, class): (usize, usize)| match (row, cell.seed - CELL.seed) {
                    (0, 0) => 1,
                    _ => class as u16,
                };
                answered("a", cell, &judged.map(answer).collect::<Vec<_>>())
            })
            .collect();
        let found = report(fits, run).slices.unwrap();
        let on = &found.slices[0].models[0];
        assert_eq!((found.slices[0].name.as_str(), on.accuracy), ("Q", 0.75));
        assert_eq!(on.interval, wilson(1, 2, CONFIDENCE));
    }

    /// Rows of a group are right or wrong together: they say no more than one of them.
    #[test]
    fn whole_groups_make_a_gap_unsure() {
        let labels = vec![0; 120];
        let of = |mut run: RunRecord, cells: &[Cell], groups: Vec<u32>| {
            run.slices = Some(in_turn(&["Q", "C"], 120));
            run.groups = groups;
            let wrong = |row: usize| u16::from(row.is_multiple_of(2) && row % 40 < 20);
            let fit = |&cell: &Cell| {
                let judged = run.judged(cell).into_iter();
                answered(
                    "a",
                    cell,
                    &judged.map(|(row, _)| wrong(row)).collect::<Vec<_>>(),
                )
            };
            let fits = cells.iter().map(fit).collect();
            let slices = report(fits, run).slices.unwrap().slices;
            slices[0].largest().unwrap().1
        };
        let over_folds = run_over_folds(&["a"], &labels, 1, 2);
        let folds = [of_fold(0, 0), of_fold(0, 1)];
        for (run, cells) in [(run(&["a"], &labels), &[CELL][..]), (over_folds, &folds)] {
            let alone = of(run.clone(), cells, Vec::new());
            let together = of(run, cells, (0..120).map(|row| row / 20).collect());
            assert_eq!(alone.difference, together.difference);
            assert!(
                alone.is_clear() && !together.is_clear(),
                "{alone:?} {together:?}"
            );
        }
    }
}
