//! Jobs as lines of the file `jobs.jsonl`, and how they are grouped into tasks.

use crate::error::ArrayError;
use crate::folder::Folder;
use crate::plan::Plan;
use records::open_own_file;
use runner::Task;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::io::{BufRead, BufReader};

/// A task lasts so many seconds at least, where there are jobs enough: to queue it, to start the program and to
/// read the data must not cost more than to fit.
const TASK_SECONDS: f64 = 30.0;

/// What is asked of any engine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tasks {
    /// Megabytes of a task; else twice what earlier fits tell.
    pub memory: Option<u64>,
    /// The most tasks at a time.
    pub throttle: Option<u64>,
}

impl Tasks {
    /// Twice as much as the largest fit took, and something: the task has the data, too.
    pub(crate) fn megabytes(self, plan: &Plan) -> Option<u64> {
        let of = |bytes: usize| (bytes as f64 * 2.0 / 1e6).ceil() as u64 + 200;
        self.memory.or_else(|| plan.needs.bytes.map(of))
    }
}

/// One job: a line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The task that runs it.
    pub task: u64,
    /// The key of all that its result depends on, which names its record file.
    pub key: String,
    /// The model's name in the comparison.
    pub id: String,
    /// What is to be done with it.
    pub job: Task,
    /// How long it takes, as far as earlier fits tell.
    pub seconds: Option<f64>,
}

/// Puts the longest jobs first, those of unknown length before them, and numbers their tasks from `first`.
/// Jobs of unknown length are alone in their tasks. Gives the number after the last, and the seconds of the
/// longest task, if all are known.
pub(crate) fn group(jobs: &mut [Job], first: u64) -> (u64, Option<f64>) {
    jobs.sort_by(|a, b| match (a.seconds, b.seconds) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    let unknown = jobs.iter().take_while(|job| job.seconds.is_none()).count();
    let mut next = first;
    for job in &mut jobs[..unknown] {
        job.task = next;
        next += 1;
    }
    let known = &mut jobs[unknown..];
    let mut left: f64 = known.iter().filter_map(|job| job.seconds).sum();
    let (mut lasts, mut longest) = (0.0, 0.0_f64);
    for job in known.iter_mut() {
        job.task = next;
        let seconds = job.seconds.unwrap_or(0.0);
        lasts += seconds;
        left -= seconds;
        longest = longest.max(lasts);
        // What would be left for a task that is too short joins this one.
        if lasts >= TASK_SECONDS && left >= TASK_SECONDS {
            next += 1;
            lasts = 0.0;
        }
    }
    let end = if known.is_empty() { next } else { next + 1 };
    (end, (unknown == 0).then_some(longest))
}

/// Gives each job of the folder to `on`, in the order of the file.
pub(crate) fn each_job(
    folder: &Folder,
    mut on: impl FnMut(Job) -> Result<(), ArrayError>,
) -> Result<(), ArrayError> {
    let path = folder.jobs();
    let file = open_own_file(&path).map_err(|error| ArrayError::file(&path, error))?;
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| ArrayError::file(&path, error))?;
        let job = serde_json::from_str(&line).map_err(|error| {
            ArrayError::file(&path, format!("line {}: not a job ({error})", number + 1))
        })?;
        on(job)?;
    }
    Ok(())
}

/// The jobs of one task.
pub(crate) fn of_task(folder: &Folder, task: u64) -> Result<Vec<Job>, ArrayError> {
    let mut jobs = Vec::new();
    each_job(folder, |job| {
        if job.task == task {
            jobs.push(job);
        }
        Ok(())
    })?;
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(seconds: &[Option<f64>]) -> Vec<Job> {
        let job = |&seconds: &Option<f64>| Job {
            task: 0,
            key: String::new(),
            id: "a".to_owned(),
            job: Task::Controls,
            seconds,
        };
        seconds.iter().map(job).collect()
    }

    fn tasks(jobs: &[Job]) -> Vec<u64> {
        jobs.iter().map(|job| job.task).collect()
    }

    #[test]
    fn the_longest_come_first_and_no_task_is_short() {
        let mut some = jobs(&[Some(2.0), Some(40.0), Some(20.0), Some(20.0), Some(9.0)]);
        let (end, longest) = group(&mut some, 0);
        let seconds: Vec<f64> = some.iter().filter_map(|job| job.seconds).collect();
        assert_eq!(seconds, [40.0, 20.0, 20.0, 9.0, 2.0]);
        // 11 s alone would be too short.
        assert_eq!(tasks(&some), [0, 1, 1, 1, 1]);
        assert_eq!((end, longest), (2, Some(51.0)));
    }

    #[test]
    fn all_short_jobs_are_one_task() {
        let mut some = jobs(&[Some(1.0), Some(2.0)]);
        assert_eq!(group(&mut some, 7), (8, Some(3.0)));
        assert_eq!(tasks(&some), [7, 7]);
        assert_eq!(group(&mut [], 7), (7, Some(0.0)));
    }

    #[test]
    fn jobs_of_unknown_length_are_alone_and_first() {
        let mut some = jobs(&[Some(5.0), None, None]);
        let (end, longest) = group(&mut some, 3);
        assert_eq!(tasks(&some), [3, 4, 5]);
        assert_eq!((end, longest), (6, None));
        assert_eq!(some[2].seconds, Some(5.0));
    }
}
