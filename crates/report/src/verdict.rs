//! What the comparison says, in sentences.

use crate::lead::open;
use crate::numbers::{points, probability, thousands};
use crate::words::{self, detectable};
use analysis::{Comparison, ModelChange, Report, Seeds, Verdict};
use records::JudgedOn;
use statistics::{Interval, Relation};

/// The verdict on a report, a sentence each: who is ahead, then every model against the next in
/// rank or against the baseline, then what all of this is of.
pub fn verdict(report: &Report) -> Vec<String> {
    let Some(verdict) = report.verdict() else {
        return vec!["No model finished.".to_owned()];
    };
    let these = these(report);
    let pairs = verdict.sentences.iter();
    std::iter::once(headline(report, &verdict))
        .chain(pairs.map(|pair| sentence(pair, &these, report.margin)))
        .chain(of_all_pairs(report))
        .chain(verdict.seeds.map(|seeds| of_seeds(seeds, &verdict.best.id)))
        .collect()
}

/// The verdict in three sentences: who is ahead, by how much of the next in rank, and what remains open; and
/// what they are of, where it is not all of the report.
pub fn summary(report: &Report) -> Vec<String> {
    let Some(verdict) = report.verdict() else {
        return vec!["No model finished.".to_owned()];
    };
    let these = these(report);
    let pairs = verdict.sentences.iter().take(1);
    std::iter::once(headline(report, &verdict))
        .chain(pairs.map(|pair| sentence(pair, &these, report.margin)))
        .chain(open(report))
        .chain(report.baseline.as_ref().and_then(|_| of_all_pairs(report)))
        .chain(verdict.seeds.map(|seeds| of_seeds(seeds, &verdict.best.id)))
        .collect()
}

/// How a model compares in two runs. `margin` is the largest difference in accuracy that does not matter.
pub(crate) fn change_in_words(change: &ModelChange, margin: Option<f64>) -> String {
    match (&change.compared, &change.reason) {
        _ if change.same_predictions == Some(true) => "the same predictions".to_owned(),
        (Some(pair), _) => sentence(pair, "these samples", margin),
        (None, Some(why)) => words::incomparable_in_words(why),
        (None, None) => String::new(),
    }
}

/// Who is ahead, of whom, and by how much.
fn headline(report: &Report, verdict: &Verdict) -> String {
    let Verdict { best, accuracy, .. } = verdict;
    let tied = if report.baseline.is_none() {
        tied(report, verdict)
    } else {
        Vec::new()
    };
    let right = share_right(report, verdict, &tied);
    if report.margin.is_some() && !verdict.against.is_empty() {
        return format!("{right}; {}.", within_margin(report, verdict));
    }
    let all = verdict.against.len();
    let behind = |id: &str| {
        let found = report.finished().find(|(model, _)| model.id == id);
        let other = found.map_or(0.0, |(_, of)| of.quality.accuracy);
        format!("{} points", points(accuracy - other))
    };
    let against = verdict.against.iter();
    // From the best, and from those that tie with it.
    let is_apart = |id: &str| {
        let pairs = tied.iter().map(|tied| report.pair(tied, id));
        pairs.flatten().all(|pair| pair.different)
    };
    let others_than_tied = against.filter(|of| !tied.contains(&of.0));
    let equals = others_than_tied.filter(|of| !of.1 || !is_apart(of.0));
    let equals: Vec<&str> = equals.map(|of| of.0).collect();
    let next = verdict.against.iter().find(|of| of.1 && is_apart(of.0));
    let next = next.map(|of| of.0);
    let first_apart = match (next, report.baseline.is_some()) {
        (Some(next), false) => format!(
            "; the first that is shown to be worse, {next}, is {} behind",
            behind(next)
        ),
        _ => String::new(),
    };
    let of_best = |id: &&str| report.pair(&best.id, id);
    let open: Vec<&Comparison> = tied.iter().chain(&equals).filter_map(of_best).collect();
    let power = detectable(&open);
    match (&report.baseline, next) {
        _ if all == 0 => right + ".",
        (Some(baseline), Some(_)) if *baseline != best.id && equals.is_empty() => {
            let ahead = behind(baseline);
            format!("{right}, significantly more than {baseline}, the baseline: by {ahead}.")
        }
        (_, Some(next)) if all == 1 => {
            format!(
                "{right}, significantly more than {next}, which is {} behind.",
                behind(next)
            )
        }
        (_, Some(next)) if equals.is_empty() && tied.is_empty() => format!(
            "{right}, significantly more than any other model: the next, {next}, is {} behind.",
            behind(next)
        ),
        _ if equals.is_empty() => {
            format!("{right}, and cannot be told apart from each other ({power}){first_apart}.")
        }
        _ => {
            let each_other = match tied.len() {
                0 => "",
                _ => " from each other or",
            };
            let equals = others(&equals, ANY, all - tied.len());
            format!(
                "{right}, and cannot be told apart{each_other} from {equals} ({power}){first_apart}."
            )
        }
    }
}

