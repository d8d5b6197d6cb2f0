//! From the logits of a batch to its residuals, a vector of classes at a time.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched closure is compiled without its vectors"
)]

use crate::lanes::{LANES, Lanes};

/// Zero biases for `classes` classes, in blocks of 16. Lanes without a class are −∞: they can
/// never win.
pub(crate) fn zero_biases(classes: usize) -> Vec<Lanes> {
    let mut biases = vec![Lanes::splat(f32::NEG_INFINITY); classes.div_ceil(LANES)];
    for class in 0..classes {
        biases[class / LANES].0[class % LANES] = 0.0;
    }
    biases
}

/// Turns logits into residuals (ŷ − y) times `scale`. Returns the sum of the images' losses.
///
/// # Shapes
/// - `logits`: (blocks of 16 classes, images)
/// - `labels`: (images)
#[inline(always)]
pub(crate) fn to_residuals(
    logits: &mut [Lanes],
    labels: impl ExactSizeIterator<Item = usize>,
    scale: f32,
) -> f64 {
    let images = labels.len();
    let mut loss = 0.0;
    for (image, label) in labels.enumerate() {
        let block = |block: usize| block * images + image;
        let blocks = 0..logits.len() / images;
        let max = blocks
            .clone()
            .map(|b| logits[block(b)].max())
            .fold(f32::NEG_INFINITY, f32::max);
        let of_label = &logits[block(label / LANES)];
        let logit = of_label.0[label % LANES];
        let mut sum = 0.0;
        for b in blocks.clone() {
            let exponentials = logits[block(b)].exp_shifted(max);
            sum += exponentials.sum();
            logits[block(b)] = exponentials;
        }
        let factor = scale / sum;
        for b in blocks {
            logits[block(b)].scale(factor);
        }
        logits[block(label / LANES)].0[label % LANES] -= scale;
        loss += f64::from(max - logit + sum.ln());
    }
    loss
}
