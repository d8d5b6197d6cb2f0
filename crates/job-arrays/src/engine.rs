//! Programs of an engine, and what they say.

use crate::error::ArrayError;
use std::process::Command;

/// The most that is told of what a program said, in characters.
const MOST_TOLD: usize = 500;

/// What a program of an engine prints.
pub(crate) fn call(program: &'static str, command: &mut Command) -> Result<String, ArrayError> {
    let failed = |reason: String| ArrayError::Engine { program, reason };
    // What the terminal sends at Ctrl-C is not sent to it: an array that is half submitted would be nobody's.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let output = command
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(match said.trim() {
        "" => output.status.to_string(),
        said => told(&said.replace('\n', "; ")),
    }))
}

/// What a program said, for a message: no longer than can be read, and without what commands a terminal.
pub(crate) fn told(said: &str) -> String {
    let told: String = said.chars().take(MOST_TOLD).collect();
    records::one_line(told.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_is_quoted_and_one_that_says_nothing_has_its_status() {
        let said = |script: &str| {
            let called = call("sh", Command::new("sh").args(["-c", script]));
            called.map_err(|error| error.to_string())
        };
        assert_eq!(said("echo 7"), Ok("7\n".to_owned()));
        assert_eq!(
            said("echo a >&2; echo b >&2; false"),
            Err("sh: a; b".to_owned())
        );
        assert_eq!(said("exit 3"), Err("sh: exit status: 3".to_owned()));
    }
}
