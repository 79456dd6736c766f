//! Keeps the panics of foreign code from ending the run.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a decoder is at work: its panics are counted in the table and not printed.
static AT_WORK: AtomicBool = AtomicBool::new(false);

static HOOK: Once = Once::new();

/// Runs a decoder; what it was changing must be thrown away after a panic.
pub fn contain<T>(work: impl FnOnce() -> T) -> std::thread::Result<T> {
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !AT_WORK.load(Ordering::Relaxed) {
                previous(panic);
            }
        }));
    });
    AT_WORK.store(true, Ordering::Relaxed);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    AT_WORK.store(false, Ordering::Relaxed);
    outcome
}
