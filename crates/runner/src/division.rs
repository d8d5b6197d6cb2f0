//! Who is trained on what and judged on what: the test samples, a validation split, or folds.

use crate::failure::{Failure, Place};
use crate::options::Options;
use crate::rows::{self, Rows, SealedRows};
use catalog::Content;
use data::{DataError, stratified_folds, stratified_subset};
use records::{Cell, FoldOf, Folds, JudgedOn, Protocol, Role, Split};
use std::borrow::Cow;
use std::collections::HashSet;
use tables::{Column, Settings};

const QUICK_TRAIN: usize = 2_000;
const QUICK_JUDGED: usize = 1_000;
/// Training samples for controls, half of them to fit, half to judge.
const CONTROL_SAMPLES: usize = 400;

/// The samples of a run, divided as its protocol says. Those of a table are rows as they were read: each
/// fit prepares its own.
#[derive(Debug)]
pub(crate) struct Division {
    pub(crate) protocol: Protocol,
    pub(crate) train: Rows,
    pub(crate) calibration: Option<Rows>,
    pub(crate) judged: SealedRows,
    /// The fold of each training sample, for each repetition.
    pub(crate) folds: Vec<FoldOf>,
    /// Samples of the kind that is judged, before any subset.
    pub(crate) judged_available: usize,
    pub(crate) train_available: usize,
    pub(crate) seed: u64,
    /// How the columns of a table become features.
    pub(crate) settings: Settings,
}

impl Division {
    /// Divides a data set. What is held out is drawn by the seed, in proportion to the classes; where rows
    /// come in groups, whole groups are.
    pub(crate) fn new(content: Content, options: &Options) -> Result<Self, Failure> {
        let seed = options.seed();
        let (mut train, judged) = rows::of(content);
        check_preparation(&train, options)?;
        let calibration = match options.calibrate {
            Some(size) => {
                let (held_out, rest) = hold_out(&train, size.get(), seed, "--calibrate")?;
                train = rest;
                Some(held_out)
            }
            None => None,
        };
        let all = Self {
            protocol: Protocol {
                judged_on: JudgedOn::Test,
                seeds: options.seeds(),
                calibration: calibration.as_ref().map(Rows::len),
            },
            folds: Vec::new(),
            judged_available: judged.len(),
            train_available: train.len(),
            judged,
            train,
            calibration,
            seed,
            settings: options.preparation.clone().unwrap_or_default(),
        };
        match (options.cv, options.validation) {
            (Some(cross), _) => all.over_folds(cross.0, options.quick),
            (None, Some(size)) => all.validated(size.get(), options.quick),
            (None, None) => all.tested(options.quick),
        }
    }

    /// Judged on the training samples, fold by fold.
    fn over_folds(mut self, cross: Folds, quick: bool) -> Result<Self, Failure> {
        if quick {
            self.train = subset(&self.train, QUICK_TRAIN, self.seed).map_err(of("--quick"))?;
        }
        let folds = (0..u64::from(cross.repeats)).map(|repeat| {
            let seed = self.seed.wrapping_add(repeat);
            stratified_folds(&self.train, cross.folds.into(), seed).map(FoldOf)
        });
        self.folds = folds.collect::<Result<_, _>>().map_err(of("--cv"))?;
        self.protocol.judged_on = JudgedOn::Folds(cross);
        self.judged_available = self.train_available;
        self.judged = self.train.select(&[]).sealed();
        Ok(self)
    }

    /// Judged on training samples that are held out.
    fn validated(mut self, size: usize, quick: bool) -> Result<Self, Failure> {
        let (mut held_out, rest) = hold_out(&self.train, size, self.seed, "--validation")?;
        // Of whole groups they may be a few more or fewer.
        self.judged_available = held_out.len();
        if quick {
            held_out = subset(&held_out, QUICK_JUDGED, self.seed).map_err(of("--quick"))?;
        }
        self.protocol.judged_on = JudgedOn::Validation {
            images: self.judged_available,
        };
        self.judged = held_out.sealed();
        self.train_available = rest.len();
        self.train = rest;
        Ok(self)
    }

    /// Judged on the test samples.
    fn tested(mut self, quick: bool) -> Result<Self, Failure> {
        if quick {
            let size = QUICK_JUDGED.min(self.judged_available);
            let few = self.judged.subset(size, self.seed);
            self.judged = few.map_err(of("--quick"))?;
        }
        Ok(self)
    }

