//! The transaction of a change.

use std::ops::{Deref, DerefMut};
#[cfg(test)]
use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{Any, AnyConnection, Transaction};

/// A transaction. In tests each time that it is asked something is counted: how often must tell a guesser nothing.
pub(super) struct Work {
    pub transaction: Transaction<'static, Any>,
    #[cfg(test)]
    pub calls: Arc<AtomicU64>,
}

impl Deref for Work {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        #[cfg(test)]
        self.calls.fetch_add(1, Ordering::Relaxed);
        &mut self.transaction
    }
}
