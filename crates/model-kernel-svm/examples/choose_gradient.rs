//! How the parameters of `gradient-svm` were chosen: the second, fourth and sixth tenthousand of MNIST's
//! training images are judged after training on the other 50 000. The test images are not looked at.

use classifier::{FitContext, FitError, Recipe, with_threads};
use data::Dataset;
use model_kernel_svm::{Gamma, GradientSvm, Normalisation};

const BLOCK: usize = 10_000;
const JUDGED: [usize; 3] = [1, 3, 5];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let threads = std::thread::available_parallelism()?.get();
    let all = catalog::mnist()?.train;
    println!(
        "normalisation  size  aspect  directions  grid  blur     C     γ  errors of each 10 000"
    );
    for recipe in candidates() {
        let errors =
            JUDGED.map(|block| with_threads(threads, || errors(&recipe, &all, block, threads)));
        let errors = errors.into_iter().collect::<Result<Vec<_>, _>>()?;
        println!(
            "{:>13} {:>5} {:>7} {:>11} {:>5} {:>5} {:>5} {:>5}  {errors:?} {}",
            format!("{:?}", recipe.normalisation).to_lowercase(),
            recipe.size,
            recipe.aspect,
            recipe.directions,
            recipe.grid,
            recipe.blur,
            recipe.c,
            recipe.gamma.to_string(),
            errors.iter().sum::<usize>()
        );
    }
    Ok(())
}

/// What was chosen, and its neighbours.
fn candidates() -> Vec<GradientSvm> {
    let chosen = GradientSvm::chosen;
    let upright = GradientSvm {
        normalisation: Normalisation::Upright,
        ..chosen()
    };
    let sizes = [0.2, 0.25].map(|size| GradientSvm { size, ..chosen() });
    let aspects = [0.2, 0.7].map(|aspect| GradientSvm { aspect, ..chosen() });
    let grid = GradientSvm {
        grid: 6,
        ..chosen()
    };
    let directions = GradientSvm {
        directions: 12,
        ..chosen()
    };
    let cost = GradientSvm {
        c: 10.0,
        ..chosen()
    };
    let gamma = GradientSvm {
        gamma: Gamma::Value(0.3),
        ..chosen()
    };
    let mut all = vec![chosen(), upright];
    all.extend(aspects);
    all.extend(sizes);
    all.extend([grid, directions, cost, gamma]);
    all
}

fn errors(
    recipe: &GradientSvm,
    all: &Dataset,
    block: usize,
    threads: usize,
) -> Result<usize, FitError> {
    let judged = block * BLOCK..(block + 1) * BLOCK;
    let others: Vec<usize> = (0..all.len()).filter(|i| !judged.contains(i)).collect();
    let model = recipe.fit(&all.select(&others), &mut FitContext::quiet(1, threads))?;
    let truth = &all.labels()[judged.clone()];
    let labels = model.scores(&all.samples().slice(judged)).labels();
    Ok(labels.iter().zip(truth).filter(|(a, b)| a != b).count())
}
