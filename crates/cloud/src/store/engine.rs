//! The two databases: all that differs between them is here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, ConnectOptions as _, Connection as _};

use super::OpenError;
use super::migrations::{POSTGRES, SQLITE};
use crate::database::DatabaseUrl;

/// Where a database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// SQLite, in this file.
    File(PathBuf),
    /// PostgreSQL, at this address.
    Server(DatabaseUrl),
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// Who else changes something meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Whoever comes.
    AmongOthers {
        /// How often a change that was ended for another's sake may try again like this. Whoever holds off all others makes
        /// them wait, which is worth it for a change alone that would come to nothing time and again.
        more: u8,
    },
    /// Nobody.
    Alone,
}

impl Turn {
    /// Of a change that was not tried yet.
    pub const FIRST: Self = Self::AmongOthers { more: 3 };

    /// The one after it. None: the change has had its last.
    pub(super) fn next(self) -> Option<Self> {
        match self {
            Self::AmongOthers { more: 0 } => Some(Self::Alone),
            Self::AmongOthers { more } => Some(Self::AmongOthers { more: more - 1 }),
            Self::Alone => None,
        }
    }
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Changing,
    Reading,
    /// Reading for as long as somebody takes a large file.
    Exporting,
}

/// How long a request waits for a connection, be it that all are in use or that the server is away.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

impl Place {
    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::File(_) => Engine::Sqlite,
            Self::Server(_) => Engine::Postgres,
        }
    }

    pub(crate) fn options(&self) -> Result<AnyConnectOptions, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let options = match self {
            Self::File(path) => file_url(path).parse()?,
            Self::Server(url) => AnyConnectOptions::from_url(url.expose())?,
        };
        // A statement in the log would be one with somebody's address.
        Ok(options.disable_statement_logging())
    }
}

