//! The page of simulated rates, and how they are simulated.

use crate::figure::{Point, ROOMS, svg};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};
use std::fmt::Write;

/// Runs of each simulation.
pub(crate) const RUNS: usize = 2_000;

/// Where the picture stands, beside the page.
pub(crate) const FIGURES: [&str; 2] = ["figures/levels.svg", "figures/levels-narrow.svg"];

/// What a rate should be.
#[derive(Clone, Copy)]
pub(crate) enum Aim {
    /// Differences found where there are none: 0.04 to 0.06.
    Size,
    /// The truth held: 0.94 to 0.96.
    Coverage,
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// Differences found where there are some: to be seen, not to be judged.
    Power,
    /// Not of this crate's advice: shown for comparison.
    Instead,
}

/// Sections of rates.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
    outside: usize,
    /// Those of them that claim more than holds.
    claiming: usize,
    rates: usize,
    points: Vec<Point>,
}

impl Page {
    /// Begins a section.
    pub(crate) fn section(&mut self, title: &str, about: &str) {
        eprintln!("{title}");
        write!(
            self.text,
            "\n## {title}\n\n{about}\n\n| what | where | rate | ± | aim | remark |\n|---|---|--:|--:|---|---|\n"
        )
        .expect("a string takes all");
    }

    /// Adds the rate of runs that hold, of `RUNS`.
    pub(crate) fn rate(&mut self, what: &str, place: &str, aim: Aim, of: f64) {
        self.rate_of(what, place, aim, of, RUNS);
    }

    /// Adds a rate of so many runs.
    pub(crate) fn rate_of(&mut self, what: &str, place: &str, aim: Aim, of: f64, runs: usize) {
        let error = (of * (1.0 - of) / runs as f64).sqrt();
        let (aimed, remark) = aim.judge(of, error);
        self.rates += 1;
        self.outside += usize::from(!remark.is_empty());
        self.claiming += usize::from(remark.starts_with("**"));
        let aims = [
            (matches!(aim, Aim::Size), 0.05),
            (matches!(aim, Aim::Coverage), 0.95),
        ];
        self.points
            .extend(aims.iter().filter(|of| of.0).map(|&(_, aim)| Point {
                what: what.to_owned(),
                place: place.to_owned(),
                rate: of,
                aim,
                claims_more: remark.starts_with("**"),
            }));
        let digits = match of {
            0.0 | 0.001.. => 3,
            0.000_1.. => 4,
            _ => 6,
        };
        writeln!(
            self.text,
            "| {what} | {place} | {of:.digits$} | {error:.digits$} | {aimed} | {remark} |"
        )
        .expect("a string takes all");
    }

    /// Adds a paragraph.
    pub(crate) fn note(&mut self, text: &str) {
        write!(self.text, "\n{text}\n").expect("a string takes all");
    }

    /// Every rate in one picture: for a page, and for a phone.
    pub(crate) fn figures(&self) -> [String; 2] {
        ROOMS.map(|room| svg(&self.points, &room))
    }

    /// The page.
    pub(crate) fn markdown(&self) -> String {
        let [wide, narrow] = FIGURES;
        format!(
            "# Levels\n\n**{} of {} simulated rates claim more than holds** (orange in the figure, **bold** in the tables). {} more are \
             *careful*: tests that find too few differences, or intervals that are too wide; exact tests of few samples \
             cannot be otherwise.\n\n<picture><source media=\"(max-width: 840px)\" srcset=\"{narrow}\"><img src=\"{wide}\" alt=\"A point \
             for each place at which a test or an interval was simulated, in orange where more is claimed than holds\"></picture>\n\n\
             The grey band is what is aimed at. A point at an end of the scale is there or beyond it.\n\n\
             ## How to read this\n\n```sh\ncargo run --release -p statistics --example levels results/levels.md\n```\n\nEvery \
             test and interval of `statistics` was run on simulated data, of which the truth is known. Unless said otherwise, a \
             test should find a difference that is not there in 5 % of the runs, and an interval should contain the truth in \
             95 %. Each rate is of {RUNS} runs, unless its section says otherwise; ± is its standard error. A remark stands where a rate is outside 0.04 to 0.06, \
             or 0.94 to 0.96, by more than that error.\n\nPrinted in reports, and not simulated here: differences of models that \
             were judged on different samples, weighted recall (which is accuracy), macro recall (which is balanced accuracy, \
             unless a class is predicted that does not occur), top 3, and conformal sets.\n{}",
            self.claiming,
            self.rates,
            self.outside - self.claiming,
            self.text
        )
    }
}

impl Aim {
    fn judge(self, rate: f64, error: f64) -> (String, &'static str) {
        let beyond = |limit: f64| rate > limit + error;
        let below = |limit: f64| rate < limit - error;
        match self {
            Self::Size if beyond(0.06) => ("0.05".to_owned(), "**finds too many**"),
            Self::Size if below(0.04) => ("0.05".to_owned(), "careful"),
            Self::Size => ("0.05".to_owned(), ""),
            Self::Coverage if below(0.94) => ("0.95".to_owned(), "**too narrow**"),
            Self::Coverage if beyond(0.96) => ("0.95".to_owned(), "careful"),
            Self::Coverage => ("0.95".to_owned(), ""),
            Self::AtMost(most) if beyond(most) => (format!("≤ {most}"), "**above**"),
            Self::AtMost(most) => (format!("≤ {most}"), ""),
            Self::AtLeast(least) if below(least) => (format!("≥ {least}"), "**below**"),
            Self::AtLeast(least) => (format!("≥ {least}"), ""),
            Self::Power => ("power".to_owned(), ""),
            Self::Instead => ("for comparison".to_owned(), ""),
        }
    }
}

/// A run's own random numbers.
pub(crate) type Random = ChaCha8Rng;

/// The means over `RUNS` runs of what each returns, for any number of threads the same.
pub(crate) fn rates<const N: usize>(run: impl Fn(&mut Random) -> [bool; N] + Sync) -> [f64; N] {
    rates_of(RUNS, run)
}

/// The means over so many runs.
pub(crate) fn rates_of<const N: usize>(
    runs: usize,
    run: impl Fn(&mut Random) -> [bool; N] + Sync,
) -> [f64; N] {
    let counts = (0..runs as u64)
        .into_par_iter()
        .map(|stream| {
            let mut random = ChaCha8Rng::seed_from_u64(1);
            random.set_stream(stream);
            run(&mut random).map(usize::from)
        })
        .reduce(|| [0; N], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    counts.map(|count| count as f64 / runs as f64)
}

/// A normal number.
pub(crate) fn normal(random: &mut Random) -> f64 {
    let size = -2.0 * (1.0 - random.random::<f64>()).ln();
    size.sqrt() * (std::f64::consts::TAU * random.random::<f64>()).cos()
}

/// The probability that a normal number is below.
pub(crate) fn below(limit: f64) -> f64 {
    Normal::standard().cdf(limit)
}

/// Whether an interval holds a value.
pub(crate) fn holds(interval: statistics::Interval, value: f64) -> bool {
    interval.low <= value && value <= interval.high
}
