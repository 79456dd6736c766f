//! Keeps the panics of foreign code where they happen.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is expected and will be caught.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Foreign code panicked. What it said is not kept: it may hold what the label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs `work` and turns a panic into an error, without a message on standard error.
///
/// Whatever `work` was changing must be thrown away after a panic.
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    HOOK.call_once(silence_contained_panics);
    let outer = CONTAINED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(outer);
    outcome.map_err(|_| Panicked)
}

/// Every other panic goes to the hook that was there before.
fn silence_contained_panics() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        // While a thread ends its thread-locals may be gone; then nobody contains anything.
        if !CONTAINED.try_with(Cell::get).unwrap_or(false) {
            previous(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_the_next_call_is_as_good_as_ever() {
        assert_eq!(contain(|| -> u8 { panic!("foreign") }), Err(Panicked));
        assert_eq!(contain(|| 7), Ok(7));
        assert!(!CONTAINED.get());
    }

    #[test]
    fn containment_nests() {
        let outcome = contain(|| {
            let inner = contain(|| panic!("inner"));
            (inner, CONTAINED.get())
        });
        assert_eq!(outcome, Ok((Err(Panicked), true)));
    }
}
