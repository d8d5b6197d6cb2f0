//! The Markdown page of a report.

mod pairs;
mod tables;

use crate::figures::Figure;
use crate::numbers::{probability, thousands};
use crate::verdict::verdict;
use crate::{ModelSummary, Report, ReportError, Status};
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use pairs::{ComparisonRow, MetricPairs, SeedRow};
use serde::Serialize;
use tables::{
    ClassTable, ControlRow, CostRow, EpochTable, LearningTable, MetricsRow, Row, SpreadRow,
    WeightDifferences, class_table, cost_rows, weight_differences,
};

const TEMPLATE: &str = include_str!("../templates/report.md.jinja");

/// What the template is filled with.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    report: &'a Report,
    headline: String,
    verdict: Vec<String>,
    comparisons: Vec<ComparisonRow>,
    /// Whether there is an F test over 5x2 folds.
    five_by_two: bool,
    by_metric: Option<MetricPairs>,
    groups: Vec<String>,
    cochran: Option<String>,
    judged: &'static str,
    metrics: Vec<MetricsRow>,
    spreads: Vec<SpreadRow>,
    over_seeds: Vec<SeedRow>,
    controls: Vec<ControlRow>,
    costs: Vec<CostRow>,
    curves: LearningTable,
    warnings: Vec<String>,
    sizes: Sizes,
    models: Vec<Row>,
    epochs: EpochTable,
    weights: Option<WeightDifferences>,
    class_tables: Vec<ClassTable>,
    figures: Vec<&'a str>,
}

/// What the template of the page is filled with.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    view: View<'a>,
    methodology: Option<&'a str>,
}

/// Fills in the template. `methodology` is where METHODOLOGY.md is, seen from the page.
pub(crate) fn page(
    report: &Report,
    figures: &[Figure],
    methodology: Option<&str>,
) -> Result<String, ReportError> {
    let view = view(report, figures);
    fill("README.md", TEMPLATE, Page { view, methodology })
        .map_err(|error| ReportError::render("README.md", &error))
}

/// What templates are filled with.
pub(crate) fn view<'a>(report: &'a Report, figures: &'a [Figure]) -> View<'a> {
    let mut verdict = verdict(report);
    View {
        report,
        headline: verdict.remove(0),
        verdict,
        comparisons: report.comparisons.iter().map(ComparisonRow::new).collect(),
        five_by_two: (report.protocol.repeats, report.protocol.folds) == (5, 2),
        by_metric: MetricPairs::new(&report.comparisons),
        groups: groups(report),
        cochran: cochran(report),
        judged: report.protocol.judged_on.images(),
        metrics: report.finished().filter_map(MetricsRow::new).collect(),
        costs: cost_rows(report),
        curves: LearningTable::new(report),
        controls: report.models.iter().filter_map(ControlRow::new).collect(),
        spreads: report.finished().filter_map(SpreadRow::new).collect(),
        over_seeds: report.comparisons.iter().filter_map(SeedRow::new).collect(),
        warnings: warnings(report),
        sizes: Sizes::new(report),
        models: report
            .models
            .iter()
            .map(|model| Row::new(model, report))
            .collect(),
        epochs: EpochTable::new(report),
        weights: weight_differences(report),
        class_tables: report.finished().map(class_table).collect(),
        figures: figures.iter().map(|figure| figure.name.as_str()).collect(),
    }
}

/// Fills a template in. Where the name ends in `.html`, text is escaped. `line` keeps what others wrote
/// on its line of Markdown, and in its cell.
pub(crate) fn fill(
    name: &str,
    template: &str,
    view: impl Serialize,
) -> Result<String, minijinja::Error> {
    let mut templates = Environment::new();
    // Tags on lines of their own leave no blank lines in the page.
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    templates.set_syntax(syntax);
    templates.add_filter("line", |text: &str| one_line(text).replace('|', "\\|"));
    templates.render_named_str(name, template, Value::from(Serde(view)))
}

/// Without line breaks, such as those of a panic's message.
pub(crate) fn one_line(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Models that cannot be told apart, one list of names each.
fn groups(report: &Report) -> Vec<String> {
    let groups = report.together.iter().flat_map(|together| &together.groups);
    groups
        .filter(|group| group.len() > 1)
        .map(|group| group.join(", "))
        .collect()
}

/// Cochran's Q in words.
fn cochran(report: &Report) -> Option<String> {
    let test = report.together.as_ref()?.cochran_q?;
    Some(format!(
        "Q = {:.1}, {}",
        test.statistic,
        probability(test.p)
    ))
}

/// Numbers of images, ready to print.
#[derive(Serialize)]
struct Sizes {
    train: String,
    train_available: String,
    test: String,
    test_available: String,
    /// Training images held out to scale probabilities on.
    calibration: Option<String>,
}

impl Sizes {
    fn new(report: &Report) -> Self {
        let data = &report.dataset;
        Self {
            train: thousands(data.train),
            train_available: thousands(data.train_available),
            test: thousands(data.test),
            test_available: thousands(data.test_available),
            calibration: report.protocol.calibration.map(thousands),
        }
    }
}

/// What keeps the numbers of a report from being those of a full comparison, a sentence each, in
/// Markdown.
pub fn warnings(report: &Report) -> Vec<String> {
    let data = &report.dataset;
    let mut warnings = Vec::new();
    if report.quick {
        warnings.push("**Quick look**: a subset of the data, to see that everything works. Do not quote these numbers.".to_owned());
    }
    if report.is_subset() {
        let test = if data.test < data.test_available {
            format!(
                " Tested on {} of {} images.",
                thousands(data.test),
                thousands(data.test_available)
            )
        } else {
            String::new()
        };
        let limits: std::collections::BTreeSet<usize> = report
            .models
            .iter()
            .map(|model| model.train_images)
            .collect();
        let limits: Vec<String> = limits.into_iter().map(thousands).collect();
        warnings.push(format!(
            "**Subset**: trained on {} of {} images, drawn in proportion to the classes.{test}",
            limits.join(" or "),
            thousands(data.train_available),
        ));
    }
    for model in &report.models {
        for control in model.controls.iter().filter(|control| !control.passed) {
            warnings.push(format!(
                "**Control failed**: {}, {}: {}.",
                model.id, control.name, control.detail
            ));
        }
    }
    if !report.complete {
        let missing: Vec<String> = report
            .models
            .iter()
            .filter(|model| model.status != Status::Finished)
            .map(|model| format!("{} ({})", model.id, unfinished(model)))
            .collect();
        warnings.push(format!("**Incomplete**: without {}.", missing.join(", ")));
    }
    warnings
}

fn unfinished(model: &ModelSummary) -> String {
    model.status.in_words(model.reason.as_deref())
}
