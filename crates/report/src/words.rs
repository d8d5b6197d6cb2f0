//! What things are called in sentences.

use crate::numbers::{points, probability};
use analysis::{Agreement, Comparison, Incomparable, Price, Report, Status};
use records::one_line;
use records::{JudgedOn, Search, TuningBudget};
use statistics::{Interval, Posterior, Relation};

/// The samples that models are judged on: "test images", "held-out rows".
pub(crate) fn judged_images(report: &Report) -> String {
    judged(report.protocol.judged_on, report.dataset.words())
}

/// The same of samples that are called as `words` says, one and several.
pub(crate) fn judged(on: JudgedOn, [_, images]: [&str; 2]) -> String {
    let which = match on {
        JudgedOn::Test => "test",
        JudgedOn::Validation { .. } => "validation",
        JudgedOn::Folds(_) => "held-out",
    };
    format!("{which} {images}")
}

/// "a", "a and b", "a, b and c".
pub(crate) fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Equals, by name where they are few: "a", "a and b", "5 models"; and whether they are several.
pub(crate) fn leaders(names: &[&str]) -> (String, bool) {
    match names.len() {
        0..=3 => (and(names), names.len() > 1),
        many => (format!("{many} models"), true),
    }
}

/// What became of a model, on one line.
pub(crate) fn status(status: Status, reason: Option<&str>) -> String {
    let reason = reason.map(one_line);
    match status {
        Status::Finished => "finished".to_owned(),
        Status::Failed => format!("failed: {}", reason.as_deref().unwrap_or("no reason given")),
        Status::Cancelled => "cancelled".to_owned(),
        Status::Missing => reason.unwrap_or_else(|| "did not get its turn".to_owned()),
    }
}

/// What is shown of a first model against a second, in a cell of a table.
pub(crate) fn relation(
    different: bool,
    difference: f64,
    relation: Option<Relation>,
) -> &'static str {
    match relation {
        Some(Relation::Equivalent) => "equivalent",
        Some(Relation::NotWorse) => "not worse",
        Some(Relation::Undecided) => "undecided",
        None if !different => "cannot be told apart",
        // What is shown to be better or worse is ahead or behind.
        Some(Relation::Better | Relation::Worse) | None if difference < 0.0 => "worse",
        Some(Relation::Better | Relation::Worse) | None => "better",
    }
}

/// What difference could have been seen, if there was a test.
pub(crate) fn power(detectable: Option<f64>, tested: bool) -> String {
    match detectable {
        Some(difference) => format!("detectable difference: {} points", points(difference)),
        None if tested => "no difference is detectable, however large".to_owned(),
        None => "no detectable difference is known".to_owned(),
    }
}

/// What could have been seen of pairs that cannot be told apart.
pub(crate) fn detectable(pairs: &[&Comparison]) -> String {
    let known = pairs.iter().filter_map(|pair| pair.detectable_difference);
    let without = pairs
        .iter()
        .filter(|pair| pair.detectable_difference.is_none());
    // Folds that all show the same difference say nothing of their spread.
    let (tested, untested): (Vec<&Comparison>, Vec<&Comparison>) =
        without.partition(|pair| pair.difference_interval.is_some());
    let largest = known.clone().reduce(f64::max);
    let first = match largest {
        Some(largest) if known.count() > 1 => {
            format!(
                "detectable difference of a pair: up to {} points",
                points(largest)
            )
        }
        one => power(one, !tested.is_empty()),
    };
    let of = |some: &[&Comparison], what: &str| match some.len() {
        0 => String::new(),
        _ if some.len() == pairs.len() => String::new(),
        1 => format!("; of 1 pair {what}"),
        several => format!("; of {several} pairs {what}"),
    };
    let none_at_all = if largest.is_some() {
        of(&tested, "none is detectable, however large")
    } else {
        String::new()
    };
    first + &none_at_all + &of(&untested, "none is known")
}

