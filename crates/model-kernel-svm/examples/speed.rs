//! Time to fit all of MNIST (C 10, γ 0.02) and to judge its test images, with what must not change
//! when either gets faster: answers, objective, violation. Three rounds.
#![allow(clippy::disallowed_methods, reason = "it measures")]

use kernel_svm::{Features, Gamma, Settings, fit};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let threads = std::thread::available_parallelism()?.get();
    let mnist = catalog::mnist()?;
    let [train, test] = [mnist.train.samples(), mnist.test.samples()].map(data::Samples::pixels);
    let (train, test) = train.zip(test).ok_or("MNIST is made of pixels")?;
    let settings = Settings {
        c: 10.0,
        gamma: Gamma::Value(0.02),
        threads,
        ..Settings::default()
    };
    for _ in 0..3 {
        let started = Instant::now();
        let svm = fit(
            Features::Pixels(train),
            784,
            mnist.train.labels(),
            &settings,
        )?;
        let fitted = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let labels = svm.classify(Features::Pixels(test));
        let judged = started.elapsed().as_secs_f64();
        // FNV-1a: one number that tells whether any of the answers changed.
        let hash = labels
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &label| {
                (hash ^ label as u64).wrapping_mul(0x100_0000_01b3)
            });
        let pairs = svm.certificates();
        let objective: f64 = pairs.iter().map(|pair| pair.dual_objective).sum();
        let violation = pairs
            .iter()
            .map(|pair| pair.kkt_violation)
            .fold(0.0, f64::max);
        let rows: usize = pairs.iter().map(|pair| pair.kernel_rows).sum();
        println!(
            "fit {fitted:.2} s, predict {:.0} ms, answers {hash:016x}, objective {objective:.6}, \
             violation {violation:.2e}, {rows} kernel rows",
            judged * 1e3
        );
    }
    Ok(())
}
