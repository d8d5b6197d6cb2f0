//! Signals. Ctrl-C: the first ends the run in good order, within a second unless what is unbroken takes longer; the
//! second at once.

use crate::failure::Failure;
use crate::output;
use classifier::Cancellation;
use records::one_message;
#[cfg(unix)]
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, OnceLock};
use std::time::Duration;

/// How long good order may take. What has finished is on the disk before.
const GRACE: Duration = Duration::from_millis(800);
/// Held as long as nothing may be broken off.
static UNBROKEN: Mutex<()> = Mutex::new(());

/// Does what the first interrupt does not break off: files that belong together are written, or an engine takes jobs
/// back.
pub(crate) fn unbroken<T>(work: impl FnOnce() -> T) -> T {
    // Without the handler, a signal ends the process at once.
    on_interrupt();
    let _held = UNBROKEN.lock();
    work()
}

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

/// Says why the program ends, once, whoever is first.
pub(crate) fn tell_end(failure: &Failure) {
    // Whoever is second waits for the first, and does not end the program before that has spoken.
    static TOLD: Once = Once::new();
    TOLD.call_once(|| output::tell(format_args!("error: {}", one_message(&failure.to_string()))));
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
        std::thread::spawn(|| {
            std::thread::sleep(GRACE);
            let _held = UNBROKEN.lock();
            tell_end(&Failure::Interrupted);
            std::process::exit(130);
        });
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        output::tell(format_args!(
            "warning: Ctrl-C will end the program at once ({error})"
        ));
    }
    cancellation
}
