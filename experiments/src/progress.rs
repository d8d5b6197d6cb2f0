//! How a fit goes, for whoever waits: a bar on a terminal, plain lines elsewhere.

pub(crate) mod search;

use crate::stopwatch::Stopwatch;
use classifier::{Epoch, Step};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// The progress of one fit, on the error output; nothing where that is to be quiet.
pub(crate) struct Progress {
    quiet: bool,
    name: String,
    bar: Option<ProgressBar>,
    since_start: Stopwatch,
    since_line: Stopwatch,
}

/// Plain lines are no closer together than this.
const PAUSE: Duration = Duration::from_secs(2);

impl Progress {
    /// Announces fit number `index` of `count`.
    pub(crate) fn begin(fit: &str, index: usize, count: usize, quiet: bool) -> Self {
        let name = format!("[{}/{count}] {fit}", index + 1);
        let bar = (std::io::stderr().is_terminal() && !quiet).then(|| {
            let style = ProgressStyle::with_template("{prefix:26} {spinner} {msg}")
                .expect("a valid template");
            let target = ProgressDrawTarget::stderr();
            let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
            bar.set_prefix(name.clone());
            bar.set_message("fitting");
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() && !quiet {
            eprintln!("{name}: fitting");
        }
        Self {
            quiet,
            name,
            bar,
            since_start: Stopwatch::start(),
            since_line: Stopwatch::start(),
        }
    }

    /// An epoch is over.
    pub(crate) fn epoch(&mut self, epoch: Epoch, test_accuracy: f64) {
        let state = format!(
            "loss {:.4}, {:.2} % right",
            epoch.training_loss,
            test_accuracy * 100.0
        );
        self.advance(epoch.number, epoch.total, "epochs", &state);
    }

    /// A part of the fit is over.
    pub(crate) fn step(&mut self, step: Step) {
        self.advance(step.done, step.total, step.unit, "");
    }

    /// The fit is over; what remains is evaluation.
    pub(crate) fn evaluating(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message("evaluating");
        }
    }

    /// Everything is over; `result` is one line.
    pub(crate) fn end(self, result: &str) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        if !self.quiet {
            eprintln!("{}: {result}", self.name);
        }
    }

    fn advance(&mut self, done: usize, total: usize, unit: &str, state: &str) {
        let separator = if state.is_empty() { "" } else { ", " };
        let message = format!("{done} of {total} {unit}{separator}{state}");
        if let Some(bar) = &self.bar {
            if bar.length() != Some(total as u64) {
                let style = "{prefix:26} {bar:24} {msg}, {eta} left";
                bar.set_style(ProgressStyle::with_template(style).expect("a valid template"));
                bar.set_length(total as u64);
            }
            bar.set_message(message);
            bar.set_position(done as u64);
        } else if !self.quiet && self.since_line.elapsed() >= PAUSE && done > 0 && done < total {
            self.since_line = Stopwatch::start();
            let left = self
                .since_start
                .elapsed()
                .mul_f64((total - done) as f64 / done as f64);
            eprintln!("{}: {message}, {} s left", self.name, left.as_secs().max(1));
        }
    }
}
