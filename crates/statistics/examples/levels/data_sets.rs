//! Classifiers over data sets.

use crate::page::{Aim, Page, normal, rates};
use statistics::{
    critical_difference, exact_critical_difference, friedman, holm, signed_rank_posterior, wilcoxon,
};

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Data sets",
        "Classifiers that are alike. Of few data sets the exact tests can only be careful; those for many, \
         which stand beside them, find too much or next to nothing.",
    );
    for (count, data_sets) in [(2, 5), (2, 8), (3, 5), (3, 10), (4, 5), (5, 10)] {
        let exact = exact_critical_difference(count, data_sets, 0.05);
        let many = critical_difference(count, data_sets, 0.05);
        let [order, chi, f, exactly, nemenyi, pairs] = rates(|random| {
            let mut scores: Vec<Vec<f64>> = Vec::new();
            for _ in 0..data_sets {
                scores.push((0..count).map(|_| normal(random)).collect());
            }
            let Some(test) = friedman(&scores) else {
                return [false; 6];
            };
            let most = test.ranks.iter().copied().fold(0.0, f64::max);
            let range = most - test.ranks.iter().copied().fold(most, f64::min);
            let p_values = (0..count)
                .flat_map(|i| (i + 1..count).map(move |j| (i, j)))
                .map(|(i, j)| {
                    let differences: Vec<f64> = scores.iter().map(|row| row[i] - row[j]).collect();
                    wilcoxon(&differences).map_or(1.0, |test| test.p)
                });
            let adjusted = holm(&p_values.collect::<Vec<f64>>());
            [
                test.p <= 0.05,
                test.chi_squared.p <= 0.05,
                test.f.is_some_and(|f| f.p <= 0.05),
                exact.is_some_and(|exact| range >= exact - 1e-9),
                range >= many,
                adjusted.iter().any(|p| *p <= 0.05),
            ]
        });
        let place = format!("{count} models, {data_sets} data sets");
        page.rate("Friedman, over orders", &place, Aim::Size, order);
        page.rate("Friedman's χ²", &place, Aim::Instead, chi);
        page.rate("Iman and Davenport's F", &place, Aim::Instead, f);
        page.rate("exact critical difference", &place, Aim::Size, exactly);
        page.rate(
            "Nemenyi's critical difference",
            &place,
            Aim::Instead,
            nemenyi,
        );
        page.rate("Wilcoxon and Holm", &place, Aim::Size, pairs);
    }
    for data_sets in [10, 30] {
        let [better] = rates(|random| {
            let differences: Vec<f64> = (0..data_sets).map(|_| normal(random)).collect();
            let found = signed_rank_posterior(&differences, 0.1, 400, 1);
            [found.first_better > 0.95 || found.second_better > 0.95]
        });
        let place = format!("{data_sets} data sets, alike, region 0.1 deviations");
        page.rate(
            "a posterior above 0.95 that one is better",
            &place,
            Aim::Instead,
            better,
        );
    }
}
