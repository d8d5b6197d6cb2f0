//! Predictions and the truth that they are judged against, divided by an empty line.
#![no_main]

use predictions::{NamedFile, PredictionError, Question, Truth, TruthColumns, judged, read_models};
use std::path::{Path, PathBuf};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let middle = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (truth, answers) = bytes.split_at(middle.map_or(bytes.len(), |middle| middle + 1));
    let directory = fuzz::directory();
    let truth = fuzz::write(&directory, "truth.csv", truth);
    let answers = fuzz::write(
        &directory,
        "answers.csv",
        answers.get(1..).unwrap_or_default(),
    );
    fuzz::check(judge(&truth, answers));
});

fn judge(truth: &Path, path: PathBuf) -> Result<(), PredictionError> {
    let truth = Truth::read(truth, TruthColumns::default())?;
    let models = read_models(&truth, &[NamedFile { name: None, path }])?;
    let question = Question {
        name: "q",
        seed: 1,
        baseline: None,
        margin: None,
    };
    let environment = records::examples::run(&["m"], &[0]).environment;
    judged(truth, models, question, environment).map(drop)
}
