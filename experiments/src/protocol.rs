//! Who is trained on what and judged on what: the test images, a validation split, or folds.

use crate::failure::{Failure, Place};
use catalog::{Sealed, Splits};
use data::{DataError, Dataset, stratified_folds, stratified_subset};
use report::{Cell, FoldOf, JudgedOn, Protocol};
use std::borrow::Cow;
use std::str::FromStr;

const QUICK_TRAIN: usize = 2_000;
const QUICK_JUDGED: usize = 1_000;
/// Training images for controls, half of them to fit, half to judge.
const CONTROL_IMAGES: usize = 400;

/// How a comparison judges: what the plan and the command line ask for.
#[derive(Debug, Clone)]
pub(crate) struct Judging {
    pub(crate) seed: u64,
    /// Fits of every model that depends on the seed.
    pub(crate) seeds: usize,
    pub(crate) validation: Option<usize>,
    pub(crate) cross_validation: Option<CrossValidation>,
    /// Training images held out to scale probabilities on.
    pub(crate) calibration: Option<usize>,
    /// Training sizes of the learning curve, below all.
    pub(crate) sizes: Vec<usize>,
    /// A look at a subset.
    pub(crate) quick: bool,
}

/// Folds, and how often the images are divided anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CrossValidation {
    pub(crate) repeats: usize,
    pub(crate) folds: usize,
}

/// What a [`CrossValidation`] is written as, for messages.
pub(crate) const FOLDS: &str =
    "K folds, such as 5, or R times K folds, such as 5x2, with R at most 255";

impl FromStr for CrossValidation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (repeats, folds) = text.split_once(['x', '×']).unwrap_or(("1", text));
        match (repeats.trim().parse::<u8>(), folds.trim().parse()) {
            (Ok(repeats @ 1..), Ok(folds @ 2..)) => Ok(Self {
                repeats: repeats.into(),
                folds,
            }),
            _ => Err(format!("expected {FOLDS}")),
        }
    }
}

/// The images of a run, divided as its protocol says.
pub(crate) struct Division {
    pub(crate) protocol: Protocol,
    train: Dataset,
    calibration: Option<Dataset>,
    judged: Sealed,
    /// The fold of each training image, for each repetition.
    folds: Vec<FoldOf>,
    /// Samples of the kind that is judged, before any subset.
    pub(crate) judged_available: usize,
    pub(crate) train_available: usize,
    sizes: Vec<usize>,
    seed: u64,
}

impl Division {
    /// Divides a data set. What is held out is drawn by the seed, in proportion to the classes.
    pub(crate) fn new(mut splits: Splits, judging: &Judging) -> Result<Self, Failure> {
        let seed = judging.seed;
        let mut sizes = judging.sizes.clone();
        sizes.sort_unstable();
        sizes.dedup();
        let calibration = match judging.calibration {
            Some(size) => {
                let (held_out, rest) = hold_out(&splits.train, size, seed, "--calibrate")?;
                splits.train = rest;
                Some(held_out)
            }
            None => None,
        };
        let all = Self {
            protocol: Protocol {
                judged_on: JudgedOn::Test,
                seeds: judging.seeds,
                calibration: judging.calibration,
                ..Protocol::default()
            },
            folds: Vec::new(),
            judged_available: splits.test.len(),
            train_available: splits.train.len(),
            judged: splits.test,
            train: splits.train,
            calibration,
            sizes,
            seed,
        };
        match (judging.cross_validation, judging.validation) {
            (Some(cross), _) => all.over_folds(cross, judging.quick),
            (None, Some(size)) => all.validated(size, judging.quick),
            (None, None) => all.tested(judging.quick),
        }
    }

    /// Judged on the training images, fold by fold.
    fn over_folds(mut self, cross: CrossValidation, quick: bool) -> Result<Self, Failure> {
        if quick {
            self.train = subset(&self.train, QUICK_TRAIN, self.seed).map_err(limit("--quick"))?;
        }
        let folds = (0..cross.repeats as u64).map(|repeat| {
            let seed = self.seed.wrapping_add(repeat);
            stratified_folds(&self.train, cross.folds, seed).map(FoldOf)
        });
        self.folds = folds.collect::<Result<_, _>>().map_err(limit("--cv"))?;
        self.protocol = Protocol {
            judged_on: JudgedOn::Folds,
            folds: cross.folds,
            repeats: cross.repeats,
            ..self.protocol
        };
        self.judged_available = self.train_available;
        self.judged = Sealed::new(self.train.select(&[]));
        Ok(self)
    }

    /// Judged on training images that are held out.
    fn validated(mut self, size: usize, quick: bool) -> Result<Self, Failure> {
        let (mut held_out, rest) = hold_out(&self.train, size, self.seed, "--validation")?;
        if quick {
            held_out = subset(&held_out, QUICK_JUDGED, self.seed).map_err(limit("--quick"))?;
        }
        self.protocol.judged_on = JudgedOn::Validation;
        self.judged_available = size;
        self.judged = Sealed::new(held_out);
        self.train_available = rest.len();
        self.train = rest;
        Ok(self)
    }

