//! Many values of C and γ on the same data, for much less than as many fits.

use crate::element::Element;
use crate::fit::Sorted;
use crate::kernel::Function;
use crate::model::Kind;
use crate::{Error, Features, Gamma, Settings, SupportVectorMachine, Watch, dot};

/// A machine with the parameters that it was fitted with.
#[derive(Debug, Clone)]
pub struct GridPoint {
    /// Cost of a margin violation.
    pub c: f64,
    /// Factor of the kernel.
    pub gamma: f64,
    /// The machine.
    pub machine: SupportVectorMachine,
}

/// Fits a machine for every C of `costs` and γ of `gammas`, as [`fit`](crate::fit) would with the
/// other `settings`: the inner products are computed once, the kernel rows once per γ, and each fit
/// starts from the solution of a neighbour. Probabilities are left out.
///
/// Points are in the order of `gammas`, and of ascending C for each.
///
/// # Errors
/// Any [`Error`].
pub fn fit_grid(
    samples: Features,
    features: usize,
    labels: &[usize],
    settings: &Settings,
    (costs, gammas): (&[f64], &[Gamma]),
    watch: Watch,
) -> Result<Vec<GridPoint>, Error> {
    for (&c, &gamma) in costs
        .iter()
        .flat_map(|c| gammas.iter().map(move |g| (c, g)))
    {
        Settings {
            c,
            gamma,
            ..*settings
        }
        .validate()?;
    }
    samples.validate(features, labels)?;
    let mut costs = costs.to_vec();
    costs.sort_by(f64::total_cmp);
    let grid = (&*costs, gammas);
    match samples {
        Features::Pixels(pixels) if features <= dot::PIXELS => grid_as(
            pixels,
            features,
            labels,
            settings,
            grid,
            watch,
            Kind::Pixels,
        ),
        samples => {
            let reals = samples.to_reals();
            grid_as(&reals, features, labels, settings, grid, watch, Kind::Reals)
        }
    }
}

fn grid_as<E: Element>(
    values: &[E],
    features: usize,
    labels: &[usize],
    settings: &Settings,
    (costs, gammas): (&[f64], &[Gamma]),
    watch: Watch,
    kind: impl Fn(crate::machine::Machine<E>) -> Kind,
) -> Result<Vec<GridPoint>, Error> {
    let sorted = Sorted::new(values, features, labels)?;
    let functions: Vec<Function> = gammas
        .iter()
        .map(|gamma| Function {
            kernel: settings.kernel,
            gamma: gamma.resolve(values, features),
        })
        .collect();
    let by_pair = sorted.solve_grid(&functions, costs, settings, watch)?;
    let points = functions
        .iter()
        .flat_map(|function| costs.iter().map(move |&c| (*function, c)))
        .enumerate();
    let fitted = points.map(|(place, (function, c))| {
        let solutions: Vec<_> = by_pair.iter().map(|pair| pair[place].clone()).collect();
        GridPoint {
            c,
            gamma: function.gamma,
            machine: SupportVectorMachine::assemble(&sorted, function, &solutions, &kind),
        }
    });
    Ok(fitted.collect())
}
