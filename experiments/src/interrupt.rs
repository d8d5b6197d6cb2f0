//! Ctrl-C: the first ends the run in good order, the second at once.

use classifier::Cancellation;
use std::sync::atomic::{AtomicBool, Ordering};

/// Calls `cancellation` off at the first interrupt or termination signal.
pub(crate) fn on_interrupt(cancellation: &Cancellation) {
    static SECOND: AtomicBool = AtomicBool::new(false);
    let cancellation = cancellation.clone();
    let handler = move || {
        if SECOND.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!(
            "\ninterrupted: ending the fit and writing what has finished (again to quit at once)"
        );
        cancellation.cancel();
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        eprintln!("warning: Ctrl-C will end the program at once ({error})");
    }
}
