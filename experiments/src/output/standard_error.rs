//! Standard error, which may go away at any time, too.

use report::harmless;
use std::fmt::Display;
use std::io::Write;

/// Prints a line to standard error, if anybody reads it.
pub(crate) fn tell(line: impl Display) {
    let line = line.to_string();
    let _ = writeln!(std::io::stderr(), "{}", harmless(&line));
}
