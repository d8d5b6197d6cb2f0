//! Models that are equally good are rarely called different: in no more than one experiment in twenty,
//! for each test that a verdict uses, and in tables of twenty models.

use analysis::Report;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use records::examples::{CELL, fit, fitted, of_fold, records, run, run_over_folds};
use records::{Cell, FitRecord, Outcome, RunRecord};
use statistics::{Relation, SeedDifference, all_pairs, cochran_q, only_right, paired_relation};

const EXPERIMENTS: usize = 2_000;

/// The most of 2 000 experiments that a test at level 0.05 finds something in, with probability 0.999:
/// 100 expected, and 3.1 standard deviations more.
const MOST: usize = 130;

/// How many experiments find something. Each has random numbers of its own.
fn count(mut finds: impl FnMut(&mut ChaCha8Rng) -> bool) -> usize {
    let random = |experiment: usize| ChaCha8Rng::seed_from_u64(experiment as u64);
    let found = (0..EXPERIMENTS).filter(|&experiment| finds(&mut random(experiment)));
    found.count()
}

/// Whether each of some models gets each sample right. Samples are of unequal difficulty, the same for
/// all models, and model m is right on a share `less[m]` less of them.
fn right(random: &mut ChaCha8Rng, less: &[f64], samples: usize) -> Vec<Vec<bool>> {
    let mut right = vec![Vec::with_capacity(samples); less.len()];
    for _ in 0..samples {
        let easy = 0.5 + 0.5 * random.random::<f64>();
        for (of_model, less) in right.iter_mut().zip(less) {
            of_model.push(random.random::<f64>() < easy - less);
        }
    }
    right
}

/// The fit of a model that gets these samples of a run right.
fn right_on(run: &RunRecord, id: &str, cell: Cell, right: &[bool]) -> FitRecord {
    let judged = run.judged(cell);
    let predictions = judged.iter().map(|&(sample, label)| {
        let label = label as u16;
        if right[sample] { label } else { 1 - label }
    });
    let predictions: Vec<u16> = predictions.collect();
    fit(id, cell, Outcome::Finished(Box::new(fitted(&predictions))))
}

fn names(models: usize) -> Vec<String> {
    (0..models).map(|model| format!("m{model}")).collect()
}

fn report(random: &mut ChaCha8Rng, less: &[f64], samples: usize) -> Report {
    let names = names(less.len());
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = run(&ids, &[0, 1].repeat(samples / 2));
    let right = right(random, less, samples);
    let fits = ids.iter().zip(&right);
    let fits = fits.map(|(id, right)| right_on(&run, id, CELL, right));
    Report::new(records(run.clone(), fits.collect()))
}

fn report_over_folds(random: &mut ChaCha8Rng, models: usize, samples: usize) -> Report {
    const FOLDS: u16 = 5;
    let names = names(models);
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = run_over_folds(&ids, &[0, 1].repeat(samples / 2), 1, FOLDS);
    let right = right(random, &vec![0.0; models], samples);
    let of_model = |(id, right): (&&str, &Vec<bool>)| -> Vec<FitRecord> {
        let folds = (0..FOLDS).map(|fold| of_fold(0, fold));
        folds.map(|cell| right_on(&run, id, cell, right)).collect()
    };
    let fits = ids.iter().zip(&right).flat_map(of_model).collect();
    Report::new(records(run.clone(), fits))
}

fn any_different(report: &Report) -> bool {
    report.comparisons.iter().any(|pair| pair.different)
}

fn is_any_told_apart(right: &[Vec<bool>]) -> bool {
    all_pairs(right, 0.05).iter().any(|pair| pair.different)
}

/// What decides in a report is what the experiments below are of.
#[test]
fn a_report_tells_models_apart_by_the_test_of_all_pairs() {
    let mut told = [0; 2];
    for (experiment, less) in [[0.0, 0.0, 0.5], [0.0; 3]].repeat(3).iter().enumerate() {
        let random = || ChaCha8Rng::seed_from_u64(experiment as u64);
        let found = any_different(&report(&mut random(), less, 60));
        assert_eq!(
            found,
            is_any_told_apart(&right(&mut random(), less, 60)),
            "{experiment}"
        );
        told[usize::from(found)] += 1;
    }
    assert!(told.iter().all(|&count| count > 0), "{told:?}");
}

#[test]
fn equal_models_are_told_apart_in_one_experiment_of_twenty_at_the_most() {
    for models in [2, 20] {
        let mut found = [0; 2];
        let _ = count(|random| {
            let right = right(random, &vec![0.0; models], 60);
            found[0] += usize::from(is_any_told_apart(&right));
            found[1] += usize::from(cochran_q(&right).is_some_and(|test| test.p < 0.05));
            false
        });
        let [pairs, together] = found;
        assert!(pairs <= MOST, "pairs of {models}: {pairs}");
        assert!(together <= MOST, "Cochran's Q of {models}: {together}");
    }
}

#[test]
fn so_are_two_and_twenty_over_folds() {
    let two = count(|random| any_different(&report_over_folds(random, 2, 60)));
    assert!(two <= MOST, "two models: {two}");
    let twenty = count(|random| any_different(&report_over_folds(random, 20, 40)));
    assert!(twenty <= MOST, "twenty models: {twenty}");
}

/// The accuracies of both with five seeds, on the same samples.
#[test]
fn so_are_two_over_seeds() {
    let found = count(|random| {
        let fits = right(random, &[0.0; 10], 200);
        let share = |right: &Vec<bool>| right.iter().filter(|r| **r).count() as f64 / 200.0;
        let accuracies: Vec<f64> = fits.iter().map(share).collect();
        let (first, second) = accuracies.split_at(5);
        SeedDifference::paired(first, second).is_some_and(|test| test.t_test().p < 0.05)
    });
    assert!(found <= MOST, "{found}");
}

/// At the edge of what a gate is to stop, it lets through one model in twenty at the most. Its relation is
/// that of a single pair.
#[test]
fn gates_hold_their_level() {
    let relation = |random: &mut ChaCha8Rng, less: f64, margin: f64| {
        let right = right(random, &[less, 0.0], 60);
        let (b, c) = only_right(&right[0], &right[1]);
        paired_relation(b, c, 60, margin, 0.05)
    };
    let worse = count(|random| relation(random, 0.0, 0.0) == Relation::Worse);
    let better = count(|random| relation(random, 0.0, 0.0) == Relation::Better);
    assert!(worse <= MOST / 2 && better <= MOST / 2, "{worse}, {better}");
    let shown = count(|random| {
        let found = relation(random, 0.1, 0.1);
        !matches!(found, Relation::Worse | Relation::Undecided)
    });
    assert!(shown <= MOST, "{shown}");
}
