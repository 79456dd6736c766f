//! Changes that become durable together: all of them on SQLite, those of devices on PostgreSQL.
//!
//! SQLite has one writer, and most of what a small change costs there is the wait for the disk. So changes that come at
//! the same time share a transaction. Each runs by itself, one after the other, within a savepoint, and takes back
//! nothing but its own where it fails. The first that ends asks for the commit, which then waits for its turn like any
//! change: whoever stood in line before it is in the group, and whoever comes later is in the next. A change alone is
//! committed at once, under load a group is as large as the line is long, and there is nothing to tune and no timer.
//!
//! Nobody is answered before the commit: neither who changed something, nor who was refused for what another of the
//! group did. Where the commit fails, nothing of the group has happened, and each of them is told so.
//!
//! What must not be left half done, from taking the turn to the savepoint and from the savepoint's end to the commit, is
//! done in tasks: a request that is cut off leaves between statements of its own change alone, and the next in line takes
//! those back.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::{Any, AnyPool, Transaction};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, oneshot};

use super::engine::PATIENCE;
use super::{StoreError, begin};

/// The line in which changes wait, and what those before have left.
#[derive(Clone, Default)]
pub(super) struct Group(Arc<Mutex<Open>>);

/// The transaction of a group.
#[derive(Default)]
struct Open {
    /// None where nobody has begun anything since the last commit.
    transaction: Option<Transaction<'static, Any>>,
    /// Whether a change is within its savepoint. Seen by the next in line it means that its request was cut off.
    under_way: bool,
    /// The changes that have ended, in their order.
    ended: Vec<Ended>,
}

/// A change that waits for the commit.
struct Ended {
    tell: oneshot::Sender<Result<(), StoreError>>,
    /// Who is woken once it is durable.
    wake: Vec<Arc<Notify>>,
}

/// How a change ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// What it did is kept.
    Kept,
    /// It is taken back.
    TakenBack,
    /// The same, and what the whole group did is lost with it: PostgreSQL would not commit it any more.
    Lost,
}

/// What begins a transaction.
#[derive(Clone)]
pub(super) struct Begin {
    /// Where connections are.
    pub writers: AnyPool,
    /// What begins it.
    pub statement: &'static str,
    /// What takes its turn among those of others, where there are others.
    pub turn: Option<&'static str>,
}

impl Begin {
    /// Begins it.
    pub async fn transaction(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let mut transaction = begin(&self.writers, self.statement).await?;
        if let Some(turn) = self.turn {
            sqlx::raw_sql(turn).execute(&mut *transaction).await?;
        }
        Ok(transaction)
    }
}

/// When the group of a change that ends is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// Once those who stand in line have had their turn.
    Joined,
    /// At once. For a change that is many already: while the next one runs its own people are answered, and ask again.
    Ended,
}

/// The turn of one change, which has the transaction to itself until it ends.
pub(super) struct Share {
    group: Group,
    /// Taken when the change ends.
    open: Option<OwnedMutexGuard<Open>>,
}

impl Group {
    /// Waits for the turn and begins a change.
    pub async fn begin(&self, begin: Begin) -> Result<Share, StoreError> {
        let turn = self.clone().take_turn(begin);
        let begun = tokio::time::timeout(PATIENCE, tokio::spawn(turn)).await;
        begun
            .map_err(|_| StoreError::Unavailable(sqlx::Error::PoolTimedOut))?
            .expect("beginning does not panic, and nobody aborts it")
    }

    async fn take_turn(self, begin: Begin) -> Result<Share, StoreError> {
        let mut open = self.0.clone().lock_owned().await;
        open.take_back().await;
        if open.transaction.is_none() {
            open.transaction = Some(begin.transaction().await?);
        }
        if let Err(error) = open.run("SAVEPOINT change").await {
            open.give_up(&error);
            return Err(error.into());
        }
        open.under_way = true;
        Ok(Share {
            group: self,
            open: Some(open),
        })
    }

