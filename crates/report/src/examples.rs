//! Records that tests are made of.

use crate::{
    Cell, DatasetRecord, Environment, FitRecord, Fitted, FoldOf, JudgedOn, Latency, Outcome,
    PlannedModel, Protocol, Records, Report, RunRecord,
};

/// The only fit of a model.
pub(crate) const CELL: Cell = Cell {
    repeat: 0,
    fold: 0,
    train_images: None,
    seed: 7,
};

/// A run of these models, trained on 100 images of two classes and judged on images of these labels.
pub(crate) fn run(models: &[&str], labels: &[u16]) -> RunRecord {
    let planned = |id: &&str| PlannedModel {
        id: (*id).to_owned(),
        model: (*id).to_owned(),
        backend: "by hand".to_owned(),
        hyperparameters: serde_json::Map::new(),
        train_images: 100,
        train_limit: None,
        fits: 1,
    };
    RunRecord {
        looks: 1,
        format: 2,
        run: "2026-01-02T03-04-05Z".to_owned(),
        dataset: DatasetRecord {
            name: "tiny".to_owned(),
            title: "Tiny".to_owned(),
            train: 100,
            train_available: 100,
            test: labels.len(),
            test_available: labels.len(),
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
        models: models.iter().map(planned).collect(),
        environment: Environment {
            command: "compare".to_owned(),
            started: "2026-01-02T03:04:05Z".to_owned(),
            data_origin: "memory".to_owned(),
            commit: String::new(),
            versions: vec![("plumbline".to_owned(), "0.1.0".to_owned())],
            build: "dev profile, opt-level 3".to_owned(),
            system: "test".to_owned(),
            cpu: "test".to_owned(),
            cpus: 2,
            threads: 2,
        },
        labels: labels.to_vec(),
        folds: Vec::new(),
    }
}

/// The same over folds: image i is in fold i mod `folds`.
pub(crate) fn run_over_folds(models: &[&str], labels: &[u16], folds: usize) -> RunRecord {
    let of_images = (0..labels.len()).map(|image| (image % folds) as u16);
    let mut run = run(models, labels);
    run.folds = vec![FoldOf(of_images.collect())];
    run.protocol = Protocol {
        judged_on: JudgedOn::Folds,
        folds,
        repeats: 1,
        ..run.protocol
    };
    for model in &mut run.models {
        model.fits = folds;
        model.train_images = labels.len() - labels.len().div_ceil(folds);
    }
    run
}

/// A fit that ended.
pub(crate) fn fit(id: &str, cell: Cell, outcome: Outcome) -> FitRecord {
    FitRecord {
        looks: 3,
        id: id.to_owned(),
        cell,
        key: String::new(),
        machine: run(&[], &[]).environment.machine(),
        outcome,
    }
}

/// What is measured of a fit with these predictions.
pub(crate) fn fitted(predictions: &[u16]) -> Fitted {
    Fitted {
        parameters: 10,
        fit_seconds: 0.1,
        predict_seconds: 1e-3,
        latency: Latency {
            p50: 1e-6,
            p99: 2e-6,
            images: 4,
        },
        peak_memory_bytes: 1 << 20,
        train_accuracy: 0.75,
        predictions: predictions.to_vec(),
        log_probabilities: None,
        temperature: None,
        looks: 1,
        certificate: serde_json::Map::new(),
        epochs: Vec::new(),
        linear: None,
        mistakes: Vec::new(),
    }
}

/// A fit that gets all images right but the first `wrong` of those that it is judged on.
pub(crate) fn with_errors(run: &RunRecord, id: &str, cell: Cell, wrong: usize) -> FitRecord {
    let labels = run.labels_of(cell).into_iter().enumerate();
    let predictions: Vec<u16> = labels
        .map(|(image, label)| if image < wrong { 1 - label } else { label } as u16)
        .collect();
    fit(id, cell, Outcome::Finished(Box::new(fitted(&predictions))))
}

/// The report of a run with up to three seeds, of models that get so many of 1 000 images wrong with
/// each.
pub(crate) fn with_seeds(models: &[(&str, &[usize])]) -> Report {
    let names: Vec<&str> = models.iter().map(|(id, _)| *id).collect();
    let mut run = run(&names, &[0, 1].repeat(500));
    run.protocol.seeds = 3;
    for (planned, (_, errors)) in run.models.iter_mut().zip(models) {
        planned.fits = errors.len();
    }
    let cell = |seed: usize| Cell {
        seed: CELL.seed + seed as u64,
        ..CELL
    };
    let fits = models.iter().flat_map(|(id, errors)| {
        let errors = errors.iter().enumerate();
        errors.map(|(seed, &wrong)| with_errors(&run, id, cell(seed), wrong))
    });
    report(fits.collect(), run.clone())
}

/// The report of these fits.
pub(crate) fn report(fits: Vec<FitRecord>, run: RunRecord) -> Report {
    Report::new(Records {
        run,
        fits,
        controls: Vec::new(),
        images: None,
    })
}
