//! What stands below the headline of a report: what the best models cost, and what remains open.

use crate::numbers::significant;
use analysis::{Finished, Report, Standing};

/// At most two sentences.
pub(crate) fn lead(report: &Report) -> Vec<String> {
    let standings = report.standings();
    let costs = costs(&standings, report.dataset.test);
    costs.into_iter().chain(open(report)).collect()
}

/// What the best costs, and beside it the cheapest of those that cannot be told apart from it, or else
/// the next in rank.
fn costs(standings: &[Standing], judged: usize) -> Option<String> {
    let (best, others) = standings.split_first()?;
    let is_equal = |other: &&Standing| {
        other
            .letters
            .contains(|letter| best.letters.contains(letter))
    };
    let fit = |of: &&Standing| of.finished.cost.fit_seconds.unwrap_or(f64::INFINITY);
    let equals = others.iter().filter(is_equal);
    let beside = equals
        .min_by(|a, b| fit(a).total_cmp(&fit(b)))
        .or(others.first());
    let id = &best.model.id;
    let of_best = of_model(best.finished, judged)?;
    Some(match beside {
        None => format!("{id} needs {of_best}."),
        Some(other) => {
            let of_other = of_model(other.finished, judged)?;
            format!("{id} needs {of_best}, {} {of_other}.", other.model.id)
        }
    })
}

/// `None` where it is not known.
fn of_model(of: &Finished, judged: usize) -> Option<String> {
    let fit = significant(of.cost.fit_seconds?);
    let predict = of.cost.predict_seconds.map(|seconds| {
        let each = significant(seconds / judged.max(1) as f64 * 1e6);
        format!(" and {each} µs for each prediction")
    });
    Some(format!("{fit} s to fit{}", predict.unwrap_or_default()))
}

/// What nobody knows after this comparison.
pub(crate) fn open(report: &Report) -> Option<String> {
    let several = report.comparisons.len() > 1;
    let open = report
        .comparisons
        .iter()
        .filter(|pair| !pair.different)
        .count();
    let pairs = report.comparisons.len();
    let is_open = several && open > 0;
    is_open.then(|| format!("Open: which is better in {open} of {pairs} pairs."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples::with_seeds;

    #[test]
    fn costs_are_of_the_best_and_of_what_could_replace_it() {
        let all = with_seeds(&[("a", &[2]), ("b", &[3]), ("c", &[90])]);
        assert_eq!(
            lead(&all),
            [
                "a needs 0.100 s to fit and 1.00 µs for each prediction, b 0.100 s to fit and 1.00 µs for each prediction.",
                "Open: which is better in 1 of 3 pairs."
            ]
        );
        let alone = lead(&with_seeds(&[("a", &[2])]));
        assert_eq!(
            alone,
            ["a needs 0.100 s to fit and 1.00 µs for each prediction."]
        );
    }
}
