//! What the comparison says, in sentences.

use crate::comparison::ranked;
use crate::numbers::{points, probability, thousands};
use crate::{Comparison, JudgedOn, ModelSummary, Report};

/// The verdict on a report, a sentence each: who is ahead, then every model against the next in
/// rank, then what all of this is of. P values are adjusted for all comparisons of the report.
pub fn verdict(report: &Report) -> Vec<String> {
    let ranked = ranked(&report.models);
    let Some(best) = ranked.first() else {
        return vec!["No model finished.".to_owned()];
    };
    let images = Images::of(report);
    let mut first = format!(
        "{} gets {:.2} % of the {} right",
        best.id,
        best.test_accuracy.unwrap_or(0.0) * 100.0,
        images.named,
    );
    let of_best = report
        .comparisons
        .iter()
        .filter(|pair| pair.first == best.id);
    let equals: Vec<&str> = of_best
        .filter(|pair| !pair.different)
        .map(|pair| pair.second.as_str())
        .collect();
    if report.comparisons.is_empty() {
        first.push('.');
    } else if equals.is_empty() {
        first.push_str(", significantly more than any other model.");
    } else {
        first.push_str(", and cannot be told apart from ");
        first.push_str(&equals.join(", "));
        first.push('.');
    }
    let neighbours = ranked.windows(2).filter_map(|pair| {
        let is_this = |c: &&Comparison| c.first == pair[0].id && c.second == pair[1].id;
        report.comparisons.iter().find(is_this)
    });
    std::iter::once(first)
        .chain(neighbours.map(|pair| sentence(pair, &images.these)))
        .chain(of_all_pairs(report.comparisons.len()))
        .chain(of_seeds(report, best))
        .collect()
}

/// What intervals and p values are of, where there are several.
fn of_all_pairs(pairs: usize) -> Option<String> {
    (pairs > 1).then(|| {
        format!(
            "Intervals are in points, of each pair alone; p is adjusted for all {} pairs (Holm).",
            thousands(pairs)
        )
    })
}

/// Which of several seeds the verdict is of, and in how many the best model is the best.
fn of_seeds(report: &Report, best: &ModelSummary) -> Option<String> {
    let seeds = report.protocol.seeds;
    let several = report.finished().any(|model| model.fits.len() > 1);
    if seeds < 2 || !several || report.protocol.folds > 0 {
        return None;
    }
    let of = format!("All of this is of the first of {seeds} seeds");
    if report.comparisons.is_empty() {
        return Some(of + ".");
    }
    let accuracy = |model: &ModelSummary, seed: usize| match model.fits.get(seed) {
        Some(fit) => fit.accuracy,
        None => model.test_accuracy.unwrap_or(0.0),
    };
    let is_best = |&seed: &usize| {
        let most = accuracy(best, seed);
        report.finished().all(|model| accuracy(model, seed) <= most)
    };
    let times = (0..seeds).filter(is_best).count();
    let best = &best.id;
    Some(format!(
        "{of}; in {times} of them no model gets more images right than {best}."
    ))
}

/// The images that models are judged on, in words.
struct Images {
    /// "10 000 test images".
    named: String,
    /// "these 10 000 images".
    these: String,
}

impl Images {
    fn of(report: &Report) -> Self {
        let (judged_on, count) = (report.protocol.judged_on, thousands(report.dataset.test));
        let folds = report.protocol.folds * report.protocol.repeats;
        Self {
            named: format!("{count} {}", judged_on.images()),
            these: match judged_on {
                JudgedOn::Folds => format!("these {folds} folds"),
                JudgedOn::Test | JudgedOn::Validation => format!("these {count} images"),
            },
        }
    }
}

