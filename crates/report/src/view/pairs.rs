//! The tables of pairs of models, cell by cell, and what to know of them.

use crate::numbers::{four, points, probability, thousands};
use crate::words;
use analysis::{Comparison, FIVE_BY_TWO, Metric, MetricDifference, OverSeeds, Report, TooFew};
use serde::Serialize;
use statistics::{
    FEWEST_DIFFERING, FEWEST_FOR_CURVES, FEWEST_FOR_HALVES, FEWEST_OF_A_CLASS, FEWEST_SCORED,
    Interval,
};

const NONE: &str = "–";

/// A table, with what to know of it in sentences.
#[derive(Serialize)]
pub(super) struct PairTable {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Column {
    title: &'static str,
    is_text: bool,
}

fn column(title: &'static str) -> Column {
    let is_text = ["model", "against", "verdict"].contains(&title);
    Column { title, is_text }
}

impl PairTable {
    /// The pairs that are `shown`; `None` where there are none.
    pub(super) fn new(report: &Report, shown: &[Comparison]) -> Option<Self> {
        let has_folds = report.protocol.folds().is_some();
        let five_by_two = report.protocol.folds() == Some(FIVE_BY_TWO);
        let has_margin = report.margin.is_some();
        let columns = [
            (true, "model"),
            (true, "against"),
            (true, "points ahead"),
            (true, "95 % interval"),
            (has_margin, "90 % interval"),
            (true, "wins / losses"),
            (true, "adjusted p"),
            (true, "verdict"),
            (true, "detectable difference"),
            (has_folds, "% first better / equivalent / second better"),
            (five_by_two, "5×2cv F"),
        ];
        let is_there = columns.map(|(is_there, _)| is_there);
        let titles = columns.into_iter().filter(|(is_there, _)| *is_there);
        let row = |pair: &Comparison| {
            let cells = cells(pair).into_iter().zip(is_there);
            cells.filter(|of| of.1).map(|of| of.0).collect()
        };
        (!shown.is_empty()).then(|| Self {
            columns: titles.map(|(_, title)| column(title)).collect(),
            rows: shown.iter().map(row).collect(),
            notes: if has_folds {
                notes_on_folds(report)
            } else {
                notes_on_images(report)
            },
        })
    }
}

/// All cells that a pair can have.
fn cells(pair: &Comparison) -> [String; 11] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
    let f = pair.five_by_two;
    [
        pair.first.clone(),
        pair.second.clone(),
        points(pair.difference),
        or_none(pair.difference_interval.map(from_to)),
        or_none(pair.margin_interval.map(from_to)),
        format!("{} / {}", pair.only_first_right, pair.only_second_right),
        // Without an interval there is no test either.
        or_none(
            pair.difference_interval
                .map(|_| probability(pair.p_adjusted)),
        ),
        words::relation(pair.different, pair.difference, pair.relation).to_owned(),
        or_none(pair.detectable_difference.map(points)),
        or_none(pair.posterior.map(words::shares)),
        or_none(f.map(|test| format!("F = {:.2}, {}", test.statistic, probability(test.p)))),
    ]
}

fn from_to(Interval { low, high }: Interval) -> String {
    format!("{} – {}", points(low), points(high))
}

fn notes_on_images(report: &Report) -> Vec<String> {
    let each = at_each(report.tests);
    let [_, images] = report.dataset.words();
    let of_test = match report.groups {
        None => "The interval is Tango's (1998), p is of McNemar's exact test".to_owned(),
        Some(groups) => format!(
            "The {images} come in {} groups, of which each counts as a whole: the interval is of t and the variance over groups \
             (Obuchowski 1998), p is the larger one of its test and of the exact test in which each group may as well have \
             preferred the other model; a difference is shown if both find it",
            thousands(groups)
        ),
    };
    let mut notes = vec![
        format!(
            "{of_test}: each {each}, so that all hold at once and none \
             contradicts its verdict. They speak of other {images} of the same kind, not of other seeds or other training {images}."
        ),
        format!(
            "The detectable difference, in points, is the one that the test finds four times in five for models that differ \
             on as many {images}, or, where these are too few for any, on as many as it takes."
        ),
    ];
    notes.extend(note_on_few_that_differ(report));
    notes.extend(note_on_margin(report));
    notes
}

/// With how many images that differ Tango's interval holds as often as it says; with fewer, in 93 to 99 of 100 cases, by
/// how many of them either model is expected to have right (`results/levels.md`).
const FEWEST_FOR_TANGO: usize = 20;

