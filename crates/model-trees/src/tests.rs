//! What both models have in common, and where they must agree with others.

use super::*;
use classifier::{Classifier, FitContext, Preset, Recipe, Scores, with_threads};
use classifier_conformance::{NO_LAYERS, NOT_LINEAR, check_except};
use data::{Dataset, Samples};

/// The suite fits the model some twenty times on 784 features, and ten rounds show what a hundred would.
const FEW_ROUNDS: ModelEntry = ModelEntry {
    preset: || {
        Box::new(BoostedTrees {
            rounds: 10,
            ..BoostedTrees::default()
        })
    },
    ..BOOSTED_TREES
};

#[test]
fn boosted_trees_conform() {
    check_except(&FEW_ROUNDS, &[NOT_LINEAR, NO_LAYERS]);
    let defaults = (BOOSTED_TREES.preset)();
    assert!(defaults.with(&defaults.values()).is_ok());
}

#[test]
fn random_forest_conforms() {
    check_except(&RANDOM_FOREST, &[NOT_LINEAR, NO_LAYERS]);
}

fn dataset(width: usize, values: Vec<f32>, labels: Vec<usize>, classes: usize) -> Dataset {
    let samples = Samples::from_features(width, values).unwrap();
    let names = (0..classes).map(|class| class.to_string()).collect();
    Dataset::new(samples, labels, names).unwrap()
}

fn fit(recipe: &dyn Recipe, data: &Dataset, threads: usize) -> Box<dyn Classifier> {
    let fit = || recipe.fit(data, &mut FitContext::quiet(3, threads));
    with_threads(threads, fit).unwrap()
}

fn probabilities(recipe: &dyn Recipe, data: &Dataset, threads: usize) -> Scores {
    let model = fit(recipe, data, threads);
    model.log_probabilities(data.samples()).unwrap()
}

fn both() -> [Box<dyn Preset>; 2] {
    [BOOSTED_TREES, RANDOM_FOREST].map(|entry| (entry.preset)())
}

/// By hand. Three of eight rows are of class 0: F = ln 5/3, p = 5/8, and G and H are
/// 3 · 5/8 and 3 · 15/64 below 2.5, −5 · 3/8 and 5 · 15/64 above. Newton's steps are −8/3 and 8/5.
#[test]
fn one_tree_is_the_one_computed_by_hand() {
    let values = (0..8).map(|i| i as f32).collect();
    let data = dataset(1, values, vec![0, 0, 0, 1, 1, 1, 1, 1], 2);
    let recipe = BoostedTrees {
        rounds: 1,
        learning_rate: 1.0,
        max_leaves: 2,
        min_samples_leaf: 1,
        l2: 0.0,
    };
    let model = fit(&recipe, &data, 1);
    let asked = Samples::from_features(1, vec![-1e9, 2.5, 2.6, 1e9]).unwrap();
    let logs = model.log_probabilities(&asked).unwrap();
    let start = (5.0_f64 / 3.0).ln();
    let steps = [-8.0 / 3.0, -8.0 / 3.0, 1.6, 1.6];
    for (row, step) in logs.rows().zip(steps) {
        let expected = -(1.0 + (-start - step).exp()).ln();
        assert!((f64::from(row[1]) - expected).abs() < 1e-6, "{row:?}");
    }
    // Two initial scores, a feature, a threshold, two values.
    assert_eq!(model.parameter_count(), 6);
}

/// Three classes by two of four features, with exceptions.
fn waves(rows: usize) -> Dataset {
    let value = |row: usize, feature: usize| row * (feature + 3) * 7919 % 1009;
    let values = (0..rows).flat_map(|row| (0..4).map(move |j| value(row, j) as f32 / 100.0));
    let label = |row: usize| {
        let (a, b) = (value(row, 0), value(row, 2));
        (usize::from(a > 400) + usize::from(b > 600) + usize::from(row.is_multiple_of(7))) % 3
    };
    dataset(4, values.collect(), (0..rows).map(label).collect(), 3)
}

/// scikit-learn 1.9.1, which sums in another order and in f32, and whose rows of a leaf all weigh the same:
/// `HistGradientBoostingClassifier(early_stopping=False, max_iter=20, l2_regularization=0.5, max_leaf_nodes=3, min_samples_leaf=1)`
/// fitted to the same 200 rows, its probabilities of the first three and its mean log-loss of all.
#[test]
fn boosting_agrees_with_scikit_learn() {
    let data = waves(200);
    let recipe = BoostedTrees {
        rounds: 20,
        l2: 0.5,
        max_leaves: 3,
        min_samples_leaf: 1,
        ..BoostedTrees::default()
    };
    let logs = probabilities(&recipe, &data, 1);
    let expected = [
        [0.46883326, 0.48571883, 0.04544791],
        [0.07147306, 0.75929593, 0.16923101],
        [0.7794619, 0.1855723, 0.0349658],
    ];
    for (row, expected) in logs.rows().zip(expected) {
        for (log, expected) in row.iter().zip(expected) {
            let p = f64::from(*log).exp();
            assert!((p - expected).abs() < 1e-5, "{p}, scikit-learn {expected}");
        }
    }
    let of_truth = logs
        .rows()
        .zip(data.labels())
        .map(|(row, &label)| -row[label]);
    let loss = of_truth.map(f64::from).sum::<f64>() / data.len() as f64;
    assert!((loss - 0.449_966_27).abs() < 1e-5, "{loss}");
}

