//! The checks that a fit can be called off.

use crate::digits;
use crate::fit::try_fit;
use classifier::{
    Cancellation, Classifier, Epoch, FitContext, FitError, ModelEntry, Observer, Recipe, Silent,
    Step, with_threads,
};
use data::Dataset;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long a fit may go on after it was called off.
const LIMIT: Duration = Duration::from_secs(1);

/// When the fit is called off: after the first checks of its data, before most models are done.
const BEGUN: Duration = Duration::from_millis(100);

/// Training images from which a fit that takes its time takes more than [`LIMIT`].
const MANY: usize = 5_000;

/// A machine that does something else at the moment makes a fit late, but not each time.
const TRIES: usize = 4;

/// Called off before it begins, and when it first reports.
pub(crate) fn cancellation(model: &ModelEntry) {
    let [train, _] = digits();
    let before = Cancellation::default();
    before.cancel();
    let result = try_fit(model, &train, before, &mut Silent);
    assert!(
        matches!(result, Err(FitError::Cancelled(_))),
        "cancelled before the fit"
    );

    let during = Cancellation::default();
    let mut observer = CancelAtOnce {
        cancellation: during.clone(),
        told: 0,
    };
    let result = try_fit(model, &train, during, &mut observer);
    if observer.told > 0 {
        assert!(
            matches!(result, Err(FitError::Cancelled(_))),
            "cancelled at the first report"
        );
        assert!(
            observer.told <= 2,
            "{} reports after the cancellation",
            observer.told - 1
        );
    }
}

/// Called off by another thread, in the middle of a fit, whether it reports or not.
pub(crate) fn stops_in_time(model: &ModelEntry) {
    let mnist = catalog::mnist().expect("MNIST is built in");
    let many: Vec<usize> = (0..MANY).collect();
    let train = mnist.train.select(&many);
    let recipe = (model.preset)();
    let mut wait = Duration::MAX;
    for _ in 0..TRIES {
        wait = wait.min(called_off(&*recipe, &train, BEGUN).1);
        if wait <= LIMIT {
            return;
        }
    }
    panic!("it goes on for {wait:?} after it was called off");
}

/// Fits, unless that takes longer than `after`: then the fit is called off. With it, how long it went on.
#[allow(
    clippy::disallowed_methods,
    reason = "the promise is one of seconds, and no result of the program depends on them"
)]
pub(crate) fn called_off(
    recipe: &dyn Recipe,
    train: &Dataset,
    after: Duration,
) -> (Result<Box<dyn Classifier>, FitError>, Duration) {
    let cancellation = Cancellation::default();
    let switch = cancellation.clone();
    let (running, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            // It hears nothing, only that the fit is over.
            let _ = ended.recv_timeout(after);
            switch.cancel();
            Instant::now()
        });
        let mut observer = Silent;
        let mut context = FitContext::new(1, 1, cancellation, &mut observer);
        let fitted = with_threads(1, || recipe.fit(train, &mut context));
        let end = Instant::now();
        drop(running);
        let called = watch.join().expect("it only waits");
        (fitted, end.saturating_duration_since(called))
    })
}

/// Cancels the fit when it is first told anything.
struct CancelAtOnce {
    cancellation: Cancellation,
    told: usize,
}

impl Observer for CancelAtOnce {
    fn epoch(&mut self, _: Epoch, _: &dyn Classifier) {
        self.told += 1;
        self.cancellation.cancel();
    }

    fn step(&mut self, _: Step) {
        self.told += 1;
        self.cancellation.cancel();
    }
}
