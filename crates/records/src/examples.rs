//! Small records, for tests and for whoever wants to see what a record holds.

use crate::{
    Cell, Control, ControlRecord, DatasetRecord, Environment, EpochRecord, FitRecord, Fitted,
    FoldOf, Folds, ImagesRecord, JudgedOn, Latency, LinearRecord, Machine, Mistake, Outcome,
    PlannedModel, Protocol, Records, RunRecord, Split,
};

/// The only fit of a model.
pub const CELL: Cell = Cell {
    split: Split::Whole,
    role: crate::Role::Main,
    seed: 7,
};

/// The main fit of a fold, from 0.
pub fn of_fold(repeat: u8, fold: u16) -> Cell {
    Cell {
        split: Split::Fold { repeat, fold },
        seed: CELL.seed + u64::from(repeat),
        ..CELL
    }
}

/// A run of these models, trained on 100 images of two classes and judged on images of these labels.
pub fn run(models: &[&str], labels: &[u16]) -> RunRecord {
    let planned = |id: &&str| PlannedModel {
        id: (*id).to_owned(),
        model: (*id).to_owned(),
        backend: "by hand".to_owned(),
        hyperparameters: serde_json::Map::new(),
        train_images: 100,
        train_limit: None,
        fits: 1,
        predictions: None,
    };
    RunRecord {
        looks: 1,
        run: "2026-01-02T03-04-05Z".to_owned(),
        dataset: DatasetRecord {
            name: "tiny".to_owned(),
            title: "Tiny".to_owned(),
            train: 100,
            train_available: 100,
            test: labels.len(),
            test_available: labels.len(),
            samples: crate::SampleKind::Pictures,
            features: 4,
            rows: 2,
            columns: 2,
            classes: 2,
            class_names: vec!["cat".to_owned(), "dog".to_owned()],
            sha256: Default::default(),
        },
        quick: false,
        seed: CELL.seed,
        protocol: Protocol::default(),
        question: None,
        analysis: None,
        baseline: None,
        margin: None,
        models: models.iter().map(planned).collect(),
        environment: environment(),
        options: serde_json::Map::new(),
        columns: Vec::new(),
        notes: Vec::new(),
        doubts: Vec::new(),
        labels: labels.to_vec(),
        folds: Vec::new(),
        groups: Vec::new(),
        slices: None,
    }
}

fn environment() -> Environment {
    Environment {
        command: "compare".to_owned(),
        started: "2026-01-02T03:04:05Z".to_owned(),
        data_origin: "memory".to_owned(),
        commit: String::new(),
        versions: vec![("plumbline".to_owned(), "0.1.0".to_owned())],
        build: "dev profile, opt-level 3".to_owned(),
        machine: Some(Machine {
            system: "test".to_owned(),
            cpu: "test".to_owned(),
            cpus: 2,
            threads: 2,
        }),
    }
}

/// The same over folds, judged on the images that it is trained on: image i is in fold i mod
/// `folds` in each repetition.
pub fn run_over_folds(models: &[&str], labels: &[u16], repeats: u8, folds: u16) -> RunRecord {
    let count = usize::from(folds);
    let of_images = (0..labels.len()).map(|image| (image % count) as u16);
    let mut run = run(models, labels);
    run.folds = vec![FoldOf(of_images.collect()); repeats.into()];
    run.protocol.judged_on = JudgedOn::Folds(Folds { repeats, folds });
    let train = labels.len() - labels.len().div_ceil(count);
    run.dataset.train = train;
    run.dataset.train_available = labels.len();
    for model in &mut run.models {
        model.fits = count * usize::from(repeats);
        model.train_images = train;
    }
    run
}

/// A fit that ended.
pub fn fit(id: &str, cell: Cell, outcome: Outcome) -> FitRecord {
    FitRecord {
        looks: 3,
        id: id.to_owned(),
        cell,
        key: String::new(),
        machine: environment().machine(),
        outcome,
    }
}

/// What is measured of a fit with these predictions.
pub fn fitted(predictions: &[u16]) -> Fitted {
    Fitted {
        parameters: Some(10),
        fit_seconds: Some(0.1),
        predict_seconds: Some(1e-3),
        latency: Some(Latency {
            p50: 1e-6,
            p99: 2e-6,
            images: 4,
        }),
        peak_memory_bytes: Some(1 << 20),
        train_accuracy: Some(0.75),
        predictions: predictions.to_vec(),
        log_probabilities: None,
        temperature: None,
        temperature_error: None,
        temperature_at_bound: false,
        looks: 1,
        certificate: serde_json::Map::new(),
        epochs: Vec::new(),
        linear: None,
        mistakes: Vec::new(),
        importance: Vec::new(),
        notes: Vec::new(),
    }
}

/// A fit with these predictions.
pub fn answered(id: &str, cell: Cell, predictions: &[u16]) -> FitRecord {
    fit(id, cell, Outcome::Finished(Box::new(fitted(predictions))))
}

/// A fit of two classes that gets all images right but the first `wrong` of those that it is
/// judged on.
pub fn with_errors(run: &RunRecord, id: &str, cell: Cell, wrong: usize) -> FitRecord {
    let labels = run.labels_of(cell).into_iter().enumerate();
    let predictions: Vec<u16> = labels
        .map(|(image, label)| if image < wrong { 1 - label } else { label } as u16)
        .collect();
    answered(id, cell, &predictions)
}

/// Records without controls and pictures.
pub fn records(run: RunRecord, fits: Vec<FitRecord>) -> Records {
    Records {
        run,
        fits,
        controls: Vec::new(),
        images: None,
    }
}

/// The fit of a model `good` with almost all that a record can hold; numbers are finite but for a bias.
pub fn good() -> FitRecord {
    let epoch = |epoch, accuracy, training_loss| EpochRecord {
        epoch,
        training_loss,
        train_accuracy: accuracy,
        judged_accuracy: accuracy,
    };
    let fitted = Fitted {
        fit_seconds: Some(0.1 + 0.2),
        log_probabilities: Some(vec![-0.1, -2.3, -2.3, -0.1, -2.3, -0.1, -2.3, -0.1]),
        looks: 3,
        certificate: serde_json::Map::from_iter([("gradient_norm".to_owned(), 9.5e-6.into())]),
        epochs: vec![epoch(1, 0.5, 0.1), epoch(2, 0.75, 0.05)],
        linear: Some(LinearRecord {
            weights: vec![0.1, -0.2, f32::MIN_POSITIVE, 3.5, 0.0, 1.0, -1.0, 2.0],
            biases: vec![0.5, f32::NEG_INFINITY],
        }),
        mistakes: vec![Mistake {
            image: 1,
            truth: 0,
            predicted: 1,
            probability: Some(0.9),
            pixels: vec![0, 80, 160, 255],
        }],
        ..fitted(&[0, 1, 1, 1])
    };
    fit("good", CELL, Outcome::Finished(Box::new(fitted)))
}

/// The fit of a model `bad`, which failed.
pub fn bad() -> FitRecord {
    let reason = "diverged in epoch 3".to_owned();
    fit("bad", CELL, Outcome::Failed { reason })
}

/// A control that [`good`] failed.
pub fn controls() -> ControlRecord {
    ControlRecord {
        id: "good".to_owned(),
        controls: vec![Control {
            name: "shuffled labels".to_owned(),
            passed: false,
            detail: "4 of 4 right".to_owned(),
        }],
    }
}

/// The second image of those that a [`run`] is judged on.
pub fn images() -> ImagesRecord {
    ImagesRecord {
        indices: vec![1],
        pixels: vec![0, 80, 160, 255],
    }
}
