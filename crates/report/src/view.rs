//! What the pages are filled with: every number ready to print, no markup.

mod calibration;
mod classes;
mod costs;
mod importance;
mod models;
mod pairs;
mod slices;
mod training;

use crate::bounds::MOST_PAIRS;
use crate::figure::Figure;
use crate::lead::{floor, lead};
use crate::luck::looks;
use crate::numbers::{probability, thousands};
use crate::verdict::verdict;
use crate::warnings::{Warning, warnings};
use crate::words::{judged_images, letters};
use analysis::Report;
use calibration::CalibrationRow;
use classes::ClassTable;
use costs::CostRow;
use importance::ImportanceTable;
use models::{ControlRow, ModelRow, SpreadRow, note_on_temperatures};
use pairs::{MetricPairs, PairTable, over_seeds};
use records::{ColumnRecord, DatasetRecord, Environment, Folds};
use serde::Serialize;
use slices::SliceTable;
use training::{EpochTable, LearningTable, WeightDifferences};

/// What templates are filled with.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    report: About<'a>,
    headline: String,
    /// What stands beside it.
    lead: Vec<String>,
    /// What is right of a model that always gives the same answer.
    floor: String,
    /// Every model against the next in rank, or against the baseline.
    pairs_in_words: Vec<PairInWords<'a>>,
    /// What the sentences after the first are called.
    other_pairs: &'static str,
    /// What else there is to say of pairs.
    verdict_notes: Vec<String>,
    folds: Option<Folds>,
    equal_folds: Option<String>,
    comparisons: Option<PairTable>,
    /// How many pairs there are, where not all are in the table.
    all_pairs: Option<String>,
    /// How many pairs are in the table.
    pairs: usize,
    by_metric: Option<MetricPairs>,
    cochran: Option<String>,
    judged: String,
    /// What letters beside models mean, where they have some.
    letters: Option<String>,
    /// Whether every model is predictions that were made elsewhere.
    judged_only: bool,
    /// Whether some model has probabilities.
    probabilities: bool,
    /// Headings of further metrics.
    metrics: Vec<&'static str>,
    spreads: Vec<SpreadRow>,
    over_seeds: Option<PairTable>,
    controls: Vec<ControlRow>,
    costs: Vec<CostRow>,
    calibration: Vec<CalibrationRow>,
    importance: ImportanceTable,
    /// Models on groups of rows, where that was asked for.
    slices: Option<SliceTable>,
    curves: LearningTable,
    warnings: Vec<Warning>,
    sizes: Sizes,
    /// What was done to the columns of a table, the first of them.
    columns: &'a [ColumnRecord],
    all_columns: usize,
    models: Vec<ModelRow>,
    epochs: EpochTable,
    weights: Option<WeightDifferences>,
    class_tables: Vec<ClassTable>,
    figures: Vec<&'a str>,
}

/// A sentence about two models.
#[derive(Serialize)]
struct PairInWords<'a> {
    first: &'a str,
    second: &'a str,
    sentence: String,
}

impl<'a> PairInWords<'a> {
    /// Takes the sentences about pairs from the beginning of a verdict.
    fn all(report: &'a Report, verdict: &mut Vec<String>) -> Vec<Self> {
        let pairs = report
            .verdict()
            .map_or_else(Vec::new, |found| found.sentences);
        let sentences = verdict.drain(..pairs.len());
        let said = pairs.iter().zip(sentences).map(|(pair, sentence)| Self {
            first: &pair.first,
            second: &pair.second,
            sentence,
        });
        said.collect()
    }
}

/// Columns of a table that are shown.
const MOST_COLUMNS: usize = 200;

/// What ran.
#[derive(Serialize)]
struct About<'a> {
    dataset: &'a DatasetRecord,
    environment: &'a Environment,
    question: Option<&'a str>,
    notes: &'a [String],
    seeds: u16,
    seed: u64,
    /// How often the test labels were looked at, and how much that can have made of luck.
    looks: String,
    run: &'a str,
    /// Test sets that were drawn for intervals.
    draws: Option<String>,
}

impl<'a> View<'a> {
    pub(crate) fn new(report: &'a Report, figures: &'a [Figure]) -> Self {
        let mut verdict = verdict(report);
        let headline = verdict.remove(0);
        let pairs_in_words = PairInWords::all(report, &mut verdict);
        let pairs = report.comparisons.len();
        let shown = &report.comparisons[..pairs.min(MOST_PAIRS)];
        Self {
            report: About::new(report),
            headline,
            lead: lead(report),
            floor: floor(report),
            pairs_in_words,
            other_pairs: match report.baseline {
                Some(_) => "The other models beside the baseline, in words",
                None => "The other models, each beside the next, in words",
            },
            verdict_notes: verdict,
            folds: report.protocol.folds(),
            equal_folds: models::equal_folds(report),
            comparisons: PairTable::new(report, shown),
            all_pairs: (pairs > MOST_PAIRS).then(|| thousands(pairs)),
            pairs: shown.len(),
            by_metric: MetricPairs::new(report, shown),
            cochran: cochran(report),
            judged: judged_images(report),
            letters: report.has_all_pairs().then(|| letters(report)),
            judged_only: report.is_judged_only(),
            probabilities: report
                .finished()
                .any(|(_, of)| !of.quality.reliability.is_empty()),
            metrics: models::headings(report),
            costs: CostRow::all(report),
            calibration: CalibrationRow::all(report),
            importance: ImportanceTable::new(report),
            slices: SliceTable::new(report),
            curves: LearningTable::new(report),
            controls: report.models.iter().filter_map(ControlRow::new).collect(),
            spreads: report
                .standings()
                .iter()
                .filter_map(|of| SpreadRow::new((of.model, of.finished)))
                .collect(),
            over_seeds: over_seeds(report, shown),
            warnings: warnings(report),
            sizes: Sizes::new(report),
            columns: &report.columns[..report.columns.len().min(MOST_COLUMNS)],
            all_columns: report.columns.len(),
            models: ModelRow::all(report),
            epochs: EpochTable::new(report),
            weights: WeightDifferences::new(report),
            class_tables: report
                .standings()
                .iter()
                .map(|of| ClassTable::new(&of.model.id, of.finished, &report.dataset))
                .collect(),
            figures: figures.iter().map(|figure| figure.name.as_str()).collect(),
        }
    }
}

impl<'a> About<'a> {
    fn new(report: &'a Report) -> Self {
        Self {
            dataset: &report.dataset,
            environment: &report.environment,
            question: report.question.as_deref(),
            notes: &report.notes,
            seeds: report.protocol.seeds,
            seed: report.seed,
            looks: looks(report),
            run: &report.run,
            draws: report.draws.map(|draws| drawn(draws, report.groups)),
        }
    }
}

/// "2 000 test sets".
fn drawn(draws: usize, groups: Option<usize>) -> String {
    /// With fewer, intervals of 95 % are seen to hold in less than 94 (`results/levels.md`).
    const ENOUGH: usize = 30;
    let sets = format!("{} test sets", thousands(draws));
    match groups {
        None => sets,
        Some(groups) if groups < ENOUGH => {
            format!("{sets} of whole groups (of so few that the intervals are too narrow)")
        }
        Some(_) => format!("{sets} of whole groups"),
    }
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
    temperatures: Option<String>,
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
            temperatures: note_on_temperatures(report),
        }
    }
}
