//! What keeps the numbers of a report from being those of a full comparison.

use crate::numbers::thousands;
use crate::words;
use analysis::{Metric, ModelSummary, Report, Status};
use records::JudgedOn;
use serde::Serialize;
use std::fmt;

/// Something to know before a number is quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What is the matter, in a word or two.
    pub title: &'static str,
    /// A sentence.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.text)
    }
}

/// What keeps the numbers of a report from being those of a full comparison.
pub fn warnings(report: &Report) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if report.quick {
        warnings.push(Warning {
            title: "Quick look",
            text: "a subset of the data, to see that everything works. Do not quote these numbers."
                .to_owned(),
        });
    }
    warnings.extend(subset(report));
    if !report.doubts.is_empty() {
        warnings.push(Warning {
            title: "Doubtful data",
            text: report.doubts.join(" "),
        });
    }
    for model in &report.models {
        for control in model.controls.iter().filter(|control| !control.passed) {
            warnings.push(Warning {
                title: "Control failed",
                text: format!("{}, {}: {}.", model.id, control.name, control.detail),
            });
        }
    }
    warnings.extend(infinite(report));
    warnings.extend(incomplete(report));
    warnings
}

fn subset(report: &Report) -> Option<Warning> {
    let subset = report.subset()?;
    let [_, images] = report.dataset.words();
    let mut said = Vec::new();
    if !subset.train.is_empty() {
        let sizes: Vec<String> = subset.train.into_iter().map(thousands).collect();
        said.push(format!(
            "trained on {} of {} {images}, drawn in proportion to the classes.",
            sizes.join(" or "),
            thousands(subset.train_available),
        ));
    }
    if let Some((judged, available)) = subset.judged {
        let [judged, available] = [judged, available].map(thousands);
        let what = match report.protocol.judged_on {
            JudgedOn::Test => "Tested on",
            JudgedOn::Validation { .. } => "Judged on",
            JudgedOn::Folds(_) => "Cross-validated on",
        };
        said.push(format!("{what} {judged} of {available} {images}."));
    }
    Some(Warning {
        title: "Subset",
        text: said.join(" "),
    })
}

/// Says in words what a table can only call infinite.
fn infinite(report: &Report) -> Option<Warning> {
    let is_infinite = |model: &&ModelSummary| {
        let loss = model.metric(Metric::LogLoss);
        loss.is_some_and(f64::is_infinite)
    };
    let [image, images] = report.dataset.words();
    let said = |model: &ModelSummary| {
        let finished = model.finished.as_ref();
        let count = finished.map_or(0, |of| of.quality.infinite_losses);
        let of = if count == 1 { image } else { images };
        format!("{} ({} {of})", model.id, thousands(count))
    };
    let models: Vec<String> = report.models.iter().filter(is_infinite).map(said).collect();
    (!models.is_empty()).then(|| Warning {
        title: "Infinite log-loss",
        text: format!(
            "{}: their class was given the probability 0.",
            models.join(", ")
        ),
    })
}

fn incomplete(report: &Report) -> Option<Warning> {
    let is_missing = |model: &&ModelSummary| model.status != Status::Finished;
    let said = |model: &ModelSummary| {
        let status = words::status(model.status, model.reason.as_deref());
        format!("{} ({status})", model.id)
    };
    let missing: Vec<String> = report.models.iter().filter(is_missing).map(said).collect();
    (!report.complete).then(|| Warning {
        title: "Incomplete",
        text: format!("without {}.", missing.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples;
    use records::examples::{CELL, fit, fitted, of_fold, run, run_over_folds, with_errors};
    use records::{Fitted, Outcome};

    #[test]
    fn cross_validation_on_all_images_is_no_subset() {
        let run = run_over_folds(&["a"], &[0, 1].repeat(10), 1, 2);
        let fits = [0, 1].map(|fold| with_errors(&run, "a", of_fold(0, fold), 1));
        let report = |run| warnings(&examples::report(fits.to_vec(), run));
        assert_eq!(report(run.clone()), []);
        let mut quick = run.clone();
        quick.dataset.test_available = 60;
        assert_eq!(
            report(quick)[0].to_string(),
            "Subset: Cross-validated on 20 of 60 images."
        );
    }

    #[test]
    fn an_infinite_loss_is_said_in_words() {
        let run = run(&["a"], &[0, 1]);
        let certain = Fitted {
            log_probabilities: Some([0.0, f32::NEG_INFINITY].repeat(2)),
            ..fitted(&[0, 0])
        };
        let certain = fit("a", CELL, Outcome::Finished(Box::new(certain)));
        let report = examples::report(vec![certain], run);
        assert_eq!(
            warnings(&report)[0].to_string(),
            "Infinite log-loss: a (1 image): their class was given the probability 0."
        );
    }
}
