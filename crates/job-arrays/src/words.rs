//! What is said of jobs, in lines for people.

use crate::folder::Folder;
use crate::merge::Merged;
use crate::plan::Plan;
use crate::slurm::Submitted;
use crate::status::Status;
use crate::work::Worked;
use crate::write::Written;
use std::fmt;

/// Lines of a list that may be as long as a comparison.
const SHOWN: usize = 10;

/// The first of what may be many lines.
fn some(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = lines.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = lines.take(SHOWN).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

/// A number of jobs: "1 job", "2 jobs".
fn jobs(number: usize) -> String {
    format!("{number} job{}", if number == 1 { "" } else { "s" })
}

impl Written {
    /// What was written, and what to do with it.
    pub fn lines(&self, folder: &Folder) -> Vec<String> {
        let again = match self.again {
            0 => String::new(),
            again => format!(", {again} of them again"),
        };
        let mut lines = vec![format!(
            "{} to do{again}; {} done",
            jobs(self.jobs),
            self.known
        )];
        if !self.unknown.is_empty() {
            lines.push(format!(
                "no earlier fit says how long these take, so that each of their fits is a task: {}",
                self.unknown.join(", ")
            ));
        }
        let tasks = &self.plan.tasks;
        let folder = folder.path().display();
        lines.push(match self.plan.count() {
            0 => format!("no task: `merge {folder}` joins the records"),
            _ => format!(
                "tasks {} to {}: `worker {folder} --index N` runs one, `submit` hands all to an engine",
                tasks.start,
                tasks.end - 1
            ),
        });
        lines
    }
}

impl fmt::Display for Worked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            made,
            failed,
            there,
            cut_short,
        } = self;
        write!(
            f,
            "{} run, {failed} failed, {there} done before",
            jobs(*made)
        )?;
        f.write_str(if *cut_short { "; called off" } else { "" })
    }
}

impl Status {
    /// The numbers, and which tasks are lost and which jobs failed.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{}: {} done, {} running, {} failed, {} lost, {} waiting",
            jobs(self.jobs),
            self.done,
            self.running.len(),
            self.failed.len(),
            self.lost.len(),
            self.waiting()
        )];
        lines.extend(some(self.lost.iter().map(|claim| {
            let (task, host, process) = (claim.task, &claim.host, claim.process);
            format!("lost: task {task}, last seen on {host} as process {process}")
        })));
        lines.extend(some(self.failed.iter().map(|one| {
            format!("failed: {}: {}; {}", one.id, one.reason, one.path.display())
        })));
        lines
    }
}

impl Submitted {
    /// What is waited for.
    pub(crate) fn in_words(&self) -> String {
        let plural = if self.arrays.len() == 1 { "" } else { "s" };
        format!("Slurm, array{plural} {}", self.arrays.join(" "))
    }

    /// What Slurm was given, and how to take it back.
    pub fn lines(&self) -> Vec<String> {
        let arrays = self.arrays.join(" ");
        let mut lines = vec![
            format!("script: {}", self.script.display()),
            format!("arrays: {arrays}; `scancel {arrays}` ends them"),
        ];
        if self.without_time {
            let text = "no earlier fit tells a time limit: the partition's counts, or --time";
            lines.push(text.to_owned());
        }
        lines
    }
}

impl Merged {
    /// What is doubtful and what is missing, and how to hand it out again.
    pub fn lines(&self, plan: &Plan) -> Vec<String> {
        let mut lines = some(self.doubtful.iter().cloned());
        if self.stored > 0 {
            let those = jobs(self.stored);
            lines.push(format!(
                "{those} without a record here, taken from the store of the results"
            ));
        }
        lines.extend(self.unkept.iter().map(|trouble| format!("note: {trouble}")));
        if !self.missing.is_empty() {
            lines.push(format!(
                "{} missing; to hand out again: {}",
                jobs(self.missing.len()),
                plan.command
            ));
            lines.extend(some(
                self.missing.iter().map(|what| format!("missing: {what}")),
            ));
        }
        lines
    }
}
