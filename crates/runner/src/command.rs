//! A program of the user's as a model: it is given a folder with data, and writes its answers there.

use crate::conditions::{Conditions, Cost, FitData, Unfitted};
use crate::exchange::{self, Answer};
use crate::job::Event;
use crate::memory;
use crate::mistakes::most_confident;
use crate::obituary::{last_words, obituary};
use crate::program::CommandModel;
use crate::stopwatch::Stopwatch;
use records::{Fitted, Outcome};
use serde_json::Map;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

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
    match run(program, data, conditions) {
        (Ok((answer, said)), cost) => {
            Outcome::Finished(Box::new(fitted(answer, &said, data, cost)))
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
    let (result, cost) = run(program, data, conditions);
    let predicted = result.map(|(answer, _)| {
        let judged = answer.predictions.into_iter().take(data.judged.len());
        judged.map(usize::from).collect()
    });
    (predicted, cost)
}

fn fitted(answer: Answer, said: &Said, data: FitData<'_>, cost: Cost) -> Fitted {
    let (count, classes) = (data.judged.len(), data.judged.classes());
    let mut predictions = answer.predictions;
    predictions.truncate(count);
    let (logs, temperature) = match (answer.log_probabilities, data.calibration) {
        (Some(all), Some(held_out)) => {
            let (judged, rest) = all.split_at(count * classes);
            let temperature = statistics::temperature(rest, held_out.labels());
            let scaled = statistics::at_temperature(judged, count, temperature);
            (Some(scaled), Some(temperature))
        }
        (logs, _) => (logs, None),
    };
    let judged = data.judged.look();
    Fitted {
        parameters: said.parameters,
        fit_seconds: Some(cost.time.as_secs_f64()),
        predict_seconds: said
            .predict_seconds
            .map(|seconds| seconds + data.judged_preparation.as_secs_f64()),
        latency: None,
        peak_memory_bytes: Some(cost.memory),
        train_accuracy: None,
        mistakes: most_confident(judged, &predictions, logs.as_deref()),
        predictions,
        log_probabilities: logs,
        temperature,
        looks: data.judged.looks(),
        certificate: Map::new(),
        epochs: Vec::new(),
        linear: None,
        importance: Vec::new(),
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
    conditions: &mut Conditions<'_>,
) -> (Result<(Answer, Said), Unfitted>, Cost) {
    let folder = match tempfile::Builder::new().prefix("plumbline-").tempdir() {
        Ok(folder) => folder,
        Err(error) => return (Err(failed(&error)), Cost::default()),
    };
    let written = exchange::write(folder.path(), &program.parameters, data, conditions.threads);
    if let Err(error) = written {
        return (Err(failed(&error)), Cost::default());
    }
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
    let samples = data.judged.len() + data.calibration.map_or(0, data::Dataset::len);
    let answer = ending.and_then(|()| {
        exchange::read(folder.path(), samples, data.judged.classes()).map_err(Unfitted::Failed)
    });
    (answer.map(|answer| (answer, listener.said)), cost)
}

fn failed(error: &dyn std::fmt::Display) -> Unfitted {
    Unfitted::Failed(format!("folder for the program: {error}"))
}

/// Listens to a program until it ends. Gives the most memory that it had resident, too.
fn attend(
    mut child: Child,
    conditions: &mut Conditions<'_>,
    listener: &mut Listener,
) -> (Result<(), Unfitted>, usize) {
    let (sender, lines) = channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            for line in lines {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    let stderr = child.stderr.take();
    let last = std::thread::spawn(move || stderr.map(last_words).unwrap_or_default());
    let id = child.id().to_string();
    let mut memory = 0;
    loop {
        match lines.recv_timeout(PAUSE) {
            Ok(line) => listener.hear(&line, conditions),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        memory = memory.max(memory::high_water_mark(&id).unwrap_or(0));
        if conditions.cancellation.check().is_err() {
            let _ = child.kill();
            let _ = child.wait();
            return (Err(Unfitted::Cancelled), memory);
        }
    }
    let status = child.wait().ok();
    let last = last.join().unwrap_or_default();
    let ended = match status {
        Some(status) if status.success() => Ok(()),
        status => Err(Unfitted::Failed(obituary(status, &last))),
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
                self.said.fit = self.begun.take().map(|watch| watch.elapsed());
                (conditions.on)(&Event::Pausing);
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
        let [train, test] = classifier_conformance::digits();
        let judged = Sealed::new(test);
        let data = FitData {
            seed: 1,
            train: &train,
            calibration: None,
            judged: &judged,
            preparation: Cost::default(),
            judged_preparation: Duration::ZERO,
            sources: &[],
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
        assert_eq!(heard.len(), 3);
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
