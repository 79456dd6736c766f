//! All rows of the database, so that a refusal is known to change nothing.

use std::collections::BTreeMap;

use sqlx::{AnyPool, AssertSqlSafe};
use tokio_util::sync::CancellationToken;

use crate::service::{approvals, names, tallies};
use crate::testing::Site;

/// Tables whose rows a refusal may write, each with the reason.
const MAY_CHANGE: &[&str] = &[
    // How often something was asked.
    "limits",
];

/// Does all that a running cloud does by itself every little while after what was asked before.
async fn settle(site: &Site) {
    let core = site.cloud.core();
    approvals::tell_due(core).await.expect("the database");
    let never = CancellationToken::new();
    names::sort(core, &never).await.expect("the database");
    tallies::fold(core).await.expect("the database");
    site.sealed().await;
}

/// Every table with all its rows as text, sorted.
pub async fn rows(site: &Site) -> BTreeMap<String, Vec<String>> {
    settle(site).await;
    let database = site.database().await;
    let on_server = site.database.is_some();
    let tables = match on_server {
        true => {
            "SELECT CAST(tablename AS TEXT) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
        }
        false => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let tables: Vec<String> = sqlx::query_scalar(tables)
        .fetch_all(&database)
        .await
        .expect("tables");
    let mut found = BTreeMap::new();
    for table in tables {
        if !MAY_CHANGE.contains(&&*table) {
            let sql = match on_server {
                true => format!("SELECT CAST(t AS TEXT) FROM {table} t"),
                false => of_sqlite(&database, &table).await,
            };
            let rows = sqlx::query_scalar(AssertSqlSafe(sql));
            let mut rows: Vec<String> = rows.fetch_all(&database).await.expect("rows");
            rows.sort();
            found.insert(table, rows);
        }
    }
    database.close().await;
    found
}

async fn of_sqlite(database: &AnyPool, table: &str) -> String {
    let columns = format!("SELECT name FROM pragma_table_info('{table}')");
    let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(columns))
        .fetch_all(database)
        .await
        .expect("columns");
    let columns = columns.iter().map(|column| format!("quote(\"{column}\")"));
    let columns: Vec<_> = columns.collect();
    format!("SELECT {} FROM {table}", columns.join(" || ', ' || "))
}
