//! What a grid of five C and five γ saves over 25 fits, on all of MNIST.
#![allow(clippy::disallowed_methods, reason = "it measures")]

use kernel_svm::{Features, Gamma, Settings, Watch, fit, fit_grid};
use std::time::Instant;

const COSTS: [f64; 5] = [1.0, 3.0, 10.0, 30.0, 100.0];
const GAMMAS: [f64; 5] = [0.01, 0.015, 0.02, 0.03, 0.04];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let train = catalog::mnist()?.train;
    let pixels = train.samples().pixels().ok_or("MNIST is made of pixels")?;
    let samples = Features::Pixels(pixels);
    let settings = Settings {
        threads: std::thread::available_parallelism()?.get(),
        ..Settings::default()
    };
    let watch = Watch {
        solved: &|_, _| {},
        cancelled: &|| false,
    };
    let started = Instant::now();
    let grid = (&COSTS[..], &GAMMAS.map(Gamma::Value)[..]);
    let points = fit_grid(samples, 784, train.labels(), &settings, grid, watch)?;
    let together = started.elapsed().as_secs_f64();
    println!("25 machines as a grid: {together:.1} s");
    let mut apart = 0.0;
    for point in &points {
        let alone = Settings {
            c: point.c,
            gamma: Gamma::Value(point.gamma),
            ..settings
        };
        let started = Instant::now();
        let machine = fit(samples, 784, train.labels(), &alone)?;
        let seconds = started.elapsed().as_secs_f64();
        apart += seconds;
        println!(
            "C {:5}, γ {:5}: alone {seconds:.1} s, {} support vectors, {} in the grid",
            point.c,
            point.gamma,
            machine.support_vectors(),
            point.machine.support_vectors()
        );
    }
    println!(
        "25 fits: {apart:.1} s, {:.1} times the grid",
        apart / together
    );
    Ok(())
}
