//! Machines for kernel values that somebody else computed: of any kernel there is.

use crate::classes::{Classes, Unfit};
use crate::kernel_rows::{KernelRows, KernelValues};
use crate::model::validate_weights;
use crate::panels::overlap;
use crate::solution::Solution;
use crate::solver::solve;
use crate::votes::pairs;
use crate::working_set::WORKING_SET;
use crate::{Certificate, Error, Settings, Watch};
use std::ops::Range;

/// A machine that decides by kernel values with its training samples.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecomputedMachine {
    /// The classes that it tells apart, ascending: the labels that occurred.
    pub classes: Vec<usize>,
    /// Indices of the training samples that are support vectors of any pair, class by class.
    pub support: Vec<usize>,
    /// Support vectors of each class.
    pub counts: Vec<usize>,
    /// αy against each other class, ascending; shape (support vectors, classes − 1).
    pub coefficients: Vec<f64>,
    /// What is subtracted from the decision value of each pair.
    pub rho: Vec<f64>,
    /// One for each pair.
    pub certificates: Vec<Certificate>,
}

/// Fits a machine to the symmetric matrix of the kernel values of all samples with each other, shape (samples,
/// samples), in f64. Of `settings`, the kernel and its factor have no say. Weights are as in
/// [`fit_weighted`](crate::fit_weighted).
///
/// A matrix that is not positive semi-definite, as of a sigmoid kernel, has no single optimum; the machine is
/// then one that meets the optimality conditions, as libsvm's is.
///
/// # Errors
/// Any [`Error`].
pub fn fit_precomputed(
    matrix: &[f64],
    labels: &[usize],
    weights: Option<&[f64]>,
    settings: &Settings,
    watch: Watch,
) -> Result<PrecomputedMachine, Error> {
    settings.validate()?;
    validate_weights(weights, labels.len())?;
    let samples = labels.len();
    if samples == 0 {
        return Err(Error::Empty);
    }
    if matrix.len() != samples * samples {
        return Err(Error::Ragged {
            values: matrix.len(),
            features: samples,
        });
    }
    if let Some(place) = not_finite(matrix) {
        return Err(Error::NotFinite {
            sample: place / samples,
            feature: place % samples,
            value: matrix[place] as f32,
        });
    }
    let classes = Classes::new(labels, weights)?;
    let (workers, capacity) = share(&classes, settings)?;
    let solved = classes.each_pair(workers, capacity, watch, |pair, slots, stop| {
        let values = PairOfMatrix {
            matrix,
            samples,
            order: &classes.order,
            ranges: [classes.range(pair.0), classes.range(pair.1)],
        };
        let mut kernel = KernelRows::new(Box::new(values), capacity, 1, slots);
        let goal = classes.goal(pair, settings.c, settings, 0.0);
        solve(&mut kernel, goal, None, stop).map_err(|reason| classes.unfit(pair, reason))
    });
    match solved {
        Ok(solutions) => Ok(PrecomputedMachine::assemble(&classes, &solutions)),
        Err(Unfit::Failed(error)) => Err(error),
        Err(Unfit::Imprecise) => unreachable!("only f32 is found imprecise"),
    }
}

/// Where the first value is that is NaN or infinite. Looked for in stretches, of which no value ends the search: so
/// they are looked at in vectors.
fn not_finite(values: &[f64]) -> Option<usize> {
    const STRETCH: usize = 1_024;
    let wrong = |wrong: bool, value: &f64| wrong | !value.is_finite();
    let mut stretches = values.chunks(STRETCH);
    let stretch = stretches.position(|stretch| stretch.iter().fold(false, wrong))? * STRETCH;
    let mut values = values[stretch..].iter();
    Some(stretch + values.position(|value| !value.is_finite())?)
}