fn note_on_few_that_differ(report: &Report) -> Option<String> {
    let differ = |pair: &Comparison| pair.only_first_right + pair.only_second_right;
    let mut counts = report.comparisons.iter().map(differ);
    let [_, images] = report.dataset.words();
    let is_said = report.groups.is_none() && counts.any(|count| count < FEWEST_FOR_TANGO);
    is_said.then(|| {
        format!(
            "Where wins and losses are fewer than {FEWEST_FOR_TANGO} together, an interval at 0.05 holds in 93 to 99 of 100 cases, \
             not in 95: so few {images} can only have a few outcomes."
        )
    })
}

fn notes_on_folds(report: &Report) -> Vec<String> {
    let freedom = report.comparisons.iter().find_map(|pair| pair.freedom);
    let freedom = freedom.map_or_else(String::new, |freedom| {
        let s = if freedom == 1.0 { "" } else { "s" };
        format!(" with {freedom} degree{s} of freedom")
    });
    let region = report.margin.map_or_else(
        || "half a point".to_owned(),
        |margin| format!("{} points", points(margin)),
    );
    let [_, images] = report.dataset.words();
    let mut notes = vec![
        format!(
            "Interval and p are of the t test{freedom} for folds that share training {images} (Nadeau and Bengio 2003), each \
             {}, so that all hold at once. The detectable difference, in points, is the one that the test finds four times in \
             five over as many folds that spread as these do; – where none could be found. Folds count alike; \
             wins and losses are of all of them together.",
            at_each(report.tests)
        ),
        format!(
            "The shares are of the Bayesian correlated t test (Corani and Benavoli 2015); models within {region} count as \
             equivalent."
        ),
    ];
    if report
        .comparisons
        .iter()
        .any(|of| of.difference_interval.is_none())
    {
        notes.push(
            "Of two models whose difference is the same in all folds there is no interval: such folds do not say how certain it is, \
             and no test is possible."
                .to_owned(),
        );
    }
    if report.protocol.folds() == Some(FIVE_BY_TWO) {
        notes.push(format!(
            "F is of the combined test of Alpaydin (1999), its p not adjusted; – with fewer than {FEWEST_FOR_HALVES} samples, \
             with which it finds too many differences."
        ));
    }
    notes.extend(note_on_margin(report));
    notes
}

/// At which level each pair is tested.
fn at_each(tests: usize) -> String {
    match tests {
        0 | 1 => "at 0.05".to_owned(),
        tests => format!("at 0.05 / {} (Bonferroni)", thousands(tests)),
    }
}

fn note_on_margin(report: &Report) -> Option<String> {
    let margin = points(report.margin?);
    Some(format!(
        "Differences below the margin of {margin} points do not matter: models are equivalent where the 90 % interval, which \
         is that of two one-sided tests (Schuirmann 1987), is within ± {margin}, and the first is not worse where it is above \
         −{margin}."
    ))
}

/// Pairs are compared by all metrics but accuracy, which has tables of its own, and those that say much the same as
/// another.
const NOT_OF_PAIRS: [Metric; 7] = [
    Metric::Accuracy,
    Metric::MacroPrecision,
    Metric::MacroRecall,
    Metric::WeightedPrecision,
    Metric::WeightedRecall,
    Metric::WeightedF1,
    Metric::Top3Accuracy,
];

/// Every pair of models by other metrics than accuracy.
#[derive(Serialize)]
pub(super) struct MetricPairs {
    metrics: Vec<&'static str>,
    rows: Vec<(String, String, Vec<String>)>,
    /// What marks in cells mean.
    notes: Vec<String>,
}

impl MetricPairs {
    /// Those metrics that some pair has; `None` over folds, where there are no intervals.
    pub(super) fn new(report: &Report, pairs: &[Comparison]) -> Option<Self> {
        let cell = |pair: &Comparison, metric: Metric| {
            let mut all = pair.metric_differences.iter();
            let found = all.find(|difference| difference.metric == metric);
            found.map_or_else(|| NONE.to_owned(), metric_difference)
        };
        let compared = pairs
            .iter()
            .filter(|pair| !pair.metric_differences.is_empty());
        let has = |pair: &Comparison, metric: Metric| {
            let mut all = pair.metric_differences.iter();
            all.any(|difference| difference.metric == metric)
        };
        let known = |metric: &Metric| compared.clone().any(|pair| has(pair, *metric));
        let metrics: Vec<Metric> = Metric::ALL
            .into_iter()
            .filter(|of| !NOT_OF_PAIRS.contains(of) && known(of))
            .collect();
        let rows: Vec<_> = compared
            .clone()
            .map(|pair| {
                let cells = metrics.iter().map(|&metric| cell(pair, metric));
                (pair.first.clone(), pair.second.clone(), cells.collect())
            })
            .collect();
        (!rows.is_empty()).then(|| Self {
            metrics: metrics.into_iter().map(Metric::heading).collect(),
            rows,
            notes: notes_on_few(report, pairs),
        })
    }
}