    /// Judged on the test images.
    fn tested(mut self, quick: bool) -> Result<Self, Failure> {
        if quick {
            let size = QUICK_JUDGED.min(self.judged_available);
            let few = self.judged.subset(size, self.seed);
            self.judged = few.map_err(limit("--quick"))?;
        }
        Ok(self)
    }

    /// The fits of a model, whose result may depend on the seed or not, and which is fitted to at most
    /// `train_limit` images.
    pub(crate) fn cells(&self, is_stochastic: bool, train_limit: Option<usize>) -> Vec<Cell> {
        let seeds = if is_stochastic {
            self.protocol.seeds
        } else {
            1
        };
        if self.folds.is_empty() {
            let cell = |offset: usize, train_images| Cell {
                repeat: 0,
                fold: 0,
                train_images,
                seed: self.seed.wrapping_add(offset as u64),
            };
            let all = self.train_images(train_limit);
            let smaller = self.sizes.iter().filter(|&&size| size < all);
            return (0..seeds)
                .map(|offset| cell(offset, None))
                .chain(smaller.map(|&size| cell(0, Some(size))))
                .collect();
        }
        let Protocol { repeats, folds, .. } = self.protocol;
        let cells = (0..repeats).flat_map(|repeat| {
            (0..folds).flat_map(move |fold| {
                // Each repetition has seeds of its own.
                (0..seeds).map(move |offset| Cell {
                    repeat,
                    fold,
                    train_images: None,
                    seed: self.seed.wrapping_add((repeat + offset * repeats) as u64),
                })
            })
        });
        cells.collect()
    }

    /// What a fit learns from, at most `train_limit` images of it.
    pub(crate) fn train(
        &self,
        cell: Cell,
        train_limit: Option<usize>,
    ) -> Result<Cow<'_, Dataset>, DataError> {
        let all = match self.folds.get(cell.repeat) {
            Some(folds) => Cow::Owned(self.train.select(&members(folds, |f| f != cell.fold))),
            None => Cow::Borrowed(&self.train),
        };
        Ok(match cell.train_images.or(train_limit) {
            None => all,
            Some(size) => Cow::Owned(all.select(&stratified_subset(&all, size, self.seed)?)),
        })
    }

    /// What a fit is judged on; `None` for all that [`judged`](Self::judged) holds.
    pub(crate) fn held_out(&self, cell: Cell) -> Option<Sealed> {
        let folds = self.folds.get(cell.repeat)?;
        let images = members(folds, |fold| fold == cell.fold);
        Some(Sealed::new(self.train.select(&images)))
    }

    /// Samples to scale probabilities on, where that was asked for.
    pub(crate) fn calibration(&self) -> Option<&Dataset> {
        self.calibration.as_ref()
    }

    /// What models are judged on where there are no folds.
    pub(crate) fn judged(&self) -> &Sealed {
        &self.judged
    }

    /// A few training images for controls; `None` where there are too few to divide.
    pub(crate) fn control_images(&self) -> Option<ControlImages> {
        let size = CONTROL_IMAGES.min(self.train.len());
        let few = subset(&self.train, size, self.seed).ok()?;
        let train = stratified_subset(&few, size / 2, self.seed).ok()?;
        Some(ControlImages {
            judged: few.select(&complement(&train, few.len())),
            train: few.select(&train),
        })
    }

    /// A limit of training images as it is in this run: a quick look takes no more than it always
    /// does, nor more than there are.
    pub(crate) fn limit(&self, asked_for: Option<usize>, judging: &Judging) -> Option<usize> {
        match quick_limit(judging) {
            Some(quick) => Some(asked_for.map_or(quick, |limit| limit.min(quick)))
                .map(|limit| limit.min(self.train.len())),
            None => asked_for,
        }
    }

    /// Samples that a fit learns from.
    pub(crate) fn train_images(&self, train_limit: Option<usize>) -> usize {
        let all = self.train.len();
        let outside = match self.protocol.folds {
            0 => all,
            folds => all - all.div_ceil(folds),
        };
        train_limit.unwrap_or(outside)
    }

    /// Training images of each class.
    pub(crate) fn train_counts(&self) -> Vec<usize> {
        self.train.class_counts()
    }

    /// Samples that models are judged on in all.
    pub(crate) fn judged_images(&self) -> usize {
        if self.folds.is_empty() {
            self.judged.len()
        } else {
            self.train.len()
        }
    }

    /// For the records: the classes of the judged images, and their folds. Looks at them.
    pub(crate) fn labels(&self) -> (Vec<u16>, Vec<FoldOf>) {
        let data = if self.folds.is_empty() {
            self.judged.look()
        } else {
            &self.train
        };
        let labels = data.labels().iter().map(|&class| class as u16).collect();
        (labels, self.folds.clone())
    }
}

/// Training images for controls: some to fit, others to judge.
pub(crate) struct ControlImages {
    pub(crate) train: Dataset,
    pub(crate) judged: Dataset,
}

/// The training images that a quick look limits each model to.
pub(crate) fn quick_limit(judging: &Judging) -> Option<usize> {
    // Folds are drawn from a subset already.
    (judging.quick && judging.cross_validation.is_none()).then_some(QUICK_TRAIN)
}

