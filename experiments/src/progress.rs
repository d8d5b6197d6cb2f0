//! How a fit goes, for whoever waits: a bar on a terminal, plain lines elsewhere.

pub(crate) mod search;

use crate::output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use runner::{Event, Stopwatch, Watcher, progress_words::left};
use std::io::IsTerminal;
use std::time::Duration;

/// Plain lines are no closer together than this.
pub(crate) const PAUSE: Duration = Duration::from_secs(2);

/// Characters of the name of a fit, so that results stand below each other.
const NAME: usize = 26;

/// The progress of a comparison, on standard error; nothing where that is to be quiet.
pub(crate) struct Progress {
    quiet: bool,
    fit: Option<Fit>,
}

/// The fit that runs.
struct Fit {
    name: String,
    marker: Option<(char, u8)>,
    bar: Option<ProgressBar>,
    since_start: Stopwatch,
    since_line: Stopwatch,
}

impl Progress {
    /// Of a comparison that has not begun.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet, fit: None }
    }
}

impl Watcher for Progress {
    fn note(&mut self, note: &str) {
        if !self.quiet {
            output::tell(note);
        }
    }

    fn begin(&mut self, fit: &str, index: usize, count: usize) {
        let name = format!("[{}/{count}] {fit}", index + 1);
        let bar = (std::io::stderr().is_terminal() && !self.quiet).then(|| {
            let style = ProgressStyle::with_template("{prefix} {spinner} {wide_msg}")
                .expect("a valid template");
            let target = ProgressDrawTarget::stderr();
            let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
            bar.set_prefix(name.clone());
            bar.set_message("fitting");
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() && !self.quiet {
            output::tell(format_args!("{name}: fitting"));
        }
        self.fit = Some(Fit {
            name,
            // Of the model, whose name comes first.
            marker: fit.split(',').next().and_then(report::marker_of),
            bar,
            since_start: Stopwatch::start(),
            since_line: Stopwatch::start(),
        });
    }

    fn event(&mut self, event: &Event) {
        let Some(fit) = &mut self.fit else {
            return;
        };
        let line = match event {
            Event::Epoch {
                number,
                total,
                training_loss,
                accuracy,
            } => {
                let state = format!(", loss {training_loss:.4}, {:.2} % right", accuracy * 100.0);
                fit.advance(*number, *total, "epochs", &state)
            }
            Event::Step { done, total, unit } => fit.advance(*done, *total, unit, ""),
            Event::Evaluating { done, total } => {
                fit.show(&format!("evaluating, {done} of {total} samples"));
                None
            }
            _ => None,
        };
        if let (Some(line), false) = (line, self.quiet) {
            output::tell(line);
        }
    }

    fn end(&mut self, result: &str) {
        let Some(fit) = self.fit.take() else {
            return;
        };
        if let Some(bar) = fit.bar {
            bar.finish_and_clear();
        }
        if !self.quiet {
            output::row(fit.marker, format_args!("{:NAME$} {result}", fit.name));
        }
    }
}

impl Fit {
    fn show(&self, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        }
    }

    /// Shows that some parts are done. Gives a line where there is no bar and the last was long ago.
    fn advance(&mut self, done: usize, total: usize, unit: &str, state: &str) -> Option<String> {
        let mut message = format!("{done} of {total} {unit}{state}");
        if (1..total).contains(&done) {
            let left = left(self.since_start.elapsed(), done as f64 / total as f64);
            message = format!("{message}, {left}");
        }
        self.show(&message);
        let due = self.since_line.elapsed() >= PAUSE && done > 0 && done < total;
        if self.bar.is_some() || !due {
            return None;
        }
        self.since_line = Stopwatch::start();
        Some(format!("{}: {message}", self.name))
    }
}
