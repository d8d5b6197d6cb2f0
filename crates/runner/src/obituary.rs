//! Why a process is gone: its last words, and how it ended.

use std::io::Read;
use std::process::ExitStatus;

/// What is kept of a process's last words, in bytes.
const LAST_WORDS: usize = 16 << 10;

/// The end of what a stream says.
pub(crate) fn last_words(mut stream: impl Read) -> String {
    let mut kept = Vec::new();
    let mut block = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut block) {
        kept.extend_from_slice(&block[..read]);
        if kept.len() > 2 * LAST_WORDS {
            kept.drain(..kept.len() - LAST_WORDS);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// Why a process is gone that did not say how its job ended.
pub(crate) fn obituary(status: Option<ExitStatus>, last_words: &str) -> String {
    let said = last_words
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    // What follows is how to get a backtrace.
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
        Some(line) => format!("{how}: {line}"),
        None => how,
    }
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

    #[test]
    fn the_reason_is_the_line_that_tells_most() {
        let abort = "memory allocation of 8 bytes failed\nnote: run with `RUST_BACKTRACE=1`\n";
        assert!(obituary(None, abort).ends_with(": memory allocation of 8 bytes failed"));
        let python = "Traceback (most recent call last):\n  File \"m.py\"\nValueError: no\n";
        assert!(obituary(None, python).ends_with(": ValueError: no"));
        assert_eq!(obituary(None, ""), "the process was lost");
    }

    #[test]
    fn only_the_end_of_a_long_speech_is_kept() {
        let speech = "x".repeat(10 * LAST_WORDS) + "end";
        let kept = last_words(speech.as_bytes());
        assert!(kept.len() <= 2 * LAST_WORDS && kept.ends_with("end"));
    }
}
