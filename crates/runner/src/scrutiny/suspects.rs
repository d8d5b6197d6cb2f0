//! Rows whose class a model denies that was fitted without them: confident learning (Northcutt, Jiang and Chuang
//! 2021, "Confident learning: estimating uncertainty in dataset labels").

use super::judge::Judge;
use super::out_of_fold::out_of_fold;
use crate::rows::Rows;
use crate::values;
use std::fmt;
use tables::Column;

/// Rows that are named.
const NAMED: usize = 10;
/// Another class must be so many times as probable as the label: what is named should be worth a look.
const ODDS: f64 = 10.0;

/// Training rows whose class is denied.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspects {
    /// Rows that were looked at.
    pub rows: usize,
    /// Of these, those whose class is denied, the surest first.
    pub denied: Vec<Suspect>,
}

/// A row whose class is denied.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Its index among the training rows.
    pub row: usize,
    /// Its class.
    pub label: String,
    /// The class that it looks like.
    pub looks_like: String,
    /// The probabilities of both.
    pub probabilities: [f64; 2],
    /// Its first values, of a table.
    pub values: String,
}

/// Asks about each row a model that was not fitted to it.
pub(super) fn suspects(train: &Rows, judge: Judge) -> Result<Suspects, String> {
    let said = out_of_fold(train, judge)?;
    let names = train.class_names();
    let labels: Vec<usize> = said
        .rows
        .iter()
        .map(|&row| train.targets().labels()[row])
        .collect();
    let columns: &[Column] = match train {
        Rows::Table(table) => table.columns(),
        Rows::Samples(_) => &[],
    };
    let surest = surest(&said.probabilities, &labels, names.len());
    let rows = said.probabilities.chunks_exact(names.len()).zip(surest);
    let suspect = |(place, (of_row, looks_like)): (usize, (&[f64], Option<usize>))| {
        let (label, other) = (labels[place], looks_like?);
        let probabilities = [of_row[label], of_row[other]];
        (probabilities[1] >= ODDS * probabilities[0]).then(|| Suspect {
            row: said.rows[place],
            label: names[label].clone(),
            looks_like: names[other].clone(),
            probabilities,
            values: values::row(columns, said.rows[place]),
        })
    };
    let mut denied: Vec<Suspect> = rows.enumerate().filter_map(suspect).collect();
    let margin = |of: &Suspect| of.probabilities[1] - of.probabilities[0];
    denied.sort_by(|a, b| margin(b).total_cmp(&margin(a)));
    Ok(Suspects {
        rows: said.rows.len(),
        denied,
    })
}

/// The class that each row is surely of: the most probable of those whose probability is at least the mean
/// probability of that class over the rows that are labelled with it; `None` where no class is.
fn surest(probabilities: &[f64], labels: &[usize], classes: usize) -> Vec<Option<usize>> {
    let (mut sums, mut counts) = (vec![0.0; classes], vec![0_usize; classes]);
    let rows = || probabilities.chunks_exact(classes);
    for (of_row, &label) in rows().zip(labels) {
        sums[label] += of_row[label];
        counts[label] += 1;
    }
    let is_sure = |of_row: &[f64], class: usize| {
        counts[class] > 0 && of_row[class] >= sums[class] / counts[class] as f64
    };
    let surest = |of_row: &[f64]| {
        let sure = (0..classes).filter(|&class| is_sure(of_row, class));
        sure.max_by(|&a, &b| of_row[a].total_cmp(&of_row[b]))
    };
    rows().map(surest).collect()
}

impl fmt::Display for Suspects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, rows) = (self.denied.len(), self.rows);
        write!(
            f,
            "it confidently denies the class of {count} of {rows} training rows"
        )?;
        f.write_str(match count {
            0 => ".",
            _ => "; another is at least 10 times as probable. Some of these labels may be right. Look at them, first at",
        })?;
        for Suspect {
            row,
            label,
            looks_like,
            probabilities: [own, other],
            values,
        } in self.denied.iter().take(NAMED)
        {
            write!(
                f,
                "\n  row {row} is {label}, and looks like {looks_like} (probability {own:.2}, and {other:.2})"
            )?;
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
    use data::{Dataset, Targets};

    const JUDGE: Judge = Judge {
        entry: &model_softmax::SOFTMAX,
        seed: 1,
        threads: 1,
        most: 100_000,
    };

    fn of(train: &Dataset) -> Suspects {
        suspects(&Rows::Samples(train.clone()), JUDGE).unwrap()
    }

    #[test]
    fn labels_that_were_made_wrong_are_found() {
        let [train, _] = classifier_conformance::digits();
        let before = of(&train).denied.len();
        let mut labels = train.labels().to_vec();
        let wrong: Vec<usize> = (0..1_000).step_by(20).collect();
        for &row in &wrong {
            labels[row] = (labels[row] + 1 + row / 20 % 9) % 10;
        }
        let targets = Targets::new(labels, train.class_names().clone()).unwrap();
        let train = Dataset::with_targets(train.samples().clone(), targets).unwrap();
        let found = of(&train).denied;
        let right = found.iter().filter(|of| wrong.contains(&of.row)).count();
        assert!(
            right >= 30 && right + 5 >= found.len() && before <= 5,
            "{right} of 50 among {}, {before} before",
            found.len()
        );
        assert!(found[..10].iter().all(|of| wrong.contains(&of.row)));
    }

    #[test]
    fn what_nobody_can_tell_is_no_sign_of_wrong_labels() {
        let table = crate::examples::table(400);
        let found = suspects(&Rows::Table(table), JUDGE).unwrap();
        let words = "it confidently denies the class of 0 of 400 training rows.";
        assert_eq!(found.to_string(), words);
        let few = crate::examples::table(6);
        let refused = suspects(&Rows::Table(few), JUDGE).unwrap_err();
        assert_eq!(refused, "fewer than two classes have 5 rows");
    }

    #[test]
    fn a_class_is_sure_from_its_mean_probability_upwards() {
        let probabilities = [0.9, 0.1, 0.7, 0.3, 0.5, 0.5, 0.2, 0.8];
        let found = surest(&probabilities, &[0, 0, 1, 1], 2);
        assert_eq!(found, [Some(0), None, None, Some(1)]);
    }
}
