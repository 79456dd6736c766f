//! From SQLite to PostgreSQL, once: every row, and proof that it arrived.

use futures_util::TryStreamExt as _;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use super::engine::{Engine, Place};
use super::{OpenError, Store, StoreError};
use crate::database::DatabaseUrl;

/// A table and what its rows are sorted by, which no two of them share.
struct Table {
    name: &'static str,
    key: &'static str,
}

/// Every table, each after those that it refers to. What follows from them (`DERIVED`) is made anew by triggers.
const TABLES: &[Table] = &[
    table("settings", "name"),
    table("organizations", "id"),
    table("org_tree", "ancestor_id, org_id"),
    table("closed_org_tree", "ancestor_id, org_id"),
    table("users", "id"),
    table("oauth_clients", "client_id"),
    table("one_time_links", "digest"),
    table("limits", "counted"),
    table("sessions", "id"),
    table("access_tokens", "digest"),
    table("refresh_tokens", "digest"),
    table("templates", "id"),
    table("device_numbers", "org_id, template_id"),
    table("devices", "id"),
    // After the devices: a trigger of PostgreSQL's goes on from here, and not from the highest number that is left.
    table("device_ids", "last_id"),
    table("batches", "id"),
    table("batch_rows", "batch_id"),
    table("static_tokens", "id"),
    table("old_labels", "digest"),
    table("liveness", "device_id"),
    table("absences", "device_id, since"),
    table("device_values", "device_id, tenure, pin"),
    table("device_points", "device_id, tenure, pin, step, start"),
    table("last_points", "device_id, tenure, pin"),
    table("device_events", "id"),
    table("device_properties", "device_id, tenure, pin, name"),
    table("device_files", "id"),
    table("device_file_pieces", "file_id, number"),
    table("device_uploads", "device_id, tenure"),
    table("pending_writes", "device_id, pin"),
    table("former_writes", "device_id, pin"),
    table("device_moves", "id"),
    table("pins", "id"),
    table("presence_waits", "user_id, identifier"),
    table("gateway_nodes", "node_id"),
    table("mesh_nodes", "device_id"),
    table("mesh_lives", "device_id, life"),
    table("mesh_routes", "device_id"),
    table("waiting_nodes", "node_token"),
    table("join_windows", "gateway_id"),
    table("join_requests", "node_id"),
    table("air_keys", "auth_digest"),
    table("approvals", "id"),
    table("claim_answers", "actor, idempotency"),
    table("audit", "id"),
    table("audit_end", "only_row"),
    table("mails", "id"),
    table("setup_codes", "digest"),
];

const fn table(name: &'static str, key: &'static str) -> Table {
    Table { name, key }
}

/// Rows that travel together. The widest table has 37 columns, and PostgreSQL takes 65,535 values at a time; the longest rows are
/// pieces of files, of 64 KiB.
const BATCH: usize = 500;

/// What was copied of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: &'static str,
    /// Its rows, each read again and compared.
    pub rows: u64,
}

/// Why nothing was copied. The target is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The target has tables.
    #[error("it has a table {0:?} already")]
    NotEmpty(String),
    /// What was read again is not what was written.
    #[error("row {row} of {table} did not arrive as it was")]
    Differs {
        /// The table.
        table: &'static str,
        /// Which row, from 1, in the order of the table's key.
        row: u64,
    },
    /// The source cannot be read.
    #[error("the source cannot be read: {0}")]
    Source(#[source] StoreError),
    /// The target cannot be written.
    #[error(transparent)]
    Target(#[from] OpenError),
}

/// An error of the target; `source` marks the others.
impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Target(error.into())
    }
}

fn source(error: impl Into<StoreError>) -> CopyError {
    CopyError::Source(error.into())
}

