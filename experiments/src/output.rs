//! Standard output, which may go away at any time.
//!
//! Whoever reads may have seen enough (`show | head`), the disk behind a file may be full, the terminal
//! may be lost. None of this may end a comparison: what is printed is also in files.
#![allow(clippy::disallowed_macros, reason = "everyone else prints here")]

mod standard_error;

pub(crate) use standard_error::{row, tell};

use crate::interrupt::on_interrupt;
use analysis::Report;
use console::Term;
use report::{TextTable, harmless, report_in_text};
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Prints a line to standard output. Ends the program where nobody can read it: quietly where nobody wants
/// to, with exit code 1 and the reason otherwise.
pub(crate) fn line(line: impl Display) {
    text(&format!("{line}\n"));
}

/// Prints a text as it is; otherwise like [`line()`].
pub(crate) fn text(text: &str) {
    drawn(&harmless(text));
}

/// Prints a picture of ours, which has colours.
pub(crate) fn drawn(text: &str) {
    written(|to| to.write_all(text.as_bytes()));
}

/// Prints what `content` writes, piece by piece, whatever its length; otherwise as [`text`] does. All in it but `names` is harmless.
pub(crate) fn pieces<'a>(
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    mut names: impl Iterator<Item = &'a String>,
) {
    if names.all(|name| harmless(name) == *name) {
        return written(content);
    }
    let mut whole = Vec::new();
    content(&mut whole).expect("memory takes everything");
    text(&String::from_utf8_lossy(&whole));
}

fn written(content: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut output = io::stdout().lock();
    if let Err(error) = content(&mut output).and_then(|()| output.flush()) {
        end(&error);
    }
}

/// Prints what is said of a command line, help among it, and ends the program.
pub(crate) fn answer(answer: &clap::Error) -> ! {
    let written = answer.print().and_then(|()| std::io::stdout().flush());
    match written {
        Err(error) if !answer.use_stderr() => end(&error),
        _ => std::process::exit(answer.exit_code()),
    }
}

/// Ends the program because standard output cannot be written.
fn end(error: &std::io::Error) -> ! {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    tell(format_args!("error: standard output: {error}"));
    // The terminal went away: what was under way is called off, as with Ctrl-C.
    let interrupted = on_interrupt().check().is_err();
    std::process::exit(if interrupted { 130 } else { 1 });
}

/// The width of the terminal, if there is one.
fn width() -> Option<usize> {
    let terminal = Term::stdout();
    terminal.is_term().then(|| usize::from(terminal.size().1))
}

/// Prints a table.
pub(crate) fn table(table: &TextTable) {
    line(table.to_text(width()));
}

/// Prints a report, and where to read on.
pub(crate) fn report(report: &Report, directory: &Path) {
    let paint = |colour, text: &str| console::style(text).color256(colour).to_string();
    drawn(&format!("{}\n", report_in_text(report, width(), &paint)));
    for page in ["README.md", "index.html"] {
        line(format_args!("report: {}", directory.join(page).display()));
    }
}