    /// Makes the group durable, once those who wait now have had their turn.
    async fn commit(self) {
        self.0.lock().await.commit().await;
    }
}

impl Open {
    async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let transaction = self.transaction.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        sqlx::raw_sql(sql).execute(&mut **transaction).await?;
        Ok(())
    }

    async fn commit(&mut self) {
        self.take_back().await;
        let Some(transaction) = self.transaction.take() else {
            return;
        };
        let committed = transaction.commit().await.map_err(StoreError::from);
        self.tell(|| match &committed {
            Ok(()) => Ok(()),
            Err(error) => Err(error.for_another()),
        });
    }

    /// Ends the savepoint of a change that did not come to its end.
    async fn take_back(&mut self) {
        if std::mem::take(&mut self.under_way)
            && let Err(error) = self.run("ROLLBACK TO change; RELEASE change").await
        {
            self.give_up(&error);
        }
    }

    /// Nothing of the group happens. On a full disk, for one, SQLite ends the whole transaction when a single change
    /// fails. The others have done nothing wrong and try once more.
    fn give_up(&mut self, error: &sqlx::Error) {
        self.transaction = None;
        let error = error.to_string();
        self.tell(|| Err(StoreError::GroupLost(sqlx::Error::Protocol(error.clone()))));
    }

    fn tell(&mut self, outcome: impl Fn() -> Result<(), StoreError>) {
        for ended in self.ended.drain(..) {
            let outcome = outcome();
            if outcome.is_ok() {
                ended.wake.iter().for_each(|waiting| waiting.notify_one());
            }
            // Whoever went away has no use for it.
            let _ = ended.tell.send(outcome);
        }
    }
}

impl Share {
    /// Ends the change; what it did is kept or taken back. Returns once the group is durable.
    pub async fn end(
        self,
        ending: Ending,
        until: Until,
        wake: Vec<Arc<Notify>>,
    ) -> Result<(), StoreError> {
        let (tell, told) = oneshot::channel();
        tokio::spawn(self.leave(ending, until, Ended { tell, wake }));
        // Whoever was to tell is gone: the runtime ends.
        told.await
            .unwrap_or(Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed)))
    }

    async fn leave(mut self, ending: Ending, until: Until, mut ended: Ended) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        if ending == Ending::Kept {
            open.under_way = false;
            if let Err(error) = open.run("RELEASE change").await {
                open.ended.push(ended);
                return open.give_up(&error);
            }
        } else {
            ended.wake.clear();
            if ending == Ending::Lost {
                open.under_way = false;
                open.give_up(&sqlx::Error::Protocol("another change came between".into()));
            }
            open.take_back().await;
            if open.transaction.is_none() {
                // The group ended with this change, whose own error says more.
                let _ = ended.tell.send(Ok(()));
                return;
            }
        }
        open.ended.push(ended);
        match until {
            Until::Ended => open.commit().await,
            Until::Joined if open.ended.len() == 1 => {
                tokio::spawn(self.group.clone().commit());
            }
            Until::Joined => {}
        }
    }
}

impl Deref for Share {
    type Target = Transaction<'static, Any>;

    fn deref(&self) -> &Self::Target {
        let open = self.open.as_ref().expect("a change that has not ended");
        open.transaction.as_ref().expect("it is in a transaction")
    }
}

impl DerefMut for Share {
    fn deref_mut(&mut self) -> &mut Self::Target {
        let open = self.open.as_mut().expect("a change that has not ended");
        open.transaction.as_mut().expect("it is in a transaction")
    }
}