impl Store {
    /// Copies everything into an empty database, in one transaction, and compares both sides before it ends. `told` hears
    /// of each table that is done.
    pub async fn copy_to(
        &self,
        to: &DatabaseUrl,
        told: &mut dyn FnMut(&Copied),
    ) -> Result<Vec<Copied>, CopyError> {
        let options = Place::Server(to.clone()).options()?;
        let mut connection = Engine::Postgres.connect(&options).await?;
        let mut target = connection.begin().await?;
        refuse_used(&mut target).await?;
        Engine::Postgres.migrate(&mut target).await?;
        let mut from = self.snapshot().await.map_err(source)?;
        let mut all = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            let columns = Columns::of(table, &mut target).await?;
            columns.copy(&mut from, &mut target).await?;
            columns.continue_numbers(&mut target).await?;
            let rows = columns.compare(&mut from, &mut target).await?;
            let copied = Copied {
                table: table.name,
                rows,
            };
            told(&copied);
            all.push(copied);
        }
        target.commit().await?;
        Ok(all)
    }
}

async fn refuse_used(target: &mut AnyConnection) -> Result<(), CopyError> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT tablename::TEXT FROM pg_catalog.pg_tables
         WHERE schemaname = current_schema() ORDER BY tablename LIMIT 1",
    )
    .fetch_optional(target)
    .await?;
    found.map_or(Ok(()), |table| Err(CopyError::NotEmpty(table)))
}

/// A value of a row.
#[derive(PartialEq)]
enum Value {
    Number(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Real,
    Text,
    Bytes,
}

impl Kind {
    fn value(self, row: &AnyRow, index: usize) -> Result<Value, sqlx::Error> {
        Ok(match self {
            Self::Number => Value::Number(row.try_get(index)?),
            Self::Real => Value::Real(row.try_get(index)?),
            Self::Text => Value::Text(row.try_get(index)?),
            Self::Bytes => Value::Bytes(row.try_get(index)?),
        })
    }
}

/// A table with its columns, as PostgreSQL has them.
struct Columns {
    table: &'static Table,
    /// Their names, with commas.
    names: String,
    kinds: Vec<Kind>,
    /// Whether PostgreSQL numbers the rows.
    is_numbered: bool,
}

impl Columns {
    async fn of(table: &'static Table, target: &mut AnyConnection) -> Result<Self, CopyError> {
        let found: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT column_name::TEXT, data_type::TEXT, is_identity = 'YES'
             FROM information_schema.columns
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
        )
        .bind(table.name)
        .fetch_all(target)
        .await?;
        let kind = |data_type: &str| match data_type {
            "bigint" => Ok(Kind::Number),
            "double precision" => Ok(Kind::Real),
            "text" => Ok(Kind::Text),
            "bytea" => Ok(Kind::Bytes),
            _ => Err(OpenError::Store(StoreError::Corrupt(
                "a column of a type that no table has",
            ))),
        };
        let names: Vec<_> = found.iter().map(|(name, _, _)| name.as_str()).collect();
        Ok(Self {
            table,
            names: names.join(", "),
            kinds: found
                .iter()
                .map(|(_, data_type, _)| kind(data_type))
                .collect::<Result<_, _>>()?,
            is_numbered: found.iter().any(|(_, _, is_identity)| *is_identity),
        })
    }

    /// All rows, in one order on both sides.
    fn select(&self) -> AssertSqlSafe<String> {
        let Table { name, key } = self.table;
        AssertSqlSafe(format!("SELECT {} FROM {name} ORDER BY {key}", self.names))
    }

