//! What a comparison will be able to show, before it is run.

use crate::family::Adjusted;
use crate::levels::{EQUIVALENCE, POWER};
use records::{Folds, Protocol};
use statistics::{
    detectable_difference, detectable_effect, least_detectable, mcnemar_power, t_power,
};

/// Shares of the images on which two models may differ: close relatives, strangers, and the like of a
/// nearest centroid against a good model.
const DIFFERING: [f64; 3] = [0.01, 0.05, 0.2];

/// More images are not counted.
const MOST_IMAGES: usize = 1 << 22;

/// More seeds are not counted.
const MOST_SEEDS: u32 = 10_000;

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
    /// Over folds: degrees of freedom of the test.
    pub freedom: Option<f64>,
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
    /// The seeds that a difference of one such deviation takes; `None` for more than 10 000.
    pub for_one: Option<u32>,
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
            freedom: folds.map(|folds| folds.fits() as f64 - 1.0),
            seeds: (folds.is_none() && planned.protocol.seeds > 1)
                .then(|| SeedsAhead::new(planned.protocol.seeds, level)),
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
    let count = folds.fits() as f64;
    let judged = planned.images as f64 / f64::from(folds.folds);
    let correction = 1.0 / count + judged / planned.train.max(1) as f64;
    let error = (correction * differing / judged).sqrt();
    let detectable = detectable_effect(error, count - 1.0, level, POWER);
    // Twice the images halve the variance.
    let needed = planned.images as f64 * (detectable / matters).powi(2);
    Share {
        differing,
        detectable: (detectable <= differing).then_some(detectable),
        images_needed: (matters <= differing).then(|| rounded_up(needed.ceil() as usize)),
    }
}

impl SeedsAhead {
    fn new(seeds: u16, level: f64) -> Self {
        let error = 1.0 / f64::from(seeds).sqrt();
        let is_enough = |&seeds: &u32| {
            let count = f64::from(seeds);
            t_power(count.sqrt(), count - 1.0, level) >= POWER
        };
        Self {
            seeds,
            deviations: detectable_effect(error, f64::from(seeds) - 1.0, level, POWER),
            for_one: (2..=MOST_SEEDS).find(is_enough),
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
        let found = SeedsAhead::new(5, 0.05);
        assert_eq!(found.for_one, Some(10));
        assert!(found.deviations > 1.0 && SeedsAhead::new(10, 0.05).deviations < 1.0);
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
            (over(2).freedom, over(2).shares[1].detectable),
            (Some(1.0), None)
        );
        let ten = over(10);
        let [least, some] = [ten.shares[0], ten.shares[1]].map(|share| share.detectable.unwrap());
        assert!(least < some && some < 0.05, "{ten:?}");
    }
}
