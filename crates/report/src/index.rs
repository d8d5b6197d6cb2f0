//! The index of all reports below a results directory, and how models rank over data sets.

use crate::error::ReportError;
use crate::figures::critical_difference_diagram;
use crate::lock::{alone_in, read};
use crate::numbers::{duration, hundredths, points, probability, range};
use crate::template::fill;
use crate::words;
use analysis::{FEWEST_DATA_SETS, ModelOverview, OverDataSets, Overview, RankedPair, Ranking};
use records::{JudgedOn, SampleKind, write_own_file};
use serde::Serialize;
use statistics::Interval;
use std::fs;
use std::path::Path;

const NONE: &str = "–";

const TEMPLATE: &str = include_str!("../templates/index.md.jinja");

/// What the template is filled with.
#[derive(Serialize)]
struct Page {
    rows: Vec<ReportRow>,
    /// Directories with reports that cannot be read any more, or not yet.
    others: Vec<String>,
    fewest: usize,
    too_few: Option<usize>,
    ranking: Option<RankingView>,
    searches: Vec<SearchLink>,
    pages: Vec<&'static OtherPage>,
}

/// A page that other commands write.
#[derive(Serialize)]
struct OtherPage {
    title: &'static str,
    address: &'static str,
    text: &'static str,
    /// What writes it, if a single command does.
    command: Option<&'static str>,
}

/// Linked where they are there.
const PAGES: &[OtherPage] = &[
    OtherPage {
        title: "Benchmarks",
        address: "benchmarks.md",
        text: "how fast, beside Python peers",
        command: Some("cargo run -p experiments -- benchmarks"),
    },
    OtherPage {
        title: "Beside scikit-learn",
        address: "scikit-learn.md",
        text: "the accuracy of our models and of scikit-learn's on ten tables",
        command: Some(
            "python3 experiments/programs/scikit_learn.py tables target/scikit-learn results/scikit-learn.md",
        ),
    },
    OtherPage {
        title: "Scaling",
        address: "scaling.md",
        text: "what a fit costs as its data grow",
        command: Some(
            "cargo bench --profile dev -p experiments --bench scaling -- results/scaling.md",
        ),
    },
    OtherPage {
        title: "Larger than memory",
        address: "streamed/README.md",
        text: "models that pass over their data again and again, and hold little of it",
        command: None,
    },
    OtherPage {
        title: "Levels",
        address: "levels.md",
        text: "every test and interval, simulated",
        command: Some("cargo run --release -p statistics --example levels results/levels.md"),
    },
    OtherPage {
        title: "Controls",
        address: "controls.md",
        text: "how often the control of shuffled labels fails honest models, and catches leaks",
        command: Some("cargo run -p experiments --example controls -- tables results/controls.md"),
    },
];

/// A report.
#[derive(Serialize)]
struct ReportRow {
    directory: String,
    title: String,
    remarks: Vec<&'static str>,
    best: String,
    right: String,
    /// The other models that may be as good.
    equals: String,
    fit: String,
    models: usize,
}

/// How models rank over data sets.
#[derive(Serialize)]
struct RankingView {
    titles: Vec<String>,
    /// What the diagram shows, in a sentence.
    learnt: String,
    models: Vec<(String, String)>,
    /// Friedman's test, in numbers.
    test: String,
    pairs: Vec<Pair>,
    /// How many data sets any difference takes, where these are too few.
    needed: Option<usize>,
    /// Tests of pairs.
    tests: usize,
    /// Whether some models count as one.
    some_are_equal: bool,
}

#[derive(Serialize)]
struct Pair {
    first: String,
    second: String,
    points: String,
    p: String,
    verdict: &'static str,
    posterior: String,
}

/// A search for parameters.
#[derive(Serialize)]
struct SearchLink {
    directory: String,
    title: String,
}

/// Writes `README.md` with a line for every report below `results`, pictures before tables, and how
/// models rank over data sets, where there are five or more. Of several processes one writes at a
/// time.
///
/// # Errors
/// [`ReportError`] naming the file.
pub fn write_index(results: &Path) -> Result<(), ReportError> {
    alone_in(results, || {
        let reports = reports(results)?;
        let known = reports.iter().filter_map(|(_, report)| report.as_ref());
        let over = OverDataSets::new(known);
        let figures = results.join("figures");
        match &over {
            OverDataSets::Ranking(ranking) if ranking.can_differ() => {
                critical_difference_diagram(ranking).write(&figures)?;
            }
            _ => remove_diagram(&figures)?,
        }
        let filled = fill("README.md", TEMPLATE, page(results, &reports, &over));
        let page = filled.map_err(|error| ReportError::render("README.md", &error))?;
        Ok(write_own_file(&results.join("README.md"), page.as_bytes())?)
    })
}

