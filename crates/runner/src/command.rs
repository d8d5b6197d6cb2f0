//! A program of the user's as a model: it is given a folder with data, and writes its answers there.

use crate::conditions::{Conditions, Cost, FitData, Unfitted};
use crate::exchange::{self, Answer};
use crate::importance::{MOST_ROWS_OF_PROGRAMS, Shuffled};
use crate::job::Event;
use crate::memory;
use crate::mistakes::most_confident;
use crate::obituary::{LastWords, obituary};
use crate::program::CommandModel;
use crate::spoken::heard;
use crate::stopwatch::Stopwatch;
use data::{Dataset, Samples};
use records::{Fitted, Outcome};
use serde_json::Map;
use statistics::Temperature;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// The longest line that may be a mark, in bytes.
const LONGEST_MARK: usize = 1 << 12;
/// How long the last lines of a program that has ended are waited for, where what it started holds its output.
const LAST_LINE: Duration = Duration::from_millis(300);
/// How often a program's memory is looked at.
const PAUSE: Duration = Duration::from_millis(5);
/// What begins a line that is meant for us.
const MARK: &str = "plumbline: ";

fn start(program: &CommandModel, folder: &Path, threads: usize) -> Result<Child, Unfitted> {
    let mut command = Command::new(&program.words[0]);
    command
        .args(&program.words[1..])
        .arg(folder)
        .current_dir(&program.directory)
        // A program's marks must come when they are printed.
        .env("PYTHONUNBUFFERED", "1")
        .env("PLUMBLINE_THREADS", threads.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
        .spawn()
        .map_err(|error| Unfitted::Failed(format!("{}: {error}", program.words[0])))
}

/// Runs a program and evaluates its answers.
pub(crate) fn measure(
    program: &CommandModel,
    data: FitData<'_>,
    conditions: &mut Conditions<'_>,
) -> Outcome {
    let judged = data.judged.samples();
    let shuffled = Shuffled::new(judged, data.sources, MOST_ROWS_OF_PROGRAMS, data.seed);
    match run(program, data, Some(&shuffled), conditions) {
        (Ok((answer, said)), cost) => {
            Outcome::Finished(Box::new(fitted(answer, &said, data, &shuffled, cost)))
        }
        (Err(Unfitted::Cancelled), _) => Outcome::Cancelled,
        (Err(Unfitted::Failed(reason)), _) => Outcome::Failed { reason },
    }
}

/// Runs a program, and gives its predictions of the judged samples.
pub(crate) fn predictions(
    program: &CommandModel,
    data: FitData<'_>,
    conditions: &mut Conditions<'_>,
) -> (Result<Vec<usize>, Unfitted>, Cost) {
    let (result, cost) = run(program, data, None, conditions);
    let predicted = result.map(|(answer, _)| {
        let judged = answer.predictions.into_iter().take(data.judged.len());
        judged.map(usize::from).collect()
    });
    (predicted, cost)
}

/// The answers are to the judged samples, then to those that probabilities are calibrated on, then to shuffled
/// copies of the judged ones.
fn fitted(
    answer: Answer,
    said: &Said,
    data: FitData<'_>,
    shuffled: &Shuffled<'_>,
    cost: Cost,
) -> Fitted {
    let (count, classes) = (data.judged.len(), data.judged.classes());
    let held_out = data.calibration.map_or(&[][..], Dataset::labels);
    let asked = answer.predictions.len();
    let all: Vec<usize> = answer.predictions.into_iter().map(usize::from).collect();
    let (predicted, others) = all.split_at(count);
    let judged = data.judged.look();
    let importance = shuffled.worth(judged.labels(), predicted, &others[held_out.len()..]);
    let predictions: Vec<u16> = predicted.iter().map(|&class| class as u16).collect();
    let calibrate = |mut logs: Vec<f32>| {
        let rest = logs.split_off(count * classes);
        if held_out.is_empty() {
            return (logs, None);
        }
        let temperature = Temperature::fit(&rest[..held_out.len() * classes], held_out);
        let scaled = statistics::at_temperature(&logs, count, temperature.value);
        (scaled, Some(temperature))
    };
    let (logs, temperature) = answer.log_probabilities.map(calibrate).unzip();
    let temperature = temperature.flatten();
    let of_judged = |seconds: f64| seconds * count as f64 / asked.max(1) as f64;
    Fitted {
        parameters: said.parameters,
        fit_seconds: Some(cost.time.as_secs_f64()),
        predict_seconds: said
            .predict_seconds
            .map(|seconds| of_judged(seconds) + data.judged_preparation.as_secs_f64()),
        latency: None,
        peak_memory_bytes: Some(cost.memory),
        train_accuracy: None,
        mistakes: most_confident(judged, &predictions, logs.as_deref()),
        predictions,
        log_probabilities: logs,
        temperature: temperature.map(|of| of.value),
        temperature_error: temperature.and_then(|of| of.log_error),
        temperature_at_bound: temperature.is_some_and(|of| of.at_bound),
        looks: data.judged.looks(),
        certificate: Map::new(),
        epochs: Vec::new(),
        linear: None,
        importance,
        notes: vec![said.timing().to_owned()],
    }
}

/// What a program said on the way.
#[derive(Debug, Default)]
struct Said {
    /// Its own time, if it printed both marks.
    fit: Option<Duration>,
    predict_seconds: Option<f64>,
    parameters: Option<usize>,
}

impl Said {
    fn timing(&self) -> &'static str {
        match self.fit {
            Some(_) => "fit time: between the two marks that the program prints",
            None => "fit time: of the whole process, which prints no marks",
        }
    }
}

