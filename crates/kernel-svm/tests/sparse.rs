//! Sparse samples: the same machines as of the same samples with all their zeros, in less memory.

use kernel_svm::{
    Error, Features, Gamma, Kernel, Numbers, Places, Settings, Sparse, SupportVectorMachine, Watch,
    fit, fit_grid,
};

/// Words of documents on three topics, in compressed rows.
struct Documents {
    features: usize,
    starts: Vec<usize>,
    places: Vec<u32>,
    counts: Vec<u8>,
}

impl Documents {
    /// `samples` documents of up to `each` words, of `features` that there are.
    fn new(samples: usize, features: usize, each: usize) -> Self {
        let (mut starts, mut places, mut counts) = (vec![0], Vec::new(), Vec::new());
        let mut random = 1_u64;
        let mut draw = |below: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) as usize % below
        };
        for sample in 0..samples {
            let mut words: Vec<usize> = (0..each)
                .map(|_| match draw(4) {
                    // A third of the words are of its topic.
                    0 => draw(features / 3) * 3 + sample % 3,
                    1 => draw(20),
                    _ => draw(features),
                })
                .collect();
            words.sort_unstable();
            words.dedup();
            counts.extend(words.iter().map(|_| 1 + draw(200) as u8));
            places.extend(words.iter().map(|&word| word.min(features - 1) as u32));
            starts.push(places.len());
        }
        Self {
            features,
            starts,
            places,
            counts,
        }
    }

    fn labels(&self) -> Vec<usize> {
        (1..self.starts.len()).map(|end| (end - 1) % 3).collect()
    }

    fn sparse<'a, T>(&'a self, values: &'a [T]) -> Sparse<'a, T> {
        Sparse::new(self.features, &self.starts, &self.places, values).unwrap()
    }

    fn dense<T: Copy + Default>(&self, values: &[T]) -> Vec<T> {
        let mut dense = vec![T::default(); (self.starts.len() - 1) * self.features];
        for (row, ends) in dense
            .chunks_exact_mut(self.features)
            .zip(self.starts.windows(2))
        {
            for place in ends[0]..ends[1] {
                row[self.places[place] as usize] = values[place];
            }
        }
        dense
    }

    fn reals(&self) -> Vec<f32> {
        self.counts
            .iter()
            .map(|&count| f32::from(count) / 200.0)
            .collect()
    }
}

fn bits(values: Vec<f64>) -> Vec<u64> {
    values.into_iter().map(f64::to_bits).collect()
}

/// A machine of every kernel and precision, for samples of any kind.
fn settings() -> Vec<Settings> {
    let polynomial = Kernel::Polynomial {
        degree: 2,
        coef0: 1.0,
    };
    // A cost so large needs double precision.
    let machines = [
        (Kernel::Rbf, 1.0),
        (Kernel::Rbf, 1e7),
        (Kernel::Linear, 1.0),
        (polynomial, 0.1),
    ];
    let machine = |(kernel, c)| Settings {
        kernel,
        c,
        gamma: Gamma::Value(0.1),
        ..Settings::default()
    };
    machines.map(machine).to_vec()
}

#[test]
fn machines_have_the_bits_of_those_of_all_features() {
    // Panels of the first hold all features, those of the second few of them.
    for (features, each) in [(30, 12), (12_000, 9)] {
        let documents = Documents::new(300, features, each);
        let (labels, reals) = (documents.labels(), documents.reals());
        let (dense_pixels, dense_reals) =
            (documents.dense(&documents.counts), documents.dense(&reals));
        let pixels = [
            Features::SparsePixels(documents.sparse(&documents.counts)),
            Features::Pixels(&dense_pixels),
        ];
        let reals = [
            Features::SparseReals(documents.sparse(&reals)),
            Features::Reals(&dense_reals),
        ];
        for settings in settings() {
            for kinds in [pixels, reals] {
                let machines = kinds.map(|x| fit(x, features, &labels, &settings).unwrap());
                assert_eq!(machines[0].certificates(), machines[1].certificates());
                assert_eq!(machines[0].support(), machines[1].support());
                for judged in [pixels, reals] {
                    let decided = |machine: &SupportVectorMachine| {
                        judged.map(|x| bits(machine.decision_function(x)))
                    };
                    let [ours, theirs] = machines.each_ref().map(decided);
                    assert_eq!(ours, theirs);
                    assert_eq!(ours[0], ours[1]);
                }
                restored(&machines[0], kinds[0]);
            }
        }
    }
}

