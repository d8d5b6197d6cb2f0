//! The machine from outside: against libsvm's recorded results, on data that go wrong elsewhere,
//! and with less memory than it would like.

use kernel_svm::{
    Error, Features, Gamma, GridPoint, Kernel, Settings, SupportVectorMachine, Watch, fit,
    fit_grid, fit_precomputed, fit_watched, fit_weighted,
};

/// The data of recorded.py: overlapping classes 0, 1, 2 in turn.
fn pixels(samples: usize, features: usize) -> Vec<u8> {
    let pixel = |i: usize, j: usize| {
        let noise = (i * i * 31 + j * j * 17 + i * j * 13) % 97;
        (noise + (i % 3) * (j % 5) * 30) as u8
    };
    (0..samples)
        .flat_map(|i| (0..features).map(move |j| pixel(i, j)))
        .collect()
}

fn reals(pixels: &[u8]) -> Vec<f32> {
    pixels.iter().map(|&p| f32::from(p) / 255.0).collect()
}

fn labels(samples: usize) -> Vec<usize> {
    (0..samples).map(|i| i % 3).collect()
}

fn settings(kernel: Kernel, c: f64, gamma: Gamma) -> Settings {
    Settings {
        kernel,
        c,
        gamma,
        tolerance: 1e-6,
        ..Settings::default()
    }
}

const SILENT: Watch = Watch {
    solved: &|_, _| {},
    cancelled: &|| false,
};

fn assert_close(actual: f64, expected: f64, tolerance: f64) {
    assert!(
        (actual - expected).abs() <= tolerance * expected.abs().max(1.0),
        "{actual} is not {expected}"
    );
}

/// A machine that recorded.py fitted: dual objectives of the pairs, and decision values of three
/// samples.
#[derive(Debug)]
struct Recorded {
    settings: Settings,
    objectives: Vec<f64>,
    decisions: Vec<f64>,
}

/// The lines of recorded.txt that begin with a word, without it.
fn recorded_lines(first: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = include_str!("recorded.txt").lines();
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    words.filter_map(move |words| (words[0] == first).then(|| words[1..].to_vec()))
}

fn numbers(words: &[&str]) -> Vec<f64> {
    words.iter().map(|word| word.parse().unwrap()).collect()
}

fn recorded(name: &str) -> Vec<Recorded> {
    let machines = recorded_lines(name).map(|words| {
        let c = numbers(&words[1..2])[0];
        let gamma = match words[2] {
            "scale" => Gamma::Scale,
            gamma => Gamma::Value(gamma.parse().unwrap()),
        };
        let kernel = match words[0] {
            "rbf" => Kernel::Rbf,
            "linear" => Kernel::Linear,
            _ => Kernel::Polynomial {
                degree: 3,
                coef0: 1.0,
            },
        };
        Recorded {
            settings: settings(kernel, c, gamma),
            objectives: numbers(&words[3..6]),
            decisions: numbers(&words[6..]),
        }
    });
    machines.collect()
}

#[test]
fn objectives_and_decisions_are_libsvms() {
    let (x, y) = (pixels(250, 13), labels(240));
    let (train, test) = x.split_at(240 * 13);
    let (real_train, real_test) = (reals(train), reals(test));
    // Of recorded.py, too.
    let weights: Vec<f64> = (0..240).map(|i| f64::from(1 + i % 7) / 4.0).collect();
    let plain = recorded("machine")
        .into_iter()
        .map(|machine| (machine, None));
    let weighted = recorded("weighted").into_iter();
    let weighted = weighted.map(|machine| (machine, Some(&*weights)));
    let recorded: Vec<_> = plain.chain(weighted).collect();
    assert_eq!(recorded.len(), 8);
    for (recorded, weights) in recorded {
        for (train, test) in [
            (Features::Pixels(train), Features::Pixels(test)),
            (Features::Reals(&real_train), Features::Reals(&real_test)),
        ] {
            let settings = &recorded.settings;
            let machine = fit_weighted(train, 13, &y, weights, settings, SILENT).unwrap();
            for (pair, objective) in machine.certificates().iter().zip(&recorded.objectives) {
                assert_close(pair.dual_objective, *objective, 1e-5);
                assert!(pair.kkt_violation <= 1e-6);
                assert!(pair.duality_gap.abs() < 1e-4 * objective.abs(), "{pair:?}");
                assert!(pair.bounded_support_vectors <= pair.support_vectors);
            }
            let decisions = machine.decision_function(test);
            for (actual, expected) in decisions.iter().zip(&recorded.decisions) {
                assert_close(*actual, *expected, 2e-4);
            }
        }
    }
}