fn run(
    program: &CommandModel,
    data: FitData<'_>,
    shuffled: Option<&Shuffled<'_>>,
    conditions: &mut Conditions<'_>,
) -> (Result<(Answer, Said), Unfitted>, Cost) {
    let folder = match tempfile::Builder::new().prefix("plumbline-").tempdir() {
        Ok(folder) => folder,
        Err(error) => return (Err(failed(&error)), Cost::default()),
    };
    let samples = match give(program, folder.path(), data, shuffled, conditions.threads) {
        Ok(samples) => samples,
        Err(error) => return (Err(failed(&error)), Cost::default()),
    };
    (conditions.on)(&Event::Fitting);
    let whole = Stopwatch::start();
    let mut listener = Listener {
        said: Said::default(),
        begun: None,
        predicting: None,
    };
    let (ending, memory) = match start(program, folder.path(), conditions.threads) {
        Ok(child) => attend(child, conditions, &mut listener),
        Err(unfitted) => (Err(unfitted), 0),
    };
    let cost = Cost {
        time: listener.said.fit.unwrap_or_else(|| whole.elapsed()),
        memory,
    }
    .after(data.preparation);
    (conditions.on)(&Event::Pausing);
    let answer = ending.and_then(|()| {
        exchange::read(folder.path(), samples, data.judged.classes()).map_err(Unfitted::Failed)
    });
    (answer.map(|answer| (answer, listener.said)), cost)
}

/// Writes what the program is given, and says how many samples it has to predict.
fn give(
    program: &CommandModel,
    folder: &Path,
    data: FitData<'_>,
    shuffled: Option<&Shuffled<'_>>,
    threads: usize,
) -> std::io::Result<usize> {
    let copies: Vec<Samples> = shuffled.map_or_else(Vec::new, |of| of.copies().collect());
    let held_out = data.calibration.map(Dataset::samples);
    let asked = [data.judged.samples()].into_iter().chain(held_out);
    let asked: Vec<&Samples> = asked.chain(&copies).collect();
    exchange::write(folder, &program.parameters, data, &asked, threads)?;
    Ok(asked.iter().map(|samples| samples.len()).sum())
}

fn failed(error: &dyn std::fmt::Display) -> Unfitted {
    Unfitted::Failed(format!("folder for the program: {error}"))
}

/// Listens to a program until it has ended, even if what it started still holds its output. Gives the most memory
/// that it and what it started had resident at a time, too.
fn attend(
    mut child: Child,
    conditions: &mut Conditions<'_>,
    listener: &mut Listener,
) -> (Result<(), Unfitted>, usize) {
    let said = child
        .stdout
        .take()
        .map(|stream| heard(stream, LONGEST_MARK, Some));
    let last = child.stderr.take().map(LastWords::of);
    let mut memory = 0;
    let mut since_exit: Option<Stopwatch> = None;
    let status = loop {
        let line = said.as_ref().map(|said| said.recv_timeout(PAUSE));
        if let Some(Ok(line)) = &line {
            listener.hear(line, conditions);
        }
        memory = memory.max(memory::most_of_family(child.id()));
        if conditions.cancellation.check().is_err() {
            let _ = child.kill();
            let _ = child.wait();
            return (Err(Unfitted::Cancelled), memory);
        }
        let is_silent = matches!(line, None | Some(Err(RecvTimeoutError::Disconnected)));
        match child.try_wait() {
            Ok(None) if is_silent => std::thread::sleep(PAUSE),
            Ok(None) => {}
            Ok(Some(status)) => {
                let since_exit = since_exit.get_or_insert_with(Stopwatch::start);
                if is_silent || since_exit.elapsed() > LAST_LINE {
                    break Some(status);
                }
            }
            Err(_) => break None,
        }
    };
    let ended = match status {
        Some(status) if status.success() => Ok(()),
        status => {
            let last = last.map_or(String::new(), |last| last.after(LAST_LINE));
            Err(Unfitted::Failed(obituary(status, &last)))
        }
    };
    (ended, memory)
}

/// Takes note of the marks among what a program prints.
struct Listener {
    said: Said,
    begun: Option<Stopwatch>,
    predicting: Option<Stopwatch>,
}

