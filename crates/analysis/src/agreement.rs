//! Whether a fit that was repeated gave the same.

use crate::on_images::compared;
use records::{FitRecord, Outcome, RunRecord};
use statistics::{Interval, Relation};

/// What came of fitting again.
#[derive(Debug, Clone, PartialEq)]
pub enum Agreement {
    /// The same predictions, and the same bits of all probabilities.
    Identical,
    /// Other predictions or probabilities, and as many images right to within the margin.
    Equivalent {
        /// Images with another prediction.
        differing: usize,
        /// The interval of the difference that decides on the margin.
        interval: Interval,
        /// The largest difference in accuracy that does not matter.
        margin: f64,
        /// Of how many tests this is one: their intervals hold at once.
        tests: usize,
    },
    /// Other predictions or probabilities, and no evidence that one model is better. That is no
    /// evidence that they are equal.
    NotShown {
        /// Images with another prediction.
        differing: usize,
        /// P value of McNemar's exact test, or of the test of groups, adjusted for all tests.
        p: f64,
        /// The interval of the difference, the fit in the record − the new one.
        interval: Interval,
        /// The smallest difference that would be found four times in five; `None` where none would.
        detectable: Option<f64>,
        /// Of how many tests this is one: their intervals hold at once.
        tests: usize,
    },
    /// One is better than the other.
    Different {
        /// Images with another prediction.
        differing: usize,
        /// P value of McNemar's exact test, or of the test of groups, adjusted for all tests.
        p: f64,
        /// Of how many tests this is one.
        tests: usize,
    },
    /// One of the two did not finish.
    Unfinished {
        /// Why, where it is known.
        reason: Option<String>,
    },
}

impl Agreement {
    /// Whether the repeated fit must be looked into.
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Different { .. } | Self::Unfinished { .. })
    }
}

/// Compares a recorded fit with one of the same cell. `margin` is the largest difference in accuracy that
/// does not matter; without, only what is identical is equal. It is one of so many `tests`, and so are its p and its
/// intervals.
pub fn agreement(
    run: &RunRecord,
    record: &FitRecord,
    again: &Outcome,
    margin: Option<f64>,
    tests: usize,
) -> Agreement {
    let (Outcome::Finished(first), Outcome::Finished(second)) = (&record.outcome, again) else {
        return Agreement::Unfinished {
            reason: match again {
                Outcome::Failed { reason } => Some(reason.clone()),
                Outcome::Finished(_) | Outcome::Cancelled => None,
            },
        };
    };
    let bits = |logs: &Option<Vec<f32>>| -> Option<Vec<u32>> {
        let logs = logs.as_ref()?;
        Some(logs.iter().map(|log| log.to_bits()).collect())
    };
    let same_bits = bits(&first.log_probabilities) == bits(&second.log_probabilities);
    if first.predictions == second.predictions && same_bits {
        return Agreement::Identical;
    }
    let pairs = first.predictions.iter().zip(&second.predictions);
    let differing = pairs.filter(|(a, b)| a != b).count();
    let [a, b] = [first, second].map(|fitted| run.right(record.cell, &fitted.predictions));
    let groups = run.groups_of(record.cell);
    let (found, detectable) = compared([&a, &b], groups.as_deref(), tests);
    let (p, interval) = (found.p_adjusted, found.margin_interval);
    match margin {
        Some(margin) if found.relation(margin) == Relation::Equivalent => Agreement::Equivalent {
            differing,
            interval,
            margin,
            tests,
        },
        _ if found.different => Agreement::Different {
            differing,
            p,
            tests,
        },
        _ => Agreement::NotShown {
            differing,
            p,
            interval: found.interval,
            detectable,
            tests,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::examples::{CELL, run, with_errors};

    #[test]
    fn a_fit_agrees_with_itself_and_differs_from_a_worse_one() {
        let run = run(&["a"], &[0, 1].repeat(20));
        let of = |wrong| with_errors(&run, "a", CELL, wrong);
        let agree = |wrong| agreement(&run, &of(0), &of(wrong).outcome, None, 1);
        assert_eq!(agree(0), Agreement::Identical);
        // Two tails of 1/2⁵.
        let found = agree(5);
        let is_p = |p: f64| (p - 0.0625).abs() < 1e-12;
        assert!(
            matches!(found, Agreement::NotShown { differing: 5, p, interval, detectable, tests: 1 } if is_p(p) && interval.low <= 0.0 && interval.high > 0.1 && detectable.is_some()),
            "{found:?}"
        );
        let found = agree(9);
        assert!(
            matches!(found, Agreement::Different { differing: 9, .. }),
            "{found:?}"
        );
        assert!(found.is_broken() && !agree(5).is_broken());
        // Two of forty, within a fifth of them, and within five.
        let equal = |margin| agreement(&run, &of(0), &of(2).outcome, Some(margin), 1);
        assert!(
            matches!(equal(0.2), Agreement::Equivalent { differing: 2, .. }),
            "{:?}",
            equal(0.2)
        );
        assert!(matches!(equal(0.05), Agreement::NotShown { .. }));
        // Two tails of 1/2⁹ are less than 0.05, and not as one of twenty.
        let among_twenty = agreement(&run, &of(0), &of(9).outcome, None, 20);
        assert!(
            matches!(among_twenty, Agreement::NotShown { p, tests: 20, .. } if (p - 20.0 / 256.0).abs() < 1e-12),
            "{among_twenty:?}"
        );
        let reason = "no memory".to_owned();
        let failed = agreement(&run, &of(0), &Outcome::Failed { reason }, None, 1);
        assert!(failed.is_broken(), "{failed:?}");
    }
}
