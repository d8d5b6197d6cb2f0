//! A condition on two models that were named beforehand, for whoever acts on it.

use crate::fits::over_folds;
use crate::levels::{CONFIDENCE, POWER};
use crate::model::Finished;
use crate::on_images::compared;
use crate::pair::is_open;
use crate::report::Report;
use statistics::{Interval, Relation, only_right};
use std::str::FromStr;

/// What must not be said of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The model.
    pub model: String,
    /// The one that it is held against.
    pub than: String,
    /// What must not be so.
    pub fails_if: FailsIf,
}

/// When a gate fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FailsIf {
    /// If the model is shown to be worse.
    Worse,
    /// Unless the model is shown to be better.
    NotBetter,
    /// Unless the model is shown to be worse by less than so large a share of the samples:
    /// non-inferiority.
    WorseBy(f64),
}

/// What a gate found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GateEnd {
    /// Whether it fails.
    pub failed: bool,
    /// What the samples say of the model against the other.
    pub relation: Relation,
    /// Difference in accuracy, the model − the other.
    pub difference: f64,
    /// Whether neither a difference is shown nor, with a margin, that the model is not worse by it.
    pub open: bool,
    /// The smallest difference that would be found four times in five; `None` where none would, or there was no test.
    pub detectable: Option<f64>,
    /// Whether there was a test: there is none of folds that all show the same difference.
    pub tested: bool,
}

/// From `B worse than A`, `B not better than A` or `B worse than A by N`, N in points.
impl FromStr for Gate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (model, than, fails_if) = match words[..] {
            [model, "worse", "than", than] => (model, than, FailsIf::Worse),
            [model, "not", "better", "than", than] => (model, than, FailsIf::NotBetter),
            [model, "worse", "than", than, "by", points] => {
                let margin = points.parse::<f64>().ok();
                let margin = margin.filter(|points| *points > 0.0 && *points <= 100.0);
                let Some(points) = margin else {
                    return Err(format!(
                        "`{points}` is no number of points above 0 and up to 100"
                    ));
                };
                (model, than, FailsIf::WorseBy(points / 100.0))
            }
            _ => {
                return Err("expected `B worse than A`, `B not better than A` or \
                    `B worse than A by POINTS`"
                    .to_owned());
            }
        };
        if model == than {
            return Err(format!("{model} cannot be held against itself"));
        }
        Ok(Self {
            model: model.to_owned(),
            than: than.to_owned(),
            fails_if,
        })
    }
}

/// What the samples say, before it is known what must not be.
struct Found {
    relation: Relation,
    difference: f64,
    detectable: Option<f64>,
    tested: bool,
}

impl Report {
    /// Whether a gate fails: by McNemar's exact test and Tango's interval, of images in groups
    /// by what takes whole groups, over folds by the corrected
    /// resampled t test, each at level 0.05 for this pair alone, which was named beforehand. `None` if
    /// one of the two models is not there, or did not finish.
    pub fn gate(&self, gate: &Gate) -> Option<GateEnd> {
        let margin = match gate.fails_if {
            FailsIf::WorseBy(margin) => margin,
            FailsIf::Worse | FailsIf::NotBetter => 0.0,
        };
        let Found {
            relation,
            difference,
            detectable,
            tested,
        } = if self.protocol.folds().is_some() {
            self.relation_over_folds(gate, margin)?
        } else {
            self.relation_on_samples(gate, margin)?
        };
        let failed = match gate.fails_if {
            FailsIf::Worse => relation == Relation::Worse,
            FailsIf::NotBetter => relation != Relation::Better,
            FailsIf::WorseBy(_) => matches!(relation, Relation::Worse | Relation::Undecided),
        };
        let different = matches!(relation, Relation::Better | Relation::Worse);
        Some(GateEnd {
            failed,
            relation,
            difference,
            open: is_open(different, (margin > 0.0).then_some(relation)),
            detectable,
            tested,
        })
    }

    fn relation_on_samples(&self, gate: &Gate, margin: f64) -> Option<Found> {
        let right = |id: &str| self.finished_model(id)?.compared.right.first();
        let (model, than) = (right(&gate.model)?, right(&gate.than)?);
        let (b, c) = only_right(model, than);
        let groups = self.group_of.as_deref();
        let (found, detectable) = compared([model, than], groups, 1);
        Some(Found {
            relation: found.relation(margin),
            difference: (b as f64 - c as f64) / model.len() as f64,
            detectable,
            tested: true,
        })
    }

