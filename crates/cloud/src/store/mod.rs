//! What is kept: SQLite in one file of the data folder, or PostgreSQL.
//!
//! Every query is written once, for both, over sqlx's driver `Any`, whose types (numbers of 64 bits, whole or not, texts,
//! bytes and NULL) are all that the tables have. An enum over two typed connections would say each statement's error, row and
//! argument types twice, and give no safety in return: a query is checked by the tests either way, which run on both.
//! The few things that differ are in `engine`: how to connect, how a transaction begins, the migrations.
//!
//! *Changes* happen one at a time or as if they did, in however many processes. SQLite has one writer (`BEGIN
//! IMMEDIATE`), and changes that come at the same time become durable together (`group`). PostgreSQL runs changes side by
//! side (`SERIALIZABLE`) and ends one of two that could not have happened one after the other; `change!` then runs it again,
//! and where that happens more than a few times, alone: it waits until the changes under way have ended and holds off
//! others, so that nothing can come between. No invariant needs a lock of its own, which somebody could forget. A change is on the disk before anything is
//! answered. What devices do, which is much and all in the same few tables, shares transactions there as well (`of_devices`).
//!
//! *Reads* go through connections of their own, which cannot write.

mod approvals;
mod audit;
mod audit_chain;
mod audit_list;
mod batch_tokens;
mod batches;
mod claims;
mod copy;
mod device_export;
mod device_list;
mod device_order;
mod device_search;
mod device_work;
mod devices;
mod engine;
mod erase;
mod fleets;
mod gateways;
mod group;
mod hands;
mod label_list;
mod label_search;
mod lanes;
mod limits;
mod links;
mod listing;
mod liveness;
mod machines;
mod mails;
mod mesh;
mod migrations;
mod names;
mod orgs;
mod overview;
mod pins;
mod readings;
mod said;
mod sessions;
mod settings;
mod tallies;
mod templates;
mod text_index;
mod together;
mod tokens;
mod uploads;
mod users;
mod why;
mod work;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use sqlx::pool::PoolConnection;

use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, Transaction};
use tokio::sync::Notify;

use crate::secrets::Digest;

pub use approvals::{ApprovalQuery, ApprovalRow, NewApproval};
pub use audit::{Action, AuditRow};
pub use audit_chain::AuditChange;
pub use audit_list::{AuditQuery, Part};
pub use batch_tokens::{ExportRow, Revocation, Revoking};
pub use batches::{LeasedBatch, NewBatch, NewRows, TokenDetails};
pub use claims::{ClaimFacts, ClaimQuestion, KeptAnswer, Secret, TokenFound, TokenKey};
pub use copy::{Copied, CopyError};
pub use device_export::{Beside, DeviceQuery};
pub use devices::{DeviceRow, Leaves, NewDevice};
pub use engine::{Place, Turn};
pub use fleets::WorkEnd;
pub use gateways::{Candidate, LabelStanding, Standing};
pub use hands::{DeviceHands, Ending, NewMove, Replaced, TokenOfDevice};
pub use label_list::TokenQuery;
pub use links::{LinkRow, NewLink};
pub use liveness::{Liveness, Unseen};
pub use mails::{Addressee, KeptRow, LeasedMail, NewMail};
pub use mesh::{Again, MeshStanding, OrderedNode, OrderedValue};
pub use orgs::{NewOrg, OrgContents};
pub use readings::{NewPoint, Setting, ToTell, Told};
pub use said::{NewValue, Speaker};
pub use sessions::{NewSession, RefreshRow, SessionToken};
pub use templates::{NewTemplate, TemplateUses};
pub use text_index::{Merge, TextIndex};
pub use tokens::{NewToken, TokenRow};
pub use uploads::{ArrivingFile, FileRow};
pub use users::{NewUser, PeopleQuery, PeopleSort};
pub use why::Sought;

