//! What a comparison will be able to show, before it is run.

use crate::family::Adjusted;
use crate::levels::{EQUIVALENCE, POWER};
use records::{Folds, Protocol};
use statistics::{
    detectable_difference, detectable_effect, least_detectable, mcnemar_power, seeds_needed,
    t_power,
};

/// Shares of the images on which two models may differ: close relatives, strangers, and the like of a
/// nearest centroid against a good model.
const DIFFERING: [f64; 3] = [0.01, 0.05, 0.2];

/// More images are not counted.
const MOST_IMAGES: usize = 1 << 22;

/// More repetitions of folds are not counted: a plan takes no more.
pub const MOST_REPEATS: u32 = 255;

/// As good as any number of degrees of freedom.
const MANY_FITS: f64 = 1e6;

/// What is planned.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    /// Models.
    pub models: usize,
    /// Whether all others are compared with one of them.
    pub has_baseline: bool,
    /// Images that they learn from, the most of any model.
    pub train: usize,
    /// Images that they are judged on.
    pub images: usize,
    /// The groups in which these come, where whole groups are judged.
    pub groups: Option<usize>,
    /// How.
    pub protocol: Protocol,
    /// The largest difference in accuracy that does not matter.
    pub margin: Option<f64>,
    /// The standard deviation of a difference from one fit to the next, seed by seed or fold by fold, if it is known
    /// from earlier ([`Overview::largest_deviation`](crate::Overview::largest_deviation)).
    pub deviation: Option<f64>,
}

/// What the tests will find four times in five.
#[derive(Debug, Clone, PartialEq)]
pub struct Foresight {
    /// As many pairs are tested, each at 0.05 divided by their number.
    pub tests: usize,
    /// Groups of images, each of which counts as one image: the images of a group may be alike.
    pub groups: Option<usize>,
    /// The smallest difference that can be found at all: where one of two models is right on all images on
    /// which they differ. `None` over folds, and where none can be found.
    pub least: Option<f64>,
    /// By the share of images on which two models differ. Over folds that is at best: training images make
    /// them vary more.
    pub shares: Vec<Share>,
    /// The difference that [`Share::images_needed`] is for: the margin, else half a point.
    pub matters: f64,
    /// Over folds.
    pub folds: Option<FoldsAhead>,
    /// Where there are several seeds.
    pub seeds: Option<SeedsAhead>,
}

/// Two models that differ on a share of the images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// That share.
    pub differing: f64,
    /// The smallest difference in accuracy that is found; `None` where even the whole share is not.
    pub detectable: Option<f64>,
    /// About how many images, or groups of them, the difference which matters takes; `None` where the share is smaller, or for
    /// more than four million.
    pub images_needed: Option<usize>,
}

/// What several seeds show on the same images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeedsAhead {
    /// As many.
    pub seeds: u16,
    /// The smallest difference that is found, in standard deviations of the differences seed by seed.
    pub deviations: f64,
    /// The seeds that a difference of one such deviation takes; `None` for more than [`MOST_SEEDS`](statistics::MOST_SEEDS).
    pub for_one: Option<u32>,
    /// Where such a deviation is known.
    pub known: Option<KnownSpread>,
}

/// What folds show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FoldsAhead {
    /// Degrees of freedom of the test.
    pub freedom: f64,
    /// The smallest difference that is found, in standard deviations of the differences fold by fold.
    pub deviations: f64,
    /// The same with any number of repetitions: they judge the same images again.
    pub least: f64,
    /// Where such a deviation is known.
    pub known: Option<KnownSpread>,
}

/// What is found if differences spread as they did earlier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownSpread {
    /// Their standard deviation, from one seed or fold to the next.
    pub deviation: f64,
    /// The smallest difference in accuracy that is found.
    pub detectable: f64,
    /// The seeds, or repetitions of the folds, that the difference which matters takes; `None` for more than
    /// [`MOST_SEEDS`](statistics::MOST_SEEDS) seeds or [`MOST_REPEATS`] repetitions, and where no number of repetitions is enough.
    pub needed: Option<u32>,
}

impl Foresight {
    /// `None` where there is nothing to compare.
    pub fn new(planned: Planned) -> Option<Self> {
        let others = planned.models.saturating_sub(1);
        let tests = if planned.has_baseline {
            others
        } else {
            planned.models * others / 2
        };
        if tests == 0 {
            return None;
        }
        let level = Adjusted::new(tests).level();
        let matters = planned.margin.unwrap_or(EQUIVALENCE);
        let folds = planned.protocol.folds();
        let groups = planned.groups.filter(|_| folds.is_none());
        let independent = groups.unwrap_or(planned.images);
        let shares = DIFFERING.map(|differing| match folds {
            None => on_images(independent, differing, level, matters),
            Some(folds) => over_folds(planned, folds, differing, level, matters),
        });
        Some(Self {
            tests,
            groups,
            least: folds
                .is_none()
                .then(|| least_detectable(independent, level, POWER))
                .flatten(),
            shares: shares.into(),
            matters,
            folds: folds.map(|folds| FoldsAhead::new(planned, folds, level, matters)),
            seeds: (folds.is_none() && planned.protocol.seeds > 1)
                .then(|| SeedsAhead::new(planned, level, matters)),
        })
    }
}

