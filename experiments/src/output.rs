//! Standard output and standard error, which may go away at any time.
//!
//! Whoever reads may have seen enough (`show | head`), the disk behind a file may be full, the terminal
//! may be lost. None of this may end a comparison: what is printed is also in files.
#![allow(clippy::disallowed_macros, reason = "everyone else prints here")]

use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Prints a line to standard output. Ends the program where nobody can read it: quietly where nobody wants
/// to, with exit code 1 and the reason otherwise.
pub(crate) fn line(line: impl Display) {
    text(&format!("{line}\n"));
}

/// Prints a text as it is; otherwise like [`line()`].
pub(crate) fn text(text: &str) {
    let mut output = std::io::stdout().lock();
    let written = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            tell(format_args!("error: standard output: {error}"));
            std::process::exit(1);
        }
    }
}

/// Prints a line to standard error, if anybody reads it.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
