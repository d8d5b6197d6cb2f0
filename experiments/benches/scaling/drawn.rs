//! The data that grow: pictures of MNIST, and Gaussian classes that overlap.

use catalog::{Loaded, Sealed, Splits};
use classifier::generator;
use data::{Dataset, PictureShape, Samples};
use rand::{Rng, RngExt};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows that every fit is judged on.
pub(crate) const JUDGED: usize = 500;
/// Seed of all drawn values.
const SEED: u64 = 1;
/// How far apart the means of two classes are, in standard deviations of a class: they overlap.
pub(crate) const APART: f64 = 4.0;
/// The expected length of what a row adds to the mean of its class. It does not depend on the number of features, so that
/// kernels see the same distances in few features and in many.
const LENGTH: f64 = 5.0;

/// What a model learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape {
    pub(crate) rows: usize,
    pub(crate) features: usize,
    pub(crate) classes: usize,
}

/// The first training pictures of MNIST, judged on the last ones: its test pictures are not looked at.
pub(crate) fn pictures(mnist: &Splits, rows: usize) -> Loaded {
    let all = mnist.train.len();
    let learnt: Vec<usize> = (0..rows).collect();
    let judged: Vec<usize> = (all - JUDGED..all).collect();
    loaded(
        "mnist",
        [&learnt, &judged].map(|rows| mnist.train.select(rows)),
    )
}

/// Drawn data, kept for the models that come next.
#[derive(Default)]
pub(crate) struct Drawn(BTreeMap<(Shape, bool), [Dataset; 2]>);

impl Drawn {
    /// Gaussian classes of equal size and spread, whose means are drawn, too. As pictures they are bytes, with the mean at
    /// middle grey: noise to look at, but as much work.
    pub(crate) fn gaussian(&mut self, shape: Shape, as_pictures: bool) -> Loaded {
        let drawn = self.0.entry((shape, as_pictures));
        let drawn = drawn.or_insert_with(|| gaussian(shape, as_pictures));
        loaded("gaussian", drawn.clone())
    }
}

fn gaussian(shape: Shape, as_pictures: bool) -> [Dataset; 2] {
    let Shape {
        features, classes, ..
    } = shape;
    let mut drawn = Normal(generator(SEED, 0));
    // Two means differ in each feature by √2 of this, by which they are APART over all features.
    let spread = APART / (2.0 * features as f64).sqrt();
    let means: Vec<f64> = (0..features * classes)
        .map(|_| spread * drawn.next())
        .collect();
    let mut split = |rows: usize| {
        let labels: Vec<usize> = (0..rows).map(|row| row % classes).collect();
        let value = |(label, feature): (usize, usize)| {
            (means[label * features + feature] + drawn.next()) * LENGTH / (features as f64).sqrt()
        };
        let places = labels
            .iter()
            .flat_map(|&label| (0..features).map(move |feature| (label, feature)));
        let values: Vec<f64> = places.map(value).collect();
        dataset(&values, labels, shape, as_pictures)
    };
    [shape.rows, JUDGED].map(&mut split)
}

fn dataset(values: &[f64], labels: Vec<usize>, shape: Shape, as_pictures: bool) -> Dataset {
    let samples = if as_pictures {
        // A value of one standard deviation is a sixth of the levels.
        let step = LENGTH / (shape.features as f64).sqrt();
        let level = |value: &f64| (128.0 + value / step * 42.0).clamp(0.0, 255.0) as u8;
        Samples::from_pixels(picture(shape.features), values.iter().map(level).collect())
    } else {
        let values = values.iter().map(|&value| value as f32).collect();
        Samples::from_features(shape.features, values)
    };
    let names: Arc<[String]> = (0..shape.classes).map(|class| class.to_string()).collect();
    let samples = samples.expect("whole rows of finite values");
    Dataset::new(samples, labels, names).expect("a label for every row")
}

/// A picture of 2ⁿ pixels, square or twice as wide as high.
fn picture(features: usize) -> PictureShape {
    let rows = 1 << (features.ilog2() / 2);
    PictureShape {
        rows,
        columns: features / rows,
    }
}

fn loaded(id: &str, [train, test]: [Dataset; 2]) -> Loaded {
    Loaded {
        id: id.to_owned(),
        title: id.to_owned(),
        origin: "made by this bench".to_owned(),
        content: catalog::Content::Samples {
            train,
            test: Sealed::new(test),
        },
        notes: Vec::new(),
        // No store keeps these fits, so that nothing asks which data they are of.
        sha256: Default::default(),
        is_test_drawn: false,
        counted_from: None,
    }
}

/// Numbers of the standard normal distribution, by the method of Box and Muller.
struct Normal<R>(R);

impl<R: Rng> Normal<R> {
    fn next(&mut self) -> f64 {
        // 1 − u is never 0, whose logarithm is infinite.
        let [length, turn] = [(); 2].map(|()| self.0.random::<f64>());
        (-2.0 * f64::ln(1.0 - length)).sqrt() * (std::f64::consts::TAU * turn).cos()
    }
}