/// Pairs solved at a time, one in each thread, and how many rows each may keep, in the order of the classes. Rows
/// do not depend on the threads, so that the result does not.
///
/// # Errors
/// [`Error::Memory`].
fn share(classes: &Classes, settings: &Settings) -> Result<(usize, usize), Error> {
    const MIB: usize = 1 << 20;
    let row = size_of::<f64>() * classes.largest_pair();
    // Working sets grow, and copies of rows, restricted to them, may take as much.
    let rows = settings.memory_mb.saturating_mul(MIB) / (2 * row);
    if rows < 2 {
        return Err(Error::Memory {
            given: settings.memory_mb,
            needed: (4 * row).div_ceil(MIB),
        });
    }
    let most = (rows / WORKING_SET).clamp(1, pairs(classes.labels.len()).count());
    Ok((settings.threads.clamp(1, most), rows / most))
}

impl PrecomputedMachine {
    fn assemble(classes: &Classes, solutions: &[Solution]) -> Self {
        let rows = classes.coefficients(solutions);
        let others = classes.labels.len() - 1;
        let mut machine = Self {
            classes: classes.labels.clone(),
            support: Vec::new(),
            counts: vec![0; classes.labels.len()],
            coefficients: Vec::new(),
            rho: solutions.iter().map(|pair| pair.rho).collect(),
            certificates: solutions.iter().map(|pair| pair.certificate).collect(),
        };
        for (class, rows) in rows.iter().enumerate() {
            for (place, row) in classes.range(class).zip(rows.chunks_exact(others)) {
                if row.iter().any(|&value| value != 0.0) {
                    machine.support.push(classes.order[place]);
                    machine.counts[class] += 1;
                    machine.coefficients.extend(row);
                }
            }
        }
        machine
    }

    /// The decision values, shape (samples, pairs), of samples whose kernel values with all training samples
    /// are `kernel`, shape (samples, `fitted`); above 0 for the first class of a pair.
    pub fn decision_function(&self, kernel: &[f64], fitted: usize) -> Vec<f64> {
        let others = self.classes.len() - 1;
        let starts: Vec<usize> = self
            .counts
            .iter()
            .scan(0, |end, count| {
                *end += count;
                Some(*end - count)
            })
            .collect();
        let part = |row: &[f64], class: usize, lane: usize| -> f64 {
            let own = starts[class]..starts[class] + self.counts[class];
            own.map(|place| self.coefficients[place * others + lane] * row[self.support[place]])
                .sum()
        };
        let decide = |row: &[f64]| -> Vec<f64> {
            pairs(self.classes.len())
                .zip(&self.rho)
                .map(|((a, b), rho)| part(row, a, b - 1) + part(row, b, a) - rho)
                .collect()
        };
        kernel.chunks_exact(fitted).flat_map(decide).collect()
    }
}

/// The part of a matrix that is of two classes.
struct PairOfMatrix<'a> {
    matrix: &'a [f64],
    /// All of them, the length of a row.
    samples: usize,
    /// Where the samples of each class are among them.
    order: &'a [usize],
    ranges: [Range<usize>; 2],
}

impl PairOfMatrix<'_> {
    /// Where a sample of the pair is among all samples.
    fn index(&self, sample: usize) -> usize {
        let [first, second] = &self.ranges;
        let place = if sample < first.len() {
            first.start + sample
        } else {
            second.start + sample - first.len()
        };
        self.order[place]
    }
}

impl KernelValues<f64> for PairOfMatrix<'_> {
    fn sizes(&self) -> [usize; 2] {
        self.ranges.each_ref().map(Range::len)
    }

    fn diagonal(&self, sample: usize) -> f64 {
        let index = self.index(sample);
        self.matrix[index * self.samples + index]
    }

    fn compute(&self, samples: &[usize], columns: Range<usize>, rows: &mut [&mut [f64]]) {
        let [first, second] = self
            .ranges
            .each_ref()
            .map(|range| &self.order[range.clone()]);
        let (of_first, _) = overlap(&columns, 0..first.len());
        let (of_second, _) = overlap(&columns, first.len()..first.len() + second.len());
        let (first, second) = (&first[of_first], &second[of_second]);
        for (&sample, values) in samples.iter().zip(rows) {
            let row = &self.matrix[self.index(sample) * self.samples..][..self.samples];
            let (of_first, of_second) = values.split_at_mut(first.len());
            for (values, places) in [(of_first, first), (of_second, second)] {
                for (value, &place) in values.iter_mut().zip(places) {
                    *value = row[place];
                }
            }
        }
    }
}