#[test]
fn kernel_values_of_others_make_the_same_machine() {
    let (x, y, gamma) = (reals(&pixels(250, 13)), labels(240), 1.5);
    let rows: Vec<&[f32]> = x.chunks_exact(13).collect();
    let value = |a: &[f32], b: &[f32]| {
        let squares = a.iter().zip(b).map(|(&a, &b)| f64::from(a - b).powi(2));
        (-gamma * squares.sum::<f64>()).exp()
    };
    let of_row = |row: &[f32]| -> Vec<f64> { rows[..240].iter().map(|z| value(row, z)).collect() };
    let [matrix, test] = [&rows[..240], &rows[240..]]
        .map(|rows| rows.iter().flat_map(|row| of_row(row)).collect::<Vec<_>>());
    let weights: Vec<f64> = (0..240).map(|i| f64::from(1 + i % 7) / 4.0).collect();
    for threads in [1, 2] {
        let settings = Settings {
            threads,
            ..settings(Kernel::Rbf, 2.0, Gamma::Value(gamma))
        };
        let train = Features::Reals(&x[..240 * 13]);
        let ours = fit_weighted(train, 13, &y, Some(&weights), &settings, SILENT).unwrap();
        let theirs = fit_precomputed(&matrix, &y, Some(&weights), &settings, SILENT).unwrap();
        assert_eq!(theirs.support, ours.support());
        for (ours, theirs) in ours.certificates().iter().zip(&theirs.certificates) {
            assert_close(theirs.dual_objective, ours.dual_objective, 1e-6);
            assert!(theirs.kkt_violation <= 1e-6);
        }
        let decisions = ours.decision_function(Features::Reals(&x[240 * 13..]));
        for (ours, theirs) in decisions.iter().zip(theirs.decision_function(&test, 240)) {
            assert_close(theirs, *ours, 1e-4);
        }
    }
    let little = Settings {
        memory_mb: 0,
        ..Settings::default()
    };
    let refused = fit_precomputed(&matrix, &y, None, &little, SILENT);
    assert_eq!(
        refused.unwrap_err(),
        Error::Memory {
            given: 0,
            needed: 1
        }
    );
    let mut wrong = matrix.clone();
    wrong[5 * 240 + 3] = f64::NAN;
    let refused = fit_precomputed(&wrong, &y, None, &Settings::default(), SILENT);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "feature 3 of sample 5 (from 0) is NaN: expected a finite number"
    );
    let refused = fit_precomputed(&matrix[1..], &y, None, &Settings::default(), SILENT);
    assert_eq!(
        refused.unwrap_err(),
        Error::Ragged {
            values: 57_599,
            features: 240
        }
    );
}

/// 2 000 samples with labels that follow no pattern: nearly all are support vectors, and a working
/// set of 256 takes 1.4 MB of kernel rows.
fn without_pattern() -> (Vec<u8>, Vec<usize>) {
    let labels = (0..2000).map(|i| i * i / 7 % 3).collect();
    (pixels(2000, 7), labels)
}