    /// The fits of a model, whose result may depend on the seed or not. `smaller` are the training sizes
    /// of its learning curve.
    pub(crate) fn cells(&self, is_stochastic: bool, smaller: &[usize]) -> Vec<Cell> {
        let seeds = if is_stochastic {
            self.protocol.seeds
        } else {
            1
        };
        let repeats = self.protocol.folds().map_or(1, |folds| folds.repeats);
        // Each repetition has seeds of its own.
        let seed_of = |split: Split, nth: u16| {
            let repeat = split.fold().map_or(0, |(repeat, _)| repeat);
            let offset = u64::from(repeat) + u64::from(nth) * u64::from(repeats);
            self.seed.wrapping_add(offset)
        };
        let of_split = |split: Split| {
            (0..seeds).map(move |nth| Cell {
                split,
                role: match nth {
                    0 => Role::Main,
                    nth => Role::OtherSeed(nth),
                },
                seed: seed_of(split, nth),
            })
        };
        let smaller = smaller.iter().map(|&size| Cell {
            split: Split::Whole,
            role: Role::Smaller(size),
            seed: self.seed,
        });
        let splits = self.protocol.splits().into_iter();
        splits.flat_map(of_split).chain(smaller).collect()
    }

    /// What a fit learns from, at most `train_limit` samples of it.
    pub(crate) fn train(
        &self,
        cell: Cell,
        train_limit: Option<usize>,
    ) -> Result<Cow<'_, Rows>, DataError> {
        let all = match self.fold(cell) {
            Some((folds, fold)) => {
                let members = members(folds, |of| of != fold);
                Cow::Owned(self.train.select(&members))
            }
            None => Cow::Borrowed(&self.train),
        };
        Ok(match cell.smaller().or(train_limit) {
            None => all,
            Some(size) => Cow::Owned(all.select(&stratified_subset(&*all, size, self.seed)?)),
        })
    }

    /// Gives what a fit is judged on to `judge`.
    pub(crate) fn with_judged<T>(&self, cell: Cell, judge: impl FnOnce(&SealedRows) -> T) -> T {
        match self.fold(cell) {
            Some((folds, fold)) => {
                let members = members(folds, |of| of == fold);
                judge(&self.train.select(&members).sealed())
            }
            None => judge(&self.judged),
        }
    }

    /// The seed that draws what a fit learns from out of all training samples, where nothing is held out.
    pub(crate) fn drawn_by(&self) -> Option<u64> {
        let is_whole = self.calibration.is_none() && self.protocol.judged_on == JudgedOn::Test;
        is_whole.then_some(self.seed)
    }

    /// How the columns of a table become features; `None` where there are none.
    pub(crate) fn preparation(&self) -> Option<&Settings> {
        matches!(self.train, Rows::Table(_)).then_some(&self.settings)
    }

    fn fold(&self, cell: Cell) -> Option<(&FoldOf, u16)> {
        let (repeat, fold) = cell.split.fold()?;
        Some((self.folds.get(usize::from(repeat))?, fold))
    }

    /// A few training samples for controls; `None` where there are too few to divide.
    pub(crate) fn control_rows(&self) -> Option<ControlRows> {
        let size = CONTROL_SAMPLES.min(self.train.len());
        let few = subset(&self.train, size, self.seed).ok()?;
        let (train, judged) = if few.targets().groups().is_some() {
            let sides = data::hold_out(&few, 0.5, self.seed).ok()?;
            (sides.rest, sides.held_out)
        } else {
            let train = stratified_subset(&few, size / 2, self.seed).ok()?;
            let judged = complement(&train, few.len());
            (train, judged)
        };
        Some(ControlRows {
            judged: few.select(&judged),
            train: few.select(&train),
        })
    }

    /// A limit of training samples as it is in this run: a quick look takes no more than it always
    /// does, nor more than there are.
    pub(crate) fn limit(&self, asked_for: Option<usize>, options: &Options) -> Option<usize> {
        // Folds are drawn from a subset already.
        if !options.quick || options.cv.is_some() {
            return asked_for;
        }
        let quick = asked_for.map_or(QUICK_TRAIN, |limit| limit.min(QUICK_TRAIN));
        Some(quick.min(self.train.len()))
    }

    /// Samples that a fit learns from.
    pub(crate) fn train_samples(&self, train_limit: Option<usize>) -> usize {
        let all = self.train.len();
        let outside = match self.protocol.folds() {
            None => all,
            Some(cross) => all - all.div_ceil(cross.folds.into()),
        };
        train_limit.unwrap_or(outside)
    }

    /// Samples that models are judged on in all.
    pub(crate) fn judged_samples(&self) -> usize {
        if self.folds.is_empty() {
            self.judged.len()
        } else {
            self.train.len()
        }
    }

    /// The groups in which they come, where they are not of folds, which hold whole groups.
    pub(crate) fn judged_groups(&self) -> Option<usize> {
        let rows = self.judged.handed_over();
        let groups = rows.targets().groups().filter(|_| self.folds.is_empty())?;
        let different: HashSet<u32> = groups.iter().copied().collect();
        Some(different.len())
    }

    /// The columns of the rows that models are judged on, of all folds in their order; `None` where there are
    /// none.
    pub(crate) fn judged_columns(&self) -> Option<&[Column]> {
        match (&self.judged, &self.train) {
            (SealedRows::Table(judged), _) if self.folds.is_empty() => Some(judged.columns()),
            (_, Rows::Table(train)) => Some(train.columns()),
            (_, Rows::Samples(_)) => None,
        }
    }

    /// Columns that nothing is learnt from, of the same samples.
    pub(crate) fn judged_beside(&self) -> &[Column] {
        match (&self.judged, &self.train) {
            (SealedRows::Table(judged), _) if self.folds.is_empty() => judged.beside(),
            (_, Rows::Table(train)) => train.beside(),
            (_, Rows::Samples(_)) => &[],
        }
    }

    /// For the records: the classes of the judged samples, their folds, and their groups where samples come
    /// in groups. Looks at them.
    pub(crate) fn labels(&self) -> (Vec<u16>, Vec<FoldOf>, Vec<u32>) {
        let targets = if self.folds.is_empty() {
            self.judged.look()
        } else {
            self.train.targets()
        };
        let labels = targets.labels().iter().map(|&class| class as u16).collect();
        let groups = targets.groups().unwrap_or_default().to_vec();
        (labels, self.folds.clone(), groups)
    }
}

