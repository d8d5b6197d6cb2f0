//! Pairs of models on the same images, by one fit of each.

use crate::bootstrap::{MetricDifference, Redrawn};
use crate::family::{Adjusted, Family, Ranked};
use crate::levels::{POWER, SIGNIFICANCE};
use crate::pair::Comparison;
use crate::sample::Contributions;
use statistics::{
    ClusteredDifference, PairComparison, compare_groups, compare_pair, detectable_difference,
    detectable_effect, distinct_pairs, least_detectable, mcnemar, only_right,
};

/// McNemar's exact test with Tango's interval, or of images in groups what takes whole groups, and the
/// other metrics by the paired bootstrap: of the fits with the first seed.
pub(crate) fn on_the_same_images(
    ranked: &[Ranked],
    family: &Family,
    seed: u64,
    groups: Option<&[usize]>,
) -> (Vec<Comparison>, usize) {
    if family.pairs.is_empty() {
        return (Vec::new(), 0);
    }
    let right: Vec<Vec<bool>> = ranked
        .iter()
        .map(|(_, of)| of.compared.right[0].clone())
        .collect();
    let tests = distinct_pairs(&right, family.control);
    let contributions: Vec<&Contributions> = ranked
        .iter()
        .filter_map(|(_, of)| of.compared.contributions.as_ref())
        .collect();
    let redrawn = Redrawn::new(&contributions, seed, groups);
    let compared = family.pairs.iter().zip(redrawn.differences(&family.pairs));
    let compared = compared.map(|(&(first, second), mut metric_differences)| {
        let [a, b] = [first, second].map(|place| ranked[place].0.id.as_str());
        let right = [&right[first][..], &right[second]];
        let pair = Comparison::new(a, b, right);
        let pair = of_two(pair, right, groups, tests, family.margin);
        let alike = metric_differences.iter_mut();
        for found in alike.filter(|of| redrawn.is_accuracy(of.metric)) {
            decide_as_accuracy(found, &pair);
        }
        Comparison {
            metric_differences,
            ..pair
        }
    });
    (compared.collect(), tests)
}

/// One number has one interval and one decision: those of the exact test.
fn decide_as_accuracy(found: &mut MetricDifference, pair: &Comparison) {
    found.interval = pair.difference_interval;
    found.p_adjusted = Some(pair.p_adjusted);
    found.different = pair.different;
}

/// Two models on the same images alone, as one of so many tests.
pub(crate) fn of_two(
    pair: Comparison,
    right: [&[bool]; 2],
    groups: Option<&[usize]>,
    tests: usize,
    margin: Option<f64>,
) -> Comparison {
    let (found, detectable_difference) = compared(right, groups, tests);
    Comparison {
        difference_interval: Some(found.interval),
        margin_interval: Some(found.margin_interval),
        p: found.p,
        p_adjusted: found.p_adjusted,
        different: found.different,
        relation: margin.map(|margin| found.relation(margin)),
        detectable_difference,
        ..pair
    }
}

/// What the test says of two models, as one of so many tests, and the smallest difference that it would find four times
/// in five.
pub(crate) fn compared(
    [first, second]: [&[bool]; 2],
    groups: Option<&[usize]>,
    tests: usize,
) -> (PairComparison, Option<f64>) {
    let level = Adjusted::new(tests).level();
    let Some(groups) = groups else {
        let (images, (b, c)) = (first.len(), only_right(first, second));
        let differing = (b + c) as f64 / images as f64;
        let detectable = detectable_difference(images, differing, level, POWER)
            .or_else(|| least_detectable(images, level, POWER));
        return (compare_pair(b, c, images, tests, SIGNIFICANCE), detectable);
    };
    // Slow to find for many groups, and so only once.
    match ClusteredDifference::new(first, second, groups) {
        Some(found) => (
            found.compare(tests, SIGNIFICANCE),
            detectable_in_groups(&found, level),
        ),
        // One group shows nothing.
        None => (
            compare_groups(first, second, groups, tests, SIGNIFICANCE),
            None,
        ),
    }
}

