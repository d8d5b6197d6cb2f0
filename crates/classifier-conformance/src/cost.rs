//! The checks that memory and time of a fit grow with samples, features and classes as its recipe says.

use crate::counting::{Cost, cost};
use crate::larger;
use classifier::{FitError, Growth, ModelEntry, Recipe};
use data::Dataset;
use std::time::Duration;

/// Data that grow in one way.
struct Ladder {
    /// What there is more of.
    of: &'static str,
    /// How many, until a fit takes [`ENOUGH`]. Each is twice the one before.
    sizes: &'static [usize],
    data: fn(usize) -> Dataset,
    /// Whether a model may decline some of the sizes.
    may_decline: bool,
}

const SAMPLES: Ladder = Ladder {
    of: "samples",
    sizes: &[125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000],
    data: larger::samples,
    may_decline: false,
};

const FEATURES: Ladder = Ladder {
    of: "features",
    sizes: &[1, 2, 4, 8, 16],
    data: larger::features,
    may_decline: true,
};

const CLASSES: Ladder = Ladder {
    of: "classes",
    // With more, the rarest would have a single sample.
    sizes: &[1, 2, 4, 8],
    data: larger::classes,
    may_decline: true,
};

/// At least so many of them: the last is compared with the last but two, a quarter as large.
const AT_LEAST: usize = 3;

/// The processor's time of a fit that is long enough.
const ENOUGH: Duration = Duration::from_millis(200);

/// What is so quick does not tell how it grows: Linux counts in steps of 1 to 10 ms.
const TOO_QUICK: Duration = Duration::from_millis(20);

/// How many times more than it says a fit's memory may grow, for what does not grow evenly: leaves, support vectors.
const UNEVEN_MEMORY: f64 = 1.25;

/// Memory that does not count.
const LITTLE_MEMORY: f64 = 65_536.0;

/// The same of time. A fit that grows with the next higher power takes four times as much; what shares the processor
/// and its caches, and steps of a solver that differ, take less.
const UNEVEN_TIME: f64 = 2.0;

/// A machine that does something else at the moment makes a fit longer, but not each time.
const TRIES: usize = 4;

/// Of the largest fit not less than `least_memory`, and of a quarter of the samples not much less than `growth` says.
pub(crate) fn memory(model: &ModelEntry) {
    let recipe = (model.preset)();
    let fits = SAMPLES.climb(&*recipe);
    let (least, now) = (recipe.least_memory(&fits.all.train), fits.all.cost.bytes);
    assert!(
        least <= now,
        "it says that it needs {least} bytes at least, and takes {now} of {} samples",
        fits.all.train.len()
    );
    fits.check_memory(model, recipe.growth());
}

/// Of all samples not much more than of a quarter, times what `growth` says.
pub(crate) fn time(model: &ModelEntry) {
    let recipe = (model.preset)();
    SAMPLES
        .climb(&*recipe)
        .check_time(model, &*recipe, recipe.growth());
}

/// Both with four times the features.
pub(crate) fn features(model: &ModelEntry) {
    let recipe = (model.preset)();
    let (fits, growth) = (FEATURES.climb(&*recipe), recipe.growth_with_features());
    fits.check_memory(model, growth);
    fits.check_time(model, &*recipe, growth);
}

/// Both with four times the classes.
pub(crate) fn classes(model: &ModelEntry) {
    let recipe = (model.preset)();
    let (fits, growth) = (CLASSES.climb(&*recipe), recipe.growth_with_classes());
    fits.check_memory(model, growth);
    fits.check_time(model, &*recipe, growth);
}

/// A fit to data of one size.
struct Fit {
    size: usize,
    train: Dataset,
    cost: Cost,
}

/// The largest fit of those that take not much longer than [`ENOUGH`], and that of a quarter of its size.
struct Fits {
    of: &'static str,
    quarter: Fit,
    all: Fit,
}

impl Ladder {
    /// What is too small or too large for the model is left out, where it may be.
    fn climb(&self, recipe: &dyn Recipe) -> Fits {
        let mut fits: Vec<Fit> = Vec::with_capacity(self.sizes.len());
        for &size in self.sizes {
            let train = (self.data)(size);
            let (fitted, cost) = cost(recipe, &train);
            match fitted {
                Ok(_) => (),
                Err(FitError::Declined { .. }) if self.may_decline => continue,
                Err(error) => panic!("{size} times {}: {error}", self.of),
            }
            let is_long = cost.time >= ENOUGH;
            fits.push(Fit { size, train, cost });
            if is_long && fits.len() >= AT_LEAST {
                break;
            }
        }
        assert!(fits.len() >= AT_LEAST, "it declines most {}", self.of);
        let all = fits.pop().expect("more than one size");
        let quarter = fits.swap_remove(fits.len() + 1 - AT_LEAST);
        assert_eq!(all.size, 4 * quarter.size, "a size between is declined");
        Fits {
            of: self.of,
            quarter,
            all,
        }
    }
}

impl Fits {
    fn check_memory(&self, model: &ModelEntry, growth: Growth) {
        let (before, now) = (self.quarter.cost.bytes, self.all.cost.bytes);
        let sizes = format!("{before} bytes, with four times the {} {now}", self.of);
        println!("{}: {sizes}", model.id);
        let power = growth.memory;
        let most = before as f64 * 4_f64.powf(power) * UNEVEN_MEMORY + LITTLE_MEMORY;
        assert!(
            now as f64 <= most,
            "it says that memory grows with power {power} of the {}: {sizes}",
            self.of
        );
    }

    fn check_time(&self, model: &ModelEntry, recipe: &dyn Recipe, growth: Growth) {
        let power = growth.time;
        let (mut before, mut now) = (self.quarter.cost.time, self.all.cost.time);
        for tries in 0..=TRIES {
            let most = before
                .max(TOO_QUICK)
                .mul_f64(4_f64.powf(power) * UNEVEN_TIME);
            if now <= most {
                println!(
                    "{}: {before:?}, with four times the {} {now:?}",
                    model.id, self.of
                );
                return;
            }
            if tries == TRIES {
                break;
            }
            // The larger of two for the quarter, whose clock is the coarser; the smaller for all.
            before = before.max(cost(recipe, &self.quarter.train).1.time);
            now = now.min(cost(recipe, &self.all.train).1.time);
        }
        panic!(
            "it says that time grows with power {power} of the {}: {before:?}, of four times as many {now:?}",
            self.of
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use classifier::{Classifier, FitContext};
    use std::panic::catch_unwind;

    /// Declines whatever it is given.
    struct Picky;

    impl Recipe for Picky {
        fn fit(
            &self,
            _train: &Dataset,
            _context: &mut FitContext<'_>,
        ) -> Result<Box<dyn Classifier>, FitError> {
            let reason = "I would rather not".to_owned();
            Err(FitError::Declined { reason })
        }
    }

    #[test]
    fn no_number_of_samples_may_be_declined() {
        let panic = |ladder: &Ladder| {
            let panic = catch_unwind(|| ladder.climb(&Picky).all.size).unwrap_err();
            *panic.downcast::<String>().unwrap()
        };
        let said = panic(&SAMPLES);
        assert!(said.starts_with("125 times samples: "), "{said}");
        for ladder in [FEATURES, CLASSES] {
            let said = format!("it declines most {}", ladder.of);
            assert_eq!(panic(&ladder), said);
        }
    }
}