/// Asserts that a machine put together of its parts is the same.
fn restored(machine: &SupportVectorMachine, x: Features) {
    let parts = machine.parts();
    let features = parts.features;
    assert_eq!(parts.places.is_some(), features == 12_000);
    let stored = match &parts.vectors {
        Numbers::Bytes(values) => values.len(),
        Numbers::Single(values) => values.len(),
        Numbers::Double(values) => values.len(),
    };
    assert!(parts.places.is_none() || stored <= 9 * parts.support.len());
    let again = SupportVectorMachine::from_parts(parts.clone()).unwrap();
    assert_eq!(again.parts(), parts);
    let of = |machine: &SupportVectorMachine| bits(machine.decision_function(x));
    assert_eq!(of(&again), of(machine));
}

#[test]
fn probabilities_and_grids_are_those_of_all_features_too() {
    let documents = Documents::new(150, 2_000, 8);
    let (labels, reals) = (documents.labels(), documents.reals());
    let dense = documents.dense(&reals);
    let kinds = [
        Features::SparseReals(documents.sparse(&reals)),
        Features::Reals(&dense),
    ];
    let settings = Settings {
        gamma: Gamma::Value(0.1),
        probability: true,
        ..Settings::default()
    };
    let [ours, theirs] = kinds.map(|x| fit(x, 2_000, &labels, &settings).unwrap());
    assert_eq!(ours.probabilities(kinds[0]), theirs.probabilities(kinds[1]));
    let grids = kinds.map(|x| {
        let watch = Watch {
            solved: &|_, _| {},
            cancelled: &|| false,
        };
        let grid = (
            &[0.5, 5.0][..],
            &[Gamma::Value(0.2), Gamma::Value(0.05)][..],
        );
        let points = fit_grid(x, 2_000, &labels, &settings, grid, watch).unwrap();
        let decided = points
            .iter()
            .map(|point| bits(point.machine.decision_function(x)));
        decided.collect::<Vec<_>>()
    });
    assert_eq!(grids[0], grids[1]);
}

#[test]
fn gamma_by_scale_is_that_of_all_features() {
    let documents = Documents::new(100, 500, 20);
    let (labels, dense) = (documents.labels(), documents.dense(&documents.counts));
    let gamma = |x| {
        let machine = fit(x, 500, &labels, &Settings::default()).unwrap();
        machine.gamma()
    };
    let ours = gamma(Features::SparsePixels(documents.sparse(&documents.counts)));
    let theirs = gamma(Features::Pixels(&dense));
    assert!(
        (ours / theirs - 1.0).abs() < 1e-12,
        "{ours} is not {theirs}"
    );
}

#[test]
fn a_wide_matrix_needs_no_room_for_zeros() {
    // As single precision 800 MB with its zeros; without them a panel's columns are a sixteenth filled.
    let documents = Documents::new(2_000, 100_000, 50);
    let (labels, reals) = (documents.labels(), documents.reals());
    let x = Features::SparseReals(documents.sparse(&reals));
    let settings = Settings {
        memory_mb: 40,
        gamma: Gamma::Value(0.1),
        ..Settings::default()
    };
    let machine = fit(x, 100_000, &labels, &settings).unwrap();
    assert_eq!(machine.classify(x), labels);
}

#[test]
fn sparse_samples_that_do_not_fit_are_refused() {
    let documents = Documents::new(30, 100, 5);
    let (labels, mut reals) = (documents.labels(), documents.reals());
    let x = Features::SparseReals(documents.sparse(&reals));
    let settings = Settings::default();
    let wider = fit(x, 101, &labels, &settings).unwrap_err();
    assert_eq!(wider.to_string(), "samples of 100 features instead of 101");
    let fewer = fit(x, 100, &labels[1..], &settings).unwrap_err();
    assert_eq!(fewer.to_string(), "29 labels for 30 samples");
    let mut parts = fit(x, 100, &labels, &settings).unwrap().parts();
    parts.places = Some(Places {
        starts: vec![0; 3],
        places: Vec::new(),
    });
    let wrong = SupportVectorMachine::from_parts(parts).unwrap_err();
    assert!(matches!(wrong, Error::Parts { .. }), "{wrong}");
    let place = documents.starts[3] + 1;
    reals[place] = f32::NAN;
    let error = fit(
        Features::SparseReals(documents.sparse(&reals)),
        100,
        &labels,
        &settings,
    );
    let said = error.unwrap_err().to_string();
    let feature = documents.places[place];
    assert!(
        said.contains(&format!("feature {feature} of sample 3 ")),
        "{said}"
    );
}