impl Drop for Share {
    /// A request that was cut off: nobody else may come who would take back what it did, and end the transaction.
    fn drop(&mut self) {
        if let Some(open) = self.open.take()
            && let Ok(runtime) = Handle::try_current()
        {
            drop(open);
            runtime.spawn(self.group.clone().commit());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;
    use crate::clock::Time;
    use crate::store::{Place, Store, change};
    use crate::testing::Ground;

    async fn store(ground: &Ground) -> Store {
        let place = Place::File(ground.folder.path().join("cloud.db"));
        Store::open(&place).await.expect("open")
    }

    /// Which of the marks are there.
    async fn marks(store: &Store) -> Vec<u8> {
        let there = change!(store, |write| {
            let mut there = Vec::new();
            for mark in 0..20 {
                if write.free_at(&[&[mark; 32]]).await?[0].is_some() {
                    there.push(mark);
                }
            }
            Ok::<_, StoreError>(there)
        });
        there.expect("read")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_fails_takes_back_nothing_but_their_own() {
        let ground = Ground::on_sqlite();
        let store = &store(&ground).await;
        let changes = (0..20).map(|mark| async move {
            change!(store, |write| {
                write.set_free_at(&[mark; 32], Time(1)).await?;
                match mark % 2 {
                    0 => Ok(mark),
                    _ => Err(StoreError::Corrupt("as was asked for")),
                }
            })
        });
        for (mark, outcome) in (0..20).zip(join_all(changes).await) {
            match mark % 2 {
                0 => assert_eq!(outcome.expect("kept"), mark),
                _ => assert!(matches!(outcome, Err(StoreError::Corrupt(_)))),
            }
        }
        let even: Vec<u8> = (0..20).step_by(2).collect();
        assert_eq!(marks(store).await, even);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_is_ended_for_anothers_sake_and_whoever_was_with_them_try_again() {
        let ground = Ground::fresh().await;
        let store = &match &ground.database {
            Some(url) => Store::open(&Place::Server(url.clone()))
                .await
                .expect("open"),
            None => store(&ground).await,
        };
        let changes = (0..20).map(|mark| async move {
            let mut is_ended = mark % 4 == 0;
            change!(store.of_devices(), |write| {
                write.set_free_at(&[mark; 32], Time(1)).await?;
                match std::mem::take(&mut is_ended) {
                    true => Err(StoreError::Conflict(sqlx::Error::RowNotFound)),
                    false => Ok(()),
                }
            })
        });
        for outcome in join_all(changes).await {
            outcome.expect("kept");
        }
        let all: Vec<u8> = (0..20).collect();
        assert_eq!(marks(store).await, all);
    }

    /// Begins to change something, and is cut off.
    async fn cut_off(store: &Store, mark: u8) {
        let reached = Notify::new();
        let change = async {
            change!(store, |write| {
                write.set_free_at(&[mark; 32], Time(1)).await?;
                reached.notify_one();
                std::future::pending::<Result<(), StoreError>>().await
            })
        };
        tokio::select! {
            _ = change => panic!("it never ends"),
            () = reached.notified() => {}
        }
    }

    #[tokio::test]
    async fn who_is_cut_off_leaves_nothing_and_holds_up_nobody() {
        let ground = Ground::on_sqlite();
        let store = store(&ground).await;
        cut_off(&store, 1).await;
        let next: Result<(), StoreError> =
            change!(store, |write| write.set_free_at(&[2; 32], Time(1)).await);
        next.expect("made");
        assert_eq!(marks(&store).await, [2]);
        // Nobody comes after this one: what it left is taken back, and the connection is free.
        cut_off(&store, 3).await;
        store.close().await;
    }

    #[tokio::test]
    async fn a_commit_that_fails_is_told_to_all() {
        let ground = Ground::on_sqlite();
        let store = &store(&ground).await;
        let spoils = async {
            change!(store, |write| {
                let broken = "PRAGMA defer_foreign_keys = ON;
                              INSERT INTO users (email, name, role, org_id, status, locale, created_at)
                              VALUES ('a', 'a', 1, 77, 'Active', 'en', 0)";
                sqlx::raw_sql(broken).execute(&mut *write.0).await?;
                Ok::<_, StoreError>(())
            })
        };
        let good = async { change!(store, |write| write.set_free_at(&[1; 32], Time(1)).await) };
        let (spoils, good) = tokio::join!(spoils, good);
        spoils.expect_err("there is no such organization");
        let there = marks(store).await == [1];
        assert_eq!(good.is_ok(), there, "what is told is so");
    }
}
