//! The loss of boosting: softmax cross-entropy, and its derivatives (Friedman 2001, "Greedy function
//! approximation", algorithm 6; its second derivatives without the off-diagonal ones, as there).
//!
//! Scores are kept class by class. With two classes the first one's score stays 0, and softmax is the
//! logistic function of the second one's.

use crate::sums::Slope;
use rayon::prelude::*;

/// Rows that are worth a thread.
const ROWS: usize = 2048;

/// ln Σₖ exp Fₖ of each row. `scores` has one column of all rows per class.
pub(crate) fn normalisers(scores: &[Vec<f64>], normalisers: &mut [f64]) {
    let blocks = normalisers.par_chunks_mut(ROWS).enumerate();
    blocks.for_each(|(block, normalisers)| {
        let from = block * ROWS;
        let mut sums = [0.0; ROWS];
        pulp::Arch::new().dispatch(|| {
            normalisers.fill(f64::NEG_INFINITY);
            for column in scores {
                for (largest, &score) in normalisers.iter_mut().zip(&column[from..]) {
                    *largest = if score > *largest { score } else { *largest };
                }
            }
            for column in scores {
                let rows = sums.iter_mut().zip(&*normalisers).zip(&column[from..]);
                for ((sum, &largest), &score) in rows {
                    *sum += vector_exp::exp_f64(score - largest);
                }
            }
        });
        for (normaliser, sum) in normalisers.iter_mut().zip(sums) {
            *normaliser += sum.ln();
        }
    });
}

/// Derivatives of each row's loss by its score of `class`: p − y and p (1 − p), where p is the
/// class's probability and y is 1 in the class and 0 elsewhere.
pub(crate) fn slopes(
    scores: &[f64],
    normalisers: &[f64],
    labels: &[usize],
    class: usize,
    slopes: &mut Vec<Slope>,
) {
    slopes.resize(scores.len(), Slope::default());
    let blocks = slopes.par_chunks_mut(ROWS).enumerate();
    blocks.for_each(|(block, slopes)| {
        let from = block * ROWS;
        let rows = scores[from..].iter().zip(&normalisers[from..]);
        pulp::Arch::new().dispatch(|| {
            for ((slope, (score, normaliser)), &label) in
                slopes.iter_mut().zip(rows).zip(&labels[from..])
            {
                // Rounding may leave a little more than 0.
                let p = vector_exp::exp_f64((score - normaliser).min(0.0)).min(1.0);
                *slope = Slope::new(p - f64::from(label == class), p * (1.0 - p));
            }
        });
    });
}

/// The mean of −ln p of the rows' own classes.
pub(crate) fn mean_loss(scores: &[Vec<f64>], normalisers: &[f64], labels: &[usize]) -> f64 {
    let rows = normalisers.iter().zip(labels).enumerate();
    let sum: f64 = rows
        .map(|(row, (normaliser, &label))| normaliser - scores[label][row])
        .sum();
    sum / labels.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sums::Sums;

    const LABELS: [usize; 4] = [0, 2, 1, 2];

    /// Three classes, four rows.
    fn scores() -> Vec<Vec<f64>> {
        vec![
            vec![0.3, -1.0, 2.0, 0.0],
            vec![-0.7, 0.4, 1.5, 0.1],
            vec![0.2, 0.9, -3.0, -0.2],
        ]
    }

    /// The loss of all rows together.
    fn loss(scores: &[Vec<f64>]) -> f64 {
        let mut norms = vec![0.0; LABELS.len()];
        normalisers(scores, &mut norms);
        mean_loss(scores, &norms, &LABELS) * LABELS.len() as f64
    }

    /// By hand: −ln softmax of three scores.
    #[test]
    fn the_loss_is_the_cross_entropy() {
        let by_hand = |f: [f64; 3], label: usize| {
            let sum: f64 = f.iter().map(|f| f.exp()).sum();
            -(f[label].exp() / sum).ln()
        };
        let rows = (0..4).map(|i| scores().iter().map(|c| c[i]).collect::<Vec<_>>());
        let rows = rows.zip(LABELS);
        let expected: f64 = rows
            .map(|(f, label)| by_hand([f[0], f[1], f[2]], label))
            .sum();
        assert!((loss(&scores()) - expected).abs() < 1e-14);
        // One step further than exp reaches.
        let far = [vec![1000.0; 4], vec![0.0; 4], vec![-1000.0; 4]];
        assert!((loss(&far) - 5000.0).abs() < 1e-9);
    }

    #[test]
    fn derivatives_are_the_differences_of_the_loss() {
        let (h, scores) = (1e-3, scores());
        let mut norms = vec![0.0; LABELS.len()];
        normalisers(&scores, &mut norms);
        let mut found = Vec::new();
        for class in 0..3 {
            slopes(&scores[class], &norms, &LABELS, class, &mut found);
            for row in 0..LABELS.len() {
                let shifted = |by: f64| {
                    let mut scores = scores.clone();
                    scores[class][row] += by;
                    loss(&scores)
                };
                let [below, here, above] = [-h, 0.0, h].map(shifted);
                let sums = Sums::of(&found[row..=row]);
                let first = (above - below) / (2.0 * h);
                assert!((sums.gradient() - first).abs() < 1e-6, "{class} {row}");
                let second = (above - 2.0 * here + below) / (h * h);
                assert!((sums.hessian() - second).abs() < 1e-6, "{class} {row}");
            }
        }
    }

    /// More rows than one block.
    #[test]
    fn blocks_of_rows_are_treated_alike() {
        let rows = 2 * ROWS + 5;
        let column = |class: usize| (0..rows).map(move |i| ((i * (class + 3)) as f64).sin());
        let scores: Vec<Vec<f64>> = (0..3).map(|class| column(class).collect()).collect();
        let labels: Vec<usize> = (0..rows).map(|i| i % 3).collect();
        let mut norms = vec![0.0; rows];
        normalisers(&scores, &mut norms);
        let mut found = Vec::new();
        slopes(&scores[1], &norms, &labels, 1, &mut found);
        for row in 0..rows {
            let exps = scores.iter().map(|column| column[row].exp());
            let p = scores[1][row].exp() / exps.sum::<f64>();
            let expected = Slope::new(p - f64::from(labels[row] == 1), p * (1.0 - p));
            let [found, expected] = [found[row], expected].map(|slope| Sums::of(&[slope]));
            // One unit of rounding.
            assert!(
                (found.gradient() - expected.gradient()).abs() < 2e-9,
                "{row}"
            );
            assert!((found.hessian() - expected.hessian()).abs() < 2e-9, "{row}");
        }
    }
}
