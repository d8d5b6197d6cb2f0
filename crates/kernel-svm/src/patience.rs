//! When a working set is too small to get on with, and when there is no hope left.

/// Working sets for the violation to halve in. If they do not suffice, sets are doubled.
const SETS_TO_HALVE: usize = 8;

/// Multiplications for the violation to halve in with the largest sets, and more of them for every
/// sample of a set: a few seconds' worth. If they do not suffice, there is no hope.
const WORK_TO_GIVE_UP: usize = 3_000_000_000;
const WORK_PER_SAMPLE: usize = 1_000_000;

/// The part of this work that is enough where the violation is below what rounding makes of gradients.
const BELOW_ROUNDING: usize = 16;

/// What a working set costs beside its steps, per sample.
const WORK_OF_A_SET: usize = 1_000;

/// What the violations of successive working sets say.
#[derive(Debug)]
pub(crate) struct Patience {
    /// Samples of a working set.
    size: usize,
    largest: usize,
    /// The violation when it last halved.
    best: f64,
    sets: usize,
    work: usize,
}

impl Patience {
    /// To begin with sets of `size` samples, which may grow to `largest`.
    pub(crate) fn new(size: usize, largest: usize) -> Self {
        Self {
            size,
            largest: largest.max(size),
            best: f64::INFINITY,
            sets: 0,
            work: 0,
        }
    }

    /// Samples that the next working set should have.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Notes that a set with this `violation` before it, of which `rounding` may be all, took as many multiplications.
    /// Says whether there is hope.
    pub(crate) fn hopes(&mut self, violation: f64, rounding: f64, multiplications: usize) -> bool {
        self.sets += 1;
        self.work += multiplications + WORK_OF_A_SET * self.size;
        if violation <= 0.5 * self.best {
            (self.best, self.sets, self.work) = (violation, 0, 0);
        } else if self.size < self.largest && self.sets >= SETS_TO_HALVE {
            self.size = self.largest.min(2 * self.size);
            (self.sets, self.work) = (0, 0);
        }
        let most = WORK_TO_GIVE_UP + WORK_PER_SAMPLE * self.size;
        let most = most
            / if violation < rounding {
                BELOW_ROUNDING
            } else {
                1
            };
        self.size < self.largest || self.work < most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_grow_while_the_violation_stays_and_then_there_is_no_hope() {
        let mut patience = Patience::new(256, 1_000);
        assert!((0..30).all(|halvings| patience.hopes(0.5_f64.powi(halvings), 0.0, 10)));
        assert_eq!(patience.size(), 256);
        for size in [512, 1_000] {
            assert!((0..SETS_TO_HALVE).all(|_| patience.hopes(1e-9, 0.0, 10)));
            assert_eq!(patience.size(), size);
        }
        assert!(!patience.hopes(1e-9, 1e-8, WORK_TO_GIVE_UP));
        assert!(patience.hopes(1e-9, 1e-10, 10));
        assert!(!patience.hopes(1e-9, 0.0, WORK_PER_SAMPLE * 1_000));
    }
}