fn sentence(pair: &Comparison, these: &str) -> String {
    if pair.only_first_right + pair.only_second_right == 0 {
        return format!(
            "{} and {} get the same images right.",
            pair.first, pair.second
        );
    }
    let difference = points(pair.difference);
    let Some(interval) = pair.difference_interval else {
        return format!(
            "{} and {} cannot be told apart with {these}: all folds differ by {difference} points, so no test is possible.",
            pair.first, pair.second
        );
    };
    let evidence = format!(
        "95 % interval {} to {}, {}",
        points(interval.low),
        points(interval.high),
        probability(pair.p_adjusted)
    );
    if pair.different {
        format!(
            "{} is better than {} by {difference} points ({evidence}).",
            pair.first, pair.second
        )
    } else {
        let power = match (pair.detectable_difference, pair.mid_p) {
            (Some(difference), _) => format!(
                "; the smallest difference that these images would reveal is {} points",
                points(difference)
            ),
            (None, Some(_)) => "; they differ on too few of them to show a difference".to_owned(),
            // Over folds there is no such difference.
            (None, None) => String::new(),
        };
        format!(
            "{} and {} cannot be told apart with {these} ({evidence}{power}).",
            pair.first, pair.second
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;
    use statistics::Interval;

    fn pair(difference: f64, p: f64) -> Comparison {
        Comparison {
            first: "a".to_owned(),
            second: "b".to_owned(),
            only_first_right: 9,
            only_second_right: 3,
            difference,
            difference_interval: Some(Interval {
                low: difference - 0.002,
                high: difference + 0.002,
            }),
            metric_differences: Vec::new(),
            p,
            mid_p: Some(p),
            p_adjusted: p,
            different: p < 0.05,
            detectable_difference: Some(0.0012),
            over_seeds: None,
            seeds_to_settle: None,
            posterior: None,
            five_by_two: None,
        }
    }

    #[test]
    fn sentences_say_whether_there_is_a_difference_and_how_large() {
        assert_eq!(
            sentence(&pair(0.053, 3e-51), "these 10\u{a0}000 images"),
            "a is better than b by 5.30 points (95 % interval 5.10 to 5.50, p < 1e-50)."
        );
        assert_eq!(
            sentence(&pair(0.001, 0.2), "these 10\u{a0}000 images"),
            "a and b cannot be told apart with these 10\u{a0}000 images (95 % interval −0.10 to 0.30, p = 0.200; the smallest difference that these images would reveal is 0.12 points)."
        );
        let few = Comparison {
            detectable_difference: None,
            ..pair(0.001, 0.2)
        };
        assert_eq!(
            sentence(&few, "these 100 images"),
            "a and b cannot be told apart with these 100 images (95 % interval −0.10 to 0.30, p = 0.200; they differ on too few of them to show a difference)."
        );
        let same = Comparison {
            only_first_right: 0,
            only_second_right: 0,
            ..pair(0.0, 1.0)
        };
        assert_eq!(
            sentence(&same, "these 10\u{a0}000 images"),
            "a and b get the same images right."
        );
        let without_spread = Comparison {
            difference_interval: None,
            ..pair(0.2, 1.0)
        };
        assert_eq!(
            sentence(&without_spread, "these 4 folds"),
            "a and b cannot be told apart with these 4 folds: all folds differ by 20.00 points, so no test is possible."
        );
    }

    /// With the second seed, b gets more right than a; c does not depend on it.
    #[test]
    fn a_verdict_says_what_it_is_of() {
        let models: [(&str, &[usize]); 3] = [("a", &[2, 9, 3]), ("b", &[6, 4, 9]), ("c", &[90])];
        let sentences = verdict(&examples::with_seeds(&models));
        assert_eq!(
            sentences[0],
            "a gets 99.80 % of the 1\u{a0}000 test images right, and cannot be told apart from b."
        );
        assert_eq!(
            sentences[3..],
            [
                "Intervals are in points, of each pair alone; p is adjusted for all 3 pairs (Holm).",
                "All of this is of the first of 3 seeds; in 2 of them no model gets more images right than a."
            ]
        );
        let ahead = verdict(&examples::with_seeds(&[("a", &[2]), ("c", &[90])]));
        assert_eq!(
            ahead[0],
            "a gets 99.80 % of the 1\u{a0}000 test images right, significantly more than any other model."
        );
        assert_eq!(ahead.len(), 2, "{ahead:?}");
    }
}