#[test]
fn neither_threads_change_a_bit_nor_memory_the_optimum() {
    let (x, y) = without_pattern();
    let fit_with = |threads, memory_mb| {
        let settings = Settings {
            threads,
            memory_mb,
            ..Settings::default()
        };
        fit(Features::Pixels(&x), 7, &y, &settings).unwrap()
    };
    let reference = fit_with(1, 2048);
    let decisions =
        |machine: &SupportVectorMachine| machine.decision_function(Features::Pixels(&x[..7 * 500]));
    for threads in [2, 8] {
        let machine = fit_with(threads, 2048);
        assert_eq!(decisions(&machine), decisions(&reference), "{threads}");
        assert_eq!(machine.certificates(), reference.certificates());
    }
    let rows = |machine: &SupportVectorMachine| -> usize {
        machine
            .certificates()
            .iter()
            .map(|pair| pair.kernel_rows)
            .sum()
    };
    let frugal = fit_with(1, 1);
    assert!(rows(&frugal) > rows(&reference), "rows are computed again");
    for (ours, reference) in frugal.certificates().iter().zip(reference.certificates()) {
        assert!(ours.kkt_violation <= 1e-3);
        assert_close(ours.dual_objective, reference.dual_objective, 1e-5);
    }
    // 1 MiB is less than a working set wants, and of 4 MiB two threads get one each.
    for memory_mb in [1, 4] {
        let alone = decisions(&fit_with(1, memory_mb));
        for threads in [2, 8] {
            let decisions = decisions(&fit_with(threads, memory_mb));
            assert!(decisions == alone, "{threads} threads, {memory_mb} MiB");
        }
    }
}

#[test]
fn a_grid_in_little_memory_does_not_depend_on_threads() {
    let (x, y) = without_pattern();
    let samples = Features::Pixels(&x);
    let decisions = |threads, memory_mb| -> Vec<Vec<f64>> {
        let settings = Settings {
            threads,
            memory_mb,
            ..Settings::default()
        };
        let grid = (&[0.3, 1.0][..], &[Gamma::Scale, Gamma::Value(2.0)][..]);
        let points = fit_grid(samples, 7, &y, &settings, grid, SILENT).unwrap();
        let decide = |point: &GridPoint| {
            let part = Features::Pixels(&x[..7 * 500]);
            point.machine.decision_function(part)
        };
        points.iter().map(decide).collect()
    };
    // Half of it is for kernel rows: of 4 MiB a working set each for one thread, of 7 MiB for two.
    for memory_mb in [4, 7] {
        let alone = decisions(1, memory_mb);
        for threads in [2, 8] {
            let decisions = decisions(threads, memory_mb);
            assert!(decisions == alone, "{threads} threads, {memory_mb} MiB");
        }
    }
}

#[test]
fn too_little_memory_is_an_error_that_says_how_much_would_do() {
    let (x, y) = (pixels(3000, 200), labels(3000));
    let settings = Settings {
        memory_mb: 1,
        ..Settings::default()
    };
    let error = fit(Features::Pixels(&x), 200, &y, &settings).unwrap_err();
    let Error::Memory { given: 1, needed } = error else {
        panic!("{error}");
    };
    let enough = Settings {
        memory_mb: needed,
        tolerance: 0.5,
        ..Settings::default()
    };
    fit(Features::Pixels(&x), 200, &y, &enough).unwrap();
}

#[test]
fn weights_that_are_not_above_0_or_not_one_for_each_sample_are_refused() {
    let refusal = |weights: &[f64]| {
        let (x, settings) = (Features::Reals(&[0.0, 1.0]), Settings::default());
        let refused = fit_weighted(x, 1, &[0, 1], Some(weights), &settings, SILENT);
        refused.unwrap_err().to_string()
    };
    assert_eq!(
        refusal(&[1.0, -1.0]),
        "the weight of sample 1 (from 0) is -1: expected a number above 0"
    );
    assert_eq!(refusal(&[1.0]), "1 weights for 2 samples");
    assert_eq!(refusal(&[]), "0 weights for 2 samples");
}