/// What is shown of the best model against those that it is compared with, where there is a margin.
fn within_margin(report: &Report, verdict: &Verdict) -> String {
    let best = verdict.best.id.as_str();
    let all = verdict.against.len();
    let (mut equivalent, mut not_worse, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let mut apart = None;
    for &(id, _) in &verdict.against {
        let Some(pair) = report.pair(best, id) else {
            continue;
        };
        match pair.relation {
            Some(Relation::Equivalent) => equivalent.push(id),
            // Where the best is the second of the two, both get as many right, and neither is worse.
            Some(Relation::NotWorse) => not_worse.push(id),
            _ if pair.is_open() => open.push((id, pair)),
            _ => apart = apart.or(Some((id, points(pair.difference.abs())))),
        }
    }
    let mut said = Vec::new();
    if !equivalent.is_empty() {
        said.push(format!(
            "is equivalent to {}",
            others(&equivalent, ALL, all)
        ));
    }
    if !not_worse.is_empty() {
        let others = others(&not_worse, ANY, all);
        said.push(format!("is not worse than {others}"));
    }
    if !open.is_empty() {
        let (names, pairs): (Vec<&str>, Vec<&Comparison>) = open.into_iter().unzip();
        said.push(format!(
            "cannot be told apart from {} ({})",
            others(&names, ANY, all),
            detectable(&pairs)
        ));
    }
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let margin = points(report.margin.unwrap_or_default());
    let shown = format!(
        "within a margin of {margin} points {best} {}",
        words::and(&said)
    );
    match apart {
        Some((id, behind)) if said.is_empty() => {
            format!(
                "it is better than all that it is compared with: {id} is {behind} points behind"
            )
        }
        Some((id, behind)) => {
            format!("{shown}; the first that is shown to be worse, {id}, is {behind} points behind")
        }
        None => shown,
    }
}

/// The other models that get as many right as the best.
fn tied<'a>(report: &'a Report, verdict: &Verdict) -> Vec<&'a str> {
    let ranked = report.ranked().into_iter().skip(1);
    let tied = ranked.take_while(|(_, of)| of.quality.accuracy == verdict.accuracy);
    tied.map(|(model, _)| model.id.as_str()).collect()
}

/// "a and b get 98.00 % of the 1 000 test images right".
fn share_right(report: &Report, verdict: &Verdict, tied: &[&str]) -> String {
    let [image, _] = report.dataset.words();
    let best = verdict.best.id.as_str();
    let who = match tied {
        [] => format!("{best} gets"),
        [_] | [_, _] => format!("{} get", words::and(&[&[best], tied].concat())),
        _ => format!("{best} and {} others get", tied.len()),
    };
    match report.dataset.test {
        1 if verdict.accuracy > 0.5 => format!("{who} the only {image} right"),
        1 => format!("{who} the only {image} wrong"),
        count => {
            let share = format!(
                "{who} {:.2} % of the {} {} right",
                verdict.accuracy * 100.0,
                thousands(count),
                words::judged_images(report)
            );
            // Folds of other sizes weigh the same.
            match report.protocol.folds() {
                Some(folds) => format!("{share}, on average over {} folds", folds.fits()),
                None => share,
            }
        }
    }
}

/// What stands before the number of all others: "equivalent to all 5 others", "not worse than any of the 5 others".
const ALL: &str = "all";
const ANY: &str = "any of the";

/// Names of models, or how many they are of `all` others where they are many; `every` is [`ALL`] or [`ANY`].
fn others(names: &[&str], every: &str, all: usize) -> String {
    match names.len() {
        0..=3 => words::and(names),
        many if many == all => format!("{every} {all} others"),
        many => format!("{many} of the {all} others"),
    }
}

