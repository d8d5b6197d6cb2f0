//! Work without the interpreter's lock that Ctrl-C ends.

use classifier::Cancellation;
use pyo3::prelude::*;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How often Python is asked whether somebody pressed Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(50);

/// What `work` returns, while other Python threads run.
///
/// # Errors
/// What a signal handler raised, once `work` has obeyed the cancellation.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(Cancellation) -> T + Send,
) -> PyResult<T> {
    let cancellation = Cancellation::default();
    let given = cancellation.clone();
    let (raised, result) = py.detach(|| {
        thread::scope(|scope| {
            let (sender, receiver) = channel::<()>();
            let worker = scope.spawn(move || {
                // Dropped when the work is over, however it ends.
                let _sender = sender;
                work(given)
            });
            let mut raised = None;
            while receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                #[expect(
                    clippy::redundant_closure_for_method_calls,
                    reason = "the method itself is for one lifetime, and any is asked for"
                )]
                let asked = Python::attach(|py| py.check_signals());
                if let Err(error) = asked {
                    cancellation.cancel();
                    raised.get_or_insert(error);
                }
            }
            (raised, worker.join())
        })
    });
    match (raised, result) {
        (Some(error), _) => Err(error),
        (None, Ok(result)) => Ok(result),
        (None, Err(panic)) => std::panic::resume_unwind(panic),
    }
}
