//! Metrics that are compared by the bootstrap, where few samples decide. As reports do, only where enough samples
//! differ, and enough are of each class.

use crate::page::{Aim, Page, RUNS, Random, below, holds, normal, rates};
use rand::RngExt;
use statistics::{
    FEWEST_DIFFERING, FEWEST_FOR_CURVES, FEWEST_OF_A_CLASS, PairedBootstrap,
    SimultaneousDifference, roc_auc_influences,
};

const DRAWS: usize = 399;

pub(crate) fn simulate(page: &mut Page) {
    page.section(
        "Other metrics of two classifiers",
        &format!(
            "Two equally good models, by max-T over the paired bootstrap. Nothing is tested, and no interval printed, where \
             they differ on fewer than {FEWEST_DIFFERING} samples (balanced accuracy, and all that is computed from \
             predictions), or a class has fewer than {FEWEST_OF_A_CLASS} (or, for areas under curves, fewer than {FEWEST_FOR_CURVES}): *of those printed* \
             is the share of printed intervals that hold. Rates without that rule stand beside for comparison."
        ),
    );
    balanced_accuracy(page);
    areas(page);
}

/// How often a difference is found, and printed intervals hold; and how often it would be without the rule.
fn judge(page: &mut Page, what: &str, place: &str, run: impl Fn(&mut Random) -> Found + Sync) {
    let [found, held, printed, always] = rates(|random| {
        let Found { enough, of } = run(random);
        let different = of.is_some_and(|of| of.different);
        let holds = of.is_none_or(|of| holds(of.interval, 0.0));
        [enough && different, enough && holds, enough, different]
    });
    page.rate(&format!("{what}, test"), place, Aim::Size, found);
    if printed > 0.02 {
        let runs = (printed * RUNS as f64).round() as usize;
        let what = format!("{what}, interval, of those printed");
        page.rate_of(&what, place, Aim::Coverage, held / printed, runs);
    }
    page.rate(&format!("{what}, test of any"), place, Aim::Instead, always);
}

struct Found {
    enough: bool,
    of: Option<SimultaneousDifference>,
}

/// Both models are right but on about so many samples, drawn one by one, where a coin says which of the two is.
fn balanced_accuracy(page: &mut Page) {
    for (sizes, differing) in [
        ([10, 10], 4.0),
        ([30, 30], 15.0),
        ([50, 50], 4.0),
        ([50, 50], 16.0),
        ([30, 70], 20.0),
        ([500, 500], 5.0),
        ([500, 500], 12.0),
        ([30, 970], 40.0),
        ([500, 500], 100.0),
    ] {
        let samples: usize = sizes.iter().sum();
        let place = format!(
            "classes of {} and {}, about {differing} differ",
            sizes[0], sizes[1]
        );
        judge(page, "balanced accuracy", &place, |random| {
            let right: Vec<[bool; 2]> = (0..samples)
                .map(|_| {
                    let differs = random.random::<f64>() < differing / samples as f64;
                    let first = !differs || random.random();
                    [first, !differs || !first]
                })
                .collect();
            let bootstrap = PairedBootstrap::new(samples, DRAWS, random.random(), |times| {
                [0, 1]
                    .map(|model| balanced(&right, model, times, sizes[0]))
                    .to_vec()
            });
            let differ = right.iter().filter(|of| of[0] != of[1]).count();
            Found {
                enough: differ >= FEWEST_DIFFERING
                    && sizes.iter().all(|&of| of >= FEWEST_OF_A_CLASS),
                of: bootstrap.simultaneous(&[(0, 1)], 0.05)[0],
            }
        });
    }
}

/// The mean recall of two classes, of which the first samples are of the first.
fn balanced(right: &[[bool; 2]], model: usize, times: &[u32], first: usize) -> f64 {
    let recall = |range: std::ops::Range<usize>| {
        let drawn: u32 = times[range.clone()].iter().sum();
        let found = range.filter(|&sample| right[sample][model]);
        let found: u32 = found.map(|sample| times[sample]).sum();
        (drawn > 0).then(|| f64::from(found) / f64::from(drawn))
    };
    let recalls = [recall(0..first), recall(first..times.len())];
    let there: Vec<f64> = recalls.into_iter().flatten().collect();
    there.iter().sum::<f64>() / there.len().max(1) as f64
}

/// Normal scores, in the class by 1 more, an area of Φ(1/√2), resampled to first order as reports do.
fn areas(page: &mut Page) {
    let log = |score: f64| -((-score).exp().ln_1p()) as f32;
    for (samples, members) in [
        (100, 2),
        (100, 5),
        (100, 20),
        (100, 50),
        (200, 60),
        (1_000, 30),
        (1_000, 60),
        (1_000, 500),
    ] {
        let place = format!(
            "{samples} samples, {members} in the class, areas of {:.2}",
            below(0.5_f64.sqrt())
        );
        judge(page, "area under the ROC", &place, |random| {
            let labels: Vec<usize> = (0..samples).map(|i| usize::from(i < members)).collect();
            let models = [0, 1].map(|_| {
                let row = |&label: &usize| {
                    let score = normal(random) + label as f64 - 1.0;
                    [log(-score), log(score)]
                };
                let logs: Vec<f32> = labels.iter().flat_map(row).collect();
                roc_auc_influences(&logs, &labels).expect("both kinds")
            });
            let bootstrap = PairedBootstrap::new(samples, DRAWS, random.random(), |times| {
                let of = |(area, influences): &(f64, Vec<f64>)| {
                    let drawn = influences.iter().zip(times);
                    area + drawn.map(|(of, &times)| of * f64::from(times)).sum::<f64>()
                };
                models.iter().map(of).collect()
            });
            Found {
                enough: members.min(samples - members) >= FEWEST_FOR_CURVES,
                of: bootstrap.simultaneous(&[(0, 1)], 0.05)[0],
            }
        });
    }
}