use engine::{Engine, Use};
use group::{Begin, Ending as EndOfChange, Group, Until};
use lanes::Lanes;
use together::Statement;
use work::Held;
pub use work::{Work, by_itself};

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full: nothing was changed.
    #[error("the disk is full")]
    Full,
    /// Another change came between: nothing was changed.
    #[error("another change came between: {0}")]
    Conflict(#[source] sqlx::Error),
    /// The changes that were to become durable together did not, through no fault of this one.
    #[error("the changes of one commit were lost: {0}")]
    GroupLost(#[source] sqlx::Error),
    /// The database cannot be reached, or is too busy to answer. Whether a change that was under way has happened is not
    /// known.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The database says no.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// What was read is not what this program writes.
    #[error("the database holds what this program never writes: {0}")]
    Corrupt(&'static str),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            // SQLITE_FULL, and SQLITE_IOERR_SHMSIZE where the room runs out while the index of the write-ahead log
            // grows; PostgreSQL's disk_full.
            Some("13" | "4874" | "53100") => return Self::Full,
            Some(state) if state.len() == SQLSTATE => match &state[..2] {
                // Rolled back for another's sake, or a constraint broken by what another added or took away meanwhile.
                "40" | "23" => return Self::Conflict(error),
                // The connection; who we say we are.
                "08" | "28" => return Self::Unavailable(error),
                _ if UNAVAILABLE.contains(&state) => return Self::Unavailable(error),
                _ => {}
            },
            _ => {}
        }
        match error {
            // A connection that breaks off in the middle of a message is an error of the protocol.
            Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed => {
                Self::Unavailable(error)
            }
            error => Self::Database(error),
        }
    }
}

impl StoreError {
    /// The same for one more who shared the transaction.
    fn for_another(&self) -> Self {
        let words = |error: &sqlx::Error| sqlx::Error::Protocol(error.to_string());
        match self {
            Self::Full => Self::Full,
            Self::Conflict(error) => Self::Conflict(words(error)),
            Self::GroupLost(error) => Self::GroupLost(words(error)),
            Self::Unavailable(error) => Self::Unavailable(words(error)),
            Self::Database(error) => Self::Database(words(error)),
            Self::Corrupt(what) => Self::Corrupt(what),
        }
    }
}

/// PostgreSQL is shutting down, has crashed, is starting; has no connection left; ended an idle transaction; has no such
/// database.
const UNAVAILABLE: [&str; 6] = ["57P01", "57P02", "57P03", "53300", "25P03", "3D000"];

/// Characters of PostgreSQL's error codes; SQLite's are numbers of up to four digits.
const SQLSTATE: usize = 5;

/// An error that may be the store's.
pub trait MayBeConflict {
    /// Whether another change came between, so that a second try can succeed.
    fn is_conflict(&self) -> bool;
}

impl MayBeConflict for StoreError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::GroupLost(_))
    }
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer program has written it.
    #[error("the data is of version {found}, this program knows up to {known}")]
    Newer {
        /// The newest migration that the database has.
        found: i64,
        /// The newest that this program has.
        known: i64,
    },
    /// Anything else.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A migration did not go through.
    #[error("the database could not be brought up to date: {0}")]
    Migrate(sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<sqlx::migrate::MigrateError> for OpenError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
        match error {
            // A migration that found no room, say, says so inside its error.
            Execute(error) | ExecuteMigration(error, _) => Self::Store(error.into()),
            error => Self::Migrate(error),
        }
    }
}

/// The open database.
pub struct Store {
    engine: Engine,
    /// Where changes share transactions.
    group: Option<Group>,
    /// Where those of devices do, and no others.
    of_devices: Option<Group>,
    /// Where they wait for each other instead.
    lanes: Option<Lanes>,
    writers: AnyPool,
    readers: AnyPool,
    exports: AnyPool,
    /// Whether PostgreSQL has its index of names, which it lacks where it may not have the extensions for it.
    has_index_of_names: bool,
    /// Woken after each change that added to the audit.
    pub audited: Arc<Notify>,
    /// How often changes asked the database something.
    #[cfg(test)]
    pub calls: Arc<std::sync::atomic::AtomicU64>,
    /// How often looks did.
    #[cfg(test)]
    pub looks: Arc<std::sync::atomic::AtomicU64>,
}

/// One change, all of it or nothing, what it writes last, and who is to be woken once it is durable.
pub struct Write(Work, After);

/// A look at what there is at one moment, which changes nothing and holds nobody up.
pub struct Look(Work);

