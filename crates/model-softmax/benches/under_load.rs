//! Fits of the two models while other programs use the processors: one thread and two, beside no, one
//! and two busy processes, taken in turn.
//!
//! `cargo bench -p model-softmax --bench under_load -- [ROUNDS] [MODEL]`

use classifier::{FitContext, Recipe, with_threads};
use data::Dataset;
use model_softmax::{Softmax, SoftmaxLbfgs};
use std::process::{Child, Command};
use std::time::Instant;

/// The argument with which this program is one of the busy processes.
const BUSY: &str = "--busy";

/// Rounds unless the command line says otherwise.
const ROUNDS: usize = 9;

/// Most busy processes.
const MOST: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == BUSY) {
        loop {
            std::hint::spin_loop();
        }
    }
    let rounds = arguments.iter().find_map(|argument| argument.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let train = catalog::mnist().expect("MNIST is inside the library").train;
    println!("medians of {rounds} fits in seconds, in turn");
    println!("model          busy  1 thread  2 threads  ratio  against idle");
    let models: [(&str, &dyn Recipe); 2] = [
        ("softmax", &Softmax::default()),
        ("softmax-lbfgs", &SoftmaxLbfgs::default()),
    ];
    let is_named = |name: &str| arguments.iter().any(|argument| argument == name);
    let one_is_named = models.iter().any(|(name, _)| is_named(name));
    for (name, recipe) in models {
        if one_is_named && !is_named(name) {
            continue;
        }
        let medians = medians(recipe, &train, rounds);
        let idle = medians[0][1];
        for (busy, [one, two]) in medians.into_iter().enumerate() {
            let (ratio, against_idle) = (two / one, two / idle);
            println!("{name:13} {busy:5} {one:9.3} {two:10.3} {ratio:6.2} {against_idle:13.2}");
        }
    }
}

/// Median seconds by number of busy processes, with one thread and with two.
fn medians(recipe: &dyn Recipe, train: &Dataset, rounds: usize) -> [[f64; 2]; MOST + 1] {
    let mut seconds = [(); MOST + 1].map(|()| [Vec::new(), Vec::new()]);
    for _ in 0..rounds {
        for (busy, seconds) in seconds.iter_mut().enumerate() {
            let _others: Vec<Busy> = (0..busy).map(|_| Busy::start()).collect();
            for (threads, seconds) in [1, 2].into_iter().zip(seconds) {
                seconds.push(fit(recipe, train, threads));
            }
        }
    }
    seconds.map(|of_threads| of_threads.map(median))
}

#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn fit(recipe: &dyn Recipe, train: &Dataset, threads: usize) -> f64 {
    with_threads(threads, || {
        let start = Instant::now();
        let model = recipe.fit(train, &mut FitContext::quiet(1, threads));
        model.expect("it fits");
        start.elapsed().as_secs_f64()
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    f64::midpoint(low, high)
}

/// A process that uses a processor until it is dropped.
struct Busy(Child);

impl Busy {
    fn start() -> Self {
        let this = std::env::current_exe().expect("this program has a path");
        let child = Command::new(this).arg(BUSY).spawn();
        Self(child.expect("it starts"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.kill().expect("it has not ended by itself");
        self.0.wait().expect("it is our child");
    }
}
