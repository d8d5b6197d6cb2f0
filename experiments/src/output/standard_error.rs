//! Standard error, which may go away at any time, too.

use console::Term;
use report::{harmless, in_lines};
use std::fmt::Display;
use std::io::Write;

/// Prints lines to standard error, if anybody reads them; on a terminal they break between words.
pub(crate) fn tell(lines: impl Display) {
    let terminal = Term::stderr();
    let width = terminal.is_term().then(|| usize::from(terminal.size().1));
    let lines = in_lines(&harmless(&lines.to_string()), width);
    let _ = writeln!(std::io::stderr(), "{lines}");
}

/// Prints a line to standard error like [`tell`], on a terminal after a marker in its colour among 256.
pub(crate) fn row(marker: Option<(char, u8)>, line: impl Display) {
    let (marker, colour) = marker.unwrap_or((' ', 0));
    let marker = console::style(marker).for_stderr().color256(colour);
    let marker = console::colors_enabled_stderr().then(|| format!("{marker} "));
    let (marker, line) = (marker.unwrap_or_default(), line.to_string());
    let _ = writeln!(std::io::stderr(), "{marker}{}", harmless(&line));
}