/// What to say of more images asked for than there are.
fn limit(option: &str) -> impl Fn(DataError) -> Failure {
    move |error| Failure::Limit {
        place: Place::Option(option.to_owned()),
        error,
    }
}

/// Some of the images, in proportion to the classes, and the others.
fn hold_out(
    data: &Dataset,
    size: usize,
    seed: u64,
    option: &str,
) -> Result<(Dataset, Dataset), Failure> {
    let chosen = stratified_subset(data, size, seed).map_err(limit(option))?;
    let rest = complement(&chosen, data.len());
    if rest.len() < data.classes() {
        return Err(Failure::Syntax {
            place: Place::Option(option.to_owned()),
            reason: format!(
                "{size} of {} training images held out leaves too few to train on",
                data.len()
            ),
        });
    }
    Ok((data.select(&chosen), data.select(&rest)))
}

fn subset(data: &Dataset, size: usize, seed: u64) -> Result<Dataset, DataError> {
    let chosen = stratified_subset(data, size.min(data.len()), seed)?;
    Ok(data.select(&chosen))
}

fn members(folds: &FoldOf, belongs: impl Fn(usize) -> bool) -> Vec<usize> {
    let images = folds.0.iter().enumerate();
    images
        .filter(|(_, fold)| belongs(usize::from(**fold)))
        .map(|(image, _)| image)
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

    fn judging() -> Judging {
        Judging {
            seed: 3,
            seeds: 2,
            validation: None,
            cross_validation: None,
            calibration: None,
            sizes: Vec::new(),
            quick: true,
        }
    }

    #[test]
    fn folds_are_written_as_a_number_or_a_product() {
        let parse = str::parse::<CrossValidation>;
        let five = CrossValidation {
            repeats: 1,
            folds: 5,
        };
        assert_eq!(parse("5"), Ok(five));
        assert_eq!(parse(" 1x5 "), Ok(five));
        for wrong in ["", "1", "x5", "0x5", "2x1", "five", "256x2"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_image_is_judged_once_by_models_that_did_not_see_it() {
        let judging = Judging {
            cross_validation: Some(CrossValidation {
                repeats: 2,
                folds: 3,
            }),
            ..judging()
        };
        let division = Division::new(catalog::mnist().unwrap(), &judging).unwrap();
        let several = division.cells(true, None);
        assert_eq!(several.len(), 12, "two seeds of each fold");
        let seeds: Vec<u64> = several.iter().map(|cell| cell.seed).collect();
        assert_eq!(seeds, [3, 5, 3, 5, 3, 5, 4, 6, 4, 6, 4, 6]);
        let cells = division.cells(false, None);
        assert_eq!(cells.len(), 6);
        assert_ne!(cells[0].seed, cells[3].seed, "a seed for each repetition");
        let mut judged = 0;
        for &cell in &cells[..3] {
            let train = division.train(cell, None).unwrap();
            let held_out = division.held_out(cell).unwrap();
            assert_eq!(train.len() + held_out.len(), 2_000);
            judged += held_out.len();
        }
        assert_eq!(judged, division.judged_images());
        assert_eq!(division.judged().looks(), 0);
    }

    #[test]
    fn a_validation_split_is_out_of_the_training_images_and_the_test_stays_sealed() {
        let judging = Judging {
            validation: Some(10_000),
            quick: false,
            ..judging()
        };
        let division = Division::new(catalog::mnist().unwrap(), &judging).unwrap();
        let cell = division.cells(true, None)[0];
        assert_eq!(division.train(cell, None).unwrap().len(), 50_000);
        assert_eq!(division.judged_images(), 10_000);
        assert_eq!(division.protocol.judged_on, JudgedOn::Validation);
        let limited = division.train(cell, Some(300)).unwrap();
        assert_eq!(limited.len(), 300);
    }

    #[test]
    fn a_learning_curve_has_the_sizes_below_all() {
        let judging = Judging {
            sizes: vec![1_000, 100, 5_000, 100],
            ..judging()
        };
        let division = Division::new(catalog::mnist().unwrap(), &judging).unwrap();
        let sizes = |limit| -> Vec<usize> {
            let cells = division.cells(false, limit).into_iter();
            cells.filter_map(|cell| cell.train_images).collect()
        };
        assert_eq!(sizes(Some(2_000)), [100, 1_000]);
        assert_eq!(sizes(None), [100, 1_000, 5_000]);
        let small = division.cells(false, None)[1];
        assert_eq!(division.train(small, Some(2_000)).unwrap().len(), 100);
    }

    #[test]
    fn only_models_that_depend_on_the_seed_are_fitted_with_several() {
        let division = Division::new(catalog::mnist().unwrap(), &judging()).unwrap();
        let seeds = |is_stochastic| -> Vec<u64> {
            let cells = division.cells(is_stochastic, None).into_iter();
            cells.map(|cell| cell.seed).collect()
        };
        assert_eq!(seeds(true), [3, 4]);
        assert_eq!(seeds(false), [3]);
    }
}
