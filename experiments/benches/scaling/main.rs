//! What fits cost as their data grow: time and memory of every model against rows, features, classes and threads, with
//! fitted exponents, as a page. Each fit is a process of its own, as in every comparison.
//!
//! `cargo bench --profile dev -p experiments --bench scaling -- [--quick] FILE.md [MODEL]…`
//!
//! The file is named from the top of the repository. `--quick` only shows that it works: few sizes, all small.

#[allow(
    unused_imports,
    reason = "a bench without a harness leaves out the tests of this file"
)]
#[path = "../../src/build.rs"]
mod build;
mod drawn;
mod measure;
#[allow(unused_imports, reason = "the same")]
#[path = "../../src/registry.rs"]
mod registry;
mod request;
mod sections;

use measure::{REPEATS, SHORT, Sizes};
use report::{Scaling, write_scaling};
use request::Request;
use std::error::Error;
use std::path::Path;

/// Threads of every fit, unless it is said otherwise.
const THREADS: usize = 2;

/// How far each direction goes.
struct Extent {
    rows: Sizes,
    features: Sizes,
    classes: Sizes,
}

const FULL: Extent = Extent {
    rows: Sizes::new([100, 51_200], 6.0),
    features: Sizes::new([32, 2_048], 3.0),
    classes: Sizes::new([2, 64], 3.0),
};

const QUICK: Extent = Extent {
    rows: Sizes::new([100, 800], 0.3),
    features: Sizes::new([32, 128], 0.3),
    classes: Sizes::new([2, 8], 0.3),
};

fn main() -> Result<(), Box<dyn Error>> {
    let request = Request::read(std::env::args().skip(1).collect())?;
    let extent = if request.quick { QUICK } else { FULL };
    let command = request.command();
    let origin = "MNIST, and drawn by the bench";
    let environment = runner::describe(command, origin, THREADS, &build::BUILD, registry::REGISTRY);
    let mnist = catalog::mnist()?;
    let models = &request.models;
    let rows = sections::rows(models, extent.rows, &mnist);
    let threads = sections::threads(models, &rows.models, &mnist);
    let others = [extent.features, extent.classes];
    let others = sections::on_drawn(models, others, &rows.models);
    let scaling = Scaling {
        environment,
        said: said(),
        growing: std::iter::once(rows).chain(others).collect(),
        threads,
    };
    // Cargo runs a bench in the directory of its package.
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    write_scaling(&top.join(&request.page), &scaling)?;
    eprintln!("scaling: {}", request.page);
    Ok(())
}

fn said() -> String {
    format!(
        "Each fit is a process of its own with {THREADS} threads, and its memory is the most that this process has at a time, \
         program and data included. Where a fit takes less than {SHORT} s, time and memory are medians of {REPEATS}. Models \
         have their defaults. The kernel machines keep their memory below `memory_mb`: beyond it they get slower in place \
         of larger."
    )
}
