//! Where the spread of an accuracy comes from.

use crate::{FitSummary, Protocol};
use serde::Serialize;

/// Standard deviations of a model's accuracy, by what would have to be drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct VarianceBudget {
    /// Other images to judge on, as many: √(p(1 − p)/n).
    pub judged_images: f64,
    /// Another seed, with the same training images.
    pub seed: Option<f64>,
    /// Other training images and another seed: what the spread over folds leaves when that of the judged
    /// images is taken from it.
    pub training_images: Option<f64>,
}

impl VarianceBudget {
    /// From the fits of a model, each judged on `images` images; `None` for one fit.
    pub(crate) fn new(fits: &[FitSummary], protocol: Protocol, images: usize) -> Option<Self> {
        if fits.len() < 2 {
            return None;
        }
        let count = fits.len() as f64;
        let mean = fits.iter().map(|fit| fit.accuracy).sum::<f64>() / count;
        let squares = fits.iter().map(|fit| (fit.accuracy - mean).powi(2));
        let variance = squares.sum::<f64>() / (count - 1.0);
        let judged = mean * (1.0 - mean) / (images / protocol.folds.max(1)).max(1) as f64;
        let over_folds = protocol.folds > 0;
        Some(Self {
            judged_images: judged.sqrt(),
            seed: (!over_folds).then(|| variance.sqrt()),
            training_images: over_folds.then(|| (variance - judged).max(0.0).sqrt()),
        })
    }
}
