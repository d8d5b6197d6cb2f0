//! Signals. Ctrl-C: the first ends the run in good order, the second at once.

use crate::output;
use classifier::Cancellation;
#[cfg(unix)]
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// The switch that the first interrupt or termination signal turns off; there is one.
pub(crate) fn on_interrupt() -> Cancellation {
    static SWITCH: OnceLock<Cancellation> = OnceLock::new();
    SWITCH.get_or_init(set_handler).clone()
}

/// A file that may not grow any more (`ulimit -f`) is an error like a full disk, not the end of this process.
pub(crate) fn survive_a_full_file() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

fn set_handler() -> Cancellation {
    static SECOND: AtomicBool = AtomicBool::new(false);
    let cancellation = Cancellation::default();
    let users = cancellation.clone();
    let handler = move || {
        if SECOND.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        output::tell(
            "\ninterrupted: ending the fit and writing what has finished (again to quit at once)",
        );
        users.cancel();
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        output::tell(format_args!(
            "warning: Ctrl-C will end the program at once ({error})"
        ));
    }
    cancellation
}