/// What letters beside models mean.
pub(crate) fn letters(report: &Report) -> String {
    match report.margin {
        None => "Models that share a letter cannot be told apart.".to_owned(),
        Some(margin) => format!(
            "Models that share a letter are not shown to differ. The table of pairs says which are equivalent within {} \
             points.",
            points(margin)
        ),
    }
}

/// How probable it is, in %, that the first is better, neither, the second.
pub(crate) fn shares(posterior: Posterior) -> String {
    let share = |p: f64| format!("{:.0}", p * 100.0);
    format!(
        "{} / {} / {}",
        share(posterior.first_better),
        share(posterior.equivalent),
        share(posterior.second_better)
    )
}

/// What came of fitting again.
pub fn agreement_in_words(agreement: &Agreement) -> String {
    let differ = |differing: usize| match differing {
        0 => "the probabilities differ".to_owned(),
        1 => "1 prediction differs".to_owned(),
        n => format!("{n} predictions differ"),
    };
    let adjusted = |tests: usize, what: &str| match tests {
        0 | 1 => String::new(),
        tests => format!("{what} adjusted for {tests} fits"),
    };
    let at_once = |tests: usize, what: &str| match tests {
        0 | 1 => String::new(),
        tests => format!("{}, whose intervals hold at once", adjusted(tests, what)),
    };
    match agreement {
        Agreement::Identical => "bit-identical".to_owned(),
        Agreement::Equivalent {
            differing,
            interval: Interval { low, high },
            margin,
            tests,
        } => format!(
            "{}: statistically equal within {} points (90 % interval {} to {}{})",
            differ(*differing),
            points(*margin),
            points(*low),
            points(*high),
            at_once(*tests, ",")
        ),
        Agreement::NotShown {
            differing,
            p,
            interval: Interval { low, high },
            detectable,
            tests,
        } => format!(
            "{}, {}: no evidence that one is better (95 % interval {} to {}; {}{})",
            differ(*differing),
            probability(*p),
            points(*low),
            points(*high),
            power(*detectable, true),
            at_once(*tests, "; p")
        ),
        Agreement::Different {
            differing,
            p,
            tests,
        } => format!(
            "different: {}, {}{}",
            differ(*differing),
            probability(*p),
            adjusted(*tests, ",")
        ),
        Agreement::Unfinished { reason: None } => "did not finish".to_owned(),
        Agreement::Unfinished {
            reason: Some(reason),
        } => format!("failed: {}", one_line(reason)),
    }
}

/// Why the fits of two runs cannot be compared.
pub(crate) fn incomparable_in_words(why: &Incomparable) -> String {
    match why {
        Incomparable::OtherData => "not of the same data".to_owned(),
        Incomparable::OtherImages => "not judged on the same samples".to_owned(),
        Incomparable::Unfinished(runs) => {
            let runs = runs.iter().zip(["first", "second"]);
            let unfinished = runs.filter_map(|(ended, run)| {
                let (became, reason) = ended.as_ref()?;
                let became = status(*became, reason.as_deref());
                Some(format!("{became} in the {run} run"))
            });
            unfinished.collect::<Vec<_>>().join("; ")
        }
    }
}

/// A price that is weighed against the error.
pub(crate) fn price(price: Price) -> &'static str {
    match price {
        Price::FitTime => "fit time",
        Price::Latency => "single prediction",
        Price::SlowLatency => "its 99th percentile",
        Price::Size => "parameters",
    }
}

/// How values were chosen.
pub(crate) fn search(search: Search) -> &'static str {
    match search {
        Search::Random => "random search",
        Search::Grid => "grid search",
        Search::Tpe => "a tree-structured Parzen estimator",
        Search::Halving => "successive halving",
        Search::Asha => "asynchronous successive halving (ASHA)",
    }
}

