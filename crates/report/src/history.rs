//! How models did over runs, as a page.

use crate::error::ReportError;
use crate::figures::{self, Course, accuracy_over_runs};
use crate::html::page_colours;
use crate::numbers::{duration, four, hundredths, range, thousands};
use crate::room;
use crate::template::fill;
use crate::words::judged_images;
use analysis::{Finished, Metric, ModelSummary, Report};
use serde::Serialize;
use serde_json::Value;

const TEMPLATE: &str = include_str!("../templates/history.html.jinja");

/// What the template is filled with.
#[derive(Serialize)]
struct Page {
    title: String,
    judged: String,
    runs: usize,
    /// Runs that were judged on something else.
    others: usize,
    style: String,
    /// For a page and for a phone; one run has no course.
    figure: Option<[String; 2]>,
    models: Vec<ModelView>,
}

#[derive(Serialize)]
struct ModelView {
    id: String,
    marker: String,
    rows: Vec<Row>,
}

/// A model in a run.
#[derive(Serialize)]
struct Row {
    run: String,
    commit: String,
    trained_on: String,
    right: String,
    interval: String,
    log_loss: String,
    seconds: String,
    /// Parameters that are not those of its run before.
    changes: String,
}

/// A page in HTML that needs nothing else: each model over the runs that were judged as the newest was, the oldest
/// first. Says how many others there are.
///
/// # Errors
/// [`ReportError::Render`] if the page cannot be made.
///
/// # Panics
/// If there is no run.
pub fn history_page(reports: &[Report]) -> Result<String, ReportError> {
    let newest = reports.last().expect("a run");
    let is_alike = |report: &&Report| {
        report.dataset.sha256[2..] == newest.dataset.sha256[2..]
            && report.protocol.judged_on == newest.protocol.judged_on
            && report.dataset.test == newest.dataset.test
    };
    let runs: Vec<&Report> = reports.iter().filter(is_alike).collect();
    let mut ids: Vec<&str> = Vec::new();
    for model in runs.iter().rev().flat_map(|run| &run.models) {
        if model.finished.is_some() && !ids.contains(&model.id.as_str()) {
            ids.push(&model.id);
        }
    }
    let course = |&id| Course {
        id,
        runs: finished(&runs, id)
            .map(|(number, _, of)| (number, of))
            .collect(),
    };
    let courses: Vec<Course<'_>> = ids.iter().map(course).collect();
    let drawn = accuracy_over_runs(&runs, &courses);
    // The style sheet of figures is in the page once.
    let style = figures::style();
    let wide = String::from_utf8_lossy(&drawn.bytes).replacen(&style, "", 1);
    let narrow = drawn.narrow.unwrap_or_default().replacen(&style, "", 1);
    let looks = figures::Looks::new(ids.iter().copied());
    let model = |id: &&str| ModelView {
        id: (*id).to_owned(),
        marker: figures::marker(looks.of(id)),
        rows: rows(&runs, id),
    };
    let page = Page {
        title: newest.dataset.title.clone(),
        judged: format!(
            "{} {}",
            thousands(newest.dataset.test),
            judged_images(newest)
        ),
        runs: runs.len(),
        others: reports.len() - runs.len(),
        style: figures::rules()
            + &room::rules()
            + &page_colours()
            + include_str!("../templates/history.css"),
        figure: (runs.len() > 1).then_some([wide, narrow]),
        models: ids.iter().map(model).collect(),
    };
    fill("history.html", TEMPLATE, page)
        .map_err(|error| ReportError::render("history.html", &error))
}

/// The runs in which a model finished, with their numbers from 1.
fn finished<'a>(
    runs: &'a [&'a Report],
    id: &'a str,
) -> impl Iterator<Item = (usize, &'a ModelSummary, &'a Finished)> {
    let numbered = (1..).zip(runs);
    numbered.filter_map(move |(number, run)| {
        let model = run.models.iter().find(|model| model.id == id)?;
        Some((number, model, model.finished.as_deref()?))
    })
}

fn rows(runs: &[&Report], id: &str) -> Vec<Row> {
    let mut before: Option<&ModelSummary> = None;
    let mut rows = Vec::new();
    let dash = || "–".to_owned();
    for (number, model, of) in finished(runs, id) {
        let run = runs[number - 1];
        let interval = of.quality.accuracy_interval;
        let log_loss = model.metric(Metric::LogLoss);
        rows.push(Row {
            run: run.run.clone(),
            commit: run.environment.commit.clone(),
            trained_on: thousands(model.train_images),
            right: hundredths(of.quality.accuracy),
            interval: range(&hundredths(interval.low), &hundredths(interval.high)),
            log_loss: log_loss.map_or_else(dash, four),
            seconds: of.cost.fit_seconds.map_or_else(dash, duration),
            changes: before.map_or_else(String::new, |before| changes(before, model)),
        });
        before = Some(model);
    }
    rows.reverse();
    rows
}

/// Parameters that are others than before.
fn changes(before: &ModelSummary, now: &ModelSummary) -> String {
    let absent = Value::from("–");
    let said = now.hyperparameters.iter().filter_map(|(name, value)| {
        let was = before.hyperparameters.get(name).unwrap_or(&absent);
        (was != value).then(|| format!("{name}: {was} → {value}"))
    });
    said.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::crowd;

    fn run(name: &str, models: &[&str]) -> Report {
        let mut report = crowd(models, &["cat", "dog"]);
        name.clone_into(&mut report.run);
        report
    }

    #[test]
    fn a_model_has_a_row_for_each_run_that_was_judged_alike() {
        let mut first = run("2026-01-01", &["softmax", "<b>"]);
        first.models[0]
            .hyperparameters
            .insert("epochs".to_owned(), 5.into());
        let mut other = run("2026-01-02", &["softmax"]);
        other.dataset.sha256[2] = "other".to_owned();
        let mut last = run("2026-01-03", &["softmax", "new"]);
        last.models[0]
            .hyperparameters
            .insert("epochs".to_owned(), 9.into());
        let page = history_page(&[first, other, last]).unwrap();
        assert!(
            page.contains("2 runs") && page.contains("1 other"),
            "{page}"
        );
        assert!(page.contains("epochs: 5 → 9") && !page.contains("2026-01-02"));
        assert!(page.contains("&lt;b&gt;") && !page.contains("<b>"));
        let newest = page.rfind("2026-01-03").unwrap();
        assert!(page.find("2026-01-01").unwrap() < newest);
        assert_eq!(
            page.matches("<svg").count() - page.matches("class=\"marker\"").count(),
            2
        );
    }
}
