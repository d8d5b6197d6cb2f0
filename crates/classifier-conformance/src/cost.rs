//! The checks that memory and time of a fit grow with the samples as its recipe says.

use crate::counting::{Cost, cost};
use classifier::{ModelEntry, Recipe};
use data::Dataset;
use std::time::Duration;

/// Numbers of digits that a model is fitted to, until a fit takes [`ENOUGH`]. Each is twice the one before.
const SIZES: [usize; 8] = [125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000];

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
    let (quarter, all) = fits(&*recipe);
    let (before, now) = (quarter.cost.bytes, all.cost.bytes);
    let sizes = format!(
        "{before} bytes for {} samples, {now} for {}",
        quarter.train.len(),
        all.train.len()
    );
    println!("{}: {sizes}", model.id);
    let least = recipe.least_memory(&all.train);
    assert!(
        least <= now,
        "it says that it needs {least} bytes at least: {sizes}"
    );
    let power = recipe.growth().memory;
    let most = before as f64 * 4_f64.powf(power) * UNEVEN_MEMORY + LITTLE_MEMORY;
    assert!(
        now as f64 <= most,
        "it says that memory grows with power {power} of the samples: {sizes}"
    );
}

/// Of all samples not much more than of a quarter, times what `growth` says.
pub(crate) fn time(model: &ModelEntry) {
    let recipe = (model.preset)();
    let (quarter, all) = fits(&*recipe);
    let power = recipe.growth().time;
    let (mut before, mut now) = (quarter.cost.time, all.cost.time);
    for _ in 0..TRIES {
        let most = before
            .max(TOO_QUICK)
            .mul_f64(4_f64.powf(power) * UNEVEN_TIME);
        if now <= most {
            println!(
                "{}: {before:?}, with four times the samples {now:?}",
                model.id
            );
            return;
        }
        // The larger of two for the quarter, whose clock is the coarser; the smaller for all.
        before = before.max(cost(&*recipe, &quarter.train).1.time);
        now = now.min(cost(&*recipe, &all.train).1.time);
    }
    panic!(
        "it says that time grows with power {power} of the samples: {before:?}, of four times as many {now:?}"
    );
}

/// A fit to so many samples.
struct Fit {
    train: Dataset,
    cost: Cost,
}

/// The largest fit of those that take not much longer than [`ENOUGH`], and that of a quarter of its samples.
fn fits(recipe: &dyn Recipe) -> (Fit, Fit) {
    let mnist = catalog::mnist().expect("MNIST is built in");
    let mut fits: Vec<Fit> = Vec::with_capacity(SIZES.len());
    for size in SIZES {
        let chosen: Vec<usize> = (0..size).collect();
        let train = mnist.train.select(&chosen);
        let (fitted, cost) = cost(recipe, &train);
        if let Err(error) = fitted {
            panic!("{size} digits: {error}");
        }
        let is_long = cost.time >= ENOUGH;
        fits.push(Fit { train, cost });
        if is_long && fits.len() >= AT_LEAST {
            break;
        }
    }
    let all = fits.pop().expect("more than one size");
    let quarter = fits.swap_remove(fits.len() + 1 - AT_LEAST);
    (quarter, all)
}