/// What each model of a search could spend.
pub(crate) fn budget(budget: TuningBudget) -> String {
    match budget {
        TuningBudget::Trials(1) => "1 trial".to_owned(),
        TuningBudget::Trials(trials) => format!("{trials} trials"),
        TuningBudget::Seconds(1.0) => "1 second of fitting".to_owned(),
        TuningBudget::Seconds(seconds) => format!("{seconds} seconds of fitting"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::with_seeds;

    #[test]
    fn no_evidence_of_a_difference_is_not_called_equality() {
        let (differing, p) = (3, 0.25);
        let not_shown = |detectable, tests| {
            agreement_in_words(&Agreement::NotShown {
                differing,
                p,
                interval: Interval {
                    low: -0.01,
                    high: 0.002,
                },
                detectable,
                tests,
            })
        };
        assert_eq!(
            not_shown(Some(0.02), 1),
            "3 predictions differ, p = 0.250: no evidence that one is better (95 % interval −1.00 to 0.20; detectable difference: 2.00 points)"
        );
        assert_eq!(
            not_shown(None, 20),
            "3 predictions differ, p = 0.250: no evidence that one is better (95 % interval −1.00 to 0.20; no difference is detectable, however large; p adjusted for 20 fits, whose intervals hold at once)"
        );
        let different = |tests| {
            agreement_in_words(&Agreement::Different {
                differing,
                p: 0.004,
                tests,
            })
        };
        assert_eq!(different(1), "different: 3 predictions differ, p = 0.004");
        assert_eq!(
            different(20),
            "different: 3 predictions differ, p = 0.004, adjusted for 20 fits"
        );
        let equal = |tests| {
            agreement_in_words(&Agreement::Equivalent {
                differing,
                interval: Interval {
                    low: -0.001,
                    high: 0.0005,
                },
                margin: 0.003,
                tests,
            })
        };
        assert_eq!(
            equal(1),
            "3 predictions differ: statistically equal within 0.30 points (90 % interval −0.10 to 0.05)"
        );
        assert_eq!(
            equal(20),
            "3 predictions differ: statistically equal within 0.30 points (90 % interval −0.10 to 0.05, adjusted for 20 fits, whose intervals hold at once)"
        );
        let reason = Some("panicked:\n  twice".to_owned());
        assert_eq!(
            agreement_in_words(&Agreement::Unfinished { reason }),
            "failed: panicked: twice"
        );
    }

    #[test]
    fn pairs_of_which_no_difference_is_detectable_are_counted() {
        let report = with_seeds(&[("a", &[3]), ("b", &[9])]);
        let pair = |detectable_difference, tested: bool| {
            let of = report.comparisons[0].clone();
            Comparison {
                detectable_difference,
                difference_interval: of.difference_interval.filter(|_| tested),
                ..of
            }
        };
        let [one, two] = [0.01, 0.02].map(|of| pair(Some(of), true));
        let [none, unknown] = [true, false].map(|tested| pair(None, tested));
        for (pairs, said) in [
            (vec![&one], "detectable difference: 1.00 points"),
            (
                vec![&one, &two],
                "detectable difference of a pair: up to 2.00 points",
            ),
            (
                vec![&one, &unknown],
                "detectable difference: 1.00 points; of 1 pair none is known",
            ),
            (
                vec![&one, &none, &two, &none, &unknown, &unknown, &unknown],
                "detectable difference of a pair: up to 2.00 points; of 2 pairs none is detectable, however large; of 3 pairs none is known",
            ),
            (
                vec![&none, &none],
                "no difference is detectable, however large",
            ),
            (
                vec![&none, &unknown],
                "no difference is detectable, however large; of 1 pair none is known",
            ),
            (
                vec![&unknown, &unknown],
                "no detectable difference is known",
            ),
        ] {
            assert_eq!(detectable(&pairs), said);
        }
    }

    #[test]
    fn both_runs_say_what_became_of_a_model() {
        let failed = Some((Status::Failed, Some("no memory".to_owned())));
        let missing = Some((Status::Missing, None));
        assert_eq!(
            incomparable_in_words(&Incomparable::Unfinished([failed, missing])),
            "failed: no memory in the first run; did not get its turn in the second run"
        );
    }
}
