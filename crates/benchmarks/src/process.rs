//! One measurement is one process, ours or Python: nothing is warm, and memory is its own.

use crate::error::BenchmarkError;
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// What one process measured of itself, and how much memory it took.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) fit_seconds: f64,
    pub(crate) predict_seconds: f64,
    pub(crate) test_accuracy: f64,
    /// The regularised loss, of models that minimise one.
    pub(crate) objective: Option<f64>,
    /// Support vectors, of models that have them.
    pub(crate) support_vectors: Option<f64>,
    /// The predicted class of every test image.
    pub(crate) predictions: Vec<u16>,
    /// Largest resident memory seen, in bytes.
    pub(crate) resident: u64,
}

impl Measured {
    /// From the images in memory to all answers.
    pub(crate) fn seconds(&self) -> f64 {
        self.fit_seconds + self.predict_seconds
    }
}

/// Runs `compare` for one model in a process of its own.
pub(crate) fn ours(arguments: &[String]) -> Result<Measured, BenchmarkError> {
    let results = std::env::temp_dir().join(format!("plumbline-benchmark-{}", std::process::id()));
    let program = std::env::current_exe().map_err(BenchmarkError::of("this program"))?;
    let mut command = Command::new(program);
    command
        .arg("compare")
        .args(arguments)
        .arg("--results")
        .arg(&results);
    let outcome = run("compare", command).and_then(|_| {
        let report = only_report(&results)
            .ok_or_else(|| BenchmarkError::failed("compare", "no report.json"))?;
        let model = &report["models"][0];
        let number = |value: &Value| value.as_f64();
        let predictions = predictions(&results)?;
        let measured = || {
            Some(Measured {
                fit_seconds: number(&model["fit_seconds"])?,
                predict_seconds: number(&model["predict_seconds"])?,
                test_accuracy: number(&model["accuracy"])?,
                objective: number(&model["certificate"]["objective"]),
                support_vectors: number(&model["certificate"]["support_vectors"]),
                predictions,
                // The fit is a process of its own, which has the data, too.
                resident: model["peak_memory_bytes"].as_u64()?,
            })
        };
        measured().ok_or_else(|| BenchmarkError::failed("compare", "the model did not finish"))
    });
    // What is left behind in the temporary directory is no reason to fail.
    let _ = std::fs::remove_dir_all(&results);
    outcome
}

/// The report of the only data set below a results directory.
fn only_report(results: &Path) -> Option<Value> {
    let mut entries = std::fs::read_dir(results).ok()?.flatten();
    let report =
        entries.find_map(|entry| std::fs::read_to_string(entry.path().join("report.json")).ok())?;
    serde_json::from_str(&report).ok()
}

/// What the only model of the only run below a results directory predicts.
fn predictions(results: &Path) -> Result<Vec<u16>, BenchmarkError> {
    let mut entries = std::fs::read_dir(results).into_iter().flatten().flatten();
    let newest = entries.find_map(|entry| records::newest_run(&entry.path()).ok());
    let path = newest.ok_or_else(|| BenchmarkError::failed("compare", "no records"))?;
    let records = records::read_records(&path)?;
    match records.fits.into_iter().next().map(|fit| fit.outcome) {
        Some(records::Outcome::Finished(fitted)) => Ok(fitted.predictions),
        _ => Err(BenchmarkError::failed(
            "compare",
            "the model did not finish",
        )),
    }
}

/// The Python environment of the peers, made on first use below the cache directory.
pub(crate) struct Peers {
    python: PathBuf,
    script: PathBuf,
    tables: PathBuf,
    data: PathBuf,
}

const REQUIREMENTS: &str = include_str!("../peers/requirements.txt");
const SCRIPT: &str = include_str!("../peers/peers.py");
const TABLES: &str = include_str!("../peers/tables.py");

impl Peers {
    /// Installs what requirements.txt names, unless that was done, and writes the data where
    /// Python reads it.
    pub(crate) fn prepare(
        data: &catalog::Splits,
        tell: &dyn Fn(&str),
    ) -> Result<Self, BenchmarkError> {
        let home = catalog::cache_dir().join("peers");
        let peers = Self {
            python: home.join("venv/bin/python"),
            script: home.join("peers.py"),
            tables: home.join("tables.py"),
            data: home.join("mnist"),
        };
        let write = |path: &Path, bytes: &[u8]| {
            std::fs::write(path, bytes).map_err(BenchmarkError::at(path))
        };
        std::fs::create_dir_all(&peers.data).map_err(BenchmarkError::at(&home))?;
        write(&peers.script, SCRIPT.as_bytes())?;
        write(&peers.tables, TABLES.as_bytes())?;
        for (split, prefix) in [(&data.train, "train"), (data.test.look(), "t10k")] {
            crate::idx::write(&peers.data, prefix, split)?;
        }
        let installed = home.join("installed.txt");
        if std::fs::read_to_string(&installed).ok().as_deref() != Some(REQUIREMENTS) {
            tell(&format!("installing the peers in {}", home.display()));
            let list = home.join("requirements.txt");
            write(&list, REQUIREMENTS.as_bytes())?;
            let mut venv = Command::new("python3");
            venv.args(["-m", "venv"]).arg(home.join("venv"));
            run("python3 -m venv", venv)?;
            let mut pip = Command::new(&peers.python);
            pip.args(["-m", "pip", "install", "--quiet", "--requirement"])
                .arg(&list);
            run("pip", pip)?;
            write(&installed, REQUIREMENTS.as_bytes())?;
        }
        Ok(peers)
    }

