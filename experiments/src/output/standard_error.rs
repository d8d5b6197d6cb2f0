//! Standard error, which may go away at any time, too.

use report::harmless;
use std::fmt::Display;
use std::io::Write;

/// Prints a line to standard error, if anybody reads it.
pub(crate) fn tell(line: impl Display) {
    let line = line.to_string();
    let _ = writeln!(std::io::stderr(), "{}", harmless(&line));
}

/// Prints a line to standard error like [`tell`], on a terminal after a marker in its colour among 256.
pub(crate) fn row(marker: Option<(char, u8)>, line: impl Display) {
    let (marker, colour) = marker.unwrap_or((' ', 0));
    let marker = console::style(marker).for_stderr().color256(colour);
    let marker = console::colors_enabled_stderr().then(|| format!("{marker} "));
    let line = line.to_string();
    let _ = writeln!(
        std::io::stderr(),
        "{}{}",
        marker.unwrap_or_default(),
        harmless(&line)
    );
}
