//! Sets of classes in place of one, and how often they hold the true one.

use crate::error::KeptError;
use crate::model::Kept;
use classifier::Scores;
use statistics::{Interval, share_interval};

/// Sets of one level on some samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetsJudged {
    /// How often the sets are to hold the true class.
    pub level: f64,
    /// How often they did.
    pub coverage: f64,
    /// The interval of it: Wilson's, or of samples in groups as many as would be as sure.
    pub interval: Interval,
    /// Classes in a set, on average.
    pub size: f64,
}

impl Kept {
    /// Whether sets were learnt.
    pub fn has_sets(&self) -> bool {
        let learnt = self.about.calibration.as_ref();
        learnt.is_some_and(|learnt| !learnt.nonconformity.is_empty())
    }

    /// The log-probability from which a class belongs to the sets of a level between 0 and 1.
    ///
    /// # Errors
    /// [`KeptError::Unsuited`] if no sets were learnt.
    pub fn least(&self, level: f64) -> Result<f64, KeptError> {
        match &self.about.calibration {
            Some(learnt) if self.has_sets() => Ok(learnt.least(level)),
            _ => Err(KeptError::Unsuited(format!(
                "{} has learnt no sets; `calibrate` makes a file that has",
                self.about.id
            ))),
        }
    }
}

/// The classes of the set of a sample, given its log-probabilities: those from `least` on, and the answer.
pub(crate) fn members(row: &[f32], least: f64, answer: usize) -> impl Iterator<Item = usize> + '_ {
    let belongs = move |(class, &log): (usize, &f32)| class == answer || f64::from(log) >= least;
    let all = row.iter().enumerate();
    all.filter(move |&all| belongs(all)).map(|(class, _)| class)
}

/// How good the sets of a level are, from `least` on, on samples with these log-probabilities, answers and true
/// classes, and groups if they come in such. The interval is of that confidence.
///
/// # Panics
/// If there are no samples, or not as many of each.
pub fn judge_sets(
    (level, least): (f64, f64),
    logs: &Scores,
    [answers, labels]: [&[usize]; 2],
    groups: Option<&[usize]>,
    confidence: f64,
) -> SetsJudged {
    let samples = labels.len();
    assert!(samples > 0 && logs.len() == samples && answers.len() == samples);
    let (mut covered, mut classes) = (Vec::new(), 0);
    for ((row, &answer), &label) in logs.rows().zip(answers).zip(labels) {
        classes += members(row, least, answer).count();
        covered.push(members(row, least, answer).any(|class| class == label));
    }
    SetsJudged {
        level,
        coverage: covered.iter().filter(|&&is_in| is_in).count() as f64 / samples as f64,
        interval: share_interval(&covered, groups, confidence),
        size: classes as f64 / samples as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_never_empty_and_its_coverage_is_counted() {
        let logs = Scores::new([0.6_f32, 0.3, 0.1].map(f32::ln).repeat(4), 3);
        let judged = |least: f64| {
            let answers: [&[usize]; 2] = [&[0; 4], &[0, 1, 2, 0]];
            let sets = judge_sets((0.9, least.ln()), &logs, answers, None, 0.95);
            (sets.coverage, sets.size)
        };
        assert_eq!(judged(0.9), (0.5, 1.0));
        assert_eq!(judged(0.2), (0.75, 2.0));
        assert_eq!(judged(0.0), (1.0, 3.0));
    }
}
