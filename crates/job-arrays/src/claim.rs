//! What a task says of itself while it runs, again and again, so that others see that it lives.

use crate::error::ArrayError;
use crate::folder::Folder;
use records::{read_own_file, write_own_file};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

/// How often a task says that it lives.
const PULSE: Duration = Duration::from_secs(10);
/// A task that has said nothing for so long is lost.
const SILENCE: Duration = Duration::from_mins(1);

/// How the name of the file begins that tells the time of the file system.
const PROBE: &str = ".now-";

/// What a running task says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The task.
    pub task: u64,
    /// The machine that it runs on.
    pub host: String,
    /// Its process there.
    pub process: u32,
    /// The key of the job that it is at.
    pub job: String,
}

/// Says that a task lives, as long as this value does.
pub(crate) struct Pulse {
    folder: Folder,
    task: u64,
    next: Option<Sender<Claim>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    pub(crate) fn start(folder: &Folder, task: u64) -> Self {
        // Of workers that were killed.
        records::sweep_parts(&folder.running());
        let (next, claims) = channel::<Claim>();
        let path = folder.claim(task);
        let thread = std::thread::spawn(move || {
            let mut claim: Option<Claim> = None;
            loop {
                match claims.recv_timeout(PULSE) {
                    Ok(next) => claim = Some(next),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                if let Some(claim) = &claim {
                    // Whoever cannot say that it lives works on all the same.
                    let text = serde_json::to_vec(claim).unwrap_or_default();
                    let _ = write_own_file(&path, &text);
                }
            }
        });
        Self {
            folder: folder.clone(),
            task,
            next: Some(next),
            thread: Some(thread),
        }
    }

    /// Says which job comes next.
    pub(crate) fn at(&self, job: &str) {
        let claim = Claim {
            task: self.task,
            host: runner::host(),
            process: std::process::id(),
            job: job.to_owned(),
        };
        if let Some(next) = &self.next {
            let _ = next.send(claim);
        }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        drop(self.next.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = std::fs::remove_file(self.folder.claim(self.task));
    }
}

/// What tasks say that have not ended in good order, and whether each still lives. Times are compared with that
/// of a file which is written now, so that the clocks of the machines do not matter; where none can be written there,
/// the clock of this machine must be right to less than [`SILENCE`].
pub(crate) fn claims(folder: &Folder) -> Result<Vec<(Claim, bool)>, ArrayError> {
    let directory = folder.running();
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| ArrayError::file(&path, error)
    };
    let entries = match std::fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(&directory)(error)),
    };
    let now = now_in(&directory).map_err(failed(&directory))?;
    let mut claims = Vec::new();
    for entry in entries.flatten() {
        let is_named = entry.path().extension().is_some_and(|is| is == "json");
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A task may end while this looks.
        let (Ok(text), Ok(about)) = (read_own_file(&entry.path()), entry.metadata()) else {
            continue;
        };
        let age = about.modified().map(|then| now.duration_since(then));
        let lives = age.is_ok_and(|age| age.unwrap_or_default() <= SILENCE);
        if let (true, false, Ok(claim)) = (is_named, hidden, serde_json::from_slice(&text)) {
            claims.push((claim, lives));
        } else if !lives
            && entry
                .file_name()
                .as_encoded_bytes()
                .starts_with(PROBE.as_bytes())
        {
            // Of somebody who looked, and was killed.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    claims.sort_by_key(|(claim, _): &(Claim, bool)| claim.task);
    Ok(claims)
}

/// The time by the clock that dates files in this directory; by that of other files where this one may only be read,
/// or has no room.
fn now_in(directory: &Path) -> std::io::Result<SystemTime> {
    let probe = directory.join(format!("{PROBE}{}", std::process::id()));
    let now = write_own_file(&probe, b"now").ok().and_then(|()| {
        std::fs::metadata(&probe)
            .and_then(|about| about.modified())
            .ok()
    });
    let _ = std::fs::remove_file(&probe);
    now.map_or_else(|| tempfile::tempfile()?.metadata()?.modified(), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    fn eventually(folder: &Folder, wanted: impl Fn(&[(Claim, bool)]) -> bool) -> bool {
        (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            wanted(&claims(folder).unwrap())
        })
    }

    #[test]
    fn a_task_is_there_while_it_runs_and_lost_when_it_is_silent() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path());
        assert!(claims(&folder).unwrap().is_empty());
        let pulse = Pulse::start(&folder, 3);
        pulse.at("key");
        let is_at = |found: &[(Claim, bool)]| matches!(found, [(claim, true)] if claim.task == 3 && claim.job == "key");
        assert!(eventually(&folder, is_at));
        let file = File::options().write(true).open(folder.claim(3)).unwrap();
        let then = file.metadata().unwrap().modified().unwrap();
        file.set_modified(then - 2 * SILENCE).unwrap();
        assert!(!claims(&folder).unwrap()[0].1);
        let probe = folder.running().join(".now-1");
        File::create(&probe)
            .unwrap()
            .set_modified(then - 2 * SILENCE)
            .unwrap();
        claims(&folder).unwrap();
        assert!(!probe.exists());
        drop(pulse);
        assert!(claims(&folder).unwrap().is_empty());
    }

    #[test]
    fn a_directory_that_may_not_be_written_has_a_time_too() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let then = file.as_file().metadata().unwrap().modified().unwrap();
        let now = now_in(&file.path().join("below")).unwrap();
        assert!(now.duration_since(then).unwrap() < SILENCE);
    }
}
