//! Fits two classes at many C and γ and prints, for each, the objective, the violation and the seconds.
//!
//! `edges DATA TOLERANCE`: a sample per line of DATA, 0 or 1 and its features; from standard input a C and a
//! γ per line. `edges.py` beside this file puts libsvm beside it.
#![allow(clippy::disallowed_methods, reason = "it measures")]

use kernel_svm::{Features, Gamma, Settings, fit};
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .ok_or("usage: edges DATA TOLERANCE < CELLS")
    };
    let (data, tolerance) = (std::fs::read_to_string(next()?)?, next()?.parse()?);
    let (mut labels, mut reals) = (Vec::new(), Vec::new());
    for line in data.lines() {
        let mut words = line.split(' ');
        labels.push(words.next().ok_or("a label")?.parse()?);
        for word in words {
            reals.push(word.parse()?);
        }
    }
    let width = reals.len() / labels.len();
    for cell in std::io::stdin().lines() {
        let cell = cell?;
        let (c, gamma) = cell.split_once(' ').ok_or("C and γ")?;
        let settings = Settings {
            c: c.parse()?,
            gamma: Gamma::Value(gamma.parse()?),
            tolerance,
            threads: 1,
            ..Settings::default()
        };
        let started = Instant::now();
        let machine = fit(Features::Reals(&reals), width, &labels, &settings);
        let seconds = started.elapsed().as_secs_f64();
        match machine {
            Ok(machine) => {
                let pair = machine.certificates()[0];
                println!("{} {} {seconds}", pair.dual_objective, pair.kkt_violation);
            }
            Err(error) => println!("nan nan {seconds} {error}"),
        }
    }
    Ok(())
}