    /// Reads a table in a process of its own, or writes it as Parquet beside itself; `name` is who does that. Returns what
    /// it said, and the largest resident memory.
    pub(crate) fn table(
        &self,
        name: &str,
        how: &str,
        path: &Path,
    ) -> Result<(Value, u64), BenchmarkError> {
        let mut command = Command::new(&self.python);
        command.arg(&self.tables).arg(how).arg(path);
        said(name, command)
    }

    /// Fits one peer in a process of its own.
    pub(crate) fn measure(&self, peer: &str, threads: usize) -> Result<Measured, BenchmarkError> {
        let mut command = Command::new(&self.python);
        command
            .arg(&self.script)
            .arg(peer)
            .arg(&self.data)
            .arg(threads.to_string());
        let (value, resident) = said(peer, command)?;
        let number = |key: &str| value[key].as_f64();
        let measured = || {
            Some(Measured {
                fit_seconds: number("fit_seconds")?,
                predict_seconds: number("predict_seconds")?,
                test_accuracy: number("test_accuracy")?,
                objective: number("objective"),
                support_vectors: None,
                predictions: serde_json::from_value(value["predictions"].clone()).ok()?,
                resident,
            })
        };
        measured().ok_or_else(|| unmeasured(peer))
    }
}

/// Who does not say what is asked for.
pub(crate) fn unmeasured(name: &str) -> BenchmarkError {
    BenchmarkError::failed(name, "it printed no measurement")
}

/// As [`Peers::table`], by ours.
pub(crate) fn our_table(name: &str, path: &Path) -> Result<(Value, u64), BenchmarkError> {
    let program = std::env::current_exe().map_err(BenchmarkError::of("this program"))?;
    let mut command = Command::new(program);
    command.args(["benchmarks", "--read"]).arg(path);
    said(name, command)
}

/// The line of JSON that a command prints last, and the largest resident memory seen; `name` is whose command it is.
fn said(name: &str, command: Command) -> Result<(Value, u64), BenchmarkError> {
    let (output, resident) = run(name, command)?;
    let line = output.lines().last().unwrap_or_default();
    let value = serde_json::from_str(line).map_err(BenchmarkError::of(name))?;
    Ok((value, resident))
}

/// Runs a command to its end. Returns its output and the largest resident memory seen, looked at
/// fifty times a second.
fn run(name: &str, mut command: Command) -> Result<(String, u64), BenchmarkError> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(BenchmarkError::of(name))?;
    let read = |stream: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut text = String::new();
            // Output that is no text leaves an empty one, which the caller refuses.
            let _ = stream.map(|mut stream| stream.read_to_string(&mut text));
            text
        })
    };
    let output = read(child.stdout.take().map(|stream| Box::new(stream) as _));
    let errors = read(child.stderr.take().map(|stream| Box::new(stream) as _));
    let pid = Pid::from_u32(child.id());
    let mut system = System::new().map_err(BenchmarkError::of("resident memory"))?;
    let mut resident = 0;
    let status = loop {
        let what = ProcessRefreshKind::nothing().with_memory();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
        resident = resident.max(system.process(pid).map_or(0, sysinfo::Process::memory));
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Err(error) => return Err(BenchmarkError::failed(name, error)),
        }
    };
    let text = |thread: std::thread::JoinHandle<String>| thread.join().unwrap_or_default();
    let (output, errors) = (text(output), text(errors));
    if status.success() {
        return Ok((output, resident));
    }
    let reason = errors.lines().last().unwrap_or("it said nothing");
    Err(BenchmarkError::failed(name, reason))
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[cfg(unix)]
    #[test]
    fn an_error_names_the_peer_and_not_its_interpreter() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let (value, _) = said("torch", shell("echo first; echo '{\"seconds\": 1.5}'")).unwrap();
        assert_eq!(value["seconds"], 1.5);
        for (script, reason) in [
            ("echo no module >&2; exit 1", "no module"),
            ("exit 1", "it said nothing"),
            ("echo no JSON", "expected ident at line 1 column 2"),
        ] {
            let error = said("torch", shell(script)).unwrap_err();
            assert_eq!(error.to_string(), format!("benchmarks: torch: {reason}"));
        }
        let missing = said("torch", Command::new("./no-such-interpreter")).unwrap_err();
        assert!(
            missing
                .to_string()
                .starts_with("benchmarks: torch: No such file")
        );
    }
}
