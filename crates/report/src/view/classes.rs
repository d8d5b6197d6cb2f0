//! What a model makes of each class.

use crate::bounds::shown_classes;
use crate::numbers::{four, thousands};
use analysis::Finished;
use records::DatasetRecord;
use serde::Serialize;

/// Precision, recall and F1 of each class, one model.
#[derive(Serialize)]
pub(super) struct ClassTable {
    id: String,
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
            rows: shown.iter().map(row).collect(),
            all: all(&shown, data),
        }
    }
}

/// A confusion matrix.
#[derive(Serialize)]
pub(crate) struct Matrix {
    id: String,
    /// The classes that are shown, by their places and names.
    classes: Vec<(usize, String)>,
    /// Rows are what images are, columns what they were taken for.
    rows: Vec<Vec<usize>>,
    all: Option<String>,
}

impl Matrix {
    pub(super) fn new(id: &str, model: &Finished, data: &DatasetRecord) -> Self {
        let shown = shown_classes(model);
        let rows = model.quality.confusion.rows();
        let row = |&truth: &usize| shown.iter().map(|&class| rows[truth][class]).collect();
        let name = |&class: &usize| (class, data.class_names[class].clone());
        Self {
            id: id.to_owned(),
            classes: shown.iter().map(name).collect(),
            rows: shown.iter().map(row).collect(),
            all: all(&shown, data),
        }
    }
}

/// How many classes there are, where not all are shown.
fn all(shown: &[usize], data: &DatasetRecord) -> Option<String> {
    (shown.len() < data.classes).then(|| thousands(data.classes))
}
