//! A quick model looks at a data set before anybody believes a comparison on it: at labels that it denies, and
//! at whether test rows are like training rows.

mod drift;
mod judge;
mod out_of_fold;
mod pixels;
mod suspects;

pub use drift::Drift;
pub use suspects::{Suspect, Suspects};

use crate::options::Options;
use crate::registry::Registry;
use crate::rows::Rows;
use catalog::{Content, Loaded, inspect};
use data::{Dataset, Targets};
use judge::Judge;
use std::fmt;

/// What a quick model found, or in a line why it could not look.
#[derive(Debug)]
pub struct Scrutiny {
    /// The model.
    pub model: &'static str,
    /// How many pixels of large pictures it saw as one, along a side; 1 where it saw them as they are.
    pub block: usize,
    /// Training rows whose class it denies.
    pub suspects: Result<Suspects, String>,
    /// Whether it tells test rows from training rows.
    pub drift: Result<Drift, String>,
}

impl Scrutiny {
    /// Looks at the data with softmax regression where they are pictures, made smaller if they are large, else with a
    /// random forest. It takes seconds. Of test rows only the features are used.
    ///
    /// # Panics
    /// If the registry lacks the model.
    pub fn new(loaded: &Loaded, registry: Registry, seed: u64, threads: usize) -> Self {
        let judge = Judge::new(loaded, registry, seed, threads);
        let ([train, test], block) = sides(loaded);
        Self {
            model: judge.entry.id,
            block,
            suspects: suspects::suspects(&train, judge),
            drift: drift::drift(&train, &test, judge),
        }
    }
}

/// What makes a comparison on these data doubtful, a sentence for each: what [`inspect`] finds, pixels that tell the class, and that test rows
/// which the user gives are unlike training rows. Of MNIST, which was looked through, and of another data set known by
/// name in a quick look nothing is asked; a quick look fits no model for it.
///
/// # Panics
/// If the registry lacks the models of [`Scrutiny::new`].
pub fn doubts(
    loaded: &Loaded,
    options: &Options,
    registry: Registry,
    threads: usize,
) -> Vec<String> {
    let is_own = options.data.is_some();
    if !is_own && (loaded.id == "mnist" || options.quick) {
        return Vec::new();
    }
    let mut doubts = inspect(loaded).doubts();
    if let (true, Content::Samples { train, .. }) =
        (loaded.content.is_of_pictures(), &loaded.content)
    {
        doubts.extend(pixels::doubt(train));
    }
    if is_own && !loaded.is_test_drawn && !options.quick {
        let judge = Judge::new(loaded, registry, options.seed(), threads);
        let ([train, test], _) = sides(loaded);
        let drift = drift::drift(&train, &test, judge).ok();
        doubts.extend(drift.and_then(|drift| drift.doubt(judge.entry.id)));
    }
    doubts
}

/// Training rows and test rows, large pictures made smaller: a block of so many pixels along a side is one. Nobody is
/// told a label of a test row.
fn sides(loaded: &Loaded) -> ([Rows; 2], usize) {
    match &loaded.content {
        Content::Samples { train, test } => {
            let [(train, block), (test, _)] = [train, test.handed_over()].map(smaller);
            ([train, test], block)
        }
        Content::Table { train, test } => {
            let sides = [train, test.handed_over()];
            (sides.map(|table| Rows::Table(table.clone())), 1)
        }
    }
}

fn smaller(data: &Dataset) -> (Rows, usize) {
    let (samples, block) = data.samples().smaller(records::SIDE);
    let targets: &Targets = data.as_ref();
    let data = Dataset::with_targets(samples.into_owned(), targets.clone());
    (Rows::Samples(data.expect("as many as there were")), block)
}

/// A page for a terminal.
impl fmt::Display for Scrutiny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\nA quick look by {}, at rows that it was not fitted to{}:",
            self.model,
            match self.block {
                1 => String::new(),
                block => format!(", blocks of {block} × {block} pixels as one"),
            }
        )?;
        let of = |text: Result<String, &String>| match text {
            Ok(text) => text,
            Err(reason) => format!("not looked at: {reason}"),
        };
        let labels = of(self.suspects.as_ref().map(ToString::to_string));
        let drift = of(self.drift.as_ref().map(ToString::to_string));
        write!(f, "\nlabels: {labels}\ndrift: {drift}")
    }
}