/// Training samples for controls: some to fit, others to judge.
#[derive(Debug)]
pub(crate) struct ControlRows {
    pub(crate) train: Rows,
    pub(crate) judged: Rows,
}

/// Refuses settings of columns that are not there.
fn check_preparation(train: &Rows, options: &Options) -> Result<(), Failure> {
    let reason = match (&options.preparation, train) {
        (None, _) => return Ok(()),
        (Some(_), Rows::Samples(_)) => {
            "the data have no columns to prepare; leave it out".to_owned()
        }
        (Some(settings), Rows::Table(table)) => match settings.check(table) {
            Ok(()) => return Ok(()),
            Err(error) => error.to_string(),
        },
    };
    Err(Failure::Syntax {
        place: Place::Option("preparation".to_owned()),
        reason,
    })
}

/// What to say of a division that the data do not allow.
pub(crate) fn of(option: &str) -> impl Fn(DataError) -> Failure {
    move |error| Failure::Division {
        place: Place::Option(option.to_owned()),
        error,
    }
}

/// About as many of the samples, in proportion to the classes, and the others; exactly as many unless
/// samples come in groups, which stay whole.
fn hold_out(data: &Rows, size: usize, seed: u64, option: &str) -> Result<(Rows, Rows), Failure> {
    let held_out = if data.targets().groups().is_some() {
        let share = size as f64 / data.len().max(1) as f64;
        let sides = data::hold_out(data, share, seed).map_err(of(option))?;
        sides.held_out
    } else {
        stratified_subset(data, size, seed).map_err(of(option))?
    };
    let rest = data.select(&complement(&held_out, data.len()));
    // The smallest class may be held out whole: what is left must still be a problem.
    let counts = rest.targets().class_counts();
    if counts.iter().filter(|&&count| count > 0).count() < 2 {
        return Err(Failure::Syntax {
            place: Place::Option(option.to_owned()),
            reason: format!(
                "{size} of {} training samples held out leave fewer than two classes to train on; hold out fewer",
                data.len()
            ),
        });
    }
    Ok((data.select(&held_out), rest))
}

fn subset(data: &Rows, size: usize, seed: u64) -> Result<Rows, DataError> {
    let chosen = stratified_subset(data, size.min(data.len()), seed)?;
    Ok(data.select(&chosen))
}

fn members(folds: &FoldOf, belongs: impl Fn(u16) -> bool) -> Vec<usize> {
    let samples = folds.0.iter().enumerate();
    samples
        .filter(|(_, fold)| belongs(**fold))
        .map(|(sample, _)| sample)
        .collect()
}

