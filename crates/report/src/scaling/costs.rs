//! What fits cost as their data grow, as it was measured.

use records::Environment;

/// What fits of one size cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitCost {
    /// Rows, features or classes.
    pub size: usize,
    /// Seconds of the fit.
    pub seconds: f64,
    /// Most resident memory of the process, in bytes.
    pub bytes: f64,
}

/// A model on growing data.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCosts {
    /// The model.
    pub id: String,
    /// Its fits, the smallest first.
    pub fits: Vec<FitCost>,
    /// Why there is none that is larger.
    pub ended: String,
}

/// Data that grow in one direction.
#[derive(Debug, Clone, PartialEq)]
pub struct Growing {
    /// Of its section.
    pub heading: String,
    /// What there is more and more of: "rows".
    pub what: String,
    /// Which data, and what stays as it is, in sentences.
    pub said: String,
    /// Every model, in the order of reports.
    pub models: Vec<ModelCosts>,
}

/// A model with one thread and with two.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreadCosts {
    /// The model.
    pub id: String,
    /// Rows that it is fitted to.
    pub rows: usize,
    /// Seconds with one thread, and with two.
    pub seconds: [f64; 2],
}

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct Scaling {
    /// The command, the machine and the build.
    pub environment: Environment,
    /// How it was measured, in sentences.
    pub said: String,
    /// Rows first, which are drawn, too.
    pub growing: Vec<Growing>,
    /// What a second thread is worth.
    pub threads: Vec<ThreadCosts>,
}
