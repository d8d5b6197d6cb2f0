//! `history` and `diff`: the runs that were recorded, and what changed between two of them.

use crate::cli::{DiffArgs, RecordsArgs};
use crate::failure::Failure;
use crate::table;
use report::{ModelChange, Report, Status, diff, read_records, runs};

/// Runs `history`.
pub(crate) fn history(arguments: &RecordsArgs) -> Result<(), Failure> {
    let mut table = table::plain(&[
        "run",
        "models",
        "judged on",
        "seed",
        "commit",
        "best",
        "right, %",
        "test looks",
    ]);
    let mut looks = 0;
    for path in runs(&arguments.directory()).map_err(Failure::Results)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let records = match read_records(&path) {
            Ok(records) => records,
            // One damaged file must not hide the others.
            Err(error) => {
                table.add_row([name.into_owned(), error.to_string()]);
                continue;
            }
        };
        let report = Report::new(records);
        looks += report.test_looks;
        table.add_row(row(&name, &report));
    }
    println!("{table}");
    println!("The labels of the test images were looked at {looks} times in these runs.");
    Ok(())
}

fn row(name: &str, report: &Report) -> Vec<String> {
    let finished = report
        .models
        .iter()
        .filter(|model| model.status == Status::Finished);
    // The first of equals, as the verdict has it: `max_by` takes the last.
    let best = finished.clone().rev().max_by(|a, b| {
        let accuracy = |model: &report::ModelSummary| model.test_accuracy.unwrap_or(0.0);
        accuracy(a).total_cmp(&accuracy(b))
    });
    let count = if report.complete {
        report.models.len().to_string()
    } else {
        format!("{} of {}", finished.count(), report.models.len())
    };
    let quick = if report.quick { ", quick" } else { "" };
    vec![
        name.to_owned(),
        count,
        format!("{} {}{quick}", report.dataset.test, report.judged_images()),
        report.seed.to_string(),
        report.environment.commit.clone(),
        best.map_or_else(String::new, |model| model.id.clone()),
        best.and_then(|model| model.test_accuracy)
            .map_or_else(String::new, |accuracy| format!("{:.2}", accuracy * 100.0)),
        report.test_looks.to_string(),
    ]
}

/// Runs `diff`.
pub(crate) fn difference(arguments: &DiffArgs) -> Result<(), Failure> {
    let [first, second] = [&arguments.first, &arguments.second]
        .map(|run| read_records(&arguments.records.file(run)).map_err(Failure::Results));
    let (first, second) = (first?, second?);
    let found = diff(&first, &second);
    let header = ["", arguments.first.as_str(), arguments.second.as_str()];
    let mut settings = table::plain(&header);
    for change in &found.settings {
        settings.add_row([&change.what, &change.first, &change.second]);
    }
    for model in &found.models {
        for change in &model.parameters {
            let what = format!("{}: {}", model.id, change.what);
            settings.add_row([&what, &change.first, &change.second]);
        }
    }
    println!("{settings}");
    let mut accuracies = table::plain(&["model", "right, %", "right, %", "adjusted p", ""]);
    for model in &found.models {
        accuracies.add_row(accuracy_row(model));
    }
    println!("{accuracies}");
    for (models, run) in [
        (&found.only_first, &arguments.first),
        (&found.only_second, &arguments.second),
    ] {
        if !models.is_empty() {
            println!("only in {run}: {}", models.join(", "));
        }
    }
    Ok(())
}

fn accuracy_row(model: &ModelChange) -> [String; 5] {
    let percent = |accuracy: Option<f64>| {
        accuracy.map_or_else(|| "–".to_owned(), |a| format!("{:.2}", a * 100.0))
    };
    let [first, second] = model.accuracy.map(percent);
    let said = match (model.same_predictions, model.p_adjusted) {
        (Some(true), _) => "the same predictions",
        (_, Some(p)) if p < 0.05 => "different",
        (_, Some(_)) => "cannot be told apart",
        _ => model.reason.as_deref().unwrap_or_default(),
    };
    let p = match model.p_adjusted {
        Some(p) if p < 0.001 => "p < 0.001".to_owned(),
        Some(p) => format!("p = {p:.3}"),
        None => String::new(),
    };
    [model.id.clone(), first, second, p, said.to_owned()]
}
