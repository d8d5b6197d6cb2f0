//! What stands below the headline of a report: what the best models cost, and what remains open.

use crate::numbers::{duration, percent, points, signed};
use crate::words::detectable;
use analysis::{Comparison, Finished, Report, Standing};
use records::DatasetRecord;

/// What a model would get that always names the class of most of the judged samples.
pub(crate) fn floor(report: &Report) -> String {
    let names = &report.dataset.class_names;
    let mut counts = vec![0_usize; names.len()];
    for &label in &report.labels {
        counts[usize::from(label)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let class = counts.iter().position(|&count| count == most);
    let share = most as f64 / report.labels.len().max(1) as f64;
    let name = class.and_then(|class| names.get(class));
    let name = name.map_or("", String::as_str);
    format!(
        "always answering “{name}” would be right for {}",
        percent(share)
    )
}

/// At most two sentences.
pub(crate) fn lead(report: &Report) -> Vec<String> {
    let standings = report.standings();
    let costs = costs(&standings, &report.dataset);
    costs.into_iter().chain(open(report)).collect()
}

/// What the best costs, and beside it what could replace it, or else the next in rank.
fn costs(standings: &[Standing], data: &DatasetRecord) -> Option<String> {
    let (best, others) = standings.split_first()?;
    let cheaper = replacement(best, others);
    let beside = cheaper.or(others.first());
    let id = &best.model.id;
    let of_best = of_model(best.finished, data, None)?;
    Some(match beside {
        None => format!("{id} needs {of_best}."),
        Some(other) => {
            let of_other = of_model(other.finished, data, Some(best.finished))?;
            // How far a model that is told apart is behind stands in the headline.
            let behind = behind(best, other).filter(|_| best.is_equal(other));
            let mut said = vec![other.model.id.clone()];
            said.extend(behind);
            let other = match cheaper {
                Some(_) => format!("a cheaper choice, {},", said.join(", ")),
                None if said.len() == 1 => said.remove(0),
                None => said.join(", ") + ",",
            };
            format!("{id} needs {of_best}; {other} needs {of_other}.")
        }
    })
}

/// "1.25 points behind"; `None` of a model that is as often right.
pub(crate) fn behind(best: &Standing, other: &Standing) -> Option<String> {
    let difference = best.finished.quality.accuracy - other.finished.quality.accuracy;
    (difference > 0.0).then(|| format!("{} points behind", points(difference)))
}

/// Of the models that cannot be told apart from the best, the most accurate that saves at least half of the time to
/// fit, or half of that to predict and is not slower to fit.
pub(crate) fn replacement<'a>(
    best: &Standing,
    others: &'a [Standing<'a>],
) -> Option<&'a Standing<'a>> {
    let of_best = &best.finished.cost;
    let share = |cost: Option<f64>, than: Option<f64>| match (cost, than) {
        (Some(cost), Some(than)) => cost / than,
        _ => f64::INFINITY,
    };
    let mut equals = others.iter().filter(|other| best.is_equal(other));
    equals.find(|other| {
        let cost = &other.finished.cost;
        let fit = share(cost.fit_seconds, of_best.fit_seconds);
        let predict = share(cost.predict_seconds, of_best.predict_seconds);
        // Times of two machines cannot be compared.
        cost.is_comparable(of_best) && (fit <= 0.5 || (fit <= 1.0 && predict <= 0.5))
    })
}

/// What a model costs, and how many times as much as what another does; `None` where it is not known.
fn of_model(of: &Finished, data: &DatasetRecord, than: Option<&Finished>) -> Option<String> {
    let fit = of.cost.fit_seconds?;
    let than = than.filter(|than| than.cost.is_comparable(&of.cost));
    let more = times(fit, than.and_then(|than| than.cost.fit_seconds));
    let fit = format!("{}{more} to fit", duration(fit));
    let Some(predict) = of.cost.predict_seconds else {
        return Some(fit);
    };
    let more = times(predict, than.and_then(|than| than.cost.predict_seconds));
    let each = duration(predict / data.test.max(1) as f64);
    let [sample, _] = data.words();
    Some(format!("{fit} and {each}{more} to predict each {sample}"))
}

/// " (75 times less)"; nothing where the two are about the same.
fn times(cost: f64, than: Option<f64>) -> String {
    let said = |ratio: f64, how: &str| format!(" ({} times {how})", ratio_in_words(ratio));
    match than.map(|than| than / cost) {
        Some(less) if less >= 2.0 && less.is_finite() => said(less, "less"),
        Some(less) if less <= 0.5 && less > 0.0 => said(1.0 / less, "more"),
        _ => String::new(),
    }
}

/// "2.5", or "75".
pub(crate) fn ratio_in_words(ratio: f64) -> String {
    signed(ratio, usize::from(ratio < 9.95))
}

/// What nobody knows after this comparison.
pub(crate) fn open(report: &Report) -> Option<String> {
    let pairs = report.comparisons.len();
    let all = report.comparisons.iter();
    let open: Vec<&Comparison> = all.filter(|pair| pair.is_open()).collect();
    (pairs > 1 && !open.is_empty()).then(|| {
        format!(
            "{} of {pairs} pairs of models cannot be told apart ({}).",
            open.len(),
            detectable(&open)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::{with_costs, with_seeds};

    #[test]
    fn the_cheaper_choice_is_the_most_accurate_of_those_that_save_half() {
        let models = [("a", 2, 9.0), ("b", 3, 6.0), ("c", 4, 3.0), ("d", 5, 0.1)];
        let said = lead(&with_costs(&models, 1_000));
        assert!(
            said[0].contains("; a cheaper choice, c, 0.20 points behind, needs 3.00\u{a0}s (3.0 times less) to fit"),
            "{said:?}"
        );
    }

    #[test]
    fn costs_are_of_the_best_and_of_what_could_replace_it() {
        let all = with_seeds(&[("a", &[2]), ("b", &[3]), ("c", &[90])]);
        assert_eq!(
            lead(&all),
            [
                "a needs 100\u{a0}ms to fit and 1.00\u{a0}µs to predict each image; b, 0.10 points behind, needs 100\u{a0}ms to fit and 1.00\u{a0}µs to predict each image.",
                "1 of 3 pairs of models cannot be told apart (detectable difference: 0.91 points)."
            ]
        );
        let costs = [(1.0, 75.2), (2.0, 0.5), (1.0, 1.2)];
        let said = costs.map(|(cost, than)| times(cost, Some(than)));
        assert_eq!(said, [" (75 times less)", " (4.0 times more)", ""]);
        assert_eq!(
            floor(&all),
            "always answering “cat” would be right for 50.00 %"
        );
        let alone = lead(&with_seeds(&[("a", &[2])]));
        assert_eq!(
            alone,
            ["a needs 100\u{a0}ms to fit and 1.00\u{a0}µs to predict each image."]
        );
    }
}