/// What intervals and p values are of, where there are several pairs, or only those with a baseline.
fn of_all_pairs(report: &Report) -> Option<String> {
    let pairs = report.comparisons.len();
    let baseline = report.baseline.as_deref();
    if let (Some(baseline), 0) = (baseline, pairs) {
        let is_there = report.finished().any(|(model, _)| model.id == baseline);
        return (!is_there)
            .then(|| format!("{baseline}, the baseline, did not finish: no models are compared."));
    }
    let with_whom = baseline.map(|baseline| format!("Models are compared with {baseline} alone."));
    let of_several = (pairs > 1).then(|| {
        format!(
            "Intervals, in points, and p are both adjusted for {}: the more models are compared, the larger \
             a difference must be to be shown.",
            tests(report)
        )
    });
    let said: Vec<String> = with_whom.into_iter().chain(of_several).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// "3 tests", where several models get the same images right.
fn tests(report: &Report) -> String {
    let [_, images] = report.dataset.words();
    match (report.tests, report.comparisons.len()) {
        (tests, pairs) if tests == pairs => format!("all {} pairs", thousands(pairs)),
        (0 | 1, _) => {
            format!("one test, because models that get the same {images} right count as one")
        }
        (tests, _) => format!(
            "{} tests, because models that get the same {images} right count as one",
            thousands(tests)
        ),
    }
}

/// Which of several seeds the verdict is of, and in how many the best model is the best.
fn of_seeds(seeds: Seeds, best: &str) -> String {
    let tried = seeds.tried;
    let shown = format!("This verdict is about the fits with the first of {tried} seeds.");
    let with = match seeds.best_in {
        None => return shown,
        Some(times) if times == tried => format!("all {tried}"),
        Some(times) => format!("{times} of the {tried}"),
    };
    format!("{shown} With {with} seeds, no model is more accurate than {best}.")
}

/// What models are compared on: "these 10 000 images".
fn these(report: &Report) -> String {
    let [image, images] = report.dataset.words();
    match (report.protocol.judged_on, report.dataset.test) {
        (JudgedOn::Folds(folds), _) => format!("these {} folds", folds.fits()),
        (_, 1) => format!("this one {image}"),
        (_, count) => format!("these {} {images}", thousands(count)),
    }
}

fn sentence(pair: &Comparison, these: &str, margin: Option<f64>) -> String {
    let Comparison { first, second, .. } = pair;
    let Some(interval) = pair.difference_interval else {
        // Sums of shares are rounded.
        let same = if pair.difference.abs() < 1e-12 {
            "both get as many right in each fold".to_owned()
        } else {
            format!(
                "they differ by {} points in each fold",
                points(pair.difference)
            )
        };
        return format!(
            "{first} and {second} cannot be told apart with {these}: {same}. Folds that do not vary do not say how certain that \
             is: there is no interval, no test is possible, and {}.",
            detectable(&[pair])
        );
    };
    let freedom = match pair.freedom {
        Some(1.0) => " with 1 degree of freedom".to_owned(),
        Some(freedom) => format!(" with {freedom} degrees of freedom"),
        None => String::new(),
    };
    let p = probability(pair.p_adjusted) + &freedom;
    let evidence = format!("95 % interval {}, {p}", to(interval));
    let of_margin = pair.margin_interval.map_or_else(String::new, to);
    let ahead = points(pair.difference.abs());
    let margin = points(margin.unwrap_or_default());
    let shown = if pair.is_second_better() {
        "worse"
    } else {
        "better"
    };
    match pair.relation {
        Some(Relation::Equivalent) if pair.different => format!(
            "{first} is {shown} than {second} by {ahead} points ({p}), which is less than {margin}: they \
             are equivalent (90 % interval {of_margin})."
        ),
        Some(Relation::Equivalent) => format!(
            "{first} and {second} are equivalent: they differ by less than {margin} points (90 % interval \
             {of_margin})."
        ),
        Some(Relation::NotWorse) => format!(
            "{first} is not worse than {second} by {margin} points (90 % interval {of_margin}), and not \
             shown to be better with {these} ({p}; {}).",
            power(pair)
        ),
        _ if pair.different => {
            format!("{first} is {shown} than {second} by {ahead} points ({evidence}).")
        }
        relation => {
            let nor = match relation {
                Some(_) => format!(", nor are they shown to be equivalent within {margin} points,"),
                None => String::new(),
            };
            format!(
                "{first} and {second} cannot be told apart{nor} with {these} ({evidence}; {}).",
                power(pair)
            )
        }
    }
}

/// "−0.10 to 0.30".
fn to(Interval { low, high }: Interval) -> String {
    format!("{} to {}", points(low), points(high))
}

/// What could have been seen, where nothing is.
fn power(pair: &Comparison) -> String {
    let same = if pair.only_first_right + pair.only_second_right == 0 {
        "both are right on the same ones; "
    } else {
        ""
    };
    same.to_owned() + &detectable(&[pair])
}

#[cfg(test)]
mod tests {
    use super::*;
    use analysis::examples;
    use records::examples::{CELL, run, with_errors};
    use statistics::Interval;

    fn pair(difference: f64, p: f64) -> Comparison {
        let report = examples::with_seeds(&[("a", &[3]), ("b", &[9])]);
        Comparison {
            only_first_right: 9,
            only_second_right: 3,
            difference,
            difference_interval: Some(Interval {
                low: difference - 0.002,
                high: difference + 0.002,
            }),
            p_adjusted: p,
            different: p < 0.05,
            detectable_difference: Some(0.0012),
            ..report.comparisons[0].clone()
        }
    }

    #[test]
    fn sentences_say_whether_there_is_a_difference_and_how_large() {
        let many = "these 10\u{a0}000 images";
        assert_eq!(
            sentence(&pair(0.053, 3e-51), many, None),
            "a is better than b by 5.30 points (95 % interval 5.10 to 5.50, p < 10⁻⁵⁰)."
        );
        assert_eq!(
            sentence(&pair(0.001, 0.2), many, None),
            "a and b cannot be told apart with these 10\u{a0}000 images (95 % interval −0.10 to 0.30, p = 0.200; detectable difference: 0.12 points)."
        );
        let few = Comparison {
            detectable_difference: None,
            ..pair(0.001, 0.2)
        };
        assert_eq!(
            sentence(&few, "these 100 images", None),
            "a and b cannot be told apart with these 100 images (95 % interval −0.10 to 0.30, p = 0.200; no difference is detectable, however large)."
        );
        let same = Comparison {
            only_first_right: 0,
            only_second_right: 0,
            ..pair(0.0, 1.0)
        };
        assert_eq!(
            sentence(&same, many, None),
            "a and b cannot be told apart with these 10\u{a0}000 images (95 % interval −0.20 to 0.20, p = 1.000; both are right on the same ones; detectable difference: 0.12 points)."
        );
        assert_eq!(
            sentence(&pair(-0.053, 1e-9), many, None),
            "a is worse than b by 5.30 points (95 % interval −5.50 to −5.10, p < 10⁻⁸)."
        );
    }

    #[test]
    fn a_margin_has_words_of_its_own() {
        let said = |difference: f64, p: f64, relation| {
            let of = Comparison {
                relation: Some(relation),
                margin_interval: Some(Interval {
                    low: difference - 0.001,
                    high: difference + 0.001,
                }),
                ..pair(difference, p)
            };
            sentence(&of, "these 100 images", Some(0.003))
        };
        for (found, expected) in [
            (
                said(0.001, 0.2, Relation::Equivalent),
                "a and b are equivalent: they differ by less than 0.30 points (90 % interval 0.00 to 0.20).",
            ),
            (
                said(-0.0012, 0.01, Relation::Equivalent),
                "a is worse than b by 0.12 points (p = 0.010), which is less than 0.30: they are equivalent (90 % interval −0.22 to −0.02).",
            ),
            (
                said(0.002, 0.2, Relation::NotWorse),
                "a is not worse than b by 0.30 points (90 % interval 0.10 to 0.30), and not shown to be better with these 100 images (p = 0.200; detectable difference: 0.12 points).",
            ),
            (
                said(0.053, 1e-9, Relation::Better),
                "a is better than b by 5.30 points (95 % interval 5.10 to 5.50, p < 10⁻⁸).",
            ),
            (
                said(0.001, 0.2, Relation::Undecided),
                "a and b cannot be told apart, nor are they shown to be equivalent within 0.30 points, with these 100 images (95 % interval −0.10 to 0.30, p = 0.200; detectable difference: 0.12 points).",
            ),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_summary_says_who_wins_by_how_much_and_what_remains_open() {
        let said = summary(&examples::with_seeds(&[
            ("a", &[2]),
            ("b", &[3]),
            ("c", &[90]),
        ]));
        assert!(
            said[0].ends_with(
                "and cannot be told apart from b (detectable difference: 0.91 points); the first that is shown to be worse, c, is 8.80 points behind."
            ),
            "{said:?}"
        );
        assert!(
            said[1].starts_with("a and b cannot be told apart"),
            "{said:?}"
        );
        assert_eq!(
            said[2..],
            ["1 of 3 pairs of models cannot be told apart (detectable difference: 0.91 points)."]
        );
    }

    /// Of 1 000 images: b is equivalent within two points, c is open, d is worse.
    #[test]
    fn with_a_margin_a_headline_says_what_is_equivalent() {
        let with = |margin: Option<f64>, errors: &[(&str, usize)]| {
            let names: Vec<&str> = errors.iter().map(|(id, _)| *id).collect();
            let mut run = run(&names, &[0, 1].repeat(500));
            run.margin = margin;
            let fits = errors
                .iter()
                .map(|(id, wrong)| with_errors(&run, id, CELL, *wrong));
            verdict(&examples::report(fits.collect(), run.clone())).remove(0)
        };
        let errors = [("a", 0), ("b", 2), ("d", 90)];
        assert_eq!(
            with(Some(2.0), &errors),
            "a gets 100.00 % of the 1\u{a0}000 test images right; within a margin of 2.00 points a is equivalent to b; the first that is shown to be worse, d, is 9.00 points behind."
        );
        let open = with(Some(0.1), &errors);
        assert!(
            open.contains("a cannot be told apart from b (detectable difference: "),
            "{open}"
        );
        let better = with(Some(2.0), &[("a", 0), ("d", 90)]);
        assert!(
            better.ends_with(
                "right; it is better than all that it is compared with: d is 9.00 points behind."
            ),
            "{better}"
        );
        let without = with(None, &errors);
        assert!(
            without.contains("and cannot be told apart from b (detectable"),
            "{without}"
        );
    }

    #[test]
    fn over_folds_shares_are_means() {
        let run = records::examples::run_over_folds(&["a"], &[0, 1].repeat(20), 1, 4);
        let of = |fold| with_errors(&run, "a", records::examples::of_fold(0, fold), 1);
        let said = verdict(&examples::report((0..4).map(of).collect(), run.clone()));
        assert_eq!(
            said[0],
            "a gets 90.00 % of the 40 held-out images right, on average over 4 folds."
        );
    }

    #[test]
    fn many_equals_are_counted_and_few_are_named() {
        let four = ["a", "b", "c", "d"];
        assert_eq!(others(&four[..1], ANY, 5), "a");
        assert_eq!(others(&four[..3], ALL, 5), "a, b and c");
        assert_eq!(others(&four, ALL, 5), "4 of the 5 others");
        assert_eq!(others(&four, ALL, 4), "all 4 others");
        assert_eq!(others(&four, ANY, 4), "any of the 4 others");
    }

    /// Of 1 000 images: the first errors are of the baseline.
    fn against_a_baseline(margin: f64, errors: &[(&str, usize)]) -> String {
        let names: Vec<&str> = errors.iter().map(|(id, _)| *id).collect();
        let mut run = run(&names, &[0, 1].repeat(500));
        run.margin = Some(margin);
        run.baseline = Some(names[0].to_owned());
        let fits = errors
            .iter()
            .map(|(id, wrong)| with_errors(&run, id, CELL, *wrong));
        verdict(&examples::report(fits.collect(), run.clone())).remove(0)
    }

    #[test]
    fn what_is_not_worse_than_a_baseline_is_not_open() {
        let said = against_a_baseline(0.5, &[("b", 3), ("a", 0)]);
        assert!(
            said.ends_with("within a margin of 0.50 points a is not worse than b."),
            "{said}"
        );
    }

    #[test]
    fn of_many_models_all_are_equivalent_and_names_stay_as_they_are() {
        let said = against_a_baseline(2.0, &[("a", 0), ("b", 1), ("c", 1), ("d", 1), ("e", 1)]);
        assert!(
            said.ends_with("; within a margin of 2.00 points a is equivalent to all 4 others."),
            "{said}"
        );
        let said = against_a_baseline(2.0, &[("a", 0), ("b", 1), ("what is", 90)]);
        assert!(
            said.ends_with(
                "a is equivalent to b; the first that is shown to be worse, what is, is 9.00 points behind."
            ),
            "{said}"
        );
    }

    #[test]
    fn folds_say_their_degrees_of_freedom() {
        let folds = Comparison {
            freedom: Some(4.0),
            detectable_difference: None,
            ..pair(0.001, 0.2)
        };
        assert_eq!(
            sentence(&folds, "these 5 folds", None),
            "a and b cannot be told apart with these 5 folds (95 % interval −0.10 to 0.30, p = 0.200 with 4 degrees of freedom; no difference is detectable, however large)."
        );
    }

    #[test]
    fn with_a_baseline_only_its_pairs_are_spoken_of() {
        let mut run = run(&["a", "b", "c", "d"], &[0, 1].repeat(500));
        run.baseline = Some("b".to_owned());
        let fits = [("a", 0), ("b", 30), ("c", 30), ("d", 90)];
        let fits = fits.map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let said = verdict(&examples::report(fits.to_vec(), run.clone()));
        assert_eq!(
            said[0],
            "a gets 100.00 % of the 1\u{a0}000 test images right, significantly more than b, the baseline: by 3.00 points."
        );
        assert!(
            said[1].starts_with("a is better than b by 3.00 points"),
            "{said:?}"
        );
        assert!(
            said[2].starts_with("c and b cannot be told apart"),
            "{said:?}"
        );
        assert!(
            said[3].starts_with("d is worse than b by 6.00 points"),
            "{said:?}"
        );
        assert_eq!(
            said[4..],
            [
                "Models are compared with b alone. Intervals, in points, and p are both adjusted for 2 tests, because models that get the same images right count as one: the more models are compared, the larger a difference must be to be shown."
            ]
        );
        let without = verdict(&examples::report(fits[..1].to_vec(), run));
        assert_eq!(
            without[1..],
            ["b, the baseline, did not finish: no models are compared."]
        );
    }

    #[test]
    fn where_folds_do_not_vary_there_is_no_test() {
        let without_spread = |difference| Comparison {
            difference_interval: None,
            detectable_difference: None,
            ..pair(difference, 1.0)
        };
        let begins = "a and b cannot be told apart with these 4 folds: ";
        for (difference, said) in [
            (
                0.2,
                "they differ by 20.00 points in each fold. Folds that do not vary do not say how certain that is: there is no interval, no test is possible, and no detectable difference is known.",
            ),
            (
                0.0,
                "both get as many right in each fold. Folds that do not vary do not say how certain that is: there is no interval, no test is possible, and no detectable difference is known.",
            ),
        ] {
            let sentence = sentence(&without_spread(difference), "these 4 folds", None);
            assert_eq!(sentence.strip_prefix(begins), Some(said));
        }
    }

    #[test]
    fn one_image_is_one_image() {
        let run = run(&["a", "b"], &[0]);
        let fits = [("a", 0), ("b", 1)].map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let said = verdict(&examples::report(fits.to_vec(), run));
        assert_eq!(
            said[0],
            "a gets the only image right, and cannot be told apart from b (no difference is detectable, however large)."
        );
        assert!(said[1].contains("with this one image"), "{said:?}");
    }

    /// With the second seed, b gets more right than a; c does not depend on it.
    #[test]
    fn a_verdict_says_what_it_is_of() {
        let models: [(&str, &[usize]); 3] = [("a", &[2, 9, 3]), ("b", &[6, 4, 9]), ("c", &[90])];
        let sentences = verdict(&examples::with_seeds(&models));
        assert_eq!(
            sentences[0],
            "a gets 99.80 % of the 1\u{a0}000 test images right, and cannot be told apart from b (detectable difference: 0.91 points); the first that is shown to be worse, c, is 8.80 points behind."
        );
        assert_eq!(
            sentences[3..],
            [
                "Intervals, in points, and p are both adjusted for all 3 pairs: the more models are compared, the larger a difference must be to be shown.",
                "This verdict is about the fits with the first of 3 seeds. With 2 of the 3 seeds, no model is more accurate than a."
            ]
        );
        let always = verdict(&examples::with_seeds(&[("a", &[2, 3, 4]), ("c", &[90])]));
        assert_eq!(
            always.last().unwrap(),
            "This verdict is about the fits with the first of 3 seeds. With all 3 seeds, no model is more accurate than a."
        );
        let ahead = verdict(&examples::with_seeds(&[("a", &[2]), ("c", &[90])]));
        assert_eq!(
            ahead[0],
            "a gets 99.80 % of the 1\u{a0}000 test images right, significantly more than c, which is 8.80 points behind."
        );
        assert_eq!(ahead.len(), 2, "{ahead:?}");
    }
}
