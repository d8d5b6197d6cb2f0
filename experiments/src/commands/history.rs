//! `history` and `diff`: the runs that were recorded, and what changed between two of them.

use crate::cli::{DiffArgs, HistoryArgs};
use crate::failure::Failure;
use crate::output;
use crate::request::share;
use analysis::{Change, ModelChange, ModelSummary, Report, diff};
use records::{read_records, run_file, runs, write_file};
use report::{TextColumn, TextTable, change_in_words, history_page, judged_images};
use runner::Margin;

/// Runs `history`.
pub(crate) fn history(arguments: &HistoryArgs) -> Result<(), Failure> {
    let mut table = TextTable::new(vec![
        TextColumn::name("run", 0),
        TextColumn::number("models", 2),
        TextColumn::name("judged on", 4),
        TextColumn::number("seed", 6),
        TextColumn::name("commit", 5),
        TextColumn::name("best", 1),
        TextColumn::number("right, %", 1),
        TextColumn::number("test looks", 3),
    ]);
    let mut damaged = Vec::new();
    let mut looks = 0;
    let mut reports = Vec::new();
    for path in runs(&arguments.records.directory())? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let records = match read_records(&path) {
            Ok(records) => records,
            // One damaged file must not hide the others.
            Err(error) => {
                damaged.push(error);
                continue;
            }
        };
        let report = Report::new(records);
        looks += report.test_looks;
        table.add_row(row(&name, &report));
        if arguments.page.is_some() {
            reports.push(report);
        }
    }
    if let (Some(file), false) = (&arguments.page, reports.is_empty()) {
        write_file(file, history_page(&reports)?.as_bytes())?;
    }
    output::table(&table);
    damaged.into_iter().for_each(output::line);
    output::line(format_args!(
        "The labels of the test images were looked at {looks} times in these runs."
    ));
    Ok(())
}

fn row(name: &str, report: &Report) -> Vec<String> {
    let finished = report.finished().count();
    let best = report.ranked().first().map(|(model, _)| *model);
    let count = if report.complete {
        report.models.len().to_string()
    } else {
        format!("{finished} of {}", report.models.len())
    };
    let quick = if report.quick { ", quick" } else { "" };
    vec![
        name.to_owned(),
        count,
        format!("{} {}{quick}", report.dataset.test, judged_images(report)),
        report.seed.to_string(),
        report.environment.commit.clone(),
        best.map_or_else(String::new, |model| model.id.clone()),
        best.and_then(ModelSummary::accuracy)
            .map_or_else(String::new, |accuracy| format!("{:.2}", accuracy * 100.0)),
        report.test_looks.to_string(),
    ]
}

/// Runs `diff`.
pub(crate) fn difference(arguments: &DiffArgs) -> Result<(), Failure> {
    let directory = arguments.records.directory();
    let read = |run: &str| read_records(&run_file(&directory, run)?);
    let (first, second) = (read(&arguments.first)?, read(&arguments.second)?);
    let recorded = first.run.margin.and_then(Margin::new);
    let margin = share(arguments.margin.or(recorded));
    let found = diff(&first, &second, margin);
    output::line(format_args!(
        "first: {}, second: {}",
        arguments.first, arguments.second
    ));
    let mut settings = TextTable::new(vec![
        TextColumn::text("setting"),
        TextColumn::text("first"),
        TextColumn::text("second"),
    ]);
    let mut changes = 0;
    for change in &found.settings {
        settings.add_row(changed(change.what.clone(), change));
        changes += 1;
    }
    for model in &found.models {
        for change in &model.parameters {
            let what = format!("{}: {}", model.id, change.what);
            settings.add_row(changed(what, change));
            changes += 1;
        }
    }
    if changes == 0 {
        output::line("no setting differs");
    } else {
        output::table(&settings);
    }
    let mut accuracies = TextTable::new(vec![
        TextColumn::name("model", 0),
        TextColumn::number("first, % right", 0),
        TextColumn::number("second, % right", 0),
        TextColumn::text("verdict"),
    ]);
    for model in &found.models {
        accuracies.add_row(accuracy_row(model, margin));
    }
    output::table(&accuracies);
    for (models, run) in [
        (&found.only_first, &arguments.first),
        (&found.only_second, &arguments.second),
    ] {
        if !models.is_empty() {
            output::line(format_args!("only in {run}: {}", models.join(", ")));
        }
    }
    Ok(())
}

fn changed(what: String, change: &Change) -> [String; 3] {
    let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    [what, or_dash(&change.first), or_dash(&change.second)]
}

fn accuracy_row(model: &ModelChange, margin: Option<f64>) -> [String; 4] {
    let percent = |accuracy: Option<f64>| {
        accuracy.map_or_else(|| "–".to_owned(), |a| format!("{:.2}", a * 100.0))
    };
    let [first, second] = model.accuracy.map(percent);
    [
        model.id.clone(),
        first,
        second,
        change_in_words(model, margin),
    ]
}