/// Why marked differences have no interval.
fn notes_on_few(report: &Report, pairs: &[Comparison]) -> Vec<String> {
    let units = match report.groups {
        None => report.dataset.words()[1],
        Some(_) => "groups",
    };
    let note = |why: &TooFew| match why {
        TooFew::Differing => format!(
            "{} no interval: too few {units} tell the two apart, fewer than {FEWEST_DIFFERING}.",
            mark(*why)
        ),
        TooFew::OfAClass => format!(
            "{} no interval: a class has fewer than {FEWEST_OF_A_CLASS} {units}, of areas under curves fewer than \
             {FEWEST_FOR_CURVES}.",
            mark(*why)
        ),
        TooFew::InAll => format!(
            "{} no interval: there are fewer than {FEWEST_SCORED} {units}; with so few, intervals hold less often than they should.",
            mark(*why)
        ),
    };
    let is_there = |why: &TooFew| {
        let mut all = pairs.iter().flat_map(|pair| &pair.metric_differences);
        all.any(|of| of.too_few == Some(*why))
    };
    let reasons = [TooFew::Differing, TooFew::OfAClass, TooFew::InAll];
    let reasons = reasons.iter().filter(|why| is_there(why)).map(note);
    reasons.chain(note_on_levels(units, pairs)).collect()
}

/// Of which metrics the intervals that are shown hold less often than they say (`results/levels.md`).
fn note_on_levels(units: &str, pairs: &[Comparison]) -> Option<String> {
    let is_shown = |metric: Metric| {
        let mut all = pairs.iter().flat_map(|pair| &pair.metric_differences);
        all.any(|of| of.interval.is_some() && of.metric == metric)
    };
    let metrics = [
        (
            Metric::MatthewsCorrelation,
            format!("with about 30 {units} of a class"),
        ),
        (Metric::RocAuc, "near 1".to_owned()),
        (
            Metric::PrAuc,
            format!("near 1 or with fewer than 100 {units} of a class"),
        ),
    ];
    let shown = metrics.into_iter().filter(|(metric, _)| is_shown(*metric));
    let shown: Vec<String> = shown
        .map(|(metric, at)| format!("of {} {at}", metric.heading()))
        .collect();
    (!shown.is_empty()).then(|| {
        format!(
            "Intervals {} hold in about 93 of 100 cases, not in 95.",
            words::and(&shown.iter().map(String::as_str).collect::<Vec<_>>())
        )
    })
}

fn mark(why: TooFew) -> &'static str {
    match why {
        TooFew::Differing => "†",
        TooFew::OfAClass => "‡",
        TooFew::InAll => "§",
    }
}

/// `0.0034 (−0.0012 – 0.0080)`
fn metric_difference(found: &MetricDifference) -> String {
    let difference = found.difference.0;
    if difference.is_infinite() {
        let whose = if difference > 0.0 { "first" } else { "second" };
        return format!("infinite for the {whose}");
    }
    match found.interval {
        Some(Interval { low, high }) => {
            format!("{} ({} – {})", four(difference), four(low), four(high))
        }
        None => match found.too_few {
            Some(why) => format!("{} {}", four(difference), mark(why)),
            None => four(difference),
        },
    }
}

/// Every pair of models on average over seeds; `None` where none depends on the seed.
pub(super) fn over_seeds(report: &Report, shown: &[Comparison]) -> Option<PairTable> {
    // The same in each pair that has it.
    let tests = report
        .comparisons
        .iter()
        .find_map(|pair| pair.over_seeds)?
        .tests;
    let row = |pair: &Comparison| Some(seed_row(pair, pair.over_seeds?));
    let titles = [
        "model",
        "against",
        "points ahead",
        "95 % interval",
        "adjusted p",
        "verdict",
        "detectable difference",
        "seeds to settle",
        "95 % interval, new seeds on new images",
        "% of seeds ahead",
    ];
    Some(PairTable {
        columns: titles.map(column).into(),
        rows: shown.iter().filter_map(row).collect(),
        notes: vec![
            format!(
                "On these images: interval and p are of the t test over seeds, seed by seed, because models share with a seed \
                 what they draw from it (orders of batches, initial weights); each {}. The detectable difference is \
                 the one that as many seeds show four times in five, and the seeds to settle are how many would show the \
                 difference seen so far, if means and spreads are as they seem.",
                at_each(tests)
            ),
            "With new seeds on new images: the interval of the difference that is expected, by an analysis of variance of seeds \
             and images, at the same level. Seeds ahead are those with which the first gets more images right, ties counting \
             half, with Wilson's interval for this pair alone (Bouthillier et al. 2021)."
                .to_owned(),
        ],
    })
}

