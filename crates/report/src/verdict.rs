//! What the comparison says, in sentences.

use crate::numbers::{points, probability, thousands};
use crate::words;
use analysis::{Comparison, Report, Seeds, Verdict};
use records::JudgedOn;

/// The verdict on a report, a sentence each: who is ahead, then every model against the next in
/// rank, then what all of this is of. P values are adjusted for all comparisons of the report.
pub fn verdict(report: &Report) -> Vec<String> {
    let Some(verdict) = report.verdict() else {
        return vec!["No model finished.".to_owned()];
    };
    let these = these(report);
    let neighbours = verdict.neighbours.iter();
    std::iter::once(headline(report, &verdict))
        .chain(neighbours.map(|pair| sentence(pair, &these)))
        .chain(of_all_pairs(verdict.pairs))
        .chain(verdict.seeds.map(|seeds| of_seeds(seeds, &verdict.best.id)))
        .collect()
}

/// Who is ahead, and of whom.
fn headline(report: &Report, verdict: &Verdict) -> String {
    let Verdict { best, accuracy, .. } = verdict;
    let images = words::judged_images(report.protocol.judged_on);
    let right = match report.dataset.test {
        1 => format!(
            "{} gets the only image {}",
            best.id,
            if *accuracy > 0.5 { "right" } else { "wrong" }
        ),
        count => format!(
            "{} gets {:.2} % of the {} {images} right",
            best.id,
            accuracy * 100.0,
            thousands(count)
        ),
    };
    if verdict.pairs == 0 {
        right + "."
    } else if verdict.not_told_apart.is_empty() {
        right + ", significantly more than any other model."
    } else {
        let equals = verdict.not_told_apart.join(", ");
        format!("{right}, and cannot be told apart from {equals}.")
    }
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
fn of_seeds(seeds: Seeds, best: &str) -> String {
    let of = format!("All of this is of the first of {} seeds", seeds.tried);
    match seeds.best_in {
        None => of + ".",
        Some(times) => {
            format!("{of}; in {times} of them no model gets more images right than {best}.")
        }
    }
}

/// What models are compared on: "these 10 000 images".
fn these(report: &Report) -> String {
    match (report.protocol.judged_on, report.dataset.test) {
        (JudgedOn::Folds(folds), _) => format!("these {} folds", folds.fits()),
        (_, 1) => "this one image".to_owned(),
        (_, count) => format!("these {} images", thousands(count)),
    }
}

fn sentence(pair: &Comparison, these: &str) -> String {
    let Comparison { first, second, .. } = pair;
    let differing = pair.only_first_right + pair.only_second_right;
    if differing == 0 {
        return format!("{first} and {second} get the same images right.");
    }
    let difference = points(pair.difference);
    let Some(interval) = pair.difference_interval else {
        // Sums of shares are rounded.
        let same = if pair.difference.abs() < 1e-12 {
            "both get as many images right in each fold".to_owned()
        } else {
            format!("all folds differ by {difference} points")
        };
        return format!(
            "{first} and {second} cannot be told apart with {these}: {same}, so no test is possible."
        );
    };
    let evidence = format!(
        "95 % interval {} to {}, {}",
        points(interval.low),
        points(interval.high),
        probability(pair.p_adjusted)
    );
    if pair.different {
        return format!("{first} is better than {second} by {difference} points ({evidence}).");
    }
    let power = match (pair.detectable_difference, pair.mid_p) {
        (Some(difference), _) => format!(
            "; the smallest difference that these images would reveal four times in five is {} points",
            points(difference)
        ),
        (None, Some(_)) => format!(
            "; they differ on {}, too few to reveal any difference four times in five",
            thousands(differing)
        ),
        // Over folds there is no such difference.
        (None, None) => String::new(),
    };
    format!("{first} and {second} cannot be told apart with {these} ({evidence}{power}).")
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
            mid_p: Some(p),
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
            sentence(&pair(0.053, 3e-51), many),
            "a is better than b by 5.30 points (95 % interval 5.10 to 5.50, p < 1e-50)."
        );
        assert_eq!(
            sentence(&pair(0.001, 0.2), many),
            "a and b cannot be told apart with these 10\u{a0}000 images (95 % interval −0.10 to 0.30, p = 0.200; the smallest difference that these images would reveal four times in five is 0.12 points)."
        );
        let few = Comparison {
            detectable_difference: None,
            ..pair(0.001, 0.2)
        };
        assert_eq!(
            sentence(&few, "these 100 images"),
            "a and b cannot be told apart with these 100 images (95 % interval −0.10 to 0.30, p = 0.200; they differ on 12, too few to reveal any difference four times in five)."
        );
        let same = Comparison {
            only_first_right: 0,
            only_second_right: 0,
            ..pair(0.0, 1.0)
        };
        assert_eq!(sentence(&same, many), "a and b get the same images right.");
    }

    #[test]
    fn where_folds_do_not_vary_there_is_no_test() {
        let without_spread = |difference| Comparison {
            difference_interval: None,
            ..pair(difference, 1.0)
        };
        let begins = "a and b cannot be told apart with these 4 folds: ";
        for (difference, said) in [
            (
                0.2,
                "all folds differ by 20.00 points, so no test is possible.",
            ),
            (
                0.0,
                "both get as many images right in each fold, so no test is possible.",
            ),
        ] {
            let sentence = sentence(&without_spread(difference), "these 4 folds");
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
            "a gets the only image right, and cannot be told apart from b."
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
