//! Fits a model for every line of standard input, `MODEL THREADS SEED FILE.npz`, and answers each with a
//! line of JSON: accuracy and log-loss on the file's test rows, seconds to fit and to predict.
//! `scikit.py` asks it. The file has `x_train`, `y_train`, `x_test` and `y_test`.
#![allow(clippy::disallowed_methods, reason = "it measures")]

use catalog::{Content, Options, load};
use classifier::{FitContext, with_threads};
use model_trees::{BOOSTED_TREES, RANDOM_FOREST};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    for line in std::io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [model, threads, seed, file] = words[..] else {
            return Err("expected MODEL THREADS SEED FILE.npz".into());
        };
        println!("{}", answer(model, threads.parse()?, seed.parse()?, file)?);
    }
    Ok(())
}

fn answer(
    model: &str,
    threads: usize,
    seed: u64,
    file: &str,
) -> Result<serde_json::Value, Box<dyn Error + Send + Sync>> {
    let models = [BOOSTED_TREES, RANDOM_FOREST];
    let entry = models.iter().find(|entry| entry.id == model);
    let recipe = (entry.ok_or("no such model")?.preset)();
    let loaded = load(Path::new(file), &Options::default())?;
    let Content::Samples { train, test } = loaded.content else {
        return Err("expected arrays".into());
    };
    with_threads(threads, || {
        let started = Instant::now();
        let classifier = recipe.fit(&train, &mut FitContext::quiet(seed, threads))?;
        let fitted = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let logs = classifier.log_probabilities(test.samples());
        let predicted = started.elapsed().as_secs_f64();
        let logs = logs.ok_or("both have probabilities")?;
        let labels = test.look().labels();
        let predictions = logs.labels();
        let right = predictions.iter().zip(labels).filter(|(a, b)| a == b);
        let of_truth = logs.rows().zip(labels).map(|(row, &label)| -row[label]);
        Ok(serde_json::json!({
            "accuracy": right.count() as f64 / labels.len() as f64,
            "log_loss": of_truth.map(f64::from).sum::<f64>() / labels.len() as f64,
            "fit": fitted,
            "predict": predicted,
        }))
    })
}
