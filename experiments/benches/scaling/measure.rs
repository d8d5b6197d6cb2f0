//! One fit, in a process of its own, and fits of ever larger sizes.

use crate::build::BUILD;
use crate::registry::REGISTRY;
use catalog::Loaded;
use classifier::ModelEntry;
use records::{Outcome, Record};
use report::{FitCost, ModelCosts};
use runner::{
    Bench, CellProgram, Comparison, Failure, Limits, OwnProcess, Plan, Setting, Unwatched,
    Workbench,
};
use std::time::Duration;

/// No fit may take longer.
const LIMIT: Duration = Duration::from_mins(1);
/// A fit that takes less, in seconds, is repeated: a short time is more of chance.
pub(crate) const SHORT: f64 = 0.5;
/// How often, the first time included.
pub(crate) const REPEATS: usize = 3;

/// Sizes by doubling, and when to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    first: usize,
    last: usize,
    /// After a fit of more seconds there is none that is larger.
    seconds: f64,
}

impl Sizes {
    pub(crate) const fn new([first, last]: [usize; 2], seconds: f64) -> Self {
        Self {
            first,
            last,
            seconds,
        }
    }

    /// In a sentence.
    pub(crate) fn said(self) -> String {
        format!(
            "From {} on each size is twice the one before, up to {}, or until a fit takes more than {} s.",
            self.first, self.last, self.seconds
        )
    }

    fn all(self) -> impl Iterator<Item = usize> {
        let doubled = |size: &usize| Some(size * 2);
        std::iter::successors(Some(self.first), doubled).take_while(move |&size| size <= self.last)
    }
}

/// What a fit that succeeds takes, in seconds and bytes; else the reason.
type Cost = Result<[f64; 2], String>;

/// Seconds and bytes of a fit: medians where it is short.
pub(crate) fn cost(model: &ModelEntry, data: Loaded, threads: usize) -> Cost {
    let costs = costs(model, data, threads).map_err(|failure| failure.to_string())?;
    let costs = costs.into_iter().collect::<Result<Vec<_>, _>>()?;
    let median = |of: usize| {
        let values: Vec<f64> = costs.iter().map(|cost| cost[of]).collect();
        statistics::quantile(&values, 0.5).ok_or("it has no fit")
    };
    Ok([median(0)?, median(1)?])
}

/// A fit, and the same again where it is short.
fn costs(model: &ModelEntry, data: Loaded, threads: usize) -> Result<Vec<Cost>, Failure> {
    let plan = Plan::of(REGISTRY, &[model.id])?;
    let comparison = Comparison::new(data, plan.ready()?, plan.options)?;
    let executor = OwnProcess::new(CellProgram {
        program: env!("CARGO_BIN_EXE_experiments").into(),
        arguments: vec!["cell".to_owned()],
    });
    let limits = Limits {
        time: Some(LIMIT),
        memory: None,
    };
    let setting = Setting {
        threads,
        limits,
        ..Setting::new(&executor, REGISTRY)
    };
    let bench = Workbench::new(&comparison, &setting, None)?;
    let mut costs = Vec::new();
    for piece in comparison.first_fits(&BUILD) {
        while costs.len() < REPEATS {
            let cost = bench
                .make(&piece, &mut Unwatched)?
                .map_or_else(called_off, of_record);
            let is_short = matches!(cost, Ok([seconds, _]) if seconds < SHORT);
            costs.push(cost);
            if !is_short {
                break;
            }
        }
    }
    Ok(costs)
}

fn called_off() -> Cost {
    Err("it was called off".to_owned())
}

fn of_record(record: Record) -> Cost {
    let Record::Fit(record) = record else {
        return Err("it has no fit".to_owned());
    };
    match record.outcome {
        Outcome::Finished(fitted) => match (fitted.fit_seconds, fitted.peak_memory_bytes) {
            (Some(seconds), Some(bytes)) => Ok([seconds, bytes as f64]),
            _ => Err("this system does not tell what memory a process takes".to_owned()),
        },
        Outcome::Failed { reason } => Err(reason),
        Outcome::Cancelled => called_off(),
    }
}

/// Fits of a model to ever larger data. What cannot be fitted is passed over while nothing smaller could be: a picture
/// may be too small.
pub(crate) fn growing(
    model: &ModelEntry,
    sizes: Sizes,
    threads: usize,
    mut data: impl FnMut(usize) -> Loaded,
) -> ModelCosts {
    let mut costs = ModelCosts {
        id: model.id.to_owned(),
        fits: Vec::new(),
        ended: String::new(),
    };
    for size in sizes.all() {
        match cost(model, data(size), threads) {
            Ok([seconds, bytes]) => {
                costs.fits.push(FitCost {
                    size,
                    seconds,
                    bytes,
                });
                if seconds > sizes.seconds && size < sizes.last {
                    costs.ended = format!("it took more than {} s", sizes.seconds);
                    break;
                }
                "it is the largest tried".clone_into(&mut costs.ended);
            }
            Err(reason) => {
                costs.ended = format!("{size}: {reason}");
                if !costs.fits.is_empty() {
                    break;
                }
            }
        }
    }
    costs
}
