//! The folder that all machines see, and where what is in it.

use records::sweep_parts;
use std::fs;
use std::path::{Path, PathBuf};

/// Version of the files in it.
pub(crate) const FORMAT: u32 = 1;

/// A folder of jobs and records.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at a path, whether or not it is there.
    pub fn new(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self { path }
    }

    /// Its path, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is compared, with which program and data.
    pub(crate) fn plan(&self) -> PathBuf {
        self.path.join("plan.json")
    }

    /// The jobs that are left to do, a line each.
    pub(crate) fn jobs(&self) -> PathBuf {
        self.path.join("jobs.jsonl")
    }

    /// The first line of the record file that the records will be joined to, and what came from elsewhere.
    pub(crate) fn run(&self) -> PathBuf {
        self.path.join("run.jsonl")
    }

    /// The n-th record under a key, from 1. There is a second only where two machines ran one job.
    pub(crate) fn record(&self, key: &str, nth: usize) -> PathBuf {
        let shard = key.get(..2).unwrap_or("00");
        let name = match nth {
            1 => format!("{key}.jsonl"),
            nth => format!("{key}-{nth}.jsonl"),
        };
        self.records().join(shard).join(name)
    }

    /// Where running tasks say that they run.
    pub(crate) fn running(&self) -> PathBuf {
        self.path.join("running")
    }

    /// What a task says of itself while it runs.
    pub(crate) fn claim(&self, task: u64) -> PathBuf {
        self.running().join(format!("{task}.json"))
    }

    /// Removes parts of files that processes left which were killed: writing one again removes its parts, but a job that
    /// has its record is not run again.
    pub(crate) fn sweep(&self) {
        sweep_parts(&self.path);
        sweep_parts(&self.running());
        let shards = fs::read_dir(self.records());
        for shard in shards.into_iter().flatten().flatten() {
            sweep_parts(&shard.path());
        }
    }

    fn records(&self) -> PathBuf {
        self.path.join("records")
    }

    /// What engines write of tasks.
    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_killed_processes_go_wherever_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path());
        let record = folder.record("abcd", 1);
        let claim = folder.claim(3);
        let whole = [&record, &claim, &folder.plan()].map(Clone::clone);
        let part = |file: &PathBuf| {
            let name = file.file_name().unwrap().to_str().unwrap();
            file.with_file_name(format!(".{name}-a1B2c3.part"))
        };
        for file in &whole {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "whole").unwrap();
            fs::write(part(file), "half").unwrap();
        }
        folder.sweep();
        assert!(
            whole
                .iter()
                .all(|file| file.exists() && !part(file).exists())
        );
    }
}
