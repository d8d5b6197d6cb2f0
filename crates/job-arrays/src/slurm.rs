//! A plan as job arrays of Slurm.

use crate::engine::{call, told};
use crate::error::ArrayError;
use crate::folder::Folder;
use crate::plan::Plan;
use crate::tasks::Tasks;
use classifier::Cancellation;
use records::write_file;
use std::fmt::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Tasks of one array where Slurm does not say how many it takes.
const ARRAY: u64 = 1001;

/// What is asked of Slurm alone.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The partition; else Slurm's.
    pub partition: Option<String>,
    /// Time limit of a task; else twice what earlier fits tell.
    pub time: Option<Duration>,
}

/// What Slurm was given.
#[derive(Debug)]
pub struct Submitted {
    /// The script.
    pub script: PathBuf,
    /// The numbers of its arrays.
    pub arrays: Vec<String>,
    /// Whether the script has no time limit: then that of the partition counts.
    pub without_time: bool,
}

/// Writes the script of a folder's tasks, and gives it to Slurm as arrays that are no longer than it takes.
///
/// # Errors
/// If nothing is left to do, Slurm refuses, or somebody calls it off: then the arrays are taken back.
pub fn submit(
    folder: &Folder,
    plan: &Plan,
    tasks: Tasks,
    asked: &Asked,
    cancellation: &Cancellation,
) -> Result<Submitted, ArrayError> {
    if plan.count() == 0 {
        let path = folder.path().to_owned();
        return Err(ArrayError::NothingToDo { path });
    }
    let path = folder.path().join("slurm.sh");
    write_file(&path, script(folder, plan, tasks, asked)?.as_bytes())?;
    let logs = folder.logs();
    std::fs::create_dir_all(&logs).map_err(|error| ArrayError::file(&logs, error))?;
    let configuration = call(
        "scontrol",
        Command::new("scontrol").args(["show", "config"]),
    )?;
    let most = longest_array(&configuration).unwrap_or(ARRAY);
    let mut arrays: Vec<String> = Vec::new();
    for Range { start, end } in chunks(&plan.tasks, most) {
        let mut command = Command::new("sbatch");
        let throttle = tasks.throttle.map(|most| format!("%{most}"));
        let last = end - start - 1;
        command.arg("--parsable");
        command.arg(format!("--array=0-{last}{}", throttle.unwrap_or_default()));
        command.arg("--output").arg(log_of_each(&logs));
        // One array after another, so that no more run at a time than were asked for.
        if let (Some(_), Some(before)) = (tasks.throttle, arrays.last()) {
            command.arg(format!("--dependency=afterany:{before}"));
        }
        command.arg(&path).arg(start.to_string());
        let said = call("sbatch", &mut command).and_then(|said| number(&said));
        arrays.push(said.map_err(|error| after(&arrays, error))?);
        if cancellation.check().is_err() {
            take_back(&arrays).map_err(|error| after(&arrays, error))?;
            return Err(runner::Failure::Interrupted.into());
        }
    }
    Ok(Submitted {
        script: path,
        arrays,
        without_time: seconds(plan, asked.time).is_none(),
    })
}

/// Where Slurm writes what a task prints. What stands after `%` it would replace.
fn log_of_each(logs: &Path) -> String {
    format!("{}/%A_%a.txt", logs.to_string_lossy().replace('%', "%%"))
}

/// The number of an array, as `sbatch --parsable` says it: alone, or with the cluster after it.
fn number(said: &str) -> Result<String, ArrayError> {
    let number = said.trim().split(';').next().unwrap_or_default();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(number.to_owned());
    }
    let said = told(said);
    Err(ArrayError::Engine {
        program: "sbatch",
        reason: format!(
            "it said `{said}`, not the number of a job; `squeue` says whether there is one"
        ),
    })
}

/// Has Slurm end arrays, whatever runs and waits of them.
pub(crate) fn take_back(arrays: &[String]) -> Result<(), ArrayError> {
    call("scancel", Command::new("scancel").args(arrays)).map(drop)
}

/// The refusal of an array, with those before it, which are there already.
fn after(arrays: &[String], error: ArrayError) -> ArrayError {
    match error {
        ArrayError::Engine { program, reason } if !arrays.is_empty() => {
            let before = arrays.join(" ");
            let reason =
                format!("{reason}; submitted before: {before} (scancel {before} takes them back)");
            ArrayError::Engine { program, reason }
        }
        error => error,
    }
}