    fn insert(&self, rows: usize) -> AssertSqlSafe<String> {
        let width = self.kinds.len();
        let row = |row: usize| {
            let places = (1..=width).map(|column| format!("${}", row * width + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        };
        let rows: Vec<_> = (0..rows).map(row).collect();
        let (name, names) = (self.table.name, &self.names);
        AssertSqlSafe(format!(
            "INSERT INTO {name} ({names}) VALUES {}",
            rows.join(", ")
        ))
    }

    fn values(&self, row: &AnyRow) -> Result<Vec<Value>, sqlx::Error> {
        let kinds = self.kinds.iter().enumerate();
        kinds.map(|(index, kind)| kind.value(row, index)).collect()
    }

    async fn copy(
        &self,
        from: &mut AnyConnection,
        target: &mut AnyConnection,
    ) -> Result<(), CopyError> {
        // What a migration put there is in the source too.
        let empty = AssertSqlSafe(format!("DELETE FROM {}", self.table.name));
        sqlx::query(empty).execute(&mut *target).await?;
        let mut rows = sqlx::query(self.select()).fetch(from);
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(row) = rows.try_next().await.map_err(source)? {
            batch.push(self.values(&row).map_err(source)?);
            if batch.len() == BATCH {
                self.write(std::mem::take(&mut batch), target).await?;
            }
        }
        self.write(batch, target).await
    }

    async fn write(
        &self,
        rows: Vec<Vec<Value>>,
        target: &mut AnyConnection,
    ) -> Result<(), CopyError> {
        if rows.is_empty() {
            return Ok(());
        }
        let insert = sqlx::query(self.insert(rows.len()));
        let values = rows.into_iter().flatten();
        values.fold(insert, bind).execute(target).await?;
        Ok(())
    }

    /// New rows get the numbers after those that came along.
    async fn continue_numbers(&self, target: &mut AnyConnection) -> Result<(), CopyError> {
        if !self.is_numbered {
            return Ok(());
        }
        let name = self.table.name;
        let set = AssertSqlSafe(format!(
            "SELECT setval(pg_get_serial_sequence('{name}', 'id'), COALESCE(MAX(id), 1),
                           MAX(id) IS NOT NULL) FROM {name}"
        ));
        sqlx::query(set).execute(target).await?;
        Ok(())
    }

    /// Reads both sides row by row, and counts.
    async fn compare(
        &self,
        from: &mut AnyConnection,
        target: &mut AnyConnection,
    ) -> Result<u64, CopyError> {
        let mut theirs = sqlx::query(self.select()).fetch(from);
        let mut ours = sqlx::query(self.select()).fetch(target);
        let mut equal = 0;
        loop {
            let was = theirs.try_next().await.map_err(source)?;
            let is = ours.try_next().await?;
            let same = match (&was, &is) {
                (None, None) => return Ok(equal),
                (Some(was), Some(is)) => self.values(was).map_err(source)? == self.values(is)?,
                _ => false,
            };
            if !same {
                return Err(CopyError::Differs {
                    table: self.table.name,
                    row: equal + 1,
                });
            }
            equal += 1;
        }
    }
}

fn bind<'q>(query: Query<'q, Any, AnyArguments>, value: Value) -> Query<'q, Any, AnyArguments> {
    match value {
        Value::Number(value) => query.bind(value),
        Value::Real(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::AnyPool;

    use super::*;
    use crate::testing::{Ground, Site};

    type Shape = BTreeSet<(String, String)>;

    /// Tables that triggers fill, and views.
    const DERIVED: [&str; 6] = [
        "device_reach",
        "tallies",
        "next_device",
        "prepared_devices",
        "device_serials",
        "metadata_numbers",
    ];

    async fn shape(database: &AnyPool, sql: &'static str) -> Shape {
        let columns: Vec<(String, String)> = sqlx::query_as(sql)
            .fetch_all(database)
            .await
            .expect("columns");
        columns.into_iter().collect()
    }

    async fn on_sqlite() -> Shape {
        let ground = Site::on(Ground::on_sqlite(), false).await.stop().await;
        let sql = "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                   WHERE m.type IN ('table', 'view') AND m.name <> '_sqlx_migrations'
                   AND m.name NOT LIKE 'device_names%' AND m.name NOT LIKE 'label_texts%'";
        shape(&ground.database().await, sql).await
    }

    #[tokio::test]
    async fn every_table_is_copied() {
        let there: BTreeSet<_> = on_sqlite()
            .await
            .into_iter()
            .map(|(table, _)| table)
            .filter(|table| !DERIVED.contains(&table.as_str()))
            .collect();
        let copied = TABLES.iter().map(|table| table.name.to_owned()).collect();
        assert_eq!(there, copied);
    }

    #[tokio::test]
    async fn both_databases_have_the_same_tables_and_columns() {
        let ground = Site::empty().await.stop().await;
        if ground.database.is_none() {
            return;
        }
        let sql = "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns
                   WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'";
        assert_eq!(
            shape(&ground.database().await, sql).await,
            on_sqlite().await
        );
    }
}