fn seed_row(pair: &Comparison, found: OverSeeds) -> Vec<String> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let ahead = found.outperforming.map(|of| {
        let Interval { low, high } = of.interval;
        format!(
            "{} ({} – {})",
            percent(of.probability),
            percent(low),
            percent(high)
        )
    });
    vec![
        pair.first.clone(),
        pair.second.clone(),
        points(found.difference),
        or_none(found.interval.map(from_to)),
        probability(found.p_adjusted),
        words::relation(found.different, found.difference, found.relation).to_owned(),
        or_none(found.detectable_difference.map(points)),
        found
            .seeds_to_settle
            .map_or_else(String::new, |seeds| thousands(seeds as usize)),
        or_none(found.elsewhere.map(from_to)),
        or_none(ahead),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::crowd;
    use records::Number;

    /// Six hundred images of 26 classes are 23 of each.
    #[test]
    fn of_few_of_a_class_only_what_is_shown_is_said() {
        let class_names: Vec<String> = ('A'..='Z').map(String::from).collect();
        let class_names: Vec<&str> = class_names.iter().map(String::as_str).collect();
        let report = crowd(&["a", "b"], &class_names);
        let notes = notes_on_few(&report, &report.comparisons);
        let note = notes.iter().find(|note| note.starts_with('‡')).unwrap();
        assert!(
            note.ends_with("of areas under curves fewer than 60."),
            "{note}"
        );
    }

    #[test]
    fn a_pair_without_an_interval_is_explained() {
        use analysis::examples::report;
        use records::examples::{of_fold, run_over_folds, with_errors};
        let run = run_over_folds(&["a", "b"], &[0, 1].repeat(20), 1, 4);
        let notes = |of_b: [usize; 4]| {
            let of_fold = |fold: usize| {
                let cell = of_fold(0, fold as u16);
                [
                    with_errors(&run, "a", cell, 0),
                    with_errors(&run, "b", cell, of_b[fold]),
                ]
            };
            let fits: Vec<_> = (0..4).flat_map(of_fold).collect();
            notes_on_folds(&report(fits, run.clone())).join(" ")
        };
        assert!(notes([2; 4]).contains("folds that share training images"));
        let why = "whose difference is the same in all folds there is no interval";
        assert!(notes([2; 4]).contains(why), "{}", notes([2; 4]));
        assert!(!notes([1, 2, 1, 2]).contains(why));
    }

    #[test]
    fn without_an_interval_there_is_no_p() {
        let pair = |difference_interval| Comparison {
            difference_interval,
            ..analysis::examples::with_seeds(&[("a", &[3]), ("b", &[9])]).comparisons[0].clone()
        };
        let (low, high) = (0.1, 0.3);
        assert_eq!(cells(&pair(None))[6], NONE);
        assert_ne!(cells(&pair(Some(Interval { low, high })))[6], NONE);
    }

    /// Where `results/levels.md` shows that an interval holds less often than it says, so does the page.
    #[test]
    fn intervals_that_hold_less_often_are_named_beside_them() {
        use analysis::examples::report;
        use records::examples::{CELL, run, with_errors};
        let run = run(&["a", "b"], &[0, 1].repeat(100));
        let of = |wrong| {
            report(
                [("a", 0), ("b", wrong)]
                    .map(|(id, wrong)| with_errors(&run, id, CELL, wrong))
                    .to_vec(),
                run.clone(),
            )
        };
        let few = "holds in 93 to 99 of 100 cases";
        for (wrong, said) in [(0, true), (19, true), (20, false)] {
            assert_eq!(
                notes_on_images(&of(wrong)).join(" ").contains(few),
                said,
                "{wrong}"
            );
        }
        let report = of(30);
        let notes = notes_on_few(&report, &report.comparisons).join(" ");
        assert!(
            notes.contains("Intervals of Matthews with about 30 images of a class hold"),
            "{notes}"
        );
        assert!(notes.contains("in about 93 of 100 cases"), "{notes}");
        assert_eq!(note_on_levels("images", &[]), None);
    }

    #[test]
    fn a_loss_that_is_infinite_is_said_to_be_so() {
        let found = |difference: f64, interval| MetricDifference {
            metric: Metric::LogLoss,
            difference: Number(difference),
            interval,
            p_adjusted: None,
            different: false,
            too_few: None,
        };
        let said = metric_difference(&found(f64::NEG_INFINITY, None));
        assert_eq!(said, "infinite for the second");
        assert_eq!(metric_difference(&found(0.0, None)), "0.0000");
        let (low, high) = (-0.01, 0.01);
        let small = metric_difference(&found(-0.00001, Some(Interval { low, high })));
        assert_eq!(small, "0.0000 (−0.0100 – 0.0100)");
        let few = MetricDifference {
            too_few: Some(TooFew::Differing),
            ..found(0.01, None)
        };
        assert_eq!(metric_difference(&few), "0.0100 †");
    }
}
