//! A store in memory, which outlives whoever writes into it: for tests and simulators.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Store;

/// How a store fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing was kept.
    Before,
    /// All was kept, and nobody is told.
    After,
}

#[derive(Default)]
struct Kept {
    records: Vec<Vec<u8>>,
    failure: Option<Failure>,
    appends: u64,
}

/// Copies of it are one store.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Kept>>);

impl MemoryStore {
    /// The next write fails.
    pub fn fail(&self, failure: Failure) {
        self.kept().failure = Some(failure);
    }

    /// How often something was appended.
    pub fn appends(&self) -> u64 {
        self.kept().appends
    }

    /// Whether these bytes stand in it.
    pub fn contains(&self, bytes: &[u8]) -> bool {
        let kept = self.kept();
        let mut records = kept.records.iter();
        records.any(|record| record.windows(bytes.len()).any(|window| window == bytes))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, work: impl FnOnce(&mut Kept)) -> io::Result<()> {
        let mut kept = self.kept();
        let failure = kept.failure.take();
        if failure != Some(Failure::Before) {
            work(&mut kept);
        }
        match failure {
            Some(_) => Err(io::Error::other("it was told to fail")),
            None => Ok(()),
        }
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> io::Result<Vec<Vec<u8>>> {
        Ok(self.kept().records.clone())
    }

    fn append(&mut self, records: &[Vec<u8>]) -> io::Result<()> {
        self.write(|kept| {
            kept.appends += 1;
            kept.records.extend_from_slice(records);
        })
    }

    fn replace(&mut self, records: &[Vec<u8>]) -> io::Result<()> {
        self.write(|kept| kept.records = records.to_vec())
    }
}