/// The indices below `len` that are not in `chosen`, which ascends.
fn complement(chosen: &[usize], len: usize) -> Vec<usize> {
    (0..len)
        .filter(|index| chosen.binary_search(index).is_err())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    fn divide(options: &str, quick: bool) -> Division {
        let options = Options {
            quick,
            ..serde_json::from_str(options).unwrap()
        };
        Division::new(examples::content(catalog::mnist().unwrap()), &options).unwrap()
    }

    #[test]
    fn each_sample_is_judged_once_by_models_that_did_not_see_it() {
        let division = divide(r#"{"seed": 3, "seeds": 2, "cv": "2x3"}"#, true);
        let several = division.cells(true, &[]);
        assert_eq!(several.len(), 12, "two seeds of each fold");
        let seeds: Vec<u64> = several.iter().map(|cell| cell.seed).collect();
        assert_eq!(seeds, [3, 5, 3, 5, 3, 5, 4, 6, 4, 6, 4, 6]);
        let cells = division.cells(false, &[]);
        assert_eq!(cells.len(), 6);
        assert_ne!(cells[0].seed, cells[3].seed, "a seed for each repetition");
        let mut judged = 0;
        for &cell in &cells[..3] {
            let train = division.train(cell, None).unwrap();
            let held_out = division.with_judged(cell, SealedRows::len);
            assert_eq!(train.len() + held_out, 2_000);
            judged += held_out;
        }
        assert_eq!(judged, division.judged_samples());
    }

    #[test]
    fn a_validation_split_is_out_of_the_training_samples_and_the_test_stays_sealed() {
        let division = divide(r#"{"seed": 3, "validation": 10000}"#, false);
        let cell = division.cells(true, &[])[0];
        assert_eq!(division.train(cell, None).unwrap().len(), 50_000);
        assert_eq!(division.judged_samples(), 10_000);
        let validation = JudgedOn::Validation { images: 10_000 };
        assert_eq!(division.protocol.judged_on, validation);
        let limited = division.train(cell, Some(300)).unwrap();
        assert_eq!(limited.len(), 300);
    }

    #[test]
    fn a_point_of_the_learning_curve_has_its_size_whatever_the_limit() {
        let division = divide(r#"{"seed": 3}"#, true);
        let cells = division.cells(false, &[100, 1_000]);
        let sizes: Vec<usize> = cells.iter().filter_map(|cell| cell.smaller()).collect();
        assert_eq!(sizes, [100, 1_000]);
        assert_eq!(division.train(cells[1], Some(2_000)).unwrap().len(), 100);
    }

    #[test]
    fn only_models_that_depend_on_the_seed_are_fitted_with_several() {
        let division = divide(r#"{"seed": 3, "seeds": 2}"#, true);
        let seeds = |is_stochastic| -> Vec<u64> {
            let cells = division.cells(is_stochastic, &[]).into_iter();
            cells.map(|cell| cell.seed).collect()
        };
        assert_eq!(seeds(true), [3, 4]);
        assert_eq!(seeds(false), [3]);
    }

    /// Rows of a table in groups of three.
    fn in_groups(options: &str) -> Division {
        let table = examples::table(90);
        let groups = (0..90).map(|row| row / 3).collect();
        let targets = table.targets().clone().with_groups(groups).unwrap();
        let table = tables::Table::new(table.columns().to_vec(), targets).unwrap();
        let options: Options = serde_json::from_str(options).unwrap();
        Division::new(examples::sides(&table), &options).unwrap()
    }

    fn groups_of(rows: &Rows) -> HashSet<u32> {
        let groups = rows.targets().groups().unwrap();
        groups.iter().copied().collect()
    }

    #[test]
    fn groups_are_on_one_side_whatever_is_held_out() {
        let division = in_groups(r#"{"validation": 20, "calibrate": 10}"#);
        let judged = division.judged.handed_over();
        let [train, judged, calibration] = [
            &division.train,
            &judged,
            division.calibration.as_ref().unwrap(),
        ]
        .map(groups_of);
        assert!(train.is_disjoint(&judged) && train.is_disjoint(&calibration));
        assert!(judged.is_disjoint(&calibration));
        let controls = division.control_rows().unwrap();
        assert!(groups_of(&controls.train).is_disjoint(&groups_of(&controls.judged)));
    }

    #[test]
    fn groups_are_in_one_fold() {
        let division = in_groups(r#"{"cv": "2x3"}"#);
        for cell in division.cells(false, &[]) {
            let train = groups_of(&division.train(cell, None).unwrap());
            let judged = |rows: &SealedRows| groups_of(&rows.handed_over());
            assert!(train.is_disjoint(&division.with_judged(cell, judged)));
        }
    }

    #[test]
    fn settings_of_columns_that_are_not_there_are_refused() {
        let refusal = |content: Content, options: &str| {
            let options: Options = serde_json::from_str(options).unwrap();
            Division::new(content, &options).unwrap_err().to_string()
        };
        let digits = examples::content(examples::digits());
        assert_eq!(
            refusal(digits, r#"{"preparation": {}}"#),
            "preparation: the data have no columns to prepare; leave it out"
        );
        let table = examples::sides(&examples::table(30));
        assert_eq!(
            refusal(table, r#"{"preparation": {"one_hot": ["harbour"]}}"#),
            "preparation: one_hot: no column is called harbour; there are age, day, member, port"
        );
    }
}
