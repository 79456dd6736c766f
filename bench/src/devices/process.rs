//! What a process has used, as Linux tells it.

use std::fs;
use std::time::Duration;

use crate::cloud::Trouble;

/// Linux counts a process's time in hundredths of a second, whatever the machine.
const TICK: Duration = Duration::from_millis(10);

/// A process that is measured.
#[derive(Clone, Copy)]
pub struct Watched(pub u32);

impl Watched {
    /// Processor time since it began, its threads' together.
    pub fn cpu(self) -> Result<Duration, Trouble> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The name, in brackets, may have spaces in it.
        let rest = stat.rsplit_once(')').map(|(_, rest)| rest);
        let fields: Vec<&str> = rest.unwrap_or_default().split_whitespace().collect();
        let ticks = |field: usize| fields.get(field).and_then(|text| text.parse::<u32>().ok());
        match (ticks(11), ticks(12)) {
            (Some(user), Some(system)) => Ok(TICK * (user + system)),
            _ => Err(Trouble::Odd("a process without a time")),
        }
    }

    /// Bytes of memory that it holds.
    pub fn memory(self) -> Result<u64, Trouble> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes
            .map(|kilobytes| kilobytes * 1_024)
            .ok_or(Trouble::Odd("a process without memory"))
    }
}
