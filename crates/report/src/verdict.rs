//! What the comparison says, in sentences.

use crate::comparison::ranked;
use crate::{Comparison, JudgedOn, Report};

/// The verdict on a report, a sentence each: who is ahead, then every model against the next in
/// rank. P values are adjusted for all comparisons of the report.
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
        first.push_str(", more than any other model, and not by chance.");
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
        .collect()
}

/// The images that models are judged on, in words.
struct Images {
    /// "10000 test images".
    named: String,
    /// "these 10000 images".
    these: String,
}

impl Images {
    fn of(report: &Report) -> Self {
        let (judged_on, count) = (report.protocol.judged_on, report.dataset.test);
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
    let points = |share: f64| format!("{:.2}", share * 100.0).replace('-', "−");
    if pair.only_first_right + pair.only_second_right == 0 {
        return format!(
            "{} and {} get the same images right.",
            pair.first, pair.second
        );
    }
    let difference = points(pair.difference);
    let Some(interval) = pair.difference_interval else {
        return format!(
            "{} and {} cannot be told apart with {these}: a difference of {difference} points in each is no test.",
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
        let power = pair
            .detectable_difference
            .map_or_else(String::new, |difference| {
                let smallest = points(difference);
                format!("; the smallest difference that they would show is {smallest} points")
            });
        format!(
            "{} and {} cannot be told apart with {these} ({evidence}{power}).",
            pair.first, pair.second
        )
    }
}

/// `p = 0.034`, or `p < 1e-12` where the exact value means nothing to anybody.
pub(crate) fn probability(p: f64) -> String {
    if p >= 0.001 {
        return format!("p = {p:.3}");
    }
    // Smaller ones may be 0 only because there is no such number.
    let exponent = (p.log10().floor() as i32).saturating_add(1).max(-300);
    format!("p < 1e{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;
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
            sentence(&pair(0.053, 3e-51), "these 10000 images"),
            "a is better than b by 5.30 points (95 % interval 5.10 to 5.50, p < 1e-50)."
        );
        assert_eq!(
            sentence(&pair(0.001, 0.2), "these 10000 images"),
            "a and b cannot be told apart with these 10000 images (95 % interval −0.10 to 0.30, p = 0.200; the smallest difference that they would show is 0.12 points)."
        );
        let same = Comparison {
            only_first_right: 0,
            only_second_right: 0,
            ..pair(0.0, 1.0)
        };
        assert_eq!(
            sentence(&same, "these 10000 images"),
            "a and b get the same images right."
        );
        let without_spread = Comparison {
            difference_interval: None,
            ..pair(0.2, 1.0)
        };
        assert_eq!(
            sentence(&without_spread, "these 4 folds"),
            "a and b cannot be told apart with these 4 folds: a difference of 20.00 points in each is no test."
        );
    }

    #[test]
    fn a_probability_is_below_what_is_printed() {
        for (p, printed) in [
            (1.0, "p = 1.000"),
            (0.001, "p = 0.001"),
            (9.9e-4, "p < 1e-3"),
            (1e-5, "p < 1e-4"),
            (1e-307, "p < 1e-300"),
            (0.0, "p < 1e-300"),
        ] {
            assert_eq!(probability(p), printed);
        }
    }
}
