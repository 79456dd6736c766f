//! How many files this process may have open; each connection is one.

/// Raises it as far as the system lets a program by itself, and gives how many that is. Most systems start programs with 1,024
/// for the sake of those that still keep a bit for each file, and let them have as many as they ask for.
#[cfg(unix)]
pub fn open_many_files() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let before = limit.current;
    limit.current = limit.maximum;
    let now = match setrlimit(Resource::Nofile, limit) {
        Ok(()) => limit.current,
        Err(error) => {
            tracing::debug!(%error, "no more files than before");
            before
        }
    };
    now.unwrap_or(u64::MAX)
}

/// Raises it as far as the system lets a program by itself, and gives how many that is: here, there is no such limit.
#[cfg(not(unix))]
pub fn open_many_files() -> u64 {
    u64::MAX
}