impl Listener {
    fn hear(&mut self, line: &str, conditions: &mut Conditions<'_>) {
        let Some(mark) = line.strip_prefix(MARK) else {
            return;
        };
        match mark.trim() {
            "fit begins" => {
                self.begun = Some(Stopwatch::start());
                (conditions.on)(&Event::Began);
            }
            "fit ends" => {
                // Its own time goes on: what it predicts is under the limits, too.
                self.said.fit = self.begun.take().map(|watch| watch.elapsed());
            }
            "predict begins" => self.predicting = Some(Stopwatch::start()),
            "predict ends" => {
                let watch = self.predicting.take();
                self.said.predict_seconds = watch.map(|watch| watch.elapsed().as_secs_f64());
            }
            other => {
                if let Some(count) = other.strip_prefix("parameters ") {
                    self.said.parameters = count.trim().parse().ok();
                } else if let Some((done, total)) = epochs(other) {
                    let unit = "epochs".to_owned();
                    (conditions.on)(&Event::Step { done, total, unit });
                }
            }
        }
    }
}

/// `epoch 3 of 20`.
fn epochs(mark: &str) -> Option<(usize, usize)> {
    let (done, total) = mark.strip_prefix("epoch ")?.split_once(" of ")?;
    Some((done.trim().parse().ok()?, total.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::Sealed;
    use classifier::Cancellation;
    use serde_json::json;

    fn model(script: &str) -> CommandModel {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        let parameters = Map::from_iter([("depth".to_owned(), json!(3))]);
        CommandModel::new(words, Path::new(""), parameters)
    }

    fn outcome(script: &str) -> Outcome {
        let digits = classifier_conformance::digits();
        outcome_with(script, digits, &[])
    }

    fn outcome_with(
        script: &str,
        [train, test]: [Dataset; 2],
        sources: &[crate::importance::Source<'_>],
    ) -> Outcome {
        let judged = Sealed::new(test);
        let data = FitData {
            seed: 1,
            train: &train,
            calibration: None,
            judged: &judged,
            preparation: Cost::default(),
            judged_preparation: Duration::ZERO,
            sources,
        };
        let mut conditions = Conditions {
            threads: 1,
            memory_limit: None,
            cancellation: &Cancellation::default(),
            on: &mut |_| (),
        };
        measure(&model(script), data, &mut conditions)
    }

    fn reason(script: &str) -> String {
        match outcome(script) {
            Outcome::Failed { reason } => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_program_that_fails_is_quoted() {
        let said = reason("echo 'no luck' >&2; exit 3");
        assert_eq!(said, "the process ended with exit code 3: no luck");
        assert!(reason("true").contains("neither predictions.npy"));
        let missing = CommandModel::new(vec!["/no/such".to_owned()], Path::new(""), Map::new());
        assert!(start(&missing, Path::new("/"), 1).is_err());
    }

    /// Answers the second of two features, which is 0 or 1 and the class, for as many rows as it is asked for.
    const SECOND: &str = r#"
folder=$0
n=$(sed -n 's/.*"predict": \([0-9]*\).*/\1/p' "$folder/job.json")
answers=$(tail -c $((8 * n)) "$folder/predict_x.npy" | od -An -v -tf4 -w8 | awk '{ printf "\\00%d", $2 }')
header="{'descr': '|i1', 'fortran_order': False, 'shape': ($n,), }"
{ printf '\223NUMPY\001\000\166\000'; printf '%-117s\n' "$header"; printf "$answers"; } > "$folder/predictions.npy"
"#;

    #[test]
    fn a_program_is_asked_about_rows_with_a_column_shuffled() {
        let rows = || {
            let values = (0..100).flat_map(|i| [i as f32, (i % 2) as f32]).collect();
            let samples = data::Samples::from_features(2, values).unwrap();
            let labels = (0..100).map(|i| i % 2).collect();
            Dataset::new(samples, labels, ["a", "b"].map(str::to_owned).into()).unwrap()
        };
        let sources = [("first", 0..1), ("second", 1..2)];
        let Outcome::Finished(fitted) = outcome_with(SECOND, [rows(), rows()], &sources) else {
            panic!("the program failed");
        };
        assert_eq!(fitted.predictions.len(), 100);
        let lost = |of: &records::Importance| (of.rows, of.sum / of.rows as f64);
        assert_eq!(lost(&fitted.importance[0]), (100, 0.0));
        let (rows, share) = lost(&fitted.importance[1]);
        assert!(rows == 100 && (share - 0.5).abs() < 0.1, "{share}");
    }

    #[test]
    fn marks_are_heard_and_other_lines_are_not() {
        let mut heard = Vec::new();
        let mut listener = Listener {
            said: Said::default(),
            begun: None,
            predicting: None,
        };
        let mut conditions = Conditions {
            threads: 1,
            memory_limit: None,
            cancellation: &Cancellation::default(),
            on: &mut |event| heard.push(event.clone()),
        };
        for line in [
            "hello",
            "plumbline: fit begins",
            "plumbline: epoch 1 of 2",
            "plumbline: fit ends",
            "plumbline: parameters 7850",
        ] {
            listener.hear(line, &mut conditions);
        }
        assert!(listener.said.fit.is_some());
        assert_eq!(listener.said.parameters, Some(7850));
        assert_eq!(heard.len(), 2);
        assert!(matches!(
            heard[1],
            Event::Step {
                done: 1,
                total: 2,
                ..
            }
        ));
    }
}
