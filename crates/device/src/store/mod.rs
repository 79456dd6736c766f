//! What outlives a crash: a journal of records, written before what follows from them is done.

mod file;
mod memory;

use std::io;

pub use file::FileStore;
pub use memory::{Failure, MemoryStore};

/// Keeps records. A device brings its own, for its own flash; [`FileStore`] is for those with files.
pub trait Store: Send {
    /// All records, in the order in which they were appended. An append that a crash cut off is there whole or not at all.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn load(&mut self) -> io::Result<Vec<Vec<u8>>>;

    /// Appends all of these or none. Once it returns, a crash does not lose them.
    ///
    /// # Errors
    /// Where that is not certain.
    fn append(&mut self, records: &[Vec<u8>]) -> io::Result<()>;

    /// Puts these in the place of all that there are: after a crash there are either. The old ones can then no longer be read.
    ///
    /// # Errors
    /// Where that is not certain.
    fn replace(&mut self, records: &[Vec<u8>]) -> io::Result<()>;
}

/// What was to be kept may not have been.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store says so.
    #[error("the store failed: {0}")]
    Failed(#[from] io::Error),
    /// A record in it is none of ours.
    #[error("the store has a record that cannot be read")]
    Damaged,
    /// It failed before. What it holds is known only once it is opened anew.
    #[error("the store failed before; start anew")]
    Halted,
}

/// What a journal's records add up to.
pub trait State: Default {
    /// What it consists of.
    type Record: Record;
    /// Does what a record tells. The same when it is written and when it is read back.
    fn apply(&mut self, record: Self::Record);
    /// The fewest records that lead here.
    fn snapshot(&self) -> Vec<Self::Record>;
}

/// One thing that a journal tells.
pub trait Record: Sized {
    /// As the store keeps it.
    fn write(&self) -> Vec<u8>;
    /// None where it is no record.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// A journal is written anew once it is so many records longer than it has to be.
const SLACK: usize = 1024;

/// A store and what it says: what is appended is also what changes the state.
pub struct Journal<S, T> {
    store: S,
    /// What its records add up to.
    pub state: T,
    written: usize,
    halted: bool,
}

impl<S: Store, T: State> Journal<S, T> {
    /// Reads what the store has.
    ///
    /// # Errors
    /// Where it cannot be read, or has something else in it.
    pub fn open(mut store: S) -> Result<Self, StoreError> {
        let mut state = T::default();
        let records = store.load()?;
        let written = records.len();
        for record in records {
            state.apply(T::Record::read(&record).ok_or(StoreError::Damaged)?);
        }
        Ok(Self {
            store,
            state,
            written,
            halted: false,
        })
    }

    /// Keeps the records, and only then does what they tell. After a failure nothing is kept any more: what the store holds is
    /// no longer known.
    ///
    /// # Errors
    /// Where the store failed, now or before.
    pub fn commit(&mut self, records: Vec<T::Record>) -> Result<(), StoreError> {
        if records.is_empty() {
            return Ok(());
        }
        let bytes: Vec<_> = records.iter().map(Record::write).collect();
        self.guard(|store| store.append(&bytes))?;
        self.written += records.len();
        for record in records {
            self.state.apply(record);
        }
        if self.written > SLACK {
            let fewest = self.state.snapshot();
            if self.written > SLACK + 2 * fewest.len() {
                self.rewrite(&fewest)?;
            }
        }
        Ok(())
    }

    /// Writes the journal anew, so that what no longer counts cannot be read either.
    ///
    /// # Errors
    /// Where the store failed, now or before.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        let fewest = self.state.snapshot();
        self.rewrite(&fewest)
    }

    /// Whether the store has failed.
    pub fn is_halted(&self) -> bool {
        self.halted
    }

    fn rewrite(&mut self, records: &[T::Record]) -> Result<(), StoreError> {
        let bytes: Vec<_> = records.iter().map(Record::write).collect();
        self.guard(|store| store.replace(&bytes))?;
        self.written = records.len();
        Ok(())
    }

    fn guard(&mut self, work: impl FnOnce(&mut S) -> io::Result<()>) -> Result<(), StoreError> {
        if self.halted {
            return Err(StoreError::Halted);
        }
        work(&mut self.store).inspect_err(|_| self.halted = true)?;
        Ok(())
    }
}

/// Gives numbers that were never given, neither before a crash: it starts above all that were reserved.
pub(crate) struct Numbers {
    next: u64,
}

/// So many numbers are reserved at once, and lost in a crash at the most.
const BLOCK: u64 = 256;

impl Numbers {
    /// `reserved`: every number below it may have been given. 0 is no number.
    pub fn new(reserved: u64) -> Self {
        Self {
            next: reserved.max(1),
        }
    }

    /// How far to reserve before so many are taken. None where that was done.
    pub fn reserve(&self, count: usize, reserved: u64) -> Option<u64> {
        let end = self.next + count as u64;
        (end > reserved).then_some(end + BLOCK)
    }

    /// The next number. It was reserved before.
    pub fn take(&mut self, reserved: u64) -> u64 {
        assert!(
            self.next < reserved,
            "a number is reserved before it is used"
        );
        let number = self.next;
        self.next += 1;
        number
    }
}