    fn finished_model(&self, id: &str) -> Option<&Finished> {
        let model = self.models.iter().find(|model| model.id == id)?;
        model.finished.as_deref()
    }

    fn relation_over_folds(&self, gate: &Gate, margin: f64) -> Option<Found> {
        let of = |id: &str| Some(&self.finished_model(id)?.spread.fits);
        let (differences, folds) = over_folds(of(&gate.model)?, of(&gate.than)?);
        let difference = statistics::mean(differences.iter().copied());
        let Some(folds) = folds else {
            // The same in each fold is no evidence.
            return Some(Found {
                relation: Relation::Undecided,
                difference,
                detectable: None,
                tested: false,
            });
        };
        let of_margin: Interval = folds.interval(1.0 - 2.0 * (1.0 - CONFIDENCE));
        let detectable = folds.detectable(1.0 - CONFIDENCE, POWER);
        Some(Found {
            relation: Relation::new(folds.interval(CONFIDENCE), of_margin, margin),
            difference,
            detectable: Some(detectable).filter(|of| *of < 1.0),
            tested: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::report;
    use records::examples::{CELL, of_fold, run, run_over_folds, with_errors};

    fn gate(text: &str) -> Gate {
        text.parse().unwrap()
    }

    #[test]
    fn a_gate_is_a_sentence() {
        assert_eq!(gate("b worse than a").fails_if, FailsIf::Worse);
        assert_eq!(gate("b not better  than a").fails_if, FailsIf::NotBetter);
        let by = gate("b worse than a by 0.5");
        assert_eq!((by.model.as_str(), by.than.as_str()), ("b", "a"));
        assert_eq!(by.fails_if, FailsIf::WorseBy(0.005));
        for (text, part) in [
            ("b worse a", "expected `B worse than A`"),
            ("", "expected"),
            ("a worse than a", "against itself"),
            ("b worse than a by much", "`much` is no number of points"),
            ("b worse than a by 0", "above 0"),
            ("b worse than a by NaN", "above 0"),
        ] {
            assert!(text.parse::<Gate>().unwrap_err().contains(part), "{text}");
        }
    }

    /// Of 1 000 samples the first has so many errors, the second others.
    fn fails(text: &str, errors: [usize; 2]) -> bool {
        let run = run(&["a", "b"], &[0, 1].repeat(500));
        let fits = [("a", errors[0]), ("b", errors[1])];
        let fits = fits.map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let report = report(fits.to_vec(), run);
        report.gate(&gate(text)).unwrap().failed
    }

    #[test]
    fn worse_must_be_shown_and_so_must_better_and_not_worse_by_a_margin() {
        for (text, errors, fails_it) in [
            ("b worse than a", [0, 30], true),
            ("b worse than a", [0, 3], false),
            ("b worse than a", [30, 0], false),
            ("b not better than a", [30, 0], false),
            ("b not better than a", [3, 0], true),
            ("b not better than a", [0, 30], true),
            // Shown to be worse, by less than ten points.
            ("b worse than a by 10", [0, 30], false),
            ("b worse than a by 1", [0, 30], true),
            // 3 of 1 000 may be more than half a point of all samples.
            ("b worse than a by 0.5", [0, 3], true),
            ("b worse than a by 1", [0, 3], false),
        ] {
            assert_eq!(fails(text, errors), fails_it, "{text} {errors:?}");
        }
    }

    #[test]
    fn over_folds_the_same_difference_in_each_is_no_evidence() {
        let run = run_over_folds(&["a", "b"], &[0, 1].repeat(20), 1, 4);
        let of = |errors: [[usize; 4]; 2]| {
            let models = [("a", errors[0]), ("b", errors[1])];
            let fits = models.iter().flat_map(|(id, errors)| {
                let folds = (0..4).zip(errors);
                folds.map(|(fold, &wrong)| with_errors(&run, id, of_fold(0, fold), wrong))
            });
            report(fits.collect(), run.clone())
        };
        let same = of([[0, 0, 0, 0], [2, 2, 2, 2]]);
        let found = same.gate(&gate("b worse than a")).unwrap();
        assert_eq!((found.failed, found.relation), (false, Relation::Undecided));
        assert!(found.open && !found.tested, "{found:?}");
        assert!(same.gate(&gate("b worse than a by 5")).unwrap().failed);
        let shown = of([[0, 0, 0, 0], [5, 6, 5, 6]]);
        let found = shown.gate(&gate("b worse than a")).unwrap();
        assert!(found.failed && found.tested && !found.open, "{found:?}");
        assert_eq!(shown.gate(&gate("c worse than a")), None);
    }
}
