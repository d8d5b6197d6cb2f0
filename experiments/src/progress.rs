//! How a comparison goes, for whoever waits: on a terminal a table of the models so far and a bar for the fit that
//! runs, plain lines elsewhere.

mod live;
pub(crate) mod search;

use crate::output;
use indicatif::ProgressBar;
use live::Live;
use report::thousands;
use runner::{Event, Pace, Stopwatch, Watcher, progress_words::parts};

/// The progress of a comparison, on standard error; nothing where that is to be quiet.
pub(crate) struct Progress {
    quiet: bool,
    /// Characters of the longest name of a fit, so that results stand below each other.
    widest: usize,
    live: Option<Live>,
    fit: Option<Fit>,
}

/// The fit that runs.
struct Fit {
    name: String,
    marker: Option<(char, u8)>,
    bar: Option<ProgressBar>,
    since_start: Stopwatch,
    pace: Pace,
    /// Whether its result is in the table.
    is_shown: bool,
}

impl Progress {
    /// Of a comparison that has not begun.
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            widest: 0,
            live: Live::on_terminal().filter(|_| !quiet),
            fit: None,
        }
    }

    /// Prints lines, above what is live.
    fn print(&self, lines: impl FnOnce()) {
        match &self.live {
            _ if self.quiet => {}
            None => lines(),
            Some(live) => live.above(lines),
        }
    }
}

impl Watcher for Progress {
    fn note(&mut self, note: &str) {
        self.print(|| output::tell(note));
    }

    fn plan(&mut self, fits: &[String]) {
        let names = (1..).zip(fits).map(|(i, fit)| named(fit, i, fits.len()));
        self.widest = names.map(|name| name.chars().count()).max().unwrap_or(0);
    }

    fn begin(&mut self, fit: &str, index: usize, count: usize) {
        let name = named(fit, index + 1, count);
        let bar = self.live.as_ref().map(|live| live.bar(&name));
        if bar.is_none() && !self.quiet {
            output::tell(format_args!("{name}: fitting"));
        }
        self.fit = Some(Fit {
            name,
            // Of the model, whose name comes first.
            marker: fit.split(',').next().and_then(report::marker_of),
            bar,
            since_start: Stopwatch::start(),
            pace: Pace::after_a_pause(),
            is_shown: false,
        });
    }

    fn judged(&mut self, model: &str, share_right: f64, fit_seconds: Option<f64>) {
        if let (Some(live), Some(fit)) = (&mut self.live, &mut self.fit) {
            live.add(model, share_right, fit_seconds);
            fit.is_shown = true;
        }
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
                let [done, total] = [*done, *total].map(thousands);
                fit.show(&format!("evaluating, {done} of {total} samples"));
                None
            }
            _ => None,
        };
        if let Some(line) = line {
            self.print(|| output::tell(line));
        }
    }

    fn end(&mut self, result: &str) {
        let Some(fit) = self.fit.take() else {
            return;
        };
        if let Some(bar) = fit.bar {
            bar.finish_and_clear();
        }
        if !fit.is_shown {
            let line = format!("{:1$} {result}", fit.name, self.widest);
            self.print(|| output::row(fit.marker, line));
        }
    }
}

fn named(fit: &str, number: usize, count: usize) -> String {
    format!("[{number}/{count}] {fit}")
}

impl Fit {
    fn show(&self, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        }
    }

    /// Shows that some parts are done. Gives a line where there is no bar and the last was long ago.
    fn advance(&mut self, done: usize, total: usize, unit: &str, state: &str) -> Option<String> {
        let message = parts(done, total, unit, state, self.since_start.elapsed());
        self.show(&message);
        let is_amid = (1..total).contains(&done);
        let due = self.bar.is_none() && is_amid && self.pace.is_due();
        due.then(|| format!("{}: {message}", self.name))
    }
}
