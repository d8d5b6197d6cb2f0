//! Many values of C and γ on the same data, for much less than as many fits.

use crate::classes::Unfit;
use crate::features::Work;
use crate::fit::Sorted;
use crate::kernel::Function;
use crate::machine::{Decide, Machine};
use crate::precision::Precision;
use crate::real::Real;
use crate::{Error, Features, Gamma, Settings, SupportVectorMachine, Watch};
use inner_products::{Feature, Sample};

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
/// starts from the solution of a neighbour. Where one of them needs f64, all are fitted in f64.
/// Probabilities are left out.
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
    let layout = samples.validate(features, labels)?;
    let mut costs = costs.to_vec();
    costs.sort_by(f64::total_cmp);
    let functions = gammas.iter().map(|gamma| Function {
        kernel: settings.kernel,
        gamma: gamma.resolve(samples, layout),
    });
    let with_precision = |function| Ok((function, Precision::of(function, samples, layout)?));
    let functions = functions.map(with_precision);
    let functions: Vec<(Function, Precision)> = functions.collect::<Result<_, Error>>()?;
    let single = functions.iter().all(|(_, precision)| precision.single);
    let work = Grid {
        features,
        labels,
        functions,
        costs,
        settings,
        watch,
    };
    samples.attempt(layout, single, &work)
}

struct Grid<'a> {
    features: usize,
    labels: &'a [usize],
    functions: Vec<(Function, Precision)>,
    costs: Vec<f64>,
    settings: &'a Settings,
    watch: Watch<'a>,
}

impl Work for Grid<'_> {
    type Output = Vec<GridPoint>;

    fn run<F: Feature, R: Real>(&self, samples: &[Sample<F>]) -> Result<Vec<GridPoint>, Unfit>
    where
        Machine<F, R>: Decide + 'static,
    {
        let sorted = Sorted::new(
            samples,
            self.features,
            self.labels,
            None,
            self.settings.threads,
        )?;
        let (functions, costs) = (&self.functions, &self.costs);
        let by_pair = sorted.solve_grid::<R>(functions, costs, self.settings, self.watch)?;
        let points = functions
            .iter()
            .flat_map(|(function, _)| costs.iter().map(move |&c| (*function, c)))
            .enumerate();
        let fitted = points.map(|(place, (function, c))| {
            let solutions: Vec<_> = by_pair.iter().map(|pair| pair[place].clone()).collect();
            GridPoint {
                c,
                gamma: function.gamma,
                machine: SupportVectorMachine::assemble::<F, R>(&sorted, function, &solutions),
            }
        });
        Ok(fitted.collect())
    }
}