/// Many threads, and trees large enough to be worth more than one.
#[test]
fn the_bits_do_not_depend_on_the_threads() {
    let rows = 6000;
    let values = (0..rows * 40).map(|i| ((i * i % 65_537) as f32).sin());
    let labels = (0..rows).map(|i| i * i % 11 / 6).collect();
    let data = dataset(40, values.collect(), labels, 2);
    let few = BoostedTrees {
        rounds: 3,
        ..BoostedTrees::default()
    };
    let trees = RandomForest {
        trees: 5,
        ..RandomForest::default()
    };
    for recipe in [&few as &dyn Recipe, &trees] {
        let alone = probabilities(recipe, &data, 1);
        assert!(alone == probabilities(recipe, &data, 3));
    }
}

#[test]
fn a_hundred_classes_of_a_few_rows_are_learnt() {
    let labels: Vec<usize> = (0..400).map(|row| row % 100).collect();
    let values = labels.iter().flat_map(|&class| [class as f32, 1.0]);
    let data = dataset(2, values.collect(), labels.clone(), 100);
    let forest = probabilities(&RandomForest::default(), &data, 2).labels();
    let right = forest.iter().zip(&labels).filter(|(a, b)| a == b).count();
    assert!(right >= 390, "{right}");
    let boosted = BoostedTrees {
        rounds: 5,
        min_samples_leaf: 2,
        ..BoostedTrees::default()
    };
    let boosted = probabilities(&boosted, &data, 2).labels();
    let right = boosted.iter().zip(&labels).filter(|(a, b)| a == b).count();
    assert!(right >= 390, "{right}");
}

/// If rows of which the model is sure may make leaves of their own, a few steps of such leaves lose most of the classes.
#[test]
fn a_hundred_classes_of_24_rows_are_told_apart_by_the_defaults() {
    let wave = |place: usize| ((place * place % 7919) as f32).sin();
    let value = |row: usize, axis: usize| {
        4.0 * wave(row % 100 * 31 + axis * 577) + wave(row * 13 + axis * 7717)
    };
    let values = |rows: std::ops::Range<usize>| {
        rows.flat_map(|row| (0..6).map(move |axis| value(row, axis)))
    };
    let labels: Vec<usize> = (0..2400).map(|row| row % 100).collect();
    let data = dataset(6, values(0..2400).collect(), labels, 100);
    let recipe = BoostedTrees {
        rounds: 30,
        ..BoostedTrees::default()
    };
    let model = fit(&recipe, &data, 2);
    let asked = Samples::from_features(6, values(2400..2900).collect()).unwrap();
    let found = model.log_probabilities(&asked).unwrap().labels();
    let right = found.iter().zip(2400..).filter(|(a, b)| **a == b % 100);
    let right = right.count();
    assert!(right >= 400, "{right}");
}

/// No row differs from another: what is left are the shares of the classes.
#[test]
fn rows_that_are_all_the_same_give_the_shares_of_the_classes() {
    let data = dataset(
        2,
        vec![7.0; 40],
        (0..20).map(|row| row % 4 / 3).collect(),
        2,
    );
    let [boosted, forest] = both().map(|recipe| probabilities(recipe.as_ref(), &data, 1));
    for row in boosted.rows() {
        assert!((row[0].exp() - 0.75).abs() < 1e-6, "{row:?}");
    }
    for row in forest.rows() {
        assert!((row[0].exp() - 0.75).abs() < 0.05, "{row:?}");
    }
}

#[test]
fn one_row_of_a_class_and_no_row_of_another_leave_all_probabilities_finite() {
    for (classes, mut labels) in [(4, vec![0; 50]), (2, vec![0; 50])] {
        if classes == 4 {
            labels[20..].fill(1);
            labels[49] = 2;
        }
        let values = (0..50).map(|i| (i % 10) as f32).collect();
        let data = dataset(1, values, labels, classes);
        for recipe in both() {
            let logs = probabilities(recipe.as_ref(), &data, 1);
            assert!(logs.values().iter().all(|log| log.is_finite()));
        }
    }
}

#[test]
fn a_step_that_is_too_long_is_a_divergence() {
    let recipe = BoostedTrees {
        learning_rate: 1e308,
        ..BoostedTrees::default()
    };
    let result = recipe.fit(&waves(200), &mut FitContext::quiet(1, 1));
    let error = result.err().unwrap().to_string();
    assert!(error.starts_with("diverged in epoch"), "{error}");
}

#[test]
fn parameters_out_of_range_are_refused() {
    let refusal = |preset: &dyn Preset, name: &str, value: serde_json::Value| {
        let values = [(name.to_owned(), value)].into_iter().collect();
        preset.with(&values).unwrap_err().to_string()
    };
    let [boosted, forest] = both();
    assert_eq!(
        refusal(boosted.as_ref(), "max_leaves", 1.into()),
        "max_leaves = 1: expected a whole number of at least 2"
    );
    assert_eq!(
        refusal(boosted.as_ref(), "l2", (-1.0).into()),
        "l2 = -1.0: expected a number of at least 0"
    );
    assert_eq!(
        refusal(forest.as_ref(), "features_per_split", 0.into()),
        "features_per_split = 0: expected a whole number of at least 1"
    );
}
