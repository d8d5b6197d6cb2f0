//! What a model makes of each class.

use crate::bounds::shown_classes;
use crate::numbers::{four, percent, thousands};
use analysis::Finished;
use records::DatasetRecord;
use serde::Serialize;

/// Precision, recall and F1 of each class, one model.
#[derive(Serialize)]
pub(super) struct ClassTable {
    id: String,
    /// Share of all images that are wrong: over folds that of the matrix, not the mean.
    error: String,
    /// The class, and its numbers.
    rows: Vec<(String, [String; 4])>,
    /// How many classes there are, where not all are in the table.
    all: Option<String>,
}

impl ClassTable {
    pub(super) fn new(id: &str, model: &Finished, data: &DatasetRecord) -> Self {
        let shown = shown_classes(model);
        let classes = model.quality.confusion.per_class();
        let row = |&i: &usize| {
            let class = &classes[i];
            let [precision, recall, f1] = [class.precision, class.recall, class.f1].map(four);
            let cells = [precision, recall, f1, thousands(class.support)];
            (data.class_names[i].clone(), cells)
        };
        Self {
            id: id.to_owned(),
            error: percent(1.0 - model.quality.confusion.accuracy()),
            rows: shown.iter().map(row).collect(),
            all: all(&shown, data),
        }
    }
}

/// How many classes there are, where not all are shown.
fn all(shown: &[usize], data: &DatasetRecord) -> Option<String> {
    (shown.len() < data.classes).then(|| thousands(data.classes))
}
