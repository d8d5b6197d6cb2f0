//! The queue of questions, and the workers that answer them.

use crate::answer::answer;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::models::Models;
use crate::question::Question;
use crate::refusal::Refusal;
use axum::http::StatusCode;
use classifier::with_threads;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// An answer, or why there is none.
type Answered = Result<Vec<u8>, Refusal>;

/// A question, and who waits for the answer.
struct Job {
    question: Question,
    reply: oneshot::Sender<Answered>,
}

/// The queue of questions.
#[derive(Clone)]
pub(crate) struct Queue {
    jobs: SyncSender<Job>,
    limits: Limits,
    metrics: Arc<Metrics>,
}

impl Queue {
    /// Starts so many workers. They end when every copy of the queue is gone.
    ///
    /// # Errors
    /// What the system says if it cannot start a thread.
    pub(crate) fn start(
        workers: usize,
        models: &Arc<Models>,
        limits: &Limits,
        metrics: &Arc<Metrics>,
    ) -> std::io::Result<Self> {
        let (jobs, taken) = sync_channel(limits.waiting);
        let taken = Arc::new(Mutex::new(taken));
        for worker in 0..workers.max(1) {
            let (models, taken) = (Arc::clone(models), Arc::clone(&taken));
            let (limits, metrics) = (limits.clone(), Arc::clone(metrics));
            let thread = std::thread::Builder::new().name(format!("worker-{worker}"));
            // Models that divide their work find a single thread here, and do not wait for others.
            let work = move || with_threads(1, || work(&models, &taken, &limits, &metrics));
            thread.spawn(work)?;
        }
        Ok(Self {
            jobs,
            limits: limits.clone(),
            metrics: Arc::clone(metrics),
        })
    }

    /// The answer to a question, or a refusal if there are too many or if it takes too long.
    pub(crate) async fn ask(&self, question: Question) -> Answered {
        let (reply, answered) = oneshot::channel();
        match self.jobs.try_send(Job { question, reply }) {
            Ok(()) => {
                self.metrics.waiting.add(1);
            }
            Err(TrySendError::Full(_)) => {
                let what = format!("{} questions wait already", self.limits.waiting);
                return Err(Refusal::busy(StatusCode::TOO_MANY_REQUESTS, what));
            }
            Err(TrySendError::Disconnected(_)) => return Err(Refusal::failed("no worker is left")),
        }
        match timeout(self.limits.time, answered).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => Err(Refusal::failed("a worker ended")),
            Err(_) => {
                let what = format!("no answer within {} s", self.limits.time.as_secs_f64());
                Err(Refusal::busy(StatusCode::SERVICE_UNAVAILABLE, what))
            }
        }
    }
}

/// Answers questions until there will be no more.
fn work(models: &Models, taken: &Mutex<Receiver<Job>>, limits: &Limits, metrics: &Metrics) {
    loop {
        let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { question, reply }) = next else {
            return;
        };
        metrics.waiting.add(-1);
        // Nobody waits any longer.
        if reply.is_closed() {
            continue;
        }
        // A model that panics costs its question, not the server.
        let answered = catch_unwind(AssertUnwindSafe(|| answer(models, &question, limits)));
        let answered = answered.unwrap_or_else(|_| Err(Refusal::failed("a model failed")));
        let _ = reply.send(answered);
    }
}
