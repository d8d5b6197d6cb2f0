//! What grows in each section of the page: rows, features, classes, and threads.

use crate::THREADS;
use crate::drawn::{APART, Drawn, JUDGED, Shape, pictures};
use crate::measure::{Sizes, cost, growing};
use catalog::Splits;
use classifier::{ModelEntry, Suits};
use report::{Growing, ModelCosts, ThreadCosts};

/// Of drawn data, while the other grows.
const FEATURES: usize = 128;
const CLASSES: usize = 10;
/// Drawn rows for slow models, and for the others, which would be too quick to tell.
const ROWS: [usize; 2] = [512, 8_192];
/// A model is of the others if it was fitted to so many pictures in less than so many seconds.
const OTHERS: (usize, f64) = (6_400, 0.5);
/// A fit for the comparison of threads takes no more seconds, if a smaller one was measured.
const FOR_THREADS: f64 = 2.0;

/// More and more pictures of MNIST.
pub(crate) fn rows(models: &[&ModelEntry], sizes: Sizes, mnist: &Splits) -> Growing {
    let of_model = |model: &&ModelEntry| {
        tell("rows", model);
        growing(model, sizes, THREADS, |rows| pictures(mnist, rows))
    };
    Growing {
        heading: "More rows".to_owned(),
        what: "rows".to_owned(),
        said: format!(
            "Training pictures of MNIST, {} features each, of {} classes; each fit is judged on {JUDGED} others of them. {}",
            mnist.train.samples().features(),
            mnist.train.classes(),
            sizes.said()
        ),
        models: models.iter().map(of_model).collect(),
    }
}

/// Drawn data with more features, then with more classes: for slow models and for the others, as many rows as suit them.
pub(crate) fn on_drawn(
    models: &[&ModelEntry],
    [features, classes]: [Sizes; 2],
    on_rows: &[ModelCosts],
) -> Vec<Growing> {
    let is_other = |costs: &ModelCosts| {
        let (rows, seconds) = OTHERS;
        let mut fits = costs.fits.iter();
        fits.any(|fit| fit.size == rows && fit.seconds < seconds)
    };
    let groups = [false, true].map(|others| {
        let both = models.iter().zip(on_rows);
        let of_group = both.filter(|(_, costs)| is_other(costs) == others);
        of_group.map(|(model, _)| *model).collect::<Vec<_>>()
    });
    let mut sections = Vec::new();
    for (what, sizes) in [("features", features), ("classes", classes)] {
        for (models, rows) in groups.iter().zip(ROWS) {
            if !models.is_empty() {
                sections.push(section(models, rows, what, sizes));
            }
        }
    }
    sections
}

fn section(models: &[&ModelEntry], rows: usize, what: &str, sizes: Sizes) -> Growing {
    let shape = |size| match what {
        "features" => Shape {
            rows,
            features: size,
            classes: CLASSES,
        },
        _ => Shape {
            rows,
            features: FEATURES,
            classes: size,
        },
    };
    let fixed = match what {
        "features" => format!("of {CLASSES} classes"),
        _ => format!("of {FEATURES} features: the more classes, the fewer rows of each"),
    };
    let mut drawn = Drawn::default();
    let of_model = |model: &&ModelEntry| {
        tell(what, model);
        let as_pictures = model.suits == Suits::Pictures;
        growing(model, sizes, THREADS, |size| {
            drawn.gaussian(shape(size), as_pictures)
        })
    };
    Growing {
        heading: format!("More {what}, {rows} rows"),
        what: what.to_owned(),
        said: format!(
            "{rows} drawn rows, {fixed}. Classes are Gaussian, their means {APART} standard deviations apart, so that they \
             overlap. Models that are for pictures alone get such values as pixels. {}",
            sizes.said()
        ),
        models: models.iter().map(of_model).collect(),
    }
}

/// Each model with one thread and with two, on the most rows that it was fitted to quickly.
pub(crate) fn threads(
    models: &[&ModelEntry],
    on_rows: &[ModelCosts],
    mnist: &Splits,
) -> Vec<ThreadCosts> {
    let of_model = |(model, costs): (&&ModelEntry, &ModelCosts)| {
        tell("threads", model);
        let quick = costs.fits.iter().rfind(|fit| fit.seconds <= FOR_THREADS);
        let rows = quick.or(costs.fits.first())?.size;
        let seconds = |threads| Some(cost(model, pictures(mnist, rows), threads).ok()?[0]);
        Some(ThreadCosts {
            id: model.id.to_owned(),
            rows,
            seconds: [seconds(1)?, seconds(THREADS)?],
        })
    };
    models.iter().zip(on_rows).filter_map(of_model).collect()
}

fn tell(what: &str, model: &ModelEntry) {
    eprintln!("{what}: {}", model.id);
}
