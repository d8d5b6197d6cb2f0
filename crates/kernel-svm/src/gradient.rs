//! What changes of αy make of the gradient, and the gradient anew.

use crate::dual::Dual;
use crate::kernel_rows::{KernelRows, TILE};
use crate::real::Real;
use crate::row_sums::{self, STRETCH};
use crate::threads;
use crate::working_set::WORKING_SET;

/// Rows of a tile.
const ROWS: usize = 128;

/// Samples that are too few to wake a thread for: it takes as long as to add a hundred rows of them.
const LEAST_SHARE: usize = 4 * STRETCH;

/// Adds to the gradient what changes of αy make of it. In f64 they may be so large that plain
/// sums of them would leave nothing of y.
pub(crate) fn update<R: Real>(
    kernel: &mut KernelRows<R>,
    gradient: &mut [f64],
    changes: &[(usize, f64)],
) {
    let share = share(kernel);
    if !R::DOUBLE {
        for_rows(kernel, changes, |terms| {
            threads::each(gradient.chunks_mut(share).enumerate(), |(part, sums)| {
                row_sums::add(&cut(terms, part * share), sums);
            });
        });
        return;
    }
    let mut lost = vec![0.0; gradient.len()];
    for_rows(kernel, changes, |terms| {
        let parts = gradient.chunks_mut(share).zip(lost.chunks_mut(share));
        threads::each(parts.enumerate(), |(part, (sums, lost))| {
            row_sums::add_compensated(&cut(terms, part * share), sums, lost);
        });
    });
    for (gradient, lost) in gradient.iter_mut().zip(lost) {
        *gradient += lost;
    }
}

/// Computes the gradient anew, in f64.
pub(crate) fn refresh<R: Real>(kernel: &mut KernelRows<R>, dual: &mut Dual) {
    let support: Vec<(usize, f64)> = (0..dual.alpha.len())
        .filter(|&i| dual.alpha[i] > 0.0)
        .map(|i| (i, dual.coefficient(i)))
        .collect();
    let gradient = &mut dual.gradient;
    for (gradient, y) in gradient.iter_mut().zip(&dual.signs) {
        *gradient = -y;
    }
    if R::DOUBLE {
        update(kernel, gradient, &support);
        return;
    }
    kernel.count(kernel.missing(&support));
    let mut tiles = Vec::new();
    let mut rest = &mut gradient[..];
    for columns in kernel.tiles() {
        let (sums, others) = rest.split_at_mut(columns.len());
        tiles.push((columns, sums));
        rest = others;
    }
    let share = tiles.len().div_ceil(kernel.threads());
    let kernel = &*kernel;
    threads::each(tiles.chunks_mut(share.max(1)), |tiles| {
        let mut buffer = vec![R::default(); TILE * ROWS];
        for (columns, sums) in tiles {
            for terms in support.chunks(ROWS) {
                let terms = kernel.tile(terms, columns.clone(), &mut buffer);
                row_sums::add_exactly(&terms, sums);
            }
        }
    });
}

/// Samples of the part of the gradient that one thread sums up. No sum depends on the part that it is in.
fn share<R: Real>(kernel: &KernelRows<R>) -> usize {
    let share = kernel.samples().div_ceil(kernel.threads());
    share.max(LEAST_SHARE).next_multiple_of(STRETCH)
}

/// The rows from a sample on.
fn cut<'a, R>(terms: &[(f64, &'a [R])], first: usize) -> Vec<(f64, &'a [R])> {
    let cut = |&(factor, row): &(f64, &'a [R])| (factor, &row[first..]);
    terms.iter().map(cut).collect()
}

/// Calls `add` with the kernel rows of samples, each with its factor, as many at a time as there
/// is room for.
fn for_rows<R: Real>(
    kernel: &mut KernelRows<R>,
    terms: &[(usize, f64)],
    mut add: impl FnMut(&[(f64, &[R])]),
) {
    for part in terms.chunks(kernel.capacity().min(WORKING_SET)) {
        let samples: Vec<usize> = part.iter().map(|&(sample, _)| sample).collect();
        kernel.fetch(&samples);
        add(&kernel.scaled(part));
    }
}
