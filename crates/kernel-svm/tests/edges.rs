//! C, γ and features at the edges of what numbers can hold, against libsvm's recorded results.

use kernel_svm::{Error, Features, Gamma, Kernel, Settings, Watch, fit, fit_grid};

/// digits.txt of recorded.py: 240 images of 64 pixels, and their labels.
fn digits() -> (Vec<u8>, Vec<usize>) {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for line in include_str!("digits.txt").lines() {
        let (label, image) = line.split_once(' ').unwrap();
        labels.push(label.parse().unwrap());
        pixels.extend(image.split(' ').map(|pixel| pixel.parse::<u8>().unwrap()));
    }
    (pixels, labels)
}

/// The lines of recorded.txt that begin with a word, as numbers without it.
fn recorded(first: &str) -> impl Iterator<Item = Vec<f64>> {
    let lines = include_str!("recorded.txt").lines();
    lines.filter_map(move |line| {
        let mut words = line.split_whitespace();
        let of_kind = words.next() == Some(first);
        of_kind.then(|| words.map(|word| word.parse().unwrap()).collect())
    })
}

fn rbf(c: f64, gamma: f64) -> Settings {
    Settings {
        c,
        gamma: Gamma::Value(gamma),
        ..Settings::default()
    }
}

/// Odd against even digits.
fn odd_and_even() -> (Vec<u8>, Vec<usize>) {
    let (pixels, labels) = digits();
    let images = pixels.chunks_exact(64).zip(labels);
    let few = images.filter(|(_, label)| [3, 5, 8, 9].contains(label));
    let (images, labels): (Vec<&[u8]>, Vec<usize>) = few.map(|(x, y)| (x, y % 2)).unzip();
    (images.concat(), labels)
}

fn right(predicted: &[usize], labels: &[usize]) -> f64 {
    let pairs = predicted.iter().zip(labels);
    pairs.filter(|(a, b)| a == b).count() as f64 / labels.len() as f64
}

/// Above C = 100 libsvm's kernel values, in f32, keep it from the optimum; then its objective is
/// only a bound.
#[test]
fn objectives_are_libsvms_or_better_from_tiny_to_huge_c_and_gamma() {
    let (x, y) = odd_and_even();
    let reals: Vec<f32> = x.iter().map(|&p| f32::from(p) / 255.0).collect();
    let mut cells = 0;
    for line in recorded("edge") {
        let [c, gamma, objective, train, _] = line[..] else {
            panic!("{line:?}");
        };
        for samples in [Features::Pixels(&x), Features::Reals(&reals)] {
            let settings = Settings {
                tolerance: 1e-6,
                ..rbf(c, gamma)
            };
            let machine = fit(samples, 64, &y, &settings)
                .unwrap_or_else(|error| panic!("C {c:e}, γ {gamma:e}: {error}"));
            let pair = machine.certificates()[0];
            let size = pair.dual_objective.abs();
            let above = (pair.dual_objective - objective) / size;
            assert!(above <= 1e-5, "C {c:e}, γ {gamma:e}: {above:e} above");
            assert!(pair.kkt_violation <= 1e-6, "C {c:e}, γ {gamma:e}: {pair:?}");
            let got = right(&machine.classify(samples), &y);
            if c <= 100.0 {
                assert!(above >= -1e-5, "C {c:e}, γ {gamma:e}: {above:e} above");
                assert!(
                    (got - train).abs() < 0.011,
                    "C {c:e}, γ {gamma:e}: {got} for {train}"
                );
            }
        }
        cells += 1;
    }
    assert_eq!(cells, 72);
}

/// f32 has no numbers below e⁻¹⁰³: with it every image is of the class that rounding favours.
#[test]
fn votes_of_a_narrow_kernel_are_libsvms() {
    let (x, y) = digits();
    let (train, test) = x.split_at(64 * 200);
    let mut machines = 0;
    for line in recorded("narrow") {
        let settings = rbf(10.0, line[0]);
        let machine = fit(Features::Pixels(train), 64, &y[..200], &settings).unwrap();
        let expected: Vec<usize> = line[1..].iter().map(|&label| label as usize).collect();
        assert_eq!(
            machine.classify(Features::Pixels(test)),
            expected,
            "γ {}",
            line[0]
        );
        machines += 1;
    }
    assert_eq!(machines, 3);
}

/// Two distinct points, each 48 times, with labels in conflict.
#[test]
fn duplicates_in_conflict_end_at_once_whatever_c() {
    let x: Vec<u8> = (0..96).flat_map(|i| [0, 200 * (i / 2 % 2) as u8]).collect();
    let y: Vec<usize> = (0..96).map(|i| i / 4 % 2).collect();
    for c in [1.0, 1e12, 1e16, 1e20, 1e30, 1e100, 1e300] {
        match fit(Features::Pixels(&x), 2, &y, &rbf(c, 0.02)) {
            Ok(machine) => {
                let pair = machine.certificates()[0];
                assert!(
                    (pair.dual_objective / c + 96.0).abs() < 1e-6,
                    "{c:e}: {pair:?}"
                );
                assert!(pair.bounded_support_vectors == 96, "{pair:?}");
            }
            Err(error) => {
                assert!(c > 1e20, "{c:e}: {error}");
                assert!(matches!(error, Error::NotConverged { .. }), "{error}");
            }
        }
    }
}