/// The report in the directory of a comparison, in short; `None` where there is none, or one of another version.
pub fn report_in(directory: &Path) -> Option<Overview> {
    Overview::read(&read(&directory.join("report.json"))?)
}

/// Directories with a report, in the order of the page; `None` where it is of another version.
fn reports(results: &Path) -> Result<Vec<(String, Option<Overview>)>, ReportError> {
    let entries = fs::read_dir(results).map_err(ReportError::io(results))?;
    let mut reports: Vec<(String, Option<Overview>)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let json = read(&entry.path().join("report.json"))?;
            Some((entry.file_name().into_string().ok()?, Overview::read(&json)))
        })
        .collect();
    // Pictures, tables, and what cannot be read, each in alphabetical order.
    reports.sort_by_cached_key(|(directory, report)| match report {
        Some(report) => {
            let kind = u8::from(report.dataset.samples == SampleKind::Rows);
            (kind, report.title().to_lowercase(), directory.clone())
        }
        None => (2, String::new(), directory.clone()),
    });
    Ok(reports)
}

/// An old diagram would be of data sets that are not there any more.
fn remove_diagram(figures: &Path) -> Result<(), ReportError> {
    for name in [
        "critical-difference.svg",
        "critical-difference-narrow.svg",
        "critical-difference.csv",
    ] {
        let file = figures.join(name);
        if file.exists() {
            fs::remove_file(&file).map_err(ReportError::io(&file))?;
        }
    }
    Ok(())
}

fn page(results: &Path, reports: &[(String, Option<Overview>)], over: &OverDataSets) -> Page {
    let title = |directory: &str, report: &Option<Overview>| {
        let title = report.as_ref().map_or(directory, Overview::title);
        title.to_owned()
    };
    let searches = reports.iter().filter_map(|(directory, report)| {
        let page = results.join(directory).join("tuning/README.md");
        page.is_file().then(|| SearchLink {
            title: title(directory, report),
            directory: address(directory),
        })
    });
    let others = reports.iter().filter(|(_, report)| report.is_none());
    Page {
        rows: reports
            .iter()
            .filter_map(|(directory, report)| Some(ReportRow::new(directory, report.as_ref()?)))
            .collect(),
        others: others.map(|(directory, _)| address(directory)).collect(),
        fewest: FEWEST_DATA_SETS,
        too_few: match over {
            OverDataSets::TooFew(count) => Some(*count),
            OverDataSets::Nothing | OverDataSets::Ranking(_) => None,
        },
        ranking: match over {
            OverDataSets::Ranking(ranking) => Some(RankingView::new(ranking)),
            OverDataSets::Nothing | OverDataSets::TooFew(_) => None,
        },
        searches: searches.collect(),
        pages: PAGES
            .iter()
            .filter(|page| results.join(page.address).is_file())
            .collect(),
    }
}

/// A directory in a link: what would end the link is percent-encoded.
fn address(directory: &str) -> String {
    let encoded = |letter: char| match letter {
        ' ' | '(' | ')' | '<' | '>' | '%' | '"' | '\\' => format!("%{:02X}", letter as u32),
        letter => letter.to_string(),
    };
    directory.chars().map(encoded).collect()
}

impl ReportRow {
    fn new(directory: &str, report: &Overview) -> Self {
        let mut remarks = Vec::new();
        if report.quick {
            remarks.push("quick look at a subset");
        } else if report.subset().is_some() {
            remarks.push("a subset");
        }
        if !report.complete {
            remarks.push("incomplete");
        }
        match report.protocol.judged_on {
            JudgedOn::Test => {}
            JudgedOn::Validation { .. } => remarks.push("judged on validation images"),
            JudgedOn::Folds(_) => remarks.push("judged by cross-validation"),
        }
        let (best, accuracy) = report.best();
        let names: Vec<&str> = best.iter().map(|model| model.id.as_str()).collect();
        Self {
            directory: address(directory),
            title: report.title().to_owned(),
            remarks,
            best: match names.len() {
                0 => NONE.to_owned(),
                _ => words::leaders(&names).0,
            },
            right: match (accuracy, best.first().and_then(|of| of.accuracy_interval)) {
                (None, _) => NONE.to_owned(),
                (Some(accuracy), None) => hundredths(accuracy),
                (Some(accuracy), Some(Interval { low, high })) => {
                    let [right, low, high] = [accuracy, low, high].map(hundredths);
                    format!("{right} ({})", range(&low, &high))
                }
            },
            equals: equals(report),
            fit: fastest(&best).map_or_else(|| NONE.to_owned(), duration),
            models: report.models.len(),
        }
    }
}

