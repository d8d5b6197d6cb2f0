//! The index of all reports below a results directory.

use crate::ReportError;
use crate::data_sets::OverDataSets;
use crate::files::write_file;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Writes `README.md` with a line for every report below `results`, in alphabetical order, and how
/// models rank over data sets, where there are five or more.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_index(results: &Path) -> Result<(), ReportError> {
    let mut reports: Vec<(String, Value)> = fs::read_dir(results)
        .map_err(ReportError::io(results))?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let json = fs::read(entry.path().join("report.json")).ok()?;
            Some((
                entry.file_name().into_string().ok()?,
                serde_json::from_slice(&json).ok()?,
            ))
        })
        .collect();
    reports.sort_by(|a, b| a.0.cmp(&b.0));
    let mut page = String::from(
        "# Results\n\n\
         Written by `cargo run -p experiments -- compare`; each page says what ran and where.\n\n\
         | report | highest accuracy | right | models | run |\n|---|---|--:|--:|---|\n",
    );
    for (directory, report) in &reports {
        let _ = writeln!(page, "{}", line(directory, report));
    }
    let over_data_sets = OverDataSets::new(&reports)?;
    page += &over_data_sets.text;
    let figures = results.join("figures");
    if let Some(diagram) = over_data_sets.diagram {
        diagram.write(&figures)?;
    } else {
        remove_diagram(&figures)?;
    }
    for (directory, report) in &reports {
        if results.join(directory).join("tuning/README.md").is_file() {
            let title = report["dataset"]["title"].as_str().unwrap_or(directory);
            let _ = writeln!(
                page,
                "\n[Tuning on {title}]({directory}/tuning/README.md): the search for parameters, on training \
                 images only; written by `cargo run -p experiments -- tune`."
            );
        }
    }
    if results.join("benchmarks.md").is_file() {
        page += "\n[Benchmarks](benchmarks.md): how fast, beside Python peers; written by \
                 `cargo run -p experiments -- benchmarks`.\n";
    }
    write_file(&results.join("README.md"), page.as_bytes())
}

/// An old diagram would be of data sets that are not there any more.
fn remove_diagram(figures: &Path) -> Result<(), ReportError> {
    for name in ["critical-difference.svg", "critical-difference.csv"] {
        let file = figures.join(name);
        if file.exists() {
            fs::remove_file(&file).map_err(ReportError::io(&file))?;
        }
    }
    Ok(())
}

/// Whether some model saw fewer training images than there are.
fn is_limited(report: &Value, models: &[Value]) -> bool {
    let available = report["dataset"]["train_available"].as_u64();
    let folds = report["protocol"]["folds"].as_u64().unwrap_or(0) > 0;
    !folds
        && models
            .iter()
            .any(|model| model["train_images"].as_u64() < available)
}

fn line(directory: &str, report: &Value) -> String {
    let models = report["models"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let accuracy = |model: &Value| model["test_accuracy"].as_f64();
    // The last of equals is the greatest; here the first in the plan, as in reports.
    let best = models
        .iter()
        .rev()
        .filter(|model| accuracy(model).is_some())
        .max_by(|a, b| {
            accuracy(a)
                .unwrap_or(0.0)
                .total_cmp(&accuracy(b).unwrap_or(0.0))
        });
    let title = report["dataset"]["title"].as_str().unwrap_or(directory);
    let mut remarks = String::new();
    if report["quick"].as_bool() == Some(true) {
        remarks.push_str(" (quick look at a subset)");
    } else if is_limited(report, models) {
        remarks.push_str(" (trained on a subset)");
    }
    if report["complete"].as_bool() != Some(true) {
        remarks.push_str(" (incomplete)");
    }
    // Of what, where it is not the test images.
    if let Some(other @ ("validation" | "folds")) = report["protocol"]["judged_on"].as_str() {
        let _ = write!(remarks, " (judged on {other})");
    }
    format!(
        "| [{title}]({directory}/README.md){remarks} | {} | {:.2} % | {} | {} |",
        best.and_then(|model| model["id"].as_str()).unwrap_or("–"),
        best.and_then(accuracy).unwrap_or(0.0) * 100.0,
        models.len(),
        report["run"].as_str().unwrap_or("–"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_best_of_equals_is_the_first_as_in_the_report() {
        let models = [("a", 0.8), ("b", 0.9), ("c", 0.9)];
        let models = models.map(|(id, right)| json!({ "id": id, "test_accuracy": right }));
        let line = line("tiny", &json!({ "models": models }));
        assert!(line.contains("| b | 90.00 % | 3 |"), "{line}");
    }
}
