//! How a search goes: a bar for the trials of a model and one for all models, plain lines without a terminal.

use crate::output;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use records::{TunedModel, TunedTrial};
use report::harmless;
use runner::{Pace, Stopwatch, TrialWatcher, TuningWatcher, progress_words as words};
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Parts of a bar.
const PARTS: u64 = 1_000;

/// The progress of all models, on standard error; nothing where that is to be quiet.
pub(crate) struct SearchProgress {
    quiet: bool,
    since_start: Stopwatch,
    bars: Option<(MultiProgress, ProgressBar)>,
}

/// The progress of one model.
struct ModelProgress<'a> {
    of: &'a SearchProgress,
    /// Models before it, and in all.
    place: [usize; 2],
    name: String,
    bar: Option<ProgressBar>,
    since_start: Stopwatch,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    trials: Option<usize>,
    cost: Option<f64>,
    /// Of plain lines: the first trial at once, the others at a pause.
    pace: Pace,
}

impl SearchProgress {
    /// Of a search that has not begun.
    pub(crate) fn new(quiet: bool) -> Self {
        let bars = (std::io::stderr().is_terminal() && !quiet).then(|| {
            let bars = MultiProgress::new();
            let whole = bars.add(bar("all models"));
            (bars, whole)
        });
        Self {
            quiet,
            since_start: Stopwatch::start(),
            bars,
        }
    }
}

impl Drop for SearchProgress {
    fn drop(&mut self) {
        if let Some((_, whole)) = &self.bars {
            whole.finish_and_clear();
        }
    }
}

impl TuningWatcher for SearchProgress {
    fn note(&self, note: &str) {
        if !self.quiet {
            output::tell(note);
        }
    }

    fn begin(&self, id: &str, index: usize, models: usize) -> Box<dyn TrialWatcher + '_> {
        let name = format!("[{}/{models}] {id}", index + 1);
        let bar = self.bars.as_ref().map(|(bars, whole)| {
            whole.set_message(format!("{index} of {models} done"));
            let bar = bars.insert_before(whole, bar(&name));
            bar.set_message("searching");
            bar
        });
        if bar.is_none() && !self.quiet {
            output::tell(format_args!("{name}: searching"));
        }
        Box::new(ModelProgress {
            of: self,
            place: [index, models],
            name,
            bar,
            since_start: Stopwatch::start(),
            state: Mutex::default(),
        })
    }
}

impl ModelProgress<'_> {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TrialWatcher for ModelProgress<'_> {
    fn plan(&self, trials: Option<usize>, cost: Option<f64>) {
        let mut state = self.state();
        (state.trials, state.cost) = (trials, cost);
    }

    fn show(&self, ended: &[&TunedTrial], used: Option<f64>) {
        let mut state = self.state();
        let cost: f64 = ended.iter().map(|trial| trial.share).sum();
        let best = ended.iter().filter_map(|trial| trial.accuracy);
        let best = best.max_by(f64::total_cmp);
        let by_cost = state.cost.map_or(0.0, |all| cost / all);
        let share = by_cost.max(used.unwrap_or(0.0)).min(1.0);
        let left = words::left(self.since_start.elapsed(), share);
        let message = words::so_far(ended.len(), state.trials, best, &left);
        let [index, models] = self.place;
        let whole_share = (index as f64 + share) / models as f64;
        let whole_left = words::left(self.of.since_start.elapsed(), whole_share);
        if let (Some(bar), Some((_, whole))) = (&self.bar, &self.of.bars) {
            bar.set_position((share * PARTS as f64) as u64);
            bar.set_message(message);
            whole.set_position((whole_share * PARTS as f64) as u64);
            whole.set_message(format!("{index} of {models} done, {whole_left}"));
        } else if !self.of.quiet && state.pace.is_due() {
            let whole = match models {
                1 => String::new(),
                models => format!("; all {models} models: {whole_left}"),
            };
            output::tell(format_args!("{}: {message}{whole}", self.name));
        }
    }

    fn end(&self, tuned: &TunedModel, reused: usize) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let line = format!("{}: {}", self.name, words::found(tuned, reused));
        match &self.of.bars {
            Some((bars, _)) => drop(bars.println(harmless(&line))),
            None if !self.of.quiet => output::tell(line),
            None => {}
        }
    }
}

fn bar(prefix: &str) -> ProgressBar {
    // Within 80 columns.
    let style =
        ProgressStyle::with_template("{prefix:20} {bar:10} {msg}").expect("a valid template");
    ProgressBar::new(PARTS)
        .with_style(style)
        .with_prefix(prefix.to_owned())
}
