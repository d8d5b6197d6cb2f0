//! Each job in a process of its own, which can be killed: whatever a model or a library does, it costs one
//! row.

use super::Executor;
use super::files::{JobFiles, sweep};
use crate::failure::Failure;
use crate::family::kill_descendants;
use crate::job::{Ended, Event, Job};
use crate::limits::{Exceeded, Limits};
use crate::memory;
use crate::obituary::{LastWords, obituary};
use crate::spoken::heard;
use crate::stopwatch::Stopwatch;
use classifier::{Cancellation, unhindered_threads};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How often time and cancellation are looked at.
const PAUSE: Duration = Duration::from_millis(10);
/// How often memory is, where it is limited: a process can take ten megabytes in a millisecond.
const MEMORY_PAUSE: Duration = Duration::from_millis(1);
/// How long the last line of a process that has ended may take to be read, where its output stays open.
const LAST_LINE: Duration = Duration::from_secs(10);
/// Variables by which numerical libraries are told how many threads they may start.
const THREADS: [&str; 7] = [
    "RAYON_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
];

/// That of matrixmultiply, whose threads spin while they wait for each other: one that finds no processor holds the
/// others up for longer than it helps.
const SPINNING: &str = "MATMUL_NUM_THREADS";

/// The program that runs one job: it reads the job on standard input and calls
/// [`serve`](crate::serve).
#[derive(Debug, Clone)]
pub struct Cell {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

impl Cell {
    /// This program, with these arguments.
    ///
    /// # Errors
    /// If nobody knows where it is.
    pub fn itself(arguments: &[&str]) -> Result<Self, Failure> {
        // The file may be replaced while the program runs, by a build; this name still leads to it.
        let itself = Path::new("/proc/self/exe");
        let program = if itself.exists() {
            itself.to_owned()
        } else {
            let found = std::env::current_exe();
            found.map_err(|error| Failure::job("this program", &error))?
        };
        let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        Ok(Self { program, arguments })
    }
}

/// Runs each job in a process of its own.
#[derive(Debug, Clone)]
pub struct OwnProcess {
    cell: Cell,
}

impl OwnProcess {
    /// With this program. What earlier jobs left because their program was killed is removed.
    pub fn new(cell: Cell) -> Self {
        sweep(&std::env::temp_dir());
        Self { cell }
    }

