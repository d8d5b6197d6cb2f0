//! What to know of the page that a report takes the place of.

use crate::lock::read;
use analysis::{Overview, Report};
use std::path::Path;

/// A note, if the report in `directory` has models that this one has not.
pub fn replaced(directory: &Path, report: &Report) -> Option<String> {
    let before = Overview::read(&read(&directory.join("report.json"))?)?;
    let is_here = |id: &str| report.models.iter().any(|here| here.id == id);
    let ids = before.models.iter().map(|model| model.id.as_str());
    let lost: Vec<&str> = ids.filter(|id| !is_here(id)).collect();
    (!lost.is_empty()).then(|| {
        format!(
            "note: this page replaces one with {}; `report --run {}` writes that again",
            lost.join(", "),
            before.run
        )
    })
}
