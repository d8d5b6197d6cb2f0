//! Compares two models on MNIST without the command line, and prints the verdict:
//! `cargo run -p experiments --example two_models`.

use analysis::Report;
use runner::{Comparison, InProcess, Plan, Registry, Setting, Unwatched};

const REGISTRY: Registry = Registry::new(&[
    model_softmax::SOFTMAX,
    model_nearest_centroid::NEAREST_CENTROID,
]);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = Plan::of(REGISTRY, &["softmax", "nearest-centroid"])?;
    let comparison = Comparison::new(catalog::mnist()?, plan.ready()?, plan.options)?;
    let executor = InProcess::new(REGISTRY);
    let setting = Setting::new(&executor, REGISTRY);
    let records = comparison.run("target/two_models".as_ref(), &setting, &mut Unwatched)?;
    for sentence in report::verdict(&Report::new(records)) {
        println!("{sentence}");
    }
    Ok(())
}
