//! What is said of a run and of its fits while it goes on.

use super::Experiment;
use report::{Cell, FitRecord, JudgedOn, Outcome, Report, RunRecord};
use serde_json::Value;
use std::path::Path;

impl Experiment {
    /// Which fit of a model, where there are several.
    pub(crate) fn of_cell(&self, cell: Cell) -> String {
        if let Some(size) = cell.train_images {
            return format!(", {size} images");
        }
        let protocol = self.division.protocol;
        let fold = match (protocol.folds, protocol.repeats) {
            (0, _) => String::new(),
            (folds, 1) => format!(", fold {} of {folds}", cell.fold + 1),
            (folds, repeats) => format!(
                ", fold {} of {folds}, repetition {} of {repeats}",
                cell.fold + 1,
                cell.repeat + 1
            ),
        };
        if protocol.seeds == 1 {
            fold
        } else {
            format!("{fold}, seed {}", cell.seed)
        }
    }

    /// What is about to run, in a line.
    pub(super) fn describe(&self, run: &RunRecord) -> String {
        let judged = match self.division.protocol {
            protocol if protocol.folds > 0 => format!(
                "{} folds{}",
                protocol.folds,
                match protocol.repeats {
                    1 => String::new(),
                    repeats => format!(" {repeats} times"),
                }
            ),
            protocol if protocol.judged_on == JudgedOn::Validation => {
                format!("{} validation images", run.dataset.test)
            }
            _ => format!("{} test images", run.dataset.test),
        };
        format!(
            "{}: {} models, {} training images, {judged}, seed {}, {} threads{}",
            run.dataset.title,
            self.models.len(),
            run.dataset.train,
            run.seed,
            run.environment.threads,
            if self.judging.quick {
                " (quick look at a subset)"
            } else {
                ""
            },
        ) + &self.without_images()
    }

    /// Says so if classes have no training image: labels may not be what they seem.
    fn without_images(&self) -> String {
        let counts = self.division.train_counts();
        let none = counts.iter().filter(|&&count| count == 0).count();
        if none == 0 {
            String::new()
        } else {
            let all = counts.len();
            format!(
                "\nnote: {none} of {all} classes have no training image; classes are as many as the highest label says"
            )
        }
    }
}

/// What to know of the page that a report takes the place of: a note, if it has other models.
pub(super) fn replaced(directory: &Path, report: &Report) -> Option<String> {
    let text = std::fs::read_to_string(directory.join("report.json")).ok()?;
    let before: Value = serde_json::from_str(&text).ok()?;
    let here = |id: &str| report.models.iter().any(|model| model.id == id);
    let models = before["models"].as_array()?;
    let ids = models.iter().filter_map(|model| model["id"].as_str());
    let lost: Vec<&str> = ids.filter(|id| !here(id)).collect();
    let run = before["run"].as_str()?;
    (!lost.is_empty()).then(|| {
        format!(
            "note: this page replaces one with {}; `report --run {run}` writes that again",
            lost.join(", ")
        )
    })
}

/// How a fit ended, in a line.
pub(super) fn in_a_line(run: &RunRecord, record: &FitRecord, reused: bool) -> String {
    match &record.outcome {
        Outcome::Finished(fitted) => format!(
            "{:.2} % right, fitted in {:.2} s{}",
            run.accuracy(record).unwrap_or(0.0) * 100.0,
            fitted.fit_seconds,
            if reused { ", by an earlier run" } else { "" }
        ),
        Outcome::Failed { reason } => format!("failed: {reason}"),
        Outcome::Cancelled => "cancelled".to_owned(),
    }
}
