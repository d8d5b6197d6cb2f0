//! What a fit may know of the outside: seed, threads, whether to stop, and whom to tell.

use crate::{
    Cancellation, Cancelled, Classifier, Epoch, FitError, Observer, Step, generator,
    unhindered_threads,
};
use rand::seq::SliceRandom;

/// What a fit is given beside the training data.
pub struct FitContext<'a> {
    seed: u64,
    threads: usize,
    /// Whether it does not matter what other programs run.
    is_alone: bool,
    cancellation: Cancellation,
    observer: Option<&'a mut dyn Observer>,
}

impl FitContext<'static> {
    /// A context that cannot be cancelled and tells nobody, for using a model as a library. A fit uses all its threads,
    /// whatever else runs.
    pub fn quiet(seed: u64, threads: usize) -> Self {
        Self {
            seed,
            threads,
            is_alone: true,
            cancellation: Cancellation::default(),
            observer: None,
        }
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
            is_alone: false,
            cancellation,
            observer: Some(observer),
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

    /// Of these threads, those that find a processor which nothing else uses now: [`unhindered_threads`].
    pub fn unhindered_threads(&self) -> usize {
        if self.is_alone {
            self.threads
        } else {
            unhindered_threads(self.threads)
        }
    }

    /// Runs `work` on the [`unhindered_threads`](Self::unhindered_threads); on those of this pool if the system starts no
    /// others. For work whose threads often wait for each other.
    pub fn unhindered<T: Send>(&mut self, work: impl FnOnce(&mut Self) -> T + Send) -> T {
        match pool_of(self.unhindered_threads()) {
            Ok(Some(pool)) => pool.install(|| work(self)),
            Ok(None) | Err(_) => work(self),
        }
    }

    /// The switch that calls this fit off, for threads that the fit starts.
    pub fn cancellation(&self) -> &Cancellation {
        &self.cancellation
    }

    /// The order in which `epoch` (from 1) visits `samples` samples: as given, or shuffled by the
    /// seed. It depends on seed and epoch alone, so that all models see the same batches.
    pub fn visiting_order(&self, samples: usize, epoch: usize, shuffle: bool) -> Vec<usize> {
        let mut order: Vec<usize> = (0..samples).collect();
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
        if let Some(observer) = &mut self.observer {
            observer.epoch(epoch, model);
        }
        Ok(self.cancellation.check()?)
    }

    /// Reports the end of a part of a fit without epochs.
    ///
    /// # Errors
    /// [`Cancelled`] if the fit was called off; the fit returns it at once.
    pub fn step(&mut self, step: Step) -> Result<(), Cancelled> {
        if let Some(observer) = &mut self.observer {
            observer.step(step);
        }
        self.cancellation.check()
    }
}

/// The system does not start as many threads as a fit is to use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the system starts no {threads} {} ({reason}): fewer --threads, or a higher limit of threads (ulimit -u) or of \
     memory (ulimit -v)", if *threads == 1 { "thread" } else { "threads" }
)]
pub struct NoThreads {
    /// How many were asked for.
    pub threads: usize,
    /// What the system says.
    pub reason: String,
}

/// Runs `work` inside a rayon pool of exactly `threads` threads: this one, where it is such a pool.
///
/// # Errors
/// If the system does not start the threads; then nothing was done.
pub fn try_with_threads<T: Send>(
    threads: usize,
    work: impl FnOnce() -> T + Send,
) -> Result<T, NoThreads> {
    Ok(match pool_of(threads)? {
        Some(pool) => pool.install(work),
        None => work(),
    })
}

/// A pool of so many threads; `None` where this thread is of such a pool.
fn pool_of(threads: usize) -> Result<Option<rayon::ThreadPool>, NoThreads> {
    if rayon::current_thread_index().is_some() && rayon::current_num_threads() == threads {
        return Ok(None);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map(Some).map_err(|error| NoThreads {
        threads,
        reason: error.to_string(),
    })
}

/// The same where no error can be handed on.
///
/// # Panics
/// If the system does not start the threads.
pub fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    try_with_threads(threads, work).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_has_its_threads_and_stays_on_them() {
        assert_eq!(try_with_threads(3, rayon::current_num_threads), Ok(3));
        let is_same = || {
            let here = std::thread::current().id();
            try_with_threads(2, || std::thread::current().id()) == Ok(here)
        };
        assert!(with_threads(2, is_same));
        assert!(!with_threads(3, is_same));
    }

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
}
