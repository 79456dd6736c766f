//! What decoding costs.

use cpu_time::ThreadTime;

/// Runs `work` and says how many milliseconds of processor time this thread spent on it, waiting not counted.
pub fn thread_cpu_ms<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = ThreadTime::now();
    let outcome = work();
    (outcome, start.elapsed().as_secs_f64() * 1000.0)
}
