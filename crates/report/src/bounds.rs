//! How much a page shows. Beyond it, pages say so, and `report.json` has the rest.

use analysis::Finished;

/// Classes in matrices and tables: with more, counts and names would not be legible.
pub(crate) const MOST_CLASSES: usize = 40;

/// Pairs of models in a table.
pub(crate) const MOST_PAIRS: usize = 500;

/// Epochs in a table, and points of a line.
pub(crate) const MOST_EPOCHS: usize = 200;

/// The classes that are shown, ascending: all, or those that are mistaken most.
pub(crate) fn shown_classes(model: &Finished) -> Vec<usize> {
    mistaken_most(model, MOST_CLASSES)
}

/// So many classes at most, ascending: those that are mistaken most, for others or by others.
pub(crate) fn mistaken_most(model: &Finished, most: usize) -> Vec<usize> {
    let rows = model.quality.confusion.rows();
    let mut classes: Vec<usize> = (0..rows.len()).collect();
    if rows.len() > most {
        let mut mistakes = vec![0; rows.len()];
        for (truth, row) in rows.iter().enumerate() {
            for (predicted, &count) in row.iter().enumerate() {
                if truth != predicted {
                    mistakes[truth] += count;
                    mistakes[predicted] += count;
                }
            }
        }
        classes.sort_by_key(|&class| std::cmp::Reverse(mistakes[class]));
        classes.truncate(most);
        classes.sort_unstable();
    }
    classes
}

/// The places that are shown of so many in a row: all, or evenly spaced, with the first and the last.
pub(crate) fn shown_of(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    (0..most).map(|i| i * (count - 1) / (most - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::report;
    use records::Outcome;
    use records::examples::{CELL, fit, fitted, run};

    #[test]
    fn the_classes_that_are_mistaken_most_are_shown() {
        let labels: Vec<u16> = (0..100).collect();
        let mut predictions = labels.clone();
        predictions[90] = 70;
        let mut run = run(&["a"], &labels);
        run.dataset.classes = 100;
        run.dataset.class_names = labels.iter().map(u16::to_string).collect();
        let outcome = Outcome::Finished(Box::new(fitted(&predictions)));
        let report = report(vec![fit("a", CELL, outcome)], run);
        let shown = shown_classes(report.finished().next().unwrap().1);
        assert_eq!(shown.len(), MOST_CLASSES);
        assert!(shown.contains(&90) && shown.contains(&70), "{shown:?}");
        assert!(shown.is_sorted());
    }

    #[test]
    fn the_first_and_the_last_are_shown() {
        assert_eq!(shown_of(3, 5), [0, 1, 2]);
        assert_eq!(shown_of(9, 3), [0, 4, 8]);
        let many = shown_of(1_000_000, 200);
        assert_eq!((many.len(), many[0], many[199]), (200, 0, 999_999));
    }
}