fn on_images(images: usize, differing: f64, level: f64, matters: f64) -> Share {
    let is_possible = matters <= differing;
    Share {
        differing,
        detectable: detectable_difference(images, differing, level, POWER),
        images_needed: is_possible
            .then(|| images_needed(matters, differing, level))
            .flatten(),
    }
}

/// By doubling, then bisection to a hundredth.
fn images_needed(difference: f64, differing: f64, level: f64) -> Option<usize> {
    let is_enough = |images| mcnemar_power(images, differing, difference, level) >= POWER;
    let mut high = 16;
    while !is_enough(high) {
        high *= 2;
        if high > MOST_IMAGES {
            return None;
        }
    }
    let mut low = high / 2;
    while high - low > low / 100 + 1 {
        let middle = low.midpoint(high);
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(rounded_up(high))
}

/// To two digits, which is all that is known.
fn rounded_up(number: usize) -> usize {
    let unit = 10_usize.pow(number.max(1).ilog10().saturating_sub(1));
    number.div_ceil(unit) * unit
}

/// If folds differed by their images alone: the variance of a difference in a fold is ψ/n.
fn over_folds(planned: Planned, folds: Folds, differing: f64, level: f64, matters: f64) -> Share {
    let judged = planned.images as f64 / f64::from(folds.folds);
    let error = error(planned, folds) * (differing / judged).sqrt();
    let detectable = detectable_effect(error, folds.fits() as f64 - 1.0, level, POWER);
    // Twice the images halve the variance.
    let needed = planned.images as f64 * (detectable / matters).powi(2);
    Share {
        differing,
        detectable: (detectable <= differing).then_some(detectable),
        images_needed: (matters <= differing).then(|| rounded_up(needed.ceil() as usize)),
    }
}

/// The standard error of the mean over folds, in standard deviations of a fold (Nadeau and Bengio 2003).
fn error(planned: Planned, folds: Folds) -> f64 {
    (1.0 / folds.fits() as f64 + test_to_train(planned, folds)).sqrt()
}

/// Images that a fold is judged on for each that its fits learn from.
fn test_to_train(planned: Planned, folds: Folds) -> f64 {
    planned.images as f64 / f64::from(folds.folds) / planned.train.max(1) as f64
}

impl FoldsAhead {
    fn new(planned: Planned, folds: Folds, level: f64, matters: f64) -> Self {
        let freedom = folds.fits() as f64 - 1.0;
        let deviations = detectable_effect(error(planned, folds), freedom, level, POWER);
        let of_training = test_to_train(planned, folds).sqrt();
        let is_enough = |deviation: f64, repeats: &u32| {
            let fits = f64::from(*repeats) * f64::from(folds.folds);
            let error = deviation * (1.0 / fits + test_to_train(planned, folds)).sqrt();
            t_power(matters / error, fits - 1.0, level) >= POWER
        };
        Self {
            freedom,
            deviations,
            least: detectable_effect(of_training, MANY_FITS, level, POWER),
            known: planned.deviation.map(|deviation| KnownSpread {
                deviation,
                detectable: deviations * deviation,
                needed: (1..=MOST_REPEATS).find(|repeats| is_enough(deviation, repeats)),
            }),
        }
    }
}

impl SeedsAhead {
    fn new(planned: Planned, level: f64, matters: f64) -> Self {
        let seeds = planned.protocol.seeds;
        let error = 1.0 / f64::from(seeds).sqrt();
        let deviations = detectable_effect(error, f64::from(seeds) - 1.0, level, POWER);
        let needed = |deviations: f64| seeds_needed(deviations, level, POWER);
        Self {
            seeds,
            deviations,
            for_one: needed(1.0),
            known: planned.deviation.map(|deviation| KnownSpread {
                deviation,
                detectable: deviations * deviation,
                needed: needed(matters / deviation),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::JudgedOn;

    const PLANNED: Planned = Planned {
        models: 9,
        has_baseline: false,
        train: 60_000,
        images: 10_000,
        groups: None,
        protocol: Protocol {
            judged_on: JudgedOn::Test,
            seeds: 1,
            calibration: None,
        },
        margin: None,
        deviation: None,
    };

    #[test]
    fn what_is_foreseen_is_what_the_test_finds() {
        let found = Foresight::new(PLANNED).unwrap();
        assert_eq!((found.tests, found.matters, found.seeds), (36, 0.005, None));
        for share in &found.shares {
            let least = share.detectable.unwrap();
            assert!(found.least.unwrap() < least, "{found:?}");
            let needed = share.images_needed.unwrap();
            let there = detectable_difference(needed, share.differing, 0.05 / 36.0, 0.8);
            assert!(there.unwrap() <= 0.005 + 1e-9, "{share:?}");
            assert_eq!(needed > 10_000, least > 0.005, "{share:?}");
        }
        let grouped = Foresight::new(Planned {
            images: 80_000,
            groups: Some(10_000),
            ..PLANNED
        });
        assert_eq!(grouped.unwrap().shares, found.shares);
        let alone = Foresight::new(Planned {
            has_baseline: true,
            ..PLANNED
        });
        assert!(alone.as_ref().unwrap().least < found.least);
        assert_eq!(alone.unwrap().tests, 8);
        let one = Planned {
            models: 1,
            ..PLANNED
        };
        assert_eq!(Foresight::new(one), None);
    }

    /// statsmodels, `TTestPower().solve_power(1.0, alpha=0.05, power=0.8)`: 9.94 seeds.
    #[test]
    fn seeds_are_enough_for_one_deviation() {
        let of = |seeds: u16| {
            let protocol = Protocol {
                seeds,
                ..PLANNED.protocol
            };
            let planned = Planned {
                protocol,
                deviation: Some(0.002),
                ..PLANNED
            };
            SeedsAhead::new(planned, 0.05, 0.002)
        };
        let found = of(5);
        assert_eq!(found.for_one, Some(10));
        assert!(found.deviations > 1.0 && of(10).deviations < 1.0);
        let known = found.known.unwrap();
        assert_eq!(known.needed, found.for_one);
        assert!((known.detectable - 0.002 * found.deviations).abs() < 1e-12);
    }

    /// What is foreseen is what the test over folds that spread so detects.
    #[test]
    fn folds_find_what_their_test_detects_and_repetitions_have_an_end() {
        let of = |repeats: u8, margin: f64| {
            let judged_on = JudgedOn::Folds(Folds { repeats, folds: 10 });
            let planned = Planned {
                models: 2,
                train: 900,
                images: 1_000,
                protocol: Protocol {
                    judged_on,
                    ..PLANNED.protocol
                },
                margin: Some(margin),
                deviation: Some(0.01),
                ..PLANNED
            };
            Foresight::new(planned).unwrap().folds.unwrap()
        };
        let ten = of(1, 0.005);
        // Ten differences with a standard deviation of 0.01.
        let half = (0.9_f64).sqrt() * 0.01;
        let folds: Vec<f64> = (0..10)
            .map(|i| if i % 2 == 0 { half } else { -half })
            .collect();
        let test = statistics::CorrelatedDifferences::new(&folds, 1.0 / 9.0).unwrap();
        let known = ten.known.unwrap();
        assert!(
            (known.detectable - test.detectable(0.05, 0.8)).abs() < 1e-9,
            "{ten:?}"
        );
        assert_eq!((ten.freedom, known.needed), (9.0, None));
        assert!(of(50, 0.005).deviations > ten.least && ten.deviations > ten.least);
        let needed = of(1, 0.0105).known.unwrap().needed.unwrap();
        let [enough, fewer] = [needed, needed - 1].map(|repeats| of(repeats as u8, 0.0105));
        assert!(enough.known.unwrap().detectable <= 0.0105);
        assert!(fewer.known.unwrap().detectable > 0.0105);
    }

    #[test]
    fn numbers_are_rounded_up() {
        let found = [1, 9, 10, 11, 101, 24_123, 99_500].map(rounded_up);
        assert_eq!(found, [1, 9, 10, 11, 110, 25_000, 100_000]);
    }

    #[test]
    fn few_images_and_few_folds_show_little() {
        let few = Planned {
            models: 2,
            images: 5,
            margin: Some(0.1),
            ..PLANNED
        };
        let found = Foresight::new(few).unwrap();
        assert_eq!((found.least, found.shares[2].detectable), (None, None));
        assert_eq!(found.shares[0].images_needed, None);
        assert!(found.shares[2].images_needed.is_some());
        let over = |folds| {
            let judged_on = JudgedOn::Folds(Folds { repeats: 1, folds });
            let protocol = Protocol {
                judged_on,
                ..PLANNED.protocol
            };
            let train = 60_000 - 60_000 / usize::from(folds);
            Foresight::new(Planned {
                train,
                images: 60_000,
                protocol,
                ..PLANNED
            })
            .unwrap()
        };
        assert_eq!(
            (
                over(2).folds.map(|of| of.freedom),
                over(2).shares[1].detectable
            ),
            (Some(1.0), None)
        );
        let ten = over(10);
        let [least, some] = [ten.shares[0], ten.shares[1]].map(|share| share.detectable.unwrap());
        assert!(least < some && some < 0.05, "{ten:?}");
    }
}