/// SQLite's own form of an address. Every sign but letters and digits is escaped, so that no part of a path means
/// anything to a URL.
fn file_url(path: &Path) -> String {
    let mut url = String::from("sqlite:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    url + "?mode=rwc"
}

impl Engine {
    pub(super) fn migrations(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Postgres => &POSTGRES,
        }
    }

    /// What a new connection is told first.
    ///
    /// PostgreSQL ends a transaction in which nothing happens for a minute: a process that vanished in the middle of a
    /// change, with its machine or its network, would hold up all others. It compiles no query: ours end within
    /// milliseconds however many rows it thinks that they might come to, and compiling takes a hundred. Its warnings are not
    /// wanted: that there is nothing to roll back is all that they ever say, after a commit that it refused.
    ///
    /// SQLite writes zeros over what is deleted: secrets that are shown once, and letters that were sent, are not left in the
    /// file. Its writer keeps what a savepoint may take back in memory, which would otherwise go through a file from 64 KB on,
    /// for each claim anew; and it has room for 32 MB of the database, so that what a claim touches is read and written once
    /// in a group.
    fn greeting(self, purpose: Use) -> &'static str {
        match (self, purpose) {
            (Self::Sqlite, Use::Changing) => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768;
                 PRAGMA wal_autocheckpoint = 4000"
            }
            (Self::Sqlite, Use::Reading | Use::Exporting) => {
                "PRAGMA synchronous = FULL; PRAGMA query_only = ON"
            }
            (Self::Postgres, Use::Changing) => {
                "SET client_min_messages = error; SET jit = off;
                 SET idle_in_transaction_session_timeout = '60s'"
            }
            (Self::Postgres, Use::Reading) => {
                "SET client_min_messages = error; SET jit = off;
                 SET idle_in_transaction_session_timeout = '60s';
                 SET default_transaction_read_only = ON"
            }
            (Self::Postgres, Use::Exporting) => {
                "SET client_min_messages = error; SET jit = off;
                 SET idle_in_transaction_session_timeout = '300s';
                 SET default_transaction_read_only = ON"
            }
        }
    }

    /// Connections of one process. SQLite has one writer; reads of a few milliseconds need no more than four readers on
    /// any machine. PostgreSQL takes 100 connections unless it is told otherwise, which is room for several processes.
    /// Exports have their own, so that slow downloads are in the way of each other alone.
    fn connections(self, purpose: Use) -> u32 {
        match (self, purpose) {
            (Self::Sqlite, Use::Changing) => 1,
            (Self::Sqlite, Use::Reading) | (_, Use::Exporting) => 4,
            (Self::Postgres, Use::Changing | Use::Reading) => 8,
        }
    }

    /// The most values that one statement is given. SQLite looks the name of each up among those of all others, twice: beyond
    /// some hundred that takes longer than what the statement does. To PostgreSQL each statement is a way there and back.
    pub(super) fn most_values(self) -> usize {
        match self {
            Self::Sqlite => 400,
            Self::Postgres => 16_000,
        }
    }

    /// Whether one question may be several statements.
    pub(super) fn takes_several(self) -> bool {
        self == Self::Sqlite
    }

    /// Whether changes share transactions: where there is one at a time anyway, and each would wait for the disk alone.
    pub(super) fn is_grouped(self) -> bool {
        self == Self::Sqlite
    }

    /// How a change begins.
    pub(super) fn begin_change(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        }
    }

    /// How several reads of one moment begin.
    pub(super) fn begin_moment(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Takes the turn of a change that has begun; none where there is one at a time anyway.
    ///
    /// `LOCK TABLE` comes before the first query, and PostgreSQL fixes what a transaction sees at its first query: a
    /// change that waited to be alone sees all that the others did. The table is one that is written at the first start
    /// alone, so that nothing else waits for its lock.
    pub(super) fn turn(self, turn: Turn) -> Option<&'static str> {
        match (self, turn) {
            (Self::Sqlite, _) => None,
            (Self::Postgres, Turn::AmongOthers { .. }) => {
                Some("LOCK TABLE settings IN ROW SHARE MODE")
            }
            (Self::Postgres, Turn::Alone) => Some("LOCK TABLE settings IN EXCLUSIVE MODE"),
        }
    }

    /// Writes the log into the database and empties it, where there is one of its own. It waits a moment for whoever reads, and
    /// holds up changes for no longer.
    pub(super) fn shed_log(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => Some(
                "PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000",
            ),
            Self::Postgres => None,
        }
    }

    /// Counts the tables of this name.
    pub(super) fn has_table(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE name = $1",
            Self::Postgres => {
                "SELECT COUNT(*) FROM pg_catalog.pg_tables
                 WHERE schemaname = current_schema() AND tablename = $1"
            }
        }
    }

    /// Whether there is an index that finds names by three characters of theirs.
    pub(super) async fn has_index_of_names(
        self,
        connection: &mut AnyConnection,
    ) -> Result<bool, sqlx::Error> {
        if self == Self::Sqlite {
            return Ok(true);
        }
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM pg_catalog.pg_indexes
             WHERE schemaname = current_schema() AND indexname = 'devices_by_name'",
        )
        .fetch_one(connection)
        .await?;
        Ok(found > 0)
    }

    /// A connection outside a pool. Its errors come at once, while a pool tries again until its patience ends.
    pub(super) async fn connect(
        self,
        options: &AnyConnectOptions,
    ) -> Result<AnyConnection, sqlx::Error> {
        let mut connection = options.connect().await?;
        greet(&mut connection, self.greeting(Use::Changing)).await?;
        Ok(connection)
    }

    /// Connections for this purpose.
    pub(super) async fn pool(
        self,
        options: &AnyConnectOptions,
        purpose: Use,
    ) -> Result<AnyPool, sqlx::Error> {
        let pool = self.pool_options(purpose);
        match purpose {
            // Most clouds export seldom.
            Use::Exporting => Ok(pool.connect_lazy_with(options.clone())),
            Use::Changing | Use::Reading => pool.connect_with(options.clone()).await,
        }
    }

    fn pool_options(self, purpose: Use) -> AnyPoolOptions {
        let greeting = self.greeting(purpose);
        AnyPoolOptions::new()
            .max_connections(self.connections(purpose))
            .acquire_timeout(PATIENCE)
            // A server goes away and comes back; a file does not, and to ask takes as long as a short query.
            .test_before_acquire(self == Self::Postgres)
            .after_connect(move |connection, _| Box::pin(greet(connection, greeting)))
            .after_release(|connection, _| Box::pin(has_no_transaction(connection)))
    }

    /// Refuses data that a newer program has written, and brings older data up to date.
    pub(super) async fn migrate(self, connection: &mut AnyConnection) -> Result<(), OpenError> {
        let has_table: i64 = sqlx::query_scalar(self.has_table())
            .bind("_sqlx_migrations")
            .fetch_one(&mut *connection)
            .await?;
        if has_table > 0 {
            let found: Option<i64> =
                sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
                    .fetch_one(&mut *connection)
                    .await?;
            let known = self.migrations().iter().map(|one| one.version).max();
            let (found, known) = (found.unwrap_or(0), known.unwrap_or(0));
            if found > known {
                return Err(OpenError::Newer { found, known });
            }
        }
        Ok(self.migrations().run(connection).await?)
    }
}

async fn greet(connection: &mut AnyConnection, greeting: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(greeting).execute(connection).await?;
    Ok(())
}

/// Whether a connection can be used again. On a full disk SQLite rolls back by itself, and the rollback that follows
/// fails: the connection then counts a transaction that is over, and would refuse every other. It is closed instead.
async fn has_no_transaction(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // The rollback of a dropped transaction is done in the background; this waits for its turn behind it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_means_nothing_to_a_url() {
        for (path, url) in [
            ("/a b/../c.db", "sqlite:%2Fa%20b%2F%2E%2E%2Fc%2Edb?mode=rwc"),
            (r"C:\ä?#%.db", "sqlite:C%3A%5C%C3%A4%3F%23%25%2Edb?mode=rwc"),
        ] {
            assert_eq!(file_url(Path::new(path)), url);
            file_url(Path::new(path))
                .parse::<AnyConnectOptions>()
                .expect("a URL");
        }
    }
}