/// 300 points of six features, of which every seventh has the wrong label.
fn noisy() -> (Vec<u8>, Vec<usize>) {
    let mut state = 1_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let x: Vec<u8> = (0..6 * 300).map(|_| draw()).collect();
    let of = |i: usize| usize::from(x[6 * i]) + usize::from(x[6 * i + 1]);
    let y = (0..300).map(|i| usize::from((of(i) > 255) != (i % 7 == 0)));
    let y = y.collect();
    (x, y)
}

/// Long narrow valleys: libsvm takes millions of steps for most of them, and for some more than
/// a minute.
#[test]
fn noise_at_a_huge_c_is_solved_in_few_steps() {
    let (x, y) = noisy();
    for c in [1e6, 1e8, 1e12] {
        for gamma in [1e-4, 1e-2] {
            let machine = fit(Features::Pixels(&x), 6, &y, &rbf(c, gamma)).unwrap();
            let pair = machine.certificates()[0];
            assert!(pair.kkt_violation <= 1e-3, "{pair:?}");
            assert!(pair.steps < 200_000, "{pair:?}");
            let gap = pair.duality_gap / pair.dual_objective.abs();
            assert!(gap < 1e-2, "C {c:e}, γ {gamma:e}: {pair:?}");
        }
    }
}

/// Numbers of f64 near 1 are 10⁻¹⁶ apart, and 10⁻⁴ times 10¹² of those is more than any tolerance.
#[test]
fn kernel_values_near_one_are_solved_at_a_huge_c() {
    let (x, y) = noisy();
    let x = Features::Pixels(&x);
    let (c, tolerance) = (1e12, 1e-6);
    let (costs, gammas) = ([1e6, c], [1e-8, 1e-6, 1e-5]);
    let watch = Watch {
        solved: &|_, _| {},
        cancelled: &|| false,
    };
    let settings = Settings {
        tolerance,
        ..rbf(c, 1.0)
    };
    let grid = (&costs[..], &gammas.map(Gamma::Value)[..]);
    let points = fit_grid(x, 6, &y, &settings, grid, watch).unwrap();
    for (point, gamma) in points.iter().skip(1).step_by(2).zip(gammas) {
        let settings = Settings {
            tolerance,
            ..rbf(c, gamma)
        };
        let machine = fit(x, 6, &y, &settings).unwrap();
        let pair = machine.certificates()[0];
        assert!(pair.kkt_violation <= tolerance, "γ {gamma:e}: {pair:?}");
        let gap = pair.duality_gap / pair.dual_objective.abs();
        assert!(gap < 1e-6, "γ {gamma:e}: {pair:?}");
        let of_grid = point.machine.certificates()[0].dual_objective;
        let off = (of_grid / pair.dual_objective - 1.0).abs();
        assert!(off < 1e-6, "γ {gamma:e}: {of_grid} for {pair:?}");
        // The decisions are those of the kernel itself: only whose α is C is within the margin.
        let decisions = machine.decision_function(x);
        let margins = decisions.iter().zip(&y);
        let margins = margins.map(|(d, y)| if *y == 0 { *d } else { -d });
        let below = |bound| margins.clone().filter(|margin| *margin < bound).count();
        let bounded = pair.bounded_support_vectors;
        assert!(
            below(0.9) <= bounded && bounded <= below(1.1),
            "γ {gamma:e}: {} to {} for {bounded}",
            below(0.9),
            below(1.1)
        );
    }
}

#[test]
fn a_tiny_c_leaves_coefficients_that_count() {
    let (x, y) = odd_and_even();
    let classify = |c| {
        let machine = fit(Features::Pixels(&x), 64, &y, &rbf(c, 0.02)).unwrap();
        let bounded = machine.certificates()[0].bounded_support_vectors;
        assert!(bounded > 0 && machine.support_vectors() >= bounded, "{c:e}");
        machine.classify(Features::Pixels(&x))
    };
    let expected = classify(1e-12);
    for c in [1e-30, 1e-50, 1e-200] {
        assert_eq!(classify(c), expected, "{c:e}");
    }
}

/// The kernel does not see the scale of the features, if γ goes with it.
#[test]
fn features_may_be_tiny_or_huge() {
    let (x, y) = noisy();
    let answers = |scale: f32| {
        let x: Vec<f32> = x.iter().map(|&p| scale * f32::from(p)).collect();
        let settings = Settings {
            c: 10.0,
            tolerance: 1e-6,
            ..Settings::default()
        };
        let machine = fit(Features::Reals(&x), 6, &y, &settings).unwrap();
        let objective = machine.certificates()[0].dual_objective;
        (objective, machine.classify(Features::Reals(&x)))
    };
    let (objective, labels) = answers(1.0 / 256.0);
    for scale in [1e-20, 1e-10, 1e10, 1e20] {
        let (other, others) = answers(scale);
        assert!(
            (other / objective - 1.0).abs() < 1e-6,
            "{scale:e}: {other} for {objective}"
        );
        assert_eq!(others, labels, "{scale:e}");
    }
}

/// (x·x' + 1)⁶⁴ is beyond f32 and within f64.
#[test]
fn a_polynomial_beyond_f32_is_solved() {
    let (x, y) = odd_and_even();
    let settings = Settings {
        kernel: Kernel::Polynomial {
            degree: 64,
            coef0: 1.0,
        },
        ..rbf(1.0, 1.0)
    };
    let machine = fit(Features::Pixels(&x), 64, &y, &settings).unwrap();
    assert_eq!(machine.classify(Features::Pixels(&x)), y);
}