/// All that there was at one moment, whatever changes meanwhile: from the first look on.
pub struct Moment(Transaction<'static, Any>);

/// What is left to do when a change ends, and after it.
struct After {
    /// What nothing within the change reads.
    last: Vec<Statement>,
    /// Who is to be woken.
    waiting: Vec<Arc<Notify>>,
    /// Who seals the audit.
    audited: Arc<Notify>,
    /// Whether others are to join it before it becomes durable.
    until: Until,
}

impl Store {
    /// Opens the database, makes its tables where there are none, and brings them up to date.
    pub async fn open(place: &Place) -> Result<Self, OpenError> {
        let engine = place.engine();
        let options = place.options()?;
        let mut first = engine.connect(&options).await?;
        engine.migrate(&mut first).await?;
        let has_index_of_names = engine.has_index_of_names(&mut first).await?;
        let writers = engine.pool(&options, Use::Changing).await?;
        let readers = engine.pool(&options, Use::Reading).await?;
        let exports = engine.pool(&options, Use::Exporting).await?;
        // Last: SQLite's write-ahead log would be folded and made anew without another connection.
        sqlx::Connection::close(first).await?;
        Ok(Self {
            engine,
            group: engine.is_grouped().then(Group::default),
            of_devices: (!engine.is_grouped()).then(Group::default),
            lanes: (!engine.is_grouped()).then(Lanes::default),
            writers,
            readers,
            exports,
            has_index_of_names,
            audited: Arc::default(),
            #[cfg(test)]
            calls: Arc::default(),
            #[cfg(test)]
            looks: Arc::default(),
        })
    }

    /// Whether changes come one after the other anyway.
    pub fn is_grouped(&self) -> bool {
        self.group.is_some()
    }

    /// Where what devices do is changed: that they come and go, and what they say and are told.
    ///
    /// On PostgreSQL these share transactions, as all changes do on SQLite. Side by side nearly half of them were ended for
    /// another's sake, since devices that have nothing to do with each other stand on the same pages of small tables.
    pub fn of_devices(&self) -> OfDevices<'_> {
        OfDevices(self)
    }

    /// Begins a change, for `change!`.
    pub async fn begin(&self, turn: Turn) -> Result<Write, StoreError> {
        self.begin_among(self.group.as_ref(), turn).await
    }

    async fn begin_among(&self, group: Option<&Group>, turn: Turn) -> Result<Write, StoreError> {
        let begin = Begin {
            writers: self.writers.clone(),
            statement: self.engine.begin_change(),
            turn: self.engine.turn(turn),
        };
        let held = match group {
            Some(group) => Held::Shared(group.begin(begin).await?),
            None => Held::Own(begin.transaction().await?),
        };
        let work = Work {
            held,
            engine: self.engine,
            #[cfg(test)]
            calls: self.calls.clone(),
        };
        let after = After {
            last: Vec::new(),
            waiting: Vec::new(),
            until: Until::Joined,
            audited: self.audited.clone(),
        };
        Ok(Write(work, after))
    }

    /// Empties the log beside the database, in which what was overwritten can still be read. Where somebody reads what was
    /// before, it is left for the next time: a change would have to wait for them.
    pub async fn shed_log(&self) -> Result<(), StoreError> {
        let Some(shed) = self.engine.shed_log() else {
            return Ok(());
        };
        let mut connection = self.writers.acquire().await?;
        sqlx::raw_sql(shed).execute(&mut *connection).await?;
        Ok(())
    }

    /// A connection that reads.
    async fn read(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    /// Several reads of one moment.
    async fn snapshot(&self) -> Result<Transaction<'static, Any>, StoreError> {
        begin(&self.readers, self.engine.begin_moment()).await
    }

    /// The same for a use-case that asks several things.
    pub async fn look(&self) -> Result<Look, StoreError> {
        Ok(Look(Work {
            held: Held::Own(self.snapshot().await?),
            engine: self.engine,
            #[cfg(test)]
            calls: self.looks.clone(),
        }))
    }

    /// The same for somebody who takes their time.
    pub async fn moment(&self) -> Result<Moment, StoreError> {
        Ok(Moment(
            begin(&self.exports, self.engine.begin_moment()).await?,
        ))
    }

    /// From now on nothing can be changed.
    #[cfg(test)]
    pub async fn close_writers(&self) {
        self.writers.close().await;
    }

    /// Closes all connections; the last one folds SQLite's write-ahead log into the database.
    pub async fn close(&self) {
        self.exports.close().await;
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// Where what devices do is changed, for `change!`.
#[derive(Clone, Copy)]
pub struct OfDevices<'a>(&'a Store);

impl OfDevices<'_> {
    /// Begins a change. One that must be alone has a transaction of its own, where there are others at all.
    pub async fn begin(&self, turn: Turn) -> Result<Write, StoreError> {
        let shared = match turn {
            Turn::AmongOthers { .. } => self.0.of_devices.as_ref(),
            Turn::Alone => None,
        };
        let group = self.0.group.as_ref().or(shared);
        self.0.begin_among(group, turn).await
    }
}