#[test]
fn data_that_cannot_be_learnt_from_is_refused() {
    let refusal = |samples, features, labels: &[usize], settings| {
        fit(samples, features, labels, &settings)
            .unwrap_err()
            .to_string()
    };
    let fine = Settings::default();
    let x = [0.0, 1.0, 2.0, f32::NAN];
    assert_eq!(
        refusal(Features::Reals(&x), 2, &[0, 1], fine),
        "feature 1 of sample 1 (from 0) is NaN: expected a finite number"
    );
    assert_eq!(
        refusal(Features::Reals(&[f32::INFINITY, 0.0]), 1, &[0, 1], fine),
        "feature 0 of sample 0 (from 0) is inf: expected a finite number"
    );
    let x = [0.0, 1.0, 2.0];
    assert_eq!(
        refusal(Features::Reals(&x), 2, &[0, 1], fine),
        "3 values do not divide into rows of 2 features"
    );
    assert_eq!(
        refusal(Features::Reals(&x), 1, &[0, 1], fine),
        "2 labels for 3 samples"
    );
    assert_eq!(
        refusal(Features::Reals(&x), 1, &[4, 4, 4], fine),
        "all samples are of class 4: two classes are needed"
    );
    assert_eq!(refusal(Features::Pixels(&[]), 1, &[], fine), "no samples");
    let bad = Settings { c: -1.0, ..fine };
    assert_eq!(
        refusal(Features::Reals(&x), 1, &[0, 1, 1], bad),
        "c = -1: expected a number above 0"
    );
    for degree in [0, Kernel::HIGHEST_DEGREE + 1, u32::MAX] {
        let kernel = Kernel::Polynomial { degree, coef0: 1.0 };
        let bad = Settings { kernel, ..fine };
        assert_eq!(
            refusal(Features::Reals(&x), 1, &[0, 1, 1], bad),
            format!("degree = {degree}: expected a whole number from 1 to 64")
        );
    }
}

#[test]
fn a_kernel_beyond_the_numbers_there_are_is_refused_before_the_start() {
    for (scale, degree) in [(1e5_f32, 31), (1e4, 64), (1e3, 64)] {
        let x: Vec<f32> = (0..40).map(|i| scale * (i as f32).sin()).collect();
        let y: Vec<usize> = (0..40).map(|i| i / 3 % 2).collect();
        let kernel = Kernel::Polynomial { degree, coef0: 1.0 };
        let settings = settings(kernel, 1.0, Gamma::Value(1.0));
        let error = fit(Features::Reals(&x), 1, &y, &settings).unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, Error::KernelTooLarge { .. }), "{message}");
        let advice = "too large: gamma, degree or coef0 should be smaller";
        assert!(message.contains(advice), "{message}");
    }
}

#[test]
fn a_fit_that_is_called_off_ends_as_cancelled() {
    let (x, y) = (pixels(90, 5), labels(90));
    let watch = Watch {
        solved: &|_, _| {},
        cancelled: &|| true,
    };
    let settings = Settings {
        threads: 2,
        ..Settings::default()
    };
    let error = fit_watched(Features::Pixels(&x), 5, &y, &settings, watch).unwrap_err();
    assert_eq!(error, Error::Cancelled);
}

#[test]
fn equal_points_with_different_labels_end_at_the_bound() {
    let x = [0.0, 0.0, 0.0, 1.0, 1.0];
    let y = [0, 1, 0, 1, 1];
    for kernel in [Kernel::Rbf, Kernel::Linear] {
        let machine = fit(
            Features::Reals(&x),
            1,
            &y,
            &settings(kernel, 3.0, Gamma::Value(1.0)),
        )
        .unwrap();
        let certificate = machine.certificates()[0];
        assert!(certificate.kkt_violation <= 1e-6, "{certificate:?}");
        assert_eq!(certificate.bounded_support_vectors, 2);
        assert_eq!(machine.classify(Features::Reals(&[0.0, 1.0])), [0, 1]);
    }
    // No feature tells the classes apart: the majority wins.
    let machine = fit(Features::Pixels(&[7; 10]), 2, &y, &Settings::default()).unwrap();
    assert_eq!(machine.classify(Features::Pixels(&[7, 7])), [1]);
}