    /// Starts the process. What it leaves in `files`, its directory for temporary files, goes with this.
    fn start(&self, job: &Job, files: Option<&JobFiles>) -> Result<Child, Failure> {
        let mut command = Command::new(&self.cell.program);
        command
            .args(&self.cell.arguments)
            .envs(THREADS.map(|name| (name, job.threads.to_string())))
            .env(SPINNING, unhindered_threads(job.threads).to_string())
            .envs(files.map(|files| ("TMPDIR", files.path())))
            .envs(job.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A group of its own: what the terminal sends to this process is not sent there, and all that it
        // starts can be killed with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let program = self.cell.program.display().to_string();
        command
            .spawn()
            .map_err(|error| Failure::job(program, &error))
    }
}

impl Executor for OwnProcess {
    fn run(
        &self,
        job: &Job,
        limits: Limits,
        cancellation: &Cancellation,
        on: &mut (dyn FnMut(&Event) + Send),
    ) -> Result<Ended, Failure> {
        if cancellation.check().is_err() {
            return Ok(job.cancelled(0.0));
        }
        let files = JobFiles::new();
        let mut child = self.start(job, files.as_ref())?;
        let pipes = Pipes::of(&mut child);
        let mut running = Running {
            child,
            own_time: Stopwatch::stopped(),
            limits,
        };
        let (stdin, events, last_words) = pipes.open(job)?;
        let ending = running.watch(&events, cancellation, on);
        let seconds = running.own_time.elapsed().as_secs_f64();
        running.kill();
        drop(stdin);
        let status = running.child.wait();
        if let Some(files) = files {
            files.remove();
        }
        let last_words = last_words.map_or(String::new(), |last| last.after(LAST_LINE));
        Ok(match ending {
            Ending::Said(ended) => *ended,
            Ending::Exceeded(exceeded) => job.failed(exceeded.to_string(), seconds),
            Ending::Cancelled => job.cancelled(seconds),
            Ending::Silent => job.failed(obituary(status.ok(), &last_words), seconds),
        })
    }
}

/// A process, and its own time as its events tell it.
struct Running {
    child: Child,
    own_time: Stopwatch,
    limits: Limits,
}

/// Why a process is not watched any more.
enum Ending {
    /// It said how the job ended.
    Said(Box<Ended>),
    /// It went beyond a limit.
    Exceeded(Exceeded),
    /// The user called it off.
    Cancelled,
    /// It is gone without a word.
    Silent,
}

impl Running {
    fn watch(
        &mut self,
        events: &Receiver<Event>,
        cancellation: &Cancellation,
        on: &mut (dyn FnMut(&Event) + Send),
    ) -> Ending {
        let pause = self.limits.memory.map_or(PAUSE, |_| MEMORY_PAUSE);
        let mut since_exit: Option<Stopwatch> = None;
        loop {
            match events.recv_timeout(pause) {
                Ok(Event::Ended(ended)) => return self.late(&ended).unwrap_or(Ending::Said(ended)),
                Ok(event) => {
                    match event {
                        Event::Fitting => self.own_time.resume(),
                        Event::Began => self.own_time = Stopwatch::start(),
                        Event::Pausing => self.own_time.pause(),
                        _ => {}
                    }
                    on(&event);
                }
                Err(RecvTimeoutError::Disconnected) => return Ending::Silent,
                Err(RecvTimeoutError::Timeout) => {
                    // What it said before it ended may still be on its way, and a long line takes its time.
                    match &since_exit {
                        Some(exit) if exit.elapsed() > LAST_LINE => return Ending::Silent,
                        None if self.has_exited() => {
                            // Whatever it started holds its output open.
                            self.kill();
                            since_exit = Some(Stopwatch::start());
                        }
                        _ => {}
                    }
                }
            }
            if cancellation.check().is_err() {
                return Ending::Cancelled;
            }
            // Memory is the fit's: what an evaluation takes is no concern of the limit.
            let memory = match self.limits.memory {
                Some(_) if self.own_time.is_running() => memory::of_family(self.child.id()),
                _ => 0,
            };
            if let Some(exceeded) = self.limits.exceeded(self.own_time.elapsed(), memory) {
                return Ending::Exceeded(exceeded);
            }
        }
    }

    /// A fit that ended between two looks may have gone beyond a limit, too.
    fn late(&self, ended: &Ended) -> Option<Ending> {
        let (time, memory) = ended.cost()?;
        self.limits.exceeded(time, memory).map(Ending::Exceeded)
    }

    /// Whether it has ended. It stays in the system's list, so that its group can be named.
    #[cfg(unix)]
    fn has_exited(&self) -> bool {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let looked = id.map(|id| waitid(WaitId::Pid(id), options));
        matches!(looked, Some(Ok(Some(_))))
    }

    /// Whether it has ended. Its output ends with it.
    #[cfg(not(unix))]
    fn has_exited(&self) -> bool {
        false
    }

    /// Ends the process and all that it started, those that left its group, too.
    fn kill(&mut self) {
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
            if let Some(group) = group {
                // Stopped, it starts nothing more, and its children's numbers are not given to others.
                let _ = kill_process_group(group, Signal::STOP);
                kill_descendants(self.child.id());
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
        // Where there are no groups; it may be gone already.
        let _ = self.child.kill();
    }
}

/// The three ends of a process that was just started.
struct Pipes {
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
}

/// Standard input, which stays open as long as the process is wanted, its events, and its last words.
type Opened = (Option<ChildStdin>, Receiver<Event>, Option<LastWords>);

impl Pipes {
    fn of(child: &mut Child) -> Self {
        Self {
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
        }
    }

    /// Gives the job to the process, and begins to listen.
    fn open(mut self, job: &Job) -> Result<Opened, Failure> {
        let mut line = serde_json::to_vec(job).map_err(|error| Failure::job("job", &error))?;
        line.push(b'\n');
        if let Some(stdin) = &mut self.stdin {
            // A process that died does not read it: then it says nothing, which is noticed.
            let _ = stdin.write_all(&line);
        }
        let event = |line: String| serde_json::from_str(&line).ok();
        let events = self
            .stdout
            .map_or_else(|| channel().1, |stdout| heard(stdout, usize::MAX, event));
        let last_words = self.stderr.map(LastWords::of);
        Ok((self.stdin, events, last_words))
    }
}
