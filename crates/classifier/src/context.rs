//! What a fit may know of the outside: seed, threads, whether to stop, and whom to tell.

use crate::{Cancelled, Classifier, FitError};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// One pass over the training data is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// How many there will be.
    pub total: usize,
    /// Mean training loss over the epoch's batches, each taken before its update.
    pub training_loss: f64,
}

/// A part of a fit without epochs is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Parts done.
    pub done: usize,
    /// Parts in all.
    pub total: usize,
    /// What the parts are, in the plural: "class pairs".
    pub unit: &'static str,
}

/// Who is told how a fit goes. The fit's stopwatch stands still meanwhile.
pub trait Observer: Send {
    /// An epoch is over and this is the model as it stands.
    fn epoch(&mut self, epoch: Epoch, model: &dyn Classifier);

    /// A part of a fit without epochs is over.
    fn step(&mut self, step: Step);
}

/// An observer that ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn epoch(&mut self, _: Epoch, _: &dyn Classifier) {}
    fn step(&mut self, _: Step) {}
}

/// A switch that calls a fit off, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<Switch>);

#[derive(Debug, Default)]
struct Switch {
    off: AtomicBool,
    /// Shared with every thread of [`Cancellation::abandonable`] that is still at work.
    at_work: Arc<()>,
}

impl Cancellation {
    /// Asks the fit to stop at the next opportunity.
    pub fn cancel(&self) {
        self.0.off.store(true, Ordering::Relaxed);
    }

    /// Fails once [`cancel`](Self::cancel) was called.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.0.off.load(Ordering::Relaxed) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Runs work that cannot be interrupted, such as one call into a library, on a thread of its
    /// own, and gives up waiting for it once cancelled. The thread is then left to end by itself,
    /// which is why the work must own its data.
    ///
    /// # Errors
    /// [`Cancelled`], or [`FitError::Library`] naming `library` if the work panicked.
    pub fn abandonable<T: Send + 'static>(
        &self,
        library: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, FitError> {
        let (sender, receiver) = channel();
        let at_work = Arc::clone(&self.0.at_work);
        std::thread::spawn(move || {
            // Nobody may be waiting any more.
            let _ = sender.send(work());
            drop(at_work);
        });
        loop {
            self.check()?;
            match receiver.recv_timeout(Duration::from_millis(20)) {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(FitError::Library {
                        library,
                        reason: "panicked".to_owned(),
                    });
                }
            }
        }
    }

    /// Whether work that was [`abandonable`](Self::abandonable) still goes on.
    pub fn is_at_work(&self) -> bool {
        Arc::strong_count(&self.0.at_work) > 1
    }
}

/// What a fit is given beside the training data.
pub struct FitContext<'a> {
    seed: u64,
    threads: usize,
    cancellation: Cancellation,
    observer: &'a mut dyn Observer,
}

impl FitContext<'static> {
    /// A context that cannot be cancelled and tells nobody, for using a model as a library.
    pub fn quiet(seed: u64, threads: usize) -> Self {
        // An observer without size: nothing is leaked.
        Self::new(
            seed,
            threads,
            Cancellation::default(),
            Box::leak(Box::new(Silent)),
        )
    }
}

impl<'a> FitContext<'a> {
    /// A context for one fit. Call the fit inside [`with_threads`] of as many threads.
    pub fn new(
        seed: u64,
        threads: usize,
        cancellation: Cancellation,
        observer: &'a mut dyn Observer,
    ) -> Self {
        Self {
            seed,
            threads,
            cancellation,
            observer,
        }
    }

    /// The seed of everything random in this fit. Same seed, same bits.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many threads the fit may use. The result must not depend on it.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The switch that calls this fit off, for threads that the fit starts.
    pub fn cancellation(&self) -> &Cancellation {
        &self.cancellation
    }

    /// The order in which `epoch` (from 1) visits `images` images: as given, or shuffled by the
    /// seed. It depends on seed and epoch alone, so that all models see the same batches.
    pub fn visiting_order(&self, images: usize, epoch: usize, shuffle: bool) -> Vec<usize> {
        let mut order: Vec<usize> = (0..images).collect();
        if shuffle {
            order.shuffle(&mut generator(self.seed, epoch as u64));
        }
        order
    }

    /// Reports the end of an epoch with the model as it stands.
    ///
    /// # Errors
    /// [`FitError::Diverged`] if the loss is not finite, [`FitError::Cancelled`] if the fit was
    /// called off; the fit returns either at once.
    pub fn epoch(&mut self, epoch: Epoch, model: &dyn Classifier) -> Result<(), FitError> {
        if !epoch.training_loss.is_finite() {
            return Err(FitError::Diverged {
                epoch: epoch.number,
            });
        }
        self.observer.epoch(epoch, model);
        Ok(self.cancellation.check()?)
    }

    /// Reports the end of a part of a fit without epochs.
    ///
    /// # Errors
    /// [`Cancelled`] if the fit was called off; the fit returns it at once.
    pub fn step(&mut self, step: Step) -> Result<(), Cancelled> {
        self.observer.step(step);
        self.cancellation.check()
    }
}

/// The generator of random stream `stream` under `seed`. Streams are independent of each other:
/// stream 0 is for initial weights, stream e for the order of epoch e, those from 2³² up for whatever
/// else a model draws. Those from 2⁶³ up are not for models.
pub fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    generator
}

/// Runs `work` inside a rayon pool of exactly `threads` threads.
///
/// # Panics
/// If the system cannot start the threads.
pub fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads can be started")
        .install(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visiting_order_depends_on_seed_and_epoch_alone() {
        let order =
            |seed, epoch, shuffle| FitContext::quiet(seed, 1).visiting_order(100, epoch, shuffle);
        assert_eq!(order(7, 1, false), (0..100).collect::<Vec<_>>());
        assert_eq!(order(7, 2, true), order(7, 2, true));
        assert_ne!(order(7, 2, true), order(7, 3, true));
        assert_ne!(order(7, 2, true), order(8, 2, true));
        let mut sorted = order(7, 2, true);
        sorted.sort_unstable();
        assert_eq!(sorted, order(7, 2, false));
    }

    #[test]
    fn uninterruptible_work_is_abandoned_when_cancelled() {
        let cancellation = Cancellation::default();
        assert_eq!(cancellation.abandonable("test", || 7).unwrap(), 7);
        let remote = cancellation.clone();
        let (release, wait) = channel::<()>();
        let error = cancellation.abandonable("test", move || {
            remote.cancel();
            let _ = wait.recv();
        });
        assert!(matches!(error, Err(FitError::Cancelled(_))));
        assert!(cancellation.is_at_work());
        drop(release);
        while cancellation.is_at_work() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_panic_in_a_library_is_an_error() {
        let error =
            Cancellation::default().abandonable("libfoo", || panic!("expected in this test"));
        assert_eq!(
            error.map(|(): ()| ()).unwrap_err().to_string(),
            "libfoo: panicked"
        );
    }
}