#[test]
fn a_class_of_one_sample_and_features_of_zero_are_no_obstacle() {
    let x = [0, 10, 0, 0, 12, 0, 0, 250, 0, 0, 240, 0, 0, 120, 0];
    let y = [2, 2, 9, 9, 5];
    let settings = Settings {
        probability: true,
        c: 100.0,
        ..Settings::default()
    };
    let machine = fit(Features::Pixels(&x), 3, &y, &settings).unwrap();
    assert_eq!(machine.classes(), [2, 5, 9]);
    assert_eq!(machine.classify(Features::Pixels(&x)), y);
    let probabilities = machine.probabilities(Features::Pixels(&x)).unwrap();
    for row in probabilities.chunks_exact(3) {
        assert_close(row.iter().sum(), 1.0, 1e-9);
        assert!(row.iter().all(|&p| p >= 0.0));
    }
}

#[test]
fn pixels_and_their_reals_are_decided_alike() {
    let (x, y) = (pixels(240, 13), labels(240));
    let machine = fit(Features::Pixels(&x), 13, &y, &Settings::default()).unwrap();
    let of_pixels = machine.decision_function(Features::Pixels(&x));
    let of_reals = machine.decision_function(Features::Reals(&reals(&x)));
    for (a, b) in of_pixels.iter().zip(of_reals) {
        assert_close(*a, b, 1e-4);
    }
}

/// Circular votes: each class beats one other. libsvm names the first.
#[test]
fn a_tie_goes_to_the_first_class() {
    let (x, y) = (pixels(240, 13), labels(240));
    let machine = fit(
        Features::Pixels(&x),
        13,
        &y,
        &recorded("machine").last().unwrap().settings,
    )
    .unwrap();
    let others: Vec<u8> = (0..13 * 3000_usize)
        .map(|i| (i * i / 11 % 251) as u8)
        .collect();
    let votes = machine.votes(Features::Pixels(&others));
    let predicted = machine.classify(Features::Pixels(&others));
    let tied: Vec<usize> = votes
        .chunks_exact(3)
        .zip(predicted)
        .filter(|(votes, _)| *votes == [1, 1, 1])
        .map(|(_, label)| label)
        .collect();
    assert!(!tied.is_empty());
    assert!(tied.iter().all(|&label| label == 0), "{tied:?}");
}

#[test]
fn a_grid_holds_what_single_fits_find() {
    let (x, y) = (pixels(240, 13), labels(240));
    let settings = Settings {
        tolerance: 1e-5,
        threads: 2,
        ..Settings::default()
    };
    let (costs, gammas) = ([8.0, 0.5, 2.0], [Gamma::Value(0.4), Gamma::Scale]);
    let samples = Features::Pixels(&x);
    let points = fit_grid(samples, 13, &y, &settings, (&costs, &gammas), SILENT).unwrap();
    let order: Vec<f64> = points.iter().map(|point| point.c).collect();
    assert_eq!(order, [0.5, 2.0, 8.0, 0.5, 2.0, 8.0]);
    let (mut together, mut apart) = (0, 0);
    for point in &points {
        let alone = Settings {
            c: point.c,
            gamma: Gamma::Value(point.gamma),
            ..settings
        };
        let alone = fit(samples, 13, &y, &alone).unwrap();
        assert_eq!(alone.classify(samples), point.machine.classify(samples));
        for (ours, alone) in point
            .machine
            .certificates()
            .iter()
            .zip(alone.certificates())
        {
            assert_close(ours.dual_objective, alone.dual_objective, 1e-5);
            assert!(ours.kkt_violation <= 1e-5);
            together += ours.steps;
            apart += alone.steps;
        }
    }
    assert!(
        together < apart,
        "neighbours are good starts: {together} steps, {apart} apart"
    );
}
