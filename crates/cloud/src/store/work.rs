//! The transaction of a change, its own or its share of a group's; or of a look at one moment. What both ask the database
//! is written once, as methods of `Work`.

use std::future::Future;
use std::ops::{Deref, DerefMut};
#[cfg(test)]
use std::sync::Arc;
#[cfg(test)]
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{Any, AnyConnection, Transaction};

use super::engine::Engine;
use super::group::Share;

/// The transaction that it is in.
pub(super) enum Held {
    /// Alone.
    Own(Transaction<'static, Any>),
    /// With others.
    Shared(Share),
}

#[cfg(test)]
tokio::task_local! {
    static BY_ITSELF: ();
}

/// What a cloud does by itself, at its own times: nobody learns anything by how often it asks the database, so tests do not count
/// that.
pub fn by_itself<W: Future>(work: W) -> impl Future<Output = W::Output> {
    #[cfg(test)]
    let work = BY_ITSELF.scope((), work);
    work
}

/// A change or a look under way. In tests each time that it is asked something for somebody is counted: how often must tell a
/// guesser nothing.
pub struct Work {
    pub(super) held: Held,
    pub(super) engine: Engine,
    #[cfg(test)]
    pub(super) calls: Arc<AtomicU64>,
}

impl Work {
    /// How many rows of so many values one statement takes.
    pub(super) fn rows_at_once(&self, values: usize) -> usize {
        self.engine.most_values() / values
    }
}

impl Deref for Work {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match &self.held {
            Held::Own(transaction) => transaction,
            Held::Shared(share) => share,
        }
    }
}

impl DerefMut for Work {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        #[cfg(test)]
        if BY_ITSELF.try_with(|()| ()).is_err() {
            self.calls.fetch_add(1, Ordering::Relaxed);
        }
        match &mut self.held {
            Held::Own(transaction) => transaction,
            Held::Shared(share) => share,
        }
    }
}
