//! What is kept: SQLite, in one file of the data folder.
//!
//! Reads go through a few connections, writes through one, each in a transaction that is on the disk (`synchronous =
//! FULL`) before anything is answered. The SQL keeps to what PostgreSQL understands too.

mod audit;
mod claims;
mod devices;
mod listing;
mod orgs;
mod sessions;
mod settings;
mod templates;
mod tokens;
mod users;

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, SqliteConnection, Transaction};

use crate::secrets::Digest;

pub use audit::{Action, AuditRow};
pub use claims::{KeptAnswer, TokenFound};
pub use devices::NewDevice;
pub use orgs::NewOrg;
pub use sessions::{RefreshRow, SessionToken};
pub use templates::NewTemplate;
pub use tokens::{NewToken, TokenRow};
pub use users::NewUser;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Connections for reading. Reads of a few milliseconds need no more on any machine.
const READERS: u32 = 4;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full: nothing was changed.
    #[error("the disk is full")]
    Full,
    /// The database says no.
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// What was read is not what this program writes.
    #[error("the database holds what this program never writes: {0}")]
    Corrupt(&'static str),
}

/// SQLite's result codes for a disk without room: SQLITE_FULL, and SQLITE_IOERR_SHMSIZE where the room runs out while
/// the index of the write-ahead log grows.
const FULL_CODES: [&str; 2] = ["13", "4874"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code());
        match code {
            Some(code) if FULL_CODES.contains(&code.as_ref()) => Self::Full,
            _ => Self::Database(error),
        }
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
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The open database.
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// One change, all of it or nothing. Dropped without `commit` it is nothing.
pub struct Write(Transaction<'static, Sqlite>);

impl Store {
    /// Opens the database, makes it where there is none, and brings it up to date.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .after_release(|connection, _| Box::pin(has_no_transaction(connection)))
            .connect_with(options.clone())
            .await?;
        refuse_newer(&writer).await?;
        MIGRATIONS.run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Begins a change. There is one at a time, so that none can fail for another's sake.
    pub async fn write(&self) -> Result<Write, StoreError> {
        Ok(Write(self.writer.begin_with("BEGIN IMMEDIATE").await?))
    }

    /// A connection that reads.
    async fn read(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    /// Several reads of one moment.
    async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.readers.begin().await?)
    }

    /// Closes all connections; the last one folds the write-ahead log into the database.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Write {
    /// Makes the change durable. What is answered to anybody is answered after this.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

/// A digest out of a column.
fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::Corrupt("a digest is not 32 bytes long"))
}

/// Whether a connection can be used again. On a full disk SQLite rolls back by itself, and the rollback that follows
/// fails: the connection then counts a transaction that is over, and would refuse every other. It is closed instead.
async fn has_no_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of a dropped transaction is done in the background; this waits for its turn behind it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn refuse_newer(pool: &SqlitePool) -> Result<(), OpenError> {
    let table = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let has_table: i64 = sqlx::query_scalar(table).fetch_one(pool).await?;
    if has_table == 0 {
        return Ok(());
    }
    let found: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(pool)
        .await?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max();
    let (found, known) = (found.unwrap_or(0), known.unwrap_or(0));
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    Ok(())
}