/// The models that are not shown to be worse than the best.
fn equals(report: &Overview) -> String {
    let finished = report.models.iter().filter(|of| of.accuracy.is_some());
    let others = finished.count().saturating_sub(report.best().0.len());
    match report.not_apart_from_best() {
        _ if others == 0 => NONE.to_owned(),
        None => NONE.to_owned(),
        Some(equals) => match equals.len() {
            0 => "no other".to_owned(),
            1..=2 => {
                let names: Vec<&str> = equals.iter().map(|of| of.id.as_str()).collect();
                words::and(&names)
            }
            many if many == others => format!("all {others} others"),
            many => format!("{many} of {others} others"),
        },
    }
}

/// The shortest time of a fit.
fn fastest(models: &[&ModelOverview]) -> Option<f64> {
    let seconds = models.iter().filter_map(|model| model.fit_seconds);
    seconds.min_by(f64::total_cmp)
}

/// Who ranks best, and of how many others that can be said.
fn learnt(ranking: &Ranking) -> String {
    let (_, rank) = &ranking.models[0];
    let best = ranking.models.iter().take_while(|(_, other)| other == rank);
    let best: Vec<&str> = best.map(|(name, _)| name.as_str()).collect();
    let (who, several) = words::leaders(&best);
    let [has, they] = if several {
        ["have", "They are"]
    } else {
        ["has", "It is"]
    };
    let sets = ranking.titles.len();
    let leads = format!("{who} {has} the best average rank over {sets} data sets: {rank:.2}");
    if !ranking.can_differ() {
        return format!("{leads}; these are too few to show that any two models differ.");
    }
    let is_ahead = |other: &usize| (0..best.len()).all(|one| ranking.differ(one, *other));
    let apart = (best.len()..ranking.models.len()).filter(is_ahead);
    let apart: Vec<&str> = apart
        .map(|other| ranking.models[other].0.as_str())
        .collect();
    let open = ranking.models.len() - best.len() - apart.len();
    if apart.is_empty() {
        return format!("{leads}. No model is shown to be worse.");
    }
    let behind = match apart.len() {
        0..=6 => words::and(&apart),
        many => format!("{many} models"),
    };
    let open = match open {
        0 => String::new(),
        1 => "; the other model may be as good".to_owned(),
        open => format!("; the {open} others may be as good"),
    };
    format!("{leads}. {they} shown to be better than {behind}{open}.")
}

impl RankingView {
    fn new(ranking: &Ranking) -> Self {
        let models = ranking.models.iter();
        let test = &ranking.test;
        let f = test.f.map_or_else(String::new, |f| {
            let p = probability(f.p);
            format!(", Iman and Davenport's F = {:.2}, {p}", f.statistic)
        });
        let chi = test.chi_squared;
        let needed = ranking.data_sets_needed();
        Self {
            titles: ranking.titles.clone(),
            learnt: learnt(ranking),
            models: models
                .map(|(name, rank)| (name.clone(), format!("{rank:.2}")))
                .collect(),
            test: format!(
                "{} over all orders of the ranks (χ² = {:.2}, {}{f}, which are for many data sets)",
                probability(ranking.test.p),
                chi.statistic,
                probability(chi.p)
            ),
            pairs: ranking
                .pairs
                .iter()
                .map(|pair| Pair::new(ranking, pair))
                .collect(),
            needed: (needed > ranking.titles.len()).then_some(needed),
            tests: ranking.tests,
            some_are_equal: ranking.tests < ranking.pairs.len(),
        }
    }
}

impl Pair {
    fn new(ranking: &Ranking, pair: &RankedPair) -> Self {
        let name = |place: usize| ranking.models[place].0.clone();
        Self {
            first: name(pair.first),
            second: name(pair.second),
            points: points(pair.difference),
            p: probability(pair.p_adjusted),
            verdict: words::relation(pair.different, pair.difference, None),
            posterior: words::shares(pair.posterior),
        }
    }
}

#[cfg(test)]
mod tests;