impl Deref for Write {
    type Target = Work;

    fn deref(&self) -> &Work {
        &self.0
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Work {
        &mut self.0
    }
}

impl Deref for Look {
    type Target = Work;

    fn deref(&self) -> &Work {
        &self.0
    }
}

impl DerefMut for Look {
    fn deref_mut(&mut self) -> &mut Work {
        &mut self.0
    }
}

impl Write {
    /// Wakes somebody once the change is durable; not where it does not happen.
    pub fn wake_after(&mut self, waiting: Arc<Notify>) {
        self.1.waiting.push(waiting);
    }

    /// Asks several things at once, and gives the rows of each.
    async fn ask(&mut self, statements: Vec<Statement>) -> Result<Vec<Vec<AnyRow>>, StoreError> {
        together::ask(self.0.engine, &mut self.0, statements).await
    }

    /// Writes something now.
    async fn write_now(&mut self, statement: Statement) -> Result<(), StoreError> {
        together::run(self.0.engine, &mut self.0, vec![statement]).await?;
        Ok(())
    }

    /// Writes something when the change ends. Nothing within the change may read it.
    fn write_last(&mut self, statement: Statement) {
        self.1.last.push(statement);
    }

    /// Has this change become durable as soon as it ends, where others would join it otherwise (see `group`).
    pub fn commit_at_once(&mut self) {
        self.1.until = Until::Ended;
    }

    /// Ends a change, for `change!`: it is durable once this returns; where the work failed, nothing of it has happened.
    pub async fn end<T, E>(mut self, outcome: Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError> + MayBeConflict,
    {
        let outcome = match outcome {
            Ok(outcome) => {
                let last = std::mem::take(&mut self.1.last);
                let written = together::run(self.0.engine, &mut self.0, last).await;
                written.map(|_| outcome).map_err(E::from)
            }
            Err(error) => Err(error),
        };
        let waiting = self.1.waiting;
        match self.0.held {
            Held::Shared(share) => {
                let ending = match &outcome {
                    Ok(_) => EndOfChange::Kept,
                    Err(error) if error.is_conflict() => EndOfChange::Lost,
                    Err(_) => EndOfChange::TakenBack,
                };
                share.end(ending, self.1.until, waiting).await?;
            }
            Held::Own(transaction) if outcome.is_ok() => {
                transaction.commit().await.map_err(StoreError::from)?;
                waiting.iter().for_each(|one| one.notify_one());
            }
            Held::Own(_) => {}
        }
        outcome
    }
}

/// Whether a change is to be tried again, for `change!`: some times among others, then alone.
pub fn again<T, E: MayBeConflict>(turn: &mut Turn, outcome: &Result<T, E>) -> bool {
    let lost = matches!(outcome, Err(error) if error.is_conflict());
    match turn.next() {
        Some(next) if lost => {
            *turn = next;
            true
        }
        _ => false,
    }
}

/// Makes a change: `change!(store, |write| work)` is what `work` gives, durable by then, and nothing of it has happened
/// where that is an error.
///
/// `work` runs again where another change came between, so it does nothing that a second time would spoil. It is
/// the one way to write. No function, since that would take an async closure, whose future the compiler cannot yet prove
/// to be `Send` for every lifetime of its argument.
macro_rules! change {
    ($store:expr, |$write:ident| $work:expr) => {{
        let mut turn = $crate::store::Turn::FIRST;
        loop {
            let outcome = match $store.begin(turn).await {
                Ok(mut write) => {
                    let $write = &mut write;
                    let outcome = async { $work }.await;
                    write.end(outcome).await
                }
                Err(error) => Err(error.into()),
            };
            if !$crate::store::again(&mut turn, &outcome) {
                break outcome;
            }
        }
    }};
}
pub(crate) use change;

/// Begins a transaction, in a task of its own: were the request cut off in the middle of `BEGIN`, the connection would be
/// left in a transaction that nobody counts and nobody ends.
async fn begin(
    pool: &AnyPool,
    statement: &'static str,
) -> Result<Transaction<'static, Any>, StoreError> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(begun
        .await
        .expect("beginning does not panic, and nobody aborts it")?)
}

/// A text that somebody looks for, as both databases take it: PostgreSQL's texts have no NUL. Nothing that is kept has a
/// control character, so another one finds as little.
fn sought(text: &str) -> String {
    text.replace('\0', "\u{1}")
}

/// A digest out of a column.
fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::Corrupt("a digest is not 32 bytes long"))
}