/// The script that each task runs. Its argument is the number of the array's first task.
fn script(folder: &Folder, plan: &Plan, tasks: Tasks, asked: &Asked) -> Result<String, ArrayError> {
    let mut script = format!(
        "#!/bin/sh\n\
         #SBATCH --job-name=plumbline\n\
         #SBATCH --cpus-per-task={}\n\
         #SBATCH --requeue\n\
         #SBATCH --open-mode=append\n",
        plan.threads
    );
    let mut option = |name: &'static str, value: Option<String>| match value {
        Some(value) if value.chars().any(cannot_stand) => {
            let option = name;
            Err(ArrayError::Unprintable { option, value })
        }
        Some(value) => {
            let _ = writeln!(script, "#SBATCH {name}={value}");
            Ok(())
        }
        None => Ok(()),
    };
    option("--partition", asked.partition.clone())?;
    let minutes = seconds(plan, asked.time).map(|seconds| (seconds / 60.0).ceil().max(1.0) as u64);
    option("--time", minutes.map(|minutes| minutes.to_string()))?;
    let megabytes = tasks
        .megabytes(plan)
        .map(|megabytes| format!("{megabytes}M"));
    option("--mem", megabytes)?;
    let itself = std::env::current_exe();
    let itself = itself.map_err(|error| ArrayError::file(folder.path(), error))?;
    let [program, path] = [itself.as_path(), folder.path()].map(quoted);
    let _ = writeln!(script, "exec {program} worker {path} --offset \"$1\"");
    Ok(script)
}

/// Whether a character would end an option of the script, or begin a word in quotes.
fn cannot_stand(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'\\#".contains(c)
}

/// Twice as long as the longest task should last, and two minutes: other machines may be slower.
fn seconds(plan: &Plan, time: Option<Duration>) -> Option<f64> {
    let asked = time.map(|time| time.as_secs_f64());
    asked.or_else(|| Some(plan.needs.seconds? * 2.0 + 120.0))
}

/// A word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

/// The longest array that Slurm takes, by its configuration.
fn longest_array(configuration: &str) -> Option<u64> {
    let mut lines = configuration.lines();
    let value = lines.find_map(|line| line.trim().strip_prefix("MaxArraySize"))?;
    let most: u64 = value.trim().trim_start_matches('=').trim().parse().ok()?;
    (most > 0).then_some(most)
}

/// Tasks in parts of no more than so many.
fn chunks(tasks: &Range<u64>, most: u64) -> impl Iterator<Item = Range<u64>> {
    let (end, most) = (tasks.end, most.max(1));
    let starts = (tasks.start..end).step_by(usize::try_from(most).unwrap_or(usize::MAX));
    starts.map(move |start| start..end.min(start + most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_arrays_that_are_there_already() {
        let refused = || ArrayError::Engine {
            program: "sbatch",
            reason: "no more".to_owned(),
        };
        assert_eq!(after(&[], refused()).to_string(), refused().to_string());
        let said = after(&["7".to_owned(), "8".to_owned()], refused()).to_string();
        assert!(said.contains("no more; submitted before: 7 8"), "{said}");
    }

    #[test]
    fn arrays_are_no_longer_than_slurm_takes() {
        let configuration = "MaxArraySize            = 4\nMaxDBDMsgs = 20004";
        assert_eq!(longest_array(configuration), Some(4));
        assert_eq!(longest_array("MaxArraySize = 0"), None);
        let parts: Vec<Range<u64>> = chunks(&(5..14), 4).collect();
        assert_eq!(parts, [5..9, 9..13, 13..14]);
        assert_eq!(chunks(&(0..1), 1001).count(), 1);
    }

    #[test]
    fn what_is_no_number_of_an_array_is_told() {
        assert_eq!(number("12\n").unwrap(), "12");
        assert_eq!(number("12;cluster\n").unwrap(), "12");
        for said in ["", "nonsense", "-5", "5 6", "\u{1b}[31m7"] {
            let refusal = number(said).unwrap_err().to_string();
            let is_plain = !refusal.contains('\u{1b}');
            assert!(
                refusal.starts_with("sbatch: it said `") && is_plain,
                "{refusal}"
            );
        }
        assert!(number(&"x".repeat(1 << 20)).unwrap_err().to_string().len() < 1000);
    }

    #[test]
    fn a_percent_sign_in_the_path_of_logs_stays() {
        let log = log_of_each(Path::new("/a%A/logs"));
        assert_eq!(log, "/a%%A/logs/%A_%a.txt");
        assert!("a\"b".chars().any(cannot_stand) && !"cpu-1,gpu_2".chars().any(cannot_stand));
    }

    #[test]
    fn a_path_with_quotes_is_one_word() {
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }
}
