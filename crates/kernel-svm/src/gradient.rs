//! What changes of αy make of the gradient, and the gradient anew.

use crate::dual::Dual;
use crate::kernel_rows::KernelRows;
use crate::real::Real;
use crate::row_sums;
use crate::working_set::WORKING_SET;

/// Adds to the gradient what changes of αy make of it. In f64 they may be so large that plain
/// sums of them would leave nothing of y.
pub(crate) fn update<R: Real>(
    kernel: &mut KernelRows<R>,
    gradient: &mut [f64],
    changes: &[(usize, f64)],
) {
    if !R::DOUBLE {
        for_rows(kernel, changes, |terms| row_sums::add(terms, gradient));
        return;
    }
    let mut lost = vec![0.0; gradient.len()];
    for_rows(kernel, changes, |terms| {
        row_sums::add_compensated(terms, gradient, &mut lost);
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
    } else {
        for_rows(kernel, &support, |terms| {
            row_sums::add_exactly(terms, gradient);
        });
    }
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
