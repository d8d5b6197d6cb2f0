//! What stays at the bottom of a terminal while a comparison goes on: its models so far, and the fit that runs.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use report::LiveTable;
use std::io::IsTerminal;
use std::time::Duration;

/// The table, and below it the bars.
pub(super) struct Live {
    bars: MultiProgress,
    shown: ProgressBar,
    table: LiveTable,
}

impl Live {
    /// On standard error, if that is a terminal.
    pub(super) fn on_terminal() -> Option<Self> {
        std::io::stderr().is_terminal().then(|| {
            let bars = MultiProgress::new();
            Self {
                shown: bars.add(bar("{msg}")),
                bars,
                table: LiveTable::default(),
            }
        })
    }

    /// The bar of a fit.
    pub(super) fn bar(&self, name: &str) -> ProgressBar {
        let bar = self.bars.add(bar("{prefix} {spinner} {wide_msg}"));
        bar.set_prefix(name.to_owned());
        bar.set_message("fitting");
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// One more fit of a model, in the table at once.
    pub(super) fn add(&mut self, model: &str, share_right: f64, fit_seconds: Option<f64>) {
        self.table.add(model, share_right, fit_seconds);
        let (height, width) = console::Term::stderr().size();
        let paint = |colour, text: &str| {
            let text = console::style(text).for_stderr().color256(colour);
            text.to_string()
        };
        // The bar has a line of its own.
        let height = usize::from(height).saturating_sub(1);
        let text = self.table.to_text(usize::from(width), height, &paint);
        self.shown.set_message(text);
    }

    /// Prints lines that stay, above the table.
    pub(super) fn above(&self, print: impl FnOnce()) {
        self.bars.suspend(print);
    }
}

impl Drop for Live {
    /// The report has the same table and more: where that is not on this terminal, this one stays.
    fn drop(&mut self) {
        if std::io::stdout().is_terminal() {
            self.shown.finish_and_clear();
        } else {
            self.shown.abandon();
        }
    }
}

fn bar(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("a valid template");
    ProgressBar::no_length().with_style(style)
}