fn detectable_in_groups(found: &ClusteredDifference, level: f64) -> Option<f64> {
    match found.error() {
        // Few groups show nothing, whatever their signs.
        _ if mcnemar(found.groups, 0).p > level => None,
        None => least_detectable(found.groups, level, POWER),
        Some((error, freedom)) => {
            let difference = detectable_effect(error, freedom, level, POWER);
            (difference < 1.0).then_some(difference)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metric;
    use crate::examples::report;
    use records::examples::{CELL, fit, fitted, run, with_errors};
    use records::{FitRecord, Outcome, RunRecord};

    /// A fit of two classes that gets the images right that `right` says.
    fn that_gets(run: &RunRecord, id: &str, right: impl Fn(usize) -> bool) -> FitRecord {
        let labels = run.labels.iter().enumerate();
        let predictions = labels.map(|(i, &label)| if right(i) { label } else { 1 - label });
        let fitted = fitted(&predictions.collect::<Vec<_>>());
        fit(id, CELL, Outcome::Finished(Box::new(fitted)))
    }

    fn excludes_0(pair: &Comparison) -> bool {
        let interval = pair.difference_interval.unwrap();
        interval.low > 0.0 || interval.high < 0.0
    }

    /// Every table of up to 12 differing images among 30, in a report of two models, and of three.
    #[test]
    fn an_interval_excludes_0_exactly_if_the_adjusted_p_is_below_the_level() {
        let mut different = [0; 2];
        for (b, c) in (0..=12).flat_map(|b| (0..=12 - b).map(move |c| (b, c))) {
            for third in [false, true] {
                let names: &[&str] = if third { &["a", "b", "c"] } else { &["a", "b"] };
                let run = run(names, &[0, 1].repeat(15));
                let mut fits = vec![
                    that_gets(&run, "a", |i| !(b..b + c).contains(&i)),
                    that_gets(&run, "b", |i| i >= b),
                ];
                if third {
                    fits.push(that_gets(&run, "c", |i| i % 2 == 0));
                }
                for pair in report(fits, run).comparisons {
                    assert_eq!(excludes_0(&pair), pair.p_adjusted < 0.05, "{pair:?}");
                    assert_eq!(pair.different, pair.p_adjusted < 0.05, "{pair:?}");
                    assert!(pair.detectable_difference.is_some(), "{pair:?}");
                    different[usize::from(pair.different)] += 1;
                }
            }
        }
        assert!(different.iter().all(|&count| count > 20), "{different:?}");
    }

    /// Three pairs, each tested at a third of 0.05; a and b differ on too few for any difference.
    #[test]
    fn what_images_can_show_is_at_the_level_of_a_pair_among_all() {
        let run = run(&["a", "b", "c"], &[0, 1].repeat(500));
        let errors = [("a", 0), ("b", 5), ("c", 40)];
        let fits = errors.map(|(id, wrong)| with_errors(&run, id, CELL, wrong));
        let pairs = report(fits.to_vec(), run).comparisons;
        let found: Vec<Option<f64>> = pairs.iter().map(|p| p.detectable_difference).collect();
        let alone = |differing| detectable_difference(1_000, differing, 0.05 / 3.0, 0.8);
        let least = least_detectable(1_000, 0.05 / 3.0, 0.8);
        assert_eq!((alone(0.005), least.is_some()), (None, true));
        assert_eq!(found, [least, alone(0.04), alone(0.035)], "{pairs:?}");
        assert!(found[1] > detectable_difference(1_000, 0.04, 0.05, 0.8));
    }

    /// Of 200 images in 40 groups: the one is better on all five of a few groups.
    #[test]
    fn groups_are_one_image_each_where_they_are_alike() {
        let pair = |ahead: usize, groups: bool| {
            let mut run = run(&["a", "b", "c"], &[0, 1].repeat(100));
            run.groups = (0..200).filter(|_| groups).map(|image| image / 5).collect();
            let fits = vec![
                that_gets(&run, "a", |_| true),
                that_gets(&run, "b", |i| i >= 5 * ahead),
                that_gets(&run, "c", |i| i < 100),
            ];
            let report = report(fits, run);
            assert_eq!(report.groups, groups.then_some(40));
            assert_eq!(
                report.together.as_ref().unwrap().cochran_q.is_some(),
                !groups
            );
            for pair in &report.comparisons {
                assert_eq!(excludes_0(pair), pair.different, "{pair:?}");
            }
            let accuracy = report.models[1]
                .finished
                .as_ref()
                .unwrap()
                .quality
                .accuracy_interval;
            let found = report.comparisons.into_iter();
            let mut found = found.filter(|pair| pair.first == "a" && pair.second == "b");
            (found.next().unwrap(), accuracy)
        };
        for (ahead, different) in [(2, false), (5, false), (10, true)] {
            let ((alone, of_images), (grouped, of_groups)) =
                (pair(ahead, false), pair(ahead, true));
            assert!(alone.different, "{alone:?}");
            assert_eq!(grouped.different, different, "{grouped:?}");
            assert!(grouped.p > 100.0 * alone.p, "{grouped:?}");
            assert!(of_groups.low < of_images.low && of_images.high < of_groups.high);
            let metrics = alone
                .metric_differences
                .iter()
                .zip(&grouped.metric_differences);
            // What is accuracy by another name is decided as that is.
            let others = [
                Metric::WeightedRecall,
                Metric::BalancedAccuracy,
                Metric::MacroRecall,
            ];
            let metrics = metrics.filter(|(_, grouped)| !others.contains(&grouped.metric));
            let enough = metrics.filter(|(_, grouped)| grouped.too_few.is_none());
            assert_eq!(enough.clone().count() > 0, ahead == 10);
            for (alone, grouped) in enough {
                let width = |of: &crate::MetricDifference| of.interval.map(|of| of.high - of.low);
                assert!(width(grouped) > width(alone), "{grouped:?}");
            }
        }
    }

    /// Eleven against two of a hundred: drawn test sets tell them apart, the exact test of three models does not.
    #[test]
    fn what_is_accuracy_by_another_name_is_decided_as_accuracy() {
        let of_classes = |labels: &[u16]| {
            let run = run(&["a", "b", "c"], labels);
            let fits = vec![
                that_gets(&run, "a", |i| !(30..32).contains(&i)),
                that_gets(&run, "b", |i| i >= 11),
                that_gets(&run, "c", |i| i >= 13),
            ];
            report(fits, run).comparisons.remove(0)
        };
        let found = |pair: &Comparison, metric: Metric| {
            let mut all = pair.metric_differences.clone().into_iter();
            all.find(|of| of.metric == metric).unwrap()
        };
        let even = of_classes(&[0, 1].repeat(50));
        assert!(!even.different && found(&even, Metric::WeightedF1).different);
        for metric in [
            Metric::WeightedRecall,
            Metric::BalancedAccuracy,
            Metric::MacroRecall,
        ] {
            let found = found(&even, metric);
            assert!((found.difference.0 - even.difference).abs() < 1e-12);
            assert_eq!(found.interval, even.difference_interval);
            assert_eq!(
                (found.p_adjusted, found.different),
                (Some(even.p_adjusted), false)
            );
        }
        let uneven = of_classes(&[0, 0, 1, 0, 1].repeat(20));
        assert_ne!(
            found(&uneven, Metric::BalancedAccuracy).interval,
            uneven.difference_interval
        );
        assert_eq!(
            found(&uneven, Metric::WeightedRecall).interval,
            uneven.difference_interval
        );
    }

    #[test]
    fn models_with_the_same_images_right_count_once() {
        let run = run(&["a", "b", "c"], &[0, 1].repeat(50));
        let errors = |id, wrong| that_gets(&run, id, move |i| i >= wrong);
        let pairs = report(
            vec![errors("a", 0), errors("b", 7), errors("c", 7)],
            run.clone(),
        )
        .comparisons;
        // One test: 2/2⁷.
        assert_eq!(
            (pairs[0].p_adjusted, pairs[0].different),
            (2.0_f64.powi(-6), true)
        );
        let equal = &pairs[2];
        assert_eq!((equal.p, equal.different), (1.0, false));
        let interval = equal.difference_interval.unwrap();
        assert!(interval.low < -0.03 && interval.high > 0.03, "{equal:?}");
        let least = least_detectable(100, 0.05, 0.8);
        assert_eq!(equal.detectable_difference, least);
    }

    #[test]
    fn a_baseline_is_the_second_of_each_pair_and_shows_more() {
        let mut run = run(&["a", "b", "c"], &[0, 1].repeat(500));
        let fits = |run: &RunRecord| {
            [("a", 0), ("b", 7), ("c", 60)]
                .map(|(id, wrong)| that_gets(run, id, move |i| i >= wrong))
                .to_vec()
        };
        let all = report(fits(&run), run.clone());
        let ids = |pairs: &[Comparison]| -> Vec<String> {
            let ids = |pair: &Comparison| format!("{} {}", pair.first, pair.second);
            pairs.iter().map(ids).collect()
        };
        assert_eq!(ids(&all.comparisons), ["a b", "a c", "b c"]);
        run.baseline = Some("b".to_owned());
        let found = report(fits(&run), run.clone());
        let pairs = &found.comparisons;
        assert_eq!(ids(pairs), ["a b", "c b"]);
        // Three tests with all pairs, two with a baseline.
        assert_eq!(all.comparisons[0].p_adjusted, 3.0 * 2.0_f64.powi(-6));
        assert_eq!(pairs[0].p_adjusted, 2.0 * 2.0_f64.powi(-6));
        assert!(pairs[1].is_second_better() && !pairs[0].is_second_better());
        assert!(found.together.unwrap().groups.is_empty());
        run.models[1].fits = 2;
        assert!(report(fits(&run), run).comparisons.is_empty());
    }

    /// Of 1 000 images: ahead by 6, by 3.2 points, and by nothing on 4.
    #[test]
    fn a_margin_says_what_does_not_matter() {
        use statistics::Relation;
        let relation = |only: [usize; 2], margin: Option<f64>| {
            let mut run = run(&["a", "b"], &[0, 1].repeat(500));
            run.margin = margin;
            let [b, c] = only;
            let fits = vec![
                that_gets(&run, "a", |i| !(b..b + c).contains(&i)),
                that_gets(&run, "b", |i| i >= b),
            ];
            report(fits, run).comparisons.remove(0).relation
        };
        assert_eq!(relation([60, 0], Some(1.0)), Some(Relation::Better));
        assert_eq!(relation([2, 2], Some(1.0)), Some(Relation::Equivalent));
        assert_eq!(relation([2, 2], Some(0.1)), Some(Relation::Undecided));
        assert_eq!(relation([30, 20], Some(1.0)), Some(Relation::NotWorse));
        assert_eq!(relation([60, 0], None), None);
    }
}
