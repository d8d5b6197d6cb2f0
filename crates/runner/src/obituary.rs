//! Why a process is gone: its last words, and how it ended.

use records::one_line;
use std::io::Read;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is kept of a process's last words, in bytes.
const LAST_WORDS: usize = 16 << 10;

/// The most of a line that is told, in characters.
const MOST_TOLD: usize = 300;

/// The end of what a stream says.
pub(crate) struct LastWords {
    kept: Arc<Mutex<Vec<u8>>>,
    /// Hears nothing more when the stream ends.
    ended: Receiver<()>,
}

impl LastWords {
    /// Of a stream that is read meanwhile.
    pub(crate) fn of(stream: impl Read + Send + 'static) -> Self {
        let kept = Arc::<Mutex<Vec<u8>>>::default();
        let (end, ended) = channel();
        let of_reader = Arc::clone(&kept);
        std::thread::spawn(move || {
            keep_end(stream, &of_reader);
            drop(end);
        });
        Self { kept, ended }
    }

    /// What was said when the stream ended, or after so long.
    pub(crate) fn after(&self, longest: Duration) -> String {
        let _ = self.ended.recv_timeout(longest);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).into_owned()
    }
}

fn keep_end(mut stream: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut block = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut block) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&block[..read]);
        let surplus = kept.len().saturating_sub(LAST_WORDS);
        if surplus > LAST_WORDS {
            kept.drain(..surplus);
        }
    }
}

/// Why a process is gone that did not say how its job ended.
pub(crate) fn obituary(status: Option<ExitStatus>, last_words: &str) -> String {
    let said = last_words
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    // What follows is a backtrace, or how to get one.
    let said = said.take_while(|line| *line != "stack backtrace:");
    let said = said.filter(|line| !line.starts_with("note: "));
    let telling = |line: &&str| {
        [
            "memory allocation",
            "overflowed its stack",
            "Error",
            "error",
        ]
        .iter()
        .any(|word| line.contains(word))
    };
    let lines: Vec<&str> = said.collect();
    let line = lines
        .iter()
        .rev()
        .copied()
        .find(telling)
        .or(lines.last().copied());
    let how = how(status);
    match line {
        Some(line) => format!("{how}: {}", told(line)),
        None => how,
    }
}

/// A line of others for a message: no longer than can be read, and without what commands a terminal.
pub(crate) fn told(line: &str) -> String {
    let mut told: String = line.chars().take(MOST_TOLD).collect();
    if told.len() < line.len() {
        told.push('…');
    }
    one_line(&told).trim().to_owned()
}

fn how(status: Option<ExitStatus>) -> String {
    let Some(status) = status else {
        return "the process was lost".to_owned();
    };
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return match signal {
            6 => "aborted (SIGABRT)".to_owned(),
            9 => {
                "killed (SIGKILL), by somebody or because the machine ran out of memory".to_owned()
            }
            11 => "crashed (SIGSEGV)".to_owned(),
            other => format!("ended by signal {other}"),
        };
    }
    match status.code() {
        Some(code) => format!("the process ended with exit code {code}"),
        None => "the process ended without an exit code".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn the_reason_is_the_line_that_tells_most() {
        let abort = "memory allocation of 8 bytes failed\nnote: run with `RUST_BACKTRACE=1`\n";
        assert!(obituary(None, abort).ends_with(": memory allocation of 8 bytes failed"));
        let traced = format!("{abort}stack backtrace:\n  3: alloc::raw_vec::handle_error\n");
        assert_eq!(obituary(None, &traced), obituary(None, abort));
        let python = "Traceback (most recent call last):\n  File \"m.py\"\nValueError: no\n";
        assert!(obituary(None, python).ends_with(": ValueError: no"));
        assert_eq!(obituary(None, ""), "the process was lost");
        let long = obituary(None, &format!("\u{1b}[31m{}", "x".repeat(10_000)));
        assert!(
            long.len() < 400 && long.ends_with('…') && !long.contains('\u{1b}'),
            "{long}"
        );
    }

    #[test]
    fn only_the_end_of_a_long_speech_is_kept() {
        let speech = "x".repeat(10 * LAST_WORDS) + "end";
        let kept = LastWords::of(Cursor::new(speech)).after(Duration::MAX);
        assert!(kept.len() <= 2 * LAST_WORDS && kept.ends_with("end"));
    }
}
