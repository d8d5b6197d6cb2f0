//! How C, γ and the deskewing of `virtual-svm` were chosen: training on the first 50 000 training
//! images of MNIST, counting errors on the last 10 000. The test images are not looked at.

use classifier::{FitContext, Recipe, with_threads};
use data::Dataset;
use model_kernel_svm::{Gamma, VirtualSvm};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let threads = std::thread::available_parallelism()?.get();
    let all = catalog::mnist()?.train;
    let part = |range: std::ops::Range<usize>| all.select(&range.collect::<Vec<_>>());
    let (train, validation) = (part(0..50_000), part(50_000..60_000));
    println!("deskew      C      γ  errors of {}", validation.len());
    let grid = [0.02, 0.03, 0.04, 0.05]
        .into_iter()
        .flat_map(|gamma| [3.0, 10.0].map(|c| (true, c, gamma)));
    let without_deskewing = (false, 3.0, 0.04);
    for (deskew, c, gamma) in grid.chain([without_deskewing]) {
        let recipe = VirtualSvm {
            c,
            gamma: Gamma::Value(gamma),
            deskew,
            ..VirtualSvm::chosen()
        };
        let errors = with_threads(threads, || errors(&recipe, &train, &validation, threads))?;
        println!("{deskew:6} {c:6} {gamma:6}  {errors}");
    }
    Ok(())
}

fn errors(
    recipe: &VirtualSvm,
    train: &Dataset,
    validation: &Dataset,
    threads: usize,
) -> Result<usize, classifier::FitError> {
    let model = recipe.fit(train, &mut FitContext::quiet(1, threads))?;
    let labels = model.scores(validation.samples()).labels();
    let pairs = labels.iter().zip(validation.labels());
    Ok(pairs
        .filter(|(predicted, truth)| predicted != truth)
        .count())
}
